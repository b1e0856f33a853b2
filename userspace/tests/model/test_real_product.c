// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Products in floating point against sums in double, rounded step by step as the
 * personality says: every bit, for random personalities, shapes, strides, windows.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "npum_isa.h"
#include "real_case.h"

#define SEED 0x5eed0000021ull
#define ROUNDS 250u
#define MAX_TERMS 4096u

static u32 any_float(u64 *random)
{
	return conv_random(random) % 2 ? VNPU_DTYPE_FLOAT32 : VNPU_DTYPE_FLOAT16;
}

/* Sum, bias, clamp and the rounding of the result. */
static struct real_value finish(const struct real_case *c, const double *x, const double *w,
				u32 terms, double bias)
{
	bool half = c->op.out.dtype == VNPU_DTYPE_FLOAT16 ||
		    c->set.at[0].real_type == NPUM_REAL_BINARY16;
	double v = real_sum_round(c, real_product(c, x, w, terms) + bias);

	if (!half)
		v = (double)(float)v;
	return (struct real_value){ .real = real_round(c, half, real_bounded(c, v)) };
}

static struct real_value window_reference(const struct real_case *c, const u32 at[4])
{
	const struct vnpu_params *p = &c->op.p;
	const u32 *in = c->op.in[0].shape;
	bool depthwise = c->op.opcode == VNPU_OP_DEPTHWISE_F;
	u32 first = 0, depth = in[3], terms = 0, kh = max(p->kernel[0], 1u);
	u32 kw = max(p->kernel[1], 1u);
	static double x[MAX_TERMS], w[MAX_TERMS];

	if (depthwise) {
		depth = 1;
		first = at[3] / (c->op.out.shape[3] / in[3]);
	}
	for (u32 i = 0; i < kh; i++)
		for (u32 j = 0; j < kw; j++)
			for (u32 k = 0; k < depth; k++, terms++) {
				s64 y = (s64)at[1] * max(p->stride[0], 1u) +
					(s64)i * p->dilation[0] - p->pad[0];
				s64 z = (s64)at[2] * max(p->stride[1], 1u) +
					(s64)j * p->dilation[1] - p->pad[1];
				bool inside = y >= 0 && z >= 0 && y < in[1] && z < in[2];

				x[terms] = inside ? real_at(c, 0, at[0], (u32)y, (u32)z, first + k)
							    .real :
						    0;
				w[terms] = real_weight(c, at[3], terms).real;
			}
	return finish(c, x, w, terms, real_at(c, 2, 0, 0, 0, at[3]).real);
}

static void window(struct real_case *c, u32 in[4], u32 out[4])
{
	struct vnpu_params *p = &c->op.p;

	in[0] = out[0] = real_between(c->random, 1, 2);
	for (u32 i = 0; i < 2; i++) {
		in[i + 1] = real_between(c->random, 1, 8);
		p->kernel[i] = real_between(c->random, 1, 3);
		p->stride[i] = real_between(c->random, 1, 3);
		p->dilation[i] = real_between(c->random, 1, 2);
		p->pad[i] = conv_random(c->random) % ((p->kernel[i] - 1) * p->dilation[i] + 1);
		out[i + 1] = (in[i + 1] + p->pad[i] - 1) / p->stride[i] + 1;
	}
}

