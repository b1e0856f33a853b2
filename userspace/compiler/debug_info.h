/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_DEBUG_INFO_H
#define NPUC_DEBUG_INFO_H

#include "compile.h"

/** NPUC_DEBUG_TYPES - operators with numbers below share the strings of their names */
#define NPUC_DEBUG_TYPES 256

/**
 * struct npuc_debug_writer - a section being written
 * @c: what was compiled
 * @rows: row in TENSORS of each tensor of the graph, or NPU_FILE_NONE
 * @string: makes a string of STRINGS: its offset
 * @arg: for @string
 * @names: room for the string of each tensor's name, zero; DEBUG
 * @types: likewise of each operator's
 * @bytes: the section
 * @failed: memory was short
 */
struct npuc_debug_writer {
	const struct npuc_compilation *c;
	const uint32_t *rows;
	uint32_t (*string)(void *arg, const char *text);
	void *arg;
	uint32_t *names;
	uint32_t types[NPUC_DEBUG_TYPES];
	struct npuc_bytes bytes;
	bool failed;
};

/** npuc_debug_info() - write the section DEBUG */
void npuc_debug_info(struct npuc_debug_writer *w);

/** npuc_config_info() - write the section CONFIG; empty if nothing was asked for */
void npuc_config_info(struct npuc_debug_writer *w);

#endif /* NPUC_DEBUG_INFO_H */
