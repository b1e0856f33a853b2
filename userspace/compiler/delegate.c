// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "delegate.h"

#include <math.h>

#include "lower.h"
#include "tflite.h"
#include "unary.h"

typedef bool takes_fn(const struct npuc_graph *g, const struct npuc_op *op);

static bool takes_all(const struct npuc_graph *g, const struct npuc_op *op)
{
	return true;
}

/* Shapes that only the runtime infers are not known yet when it asks the delegate. */
static bool takes_images(const struct npuc_graph *g, const struct npuc_op *op)
{
	return npuc_input(g, op, 0)->dimensioned && npuc_output(g, op)->dimensioned;
}

static bool within(float ratio, float low, float end)
{
	return ratio >= low && ratio < end;
}

static bool takes_product(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_tensor *in = npuc_input(g, op, npuc_operator(op->builtin)->first);
	const struct npuc_tensor *weights = npuc_input(g, op, 1);

	/* float rows, which it quantises itself */
	if (in->type == NPUC_TYPE_FLOAT32)
		return true;
	for (uint32_t i = 0; i < weights->quant.count; i++)
		if (!(npuc_conv_factor(NPUM_ROUND_FLOAT, NPUM_FACTORS_TFLITE, op, in, weights,
				       npuc_output(g, op), i) < 256))
			return false;
	return true;
}

static bool takes_convolution(const struct npuc_graph *g, const struct npuc_op *op)
{
	return takes_images(g, op) && npuc_input(g, op, 2) && takes_product(g, op);
}

static bool takes_sum(const struct npuc_graph *g, const struct npuc_op *op)
{
	float scale = npuc_scale(npuc_output(g, op), 0);

	for (uint32_t i = 0; i < 2; i++)
		if (!within(npuc_scale(npuc_input(g, op, i), 0) / scale, 0x1p-10f, 0x1p8f))
			return false;
	return true;
}

static bool takes_mul(const struct npuc_graph *g, const struct npuc_op *op)
{
	double factor =
		npuc_mul_factor(npuc_input(g, op, 0), npuc_input(g, op, 1), npuc_output(g, op));

	return within((float)factor, 0x1p-16f, 0x1p8f);
}

static bool takes_mean(const struct npuc_graph *g, const struct npuc_op *op)
{
	uint32_t axes = npuc_mean_axes(g, op);

	return npuc_input(g, op, 0)->shape.rank == 4 && (axes == 1 << 2 || axes == 3 << 1);
}

static bool takes_quantize(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0), *out = npuc_output(g, op);
	float ratio = npuc_scale(in, 0) / npuc_scale(out, 0);

	if (in->type == NPUC_TYPE_FLOAT32)
		return true;
	return in->type == out->type && ratio >= 0x1p-8f && ratio <= 0x1p7f;
}

static bool takes_leaky(const struct npuc_graph *g, const struct npuc_op *op)
{
	float factors[2];

	npuc_leaky_factors(op, npuc_input(g, op, 0), npuc_output(g, op), factors);
	return factors[0] >= 0x1p-8f && factors[0] <= 0x1p7f && factors[1] > -0x1.FFFCp6f &&
	       factors[1] <= 0x1p7f && fabsf(factors[1]) >= 0x1p-8f;
}

/*
 * What LiteRT's XNNPACK delegate takes of 8-bit ops and of products with 8-bit weights, with the conditions of the
 * delegate and of the library: the nodes that it leaves in real models are those
 * without a row or outside its condition.
 */
static const struct {
	uint32_t builtin;
	takes_fn *takes;
} delegated[] = {
	{ TFLITE_CONV_2D, takes_convolution },
	{ TFLITE_DEPTHWISE_CONV_2D, takes_convolution },
	{ TFLITE_FULLY_CONNECTED, takes_product },
	{ TFLITE_TRANSPOSE_CONV, takes_product },
	{ TFLITE_ADD, takes_sum },
	{ TFLITE_SUB, takes_sum },
	{ TFLITE_MUL, takes_mul },
	{ TFLITE_MEAN, takes_mean },
	{ TFLITE_QUANTIZE, takes_quantize },
	{ TFLITE_DEQUANTIZE, takes_all },
	{ TFLITE_RESIZE_BILINEAR, takes_images },
	{ TFLITE_LOGISTIC, takes_all },
	{ TFLITE_TANH, takes_all },
	{ TFLITE_ELU, takes_all },
	{ TFLITE_LEAKY_RELU, takes_leaky },
	{ TFLITE_MAX_POOL_2D, takes_images },
	{ TFLITE_PAD, takes_all },
	{ TFLITE_RESHAPE, takes_all },
	{ TFLITE_CONCATENATION, takes_all },
};

/* The delegate has no kernel for int16. */
static bool is_wide(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_operator *o = npuc_operator(op->builtin);
	const struct npuc_tensor *in = o ? npuc_input(g, op, o->first) : NULL;

	return (in && in->type == NPUC_TYPE_INT16) || npuc_output(g, op)->type == NPUC_TYPE_INT16;
}

const struct npum_personality *npuc_personality(const struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];

	if (c->personality->rest == VNPU_PERSONALITY_INHERIT)
		return c->personality;
	if (is_wide(c->graph, op))
		return npum_personality_find(c->personality->set, c->personality->rest);
	for (size_t i = 0; i < sizeof(delegated) / sizeof(delegated[0]); i++)
		if (delegated[i].builtin == op->builtin && delegated[i].takes(c->graph, op))
			return c->personality;
	return npum_personality_find(c->personality->set, c->personality->rest);
}
