// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* TRANSPOSE_CONV in 8 bits: a CONV2D for each phase, see transpose_conv.h. */
#include <errno.h>
#include <stdlib.h>

#include "delegate.h"
#include "flatbuffer.h"
#include "lower.h"
#include "pack.h"
#include "transpose_conv.h"
#include "wide.h"

/* Inputs of the op. */
enum { WEIGHTS = 1, INPUT = 2, BIAS = 3 };

/*
 * Runtimes leave the sums to a library but rescale them in their own code, as that of
 * DEPTHWISE.  Where their CONV2D rounds otherwise, the record names a personality whose
 * CONV2D rounds as DEPTHWISE does here.
 */
static const struct npum_personality *own_rounding(const struct npum_personality *p)
{
	const struct npum_personality *other;

	if (p->conv_signed == p->depthwise && p->conv_unsigned == p->depthwise)
		return p;
	for (uint32_t i = 0; (other = npum_personality_at(p->set, i)); i++)
		if (other->conv_signed == p->depthwise && other->conv_unsigned == p->depthwise)
			return other;
	return p;
}

static int add_weights(struct npuc_compilation *c, struct npuc_record *r, const struct npuc_op *op,
		       const struct npuc_phase p[2], struct npuc_weights *w)
{
	const struct npuc_tensor *t = npuc_input(c->graph, op, WEIGHTS);
	uint8_t zero = (uint8_t)npuc_zero_point(t, 0);
	uint8_t *codes;
	void *to;

	w->is_signed = t->type == NPUC_TYPE_INT8;
	w->zero_point = (int32_t)npuc_zero_point(t, 0);
	w->outputs = t->shape.dim[0];
	w->terms = p[0].taps * p[1].taps * t->shape.dim[3];
	w->output_step = w->terms;
	w->term_step = 1;
	codes = malloc((size_t)w->outputs * w->terms);
	to = npuc_operand_packed(c, r, 1, VNPU_LAYOUT_WEIGHTS, VNPU_DTYPE_UINT8,
				 (uint32_t[4]){ w->outputs, p[0].taps, p[1].taps, t->shape.dim[3] },
				 (size_t)npuc_packed_bytes(w->outputs, w->terms));
	w->data = codes;
	if (!codes || !to)
		return codes ? -ENOMEM : npuc_no_memory(c);
	npuc_phase_weights(c->graph, op, p, 1, &zero, codes);
	r->op.in[1].zero_point = w->zero_point + (w->is_signed ? 128 : 0);
	npuc_pack_blocked(w, to);
	return 0;
}

static int add_requant(struct npuc_compilation *c, struct npuc_record *r, const struct npuc_op *op,
		       const struct npum_personality *p, const struct npuc_weights *w)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_tensor *in = npuc_input(g, op, INPUT), *bias = npuc_input(g, op, BIAS);
	const struct npuc_tensor *out = npuc_output(g, op);
	enum npum_rounding rounding = npum_op_rounding(p, &r->op);
	struct vnpu_requant_block *table = npuc_operand_packed(c, r, 2, VNPU_LAYOUT_REQUANT,
							       VNPU_DTYPE_INT32,
							       (uint32_t[4]){ 1, 1, 1, w->outputs },
							       npuc_requant_bytes(w->outputs));

	if (!table)
		return -ENOMEM;
	for (uint32_t o = 0; o < w->outputs; o++) {
		int32_t b = bias ? (int32_t)npuc_le32(bias->data + 4 * (size_t)o) : 0;
		double factor = npuc_conv_factor(rounding, p->factors, op, in,
						 npuc_input(g, op, WEIGHTS), out, o);

		b = npuc_fold_bias(w, o, b, (int32_t)npuc_zero_point(in, 0));
		if (npum_has_float_bias(p, &r->op))
			npuc_requant_row_float(table, o, b, (float)factor,
					       (int32_t)npuc_zero_point(out, 0));
		else
			npuc_requant_row(table, o, b, npuc_multiplier(p, rounding, factor));
	}
	return 0;
}

