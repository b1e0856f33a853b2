// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "constant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "constraints.h"
#include "host_op.h"
#include "flatbuffer.h"
#include "lower.h"
#include "move.h"
#include "shape.h"
#include "tflite.h"

/**
 * typedef fold_fn - computes an op's outputs
 * @g: the model
 * @op: the op; inputs are complete constants, but for SHAPE
 * @out: zeroed memory of each output, of its shape and type
 *
 * Return: false when the op is none that is folded.
 */
typedef bool fold_fn(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out);

/** struct number - an element, exactly: integers in @whole, all others in @real */
struct number {
	bool is_real;
	int64_t whole;
	double real;
};

static double half_to_double(uint32_t h)
{
	int32_t exponent = (int32_t)(h >> 10 & 31), fraction = (int32_t)(h & 0x3ff);
	double magnitude;

	if (exponent == 31)
		magnitude = fraction ? (double)NAN : (double)INFINITY;
	else
		magnitude = exponent ? ldexp(fraction + 1024, exponent - 25) : ldexp(fraction, -24);
	return h & 0x8000 ? -magnitude : magnitude;
}

static struct number load(uint32_t type, const uint8_t *p, uint32_t i)
{
	uint32_t word;
	float value;

	p += (size_t)i * npuc_type_size(type);
	switch (type) {
	case NPUC_TYPE_FLOAT32:
		word = npuc_le32(p);
		memcpy(&value, &word, sizeof(value));
		return (struct number){ .is_real = true, .real = (double)value };
	case NPUC_TYPE_FLOAT16:
		return (struct number){ .is_real = true,
					.real = half_to_double((uint32_t)p[0] | (uint32_t)p[1]
											<< 8) };
	case NPUC_TYPE_INT64:
		return (struct number){ .whole = (int64_t)npuc_le64(p) };
	case NPUC_TYPE_INT32:
		return (struct number){ .whole = (int32_t)npuc_le32(p) };
	case NPUC_TYPE_INT16:
		return (struct number){ .whole = (int16_t)(p[0] | p[1] << 8) };
	case NPUC_TYPE_INT8:
		return (struct number){ .whole = (int8_t)p[0] };
	default:
		return (struct number){ .whole = p[0] };
	}
}

/* Towards zero, saturating; what is not a number is 0. */
static int64_t to_whole(struct number n)
{
	if (!n.is_real)
		return n.whole;
	if (!(n.real == n.real))
		return 0;
	if (n.real >= 0x1p63)
		return INT64_MAX;
	return n.real < -0x1p63 ? INT64_MIN : (int64_t)n.real;
}

/* False for types that nothing is folded to. */
static bool store(uint32_t type, uint8_t *p, uint32_t i, struct number n)
{
	uint32_t size = npuc_type_size(type);
	float value = n.is_real ? (float)n.real : (float)n.whole;
	uint64_t bits;
	uint32_t word;

	switch (type) {
	case NPUC_TYPE_FLOAT32:
		memcpy(&word, &value, sizeof(word));
		bits = word;
		break;
	case NPUC_TYPE_BOOL:
		bits = n.is_real ? n.real != 0 : n.whole != 0;
		break;
	case NPUC_TYPE_INT32:
	case NPUC_TYPE_INT64:
		bits = (uint64_t)to_whole(n);
		break;
	default:
		return false;
	}
	for (uint32_t k = 0; k < size; k++)
		p[(size_t)i * size + k] = (uint8_t)(bits >> 8 * k);
	return true;
}

static bool fold_cast(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0), *to = npuc_output(g, op);

	for (uint32_t i = 0; i < in->elements; i++)
		if (!store(to->type, out[0], i, load(in->type, in->data, i)))
			return false;
	return true;
}

/* Of float16 only: codes stay on the device, which knows them to be codes. */
static bool fold_dequantize(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	return npuc_input(g, op, 0)->type == NPUC_TYPE_FLOAT16 &&
	       npuc_output(g, op)->type == NPUC_TYPE_FLOAT32 && fold_cast(g, op, out);
}

static bool fold_reshape(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0);

	if (npuc_tensor_bytes(in) != npuc_tensor_bytes(npuc_output(g, op)))
		return false;
	memcpy(out[0], in->data, in->data_size);
	return true;
}

