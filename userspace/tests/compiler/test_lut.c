// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Designs of look-up tables: where points lie, their bits, what is between them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lut.h"
#include "quantised.h"

/* A usual table of interpolated points. */
static struct npum_personality usual(void)
{
	return (struct npum_personality){
		.lut = NPUM_LUT_INTERPOLATED,
		.lut_points = 257,
		.lut_bits = 16,
	};
}

static float half(float x)
{
	return x / 2;
}

static float logistic(float x)
{
	return 1 / (1 + expf(-x));
}

static float square(float x)
{
	return x * x;
}

static int code(const uint8_t lut[256], int at, uint32_t type)
{
	return type == NPUC_TYPE_INT8 ? (int8_t)lut[(uint8_t)at] : lut[(uint8_t)at];
}

/**
 * struct smooth - a function and tensors that it fits
 * @f: the function
 * @in: scale of the input
 * @out: scale of the output
 * @zero_in: zero point of an int8 input
 * @zero_out: zero point of an int8 output
 */
struct smooth {
	float (*f)(float);
	float in, out;
	int zero_in, zero_out;
};

/* Where there are 257 points of 16 bits, no code of a smooth function is off by more than one. */
static void check_smooth(const struct smooth *k, uint32_t type)
{
	struct npum_personality p = usual(), direct = { .quantize = NPUM_QUANTIZE_EVEN };
	int shift = type == NPUC_TYPE_INT8 ? 0 : 128;
	uint8_t lut[256], exact[256];
	struct quantised in, out;

	quantised(&in, type, k->in, k->zero_in + shift);
	quantised(&out, type, k->out, k->zero_out + shift);
	npuc_lut_function(&direct, &in.tensor, &out.tensor, k->f, exact);
	npuc_lut_function(&p, &in.tensor, &out.tensor, k->f, lut);
	for (int at = 0; at < 256; at++)
		assert_true(abs(code(lut, at, type) - code(exact, at, type)) <= 1);
}

