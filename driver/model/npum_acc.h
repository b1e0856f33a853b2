/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Integer accumulators of a personality's width: what happens at their limits.
 *
 * A sum wraps or is limited once at its end, or it is limited after each addition.
 * What leaves the accumulator is limited to 32 bits, which is what requantisation
 * takes.  A 32-bit accumulator that wraps is plain unsigned arithmetic, and all
 * others give what it gives as long as no partial sum leaves 32 bits.
 *
 * So that the number of terms alone tells whether one might, these others start
 * from the bias limited to half of 32 bits, which no bias of a real model reaches.
 */
#ifndef NPUM_ACC_H
#define NPUM_ACC_H

#include "npum_personality.h"

/** npum_acc_limit() - @v limited to @bits bits in two's complement, 1..64 */
static inline s64 npum_acc_limit(s64 v, u32 bits)
{
	s64 most = (s64)(~0ull >> (65 - bits));

	v = v < -most - 1 ? -most - 1 : v;
	return v > most ? most : v;
}

/** npum_acc_wrap() - the lowest @bits bits of @v, 1..64, the highest of them the sign */
static inline s64 npum_acc_wrap(s64 v, u32 bits)
{
	return (s64)((u64)v << (64 - bits)) >> (64 - bits);
}

/** npum_acc_is_plain() - do 8-bit products simply wrap in 32 bits? */
static inline bool npum_acc_is_plain(const struct npum_personality *p)
{
	return p->acc_bits == 32 && p->acc_overflow == NPUM_ACC_WRAP;
}

/** NPUM_ACC_MOST_BIAS - largest size of the bias that an accumulator starts from, if not plain */
#define NPUM_ACC_MOST_BIAS (1 << 30)

/** npum_acc_start() - what the accumulator of 8-bit products starts from */
static inline s32 npum_acc_start(const struct npum_personality *p, s32 bias)
{
	if (npum_acc_is_plain(p))
		return bias;
	return clamp(bias, -NPUM_ACC_MOST_BIAS, NPUM_ACC_MOST_BIAS);
}

/** npum_acc_add() - the accumulator of 8-bit products after another @term; both below 2^62 */
static inline s64 npum_acc_add(const struct npum_personality *p, s64 acc, s64 term)
{
	acc += term;
	return p->acc_overflow == NPUM_ACC_SATURATE_EACH ? npum_acc_limit(acc, p->acc_bits) : acc;
}

/** npum_acc_end() - what the accumulator of 8-bit products hands on */
static inline s32 npum_acc_end(const struct npum_personality *p, s64 acc)
{
	if (p->acc_overflow == NPUM_ACC_WRAP)
		acc = npum_acc_wrap(acc, p->acc_bits);
	else
		acc = npum_acc_limit(acc, p->acc_bits);
	return (s32)npum_acc_limit(acc, 32);
}

#endif /* NPUM_ACC_H */
