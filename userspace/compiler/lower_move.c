// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Ops that move data: RESHAPE and its kin, CONCATENATION, PAD, the RESIZEs. */
#include <errno.h>

#include "delegate.h"
#include "lower.h"
#include "lut.h"
#include "merge.h"
#include "tflite.h"

int npuc_lower_reshape(struct npuc_compilation *c, uint32_t number)
{
	uint32_t from = npuc_in(c, number, 0), to = npuc_out(c, number);
	const struct npuc_home *a = &c->homes[from], *b = &c->homes[to];

	if (!c->graph->tensors[from].data && a->root == b->root && a->offset == b->offset)
		return 0;
	return npuc_copy(c, number, from, to);
}

/* Does the input already lie where its slice of the output is? */
static bool in_place(const struct npuc_compilation *c, uint32_t tensor, const struct npuc_record *r)
{
	return !c->graph->tensors[tensor].data && c->homes[tensor].root == r->root[NPUC_OUT] &&
	       c->homes[tensor].offset == r->op.out.offset;
}

static bool same_quant(const struct npuc_tensor *a, const struct npuc_tensor *b)
{
	return npuc_scale(a, 0) == npuc_scale(b, 0) &&
	       npuc_zero_point(a, 0) == npuc_zero_point(b, 0);
}

/* One record for each input: a copy, or for uint8 of another scale a look-up. */
static int lower_slice(struct npuc_compilation *c, uint32_t number, uint32_t i, uint32_t axis,
		       uint32_t start)
{
	const struct npuc_graph *g = c->graph;
	uint32_t tensor = npuc_in(c, number, i);
	const struct npuc_tensor *in = &g->tensors[tensor];
	const struct npuc_tensor *out = npuc_output(g, &g->ops[number]);
	bool same = same_quant(in, out);
	struct npuc_record *r = npuc_record(c, number, same ? VNPU_OP_COPY : VNPU_OP_LUT);
	uint8_t *lut;
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (err)
		return err;
	npuc_merge_operand(c, r, number, NPUC_OUT, out);
	r->op.out.offset += start * r->op.out.stride[axis];
	if (same && in_place(c, tensor, r)) {
		c->record_count--;
		return 0;
	}
	err = npuc_operand(c, r, 0, tensor);
	if (err)
		return err;
	npuc_merge_operand(c, r, number, 0, in);
	r->op.out.shape[axis] = r->op.in[0].shape[axis];
	if (same)
		return 0;
	lut = npuc_operand_lut(c, r, out->type);
	if (!lut)
		return -ENOMEM;
	npuc_lut_rescale(npuc_personality(c, number), in, out, lut);
	return 0;
}

int npuc_lower_concatenation(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_merge m = npuc_merge(g, op);
	uint32_t axis = npuc_concat_axis(g, op);
	uint32_t start = 0, shape[4];
	int err;

	for (uint32_t i = 0; i < op->input_count; i++) {
		err = lower_slice(c, number, i, axis, start);
		if (err)
			return err;
		npuc_merge_shape(&m, &npuc_input(g, op, i)->shape, shape);
		start += shape[axis];
	}
	return 0;
}

/* Bytes from one index to the next along a dimension of a record's output. */
static uint32_t step_along(const struct npuc_record *r, const struct npuc_tensor *out, uint32_t i)
{
	uint32_t step = npuc_type_size(out->type);

	if (out->shape.rank <= 4)
		return r->op.out.stride[i + 4 - out->shape.rank];
	for (uint32_t k = i + 1; k < out->shape.rank; k++)
		step *= out->shape.dim[k];
	return step;
}

int npuc_lower_pad(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npuc_tensor *in = npuc_input(g, op, 0);
	int32_t amounts[2 * NPUC_MAX_RANK];
	struct npuc_record *r;
	int err;

	r = npuc_record(c, number, VNPU_OP_FILL);
	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (err)
		return err;
	r->op.p.fill = r->op.out.zero_point;

	r = npuc_record(c, number, VNPU_OP_COPY);
	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (err)
		return err;
	npuc_paddings(g, op, amounts);
	npuc_merge_operand(c, r, number, 0, in);
	npuc_merge_operand(c, r, number, NPUC_OUT, npuc_output(g, op));
	for (uint32_t i = 0; i < 4; i++)
		r->op.out.shape[i] = r->op.in[0].shape[i];
	for (uint32_t i = 0; i < in->shape.rank; i++)
		r->op.out.offset += (uint32_t)amounts[2 * i] * step_along(r, npuc_output(g, op), i);
	return 0;
}

int npuc_lower_resize(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	bool bilinear = op->builtin == TFLITE_RESIZE_BILINEAR;
	struct npuc_record *r =
		npuc_record(c, number, bilinear ? VNPU_OP_RESIZE_BILINEAR : VNPU_OP_RESIZE_NEAREST);
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (op->attributes.align_corners)
		r->op.p.mode |= VNPU_RESIZE_ALIGN_CORNERS;
	if (op->attributes.half_pixel)
		r->op.p.mode |= VNPU_RESIZE_HALF_PIXEL;
	if (bilinear && r->op.in[0].dtype == VNPU_DTYPE_UINT8 &&
	    npuc_personality(c, number)->resize_float)
		r->op.p.mode |= VNPU_RESIZE_FLOAT;
	return err;
}
