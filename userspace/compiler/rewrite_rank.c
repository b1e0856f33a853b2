// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tensors of more dimensions than the device's.
 *
 * Neighbouring axes that an op treats alike become one, between a RESHAPE of each input and
 * one of the output.  Those have as many dimensions as before on one side; but a RESHAPE of
 * what a RESHAPE gives can read what that one reads, and one that nobody reads can go.  So
 * where the dimensions come from a RESHAPE and end in one, as in shuffles of channels, nothing
 * of more dimensions is left.
 */
#include <stdlib.h>
#include <string.h>

#include "merge.h"
#include "predicates.h"
#include "rewrite.h"
#include "shape.h"
#include "tflite.h"

/* Inputs of a CONCATENATION that is rewritten. */
#define MOST_INPUTS 64u

/**
 * struct merged - an op on fewer axes
 * @op: the op
 * @m: which of its axes are one
 * @a: its parameters
 * @builtin: what it becomes
 * @type: its name
 * @inputs: its inputs
 * @count: entries of @inputs
 * @out: shape of its output
 */
struct merged {
	const struct npuc_op *op;
	struct npuc_merge m;
	struct npuc_attributes a;
	uint32_t builtin;
	const char *type;
	uint32_t inputs[MOST_INPUTS];
	uint32_t count;
	struct npuc_shape out;
};

/* Chooses the axes, and sets parameters and output; inputs that are values are set already. */
typedef bool merge_fn(struct npuc_rewriting *r, struct merged *x);

static struct npuc_shape merged_shape(const struct npuc_merge *m, const struct npuc_shape *shape)
{
	struct npuc_shape to = { m->count, { 0 } };

	for (uint32_t i = 0; i < m->count; i++)
		to.dim[i] = 1;
	for (uint32_t i = 0; i < shape->rank; i++)
		to.dim[npuc_merge_group(m, m->rank - shape->rank + i)] *= shape->dim[i];
	return to;
}

static bool reshape(struct npuc_rewriting *r, uint32_t from, const struct npuc_shape *shape,
		    uint32_t to)
{
	struct npuc_attributes a = { .list_count = shape->rank };
	uint32_t inputs[2] = { from };

	for (uint32_t i = 0; i < shape->rank; i++)
		a.list[i] = (int32_t)shape->dim[i];
	inputs[1] = npuc_build_list(&r->b, a.list, shape->rank);
	return inputs[1] != NPUC_NONE &&
	       npuc_rewrite_emit(r, TFLITE_RESHAPE, "RESHAPE", &a, inputs, 2, to);
}

/* Input @i on the merged axes: constants are the same bytes in another shape. */
static bool merge_input(struct npuc_rewriting *r, struct merged *x, uint32_t i)
{
	const struct npuc_tensor *t = npuc_input(r->from, x->op, i);
	struct npuc_shape shape;
	uint32_t to;

	if (!t || t->quant.count > 1)
		return false;
	shape = merged_shape(&x->m, &t->shape);
	if (npuc_shape_equal(&shape, &t->shape))
		return true;
	if (t->data) {
		to = npuc_build_constant(&r->b, t->name, t->type, &shape, t->data);
		if (to != NPUC_NONE)
			r->b.g.tensors[to].quant = t->quant;
	} else {
		to = npuc_rewrite_tensor(r, t, "merged", &shape);
		if (to == NPUC_NONE || !reshape(r, x->op->inputs[i], &shape, to))
			return false;
	}
	x->inputs[i] = to;
	return to != NPUC_NONE;
}

static bool merge_inputs(struct npuc_rewriting *r, struct merged *x, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (!merge_input(r, x, i))
			return false;
	return true;
}

/* As many axes as the device takes at least. */
static bool few(const struct npuc_rewriting *r, const struct merged *x)
{
	return x->m.count <= npuc_rewrite_limit(r, max_rank);
}

/* Functions of one input: all axes are alike but the last one, which SOFTMAX goes along. */
static bool merge_same(struct npuc_rewriting *r, struct merged *x)
{
	x->m = npuc_merge_of(x->out.rank, 1u | 1u << (x->out.rank - 1));
	x->out = merged_shape(&x->m, &x->out);
	return few(r, x) && merge_inputs(r, x, 1);
}

static bool merge_broadcast(struct npuc_rewriting *r, struct merged *x)
{
	/* SELECT has a condition for each row, which then would not be one any more. */
	if (x->builtin == TFLITE_SELECT && npuc_input(r->from, x->op, 0)->shape.rank == 1)
		return false;
	x->m = npuc_merge_most(r->from, x->op);
	x->out = merged_shape(&x->m, &x->out);
	return few(r, x) && merge_inputs(r, x, x->count);
}

static bool merge_joined(struct npuc_rewriting *r, struct merged *x)
{
	uint32_t axis = npuc_axis((int32_t)x->a.axis, x->out.rank);

	if (axis == NPUC_NONE || !merge_broadcast(r, x))
		return false;
	x->a.axis = npuc_merge_group(&x->m, axis);
	return true;
}

