// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* AVG_POOL_F, MAX_POOL_F and RESIZE_BILINEAR_F. */
#include "npum_float.h"
#include "npum_kernels.h"
#include "npum_pool.h"
#include "npum_real_sum.h"
#include "npum_walk.h"

#define WIDTH NPUM_REAL_LANES
/* What a block, and what a window element of it, costs. */
#define BLOCK_COST 64u
#define ELEMENT_COST 32u
/* What a block of RESIZE_BILINEAR_F costs. */
#define BILINEAR_COST 256u

static void cut_pool(struct npum_grid *g, const struct vnpu_op *op)
{
	u64 window = (u64)op->p.kernel[0] * op->p.kernel[1];

	npum_grid_cut(g, &op->out, WIDTH, BLOCK_COST + window * ELEMENT_COST);
}

#ifndef NPUM_VARIANT
void npum_pool_f_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut_pool(&g, op);
	plan->tiles = npum_grid_tiles(&g);
	plan->fpu = true;
}
#endif

/**
 * struct window - the valid part of the window of one block
 * @p: personality
 * @op: the op
 * @base: first byte of the input
 * @b: the block
 * @rows: valid rows
 * @columns: valid columns
 */
struct window {
	const struct npum_personality *p;
	const struct vnpu_op *op;
	const u8 *base;
	const struct npum_block *b;
	struct npum_pool_taps rows;
	struct npum_pool_taps columns;
};

static u32 window_size(const struct window *w)
{
	return (w->rows.end - w->rows.first) * (w->columns.end - w->columns.first);
}

/* Channels of the window's element number @i. */
static void load_tap(const struct window *w, u32 i, float *v)
{
	const struct vnpu_tensor *in = &w->op->in[0];
	u32 width = w->columns.end - w->columns.first;
	const u8 *from = w->base + npum_offset(in, w->b->n, w->rows.first + i / width,
					       w->columns.first + i % width, w->b->c);

	npum_real_load(w->p, in->dtype, from, in->stride[3], v, w->b->count);
}

static void average(const struct window *w, float *to)
{
	static const float ones[WIDTH] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	bool plain = npum_real_is_plain(w->p), backward = w->p->real_order == NPUM_REAL_BACKWARD;
	bool half = npum_real_narrows(w->p, w->op->out.dtype);
	u32 taps = window_size(w), count = taps;
	float v[WIDTH] = { 0 }, acc[WIDTH] = { 0 };
	struct npum_real_sum s;

	if (w->op->p.mode & VNPU_POOL_WHOLE)
		count = w->op->p.kernel[0] * w->op->p.kernel[1];
	npum_real_sum_begin(&s);
	for (u32 i = 0; i < taps; i++) {
		load_tap(w, backward ? taps - 1 - i : i, v);
		if (plain)
			for (u32 l = 0; l < WIDTH; l++)
				acc[l] += v[l];
		else
			npum_real_sum_add(w->p, &s, v, 1, ones);
	}
	for (u32 l = 0; l < WIDTH; l++) {
		double sum = plain ? (double)acc[l] : npum_real_sum_value(w->p, &s, l);

		to[l] = npum_real_sum_narrow(half, sum / (double)count);
	}
}

static void greatest(const struct window *w, float *to)
{
	u32 taps = window_size(w);
	float v[WIDTH] = { 0 };

	for (u32 l = 0; l < WIDTH; l++)
		to[l] = -NPUM_MATH_INFINITY;
	for (u32 i = 0; i < taps; i++) {
		load_tap(w, i, v);
		for (u32 l = 0; l < WIDTH; l++)
			to[l] = npum_real_maximum(to[l], v[l]);
	}
}

static void pool(const struct npum_exec *x, const struct npum_personality *p,
		 const struct vnpu_op *op, u32 tile,
		 void (*fold)(const struct window *w, float *to))
{
	float low = npum_real(op->p.real_clamp[0]), high = npum_real(op->p.real_clamp[1]);
	const struct vnpu_tensor *out = &op->out;
	struct npum_grid g;

	cut_pool(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		const struct window w = {
			.p = p,
			.op = op,
			.base = npum_address(x, &op->in[0]),
			.b = &b,
			.rows = npum_pool_taps(op, 0, b.h),
			.columns = npum_pool_taps(op, 1, b.w),
		};
		float v[WIDTH];

		fold(&w, v);
		npum_real_count(x->counters, p, out->dtype, v, b.count, low, high);
		for (u32 l = 0; l < WIDTH; l++)
			v[l] = npum_real_between(v[l], low, high);
		npum_real_store(p, out->dtype, v,
				npum_address(x, out) + npum_offset(out, b.n, b.h, b.w, b.c),
				out->stride[3], b.count);
	}
}

void npum_avg_pool_f(const struct npum_exec *x, const struct npum_personality *p,
		     const struct vnpu_op *op, u32 tile, void *scratch)
{
	pool(x, p, op, tile, average);
}

void npum_max_pool_f(const struct npum_exec *x, const struct npum_personality *p,
		     const struct vnpu_op *op, u32 tile, void *scratch)
{
	pool(x, p, op, tile, greatest);
}

static void cut_bilinear(struct npum_grid *g, const struct vnpu_op *op)
{
	npum_grid_cut(g, &op->out, WIDTH, BILINEAR_COST);
}

#ifndef NPUM_VARIANT
void npum_bilinear_f_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut_bilinear(&g, op);
	plan->tiles = npum_grid_tiles(&g);
	plan->fpu = true;
}
#endif

static void bilinear_block(const struct npum_exec *x, const struct npum_personality *p,
			   const struct vnpu_op *op, const struct npum_block *b)
{
	const struct vnpu_tensor *in = &op->in[0], *out = &op->out;
	struct npum_bilinear_axis rows, columns;
	float corner[4][WIDTH] = { 0 }, v[WIDTH];

	npum_bilinear_axis(b->h, in->shape[1], out->shape[1], op->p.mode, &rows);
	npum_bilinear_axis(b->w, in->shape[2], out->shape[2], op->p.mode, &columns);
	for (u32 k = 0; k < 4; k++) {
		u32 h = k & 1 ? rows.upper : rows.lower;
		u32 w = k & 2 ? columns.upper : columns.lower;

		npum_real_load(p, in->dtype,
			       npum_address(x, in) + npum_offset(in, b->n, h, w, b->c),
			       in->stride[3], corner[k], b->count);
	}
	/* The order of the products and of the sum is part of the definition. */
	for (u32 l = 0; l < WIDTH; l++)
		v[l] = corner[0][l] * (1 - rows.weight) * (1 - columns.weight) +
		       corner[1][l] * rows.weight * (1 - columns.weight) +
		       corner[2][l] * (1 - rows.weight) * columns.weight +
		       corner[3][l] * rows.weight * columns.weight;
	npum_real_count_free(x->counters, p, out->dtype, v, b->count);
	npum_real_store(p, out->dtype, v,
			npum_address(x, out) + npum_offset(out, b->n, b->h, b->w, b->c),
			out->stride[3], b->count);
}

void npum_bilinear_f(const struct npum_exec *x, const struct npum_personality *p,
		     const struct vnpu_op *op, u32 tile, void *scratch)
{
	struct npum_grid g;

	cut_bilinear(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);

		bilinear_block(x, p, op, &b);
	}
}

#undef WIDTH
#undef BLOCK_COST
#undef ELEMENT_COST
#undef BILINEAR_COST
