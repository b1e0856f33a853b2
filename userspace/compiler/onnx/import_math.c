// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Functions of one element that are several ops: Selu, Softsign, Mod, IsInf. */
#include <errno.h>
#include <math.h>

#include "import.h"

/**
 * typedef math_fn - adds the ops of a function
 * @im: the import
 * @n: the node, whose attributes are parameters
 * @x: tensor number of its input
 *
 * Return: tensor number of the result, NPUC_NONE with the error filled.
 */
typedef uint32_t math_fn(struct onnx_import *im, const struct onnx_node *n, uint32_t x);

static uint32_t times(struct onnx_import *im, uint32_t x, float factor)
{
	return factor == 1.0f ? x : onnx_binary(im, TFLITE_MUL, x, onnx_like(im, x, factor));
}

static uint32_t plus(struct onnx_import *im, uint32_t x, float number)
{
	return onnx_binary(im, TFLITE_ADD, x, onnx_like(im, x, number));
}

static uint32_t most(struct onnx_import *im, uint32_t x, float number)
{
	return onnx_binary(im, TFLITE_MAXIMUM, x, onnx_like(im, x, number));
}

static uint32_t least(struct onnx_import *im, uint32_t x, float number)
{
	return onnx_binary(im, TFLITE_MINIMUM, x, onnx_like(im, x, number));
}

/* gamma * (x above 0, alpha * (e^(x / width) - 1) below) */
static uint32_t elu(struct onnx_import *im, uint32_t x, float width, float alpha, float gamma)
{
	uint32_t below = x;

	if (width != 1.0f)
		below = onnx_binary(im, TFLITE_DIV, x, onnx_like(im, x, width));
	below = onnx_unary(im, TFLITE_ELU, below);
	if (alpha == 1.0f && width == 1.0f)
		return times(im, below, gamma);
	below = times(im, least(im, below, 0), alpha);
	return times(im, onnx_binary(im, TFLITE_ADD, most(im, x, 0), below), gamma);
}

static uint32_t math_elu(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	return elu(im, x, 1, onnx_float(n, "alpha", 1), 1);
}

static uint32_t math_celu(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	float alpha = onnx_float(n, "alpha", 1);

	return elu(im, x, alpha, alpha, 1);
}

/* The standard's defaults changed in their last digits with version 6. */
static uint32_t math_selu(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	bool old = im->m.opset < 6;

	return elu(im, x, 1, onnx_float(n, "alpha", old ? 1.6732f : 1.67326319217681884765625f),
		   onnx_float(n, "gamma", old ? 1.0507f : 1.05070102214813232421875f));
}

static uint32_t math_softsign(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	(void)n;
	return onnx_binary(im, TFLITE_DIV, x, plus(im, onnx_unary(im, TFLITE_ABS, x), 1));
}

static uint32_t math_hard_sigmoid(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	x = plus(im, times(im, x, onnx_float(n, "alpha", 0.2f)), onnx_float(n, "beta", 0.5f));
	return least(im, most(im, x, 0), 1);
}

static uint32_t math_thresholded(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	uint32_t above =
		onnx_compare(im, TFLITE_GREATER, x, onnx_like(im, x, onnx_float(n, "alpha", 1)));

	return onnx_select(im, above, x, onnx_like(im, x, 0));
}

static uint32_t math_shrink(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	float lambda = onnx_float(n, "lambd", 0.5f), bias = onnx_float(n, "bias", 0);
	uint32_t below = onnx_compare(im, TFLITE_LESS, x, onnx_like(im, x, -lambda));
	uint32_t above = onnx_compare(im, TFLITE_GREATER, x, onnx_like(im, x, lambda));
	uint32_t other = onnx_select(im, above, plus(im, x, -bias), onnx_like(im, x, 0));

	return onnx_select(im, below, plus(im, x, bias), other);
}

static uint32_t math_tan(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	(void)n;
	return onnx_binary(im, TFLITE_DIV, onnx_unary(im, TFLITE_SIN, x),
			   onnx_unary(im, TFLITE_COS, x));
}

/* (e^x + e^-x) / 2 */
static uint32_t math_cosh(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	uint32_t up = onnx_unary(im, TFLITE_EXP, x);
	uint32_t down = onnx_unary(im, TFLITE_EXP, onnx_unary(im, TFLITE_NEG, x));

	(void)n;
	return times(im, onnx_binary(im, TFLITE_ADD, up, down), 0.5f);
}

/*
 * With E = e^-|x| - 1, which ELU has in full precision near 0, e^|x| is 1 / (1 + E), and
 * sinh |x| = (1 / (1 + E) - (1 + E)) / 2 = -E * (2 + E) / (1 + E) / 2.
 */
