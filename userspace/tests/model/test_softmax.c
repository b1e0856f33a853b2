// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Softmax: outputs of LiteRT's reference kernels, an own fixed-point reference,
 * and the distance of both from the real function.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "npum_fixed.h"
#include "op_case.h"
#include "personality_case.h"
#include "rounding.h"

#define SEED 0x5eed0000006ull
#define ROUNDS 200u

/* What TFLite's PreprocessSoftmaxScaling() and CalculateInputRadius() make of a scale. */
static void set_scale(struct op_case *c, double scale)
{
	int exponent;
	double fraction = frexp(fmin(scale * (1 << 26), 2147483647.0), &exponent);

	c->op.p.mult[0] = (s32)fmin(round(fraction * 2147483648.0), 2147483647.0);
	c->op.p.shift[0] = exponent;
	c->op.p.diff_min = -(s32)floor(31.0 * (1 << 26) / (double)(1ll << exponent));
}

static double scale_of(const struct op_case *c)
{
	return ldexp(c->op.p.mult[0], c->op.p.shift[0] - 31 - 26);
}

/* gemmlowp's operations in wide integers: product of two Q0.31, halves up. */
static s64 times(s64 a, s64 b)
{
	return (a * b + (1ll << 30)) >> 31;
}

/* x / 2^n, halves away from zero */
static s64 divide(s64 x, u32 n)
{
	return (s64)round(ldexp((double)x, -(int)n));
}

static s64 reference_exp(s64 a)
{
	static const double powers[] = { 0.25, 0.5, 1, 2, 4, 8, 16 };
	s64 quarter = 1 << 24, fraction = ((a % quarter) + quarter) % quarter - quarter;
	s64 x = fraction * 32 + (1 << 28), x2 = times(x, x), x3 = times(x2, x), x4 = times(x2, x2);
	s64 e8 = (s64)round(exp(-0.125) * 2147483648.0);
	s64 third = (s64)round(2147483648.0 / 3);
	s64 result = e8 + times(e8, x + divide(times(divide(x4, 2) + x3, third) + x2, 1));
	s64 rest = (fraction - a) / quarter;

	if (a == 0)
		return S32_MAX;
	for (u32 k = 0; k < ARRAY_SIZE(powers); k++)
		if (rest >> k & 1)
			result = times(result, (s64)round(exp(-powers[k]) * 2147483648.0));
	return result;
}

/* Of Q0.31 the nearest number with fewer bits, halves up; below 1. */
static s64 in_bits(s64 v, u32 bits)
{
	double units = floor(ldexp((double)v, (s32)bits - 31) + 0.5);

	return (s64)ldexp(fmin(units, exp2(bits) - 1), 31 - (s32)bits);
}

/* 1 / (1 + a): Newton's iteration as published, x <- x + x (1 - d x) */
static s64 reference_reciprocal(s64 a, u32 steps)
{
	s64 d = (a + S32_MAX + 1) / 2;
	s64 x = (s64)round(48.0 / 17 * (1 << 29)) + times(d, (s64)round(-32.0 / 17 * (1 << 29)));

	for (u32 step = 0; step < steps; step++)
		x += times(x, (1 << 29) - times(d, x)) * 4;
	return min(2 * x, (s64)S32_MAX);
}

/* Does the element lie below where the table of exponentials ends? */
static bool below_cut(const struct op_case *c, const u32 at[4])
{
	s64 own = op_read(c, 0, at[0], at[1], at[2], at[3]);

	for (u32 k = 0; k < c->op.in[0].shape[3]; k++)
		if (own - op_read(c, 0, at[0], at[1], at[2], k) < c->op.p.diff_min)
			return true;
	return false;
}

