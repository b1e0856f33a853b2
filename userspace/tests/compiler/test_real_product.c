// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Inner products in floating point and LSTM, against the definition in double. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "one_op.h"

/* Matrices 3 x 4 x 5 and 2 x 1 x 5 x 6, or turned; without scales the products are in @want. */
static void matrices(uint32_t type, bool x, bool y, double most, uint32_t *seed)
{
	one_begin(TFLITE_BATCH_MATMUL, 2);
	op.options_type = 101;
	op.options[0] = (struct fb_field)BYTE(x);
	op.options[1] = (struct fb_field)BYTE(y);
	if (x)
		SHAPE(&op.in[0], type, 3, 5, 4);
	else
		SHAPE(&op.in[0], type, 3, 4, 5);
	if (y)
		SHAPE(&op.in[1], type, 2, 1, 6, 5);
	else
		SHAPE(&op.in[1], type, 2, 1, 5, 6);
	SHAPE(&op.out, type, 2, 3, 4, 6);
	one_op_random(&op.in[0], -most, most, seed);
	one_op_random(&op.in[1], -most, most, seed);
	for (uint32_t k = 0; k < 144; k++) {
		uint32_t batch = k / 72, which = k / 24 % 3, row = k / 6 % 4, column = k % 6;

		want[k] = 0;
		for (uint32_t j = 0; j < 5; j++)
			want[k] +=
				op.in[0].values[which * 20 + (x ? j * 4 + row : row * 5 + j)] *
				op.in[1].values[batch * 30 + (y ? column * 5 + j : j * 6 + column)];
	}
}

static void test_batch_matmul(void **state)
{
	uint32_t seed = 29;

	for (uint32_t i = 0; i < 4; i++) {
		matrices(F32, i & 1, i & 2, 2, &seed);
		one_check("matrices", i, TOLERANCE);
	}
}

/* A factor of 2^-7: LiteRT halves the sum, halves up, and divides by 64, halves away from zero. */
static void test_batch_matmul_of_codes(void **state)
{
	uint32_t seed = 31, inner = 0;

	for (uint32_t i = 0; i < 4; i++) {
		matrices(NPUC_TYPE_INT8, i & 1, i & 2, 128, &seed);
		op.in[0].scale = 0.5f;
		op.in[1].scale = 0.25f;
		op.out.scale = 16;
		for (uint32_t k = 0; k < 144; k++) {
			want[k] = round(floor(want[k] / 2 + 0.5) / 64);
			want[k] = fmin(fmax(want[k], -128), 127);
			inner += fabs(want[k]) < 127;
		}
		one_check("matrices of codes", i, 0);
	}
	assert_true(inner > 300);
}

/* 18 outputs are a block of 16 channels and a rest. */
static const int32_t conv_in[] = { 2, 6, 5, 9 }, conv_out[] = { 2, 3, 3, 18 };
static const int32_t conv_weights[] = { 18, 3, 3, 9 }, depthwise_weights[] = { 1, 3, 3, 18 };
static const int32_t conv_channels[] = { 18 };

/* SAME with steps of 2: 6 rows lack one below, 5 columns one on each side. */
static double convolve(bool depthwise, int n, int y, int x, int o)
{
	double sum = op.in[2].values[o];

	for (int k = 0; k < 9; k++) {
		int iy = y * 2 + k / 3, ix = x * 2 + k % 3 - 1;

		if (iy >= conv_in[1] || ix < 0 || ix >= conv_in[2])
			continue;
		if (depthwise)
			sum += one_at(op.in[0].values, conv_in, n, iy, ix, o / 2) *
			       one_at(op.in[1].values, depthwise_weights, 0, k / 3, k % 3, o);
		for (int c = 0; c < conv_in[3] && !depthwise; c++)
			sum += one_at(op.in[0].values, conv_in, n, iy, ix, c) *
			       one_at(op.in[1].values, conv_weights, o, k / 3, k % 3, c);
	}
	return fmax(sum, 0);
}

