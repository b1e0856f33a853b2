// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* REDUCE, ARG and SOFTMAX_F. */
#include "npum_kernels.h"
#include "npum_real_sum.h"
#include "npum_walk.h"
#include "npum_whole.h"

#define STEP NPUM_REAL_STEP
/* Channels that a block of REDUCE accumulates side by side. */
#define WIDTH NPUM_REAL_LANES
/* What a block, and what a row of its input, costs beside the elements; and what these cost. */
#define BLOCK_COST 64u
#define ROW_COST 16u
#define ELEMENT_COST 4u
/* A number of SOFTMAX_F */
#define EXP_COST 12u

/**
 * struct reduction - scratch of REDUCE
 * @real: elements of a row in binary32
 * @acc: results in binary32
 * @sum: sums that are not plain
 * @whole: elements of a row in 64 bits
 * @total: results in 64 bits
 */
struct reduction {
	float real[STEP];
	float acc[WIDTH];
	struct npum_real_sum sum;
	s64 whole[STEP];
	s64 total[STEP];
};

static void cut_reduce(struct npum_grid *g, const struct vnpu_op *op)
{
	bool channels = op->p.axes & VNPU_AXIS_C;
	u32 row = channels ? op->in[0].shape[3] : min(op->out.shape[3], WIDTH);
	u64 rows = 1;

	for (u32 d = 0; d < 3; d++)
		if (op->p.axes & (1u << d))
			rows *= op->in[0].shape[d];
	npum_grid_cut(g, &op->out, WIDTH, BLOCK_COST + rows * (ROW_COST + ELEMENT_COST * row));
}

#ifndef NPUM_VARIANT
void npum_reduce_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut_reduce(&g, op);
	plan->tiles = npum_grid_tiles(&g);
	plan->scratch_bytes = round_up((u32)sizeof(struct reduction), NPUM_SCRATCH_ALIGN);
	plan->fpu = true;
}
#endif

/**
 * struct input_rows - the input rows that a block of REDUCE folds
 * @p: personality
 * @op: the op
 * @base: first byte of the first row
 * @size: rows along N, H and W
 * @count: rows
 * @channels: elements of each
 * @along: the elements of a row go into one result
 * @s: scratch
 * @counters: of the caller
 */
struct input_rows {
	const struct npum_personality *p;
	const struct vnpu_op *op;
	const u8 *base;
	u32 size[3];
	u32 count;
	u32 channels;
	bool along;
	struct reduction *s;
	struct npum_counters *counters;
};

static void rows_of(struct input_rows *r, const struct npum_exec *x,
		    const struct npum_personality *p, const struct vnpu_op *op,
		    const struct npum_block *b, void *scratch)
{
	const struct vnpu_tensor *in = &op->in[0];

	*r = (struct input_rows){
		.p = p,
		.op = op,
		.base = npum_address(x, in) + npum_offset(in, b->n, b->h, b->w, b->c),
		.size = { 1, 1, 1 },
		.count = 1,
		.channels = b->count,
		.along = op->p.axes & VNPU_AXIS_C,
		.s = scratch,
		.counters = x->counters,
	};
	for (u32 d = 0; d < 3; d++) {
		if (op->p.axes & (1u << d))
			r->size[d] = in->shape[d];
		r->count *= r->size[d];
	}
	if (r->along)
		r->channels = in->shape[3];
}

/* First byte of row number @i in the order of memory. */
static const u8 *row_at(const struct input_rows *r, u32 i)
{
	u32 w = i % r->size[2], h = i / r->size[2] % r->size[1], n = i / r->size[2] / r->size[1];

	return r->base + npum_offset(&r->op->in[0], n, h, w, 0);
}

static void fold_real(struct reduction *s, u32 function, bool plain,
		      const struct npum_personality *p, u32 element, u32 lane)
{
	static const float ones[WIDTH] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	float v = s->real[element], *acc = &s->acc[lane];

	switch (function) {
	case VNPU_FN_MUL:
		*acc = *acc * v;
		break;
	case VNPU_FN_MAXIMUM:
		*acc = npum_real_maximum(*acc, v);
		break;
	case VNPU_FN_MINIMUM:
		*acc = npum_real_minimum(*acc, v);
		break;
	default:
		if (plain)
			*acc += v;
		else if (!lane)
			npum_real_sum_add(p, &s->sum, s->real + element, 1, ones);
		break;
	}
}

