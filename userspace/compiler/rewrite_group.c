// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Grouped convolutions: channels of the input in groups, of which each is seen by the kernels of
 * as many groups of the output.  Each group is a convolution of its own.
 */
#include "predicates.h"
#include "rewrite.h"
#include "tflite.h"

/* Convolutions that one becomes. */
#define MOST_GROUPS 64u

/**
 * struct groups - how channels are divided
 * @op: the convolution
 * @count: groups
 * @inputs: channels of the input in each
 * @outputs: channels of the output in each
 */
struct groups {
	const struct npuc_op *op;
	uint32_t count;
	uint32_t inputs;
	uint32_t outputs;
};

static bool divide(const struct npuc_rewriting *r, struct groups *s)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	const struct npuc_tensor *in = npuc_input(r->from, op, 0), *w = npuc_input(r->from, op, 1);

	*s = (struct groups){ .op = op, .inputs = w->shape.dim[3] };
	s->count = in->shape.dim[3] / s->inputs;
	if (s->count < 2 || s->count > MOST_GROUPS || in->shape.dim[3] % s->inputs ||
	    w->shape.dim[0] % s->count || !w->data)
		return false;
	s->outputs = w->shape.dim[0] / s->count;
	return w->quant.count <= 1 || (w->quant.count == w->shape.dim[0] && !w->quant.axis);
}

static uint32_t take_inputs(struct npuc_rewriting *r, const struct groups *s, uint32_t i)
{
	static const struct npuc_attributes none;
	const struct npuc_tensor *in = npuc_input(r->from, s->op, 0);
	const int32_t begin[4] = { 0, 0, 0, (int32_t)(i * s->inputs) };
	struct npuc_shape shape = in->shape;
	uint32_t inputs[3] = { s->op->inputs[0] }, to;
	int32_t size[4];

	shape.dim[3] = s->inputs;
	for (uint32_t k = 0; k < 4; k++)
		size[k] = (int32_t)shape.dim[k];
	inputs[1] = npuc_build_list(&r->b, begin, 4);
	inputs[2] = npuc_build_list(&r->b, size, 4);
	to = npuc_rewrite_tensor(r, in, "channels", &shape);
	return npuc_rewrite_emit(r, TFLITE_SLICE, "SLICE", &none, inputs, 3, to) ? to : NPUC_NONE;
}

static uint32_t convolve(struct npuc_rewriting *r, const struct groups *s, uint32_t i)
{
	const struct npuc_tensor *out = npuc_output(r->from, s->op);
	const struct npuc_tensor *w = npuc_input(r->from, s->op, 1);
	const struct npuc_tensor *bias = npuc_input(r->from, s->op, 2);
	struct npuc_shape shape = out->shape;
	uint32_t inputs[3] = { NPUC_NONE, NPUC_NONE, NPUC_NONE }, to;

	shape.dim[3] = s->outputs;
	inputs[0] = take_inputs(r, s, i);
	inputs[1] = npuc_rewrite_rows(r, w, i * s->outputs, s->outputs);
	if (bias)
		inputs[2] = npuc_rewrite_rows(r, bias, i * s->outputs, s->outputs);
	to = npuc_rewrite_tensor(r, out, "group", &shape);
	if (inputs[0] == NPUC_NONE || inputs[1] == NPUC_NONE || r->b.failed ||
	    !npuc_rewrite_emit(r, TFLITE_CONV_2D, "CONV_2D", &s->op->attributes, inputs,
			       bias ? 3 : 2, to))
		return NPUC_NONE;
	r->b.g.ops[r->b.g.op_count - 1].source.version = s->op->source.version;
	return to;
}

bool npuc_rewrite_split_groups(struct npuc_rewriting *r)
{
	static const struct npuc_attributes along = { .axis = 3 };
	uint32_t parts[MOST_GROUPS];
	struct groups s;

	if (!divide(r, &s))
		return false;
	for (uint32_t i = 0; i < s.count; i++) {
		parts[i] = convolve(r, &s, i);
		if (parts[i] == NPUC_NONE)
			return false;
	}
	return npuc_rewrite_emit(r, TFLITE_CONCATENATION, "CONCATENATION", &along, parts, s.count,
				 s.op->outputs[0]) &&
	       npuc_rewrite_done(r, "the same products in the same sums",
				 "%u groups of %u channels are convolved to %u each", s.count,
				 s.inputs, s.outputs);
}
