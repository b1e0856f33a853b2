// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Ops without scales that look at rows, windows and other places: against the definition in double. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "one_op.h"

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
		one_begin(rows[i].builtin, 2);
		SHAPE(&op.in[0], rows[i].type, 3, 4, 5);
		one_op_ints(&op, 1, 2, axes);
		SHAPE(&op.out, rows[i].type, 4);
		one_op_random(&op.in[0], rows[i].low, rows[i].high, &seed);
		for (uint32_t k = 0; k < 4; k++)
			want[k] = rows[i].first;
		for (uint32_t k = 0; k < 60; k++)
			want[k / 5 % 4] = rows[i].f(want[k / 5 % 4], op.in[0].values[k], 15);
		one_check("reduce", i, rows[i].tolerance);
	}
}

static void test_arg(void **state)
{
	static const int32_t axis[] = { 1 };
	static const uint32_t types[] = { F32, I32, NPUC_TYPE_INT8 };
	uint32_t seed = 13;

	for (uint32_t i = 0; i < 12; i++) {
		bool least = i & 1;

		one_begin(least ? TFLITE_ARG_MIN : TFLITE_ARG_MAX, 2);
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
		one_check("arg", i, 0);
	}
}

static void test_softmax(void **state)
{
	uint32_t seed = 19;

	for (uint32_t logarithm = 0; logarithm < 2; logarithm++) {
		double beta = logarithm ? 1 : 0.5;

		one_begin(logarithm ? TFLITE_LOG_SOFTMAX : TFLITE_SOFTMAX, 1);
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
		one_check("softmax", logarithm, TOLERANCE);
	}
}

static void test_l2_normalization(void **state)
{
	uint32_t seed = 23;

	one_begin(TFLITE_L2_NORMALIZATION, 1);
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
	one_check("normalised", 0, TOLERANCE);
}

/* Indices that are computed: the op's constant ones are in test_moves.c. */
static void test_gather(void **state)
{
	static const uint32_t types[] = { F32, I32, I64, BOOL, NPUC_TYPE_INT8 };
	uint32_t seed = 31;

	for (uint32_t i = 0; i < 10; i++) {
		bool pairs = i & 1;

		one_begin(pairs ? TFLITE_GATHER_ND : TFLITE_GATHER, 2);
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
		one_check("gather", i, 0);
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

		one_begin(TFLITE_RESIZE_NEAREST_NEIGHBOR, 2);
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
		one_check("nearest", i, 0);
	}
}

/* Windows of 3 by 3 with steps of 2, which reach beyond the input on all sides but the top. */
static void test_pool(void **state)
{
	static const int32_t in[] = { 2, 6, 5, 9 }, out[] = { 2, 3, 3, 9 };
	uint32_t seed = 47;

	for (uint32_t max = 0; max < 2; max++) {
		one_begin(max ? TFLITE_MAX_POOL_2D : TFLITE_AVERAGE_POOL_2D, 1);
		op.options_type = 5;
		op.options[0] = (struct fb_field)BYTE(0);
		op.options[1] = (struct fb_field)WORD(2);
		op.options[2] = (struct fb_field)WORD(2);
		op.options[3] = (struct fb_field)WORD(3);
		op.options[4] = (struct fb_field)WORD(3);
		one_shape(&op.in[0], F32, 4, in);
		one_op_random(&op.in[0], -2, 2, &seed);
		one_shape(&op.out, F32, 4, out);
		for (int k = 0; k < 162; k++) {
			double sum = 0, most = -INFINITY;
			int count = 0;

			for (int t = 0; t < 9; t++) {
				int y = k / 27 % 3 * 2 + t / 3, x = k / 9 % 3 * 2 + t % 3 - 1;

				if (y >= 6 || x < 0 || x >= 5)
					continue;
				sum += one_at(op.in[0].values, in, k / 81, y, x, k % 9);
				most = fmax(most, one_at(op.in[0].values, in, k / 81, y, x, k % 9));
				count++;
			}
			want[k] = max ? most : sum / count;
		}
		one_check("pool", max, max ? 0 : TOLERANCE);
	}
}

/* Corners aligned, half pixels, neither. */
static void test_resize_bilinear(void **state)
{
	static const int32_t in[] = { 1, 4, 3, 5 }, size[] = { 7, 8 };
	uint32_t seed = 61;

	for (uint32_t i = 0; i < 3; i++) {
		one_begin(TFLITE_RESIZE_BILINEAR, 2);
		op.options_type = 15;
		op.options[2] = (struct fb_field)BYTE(i == 1);
		op.options[3] = (struct fb_field)BYTE(i == 2);
		one_shape(&op.in[0], F32, 4, in);
		one_op_random(&op.in[0], -2, 2, &seed);
		one_op_ints(&op, 1, 2, size);
		SHAPE(&op.out, F32, 1, 7, 8, 5);
		for (int k = 0; k < 280; k++) {
			int place[2] = { k / 40, k / 5 % 8 }, low[2], high[2];
			double part[2];

			for (int d = 0; d < 2; d++) {
				double scale = i == 1 ? (in[1 + d] - 1.0) / (size[d] - 1.0) :
							(double)in[1 + d] / size[d];
				double pos = i == 2 ? (place[d] + 0.5) * scale - 0.5 :
						      place[d] * scale;

				low[d] = (int)fmax(floor(pos), 0);
				high[d] = (int)fmin(ceil(pos), in[1 + d] - 1);
				part[d] = pos - low[d];
			}
			want[k] = (1 - part[0]) * ((1 - part[1]) * one_at(op.in[0].values, in, 0,
									  low[0], low[1], k % 5) +
						   part[1] * one_at(op.in[0].values, in, 0, low[0],
								    high[1], k % 5)) +
				  part[0] * ((1 - part[1]) * one_at(op.in[0].values, in, 0, high[0],
								    low[1], k % 5) +
					     part[1] * one_at(op.in[0].values, in, 0, high[0],
							      high[1], k % 5));
		}
		one_check("bilinear", i, TOLERANCE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reduce),	cmocka_unit_test(test_arg),
		cmocka_unit_test(test_softmax), cmocka_unit_test(test_l2_normalization),
		cmocka_unit_test(test_gather),	cmocka_unit_test(test_resize_nearest),
		cmocka_unit_test(test_pool),	cmocka_unit_test(test_resize_bilinear),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-real-reduce", tests, NULL, NULL);
}
