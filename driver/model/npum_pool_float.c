// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * NPUM_AVG_POOL_DEQUANTISED: an average of numbers behind codes, in binary32.
 * Built with floating point registers and without contraction; no libm.
 */
#include "npum_counters.h"
#include "npum_kernels.h"
#include "npum_pool.h"
#include "npum_real.h"
#include "npum_reduce.h"
#include "npum_requant.h"

#define WIDTH NPUM_REDUCE_WIDTH

static void sum_row(float *acc, const u8 *in, u32 count, const struct vnpu_op *op)
{
	float scale = npum_real((u32)op->p.mult[0]);
	s32 flip = npum_flip(&op->in[0]), zero = op->in[0].zero_point;

	for (u32 i = 0; i < count; i++)
		acc[i] += scale * (float)(npum_code(in[i], flip) - zero);
}

/* Sums the window of one block into @acc.  Return: elements of the window. */
static u32 sum_window(const struct npum_exec *x, const struct vnpu_op *op,
		      const struct npum_block *b, float *acc)
{
	struct npum_pool_taps columns = npum_pool_taps(op, 1, b->w);
	struct npum_pool_taps rows = npum_pool_taps(op, 0, b->h);
	const u8 *base = npum_address(x, &op->in[0]);

	for (u32 i = 0; i < b->count; i++)
		acc[i] = 0;
	for (u32 h = rows.first; h < rows.end; h++)
		for (u32 w = columns.first; w < columns.end; w++)
			sum_row(acc, base + npum_offset(&op->in[0], b->n, h, w, b->c), b->count,
				op);
	return (rows.end - rows.first) * (columns.end - columns.first);
}

static __always_inline void average(const struct npum_exec *x, const struct npum_personality *p,
				    const struct vnpu_op *op, u32 tile, struct npum_counters *n)
{
	s32 zero = op->out.zero_point;
	s32 folded = p->zero_point == NPUM_ZERO_POINT_FOLDED ? zero : 0;
	float scale = npum_real((u32)op->p.mult[2]);
	u8 *out = npum_address(x, &op->out);
	struct npum_grid g;

	npum_pool_cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		u8 *to = out + npum_offset(&op->out, b.n, b.h, b.w, b.c);
		float acc[WIDTH], count;

		count = (float)sum_window(x, op, &b, acc);
		for (u32 i = 0; i < b.count; i++) {
			float steps = npum_real_limit(acc[i] / count / scale + (float)folded);
			s32 v = npum_real_even(steps) + zero - folded;

			npum_count_tie(n, npum_real_is_half(steps));
			npum_count_clamp(n, v, op->p.clamp);
			to[i] = (u8)npum_saturate(v, op->p.clamp);
		}
	}
}

void npum_avg_pool_float(const struct npum_exec *x, const struct npum_personality *p,
			 const struct vnpu_op *op, u32 tile, struct npum_counters *n)
{
	if (n)
		average(x, p, op, tile, n);
	else
		average(x, p, op, tile, NULL);
}
