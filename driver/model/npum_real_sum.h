/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Sums of products in floating point, as a personality's real_* fields define
 * them, for 16 outputs side by side.  The order is that of the terms, or its
 * reverse (real_order), which callers see to; the definition of one sum:
 *
 *	real_width 1:	acc = r(acc + r(x * w))
 *	real_width n:	acc = r(acc + (x * w + x * w + ... n products, in binary64))
 *	real_fused:	acc = r(acc + x * w), of products with real_width 1
 *
 * with r() rounding to the accumulator's type (real_acc), and acc 0 at first.  The
 * last group may have fewer products.  The result is r(acc + bias).  Products with real_block
 * begin again with 0 after so many terms, and such sums are added up: r(r(a + b) + c).
 *
 * All of it is computed in binary64 and rounded to where it belongs: products of
 * two binary32 numbers are exact there, and of sums of two binary32 numbers the
 * second rounding spoils nothing, as 53 >= 2 * 24 + 2.  Hence the plain case, binary32
 * term by term, has the same bits in binary32.
 */
#ifndef NPUM_REAL_SUM_H
#define NPUM_REAL_SUM_H

#include "npum_real_value.h"

/** NPUM_REAL_LANES - sums side by side */
#define NPUM_REAL_LANES VNPU_CHANNEL_BLOCK

/** npum_real_is_plain() - are sums taken in binary32, term by term, not in reverse? */
static inline bool npum_real_is_plain(const struct npum_personality *p)
{
	return p->real_acc == NPUM_REAL_ACC_BINARY32 && p->real_width == 1 &&
	       p->real_order != NPUM_REAL_BACKWARD && p->real_subnormals == NPUM_REAL_KEEP;
}

/**
 * struct npum_real_sum - sums on their way
 * @acc: accumulators
 * @part: products of the current group, where groups have more than one
 * @filled: products in it
 * @total: sum of the blocks before
 * @blocks: their number
 */
struct npum_real_sum {
	double acc[NPUM_REAL_LANES];
	double part[NPUM_REAL_LANES];
	u32 filled;
	double total[NPUM_REAL_LANES];
	u32 blocks;
};

/** npum_real_sum_round() - r() */
static inline double npum_real_sum_round(const struct npum_personality *p, double v)
{
	float f;

	if (p->real_acc == NPUM_REAL_ACC_BINARY64)
		return v;
	if (p->real_acc == NPUM_REAL_ACC_BINARY16)
		return (double)npum_real_result(p, true, npum_real_odd(v));
	f = (float)v;
	return (double)(p->real_subnormals == NPUM_REAL_FLUSH ? npum_real_flush(f) : f);
}

/** npum_real_sum_begin() - sums of nothing */
static inline void npum_real_sum_begin(struct npum_real_sum *s)
{
	memset(s, 0, sizeof(*s));
}

/**
 * npum_real_sum_add() - one term of each sum
 * @p: personality
 * @s: the sums
 * @x: left factors
 * @step: 1: one for each lane; 0: the same for all
 * @w: right factors, one for each lane
 */
void npum_real_sum_add(const struct npum_personality *p, struct npum_real_sum *s, const float *x,
		       u32 step, const float *w);

/**
 * npum_real_exact() - a sum, to the odd one of its neighbours where binary64 cannot hold it
 * @acc: one term
 * @product: the other one
 *
 * Rounding that to a type of at most 51 bits gives what rounding the exact sum gives.
 */
static __always_inline double npum_real_exact(double acc, double product)
{
	double sum = acc + product, seen = sum - acc;
	double lost = (acc - (sum - seen)) + (product - seen);
	u64 bits, odd;

	memcpy(&bits, &sum, sizeof(bits));
	odd = (lost > 0) == (sum > 0) ? bits + 1 : bits - 1;
	bits = !(bits & 1) && (lost > 0 || lost < 0) ? odd : bits;
	memcpy(&sum, &bits, sizeof(sum));
	return sum;
}

/** npum_real_sum_fuse() - as npum_real_sum_add(), product and addition in one rounding */
void npum_real_sum_fuse(const struct npum_personality *p, struct npum_real_sum *s, const float *x,
			u32 step, const float *w);

/** npum_real_sum_value() - sum number @i so far, its last group included */
static inline double npum_real_sum_value(const struct npum_personality *p,
					 const struct npum_real_sum *s, u32 i)
{
	double v = s->filled ? npum_real_sum_round(p, s->acc[i] + s->part[i]) : s->acc[i];

	return s->blocks ? npum_real_sum_round(p, s->total[i] + v) : v;
}

/** npum_real_sum_cut() - end a block of terms */
static inline void npum_real_sum_cut(const struct npum_personality *p, struct npum_real_sum *s)
{
	for (u32 i = 0; i < NPUM_REAL_LANES; i++)
		s->total[i] = npum_real_sum_value(p, s, i);
	s->blocks++;
	s->filled = 0;
	memset(s->acc, 0, sizeof(s->acc));
	memset(s->part, 0, sizeof(s->part));
}

/** npum_real_sum_narrow() - a sum as the number that rounding to the result's type begins with */
static inline float npum_real_sum_narrow(bool half, double v)
{
	return half ? npum_real_odd(v) : (float)v;
}

#endif /* NPUM_REAL_SUM_H */