static s64 row_exp(const struct op_case *c, const u32 at[4], u32 i)
{
	enum npum_rounding rounding = op_personality(c)->requant;
	s64 top = S32_MIN, difference;

	for (u32 k = 0; k < c->op.in[0].shape[3]; k++)
		top = max(top, op_read(c, 0, at[0], at[1], at[2], k));
	difference = op_read(c, 0, at[0], at[1], at[2], i) - top;
	if (difference < c->op.p.diff_min)
		return 0;
	/* table entries' ties are not those of outputs: not op_requant(), which counts */
	difference = rounding_requant(rounding, difference, c->op.p.mult[0], c->op.p.shift[0]);
	return in_bits(reference_exp(difference), op_personality(c)->softmax_exp_bits);
}

static s64 softmax_reference(const struct op_case *c, const u32 at[4])
{
	const struct npum_personality *p = op_personality(c);
	s64 low = c->op.out.dtype == VNPU_DTYPE_INT8 ? -128 : 0;
	s32 exponent = (s32)p->softmax_sum_bits + 23, zeros = 0;
	s64 sum = 0, v;

	for (u32 i = 0; i < c->op.in[0].shape[3]; i++) {
		v = divide(row_exp(c, at, i), p->softmax_sum_bits);
		/* 32 bits without a sign */
		op_count_acc(c, sum + v, 33);
		sum = (u32)(sum + v);
	}
	/* the sum as m * 2^n with m in [1, 2), in units of 2^-31 */
	while (zeros < 31 && !(sum >> (31 - zeros)))
		zeros++;
	exponent = clamp(exponent - zeros, 0, 31);
	v = reference_reciprocal((s64)((u32)(sum << zeros) - (1u << 31)), p->softmax_newton);
	v = times(v, row_exp(c, at, at[3]));
	if (c->counts)
		c->counts->lut_low += below_cut(c, at);
	op_count_tie(c, v, (__int128)1 << exponent);
	return op_count_value(c, divide(v, (u32)exponent) + low, low, low + 255);
}

static void any_softmax(struct op_case *c, u64 *random, u32 round)
{
	u32 dtype = 1 + round % 2, shape[4];

	op_begin(c, VNPU_OP_SOFTMAX, random);
	/* whose differences are integers, as sentences of npum_fields.c ask */
	while (op_personality(c)->requant == NPUM_ROUND_FLOAT)
		c->personality = personality_case(random);
	for (u32 i = 0; i < 4; i++)
		shape[i] = 1 + conv_random(random) % 4;
	/* long rows, many rows for more than one tile, or neither */
	shape[2] *= round % 64 == 1 ? 100 : 1;
	shape[3] = 1 + conv_random(random) % (round % 8 ? 12 : 120);
	op_tensor(c, 0, dtype, shape, false);
	op_tensor(c, OP_OUT, dtype, shape, false);
	/* from scales where all are alike to those where one takes all */
	set_scale(c, ldexp(1.0 + (double)(conv_random(random) % 1000) / 1000, -(s32)(round % 9)));
}

static void test_fixed_point(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		struct op_case c;

		any_softmax(&c, &random, round);
		/* where the cut can be seen, not only where nothing is left to cut */
		if (round % 4 == 3)
			c.op.p.diff_min = op_between(&random, -40, 0);
		op_check(&c, softmax_reference);
	}
}

/* gemmlowp promises no more than some units of 2^-27; the product of terms adds up. */
static void test_exp_is_close(void **state)
{
	for (s32 a = 0; a > S32_MIN + 100000; a -= 99991) {
		double real = exp(ldexp(a, -26)), got = ldexp(npum_fixed_exp(a), -31);

		assert_true(fabs(got - real) < ldexp(1, -20));
	}
}

static void test_reciprocal_is_close(void **state)
{
	for (s64 a = 0; a < S32_MAX; a += 99991) {
		double real = 1 / (1 + ldexp((double)a, -31));

		assert_true(fabs(ldexp(npum_fixed_reciprocal((s32)a, NPUM_FIXED_NEWTON), -31) -
				 real) < ldexp(1, -26));
	}
}

/**
 * struct golden - a row that LiteRT's reference kernel computed
 * @model: where it comes from; scale is that of its input
 * @scale: of the input
 * @count: codes in the row
 * @in: input codes
 * @out: output codes
 */
