/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Tame requantisation tables: those that compilers emit, and that the vector
 * kernels bring to 8 bits on a shorter way with the same result.
 *
 * A table is tame when |bias| <= 2^29, mult >= 0 and the exponent lies in
 * [-20, 0] ([-20, -1] for a single rounding), and the product has at most 8192
 * terms.  Then 8192 products of at most 255 * 255 each keep |acc| below 2^30, so
 * nothing has wrapped, 2 * acc fits in 32 bits and
 *	y = (acc * mult + 2^30) >> 31 = (2 * acc * mult + 2^31) >> 32,	|y| <= 2^30
 * is the upper half of a 64-bit lane.  A shift by r > 0 bits that rounds ties
 * away from zero is floor((y - (y < 0) + 2^(r-1)) / 2^r), one that rounds them up
 * has no (y < 0); one by 0 bits is y.
 * With r <= 20 and a zero point of at most 255 in size, y + 2^(r-1) + (zp << r)
 * stays under 2^31, and adding zp << r before the shift is adding zp after it.
 *
 * A single rounding, floor((acc * mult + 2^(30+r)) / 2^(31+r)) with r > 0, is
 * (((2 * acc * mult) >> 32) + 2^(r-1)) >> r: 2^(31+r) is a multiple of 2^32 and
 * may be added to the upper half alone, so that y needs no nudge of 2^31.
 *
 * A product in binary32 has one way only, of half a dozen instructions.
 */
#ifndef NPUM_TAME_H
#define NPUM_TAME_H

/** TAME_TERMS - most terms of a tame product */
#define TAME_TERMS 8192u
/** TAME_BIAS - largest size of a tame bias, 2^29 */
#define TAME_BIAS 536870912
/** TAME_SHIFT - most bits that a tame exponent shifts right */
#define TAME_SHIFT 20

#endif /* NPUM_TAME_H */
