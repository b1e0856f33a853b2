// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Ops on int16 codes that 8-bit codes have a table for: LEAKY_RELU, LOGISTIC, TANH, SOFTMAX. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "delegate.h"
#include "lut.h"
#include "npum.h"
#include "tflite.h"
#include "unary.h"
#include "wide.h"

/* Opcodes that have a sibling for int16. */
static const struct {
	uint32_t narrow;
	uint32_t wide;
} siblings[] = {
	{ VNPU_OP_CONV2D, VNPU_OP_CONV2D_I16 },
	{ VNPU_OP_DEPTHWISE, VNPU_OP_DEPTHWISE_I16 },
	{ VNPU_OP_FULLY_CONNECTED, VNPU_OP_FULLY_CONNECTED_I16 },
	{ VNPU_OP_ADD, VNPU_OP_ADD_I16 },
	{ VNPU_OP_SUB, VNPU_OP_SUB_I16 },
	{ VNPU_OP_MUL, VNPU_OP_MUL_I16 },
	{ VNPU_OP_REQUANTIZE, VNPU_OP_REQUANTIZE_I16 },
	{ VNPU_OP_AVG_POOL, VNPU_OP_AVG_POOL_I16 },
	{ VNPU_OP_MAX_POOL, VNPU_OP_MAX_POOL_I16 },
	{ VNPU_OP_MEAN, VNPU_OP_MEAN_I16 },
};

uint32_t npuc_opcode(const struct npuc_compilation *c, uint32_t number, uint32_t narrow)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	uint32_t first = npuc_operator(op->builtin)->first;

	if (npuc_input(g, op, first)->type != NPUC_TYPE_INT16 &&
	    npuc_output(g, op)->type != NPUC_TYPE_INT16)
		return narrow;
	for (size_t i = 0; i < sizeof(siblings) / sizeof(siblings[0]); i++)
		if (siblings[i].narrow == narrow)
			return siblings[i].wide;
	return narrow;
}

int npuc_lower_leaky_relu_i16(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	enum npum_rounding rounding = npuc_personality(c, number)->requant;
	struct npuc_record *r;
	float factors[2];
	int err;

	err = npuc_plain_record(c, number, VNPU_OP_LEAKY_RELU_I16, &r);
	if (err)
		return err;
	npuc_leaky_factors(op, npuc_input(g, op, 0), npuc_output(g, op), factors);
	for (uint32_t k = 0; k < 2; k++)
		npuc_rescale(r, k, npuc_quantise_multiplier(rounding, (double)factors[k]));
	return 0;
}

int npuc_lower_sigmoid_i16(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	struct npuc_record *r;
	int err;

	err = npuc_plain_record(
		c, number, op->builtin == TFLITE_TANH ? VNPU_OP_TANH_I16 : VNPU_OP_LOGISTIC_I16,
		&r);
	if (!err)
		npuc_rescale(r, 0,
			     npuc_sigmoid_multiplier(op->builtin, npuc_input(c->graph, op, 0)));
	return err;
}

/* A table of points as operand @k. */
static int add_points(struct npuc_compilation *c, struct npuc_record *r, uint32_t k,
		      const int16_t points[VNPU_LUT_POINTS])
{
	const uint32_t shape[4] = { 1, 1, 1, VNPU_LUT_POINTS };
	size_t bytes = VNPU_LUT_POINTS * sizeof(*points);
	void *to = npuc_operand_packed(c, r, k, VNPU_LAYOUT_LUT, VNPU_DTYPE_INT16, shape, bytes);

	if (!to)
		return -ENOMEM;
	memcpy(to, points, bytes);
	return 0;
}

static double reciprocal(double x)
{
	return 1.0 / (1.0 + x);
}

/* SoftmaxPrepare() of LiteRT's activations.cc: exponentials on [-10, 0], reciprocals on [0, 1] */
int npuc_lower_softmax_i16(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	const struct npum_personality *p = npuc_personality(c, number);
	const double codes = UINT16_MAX;
	int16_t points[VNPU_LUT_POINTS];
	struct npuc_record *r;
	int err;

	err = npuc_plain_record(c, number, VNPU_OP_SOFTMAX_I16, &r);
	if (err)
		return err;
	npuc_rescale(r, 0,
		     npuc_quantise_multiplier(
			     p->requant,
			     npuc_softmax_points_factor(op, npuc_input(c->graph, op, 0))));
	npuc_points(p, exp, 10.0 / codes * (INT16_MIN - INT16_MAX), 0.0, 2.0 / codes, points);
	err = add_points(c, r, 1, points);
	if (err)
		return err;
	npuc_points(p, reciprocal, 0.0, 1.0 / codes * (INT16_MAX - INT16_MIN), 2.0 / codes, points);
	return add_points(c, r, 2, points);
}
