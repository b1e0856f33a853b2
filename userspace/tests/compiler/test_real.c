// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Ops in floating point and in integers without scales, from a model of one op to its
 * result, against the definition in double.  Float results may be off by TOLERANCE of
 * the largest one; what is exact in binary32, integers and truths must be equal.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "one_op.h"

#define TOLERANCE 1e-6

#define F32 NPUC_TYPE_FLOAT32
#define I32 NPUC_TYPE_INT32
#define I64 NPUC_TYPE_INT64
#define BOOL NPUC_TYPE_BOOL

#define WORD(v)                  \
	{                        \
		4, (uint32_t)(v) \
	}
#define BYTE(v)      \
	{            \
		1, v \
	}

static struct one_op op;
static double want[ONE_OP_NUMBERS];

static void begin(uint32_t builtin, uint32_t inputs)
{
	op = (struct one_op){ .builtin = builtin, .inputs = inputs };
}

static void shape(struct one_tensor *t, uint32_t type, uint32_t rank, const int32_t *dim)
{
	t->type = type;
	t->rank = rank;
	memcpy(t->dim, dim, rank * sizeof(t->dim[0]));
}

#define SHAPE(t, type, ...)                                                  \
	shape(t, type, sizeof((int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t), \
	      (int32_t[]){ __VA_ARGS__ })

static void check(const char *name, uint32_t number, double tolerance)
{
	double top = 0;

	one_op_run(&op);
	for (uint32_t i = 0; i < one_op_elements(&op.out); i++)
		top = fabs(want[i]) > top ? fabs(want[i]) : top;
	for (uint32_t i = 0; i < one_op_elements(&op.out); i++)
		if (!(fabs(op.out.values[i] - want[i]) <= tolerance * top))
			fail_msg("%s %u: element %u is %.9g, wanted %.9g", name, number, i,
				 op.out.values[i], want[i]);
}

static double f_rsqrt(double x)
{
	return 1 / sqrt(x);
}

static double f_square(double x)
{
	return x * x;
}

static double f_sign(double x)
{
	return (x > 0) - (x < 0);
}

static double f_neg(double x)
{
	return -x;
}

static double f_logistic(double x)
{
	return 1 / (1 + exp(-x));
}

static double f_elu(double x)
{
	return x >= 0 ? x : expm1(x);
}

static double f_gelu(double x)
{
	return x * (1 + erf(x / sqrt(2))) / 2;
}

static double f_hard_swish(double x)
{
	return x * fmin(fmax(x + 3, 0), 6) / 6;
}

static double f_leaky(double x)
{
	return x >= 0 ? x : 0.25 * x;
}

static double f_relu(double x)
{
	return fmax(x, 0);
}

static double f_relu6(double x)
{
	return fmin(fmax(x, 0), 6);
}

static double f_relu1(double x)
{
	return fmin(fmax(x, -1), 1);
}

static double f_unit(double x)
{
	return fmin(fmax(x, 0), 1);
}

static double f_not(double x)
{
	return x == 0;
}

static void test_unary(void **state)
{
	static const struct {
		uint32_t builtin;
		double (*f)(double x);
		double low;
		double high;
		uint32_t type;
		double tolerance;
	} rows[] = {
		{ TFLITE_ABS, fabs, -9, 9, F32, 0 },
		{ TFLITE_ABS, fabs, -99, 99, I32, 0 },
		{ TFLITE_NEG, f_neg, -9, 9, F32, 0 },
		{ TFLITE_NEG, f_neg, -99, 99, I64, 0 },
		{ TFLITE_SIGN, f_sign, -9, 9, F32, 0 },
		{ TFLITE_SQUARE, f_square, -9, 9, F32, TOLERANCE },
		{ TFLITE_SQUARE, f_square, -99, 99, I32, 0 },
		{ TFLITE_FLOOR, floor, -9, 9, F32, 0 },
		{ TFLITE_CEIL, ceil, -9, 9, F32, 0 },
		{ TFLITE_ROUND, nearbyint, -9, 9, F32, 0 },
		{ TFLITE_SQRT, sqrt, 0, 9, F32, TOLERANCE },
		{ TFLITE_RSQRT, f_rsqrt, 0.1, 9, F32, TOLERANCE },
		{ TFLITE_EXP, exp, -9, 9, F32, TOLERANCE },
		{ TFLITE_LOG, log, 0.1, 99, F32, TOLERANCE },
		{ TFLITE_SIN, sin, -9, 9, F32, TOLERANCE },
		{ TFLITE_COS, cos, -9, 9, F32, TOLERANCE },
		{ TFLITE_TANH, tanh, -9, 9, F32, TOLERANCE },
		{ TFLITE_LOGISTIC, f_logistic, -9, 9, F32, TOLERANCE },
		{ TFLITE_ELU, f_elu, -9, 9, F32, TOLERANCE },
		{ TFLITE_GELU, f_gelu, -9, 9, F32, TOLERANCE },
		{ TFLITE_HARD_SWISH, f_hard_swish, -9, 9, F32, TOLERANCE },
		{ TFLITE_LEAKY_RELU, f_leaky, -9, 9, F32, 0 },
		{ TFLITE_RELU, f_relu, -9, 9, F32, 0 },
		{ TFLITE_RELU6, f_relu6, -9, 9, F32, 0 },
		{ TFLITE_RELU_N1_TO_1, f_relu1, -9, 9, F32, 0 },
		{ TFLITE_RELU_0_TO_1, f_unit, -9, 9, F32, 0 },
		{ TFLITE_LOGICAL_NOT, f_not, 0, 2, BOOL, 0 },
	};
	uint32_t seed = 1;

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].builtin, 1);
		SHAPE(&op.in[0], rows[i].type, 2, 3, 5, 7);
		SHAPE(&op.out, rows[i].type, 2, 3, 5, 7);
		if (rows[i].builtin == TFLITE_LEAKY_RELU) {
			op.options_type = 75;
			op.options[0] = (struct fb_field)WORD(0x3e800000);
		}
		one_op_random(&op.in[0], rows[i].low, rows[i].high, &seed);
		for (uint32_t k = 0; k < one_op_elements(&op.out); k++)
			want[k] = rows[i].f(op.in[0].values[k]);
		check("unary", i, rows[i].tolerance);
	}
}

