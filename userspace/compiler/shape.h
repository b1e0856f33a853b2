/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Output shapes, computed from the inputs and parameters of an op. */
#ifndef NPUC_SHAPE_H
#define NPUC_SHAPE_H

#include "graph.h"

/**
 * typedef npuc_infer_fn - computes the shapes of an op's outputs
 * @g: the model; the op has its usual number of inputs, each with a known shape
 * @op: the op
 * @shape: filled; as many as the op has outputs
 *
 * Return: false when it cannot be computed: wrong ranks, sizes or parameters.
 */
typedef bool npuc_infer_fn(const struct npuc_graph *g, const struct npuc_op *op,
			   struct npuc_shape *shape);

npuc_infer_fn npuc_infer_conv2d;
npuc_infer_fn npuc_infer_depthwise;
npuc_infer_fn npuc_infer_fully_connected;
npuc_infer_fn npuc_infer_pool;
npuc_infer_fn npuc_infer_same;
npuc_infer_fn npuc_infer_broadcast;
npuc_infer_fn npuc_infer_concatenation;
npuc_infer_fn npuc_infer_pad;
npuc_infer_fn npuc_infer_reshape;
npuc_infer_fn npuc_infer_squeeze;
npuc_infer_fn npuc_infer_expand_dims;
npuc_infer_fn npuc_infer_mean;
npuc_infer_fn npuc_infer_resize;
npuc_infer_fn npuc_infer_arg_max;

/**
 * npuc_shapes_complete() - give a shape to tensors that the file leaves without
 * @g: the model
 *
 * Older converters leave out the shapes behind ops they took for dynamic.  What
 * cannot be computed stays unknown and is refused by the constraints.
 */
void npuc_shapes_complete(struct npuc_graph *g);

/**
 * struct npuc_window - how a sliding window lies over the input, height and width
 * @size: of the window in taps
 * @stride: steps
 * @dilation: distance of taps
 * @pad: rows above and columns left of the input
 */
struct npuc_window {
	uint32_t size[2];
	uint32_t stride[2];
	uint32_t dilation[2];
	uint32_t pad[2];
};

/** npuc_window() - window of a convolution or pooling whose output shape is @out */
void npuc_window(const struct npuc_graph *g, const struct npuc_op *op, const struct npuc_shape *out,
		 struct npuc_window *w);

/** npuc_mean_axes() - dimensions that MEAN reduces, one bit each; 0 when they are not known */
uint32_t npuc_mean_axes(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_paddings() - amounts before and behind each dimension of PAD; false when not known */
bool npuc_paddings(const struct npuc_graph *g, const struct npuc_op *op,
		   int32_t amounts[2 * NPUC_MAX_RANK]);

#endif /* NPUC_SHAPE_H */