static void copy_move(const struct npuc_move *m, uint32_t axis, const uint8_t *from, uint8_t *to,
		      uint32_t size)
{
	if (axis == m->rank) {
		memcpy(to, from, size);
		return;
	}
	for (uint32_t i = 0; i < m->dim[axis]; i++)
		copy_move(m, axis + 1, from + (int64_t)i * m->in_step[axis] * size,
			  to + (int64_t)i * m->out_step[axis] * size, size);
}

static void fill(const struct npuc_tensor *t, uint8_t *to, int32_t value)
{
	uint32_t size = npuc_type_size(t->type);
	uint64_t bits = (uint64_t)(int64_t)value;

	for (size_t i = 0; i < (size_t)t->elements * size; i++)
		to[i] = (uint8_t)(bits >> 8 * (i % size));
}

static bool fold_move(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	struct npuc_moves m;
	bool moves = npuc_moves(g, op, &m) && m.count <= NPUC_MAX_COPIES;

	if (moves && m.fill)
		fill(npuc_output(g, op), out[0], m.value);
	for (uint32_t i = 0; moves && i < m.count; i++) {
		const struct npuc_tensor *in = npuc_input(g, op, m.list[i].input);
		uint32_t size = npuc_type_size(in->type);

		copy_move(&m.list[i], 0, in->data + m.list[i].in_start * size,
			  out[m.list[i].output] + m.list[i].out_start * size, size);
	}
	npuc_moves_free(&m);
	return moves;
}

static bool fold_concatenation(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	const struct npuc_tensor *to = npuc_output(g, op);
	uint32_t axis = npuc_axis((int32_t)op->attributes.axis, to->shape.rank);
	size_t inner = npuc_type_size(to->type), outer = 1, start = 0, row;

	for (uint32_t i = 0; i < to->shape.rank; i++)
		*(i < axis ? &outer : &inner) *= i == axis ? 1 : to->shape.dim[i];
	row = inner * to->shape.dim[axis];
	for (uint32_t i = 0; i < op->input_count; i++) {
		const struct npuc_tensor *in = npuc_input(g, op, i);
		size_t part = inner * in->shape.dim[axis];

		/* Codes of another scale would have to be converted. */
		if (in->type != to->type || npuc_scale(in, 0) != npuc_scale(to, 0) ||
		    npuc_zero_point(in, 0) != npuc_zero_point(to, 0))
			return false;
		for (size_t k = 0; k < outer; k++)
			memcpy(out[0] + k * row + start, in->data + k * part, part);
		start += part;
	}
	return true;
}

static bool fold_shape(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0), *to = npuc_output(g, op);

	for (uint32_t i = 0; i < in->shape.rank; i++)
		if (!store(to->type, out[0], i, (struct number){ .whole = in->shape.dim[i] }))
			return false;
	return true;
}

static bool calculate(uint32_t builtin, int64_t a, int64_t b, int64_t *result)
{
	switch (builtin) {
	case TFLITE_ADD:
		*result = (int64_t)((uint64_t)a + (uint64_t)b);
		return true;
	case TFLITE_SUB:
		*result = (int64_t)((uint64_t)a - (uint64_t)b);
		return true;
	case TFLITE_MUL:
		*result = (int64_t)((uint64_t)a * (uint64_t)b);
		return true;
	case TFLITE_MAXIMUM:
		*result = a > b ? a : b;
		return true;
	case TFLITE_MINIMUM:
		*result = a < b ? a : b;
		return true;
	case TFLITE_FLOOR_DIV:
		if (!b || b == -1)
			return false;
		*result = a / b - (a % b && (a < 0) != (b < 0));
		return true;
	default:
		return false;
	}
}

/* int32 and int64 of one shape, or one of them a single number. */
static bool fold_arithmetic(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	const struct npuc_tensor *a = npuc_input(g, op, 0), *b = npuc_input(g, op, 1);
	const struct npuc_tensor *to = npuc_output(g, op);

	if (npuc_family(a->type) != NPUC_INT || b->type != a->type || to->type != a->type ||
	    op->attributes.activation || (a->elements != to->elements && a->elements != 1) ||
	    (b->elements != to->elements && b->elements != 1))
		return false;
	for (uint32_t i = 0; i < to->elements; i++) {
		struct number x = load(a->type, a->data, a->elements == 1 ? 0 : i);
		struct number y = load(b->type, b->data, b->elements == 1 ? 0 : i);

		if (!calculate(op->builtin, x.whole, y.whole, &x.whole) ||
		    !store(to->type, out[0], i, x))
			return false;
	}
	return true;
}

