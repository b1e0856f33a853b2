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
 * @starts: tensors to begin with
 * @ends: tensors to end with
 * @l1_kb: on-chip memory to use, in kB of 1024 bytes, for commands with OPTION_L1(); 0: as
 *	the configuration has it
 */
struct source_args {
	const char *personality;
	struct cli_list input_shapes;
	struct cli_list starts;
	struct cli_list ends;
	uint32_t l1_kb;
};

/** source_options() - the compiler's options that they are, all others at their defaults */
struct npuc_options source_options(const struct source_args *args);

/** source_given() - the first of these options that says which part of a source to read, or NULL */
const char *source_given(const struct npuc_scope *scope);

/** OPTIONS_SCOPE() - rows for all but the personality of a &struct source_args @member of struct @args */
#define OPTIONS_SCOPE(args, member)                                                              \
	{ .name = "input-shape",                                                                 \
	  .type = CLI_LIST,                                                                      \
	  .offset = offsetof(struct args, member.input_shapes),                                  \
	  .arg = "NAME=SHAPE",                                                                   \
	  .help = "shape of an input whose dimensions the .onnx file leaves open, e.g. "         \
		  "input=1x576; without it they are 1" },                                        \
		{ .name = "start-tensor",                                                        \
		  .type = CLI_LIST,                                                              \
		  .offset = offsetof(struct args, member.starts),                                \
		  .arg = "NAME",                                                                 \
		  .help = "take a part of the model that begins with this tensor, as an input; " \
			  "may be repeated" },                                                   \
	{                                                                                        \
		.name = "end-tensor", .type = CLI_LIST,                                          \
		.offset = offsetof(struct args, member.ends), .arg = "NAME",                     \
		.help = "take a part that ends with this tensor, as an output; may be repeated"  \
	}

/** OPTIONS_SOURCE() - rows for a &struct source_args @member of struct @args */
#define OPTIONS_SOURCE(args, member) \
	OPTION_PERSONALITY(args, member.personality), OPTIONS_SCOPE(args, member)

#endif /* SOURCE_H */
