// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Element-wise ops: ADD, SUB, MUL, the RELUs, QUANTIZE, DEQUANTIZE, LOGISTIC, TANH, SOFTMAX. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "delegate.h"
#include "lower.h"
#include "merge.h"
#include "table.h"
#include "tflite.h"
#include "wide.h"

int npuc_lower_add(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	uint32_t opcode =
		npuc_opcode(c, number, op->builtin == TFLITE_SUB ? VNPU_OP_SUB : VNPU_OP_ADD);
	struct npuc_record *r;
	struct npuc_sum sum;
	int err;

	err = npuc_plain_record(c, number, opcode, &r);
	if (err)
		return err;
	if (!npuc_add_shifts(g, op, &sum))
		npuc_add_multipliers(npuc_personality(c, number), npuc_input(g, op, 0),
				     npuc_input(g, op, 1), npuc_output(g, op), &sum);
	for (uint32_t k = 0; k < 3; k++)
		npuc_rescale(r, k, sum.m[k]);
	r->op.p.left_shift = sum.left_shift;
	npuc_broadcast_inputs(c, r, number, false);
	npuc_clamp(c, r, number, op->attributes.activation);
	return 0;
}

int npuc_lower_mul(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npum_personality *p = npuc_personality(c, number);
	struct npuc_record *r;
	double factor;
	int err;

	err = npuc_plain_record(c, number, npuc_opcode(c, number, VNPU_OP_MUL), &r);
	if (err)
		return err;
	factor = npuc_mul_factor(npuc_input(g, op, 0), npuc_input(g, op, 1), npuc_output(g, op));
	npuc_rescale(r, 2, npuc_multiplier(p, p->mul, factor));
	npuc_broadcast_inputs(c, r, number, false);
	npuc_clamp(c, r, number, op->attributes.activation);
	return 0;
}

static int lower_requantize(struct npuc_compilation *c, uint32_t number, struct npuc_multiplier m,
			    uint32_t activation)
{
	struct npuc_record *r;
	int err;

	err = npuc_plain_record(c, number, npuc_opcode(c, number, VNPU_OP_REQUANTIZE), &r);
	if (err)
		return err;
	npuc_rescale(r, 2, m);
	npuc_clamp(c, r, number, activation);
	return 0;
}

int npuc_lower_relu(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npum_personality *p = npuc_personality(c, number);
	/* In float, as LiteRT's ReluPrepare() divides. */
	float factor = npuc_scale(npuc_input(g, op, 0), 0) / npuc_scale(npuc_output(g, op), 0);

	return lower_requantize(c, number, npuc_multiplier(p, p->requant, (double)factor),
				npuc_relu_activation(op->builtin));
}

static int lower_scaled(struct npuc_compilation *c, uint32_t number, uint32_t opcode,
			const struct npuc_tensor *quantised)
{
	float scale = npuc_scale(quantised, 0);
	struct npuc_record *r;
	int err;

	err = npuc_plain_record(c, number, opcode, &r);
	if (!err)
		memcpy(&r->op.p.scale, &scale, sizeof(scale));
	return err;
}

int npuc_lower_quantize(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *in = npuc_input(g, op, 0), *out = npuc_output(g, op);

	if (in->type == NPUC_TYPE_FLOAT32)
		return lower_scaled(c, number, VNPU_OP_QUANTIZE, out);
	return lower_requantize(c, number,
				npuc_requantise_multiplier(npuc_personality(c, number), in, out),
				NPUC_ACTIVATION_NONE);
}

int npuc_lower_dequantize(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;

	return lower_scaled(c, number, VNPU_OP_DEQUANTIZE, npuc_input(g, &g->ops[number], 0));
}

int npuc_lower_function(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	struct npuc_record *r;
	uint8_t *lut;
	int err;

	err = npuc_plain_record(c, number, VNPU_OP_LUT, &r);
	if (err)
		return err;
	lut = npuc_operand_lut(c, r, npuc_output(g, &g->ops[number])->type);
	if (!lut)
		return -ENOMEM;
	npuc_op_table(c, number, lut);
	return 0;
}