struct golden {
	const char *model;
	double scale;
	u32 count;
	s8 in[12];
	s8 out[12];
};

static const struct golden goldens[] = {
	{ "MLPerf Tiny keyword spotting",
	  0.14469251,
	  12,
	  { -60, -49, 57, 4, -25, -91, -32, -58, -45, 112, -54, 11 },
	  { -128, -128, -128, -128, -128, -128, -128, -128, -128, 127, -128, -128 } },
	{ "MLPerf Tiny image classification",
	  0.171853513,
	  10,
	  { 8, -31, -15, -30, -20, -6, -21, 6, -40, -12 },
	  { 9, -128, -125, -128, -127, -116, -127, -31, -128, -124 } },
	{ "person detection", 0.0125187514, 2, { -112, 110 }, { -113, 113 } },
};

static s64 golden_reference(const struct op_case *c, const u32 at[4])
{
	for (size_t i = 0; i < ARRAY_SIZE(goldens); i++)
		if (goldens[i].count == c->op.in[0].shape[3])
			return goldens[i].out[at[3]];
	return S32_MIN;
}

static void test_goldens(void **state)
{
	u64 random = SEED;

	for (size_t i = 0; i < ARRAY_SIZE(goldens); i++) {
		const struct golden *g = &goldens[i];
		const u32 shape[4] = { 1, 1, 1, g->count };
		struct op_case c;

		op_begin(&c, VNPU_OP_SOFTMAX, &random);
		c.personality = VNPU_PERSONALITY_TFLITE_REF;
		op_tensor(&c, 0, VNPU_DTYPE_INT8, shape, false);
		op_tensor(&c, OP_OUT, VNPU_DTYPE_INT8, shape, false);
		memcpy(c.slot[0].data + c.op.in[0].offset, g->in, g->count);
		set_scale(&c, g->scale);
		c.uncounted = true;
		op_check(&c, golden_reference);
	}
}

/* The real function, which no reference shares code with: at most one code away. */
static s64 real_softmax(const struct op_case *c, const u32 at[4])
{
	s64 low = c->op.out.dtype == VNPU_DTYPE_INT8 ? -128 : 0;
	double own = (double)op_read(c, 0, at[0], at[1], at[2], at[3]), sum = 0, p;
	s64 code = softmax_reference(c, at);

	for (u32 i = 0; i < c->op.in[0].shape[3]; i++)
		sum += exp(((double)op_read(c, 0, at[0], at[1], at[2], i) - own) * scale_of(c));
	p = 256 / sum;
	assert_true(fabs((double)(code - low) - fmin(p, 255)) <= 1);
	return code;
}

static void test_softmax_is_close(void **state)
{
	u64 random = SEED + 1;

	for (u32 round = 0; round < ROUNDS / 4; round++) {
		struct op_case c;

		any_softmax(&c, &random, round);
		c.personality = VNPU_PERSONALITY_TFLITE_REF;
		op_check(&c, real_softmax);
	}
}

/* LiteRT's optimised kernel, in its own order; what is not a number is the lowest code. */
/* volatile: the product is rounded to binary32 before it is divided */
static s64 quotient(const struct op_case *c, float own, float steps, float sum)
{
	s64 low = c->op.out.dtype == VNPU_DTYPE_INT8 ? -128 : 0;
	volatile float share = own * steps;

	share = share / sum;
	if (!(share > -1000))
		return op_count_value(c, low - 1, low, low + 255);
	op_count_real_tie(c, (double)share);
	return op_count_value(c, (s64)nearbyintf(fminf(share, 1000)) + c->op.out.zero_point, low,
			      low + 255);
}

