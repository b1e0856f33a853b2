// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* SELECT and GATHER: elements of any dtype, moved by what other elements say. */
#include "npum_kernels.h"
#include "npum_walk.h"
#include "npum_whole.h"

/* Channels of a block of GATHER, and what a block and 16 of its bytes cost. */
#define WIDTH 4096u
#define BLOCK_COST 48u

/* The output may be one of its own inputs. */
static void select_run(const struct npum_walk *w, u32 size)
{
	const u8 *which = w->at[NPUM_WALK_IN0], *yes = w->at[NPUM_WALK_IN1];
	const u8 *no = w->at[NPUM_WALK_IN2];
	u8 *out = w->at[NPUM_WALK_OUT];

	for (u32 i = 0; i < w->run; i++) {
		memmove(out, *which ? yes : no, size);
		which += w->step[NPUM_WALK_IN0];
		yes += w->step[NPUM_WALK_IN1];
		no += w->step[NPUM_WALK_IN2];
		out += w->step[NPUM_WALK_OUT];
	}
}

void npum_select(const struct npum_exec *x, const struct npum_personality *p,
		 const struct vnpu_op *op, u32 tile, void *scratch)
{
	u32 size = npum_dtype_size(op->out.dtype);
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		/* constant sizes are loads and stores instead of calls */
		if (size == 1)
			select_run(&w, 1);
		else if (size == 2)
			select_run(&w, 2);
		else if (size == 4)
			select_run(&w, 4);
		else
			select_run(&w, 8);
	} while (npum_walk_next(&w));
}

static void cut(struct npum_grid *g, const struct vnpu_op *op)
{
	u32 channels = min(op->out.shape[3], WIDTH);

	npum_grid_cut(g, &op->out, WIDTH,
		      BLOCK_COST + channels * npum_dtype_size(op->out.dtype) / 16);
}

void npum_gather_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut(&g, op);
	plan->tiles = npum_grid_tiles(&g);
}

void npum_gather(const struct npum_exec *x, const struct npum_personality *p,
		 const struct vnpu_op *op, u32 tile, void *scratch)
{
	const struct vnpu_tensor *in = &op->in[0], *index = &op->in[1], *out = &op->out;
	u32 size = npum_dtype_size(out->dtype);
	struct npum_grid g;

	cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		u8 *to = npum_address(x, out) + npum_offset(out, b.n, b.h, b.w, b.c);
		u32 n = index->shape[0] == 1 ? 0 : b.n;
		s64 at;

		npum_whole_load(index->dtype,
				npum_address(x, index) + npum_offset(index, n, 0, b.w, 0), 0, &at,
				1);
		if (at < 0 || at >= in->shape[2])
			memset(to, 0, (size_t)b.count * size);
		else
			memcpy(to, npum_address(x, in) + npum_offset(in, b.n, b.h, (u32)at, b.c),
			       (size_t)b.count * size);
	}
}
