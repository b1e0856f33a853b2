// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* GATHER and GATHER_ND: copies where the indices are constant, else the device looks them up. */
#include <errno.h>
#include <string.h>

#include "lower.h"
#include "move.h"
#include "npum.h"

bool npuc_gathers_by_copies(const struct npuc_graph *g, const struct npuc_op *op)
{
	struct npuc_moves m;
	uint64_t count;

	if (!npuc_input(g, op, 1)->data)
		return false;
	count = npuc_moves(g, op, &m);
	npuc_moves_free(&m);
	return count && count <= NPUC_MAX_COPIES;
}

/* Operands of a GATHER record but for the indices: axis W of [n, h, w, c] is looked up. */
static int begin_gather(struct npuc_compilation *c, uint32_t number, const uint32_t shape[4],
			uint32_t picks, struct npuc_record **record)
{
	struct npuc_record *r = npuc_record(c, number, VNPU_OP_GATHER);
	int err;

	*record = r;
	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (err)
		return err;
	npuc_operand_shape(r, 0, shape);
	npuc_operand_shape(r, NPUC_OUT, (uint32_t[4]){ shape[0], shape[1], picks, shape[3] });
	return 0;
}

int npuc_lower_gather(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	uint32_t axis = npuc_gather_axis(g, op), shape[4] = { 1, 1, in->dim[axis], 1 }, picks;
	struct npuc_record *r;
	int err;

	if (npuc_gathers_by_copies(g, op))
		return npuc_lower_move(c, number);
	for (uint32_t i = 0; i < in->rank; i++)
		if (i != axis)
			shape[i < op->attributes.batch_dims ? 0 : i < axis ? 1 : 3] *= in->dim[i];
	picks = npuc_input(g, op, 1)->elements / shape[0];
	err = begin_gather(c, number, shape, picks, &r);
	if (!err)
		err = npuc_operand(c, r, 1, npuc_in(c, number, 1));
	if (!err)
		npuc_operand_shape(r, 1, (uint32_t[4]){ shape[0], 1, picks, 1 });
	return err;
}

/* Coordinates [picks, depth] times the distances along their dimensions. */
static int multiply(struct npuc_compilation *c, uint32_t number, uint32_t picks, uint32_t depth,
		    uint32_t root)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_tensor *indices = npuc_input(g, op, 1);
	uint32_t dtype = npuc_dtype(indices->type), step = 1;
	struct npuc_record *r = npuc_record(c, number, VNPU_OP_BINARY);
	int64_t wide[NPUC_MAX_RANK];
	int32_t narrow[NPUC_MAX_RANK];
	int err;

	if (!r)
		return -ENOMEM;
	for (uint32_t i = depth; i-- > 0;) {
		wide[i] = step;
		narrow[i] = (int32_t)step;
		step *= in->dim[i];
	}
	err = npuc_operand(c, r, 0, npuc_in(c, number, 1));
	npuc_operand_root(r, NPUC_OUT, root, dtype, (uint32_t[4]){ 1, 1, picks, depth });
	if (!err)
		err = npuc_operand_data(c, r, 1, dtype, (uint32_t[4]){ 1, 1, 1, depth },
					dtype == VNPU_DTYPE_INT64 ? (void *)wide : narrow);
	if (err)
		return err;
	npuc_operand_shape(r, 0, r->op.out.shape);
	npuc_broadcast(r, 1);
	npuc_binary(c, r, number, VNPU_FN_MUL, NPUC_ACTIVATION_NONE);
	return 0;
}

/* Sums of them: positions in the input as one row of parts. */
static int add_up(struct npuc_compilation *c, uint32_t number, uint32_t picks, uint32_t depth,
		  uint32_t from, uint32_t to, uint32_t dtype)
{
	struct npuc_record *r = npuc_record(c, number, VNPU_OP_REDUCE);

	if (!r)
		return -ENOMEM;
	npuc_operand_root(r, 0, from, dtype, (uint32_t[4]){ 1, 1, picks, depth });
	npuc_operand_root(r, NPUC_OUT, to, dtype, (uint32_t[4]){ 1, 1, picks, 1 });
	r->op.p.axes = VNPU_AXIS_C;
	r->op.p.count = depth;
	r->op.p.mode = VNPU_FN_ADD;
	return 0;
}

int npuc_lower_gather_nd(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *in = npuc_input(g, op, 0), *indices = npuc_input(g, op, 1);
	uint32_t depth = indices->shape.dim[indices->shape.rank - 1], root[2];
	uint32_t picks = indices->elements / depth, shape[4] = { 1, 1, 1, 1 };
	uint32_t dtype = npuc_dtype(indices->type);
	struct npuc_record *r;
	int err;

	if (npuc_gathers_by_copies(g, op))
		return npuc_lower_move(c, number);
	for (uint32_t i = 0; i < in->shape.rank; i++)
		shape[i < depth ? 2 : 3] *= in->shape.dim[i];
	for (uint32_t i = 0; i < 2; i++) {
		root[i] = npuc_scratch(c, npuc_tensor_bytes(indices));
		if (root[i] == NPUC_NONE)
			return -ENOMEM;
	}
	err = multiply(c, number, picks, depth, root[0]);
	if (!err)
		err = add_up(c, number, picks, depth, root[0], root[1], dtype);
	if (!err)
		err = begin_gather(c, number, shape, picks, &r);
	if (!err)
		npuc_operand_root(r, 1, root[1], dtype, (uint32_t[4]){ 1, 1, picks, 1 });
	return err;
}
