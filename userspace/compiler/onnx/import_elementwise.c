// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Add, Mul, Relu, Softmax, QuantizeLinear: one element out for one in; MatMul. */
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

/* All of the first @count inputs are codes; constants of them too. */
static bool all_codes(const struct onnx_import *im, const struct onnx_node *n, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t v = onnx_input(im, n, i);

		if (v == NPUC_NONE || onnx_codes(im, v) == NPUC_NONE)
			return false;
	}
	return true;
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
	bool codes = !e->truth && !old && all_codes(im, n, count) &&
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
		codes = !logarithm && all_codes(im, n, 1) && onnx_target(im, n, true, false, &t);
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

/* Rows times constant columns: TFLite's FULLY_CONNECTED with the weights turned. */
static int emit_product(struct onnx_import *im, const struct onnx_node *n,
			const struct onnx_target *t, uint32_t x, uint32_t w, uint32_t bias,
			const struct npuc_quant *q)
{
	static const uint32_t orders[2][2] = { { 1, 0 }, { 0, 1 } };
	bool gemm = onnx_is(n->op, "Gemm"), turned = gemm && onnx_int(n, "transB", 0);
	const struct npuc_shape was = onnx_shape(im, w);
	struct npuc_shape shape = { .rank = 2, .dim = { was.dim[!turned], was.dim[turned] } };
	struct npuc_attributes a = { .keep_dims = 1 };
	struct npuc_quant turned_q = *q;
	uint32_t inputs[3] = { x, NPUC_NONE, bias };

	if (was.rank != 2 ||
	    (gemm && (onnx_int(n, "transA", 0) || onnx_float(n, "alpha", 1) != 1.0f ||
		      onnx_float(n, "beta", 1) != 1.0f)))
		return onnx_refuse(im, "only constant matrices, alpha and beta of 1 are supported");
	turned_q.axis = 0;
	inputs[1] = onnx_permuted(im, w, &shape, orders[turned], &turned_q);
	if (x == NPUC_NONE || inputs[1] == NPUC_NONE)
		return -EOPNOTSUPP;
	return onnx_emit(im, t, TFLITE_FULLY_CONNECTED, &a, inputs, bias == NPUC_NONE ? 2 : 3,
			 ONNX_PLAIN);
}

/* Is it rows times a constant matrix, and a bias of one number for each column? */
static bool constant_matrix(const struct onnx_import *im, const struct onnx_node *n, uint32_t w,
			    uint32_t c)
{
	uint32_t codes = onnx_codes(im, w);
	struct npuc_shape bias;

	if (!im->values[codes == NPUC_NONE ? w : codes].constant || onnx_rank(im, w) != 2)
		return false;
	if (!onnx_is(n->op, "Gemm"))
		return onnx_rank(im, onnx_input(im, n, 0)) >= 2;
	if (onnx_int(n, "transA", 0) || onnx_float(n, "alpha", 1) != 1.0f ||
	    onnx_float(n, "beta", 1) != 1.0f)
		return false;
	if (c == NPUC_NONE)
		return true;
	bias = onnx_shape(im, c);
	codes = onnx_codes(im, c);
	return im->values[codes == NPUC_NONE ? c : codes].constant && bias.rank == 1 &&
	       bias.dim[0] == onnx_shape(im, w).dim[onnx_int(n, "transB", 0) ? 0 : 1];
}

