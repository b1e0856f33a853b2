// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "transpose_conv.h"

#include <string.h>

#include "shape.h"

/* Inputs of the op. */
enum { OUTPUT_SHAPE = 0, WEIGHTS = 1, INPUT = 2 };

/* Rows that @rows of step @stride cover beyond @out: ComputePadding() of LiteRT's padding.h. */
static uint32_t pad_of(const struct npuc_attributes *a, uint32_t axis, uint32_t out,
		       uint32_t kernel)
{
	uint64_t stride = a->stride[axis], rows = (out + stride - 1) / stride;
	uint64_t covered = (rows - 1) * stride + kernel;

	if (a->padding == NPUC_PADDING_VALID || covered < out)
		return 0;
	return (uint32_t)((covered - out) / 2);
}

bool npuc_phase(const struct npuc_graph *g, const struct npuc_op *op, uint32_t axis,
		uint32_t residue, struct npuc_phase *p)
{
	const struct npuc_attributes *a = &op->attributes;
	uint32_t kernel = npuc_input(g, op, WEIGHTS)->shape.dim[1 + axis];
	uint32_t in = npuc_input(g, op, INPUT)->shape.dim[1 + axis];
	uint32_t out = npuc_output(g, op)->shape.dim[1 + axis];
	uint32_t stride = a->stride[axis], pad = pad_of(a, axis, out, kernel);
	/* q of the first output row that is not before 0, and of the last */
	uint32_t from = pad > residue ? (pad - residue + stride - 1) / stride : 0, last;

	*p = (struct npuc_phase){ .residue = residue, .stride = stride };
	p->first = from * stride + residue - pad;
	if (p->first >= out)
		return false;
	p->count = (out - p->first + stride - 1) / stride;
	last = from + p->count - 1;
	p->rows = residue < kernel ? (kernel - residue + stride - 1) / stride : 0;
	/* Windows begin inside the input: zero taps in front bring those beyond it back. */
	p->taps = p->rows ? p->rows : 1;
	if (last + 2 > in + p->taps)
		p->taps = last + 2 - in;
	p->pad = p->taps - 1 > from ? p->taps - 1 - from : 0;
	p->skip = from + p->pad - (p->taps - 1);
	return true;
}

uint32_t npuc_phase_tap(const struct npuc_phase *p, uint32_t t)
{
	uint32_t j = p->taps - 1 - t;

	return j < p->rows ? p->residue + p->stride * j : NPUC_NONE;
}

void npuc_phase_weights(const struct npuc_graph *g, const struct npuc_op *op,
			const struct npuc_phase p[2], uint32_t element, const void *zero, void *to)
{
	const struct npuc_tensor *w = npuc_input(g, op, WEIGHTS);
	const uint32_t *dim = w->shape.dim;
	size_t run = (size_t)dim[3] * element;
	uint8_t *at = to;

	for (uint32_t o = 0; o < dim[0]; o++) {
		for (uint32_t i = 0; i < p[0].taps * p[1].taps; i++, at += run) {
			uint32_t y = npuc_phase_tap(&p[0], i / p[1].taps);
			uint32_t x = npuc_phase_tap(&p[1], i % p[1].taps);

			if (y != NPUC_NONE && x != NPUC_NONE) {
				memcpy(at, w->data + (((size_t)o * dim[1] + y) * dim[2] + x) * run,
				       run);
				continue;
			}
			for (size_t c = 0; c < run; c += element)
				memcpy(at + c, zero, element);
		}
	}
}

bool npuc_infer_transpose_conv(const struct npuc_graph *g, const struct npuc_op *op,
			       struct npuc_shape *shape)
{
	const struct npuc_shape *in = &npuc_input(g, op, INPUT)->shape;
	const struct npuc_shape *w = &npuc_input(g, op, WEIGHTS)->shape;
	int32_t dims[NPUC_MAX_RANK];

	if (in->rank != 4 || w->rank != 4 || w->dim[3] != in->dim[3] ||
	    !npuc_constant_ints(npuc_input(g, op, OUTPUT_SHAPE), dims, 4, &shape->rank) ||
	    shape->rank != 4)
		return false;
	for (int i = 0; i < 4; i++) {
		if (dims[i] < 1)
			return false;
		shape->dim[i] = (uint32_t)dims[i];
	}
	return shape->dim[0] == in->dim[0] && shape->dim[3] == w->dim[0];
}
