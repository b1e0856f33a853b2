/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Run a model to see how long its layers take: options of commands that reckon it otherwise. */
#ifndef MEASURE_H
#define MEASURE_H

#include "cli.h"
#include "npu.h"
#include "profile.h"
#include "target.h"

/**
 * struct measure_args - values of OPTIONS_MEASURE()
 * @measured: run it
 * @runs: that count, 0: the usual number
 * @threads: of sim, 0: one for each CPU
 */
struct measure_args {
	bool measured;
	uint32_t runs;
	uint32_t threads;
};

/** measure_check() - refuse options that say how to run where nothing runs; &enum cli_exit */
int measure_check(const struct cli *cli, const struct measure_args *args);

/**
 * measure_layers() - run a model on its target: a device if it is one, else sim as it is described
 * @cli: the command line, for error texts
 * @args: how often
 * @target: as target_read() found it
 * @model: compiled for it; its inputs get a pattern
 * @profile: times of the layers; release with profile_free()
 *
 * One run before does not count.
 *
 * Return: &enum cli_exit.
 */
int measure_layers(const struct cli *cli, const struct measure_args *args,
		   const struct target *target, const struct npu_model *model,
		   struct profile *profile);

/** OPTIONS_MEASURE() - rows for a &struct measure_args @member of struct @args */
#define OPTIONS_MEASURE(args, member)                                                             \
	{ .name = "measured",                                                                     \
	  .type = CLI_FLAG,                                                                       \
	  .offset = offsetof(struct args, member.measured),                                       \
	  .help = "also run it, on --device or on sim with the target's arithmetics and limits, " \
		  "and have what each op took beside it" },                                       \
		{ .name = "runs",                                                                 \
		  .letter = 'n',                                                                  \
		  .type = CLI_UINT,                                                               \
		  .offset = offsetof(struct args, member.runs),                                   \
		  .arg = "N",                                                                     \
		  .help = "with --measured: runs to take the mean of; 0: 20",                     \
		  .value = "0" },                                                                 \
		OPTION_THREADS(args, member.threads)

#endif /* MEASURE_H */