/* alpha * x * w + beta * c of whatever is computed; a vector is a row or a column. */
static int emit_matmul(struct onnx_import *im, const struct onnx_node *n, uint32_t value,
		       uint32_t w, uint32_t c)
{
	bool gemm = onnx_is(n->op, "Gemm");
	float alpha = gemm ? onnx_float(n, "alpha", 1) : 1;
	float beta = gemm ? onnx_float(n, "beta", 1) : 1;
	const struct npuc_attributes a = {
		.adjoint_x = gemm && onnx_int(n, "transA", 0) != 0,
		.adjoint_y = gemm && onnx_int(n, "transB", 0) != 0,
	};
	uint32_t ranks[2] = { onnx_rank(im, value), onnx_rank(im, w) }, pair[2], x;
	int32_t shape[NPUC_MAX_RANK], rank = 0;

	pair[0] = onnx_stored(im, value, ONNX_PLAIN);
	pair[1] = onnx_stored(im, w, ONNX_PLAIN);
	if (pair[0] == NPUC_NONE || pair[1] == NPUC_NONE)
		return -EOPNOTSUPP;
	if (!ranks[0] || !ranks[1] || (gemm && (ranks[0] != 2 || ranks[1] != 2)))
		return onnx_refuse(im, "scalars and, of Gemm, more dimensions than two");
	if (ranks[0] == 1)
		pair[0] = onnx_as(im, pair[0], (int32_t[]){ 1, -1 }, 2);
	if (ranks[1] == 1)
		pair[1] = onnx_as(im, pair[1], (int32_t[]){ -1, 1 }, 2);
	x = onnx_step(im, TFLITE_BATCH_MATMUL, &a, pair, 2, NPUC_NONE);
	if (x == NPUC_NONE)
		return -EOPNOTSUPP;
	if (ranks[0] == 1 || ranks[1] == 1) {
		const struct npuc_shape was = im->b.g.tensors[x].shape;

		for (uint32_t i = 0; i < was.rank; i++)
			if (!(ranks[0] == 1 && i == was.rank - 2) &&
			    !(ranks[1] == 1 && i == was.rank - 1))
				shape[rank++] = (int32_t)was.dim[i];
		if (!rank)
			return onnx_refuse(im, "the product of two vectors is a scalar");
		x = onnx_as(im, x, shape, (uint32_t)rank);
	}
	if (alpha != 1.0f)
		x = onnx_binary(im, TFLITE_MUL, x, onnx_like(im, x, alpha));
	if (c != NPUC_NONE && beta != 0) {
		uint32_t y = onnx_stored(im, c, ONNX_PLAIN);

		if (y != NPUC_NONE && beta != 1.0f)
			y = onnx_binary(im, TFLITE_MUL, y, onnx_like(im, y, beta));
		x = onnx_binary(im, TFLITE_ADD, x, y);
	}
	return onnx_give(im, onnx_value(im, n->outputs[0]), x, ONNX_PLAIN);
}

int onnx_import_matmul(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), w = onnx_input(im, n, 1), c = onnx_input(im, n, 2);
	uint32_t bias = NPUC_NONE;
	struct npuc_quant q = { 0 };
	struct onnx_target t;
	bool codes;

	if (value == NPUC_NONE || w == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	if (!constant_matrix(im, n, w, c))
		return emit_matmul(im, n, value, w, c);
	codes = all_codes(im, n, 2) && im->values[onnx_codes(im, w)].constant &&
		(c == NPUC_NONE || onnx_codes(im, c) != NPUC_NONE) &&
		onnx_target(im, n, true, true, &t);
	if (!codes)
		onnx_target(im, n, false, true, &t);
	if (codes && !onnx_codes_quant(im, w, 0, &q))
		return onnx_refuse(im, "scales of the weights do not fit");
	if (!codes && onnx_codes(im, w) != NPUC_NONE)
		return onnx_refuse(im, "weights are quantised and the result is not");
	if (c != NPUC_NONE) {
		bias = onnx_stored(im, codes ? onnx_codes(im, c) : c, ONNX_PLAIN);
		if (bias == NPUC_NONE)
			return -EOPNOTSUPP;
	}
	return emit_product(im, n, &t,
			    codes ? onnx_codes_stored(im, value, ONNX_PLAIN) :
				    onnx_stored(im, value, ONNX_PLAIN),
			    w, bias, &q);
}

int onnx_import_qlinear_matmul(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t w = onnx_input(im, n, 3), x = onnx_qlinear(im, n, 0, ONNX_PLAIN);
	struct onnx_target t;
	struct npuc_quant q;

	if (x == NPUC_NONE || w == NPUC_NONE || !onnx_qlinear_target(im, n, 6, &t) ||
	    !onnx_quant(im, onnx_input(im, n, 4), onnx_input(im, n, 5), 0, &q))
		return onnx_refuse(im, "scales and zero points must be constant");
	return emit_product(im, n, &t, x, w, NPUC_NONE, &q);
}
