// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* binary16 against its definition in double, and against the compiler's where it has one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conv_case.h"
#include "npum_half.h"
#include "npum_real_value.h"

#define SEED 0x5eed0000012ull

#if defined(__FLT16_MANT_DIG__)
#define HAVE_FLOAT16 1
#else
#define HAVE_FLOAT16 0
#endif

/* What the encoding means. */
static double value_of(u16 h)
{
	double m = h & 0x3ff;
	int e = h >> 10 & 31;
	double v;

	if (e == 31)
		v = m != 0 ? (double)NAN : (double)INFINITY;
	else
		v = e ? ldexp(m + 1024, e - 25) : ldexp(m, -24);
	return h & 0x8000 ? -v : v;
}

static void test_widen(void **state)
{
	for (u32 h = 0; h < 65536; h++) {
		float v = npum_real(npum_half_widen((u16)h));

		if (isnan(value_of((u16)h)))
			assert_int_equal(npum_half_widen((u16)h), 0x7fc00000);
		assert_int_equal(npum_real_bits(npum_real_from_half((u16)h)),
				 npum_half_widen((u16)h));
		if (isnan(value_of((u16)h)))
			continue;
		else
			assert_true((double)v == value_of((u16)h) && !signbit(v) == !(h & 0x8000));
	}
}

/* The first of the 0x7c00 finite magnitudes that is not below @v, by bisection. */
static u16 bound_of(double v)
{
	u32 low = 0, high = NPUM_HALF_INFINITY;

	while (low < high) {
		u32 mid = (low + high) / 2;

		if (value_of((u16)mid) < v)
			low = mid + 1;
		else
			high = mid;
	}
	return (u16)low;
}

/* Infinity's place in the rounding is that of the number behind the last one. */
static double place_of(u16 h)
{
	return h == NPUM_HALF_INFINITY ? 65536 : value_of(h);
}

/* The same in binary32, as vector code has it. */
static void check_rounded(u32 bits)
{
	float v = npum_real(bits);

	assert_int_equal(npum_real_bits(npum_real_round_half(v, false)),
			 npum_half_widen(npum_half_narrow(bits)));
	assert_int_equal(npum_real_bits(npum_real_round_half(v, true)),
			 npum_half_widen(npum_half_truncate(bits)));
}

static void check_narrow(u32 bits)
{
	double v = (double)npum_real(bits), a = fabs(v), below, above;
	u16 sign = (u16)(bits >> 31 << 15), up, down, nearest;

	check_rounded(bits);
	if (isnan(v)) {
		assert_int_equal(npum_half_narrow(bits), NPUM_HALF_NAN);
		assert_int_equal(npum_half_truncate(bits), NPUM_HALF_NAN);
		return;
	}
	if (isinf(v)) {
		assert_int_equal(npum_half_narrow(bits), sign | NPUM_HALF_INFINITY);
		assert_int_equal(npum_half_truncate(bits), sign | NPUM_HALF_INFINITY);
		return;
	}
	up = bound_of(fmin(a, 65536));
	down = place_of(up) == a || !up ? up : (u16)(up - 1);
	below = a - place_of(down);
	above = place_of(up) - a;
	nearest = below < above || (below == above && !(down & 1)) ? down : up;
	if (a >= 65536)
		nearest = down = NPUM_HALF_INFINITY;
	if (npum_half_narrow(bits) != (sign | nearest))
		fail_msg("%a becomes %04x, not %04x", v, npum_half_narrow(bits), sign | nearest);
	if (npum_half_truncate(bits) != (sign | down))
		fail_msg("%a is cut to %04x, not %04x", v, npum_half_truncate(bits), sign | down);
#if HAVE_FLOAT16
	{
		_Float16 h = (_Float16)npum_real(bits);
		u16 is;

		memcpy(&is, &h, sizeof(is));
		assert_int_equal(npum_half_narrow(bits), is);
	}
#endif
}

/* Every number of binary16, every midpoint between two of them, and all their neighbours. */
static void test_narrow_neighbours(void **state)
{
	for (u32 h = 0; h < NPUM_HALF_INFINITY; h++) {
		u32 bits = npum_half_widen((u16)h);
		float next = (float)place_of((u16)(h + 1));
		u32 mid = npum_real_bits((npum_real(bits) + next) / 2);

		for (s32 d = -2; d <= 2; d++)
			for (u32 sign = 0; sign < 2; sign++) {
				check_narrow((u32)max((s32)bits + d, 0) | sign << 31);
				check_narrow((u32)max((s32)mid + d, 0) | sign << 31);
			}
	}
}

static void test_narrow_random(void **state)
{
	u64 random = SEED;

	for (u32 i = 0; i < 300000; i++)
		check_narrow(conv_random(&random));
	for (u32 top = 0; top < 512; top++)
		for (u32 i = 0; i < 100; i++)
			check_narrow(top << 23 | conv_random(&random) >> 9);
}

/*
 * Sums, products and quotients in binary32, rounded again, are those rounded once:
 * against binary64, where sums and products of binary16 are exact.
 */
static void check_twice(u16 a, u16 b)
{
	float x = npum_real(npum_half_widen(a)), y = npum_real(npum_half_widen(b));
	const float twice[] = { x + y, x * y };
	const double once[] = { (double)x + (double)y, (double)x * (double)y };

	for (u32 i = 0; i < ARRAY_SIZE(twice); i++) {
		double v = once[i];
		u32 odd = npum_real_bits((float)v);

		if (isnan(v) || isinf(v))
			continue;
		/* round to odd in binary32, which a second rounding cannot spoil */
		if ((double)npum_real(odd) != v) {
			if (fabs((double)npum_real(odd)) > fabs(v))
				odd--;
			odd |= 1;
		}
		if (npum_half_narrow(npum_real_bits(twice[i])) != npum_half_narrow(odd))
			fail_msg("%04x and %04x: %a rounds twice", a, b, v);
	}
}

static void test_twice(void **state)
{
	u64 random = SEED;

	for (u32 i = 0; i < 2000000; i++) {
		u32 pair = conv_random(&random);

		check_twice((u16)pair, (u16)(pair >> 16));
	}
}

static void test_saturate(void **state)
{
	for (u32 h = 0; h < 65536; h++) {
		double v = value_of((u16)h), s = value_of(npum_half_saturate((u16)h));

		if (isinf(v))
			assert_true(fabs(s) == 65504 && (s > 0) == (v > 0));
		else
			assert_int_equal(npum_half_saturate((u16)h), h);
	}
}

static void test_flush(void **state)
{
	for (u32 h = 0; h < 65536; h++) {
		double v = value_of((u16)h), f = value_of(npum_half_flush((u16)h));

		if (fabs(v) < 0x1p-14)
			assert_true(f == 0 && !signbit(f) == !signbit(v));
		else
			assert_int_equal(npum_half_flush((u16)h), h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widen),	      cmocka_unit_test(test_narrow_neighbours),
		cmocka_unit_test(test_narrow_random), cmocka_unit_test(test_twice),
		cmocka_unit_test(test_flush),	      cmocka_unit_test(test_saturate),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-half", tests, NULL, NULL);
}
