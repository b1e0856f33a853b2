/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the kernels of int16 ops share. */
#ifndef NPUM_I16_H
#define NPUM_I16_H

#include "npum_conv.h"
#include "npum_wide.h"

/** npum_s16() - the int16 code at an address, which is aligned */
static inline s16 npum_s16(const u8 *at)
{
	return *(const s16 *)(const void *)at;
}

/**
 * npum_i16_gather() - collect the terms of one output pixel, in the weights' order
 * @c: geometry of CONV2D_I16 or FULLY_CONNECTED_I16
 * @in: first byte of the input operand
 * @at: output pixel
 * @row: c->panel_row bytes; those behind the last term are set to 0
 */
void npum_i16_gather(const struct npum_conv *c, const u8 *in, const struct npum_conv_pixel *at,
		     s16 *row);

/** npum_lut_half() - what goes to a value between points, in 128ths, before it is cut */
static inline s32 npum_lut_half(const struct npum_personality *p)
{
	return p->wide_lut_round == NPUM_WIDE_LUT_FLOOR ? 0 : 64;
}

/**
 * npum_lut_points() - a table read between its points, linear
 * @table: VNPU_LUT_POINTS of them
 * @v: the code that it is read at
 * @half: what npum_lut_half() gives
 *
 * Slopes have 16 bits and wrap, as those of TFLite's LUTLookup(): tables that step by
 * more than half of all codes are read so.
 */
static inline s16 npum_lut_points(const s16 *table, s16 v, s32 half)
{
	u32 i = (u32)(256 + (v >> 7));
	s32 base = table[i], slope = (s16)(table[i + 1] - base);

	return (s16)(base + ((slope * (v & 127) + half) >> 7));
}

/**
 * npum_i16_count() - a product on its way into an accumulator
 * @n: counters
 * @a: the accumulator
 * @sum: what npum_wide_begin() and npum_wide_sum() made of the bias and the products before
 * @product: the next one
 * @bias: of the sum
 *
 * Of sums beyond 64 bits the counters' size is 64.
 */
static inline void npum_i16_count(struct npum_counters *n, const struct npum_wide_kind *a, s64 sum,
				  s64 product, s64 bias)
{
	s64 whole;

	if (a->overflow == NPUM_ACC_SATURATE_END) {
		product += sum;
		sum = bias;
	} else if (a->overflow == NPUM_ACC_WRAP) {
		sum = npum_acc_wrap(sum, a->bits);
	}
	/* narrower accumulators overflow for what the sum is limited to, too */
	if (check_add_overflow(sum, product, &whole) && a->bits == 64)
		n->overflows++;
	npum_count_acc(n, npum_wide_saturate(sum, product), a->bits);
}

#endif /* NPUM_I16_H */
