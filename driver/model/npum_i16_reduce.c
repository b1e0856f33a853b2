// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* AVG_POOL_I16, MAX_POOL_I16 and MEAN_I16, cut as the 8-bit ops are. */
#include "npum_divisor.h"
#include "npum_i16.h"
#include "npum_kernels.h"
#include "npum_pool.h"
#include "npum_reduce.h"

typedef void reduce_row_fn(s32 *acc, const u8 *in, u32 count);

static void sum_row(s32 *acc, const u8 *in, u32 count)
{
	for (u32 i = 0; i < count; i++)
		acc[i] += npum_s16(in + 2 * i);
}

static void max_row(s32 *acc, const u8 *in, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		s32 code = npum_s16(in + 2 * i);

		acc[i] = max(acc[i], code);
	}
}

/* Folds the window of one block into @acc; sets @size to its valid rows and columns. */
static __always_inline void reduce_window(const struct npum_exec *x, const struct vnpu_op *op,
					  const struct npum_block *b, reduce_row_fn *reduce,
					  s32 *acc, u32 size[2], struct npum_counters *n)
{
	const struct vnpu_tensor *in = &op->in[0];
	struct npum_pool_taps rows = npum_pool_taps(op, 0, b->h);
	struct npum_pool_taps columns = npum_pool_taps(op, 1, b->w);
	const u8 *base = npum_address(x, in);

	for (u32 h = rows.first; h < rows.end; h++)
		for (u32 w = columns.first; w < columns.end; w++) {
			reduce(acc, base + npum_offset(in, b->n, h, w, b->c), b->count);
			for (u32 i = 0; n && reduce == sum_row && i < b->count; i++)
				npum_count_acc(n, acc[i], 32);
		}
	size[0] = rows.end - rows.first;
	size[1] = columns.end - columns.first;
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
		s16 *to = (s16 *)(void *)(out + npum_offset(&op->out, b.n, b.h, b.w, b.c));
		struct npum_divisor d;
		s32 acc[NPUM_REDUCE_WIDTH];
		u32 size[2];

		for (u32 i = 0; i < b.count; i++)
			acc[i] = p ? 0 : S32_MIN;
		reduce_window(x, op, &b, p ? sum_row : max_row, acc, size, count);
		if (p)
			npum_divisor_init(&d, p, size, 0);
		for (u32 i = 0; i < b.count; i++) {
			s32 v = p ? npum_divide(&d, acc[i]) : acc[i];

			if (p && count)
				count->ties += npum_divide_ties(&d, acc[i]);
			npum_count_clamp(count, v, op->p.clamp);
			to[i] = (s16)npum_saturate(v, op->p.clamp);
		}
	}
}

static __always_inline void avg_pool(const struct npum_exec *x, const struct npum_personality *p,
				     const struct vnpu_op *op, u32 tile, void *scratch,
				     struct npum_counters *n)
{
	pool(x, p, op, tile, n);
}

static __always_inline void max_pool(const struct npum_exec *x, const struct npum_personality *p,
				     const struct vnpu_op *op, u32 tile, void *scratch,
				     struct npum_counters *n)
{
	pool(x, NULL, op, tile, n);
}

NPUM_COUNTED(npum_avg_pool_i16, npum_avg_pool_i16_counting, avg_pool)
NPUM_COUNTED(npum_max_pool_i16, npum_max_pool_i16_counting, max_pool)

/* Sums of one output block: 2^20 codes stay below 2^36. */
static __always_inline void sum_block(const struct npum_exec *x, const struct vnpu_op *op,
				      const struct npum_block *b, s64 acc[NPUM_REDUCE_WIDTH],
				      struct npum_counters *count)
{
	const struct vnpu_tensor *in = &op->in[0];
	const u8 *base = npum_address(x, in);
	u32 size[VNPU_MAX_RANK] = { 1, 1, 1, b->count };

	for (u32 d = 0; d < VNPU_MAX_RANK; d++)
		if (op->p.axes & (1u << d))
			size[d] = in->shape[d];

	for (u32 n = 0; n < size[0]; n++) {
		for (u32 h = 0; h < size[1]; h++) {
			for (u32 w = 0; w < size[2]; w++) {
				const u8 *row =
					base + npum_offset(in, b->n + n, b->h + h, b->w + w, b->c);

				for (u32 c = 0; c < size[3]; c++) {
					u32 at = op->p.axes & VNPU_AXIS_C ? 0 : c;

					acc[at] += npum_s16(row + 2 * (size_t)c);
					npum_count_acc(count, acc[at], 64);
				}
			}
		}
	}
}

static __always_inline void mean(const struct npum_exec *x, const struct npum_personality *p,
				 const struct vnpu_op *op, u32 tile, void *scratch,
				 struct npum_counters *count)
{
	s32 mult = op->p.mult[2], shift = op->p.shift[2];
	u8 *out = npum_address(x, &op->out);
	struct npum_grid g;

	npum_mean_cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		s16 *to = (s16 *)(void *)(out + npum_offset(&op->out, b.n, b.h, b.w, b.c));
		s64 acc[NPUM_REDUCE_WIDTH] = { 0 };

		sum_block(x, op, &b, acc, count);
		for (u32 i = 0; i < b.count; i++) {
			s32 v = npum_requant_wide(p->mean, acc[i], mult, shift);

			if (count)
				count->ties += npum_requant_wide_ties(p->mean, acc[i], mult, shift);
			v = npum_wrap_add(v, op->p.offset);
			npum_count_clamp(count, v, op->p.clamp);
			to[i] = (s16)npum_saturate(v, op->p.clamp);
		}
	}
}

NPUM_COUNTED(npum_mean_i16, npum_mean_i16_counting, mean)
