/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Elements of floating-point operands, on their way from memory into binary32 and
 * back, and the roundings that a personality's real_* fields name.  Only for
 * objects that are built with floating-point registers, see model.mk.
 *
 * Every not-a-number that is stored is the canonical one: which of two an operation
 * passes on differs between processors and compilers.
 */
#ifndef NPUM_REAL_VALUE_H
#define NPUM_REAL_VALUE_H

#include "npum_counters.h"
#include "npum_half.h"
#include "npum_math.h"
#include "npum_personality.h"
#include "npum_real_variant.h"

/** NPUM_REAL_STEP - elements that kernels bring into binary32 at once */
#define NPUM_REAL_STEP 256u

/** npum_real_dtype() - is it one of floating point? */
static inline bool npum_real_dtype(u32 dtype)
{
	return dtype == VNPU_DTYPE_FLOAT32 || dtype == VNPU_DTYPE_FLOAT16;
}

/** npum_real_narrows() - are results of this dtype rounded to binary16? */
static inline bool npum_real_narrows(const struct npum_personality *p, u32 dtype)
{
	return dtype == VNPU_DTYPE_FLOAT16 || p->real_type == NPUM_REAL_BINARY16;
}

/** npum_real_to_half() - round to binary16 as the personality does */
static inline u16 npum_real_to_half(const struct npum_personality *p, float v)
{
	u32 bits = npum_real_bits(v);
	u16 h = p->real_round == NPUM_REAL_TRUNCATE ? npum_half_truncate(bits) :
						      npum_half_narrow(bits);

	h = p->real_overflow == NPUM_REAL_SATURATE ? npum_half_saturate(h) : h;
	return p->real_subnormals == NPUM_REAL_FLUSH ? npum_half_flush(h) : h;
}

/** npum_real_from_half() - the number of a binary16; a not-a-number is made canonical */
static inline float npum_real_from_half(u16 h)
{
	u32 magnitude = h & 0x7fff, sign = (u32)(h & 0x8000) << 16;
	/* denormals, exact */
	u32 small = npum_real_bits((float)(s32)magnitude * 0x1p-24f);
	u32 bits = (magnitude << 13) + (112u << 23);

	bits = magnitude >= NPUM_HALF_INFINITY ? 0x7f800000 : bits;
	bits = magnitude > NPUM_HALF_INFINITY ? 0x7fc00000 : bits;
	bits = magnitude < 0x400 ? small : bits;
	return npum_real(bits | (magnitude > NPUM_HALF_INFINITY ? 0 : sign));
}

/** npum_real_canonical() - @v, or the canonical not-a-number */
static inline float npum_real_canonical(float v)
{
	return v == v ? v : NPUM_MATH_NAN;
}

/** npum_real_flush() - a subnormal becomes zero of its sign */
static inline float npum_real_flush(float v)
{
	u32 bits = npum_real_bits(v);

	return npum_real(bits & 0x7f800000 ? bits : bits & 0x80000000);
}

/**
 * npum_real_odd() - binary64 to a binary32 whose rounding to binary16 is that of @v itself
 * @v: any number
 *
 * Where binary32 cannot hold @v it takes the neighbour with an odd last bit, which
 * lies on no tie and on the same side of each as @v.
 */
static inline float npum_real_odd(double v)
{
	float f = (float)v;
	u32 bits = npum_real_bits(f);

	bits -= npum_math_abs((double)f) > npum_math_abs(v) ? 1 : 0;
	bits |= (double)f != v ? 1 : 0;
	return npum_real(bits);
}

/**
 * npum_real_round_half() - the binary16 nearest to a number, as a binary32
 * @v: any number
 * @truncate: that towards zero instead; constant, for the sake of vector code
 *
 * The bits of npum_half_narrow() or npum_half_truncate(), widened.
 */
static __always_inline float npum_real_round_half(float v, const bool truncate)
{
	u32 bits = npum_real_bits(v), magnitude = bits & 0x7fffffff, whole, small;
	float a = npum_real(magnitude), near_half = magnitude < 0x38800000 ? a : 0.0f;

	/* subnormal: multiples of 2^-24, the last place of 1/2 */
	if (truncate)
		small = npum_real_bits((float)(s32)(near_half * 0x1p24f) * 0x1p-24f);
	else
		small = npum_real_bits((near_half + 0.5f) - 0.5f);
	whole = magnitude + (truncate ? 0 : 0xfff + (magnitude >> 13 & 1));
	whole &= ~0x1fffu;
	whole = whole >= 0x47800000 ? 0x7f800000 : whole;
	whole = magnitude < 0x38800000 ? small : whole;
	whole |= bits & 0x80000000;
	return npum_real(magnitude > 0x7f800000 ? 0x7fc00000 : whole);
}