static float first_of(u32 function)
{
	switch (function) {
	case VNPU_FN_MUL:
		return 1.0f;
	case VNPU_FN_MAXIMUM:
		return -NPUM_MATH_INFINITY;
	case VNPU_FN_MINIMUM:
		return NPUM_MATH_INFINITY;
	default:
		return 0.0f;
	}
}

/*
 * Folds a piece of a row: into one result, or each element into its own.  A sum that
 * is not plain takes 16 numbers at once; of a single one the other lanes are not read.
 */
static void fold_piece(const struct input_rows *r, u32 count)
{
	bool plain = npum_real_is_plain(r->p), backward = r->p->real_order == NPUM_REAL_BACKWARD;

	for (u32 i = 0; i < count; i++) {
		u32 element = backward && r->along ? count - 1 - i : i;

		fold_real(r->s, r->op->p.mode, plain, r->p, element, r->along ? 0 : i);
	}
}

static void reduce_real(const struct input_rows *r, u8 *to, u32 outputs)
{
	bool backward = r->p->real_order == NPUM_REAL_BACKWARD, plain = npum_real_is_plain(r->p);
	bool half = npum_real_narrows(r->p, r->op->out.dtype);
	bool mean = r->op->p.mode == VNPU_FN_MEAN, sum = mean || r->op->p.mode == VNPU_FN_ADD;
	const struct vnpu_tensor *in = &r->op->in[0];
	struct reduction *s = r->s;

	memset(s->real, 0, sizeof(s->real));
	npum_real_sum_begin(&s->sum);
	for (u32 i = 0; i < WIDTH; i++)
		s->acc[i] = first_of(r->op->p.mode);
	for (u32 i = 0; i < r->count; i++) {
		const u8 *row = row_at(r, backward ? r->count - 1 - i : i);
		u32 count;

		for (u32 done = 0; done < r->channels; done += count) {
			u32 first;

			/* the lanes behind the last element are read, but mean nothing */
			count = min(r->channels - done, STEP - WIDTH);
			first = backward ? r->channels - done - count : done;
			npum_real_load(r->p, in->dtype, row + (size_t)first * in->stride[3],
				       in->stride[3], s->real, count);
			fold_piece(r, count);
		}
	}
	for (u32 i = 0; i < outputs && sum; i++) {
		double v = plain ? (double)s->acc[i] : npum_real_sum_value(r->p, &s->sum, i);

		s->acc[i] = npum_real_sum_narrow(half, mean ? v / (double)r->op->p.count : v);
	}
	npum_real_count_free(r->counters, r->p, r->op->out.dtype, s->acc, outputs);
	npum_real_store(r->p, r->op->out.dtype, s->acc, to, r->op->out.stride[3], outputs);
}

static s64 first_whole(u32 function, u32 dtype)
{
	s64 low, high;

	npum_whole_range(dtype, &low, &high);
	switch (function) {
	case VNPU_FN_MAXIMUM:
		return low;
	case VNPU_FN_MINIMUM:
		return high;
	case VNPU_FN_MUL:
	case VNPU_FN_AND:
		return 1;
	default:
		return 0;
	}
}

/* Integer functions are associative: elements of a row are folded side by side first. */
static void reduce_whole(const struct input_rows *r, u8 *to, u32 outputs)
{
	u32 function = r->op->p.mode == VNPU_FN_MEAN ? VNPU_FN_ADD : r->op->p.mode;
	const struct vnpu_tensor *in = &r->op->in[0];
	struct reduction *s = r->s;

	for (u32 i = 0; i < STEP; i++)
		s->total[i] = first_whole(function, in->dtype);
	for (u32 i = 0; i < r->count; i++) {
		const u8 *row = row_at(r, i);

		for (u32 c = 0; c < r->channels; c += STEP) {
			u32 count = min(r->channels - c, STEP);

			npum_whole_load(in->dtype, row + (size_t)c * in->stride[3], in->stride[3],
					s->whole, count);
			npum_whole_apply(function, s->total, s->whole, count);
		}
	}
	for (u32 i = 1; i < STEP && r->along; i++)
		npum_whole_apply(function, s->total, &s->total[i], 1);
	for (u32 i = 0; i < outputs && r->op->p.mode == VNPU_FN_MEAN; i++)
		s->total[i] /= (s64)r->op->p.count;
	npum_whole_store(r->op->out.dtype, s->total, to, r->op->out.stride[3], outputs);
}