static double g_add(double x, double y)
{
	return x + y;
}

static double g_sub(double x, double y)
{
	return x - y;
}

static double g_mul(double x, double y)
{
	return x * y;
}

static double g_div(double x, double y)
{
	return x / y;
}

static double g_floor_div(double x, double y)
{
	return floor(x / y);
}

static double g_floor_mod(double x, double y)
{
	double rest = fmod(x, y);

	return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static double g_squared_difference(double x, double y)
{
	return (x - y) * (x - y);
}

static double g_prelu(double x, double y)
{
	return x >= 0 ? x : x * y;
}

static double g_equal(double x, double y)
{
	return x == y;
}

static double g_not_equal(double x, double y)
{
	return x != y;
}

static double g_less(double x, double y)
{
	return x < y;
}

static double g_less_equal(double x, double y)
{
	return x <= y;
}

static double g_greater(double x, double y)
{
	return x > y;
}

static double g_greater_equal(double x, double y)
{
	return x >= y;
}

static double g_and(double x, double y)
{
	return x != 0 && y != 0;
}

static double g_or(double x, double y)
{
	return x != 0 || y != 0;
}

/* Inputs of [2,3,1,7] and [5,1] make [2,3,5,7]. */
static void test_binary(void **state)
{
	static const struct {
		uint32_t builtin;
		double (*f)(double x, double y);
		double low;
		double high;
		uint32_t type;
		uint32_t out;
		double tolerance;
	} rows[] = {
		{ TFLITE_ADD, g_add, -9, 9, F32, F32, TOLERANCE },
		{ TFLITE_SUB, g_sub, -9, 9, F32, F32, TOLERANCE },
		{ TFLITE_MUL, g_mul, -9, 9, F32, F32, TOLERANCE },
		{ TFLITE_DIV, g_div, 1, 9, F32, F32, TOLERANCE },
		{ TFLITE_FLOOR_DIV, g_floor_div, 1, 9, F32, F32, 0 },
		{ TFLITE_FLOOR_MOD, g_floor_mod, 1, 9, F32, F32, TOLERANCE },
		{ TFLITE_POW, pow, 0.5, 4, F32, F32, TOLERANCE },
		{ TFLITE_MAXIMUM, fmax, -9, 9, F32, F32, 0 },
		{ TFLITE_MINIMUM, fmin, -9, 9, F32, F32, 0 },
		{ TFLITE_SQUARED_DIFFERENCE, g_squared_difference, -9, 9, F32, F32, TOLERANCE },
		{ TFLITE_PRELU, g_prelu, -9, 9, F32, F32, TOLERANCE },
		{ TFLITE_ADD, g_add, -99, 99, I32, I32, 0 },
		{ TFLITE_SUB, g_sub, -99, 99, I64, I64, 0 },
		{ TFLITE_MUL, g_mul, -99, 99, I32, I32, 0 },
		{ TFLITE_FLOOR_DIV, g_floor_div, -99, -1, I32, I32, 0 },
		{ TFLITE_FLOOR_MOD, g_floor_mod, -99, -1, I32, I32, 0 },
		{ TFLITE_MAXIMUM, fmax, -99, 99, I32, I32, 0 },
		{ TFLITE_MINIMUM, fmin, -99, 99, I64, I64, 0 },
		{ TFLITE_EQUAL, g_equal, -3, 3, I32, BOOL, 0 },
		{ TFLITE_NOT_EQUAL, g_not_equal, -3, 3, I32, BOOL, 0 },
		{ TFLITE_LESS, g_less, -9, 9, F32, BOOL, 0 },
		{ TFLITE_LESS_EQUAL, g_less_equal, -3, 3, I32, BOOL, 0 },
		{ TFLITE_GREATER, g_greater, -9, 9, F32, BOOL, 0 },
		{ TFLITE_GREATER_EQUAL, g_greater_equal, -3, 3, I32, BOOL, 0 },
		{ TFLITE_LOGICAL_AND, g_and, 0, 2, BOOL, BOOL, 0 },
		{ TFLITE_LOGICAL_OR, g_or, 0, 2, BOOL, BOOL, 0 },
	};
	uint32_t seed = 7;

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].builtin, 2);
		SHAPE(&op.in[0], rows[i].type, 2, 3, 1, 7);
		SHAPE(&op.in[1], rows[i].type, 5, 1);
		SHAPE(&op.out, rows[i].out, 2, 3, 5, 7);
		for (uint32_t k = 0; k < 2; k++)
			one_op_random(&op.in[k], rows[i].low, rows[i].high, &seed);
		for (uint32_t k = 0; k < one_op_elements(&op.out); k++)
			want[k] = rows[i].f(op.in[0].values[k / 35 * 7 + k % 7],
					    op.in[1].values[k / 7 % 5]);
		check("binary", i, rows[i].tolerance);
	}
}

