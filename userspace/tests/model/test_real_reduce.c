// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* REDUCE, ARG, SOFTMAX_F, pools and bilinear resize against their formulas in double. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "real_case.h"

#define SEED 0x5eed0000023ull
#define ROUNDS 300u
#define MAX_TERMS (4u * 4 * 4 * 600)

static const u32 dtypes[] = {
	VNPU_DTYPE_INT8,  VNPU_DTYPE_UINT8,   VNPU_DTYPE_INT16,	  VNPU_DTYPE_INT32,
	VNPU_DTYPE_INT64, VNPU_DTYPE_FLOAT32, VNPU_DTYPE_FLOAT16,
};

static bool is_real(u32 dtype)
{
	return dtype == VNPU_DTYPE_FLOAT32 || dtype == VNPU_DTYPE_FLOAT16;
}

static u32 any_float(u64 *random)
{
	return conv_random(random) % 2 ? VNPU_DTYPE_FLOAT32 : VNPU_DTYPE_FLOAT16;
}

static bool narrows(const struct real_case *c)
{
	return c->op.out.dtype == VNPU_DTYPE_FLOAT16 ||
	       c->set.at[0].real_type == NPUM_REAL_BINARY16;
}

/* A result that is in binary32 before it gets its dtype. */
static struct real_value finish(const struct real_case *c, double v)
{
	if (!narrows(c))
		v = (double)(float)v;
	return (struct real_value){ .real = real_round(c, narrows(c), v) };
}

/* Terms of a reduction in the order of memory. */
static u32 terms_of(const struct real_case *c, const u32 at[4], struct real_value *v)
{
	const u32 *in = c->op.in[0].shape;
	u32 first[4], end[4], i[4], terms = 0;

	for (u32 d = 0; d < 4; d++) {
		bool reduced = c->op.p.axes >> d & 1;

		first[d] = reduced ? 0 : at[d];
		end[d] = reduced ? in[d] : at[d] + 1;
	}
	for (i[0] = first[0]; i[0] < end[0]; i[0]++)
		for (i[1] = first[1]; i[1] < end[1]; i[1]++)
			for (i[2] = first[2]; i[2] < end[2]; i[2]++)
				for (i[3] = first[3]; i[3] < end[3]; i[3]++)
					v[terms++] = real_at(c, 0, i[0], i[1], i[2], i[3]);
	return terms;
}

static double reduce_real(const struct real_case *c, const struct real_value *v, u32 terms)
{
	bool backward = c->set.at[0].real_order == NPUM_REAL_BACKWARD;
	static double x[MAX_TERMS], one[MAX_TERMS];
	float product = 1;
	double top = v[0].real;

	for (u32 i = 0; i < terms; i++) {
		x[i] = v[i].real;
		one[i] = 1;
		product *= (float)v[backward ? terms - 1 - i : i].real;
		if (c->op.p.mode == VNPU_FN_MAXIMUM)
			top = fmax(top, x[i]);
		else
			top = fmin(top, x[i]);
	}
	switch (c->op.p.mode) {
	case VNPU_FN_ADD:
		return real_sum(c, x, one, terms);
	case VNPU_FN_MEAN:
		return real_sum(c, x, one, terms) / terms;
	case VNPU_FN_MUL:
		return (double)product;
	default:
		return top;
	}
}

static s64 reduce_whole(u32 function, const struct real_value *v, u32 terms)
{
	u64 sum = 0, product = 1;
	s64 most = v[0].whole, least = v[0].whole;
	bool all = true, any = false;

	for (u32 i = 0; i < terms; i++) {
		sum += (u64)v[i].whole;
		product *= (u64)v[i].whole;
		most = max(most, v[i].whole);
		least = min(least, v[i].whole);
		all = all && v[i].whole;
		any = any || v[i].whole;
	}
	switch (function) {
	case VNPU_FN_ADD:
		return (s64)sum;
	case VNPU_FN_MEAN:
		return (s64)sum / (s64)terms;
	case VNPU_FN_MUL:
		return (s64)product;
	case VNPU_FN_MAXIMUM:
		return most;
	case VNPU_FN_MINIMUM:
		return least;
	case VNPU_FN_AND:
		return all;
	default:
		return any;
	}
}