void npum_reduce(const struct npum_exec *x, const struct npum_personality *p,
		 const struct vnpu_op *op, u32 tile, void *scratch)
{
	u8 *out = npum_address(x, &op->out);
	struct npum_grid g;

	cut_reduce(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		u8 *to = out + npum_offset(&op->out, b.n, b.h, b.w, b.c);
		struct input_rows r;

		rows_of(&r, x, p, op, &b, scratch);
		if (npum_real_dtype(op->in[0].dtype))
			reduce_real(&r, to, b.count);
		else
			reduce_whole(&r, to, b.count);
	}
}

static void cut_arg(struct npum_grid *g, const struct vnpu_op *op)
{
	npum_grid_cut(g, &op->out, 1, BLOCK_COST + ELEMENT_COST * (u64)op->in[0].shape[3]);
}

#ifndef NPUM_VARIANT
void npum_arg_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut_arg(&g, op);
	plan->tiles = npum_grid_tiles(&g);
	plan->scratch_bytes = round_up((u32)sizeof(struct reduction), NPUM_SCRATCH_ALIGN);
	plan->fpu = true;
}
#endif

/* Is @v better than @best?  One that is not a number never is, and none is better than it. */
#define BETTER(v, best, least, last)                         \
	((least) ? ((last) ? (v) <= (best) : (v) < (best)) : \
		   ((last) ? (v) >= (best) : (v) > (best)))

static u32 arg_real(const struct npum_personality *p, const struct vnpu_op *op, const u8 *row,
		    float *piece)
{
	const bool least = op->p.mode & VNPU_ARG_LEAST, last = op->p.mode & VNPU_ARG_LAST;
	const struct vnpu_tensor *in = &op->in[0];
	float best = 0.0f;
	u32 index = 0;

	for (u32 first = 0; first < in->shape[3]; first += STEP) {
		u32 count = min(in->shape[3] - first, STEP);

		npum_real_load(p, in->dtype, row + (size_t)first * in->stride[3], in->stride[3],
			       piece, count);
		if (!first)
			best = piece[0];
		for (u32 i = first ? 0 : 1; i < count; i++) {
			if (BETTER(piece[i], best, least, last)) {
				best = piece[i];
				index = first + i;
			}
		}
	}
	return index;
}

static u32 arg_whole(const struct vnpu_op *op, const u8 *row, s64 *piece)
{
	const bool least = op->p.mode & VNPU_ARG_LEAST, last = op->p.mode & VNPU_ARG_LAST;
	const struct vnpu_tensor *in = &op->in[0];
	u32 index = 0;
	s64 best = 0;

	for (u32 first = 0; first < in->shape[3]; first += STEP) {
		u32 count = min(in->shape[3] - first, STEP);

		npum_whole_load(in->dtype, row + (size_t)first * in->stride[3], in->stride[3],
				piece, count);
		if (!first)
			best = piece[0];
		for (u32 i = first ? 0 : 1; i < count; i++) {
			if (BETTER(piece[i], best, least, last)) {
				best = piece[i];
				index = first + i;
			}
		}
	}
	return index;
}

#undef BETTER

void npum_arg(const struct npum_exec *x, const struct npum_personality *p, const struct vnpu_op *op,
	      u32 tile, void *scratch)
{
	const struct vnpu_tensor *in = &op->in[0];
	struct reduction *s = scratch;
	struct npum_grid g;

	cut_arg(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		const u8 *row = npum_address(x, in) + npum_offset(in, b.n, b.h, b.w, 0);
		u8 *to = npum_address(x, &op->out) + npum_offset(&op->out, b.n, b.h, b.w, 0);
		s64 index = npum_real_dtype(in->dtype) ? arg_real(p, op, row, s->real) :
							 arg_whole(op, row, s->whole);

		npum_whole_store(op->out.dtype, &index, to, 0, 1);
	}
}