static uint32_t math_sinh(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	uint32_t size = onnx_unary(im, TFLITE_ABS, x), e, product;

	(void)n;
	e = onnx_unary(im, TFLITE_ELU, onnx_unary(im, TFLITE_NEG, size));
	product = onnx_binary(im, TFLITE_MUL, e, plus(im, e, 2));
	size = times(im, onnx_binary(im, TFLITE_DIV, product, plus(im, e, 1)), -0.5f);
	return onnx_binary(im, TFLITE_MUL, size, onnx_unary(im, TFLITE_SIGN, x));
}

static uint32_t math_is_nan(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	(void)n;
	return onnx_compare(im, TFLITE_NOT_EQUAL, x, x);
}

static uint32_t math_is_inf(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	bool above = onnx_int(n, "detect_positive", 1), below = onnx_int(n, "detect_negative", 1);

	if (above && below)
		x = onnx_unary(im, TFLITE_ABS, x);
	else if (!above)
		x = onnx_unary(im, TFLITE_NEG, x);
	/* with neither nothing is above infinity */
	return onnx_compare(im, above || below ? TFLITE_EQUAL : TFLITE_GREATER, x,
			    onnx_like(im, x, INFINITY));
}

static uint32_t math_gelu(struct onnx_import *im, const struct onnx_node *n, uint32_t x)
{
	struct onnx_text how = onnx_string(n, "approximate");
	const struct npuc_attributes a = { .approximate = how.at && onnx_is(how, "tanh") };

	return onnx_step(im, TFLITE_GELU, &a, &x, 1, NPUC_NONE);
}

static const struct {
	const char *name;
	math_fn *add;
} functions[] = {
	{ "Celu", math_celu },
	{ "Cosh", math_cosh },
	{ "Elu", math_elu },
	{ "Gelu", math_gelu },
	{ "HardSigmoid", math_hard_sigmoid },
	{ "IsInf", math_is_inf },
	{ "IsNaN", math_is_nan },
	{ "Selu", math_selu },
	{ "Shrink", math_shrink },
	{ "Sinh", math_sinh },
	{ "Softsign", math_softsign },
	{ "Tan", math_tan },
	{ "ThresholdedRelu", math_thresholded },
};

int onnx_import_math(struct onnx_import *im, const struct onnx_node *n)
{
	enum onnx_layout layout = onnx_natural(im, n, 1);
	uint32_t value = onnx_input(im, n, 0), row = 0, x, type;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	while (!onnx_is(n->op, functions[row].name))
		row++;
	x = onnx_stored(im, value, layout);
	if (x == NPUC_NONE)
		return -EOPNOTSUPP;
	type = im->b.g.tensors[x].type;
	if (type != NPUC_TYPE_FLOAT32 && type != NPUC_TYPE_FLOAT16)
		return onnx_refuse(im, "only floating point is supported");
	return onnx_give(im, onnx_value(im, n->outputs[0]), functions[row].add(im, n, x), layout);
}

/*
 * Without fmod the result has the divisor's sign, as FLOOR_MOD's; with it the
 * dividend's, as what a quotient towards zero leaves.
 */
int onnx_import_mod(struct onnx_import *im, const struct onnx_node *n)
{
	enum onnx_layout layout = onnx_natural(im, n, 2);
	uint32_t in[2] = { onnx_input(im, n, 0), onnx_input(im, n, 1) }, x, y, type, rest;

	if (in[0] == NPUC_NONE || in[1] == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	x = onnx_stored(im, in[0], layout);
	y = onnx_stored(im, in[1], layout);
	if (x == NPUC_NONE || y == NPUC_NONE)
		return -EOPNOTSUPP;
	type = im->b.g.tensors[x].type;
	if (!onnx_int(n, "fmod", 0)) {
		if (type != NPUC_TYPE_INT32 && type != NPUC_TYPE_INT64)
			return onnx_refuse(im, "only int32 and int64 are supported without fmod");
		return onnx_give(im, onnx_value(im, n->outputs[0]),
				 onnx_binary(im, TFLITE_FLOOR_MOD, x, y), layout);
	}
	if (type == NPUC_TYPE_INT32 || type == NPUC_TYPE_INT64) {
		rest = onnx_binary(im, TFLITE_MUL, onnx_binary(im, TFLITE_DIV, x, y), y);
		rest = onnx_binary(im, TFLITE_SUB, x, rest);
	} else {
		rest = onnx_binary(im, TFLITE_FLOOR_MOD, onnx_unary(im, TFLITE_ABS, x),
				   onnx_unary(im, TFLITE_ABS, y));
		rest = onnx_binary(im, TFLITE_MUL, rest, onnx_unary(im, TFLITE_SIGN, x));
	}
	return onnx_give(im, onnx_value(im, n->outputs[0]), rest, layout);
}
