// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Ops that reduce codes: AVERAGE_POOL_2D, MAX_POOL_2D, MEAN, SUM. */
#include <errno.h>

#include "delegate.h"
#include "lower.h"
#include "merge.h"
#include "tflite.h"

/* What NPUM_AVG_POOL_DEQUANTISED multiplies and divides by. */
static void set_scales(struct npuc_compilation *c, struct npuc_record *r, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	float in = npuc_scale(npuc_input(c->graph, op, 0), 0);
	float out = npuc_scale(npuc_output(c->graph, op), 0);

	npuc_rescale(r, 0, npuc_quantise_multiplier(NPUM_ROUND_FLOAT, (double)in));
	npuc_rescale(r, 2, npuc_quantise_multiplier(NPUM_ROUND_FLOAT, (double)out));
}

int npuc_lower_pool(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	bool max = op->builtin == TFLITE_MAX_POOL_2D;
	struct npuc_record *r;
	int err;

	err = npuc_plain_record(
		c, number, npuc_opcode(c, number, max ? VNPU_OP_MAX_POOL : VNPU_OP_AVG_POOL), &r);
	if (err)
		return err;
	npuc_set_window(c, r, number);
	if (r->op.opcode == VNPU_OP_AVG_POOL &&
	    npuc_personality(c, number)->avg_pool == NPUM_AVG_POOL_DEQUANTISED)
		set_scales(c, r, number);
	npuc_clamp(c, r, number, op->attributes.activation);
	return 0;
}

/* LiteRT has a kernel of its own for means of whole images. */
static bool is_raw_mean(const struct npum_personality *p, const struct npuc_graph *g,
			const struct npuc_op *op)
{
	return p->mean_form == NPUM_MEAN_RAW && op->attributes.keep_dims &&
	       npuc_input(g, op, 0)->type != NPUC_TYPE_INT16 &&
	       npuc_input(g, op, 0)->shape.rank == 4 && npuc_mean_axes(g, op) == 3 << 1;
}

static void rescale_mean(const struct npum_personality *p, const struct npuc_graph *g,
			 const struct npuc_op *op, struct npuc_record *r)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0), *out = npuc_output(g, op);
	double factor = (double)npuc_scale(in, 0) / (double)npuc_scale(out, 0);
	uint32_t count = r->op.p.count;

	if (p->mean == NPUM_ROUND_FLOAT) {
		npuc_rescale(r, 2,
			     npuc_quantise_multiplier(p->mean, npuc_mean_float(in, out, count)));
	} else if (p->mult_bits < 31) {
		npuc_rescale(r, 2, npuc_multiplier(p, p->mean, factor / count));
	} else if (is_raw_mean(p, g, op)) {
		struct npuc_raw_mean raw = npuc_raw_mean(p->mean, in, out, count);

		npuc_rescale(r, 2, raw.m);
		r->op.in[0].zero_point = 0;
		r->op.p.offset = raw.offset;
	} else {
		npuc_rescale(r, 2, npuc_mean_multiplier(p->mean, factor, count));
	}
}

/* QuantizedMeanOrSum() of LiteRT's reduce.h: a mean that is not divided. */
static void rescale_sum(const struct npum_personality *p, const struct npuc_graph *g,
			const struct npuc_op *op, struct npuc_record *r)
{
	double factor = (double)npuc_scale(npuc_input(g, op, 0), 0) /
			(double)npuc_scale(npuc_output(g, op), 0);

	if (p->mean == NPUM_ROUND_FLOAT)
		factor = (double)(float)factor;
	npuc_rescale(r, 2, npuc_multiplier(p, p->mean, factor));
}

/* MEAN and SUM: the same record, but for its multiplier. */
int npuc_lower_mean(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *in = npuc_input(g, op, 0);
	struct npuc_record *r = npuc_record(c, number, npuc_opcode(c, number, VNPU_OP_MEAN));
	struct npuc_merge m;
	uint32_t shape[4];
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (err)
		return err;

	/* The record's output keeps the reduced axes as 1, whatever the model does. */
	m = npuc_merge(g, op);
	npuc_merge_operand(c, r, number, 0, in);
	r->op.p.axes = npuc_merge_axes(&m, npuc_mean_axes(g, op));
	r->op.p.count = 1;
	for (uint32_t i = 0; i < 4; i++) {
		bool reduced = r->op.p.axes >> i & 1;

		shape[i] = reduced ? 1 : r->op.in[0].shape[i];
		r->op.p.count *= reduced ? r->op.in[0].shape[i] : 1;
	}
	npuc_operand_shape(r, NPUC_OUT, shape);
	if (op->builtin == TFLITE_SUM)
		rescale_sum(npuc_personality(c, number), g, op, r);
	else
		rescale_mean(npuc_personality(c, number), g, op, r);
	npuc_clamp(c, r, number, NPUC_ACTIVATION_NONE);
	return 0;
}
