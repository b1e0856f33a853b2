// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "transpose_carry.h"

#include <string.h>

#include "lower.h"
#include "shape.h"
#include "tflite.h"

/* Ops that compute each element of their output from one of each input. */
static const uint32_t by_element[] = {
	TFLITE_ABS,	      TFLITE_ADD,	  TFLITE_CAST,	       TFLITE_CEIL,
	TFLITE_COS,	      TFLITE_DEQUANTIZE,  TFLITE_DIV,	       TFLITE_ELU,
	TFLITE_EQUAL,	      TFLITE_ERF,	  TFLITE_EXP,	       TFLITE_FLOOR,
	TFLITE_FLOOR_DIV,     TFLITE_FLOOR_MOD,	  TFLITE_GELU,	       TFLITE_GREATER,
	TFLITE_GREATER_EQUAL, TFLITE_HARD_SWISH,  TFLITE_LEAKY_RELU,   TFLITE_LESS,
	TFLITE_LESS_EQUAL,    TFLITE_LOG,	  TFLITE_LOGICAL_AND,  TFLITE_LOGICAL_NOT,
	TFLITE_LOGICAL_OR,    TFLITE_LOGISTIC,	  TFLITE_MAXIMUM,      TFLITE_MINIMUM,
	TFLITE_MUL,	      TFLITE_NEG,	  TFLITE_NOT_EQUAL,    TFLITE_POW,
	TFLITE_PRELU,	      TFLITE_QUANTIZE,	  TFLITE_RECIPROCAL,   TFLITE_RELU,
	TFLITE_RELU6,	      TFLITE_RELU_0_TO_1, TFLITE_RELU_N1_TO_1, TFLITE_ROUND,
	TFLITE_RSQRT,	      TFLITE_SELECT_V2,	  TFLITE_SIGN,	       TFLITE_SIN,
	TFLITE_SOFTPLUS,      TFLITE_SQRT,	  TFLITE_SQUARE,       TFLITE_SQUARED_DIFFERENCE,
	TFLITE_SUB,	      TFLITE_TANH,
};

static bool carry_element(const struct npuc_graph *g, const struct npuc_op *op,
			  const uint32_t *order, struct npuc_carried *how)
{
	uint32_t rank = npuc_output(g, op)->shape.rank;

	memcpy(how->order, order, rank * sizeof(*order));
	/* An input of fewer dimensions than the output has its axes in another place. */
	for (uint32_t i = 0; i < op->input_count; i++)
		if (!npuc_input(g, op, i)->data && npuc_input(g, op, i)->shape.rank != rank)
			return false;
	return true;
}

static bool carry_pad(const struct npuc_graph *g, const struct npuc_op *op, const uint32_t *order,
		      struct npuc_carried *how)
{
	uint32_t rank = npuc_output(g, op)->shape.rank;
	int32_t amounts[2 * NPUC_MAX_RANK];

	if (!npuc_paddings(g, op, amounts))
		return false;
	for (uint32_t i = 0; i < rank; i++) {
		how->order[i] = order[i];
		how->list[2 * order[i]] = amounts[2 * i];
		how->list[2 * order[i] + 1] = amounts[2 * i + 1];
	}
	how->parameter = 1;
	how->list_shape = (struct npuc_shape){ 2, { rank, 2 } };
	return true;
}

static bool carry_concatenation(const struct npuc_graph *g, const struct npuc_op *op,
				const uint32_t *order, struct npuc_carried *how)
{
	uint32_t rank = npuc_output(g, op)->shape.rank;
	uint32_t axis = npuc_axis((int32_t)op->attributes.axis, rank);

	/* A constant of one element would stay as it is, of however many dimensions. */
	for (uint32_t i = 0; i < op->input_count; i++)
		if (npuc_input(g, op, i)->shape.rank != rank)
			return false;
	if (axis == NPUC_NONE)
		return false;
	memcpy(how->order, order, rank * sizeof(*order));
	how->attributes.axis = order[axis];
	return true;
}

/*
 * Sums of floating-point numbers keep their order where the axes that are summed over keep
 * theirs.  How means and sums of codes are rounded depends on which axes they are over.
 */
static bool sums_alike(const struct npuc_graph *g, const struct npuc_op *op, uint32_t axes,
		       const uint32_t *order)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0);
	uint32_t family = npuc_family(in->type), last = 0;

	if (family & NPUC_CODES)
		return op->builtin != TFLITE_MEAN && op->builtin != TFLITE_SUM;
	for (uint32_t i = 0; i < in->shape.rank; i++) {
		if (!(axes >> i & 1) || in->shape.dim[i] == 1)
			continue;
		if (order[i] < last)
			return false;
		last = order[i];
	}
	return true;
}

