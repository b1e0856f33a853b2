// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Pools and reductions against their formulas. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "op_case.h"
#include "rounding.h"

#define SEED 0x5eed0000004ull
#define ROUNDS 300u

static u32 any_q8(u64 *random)
{
	return conv_random(random) % 2 ? VNPU_DTYPE_INT8 : VNPU_DTYPE_UINT8;
}

static bool is_i16(u32 opcode)
{
	return opcode == VNPU_OP_AVG_POOL_I16 || opcode == VNPU_OP_MAX_POOL_I16 ||
	       opcode == VNPU_OP_MEAN_I16;
}

/* The op's input; of int16 every third time only the lowest and highest codes. */
static void codes(struct op_case *c, const u32 shape[4])
{
	bool i16 = is_i16(c->op.opcode);

	op_tensor(c, 0, i16 ? VNPU_DTYPE_INT16 : any_q8(c->random), shape, false);
	if (i16 && conv_random(c->random) % 3 == 0)
		op_extreme(c, 0);
}

/* The sum of @rows * @columns codes divided by their number, as numerics.rst has it. */
static s64 average(const struct op_case *c, s64 sum, s64 rows, s64 columns)
{
	const struct npum_personality *p = op_personality(c);
	s64 n = rows * columns, zero = c->op.in[0].zero_point;
	u32 bits = p->avg_pool_bits, lift = 0;
	float factor = 1.0f / (float)n;
	s32 factor_bits;
	double mean;

	switch (p->avg_pool) {
	case NPUM_AVG_POOL_RECIPROCAL:
		while ((s64)1 << lift < n)
			lift++;
		sum *= (((s64)1 << (bits - 1)) + 1) * ((s64)1 << lift) / n;
		op_count_tie(c, sum, (__int128)1 << (bits - 1 + lift));
		return rounding_divide(NPUM_ROUND_SINGLE, sum, bits - 1 + lift);
	case NPUM_AVG_POOL_TWO_STAGE:
		for (u32 i = 0; i < 2; i++) {
			double size = (double)(i ? rows : columns);

			sum *= llround(ldexp(1, (int)bits) / size);
			op_count_tie(c, sum, (__int128)1 << bits);
			sum = rounding_divide(NPUM_ROUND_AWAY, sum, bits);
		}
		return sum;
	case NPUM_AVG_POOL_FLOAT:
	case NPUM_AVG_POOL_DEQUANTISED:
		memcpy(&factor_bits, &factor, sizeof(factor));
		mean = rounding_product(sum - n * zero, factor_bits, 0);
		if (p->zero_point == NPUM_ZERO_POINT_FOLDED)
			mean = (double)((float)mean + (float)zero);
		op_count_real_tie(c, mean);
		return rounding_float(mean) + (p->zero_point == NPUM_ZERO_POINT_AFTER ? zero : 0);
	default:
		/* round() takes halves away from zero */
		op_count_tie(c, sum, n);
		return (s64)round((double)sum / (double)n);
	}
}

/* A scale of AVG_POOL under DEQUANTISED. */
static float scale_of(const struct op_case *c, u32 i)
{
	float scale;

	memcpy(&scale, &c->op.p.mult[i], sizeof(scale));
	return scale;
}

/* volatile: each result is a binary32 number, whatever the compiler computes with */
static s64 dequantised_average(const struct op_case *c, float sum, s64 n)
{
	bool folds = op_personality(c)->zero_point == NPUM_ZERO_POINT_FOLDED;
	volatile float steps = sum / (float)n;

	steps = steps / scale_of(c, 2);
	if (folds)
		steps = steps + (float)c->op.out.zero_point;
	op_count_real_tie(c, (double)steps);
	return rounding_float((double)steps) + (folds ? 0 : c->op.out.zero_point);
}

static s64 pool_reference(const struct op_case *c, const u32 at[4])
{
	const struct vnpu_params *p = &c->op.p;
	bool is_max = c->op.opcode == VNPU_OP_MAX_POOL || c->op.opcode == VNPU_OP_MAX_POOL_I16;
	const u32 *in = c->op.in[0].shape;
	bool dequantised = c->op.opcode == VNPU_OP_AVG_POOL &&
			   op_personality(c)->avg_pool == NPUM_AVG_POOL_DEQUANTISED;
	s64 sum = 0, top = S32_MIN, n = 0, columns = 0, v;
	volatile float real = 0, number;

	for (u32 i = 0; i < p->kernel[0]; i++) {
		for (u32 j = 0; j < p->kernel[1]; j++) {
			s64 y = (s64)at[1] * p->stride[0] + i - p->pad[0];
			s64 x = (s64)at[2] * p->stride[1] + j - p->pad[1];

			if (y < 0 || x < 0 || y >= in[1] || x >= in[2])
				continue;
			v = op_read(c, 0, at[0], (u32)y, (u32)x, at[3]);
			sum += v;
			if (!is_max && !dequantised)
				op_count_acc(c, sum, 32);
			number = scale_of(c, 0) * (float)(v - c->op.in[0].zero_point);
			real = real + number;
			top = max(top, v);
			n++;
		}
		columns = columns ? columns : n;
	}
	if (dequantised)
		v = dequantised_average(c, real, n);
	else
		v = is_max ? top : average(c, sum, n / columns, columns);
	return op_count_value(c, v, p->clamp[0], p->clamp[1]);
}

