/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Logistic and hyperbolic tangent in the 16-bit fixed point of gemmlowp
 * (fixedpoint/fixedpoint.h), which TFLite's integer LSTM is made of.  A number
 * with n integer bits is one of 16 bits in units of 2^(n - 15), held in an s32;
 * the constants are those of 32 bits, rounded to the nearest.  Defined for all
 * arguments of 16 bits.
 */
#ifndef NPUM_FIXED16_H
#define NPUM_FIXED16_H

#include "npum_requant.h"

#define NPUM_FIXED16_ONE 32767

/* To the range of 16 bits. */
static inline s32 npum_fixed16_saturate(s32 x)
{
	return x > NPUM_FIXED16_ONE ? NPUM_FIXED16_ONE : x < -32768 ? -32768 : x;
}

/* Sums wrap in 16 bits, as there. */
static inline s32 npum_fixed16_wrap(s32 x)
{
	return (s16)(u16)x;
}

/* a * b * 2^-15, halves up: gemmlowp's nudge by the sign and division towards zero */
static inline s32 npum_fixed16_mul(s32 a, s32 b)
{
	return npum_fixed16_saturate((a * b + (1 << 14)) >> 15);
}

/* exp(a) for a in [-1/4, 0), both with 0 integer bits: Taylor series around -1/8. */
static inline s32 npum_fixed16_exp_quarter(s32 a)
{
	const s32 exp_minus_eighth = 28918, third = 10923;
	s32 x = npum_fixed16_wrap(a + (1 << 12));
	s32 x2 = npum_fixed16_mul(x, x);
	s32 x3 = npum_fixed16_mul(x2, x);
	s32 x4 = npum_fixed16_mul(x2, x2);
	s32 tail = npum_fixed16_mul(npum_fixed16_wrap(npum_rdbp(x4, 2) + x3), third);

	tail = npum_rdbp(npum_fixed16_wrap(tail + x2), 1);
	x = npum_fixed16_mul(exp_minus_eighth, npum_fixed16_wrap(x + tail));
	return npum_fixed16_saturate(exp_minus_eighth + x);
}

/**
 * npum_fixed16_exp() - exp(a) for a <= 0
 * @a: -32768..0, with @bits integer bits
 * @bits: 1..7
 *
 * Return: with 0 integer bits; exp(0) is NPUM_FIXED16_ONE
 */
static inline s32 npum_fixed16_exp(s32 a, u32 bits)
{
	/* exp(-2^k) for k = -2, -1, .. 4; each of a bit, from that of 1/4 up */
	static const s32 factors[] = { 25520, 19875, 12055, 4435, 600, 11, 0 };
	const u32 fraction_bits = 15 - bits;
	const s32 quarter = 1 << (fraction_bits - 2);
	s32 below = (a & (quarter - 1)) - quarter;
	s32 above = npum_fixed16_wrap(below - a);
	s32 result;

	if (!a)
		return NPUM_FIXED16_ONE;
	/* -32 and less, where there are so many integer bits */
	if (bits > 5 && a < -(32 << fraction_bits))
		return 0;
	result = npum_fixed16_exp_quarter(npum_fixed16_saturate(below * (1 << bits)));
	for (u32 k = 0; k < ARRAY_SIZE(factors) && k < bits + 2; k++)
		if (above & (1 << (fraction_bits - 2 + k)))
			result = npum_fixed16_mul(result, factors[k]);
	return result;
}

/* 2 / (1 + a) with 2 integer bits, for a in [0, 1] with 0: three Newton steps. */
static inline s32 npum_fixed16_twice_reciprocal(s32 a)
{
	const s32 c48_17 = 23130, minus_c32_17 = -15420, one = 1 << 13;
	s32 half = (a + NPUM_FIXED16_ONE + 1) / 2;
	s32 x = npum_fixed16_wrap(c48_17 + npum_fixed16_mul(half, minus_c32_17));

	for (u32 step = 0; step < 3; step++) {
		s32 error = npum_fixed16_wrap(one - npum_fixed16_mul(half, x));

		error = npum_fixed16_saturate(npum_fixed16_mul(x, error) * 4);
		x = npum_fixed16_wrap(x + error);
	}
	return x;
}

/** npum_fixed16_logistic() - 1 / (1 + exp(-a)), @a with 3 integer bits, the result with 0 */
static inline s32 npum_fixed16_logistic(s32 a)
{
	s32 x;

	if (!a)
		return 1 << 14;
	x = npum_fixed16_twice_reciprocal(npum_fixed16_exp(a < 0 ? a : -a, 3));
	x = npum_fixed16_saturate(x * 2);
	return a > 0 ? x : NPUM_FIXED16_ONE - x;
}

/** npum_fixed16_tanh() - tanh(a), @a with @bits integer bits, 0..6, the result with 0 */
static inline s32 npum_fixed16_tanh(s32 a, u32 bits)
{
	s32 x;

	if (!a)
		return 0;
	/* (1 - e) / (1 + e) = 2 / (1 + e) - 1 with e = exp(-2 |a|) */
	x = npum_fixed16_twice_reciprocal(npum_fixed16_exp(a < 0 ? a : -a, bits + 1));
	x = npum_fixed16_saturate(npum_fixed16_wrap(x - (1 << 13)) * 4);
	return a < 0 ? -x : x;
}

#endif /* NPUM_FIXED16_H */
