// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Shapes of ops that move data. */
#include <string.h>

#include "lower.h"
#include "shape.h"
#include "tflite.h"

uint32_t npuc_constant_axis(const struct npuc_tensor *t, uint32_t rank)
{
	uint32_t count;
	int32_t axis;

	if (!npuc_constant_ints(t, &axis, 1, &count) || !count)
		return NPUC_NONE;
	return npuc_axis(axis, rank);
}

bool npuc_permutation(const struct npuc_graph *g, const struct npuc_op *op,
		      uint32_t order[NPUC_MAX_RANK])
{
	uint32_t rank = npuc_input(g, op, 0)->shape.rank, count, seen = 0;
	int32_t values[NPUC_MAX_RANK];

	if (!npuc_constant_ints(npuc_input(g, op, 1), values, NPUC_MAX_RANK, &count) ||
	    count != rank)
		return false;
	for (uint32_t i = 0; i < rank; i++) {
		order[i] = npuc_axis(values[i], rank);
		if (order[i] == NPUC_NONE || (seen >> order[i] & 1))
			return false;
		seen |= 1u << order[i];
	}
	return true;
}

bool npuc_infer_shape(const struct npuc_graph *g, const struct npuc_op *op,
		      struct npuc_shape *shape)
{
	*shape = (struct npuc_shape){ 1, { npuc_input(g, op, 0)->shape.rank } };
	return shape->dim[0];
}

bool npuc_infer_transpose(const struct npuc_graph *g, const struct npuc_op *op,
			  struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	uint32_t order[NPUC_MAX_RANK];

	if (!npuc_permutation(g, op, order))
		return false;
	shape->rank = in->rank;
	for (uint32_t i = 0; i < in->rank; i++)
		shape->dim[i] = in->dim[order[i]];
	return true;
}

bool npuc_infer_reverse(const struct npuc_graph *g, const struct npuc_op *op,
			struct npuc_shape *shape)
{
	*shape = npuc_input(g, op, 0)->shape;
	return npuc_axes(g, op, 1);
}

static uint32_t bounded(uint64_t dim)
{
	return dim <= NPUC_MAX_ELEMENTS ? (uint32_t)dim : 0;
}

bool npuc_infer_tile(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_shape *shape)
{
	int32_t repeats[NPUC_MAX_RANK];
	uint32_t count;

	*shape = npuc_input(g, op, 0)->shape;
	if (!npuc_constant_ints(npuc_input(g, op, 1), repeats, NPUC_MAX_RANK, &count) ||
	    count != shape->rank)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (repeats[i] < 1)
			return false;
		shape->dim[i] = bounded((uint64_t)shape->dim[i] * (uint32_t)repeats[i]);
	}
	return true;
}

bool npuc_infer_broadcast_to(const struct npuc_graph *g, const struct npuc_op *op,
			     struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	int32_t want[NPUC_MAX_RANK];

	if (!npuc_constant_ints(npuc_input(g, op, 1), want, NPUC_MAX_RANK, &shape->rank) ||
	    shape->rank < in->rank)
		return false;
	for (uint32_t i = 0; i < shape->rank; i++) {
		uint32_t lead = shape->rank - in->rank, have = i < lead ? 1 : in->dim[i - lead];

		if (want[i] < 1 || (have != 1 && have != (uint32_t)want[i]))
			return false;
		shape->dim[i] = (uint32_t)want[i];
	}
	return true;
}

bool npuc_infer_slice(const struct npuc_graph *g, const struct npuc_op *op,
		      struct npuc_shape *shape)
{
	struct npuc_slice s;

	if (!npuc_slice(g, op, &s))
		return false;
	*shape = s.shape;
	return true;
}

bool npuc_infer_strided_slice(const struct npuc_graph *g, const struct npuc_op *op,
			      struct npuc_shape *shape)
{
	struct npuc_slice s;

	if (!npuc_strided_slice(g, op, &s))
		return false;
	*shape = s.shape;
	return true;
}

uint32_t npuc_split_axis(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_tensor *in = npuc_input(g, op, npuc_operator(op->builtin)->first);

	switch (op->builtin) {
	case TFLITE_SPLIT:
		return npuc_constant_axis(npuc_input(g, op, 0), in->shape.rank);
	case TFLITE_SPLIT_V:
		return npuc_constant_axis(npuc_input(g, op, 2), in->shape.rank);
	default:
		return npuc_axis((int32_t)op->attributes.axis, in->shape.rank);
	}
}