static s64 table_reference(const struct op_case *c, const u32 at[4])
{
	s64 low = c->op.out.dtype == VNPU_DTYPE_INT8 ? -128 : 0, top = S32_MIN;
	const u8 *table = c->before[1] + c->op.in[1].offset;
	float own = 0, sum = 0, scale, share, e;

	for (u32 i = 0; i < c->op.in[0].shape[3]; i++)
		top = max(top, op_read(c, 0, at[0], at[1], at[2], i));
	for (u32 i = 0; i < c->op.in[0].shape[3]; i++) {
		s64 difference = top - op_read(c, 0, at[0], at[1], at[2], i);

		memcpy(&e, table + (size_t)difference * sizeof(e), sizeof(e));
		sum += e;
		if (i == at[3])
			own = e;
		if (i == at[3] && c->counts)
			c->counts->lut_low += difference == 255;
	}
	memcpy(&scale, &c->op.p.scale, sizeof(scale));
	if (op_personality(c)->softmax == NPUM_SOFTMAX_QUOTIENT)
		return quotient(c, own, scale, sum);
	share = own * (1 / (sum * scale));
	if (!(share > -1000))
		return op_count_value(c, low - 1, low, low + 255);
	op_count_real_tie(c, (double)share);
	share = fminf(share, 1000);
	return op_count_value(c, (s64)(low ? nearbyintf(share) : truncf(share + 0.5f)) + low, low,
			      low + 255);
}

static void any_table(struct op_case *c, u64 *random, u32 round)
{
	u32 dtype = 1 + round % 2, shape[4];

	op_begin(c, VNPU_OP_SOFTMAX_TABLE, random);
	for (u32 i = 0; i < 4; i++)
		shape[i] = 1 + conv_random(random) % 4;
	shape[2] *= round % 64 == 1 ? 100 : 1;
	shape[3] = 1 + conv_random(random) % (round % 8 ? 12 : 120);
	op_tensor(c, 0, dtype, shape, false);
	op_tensor(c, OP_OUT, dtype, shape, false);
	op_lut_real(c, ldexp(1.0 + (double)(conv_random(random) % 1000) / 1000, -(s32)(round % 9)));
	/* 256 or 1/256 */
	c->op.p.scale = op_personality(c)->softmax == NPUM_SOFTMAX_QUOTIENT ? 0x43800000 :
									      0x3b800000;
}

static void test_table(void **state)
{
	u64 random = SEED + 2;

	for (u32 round = 0; round < ROUNDS; round++) {
		struct op_case c;

		any_table(&c, &random, round);
		/* any bits: numbers of either sign and size, infinite ones, none */
		for (u32 i = 0; round % 4 == 0 && i < c.slot[1].bytes; i++)
			c.slot[1].data[i] = (u8)(conv_random(&random) >> 24);
		op_check(&c, table_reference);
	}
}

/* Multiplier of the fixed-point form of the case that is being checked. */
static struct vnpu_params fixed_params;

/* Both kinds of softmax are the same function: nowhere more than a code apart. */
static s64 near_fixed_point(const struct op_case *c, const u32 at[4])
{
	struct op_case fixed = *c;
	s64 code = table_reference(c, at);

	fixed.counts = NULL;
	fixed.personality = VNPU_PERSONALITY_TFLITE_REF;
	fixed.op.opcode = VNPU_OP_SOFTMAX;
	fixed.op.p = fixed_params;
	assert_true(llabs(code - softmax_reference(&fixed, at)) <= 1);
	return code;
}

static void test_table_is_close(void **state)
{
	u64 random = SEED + 3;

	for (u32 round = 0; round < ROUNDS / 4; round++) {
		double step = ldexp(1.0, -(s32)(round % 8));
		struct op_case c, scaled = { 0 };

		any_table(&c, &random, round);
		c.op.out.zero_point = c.op.out.dtype == VNPU_DTYPE_INT8 ? -128 : 0;
		guarded_free(&c.slot[1]);
		op_lut_real(&c, step);
		set_scale(&scaled, step);
		fixed_params = scaled.op.p;
		op_check(&c, near_fixed_point);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),		 cmocka_unit_test(test_fixed_point),
		cmocka_unit_test(test_exp_is_close),	 cmocka_unit_test(test_reciprocal_is_close),
		cmocka_unit_test(test_softmax_is_close), cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_is_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-softmax", tests, NULL, NULL);
}