static void test_convolution(void **state)
{
	uint32_t seed = 41;

	for (uint32_t depthwise = 0; depthwise < 2; depthwise++) {
		one_begin(depthwise ? TFLITE_DEPTHWISE_CONV_2D : TFLITE_CONV_2D, 3);
		op.options_type = depthwise ? 2 : 1;
		op.options[0] = (struct fb_field)BYTE(0);
		op.options[1] = (struct fb_field)WORD(2);
		op.options[2] = (struct fb_field)WORD(2);
		op.options[depthwise ? 4 : 3] = (struct fb_field)BYTE(1);
		one_shape(&op.in[0], F32, 4, conv_in);
		one_op_random(&op.in[0], -2, 2, &seed);
		one_constant(&op.in[1], 4, depthwise ? depthwise_weights : conv_weights, &seed);
		one_constant(&op.in[2], 1, conv_channels, &seed);
		one_shape(&op.out, F32, 4, conv_out);
		for (int k = 0; k < 324; k++)
			want[k] = convolve(depthwise, k / 162, k / 54 % 3, k / 18 % 3, k % 18);
		one_check("convolution", depthwise, TOLERANCE);
	}
}

/* Each input pixel adds its products to the outputs around stride times its place. */
static void test_transpose_conv(void **state)
{
	static const int32_t in[] = { 1, 4, 3, 5 }, weights[] = { 6, 3, 3, 5 },
			     out[] = { 1, 8, 6, 6 };
	static const int32_t channels[] = { 6 };
	uint32_t seed = 43;

	one_begin(TFLITE_TRANSPOSE_CONV, 4);
	op.options_type = 49;
	op.options[0] = (struct fb_field)BYTE(0);
	op.options[1] = (struct fb_field)WORD(2);
	op.options[2] = (struct fb_field)WORD(2);
	one_op_ints(&op, 0, 4, out);
	one_constant(&op.in[1], 4, weights, &seed);
	one_shape(&op.in[2], F32, 4, in);
	one_op_random(&op.in[2], -2, 2, &seed);
	one_constant(&op.in[3], 1, channels, &seed);
	one_shape(&op.out, F32, 4, out);
	for (int k = 0; k < 288; k++)
		want[k] = op.in[3].values[k % 6];
	/* SAME: (4 - 1) * 2 + 3 - 8 = 1 row too many, half of it, rounded down, in front. */
	for (int k = 0; k < 12 * 9; k++) {
		int iy = k / 27, ix = k / 9 % 3, y = iy * 2 + k / 3 % 3, x = ix * 2 + k % 3;

		for (int o = 0; o < 6 && y < 8 && x < 6; o++)
			for (int c = 0; c < 5; c++)
				want[(y * 6 + x) * 6 + o] +=
					one_at(op.in[2].values, in, 0, iy, ix, c) *
					one_at(op.in[1].values, weights, o, k / 3 % 3, k % 3, c);
	}
	one_check("transposed", 0, TOLERANCE);
}

static double f_logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* Rows are scaled so that the greatest magnitude becomes 127 and rounded to int8. */
static void test_fully_connected(void **state)
{
	uint32_t seed = 53;

	for (uint32_t hybrid = 0; hybrid < 2; hybrid++) {
		one_begin(TFLITE_FULLY_CONNECTED, 3);
		op.options_type = 8;
		op.options[0] = (struct fb_field)BYTE(0);
		SHAPE(&op.in[0], F32, 3, 20);
		one_op_random(&op.in[0], -2, 2, &seed);
		SHAPE(&op.in[1], hybrid ? NPUC_TYPE_INT8 : F32, 18, 20);
		op.in[1].constant = true;
		op.in[1].scale = hybrid ? 0.125f : 0;
		one_op_random(&op.in[1], hybrid ? -127 : -1, hybrid ? 127 : 1, &seed);
		one_constant(&op.in[2], 1, conv_channels, &seed);
		SHAPE(&op.out, F32, 3, 18);
		for (uint32_t k = 0; k < 54; k++) {
			const double *x = &op.in[0].values[k / 18 * 20];
			const double *w = &op.in[1].values[k % 18 * 20];
			double top = 0, sum = 0;

			for (uint32_t j = 0; j < 20; j++)
				top = fmax(top, fabs(x[j]));
			for (uint32_t j = 0; j < 20; j++)
				sum += hybrid ? round(x[j] * 127 / top) * w[j] : x[j] * w[j];
			want[k] = op.in[2].values[k % 18] + sum * (hybrid ? top / 127 / 8 : 1);
		}
		one_check("fully connected", hybrid, TOLERANCE);
	}
}