static s64 wrapped(u32 dtype, s64 v)
{
	switch (dtype) {
	case VNPU_DTYPE_INT8:
		return (s8)(u8)(u64)v;
	case VNPU_DTYPE_UINT8:
		return (u8)(u64)v;
	case VNPU_DTYPE_INT16:
		return (s16)(u16)(u64)v;
	case VNPU_DTYPE_INT32:
		return (s32)(u32)(u64)v;
	default:
		return v;
	}
}

static struct real_value reduce_reference(const struct real_case *c, const u32 at[4])
{
	static struct real_value v[MAX_TERMS];
	u32 terms = terms_of(c, at, v), dtype = c->op.out.dtype;

	if (is_real(dtype))
		return finish(c, reduce_real(c, v, terms));
	return (struct real_value){
		.whole = wrapped(dtype, reduce_whole(c->op.p.mode, v, terms)),
	};
}

static void test_reduce(void **state)
{
	static const u32 functions[] = {
		VNPU_FN_ADD,	 VNPU_FN_MEAN, VNPU_FN_MUL, VNPU_FN_MAXIMUM,
		VNPU_FN_MINIMUM, VNPU_FN_AND,  VNPU_FN_OR,
	};
	u64 random = SEED;

	for (u32 round = 0; round < 5 * ROUNDS; round++) {
		u32 function = functions[conv_random(&random) % ARRAY_SIZE(functions)];
		u32 dtype = dtypes[conv_random(&random) % ARRAY_SIZE(dtypes)], in[4], out[4];
		enum real_fill fill = round % 5 == 4 ? REAL_WILD : REAL_TAME;
		struct real_case c;

		if (function >= VNPU_FN_AND && function <= VNPU_FN_OR)
			dtype = VNPU_DTYPE_UINT8;
		real_begin(&c, VNPU_OP_REDUCE, &random);
		if (round % 3)
			real_fields(&c);
		c.op.p.mode = function;
		c.op.p.axes = 1 + round % 15;
		c.op.p.count = 1;
		for (u32 d = 0; d < 4; d++) {
			bool reduced = c.op.p.axes >> d & 1;

			in[d] = real_between(&random, 1, d < 3 ? 4 : 40);
			if (d == 3 && round % 10 == 0)
				in[d] = real_between(&random, 200, 600);
			out[d] = reduced ? 1 : in[d];
			c.op.p.count *= reduced ? in[d] : 1;
		}
		real_tensor(&c, 0, dtype, in, fill, false);
		/* long products that neither vanish nor overflow are few */
		if (!is_real(dtype) && function == VNPU_FN_MUL)
			for (size_t b = 0; b < c.slot[0].bytes; b++)
				c.slot[0].data[b] |= b % npum_dtype_size(dtype) ? 0 : 1;
		real_tensor(&c, REAL_OUT, dtype, out, fill, false);
		real_check(&c, fill == REAL_WILD && is_real(dtype) ? NULL : reduce_reference);
	}
}

static struct real_value arg_reference(const struct real_case *c, const u32 at[4])
{
	bool least = c->op.p.mode & VNPU_ARG_LEAST, last = c->op.p.mode & VNPU_ARG_LAST;
	struct real_value best = real_at(c, 0, at[0], at[1], at[2], 0);
	s64 index = 0;

	for (u32 i = 1; i < c->op.in[0].shape[3]; i++) {
		struct real_value v = real_at(c, 0, at[0], at[1], at[2], i);
		bool more = v.real > best.real || v.whole > best.whole;
		bool less = v.real < best.real || v.whole < best.whole;

		if ((least ? less : more) || (last && !less && !more)) {
			best = v;
			index = i;
		}
	}
	return (struct real_value){ .whole = index };
}

