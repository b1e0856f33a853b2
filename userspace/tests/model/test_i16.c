// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Ops on int16 codes against the formulas of Documentation/isa/ops-int16.rst: sums,
 * products, rescales, tables, softmax, and the functions of int16.  The products with
 * weights have a test of their own, and pools and means are in that of the 8-bit ops.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "op_case.h"
#include "rounding.h"

#define SEED 0x5eed0000016ull
#define ROUNDS 300u

static const u32 every_code[4] = { 1, 4, 64, 256 };

static void any_shape(u64 *random, u32 shape[4])
{
	bool large = conv_random(random) % 32 == 0;

	for (u32 i = 0; i < 4; i++)
		shape[i] = 1 + conv_random(random) % 6;
	shape[3] = 1 + conv_random(random) % (large ? 2000 : 40);
}

static s64 code_at(const struct op_case *c, u32 operand, const u32 at[4])
{
	return op_read(c, operand, at[0], at[1], at[2], at[3]);
}

static s32 wrap32(s64 v)
{
	return (s32)(u32)(u64)v;
}

/* Counts the way of binary32; what is volatile is rounded to it, whatever the compiler thinks. */
static s64 float_sum(const struct op_case *c, s64 a, s64 b)
{
	volatile float term[2], sum;
	float factor[2];

	memcpy(factor, c->op.p.mult, sizeof(factor));
	term[0] = factor[0] * (float)a;
	term[1] = factor[1] * (float)b;
	sum = c->op.opcode == VNPU_OP_SUB_I16 ? term[0] - term[1] : term[0] + term[1];
	op_count_real_tie(c, (double)sum);
	return op_limit(c, rounding_float((double)sum));
}

static s64 sum_reference(const struct op_case *c, const u32 at[4])
{
	const struct vnpu_params *p = &c->op.p;
	s64 a = code_at(c, 0, at), b = code_at(c, 1, at), v;

	if (npum_adds_in_float(op_personality(c)))
		return float_sum(c, a, b);
	a = op_requant(c, wrap32(a * (1 << p->left_shift)), p->mult[0], p->shift[0]);
	b = op_requant(c, wrap32(b * (1 << p->left_shift)), p->mult[1], p->shift[1]);
	v = c->op.opcode == VNPU_OP_SUB_I16 ? a - b : a + b;
	op_count_acc(c, v, 32);
	return op_limit(c, op_requant(c, wrap32(v), p->mult[2], p->shift[2]));
}

static s64 product_reference(const struct op_case *c, const u32 at[4])
{
	s64 v = code_at(c, 0, at) * code_at(c, 1, at);

	op_count_acc(c, v, 32);
	return op_limit(c, op_requant(c, v, c->op.p.mult[2], c->op.p.shift[2]));
}

static s64 requantize_reference(const struct op_case *c, const u32 at[4])
{
	s64 v = wrap32(code_at(c, 0, at) - c->op.in[0].zero_point);

	return op_limit(c, op_requant(c, v, c->op.p.mult[2], c->op.p.shift[2]));
}

static s64 leaky_relu_reference(const struct op_case *c, const u32 at[4])
{
	s64 v = code_at(c, 0, at);
	u32 k = v < 0;

	v = op_requant(c, v, c->op.p.mult[k], c->op.p.shift[k]);
	return op_count_value(c, v, -32768, 32767);
}

/* Sums are raised by 15 bits as compilers do, or by any number. */
static void check_sums(u32 opcode)
{
	u64 random = SEED + opcode;

	for (u32 round = 0; round < 2 * ROUNDS; round++) {
		struct op_case c;
		u32 shape[4];

		op_begin(&c, opcode, &random);
		any_shape(&random, shape);
		op_tensor(&c, 0, VNPU_DTYPE_INT16, shape, round % 4 != 0);
		op_tensor(&c, 1, VNPU_DTYPE_INT16, shape, true);
		if (round % 4 == 0)
			op_in_place(&c, VNPU_DTYPE_INT16);
		else
			op_tensor(&c, OP_OUT, VNPU_DTYPE_INT16, shape, false);
		for (u32 i = 0; i < 2 && round % 3 == 0; i++)
			op_extreme(&c, i);
		op_clamp(&c);
		for (u32 i = 0; i < 3; i++)
			op_rescale(&c, i);
		c.op.p.left_shift = round % 2 ? 15 : (u32)op_between(&random, 0, 23);
		/* the factor that gives the lowest of 32 bits, which has no negative */
		if (round % 8 == 7) {
			c.op.p.mult[1] = 1 << 30;
			c.op.p.shift[1] = 2;
		}
		op_check(&c, sum_reference);
	}
}

