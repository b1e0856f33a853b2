// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Multipliers, ranges, tables and packed weights against numbers worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lut.h"
#include "pack.h"
#include "quantise.h"
#include "quantised.h"
#include "tflite.h"

static void test_multiplier(void **state)
{
	/* The last three are acc 1613, -1371 and 3553 in the collection of golden roundings. */
	static const struct {
		double factor;
		int32_t mult;
		int32_t shift;
	} rows[] = {
		{ 0, 0, 0 },
		{ 0.5, 1 << 30, 0 },
		{ 1, 1 << 30, 1 },
		{ 0.25, 1 << 30, -1 },
		/* Rounds up to 2^31, which becomes 2^30 and one more in the exponent. */
		{ 1 - 0x1p-40, 1 << 30, 1 },
		/* Too small for a shift of 31. */
		{ 0x1p-33, 0, 0 },
		{ 0x1p-32, 1 << 30, -31 },
		{ 0.021386369614845479, 1469660129, -5 },
		{ 0.023702642294415138, 1628833176, -5 },
		{ 0.017590769402267774, 1208828469, -5 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct npuc_multiplier m =
			npuc_quantise_multiplier(NPUM_ROUND_DOUBLE, rows[i].factor);

		assert_int_equal(m.mult, rows[i].mult);
		assert_int_equal(m.shift, rows[i].shift);
	}
}

static void test_multiplier_single_saturates(void **state)
{
	struct npuc_multiplier m = npuc_quantise_multiplier(NPUM_ROUND_SINGLE, 0x1p31);

	assert_int_equal(m.mult, INT32_MAX);
	assert_int_equal(m.shift, 30);
}

static void test_mean_multiplier(void **state)
{
	/* 49 elements: shift 5, and integer division truncates. */
	struct npuc_multiplier m = npuc_mean_multiplier(NPUM_ROUND_DOUBLE, 0.5, 49);

	assert_int_equal(m.mult, (int32_t)(((int64_t)(1 << 30) << 5) / 49));
	assert_int_equal(m.shift, -5);
	/* Exponents stay at -31 or above. */
	m = npuc_mean_multiplier(NPUM_ROUND_DOUBLE, 0x1p-31, 1024);
	assert_int_equal(m.shift, -31);
	assert_int_equal(m.mult, (1 << 30) / 1024 * 2);
}

static void test_activation_range(void **state)
{
	static const struct {
		uint32_t type;
		float scale;
		int64_t zero;
		uint32_t activation;
		int32_t range[2];
	} rows[] = {
		{ NPUC_TYPE_INT8, 0.5f, 3, NPUC_ACTIVATION_NONE, { -128, 127 } },
		{ NPUC_TYPE_INT8, 0.5f, 3, NPUC_ACTIVATION_RELU, { 3, 127 } },
		{ NPUC_TYPE_INT8, 0.5f, 3, NPUC_ACTIVATION_RELU6, { 3, 15 } },
		{ NPUC_TYPE_INT8, 0.5f, 3, NPUC_ACTIVATION_RELU_N1_TO_1, { 1, 5 } },
		{ NPUC_TYPE_INT8, 0.01f, -128, NPUC_ACTIVATION_RELU6, { -128, 127 } },
		{ NPUC_TYPE_UINT8, 0.5f, 128, NPUC_ACTIVATION_NONE, { 0, 255 } },
		{ NPUC_TYPE_UINT8, 0.5f, 0, NPUC_ACTIVATION_RELU6, { 0, 12 } },
		/* 6 / 4 is a tie: away from zero. */
		{ NPUC_TYPE_UINT8, 4, 0, NPUC_ACTIVATION_RELU6, { 0, 2 } },
	};
	struct quantised q;
	int32_t range[2];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct npuc_tensor *t =
			quantised(&q, rows[i].type, rows[i].scale, rows[i].zero);

		assert_true(npuc_activation_range(t, rows[i].activation, range));
		assert_int_equal(range[0], rows[i].range[0]);
		assert_int_equal(range[1], rows[i].range[1]);
	}
	/* 6 in steps of 1e-30 is no code. */
	assert_false(npuc_activation_range(quantised(&q, NPUC_TYPE_INT8, 1e-30f, 0),
					   NPUC_ACTIVATION_RELU6, range));
}

