// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Normalisation behind convolutions of .onnx models: the bits of the convolution whose weights
 * were folded by ONNX Runtime's formula, and under ort-o0 those of the ops one by one.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "onnx_file.h"
#include "run.h"

#define CHANNELS 3u
#define WEIGHTS (CHANNELS * 2 * 3 * 3)
#define DEPTHWISE (CHANNELS * 3 * 3)
#define EPSILON 1e-5f

static float weights[WEIGHTS], depthwise[DEPTHWISE], bias[CHANNELS];
static float scale[CHANNELS], shift[CHANNELS], mean[CHANNELS], variance[CHANNELS];
/* What the test folds. */
static float folded[WEIGHTS], folded_bias[CHANNELS];

#define INPUT                               \
	{                                   \
		{                           \
			"x", ONNX_FLOAT, 4, \
			{                   \
				1, 2, 5, 5  \
			}                   \
		}                           \
	}
#define PICTURE                             \
	{                                   \
		{                           \
			"x", ONNX_FLOAT, 4, \
			{                   \
				1, 3, 5, 5  \
			}                   \
		}                           \
	}
#define OUTPUT                              \
	{                                   \
		{                           \
			"y", ONNX_FLOAT, 4, \
			{                   \
				1, 3, 3, 3  \
			}                   \
		}                           \
	}
#define NORMS                                                                       \
	{ "s", ONNX_FLOAT, 1, { 3 }, scale }, { "b", ONNX_FLOAT, 1, { 3 }, shift }, \
		{ "m", ONNX_FLOAT, 1, { 3 }, mean },                                \
	{                                                                           \
		"v", ONNX_FLOAT, 1, { 3 }, variance                                 \
	}
#define BATCH_NORM(from, to)                                                \
	{                                                                   \
		"BatchNormalization", { from, "s", "b", "m", "v" }, { to }, \
	}

static const struct onnx_file without_bias = {
	.opset = 13,
	.nodes = { { "Conv", { "x", "w" }, { "c" } },
		   BATCH_NORM("c", "n"),
		   { "Relu", { "n" }, { "y" } } },
	.constants = { { "w", ONNX_FLOAT, 4, { 3, 2, 3, 3 }, weights }, NORMS },
	.inputs = INPUT,
	.outputs = OUTPUT,
};
static const struct onnx_file with_bias = {
	.opset = 13,
	.nodes = { { "Conv", { "x", "w", "c" }, { "d" } },
		   BATCH_NORM("d", "n"),
		   { "Relu", { "n" }, { "y" } } },
	.constants = { { "w", ONNX_FLOAT, 4, { 3, 2, 3, 3 }, weights },
		       { "c", ONNX_FLOAT, 1, { 3 }, bias },
		       NORMS },
	.inputs = INPUT,
	.outputs = OUTPUT,
};
static const struct onnx_file by_hand = {
	.opset = 13,
	.nodes = { { "Conv", { "x", "w", "c" }, { "d" } }, { "Relu", { "d" }, { "y" } } },
	.constants = { { "w", ONNX_FLOAT, 4, { 3, 2, 3, 3 }, folded },
		       { "c", ONNX_FLOAT, 1, { 3 }, folded_bias } },
	.inputs = INPUT,
	.outputs = OUTPUT,
};
/* Factors and terms of channels, the second one before what it is added to. */
static const struct onnx_file depthwise_apart = {
	.opset = 13,
	.nodes = { { "Conv", { "x", "w" }, { "d" }, { { "group", 1, { 3 } } } },
		   { "Mul", { "d", "s" }, { "e" } },
		   { "Add", { "b", "e" }, { "y" } } },
	.constants = { { "w", ONNX_FLOAT, 4, { 3, 1, 3, 3 }, depthwise },
		       { "s", ONNX_FLOAT, 3, { 3, 1, 1 }, scale },
		       { "b", ONNX_FLOAT, 4, { 1, 3, 1, 1 }, shift } },
	.inputs = PICTURE,
	.outputs = OUTPUT,
};
static const struct onnx_file depthwise_by_hand = {
	.opset = 13,
	.nodes = { { "Conv", { "x", "w", "c" }, { "y" }, { { "group", 1, { 3 } } } } },
	.constants = { { "w", ONNX_FLOAT, 4, { 3, 1, 3, 3 }, folded },
		       { "c", ONNX_FLOAT, 1, { 3 }, folded_bias } },
	.inputs = PICTURE,
	.outputs = OUTPUT,
};
/* Somebody else reads what the convolution gives. */
static const struct onnx_file shared = {
	.opset = 13,
	.nodes = { { "Conv", { "x", "w" }, { "c" } },
		   { "Mul", { "c", "s" }, { "e" } },
		   { "Add", { "c", "e" }, { "y" } } },
	.constants = { { "w", ONNX_FLOAT, 4, { 3, 2, 3, 3 }, weights },
		       { "s", ONNX_FLOAT, 3, { 3, 1, 1 }, scale } },
	.inputs = INPUT,
	.outputs = OUTPUT,
};