/* With a RELU6 in the op itself, and with one behind it that becomes its clamp. */
static void test_activation(void **state)
{
	uint32_t seed = 3;

	begin(TFLITE_ADD, 2);
	op.options_type = 11;
	op.options[0] = (struct fb_field)BYTE(3);
	for (uint32_t k = 0; k < 2; k++) {
		SHAPE(&op.in[k], F32, 4, 9);
		one_op_random(&op.in[k], -9, 9, &seed);
	}
	SHAPE(&op.out, F32, 4, 9);
	for (uint32_t k = 0; k < 36; k++)
		want[k] = f_relu6((double)((float)op.in[0].values[k] + (float)op.in[1].values[k]));
	check("fused", 0, 0);
}

static void test_select(void **state)
{
	static const uint32_t types[] = { F32, I32, I64, BOOL, NPUC_TYPE_INT8 };
	uint32_t seed = 5;

	for (uint32_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		for (uint32_t rows = 0; rows < 2; rows++) {
			begin(rows ? TFLITE_SELECT : TFLITE_SELECT_V2, 3);
			if (rows)
				SHAPE(&op.in[0], BOOL, 6);
			else
				SHAPE(&op.in[0], BOOL, 1, 5);
			SHAPE(&op.in[1], types[i], 6, 5);
			if (rows)
				SHAPE(&op.in[2], types[i], 6, 5);
			else
				SHAPE(&op.in[2], types[i], 6, 1);
			SHAPE(&op.out, types[i], 6, 5);
			one_op_random(&op.in[0], 0, 2, &seed);
			one_op_random(&op.in[1], 0, 99, &seed);
			one_op_random(&op.in[2], 0, 99, &seed);
			for (uint32_t k = 0; k < 30; k++)
				want[k] = op.in[0].values[rows ? k / 5 : k % 5] != 0 ?
						  op.in[1].values[k] :
						  op.in[2].values[rows ? k : k / 5];
			check("select", 2 * i + rows, 0);
		}
	}
}

