// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Inner products in floating point: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED,
 * TRANSPOSE_CONV; FULLY_CONNECTED with int8 weights.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lower.h"
#include "npum.h"
#include "pack.h"
#include "tflite.h"
#include "transpose_conv.h"

/**
 * struct rows - weights of a product
 * @data: elements in the model's order
 * @type: &enum npuc_type
 * @shape: O, kh, kw, ic, or 1, kh, kw, C
 * @depthwise: the latter
 */
struct rows {
	const uint8_t *data;
	uint32_t type;
	uint32_t shape[4];
	bool depthwise;
};

static int add_rows(struct npuc_compilation *c, struct npuc_record *r, const struct rows *w)
{
	uint32_t element = npuc_type_size(w->type), outputs = w->shape[w->depthwise ? 3 : 0];
	uint32_t terms = w->shape[1] * w->shape[2] * (w->depthwise ? 1 : w->shape[3]);
	void *to = npuc_operand_packed(c, r, 1,
				       w->depthwise ? VNPU_LAYOUT_ROWS_DEPTHWISE : VNPU_LAYOUT_ROWS,
				       npuc_dtype(w->type), w->shape,
				       npuc_rows_bytes(outputs, terms, element));

	if (!to)
		return -ENOMEM;
	npuc_pack_rows(w->data, element, outputs, terms, w->depthwise, to);
	return 0;
}

/* Of float32, zero where the op has none. */
static int add_bias(struct npuc_compilation *c, struct npuc_record *r,
		    const struct npuc_tensor *bias, uint32_t outputs)
{
	void *to = npuc_operand_packed(c, r, 2, VNPU_LAYOUT_VECTOR, VNPU_DTYPE_FLOAT32,
				       (uint32_t[4]){ 1, 1, 1, outputs },
				       npuc_rows_bytes(outputs, 1, sizeof(float)));

	if (!to)
		return -ENOMEM;
	if (bias)
		memcpy(to, bias->data, outputs * sizeof(float));
	return 0;
}

static int lower_product(struct npuc_compilation *c, uint32_t number, uint32_t opcode,
			 struct npuc_record **record)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *t = npuc_input(g, op, 1);
	struct rows w = { t->data,
			  t->type,
			  { t->shape.dim[0], 1, 1, t->shape.dim[1] },
			  op->builtin == TFLITE_DEPTHWISE_CONV_2D };
	struct npuc_record *r = npuc_record(c, number, opcode);
	int err;

	if (!r)
		return -ENOMEM;
	if (t->shape.rank == 4)
		memcpy(w.shape, t->shape.dim, sizeof(w.shape));
	err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
	if (!err)
		err = add_rows(c, r, &w);
	if (!err)
		err = add_bias(c, r, npuc_input(g, op, 2), w.shape[w.depthwise ? 3 : 0]);
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	npuc_real_clamp(c, r, number, op->attributes.activation);
	*record = r;
	return err;
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

int npuc_lower_real_conv2d(struct npuc_compilation *c, uint32_t number)
{
	return lower_window(c, number, VNPU_OP_CONV2D_F);
}

int npuc_lower_real_depthwise(struct npuc_compilation *c, uint32_t number)
{
	return lower_window(c, number, VNPU_OP_DEPTHWISE_F);
}

int npuc_lower_real_fully_connected(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *weights = npuc_input(g, op, 1);
	bool hybrid = weights->type == NPUC_TYPE_INT8;
	uint32_t terms, outputs, rows;
	struct npuc_record *r;
	int err;

	err = lower_product(
		c, number, hybrid ? VNPU_OP_FULLY_CONNECTED_HYBRID : VNPU_OP_FULLY_CONNECTED_F, &r);
	if (err)
		return err;
	if (hybrid)
		r->op.p.scale = npuc_real_bits(npuc_scale(weights, 0));
	outputs = r->op.in[1].shape[0];
	terms = r->op.in[1].shape[3];
	rows = npuc_output(g, op)->elements / outputs;
	npuc_operand_shape(r, 0, (uint32_t[4]){ 1, 1, rows, terms });
	npuc_operand_shape(r, NPUC_OUT, (uint32_t[4]){ 1, 1, rows, outputs });
	return 0;
}

int npuc_lower_real_pool(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	bool max = op->builtin == TFLITE_MAX_POOL_2D;
	struct npuc_record *r;
	int err;

	err = npuc_plain_record(c, number, max ? VNPU_OP_MAX_POOL_F : VNPU_OP_AVG_POOL_F, &r);
	if (err)
		return err;
	npuc_set_window(c, r, number);
	npuc_real_clamp(c, r, number, op->attributes.activation);
	return 0;
}

static int lower_phase(struct npuc_compilation *c, uint32_t number, const struct npuc_phase p[2])
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *t = npuc_input(g, op, 1);
	struct npuc_record *r = npuc_record(c, number, VNPU_OP_CONV2D_F);
	struct rows w = {
		NULL, t->type, { t->shape.dim[0], p[0].taps, p[1].taps, t->shape.dim[3] }, false
	};
	const uint64_t zero = 0;
	uint8_t *elements;
	int err;

	if (!r)
		return -ENOMEM;
	elements = malloc((size_t)w.shape[0] * w.shape[1] * w.shape[2] * w.shape[3] *
			  npuc_type_size(t->type));
	if (!elements)
		return npuc_no_memory(c);
	npuc_phase_weights(g, op, p, npuc_type_size(t->type), &zero, elements);
	w.data = elements;
	err = npuc_operand(c, r, 0, npuc_in(c, number, 2));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (!err)
		err = add_rows(c, r, &w);
	if (!err)
		err = add_bias(c, r, npuc_input(g, op, 3), w.shape[0]);
	free(elements);
	npuc_phase_view(r, p);
	npuc_real_clamp(c, r, number, op->attributes.activation);
	return err;
}

int npuc_lower_real_transpose_conv(struct npuc_compilation *c, uint32_t number)
{
	return npuc_lower_phases(c, number, lower_phase);
}
