// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Add, Mul, Relu, Softmax, QuantizeLinear: one element out for one in. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "import.h"

/**
 * struct element - an operator of elements
 * @name: op_type
 * @builtin: &enum tflite_builtin
 * @truth: the result is a truth value
 * @clamps: the op can have an activation function
 */
struct element {
	const char *name;
	uint32_t builtin;
	bool truth;
	bool clamps;
};

static const struct element elements[] = {
	{ "Abs", TFLITE_ABS },
	{ "Add", TFLITE_ADD, .clamps = true },
	{ "And", TFLITE_LOGICAL_AND, .truth = true },
	{ "Ceil", TFLITE_CEIL },
	{ "Cos", TFLITE_COS },
	{ "Div", TFLITE_DIV },
	{ "Erf", TFLITE_ERF },
	{ "Equal", TFLITE_EQUAL, .truth = true },
	{ "Exp", TFLITE_EXP },
	{ "Floor", TFLITE_FLOOR },
	{ "Greater", TFLITE_GREATER, .truth = true },
	{ "GreaterOrEqual", TFLITE_GREATER_EQUAL, .truth = true },
	{ "HardSwish", TFLITE_HARD_SWISH },
	{ "LeakyRelu", TFLITE_LEAKY_RELU },
	{ "Less", TFLITE_LESS, .truth = true },
	{ "LessOrEqual", TFLITE_LESS_EQUAL, .truth = true },
	{ "Log", TFLITE_LOG },
	{ "Mul", TFLITE_MUL, .clamps = true },
	{ "Neg", TFLITE_NEG },
	{ "Not", TFLITE_LOGICAL_NOT, .truth = true },
	{ "Or", TFLITE_LOGICAL_OR, .truth = true },
	{ "PRelu", TFLITE_PRELU },
	{ "Pow", TFLITE_POW },
	{ "QLinearAdd", TFLITE_ADD },
	{ "QLinearMul", TFLITE_MUL },
	{ "Reciprocal", TFLITE_RECIPROCAL },
	{ "Relu", TFLITE_RELU },
	{ "Round", TFLITE_ROUND },
	{ "Sigmoid", TFLITE_LOGISTIC },
	{ "Sign", TFLITE_SIGN },
	{ "Sin", TFLITE_SIN },
	{ "Softplus", TFLITE_SOFTPLUS },
	{ "Sqrt", TFLITE_SQRT },
	{ "Sub", TFLITE_SUB, .clamps = true },
	{ "Tanh", TFLITE_TANH },
	{ "Xor", TFLITE_NOT_EQUAL, .truth = true },
};

static const struct element *element_of(const struct onnx_node *n)
{
	uint32_t i = 0;

	while (!onnx_is(n->op, elements[i].name))
		i++;
	return &elements[i];
}

/*
 * Before version 7 the second input was laid along the first from dimension axis on,
 * and PRelu's slopes along the channels; since then from the last dimension back.
 * The shape that says the same: ones behind; false where nothing has to be changed.
 */
static bool old_broadcast(const struct onnx_import *im, const struct onnx_node *n, int32_t *shape,
			  uint32_t *rank)
{
	uint32_t x = onnx_input(im, n, 0), y = onnx_input(im, n, 1);
	bool slopes = onnx_is(n->op, "PRelu");
	struct npuc_shape a, b;
	int64_t axis;

	if (im->m.opset >= 7 || x == NPUC_NONE || y == NPUC_NONE)
		return false;
	a = onnx_shape(im, x);
	b = onnx_shape(im, y);
	axis = slopes && b.rank == 1 && b.dim[0] > 1 ? 1 : onnx_int(n, "axis", a.rank - b.rank);
	axis += axis < 0 ? a.rank : 0;
	if (b.rank >= a.rank || axis < 0 || axis + b.rank >= a.rank)
		return false;
	*rank = a.rank - (uint32_t)axis;
	for (uint32_t i = 0; i < *rank; i++)
		shape[i] = i < b.rank ? (int32_t)b.dim[i] : 1;
	return true;
}

