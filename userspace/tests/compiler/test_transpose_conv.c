// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * TRANSPOSE_CONV against its definition, each input element scattering its products
 * over the output: sums in 64 bits, rescaled by exact quotients.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "run.h"

/**
 * struct shape_case - sizes of height and width
 * @in: input
 * @kernel: window
 * @stride: step
 * @out: output
 * @valid: padding VALID, else SAME
 */
static const struct shape_case {
	int32_t in[2];
	int32_t kernel[2];
	int32_t stride[2];
	int32_t out[2];
	uint8_t valid;
} shapes[] = {
	{ { 4, 5 }, { 3, 3 }, { 1, 1 }, { 4, 5 }, 0 }, /* step 1 */
	{ { 4, 5 }, { 3, 3 }, { 2, 2 }, { 8, 10 }, 0 }, /* the usual one */
	{ { 4, 5 }, { 4, 2 }, { 2, 3 }, { 8, 15 }, 0 }, /* a window narrower than the step */
	{ { 3, 3 }, { 5, 4 }, { 2, 3 }, { 9, 10 }, 1 },
	{ { 3, 4 }, { 2, 2 }, { 3, 3 }, { 8, 11 }, 1 }, /* phases without a tap */
	{ { 3, 4 }, { 1, 1 }, { 2, 2 }, { 6, 7 }, 0 },
	{ { 3, 4 }, { 3, 3 }, { 2, 2 }, { 5, 7 }, 0 }, /* odd outputs */
	{ { 3, 4 }, { 3, 3 }, { 2, 2 }, { 8, 11 }, 1 }, /* beyond what the input reaches */
	{ { 2, 2 }, { 7, 7 }, { 1, 2 }, { 2, 4 }, 0 }, /* more padding than input */
	{ { 6, 1 }, { 9, 1 }, { 4, 1 }, { 22, 1 }, 0 },
};

#define INPUTS 3
#define OUTPUTS 5

static struct model build(const struct shape_case *s, uint32_t type, int32_t out_shape[4])
{
	bool is_signed = type == NPUC_TYPE_INT8;
	int32_t shift = is_signed ? 0 : 128;
	const int32_t dims[4] = { 1, s->out[0], s->out[1], OUTPUTS };
	struct model m = {
		.name = "transpose-conv",
		.tensors = { { .type = NPUC_TYPE_INT32,
			       .rank = 1,
			       .dim = { 4 },
			       .data_bytes = 16,
			       .ints = out_shape },
			     { .type = type,
			       .rank = 4,
			       .dim = { OUTPUTS, s->kernel[0], s->kernel[1], INPUTS },
			       .scale = 0.01f,
			       .zero = is_signed ? 0 : 117,
			       .scales = is_signed ? OUTPUTS : 0,
			       .data_bytes =
				       (uint32_t)(OUTPUTS * s->kernel[0] * s->kernel[1] * INPUTS) },
			     { .type = type,
			       .rank = 4,
			       .dim = { 1, s->in[0], s->in[1], INPUTS },
			       .scale = 0.05f,
			       .zero = shift - 9 },
			     { .type = NPUC_TYPE_INT32,
			       .rank = 1,
			       .dim = { OUTPUTS },
			       .data_bytes = 4 * OUTPUTS },
			     { .type = type,
			       .rank = 4,
			       .dim = { 1, s->out[0], s->out[1], OUTPUTS },
			       .scale = 0.13f,
			       .zero = shift + 3 } },
		.ops = { { TFLITE_TRANSPOSE_CONV,
			   { 0, 1, 2, 3, MODEL_END },
			   { 4, MODEL_END },
			   49,
			   { { 1, s->valid },
			     { 4, (uint32_t)s->stride[1] },
			     { 4, (uint32_t)s->stride[0] },
			     { 1, 0 } } } },
		.inputs = { 2, MODEL_END },
		.outputs = { 4, MODEL_END },
	};

	memcpy(out_shape, dims, sizeof(dims));
	return m;
}

/* What the writer of models puts into constants. */
static int32_t constant(uint32_t type, uint32_t i)
{
	uint8_t byte = (uint8_t)(37 * i + 11);

	return type == NPUC_TYPE_INT8 ? (int8_t)byte : byte;
}

static int32_t code(uint32_t type, uint8_t byte)
{
	return type == NPUC_TYPE_INT8 ? (int8_t)byte : byte;
}