enum { LSTM_CELLS = 5, LSTM_TERMS = 3, LSTM_BATCH = 2, LSTM_STEPS = 4 };

/* Input i of the op: gates i, f, g, o of weights from 1 and 5 on, of biases from 12 on. */
static double lstm_gate(const double *x, const double *h, int gate, int cell)
{
	double sum = op.in[12 + gate].values[cell];

	for (int j = 0; j < LSTM_TERMS; j++)
		sum += x[j] * op.in[1 + gate].values[cell * LSTM_TERMS + j];
	for (int j = 0; j < LSTM_CELLS; j++)
		sum += h[j] * op.in[5 + gate].values[cell * LSTM_CELLS + j];
	return sum;
}

static void lstm_step(const double *x, double *h, double *c, double clip)
{
	double next[LSTM_CELLS];

	for (int k = 0; k < LSTM_CELLS; k++) {
		c[k] = f_logistic(lstm_gate(x, h, 1, k)) * c[k] +
		       f_logistic(lstm_gate(x, h, 0, k)) * tanh(lstm_gate(x, h, 2, k));
		c[k] = clip > 0 ? fmin(fmax(c[k], -clip), clip) : c[k];
		next[k] = f_logistic(lstm_gate(x, h, 3, k)) * tanh(c[k]);
	}
	memcpy(h, next, sizeof(next));
}

/* Batches first or time first, without and with a clip. */
static void test_lstm(void **state)
{
	static const int32_t from_input[] = { LSTM_CELLS, LSTM_TERMS }, cells[] = { LSTM_CELLS };
	static const int32_t from_state[] = { LSTM_CELLS, LSTM_CELLS };
	uint32_t seed = 59;

	for (uint32_t time = 0; time < 2; time++) {
		one_begin(TFLITE_UNIDIRECTIONAL_SEQUENCE_LSTM, 24);
		op.options_type = 71;
		op.options[0] = (struct fb_field)BYTE(4);
		op.options[1] = (struct fb_field)WORD(time ? 0x3e000000 : 0);
		op.options[3] = (struct fb_field)BYTE(time);
		for (uint32_t i = 1; i < 24; i++)
			op.in[i].absent = true;
		if (time)
			SHAPE(&op.in[0], F32, LSTM_STEPS, LSTM_BATCH, LSTM_TERMS);
		else
			SHAPE(&op.in[0], F32, LSTM_BATCH, LSTM_STEPS, LSTM_TERMS);
		one_op_random(&op.in[0], -2, 2, &seed);
		for (uint32_t gate = 0; gate < 4; gate++) {
			op.in[1 + gate].absent = op.in[5 + gate].absent = false;
			op.in[12 + gate].absent = false;
			one_constant(&op.in[1 + gate], 2, from_input, &seed);
			one_constant(&op.in[5 + gate], 2, from_state, &seed);
			one_constant(&op.in[12 + gate], 1, cells, &seed);
		}
		for (uint32_t i = 18; i < 20; i++) {
			op.in[i].absent = false;
			op.in[i].variable = true;
			SHAPE(&op.in[i], F32, LSTM_BATCH, LSTM_CELLS);
		}
		if (time)
			SHAPE(&op.out, F32, LSTM_STEPS, LSTM_BATCH, LSTM_CELLS);
		else
			SHAPE(&op.out, F32, LSTM_BATCH, LSTM_STEPS, LSTM_CELLS);
		for (uint32_t b = 0; b < LSTM_BATCH; b++) {
			double h[LSTM_CELLS] = { 0 }, c[LSTM_CELLS] = { 0 };

			for (uint32_t t = 0; t < LSTM_STEPS; t++) {
				uint32_t row = time ? t * LSTM_BATCH + b : b * LSTM_STEPS + t;

				lstm_step(&op.in[0].values[row * LSTM_TERMS], h, c,
					  time ? 0.125 : 0);
				memcpy(&want[row * LSTM_CELLS], h, sizeof(h));
			}
		}
		one_check("lstm", time, TOLERANCE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch_matmul),
		cmocka_unit_test(test_batch_matmul_of_codes),
		cmocka_unit_test(test_convolution),
		cmocka_unit_test(test_transpose_conv),
		cmocka_unit_test(test_fully_connected),
		cmocka_unit_test(test_lstm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-real-product", tests, NULL, NULL);
}
