/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Fixed-point functions of gemmlowp (fixedpoint/fixedpoint.h), which TFLite's
 * softmax is made of.  A number with n integer bits is an s32 in units of
 * 2^(n - 31).  Sums wrap; nothing here is undefined for any argument.
 */
#ifndef NPUM_FIXED_H
#define NPUM_FIXED_H

#include "npum_requant.h"

/** npum_fixed_raise() - x * 2^bits, saturating */
static inline s32 npum_fixed_raise(s32 x, u32 bits)
{
	s64 v = (s64)x * (1ll << bits);

	return v > S32_MAX ? S32_MAX : v < S32_MIN ? S32_MIN : (s32)v;
}

/* exp(x) for x in [-1/4, 0), both with 0 integer bits: Taylor series around -1/8. */
static inline s32 npum_fixed_exp_quarter(s32 a)
{
	const s32 exp_minus_eighth = 1895147668, third = 715827883;
	s32 x = npum_wrap_add(a, 1 << 28);
	s32 x2 = npum_srdhm(x, x);
	s32 x3 = npum_srdhm(x2, x);
	s32 x4 = npum_srdhm(x2, x2);
	s32 tail = npum_srdhm(npum_wrap_add(npum_rdbp(x4, 2), x3), third);

	tail = npum_rdbp(npum_wrap_add(tail, x2), 1);
	return npum_wrap_add(exp_minus_eighth,
			     npum_srdhm(exp_minus_eighth, npum_wrap_add(x, tail)));
}

/** NPUM_FIXED_EXP_BITS - integer bits of npum_fixed_exp()'s argument */
#define NPUM_FIXED_EXP_BITS 5

/**
 * npum_fixed_exp() - exp(a) for a <= 0
 * @a: with 5 integer bits
 *
 * The fraction below 1/4 goes through the series, each bit above it is a
 * factor exp(-2^k).
 *
 * Return: with 0 integer bits; exp(0) is S32_MAX
 */
static inline s32 npum_fixed_exp(s32 a)
{
	/* exp(-2^k) for k = -2, -1, .. 4 */
	static const s32 factors[] = { 1672461947, 1302514674, 790015084, 290630308,
				       39332535,   720401,     242 };
	const u32 fraction_bits = 31 - NPUM_FIXED_EXP_BITS;
	const s32 quarter = 1 << (fraction_bits - 2);
	s32 below = (a & (quarter - 1)) - quarter;
	u32 above = (u32)below - (u32)a;
	s32 result;

	if (!a)
		return S32_MAX;
	result = npum_fixed_exp_quarter(npum_fixed_raise(below, NPUM_FIXED_EXP_BITS));
	for (u32 k = 0; k < ARRAY_SIZE(factors); k++)
		if (above & (1u << (fraction_bits - 2 + k)))
			result = npum_srdhm(result, factors[k]);
	return result;
}

/** NPUM_FIXED_NEWTON - steps after which the reciprocal has all bits that it can have */
#define NPUM_FIXED_NEWTON 3

/**
 * npum_fixed_reciprocal() - 1 / (1 + a)
 * @a: in [0, 1), with 0 integer bits as the result
 * @steps: of Newton-Raphson; gemmlowp and TFLite take NPUM_FIXED_NEWTON
 *
 * Newton-Raphson on (1 + a) / 2 from the classic linear start 48/17 - 32/17 d,
 * with 2 integer bits.
 */
static inline s32 npum_fixed_reciprocal(s32 a, u32 steps)
{
	const s32 c48_17 = 1515870810, minus_c32_17 = -1010580540, one = 1 << 29;
	s64 sum = (s64)a + S32_MAX;
	s32 half = (s32)((sum + (sum >= 0 ? 1 : -1)) / 2);
	s32 x = npum_wrap_add(c48_17, npum_srdhm(half, minus_c32_17));

	for (u32 step = 0; step < steps; step++) {
		s32 error = npum_wrap_add(one, (s32)(0u - (u32)npum_srdhm(half, x)));

		x = npum_wrap_add(x, npum_fixed_raise(npum_srdhm(x, error), 2));
	}
	return npum_fixed_raise(x, 1);
}

#endif /* NPUM_FIXED_H */