static void test_arg(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		u32 dtype = dtypes[round % ARRAY_SIZE(dtypes)], in[4], out[4];
		struct real_case c;

		real_begin(&c, VNPU_OP_ARG, &random);
		c.op.p.mode = conv_random(&random) % 4;
		for (u32 d = 0; d < 3; d++)
			in[d] = out[d] = real_between(&random, 1, 5);
		in[3] = real_between(&random, 1, 600);
		out[3] = 1;
		real_tensor(&c, 0, dtype, in, REAL_TAME, false);
		/* few different numbers, so that the best repeat */
		for (size_t b = 0; b < c.slot[0].bytes && round % 2 && !is_real(dtype); b++)
			c.slot[0].data[b] &= 0x83;
		for (size_t b = 0; b < c.slot[0].bytes && round % 2 && is_real(dtype); b += 2)
			memcpy(c.slot[0].data + b, &(u16){ b % 6 ? 0x4000 : 0xc200 }, 2);
		real_tensor(&c, REAL_OUT, round % 3 ? VNPU_DTYPE_INT32 : VNPU_DTYPE_INT64, out,
			    REAL_WILD, false);
		real_check(&c, arg_reference);
	}
}

/*
 * Step by step in binary32.  Exponentials and logarithms are the host's in double,
 * rounded: those of the model are another number once in 100000 times or so.
 */
static struct real_value softmax_reference(const struct real_case *c, const u32 at[4])
{
	bool log_of = c->op.p.mode & VNPU_SOFTMAX_LOG;
	u32 count = c->op.in[0].shape[3];
	static double e[MAX_TERMS], one[MAX_TERMS];
	float top = -INFINITY, scale, own = 0, sum, v;

	memcpy(&scale, &c->op.p.scale, sizeof(scale));
	for (u32 i = 0; i < count; i++)
		top = fmaxf(top, (float)real_at(c, 0, at[0], at[1], at[2], i).real);
	for (u32 i = 0; i < count; i++) {
		v = ((float)real_at(c, 0, at[0], at[1], at[2], i).real - top) * scale;
		e[i] = (double)(float)exp((double)v);
		one[i] = 1;
		if (i == at[3])
			own = v;
	}
	sum = (float)real_sum(c, e, one, count);
	v = log_of ? own - (float)log((double)sum) : (float)e[at[3]] / sum;
	return finish(c, (double)v);
}

static void test_softmax(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < 2 * ROUNDS; round++) {
		enum real_fill fill = round % 4 == 3 ? REAL_WILD : REAL_TAME;
		u32 dtype = any_float(&random), shape[4];
		struct real_case c;

		for (u32 d = 0; d < 3; d++)
			shape[d] = real_between(&random, 1, 4);
		shape[3] = real_between(&random, 1, 60);
		/* the reference is quadratic */
		if (round % 20 == 0) {
			shape[0] = shape[1] = shape[2] = 1;
			shape[3] = real_between(&random, 200, 1200);
		}
		real_begin(&c, VNPU_OP_SOFTMAX_F, &random);
		if (round % 3 == 0)
			real_fields(&c);
		c.op.p.mode = round & 1;
		c.op.p.scale = real_bits(round % 5 ? 1 : 0.25);
		real_tensor(&c, 0, dtype, shape, fill, false);
		real_tensor(&c, REAL_OUT, dtype, shape, fill, false);
		real_check(&c, fill == REAL_WILD ? NULL : softmax_reference);
	}
}

static struct real_value pool_reference(const struct real_case *c, const u32 at[4])
{
	const struct vnpu_params *p = &c->op.p;
	const u32 *in = c->op.in[0].shape;
	double x[64], one[64], top = -(double)INFINITY;
	u32 terms = 0, count;

	for (u32 i = 0; i < p->kernel[0]; i++)
		for (u32 j = 0; j < p->kernel[1]; j++) {
			s64 y = (s64)at[1] * p->stride[0] + i - p->pad[0];
			s64 z = (s64)at[2] * p->stride[1] + j - p->pad[1];

			if (y < 0 || z < 0 || y >= in[1] || z >= in[2])
				continue;
			one[terms] = 1;
			x[terms] = real_at(c, 0, at[0], (u32)y, (u32)z, at[3]).real;
			top = fmax(top, x[terms++]);
		}
	if (c->op.opcode == VNPU_OP_MAX_POOL_F)
		return finish(c, real_bounded(c, top));
	count = p->mode & VNPU_POOL_WHOLE ? p->kernel[0] * p->kernel[1] : terms;
	top = real_sum(c, x, one, terms) / count;
	if (!narrows(c))
		top = (double)(float)top;
	return finish(c, real_bounded(c, top));
}

