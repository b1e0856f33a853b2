/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Multiplication by a quantised multiplier, x * mult * 2^(shift - 31), in the
 * roundings that accelerators use.  Free of undefined behaviour for all
 * arguments, since multipliers and shifts come from tables in user memory.
 */
#ifndef NPUM_REQUANT_H
#define NPUM_REQUANT_H

#include "npum_personality.h"
#include "npum_port.h"

/* Range of exponents; tables may hold any value and are taken as clamped to it. */
#define NPUM_SHIFT_MIN (-31)
#define NPUM_SHIFT_MAX 30

/**
 * npum_srdhm() - saturating rounding doubling high multiply
 * @a: any value
 * @b: any value
 *
 * gemmlowp's SaturatingRoundingDoublingHighMul.  Its nudge by the sign followed
 * by a division towards zero is floor((a * b + 2^30) / 2^31).
 */
static inline s32 npum_srdhm(s32 a, s32 b)
{
	s64 high = ((s64)a * b + (1ll << 30)) >> 31;

	return high > S32_MAX ? S32_MAX : (s32)high;
}

/**
 * npum_shift_right() - divide by 2^exponent, to the nearest
 * @x: any value
 * @exponent: 0..31
 * @up: ties go up instead of away from zero
 */
static inline s32 npum_shift_right(s32 x, u32 exponent, bool up)
{
	s32 mask = (s32)((1u << exponent) - 1);
	s32 threshold = (mask >> 1) + (x < 0 && !up);

	return (x >> exponent) + ((x & mask) > threshold);
}

/** npum_rdbp() - gemmlowp's RoundingDivideByPOT: npum_shift_right(), ties away from zero */
static inline s32 npum_rdbp(s32 x, u32 exponent)
{
	return npum_shift_right(x, exponent, false);
}

/** npum_shift_left() - x * 2^bits, wrapping; @bits 0..31 */
static inline s32 npum_shift_left(s32 x, u32 bits)
{
	return (s32)((u32)x << bits);
}

/**
 * npum_requant_double() - TFLite's MultiplyByQuantizedMultiplier: two roundings
 * @x: value
 * @mult: multiplier in Q0.31
 * @shift: exponent, positive left; taken as clamped to [-31, 30]
 * @up: ties of the second rounding go up, as in ruy's kernels for x86, instead of
 *	away from zero
 */
static inline s32 npum_requant_double(s32 x, s32 mult, s32 shift, bool up)
{
	u32 left, right;

	shift = shift < NPUM_SHIFT_MIN ? NPUM_SHIFT_MIN : shift;
	shift = shift > NPUM_SHIFT_MAX ? NPUM_SHIFT_MAX : shift;
	left = shift > 0 ? (u32)shift : 0;
	right = shift < 0 ? (u32)-shift : 0;

	return npum_shift_right(npum_srdhm(npum_shift_left(x, left), mult), right, up);
}

/**
 * npum_round_shift() - a product divided by 2^@bits in one rounding
 * @rounding: SINGLE, AWAY, EVEN, TRUNCATE or FLOOR; any other counts as SINGLE
 * @v: |v| <= 2^62
 * @bits: 1..62
 *
 * All of them are a shift, which rounds towards minus infinity, of a value that was
 * raised before: by half a unit for the nearest; less one where that would round up
 * a tie of a negative value (AWAY) or onto an odd result (EVEN), as less than the
 * last place moves nothing but ties; by a unit less one for negative values that
 * are to go up (TRUNCATE).
 */
static __always_inline s64 npum_round_shift(enum npum_rounding rounding, s64 v, u32 bits)
{
	s64 half = (s64)1 << (bits - 1);

	switch (rounding) {
	case NPUM_ROUND_AWAY:
		return (v + half - (v < 0)) >> bits;
	case NPUM_ROUND_EVEN:
		return (v + half - 1 + ((v >> bits) & 1)) >> bits;
	case NPUM_ROUND_TRUNCATE:
		return (v + (v < 0 ? 2 * (half - 1) + 1 : 0)) >> bits;
	case NPUM_ROUND_FLOOR:
		return v >> bits;
	default:
		return (v + half) >> bits;
	}
}

/**
 * npum_requant_once() - one shift of the product
 * @rounding: as for npum_round_shift()
 * @x: value
 * @mult: multiplier in Q0.31
 * @shift: exponent, positive left; taken as clamped to [-31, 30]
 *
 * Return: x * mult * 2^(shift - 31), wrapping
 */
static __always_inline s32 npum_requant_once(enum npum_rounding rounding, s32 x, s32 mult,
					     s32 shift)
{
	shift = shift < NPUM_SHIFT_MIN ? NPUM_SHIFT_MIN : shift;
	shift = shift > NPUM_SHIFT_MAX ? NPUM_SHIFT_MAX : shift;

	return (s32)(u32)npum_round_shift(rounding, (s64)x * mult, (u32)(31 - shift));
}

/**
 * npum_requant_float() - product in binary32, rounded half to even
 * @x: value
 * @factor: bits of a binary32 number, any of them
 *
 * In npum_float.c: enter only with the FPU at hand.
 *
 * Return: x * factor, limited to +-65536; that lower limit for what is not a number
 */
s32 npum_requant_float(s32 x, u32 factor);

/** npum_requant_float_tie() - has npum_requant_float() exactly one half to decide? Likewise */
bool npum_requant_float_tie(s32 x, u32 factor);

/**
 * npum_requant_offset() - product in binary32 and a sum, rounded half to even at the end
 * @x: value
 * @factor: bits of a binary32 number, any of them
 * @offset: bits of the one that is added to the product
 *
 * In npum_float.c, likewise.
 *
 * Return: x * factor + offset, limited as npum_requant_float()
 */
s32 npum_requant_offset(s32 x, u32 factor, u32 offset);

/** npum_requant_offset_tie() - has npum_requant_offset() exactly one half to decide? Likewise */
bool npum_requant_offset_tie(s32 x, u32 factor, u32 offset);

/** npum_float_bits() - a zero point as bits of a binary32 number, likewise */
u32 npum_float_bits(s32 zero_point);

/**
 * npum_requant() - bring @x to another scale: x * mult * 2^(shift - 31), rounded
 * @rounding: of the personality; FLOAT only with the FPU at hand
 * @x: value; what leaves 32 bits wraps
 * @mult: multiplier in Q0.31; FLOAT: bits of the factor
 * @shift: exponent, positive left; taken as clamped to [-31, 30]
 */
static inline s32 npum_requant(enum npum_rounding rounding, s32 x, s32 mult, s32 shift)
{
	switch (rounding) {
	case NPUM_ROUND_DOUBLE:
		return npum_requant_double(x, mult, shift, false);
	case NPUM_ROUND_DOUBLE_UP:
		return npum_requant_double(x, mult, shift, true);
	case NPUM_ROUND_FLOAT:
		return npum_requant_float(x, (u32)mult);
	default:
		return npum_requant_once(rounding, x, mult, shift);
	}
}

/** npum_wrap_add() - sum that wraps in 32 bits */
static inline s32 npum_wrap_add(s32 a, s32 b)
{
	return (s32)((u32)a + (u32)b);
}

/** npum_saturate() - @x limited to an output's clamp */
static inline s32 npum_saturate(s32 x, const s32 limit[2])
{
	x = x < limit[0] ? limit[0] : x;
	return x > limit[1] ? limit[1] : x;
}

#endif /* NPUM_REQUANT_H */