static double h_sum(double x, double y, uint32_t n)
{
	return x + y;
}

static double h_mean(double x, double y, uint32_t n)
{
	return x + y / n;
}

static double h_product(double x, double y, uint32_t n)
{
	return x * y;
}

static double h_maximum(double x, double y, uint32_t n)
{
	return fmax(x, y);
}

static double h_minimum(double x, double y, uint32_t n)
{
	return fmin(x, y);
}

static double h_any(double x, double y, uint32_t n)
{
	return x != 0 || y != 0;
}

static double h_all(double x, double y, uint32_t n)
{
	return x != 0 && y != 0;
}

/* Over the first and the last dimension of [3,4,5], which leaves [4]. */
static void test_reduce(void **state)
{
	static const struct {
		uint32_t builtin;
		double (*f)(double x, double y, uint32_t n);
		double first;
		double low;
		double high;
		uint32_t type;
		double tolerance;
	} rows[] = {
		{ TFLITE_SUM, h_sum, 0, -9, 9, F32, TOLERANCE },
		{ TFLITE_SUM, h_sum, 0, -99, 99, I32, 0 },
		{ TFLITE_MEAN, h_mean, 0, -9, 9, F32, TOLERANCE },
		{ TFLITE_REDUCE_PROD, h_product, 1, 0.5, 1.5, F32, TOLERANCE },
		{ TFLITE_REDUCE_MAX, h_maximum, -99, -9, 9, F32, 0 },
		{ TFLITE_REDUCE_MIN, h_minimum, 99, -9, 9, I64, 0 },
		{ TFLITE_REDUCE_ANY, h_any, 0, 0, 1.1, BOOL, 0 },
		{ TFLITE_REDUCE_ALL, h_all, 1, 0.9, 2, BOOL, 0 },
	};
	static const int32_t axes[] = { 0, -1 };
	uint32_t seed = 11;

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].builtin, 2);
		SHAPE(&op.in[0], rows[i].type, 3, 4, 5);
		one_op_ints(&op, 1, 2, axes);
		SHAPE(&op.out, rows[i].type, 4);
		one_op_random(&op.in[0], rows[i].low, rows[i].high, &seed);
		for (uint32_t k = 0; k < 4; k++)
			want[k] = rows[i].first;
		for (uint32_t k = 0; k < 60; k++)
			want[k / 5 % 4] = rows[i].f(want[k / 5 % 4], op.in[0].values[k], 15);
		check("reduce", i, rows[i].tolerance);
	}
}

static void test_arg(void **state)
{
	static const int32_t axis[] = { 1 };
	static const uint32_t types[] = { F32, I32, NPUC_TYPE_INT8 };
	uint32_t seed = 13;

	for (uint32_t i = 0; i < 12; i++) {
		bool least = i & 1;

		begin(least ? TFLITE_ARG_MIN : TFLITE_ARG_MAX, 2);
		SHAPE(&op.in[0], types[i / 4], 3, 7, 4);
		one_op_ints(&op, 1, 1, axis);
		SHAPE(&op.out, i & 2 ? I64 : I32, 3, 4);
		one_op_random(&op.in[0], -3, 3, &seed);
		for (uint32_t k = 0; k < 12; k++) {
			const double *x = &op.in[0].values[k / 4 * 28 + k % 4];

			want[k] = 0;
			for (uint32_t a = 1; a < 7; a++) {
				double best = x[(uint32_t)want[k] * 4];

				if (least ? x[a * 4] < best : x[a * 4] > best)
					want[k] = a;
			}
		}
		check("arg", i, 0);
	}
}

