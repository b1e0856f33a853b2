// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * UNARY, BINARY, SELECT, CAST and GATHER against the host's libm in double and
 * against integers of 128 bits.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "real_case.h"

#define SEED 0x5eed0000022ull
#define ROUNDS 30u

static const u32 dtypes[] = {
	VNPU_DTYPE_INT8,  VNPU_DTYPE_UINT8,   VNPU_DTYPE_INT16,	  VNPU_DTYPE_INT32,
	VNPU_DTYPE_INT64, VNPU_DTYPE_FLOAT32, VNPU_DTYPE_FLOAT16,
};
#define INTEGERS 5u

static bool is_real(u32 dtype)
{
	return dtype == VNPU_DTYPE_FLOAT32 || dtype == VNPU_DTYPE_FLOAT16;
}

static void any_shape(u64 *random, u32 shape[4])
{
	for (u32 i = 0; i < 4; i++)
		shape[i] = real_between(random, 1, i < 3 ? 4 : 40);
	/* more than one tile, and than one row of a tile */
	if (conv_random(random) % 10 == 0)
		shape[3] = real_between(random, 500, 3000);
}

static double parameter(u32 bits)
{
	float f;

	memcpy(&f, &bits, sizeof(f));
	return (double)f;
}

static double sign_of(double x)
{
	return x > 0 ? 1 : x < 0 ? -1 : x;
}

static double unary(const struct real_case *c, double x)
{
	const double a = parameter(c->op.p.alpha), b = parameter(c->op.p.beta);
	const double pi = acos(-1);

	switch (c->op.p.mode) {
	case VNPU_FN_ABS:
		return fabs(x);
	case VNPU_FN_NEG:
		return -x;
	case VNPU_FN_SIGN:
		return sign_of(x);
	case VNPU_FN_SQUARE:
		return x * x;
	case VNPU_FN_FLOOR:
		return floor(x);
	case VNPU_FN_CEIL:
		return ceil(x);
	case VNPU_FN_ROUND:
		return rint(x);
	case VNPU_FN_SQRT:
		return sqrt(x);
	case VNPU_FN_RSQRT:
		return 1 / sqrt(x);
	case VNPU_FN_RECIPROCAL:
		return 1 / x;
	case VNPU_FN_EXP:
		return exp(x);
	case VNPU_FN_LOG:
		return log(x);
	case VNPU_FN_SIN:
		return sin(x);
	case VNPU_FN_COS:
		return cos(x);
	case VNPU_FN_TANH:
		return tanh(x);
	case VNPU_FN_LOGISTIC:
		return 1 / (1 + exp(-x));
	case VNPU_FN_ERF:
		return erf(x);
	case VNPU_FN_GELU:
		return x * erfc(-x * sqrt(0.5)) / 2;
	case VNPU_FN_GELU_TANH:
		return x / (1 + exp(-2 * sqrt(2 / pi) * (x + 0.044715 * x * x * x)));
	case VNPU_FN_ELU:
		return x > 0 ? x : a * expm1(x);
	case VNPU_FN_LEAKY_RELU:
		return x >= 0 ? x : a * x;
	case VNPU_FN_HARD_SWISH:
		return x * fmin(fmax(x + 3, 0), 6) / 6;
	case VNPU_FN_HARD_SIGMOID:
		return fmin(fmax(a * x + b, 0), 1);
	case VNPU_FN_SOFTPLUS:
		return log1p(exp(x));
	case VNPU_FN_CLAMP:
		return fmin(fmax(x, a), b);
	default:
		fail_msg("no reference for function %u", c->op.p.mode);
		return 0;
	}
}

