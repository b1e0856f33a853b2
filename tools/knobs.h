/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What can be asked of the compiler on a command line, in a configuration file, or both; the
 * options are those of knobs.def.
 */
#ifndef KNOBS_H
#define KNOBS_H

#include "cli.h"
#include "config.h"
#include "npuc.h"
#include "report.h"

/**
 * struct knob_args - the options as given
 * @config: configuration file, NULL
 * @show: print what was asked for and what became of it
 * @dump_graph: folder for the graph before and after each step, NULL
 *
 * The others are those of knobs.def.
 */
struct knob_args {
	const char *config;
	bool show;
	const char *dump_graph;
#define NPUC_FLAG(member, option, help) bool member;
#define NPUC_UINT(member, option, letter, most, value, help) uint32_t member;
#define NPUC_TEXTS(member, option, arg, help) struct cli_list member;
#include "knobs.def"
};

/** knob_options - option rows of commands that compile, stored in &struct knob_args */
extern const struct cli_option knob_options[];

/**
 * struct knobs - command line and configuration file together
 * @cli: the command line
 * @args: its options
 * @file: the file
 * @config: what counts: the command line's where both say something
 * @answers: what became of it
 */
struct knobs {
	const struct cli *cli;
	const struct knob_args *args;
	struct config file;
	struct npuc_config config;
	struct npuc_answers answers;
};

/**
 * knobs_read() - read the configuration file and put it together with the options
 * @cli: the command line
 * @args: its options
 * @personality: in: the command line's, NULL; out: that or the file's
 * @knobs: filled; release with knobs_free() whatever the outcome
 *
 * Return: &enum cli_exit; errors are printed.
 */
int knobs_read(const struct cli *cli, const struct knob_args *args, const char **personality,
	       struct knobs *knobs);

/** knobs_apply() - let a compilation do what the knobs say; &enum cli_exit */
int knobs_apply(struct knobs *knobs, struct npuc_options *options);

/** knobs_of() - the knobs that knobs_apply() put into @options */
static inline const struct knobs *knobs_of(const struct npuc_options *options)
{
	return (const void *)((const char *)options->config - offsetof(struct knobs, config));
}

/**
 * knobs_error() - tell that the compiler does not take the knobs
 * @knobs: the knobs
 * @error: what it said; with the place in the file if its key is from there
 *
 * Return: &enum cli_exit.
 */
int knobs_error(const struct knobs *knobs, const struct npuc_error *error);

/** knobs_print() - print a table of what was asked for and what became of it; &enum cli_exit */
int knobs_print(const struct knobs *knobs);

/** knobs_report() - the same as a JSON array */
json_t *knobs_report(const struct knobs *knobs);

/** knobs_free() - release */
void knobs_free(struct knobs *knobs);

#endif /* KNOBS_H */