static bool compare(uint32_t builtin, int64_t a, int64_t b, int64_t *result)
{
	switch (builtin) {
	case TFLITE_EQUAL:
		*result = a == b;
		return true;
	case TFLITE_NOT_EQUAL:
		*result = a != b;
		return true;
	case TFLITE_LESS:
		*result = a < b;
		return true;
	case TFLITE_LESS_EQUAL:
		*result = a <= b;
		return true;
	case TFLITE_GREATER:
		*result = a > b;
		return true;
	case TFLITE_GREATER_EQUAL:
		*result = a >= b;
		return true;
	case TFLITE_LOGICAL_AND:
		*result = a && b;
		return true;
	case TFLITE_LOGICAL_OR:
		*result = a || b;
		return true;
	default:
		return false;
	}
}

/* Whole numbers and truth values of one shape, or one of them a single one. */
static bool fold_comparison(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	const struct npuc_tensor *a = npuc_input(g, op, 0), *b = npuc_input(g, op, 1);
	const struct npuc_tensor *to = npuc_output(g, op);

	if ((npuc_family(a->type) != NPUC_INT && a->type != NPUC_TYPE_BOOL) || b->type != a->type ||
	    to->type != NPUC_TYPE_BOOL || (a->elements != to->elements && a->elements != 1) ||
	    (b->elements != to->elements && b->elements != 1))
		return false;
	for (uint32_t i = 0; i < to->elements; i++) {
		struct number x = load(a->type, a->data, a->elements == 1 ? 0 : i);
		struct number y = load(b->type, b->data, b->elements == 1 ? 0 : i);

		if (!compare(op->builtin, x.whole, y.whole, &x.whole) ||
		    !store(to->type, out[0], i, x))
			return false;
	}
	return true;
}

static bool fold_not(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0), *to = npuc_output(g, op);

	for (uint32_t i = 0; i < in->elements; i++)
		if (!store(to->type, out[0], i, (struct number){ .whole = !in->data[i] }))
			return false;
	return in->type == NPUC_TYPE_BOOL && to->type == NPUC_TYPE_BOOL;
}

/* int32 and int64; the lowest stays. */
static bool fold_negative(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0), *to = npuc_output(g, op);

	if (npuc_family(in->type) != NPUC_INT || to->type != in->type)
		return false;
	for (uint32_t i = 0; i < in->elements; i++) {
		struct number n = load(in->type, in->data, i);

		n.whole = (int64_t)(0 - (uint64_t)n.whole);
		if (!store(to->type, out[0], i, n))
			return false;
	}
	return true;
}

static const struct {
	uint32_t builtin;
	fold_fn *fold;
} folders[] = {
	{ TFLITE_CAST, fold_cast },
	{ TFLITE_DEQUANTIZE, fold_dequantize },
	{ TFLITE_RESHAPE, fold_reshape },
	{ TFLITE_SQUEEZE, fold_reshape },
	{ TFLITE_EXPAND_DIMS, fold_reshape },
	{ TFLITE_CONCATENATION, fold_concatenation },
	{ TFLITE_SHAPE, fold_shape },
	{ TFLITE_NEG, fold_negative },
	{ TFLITE_ADD, fold_arithmetic },
	{ TFLITE_SUB, fold_arithmetic },
	{ TFLITE_MUL, fold_arithmetic },
	{ TFLITE_MAXIMUM, fold_arithmetic },
	{ TFLITE_MINIMUM, fold_arithmetic },
	{ TFLITE_FLOOR_DIV, fold_arithmetic },
	{ TFLITE_EQUAL, fold_comparison },
	{ TFLITE_NOT_EQUAL, fold_comparison },
	{ TFLITE_LESS, fold_comparison },
	{ TFLITE_LESS_EQUAL, fold_comparison },
	{ TFLITE_GREATER, fold_comparison },
	{ TFLITE_GREATER_EQUAL, fold_comparison },
	{ TFLITE_LOGICAL_AND, fold_comparison },
	{ TFLITE_LOGICAL_OR, fold_comparison },
	{ TFLITE_LOGICAL_NOT, fold_not },
};

