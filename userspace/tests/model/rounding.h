/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Roundings from their definitions, apart from the model's code: 128-bit integers and double. */
#ifndef ROUNDING_H
#define ROUNDING_H

#include "npum_personality.h"

/**
 * rounding_divide() - v / 2^bits in one rounding; SINGLE, AWAY, EVEN, TRUNCATE or FLOOR
 *
 * Return: the lower 64 bits of the result
 */
s64 rounding_divide(enum npum_rounding rounding, __int128 v, u32 bits);

/**
 * rounding_requant() - v * mult * 2^(shift - 31)
 * @rounding: for FLOAT @mult holds the bits of the factor
 * @v: a 32-bit value
 * @mult: multiplier
 * @shift: exponent, taken as clamped to [-31, 30]
 */
s64 rounding_requant(enum npum_rounding rounding, s64 v, s32 mult, s32 shift);

/**
 * rounding_high() - the first step of DOUBLE without its limits
 *
 * Return: v * mult * 2^(max(shift, 0) - 31), halves up; @shift at most 30
 */
__int128 rounding_high(s64 v, s32 mult, s32 shift);

/**
 * rounding_wide() - v * mult * 2^(shift - 31) of a 64-bit value, the product exact
 *
 * Arguments as of rounding_requant().  Return: the lower 32 bits of the result
 */
s64 rounding_wide(enum npum_rounding rounding, s64 v, s32 mult, s32 shift);

/**
 * rounding_float() - a value in binary32 as codes: limited to 2^16 in size, halves to even
 * @v: a binary32 number
 */
s64 rounding_float(double v);

/** rounding_product() - v * factor + offset, each step rounded to binary32; bits of the latter */
double rounding_product(s64 v, s32 factor, s32 offset);

#endif /* ROUNDING_H */
