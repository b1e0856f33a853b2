// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Add, Mul, Relu, Softmax, QuantizeLinear: one element out for one in; MatMul. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "import.h"

static const struct {
	const char *name;
	uint32_t builtin;
} builtins[] = {
	{ "Add", TFLITE_ADD },	 { "Sub", TFLITE_SUB },		 { "Mul", TFLITE_MUL },
	{ "Div", TFLITE_DIV },	 { "QLinearAdd", TFLITE_ADD },	 { "QLinearMul", TFLITE_MUL },
	{ "Relu", TFLITE_RELU }, { "Sigmoid", TFLITE_LOGISTIC }, { "Tanh", TFLITE_TANH },
	{ "Exp", TFLITE_EXP },
};

static uint32_t builtin_of(const struct onnx_node *n)
{
	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		if (onnx_is(n->op, builtins[i].name))
			return builtins[i].builtin;
	return TFLITE_CUSTOM;
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

static int emit_same(struct onnx_import *im, const struct onnx_node *n, uint32_t count, bool clamps)
{
	enum onnx_layout layout = onnx_natural(im, n, count);
	struct npuc_attributes a = { 0 };
	struct onnx_target t;
	uint32_t inputs[2];
	bool codes = all_codes(im, n, count) && onnx_target(im, n, true, clamps, &t);

	if (!codes)
		onnx_target(im, n, false, clamps, &t);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t v = onnx_input(im, n, i);

		if (v == NPUC_NONE)
			return onnx_refuse(im, "an input is missing");
		inputs[i] = codes ? onnx_codes_stored(im, v, layout) : onnx_stored(im, v, layout);
		if (inputs[i] == NPUC_NONE)
			return -EOPNOTSUPP;
	}
	return onnx_emit(im, &t, builtin_of(n), &a, inputs, count, layout);
}

int onnx_import_binary(struct onnx_import *im, const struct onnx_node *n)
{
	return emit_same(im, n, 2, builtin_of(n) != TFLITE_DIV);
}

int onnx_import_unary(struct onnx_import *im, const struct onnx_node *n)
{
	return emit_same(im, n, 1, false);
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
	return onnx_emit(im, &t, builtin_of(n), &none, inputs, 2, layout);
}

int onnx_import_clip(struct onnx_import *im, const struct onnx_node *n)
{
	float low = onnx_float(n, "min", -INFINITY), high = onnx_float(n, "max", INFINITY);
	enum onnx_layout layout = onnx_natural(im, n, 1);
	struct npuc_attributes a = { 0 };
	struct onnx_target t;
	uint32_t x;

	onnx_number(im, onnx_input(im, n, 1), &low);
	onnx_number(im, onnx_input(im, n, 2), &high);
	if (low != 0 || (high != 6 && !isinf(high)))
		return onnx_refuse(im, "only the bounds 0 and 6, or 0 and none, are supported");
	onnx_target(im, n, false, false, &t);
	x = onnx_stored(im, onnx_input(im, n, 0), layout);
	return x == NPUC_NONE ?
		       -EOPNOTSUPP :
		       onnx_emit(im, &t, high == 6 ? TFLITE_RELU6 : TFLITE_RELU, &a, &x, 1, layout);
}

/* Along one axis since opset 13, before along all from one on. */
int onnx_import_softmax(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), axis, x, rank;
	int64_t usual = im->m.opset < 13 ? 1 : -1;
	const float beta = 1.0f;
	struct npuc_attributes a = { 0 };
	struct onnx_target t;
	bool codes;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	rank = onnx_rank(im, value);
	axis = onnx_axis(im, value, onnx_int(n, "axis", usual));
	if (axis == NPUC_NONE || axis != rank - 1)
		return onnx_refuse(im, "only the last axis is supported");
	memcpy(&a.beta, &beta, sizeof(a.beta));
	codes = all_codes(im, n, 1) && onnx_target(im, n, true, false, &t);
	if (!codes)
		onnx_target(im, n, false, false, &t);
	x = codes ? onnx_codes_stored(im, value, ONNX_PLAIN) : onnx_stored(im, value, ONNX_PLAIN);
	return x == NPUC_NONE ? -EOPNOTSUPP :
				onnx_emit(im, &t, TFLITE_SOFTMAX, &a, &x, 1, ONNX_PLAIN);
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
