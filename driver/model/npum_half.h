/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * IEEE 754 binary16 in integer arithmetic: conversions, and the roundings that
 * arithmetic of binary16 is made of.  Objects without floating-point registers
 * may use it; the bits of a binary32 stand for the number.
 *
 * Sums and products of two binary16 numbers: a product has 22 significant bits
 * and a sum at most 2 * 11 + 2 rounding positions less than binary32's 24, so both
 * may be computed in binary32 and rounded to binary16 without harm (the product is
 * exact in binary32; of the sum 24 >= 2 * 11 + 2 makes the second rounding
 * innocuous, Figueroa 1995).
 */
#ifndef NPUM_HALF_H
#define NPUM_HALF_H

#include "npum_port.h"

/* bits of binary16 */
#define NPUM_HALF_INFINITY 0x7c00u
#define NPUM_HALF_NAN 0x7e00u

/**
 * npum_half_widen() - bits of the binary32 that is equal to a binary16
 * @h: bits of the binary16
 *
 * Not-a-number becomes the canonical one.
 */
static inline u32 npum_half_widen(u16 h)
{
	u32 sign = (u32)(h & 0x8000) << 16, exponent = h >> 10 & 0x1f, m = h & 0x3ff;
	u32 lead;

	if (exponent == 0x1f)
		return m ? 0x7fc00000 : sign | 0x7f800000;
	if (exponent)
		return sign | (exponent + 112) << 23 | m << 13;
	if (!m)
		return sign;
	/* m * 2^-24, from its leading bit */
	lead = 31u - (u32)__builtin_clz(m);
	return sign | (lead + 103) << 23 | ((m << (23 - lead)) & 0x7fffff);
}

/*
 * Magnitude of a binary32 in units of the binary16 that it will become: the result
 * without rounding in the upper bits, behind it @cut bits that go.
 */
static inline u32 npum_half_place(u32 magnitude, u32 *cut)
{
	u32 exponent = magnitude >> 23;
	bool normal = exponent >= 113;

	/* denormal: units of 2^-24; what is far below half of one only has to stay there */
	*cut = normal ? 13 : min(126 - exponent, 31u);
	return normal ? magnitude - (112u << 23) : (magnitude & 0x7fffff) | 0x800000;
}

/** npum_half_narrow() - binary32 bits to the nearest binary16, halves to even */
static inline u16 npum_half_narrow(u32 bits)
{
	u32 magnitude = bits & 0x7fffffff, sign = bits >> 16 & 0x8000, cut, place;

	place = npum_half_place(magnitude, &cut);
	place = (place + ((1u << cut) >> 1) - 1 + (place >> cut & 1)) >> cut;
	/* 65520 and more */
	place = magnitude >= 0x477ff000 ? NPUM_HALF_INFINITY : place;
	return (u16)(magnitude > 0x7f800000 ? NPUM_HALF_NAN : sign | place);
}

/**
 * npum_half_truncate() - to the nearest binary16 that is not larger in magnitude
 * @bits: of a binary32
 *
 * Numbers of 65536 and more become infinity.
 */
static inline u16 npum_half_truncate(u32 bits)
{
	u32 magnitude = bits & 0x7fffffff, sign = bits >> 16 & 0x8000, cut, place;

	place = npum_half_place(magnitude, &cut);
	place >>= cut;
	place = magnitude >= 0x47800000 ? NPUM_HALF_INFINITY : place;
	return (u16)(magnitude > 0x7f800000 ? NPUM_HALF_NAN : sign | place);
}

/** npum_half_flush() - a denormal becomes zero of its sign */
static inline u16 npum_half_flush(u16 h)
{
	return h & NPUM_HALF_INFINITY ? h : h & 0x8000;
}

/** npum_half_saturate() - infinity becomes the greatest finite number of its sign */
static inline u16 npum_half_saturate(u16 h)
{
	return (h & 0x7fff) == NPUM_HALF_INFINITY ? (u16)(h - 1) : h;
}

#endif /* NPUM_HALF_H */