static bool carry_reduction(const struct npuc_graph *g, const struct npuc_op *op,
			    const uint32_t *order, struct npuc_carried *how)
{
	uint32_t rank = npuc_input(g, op, 0)->shape.rank, axes = npuc_axes(g, op, 1);
	uint32_t gone = 0, count = 0, at = 0;

	if (!axes || !sums_alike(g, op, axes, order))
		return false;
	for (uint32_t i = 0; i < rank; i++)
		if (axes >> i & 1)
			gone |= 1u << order[i];
	for (uint32_t i = 0; i < rank; i++) {
		uint32_t before = gone & ((1u << order[i]) - 1);

		if (gone >> i & 1)
			how->list[count++] = (int32_t)i;
		if (op->attributes.keep_dims)
			how->order[i] = order[i];
		else if (!(axes >> i & 1))
			how->order[at++] = order[i] - (uint32_t)__builtin_popcount(before);
	}
	how->parameter = 1;
	how->list_shape = (struct npuc_shape){ 1, { count } };
	return true;
}

/* Axes of more than one element; Return: their number. */
static uint32_t long_axes(const struct npuc_shape *shape, uint32_t list[NPUC_MAX_RANK])
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < shape->rank; i++)
		if (shape->dim[i] > 1)
			list[count++] = i;
	return count;
}

/* Where among the stored axes of more than one element an axis is. */
static uint32_t place_of(const struct npuc_shape *shape, const uint32_t *order, uint32_t axis)
{
	uint32_t place = 0;

	for (uint32_t i = 0; i < shape->rank; i++)
		place += shape->dim[i] > 1 && order[i] < order[axis];
	return place;
}

/**
 * struct group - axes of an input that a RESHAPE makes into some of its output
 * @place: of the first one among the stored axes of the input
 * @first: the first axis of the output, among those of more than one element
 * @end: behind the last one
 */
struct group {
	uint32_t place;
	uint32_t first;
	uint32_t end;
};

/* The next group: as few axes of both as have equally many elements. */
static bool next_group(const struct npuc_shape *in, const uint32_t *order, const uint32_t *a,
		       uint32_t a_count, const struct npuc_shape *out, const uint32_t *b,
		       uint32_t b_count, uint32_t *from, struct group *g)
{
	uint64_t x = in->dim[a[*from]], y = out->dim[b[g->first]];
	uint32_t next = *from + 1;

	g->place = place_of(in, order, a[*from]);
	g->end = g->first + 1;
	while (x != y) {
		if (x < y && next < a_count) {
			/* They must lie behind each other as they are stored, too. */
			if (place_of(in, order, a[next]) != g->place + next - *from)
				return false;
			x *= in->dim[a[next++]];
		} else if (y < x && g->end < b_count) {
			y *= out->dim[b[g->end++]];
		} else {
			return false;
		}
	}
	*from = next;
	return true;
}

/* Groups of axes that stay together change places as the axes of the input did. */
static bool carry_reshape(const struct npuc_graph *g, const struct npuc_op *op,
			  const uint32_t *order, struct npuc_carried *how)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape,
				*out = &npuc_output(g, op)->shape;
	uint32_t a[NPUC_MAX_RANK], b[NPUC_MAX_RANK], from = 0, count = 0, axis = 0;
	uint32_t a_count = long_axes(in, a), b_count = long_axes(out, b);
	struct group groups[NPUC_MAX_RANK];

	for (uint32_t to = 0; from < a_count && to < b_count; to = groups[count++].end) {
		groups[count].first = to;
		if (!next_group(in, order, a, a_count, out, b, b_count, &from, &groups[count]))
			return false;
	}
	for (uint32_t place = 0; place < a_count; place++)
		for (uint32_t i = 0; i < count; i++)
			for (uint32_t k = groups[i].first;
			     k < groups[i].end && groups[i].place == place; k++)
				how->order[b[k]] = axis++;
	for (uint32_t i = 0; i < out->rank; i++)
		if (out->dim[i] == 1)
			how->order[i] = axis++;
	how->reshape = true;
	return count && axis == out->rank;
}

typedef bool carry_fn(const struct npuc_graph *g, const struct npuc_op *op, const uint32_t *order,
		      struct npuc_carried *how);

