// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "shape.h"

#include <string.h>

#include "lower.h"
#include "tflite.h"

uint32_t npuc_axis(int32_t axis, uint32_t rank)
{
	int64_t a = axis < 0 ? (int64_t)axis + rank : axis;

	return a >= 0 && a < rank ? (uint32_t)a : NPUC_NONE;
}

/* Extent of a window over the input, 64-bit as the parameters are anything. */
static uint64_t extent(uint32_t size, uint32_t dilation)
{
	return ((uint64_t)size - 1) * dilation + 1;
}

static bool slide(uint32_t padding, uint32_t in, uint32_t size, uint32_t stride, uint32_t dilation,
		  uint32_t *out)
{
	uint64_t reach;

	if (!size || !stride || !dilation || (int32_t)size < 0 || (int32_t)stride < 0 ||
	    (int32_t)dilation < 0)
		return false;
	reach = extent(size, dilation);
	if (padding == NPUC_PADDING_SAME)
		*out = (uint32_t)(((uint64_t)in + stride - 1) / stride);
	else if (padding == NPUC_PADDING_VALID && in >= reach)
		*out = (uint32_t)((in - reach + stride) / stride);
	else
		return false;
	return true;
}

/* Size and dilation of the window, by kind of op. */
static void window_size(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_window *w)
{
	bool pool = op->builtin == TFLITE_AVERAGE_POOL_2D || op->builtin == TFLITE_MAX_POOL_2D;
	const struct npuc_attributes *a = &op->attributes;

	for (int i = 0; i < 2; i++) {
		w->size[i] = pool ? a->filter[i] : npuc_input(g, op, 1)->shape.dim[1 + i];
		w->dilation[i] = pool ? 1 : a->dilation[i];
		w->stride[i] = a->stride[i];
	}
}

void npuc_window(const struct npuc_graph *g, const struct npuc_op *op, const struct npuc_shape *out,
		 struct npuc_window *w)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0);

	window_size(g, op, w);
	for (int i = 0; i < 2; i++) {
		uint64_t covered = ((uint64_t)out->dim[1 + i] - 1) * w->stride[i] +
				   extent(w->size[i], w->dilation[i]);
		uint64_t missing = covered > in->shape.dim[1 + i] ? covered - in->shape.dim[1 + i] :
								    0;

		if (op->attributes.padding == NPUC_PADDING_EXPLICIT)
			w->pad[i] = op->attributes.pads[i];
		else
			w->pad[i] = (uint32_t)(missing / 2);
	}
}

static bool infer_window(const struct npuc_graph *g, const struct npuc_op *op, uint32_t channels,
			 struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	struct npuc_window w;

	window_size(g, op, &w);
	shape->rank = 4;
	shape->dim[0] = in->dim[0];
	shape->dim[3] = channels;
	for (int i = 0; i < 2; i++) {
		uint32_t padding = op->attributes.padding, size = in->dim[1 + i];

		if (padding == NPUC_PADDING_EXPLICIT) {
			const uint32_t *pads = op->attributes.pads;

			if (__builtin_add_overflow(size, pads[i], &size) ||
			    __builtin_add_overflow(size, pads[2 + i], &size))
				return false;
			padding = NPUC_PADDING_VALID;
		}
		if (!slide(padding, size, w.size[i], w.stride[i], w.dilation[i],
			   &shape->dim[1 + i]))
			return false;
	}
	return true;
}

bool npuc_infer_conv2d(const struct npuc_graph *g, const struct npuc_op *op,
		       struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_shape *w = &npuc_input(g, op, 1)->shape;

	if (in->rank != 4 || w->rank != 4)
		return false;
	return infer_window(g, op, w->dim[0], shape);
}

bool npuc_infer_depthwise(const struct npuc_graph *g, const struct npuc_op *op,
			  struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_shape *w = &npuc_input(g, op, 1)->shape;

	if (in->rank != 4 || w->rank != 4 || w->dim[0] != 1 || w->dim[3] % in->dim[3])
		return false;
	return infer_window(g, op, w->dim[3], shape);
}

bool npuc_infer_fully_connected(const struct npuc_graph *g, const struct npuc_op *op,
				struct npuc_shape *shape)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0);
	const struct npuc_shape *w = &npuc_input(g, op, 1)->shape;

	if (w->rank != 2 || !in->shape.rank || in->elements % w->dim[1])
		return false;
	if (op->attributes.keep_dims) {
		*shape = in->shape;
		if (shape->dim[shape->rank - 1] != w->dim[1])
			return false;
		shape->dim[shape->rank - 1] = w->dim[0];
		return true;
	}
	*shape = (struct npuc_shape){ 2, { in->elements / w->dim[1], w->dim[0] } };
	return true;
}

bool npuc_infer_pool(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;

	return in->rank == 4 && infer_window(g, op, in->dim[3], shape);
}

bool npuc_infer_same(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_shape *shape)
{
	*shape = npuc_input(g, op, 0)->shape;
	return true;
}