static void check_window(u32 opcode, enum real_fill fill, u64 seed)
{
	bool depthwise = opcode == VNPU_OP_DEPTHWISE_F;
	u64 random = seed;

	for (u32 round = 0; round < ROUNDS; round++) {
		u32 dtype = any_float(&random), in[4], out[4];
		struct real_case c;

		real_begin(&c, opcode, &random);
		if (round % 3)
			real_fields(&c);
		if (opcode == VNPU_OP_FULLY_CONNECTED_F) {
			for (u32 i = 0; i < 3; i++)
				in[i] = out[i] = real_between(&random, 1, 4);
			in[3] = real_between(&random, 1, round % 10 ? 60 : 600);
			out[3] = real_between(&random, 1, 100);
		} else {
			window(&c, in, out);
			in[3] = real_between(&random, 1, depthwise ? 40 : 20);
			out[3] = depthwise ? in[3] * real_between(&random, 1, 3) :
					     real_between(&random, 1, 40);
		}
		real_tensor(&c, 0, dtype, in, fill, false);
		real_tensor(&c, REAL_OUT, dtype, out, fill, false);
		real_packed(&c, 1, any_float(&random),
			    depthwise ? VNPU_LAYOUT_ROWS_DEPTHWISE : VNPU_LAYOUT_ROWS,
			    (u32[]){ depthwise ? 1 : out[3], max(c.op.p.kernel[0], 1u),
				     max(c.op.p.kernel[1], 1u), depthwise ? out[3] : in[3] },
			    fill);
		real_packed(&c, 2, VNPU_DTYPE_FLOAT32, VNPU_LAYOUT_VECTOR,
			    (u32[]){ 1, 1, 1, out[3] }, fill);
		real_clamp(&c);
		real_check(&c, fill == REAL_WILD ? NULL : window_reference);
	}
}

static void test_conv(void **state)
{
	check_window(VNPU_OP_CONV2D_F, REAL_TAME, SEED);
}

static void test_depthwise(void **state)
{
	check_window(VNPU_OP_DEPTHWISE_F, REAL_TAME, SEED);
}

static void test_fully_connected(void **state)
{
	check_window(VNPU_OP_FULLY_CONNECTED_F, REAL_TAME, SEED);
}

/* Infinities, what is not a number, subnormals, overflows: the same bits everywhere. */
static void test_wild(void **state)
{
	check_window(VNPU_OP_CONV2D_F, REAL_WILD, SEED + 1);
	check_window(VNPU_OP_DEPTHWISE_F, REAL_WILD, SEED + 1);
	check_window(VNPU_OP_FULLY_CONNECTED_F, REAL_WILD, SEED + 1);
}

static struct real_value matmul_reference(const struct real_case *c, const u32 at[4])
{
	bool turned = c->op.p.mode & VNPU_MATMUL_TRANSPOSED;
	u32 terms = c->op.in[0].shape[3];
	static double x[MAX_TERMS], w[MAX_TERMS];

	for (u32 k = 0; k < terms; k++) {
		x[k] = real_at(c, 0, at[0], at[1], at[2], k).real;
		w[k] = real_at(c, 1, at[0], at[1], turned ? at[3] : k, turned ? k : at[3]).real;
	}
	return finish(c, x, w, terms, 0);
}

static void test_batch_matmul(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < 2 * ROUNDS; round++) {
		enum real_fill fill = round % 4 == 3 ? REAL_WILD : REAL_TAME;
		u32 dtype = any_float(&random), a[4], b[4], out[4];
		struct real_case c;

		real_begin(&c, VNPU_OP_BATCH_MATMUL_F, &random);
		if (round % 3)
			real_fields(&c);
		c.op.p.mode = round & 1;
		for (u32 i = 0; i < 2; i++)
			a[i] = b[i] = out[i] = real_between(&random, 1, 3);
		a[2] = out[2] = real_between(&random, 1, 20);
		a[3] = real_between(&random, 1, round % 10 ? 40 : 600);
		out[3] = real_between(&random, 1, 40);
		b[2] = c.op.p.mode ? out[3] : a[3];
		b[3] = c.op.p.mode ? a[3] : out[3];
		real_tensor(&c, 0, dtype, a, fill, true);
		real_tensor(&c, 1, dtype, b, fill, true);
		real_tensor(&c, REAL_OUT, dtype, out, fill, false);
		real_clamp(&c);
		real_check(&c, fill == REAL_WILD ? NULL : matmul_reference);
	}
}

