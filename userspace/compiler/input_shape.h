/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Shapes that users give to inputs whose file leaves dimensions open: "NAME=1x576". */
#ifndef NPUC_INPUT_SHAPE_H
#define NPUC_INPUT_SHAPE_H

#include "graph.h"
#include "npuc.h"

/**
 * npuc_input_shape() - the shape that was given to an input
 * @scope: has the list
 * @name: of the input, not ended by a zero
 * @size: its characters
 * @shape: filled
 *
 * Return: false when none was given; of several the last, but npuc_input_shapes_fit() refuses
 * what differs.
 */
bool npuc_input_shape(const struct npuc_scope *scope, const char *name, size_t size,
		      struct npuc_shape *shape);

/**
 * npuc_input_shapes_fit() - are all that were given those of inputs of the model?
 * @scope: has the list
 * @file: name for error texts
 * @g: the model
 * @error: filled with what does not fit
 *
 * Return: 0 or -EINVAL.
 */
int npuc_input_shapes_fit(const struct npuc_scope *scope, const char *file,
			  const struct npuc_graph *g, struct npuc_error *error);

#endif /* NPUC_INPUT_SHAPE_H */