static bool broadcast_with(struct npuc_shape *shape, const struct npuc_shape *other)
{
	struct npuc_shape a = *shape;

	shape->rank = a.rank > other->rank ? a.rank : other->rank;
	for (uint32_t i = 1; i <= shape->rank; i++) {
		uint32_t da = i <= a.rank ? a.dim[a.rank - i] : 1;
		uint32_t db = i <= other->rank ? other->dim[other->rank - i] : 1;

		if (da != db && da != 1 && db != 1)
			return false;
		shape->dim[shape->rank - i] = da > db ? da : db;
	}
	return true;
}

bool npuc_infer_broadcast(const struct npuc_graph *g, const struct npuc_op *op,
			  struct npuc_shape *shape)
{
	*shape = npuc_input(g, op, 0)->shape;
	return broadcast_with(shape, &npuc_input(g, op, 1)->shape);
}

bool npuc_infer_select(const struct npuc_graph *g, const struct npuc_op *op,
		       struct npuc_shape *shape)
{
	const struct npuc_shape *condition = &npuc_input(g, op, 0)->shape;

	*shape = npuc_input(g, op, 1)->shape;
	if (!broadcast_with(shape, &npuc_input(g, op, 2)->shape))
		return false;
	/* The older op chooses among rows with a condition of one dimension. */
	if (op->builtin == TFLITE_SELECT && condition->rank == 1 && shape->rank > 1)
		return condition->dim[0] == shape->dim[0] &&
		       npuc_shape_equal(shape, &npuc_input(g, op, 1)->shape);
	return broadcast_with(shape, condition);
}

bool npuc_infer_batch_matmul(const struct npuc_graph *g, const struct npuc_op *op,
			     struct npuc_shape *shape)
{
	const struct npuc_attributes *at = &op->attributes;
	struct npuc_shape a = npuc_input(g, op, 0)->shape, b = npuc_input(g, op, 1)->shape;
	uint32_t rows, columns;

	if (a.rank < 2 || b.rank < 2 ||
	    a.dim[a.rank - 1 - (at->adjoint_x != 0)] != b.dim[b.rank - 2 + (at->adjoint_y != 0)])
		return false;
	rows = a.dim[a.rank - 2 + (at->adjoint_x != 0)];
	columns = b.dim[b.rank - 1 - (at->adjoint_y != 0)];
	a.rank -= 2;
	b.rank -= 2;
	*shape = a;
	if (!broadcast_with(shape, &b))
		return false;
	shape->dim[shape->rank++] = rows;
	shape->dim[shape->rank++] = columns;
	return true;
}

bool npuc_infer_concatenation(const struct npuc_graph *g, const struct npuc_op *op,
			      struct npuc_shape *shape)
{
	uint32_t axis;
	uint64_t sum = 0;

	*shape = npuc_input(g, op, 0)->shape;
	axis = npuc_axis((int32_t)op->attributes.axis, shape->rank);
	if (axis == NPUC_NONE)
		return false;
	for (uint32_t i = 0; i < op->input_count; i++) {
		struct npuc_shape one = npuc_input(g, op, i)->shape;

		if (one.rank != shape->rank)
			return false;
		sum += one.dim[axis];
		one.dim[axis] = shape->dim[axis];
		if (!npuc_shape_equal(&one, shape))
			return false;
	}
	shape->dim[axis] = sum <= NPUC_MAX_ELEMENTS ? (uint32_t)sum : 0;
	return true;
}

bool npuc_paddings(const struct npuc_graph *g, const struct npuc_op *op,
		   int32_t amounts[2 * NPUC_MAX_RANK])
{
	const struct npuc_tensor *t = npuc_input(g, op, 1);
	uint32_t count;

	if (!npuc_constant_ints(t, amounts, 2 * NPUC_MAX_RANK, &count) || t->shape.rank != 2 ||
	    t->shape.dim[1] != 2 || t->shape.dim[0] != npuc_input(g, op, 0)->shape.rank)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (amounts[i] < 0)
			return false;
	return true;
}

bool npuc_infer_pad(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_shape *shape)
{
	int32_t amounts[2 * NPUC_MAX_RANK];

	*shape = npuc_input(g, op, 0)->shape;
	if (!npuc_paddings(g, op, amounts))
		return false;
	for (uint32_t i = 0; i < shape->rank; i++) {
		uint64_t dim = (uint64_t)shape->dim[i] + (uint32_t)amounts[2 * i] +
			       (uint32_t)amounts[2 * i + 1];

		shape->dim[i] = dim <= NPUC_MAX_ELEMENTS ? (uint32_t)dim : 0;
	}
	return true;
}