/* Rows above the output that windows reach to: half of what they cover beyond it. */
static int32_t pad(const struct shape_case *s, int i)
{
	int32_t rows = (s->out[i] + s->stride[i] - 1) / s->stride[i];
	int32_t over = (rows - 1) * s->stride[i] + s->kernel[i] - s->out[i];

	return s->valid || over < 0 ? 0 : over / 2;
}

/* v * m / 2^31 * 2^shift: halves up, then away from zero. */
static int64_t rescale(int64_t v, double factor)
{
	int shift;
	int64_t m = (int64_t)round(frexp(factor, &shift) * 2147483648.0), half, size;

	assert_true(shift <= 0);
	v = (int64_t)floor((double)(v * m + (1 << 30)) / 2147483648.0);
	half = shift ? (int64_t)1 << (-shift - 1) : 0;
	size = ((v < 0 ? -v : v) + half) >> -shift;
	return v < 0 ? -size : size;
}

static void scatter(const struct model *m, const struct shape_case *s, const uint8_t *input,
		    int64_t *acc)
{
	uint32_t type = m->tensors[2].type;

	for (int32_t i = 0; i < s->out[0] * s->out[1] * OUTPUTS; i++)
		acc[i] = (uint8_t)(37 * 4 * (i % OUTPUTS) + 11);
	for (int32_t i = 0; i < s->in[0] * s->in[1]; i++) {
		for (int32_t k = 0; k < s->kernel[0] * s->kernel[1]; k++) {
			int32_t y = i / s->in[1] * s->stride[0] + k / s->kernel[1] - pad(s, 0);
			int32_t x = i % s->in[1] * s->stride[1] + k % s->kernel[1] - pad(s, 1);

			if (y < 0 || y >= s->out[0] || x < 0 || x >= s->out[1])
				continue;
			for (int32_t n = 0; n < OUTPUTS * INPUTS; n++) {
				int32_t o = n / INPUTS, c = n % INPUTS;
				int32_t at = (o * s->kernel[0] * s->kernel[1] + k) * INPUTS + c;
				int32_t w =
					constant(type, (uint32_t)at) - (int32_t)m->tensors[1].zero;

				acc[(y * s->out[1] + x) * OUTPUTS + o] +=
					w * (code(type, input[i * INPUTS + c]) -
					     (int32_t)m->tensors[2].zero);
			}
		}
	}
}

static void compare(const struct shape_case *s, uint32_t type, const char *personality)
{
	bool single = !strcmp(personality, "xnnpack"), is_signed = type == NPUC_TYPE_INT8;
	int32_t out_shape[4], count = s->out[0] * s->out[1] * OUTPUTS;
	struct model m = build(s, type, out_shape);
	const struct fb_writer *w = model_write(&m);
	int64_t *acc = calloc((size_t)count, sizeof(*acc));
	uint8_t *input, *out;
	struct run r;

	run_open(&r, w->data, w->size, personality, false);
	input = run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, 0));
	out = run_bytes(&r, run_io(&r, NPU_TENSOR_OUTPUT, 0));
	for (int32_t i = 0; i < s->in[0] * s->in[1] * INPUTS; i++)
		input[i] = (uint8_t)(i * i * 7 + 91 * i + 5);
	run_go(&r);
	scatter(&m, s, input, acc);
	for (int32_t i = 0; i < count; i++) {
		float s_w = 0.01f * (float)(is_signed ? i % OUTPUTS + 1 : 1);
		double factor = is_signed ? (double)0.05f * (double)s_w / (double)0.13f :
					    (double)(0.05f * s_w) / (double)0.13f;
		int64_t y = single ? lrintf((float)acc[i] * (0.05f * s_w / 0.13f)) :
				     rescale(acc[i], factor);

		y += m.tensors[4].zero;
		y = y < (is_signed ? -128 : 0) ? (is_signed ? -128 : 0) : y;
		y = y > (is_signed ? 127 : 255) ? (is_signed ? 127 : 255) : y;
		if (code(type, out[i]) != y)
			fail_msg("%s, case %td, element %d: %d, not %d", personality, s - shapes, i,
				 code(type, out[i]), (int)y);
	}
	run_close(&r);
	free(acc);
}

static void test_definition(void **state)
{
	/* tflite-opt sums in a library, but rescales as tflite-ref does */
	static const char *const personalities[] = { "tflite-ref", "tflite-opt", "xnnpack" };

	for (size_t p = 0; p < 3; p++) {
		for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
			compare(&shapes[i], NPUC_TYPE_INT8, personalities[p]);
			compare(&shapes[i], NPUC_TYPE_UINT8, personalities[p]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_definition),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-transpose-conv", tests, NULL, NULL);
}