static void test_add(void **state)
{
	check_sums(VNPU_OP_ADD_I16);
}

static void test_sub(void **state)
{
	check_sums(VNPU_OP_SUB_I16);
}

static void test_mul(void **state)
{
	static const u32 dtypes[] = { VNPU_DTYPE_INT16, VNPU_DTYPE_INT8, VNPU_DTYPE_UINT8 };
	u64 random = SEED;

	for (u32 round = 0; round < 2 * ROUNDS; round++) {
		u32 dtype = dtypes[round % ARRAY_SIZE(dtypes)], shape[4];
		struct op_case c;

		op_begin(&c, VNPU_OP_MUL_I16, &random);
		any_shape(&random, shape);
		op_tensor(&c, 0, VNPU_DTYPE_INT16, shape, round % 6 != 0);
		op_tensor(&c, 1, VNPU_DTYPE_INT16, shape, true);
		if (round % 6 == 0)
			op_in_place(&c, dtype);
		else
			op_tensor(&c, OP_OUT, dtype, shape, false);
		for (u32 i = 0; i < 2 && round % 5 == 0; i++)
			op_extreme(&c, i);
		op_clamp(&c);
		op_rescale(&c, 2);
		if (round % 2)
			op_rescale_by(&c, 2, ldexp(op_between(&random, 1, 1000), -24));
		op_check(&c, product_reference);
	}
}

/* Every pair of dtypes of which one is int16. */
static void test_requantize(void **state)
{
	static const u32 others[] = { VNPU_DTYPE_INT8, VNPU_DTYPE_UINT8, VNPU_DTYPE_INT16,
				      VNPU_DTYPE_INT32 };
	u64 random = SEED;

	for (u32 round = 0; round < 4 * ROUNDS; round++) {
		u32 other = others[round % 4], shape[4];
		bool to = round / 4 % 2;
		struct op_case c;

		op_begin(&c, VNPU_OP_REQUANTIZE_I16, &random);
		any_shape(&random, shape);
		op_tensor(&c, 0, to ? VNPU_DTYPE_INT16 : other, shape, round % 3 != 0);
		if (other == VNPU_DTYPE_INT16 && round % 3 == 0)
			op_in_place(&c, VNPU_DTYPE_INT16);
		else
			op_tensor(&c, OP_OUT, to ? other : VNPU_DTYPE_INT16, shape, false);
		if (to && round % 5 == 0)
			op_extreme(&c, 0);
		op_clamp(&c);
		op_rescale(&c, 2);
		/* halves: of powers of two */
		if (round % 7 == 0)
			op_rescale_by(&c, 2, ldexp(1, op_between(&random, -18, 2)));
		op_check(&c, requantize_reference);
	}
}

/* The codes from the lowest to the highest. */
static void all_codes(struct op_case *c)
{
	for (u32 i = 0; i < 65536; i++)
		memcpy(c->slot[0].data + c->op.in[0].offset + 2 * i, &(s16){ (s16)(i - 32768) }, 2);
}

/* An op of one input on all codes, densely. */
static void begin_all_codes(struct op_case *c, u32 opcode, u64 *random)
{
	op_begin(c, opcode, random);
	do {
		if (c->slot[0].map)
			guarded_free(&c->slot[0]);
		op_tensor(c, 0, VNPU_DTYPE_INT16, every_code, false);
	} while (c->op.in[0].stride[2] != 512 || c->op.in[0].stride[1] != 64 * 512);
	all_codes(c);
	op_tensor(c, OP_OUT, VNPU_DTYPE_INT16, every_code, false);
}

static void test_leaky_relu(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < 48; round++) {
		struct op_case c;

		begin_all_codes(&c, VNPU_OP_LEAKY_RELU_I16, &random);
		for (u32 i = 0; i < 2; i++)
			op_rescale(&c, i);
		op_check(&c, leaky_relu_reference);
	}
}

