/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What rewrites do to the numbers: the model as it was against the model with one of them. */
#ifndef FIX_MEASURE_H
#define FIX_MEASURE_H

#include "compare.h"
#include "firmware.h"
#include "fix.h"

/**
 * struct fix_effect - what one or all rewrites do
 * @local: on the output of the op that was rewritten, whose inputs are as before
 * @outputs: on the model's outputs, taken together
 */
struct fix_effect {
	struct lab_difference local;
	struct lab_difference outputs;
};

/**
 * fix_measure() - run the model with each rewrite alone, and with all
 * @cli: the command line
 * @args: input values, and which rewrites are wanted
 * @source: the model
 * @options: the device
 * @fixes: what was rewritten
 * @file: the model with all of it
 * @size: bytes of @file
 * @effects: filled: one for each of @fixes, then one for all; ops that were rewritten
 *	more than once have the same at each
 *
 * Everything runs on sim, which takes the model as it was, too.
 *
 * Return: &enum cli_exit.
 */
int fix_measure(const struct cli *cli, const struct fix_args *args,
		const struct model_source *source, const struct npuc_options *options,
		const struct npuc_fixes *fixes, const void *file, size_t size,
		struct fix_effect *effects);

/** fix_accepts() - for npuc_fix_options: is a rewrite not among those left out? @args are fix_args */
bool fix_accepts(void *args, const char *rewrite);

#endif /* FIX_MEASURE_H */