int onnx_import_elements(struct onnx_import *im, const struct onnx_node *n)
{
	enum onnx_layout layout = onnx_natural(im, n, n->input_count);
	const struct element *e = element_of(n);
	struct npuc_attributes a = { 0 };
	float alpha = onnx_float(n, "alpha", onnx_is(n->op, "LeakyRelu") ? 0.01f : 1);
	uint32_t inputs[2], count = n->input_count, rank = 0;
	int32_t shape[NPUC_MAX_RANK];
	struct onnx_target t;
	bool old = count == 2 && old_broadcast(im, n, shape, &rank);
	bool codes = !e->truth && !old && onnx_all_codes(im, n, count) &&
		     onnx_target(im, n, true, e->clamps, &t);

	if (!codes)
		onnx_target(im, n, false, e->clamps, &t);
	if (e->truth)
		t.type = NPUC_TYPE_BOOL;
	if (old)
		layout = ONNX_PLAIN;
	memcpy(&a.alpha, &alpha, sizeof(a.alpha));
	for (uint32_t i = 0; i < count; i++) {
		uint32_t v = onnx_input(im, n, i);

		if (v == NPUC_NONE)
			return onnx_refuse(im, "an input is missing");
		inputs[i] = codes ? onnx_codes_stored(im, v, layout) : onnx_stored(im, v, layout);
		if (i && old && inputs[i] != NPUC_NONE)
			inputs[i] = onnx_as(im, inputs[i], shape, rank);
		if (inputs[i] == NPUC_NONE)
			return -EOPNOTSUPP;
	}
	return onnx_emit(im, &t, e->builtin, &a, inputs, count, layout);
}

static const struct {
	const char *name;
	uint32_t builtin;
} chains[] = {
	{ "Max", TFLITE_MAXIMUM },
	{ "Mean", TFLITE_ADD },
	{ "Min", TFLITE_MINIMUM },
	{ "Sum", TFLITE_ADD },
};

/* Any number of inputs, two by two. */
int onnx_import_chain(struct onnx_import *im, const struct onnx_node *n)
{
	enum onnx_layout layout = onnx_natural(im, n, n->input_count);
	const struct npuc_attributes a = { 0 };
	uint32_t row = 0, pair[2];
	struct onnx_target t;

	while (!onnx_is(n->op, chains[row].name))
		row++;
	onnx_target(im, n, false, false, &t);
	for (uint32_t i = 0; i < n->input_count; i++) {
		uint32_t v = onnx_input(im, n, i);

		if (v == NPUC_NONE)
			return onnx_refuse(im, "an input is missing");
		pair[i > 0] = onnx_stored(im, v, layout);
		if (pair[i > 0] == NPUC_NONE)
			return -EOPNOTSUPP;
		if (i)
			pair[0] = onnx_step(im, chains[row].builtin, &a, pair, 2, NPUC_NONE);
		if (pair[0] == NPUC_NONE)
			return -EOPNOTSUPP;
	}
	pair[1] = onnx_real(im, (float)n->input_count);
	if (onnx_is(n->op, "Mean"))
		return onnx_emit(im, &t, TFLITE_DIV, &a, pair, 2, layout);
	/* one input alone, or the last sum, under the name of the result */
	return onnx_give(im, t.value, pair[0], layout);
}

int onnx_import_where(struct onnx_import *im, const struct onnx_node *n)
{
	enum onnx_layout layout = onnx_natural(im, n, 3);
	const struct npuc_attributes a = { 0 };
	uint32_t inputs[3];
	struct onnx_target t;

	onnx_target(im, n, false, false, &t);
	for (uint32_t i = 0; i < 3; i++) {
		uint32_t v = onnx_input(im, n, i);

		inputs[i] = v == NPUC_NONE ? v : onnx_stored(im, v, layout);
		if (inputs[i] == NPUC_NONE)
			return v == NPUC_NONE ? onnx_refuse(im, "an input is missing") :
						-EOPNOTSUPP;
	}
	t.type = im->b.g.tensors[inputs[1]].type;
	return onnx_emit(im, &t, TFLITE_SELECT_V2, &a, inputs, 3, layout);
}