/* The wanted shape is a constant input, or else an attribute; one -1 takes what is left. */
bool npuc_infer_reshape(const struct npuc_graph *g, const struct npuc_op *op,
			struct npuc_shape *shape)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0), *out = npuc_output(g, op);
	int32_t want[NPUC_MAX_RANK];
	uint64_t known = 1;
	uint32_t open = NPUC_NONE;

	/* A shape in the file is what the converter computed; any of the right size will do. */
	if (out->ranked && out->elements == in->elements) {
		*shape = out->shape;
		return true;
	}
	if (!npuc_constant_ints(npuc_input(g, op, 1), want, NPUC_MAX_RANK, &shape->rank)) {
		shape->rank = op->attributes.list_count;
		memcpy(want, op->attributes.list, sizeof(want));
	}
	for (uint32_t i = 0; i < shape->rank; i++) {
		if (want[i] == -1 && open == NPUC_NONE) {
			open = i;
			continue;
		}
		if (want[i] < 1 || known * (uint32_t)want[i] > NPUC_MAX_ELEMENTS)
			return false;
		shape->dim[i] = (uint32_t)want[i];
		known *= (uint32_t)want[i];
	}
	if (open != NPUC_NONE)
		shape->dim[open] = (uint32_t)(in->elements / known);
	return npuc_shape_elements(shape) == in->elements;
}

bool npuc_infer_squeeze(const struct npuc_graph *g, const struct npuc_op *op,
			struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_attributes *a = &op->attributes;
	uint32_t drop = 0;

	for (uint32_t i = 0; i < a->list_count; i++) {
		uint32_t axis = npuc_axis(a->list[i], in->rank);

		if (axis == NPUC_NONE || in->dim[axis] != 1)
			return false;
		drop |= 1u << axis;
	}
	shape->rank = 0;
	for (uint32_t i = 0; i < in->rank; i++)
		if (!(a->list_count ? drop >> i & 1 : in->dim[i] == 1))
			shape->dim[shape->rank++] = in->dim[i];
	return true;
}

bool npuc_infer_expand_dims(const struct npuc_graph *g, const struct npuc_op *op,
			    struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	uint32_t count, axis;
	int32_t value;

	if (!npuc_constant_ints(npuc_input(g, op, 1), &value, 1, &count) ||
	    in->rank == NPUC_MAX_RANK)
		return false;
	axis = npuc_axis(value, in->rank + 1);
	if (axis == NPUC_NONE)
		return false;
	shape->rank = in->rank + 1;
	for (uint32_t i = 0; i < shape->rank; i++)
		shape->dim[i] = i == axis ? 1 : in->dim[i - (i > axis)];
	return true;
}

uint32_t npuc_axes(const struct npuc_graph *g, const struct npuc_op *op, uint32_t input)
{
	uint32_t rank = npuc_input(g, op, 0)->shape.rank;
	int32_t values[NPUC_MAX_RANK];
	uint32_t count, axes = 0;

	if (!npuc_constant_ints(npuc_input(g, op, input), values, NPUC_MAX_RANK, &count))
		return 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t axis = npuc_axis(values[i], rank);

		if (axis == NPUC_NONE)
			return 0;
		axes |= 1u << axis;
	}
	return axes;
}

uint32_t npuc_mean_axes(const struct npuc_graph *g, const struct npuc_op *op)
{
	return npuc_axes(g, op, 1);
}

bool npuc_infer_mean(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	uint32_t axes = npuc_mean_axes(g, op);

	shape->rank = 0;
	for (uint32_t i = 0; i < in->rank; i++) {
		if (!(axes >> i & 1))
			shape->dim[shape->rank++] = in->dim[i];
		else if (op->attributes.keep_dims)
			shape->dim[shape->rank++] = 1;
	}
	return axes;
}

bool npuc_infer_resize(const struct npuc_graph *g, const struct npuc_op *op,
		       struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	uint32_t count;
	int32_t size[2];

	if (in->rank != 4 || !npuc_constant_ints(npuc_input(g, op, 1), size, 2, &count) ||
	    count != 2 || size[0] < 1 || size[1] < 1)
		return false;
	*shape = *in;
	shape->dim[1] = (uint32_t)size[0];
	shape->dim[2] = (uint32_t)size[1];
	return true;
}

bool npuc_infer_arg_max(const struct npuc_graph *g, const struct npuc_op *op,
			struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	uint32_t count, axis;
	int32_t value;

	if (!npuc_constant_ints(npuc_input(g, op, 1), &value, 1, &count))
		return false;
	axis = npuc_axis(value, in->rank);
	if (axis == NPUC_NONE)
		return false;
	shape->rank = in->rank - 1;
	for (uint32_t i = 0; i < shape->rank; i++)
		shape->dim[i] = in->dim[i + (i >= axis)];
	return true;
}

void npuc_shape_complete(struct npuc_graph *g, uint32_t number)
{
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_operator *o = npuc_operator(op->builtin);
	struct npuc_shape shapes[NPUC_MAX_OUTPUTS];
	bool known = true;

	for (uint32_t k = 0; k < op->output_count; k++)
		known &= g->tensors[op->outputs[k]].ranked;
	if (known || !o || op->output_count > NPUC_MAX_OUTPUTS ||
	    !npuc_operands_present(g, op, o) || !o->infer(g, op, shapes))
		return;
	for (uint32_t k = 0; k < op->output_count; k++) {
		struct npuc_tensor *out = &g->tensors[op->outputs[k]];

		if (out->ranked)
			continue;
		out->shape = shapes[k];
		out->ranked = true;
		out->elements = npuc_shape_elements(&shapes[k]);
	}
}