static bool merge_padded(struct npuc_rewriting *r, struct merged *x)
{
	int32_t amounts[2 * NPUC_MAX_RANK], merged[2 * NPUC_MAX_RANK] = { 0 };
	const struct npuc_shape whole = x->out;
	uint32_t inner = 1;

	if (!npuc_paddings(r->from, x->op, amounts))
		return false;
	x->m = npuc_merge_most(r->from, x->op);
	x->out = merged_shape(&x->m, &whole);
	for (uint32_t i = whole.rank; i-- > 0;) {
		uint32_t group = npuc_merge_group(&x->m, i);

		merged[2 * group] += amounts[2 * i] * (int32_t)inner;
		merged[2 * group + 1] += amounts[2 * i + 1] * (int32_t)inner;
		inner = x->m.begins >> i & 1 ? 1 : inner * whole.dim[i];
	}
	x->inputs[1] = npuc_build_list(&r->b, merged, 2 * x->m.count);
	if (x->inputs[1] == NPUC_NONE)
		return false;
	r->b.g.tensors[x->inputs[1]].shape = (struct npuc_shape){ 2, { x->m.count, 2 } };
	return few(r, x) && merge_inputs(r, x, 1);
}

static bool merge_reduced(struct npuc_rewriting *r, struct merged *x)
{
	const struct npuc_shape *in = &npuc_input(r->from, x->op, 0)->shape;
	uint32_t axes = npuc_axes(r->from, x->op, 1), count = 0;
	int32_t list[NPUC_MAX_RANK];

	x->m = npuc_merge_most(r->from, x->op);
	x->out = merged_shape(&x->m, in);
	for (uint32_t i = 0; i < in->rank; i++) {
		if (!(axes >> i & 1) || !(x->m.begins >> i & 1))
			continue;
		list[count++] = (int32_t)npuc_merge_group(&x->m, i);
		x->out.dim[npuc_merge_group(&x->m, i)] = 1;
	}
	x->a.keep_dims = 1;
	x->inputs[1] = count ? npuc_build_list(&r->b, list, count) : NPUC_NONE;
	return x->inputs[1] != NPUC_NONE && few(r, x) && merge_inputs(r, x, 1);
}

/* Axes that follow each other before and behind are one; those of one element follow any. */
static bool merge_turned(struct npuc_rewriting *r, struct merged *x)
{
	const struct npuc_shape *in = &npuc_input(r->from, x->op, 0)->shape;
	uint32_t order[NPUC_MAX_RANK], number[NPUC_MAX_RANK] = { 0 }, count = 0, last = NPUC_NONE;
	uint32_t begins = 1;
	int32_t list[NPUC_MAX_RANK];

	if (!npuc_permutation(r->from, x->op, order))
		return false;
	for (uint32_t i = 0; i < in->rank; i++)
		number[i] = in->dim[i] > 1 ? count++ : NPUC_NONE;
	for (uint32_t i = 0; i < in->rank; i++) {
		uint32_t n = number[order[i]];

		if (n == NPUC_NONE)
			continue;
		if (n && n != last + 1)
			begins |= 1u << order[i];
		last = n;
	}
	x->m = npuc_merge_of(in->rank, begins);
	x->out.rank = 0;
	for (uint32_t i = 0; i < in->rank; i++) {
		uint32_t group = npuc_merge_group(&x->m, order[i]), k = 0;

		if (number[order[i]] == NPUC_NONE)
			continue;
		while (k < x->out.rank && list[k] != (int32_t)group)
			k++;
		if (k == x->out.rank)
			list[x->out.rank++] = (int32_t)group;
	}
	if (x->out.rank != x->m.count)
		return false;
	for (uint32_t i = 0; i < x->out.rank; i++)
		x->out.dim[i] = merged_shape(&x->m, in).dim[list[i]];
	x->inputs[1] = npuc_build_list(&r->b, list, x->out.rank);
	return x->inputs[1] != NPUC_NONE && few(r, x) && merge_inputs(r, x, 1);
}