static void test_cast(void **state)
{
	static const uint32_t types[] = { F32, I32, I64, BOOL, NPUC_TYPE_INT8, NPUC_TYPE_UINT8 };
	enum { TYPES = sizeof(types) / sizeof(types[0]) };
	uint32_t seed = 17;

	for (uint32_t i = 0; i < TYPES * TYPES; i++) {
		uint32_t from = types[i / TYPES], to = types[i % TYPES];

		begin(TFLITE_CAST, 1);
		SHAPE(&op.in[0], from, 5, 9);
		SHAPE(&op.out, to, 5, 9);
		one_op_random(&op.in[0], 0, from == BOOL ? 2 : 3, &seed);
		for (uint32_t k = 0; k < 45; k++) {
			double x = op.in[0].values[k];

			want[k] = to == BOOL ? x != 0 : to == F32 ? x : trunc(x);
		}
		check("cast", i, 0);
	}
}

static void test_softmax(void **state)
{
	uint32_t seed = 19;

	for (uint32_t logarithm = 0; logarithm < 2; logarithm++) {
		double beta = logarithm ? 1 : 0.5;

		begin(logarithm ? TFLITE_LOG_SOFTMAX : TFLITE_SOFTMAX, 1);
		if (!logarithm) {
			op.options_type = 9;
			op.options[0] = (struct fb_field)WORD(0x3f000000);
		}
		SHAPE(&op.in[0], F32, 4, 10);
		SHAPE(&op.out, F32, 4, 10);
		one_op_random(&op.in[0], -9, 9, &seed);
		for (uint32_t k = 0; k < 40; k++) {
			double sum = 0;

			for (uint32_t j = 0; j < 10; j++)
				sum += exp(beta * op.in[0].values[k / 10 * 10 + j]);
			want[k] = exp(beta * op.in[0].values[k]) / sum;
			want[k] = logarithm ? log(want[k]) : want[k];
		}
		check("softmax", logarithm, TOLERANCE);
	}
}

static void test_l2_normalization(void **state)
{
	uint32_t seed = 23;

	begin(TFLITE_L2_NORMALIZATION, 1);
	SHAPE(&op.in[0], F32, 2, 3, 6);
	SHAPE(&op.out, F32, 2, 3, 6);
	one_op_random(&op.in[0], -9, 9, &seed);
	for (uint32_t j = 0; j < 6; j++)
		op.in[0].values[j] = 0;
	for (uint32_t k = 0; k < 36; k++) {
		double sum = 0;

		for (uint32_t j = 0; j < 6; j++)
			sum += pow(op.in[0].values[k / 6 * 6 + j], 2);
		want[k] = op.in[0].values[k] / fmax(sqrt(sum), 1e-6);
	}
	check("normalised", 0, TOLERANCE);
}

static void test_batch_matmul(void **state)
{
	uint32_t seed = 29;

	for (uint32_t i = 0; i < 4; i++) {
		bool x = i & 1, y = i & 2;

		begin(TFLITE_BATCH_MATMUL, 2);
		op.options_type = 101;
		op.options[0] = (struct fb_field)BYTE(x);
		op.options[1] = (struct fb_field)BYTE(y);
		if (x)
			SHAPE(&op.in[0], F32, 3, 5, 4);
		else
			SHAPE(&op.in[0], F32, 3, 4, 5);
		if (y)
			SHAPE(&op.in[1], F32, 2, 1, 6, 5);
		else
			SHAPE(&op.in[1], F32, 2, 1, 5, 6);
		SHAPE(&op.out, F32, 2, 3, 4, 6);
		one_op_random(&op.in[0], -2, 2, &seed);
		one_op_random(&op.in[1], -2, 2, &seed);
		for (uint32_t k = 0; k < 144; k++) {
			uint32_t batch = k / 72, which = k / 24 % 3, row = k / 6 % 4,
				 column = k % 6;

			want[k] = 0;
			for (uint32_t j = 0; j < 5; j++)
				want[k] += op.in[0].values[which * 20 +
							   (x ? j * 4 + row : row * 5 + j)] *
					   op.in[1].values[batch * 30 +
							   (y ? column * 5 + j : j * 6 + column)];
		}
		check("matrices", i, TOLERANCE);
	}
}