static void test_conv_factor(void **state)
{
	/* A product that float rounds, so that the two ways differ. */
	const float s_in = 0.1f, s_w = 0.3f, s_out = 0.7f;
	const struct npuc_op conv = { .builtin = TFLITE_CONV_2D };
	const struct npuc_op product = { .builtin = TFLITE_FULLY_CONNECTED };
	struct quantised in, w, out;
	double wide = (double)s_in * (double)s_w / (double)s_out;
	double narrow = (double)(s_in * s_w) / (double)s_out;

	assert_true(wide != narrow);
	quantised(&w, NPUC_TYPE_INT8, s_w, 0);
	quantised(&out, NPUC_TYPE_INT8, s_out, 0);
	quantised(&in, NPUC_TYPE_INT8, s_in, 0);
	assert_true(npuc_conv_factor(NPUM_ROUND_DOUBLE, NPUM_FACTORS_TFLITE, &conv, &in.tensor,
				     &w.tensor, &out.tensor, 0) == wide);
	quantised(&in, NPUC_TYPE_UINT8, s_in, 0);
	assert_true(npuc_conv_factor(NPUM_ROUND_DOUBLE, NPUM_FACTORS_TFLITE, &conv, &in.tensor,
				     &w.tensor, &out.tensor, 0) == narrow);
	assert_true(npuc_conv_factor(NPUM_ROUND_AWAY, NPUM_FACTORS_TFLITE, &product, &in.tensor,
				     &w.tensor, &out.tensor, 0) == wide);
	/* in fixed point FULLY_CONNECTED is like uint8 convolutions, whatever the type */
	quantised(&in, NPUC_TYPE_INT8, s_in, 0);
	assert_true(npuc_conv_factor(NPUM_ROUND_DOUBLE_UP, NPUM_FACTORS_TFLITE, &product,
				     &in.tensor, &w.tensor, &out.tensor, 0) == narrow);
	assert_true(npuc_conv_factor(NPUM_ROUND_DOUBLE_UP, NPUM_FACTORS_TFLITE, &conv, &in.tensor,
				     &w.tensor, &out.tensor, 0) == wide);
	assert_true(npuc_conv_factor(NPUM_ROUND_FLOAT, NPUM_FACTORS_TFLITE, &conv, &in.tensor,
				     &w.tensor, &out.tensor, 0) == (double)(s_in * s_w / s_out));
}

static void test_float_multiplier(void **state)
{
	const float factor = 0.0123f;
	struct npuc_multiplier m = npuc_quantise_multiplier(NPUM_ROUND_FLOAT, (double)factor);

	assert_memory_equal(&m.mult, &factor, sizeof(factor));
	assert_int_equal(m.shift, 0);
	m = npuc_quantise_multiplier(NPUM_ROUND_FLOAT, 0);
	assert_int_equal(m.mult, 0);
}

/* Zero points that no 32-bit number holds once rescaled stay within bounds. */
static void test_raw_mean(void **state)
{
	struct quantised in, out;
	struct npuc_raw_mean raw = npuc_raw_mean(NPUM_ROUND_DOUBLE,
						 quantised(&in, NPUC_TYPE_INT8, 0x1p20f, -128),
						 quantised(&out, NPUC_TYPE_INT8, 0x1p-9f, 0), 4);

	assert_int_equal(raw.offset, 1 << 30);
	assert_int_equal(raw.m.mult, 1 << 30);
	assert_int_equal(raw.m.shift, 28);
	/* -3 / 2 is half way: away from zero */
	raw = npuc_raw_mean(NPUM_ROUND_DOUBLE, quantised(&in, NPUC_TYPE_INT8, 1, -3),
			    quantised(&out, NPUC_TYPE_INT8, 2, 0), 4);
	assert_int_equal(raw.offset, 2);
}

static void test_softmax_table(void **state)
{
	struct npuc_op op = { .builtin = TFLITE_SOFTMAX, .attributes.beta = 0x40000000 };
	struct quantised q;
	float table[256];

	npuc_softmax_table(&op, quantised(&q, NPUC_TYPE_INT8, 0.25f, 5), table);
	assert_true(table[0] == 1);
	/* beyond it, numbers are subnormal */
	for (int d = 1; d < 170; d++)
		assert_true(fabs((double)table[d] / exp(-0.5 * d) - 1) < 0x1p-22);
}

