// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Which part of its input SLICE and STRIDED_SLICE take, and the shape it has. */
#include "shape.h"
#include "tflite.h"

static bool constant(const struct npuc_graph *g, const struct npuc_op *op, uint32_t input,
		     uint32_t want, int32_t values[NPUC_MAX_RANK])
{
	uint32_t count;

	return npuc_constant_ints(npuc_input(g, op, input), values, NPUC_MAX_RANK, &count) &&
	       count == want;
}

bool npuc_slice(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_slice *s)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	int32_t begin[NPUC_MAX_RANK], size[NPUC_MAX_RANK];

	if (!constant(g, op, 1, in->rank, begin) || !constant(g, op, 2, in->rank, size))
		return false;
	s->shape.rank = in->rank;
	for (uint32_t i = 0; i < in->rank; i++) {
		int64_t room = (int64_t)in->dim[i] - begin[i];
		int64_t part = size[i] == -1 ? room : size[i];

		if (begin[i] < 0 || part < 1 || part > room)
			return false;
		s->begin[i] = begin[i];
		s->step[i] = 1;
		s->size[i] = (uint32_t)part;
		s->shape.dim[i] = s->size[i];
	}
	return true;
}

/**
 * struct range - what STRIDED_SLICE says of one dimension
 * @begin: first index, negative from the end
 * @end: index behind the last, negative from the end
 * @step: distance, negative: backwards
 * @open: bit 0: from the very first, bit 1: to the very last
 * @single: only the first, and no dimension is left of it
 */
struct range {
	int64_t begin;
	int64_t end;
	int64_t step;
	uint32_t open;
	bool single;
};

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
	return value < low ? low : value > high ? high : value;
}

/* As StartForAxis() and StopForAxis() of LiteRT's strided_slice_logic.h. */
static bool take(struct npuc_slice *s, uint32_t i, uint32_t size, struct range r)
{
	int64_t dim = size, low = r.step < 0 ? -1 : 0, high = r.step < 0 ? dim - 1 : dim, count;

	if (!r.step)
		return false;
	r.begin += r.begin < 0 ? dim : 0;
	r.end += r.end < 0 ? dim : 0;
	if (r.single) {
		if (r.begin < 0 || r.begin >= dim)
			return false;
		r = (struct range){ r.begin, r.begin + 1, 1, 0, true };
	} else {
		r.begin = r.open & 1 ? (r.step < 0 ? dim - 1 : 0) : clamp(r.begin, low, high);
		r.end = r.open & 2 ? (r.step < 0 ? -1 : dim) : clamp(r.end, low, high);
	}
	count = r.step < 0 ? (r.begin - r.end - r.step - 1) / -r.step :
			     (r.end - r.begin + r.step - 1) / r.step;
	if (count < 1)
		return false;
	s->begin[i] = r.begin;
	s->step[i] = r.step;
	s->size[i] = (uint32_t)count;
	if (!r.single)
		s->shape.dim[s->shape.rank++] = s->size[i];
	return true;
}

bool npuc_strided_slice(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_slice *s)
{
	const struct npuc_tensor *first = npuc_input(g, op, 1);
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_attributes *a = &op->attributes;
	int32_t begin[NPUC_MAX_RANK], end[NPUC_MAX_RANK], step[NPUC_MAX_RANK];
	const struct range all = { 0, 0, 1, 3, false };
	uint32_t entries = first->elements, named = 0, d = 0;

	if (entries > NPUC_MAX_RANK || !constant(g, op, 1, entries, begin) ||
	    !constant(g, op, 2, entries, end) || !constant(g, op, 3, entries, step))
		return false;
	for (uint32_t i = 0; i < entries; i++)
		named += !((a->ellipsis_mask | a->new_axis_mask) >> i & 1);
	if (named > in->rank)
		return false;
	s->shape.rank = 0;
	for (uint32_t i = 0; i < entries; i++) {
		uint32_t behind = 0;

		if (a->ellipsis_mask >> i & 1) {
			for (uint32_t k = i + 1; k < entries; k++)
				behind += !((a->ellipsis_mask | a->new_axis_mask) >> k & 1);
			for (; d + behind < in->rank; d++)
				take(s, d, in->dim[d], all);
		} else if (a->new_axis_mask >> i & 1) {
			if (s->shape.rank >= NPUC_MAX_RANK)
				return false;
			s->shape.dim[s->shape.rank++] = 1;
		} else {
			struct range r = {
				begin[i],
				a->offset_end ? (int64_t)begin[i] + end[i] : end[i],
				step[i],
				(a->begin_mask >> i & 1) | (a->end_mask >> i & 1) << 1,
				a->shrink_mask >> i & 1,
			};

			if (d >= in->rank || s->shape.rank >= NPUC_MAX_RANK ||
			    !take(s, d, in->dim[d], r))
				return false;
			d++;
		}
	}
	if (s->shape.rank + in->rank - d > NPUC_MAX_RANK)
		return false;
	for (; d < in->rank; d++)
		take(s, d, in->dim[d], all);
	return true;
}