/* Indices that are computed: the op's constant ones are in test_moves.c. */
static void test_gather(void **state)
{
	static const uint32_t types[] = { F32, I32, I64, BOOL, NPUC_TYPE_INT8 };
	uint32_t seed = 31;

	for (uint32_t i = 0; i < 10; i++) {
		bool pairs = i & 1;

		begin(pairs ? TFLITE_GATHER_ND : TFLITE_GATHER, 2);
		if (!pairs) {
			op.options_type = 23;
			op.options[0] = (struct fb_field)WORD(1);
		}
		SHAPE(&op.in[0], types[i / 2], 3, 4, 5);
		one_op_random(&op.in[0], 0, 99, &seed);
		if (pairs) {
			SHAPE(&op.in[1], i & 2 ? I64 : I32, 6, 2);
			SHAPE(&op.out, types[i / 2], 6, 5);
		} else {
			SHAPE(&op.in[1], i & 2 ? I64 : I32, 2, 3);
			SHAPE(&op.out, types[i / 2], 3, 2, 3, 5);
		}
		one_op_random(&op.in[1], 0, 2.99, &seed);
		for (uint32_t k = 0; k < one_op_elements(&op.out); k++) {
			const double *index = op.in[1].values;
			uint32_t from;

			if (pairs)
				from = (uint32_t)(index[k / 5 * 2] * 4 + index[k / 5 * 2 + 1]);
			else
				from = k / 30 * 4 + (uint32_t)index[k / 5 % 6];
			want[k] = op.in[0].values[from * 5 + k % 5];
		}
		check("gather", i, 0);
	}
}

/* Up by 2, up by 3/2, down by 2, and with corners aligned or half pixels. */
static void test_resize_nearest(void **state)
{
	static const int32_t sizes[][2] = { { 8, 6 }, { 6, 5 }, { 2, 1 }, { 7, 9 } };
	uint32_t seed = 37;

	for (uint32_t i = 0; i < 12; i++) {
		const int32_t *size = sizes[i % 4];
		bool align = i / 4 == 1, half = i / 4 == 2;

		begin(TFLITE_RESIZE_NEAREST_NEIGHBOR, 2);
		op.options_type = 74;
		op.options[0] = (struct fb_field)BYTE(align);
		op.options[1] = (struct fb_field)BYTE(half);
		SHAPE(&op.in[0], F32, 2, 4, 3, 5);
		one_op_random(&op.in[0], -9, 9, &seed);
		one_op_ints(&op, 1, 2, size);
		SHAPE(&op.out, F32, 2, size[0], size[1], 5);
		for (int32_t k = 0; k < (int32_t)one_op_elements(&op.out); k++) {
			int32_t at[2] = { k / 5 / size[1] % size[0], k / 5 % size[1] };
			int32_t in[2] = { 4, 3 }, from[2];

			for (int d = 0; d < 2; d++) {
				double scale = align && size[d] > 1 ?
						       (in[d] - 1.0) / (size[d] - 1.0) :
						       (double)in[d] / size[d];
				double pos = (at[d] + (half ? 0.5 : 0)) * scale;

				from[d] = (int32_t)(align ? round(pos) : floor(pos));
				from[d] = from[d] < in[d] - 1 ? from[d] : in[d] - 1;
			}
			want[k] = op.in[0].values[((k / 5 / size[1] / size[0] * 4 + from[0]) * 3 +
						   from[1]) *
							  5 +
						  k % 5];
		}
		check("nearest", i, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unary),
		cmocka_unit_test(test_binary),
		cmocka_unit_test(test_activation),
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_reduce),
		cmocka_unit_test(test_arg),
		cmocka_unit_test(test_cast),
		cmocka_unit_test(test_softmax),
		cmocka_unit_test(test_l2_normalization),
		cmocka_unit_test(test_batch_matmul),
		cmocka_unit_test(test_gather),
		cmocka_unit_test(test_resize_nearest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-real", tests, NULL, NULL);
}