static void test_add_factors(void **state)
{
	struct quantised a, b, out;
	double factors[3];

	npuc_add_factors(quantised(&a, NPUC_TYPE_INT8, 0.25f, 0),
			 quantised(&b, NPUC_TYPE_INT8, 0.5f, 0),
			 quantised(&out, NPUC_TYPE_INT8, 0.125f, 0), factors);
	assert_true(factors[0] == 0.25 && factors[1] == 0.5);
	assert_true(factors[2] == 8 * 0x1p-20);
}

static void test_softmax(void **state)
{
	struct npuc_op op = { .builtin = TFLITE_SOFTMAX, .attributes.beta = 0x3f800000 };
	struct npuc_multiplier m;
	struct quantised q;

	m = npuc_quantise_multiplier(NPUM_ROUND_DOUBLE,
				     npuc_softmax_factor(NPUM_ROUND_DOUBLE, &op,
							 quantised(&q, NPUC_TYPE_INT8, 0.125f, 0)));
	/* 2^-3 * 2^26 */
	assert_int_equal(m.mult, 1 << 30);
	assert_int_equal(m.shift, 24);
	/* 31 * 2^26 / 2^24 */
	assert_int_equal(npuc_softmax_diff_min(m.shift), -124);
	assert_true(npuc_softmax_factor(NPUM_ROUND_DOUBLE, &op,
					quantised(&q, NPUC_TYPE_INT8, 1e9f, 0)) == 0x1p31 - 1);
	assert_true(npuc_softmax_factor(NPUM_ROUND_SINGLE, &op,
					quantised(&q, NPUC_TYPE_INT8, 1e9f, 0)) == 0x1p30 - 1);
}