static void check_pool(u32 opcode)
{
	u64 random = SEED + opcode;

	for (u32 round = 0; round < ROUNDS; round++) {
		enum real_fill fill = round % 4 == 3 ? REAL_WILD : REAL_TAME;
		u32 dtype = any_float(&random), in[4], out[4];
		struct vnpu_params *p;
		struct real_case c;

		real_begin(&c, opcode, &random);
		if (round % 3)
			real_fields(&c);
		p = &c.op.p;
		in[0] = out[0] = real_between(&random, 1, 2);
		in[3] = out[3] = real_between(&random, 1, 40);
		for (u32 i = 0; i < 2; i++) {
			in[i + 1] = real_between(&random, 1, 12);
			p->kernel[i] = real_between(&random, 1, 7);
			p->stride[i] = real_between(&random, 1, 4);
			p->pad[i] = conv_random(&random) % p->kernel[i];
			p->dilation[i] = 1;
			out[i + 1] = (in[i + 1] + p->pad[i] - 1) / p->stride[i] + 1;
		}
		if (opcode == VNPU_OP_AVG_POOL_F)
			p->mode = round & 1;
		real_tensor(&c, 0, dtype, in, fill, false);
		real_tensor(&c, REAL_OUT, dtype, out, fill, false);
		real_clamp(&c);
		real_check(&c, fill == REAL_WILD ? NULL : pool_reference);
	}
}

static void test_pools(void **state)
{
	check_pool(VNPU_OP_AVG_POOL_F);
	check_pool(VNPU_OP_MAX_POOL_F);
}

static float corner(const struct real_case *c, u32 axis, u32 at, u32 index[2])
{
	u32 in = c->op.in[0].shape[axis], out = c->op.out.shape[axis];
	float scale = (float)in / (float)out, p;

	if ((c->op.p.mode & VNPU_RESIZE_ALIGN_CORNERS) && out > 1)
		scale = (float)(in - 1) / (float)(out - 1);
	p = (float)at * scale;
	if (c->op.p.mode & VNPU_RESIZE_HALF_PIXEL)
		p = ((float)at + 0.5f) * scale - 0.5f;
	index[0] = (u32)fmaxf(floorf(p), 0);
	index[0] = min(index[0], in - 1);
	index[1] = min((u32)fmaxf(ceilf(p), 0), in - 1);
	return p - (float)index[0];
}

static struct real_value bilinear_reference(const struct real_case *c, const u32 at[4])
{
	u32 y[2], x[2];
	float dy = corner(c, 1, at[1], y), dx = corner(c, 2, at[2], x), v[4];

	for (u32 i = 0; i < 4; i++)
		v[i] = (float)real_at(c, 0, at[0], y[i & 1], x[i >> 1], at[3]).real;
	return finish(c, (double)(v[0] * (1 - dy) * (1 - dx) + v[1] * dy * (1 - dx) +
				  v[2] * (1 - dy) * dx + v[3] * dy * dx));
}

static void test_bilinear(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		enum real_fill fill = round % 4 == 3 ? REAL_WILD : REAL_TAME;
		u32 dtype = any_float(&random), in[4], out[4];
		struct real_case c;

		real_begin(&c, VNPU_OP_RESIZE_BILINEAR_F, &random);
		if (round % 3 == 0)
			real_fields(&c);
		in[0] = out[0] = real_between(&random, 1, 2);
		in[3] = out[3] = real_between(&random, 1, 20);
		for (u32 i = 1; i <= 2; i++) {
			in[i] = real_between(&random, 1, 20);
			out[i] = real_between(&random, 1, 40);
		}
		c.op.p.mode = round % 3;
		real_tensor(&c, 0, dtype, in, fill, false);
		real_tensor(&c, REAL_OUT, dtype, out, fill, false);
		real_check(&c, fill == REAL_WILD ? NULL : bilinear_reference);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reduce),	 cmocka_unit_test(test_arg),
		cmocka_unit_test(test_softmax),	 cmocka_unit_test(test_pools),
		cmocka_unit_test(test_bilinear),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-real-reduce", tests, NULL, NULL);
}
