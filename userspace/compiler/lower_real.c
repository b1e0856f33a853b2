// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Element by element in floating point, and in integers without scales. */
#include <errno.h>
#include <math.h>

#include "lower.h"
#include "merge.h"
#include "npum.h"
#include "tflite.h"

/* Functions of one input; where alpha is not used it is 0, as the device asks. */
static const struct {
	uint32_t builtin;
	uint32_t function;
	float alpha;
	float beta;
} unaries[] = {
	{ TFLITE_ABS, VNPU_FN_ABS, 0, 0 },
	{ TFLITE_NEG, VNPU_FN_NEG, 0, 0 },
	{ TFLITE_SIGN, VNPU_FN_SIGN, 0, 0 },
	{ TFLITE_SQUARE, VNPU_FN_SQUARE, 0, 0 },
	{ TFLITE_LOGICAL_NOT, VNPU_FN_NOT, 0, 0 },
	{ TFLITE_FLOOR, VNPU_FN_FLOOR, 0, 0 },
	{ TFLITE_CEIL, VNPU_FN_CEIL, 0, 0 },
	{ TFLITE_ROUND, VNPU_FN_ROUND, 0, 0 },
	{ TFLITE_SQRT, VNPU_FN_SQRT, 0, 0 },
	{ TFLITE_RSQRT, VNPU_FN_RSQRT, 0, 0 },
	{ TFLITE_EXP, VNPU_FN_EXP, 0, 0 },
	{ TFLITE_LOG, VNPU_FN_LOG, 0, 0 },
	{ TFLITE_SIN, VNPU_FN_SIN, 0, 0 },
	{ TFLITE_COS, VNPU_FN_COS, 0, 0 },
	{ TFLITE_TANH, VNPU_FN_TANH, 0, 0 },
	{ TFLITE_LOGISTIC, VNPU_FN_LOGISTIC, 0, 0 },
	{ TFLITE_ERF, VNPU_FN_ERF, 0, 0 },
	{ TFLITE_RECIPROCAL, VNPU_FN_RECIPROCAL, 0, 0 },
	{ TFLITE_SOFTPLUS, VNPU_FN_SOFTPLUS, 0, 0 },
	{ TFLITE_GELU, VNPU_FN_GELU, 0, 0 },
	{ TFLITE_ELU, VNPU_FN_ELU, 1, 0 },
	{ TFLITE_LEAKY_RELU, VNPU_FN_LEAKY_RELU, 0, 0 },
	{ TFLITE_HARD_SWISH, VNPU_FN_HARD_SWISH, 0, 0 },
	{ TFLITE_RELU, VNPU_FN_CLAMP, 0, INFINITY },
	{ TFLITE_RELU6, VNPU_FN_CLAMP, 0, 6 },
	{ TFLITE_RELU_N1_TO_1, VNPU_FN_CLAMP, -1, 1 },
	{ TFLITE_RELU_0_TO_1, VNPU_FN_CLAMP, 0, 1 },
};

/* Functions of two inputs; x > y is y < x. */
static const struct {
	uint32_t builtin;
	uint32_t function;
	bool swapped;
} binaries[] = {
	{ TFLITE_ADD, VNPU_FN_ADD, false },
	{ TFLITE_SUB, VNPU_FN_SUB, false },
	{ TFLITE_MUL, VNPU_FN_MUL, false },
	{ TFLITE_DIV, VNPU_FN_DIV, false },
	{ TFLITE_FLOOR_DIV, VNPU_FN_FLOOR_DIV, false },
	{ TFLITE_FLOOR_MOD, VNPU_FN_FLOOR_MOD, false },
	{ TFLITE_POW, VNPU_FN_POW, false },
	{ TFLITE_MAXIMUM, VNPU_FN_MAXIMUM, false },
	{ TFLITE_MINIMUM, VNPU_FN_MINIMUM, false },
	{ TFLITE_SQUARED_DIFFERENCE, VNPU_FN_SQUARED_DIFFERENCE, false },
	{ TFLITE_PRELU, VNPU_FN_PRELU, false },
	{ TFLITE_EQUAL, VNPU_FN_EQUAL, false },
	{ TFLITE_NOT_EQUAL, VNPU_FN_NOT_EQUAL, false },
	{ TFLITE_LESS, VNPU_FN_LESS, false },
	{ TFLITE_LESS_EQUAL, VNPU_FN_LESS_EQUAL, false },
	{ TFLITE_GREATER, VNPU_FN_LESS, true },
	{ TFLITE_GREATER_EQUAL, VNPU_FN_LESS_EQUAL, true },
	{ TFLITE_LOGICAL_AND, VNPU_FN_AND, false },
	{ TFLITE_LOGICAL_OR, VNPU_FN_OR, false },
};

