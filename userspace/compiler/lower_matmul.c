// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* BATCH_MATMUL: products of two computed matrices, in codes and in floating point. */
#include <errno.h>
#include <string.h>

#include "delegate.h"
#include "lower.h"
#include "merge.h"
#include "npum.h"
#include "quantise.h"

/* Matrices with rows for columns, by a copy: rows of an operand lie densely. */
static int turn(struct npuc_compilation *c, uint32_t number, uint32_t tensor, uint32_t *root)
{
	const struct npuc_tensor *t = &c->graph->tensors[tensor];
	struct npuc_record *r = npuc_record(c, number, VNPU_OP_COPY);
	struct vnpu_tensor *in, *out;
	uint32_t shape[4], size = npuc_type_size(t->type);
	int err;

	if (!r)
		return -ENOMEM;
	*root = npuc_scratch(c, npuc_tensor_bytes(t));
	if (*root == NPUC_NONE)
		return -ENOMEM;
	npuc_shape_nhwc(&t->shape, shape);
	err = npuc_operand(c, r, 0, tensor);
	/* [matrices, columns, rows, 1]: the innermost axis of a record is dense. */
	npuc_operand_root(r, NPUC_OUT, *root, npuc_dtype(t->type),
			  (uint32_t[4]){ shape[0] * shape[1], shape[3], shape[2], 1 });
	in = &r->op.in[0];
	out = &r->op.out;
	memcpy(in->shape, out->shape, sizeof(in->shape));
	in->stride[0] = shape[2] * shape[3] * size;
	in->stride[1] = size;
	in->stride[2] = shape[3] * size;
	in->stride[3] = size;
	return err;
}

static void turned_operand(const struct npuc_merge *m, struct npuc_record *r, uint32_t root,
			   const struct npuc_tensor *t)
{
	uint32_t shape[4];

	npuc_merge_shape(m, &t->shape, shape);
	npuc_operand_root(r, 0, root, npuc_dtype(t->type),
			  (uint32_t[4]){ shape[0], shape[1], shape[3], shape[2] });
	if (npuc_type_size(t->type) == 1)
		r->op.in[0].zero_point = (int32_t)npuc_zero_point(t, 0);
}

static void rescale(struct npuc_compilation *c, struct npuc_record *r, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	const struct npum_personality *p = npuc_personality(c, number);
	const struct npuc_tensor *a = npuc_input(c->graph, op, 0), *b = npuc_input(c->graph, op, 1);
	double factor = npuc_matmul_factor(p, a, b, npuc_output(c->graph, op));

	npuc_rescale(r, 2, npuc_multiplier(p, npum_op_rounding(p, &r->op), factor));
	npuc_clamp(c, r, number, NPUC_ACTIVATION_NONE);
}

int npuc_lower_batch_matmul(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	uint32_t turned = NPUC_NONE, a = npuc_in(c, number, 0);
	bool codes = npuc_type_size(c->graph->tensors[a].type) == 1;
	struct npuc_merge m;
	struct npuc_record *r;
	int err = 0;

	if (op->attributes.adjoint_x)
		err = turn(c, number, a, &turned);
	if (err)
		return err;
	r = npuc_record(c, number, codes ? VNPU_OP_BATCH_MATMUL : VNPU_OP_BATCH_MATMUL_F);
	if (!r)
		return -ENOMEM;
	m = npuc_merge(c->graph, op);
	if (turned == NPUC_NONE)
		err = npuc_operand(c, r, 0, a);
	if (!err)
		err = npuc_operand(c, r, 1, npuc_in(c, number, 1));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (err)
		return err;
	if (turned == NPUC_NONE)
		npuc_merge_operand(c, r, number, 0, npuc_input(c->graph, op, 0));
	else
		turned_operand(&m, r, turned, npuc_input(c->graph, op, 0));
	npuc_merge_operand(c, r, number, 1, npuc_input(c->graph, op, 1));
	npuc_merge_operand(c, r, number, NPUC_OUT, npuc_output(c->graph, op));
	/* Leading dimensions of 1 repeat the matrix. */
	for (uint32_t i = 0; i < 2; i++) {
		for (uint32_t axis = 0; axis < 2; axis++) {
			if (r->op.in[i].shape[axis] == r->op.out.shape[axis])
				continue;
			r->op.in[i].shape[axis] = r->op.out.shape[axis];
			r->op.in[i].stride[axis] = 0;
		}
	}
	r->op.p.mode = op->attributes.adjoint_y ? VNPU_MATMUL_TRANSPOSED : 0;
	if (codes)
		rescale(c, r, number);
	else
		npuc_real_clamp(c, r, number, NPUC_ACTIVATION_NONE);
	return 0;
}
