/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How AVG_POOL divides the sum of a window's codes, see &enum npum_avg_pool. */
#ifndef NPUM_DIVISOR_H
#define NPUM_DIVISOR_H

#include "npum_personality.h"

/**
 * struct npum_divisor - a division by the number of a window's elements
 * @form: &enum npum_avg_pool
 * @count: the elements
 * @zero_point: of the codes
 * @folded: what of it FLOAT adds ahead of rounding
 * @bits: bits behind the point of the reciprocals
 * @factor: reciprocals of the height and the width; of one rounding the first only
 *
 * One rounding: with n elements and the least k of 2^k >= n, the reciprocal is
 * floor((2^(b-1) + 1) * 2^k / n) of b - 1 + k bits behind the point.  That 1 raises it
 * just above 1/n, so that halves of positive sums go up and those of negative ones,
 * which are raised too, down: away from 0 as in the division.
 */
struct npum_divisor {
	u32 form;
	s32 count;
	s32 zero_point;
	s32 folded;
	u32 bits;
	u64 factor[2];
};

/**
 * npum_divisor_init() - prepare a division
 * @d: filled
 * @p: personality
 * @size: height and width of the window, 1 or more, 2^16 elements at the most
 * @zero_point: of the codes
 */
void npum_divisor_init(struct npum_divisor *d, const struct npum_personality *p, const u32 size[2],
		       s32 zero_point);

/** npum_divide() - mean of codes whose sum is @sum; NPUM_AVG_POOL_FLOAT needs the FPU */
s32 npum_divide(const struct npum_divisor *d, s32 sum);

/** npum_divide_ties() - its roundings that have exactly one half to decide */
u32 npum_divide_ties(const struct npum_divisor *d, s32 sum);

#endif /* NPUM_DIVISOR_H */