static int lower_softmax_table(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	bool quotient = npuc_personality(c, number)->softmax == NPUM_SOFTMAX_QUOTIENT;
	float steps = floorf(1 / npuc_scale(npuc_output(g, op), 0));
	struct npuc_record *r;
	float table[VNPU_LUT_ENTRIES];
	void *to;
	int err;

	err = lower_scaled(c, number, VNPU_OP_SOFTMAX_TABLE, npuc_output(g, op));
	if (err)
		return err;
	r = &c->records[c->record_count - 1];
	if (quotient)
		memcpy(&r->op.p.scale, &steps, sizeof(steps));
	to = npuc_operand_packed(c, r, 1, VNPU_LAYOUT_LUT, VNPU_DTYPE_FLOAT32,
				 (uint32_t[4]){ 1, 1, 1, VNPU_LUT_ENTRIES }, sizeof(table));
	if (!to)
		return -ENOMEM;
	if (quotient)
		npuc_softmax_quotient(npuc_input(g, op, 0), r->op.in[0].shape[3], table);
	else
		npuc_softmax_table(op, npuc_input(g, op, 0), table);
	memcpy(to, table, sizeof(table));
	return 0;
}

/* DEQUANTIZE, SOFTMAX_F, QUANTIZE: what a runtime does without a kernel for codes. */
static int lower_softmax_real(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *in = npuc_input(g, op, 0), *out = npuc_output(g, op);
	float scale = npuc_scale(in, 0);
	uint32_t root[2], shape[4];
	struct npuc_record *r;
	int err;

	for (int i = 0; i < 2; i++) {
		root[i] = npuc_scratch(c, 4ull * in->elements);
		if (root[i] == NPUC_NONE)
			return -ENOMEM;
	}
	r = npuc_record(c, number, VNPU_OP_DEQUANTIZE);
	err = r ? npuc_operand(c, r, 0, npuc_in(c, number, 0)) : -ENOMEM;
	if (err)
		return err;
	memcpy(shape, r->op.in[0].shape, sizeof(shape));
	npuc_operand_root(r, NPUC_OUT, root[0], VNPU_DTYPE_FLOAT32, shape);
	memcpy(&r->op.p.scale, &scale, sizeof(scale));

	r = npuc_record(c, number, VNPU_OP_SOFTMAX_F);
	if (!r)
		return -ENOMEM;
	npuc_operand_root(r, 0, root[0], VNPU_DTYPE_FLOAT32, shape);
	npuc_operand_root(r, NPUC_OUT, root[1], VNPU_DTYPE_FLOAT32, shape);
	r->op.p.scale = op->attributes.beta;

	r = npuc_record(c, number, VNPU_OP_QUANTIZE);
	if (!r)
		return -ENOMEM;
	npuc_operand_root(r, 0, root[1], VNPU_DTYPE_FLOAT32, shape);
	scale = npuc_scale(out, 0);
	memcpy(&r->op.p.scale, &scale, sizeof(scale));
	return npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
}

int npuc_lower_softmax(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npum_personality *p = npuc_personality(c, number);
	enum npum_rounding rounding = p->requant;
	struct npuc_multiplier m;
	struct npuc_record *r;
	int err;

	if (p->softmax == NPUM_SOFTMAX_TABLE || p->softmax == NPUM_SOFTMAX_QUOTIENT)
		return lower_softmax_table(c, number);
	if (p->softmax == NPUM_SOFTMAX_REAL)
		return lower_softmax_real(c, number);
	err = npuc_plain_record(c, number, VNPU_OP_SOFTMAX, &r);
	if (err)
		return err;
	m = npuc_quantise_multiplier(rounding,
				     npuc_softmax_factor(rounding, op, npuc_input(g, op, 0)));
	npuc_rescale(r, 0, m);
	r->op.p.diff_min = npuc_softmax_diff_min(m.shift);
	return 0;
}