bool npuc_infer_split(const struct npuc_graph *g, const struct npuc_op *op,
		      struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 1)->shape;
	uint32_t axis = npuc_split_axis(g, op);

	if (axis == NPUC_NONE || in->dim[axis] % op->output_count)
		return false;
	for (uint32_t k = 0; k < op->output_count; k++) {
		shape[k] = *in;
		shape[k].dim[axis] /= op->output_count;
	}
	return true;
}

/* One of the sizes may be -1 and takes what the others leave. */
bool npuc_infer_split_v(const struct npuc_graph *g, const struct npuc_op *op,
			struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	uint32_t axis = npuc_split_axis(g, op), count, open = NPUC_NONE;
	int32_t sizes[NPUC_MAX_OUTPUTS];
	uint64_t sum = 0;

	if (axis == NPUC_NONE ||
	    !npuc_constant_ints(npuc_input(g, op, 1), sizes, NPUC_MAX_OUTPUTS, &count) ||
	    count != op->output_count)
		return false;
	for (uint32_t k = 0; k < count; k++) {
		shape[k] = *in;
		if (sizes[k] == -1 && open == NPUC_NONE) {
			open = k;
			continue;
		}
		if (sizes[k] < 1)
			return false;
		shape[k].dim[axis] = (uint32_t)sizes[k];
		sum += (uint32_t)sizes[k];
	}
	if (open != NPUC_NONE) {
		/* no part is empty */
		if (sum >= in->dim[axis])
			return false;
		shape[open].dim[axis] = in->dim[axis] - (uint32_t)sum;
		sum = in->dim[axis];
	}
	return sum == in->dim[axis];
}

bool npuc_infer_unpack(const struct npuc_graph *g, const struct npuc_op *op,
		       struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	uint32_t axis = npuc_split_axis(g, op);

	if (axis == NPUC_NONE || in->dim[axis] != op->output_count)
		return false;
	for (uint32_t k = 0; k < op->output_count; k++) {
		shape[k].rank = in->rank - 1;
		for (uint32_t i = 0; i + 1 < in->rank; i++)
			shape[k].dim[i] = in->dim[i + (i >= axis)];
	}
	return true;
}

uint32_t npuc_pack_axis(const struct npuc_graph *g, const struct npuc_op *op)
{
	return npuc_axis((int32_t)op->attributes.axis, npuc_input(g, op, 0)->shape.rank + 1);
}

bool npuc_infer_pack(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	uint32_t axis = npuc_pack_axis(g, op);

	if (axis == NPUC_NONE || in->rank == NPUC_MAX_RANK)
		return false;
	for (uint32_t i = 1; i < op->input_count; i++)
		if (!npuc_shape_equal(in, &npuc_input(g, op, i)->shape))
			return false;
	shape->rank = in->rank + 1;
	for (uint32_t i = 0; i < shape->rank; i++)
		shape->dim[i] = i == axis ? op->input_count : in->dim[i - (i > axis)];
	return true;
}

uint32_t npuc_gather_axis(const struct npuc_graph *g, const struct npuc_op *op)
{
	return npuc_axis((int32_t)op->attributes.axis, npuc_input(g, op, 0)->shape.rank);
}

static bool append(struct npuc_shape *shape, const struct npuc_shape *from, uint32_t first,
		   uint32_t end)
{
	for (uint32_t i = first; i < end; i++) {
		if (shape->rank == NPUC_MAX_RANK)
			return false;
		shape->dim[shape->rank++] = from->dim[i];
	}
	return true;
}

bool npuc_infer_gather(const struct npuc_graph *g, const struct npuc_op *op,
		       struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_shape *indices = &npuc_input(g, op, 1)->shape;
	uint32_t axis = npuc_gather_axis(g, op), batch = op->attributes.batch_dims;

	if (axis == NPUC_NONE || batch > axis || batch > indices->rank)
		return false;
	for (uint32_t i = 0; i < batch; i++)
		if (in->dim[i] != indices->dim[i])
			return false;
	shape->rank = 0;
	return append(shape, in, 0, axis) && append(shape, indices, batch, indices->rank) &&
	       append(shape, in, axis + 1, in->rank);
}