int onnx_import_cast(struct onnx_import *im, const struct onnx_node *n)
{
	enum onnx_layout layout = onnx_natural(im, n, 1);
	uint32_t value = onnx_input(im, n, 0), x;
	const struct npuc_attributes a = { 0 };
	int64_t to = onnx_int(n, "to", 0);
	uint32_t like = onnx_input(im, n, 1);
	struct onnx_target t;

	onnx_target(im, n, false, false, &t);
	if (onnx_is(n->op, "CastLike")) {
		like = like == NPUC_NONE ? like : onnx_stored(im, like, ONNX_PLAIN);
		t.type = like == NPUC_NONE ? like : im->b.g.tensors[like].type;
	} else {
		t.type = to > 0 && to < UINT32_MAX ? onnx_type((uint32_t)to) : NPUC_NONE;
	}
	if (value == NPUC_NONE || t.type == NPUC_NONE)
		return onnx_refuse(im, "the element type %lld is not supported", (long long)to);
	x = onnx_stored(im, value, layout);
	return onnx_emit(im, &t, TFLITE_CAST, &a, &x, 1, layout);
}

/* a, its scale and zero point, b, likewise, scale and zero point of the result */
int onnx_import_qlinear_binary(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t a = onnx_input(im, n, 0), b = onnx_input(im, n, 3), inputs[2];
	enum onnx_layout layout = ONNX_PLAIN;
	const struct npuc_attributes none = { 0 };
	struct onnx_target t;

	if (a == NPUC_NONE || b == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	if (onnx_rank(im, a) == 4 && onnx_rank(im, b) == 4 &&
	    (im->values[a].stored[ONNX_CHANNELS_LAST] != NPUC_NONE ||
	     im->values[b].stored[ONNX_CHANNELS_LAST] != NPUC_NONE))
		layout = ONNX_CHANNELS_LAST;
	inputs[0] = onnx_qlinear(im, n, 0, layout);
	inputs[1] = onnx_qlinear(im, n, 3, layout);
	if (inputs[0] == NPUC_NONE || inputs[1] == NPUC_NONE || !onnx_qlinear_target(im, n, 6, &t))
		return onnx_refuse(im, "scales and zero points must be constant");
	return onnx_emit(im, &t, element_of(n)->builtin, &none, inputs, 2, layout);
}

/* ReLU and ReLU6 have ops of their own, other bounds are a maximum and a minimum. */
int onnx_import_clip(struct onnx_import *im, const struct onnx_node *n)
{
	float bounds[2] = { onnx_float(n, "min", -INFINITY), onnx_float(n, "max", INFINITY) };
	enum onnx_layout layout = onnx_natural(im, n, 1);
	uint32_t value = onnx_input(im, n, 0), x;
	const struct npuc_attributes a = { 0 };
	struct onnx_target t;
	bool known = true;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t bound = onnx_input(im, n, i + 1);

		if (bound != NPUC_NONE && onnx_rank(im, bound) > 1)
			return onnx_refuse(im, "bounds must be scalars");
		known &= bound == NPUC_NONE || onnx_number(im, bound, &bounds[i]);
	}
	onnx_target(im, n, false, false, &t);
	x = onnx_stored(im, value, layout);
	if (x == NPUC_NONE)
		return -EOPNOTSUPP;
	if (known && bounds[0] == 0 && (bounds[1] == 6 || isinf(bounds[1])))
		return onnx_emit(im, &t, bounds[1] == 6 ? TFLITE_RELU6 : TFLITE_RELU, &a, &x, 1,
				 layout);
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t bound = onnx_input(im, n, i + 1), y;

		if (bound == NPUC_NONE && isinf(bounds[i]))
			continue;
		y = bound == NPUC_NONE ? onnx_like(im, x, bounds[i]) :
					 onnx_stored(im, bound, ONNX_PLAIN);
		x = onnx_binary(im, i ? TFLITE_MINIMUM : TFLITE_MAXIMUM, x, y);
		if (x == NPUC_NONE)
			return -EOPNOTSUPP;
	}
	if (x == onnx_stored(im, value, layout))
		return onnx_import_identity(im, n);
	return onnx_give(im, t.value, x, layout);
}

/* Dimension @axis exchanged with the last; doing it again takes it back. */
static uint32_t exchanged(struct onnx_import *im, uint32_t x, uint32_t axis, uint32_t rank)
{
	int32_t order[NPUC_MAX_RANK];

	for (uint32_t i = 0; i < rank; i++)
		order[i] = (int32_t)i;
	order[axis] = (int32_t)rank - 1;
	order[rank - 1] = (int32_t)axis;
	return axis == rank - 1 ? x : onnx_turned(im, x, order, rank);
}