static fold_fn *folder(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_lowering *l = npuc_lowering(g, op);

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (folders[i].builtin == op->builtin)
			return folders[i].fold;
	return l && (l->traits & NPUC_MOVES) ? fold_move : NULL;
}

/* SHAPE asks for a shape only; all others for complete data. */
static bool inputs_known(const struct npuc_graph *g, const struct npuc_op *op)
{
	for (uint32_t i = 0; i < op->input_count; i++) {
		const struct npuc_tensor *t = npuc_input(g, op, i);

		if (!t || t->sparse || t->variable)
			return false;
		if (op->builtin == TFLITE_SHAPE)
			return t->ranked && t->elements;
		if (!t->data || t->data_size != npuc_tensor_bytes(t))
			return false;
	}
	return op->input_count;
}

/* Do shapes, types and numbers fit together?  What the NPU refuses is not folded either. */
static bool sound(const struct npuc_graph *g, uint32_t number)
{
	const struct npuc_capabilities any = { NULL, NULL };
	struct npuc_refusal why;

	if (g->ops[number].builtin == TFLITE_SHAPE)
		return npuc_output(g, &g->ops[number])->elements ==
		       npuc_input(g, &g->ops[number], 0)->shape.rank;
	if (g->ops[number].builtin == TFLITE_DEQUANTIZE)
		return npuc_shape_equal(&npuc_output(g, &g->ops[number])->shape,
					&npuc_input(g, &g->ops[number], 0)->shape);
	/* the NPU compares no int64, which shapes are */
	if (folder(g, &g->ops[number]) == fold_comparison)
		return g->ops[number].input_count == 2;
	return npuc_constraints_hold(g, &any, number, &why);
}

/* Whole numbers times 0 are 0, whatever they are: exporters keep an input in the graph so. */
static bool zero_product(const struct npuc_graph *g, const struct npuc_op *op)
{
	for (uint32_t i = 0; op->builtin == TFLITE_MUL && i < op->input_count; i++) {
		const struct npuc_tensor *t = npuc_input(g, op, i);
		bool zero = t && npuc_family(t->type) == NPUC_INT && t->data && t->data_size &&
			    t->data_size == npuc_tensor_bytes(t);

		for (size_t k = 0; zero && k < t->data_size; k++)
			zero = !t->data[k];
		if (zero)
			return npuc_output(g, op)->type == t->type;
	}
	return false;
}

static bool fold_nothing(const struct npuc_graph *g, const struct npuc_op *op, uint8_t **out)
{
	(void)g;
	(void)op;
	(void)out;
	return true;
}

void npuc_constant(struct npuc_graph *g, uint32_t number, uint64_t *budget)
{
	struct npuc_op *op = &g->ops[number];
	bool zero = zero_product(g, op);
	fold_fn *compute = zero ? fold_nothing : folder(g, op);
	uint8_t *out[NPUC_MAX_OUTPUTS] = { NULL };
	uint64_t bytes = 0;
	bool done;

	if (op->constant || !compute || op->output_count > NPUC_MAX_OUTPUTS ||
	    !(zero || inputs_known(g, op)) || !sound(g, number))
		return;
	for (uint32_t k = 0; k < op->output_count; k++)
		bytes += npuc_tensor_bytes(npuc_output_at(g, op, k));
	done = bytes <= *budget;
	for (uint32_t k = 0; k < op->output_count && done; k++) {
		out[k] = calloc(1, (size_t)npuc_tensor_bytes(npuc_output_at(g, op, k)) + 1);
		done = out[k];
	}
	done = done && compute(g, op, out);
	for (uint32_t k = 0; k < op->output_count; k++) {
		struct npuc_tensor *t = &g->tensors[op->outputs[k]];

		if (!done) {
			free(out[k]);
			continue;
		}
		t->folded = out[k];
		t->data = out[k];
		t->data_size = (size_t)npuc_tensor_bytes(t);
		t->producer = NPUC_NONE;
	}
	op->constant = done;
	*budget -= done ? bytes : 0;
}

void npuc_constants(struct npuc_graph *g, uint64_t budget)
{
	for (uint32_t i = 0; i < g->op_count; i++) {
		npuc_shape_complete(g, i);
		npuc_host_op_shapes(g, &g->ops[i]);
		npuc_constant(g, i, &budget);
	}
}
