// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Ops that go element by element, in floating point and in integers without scales,
 * from a model of one op to its result, against the definition in double.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "one_op.h"

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
		one_begin(rows[i].builtin, 1);
		SHAPE(&op.in[0], rows[i].type, 2, 3, 5, 7);
		SHAPE(&op.out, rows[i].type, 2, 3, 5, 7);
		if (rows[i].builtin == TFLITE_LEAKY_RELU) {
			op.options_type = 75;
			op.options[0] = (struct fb_field)WORD(0x3e800000);
		}
		one_op_random(&op.in[0], rows[i].low, rows[i].high, &seed);
		for (uint32_t k = 0; k < one_op_elements(&op.out); k++)
			want[k] = rows[i].f(op.in[0].values[k]);
		one_check("unary", i, rows[i].tolerance);
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
		one_begin(rows[i].builtin, 2);
		SHAPE(&op.in[0], rows[i].type, 2, 3, 1, 7);
		SHAPE(&op.in[1], rows[i].type, 5, 1);
		SHAPE(&op.out, rows[i].out, 2, 3, 5, 7);
		for (uint32_t k = 0; k < 2; k++)
			one_op_random(&op.in[k], rows[i].low, rows[i].high, &seed);
		for (uint32_t k = 0; k < one_op_elements(&op.out); k++)
			want[k] = rows[i].f(op.in[0].values[k / 35 * 7 + k % 7],
					    op.in[1].values[k / 7 % 5]);
		one_check("binary", i, rows[i].tolerance);
	}
}

/* With a RELU6 in the op itself, and with one behind it that becomes its clamp. */
static void test_activation(void **state)
{
	uint32_t seed = 3;

	one_begin(TFLITE_ADD, 2);
	op.options_type = 11;
	op.options[0] = (struct fb_field)BYTE(3);
	for (uint32_t k = 0; k < 2; k++) {
		SHAPE(&op.in[k], F32, 4, 9);
		one_op_random(&op.in[k], -9, 9, &seed);
	}
	SHAPE(&op.out, F32, 4, 9);
	for (uint32_t k = 0; k < 36; k++)
		want[k] = f_relu6((double)((float)op.in[0].values[k] + (float)op.in[1].values[k]));
	one_check("fused", 0, 0);
}

static void test_select(void **state)
{
	static const uint32_t types[] = { F32, I32, I64, BOOL, NPUC_TYPE_INT8 };
	uint32_t seed = 5;

	for (uint32_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		for (uint32_t rows = 0; rows < 2; rows++) {
			one_begin(rows ? TFLITE_SELECT : TFLITE_SELECT_V2, 3);
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
			one_check("select", 2 * i + rows, 0);
		}
	}
}

static void test_cast(void **state)
{
	static const uint32_t types[] = { F32, I32, I64, BOOL, NPUC_TYPE_INT8, NPUC_TYPE_UINT8 };
	enum { TYPES = sizeof(types) / sizeof(types[0]) };
	uint32_t seed = 17;

	for (uint32_t i = 0; i < TYPES * TYPES; i++) {
		uint32_t from = types[i / TYPES], to = types[i % TYPES];

		one_begin(TFLITE_CAST, 1);
		SHAPE(&op.in[0], from, 5, 9);
		SHAPE(&op.out, to, 5, 9);
		one_op_random(&op.in[0], 0, from == BOOL ? 2 : 3, &seed);
		for (uint32_t k = 0; k < 45; k++) {
			double x = op.in[0].values[k];

			want[k] = to == BOOL ? x != 0 : to == F32 ? x : trunc(x);
		}
		one_check("cast", i, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unary),	   cmocka_unit_test(test_binary),
		cmocka_unit_test(test_activation), cmocka_unit_test(test_select),
		cmocka_unit_test(test_cast),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-real", tests, NULL, NULL);
}