/* Along one axis since opset 13, before along all from one on. */
int onnx_import_softmax(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), axis, x, rank;
	bool logarithm = onnx_is(n->op, "LogSoftmax"), old = im->m.opset < 13, codes;
	enum onnx_layout layout = ONNX_PLAIN;
	uint32_t builtin = logarithm ? TFLITE_LOG_SOFTMAX : TFLITE_SOFTMAX;
	struct npuc_attributes a = { 0 };
	int32_t rows[2] = { 1, -1 }, whole[NPUC_MAX_RANK];
	const float beta = 1.0f;
	struct npuc_shape shape;
	struct onnx_target t;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	shape = onnx_shape(im, value);
	rank = shape.rank;
	axis = onnx_axis(im, value, onnx_int(n, "axis", old ? 1 : -1));
	if (axis == NPUC_NONE)
		return onnx_refuse(im, "axis is out of range");
	memcpy(&a.beta, &beta, sizeof(a.beta));
	if (axis == rank - 1 || (rank == 4 && axis == 1 && !old)) {
		layout = axis == rank - 1 ? ONNX_PLAIN : ONNX_CHANNELS_LAST;
		codes = !logarithm && onnx_all_codes(im, n, 1) &&
			onnx_target(im, n, true, false, &t);
		if (!codes)
			onnx_target(im, n, false, false, &t);
		x = codes ? onnx_codes_stored(im, value, layout) : onnx_stored(im, value, layout);
		return x == NPUC_NONE ? -EOPNOTSUPP : onnx_emit(im, &t, builtin, &a, &x, 1, layout);
	}
	onnx_target(im, n, false, false, &t);
	x = onnx_stored(im, value, ONNX_PLAIN);
	for (uint32_t i = 0; i < rank; i++) {
		whole[i] = (int32_t)shape.dim[i];
		rows[0] *= i < axis ? whole[i] : 1;
	}
	x = old ? onnx_as(im, x, rows, 2) : exchanged(im, x, axis, rank);
	x = onnx_step(im, builtin, &a, &x, 1, NPUC_NONE);
	x = old ? onnx_as(im, x, whole, rank) : exchanged(im, x, axis, rank);
	return onnx_give(im, t.value, x, ONNX_PLAIN);
}

/* 1 at the first of the greatest along an axis, before opset 13 along all from it on. */
int onnx_import_hardmax(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), axis, x, rank, type;
	bool old = im->m.opset < 13;
	int32_t rows[3] = { 1, -1, 1 }, whole[NPUC_MAX_RANK], last = 1;
	const struct npuc_attributes none = { 0 };
	struct npuc_shape shape;
	uint32_t inputs[2];

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	shape = onnx_shape(im, value);
	rank = shape.rank;
	x = onnx_stored(im, value, ONNX_PLAIN);
	if (x == NPUC_NONE)
		return -EOPNOTSUPP;
	axis = onnx_axis(im, value, onnx_int(n, "axis", old ? 1 : -1));
	if (axis == NPUC_NONE)
		return onnx_refuse(im, "axis is out of range");
	for (uint32_t i = 0; i < rank; i++) {
		whole[i] = (int32_t)shape.dim[i];
		rows[0] *= i < axis ? whole[i] : 1;
		rows[2] *= i > axis && !old ? whole[i] : 1;
	}
	inputs[0] = onnx_as(im, x, rows, 3);
	if (inputs[0] == NPUC_NONE)
		return -EOPNOTSUPP;
	type = im->b.g.tensors[inputs[0]].type;
	rows[1] = (int32_t)im->b.g.tensors[inputs[0]].shape.dim[1];
	inputs[1] = npuc_build_list(&im->b, &last, 1);
	x = onnx_step(im, TFLITE_ARG_MAX, &none, inputs, 2, NPUC_TYPE_INT32);
	x = onnx_as(im, x, (int32_t[]){ rows[0], 1, rows[2] }, 3);
	x = onnx_compare(im, TFLITE_EQUAL, x,
			 onnx_as(im, onnx_count(im, NPUC_TYPE_INT32, (uint32_t)rows[1]),
				 (int32_t[]){ 1, rows[1], 1 }, 3));
	x = onnx_as(im, onnx_convert(im, x, type), whole, rank);
	return onnx_give(im, onnx_value(im, n->outputs[0]), x, ONNX_PLAIN);
}
