/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Accumulators of up to 64 bits and their requantisation, x * mult * 2^(shift - 31).
 * The product has 96 bits; it is held in two words, as kernels for 32-bit
 * machines have no 128-bit integers.  Nothing is undefined for any argument.
 */
#ifndef NPUM_WIDE_H
#define NPUM_WIDE_H

#include "npum_acc.h"
#include "npum_counters.h"
#include "npum_requant.h"

/**
 * struct npum_wide - a 128-bit integer in two's complement
 * @high: its upper half, with the sign
 * @low: its lower half
 */
struct npum_wide {
	s64 high;
	u64 low;
};

/** npum_wide_product() - x * mult, exactly */
static inline struct npum_wide npum_wide_product(s64 x, s32 mult)
{
	/* x = upper * 2^32 + lower: neither partial product passes 63 bits and a sign */
	s64 upper = (x >> 32) * mult, lower = (s64)(u32)x * mult;
	struct npum_wide p = { .low = ((u64)upper << 32) + (u64)lower };

	p.high = (upper >> 32) + (lower >> 63) + (p.low < (u64)lower);
	return p;
}

/** npum_wide_add() - p + v */
static inline struct npum_wide npum_wide_add(struct npum_wide p, u64 v)
{
	struct npum_wide sum = { .low = p.low + v };

	sum.high = (s64)((u64)p.high + (sum.low < v));
	return sum;
}

/** npum_wide_shift() - floor(p / 2^bits), wrapping; @bits 1..63 */
static inline s64 npum_wide_shift(struct npum_wide p, u32 bits)
{
	return (s64)(p.low >> bits | (u64)p.high << (64 - bits));
}

/* Half of 2^bits to the nearest, ties away from zero or up; @bits 0..31. */
static inline s64 npum_wide_shift_right(s64 x, u32 bits, bool up)
{
	s64 mask = ((s64)1 << bits) - 1;
	s64 threshold = (mask >> 1) + (x < 0 && !up);

	return (x >> bits) + ((x & mask) > threshold);
}

/* What is added to a product before the bits that do not fit are dropped. */
static inline u64 npum_wide_nudge(enum npum_rounding rounding, struct npum_wide p, u32 bits)
{
	u64 half = 1ull << (bits - 1);

	switch (rounding) {
	case NPUM_ROUND_AWAY:
		/* Of a tie below zero the larger neighbour is nearer to zero: miss it by one. */
		return p.high < 0 ? half - 1 : half;
	case NPUM_ROUND_EVEN:
		return half - 1 + ((u64)npum_wide_shift(p, bits) & 1);
	case NPUM_ROUND_TRUNCATE:
		return p.high < 0 ? (1ull << bits) - 1 : 0;
	case NPUM_ROUND_FLOOR:
		return 0;
	default:
		return half;
	}
}

/**
 * npum_requant_wide_float() - product in binary32, rounded half to even
 * @x: value
 * @factor: bits of a binary32 number, any of them
 *
 * In npum_float.c: enter only with the FPU at hand.
 *
 * Return: x * factor, limited to +-65536; that lower limit for what is not a number
 */
s32 npum_requant_wide_float(s64 x, u32 factor);

/** npum_requant_wide_float_tie() - has it exactly one half to decide? Likewise */
bool npum_requant_wide_float_tie(s64 x, u32 factor);

/**
 * npum_requant_wide() - npum_requant() of a 64-bit value
 * @rounding: of the personality; FLOAT only with the FPU at hand
 * @x: value
 * @mult: multiplier in Q0.31; FLOAT: bits of the factor
 * @shift: exponent, positive left; taken as clamped to [-31, 30]
 *
 * The product is exact.  DOUBLE does not saturate, and a left shift loses no bits.
 *
 * Return: the lower 32 bits of the result
 */
