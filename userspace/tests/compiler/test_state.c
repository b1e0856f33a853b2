// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What models keep from run to run: SVDF and UNIDIRECTIONAL_SEQUENCE_LSTM against
 * LiteRT's reference kernels written out, one element at a time, over several runs.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "quantise.h"
#include "run.h"

#define RUNS 7
#define MOST 4096

/* Of TFLite's options: SVDF, and its fused activation RELU. */
#define OPTIONS_SVDF 6
#define OPTIONS_LSTM 71

static uint32_t seed;

static uint32_t next(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

static int32_t between(int32_t low, int32_t high)
{
	return low + (int32_t)(next() % (uint32_t)(high - low + 1));
}

static double real(void)
{
	return (double)(float)((double)next() / 0x1p23 - 1);
}

/**
 * struct svdf - an op and what it keeps, written out
 * @batch: rows of the input
 * @terms: elements of a row
 * @rank: filters of a unit
 * @units: elements of an output row
 * @memory: runs remembered
 * @biased: it has a bias
 * @features: [units * rank][terms]
 * @time: [units * rank][memory]
 * @bias: [units]
 * @state: [batch][units * rank][memory]
 */
struct svdf {
	int batch, terms, rank, units, memory;
	bool biased;
	double features[MOST], time[MOST], bias[MOST], state[MOST];
};

static struct svdf s;

static const struct svdf shapes[] = {
	{ .batch = 2, .terms = 3, .rank = 1, .units = 4, .memory = 10, .biased = true },
	{ .batch = 1, .terms = 40, .rank = 2, .units = 19, .memory = 8, .biased = true },
	{ .batch = 3, .terms = 17, .rank = 3, .units = 5, .memory = 2, .biased = false },
	{ .batch = 2, .terms = 5, .rank = 2, .units = 3, .memory = 1, .biased = true },
};

/* Inputs of the model, in the order of LiteRT's svdf.cc. */
enum { INPUT, FEATURES, TIME, BIAS, STATE, OUTPUT };

static void one_model(struct model *m, uint32_t activation, uint32_t type, uint32_t weights,
		      uint32_t time, uint32_t state, uint32_t bias)
{
	const int filters = s.rank * s.units;
	const struct model_tensor tensors[] = {
		[INPUT] = { .type = type, .rank = 2, .dim = { s.batch, s.terms } },
		[FEATURES] = { .type = weights, .rank = 2, .dim = { filters, s.terms } },
		[TIME] = { .type = time, .rank = 2, .dim = { filters, s.memory } },
		[BIAS] = { .type = bias, .rank = 1, .dim = { s.units } },
		[STATE] = { .type = state, .rank = 2, .dim = { s.batch, filters * s.memory } },
		[OUTPUT] = { .type = type, .rank = 2, .dim = { s.batch, s.units } },
	};

	*m = (struct model){
		.name = "svdf",
		.ops = { { .builtin = TFLITE_SVDF,
			   .inputs = { INPUT, FEATURES, TIME, s.biased ? BIAS : MODEL_ABSENT, STATE,
				       MODEL_END },
			   .outputs = { OUTPUT, MODEL_END },
			   .options_type = OPTIONS_SVDF,
			   .options = { { 4, (uint32_t)s.rank }, { 1, activation } } } },
		.inputs = { INPUT, MODEL_END },
		.outputs = { OUTPUT, MODEL_END },
	};
	memcpy(m->tensors, tensors, sizeof(tensors));
	m->tensors[STATE].variable = 1;
}

/* Numbers as elements of a type. */
static void store(uint32_t type, const double *from, int count, void *to)
{
	for (int i = 0; i < count; i++) {
		const float f = (float)from[i];
		const int32_t whole = (int32_t)from[i];

		if (type == NPUC_TYPE_FLOAT32)
			memcpy((float *)to + i, &f, sizeof(f));
		else
			memcpy((uint8_t *)to + (size_t)i * npuc_type_size(type), &whole,
			       npuc_type_size(type));
	}
}

static void constant(struct model *m, int tensor, const double *from, int count)
{
	struct model_tensor *t = &m->tensors[tensor];

	t->data_bytes = (uint32_t)count * npuc_type_size(t->type);
	t->ints = calloc(1, t->data_bytes);
	assert_non_null(t->ints);
	store(t->type, from, count, (void *)(uintptr_t)t->ints);
}

static void open_model(struct run *r, struct model *m)
{
	const int filters = s.rank * s.units;
	const struct fb_writer *w;

	constant(m, FEATURES, s.features, filters * s.terms);
	constant(m, TIME, s.time, filters * s.memory);
	constant(m, BIAS, s.bias, s.units);
	w = model_write(m);
	run_open(r, w->data, w->size, NULL, false);
	free((void *)(uintptr_t)m->tensors[FEATURES].ints);
	free((void *)(uintptr_t)m->tensors[TIME].ints);
	free((void *)(uintptr_t)m->tensors[BIAS].ints);
}

static float *feature_of(int b, int f, int age)
{
	static float last[MOST];

	return &last[(b * s.rank * s.units + f) * s.memory + age];
}

/*
 * EvalFloatSVDF() and EvalHybridSVDF() of LiteRT's svdf.h: every sum in binary32, in order.
 * @scale: of int8 features; 0: they are float
 */
static void float_svdf(const float *x, float scale, float time_scale, float *out)
{
	for (int b = 0; b < s.batch; b++) {
		float top = 0;

		for (int i = 0; i < s.terms; i++)
			top = fmaxf(top, fabsf(x[b * s.terms + i]));
		for (int f = 0; f < s.rank * s.units; f++) {
			const double *w = &s.features[f * s.terms];
			float sum = 0;
			int32_t whole = 0;

			for (int i = 0; i < s.terms; i++)
				if (scale > 0)
					whole += (int32_t)roundf(x[b * s.terms + i] * (127 / top)) *
						 (int32_t)w[i];
				else
					sum += (float)w[i] * x[b * s.terms + i];
			*feature_of(b, f, s.memory - 1) =
				scale > 0 ? (float)whole * (top / 127 * scale) : sum;
		}
		for (int u = 0; u < s.units; u++) {
			float sum = s.biased ? (float)s.bias[u] : 0;

			for (int f = u * s.rank; f < (u + 1) * s.rank; f++) {
				float part = 0;

				for (int t = 0; t < s.memory; t++) {
					float w = (float)s.time[f * s.memory + t];

					w = scale > 0 ? w * time_scale : w;
					part += w * *feature_of(b, f, t);
				}
				sum += part;
			}
			out[b * s.units + u] = sum;
		}
		for (int f = 0; f < s.rank * s.units; f++)
			for (int t = 0; t + 1 < s.memory; t++)
				*feature_of(b, f, t) = *feature_of(b, f, t + 1);
	}
}

static void check_float(const struct svdf *shape, bool hybrid, uint32_t activation)
{
	const int filters = shape->rank * shape->units;
	const float low = activation == 2 ? -1 : activation ? 0 : -INFINITY;
	const float high = activation == 2 ? 1 : activation == 3 ? 6 : INFINITY;
	const uint32_t type = hybrid ? NPUC_TYPE_INT8 : NPUC_TYPE_FLOAT32;
	struct model m;
	struct run r;

	s = *shape;
	for (int i = 0; i < filters * s.terms; i++)
		s.features[i] = hybrid ? between(-127, 127) : real();
	for (int i = 0; i < filters * s.memory; i++)
		s.time[i] = hybrid ? between(-127, 127) : real();
	for (int i = 0; i < s.units; i++)
		s.bias[i] = real();
	one_model(&m, activation, NPUC_TYPE_FLOAT32, type, type, NPUC_TYPE_FLOAT32,
		  NPUC_TYPE_FLOAT32);
	if (hybrid) {
		m.tensors[FEATURES].scale = 0x1.8p-8f;
		m.tensors[TIME].scale = 0x1.4p-7f;
	}
	open_model(&r, &m);
	for (int i = 0; i < s.batch * filters * s.memory; i++)
		*feature_of(0, 0, i) = 0;
	for (int run = 0; run < RUNS; run++) {
		float *x = (void *)run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, 0));
		const float *y = (void *)run_bytes(&r, run_io(&r, NPU_TENSOR_OUTPUT, 0));
		float want[MOST];

		for (int i = 0; i < s.batch * s.terms; i++)
			x[i] = (float)real();
		float_svdf(x, hybrid ? 0x1.8p-8f : 0, 0x1.4p-7f, want);
		run_go(&r);
		for (int i = 0; i < s.batch * s.units; i++) {
			want[i] = fminf(fmaxf(want[i], low), high);
			if (memcmp(&y[i], &want[i], sizeof(float)) && y[i] != want[i])
				fail_msg("run %d: element %d is %.9g, wanted %.9g", run, i,
					 (double)y[i], (double)want[i]);
		}
	}
	run_close(&r);
}

