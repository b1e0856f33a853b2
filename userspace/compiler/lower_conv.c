// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Ops that are inner products: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED. */
#include <errno.h>
#include <string.h>

#include "delegate.h"
#include "flatbuffer.h"
#include "lower.h"
#include "pack.h"
#include "tflite.h"
#include "wide.h"

/**
 * struct product - the constant side of an inner product
 * @number: op
 * @weights: weights in the model's order
 * @shape: their logical shape for the record
 * @depthwise: weights run K x O, not O x K
 */
struct product {
	uint32_t number;
	struct npuc_weights weights;
	uint32_t shape[4];
	bool depthwise;
};

static void describe(const struct npuc_graph *g, uint32_t number, struct product *p)
{
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *t = npuc_input(g, op, 1);
	struct npuc_weights *w = &p->weights;

	p->number = number;
	p->depthwise = op->builtin == TFLITE_DEPTHWISE_CONV_2D;
	w->data = t->data;
	w->is_signed = t->type == NPUC_TYPE_INT8;
	w->zero_point = (int32_t)npuc_zero_point(t, 0);
	w->outputs = t->shape.dim[p->depthwise ? 3 : 0];
	w->terms = t->elements / w->outputs;
	w->output_step = p->depthwise ? 1 : w->terms;
	w->term_step = p->depthwise ? w->outputs : 1;
	if (t->shape.rank == 4)
		memcpy(p->shape, t->shape.dim, sizeof(p->shape));
	else
		memcpy(p->shape, (uint32_t[4]){ w->outputs, 1, 1, w->terms }, sizeof(p->shape));
}

static int add_weights(struct npuc_compilation *c, struct npuc_record *r, const struct product *p)
{
	const struct npuc_weights *w = &p->weights;
	size_t bytes = p->depthwise ? (size_t)w->outputs * w->terms :
				      (size_t)npuc_packed_bytes(w->outputs, w->terms);
	void *to = npuc_operand_packed(c, r, 1,
				       p->depthwise ? VNPU_LAYOUT_DEPTHWISE : VNPU_LAYOUT_WEIGHTS,
				       VNPU_DTYPE_UINT8, p->shape, bytes);

	if (!to)
		return -ENOMEM;
	r->op.in[1].zero_point = w->zero_point + (w->is_signed ? 128 : 0);
	if (p->depthwise)
		npuc_pack_depthwise(w, to);
	else
		npuc_pack_blocked(w, to);
	return 0;
}

static int add_requant(struct npuc_compilation *c, struct npuc_record *r, const struct product *p)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[p->number];
	const struct npuc_tensor *in = npuc_input(g, op, 0), *bias = npuc_input(g, op, 2);
	const struct npuc_tensor *weights = npuc_input(g, op, 1), *out = npuc_output(g, op);
	const struct npum_personality *personality = npuc_personality(c, p->number);
	enum npum_rounding rounding = npum_op_rounding(personality, &r->op);
	uint32_t outputs = p->weights.outputs;
	struct vnpu_requant_block *table =
		npuc_operand_packed(c, r, 2, VNPU_LAYOUT_REQUANT, VNPU_DTYPE_INT32,
				    (uint32_t[4]){ 1, 1, 1, outputs }, npuc_requant_bytes(outputs));

	if (!table)
		return -ENOMEM;
	for (uint32_t o = 0; o < outputs; o++) {
		int32_t b = bias ? (int32_t)npuc_le32(bias->data + 4 * (size_t)o) : 0;
		double factor =
			npuc_conv_factor(rounding, personality->factors, op, in, weights, out, o);

		b = npuc_fold_bias(&p->weights, o, b, (int32_t)npuc_zero_point(in, 0));
		if (npum_has_float_bias(personality, &r->op))
			npuc_requant_row_float(table, o, b, (float)factor,
					       (int32_t)npuc_zero_point(out, 0));
		else
			npuc_requant_row(table, o, b,
					 npuc_multiplier(personality, rounding, factor));
	}
	return 0;
}

static int add_narrow(struct npuc_compilation *c, struct npuc_record *r, const struct product *p)
{
	int err = add_weights(c, r, p);

	return err ? err : add_requant(c, r, p);
}

static int add_wide(struct npuc_compilation *c, struct npuc_record *r, const struct product *p)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[p->number];
	struct npuc_wide w = {
		.number = p->number,
		.in = npuc_input(g, op, 0),
		.weights = npuc_input(g, op, 1),
		.bias = npuc_input(g, op, 2),
		.codes = p->weights.data,
		.depthwise = p->depthwise,
		.outputs = p->weights.outputs,
		.terms = p->weights.terms,
	};

	memcpy(w.shape, p->shape, sizeof(w.shape));
	return npuc_wide_operands(c, r, &w);
}

static int lower_product(struct npuc_compilation *c, uint32_t number, uint32_t opcode,
			 struct npuc_record **record)
{
	struct npuc_record *r = npuc_record(c, number, npuc_opcode(c, number, opcode));
	struct product p;
	int err;

	if (!r)
		return -ENOMEM;
	describe(c->graph, number, &p);
	err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
	if (!err)
		err = r->op.in[0].dtype == VNPU_DTYPE_INT16 ? add_wide(c, r, &p) :
							      add_narrow(c, r, &p);
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	npuc_clamp(c, r, number, c->graph->ops[number].attributes.activation);
	*record = r;
	return err;
}

void npuc_set_window(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	struct npuc_window w;

	npuc_window(c->graph, op, &npuc_output(c->graph, op)->shape, &w);
	for (int i = 0; i < 2; i++) {
		r->op.p.kernel[i] = w.size[i];
		r->op.p.stride[i] = w.stride[i];
		r->op.p.dilation[i] = w.dilation[i];
		r->op.p.pad[i] = w.pad[i] + c->folds[number].before[i];
	}
}

static int lower_window(struct npuc_compilation *c, uint32_t number, uint32_t opcode)
{
	struct npuc_record *r;
	int err;

	err = lower_product(c, number, opcode, &r);
	if (!err)
		npuc_set_window(c, r, number);
	return err;
}

int npuc_lower_conv2d(struct npuc_compilation *c, uint32_t number)
{
	return lower_window(c, number, VNPU_OP_CONV2D);
}

int npuc_lower_depthwise(struct npuc_compilation *c, uint32_t number)
{
	return lower_window(c, number, VNPU_OP_DEPTHWISE);
}

int npuc_lower_fully_connected(struct npuc_compilation *c, uint32_t number)
{
	struct npuc_record *r;
	uint32_t terms, outputs, rows;
	int err;

	err = lower_product(c, number, VNPU_OP_FULLY_CONNECTED, &r);
	if (err)
		return err;
	outputs = r->op.in[1].shape[0];
	terms = r->op.in[1].shape[3];
	rows = npuc_output(c->graph, &c->graph->ops[number])->elements / outputs;
	npuc_operand_shape(r, 0, (uint32_t[4]){ 1, 1, rows, terms });
	npuc_operand_shape(r, NPUC_OUT, (uint32_t[4]){ 1, 1, rows, outputs });
	return 0;
}
