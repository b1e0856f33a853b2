/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How to read a model and whom to compile it for: options of every command that does. */
#ifndef SOURCE_H
#define SOURCE_H

#include "cli.h"
#include "npuc.h"

/**
 * struct source_args - values of OPTIONS_SOURCE()
 * @personality: whose arithmetic, NULL for the default
 * @input_shapes: "NAME=SHAPE" of inputs that the file leaves open
 * @l1_kb: on-chip memory to use, in kB of 1024 bytes, for commands with OPTION_L1(); 0: as
 *	the configuration has it
 */
struct source_args {
	const char *personality;
	struct cli_list input_shapes;
	uint32_t l1_kb;
};

/** source_options() - the compiler's options that they are, all others at their defaults */
struct npuc_options source_options(const struct source_args *args);

/** OPTIONS_SOURCE() - rows for a &struct source_args @member of struct @args */
#define OPTIONS_SOURCE(args, member) \
	OPTION_PERSONALITY(args, member.personality), OPTION_INPUT_SHAPES(args, member.input_shapes)

#endif /* SOURCE_H */
