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
npuc_infer_fn npuc_infer_transpose_conv;
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
npuc_infer_fn npuc_infer_shape;
npuc_infer_fn npuc_infer_select;
npuc_infer_fn npuc_infer_lstm;
npuc_infer_fn npuc_infer_svdf;
npuc_infer_fn npuc_infer_batch_matmul;
npuc_infer_fn npuc_infer_transpose;
npuc_infer_fn npuc_infer_reverse;
npuc_infer_fn npuc_infer_tile;
npuc_infer_fn npuc_infer_broadcast_to;
npuc_infer_fn npuc_infer_slice;
npuc_infer_fn npuc_infer_strided_slice;
npuc_infer_fn npuc_infer_split;
npuc_infer_fn npuc_infer_split_v;
npuc_infer_fn npuc_infer_unpack;
npuc_infer_fn npuc_infer_pack;
npuc_infer_fn npuc_infer_gather;
npuc_infer_fn npuc_infer_gather_nd;
npuc_infer_fn npuc_infer_depth_to_space;
npuc_infer_fn npuc_infer_space_to_depth;
npuc_infer_fn npuc_infer_batch_to_space;
npuc_infer_fn npuc_infer_space_to_batch;

/**
 * npuc_shape_complete() - give a shape to outputs of an op that the file leaves without
 * @g: the model
 * @number: the op
 *
 * Older converters leave out the shapes behind ops they took for dynamic.  What
 * cannot be computed stays unknown and is refused by the constraints.
 */
void npuc_shape_complete(struct npuc_graph *g, uint32_t number);

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

/** npuc_axis() - dimension @axis of @rank, negative from the end; NPUC_NONE when there is none */
uint32_t npuc_axis(int32_t axis, uint32_t rank);

/** npuc_constant_axis() - the one constant axis in @t, NPUC_NONE when there is none such */
uint32_t npuc_constant_axis(const struct npuc_tensor *t, uint32_t rank);

/** npuc_axes() - dimensions that input @input names, one bit each; 0 when they are not known */
uint32_t npuc_axes(const struct npuc_graph *g, const struct npuc_op *op, uint32_t input);

/** npuc_mean_axes() - dimensions that MEAN reduces, one bit each; 0 when they are not known */
uint32_t npuc_mean_axes(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_paddings() - amounts before and behind each dimension of PAD; false when not known */
bool npuc_paddings(const struct npuc_graph *g, const struct npuc_op *op,
		   int32_t amounts[2 * NPUC_MAX_RANK]);

/** npuc_permutation() - input dimension that each output dimension of TRANSPOSE is; false: unknown */
bool npuc_permutation(const struct npuc_graph *g, const struct npuc_op *op,
		      uint32_t order[NPUC_MAX_RANK]);

/**
 * struct npuc_slice - a part of a tensor
 * @begin: first index along each dimension of the input
 * @step: distance of the indices, negative: backwards
 * @size: number of indices
 * @shape: shape of the part, without dimensions that fell away and with new ones
 */
struct npuc_slice {
	int64_t begin[NPUC_MAX_RANK];
	int64_t step[NPUC_MAX_RANK];
	uint32_t size[NPUC_MAX_RANK];
	struct npuc_shape shape;
};

/** npuc_slice() - what SLICE takes; false when it is not known, empty or outside */
bool npuc_slice(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_slice *s);

/** npuc_strided_slice() - what STRIDED_SLICE takes; false when it is not known or empty */
bool npuc_strided_slice(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_slice *s);

/** npuc_split_axis() - dimension that SPLIT, SPLIT_V, UNPACK cut; NPUC_NONE when not known */
uint32_t npuc_split_axis(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_pack_axis() - dimension of the output that PACK adds, NPUC_NONE when there is none such */
uint32_t npuc_pack_axis(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_gather_axis() - dimension that GATHER picks from, NPUC_NONE when there is none such */
uint32_t npuc_gather_axis(const struct npuc_graph *g, const struct npuc_op *op);

/**
 * struct npuc_blocks - parameters of BATCH_TO_SPACE_ND, SPACE_TO_BATCH_ND
 * @count: dimensions behind the first that they are about
 * @block: their block sizes
 * @product: of the block sizes
 * @before: elements cut off or added in front
 * @behind: elements cut off or added behind
 */
struct npuc_blocks {
	uint32_t count;
	uint32_t block[NPUC_MAX_RANK];
	uint32_t product;
	uint32_t before[NPUC_MAX_RANK];
	uint32_t behind[NPUC_MAX_RANK];
};

/** npuc_blocks() - false when the parameters are not known or out of range */
bool npuc_blocks(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_blocks *b);

#endif /* NPUC_SHAPE_H */