static void test_float_svdf(void **state)
{
	seed = 1;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (uint32_t activation = 0; activation < 4; activation++)
			check_float(&shapes[i], false, activation);
}

static void test_hybrid_svdf(void **state)
{
	seed = 2;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		check_float(&shapes[i], true, i % 2);
}

/* MultiplyByQuantizedMultiplier(), by quotients that round down. */
static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b && (a < 0) != (b < 0));
}

static int64_t rescale(int64_t v, double factor)
{
	int exponent;
	int64_t mult = llround(ldexp(frexp(factor, &exponent), 31)), half;

	v = floor_div(v * (1ll << (exponent > 0 ? exponent : 0)) * mult + (1 << 30), 1ll << 31);
	if (exponent >= 0)
		return v;
	half = (int64_t)1 << (-exponent - 1);
	return v < 0 ? -floor_div(-v + half, 2 * half) : floor_div(v + half, 2 * half);
}

static int64_t limit(int64_t v, int64_t low, int64_t high)
{
	return v < low ? low : v > high ? high : v;
}

#define IN_ZERO (-7)
#define OUT_ZERO (-128)

/* EvalIntegerSVDF(): the state's element type T, @zero its zero point. */
static void int_svdf(const int8_t *x, int bits, int zero, const double factors[2], int8_t *out)
{
	const int64_t most = (1 << (bits - 1)) - 1;

	for (int b = 0; b < s.batch; b++) {
		for (int f = 0; f < s.rank * s.units; f++) {
			double *memory = &s.state[(b * s.rank * s.units + f) * s.memory];
			int64_t sum = 0;

			for (int i = 0; i < s.terms; i++)
				sum += (int64_t)s.features[f * s.terms + i] *
				       (x[b * s.terms + i] - IN_ZERO);
			for (int t = 0; t + 1 < s.memory; t++)
				memory[t] = memory[t + 1];
			sum = rescale(sum, factors[0]) + zero;
			memory[s.memory - 1] = (double)limit(sum, -most - 1, most);
		}
		for (int u = 0; u < s.units; u++) {
			int64_t sum = s.biased ? (int64_t)s.bias[u] : 0;

			for (int k = 0; k < s.rank * s.memory; k++) {
				int at = u * s.rank * s.memory + k;

				sum += (int64_t)s.time[at] *
				       (int64_t)(s.state[b * s.rank * s.units * s.memory + at] -
						 zero);
			}
			sum = rescale(sum, factors[1]) + OUT_ZERO;
			out[b * s.units + u] = (int8_t)limit(sum, -128, 127);
		}
	}
}

