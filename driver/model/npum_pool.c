// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Pooling: average of raw codes over the valid part of a window, and maximum. */
#include "npum_counters.h"
#include "npum_divisor.h"
#include "npum_float.h"
#include "npum_kernels.h"
#include "npum_pool.h"
#include "npum_reduce.h"
#include "npum_requant.h"

#define WIDTH NPUM_REDUCE_WIDTH
/* What a block, and what a window element of it, costs beside its channels. */
#define BLOCK_COST 32u
#define ELEMENT_COST 8u

void npum_pool_cut(struct npum_grid *g, const struct vnpu_op *op)
{
	u32 window = op->p.kernel[0] * op->p.kernel[1];
	u32 channels = min(op->out.shape[3], WIDTH);

	npum_grid_cut(g, &op->out, WIDTH, BLOCK_COST + (u64)window * (ELEMENT_COST + channels));
}

void npum_pool_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	npum_pool_cut(&g, op);
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

/* Folds the window of one block into @acc; sets @size to its valid rows and columns. */
static __always_inline void reduce_window(const struct npum_exec *x, const struct vnpu_op *op,
					  const struct npum_block *b, reduce_row_fn *reduce,
					  s32 *acc, u32 size[2], struct npum_counters *n)
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
	size[0] = rows.end - rows.first;
	size[1] = columns.end - columns.first;
}

void npum_divisor_init(struct npum_divisor *d, const struct npum_personality *p, const u32 size[2],
		       s32 zero_point)
{
	u32 bits = p->avg_pool_bits, n = size[0] * size[1], lift;

	*d = (struct npum_divisor){
		.form = p->avg_pool == NPUM_AVG_POOL_DEQUANTISED ? NPUM_AVG_POOL_FLOAT :
								   p->avg_pool,
		.count = (s32)n,
		.zero_point = zero_point,
		.folded = p->zero_point == NPUM_ZERO_POINT_FOLDED ? zero_point : 0,
		.bits = bits,
	};
	switch (p->avg_pool) {
	case NPUM_AVG_POOL_RECIPROCAL:
		/* the bits that n - 1 needs: 2^lift >= n */
		lift = n > 1 ? 32 - (u32)__builtin_clz(n - 1) : 0;
		d->factor[0] = (((1ull << (bits - 1)) + 1) << lift) / n;
		d->bits = bits - 1 + lift;
		break;
	case NPUM_AVG_POOL_TWO_STAGE:
		for (u32 i = 0; i < 2; i++)
			d->factor[i] = ((2ull << bits) + size[i]) / (2 * size[i]);
		break;
	default:
		break;
	}
}

/*
 * Sums of n codes are at most n * 2^15 in size, and reciprocals little more than
 * 2^(b - 1 + k) / n with k <= 16, or 2^b / n: no product leaves 64 bits.
 */
s32 npum_divide(const struct npum_divisor *d, s32 sum)
{
	s32 n = d->count;
	u32 size;
	s64 v;

	switch (d->form) {
	case NPUM_AVG_POOL_RECIPROCAL:
		v = (s64)sum * (s64)d->factor[0];
		return (s32)npum_round_shift(NPUM_ROUND_SINGLE, v, d->bits);
	case NPUM_AVG_POOL_TWO_STAGE:
		v = npum_round_shift(NPUM_ROUND_AWAY, (s64)sum * (s64)d->factor[1], d->bits);
		return (s32)npum_round_shift(NPUM_ROUND_AWAY, v * (s64)d->factor[0], d->bits);
	case NPUM_AVG_POOL_FLOAT:
		return npum_float_mean(sum - n * d->zero_point, (u32)n, d->folded) + d->zero_point -
		       d->folded;
	default:
		/* halves away from code 0: TFLite divides raw codes */
		size = ((sum < 0 ? 0u - (u32)sum : (u32)sum) + (u32)n / 2) / (u32)n;
		return sum < 0 ? -(s32)size : (s32)size;
	}
}

u32 npum_divide_ties(const struct npum_divisor *d, s32 sum)
{
	s32 n = d->count;
	s64 v;

	switch (d->form) {
	case NPUM_AVG_POOL_RECIPROCAL:
		return npum_is_half((s64)sum * (s64)d->factor[0], d->bits);
	case NPUM_AVG_POOL_TWO_STAGE:
		v = (s64)sum * (s64)d->factor[1];
		return (u32)npum_is_half(v, d->bits) +
		       npum_is_half(npum_round_shift(NPUM_ROUND_AWAY, v, d->bits) *
					    (s64)d->factor[0],
				    d->bits);
	case NPUM_AVG_POOL_FLOAT:
		return npum_float_mean_tie(sum - n * d->zero_point, (u32)n, d->folded);
	default:
		return !(n % 2) && (sum % n == n / 2 || sum % n == -n / 2);
	}
}

/* @p NULL: the maximum, which is of no arithmetic. */
static __always_inline void pool(const struct npum_exec *x, const struct npum_personality *p,
				 const struct vnpu_op *op, u32 tile, struct npum_counters *count)
{
	u8 *out = npum_address(x, &op->out);
	struct npum_grid g;

	npum_pool_cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		u8 *to = out + npum_offset(&op->out, b.n, b.h, b.w, b.c);
		struct npum_divisor d;
		s32 acc[WIDTH];
		u32 size[2];

		for (u32 i = 0; i < b.count; i++)
			acc[i] = p ? 0 : S32_MIN;
		reduce_window(x, op, &b, p ? sum_row : max_row, acc, size, count);
		if (p)
			npum_divisor_init(&d, p, size, op->in[0].zero_point);
		for (u32 i = 0; i < b.count; i++) {
			s32 v = p ? npum_divide(&d, acc[i]) : acc[i];

			if (p && count)
				count->ties += npum_divide_ties(&d, acc[i]);
			npum_count_clamp(count, v, op->p.clamp);
			to[i] = (u8)npum_saturate(v, op->p.clamp);
		}
	}
}

static __always_inline void avg_pool(const struct npum_exec *x, const struct npum_personality *p,
				     const struct vnpu_op *op, u32 tile, void *scratch,
				     struct npum_counters *n)
{
	if (p->avg_pool == NPUM_AVG_POOL_DEQUANTISED)
		npum_avg_pool_float(x, p, op, tile, n);
	else
		pool(x, p, op, tile, n);
}

static __always_inline void max_pool(const struct npum_exec *x, const struct npum_personality *p,
				     const struct vnpu_op *op, u32 tile, void *scratch,
				     struct npum_counters *n)
{
	pool(x, NULL, op, tile, n);
}

NPUM_COUNTED(npum_avg_pool, npum_avg_pool_counting, avg_pool)
NPUM_COUNTED(npum_max_pool, npum_max_pool_counting, max_pool)