/** npum_real_saturate() - an infinity becomes the greatest finite binary16 of its sign */
static inline float npum_real_saturate(float v)
{
	u32 bits = npum_real_bits(v);

	return npum_real((bits & 0x7fffffff) == 0x7f800000 ? (bits & 0x80000000) | 0x477fe000 :
							     bits);
}

/** npum_real_flush_half() - a subnormal of binary16 becomes zero of its sign */
static inline float npum_real_flush_half(float v)
{
	u32 bits = npum_real_bits(v);

	return npum_real((bits & 0x7fffffff) < 0x38800000 ? bits & 0x80000000 : bits);
}

/** npum_real_result() - round a result to the type that it has in memory */
static inline float npum_real_result(const struct npum_personality *p, bool half, float v)
{
	if (!half) {
		if (p->real_subnormals == NPUM_REAL_FLUSH)
			v = npum_real_flush(v);
		return npum_real_canonical(v);
	}
	v = p->real_round == NPUM_REAL_TRUNCATE ? npum_real_round_half(v, true) :
						  npum_real_round_half(v, false);
	v = p->real_overflow == NPUM_REAL_SATURATE ? npum_real_saturate(v) : v;
	return p->real_subnormals == NPUM_REAL_FLUSH ? npum_real_flush_half(v) : v;
}

/** npum_real_between() - @v limited; what is not a number stays so */
static inline float npum_real_between(float v, float low, float high)
{
	v = v < low ? low : v;
	return v > high ? high : v;
}

/** npum_real_maximum() - the greater, the second of equals; not a number where one is not */
static inline float npum_real_maximum(float x, float y)
{
	float v = x > y ? x : y;

	return x == x ? v : x;
}

/** npum_real_minimum() - the lesser, likewise */
static inline float npum_real_minimum(float x, float y)
{
	float v = x < y ? x : y;

	return x == x ? v : x;
}

/**
 * npum_real_load() - bring elements into binary32
 * @p: personality; one without binary32 rounds float32 elements to binary16
 * @dtype: float32 or float16
 * @from: first element
 * @step: bytes between elements; 0 repeats the first
 * @to: @count numbers
 * @count: how many
 */
void npum_real_load(const struct npum_personality *p, u32 dtype, const u8 *__restrict from,
		    u32 step, float *__restrict to, u32 count);

/**
 * npum_real_store() - round numbers and write them as elements
 * @p: personality
 * @dtype: float32 or float16
 * @v: @count numbers
 * @to: first element
 * @step: bytes between elements
 * @count: how many
 */
void npum_real_store(const struct npum_personality *p, u32 dtype, const float *__restrict v,
		     u8 *__restrict to, u32 step, u32 count);

/**
 * npum_real_count_row() - count results ahead of their clamp, rounded as they would be without
 * @n: counters
 * @p: personality
 * @dtype: of the output
 * @v: @count numbers
 * @count: how many
 * @low: least that the clamp lets through
 * @high: greatest
 */
void npum_real_count_row(struct npum_counters *n, const struct npum_personality *p, u32 dtype,
			 const float *v, u32 count, float low, float high);

/** npum_real_count() - the same; does nothing where @n is NULL */
static inline void npum_real_count(struct npum_counters *n, const struct npum_personality *p,
				   u32 dtype, const float *v, u32 count, float low, float high)
{
	if (n)
		npum_real_count_row(n, p, dtype, v, count, low, high);
}

/** npum_real_count_free() - npum_real_count() of results that have no clamp */
static inline void npum_real_count_free(struct npum_counters *n, const struct npum_personality *p,
					u32 dtype, const float *v, u32 count)
{
	npum_real_count(n, p, dtype, v, count, -NPUM_MATH_INFINITY, NPUM_MATH_INFINITY);
}

#endif /* NPUM_REAL_VALUE_H */
