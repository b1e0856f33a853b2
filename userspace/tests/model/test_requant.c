// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Requantisation: golden vectors, the law of their mismatch, hostile arguments. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "npum_requant.h"
#include "op_case.h"
#include "rounding.h"

#define SEED 0x5eed0000003ull

/**
 * struct golden - a product whose rounded value is known
 * @acc: accumulator
 * @mult: multiplier in Q0.31
 * @shift: exponent
 * @twice: rounded twice (TFLite, TOSA double_round)
 * @once: rounded once, halves up
 * @away: rounded once, halves away from zero
 * @up: rounded twice, halves up both times
 * @real: product in binary32, halves to even
 * @even: rounded once, halves to even
 * @truncate: rounded once, towards zero
 * @floor: rounded once, towards minus infinity
 * @up24: rounded once, halves up, from the 24 bits of a binary32 factor (XNNPACK's rndnu)
 * @even16: rounded once, halves to even, from the first 16 of them (VIPNano-QI)
 * @away15: rounded once, away from zero, from 15 bits to the nearest (NVDLA)
 */
struct golden {
	s32 acc;
	s32 mult;
	s32 shift;
	s32 twice;
	s32 once;
	s32 away;
	s32 up;
	s32 real;
	s32 even;
	s32 truncate;
	s32 floor;
	s32 up24;
	s32 even16;
	s32 away15;
};

/* From programs that call gemmlowp and TFLite themselves, @real from XNNPACK's, and formulas. */
static const struct golden goldens[] = {
	{ 5, 1073741824, 0, 3, 3, 3, 3, 2, 2, 2, 2, 3, 2, 3 },
	{ -5, 1073741824, 0, -2, -2, -3, -2, -2, -2, -2, -3, -2, -2, -3 },
	{ -3, 1073741824, 0, -1, -1, -2, -1, -2, -2, -1, -2, -1, -2, -2 },
	{ 10, 1073741824, -1, 3, 3, 3, 3, 2, 2, 2, 2, 3, 2, 3 },
	{ -10, 1073741824, -1, -3, -2, -3, -2, -2, -2, -2, -3, -2, -2, -3 },
	{ -6, 1073741824, -1, -2, -1, -2, -1, -2, -2, -1, -2, -1, -2, -2 },
	{ -1371, 1628833176, -5, -33, -32, -32, -32, -32, -32, -32, -33, -32, -32, -32 },
	{ 1613, 1469660129, -5, 35, 34, 34, 35, 34, 34, 34, 34, 34, 34, 34 },
	{ -2568, 1846440555, -6, -35, -35, -35, -34, -35, -35, -34, -35, -35, -34, -34 },
	{ 3553, 1208828469, -5, 63, 63, 63, 63, 62, 63, 62, 62, 63, 62, 62 },
};

static s32 bits_of(double factor)
{
	float narrow = (float)factor;
	s32 bits;

	memcpy(&bits, &narrow, sizeof(bits));
	return bits;
}

/* The first @bits bits of a multiplier, dropped or to the nearest. */
static s32 first_bits(s32 mult, u32 bits, bool nearest)
{
	s32 last = 1 << (31 - bits);

	return (mult + (nearest ? last / 2 : 0)) & -last;
}

static void test_goldens(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(goldens); i++) {
		const struct golden *g = &goldens[i];

		assert_int_equal(npum_requant(NPUM_ROUND_DOUBLE, g->acc, g->mult, g->shift),
				 g->twice);
		assert_int_equal(npum_requant(NPUM_ROUND_SINGLE, g->acc, g->mult, g->shift),
				 g->once);
		assert_int_equal(npum_requant(NPUM_ROUND_AWAY, g->acc, g->mult, g->shift), g->away);
		assert_int_equal(npum_requant(NPUM_ROUND_DOUBLE_UP, g->acc, g->mult, g->shift),
				 g->up);
		assert_int_equal(npum_requant(NPUM_ROUND_FLOAT, g->acc,
					      bits_of(ldexp(g->mult, g->shift - 31)), 0),
				 g->real);
		assert_int_equal(npum_requant(NPUM_ROUND_EVEN, g->acc, g->mult, g->shift), g->even);
		assert_int_equal(npum_requant(NPUM_ROUND_TRUNCATE, g->acc, g->mult, g->shift),
				 g->truncate);
		assert_int_equal(npum_requant(NPUM_ROUND_FLOOR, g->acc, g->mult, g->shift),
				 g->floor);
		assert_int_equal(npum_requant(NPUM_ROUND_SINGLE, g->acc,
					      first_bits(g->mult, 24, true), g->shift),
				 g->up24);
		assert_int_equal(npum_requant(NPUM_ROUND_EVEN, g->acc,
					      first_bits(g->mult, 16, false), g->shift),
				 g->even16);
		assert_int_equal(npum_requant(NPUM_ROUND_AWAY, g->acc,
					      first_bits(g->mult, 15, true), g->shift),
				 g->away15);
	}
}