static void test_close_to_the_function(void **state)
{
	static const struct smooth cases[] = {
		/* a zero point at the end of the range: all 256 codes are results */
		{ logistic, 0.05f, 1 / 256.f, 3, -128 },
		{ tanhf, 0.03f, 1 / 128.f, -20, 0 },
		{ half, 0.5f, 0.25f, 0, 5 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_smooth(&cases[i], NPUC_TYPE_INT8);
		check_smooth(&cases[i], NPUC_TYPE_UINT8);
	}
}

/* With 32 segments in each octave the first 64 codes are points themselves: halves are exact. */
static void test_ties(void **state)
{
	/* results of -63.5 and -62.5 */
	static const int ties[][2] = { { -64, -62 }, { -64, -63 }, { -63, -62 }, { -64, -63 } };
	struct quantised in, out;
	uint8_t lut[256];

	quantised(&in, NPUC_TYPE_INT8, 1, 0);
	quantised(&out, NPUC_TYPE_INT8, 1, 0);
	for (uint32_t round = 0; round <= NPUM_LUT_ROUND_FLOOR; round++) {
		struct npum_personality p = usual();

		p.lut_index = NPUM_LUT_EXPONENT;
		p.lut_round = round;
		npuc_lut_function(&p, &in.tensor, &out.tensor, half, lut);
		assert_int_equal((int8_t)lut[(uint8_t)-127], ties[round][0]);
		assert_int_equal((int8_t)lut[(uint8_t)-125], ties[round][1]);
		assert_int_equal((int8_t)lut[(uint8_t)-128], -64);
		assert_int_equal((int8_t)lut[126], 63);
	}
}

/* Distances of points from the lowest code, written down once more. */
static uint32_t list_points(const struct npum_personality *p, double where[300])
{
	uint32_t count = 0, segments = (p->lut_points - 1) / 8 ? (p->lut_points - 1) / 8 : 1;

	if (p->lut_index == NPUM_LUT_LINEAR) {
		for (; count < p->lut_points; count++)
			where[count] = count * 255.0 / (p->lut_points - 1);
		return count;
	}
	where[count++] = 0;
	for (double octave = 1; octave < 256; octave *= 2)
		for (uint32_t i = 0; i < segments; i++)
			where[count++] = octave + octave * i / segments;
	where[count++] = 256;
	return count;
}

/* The value at a distance, before it is rounded; -5 zero point, scales of 1/16 and 1/4. */
static double between(const struct npum_personality *p, double distance)
{
	double where[300] = { 0 }, unit = exp2(p->lut_bits - 8.0), point[2];
	uint32_t count = list_points(p, where), i = 0;

	while (i + 2 < count && where[i + 1] <= distance)
		i++;
	for (uint32_t k = 0; k < 2; k++) {
		double x = (where[i + k] - 128 + 5) / 16, y = x * x * 4 + 7;

		point[k] = nearbyint(fmin(fmax(y * unit, -128 * unit), 128 * unit - 1)) / unit;
	}
	return point[0] + (point[1] - point[0]) * (distance - where[i]) / (where[i + 1] - where[i]);
}

static void test_against_a_reference(void **state)
{
	static const uint32_t points[] = { 3, 5, 17, 65, 100, 129, 257 };
	struct quantised in, out;
	uint8_t lut[256];

	quantised(&in, NPUC_TYPE_INT8, 1 / 16.f, -5);
	quantised(&out, NPUC_TYPE_INT8, 1 / 4.f, 7);
	for (uint32_t i = 0; i < 7 * 9 * 2 * 4; i++) {
		struct npum_personality p = usual();

		p.lut_points = points[i % 7];
		p.lut_bits = 8 + i / 7 % 9;
		p.lut_index = i / 63 % 2;
		p.lut_round = i / 126;
		npuc_lut_function(&p, &in.tensor, &out.tensor, square, lut);
		for (int n = 0; n < 256; n++) {
			double real = between(&p, n), got = (int8_t)lut[(uint8_t)(n - 128)];
			double off = got - fmin(real, 127);

			if (p.lut_round == NPUM_LUT_ROUND_FLOOR)
				assert_true(off <= 1e-9 && off > -1 - 1e-9);
			else
				assert_true(fabs(off) <= 0.5 + 1e-9);
		}
	}
}

/* Chords of a convex curve lie above it; points moved by half of that miss it by half. */
static void test_correction(void **state)
{
	double miss[3] = { 0 };
	struct quantised in, out;
	uint8_t lut[256];

	quantised(&in, NPUC_TYPE_INT8, 1 / 16.f, 0);
	quantised(&out, NPUC_TYPE_INT8, 1 / 4.f, -128);
	for (uint32_t form = NPUM_LUT_CORRECT_WIDE; form <= NPUM_LUT_CORRECT_ALL; form++) {
		struct npum_personality p = usual();

		p.lut_points = 9;
		p.lut_correction = form;
		npuc_lut_function(&p, &in.tensor, &out.tensor, square, lut);
		/* the last point stays */
		for (int at = -120; at < 95; at++) {
			double real = fmin(at / 16.0 * (at / 16.0) * 4 - 128, 127);

			miss[form] = fmax(miss[form], fabs((int8_t)lut[(uint8_t)at] - real));
		}
	}
	assert_true(miss[NPUM_LUT_CORRECT_WIDE] == miss[NPUM_LUT_CORRECT_NONE]);
	assert_true(miss[NPUM_LUT_CORRECT_ALL] < 0.7 * miss[NPUM_LUT_CORRECT_NONE]);
}

static void test_wide_points(void **state)
{
	struct npum_personality p = { .lut_correction = NPUM_LUT_CORRECT_NONE };
	int16_t plain[VNPU_LUT_POINTS], corrected[VNPU_LUT_POINTS];
	const double width = 64 / 512.0;

	npuc_points(&p, exp, -64, 0, 2 / 65535.0, plain);
	p.lut_correction = NPUM_LUT_CORRECT_WIDE;
	npuc_points(&p, exp, -64, 0, 2 / 65535.0, corrected);
	for (uint32_t i = 0; i < VNPU_LUT_POINTS; i++) {
		double here = exp(-64 + i * width) * 32768, next = here * exp(width);
		double miss = (here + next) / 2 - here * exp(width / 2);

		assert_true(fabs(plain[i] - fmin(here, 32767)) <= 0.5);
		/* three roundings lie between */
		if (i < VNPU_LUT_POINTS - 1)
			assert_true(fabs(corrected[i] - (plain[i] - miss / 2)) <= 1.5);
	}
	assert_int_equal(corrected[VNPU_LUT_POINTS - 1], plain[VNPU_LUT_POINTS - 1]);
	/* chords of exp() lie above it */
	assert_true(corrected[VNPU_LUT_POINTS - 2] < plain[VNPU_LUT_POINTS - 2] - 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_close_to_the_function), cmocka_unit_test(test_ties),
		cmocka_unit_test(test_against_a_reference),   cmocka_unit_test(test_correction),
		cmocka_unit_test(test_wide_points),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-lut", tests, NULL, NULL);
}
