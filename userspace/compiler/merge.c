// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "merge.h"

#include "shape.h"
#include "tflite.h"

/* Records have so many axes. */
#define AXES 4u

/* The size of an op's tensor along axis @i of @rank: dimensions are the last ones. */
static uint32_t size_at(const struct npuc_shape *shape, uint32_t rank, uint32_t i)
{
	uint32_t lead = rank - shape->rank;

	return i < lead ? 1 : shape->dim[i - lead];
}

/* The older SELECT has a condition for each row of the first dimension. */
static struct npuc_shape operand_shape(const struct npuc_graph *g, const struct npuc_op *op,
				       uint32_t i)
{
	struct npuc_shape shape = npuc_input(g, op, i)->shape;

	if (op->builtin != TFLITE_SELECT || i || shape.rank != 1)
		return shape;
	shape.rank = npuc_input(g, op, 1)->shape.rank;
	for (uint32_t k = 1; k < shape.rank; k++)
		shape.dim[k] = 1;
	return shape;
}

/* Axes of one element go with those in front of them. */
static uint32_t where_kinds_change(const struct npuc_shape *whole, const uint32_t *kind,
				   uint32_t count)
{
	uint32_t begins = 0, last = NPUC_NONE;

	for (uint32_t i = 0; i < count; i++) {
		if (whole->dim[i] == 1)
			continue;
		if (last != NPUC_NONE && kind[i] != last)
			begins |= 1u << i;
		last = kind[i];
	}
	return begins | 1;
}

/* The first @count axes of @whole, which inputs repeat along or not, a bit for each of them. */
static uint32_t broadcast_begins(const struct npuc_graph *g, const struct npuc_op *op,
				 const struct npuc_shape *whole, uint32_t count)
{
	uint32_t kind[NPUC_MAX_RANK] = { 0 };

	for (uint32_t k = 0; k < op->input_count; k++) {
		struct npuc_shape shape = operand_shape(g, op, k);

		for (uint32_t i = 0; i < count; i++)
			if (size_at(&shape, whole->rank, i) == 1)
				kind[i] |= 1u << k;
	}
	return where_kinds_change(whole, kind, count);
}

static uint32_t reduced_begins(const struct npuc_graph *g, const struct npuc_op *op,
			       const struct npuc_shape *whole)
{
	uint32_t axes = npuc_axes(g, op, 1);

	return ((axes ^ axes << 1) | 1) & ((1u << whole->rank) - 1);
}

/* What is added along an axis are whole blocks of all axes behind it that stay. */
static uint32_t padded_begins(const struct npuc_graph *g, const struct npuc_op *op,
			      const struct npuc_shape *whole)
{
	int32_t amounts[2 * NPUC_MAX_RANK] = { 0 };
	uint32_t begins = 1;

	npuc_paddings(g, op, amounts);
	for (uint32_t i = 0; i < whole->rank; i++)
		if (amounts[2 * i] || amounts[2 * i + 1])
			begins |= 1u << i;
	return begins;
}

static uint32_t joined_begins(const struct npuc_op *op, const struct npuc_shape *whole)
{
	uint32_t axis = npuc_axis((int32_t)op->attributes.axis, whole->rank);

	return 1 | (axis == NPUC_NONE ? 0 : 1u << axis);
}

static uint32_t begins(const struct npuc_graph *g, const struct npuc_op *op,
		       const struct npuc_shape *whole)
{
	switch (op->builtin) {
	case TFLITE_PAD:
		return padded_begins(g, op, whole);
	case TFLITE_CONCATENATION:
		return joined_begins(op, whole);
	case TFLITE_BATCH_MATMUL:
		return broadcast_begins(g, op, whole, whole->rank - 2) | 3u << (whole->rank - 2);
	case TFLITE_MEAN:
	case TFLITE_SUM:
	case TFLITE_REDUCE_MAX:
	case TFLITE_REDUCE_MIN:
	case TFLITE_REDUCE_PROD:
	case TFLITE_REDUCE_ANY:
	case TFLITE_REDUCE_ALL:
		return reduced_begins(g, op, whole);
	default:
		return broadcast_begins(g, op, whole, whole->rank);
	}
}

/* Reductions may leave dimensions out of their output, others have them all there. */
static const struct npuc_shape *whole_shape(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape,
				*out = &npuc_output(g, op)->shape;

	return in->rank > out->rank ? in : out;
}

struct npuc_merge npuc_merge_of(uint32_t rank, uint32_t begins)
{
	return (struct npuc_merge){ rank, begins, (uint32_t)__builtin_popcount(begins) };
}

struct npuc_merge npuc_merge_most(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_shape *whole = whole_shape(g, op);

	return npuc_merge_of(whole->rank, begins(g, op, whole));
}

struct npuc_merge npuc_merge(const struct npuc_graph *g, const struct npuc_op *op)
{
	uint32_t rank = whole_shape(g, op)->rank;

	return rank > AXES ? npuc_merge_most(g, op) : npuc_merge_of(rank, (1u << rank) - 1);
}

uint32_t npuc_merge_group(const struct npuc_merge *m, uint32_t i)
{
	return (uint32_t)__builtin_popcount(m->begins & ((2u << i) - 1)) - 1;
}

/* Which of the four axes is dimension @i. */
static uint32_t axis_of(const struct npuc_merge *m, uint32_t i)
{
	return AXES - m->count + npuc_merge_group(m, i);
}

void npuc_merge_shape(const struct npuc_merge *m, const struct npuc_shape *shape, uint32_t to[4])
{
	for (uint32_t i = 0; i < AXES; i++)
		to[i] = 1;
	for (uint32_t i = m->rank - shape->rank; i < m->rank; i++)
		to[axis_of(m, i)] *= size_at(shape, m->rank, i);
}

uint32_t npuc_merge_axes(const struct npuc_merge *m, uint32_t axes)
{
	uint32_t merged = 0;

	for (uint32_t i = 0; i < m->rank; i++)
		if (axes >> i & 1)
			merged |= 1u << axis_of(m, i);
	return merged;
}

static void view(struct npuc_record *r, uint32_t k, const struct npuc_merge *m,
		 const struct npuc_shape *shape)
{
	uint32_t to[AXES];

	if (m->rank <= AXES)
		return;
	npuc_merge_shape(m, shape, to);
	npuc_operand_shape(r, k, to);
}

void npuc_merge_operand(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
			uint32_t k, const struct npuc_tensor *tensor)
{
	struct npuc_merge m = npuc_merge(c->graph, &c->graph->ops[number]);

	view(r, k, &m, &tensor->shape);
}

void npuc_broadcast_inputs(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
			   bool swapped)
{
	const struct npuc_op *op = &c->graph->ops[number];
	uint32_t inputs = op->input_count;
	struct npuc_merge m = npuc_merge(c->graph, op);

	view(r, NPUC_OUT, &m, &npuc_output(c->graph, op)->shape);
	for (uint32_t i = 0; i < inputs; i++) {
		uint32_t k = swapped ? inputs - 1 - i : i;
		struct npuc_shape shape = operand_shape(c->graph, op, i);

		view(r, k, &m, &shape);
		npuc_broadcast(r, k);
	}
}