static void test_saturation(void **state)
{
	assert_int_equal(npum_srdhm(S32_MIN, S32_MIN), S32_MAX);
	assert_int_equal(npum_srdhm(S32_MIN, S32_MAX), -S32_MAX);
	assert_int_equal(npum_srdhm(S32_MAX, S32_MAX), S32_MAX - 1);
	assert_int_equal(npum_rdbp(S32_MIN, 31), -1);
	assert_int_equal(npum_rdbp(S32_MAX, 31), 1);
	assert_int_equal(npum_rdbp(1 << 30, 31), 1);
	assert_int_equal(npum_rdbp(-(1 << 30), 31), -1);
	assert_int_equal(npum_rdbp(-7, 0), -7);
}

/* Shifts beyond the range act as the range's end, whatever a table holds. */
static void test_shift_is_clamped(void **state)
{
	static const s32 beyond[] = { 31, 32, 63, 1000, S32_MAX, -32, -33, -64, -1000, S32_MIN };
	u64 random = SEED;

	for (u32 round = 0; round < 1000; round++) {
		s32 shift = beyond[round % ARRAY_SIZE(beyond)];
		s32 x = (s32)conv_random(&random), mult = (s32)conv_random(&random);

		for (enum npum_rounding r = NPUM_ROUND_DOUBLE; r <= NPUM_ROUND_FLOOR; r++)
			assert_int_equal(npum_requant(r, x, mult, shift),
					 npum_requant(r, x, mult,
						      shift > 0 ? NPUM_SHIFT_MAX : NPUM_SHIFT_MIN));
	}
}

/* Against rounding_requant(), which knows division of 128-bit integers and double only. */
static void test_formula(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < 3000000; round++) {
		enum npum_rounding r = round % (NPUM_ROUND_FLOOR + 1);
		bool hostile = conv_random(&random) % 4 == 0;
		s32 x = (s32)conv_random(&random) >> (conv_random(&random) % 31);
		s32 mult = hostile ? (s32)conv_random(&random) :
				     op_between(&random, 1 << 30, S32_MAX);
		s32 shift = op_between(&random, hostile ? NPUM_SHIFT_MIN : -12,
				       hostile ? NPUM_SHIFT_MAX : 4);

		if (r == NPUM_ROUND_FLOAT && !hostile)
			mult = bits_of(ldexp(mult, shift - 31));
		assert_int_equal(npum_requant(r, x, mult, shift),
				 rounding_requant(r, x, mult, shift));
	}
}

/* LiteRT's reference FULLY_CONNECTED is round(acc * factor) in double. */
static void test_away_is_round(void **state)
{
	/* Dyadic factors meet ties, others do not. */
	static const double factors[] = { 0.5,	      0.25,	    0.125,	0.375,
					  1.0 / 1024, 0.0237026422, 0.61803398, 1.0 / 3 };

	for (size_t i = 0; i < ARRAY_SIZE(factors); i++) {
		int shift;
		s32 mult = (s32)round(frexp(factors[i], &shift) * 0x1p31);

		for (s32 acc = -60000; acc <= 60000; acc++)
			assert_int_equal(npum_requant(NPUM_ROUND_AWAY, acc, mult, shift),
					 (s32)round(acc * factors[i]));
	}
}

/*
 * For smooth accumulators the roundings differ in 2^-(right + 1) of all values:
 * a second witness that both are what they claim, and what users are told.
 */
static void test_mismatch_law(void **state)
{
	const u32 samples = 400000;
	u64 random = SEED;

	for (s32 right = 1; right <= 6; right++) {
		u32 differ = 0, expected = samples >> (right + 1);

		for (u32 i = 0; i < samples; i++) {
			s32 x = op_between(&random, -1000000, 1000000);
			s32 mult = op_between(&random, 1 << 30, S32_MAX);

			differ += npum_requant_double(x, mult, -right, false) !=
				  npum_requant_once(NPUM_ROUND_SINGLE, x, mult, -right);
		}
		assert_in_range(differ, expected * 9 / 10, expected * 11 / 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),		 cmocka_unit_test(test_saturation),
		cmocka_unit_test(test_shift_is_clamped), cmocka_unit_test(test_formula),
		cmocka_unit_test(test_away_is_round),	 cmocka_unit_test(test_mismatch_law),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-requant", tests, NULL, NULL);
}
