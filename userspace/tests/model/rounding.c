// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "rounding.h"

#include <math.h>

/* Largest integer not above n / d. */
static __int128 floor_div(__int128 n, __int128 d)
{
	__int128 q = n / d;

	return n % d < 0 ? q - 1 : q;
}

s64 rounding_divide(enum npum_rounding rounding, __int128 v, u32 bits)
{
	__int128 unit = (__int128)1 << bits, size = v < 0 ? -v : v;
	__int128 low = floor_div(v, unit), rest = v - low * unit, steps;

	switch (rounding) {
	case NPUM_ROUND_AWAY:
		steps = (size + unit / 2) / unit;
		return (s64)(v < 0 ? -steps : steps);
	case NPUM_ROUND_EVEN:
		if (2 * rest == unit)
			return (s64)(low + (low % 2 != 0));
		return (s64)(low + (2 * rest > unit));
	case NPUM_ROUND_TRUNCATE:
		return (s64)(v / unit);
	case NPUM_ROUND_FLOOR:
		return (s64)low;
	default:
		return (s64)(low + (2 * rest >= unit));
	}
}

double rounding_product(s64 v, s32 factor, s32 offset)
{
	float f, b, narrow = (float)v;

	memcpy(&f, &factor, sizeof(f));
	memcpy(&b, &offset, sizeof(b));
	/* exact in double: 48 bits */
	narrow = (float)((double)narrow * (double)f);
	return (double)(narrow + b);
}

s64 rounding_float(double v)
{
	if (!(v > -65536))
		return -65536;
	return v < 65536 ? (s64)nearbyint(v) : 65536;
}

s64 rounding_requant(enum npum_rounding rounding, s64 v, s32 mult, s32 shift)
{
	s64 high;

	if (rounding == NPUM_ROUND_FLOAT)
		return rounding_float(rounding_product(v, mult, 0));
	shift = clamp(shift, -31, 30);
	if (rounding != NPUM_ROUND_DOUBLE && rounding != NPUM_ROUND_DOUBLE_UP)
		return (s32)rounding_divide(rounding, (__int128)v * mult, (u32)(31 - shift));

	if (shift > 0)
		v = (s32)(u32)((u64)v << shift);
	high = (s64)floor_div((__int128)v * mult + ((s64)1 << 30), (__int128)1 << 31);
	high = min(high, (s64)S32_MAX);
	if (shift >= 0)
		return high;
	return rounding_divide(rounding == NPUM_ROUND_DOUBLE ? NPUM_ROUND_AWAY : NPUM_ROUND_SINGLE,
			       high, (u32)-shift);
}

__int128 rounding_high(s64 v, s32 mult, s32 shift)
{
	__int128 product = (__int128)v * mult * ((__int128)1 << max(shift, 0));

	return floor_div(product + ((s64)1 << 30), (__int128)1 << 31);
}

s64 rounding_wide(enum npum_rounding rounding, s64 v, s32 mult, s32 shift)
{
	__int128 high;

	if (rounding == NPUM_ROUND_FLOAT)
		return rounding_float(rounding_product(v, mult, 0));
	shift = clamp(shift, -31, 30);
	if (rounding != NPUM_ROUND_DOUBLE && rounding != NPUM_ROUND_DOUBLE_UP)
		return (s32)rounding_divide(rounding, (__int128)v * mult, (u32)(31 - shift));

	high = rounding_high(v, mult, shift);
	if (shift >= 0)
		return (s32)high;
	return (s32)rounding_divide(rounding == NPUM_ROUND_DOUBLE ? NPUM_ROUND_AWAY :
								    NPUM_ROUND_SINGLE,
				    high, (u32)-shift);
}