/* Ops that know axes by number, and how many of their inputs are values; 0: all. */
static const struct {
	uint32_t builtin;
	uint32_t inputs;
	carry_fn *carry;
} ways[] = {
	{ TFLITE_CONCATENATION, 0, carry_concatenation },
	{ TFLITE_EXPAND_DIMS, 1, carry_reshape },
	{ TFLITE_MEAN, 1, carry_reduction },
	{ TFLITE_PAD, 1, carry_pad },
	{ TFLITE_REDUCE_ALL, 1, carry_reduction },
	{ TFLITE_REDUCE_ANY, 1, carry_reduction },
	{ TFLITE_REDUCE_MAX, 1, carry_reduction },
	{ TFLITE_REDUCE_MIN, 1, carry_reduction },
	{ TFLITE_REDUCE_PROD, 1, carry_reduction },
	{ TFLITE_RESHAPE, 1, carry_reshape },
	{ TFLITE_SQUEEZE, 1, carry_reshape },
	{ TFLITE_SUM, 1, carry_reduction },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static size_t way_of(const struct npuc_op *op)
{
	size_t i = 0;

	while (i < WAYS && ways[i].builtin != op->builtin)
		i++;
	return i;
}

bool npuc_by_element(const struct npuc_op *op)
{
	for (size_t i = 0; i < sizeof(by_element) / sizeof(by_element[0]); i++)
		if (op->builtin == by_element[i])
			return !op->constant && op->output_count == 1;
	return false;
}

bool npuc_any_order(const struct npuc_op *op)
{
	return npuc_by_element(op) || op->builtin == TFLITE_PAD ||
	       op->builtin == TFLITE_CONCATENATION;
}

uint32_t npuc_carried_inputs(const struct npuc_op *op)
{
	size_t way = way_of(op);

	if (op->constant || op->output_count != 1)
		return 0;
	if (npuc_by_element(op))
		return op->input_count;
	if (way == WAYS)
		return 0;
	return ways[way].inputs ? ways[way].inputs : op->input_count;
}

bool npuc_carry(const struct npuc_graph *g, const struct npuc_op *op, const uint32_t *order,
		struct npuc_carried *how)
{
	size_t way = way_of(op);

	*how = (struct npuc_carried){ .attributes = op->attributes, .parameter = NPUC_NONE };
	return (way < WAYS ? ways[way].carry : carry_element)(g, op, order, how);
}

struct npuc_shape npuc_stored_shape(const struct npuc_shape *shape, const uint32_t *order)
{
	struct npuc_shape to = { shape->rank, { 0 } };

	for (uint32_t i = 0; i < shape->rank; i++)
		to.dim[order[i]] = shape->dim[i];
	return to;
}

bool npuc_keeps_bytes(const struct npuc_shape *shape, const uint32_t *order)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < shape->rank; i++) {
		if (shape->dim[i] == 1)
			continue;
		if (order[i] < next)
			return false;
		next = order[i];
	}
	return true;
}

bool npuc_can_turn(const struct npuc_tensor *t, uint32_t rank)
{
	return t->elements == 1 ||
	       (t->quant.count <= 1 && t->shape.rank <= rank && t->type != NPUC_TYPE_INT4 &&
		npuc_type_size(t->type) && t->data_size >= npuc_tensor_bytes(t));
}

/* Copy a constant of shape @shape (rank of @order) element by element into the stored order. */
static void turn_elements(const struct npuc_shape *shape, const uint32_t *order, uint32_t size,
			  const uint8_t *from, uint8_t *to)
{
	struct npuc_shape there = npuc_stored_shape(shape, order);
	uint32_t step[NPUC_MAX_RANK], at[NPUC_MAX_RANK] = { 0 }, stride = 1;
	size_t count = npuc_shape_elements(shape);

	for (uint32_t i = shape->rank; i-- > 0;) {
		step[i] = stride;
		stride *= there.dim[i];
	}
	for (size_t n = 0; n < count; n++) {
		size_t place = 0;

		for (uint32_t i = 0; i < shape->rank; i++)
			place += (size_t)at[i] * step[order[i]];
		memcpy(to + place * size, from + n * size, size);
		for (uint32_t i = shape->rank; i-- > 0 && ++at[i] == shape->dim[i];)
			at[i] = 0;
	}
}

uint32_t npuc_turned_constant(struct npuc_edit *e, uint32_t number, uint32_t rank,
			      const uint32_t *order)
{
	const struct npuc_tensor *t = &e->from->tensors[number];
	struct npuc_shape shape = { rank, { 0 } }, there;
	uint32_t size = npuc_type_size(t->type), lead = rank - t->shape.rank, to;
	const uint8_t *data = t->data;
	uint8_t *turned;

	if (t->elements == 1)
		return number;
	for (uint32_t i = 0; i < rank; i++)
		shape.dim[i] = i < lead ? 1 : t->shape.dim[i - lead];
	there = npuc_stored_shape(&shape, order);
	if (!npuc_keeps_bytes(&shape, order)) {
		turned = npuc_build_memory(&e->b, (size_t)t->elements * size);
		if (!turned)
			return NPUC_NONE;
		turn_elements(&shape, order, size, t->data, turned);
		data = turned;
	}
	to = npuc_build_constant(&e->b, t->name, t->type, &there, data);
	if (to != NPUC_NONE)
		e->b.g.tensors[to].quant = t->quant;
	return to;
}
