/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_TFLITE_OPTIONS_H
#define NPUC_TFLITE_OPTIONS_H

#include "flatbuffer.h"
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

#endif /* NPUC_TFLITE_OPTIONS_H */