/* Of 0.7 the significand is 0b1011'0011'0011'0011...: what is kept, and how it is rounded. */
static void test_narrow_multipliers(void **state)
{
	static const struct {
		uint32_t bits;
		uint32_t form;
		double factor;
		uint32_t kept;
		int32_t shift;
	} cases[] = {
		{ 8, NPUM_MULT_NEAREST, 0.7, 0xb3, 0 },
		{ 8, NPUM_MULT_TRUNCATE, 0.7, 0xb3, 0 },
		{ 8, NPUM_MULT_UP, 0.7, 0xb4, 0 },
		{ 10, NPUM_MULT_NEAREST, 0.7, 0x2cd, 0 },
		{ 10, NPUM_MULT_TRUNCATE, 0.7, 0x2cc, 0 },
		{ 16, NPUM_MULT_TRUNCATE, 0.7 / 64, 0xb333, -6 },
		/* nearly 1: rounding carries into the exponent */
		{ 15, NPUM_MULT_NEAREST, 0.99999999, 0x4000, 1 },
		{ 15, NPUM_MULT_UP, 0.99999999, 0x4000, 1 },
		{ 15, NPUM_MULT_TRUNCATE, 0.99999999, 0x7fff, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct npum_personality p = { .mult_bits = cases[i].bits,
					      .mult_round = cases[i].form };
		struct npuc_multiplier m = npuc_multiplier(&p, NPUM_ROUND_EVEN, cases[i].factor);

		assert_int_equal(m.mult, cases[i].kept << (31 - cases[i].bits));
		assert_int_equal(m.shift, cases[i].shift);
	}
}

static float half(float x)
{
	return x / 2;
}

static void test_lut(void **state)
{
	struct npum_personality p = { .quantize = NPUM_QUANTIZE_DIVIDE };
	struct quantised in, out;
	uint8_t lut[256];

	/* 0.5 * (q - 2) / 2 in steps of 0.5: half of q - 2, ties away from zero, plus 1. */
	npuc_lut_function(&p, quantised(&in, NPUC_TYPE_INT8, 0.5f, 2),
			  quantised(&out, NPUC_TYPE_INT8, 0.5f, 1), half, lut);
	assert_int_equal((int8_t)lut[2], 1);
	assert_int_equal((int8_t)lut[3], 2);
	assert_int_equal((int8_t)lut[1], 0);
	assert_int_equal((int8_t)lut[127], 64);
	assert_int_equal((int8_t)lut[(uint8_t)-128], -64);
	p.quantize = NPUM_QUANTIZE_MULTIPLY;
	npuc_lut_function(&p, &in.tensor, &out.tensor, half, lut);
	/* ties to even: 0.5 is 0, 1.5 is 2 */
	assert_int_equal((int8_t)lut[3], 1);
	assert_int_equal((int8_t)lut[5], 3);
	/* From uint8 to uint8 of double the step, saturating at neither end. */
	npuc_lut_rescale(&p, quantised(&in, NPUC_TYPE_UINT8, 0.5f, 10),
			 quantised(&out, NPUC_TYPE_UINT8, 1, 0), lut);
	assert_int_equal(lut[10], 0);
	assert_int_equal(lut[13], 2);
	assert_int_equal(lut[0], 0);
	assert_int_equal(lut[255], 123);
}

static void test_pack_blocked(void **state)
{
	enum { O = 18, K = 6 };
	uint8_t codes[O * K], packed[2 * 2 * 64];
	const struct npuc_weights w = { codes, true, 5, O, K, K, 1 };

	for (int i = 0; i < O * K; i++)
		codes[i] = (uint8_t)(i - 40);
	assert_int_equal(npuc_packed_bytes(O, K), sizeof(packed));
	npuc_pack_blocked(&w, packed);
	for (uint32_t block = 0; block < 2; block++)
		for (uint32_t row = 0; row < 2; row++)
			for (uint32_t lane = 0; lane < 16; lane++)
				for (uint32_t i = 0; i < 4; i++) {
					uint32_t o = 16 * block + lane, k = 4 * row + i;
					int want = o < O && k < K ? (int)(o * K + k) - 40 : 5;

					assert_int_equal(
						packed[((block * 2 + row) * 16 + lane) * 4 + i],
						(uint8_t)(want + 128));
				}
}

static void test_pack_depthwise(void **state)
{
	const uint8_t codes[] = { 0x80, 0, 0x7f, 1, 2, 3 };
	const struct npuc_weights w = { codes, true, 0, 3, 2, 1, 3 };
	uint8_t packed[6];

	npuc_pack_depthwise(&w, packed);
	assert_memory_equal(packed, ((uint8_t[]){ 0, 128, 255, 129, 130, 131 }), 6);
}

static void test_fold_bias(void **state)
{
	const uint8_t codes[] = { 10, 20, 30, 40 };
	const struct npuc_weights w = { codes, false, 25, 2, 2, 2, 1 };

	/* (10 - 25) + (20 - 25) = -20, (30 - 25) + (40 - 25) = 20 */
	assert_int_equal(npuc_fold_bias(&w, 0, 1000, 7), 1000 + 7 * 20);
	assert_int_equal(npuc_fold_bias(&w, 1, 1000, 7), 1000 - 7 * 20);
	/* Wraps as the device's accumulator does. */
	assert_int_equal(npuc_fold_bias(&w, 1, INT32_MIN, 1), INT32_MAX - 19);
}

static void test_requant_row(void **state)
{
	struct vnpu_requant_block table[2] = { 0 };

	npuc_requant_row(table, 17, -9, (struct npuc_multiplier){ 5, -3 });
	assert_int_equal(table[1].bias[1], -9);
	assert_int_equal(table[1].mult[1], 5);
	assert_int_equal(table[1].shift[1], -3);
	assert_int_equal(npuc_requant_bytes(17), sizeof(table));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_multiplier),
		cmocka_unit_test(test_multiplier_single_saturates),
		cmocka_unit_test(test_mean_multiplier),
		cmocka_unit_test(test_activation_range),
		cmocka_unit_test(test_conv_factor),
		cmocka_unit_test(test_float_multiplier),
		cmocka_unit_test(test_raw_mean),
		cmocka_unit_test(test_softmax_table),
		cmocka_unit_test(test_add_factors),
		cmocka_unit_test(test_softmax),
		cmocka_unit_test(test_narrow_multipliers),
		cmocka_unit_test(test_lut),
		cmocka_unit_test(test_pack_blocked),
		cmocka_unit_test(test_pack_depthwise),
		cmocka_unit_test(test_fold_bias),
		cmocka_unit_test(test_requant_row),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-quantise", tests, NULL, NULL);
}
