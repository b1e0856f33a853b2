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
	{ "Elu", TFLITE_ELU },
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
	{ "Relu", TFLITE_RELU },
	{ "Round", TFLITE_ROUND },
	{ "Sigmoid", TFLITE_LOGISTIC },
	{ "Sign", TFLITE_SIGN },
	{ "Sin", TFLITE_SIN },
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

int onnx_import_elements(struct onnx_import *im, const struct onnx_node *n)
{
	enum onnx_layout layout = onnx_natural(im, n, n->input_count);
	const struct element *e = element_of(n);
	struct npuc_attributes a = { 0 };
	float alpha = onnx_float(n, "alpha", onnx_is(n->op, "LeakyRelu") ? 0.01f : 1);
	uint32_t inputs[2], count = n->input_count;
	struct onnx_target t;
	bool codes = !e->truth && all_codes(im, n, count) &&
		     onnx_target(im, n, true, e->clamps, &t);

	if (!codes)
		onnx_target(im, n, false, e->clamps, &t);
	if (e->truth)
		t.type = NPUC_TYPE_BOOL;
	if (e->builtin == TFLITE_ELU && alpha != 1)
		return onnx_refuse(im, "only an alpha of 1 is supported");
	memcpy(&a.alpha, &alpha, sizeof(a.alpha));
	for (uint32_t i = 0; i < count; i++) {
		uint32_t v = onnx_input(im, n, i);

		if (v == NPUC_NONE)
			return onnx_refuse(im, "an input is missing");
		inputs[i] = codes ? onnx_codes_stored(im, v, layout) : onnx_stored(im, v, layout);
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
	im->values[t.value].stored[layout] = pair[0];
	if (im->b.g.tensors[pair[0]].shape.rank != 4)
		im->values[t.value].stored[ONNX_PLAIN] = pair[0];
	return 0;
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
	struct onnx_target t;

	onnx_target(im, n, false, false, &t);
	t.type = to > 0 && to < UINT32_MAX ? onnx_type((uint32_t)to) : NPUC_NONE;
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
	float low = onnx_float(n, "min", -INFINITY), high = onnx_float(n, "max", INFINITY);
	enum onnx_layout layout = onnx_natural(im, n, 1);
	uint32_t value = onnx_input(im, n, 0), pair[2];
	const struct npuc_attributes a = { 0 };
	struct onnx_target t;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	for (uint32_t i = 1; i < 3; i++) {
		uint32_t bound = onnx_input(im, n, i);

		if (bound != NPUC_NONE && !onnx_number(im, bound, i == 1 ? &low : &high))
			return onnx_refuse(im, "the bounds must be constant floats");
	}
	onnx_target(im, n, false, false, &t);
	pair[0] = onnx_stored(im, value, layout);
	if (low == 0 && (high == 6 || isinf(high)))
		return onnx_emit(im, &t, high == 6 ? TFLITE_RELU6 : TFLITE_RELU, &a, pair, 1,
				 layout);
	pair[1] = onnx_real(im, low);
	pair[0] = onnx_step(im, TFLITE_MAXIMUM, &a, pair, 2, NPUC_NONE);
	pair[1] = onnx_real(im, high);
	return onnx_emit(im, &t, TFLITE_MINIMUM, &a, pair, 2, layout);
}

/* Along one axis since opset 13, before along all from one on. */
int onnx_import_softmax(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), axis, x, rank;
	bool logarithm = onnx_is(n->op, "LogSoftmax"), old = im->m.opset < 13, codes;
	enum onnx_layout layout = ONNX_PLAIN;
	uint32_t builtin = logarithm ? TFLITE_LOG_SOFTMAX : TFLITE_SOFTMAX;
	struct npuc_attributes a = { 0 };
	const float beta = 1.0f;
	struct onnx_target t;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	rank = onnx_rank(im, value);
	axis = onnx_axis(im, value, onnx_int(n, "axis", old ? 1 : -1));
	if (rank == 4 && axis == 1 && !old)
		layout = ONNX_CHANNELS_LAST;
	else if (axis == NPUC_NONE || axis != rank - 1)
		return onnx_refuse(im, "only the last axis and that of channels are supported");
	memcpy(&a.beta, &beta, sizeof(a.beta));
	codes = !logarithm && all_codes(im, n, 1) && onnx_target(im, n, true, false, &t);
	if (!codes)
		onnx_target(im, n, false, false, &t);
	x = codes ? onnx_codes_stored(im, value, layout) : onnx_stored(im, value, layout);
	return x == NPUC_NONE ? -EOPNOTSUPP : onnx_emit(im, &t, builtin, &a, &x, 1, layout);
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

int onnx_import_matmul(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), w = onnx_input(im, n, 1), c = onnx_input(im, n, 2);
	uint32_t bias = NPUC_NONE;
	struct npuc_quant q = { 0 };
	struct onnx_target t;
	bool codes;

	if (value == NPUC_NONE || w == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
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