/* A table in its place, of any int16; @positive: of those. */
static void points(struct op_case *c, u32 operand, bool positive)
{
	const u32 shape[4] = { 1, 1, 1, VNPU_LUT_POINTS };
	u8 *data;

	op_packed(c, operand, VNPU_DTYPE_INT16, VNPU_LAYOUT_LUT, shape, 2 * VNPU_LUT_POINTS);
	/* the last point is the last thing in front of the guard */
	c->op.in[operand].offset = (u32)c->slot[operand].bytes - 2 * VNPU_LUT_POINTS;
	data = c->slot[operand].data + c->op.in[operand].offset;
	for (u32 i = 0; i < VNPU_LUT_POINTS && positive; i++)
		data[2 * i + 1] &= 0x7f;
}

/* The table between two of its points; slopes have 16 bits. */
static s64 between_points(const struct op_case *c, u32 operand, s64 v)
{
	const u8 *table = c->before[operand] + c->op.in[operand].offset;
	s64 i = (s64)floor((double)v / 128), rest = v - 128 * i;
	double half = op_personality(c)->wide_lut_round == NPUM_WIDE_LUT_UP ? 0.5 : 0;
	s16 here, next, slope;

	memcpy(&here, table + 2 * (256 + i), 2);
	memcpy(&next, table + 2 * (256 + i + 1), 2);
	slope = (s16)(u16)(next - here);
	return (s16)(u16)(here + (s64)floor((double)(slope * rest) / 128 + half));
}

static s64 lut_reference(const struct op_case *c, const u32 at[4])
{
	s64 v = code_at(c, 0, at);

	if (c->counts) {
		c->counts->values++;
		c->counts->lut_low += v == -32768;
		c->counts->lut_high += v == 32767;
	}
	return between_points(c, 1, v);
}

static void test_lut(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < 24; round++) {
		struct op_case c;

		begin_all_codes(&c, VNPU_OP_LUT_I16, &random);
		points(&c, 1, round % 3 == 0);
		if (round % 3 == 1)
			op_extreme(&c, 1);
		op_check(&c, lut_reference);
	}
}

/* Of which points the table of TFLite is one above the nearest number, found in its source. */
static const u8 raised[] = { 4,	 8,  12, 14, 15, 16, 17, 19, 20,  21,  22,  25,	 27,  28, 29,
			     30, 31, 33, 34, 35, 37, 39, 40, 41,  43,  44,  45,	 46,  49, 50,
			     54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255 };

static s64 sigmoid_point(s64 i)
{
	s64 v = llround(65536 / (1 + exp(-(double)i / 24)));

	for (size_t k = 0; k < ARRAY_SIZE(raised); k++)
		v += raised[k] == i;
	return v;
}

/* The sigmoid at @size / (24 * @unit) in units of 2^-16 / @unit. */
static s64 sigmoid(s64 size, s64 unit, s64 most)
{
	static s64 table[256];
	s64 i = size / unit, rest = size % unit;

	for (u32 k = 0; !table[255] && k < 256; k++)
		table[k] = sigmoid_point(k);
	return i >= 255 ? most : table[i] * unit + rest * (table[i + 1] - table[i]);
}

static s64 function_reference(const struct op_case *c, const u32 at[4])
{
	bool tanh = c->op.opcode == VNPU_OP_TANH_I16;
	s64 unit = tanh ? 256 : 512, y;
	s64 v = wrap32(rounding_divide(NPUM_ROUND_SINGLE, code_at(c, 0, at) * c->op.p.mult[0],
				       (u32)(31 - c->op.p.shift[0])));

	if (c->counts) {
		c->counts->values++;
		c->counts->lut_low += v <= -255 * unit;
		c->counts->lut_high += v >= 255 * unit;
	}
	y = sigmoid(v < 0 ? -v : v, unit, tanh ? 0xffffll << 8 : 0x7fffll << 10);
	if (tanh) {
		y -= 1 << 23;
		return rounding_divide(NPUM_ROUND_FLOOR, v >= 0 ? y + 128 : -y + 127, 8);
	}
	return rounding_divide(NPUM_ROUND_FLOOR, v >= 0 ? y + 512 : (1 << 25) - y + 511, 10);
}