static void check_int(const struct svdf *shape, uint32_t type, int zero)
{
	const int filters = shape->rank * shape->units, bits = type == NPUC_TYPE_INT8 ? 8 : 16;
	const float in = 0.03125f, features = 0.0078f, time = bits == 8 ? 0.011f : 0.0014f;
	const float state = bits == 8 ? 0.09f : 0.0004f, output = 0.037f;
	const double factors[2] = { (double)(in * features / state),
				    (double)(state * time / output) };
	int inner = 0, clamped = 0;
	struct model m;
	struct run r;

	s = *shape;
	for (int i = 0; i < filters * s.terms; i++)
		s.features[i] = between(-127, 127);
	for (int i = 0; i < filters * s.memory; i++)
		/* sums stay within 32 bits: beyond, LiteRT's are not defined */
		s.time[i] = bits == 8 ? between(-127, 127) : between(-2000, 2000);
	for (int i = 0; i < s.units; i++)
		s.bias[i] = bits == 8 ? between(-3000, 3000) : between(-100000, 100000);
	for (int i = 0; i < s.batch * filters * s.memory; i++)
		s.state[i] = zero;
	one_model(&m, 1, NPUC_TYPE_INT8, NPUC_TYPE_INT8, type, type, NPUC_TYPE_INT32);
	m.tensors[INPUT].scale = in;
	m.tensors[INPUT].zero = IN_ZERO;
	m.tensors[FEATURES].scale = features;
	m.tensors[TIME].scale = time;
	m.tensors[STATE].scale = state;
	m.tensors[STATE].zero = zero;
	m.tensors[OUTPUT].scale = output;
	m.tensors[OUTPUT].zero = OUT_ZERO;
	open_model(&r, &m);
	for (int run = 0; run < RUNS; run++) {
		int8_t *x = (void *)run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, 0)), want[MOST];
		const int8_t *y = (void *)run_bytes(&r, run_io(&r, NPU_TENSOR_OUTPUT, 0));

		for (int i = 0; i < s.batch * s.terms; i++)
			x[i] = (int8_t)between(-128, 127);
		int_svdf(x, bits, zero, factors, want);
		run_go(&r);
		for (int i = 0; i < s.batch * s.units; i++) {
			inner += want[i] > -128 && want[i] < 127;
			clamped += want[i] == -128;
			if (y[i] != want[i])
				fail_msg("run %d: element %d is %d, wanted %d", run, i, y[i],
					 want[i]);
		}
	}
	/* the numbers above are such that there is something to see */
	if (inner < RUNS || clamped < RUNS)
		fail_msg("%d within limits, %d clamped", inner, clamped);
	run_close(&r);
}