/* Every stride-th row and column of the output, and what of the input their windows touch. */
void npuc_phase_view(struct npuc_record *r, const struct npuc_phase p[2])
{
	struct vnpu_tensor *in = &r->op.in[0], *out = &r->op.out;

	for (int i = 0; i < 2; i++) {
		in->offset += p[i].skip * in->stride[1 + i];
		in->shape[1 + i] -= p[i].skip;
		out->offset += p[i].first * out->stride[1 + i];
		out->stride[1 + i] *= p[i].stride;
		out->shape[1 + i] = p[i].count;
		r->op.p.kernel[i] = p[i].taps;
		r->op.p.stride[i] = 1;
		r->op.p.dilation[i] = 1;
		r->op.p.pad[i] = p[i].pad;
	}
}

static int add_narrow(struct npuc_compilation *c, struct npuc_record *r, const struct npuc_op *op,
		      const struct npum_personality *p, const struct npuc_phase phase[2])
{
	struct npuc_weights w = { 0 };
	int err = add_weights(c, r, op, phase, &w);

	if (!err)
		err = add_requant(c, r, op, p, &w);
	free((void *)w.data);
	return err;
}

static int add_wide(struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
		    const struct npuc_phase p[2])
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *t = npuc_input(g, op, WEIGHTS);
	uint32_t element = npuc_type_size(t->type);
	struct npuc_wide w = {
		.number = number,
		.in = npuc_input(g, op, INPUT),
		.weights = t,
		.bias = npuc_input(g, op, BIAS),
		.outputs = t->shape.dim[0],
		.terms = p[0].taps * p[1].taps * t->shape.dim[3],
		.shape = { t->shape.dim[0], p[0].taps, p[1].taps, t->shape.dim[3] },
	};
	uint8_t *codes = malloc((size_t)w.outputs * w.terms * element);
	const int16_t zero = 0;
	int err;

	if (!codes)
		return npuc_no_memory(c);
	npuc_phase_weights(g, op, p, element, &zero, codes);
	w.codes = codes;
	err = npuc_wide_operands(c, r, &w);
	free(codes);
	return err;
}

static int lower_phase(struct npuc_compilation *c, uint32_t number, const struct npuc_phase p[2])
{
	const struct npuc_op *op = &c->graph->ops[number];
	const struct npum_personality *whose = npuc_personality(c, number);
	const struct npum_personality *own = own_rounding(whose);
	struct npuc_record *r = npuc_record(c, number, npuc_opcode(c, number, VNPU_OP_CONV2D));
	int err;

	if (!r)
		return -ENOMEM;
	if (own != whose && r->op.opcode == VNPU_OP_CONV2D)
		r->op.personality = own->id;
	err = npuc_operand(c, r, 0, npuc_in(c, number, INPUT));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (!err)
		err = r->op.opcode == VNPU_OP_CONV2D ? add_narrow(c, r, op, own, p) :
						       add_wide(c, r, number, p);
	npuc_phase_view(r, p);
	npuc_clamp(c, r, number, op->attributes.activation);
	return err;
}

int npuc_lower_phases(struct npuc_compilation *c, uint32_t number, npuc_phase_fn *lower)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	struct npuc_phase p[2];
	int err = 0;

	for (uint32_t y = 0; y < op->attributes.stride[0] && !err; y++) {
		if (!npuc_phase(g, op, 0, y, &p[0]))
			continue;
		for (uint32_t x = 0; x < op->attributes.stride[1] && !err; x++)
			if (npuc_phase(g, op, 1, x, &p[1]))
				err = lower(c, number, p);
	}
	return err;
}

int npuc_lower_transpose_conv(struct npuc_compilation *c, uint32_t number)
{
	return npuc_lower_phases(c, number, lower_phase);
}
