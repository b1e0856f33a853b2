/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What of a model the NPU may run and what the fallback: options of several commands. */
#ifndef PLACEMENT_H
#define PLACEMENT_H

#include "cli.h"
#include "npuc.h"

/**
 * struct placement_args - values of OPTIONS_PLACEMENT()
 * @deny: types of ops, separated by commas
 * @deny_nodes: names of outputs
 * @max_partitions: most on the NPU; 0: any number
 * @min_nodes: fewest ops of one on the NPU
 * @no_fallback: refuse what the NPU does not take
 */
struct placement_args {
	const char *deny;
	struct cli_list deny_nodes;
	uint32_t max_partitions;
	uint32_t min_nodes;
	bool no_fallback;
};

/** placement_options() - hand them to the compiler */
void placement_options(const struct placement_args *args, struct npuc_options *options);

/** placement_given() - the first option among them that cuts partitions; NULL */
const char *placement_given(const struct npuc_options *options);

/** OPTIONS_PLACEMENT() - rows for a &struct placement_args @member of struct @args */
#define OPTIONS_PLACEMENT(args, member)                                                     \
	{ .name = "deny",                                                                   \
	  .type = CLI_STRING,                                                               \
	  .offset = offsetof(struct args, member.deny),                                     \
	  .arg = "OP[,OP]",                                                                 \
	  .help = "let the CPU run ops of these types, e.g. SOFTMAX" },                     \
		{ .name = "deny-node",                                                      \
		  .type = CLI_LIST,                                                         \
		  .offset = offsetof(struct args, member.deny_nodes),                       \
		  .arg = "NAME",                                                            \
		  .help = "let the CPU run the op with the output of this name" },          \
		{ .name = "max-partitions",                                                 \
		  .type = CLI_UINT,                                                         \
		  .offset = offsetof(struct args, member.max_partitions),                   \
		  .arg = "N",                                                               \
		  .help = "most partitions on the NPU, the smallest go to the CPU; 0: any " \
			  "number",                                                         \
		  .value = "0" },                                                           \
		{ .name = "min-nodes",                                                      \
		  .type = CLI_UINT,                                                         \
		  .offset = offsetof(struct args, member.min_nodes),                        \
		  .arg = "N",                                                               \
		  .help = "fewest ops of a partition on the NPU, smaller ones go to the "   \
			  "CPU",                                                            \
		  .value = "0" },                                                           \
	{                                                                                   \
		.name = "no-fallback", .type = CLI_FLAG,                                    \
		.offset = offsetof(struct args, member.no_fallback),                        \
		.help = "refuse what the NPU does not take, instead of the CPU running it"  \
	}

#endif /* PLACEMENT_H */