void npuc_binary(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
		 uint32_t function, uint32_t activation)
{
	r->op.p.mode = function;
	if (r->op.out.dtype == VNPU_DTYPE_FLOAT32 || r->op.out.dtype == VNPU_DTYPE_FLOAT16)
		npuc_real_clamp(c, r, number, activation);
}

int npuc_lower_real_unary(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	struct npuc_record *r;
	size_t row = 0;
	int err;

	err = npuc_plain_record(c, number, VNPU_OP_UNARY, &r);
	if (err)
		return err;
	while (unaries[row].builtin != op->builtin)
		row++;
	r->op.p.mode = unaries[row].function;
	if (unaries[row].alpha != 0)
		r->op.p.alpha = npuc_real_bits(unaries[row].alpha);
	if (unaries[row].beta != 0)
		r->op.p.beta = npuc_real_bits(unaries[row].beta);
	if (op->builtin == TFLITE_LEAKY_RELU)
		r->op.p.alpha = op->attributes.alpha;
	if (op->builtin == TFLITE_GELU && op->attributes.approximate)
		r->op.p.mode = VNPU_FN_GELU_TANH;
	return 0;
}

int npuc_lower_real_binary(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	struct npuc_record *r;
	size_t row = 0;
	int err;

	while (binaries[row].builtin != op->builtin)
		row++;
	r = npuc_record(c, number, VNPU_OP_BINARY);
	if (!r)
		return -ENOMEM;
	for (uint32_t i = 0; i < 2; i++) {
		err = npuc_operand(c, r, binaries[row].swapped ? 1 - i : i, npuc_in(c, number, i));
		if (err)
			return err;
	}
	err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (err)
		return err;
	npuc_broadcast_inputs(c, r, number, binaries[row].swapped);
	npuc_binary(c, r, number, binaries[row].function, op->attributes.activation);
	return 0;
}

/* A condition of one dimension in front of larger inputs chooses among their rows. */
static void choose_rows(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_record *r)
{
	const struct npuc_tensor *condition = npuc_input(g, op, 0), *x = npuc_input(g, op, 1);
	uint32_t axis = 4 - x->shape.rank;

	if (op->builtin != TFLITE_SELECT || condition->shape.rank != 1 || x->shape.rank < 2 ||
	    x->shape.rank > 4)
		return;
	for (uint32_t i = 0; i < 4; i++) {
		r->op.in[0].shape[i] = i == axis ? condition->elements : 1;
		r->op.in[0].stride[i] = 1;
	}
}

int npuc_lower_select(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	struct npuc_record *r = npuc_record(c, number, VNPU_OP_SELECT);
	int err = 0;

	if (!r)
		return -ENOMEM;
	for (uint32_t i = 0; i < 3 && !err; i++)
		err = npuc_operand(c, r, i, npuc_in(c, number, i));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (err)
		return err;
	choose_rows(c->graph, op, r);
	npuc_broadcast_inputs(c, r, number, false);
	return 0;
}

/* To bool: what is not zero is true. */
int npuc_lower_cast(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	bool truth = npuc_output(g, op)->type == NPUC_TYPE_BOOL;
	const uint64_t zero = 0;
	struct npuc_record *r;
	int err;

	err = npuc_plain_record(c, number, truth ? VNPU_OP_BINARY : VNPU_OP_CAST, &r);
	if (err)
		return err;
	for (uint32_t k = 0; k < NPUC_OPERANDS; k++)
		npuc_tensor_of(r, k)->zero_point = 0;
	if (!truth)
		return 0;
	npuc_binary(c, r, number, VNPU_FN_NOT_EQUAL, NPUC_ACTIVATION_NONE);
	return npuc_operand_number(c, r, 1, r->op.in[0].dtype, &zero);
}

int npuc_lower_real_softmax(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	bool logarithm = op->builtin == TFLITE_LOG_SOFTMAX;
	struct npuc_record *r;
	int err;

	err = npuc_plain_record(c, number, VNPU_OP_SOFTMAX_F, &r);
	if (err)
		return err;
	r->op.p.scale = logarithm ? npuc_real_bits(1.0f) : op->attributes.beta;
	r->op.p.mode = logarithm ? VNPU_SOFTMAX_LOG : 0;
	return 0;
}

int npuc_lower_real_resize(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	struct npuc_record *r;
	int err;

	err = npuc_plain_record(c, number, VNPU_OP_RESIZE_BILINEAR_F, &r);
	if (err)
		return err;
	if (op->attributes.align_corners)
		r->op.p.mode |= VNPU_RESIZE_ALIGN_CORNERS;
	if (op->attributes.half_pixel)
		r->op.p.mode |= VNPU_RESIZE_HALF_PIXEL;
	return 0;
}
