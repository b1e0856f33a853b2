/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Numbers in IEEE 754 binary32 without libm.  Only for objects that are built
 * with floating-point registers, see model.mk.
 */
#ifndef NPUM_REAL_H
#define NPUM_REAL_H

#include "npum_port.h"

/* Far outside of all codes: what lies beyond saturates anyway. */
#define NPUM_REAL_FAR 65536.0f

/** npum_real() - the number with these bits */
static inline float npum_real(u32 bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

/** npum_real_bits() - the bits of a number */
static inline u32 npum_real_bits(float f)
{
	u32 bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
}

/** npum_real_limit() - @v limited to +-NPUM_REAL_FAR; the lower limit if it is not a number */
static inline float npum_real_limit(float v)
{
	/* in the order of x86's MAXPS and MINPS, which vector variants use */
	v = v > -NPUM_REAL_FAR ? v : -NPUM_REAL_FAR;
	return v < NPUM_REAL_FAR ? v : NPUM_REAL_FAR;
}

/** npum_real_even() - nearest integer, halves to even, of |v| < 2^22 */
static inline s32 npum_real_even(float v)
{
	/* 1.5 * 2^23, in whose neighbourhood the last place is 1 */
	const float whole = 12582912.0f;

	return (s32)((v + whole) - whole);
}

/** npum_real_away() - nearest integer, halves away from zero, of |v| < 2^23 */
static inline s32 npum_real_away(float v)
{
	s32 whole = (s32)v;
	/* exact */
	float rest = v - (float)whole;

	return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

/** npum_real_is_half() - does |v| < 2^23 lie exactly between two integers? */
static inline bool npum_real_is_half(float v)
{
	float rest = v - (float)(s32)v;

	return rest == 0.5f || rest == -0.5f;
}

#endif /* NPUM_REAL_H */
