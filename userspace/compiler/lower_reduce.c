// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Reductions without scales: SUM, MEAN, REDUCE_MAX, ..., ARG_MAX, ARG_MIN, L2_NORMALIZATION. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "lower.h"
#include "merge.h"
#include "npum.h"
#include "tflite.h"

static const struct {
	uint32_t builtin;
	uint32_t function;
} reductions[] = {
	{ TFLITE_SUM, VNPU_FN_ADD },
	{ TFLITE_MEAN, VNPU_FN_MEAN },
	{ TFLITE_REDUCE_MAX, VNPU_FN_MAXIMUM },
	{ TFLITE_REDUCE_MIN, VNPU_FN_MINIMUM },
	{ TFLITE_REDUCE_PROD, VNPU_FN_MUL },
	{ TFLITE_REDUCE_ANY, VNPU_FN_OR },
	{ TFLITE_REDUCE_ALL, VNPU_FN_AND },
};

/* The record's output keeps the reduced axes as 1, whatever the model does. */
static void set_axes(struct npuc_record *r, uint32_t axes)
{
	uint32_t shape[4];

	r->op.p.axes = axes;
	r->op.p.count = 1;
	for (uint32_t i = 0; i < 4; i++) {
		bool reduced = axes >> i & 1;

		shape[i] = reduced ? 1 : r->op.in[0].shape[i];
		r->op.p.count *= reduced ? r->op.in[0].shape[i] : 1;
	}
	npuc_operand_shape(r, NPUC_OUT, shape);
}

int npuc_lower_reduce(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	struct npuc_record *r;
	struct npuc_merge m;
	size_t row = 0;
	int err;

	err = npuc_plain_record(c, number, VNPU_OP_REDUCE, &r);
	if (err)
		return err;
	while (reductions[row].builtin != op->builtin)
		row++;
	m = npuc_merge(g, op);
	npuc_merge_operand(c, r, number, 0, npuc_input(g, op, 0));
	set_axes(r, npuc_merge_axes(&m, npuc_axes(g, op, 1)));
	r->op.p.mode = reductions[row].function;
	return 0;
}

/* [outer, axis, inner] as [outer, inner, axis]: ARG goes along the last axis. */
static int axis_last(struct npuc_compilation *c, uint32_t number, const uint32_t cut[3],
		     uint32_t *root)
{
	const struct npuc_tensor *t = npuc_input(c->graph, &c->graph->ops[number], 0);
	struct npuc_record *r = npuc_record(c, number, VNPU_OP_COPY);
	uint32_t size = npuc_type_size(t->type);
	struct vnpu_tensor *in;
	int32_t zero;
	int err;

	if (!r)
		return -ENOMEM;
	*root = npuc_scratch(c, npuc_tensor_bytes(t));
	if (*root == NPUC_NONE)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
	in = &r->op.in[0];
	zero = in->zero_point;
	npuc_operand_root(r, NPUC_OUT, *root, in->dtype,
			  (uint32_t[4]){ cut[0], cut[2], cut[1], 1 });
	r->op.out.zero_point = zero;
	memcpy(in->shape, r->op.out.shape, sizeof(in->shape));
	in->stride[0] = cut[1] * cut[2] * size;
	in->stride[1] = size;
	in->stride[2] = cut[2] * size;
	in->stride[3] = size;
	return err;
}

int npuc_lower_arg(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_shape *shape = &npuc_input(g, op, 0)->shape;
	uint32_t axis = npuc_constant_axis(npuc_input(g, op, 1), shape->rank);
	uint32_t cut[3] = { 1, shape->dim[axis], 1 }, root = NPUC_NONE;
	bool least = op->builtin == TFLITE_ARG_MIN;
	bool last = op->attributes.mode;
	/* ARG_MAX is of codes, to int32. */
	bool wide = npuc_family(npuc_input(g, op, 0)->type) != NPUC_Q8 ||
		    npuc_output(g, op)->type != NPUC_TYPE_INT32;
	struct npuc_record *r;
	int err = 0;

	for (uint32_t i = 0; i < shape->rank; i++)
		if (i != axis)
			cut[i < axis ? 0 : 2] *= shape->dim[i];
	if (cut[2] > 1)
		err = axis_last(c, number, cut, &root);
	if (err)
		return err;
	r = npuc_record(c, number, least || last || wide ? VNPU_OP_ARG : VNPU_OP_ARG_MAX);
	if (!r)
		return -ENOMEM;
	if (root == NPUC_NONE)
		err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
	else
		npuc_operand_root(r, 0, root, npuc_dtype(npuc_input(g, op, 0)->type),
				  (uint32_t[4]){ 1, 1, 1, 1 });
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (err)
		return err;
	npuc_operand_shape(r, 0, (uint32_t[4]){ 1, cut[0], cut[2], cut[1] });
	npuc_operand_shape(r, NPUC_OUT, (uint32_t[4]){ 1, cut[0], cut[2], 1 });
	r->op.in[0].zero_point = 0;
	r->op.p.mode = (least ? VNPU_ARG_LEAST : 0) | (last ? VNPU_ARG_LAST : 0);
	return 0;
}

/**
 * struct step - a record between scratch buffers
 * @opcode: &enum vnpu_opcode
 * @function: &enum vnpu_function
 */
struct step {
	uint32_t opcode;
	uint32_t function;
};

/* LiteRT divides by the root of the sum of squares, or 1e-6 if that is more. */
int npuc_lower_l2_normalization(struct npuc_compilation *c, uint32_t number)
{
	static const struct step steps[] = {
		{ VNPU_OP_UNARY, VNPU_FN_SQUARE },
		{ VNPU_OP_REDUCE, VNPU_FN_ADD },
		{ VNPU_OP_UNARY, VNPU_FN_SQRT },
		{ VNPU_OP_UNARY, VNPU_FN_CLAMP },
	};
	const struct npuc_op *op = &c->graph->ops[number];
	const struct npuc_tensor *t = npuc_input(c->graph, op, 0);
	uint32_t shape[4], root = NPUC_NONE, dtype = npuc_dtype(t->type);
	struct npuc_record *r;
	int err = 0;

	npuc_shape_nhwc(&t->shape, shape);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !err; i++) {
		uint32_t next = npuc_scratch(c, npuc_tensor_bytes(t));

		r = next == NPUC_NONE ? NULL : npuc_record(c, number, steps[i].opcode);
		if (!r)
			return -ENOMEM;
		if (i)
			npuc_operand_root(r, 0, root, dtype, shape);
		else
			err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
		npuc_operand_root(r, NPUC_OUT, next, dtype, shape);
		if (steps[i].opcode == VNPU_OP_REDUCE) {
			set_axes(r, VNPU_AXIS_C);
			shape[3] = 1;
		}
		r->op.p.mode = steps[i].function;
		if (steps[i].function == VNPU_FN_CLAMP) {
			r->op.p.alpha = npuc_real_bits(1e-6f);
			r->op.p.beta = npuc_real_bits(INFINITY);
		}
		root = next;
	}
	r = err ? NULL : npuc_record(c, number, VNPU_OP_BINARY);
	if (!r)
		return err ? err : -ENOMEM;
	err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	npuc_operand_root(r, 1, root, dtype, shape);
	npuc_broadcast(r, 1);
	npuc_binary(c, r, number, VNPU_FN_DIV, op->attributes.activation);
	return err;
}