/* What is taken of an axis in one piece are whole blocks of all axes behind it. */
static bool merge_taken(struct npuc_rewriting *r, struct merged *x)
{
	const struct npuc_shape *in = &npuc_input(r->from, x->op, 0)->shape;
	int32_t begin[NPUC_MAX_RANK] = { 0 }, end[NPUC_MAX_RANK], step[NPUC_MAX_RANK];
	bool slice = x->builtin == TFLITE_SLICE;
	uint32_t begins = 1, inner = 1;
	struct npuc_slice s;

	if (!(slice ? npuc_slice : npuc_strided_slice)(r->from, x->op, &s))
		return false;
	for (uint32_t i = 0; i < in->rank; i++) {
		if (s.step[i] < 1)
			return false;
		if (s.size[i] != in->dim[i])
			begins |= 1u << i;
		if (s.size[i] > 1 && s.step[i] > 1 && i + 1 < in->rank)
			begins |= 2u << i;
	}
	x->m = npuc_merge_of(in->rank, begins);
	x->out.rank = x->m.count;
	for (uint32_t i = in->rank; i-- > 0;) {
		uint32_t group = npuc_merge_group(&x->m, i);

		begin[group] += (int32_t)s.begin[i] * (int32_t)inner;
		if (!(begins >> i & 1)) {
			inner *= in->dim[i];
			continue;
		}
		x->out.dim[group] = s.size[i] * inner;
		step[group] = s.size[i] > 1 ? (int32_t)s.step[i] : 1;
		end[group] = begin[group] + ((int32_t)x->out.dim[group] - 1) * step[group] + 1;
		inner = 1;
	}
	x->a = (struct npuc_attributes){ 0 };
	x->builtin = TFLITE_STRIDED_SLICE;
	x->type = "STRIDED_SLICE";
	x->count = 4;
	x->inputs[1] = npuc_build_list(&r->b, begin, x->m.count);
	x->inputs[2] = npuc_build_list(&r->b, end, x->m.count);
	x->inputs[3] = npuc_build_list(&r->b, step, x->m.count);
	return !r->b.failed && few(r, x) && merge_inputs(r, x, 1);
}

/* Ops whose output has a shape of one kind treat their axes in one way. */
static const struct {
	npuc_infer_fn *infer;
	merge_fn *merge;
} ways[] = {
	{ npuc_infer_same, merge_same },
	{ npuc_infer_broadcast, merge_broadcast },
	{ npuc_infer_select, merge_broadcast },
	{ npuc_infer_batch_matmul, merge_broadcast },
	{ npuc_infer_concatenation, merge_joined },
	{ npuc_infer_mean, merge_reduced },
	{ npuc_infer_transpose, merge_turned },
	{ npuc_infer_slice, merge_taken },
	{ npuc_infer_strided_slice, merge_taken },
};

static merge_fn *way_of(const struct npuc_op *op)
{
	const struct npuc_operator *o = npuc_operator(op->builtin);

	if (op->builtin == TFLITE_PAD)
		return merge_padded;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (o && o->infer == ways[i].infer)
			return ways[i].merge;
	return NULL;
}

bool npuc_rewrite_merge_axes(struct npuc_rewriting *r)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	const struct npuc_tensor *out = npuc_output(r->from, op);
	merge_fn *merge = way_of(op);
	char text[NPUC_SHAPE_TEXT];
	struct merged x = {
		.op = op,
		.a = op->attributes,
		.builtin = op->builtin,
		.type = op->type,
		.count = op->input_count,
		.out = out->shape,
	};
	uint32_t to = op->outputs[0];
	bool whole;

	if (!merge || op->input_count > MOST_INPUTS || op->output_count != 1 || !x.out.rank ||
	    out->quant.count > 1)
		return false;
	memcpy(x.inputs, op->inputs, op->input_count * sizeof(x.inputs[0]));
	if (!merge(r, &x))
		return false;
	whole = npuc_shape_equal(&x.out, &out->shape);
	if (!whole)
		to = npuc_rewrite_tensor(r, out, "merged", &x.out);
	if (!npuc_rewrite_emit(r, x.builtin, x.type, &x.a, x.inputs, x.count, to))
		return false;
	if (x.builtin == op->builtin)
		r->b.g.ops[r->b.g.op_count - 1].source.version = op->source.version;
	if (!whole && !reshape(r, to, &out->shape, op->outputs[0]))
		return false;
	return npuc_rewrite_done(r, "the same elements in the same order",
				 "%u dimensions are %u, the output is computed as %s", x.m.rank,
				 x.m.count, npuc_shape_text(&x.out, text));
}

/* Does an op only give another shape to what it reads? */
static bool reshapes(const struct npuc_op *op)
{
	return op->builtin == TFLITE_RESHAPE || op->builtin == TFLITE_SQUEEZE ||
	       op->builtin == TFLITE_EXPAND_DIMS;
}

bool npuc_rewrite_skip_reshape(struct npuc_rewriting *r)
{
	static const char cause[] = "the same bytes in another shape";
	const struct npuc_op *op = npuc_rewrite_op(r);
	const struct npuc_tensor *in = npuc_input(r->from, op, 0), *out = npuc_output(r->from, op);
	const struct npuc_op *before;

	if (!out->consumers && out->output == NPUC_NONE)
		return npuc_rewrite_done(r, cause, "nobody reads it any more");
	if (in->producer == NPUC_NONE || out->shape.rank > npuc_rewrite_limit(r, max_rank))
		return false;
	before = &r->from->ops[in->producer];
	return reshapes(before) && !before->constant &&
	       reshape(r, before->inputs[0], &out->shape, op->outputs[0]) &&
	       npuc_rewrite_done(r, cause, "it reads what the RESHAPE before it reads");
}