static void check_function(u32 opcode)
{
	u64 random = SEED + opcode;

	for (u32 round = 0; round < 32; round++) {
		struct op_case c;

		begin_all_codes(&c, opcode, &random);
		/* 3 * 2^shift is what TFLite has for scales of powers of two */
		c.op.p.mult[0] = round % 2 ? op_between(&random, 0, S32_MAX) : 3 << 29;
		c.op.p.shift[0] = op_between(&random, round % 4 ? -3 : -31, round % 4 ? 8 : 30);
		op_check(&c, function_reference);
	}
}

static void test_logistic(void **state)
{
	check_function(VNPU_OP_LOGISTIC_I16);
}

static void test_tanh(void **state)
{
	check_function(VNPU_OP_TANH_I16);
}

/* Rounds and counts the whole row for its first element. */
static s64 softmax_reference(const struct op_case *c, const u32 at[4])
{
	u32 count = c->op.out.shape[3], headroom = 0;
	struct op_case row = *c;
	s64 top = -32768, own = 0, factor, v;
	s32 sum = 0;

	row.counts = at[3] ? NULL : c->counts;
	for (u32 i = 0; i < count; i++)
		top = max(top, op_read(c, 0, at[0], at[1], at[2], i));
	for (u32 i = 0; i < count; i++) {
		v = op_read(c, 0, at[0], at[1], at[2], i) - top;
		v = wrap32(op_requant(&row, v, c->op.p.mult[0], c->op.p.shift[0]) + 32767);
		if (row.counts) {
			row.counts->lut_low += v <= -32768;
			row.counts->lut_high += v >= 32767;
		}
		v = between_points(c, 1, clamp(v, (s64)-32768, (s64)32767));
		own = i == at[3] ? v : own;
		op_count_acc(&row, (s64)sum + v, 32);
		sum = wrap32((s64)sum + v);
	}

	while (headroom < 30 && !((u32)sum >> (31 - headroom)))
		headroom++;
	headroom = max(headroom, 1u);
	v = (s64)floor(((double)(u32)sum * exp2(headroom - 1.0) + 8192) / 16384) - 32768 - 65536;
	factor = between_points(c, 2, clamp(v, (s64)-32768, (s64)32767));
	op_count_tie(c, own * factor, (__int128)1 << (31 - headroom));
	return op_count_value(c, rounding_divide(NPUM_ROUND_SINGLE, own * factor, 31 - headroom), 0,
			      32767);
}

/* The tables as compilers fill them. */
static void real_points(struct op_case *c)
{
	for (u32 i = 0; i < VNPU_LUT_POINTS; i++) {
		s16 e = (s16)fmin(32767, round(32768 * exp(-10 + 10 * i / 512.0)));
		s16 r = (s16)fmin(32767, round(32768 / (1 + i / 512.0)));

		memcpy(c->slot[1].data + c->op.in[1].offset + 2 * i, &e, 2);
		memcpy(c->slot[2].data + c->op.in[2].offset + 2 * i, &r, 2);
	}
}

static void test_softmax(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < 2 * ROUNDS; round++) {
		struct op_case c;
		u32 shape[4];

		op_begin(&c, VNPU_OP_SOFTMAX_I16, &random);
		for (u32 i = 0; i < 3; i++)
			shape[i] = 1 + conv_random(&random) % 5;
		shape[3] = 1 + conv_random(&random) % (round % 32 ? 30 : 300);
		op_tensor(&c, 0, VNPU_DTYPE_INT16, shape, false);
		op_tensor(&c, OP_OUT, VNPU_DTYPE_INT16, shape, false);
		points(&c, 1, round % 4 == 1);
		points(&c, 2, round % 4 == 1);
		if (round % 2 == 0)
			real_points(&c);
		if (round % 16 == 3)
			memset(c.slot[1].data, 0, c.slot[1].bytes);
		if (round % 5 == 0)
			op_extreme(&c, 0);
		op_rescale(&c, 0);
		if (round % 3)
			op_rescale_by(&c, 0, ldexp(op_between(&random, 1, 4000), -9));
		op_check(&c, softmax_reference);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),	   cmocka_unit_test(test_sub),
		cmocka_unit_test(test_mul),	   cmocka_unit_test(test_requantize),
		cmocka_unit_test(test_leaky_relu), cmocka_unit_test(test_lut),
		cmocka_unit_test(test_logistic),   cmocka_unit_test(test_tanh),
		cmocka_unit_test(test_softmax),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-i16", tests, NULL, NULL);
}
