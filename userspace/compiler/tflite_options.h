/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_TFLITE_OPTIONS_H
#define NPUC_TFLITE_OPTIONS_H

#include "flatbuffer.h"
#include "flatbuffer_write.h"
#include "graph.h"

/**
 * npuc_tflite_options() - read the builtin options of an operator
 * @fb: the file
 * @op: the schema's Operator
 * @a: zeroed; filled with what the options table has, by the schema's defaults
 *
 * Options of a kind that we do not read leave everything zero, as do absent ones.
 */
void npuc_tflite_options(struct npuc_fb *fb, const struct npuc_fb_table *op,
			 struct npuc_attributes *a);

/**
 * npuc_tflite_options_type() - which options an op has in a file
 * @op: the op
 * @type: out: member of the schema's union BuiltinOptions, 0: the op needs none
 *
 * Return: false when the schema cannot say them: explicit padding, or options that
 * hold more than numbers.
 */
bool npuc_tflite_options_type(const struct npuc_op *op, uint32_t *type);

/**
 * npuc_tflite_put_options() - write the builtin options of an op
 * @w: the file
 * @g: the graph
 * @op: its op
 * @type: what npuc_tflite_options_type() said, not 0
 *
 * What the file that the op comes from says and we do not read is kept.
 *
 * Return: position of the table.
 */
size_t npuc_tflite_put_options(struct npuc_fb_writer *w, const struct npuc_graph *g,
			       const struct npuc_op *op, uint32_t type);

#endif /* NPUC_TFLITE_OPTIONS_H */