static void draw(float *to, uint32_t count, float low, float high, uint32_t *seed)
{
	for (uint32_t i = 0; i < count; i++) {
		*seed = *seed * 1664525u + 1013904223u;
		to[i] = low + (high - low) * ((float)(*seed >> 8) / 0x1p24f);
	}
}

static void draw_all(uint32_t seed)
{
	draw(weights, WEIGHTS, -1, 1, &seed);
	draw(depthwise, DEPTHWISE, -1, 1, &seed);
	draw(bias, CHANNELS, -1, 1, &seed);
	draw(scale, CHANNELS, -2, 2, &seed);
	draw(shift, CHANNELS, -1, 1, &seed);
	draw(mean, CHANNELS, -1, 1, &seed);
	draw(variance, CHANNELS, 0.01f, 3, &seed);
}

/**
 * struct result - what a model gives
 * @records: of its program
 * @values: of its output
 */
struct result {
	uint32_t records;
	float values[CHANNELS * 3 * 3];
};

static struct result run(const struct onnx_file *f, const char *personality, uint64_t disabled,
			 bool keep_all)
{
	const struct npuc_options options = { .personality = personality,
					      .disabled = disabled,
					      .keep_all = keep_all };
	const struct pb_writer *w = onnx_file_write(f);
	const struct npu_file_tensor *in, *out;
	struct result result = { 0 };
	uint32_t seed = 5;
	struct run r;

	run_open_with(&r, "model.onnx", w->data, w->size, &options);
	in = run_io(&r, NPU_TENSOR_INPUT, 0);
	draw((float *)(void *)run_bytes(&r, in), in->bytes / 4, -2, 2, &seed);
	run_go(&r);
	out = run_io(&r, NPU_TENSOR_OUTPUT, 0);
	assert_int_equal(out->bytes, sizeof(result.values));
	memcpy(result.values, run_bytes(&r, out), sizeof(result.values));
	result.records = r.program.op_count;
	run_close(&r);
	return result;
}

/* Each number is rounded before the next one is made of it. */
static void fold_norm(bool has_bias)
{
	volatile float k, product;

	for (uint32_t c = 0; c < CHANNELS; c++) {
		k = sqrtf(variance[c] + EPSILON);
		k = scale[c] / k;
		for (uint32_t i = 0; i < WEIGHTS / CHANNELS; i++)
			folded[c * WEIGHTS / CHANNELS + i] =
				weights[c * WEIGHTS / CHANNELS + i] * k;
		product = has_bias ? bias[c] - mean[c] : mean[c];
		product *= k;
		folded_bias[c] = has_bias ? product + shift[c] : shift[c] - product;
	}
}

static void same_bits(const struct result *a, const struct result *b)
{
	assert_memory_equal(a->values, b->values, sizeof(a->values));
}

static void test_batch_norm(void **state)
{
	for (uint32_t seed = 0; seed < 20; seed++) {
		const struct onnx_file *f = seed % 2 ? &with_bias : &without_bias;
		struct result fused, whole, kept;

		draw_all(seed);
		fold_norm(seed % 2);
		fused = run(f, "ort", 0, false);
		kept = run(f, "ort", 0, true);
		whole = run(&by_hand, "ort", 0, false);
		assert_int_equal(fused.records, whole.records);
		same_bits(&fused, &whole);
		same_bits(&fused, &kept);
	}
}

static void test_depthwise(void **state)
{
	struct result fused, whole;

	draw_all(77);
	for (uint32_t i = 0; i < DEPTHWISE; i++)
		folded[i] = depthwise[i] * scale[i / (DEPTHWISE / CHANNELS)];
	memcpy(folded_bias, shift, sizeof(shift));
	fused = run(&depthwise_apart, "ort", 0, false);
	whole = run(&depthwise_by_hand, "ort", 0, false);
	assert_int_equal(fused.records, whole.records);
	same_bits(&fused, &whole);
}

/* As the model has it: where the runtime does so, and where the pass is left out. */
static void test_one_by_one(void **state)
{
	struct result apart, without, fused;

	draw_all(3);
	apart = run(&with_bias, "ort-o0", 0, false);
	without = run(&with_bias, "ort-o0", run_pass("fuse-norm"), false);
	assert_int_equal(apart.records, without.records);
	same_bits(&apart, &without);
	fused = run(&with_bias, "ort", 0, false);
	without = run(&with_bias, "ort", run_pass("fuse-norm"), false);
	assert_true(fused.records < without.records);
	for (uint32_t i = 0; i < CHANNELS * 3 * 3; i++)
		assert_true(fabsf(fused.values[i] - without.values[i]) < 1e-4f);
}

static void test_what_others_read(void **state)
{
	struct result with, without;

	draw_all(4);
	with = run(&shared, "ort", 0, false);
	without = run(&shared, "ort", run_pass("fuse-norm"), false);
	assert_int_equal(with.records, without.records);
	same_bits(&with, &without);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch_norm),
		cmocka_unit_test(test_depthwise),
		cmocka_unit_test(test_one_by_one),
		cmocka_unit_test(test_what_others_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-fuse-norm", tests, NULL, NULL);
}
