/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Functions of one 8-bit code as tables. */
#ifndef NPUC_TABLE_H
#define NPUC_TABLE_H

#include "compile.h"

/** npuc_makes_table() - does an op become one table of 256 codes and nothing else? */
bool npuc_makes_table(const struct npuc_graph *g, const struct npuc_op *op);

/**
 * npuc_op_table() - the table of an op, behind those of the ops that were fused into it
 * @c: the compilation
 * @number: an op that makes a table
 * @table: filled: entry (uint8_t)input is the output, as codes
 */
void npuc_op_table(const struct npuc_compilation *c, uint32_t number, uint8_t table[256]);

#endif /* NPUC_TABLE_H */