bool npuc_infer_gather_nd(const struct npuc_graph *g, const struct npuc_op *op,
			  struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_shape *indices = &npuc_input(g, op, 1)->shape;
	uint32_t depth;

	if (!indices->rank)
		return false;
	depth = indices->dim[indices->rank - 1];
	if (!depth || depth > in->rank)
		return false;
	shape->rank = 0;
	return append(shape, indices, 0, indices->rank - 1) && append(shape, in, depth, in->rank);
}

bool npuc_infer_depth_to_space(const struct npuc_graph *g, const struct npuc_op *op,
			       struct npuc_shape *shape)
{
	uint32_t block = op->attributes.block;

	*shape = npuc_input(g, op, 0)->shape;
	if (shape->rank != 4 || !block || block > 1u << 15 || shape->dim[3] % (block * block))
		return false;
	shape->dim[1] = bounded((uint64_t)shape->dim[1] * block);
	shape->dim[2] = bounded((uint64_t)shape->dim[2] * block);
	shape->dim[3] /= block * block;
	return true;
}

bool npuc_infer_space_to_depth(const struct npuc_graph *g, const struct npuc_op *op,
			       struct npuc_shape *shape)
{
	uint32_t block = op->attributes.block;

	*shape = npuc_input(g, op, 0)->shape;
	if (shape->rank != 4 || !block || block > 1u << 15 || shape->dim[1] % block ||
	    shape->dim[2] % block)
		return false;
	shape->dim[1] /= block;
	shape->dim[2] /= block;
	shape->dim[3] = bounded((uint64_t)shape->dim[3] * block * block);
	return true;
}

bool npuc_blocks(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_blocks *b)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	int32_t block[NPUC_MAX_RANK], amounts[2 * NPUC_MAX_RANK];
	uint64_t product = 1;
	uint32_t count;

	if (!npuc_constant_ints(npuc_input(g, op, 1), block, NPUC_MAX_RANK, &b->count) ||
	    !b->count || b->count >= in->rank ||
	    !npuc_constant_ints(npuc_input(g, op, 2), amounts, 2 * NPUC_MAX_RANK, &count) ||
	    count != 2 * b->count)
		return false;
	for (uint32_t k = 0; k < b->count; k++) {
		if (block[k] < 1 || amounts[2 * k] < 0 || amounts[2 * k + 1] < 0)
			return false;
		b->block[k] = (uint32_t)block[k];
		b->before[k] = (uint32_t)amounts[2 * k];
		b->behind[k] = (uint32_t)amounts[2 * k + 1];
		product *= b->block[k];
		if (product > NPUC_MAX_ELEMENTS)
			return false;
	}
	b->product = (uint32_t)product;
	return true;
}

bool npuc_infer_batch_to_space(const struct npuc_graph *g, const struct npuc_op *op,
			       struct npuc_shape *shape)
{
	struct npuc_blocks b;

	*shape = npuc_input(g, op, 0)->shape;
	if (!npuc_blocks(g, op, &b) || shape->dim[0] % b.product)
		return false;
	shape->dim[0] /= b.product;
	for (uint32_t k = 0; k < b.count; k++) {
		uint64_t full = (uint64_t)shape->dim[k + 1] * b.block[k];
		uint64_t cut = (uint64_t)b.before[k] + b.behind[k];

		shape->dim[k + 1] = full > cut ? bounded(full - cut) : 0;
	}
	return true;
}

bool npuc_infer_space_to_batch(const struct npuc_graph *g, const struct npuc_op *op,
			       struct npuc_shape *shape)
{
	struct npuc_blocks b;

	*shape = npuc_input(g, op, 0)->shape;
	if (!npuc_blocks(g, op, &b))
		return false;
	shape->dim[0] = bounded((uint64_t)shape->dim[0] * b.product);
	for (uint32_t k = 0; k < b.count; k++) {
		uint64_t full = (uint64_t)shape->dim[k + 1] + b.before[k] + b.behind[k];

		if (full % b.block[k])
			return false;
		shape->dim[k + 1] = bounded(full / b.block[k]);
	}
	return true;
}
