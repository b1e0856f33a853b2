/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VERDICTS_H
#define VERDICTS_H

#include "model.h"

/**
 * verdicts_show() - print for every op of a model whether the NPU takes it, and why not
 * @cli: the command line; its first operand is the model
 * @source: the model
 * @options: what it is compiled for
 *
 * Return: CLI_OK when it takes all, CLI_NO when it does not; else as the reason is.
 */
int verdicts_show(const struct cli *cli, const struct model_source *source,
		  const struct npuc_options *options);

#endif /* VERDICTS_H */