static void test_int_svdf(void **state)
{
	seed = 3;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		check_int(&shapes[i], NPUC_TYPE_INT16, 0);
}

/* As TensorFlow Lite Micro has it. */
static void test_byte_svdf(void **state)
{
	seed = 4;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		check_int(&shapes[i], NPUC_TYPE_INT8, i % 2 ? 5 : 0);
}

/*
 * A sequence in one run, and the same in pieces of one and two steps: the states make up
 * for what one run sees and the other does not.
 */
enum { CELLS = 5, TERMS = 3, BATCH = 2, STEPS = 6 };

static void lstm_model(struct model *m, bool codes, int steps)
{
	const uint32_t type = codes ? NPUC_TYPE_INT8 : NPUC_TYPE_FLOAT32;
	const uint32_t bias = codes ? NPUC_TYPE_INT32 : NPUC_TYPE_FLOAT32;
	const uint32_t out = 15, hidden = 16;
	struct model_op *op = &m->ops[0];

	*m = (struct model){ .name = "lstm",
			     .inputs = { 0, MODEL_END },
			     .outputs = { out, MODEL_END } };
	*op = (struct model_op){ .builtin = TFLITE_UNIDIRECTIONAL_SEQUENCE_LSTM,
				 .outputs = { out, MODEL_END },
				 .options_type = OPTIONS_LSTM,
				 .options = { { 1, 4 } } };
	for (int i = 0; i < 24; i++)
		op->inputs[i] = MODEL_ABSENT;
	op->inputs[24] = MODEL_END;
	op->inputs[0] = 0;
	m->tensors[0] =
		(struct model_tensor){ .type = type, .rank = 3, .dim = { BATCH, steps, TERMS } };
	for (uint32_t i = 0; i < 4; i++) {
		m->tensors[1 + i] =
			(struct model_tensor){ .type = type, .rank = 2, .dim = { CELLS, TERMS } };
		m->tensors[5 + i] =
			(struct model_tensor){ .type = type, .rank = 2, .dim = { CELLS, CELLS } };
		m->tensors[9 + i] =
			(struct model_tensor){ .type = bias, .rank = 1, .dim = { CELLS } };
		op->inputs[1 + i] = 1 + i;
		op->inputs[5 + i] = 5 + i;
		op->inputs[12 + i] = 9 + i;
	}
	m->tensors[13] = m->tensors[14] = (struct model_tensor){
		.type = type, .rank = 2, .dim = { BATCH, CELLS }, .variable = 1
	};
	op->inputs[18] = 13;
	op->inputs[19] = 14;
	m->tensors[out] =
		(struct model_tensor){ .type = type, .rank = 3, .dim = { BATCH, steps, CELLS } };
	if (!codes)
		return;
	m->tensors[0].scale = 0.01f;
	m->tensors[0].zero = 3;
	for (uint32_t i = 1; i < 9; i++)
		m->tensors[i].scale = 0.008f;
	m->tensors[13].scale = m->tensors[out].scale = 0.0078f;
	m->tensors[13].zero = m->tensors[out].zero = -4;
	m->tensors[14].type = NPUC_TYPE_INT16;
	m->tensors[14].scale = 0x1p-11f;
	/* the fifth intermediate says how what the cells give away is quantised */
	m->tensors[hidden] = (struct model_tensor){
		.type = type, .rank = 1, .dim = { 1 }, .scale = 0.0078f, .zero = -4
	};
	for (uint32_t i = 0; i < 5; i++)
		op->intermediates[i] = hidden;
	op->intermediates[5] = MODEL_END;
}