/* A row's codes less their zero point, and what code 1 stands for: XNNPACK's qd8. */
static s64 asymmetric_sum(const struct real_case *c, const u32 at[4], float *unit)
{
	float low = 0, high = 0, scale, zero;
	s64 sum = 0;

	for (u32 k = 0; k < c->op.in[0].shape[3]; k++) {
		float x = (float)real_at(c, 0, at[0], at[1], at[2], k).real;

		low = fminf(low, x);
		high = fmaxf(high, x);
	}
	scale = low == high ? 1 : 255 / (high - low);
	zero = (-128 + low * scale) + (127 + high * scale) > 0 ? -128 - low * scale :
								 127 - high * scale;
	zero = rintf(fminf(fmaxf(zero, -128), 127));
	for (u32 k = 0; k < c->op.in[0].shape[3]; k++) {
		float x = (float)real_at(c, 0, at[0], at[1], at[2], k).real;
		float code = fminf(fmaxf(rintf(x * scale) + zero, -128), 127);

		sum += (s64)(code - zero) * real_weight(c, at[3], k).whole;
	}
	*unit = 1 / scale;
	return sum;
}

/* float32 steps in LiteRT's order, or in XNNPACK's */
static struct real_value hybrid_reference(const struct real_case *c, const u32 at[4])
{
	u32 terms = c->op.in[0].shape[3];
	bool half = c->set.at[0].real_type == NPUM_REAL_BINARY16;
	float most = 0, factor = 1, scale, v;
	s64 sum = 0;

	memcpy(&scale, &c->op.p.scale, sizeof(scale));
	if (c->set.at[0].hybrid == NPUM_HYBRID_ASYMMETRIC) {
		sum = asymmetric_sum(c, at, &factor);
		v = (float)sum * factor;
		v *= scale;
		v += (float)real_at(c, 2, 0, 0, 0, at[3]).real;
		return (struct real_value){ .real = real_round(c, half,
							       real_bounded(c, (double)v)) };
	}
	for (u32 k = 0; k < terms; k++)
		most = fmaxf(most, fabsf((float)real_at(c, 0, at[0], at[1], at[2], k).real));
	if (most != 0) {
		factor = most / 127;
		for (u32 k = 0; k < terms; k++) {
			float x = (float)real_at(c, 0, at[0], at[1], at[2], k).real;
			float q = roundf(x * (127 / most));

			sum += (s64)fminf(fmaxf(q, -127), 127) * real_weight(c, at[3], k).whole;
		}
	}
	v = (float)sum * (factor * scale);
	v += (float)real_at(c, 2, 0, 0, 0, at[3]).real;
	return (struct real_value){ .real = real_round(c, half, real_bounded(c, (double)v)) };
}

static void test_hybrid(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		enum real_fill fill = round % 4 == 3 ? REAL_WILD : REAL_TAME;
		u32 in[4], out[4];
		struct real_case c;

		real_begin(&c, VNPU_OP_FULLY_CONNECTED_HYBRID, &random);
		if (round % 3)
			real_fields(&c);
		for (u32 i = 0; i < 3; i++)
			in[i] = out[i] = real_between(&random, 1, 4);
		in[3] = real_between(&random, 1, 300);
		out[3] = real_between(&random, 1, 50);
		c.op.p.scale = real_bits(0.0173);
		c.set.at[0].hybrid = real_between(&random, 0, 1);
		real_tensor(&c, 0, VNPU_DTYPE_FLOAT32, in, fill, false);
		real_tensor(&c, REAL_OUT, VNPU_DTYPE_FLOAT32, out, fill, false);
		real_packed(&c, 1, VNPU_DTYPE_INT8, VNPU_LAYOUT_ROWS,
			    (u32[]){ out[3], 1, 1, in[3] }, fill);
		real_packed(&c, 2, VNPU_DTYPE_FLOAT32, VNPU_LAYOUT_VECTOR,
			    (u32[]){ 1, 1, 1, out[3] }, fill);
		real_clamp(&c);
		real_check(&c, fill == REAL_WILD ? NULL : hybrid_reference);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conv),
		cmocka_unit_test(test_depthwise),
		cmocka_unit_test(test_fully_connected),
		cmocka_unit_test(test_wild),
		cmocka_unit_test(test_batch_matmul),
		cmocka_unit_test(test_hybrid),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-real-product", tests, NULL, NULL);
}
