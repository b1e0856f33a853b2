// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Resizing along H and W.  Nearest copies; bilinear interpolates with integer
 * weights of 10 bits as TFLite's ResizeBilinearInteger(), or of 11 bits.  Whatever
 * needs binary32 is in npum_float.c.
 */
#include "npum_counters.h"
#include "npum_float.h"
#include "npum_kernels.h"
#include "npum_personality.h"
#include "npum_walk.h"

/* Channels of one block. */
#define WIDTH 4096u
/* Unit of the 10-bit weights. */
#define ONE 1024

/* What a block costs to find, and what 16 of its channels cost to copy or interpolate. */
#define BLOCK_COST 48u
#define NEAREST_COST 1u
#define BILINEAR_COST 64u

static void cut(struct npum_grid *g, const struct vnpu_op *op, u32 cost)
{
	u32 channels = min(op->out.shape[3], WIDTH);

	npum_grid_cut(g, &op->out, WIDTH, BLOCK_COST + channels * cost / 16);
}

void npum_nearest_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut(&g, op, NEAREST_COST);
	plan->tiles = npum_grid_tiles(&g);
	plan->fpu = true;
}

void npum_resize_nearest(const struct npum_exec *x, const struct npum_personality *p,
			 const struct vnpu_op *op, u32 tile, void *scratch)
{
	const struct vnpu_tensor *in = &op->in[0], *out = &op->out;
	struct npum_grid g;

	cut(&g, op, NEAREST_COST);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		u32 h = npum_nearest_index(b.h, in->shape[1], out->shape[1], op->p.mode);
		u32 w = npum_nearest_index(b.w, in->shape[2], out->shape[2], op->p.mode);

		memcpy(npum_address(x, out) + npum_offset(out, b.n, b.h, b.w, b.c),
		       npum_address(x, in) + npum_offset(in, b.n, h, w, b.c), b.count);
	}
}

void npum_bilinear_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut(&g, op, BILINEAR_COST);
	plan->tiles = npum_grid_tiles(&g);
	plan->fpu = op->p.mode & VNPU_RESIZE_FLOAT;
}

/* Weight in units of 1/1024. */
static void coarse_axis(u32 at, u32 in, u32 out, u32 mode, struct npum_axis *axis)
{
	bool corners = (mode & VNPU_RESIZE_ALIGN_CORNERS) && out > 1;
	s32 from = (s32)(corners ? in - 1 : in), to = (s32)(corners ? out - 1 : out);
	s32 scale = (ONE * from + to / 2) / to;
	s32 scaled = (s32)at * scale, last = (s32)in - 1;
	s32 lower, upper;

	if (mode & VNPU_RESIZE_HALF_PIXEL)
		scaled += scale / 2 - ONE / 2;
	/* TFLite does not limit the lower one: a scale rounded up can run over the end. */
	lower = clamp(scaled / ONE, 0, last);
	upper = min((scaled + ONE - 1) / ONE, last);

	*axis = (struct npum_axis){
		.lower = (u32)lower,
		.upper = (u32)upper,
		.weight = scaled - ONE * lower,
	};
}

/* Sum of products in units of 1 / @unit, a power of two, to the nearest code. */
static s32 round_product(enum npum_resize form, s64 v, s64 unit)
{
	if (form == NPUM_RESIZE_AWAY)
		return (s32)((v + (v > 0 ? unit / 2 : -unit / 2)) / unit);
	return (s32)((v + unit / 2) >> __builtin_ctzll((u64)unit));
}

static __always_inline void bilinear_block(const struct npum_personality *p,
					   const struct vnpu_op *op, const struct npum_block *b,
					   const u8 *in, u8 *out, struct npum_counters *n)
{
	const struct vnpu_tensor *t = &op->in[0];
	const bool fine = p->resize == NPUM_RESIZE_FINE;
	const s64 one = fine ? NPUM_FINE_ONE : ONE;
	s32 flip = npum_flip(t);
	struct npum_axis x, y;
	const u8 *corner[4];
	s64 weight[4];

	if (fine) {
		npum_bilinear_fine_axis(b->h, t->shape[1], op->out.shape[1], op->p.mode, &y);
		npum_bilinear_fine_axis(b->w, t->shape[2], op->out.shape[2], op->p.mode, &x);
	} else {
		coarse_axis(b->h, t->shape[1], op->out.shape[1], op->p.mode, &y);
		coarse_axis(b->w, t->shape[2], op->out.shape[2], op->p.mode, &x);
	}
	for (u32 k = 0; k < 4; k++) {
		u32 h = k & 2 ? y.upper : y.lower, w = k & 1 ? x.upper : x.lower;

		corner[k] = in + npum_offset(t, b->n, h, w, b->c);
		weight[k] =
			(k & 2 ? y.weight : one - y.weight) * (k & 1 ? x.weight : one - x.weight);
	}

	for (u32 i = 0; i < b->count; i++) {
		s64 v = 0;

		for (u32 k = 0; k < 4; k++)
			v += npum_code(corner[k][i], flip) * weight[k];
		npum_count_acc(n, v, 64);
		npum_count_tie(n, (v & (one * one - 1)) == one * one / 2);
		out[i] = (u8)round_product(p->resize, v, one * one);
	}
}

static __always_inline void resize_bilinear(const struct npum_exec *x,
					    const struct npum_personality *p,
					    const struct vnpu_op *op, u32 tile, void *scratch,
					    struct npum_counters *n)
{
	const u8 *in = npum_address(x, &op->in[0]);
	const struct vnpu_tensor *out = &op->out;
	struct npum_grid g;

	cut(&g, op, BILINEAR_COST);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		u8 *to = npum_address(x, out) + npum_offset(out, b.n, b.h, b.w, b.c);

		if (n)
			n->values += b.count;
		if (!(op->p.mode & VNPU_RESIZE_FLOAT))
			bilinear_block(p, op, &b, in, to, n);
		else if (n)
			n->ties += npum_bilinear_float_ties(op, &b, in, to);
		else
			npum_bilinear_float(op, &b, in, to);
	}
}

NPUM_COUNTED(npum_resize_bilinear, npum_resize_bilinear_counting, resize_bilinear)
