// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Pooling: average of raw codes over the valid part of a window, and maximum. */
#include "npum_counters.h"
#include "npum_pool.h"

#include "npum_kernels.h"
#include "npum_requant.h"
#include "npum_walk.h"

/* Channels that a block accumulates side by side. */
#define WIDTH 64u
/* What a block, and what a window element of it, costs beside its channels. */
#define BLOCK_COST 32u
#define ELEMENT_COST 8u

static void cut(struct npum_grid *g, const struct vnpu_op *op)
{
	u32 window = op->p.kernel[0] * op->p.kernel[1];
	u32 channels = min(op->out.shape[3], WIDTH);

	npum_grid_cut(g, &op->out, WIDTH, BLOCK_COST + (u64)window * (ELEMENT_COST + channels));
}

void npum_pool_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut(&g, op);
	plan->tiles = npum_grid_tiles(&g);
}

static void sum_row(s32 *acc, const u8 *in, u32 count, s32 flip)
{
	for (u32 i = 0; i < count; i++)
		acc[i] += npum_code(in[i], flip);
}

static void max_row(s32 *acc, const u8 *in, u32 count, s32 flip)
{
	for (u32 i = 0; i < count; i++)
		acc[i] = max(acc[i], npum_code(in[i], flip));
}

typedef void reduce_row_fn(s32 *acc, const u8 *in, u32 count, s32 flip);

/* Folds the window of one block into @acc; returns the number of its elements. */
static __always_inline u32 reduce_window(const struct npum_exec *x, const struct vnpu_op *op,
					 const struct npum_block *b, reduce_row_fn *reduce,
					 s32 *acc, struct npum_counters *n)
{
	const struct vnpu_tensor *in = &op->in[0];
	struct npum_pool_taps rows = npum_pool_taps(op, 0, b->h);
	struct npum_pool_taps columns = npum_pool_taps(op, 1, b->w);
	const u8 *base = npum_address(x, in);
	s32 flip = npum_flip(in);

	for (u32 h = rows.first; h < rows.end; h++)
		for (u32 w = columns.first; w < columns.end; w++) {
			reduce(acc, base + npum_offset(in, b->n, h, w, b->c), b->count, flip);
			for (u32 i = 0; n && reduce == sum_row && i < b->count; i++)
				npum_count_acc(n, acc[i], 32);
		}
	return (rows.end - rows.first) * (columns.end - columns.first);
}

/* Mean of @n codes, halves away from code 0: TFLite divides raw codes. */
static s32 mean(s32 sum, s32 n)
{
	return (sum > 0 ? sum + n / 2 : sum - n / 2) / n;
}

/* Has mean() exactly one half to decide? */
static bool is_tie(s32 sum, s32 n)
{
	return !(n % 2) && (sum % n == n / 2 || sum % n == -n / 2);
}

static __always_inline void pool(const struct npum_exec *x, const struct vnpu_op *op, u32 tile,
				 bool average, struct npum_counters *count)
{
	u8 *out = npum_address(x, &op->out);
	struct npum_grid g;

	cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		u8 *to = out + npum_offset(&op->out, b.n, b.h, b.w, b.c);
		s32 acc[WIDTH];
		u32 n;

		for (u32 i = 0; i < b.count; i++)
			acc[i] = average ? 0 : S32_MIN;
		n = reduce_window(x, op, &b, average ? sum_row : max_row, acc, count);
		for (u32 i = 0; i < b.count; i++) {
			s32 v = average ? mean(acc[i], (s32)n) : acc[i];

			npum_count_tie(count, average && is_tie(acc[i], (s32)n));
			npum_count_clamp(count, v, op->p.clamp);
			to[i] = (u8)npum_saturate(v, op->p.clamp);
		}
	}
}

static __always_inline void avg_pool(const struct npum_exec *x, const struct npum_personality *p,
				     const struct vnpu_op *op, u32 tile, void *scratch,
				     struct npum_counters *n)
{
	pool(x, op, tile, true, n);
}

static __always_inline void max_pool(const struct npum_exec *x, const struct npum_personality *p,
				     const struct vnpu_op *op, u32 tile, void *scratch,
				     struct npum_counters *n)
{
	pool(x, op, tile, false, n);
}

NPUM_COUNTED(npum_avg_pool, npum_avg_pool_counting, avg_pool)
NPUM_COUNTED(npum_max_pool, npum_max_pool_counting, max_pool)