/* Modulo 2^64, of which the dtype takes its part. */
static s64 unary_whole(const struct real_case *c, s64 x)
{
	switch (c->op.p.mode) {
	case VNPU_FN_ABS:
		return x < 0 ? (s64)(0 - (u64)x) : x;
	case VNPU_FN_NEG:
		return (s64)(0 - (u64)x);
	case VNPU_FN_SIGN:
		return x > 0 ? 1 : x < 0 ? -1 : 0;
	case VNPU_FN_SQUARE:
		return (s64)((u64)x * (u64)x);
	case VNPU_FN_NOT:
		return x == 0;
	default:
		fail_msg("no reference for function %u", c->op.p.mode);
		return 0;
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

static struct real_value unary_reference(const struct real_case *c, const u32 at[4])
{
	struct real_value x = real_at(c, 0, at[0], at[1], at[2], at[3]);

	if (is_real(c->op.out.dtype))
		return (struct real_value){ .real = unary(c, x.real) };
	return (struct real_value){ .whole = wrapped(c->op.out.dtype, unary_whole(c, x.whole)) };
}

static const struct {
	u32 function;
	enum real_fill fill;
	/* of float32, in ulp; those that round step by step lose more where steps cancel */
	double bound;
	bool integers;
	double alpha;
	double beta;
} unaries[] = {
	{ VNPU_FN_ABS, REAL_TAME, 0, true },
	{ VNPU_FN_NEG, REAL_TAME, 0, true },
	{ VNPU_FN_SIGN, REAL_TAME, 0, true },
	{ VNPU_FN_SQUARE, REAL_TAME, 0.5, true },
	{ VNPU_FN_FLOOR, REAL_TAME, 0 },
	{ VNPU_FN_CEIL, REAL_TAME, 0 },
	{ VNPU_FN_ROUND, REAL_TAME, 0 },
	{ VNPU_FN_SQRT, REAL_POSITIVE, 0.5 },
	{ VNPU_FN_RSQRT, REAL_POSITIVE, 0.50001 },
	{ VNPU_FN_RECIPROCAL, REAL_TAME, 0.5 },
	{ VNPU_FN_EXP, REAL_TAME, 0.50001 },
	{ VNPU_FN_LOG, REAL_POSITIVE, 0.50001 },
	{ VNPU_FN_SIN, REAL_TAME, 0.50001 },
	{ VNPU_FN_COS, REAL_TAME, 0.50001 },
	{ VNPU_FN_TANH, REAL_TAME, 0.50001 },
	{ VNPU_FN_LOGISTIC, REAL_TAME, 0.50001 },
	{ VNPU_FN_ERF, REAL_TAME, 0.50001 },
	{ VNPU_FN_GELU, REAL_TAME, 0.50001 },
	{ VNPU_FN_GELU_TANH, REAL_TAME, 0.50001 },
	{ VNPU_FN_ELU, REAL_TAME, 0.50001, .alpha = 1.7 },
	{ VNPU_FN_LEAKY_RELU, REAL_TAME, 0.5, .alpha = 0.1 },
	/* near -3 the sum x + 3 is exact */
	{ VNPU_FN_HARD_SWISH, REAL_TAME, 3 },
	{ VNPU_FN_HARD_SIGMOID, REAL_POSITIVE, 2, .alpha = 0.2, .beta = 0.5 },
	{ VNPU_FN_SOFTPLUS, REAL_TAME, 0.50001 },
	{ VNPU_FN_CLAMP, REAL_TAME, 0, .alpha = -1, .beta = 2.5 },
};

static void check_unary(u64 *random, size_t i, u32 dtype, enum real_fill fill)
{
	struct real_case c;
	u32 shape[4];

	any_shape(random, shape);
	real_begin(&c, VNPU_OP_UNARY, random);
	c.op.p.mode = unaries[i].function;
	c.op.p.alpha = real_bits(unaries[i].alpha);
	c.op.p.beta = real_bits(unaries[i].beta);
	/* binary32 results are rounded once more */
	c.bound =
		unaries[i].bound + (dtype == VNPU_DTYPE_FLOAT16 && unaries[i].bound > 0 ? 0.01 : 0);
	if (dtype == VNPU_DTYPE_FLOAT16 && c.bound > 1)
		c.bound = 0.51;
	real_tensor(&c, 0, dtype, shape, fill, conv_random(random) % 2);
	if (conv_random(random) % 4 == 0 && c.op.in[0].stride[0] && c.op.in[0].stride[1] &&
	    c.op.in[0].stride[2] && c.op.in[0].stride[3])
		real_in_place(&c);
	else
		real_tensor(&c, REAL_OUT, dtype, shape, fill, false);
	real_check(&c, fill == REAL_WILD && is_real(dtype) ? NULL : unary_reference);
}

static void test_unary(void **state)
{
	u64 random = SEED;

	for (size_t i = 0; i < ARRAY_SIZE(unaries); i++) {
		for (u32 round = 0; round < ROUNDS; round++) {
			check_unary(&random, i, VNPU_DTYPE_FLOAT32, unaries[i].fill);
			check_unary(&random, i, VNPU_DTYPE_FLOAT16, unaries[i].fill);
			check_unary(&random, i, VNPU_DTYPE_FLOAT32, REAL_WILD);
			check_unary(&random, i, VNPU_DTYPE_FLOAT16, REAL_WILD);
			if (unaries[i].integers)
				check_unary(&random, i, dtypes[round % INTEGERS], REAL_TAME);
		}
	}
}

static double binary(const struct real_case *c, double x, double y)
{
	double rest;

	switch (c->op.p.mode) {
	case VNPU_FN_ADD:
		return x + y;
	case VNPU_FN_SUB:
		return x - y;
	case VNPU_FN_MUL:
		return x * y;
	case VNPU_FN_DIV:
		return x / y;
	case VNPU_FN_FLOOR_DIV:
		/* of a quotient that binary32 has rounded */
		return floor((double)(float)(x / y));
	case VNPU_FN_FLOOR_MOD:
		rest = fmod(x, y);
		return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
	case VNPU_FN_POW:
		return pow(x, y);
	case VNPU_FN_MAXIMUM:
		return fmax(x, y);
	case VNPU_FN_MINIMUM:
		return fmin(x, y);
	case VNPU_FN_SQUARED_DIFFERENCE:
		return (x - y) * (x - y);
	case VNPU_FN_PRELU:
		return x >= 0 ? x : x * y;
	default:
		fail_msg("no reference for function %u", c->op.p.mode);
		return 0;
	}
}

static s64 floor_quotient(s64 x, s64 y)
{
	__int128 q = (__int128)x / y;

	return (s64)((__int128)x % y && (x < 0) != (y < 0) ? q - 1 : q);
}

static s64 power(s64 x, s64 y)
{
	u64 v = 1;

	if (y < 0)
		return x == 1 ? 1 : x == -1 ? (y % 2 ? -1 : 1) : 0;
	/* the order of units divides 2^62: powers repeat, and even bases vanish */
	for (u64 n = (u64)y > 200 && x % 2 == 0 ? 200 : (u64)y; n;
	     n >>= 1, x = (s64)((u64)x * (u64)x))
		v *= n & 1 ? (u64)x : 1;
	return (s64)v;
}

static s64 binary_whole(const struct real_case *c, s64 x, s64 y)
{
	switch (c->op.p.mode) {
	case VNPU_FN_ADD:
		return (s64)((u64)x + (u64)y);
	case VNPU_FN_SUB:
		return (s64)((u64)x - (u64)y);
	case VNPU_FN_MUL:
		return (s64)((u64)x * (u64)y);
	case VNPU_FN_DIV:
		return y ? (s64)((__int128)x / y) : 0;
	case VNPU_FN_FLOOR_DIV:
		return y ? floor_quotient(x, y) : 0;
	case VNPU_FN_FLOOR_MOD:
		return y ? (s64)(x - (__int128)floor_quotient(x, y) * y) : x;
	case VNPU_FN_POW:
		return power(x, y);
	case VNPU_FN_MAXIMUM:
		return x > y ? x : y;
	case VNPU_FN_MINIMUM:
		return x < y ? x : y;
	case VNPU_FN_SQUARED_DIFFERENCE:
		return (s64)(((u64)x - (u64)y) * ((u64)x - (u64)y));
	case VNPU_FN_PRELU:
		return x >= 0 ? x : (s64)((u64)x * (u64)y);
	default:
		fail_msg("no reference for function %u", c->op.p.mode);
		return 0;
	}
}

static bool truth(u32 function, struct real_value x, struct real_value y)
{
	bool less = x.real < y.real || x.whole < y.whole;
	/* values of the other kind are 0 and equal */
	bool equal = x.real == y.real && x.whole == y.whole;

	switch (function) {
	case VNPU_FN_EQUAL:
		return equal;
	case VNPU_FN_NOT_EQUAL:
		return !equal;
	case VNPU_FN_LESS:
		return less;
	case VNPU_FN_LESS_EQUAL:
		return less || equal;
	case VNPU_FN_AND:
		return x.whole && y.whole;
	default:
		return x.whole || y.whole;
	}
}

static struct real_value binary_reference(const struct real_case *c, const u32 at[4])
{
	struct real_value x = real_at(c, 0, at[0], at[1], at[2], at[3]);
	struct real_value y = real_at(c, 1, at[0], at[1], at[2], at[3]);
	u32 dtype = c->op.out.dtype;

	if (c->op.p.mode >= VNPU_FN_EQUAL)
		return (struct real_value){ .whole = truth(c->op.p.mode, x, y) };
	if (is_real(dtype))
		return (struct real_value){
			.real = real_bounded(c, binary(c, x.real, y.real)),
		};
	return (struct real_value){
		.whole = wrapped(dtype, binary_whole(c, x.whole, y.whole)),
	};
}

static const struct {
	u32 function;
	double bound;
} binaries[] = {
	{ VNPU_FN_ADD, 0.5 },	   { VNPU_FN_SUB, 0.5 },
	{ VNPU_FN_MUL, 0.5 },	   { VNPU_FN_DIV, 0.5 },
	{ VNPU_FN_FLOOR_DIV, 0 },  { VNPU_FN_FLOOR_MOD, 0.5 },
	{ VNPU_FN_POW, 0.50001 },  { VNPU_FN_MAXIMUM, 0 },
	{ VNPU_FN_MINIMUM, 0 },	   { VNPU_FN_SQUARED_DIFFERENCE, 2.5 },
	{ VNPU_FN_PRELU, 0.5 },	   { VNPU_FN_EQUAL, 0 },
	{ VNPU_FN_NOT_EQUAL, 0 },  { VNPU_FN_LESS, 0 },
	{ VNPU_FN_LESS_EQUAL, 0 }, { VNPU_FN_AND, 0 },
	{ VNPU_FN_OR, 0 },
};

static void check_binary(u64 *random, size_t i, u32 dtype, enum real_fill fill)
{
	bool is_truth = binaries[i].function >= VNPU_FN_EQUAL;
	u32 out = is_truth ? VNPU_DTYPE_UINT8 : dtype, shape[4];
	struct real_case c;

	any_shape(random, shape);
	real_begin(&c, VNPU_OP_BINARY, random);
	c.op.p.mode = binaries[i].function;
	c.bound = binaries[i].bound;
	if (dtype == VNPU_DTYPE_FLOAT16 && (c.bound > 0 || c.op.p.mode == VNPU_FN_FLOOR_DIV))
		c.bound = 0.51;
	real_tensor(&c, 0, dtype, shape, fill, conv_random(random) % 2);
	real_tensor(&c, 1, dtype, shape, fill, conv_random(random) % 2);
	/* equals, and small numbers */
	for (size_t b = 0; b < c.slot[1].bytes && conv_random(random) % 2 && !is_real(dtype); b++)
		c.slot[1].data[b] = b % npum_dtype_size(dtype) ? 0 : c.slot[1].data[b] % 5;
	real_tensor(&c, REAL_OUT, out, shape, fill, false);
	if (is_real(out))
		real_clamp(&c);
	real_check(&c, fill == REAL_WILD && is_real(dtype) ? NULL : binary_reference);
}

static void test_binary(void **state)
{
	u64 random = SEED;

	for (size_t i = 0; i < ARRAY_SIZE(binaries); i++) {
		bool bytes = binaries[i].function >= VNPU_FN_AND;

		for (u32 round = 0; round < ROUNDS; round++) {
			for (u32 d = 0; d < ARRAY_SIZE(dtypes); d++)
				if (!bytes || dtypes[d] == VNPU_DTYPE_UINT8)
					check_binary(&random, i, dtypes[d], REAL_TAME);
			if (bytes)
				continue;
			check_binary(&random, i, VNPU_DTYPE_FLOAT32, REAL_WILD);
			check_binary(&random, i, VNPU_DTYPE_FLOAT16, REAL_WILD);
		}
	}
}

static struct real_value select_reference(const struct real_case *c, const u32 at[4])
{
	bool yes = real_at(c, 0, at[0], at[1], at[2], at[3]).whole;

	return real_at(c, yes ? 1 : 2, at[0], at[1], at[2], at[3]);
}

static void test_select(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < 8 * ROUNDS; round++) {
		u32 dtype = dtypes[round % ARRAY_SIZE(dtypes)], shape[4];
		struct real_case c;

		any_shape(&random, shape);
		real_begin(&c, VNPU_OP_SELECT, &random);
		real_tensor(&c, 0, VNPU_DTYPE_UINT8, shape, REAL_WILD, round & 1);
		for (size_t b = 0; b < c.slot[0].bytes; b++)
			c.slot[0].data[b] &= 1;
		real_tensor(&c, 1, dtype, shape, REAL_WILD, round & 2);
		real_tensor(&c, 2, dtype, shape, REAL_WILD, round & 4);
		real_tensor(&c, REAL_OUT, dtype, shape, REAL_WILD, false);
		real_check(&c, select_reference);
	}
}

static struct real_value cast_reference(const struct real_case *c, const u32 at[4])
{
	struct real_value x = real_at(c, 0, at[0], at[1], at[2], at[3]);
	u32 from = c->op.in[0].dtype, to = c->op.out.dtype;
	const bool is_signed = to != VNPU_DTYPE_UINT8;
	double top = ldexp(1, 8 * (int)npum_dtype_size(to) - is_signed), low = is_signed ? -top : 0;

	if (is_real(to)) {
		double v = is_real(from) ? x.real : (double)x.whole;

		return (struct real_value){
			.real = real_round(c, to == VNPU_DTYPE_FLOAT16, v),
		};
	}
	if (!is_real(from))
		return (struct real_value){ .whole = wrapped(to, x.whole) };
	x.real = trunc(x.real);
	if (isnan(x.real))
		return (struct real_value){ 0 };
	if (x.real >= top)
		return (struct real_value){ .whole = (s64)((u64)(s64)(top / 2) * 2 - 1) };
	return (struct real_value){ .whole = (s64)fmax(x.real, low) };
}

static void test_cast(void **state)
{
	const size_t n = ARRAY_SIZE(dtypes);
	u64 random = SEED;

	for (u32 round = 0; round < n * n * ROUNDS / 2; round++) {
		enum real_fill fill = round / (n * n) % 2 ? REAL_WILD : REAL_TAME;
		u32 shape[4];
		struct real_case c;

		any_shape(&random, shape);
		real_begin(&c, VNPU_OP_CAST, &random);
		real_tensor(&c, 0, dtypes[round % n], shape, fill, round & 1);
		real_tensor(&c, REAL_OUT, dtypes[round / n % n], shape, fill, false);
		real_check(&c, cast_reference);
	}
}

static struct real_value gather_reference(const struct real_case *c, const u32 at[4])
{
	s64 i = real_at(c, 1, c->op.in[1].shape[0] == 1 ? 0 : at[0], 0, at[2], 0).whole;

	if (i < 0 || i >= c->op.in[0].shape[2])
		return (struct real_value){ 0 };
	return real_at(c, 0, at[0], at[1], (u32)i, at[3]);
}

static void test_gather(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < 8 * ROUNDS; round++) {
		u32 dtype = dtypes[round % ARRAY_SIZE(dtypes)], in[4], out[4];
		u32 index = round % 2 ? VNPU_DTYPE_INT32 : VNPU_DTYPE_INT64;
		struct real_case c;

		for (u32 i = 0; i < 4; i++)
			in[i] = out[i] = real_between(&random, 1, i < 3 ? 5 : 60);
		out[2] = real_between(&random, 1, 9);
		real_begin(&c, VNPU_OP_GATHER, &random);
		real_tensor(&c, 0, dtype, in, REAL_WILD, false);
		real_tensor(&c, 1, index, (u32[]){ round % 3 ? 1 : in[0], 1, out[2], 1 }, REAL_WILD,
			    false);
		/* most of them inside */
		for (size_t b = 0; b < c.slot[1].bytes && round % 4; b++)
			c.slot[1].data[b] = b % npum_dtype_size(index) ? 0 : c.slot[1].data[b] % 6;
		real_tensor(&c, REAL_OUT, dtype, out, REAL_WILD, false);
		real_check(&c, gather_reference);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unary),  cmocka_unit_test(test_binary),
		cmocka_unit_test(test_select), cmocka_unit_test(test_cast),
		cmocka_unit_test(test_gather),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-real-element", tests, NULL, NULL);
}