/* Now and then the same scale twice, for ties, or any bits. */
static void draw_scales(struct op_case *c)
{
	float scale = 0;

	for (u32 i = 0; i <= 2; i += 2) {
		if (!i || conv_random(c->random) % 2)
			scale = (float)ldexp(op_between(c->random, 1 << 20, 1 << 21), -26);
		memcpy(&c->op.p.mult[i], &scale, sizeof(scale));
		if (conv_random(c->random) % 16 == 0)
			c->op.p.mult[i] = op_between(c->random, 0, S32_MAX);
	}
}

static void check_pool(u32 opcode)
{
	u64 random = SEED + opcode;

	for (u32 round = 0; round < ROUNDS; round++) {
		u32 in[4], out[4];
		struct op_case c;
		u32 *k, *s, *pad;

		op_begin(&c, opcode, &random);
		k = c.op.p.kernel;
		s = c.op.p.stride;
		pad = c.op.p.pad;
		in[0] = out[0] = 1 + conv_random(&random) % 3;
		in[3] = out[3] = 1 + conv_random(&random) % 150;
		for (u32 i = 0; i < 2; i++) {
			in[i + 1] = 1 + conv_random(&random) % 12;
			k[i] = 1 + conv_random(&random) % 7;
			s[i] = 1 + conv_random(&random) % 4;
			pad[i] = conv_random(&random) % k[i];
			/* as many windows as begin inside, or fewer */
			out[i + 1] = (in[i + 1] + pad[i] - 1) / s[i] + 1;
			out[i + 1] -= conv_random(&random) % out[i + 1] / 2;
			c.op.p.dilation[i] = 1;
		}
		codes(&c, in);
		op_tensor(&c, OP_OUT, c.op.in[0].dtype, out, false);
		if (opcode == VNPU_OP_AVG_POOL)
			draw_scales(&c);
		op_clamp(&c);
		op_check(&c, pool_reference);
	}
}

static void test_avg_pool(void **state)
{
	check_pool(VNPU_OP_AVG_POOL);
}

static void test_max_pool(void **state)
{
	check_pool(VNPU_OP_MAX_POOL);
}

static void test_avg_pool_i16(void **state)
{
	check_pool(VNPU_OP_AVG_POOL_I16);
}

static void test_max_pool_i16(void **state)
{
	check_pool(VNPU_OP_MAX_POOL_I16);
}

static s64 mean_reference(const struct op_case *c, const u32 at[4])
{
	const u32 *in = c->op.in[0].shape;
	bool i16 = is_i16(c->op.opcode);
	u32 first[4], end[4], i[4];
	s64 sum = 0, raw = 0, v;

	for (u32 d = 0; d < 4; d++) {
		bool reduced = c->op.p.axes >> d & 1;

		first[d] = reduced ? 0 : at[d];
		end[d] = reduced ? in[d] : at[d] + 1;
	}
	for (i[0] = first[0]; i[0] < end[0]; i[0]++)
		for (i[1] = first[1]; i[1] < end[1]; i[1]++)
			for (i[2] = first[2]; i[2] < end[2]; i[2]++)
				for (i[3] = first[3]; i[3] < end[3]; i[3]++) {
					v = op_read(c, 0, i[0], i[1], i[2], i[3]);
					raw += v;
					sum += v - c->op.in[0].zero_point;
					op_count_acc(c, raw, i16 ? 64 : 32);
				}
	if (i16) {
		sum = op_requant_wide(c, op_personality(c)->mean, sum, c->op.p.mult[2],
				      c->op.p.shift[2]);
	} else {
		op_count_acc(c, sum, 32);
		sum = op_requant(c, sum, c->op.p.mult[2], c->op.p.shift[2]);
	}
	return op_limit(c, (s32)(u32)(u64)(sum + c->op.p.offset));
}

