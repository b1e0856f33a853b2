/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Values for model inputs: from files, or a pattern. */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "cli.h"
#include "npu.h"

/**
 * struct input_source - where a model's inputs come from
 * @files: one for each input, or none at all: a pattern
 * @seed: of the pattern
 * @resize: scale images that do not fit
 */
struct input_source {
	const struct cli_list *files;
	uint32_t seed;
	bool resize;
};

/**
 * input_fill() - fill all inputs of a session
 * @cli: the command line, for error texts
 * @source: where the values come from
 * @model: what the session runs
 * @session: whose inputs are written
 *
 * Return: &enum cli_exit; errors are printed.
 */
int input_fill(const struct cli *cli, const struct input_source *source,
	       const struct npu_model *model, struct npu_session *session);

#endif /* INPUT_H */