static void check_pieces(bool codes)
{
	const uint32_t element = codes ? 1 : sizeof(float);
	uint8_t inputs[BATCH * STEPS * TERMS * sizeof(float)],
		whole[BATCH * STEPS * CELLS * sizeof(float)];
	double constants[12][CELLS * CELLS];
	static const int cuts[][STEPS + 1] = { { 6 }, { 1, 1, 1, 1, 1, 1 }, { 2, 2, 2 } };

	for (int k = 0; k < 12; k++)
		for (int i = 0; i < CELLS * CELLS; i++)
			constants[k][i] =
				!codes ? real() :
					 between(k < 8 ? -127 : -20000, k < 8 ? 127 : 20000);
	for (int i = 0; i < BATCH * STEPS * TERMS; i++) {
		double v = codes ? between(-128, 127) : real();

		store(codes ? NPUC_TYPE_INT8 : NPUC_TYPE_FLOAT32, &v, 1,
		      inputs + (size_t)i * element);
	}
	for (size_t cut = 0; cut < sizeof(cuts) / sizeof(cuts[0]); cut++) {
		const int steps = cuts[cut][0];
		const struct fb_writer *w;
		struct model m;
		struct run r;

		lstm_model(&m, codes, steps);
		for (int k = 0; k < 12; k++)
			constant(&m, 1 + k, constants[k],
				 k < 4 ? CELLS * TERMS :
				 k < 8 ? CELLS * CELLS :
					 CELLS);
		w = model_write(&m);
		run_open(&r, w->data, w->size, NULL, false);
		for (int first = 0; first < STEPS; first += steps) {
			uint8_t *x = run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, 0));
			const uint8_t *y = run_bytes(&r, run_io(&r, NPU_TENSOR_OUTPUT, 0));

			for (int b = 0; b < BATCH; b++)
				memcpy(x + (size_t)(b * steps * TERMS) * element,
				       inputs + (size_t)((b * STEPS + first) * TERMS) * element,
				       (size_t)(steps * TERMS) * element);
			run_go(&r);
			for (int b = 0; b < BATCH; b++) {
				const uint8_t *mine = y + (size_t)(b * steps * CELLS) * element;
				uint8_t *all =
					whole + (size_t)((b * STEPS + first) * CELLS) * element;

				if (!cut)
					memcpy(all, mine, (size_t)(steps * CELLS) * element);
				else
					assert_memory_equal(all, mine,
							    (size_t)(steps * CELLS) * element);
			}
		}
		run_close(&r);
		for (int k = 0; k < 12; k++)
			free((void *)(uintptr_t)m.tensors[1 + k].ints);
	}
}

static void test_lstm_in_pieces(void **state)
{
	seed = 5;
	check_pieces(false);
	check_pieces(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_float_svdf),     cmocka_unit_test(test_hybrid_svdf),
		cmocka_unit_test(test_int_svdf),       cmocka_unit_test(test_byte_svdf),
		cmocka_unit_test(test_lstm_in_pieces),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-state", tests, NULL, NULL);
}