static void check_mean(u32 opcode)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		u32 in[4], out[4];
		struct op_case c;

		op_begin(&c, opcode, &random);
		c.op.p.axes = 1 + round % 15;
		c.op.p.count = 1;
		for (u32 d = 0; d < 4; d++) {
			bool reduced = c.op.p.axes >> d & 1;

			in[d] = 1 + conv_random(&random) % (d == 3 ? 150 : 7);
			out[d] = reduced ? 1 : in[d];
			c.op.p.count *= reduced ? in[d] : 1;
		}
		codes(&c, in);
		op_tensor(&c, OP_OUT, is_i16(opcode) ? VNPU_DTYPE_INT16 : any_q8(&random), out,
			  false);
		op_clamp(&c);
		op_rescale(&c, 2);
		if (round % 3)
			c.op.p.offset = round % 3 == 1 ? op_between(&random, -300, 300) :
							 (s32)conv_random(&random);
		op_check(&c, mean_reference);
	}
}

static void test_mean(void **state)
{
	check_mean(VNPU_OP_MEAN);
}

static void test_mean_i16(void **state)
{
	check_mean(VNPU_OP_MEAN_I16);
}

/* The most elements that a mean may have: their sum needs 36 bits. */
static void test_largest_mean_i16(void **state)
{
	const u32 in[4] = { 1, 1024, 1024, 1 }, out[4] = { 1, 1, 1, 1 };
	u64 random = SEED;

	for (u32 round = 0; round < 16; round++) {
		struct op_case c;

		op_begin(&c, VNPU_OP_MEAN_I16, &random);
		c.op.p.axes = 6;
		c.op.p.count = 1 << 20;
		op_tensor(&c, 0, VNPU_DTYPE_INT16, in, false);
		for (size_t i = c.op.in[0].offset; i < c.slot[0].bytes; i += 2)
			memcpy(c.slot[0].data + i, &(s16){ round % 2 ? 32767 : -32768 }, 2);
		op_tensor(&c, OP_OUT, VNPU_DTYPE_INT16, out, false);
		op_clamp(&c);
		op_rescale_by(&c, 2, 1.0 / (1 << (19 + round % 3)));
		op_check(&c, mean_reference);
	}
}

/* Rows of the greatest and of the least codes: sums that are kept in few bits are added up in time. */
static void test_long_mean(void **state)
{
	static const u32 rows[] = { 256, 257, 258, 514, 515, 4096 };
	u64 random = SEED;

	for (u32 round = 0; round < 8 * ARRAY_SIZE(rows); round++) {
		const u32 in[4] = { 1, 1 + (round >> 2 & 1), rows[round / 8], 21 };
		const u32 out[4] = { 1, 1, 1, 21 };
		struct op_case c;

		op_begin(&c, VNPU_OP_MEAN, &random);
		c.op.p.axes = 6;
		c.op.p.count = in[1] * in[2];
		op_tensor(&c, 0, round & 1 ? VNPU_DTYPE_INT8 : VNPU_DTYPE_UINT8, in, false);
		memset(c.slot[0].data + c.op.in[0].offset, round & 2 ? 0x7f : 0xff,
		       c.slot[0].bytes - c.op.in[0].offset);
		op_tensor(&c, OP_OUT, VNPU_DTYPE_INT8, out, false);
		op_clamp(&c);
		op_rescale_by(&c, 2, 1.0 / c.op.p.count);
		op_check(&c, mean_reference);
	}
}

static s64 arg_max_reference(const struct op_case *c, const u32 at[4])
{
	u32 best = 0;

	for (u32 i = 1; i < c->op.in[0].shape[3]; i++)
		if (op_read(c, 0, at[0], at[1], at[2], i) >
		    op_read(c, 0, at[0], at[1], at[2], best))
			best = i;
	return best;
}

static void test_arg_max(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		u32 in[4], out[4];
		struct op_case c;

		op_begin(&c, VNPU_OP_ARG_MAX, &random);
		for (u32 d = 0; d < 4; d++)
			in[d] = out[d] = 1 + conv_random(&random) % 6;
		in[3] = 1 + conv_random(&random) % 600;
		out[3] = 1;
		op_tensor(&c, 0, any_q8(&random), in, false);
		op_tensor(&c, OP_OUT, VNPU_DTYPE_INT32, out, false);
		/* few different codes, so that greatest ones repeat */
		if (round % 2)
			for (size_t i = 0; i < c.slot[0].bytes; i++)
				c.slot[0].data[i] &= 0x83;
		op_check(&c, arg_max_reference);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_avg_pool),
		cmocka_unit_test(test_max_pool),
		cmocka_unit_test(test_mean),
		cmocka_unit_test(test_avg_pool_i16),
		cmocka_unit_test(test_max_pool_i16),
		cmocka_unit_test(test_mean_i16),
		cmocka_unit_test(test_largest_mean_i16),
		cmocka_unit_test(test_long_mean),
		cmocka_unit_test(test_arg_max),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-reduce", tests, NULL, NULL);
}
