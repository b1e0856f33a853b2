/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Rewriting a model for a device, and measuring what each rewrite does to the numbers. */
#ifndef FIX_H
#define FIX_H

#include "cli.h"
#include "input.h"
#include "model.h"

/**
 * struct fix_args - what is wanted
 * @path: the .tflite to write
 * @without: names of rewrites that are not
 * @inputs: values to measure with
 */
struct fix_args {
	const char *path;
	const struct cli_list *without;
	struct input_source inputs;
};

/**
 * fix_run() - rewrite a model, write it, measure and print
 * @cli: the command line
 * @args: what is wanted
 * @source: the model
 * @options: the device
 *
 * Return: &enum cli_exit: CLI_NO when ops are left that the device refuses.
 */
int fix_run(const struct cli *cli, const struct fix_args *args, const struct model_source *source,
	    const struct npuc_options *options);

/** fix_check_names() - are these rewrites? an unknown one is CLI_USAGE with the nearest known */
int fix_check_names(const struct cli *cli, const struct cli_list *names);

#endif /* FIX_H */