static inline s32 npum_requant_wide(enum npum_rounding rounding, s64 x, s32 mult, s32 shift)
{
	struct npum_wide p;
	u32 bits;

	if (rounding == NPUM_ROUND_FLOAT)
		return npum_requant_wide_float(x, (u32)mult);

	shift = shift < NPUM_SHIFT_MIN ? NPUM_SHIFT_MIN : shift;
	shift = shift > NPUM_SHIFT_MAX ? NPUM_SHIFT_MAX : shift;
	p = npum_wide_product(x, mult);
	if (rounding == NPUM_ROUND_DOUBLE || rounding == NPUM_ROUND_DOUBLE_UP) {
		bits = (u32)(31 - max(shift, 0));
		x = npum_wide_shift(npum_wide_add(p, 1ull << (bits - 1)), bits);
		x = npum_wide_shift_right(x, (u32)max(-shift, 0), rounding == NPUM_ROUND_DOUBLE_UP);
		return (s32)(u32)(u64)x;
	}
	bits = (u32)(31 - shift);
	p = npum_wide_add(p, npum_wide_nudge(rounding, p, bits));
	return (s32)(u32)(u64)npum_wide_shift(p, bits);
}

/** npum_requant_wide_ties() - roundings of npum_requant_wide() that decide exactly one half */
u32 npum_requant_wide_ties(enum npum_rounding rounding, s64 x, s32 mult, s32 shift);

/**
 * struct npum_wide_kind - an accumulator
 * @bits: its width, 32..64
 * @out_bits: what it hands on is limited to so many
 * @overflow: what it does at its limits
 */
struct npum_wide_kind {
	u32 bits;
	u32 out_bits;
	enum npum_acc_overflow overflow;
};

/** npum_wide_saturate() - a + b, limited to 64 bits */
static inline s64 npum_wide_saturate(s64 a, s64 b)
{
	s64 sum;

	if (check_add_overflow(a, b, &sum))
		return a < 0 ? (s64)(1ull << 63) : (s64)(~0ull >> 1);
	return sum;
}

/**
 * npum_wide_sum() - add a product to a sum
 * @a: the accumulator
 * @sum: what it holds: for SATURATE_END without the bias, which comes last
 * @product: below 2^31 in size
 *
 * Sums of NPUM_CONV_MAX_TERMS products stay below 2^48: only those with a bias
 * may pass 64 bits.
 */
static __always_inline s64 npum_wide_sum(const struct npum_wide_kind *a, s64 sum, s64 product)
{
	if (a->overflow == NPUM_ACC_SATURATE_EACH)
		return npum_acc_limit(npum_wide_saturate(sum, product), a->bits);
	return (s64)((u64)sum + (u64)product);
}

/** npum_wide_begin() - what the accumulator holds before the first product */
static __always_inline s64 npum_wide_begin(const struct npum_wide_kind *a, s64 bias)
{
	switch (a->overflow) {
	case NPUM_ACC_SATURATE_EACH:
		return npum_acc_limit(bias, a->bits);
	case NPUM_ACC_SATURATE_END:
		return 0;
	default:
		return bias;
	}
}

/** npum_wide_end() - what it hands on behind the last product */
static __always_inline s64 npum_wide_end(const struct npum_wide_kind *a, s64 sum, s64 bias)
{
	if (a->overflow == NPUM_ACC_SATURATE_END)
		sum = npum_acc_limit(npum_wide_saturate(sum, bias), a->bits);
	else if (a->overflow == NPUM_ACC_WRAP)
		sum = npum_acc_wrap(sum, a->bits);
	return npum_acc_limit(sum, a->out_bits);
}

/** npum_wide_acc() - the accumulator that a personality has for a product of int16 codes */
static inline struct npum_wide_kind npum_wide_acc(const struct npum_personality *p,
						  const struct vnpu_op *op)
{
	bool narrow = op->p.mode & VNPU_PRODUCT_NARROW;

	return (struct npum_wide_kind){
		.bits = narrow ? p->acc_bits : p->wide_acc_bits,
		.out_bits = narrow ? 32 : 64,
		.overflow = p->acc_overflow,
	};
}

#endif /* NPUM_WIDE_H */