/**
 * struct softmax - scratch of SOFTMAX_F
 * @sum: sum of exponentials that is not plain
 * @exps: exponentials of a row, and 16 more numbers
 */
struct softmax {
	struct npum_real_sum sum;
	float exps[];
};

/* The row, and behind it the exponentials of it. */
static u32 row_numbers(const struct vnpu_op *op)
{
	return round_up(op->out.shape[3] + NPUM_REAL_LANES, NPUM_REAL_LANES);
}

static void cut_softmax(struct npum_grid *g, const struct vnpu_op *op)
{
	u32 channels = op->out.shape[3];

	npum_grid_cut(g, &op->out, channels, BLOCK_COST + EXP_COST * (u64)channels);
}

#ifndef NPUM_VARIANT
void npum_softmax_f_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut_softmax(&g, op);
	plan->tiles = npum_grid_tiles(&g);
	plan->scratch_bytes =
		(u32)sizeof(struct softmax) + 2 * row_numbers(op) * (u32)sizeof(float);
	plan->scratch_bytes = round_up(plan->scratch_bytes, NPUM_SCRATCH_ALIGN);
	plan->fpu = true;
}
#endif

static float sum_of(const struct npum_personality *p, struct softmax *s, const float *v, u32 count)
{
	static const float ones[NPUM_REAL_LANES] = { 1 };
	bool backward = p->real_order == NPUM_REAL_BACKWARD;
	float sum = 0.0f;

	if (npum_real_is_plain(p)) {
		for (u32 i = 0; i < count; i++)
			sum += v[i];
		return sum;
	}
	npum_real_sum_begin(&s->sum);
	for (u32 i = 0; i < count; i++)
		npum_real_sum_add(p, &s->sum, v + (backward ? count - 1 - i : i), 0, ones);
	return (float)npum_real_sum_value(p, &s->sum, 0);
}

static void exponentials(const float *__restrict from, float *__restrict to, u32 count)
{
	for (u32 i = 0; i < count; i++)
		to[i] = npum_exp(from[i]);
}

static void softmax_row(const struct npum_personality *p, const struct vnpu_op *op, float *row,
			struct softmax *s)
{
	const bool log = op->p.mode & VNPU_SOFTMAX_LOG;
	const float scale = npum_real(op->p.scale);
	u32 count = op->out.shape[3];
	float top = row[0], sum;

	for (u32 i = 1; i < count; i++)
		top = npum_real_maximum(top, row[i]);
	for (u32 i = 0; i < count; i++)
		row[i] = (row[i] - top) * scale;
	exponentials(row, s->exps, count);
	sum = sum_of(p, s, s->exps, count);
	if (log) {
		sum = npum_log(sum);
		for (u32 i = 0; i < count; i++)
			row[i] = row[i] - sum;
		return;
	}
	for (u32 i = 0; i < count; i++)
		row[i] = s->exps[i] / sum;
}

void npum_softmax_f(const struct npum_exec *x, const struct npum_personality *p,
		    const struct vnpu_op *op, u32 tile, void *scratch)
{
	const struct vnpu_tensor *in = &op->in[0], *out = &op->out;
	struct softmax *s = scratch;
	float *row = s->exps + row_numbers(op);
	struct npum_grid g;

	cut_softmax(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);

		npum_real_load(p, in->dtype,
			       npum_address(x, in) + npum_offset(in, b.n, b.h, b.w, 0),
			       in->stride[3], row, b.count);
		softmax_row(p, op, row, s);
		npum_real_count_free(x->counters, p, out->dtype, row, b.count);
		npum_real_store(p, out->dtype, row,
				npum_address(x, out) + npum_offset(out, b.n, b.h, b.w, 0),
				out->stride[3], b.count);
	}
}

#undef STEP
#undef WIDTH
#undef BLOCK_COST
#undef ROW_COST
#undef ELEMENT_COST
#undef EXP_COST
