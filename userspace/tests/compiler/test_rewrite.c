// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rewrites: what a narrow device refuses becomes what it takes, and the outputs stay the
 * same, or as near as the rewrite's own reason allows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rewrite_case.h"

#define ALIGNED                                      \
	15,                                          \
	{                                            \
		{ 0, 0 }, { 0, 0 }, BYTE(1), BYTE(0) \
	}
#define HALF                                         \
	15,                                          \
	{                                            \
		{ 0, 0 }, { 0, 0 }, BYTE(0), BYTE(1) \
	}
#define POOL(pad, s, h, w)                                             \
	5,                                                             \
	{                                                              \
		BYTE(pad), WORD(s), WORD(s), WORD(w), WORD(h), BYTE(0) \
	}
#define CONV                                                         \
	1,                                                           \
	{                                                            \
		BYTE(0), WORD(1), WORD(1), BYTE(0), WORD(1), WORD(1) \
	}
/* Padding (0: SAME), steps and dilations, height and width alike; 2: DEPTHWISE_CONV_2D's. */
#define CONV_BY(pad, s, d)                                             \
	1,                                                             \
	{                                                              \
		BYTE(pad), WORD(s), WORD(s), BYTE(1), WORD(d), WORD(d) \
	}
#define DEPTHWISE_BY(pad, s, d, m)                                              \
	2,                                                                      \
	{                                                                       \
		BYTE(pad), WORD(s), WORD(s), WORD(m), BYTE(0), WORD(d), WORD(d) \
	}
/* A weight tensor of a fixed pattern, and one that is given. */
#define W4(t, s, z, bytes, ...)                                                      \
	{                                                                            \
		.type = t, .rank = 4, .dim = { __VA_ARGS__ }, .scale = s, .zero = z, \
		.data_bytes = bytes                                                  \
	}
#define GIVEN(t, s, z, numbers, ...)                                                 \
	{                                                                            \
		.type = t, .rank = 4, .dim = { __VA_ARGS__ }, .scale = s, .zero = z, \
		.data_bytes = sizeof(numbers), .ints = numbers                       \
	}
#define ARG_OPTIONS     \
	40,             \
	{               \
		BYTE(4) \
	}
#define FULL                              \
	8,                                \
	{                                 \
		BYTE(0), BYTE(0), BYTE(0) \
	}
/* A target without int64. */
#define NO_INT64 offsetof(struct npum_target, dtypes), 0x7e

/* A model of one op that reads the first tensors and writes the last. */
#define ONE(title, op_code, ins, out_number, opts, ...)                                 \
	{                                                                               \
		.name = title, .tensors = { __VA_ARGS__ },                              \
		.ops = { { op_code, ins, REFS(out_number), opts } }, .inputs = REFS(0), \
		.outputs = REFS(out_number)                                             \
	}
#define TWO_INPUTS REFS(0, 1)
#define THREE_INPUTS REFS(0, 1, 2)

static const int32_t size_17_9[] = { 17, 9 }, size_8_8[] = { 8, 8 }, size_4_4[] = { 4, 4 };
static const int32_t size_128_1[] = { 128, 1 };
static const int32_t last[] = { 3 };
/* Zero point 3: differences that int8 holds, and such that it does not. */
static const int8_t near_codes[] = { -120, 127, 3, 0, 10, -10, 50, -50 };
static const int8_t far_codes[] = { -128, -127, 3, 0, 10, -10, 50, -50 };
static const int32_t bias[] = { 1000, -700 };
static const int32_t biases[24] = { 900, -800, 700, -600, 500, -400, 300, -200, 100, 0, 77, -88 };
/* 5 x 5 of which the 3 x 2 in the middle, or the last 2 rows and 3 columns, are not zero (7). */
static const uint8_t middle[25] = {
	7, 7, 7, 7, 7, 7, 9, 3, 7, 7, 7, 7, 250, 7, 7, 7, 60, 7, 7, 7, 7, 7, 7, 7, 7,
};
static const uint8_t corner[25] = {
	7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 40, 3, 7, 7, 7, 7, 7, 200,
};
static const float reals[18] = {
	0.5f, -1, 2, 0.25f, 3, -0.125f, 1.5f, -2.5f, 0.75f, -0.5f, 1, 0, 4, 2, -3, 1, 0.1f, -0.3f,
};

static const struct rewrite_case cases[] = {
	/* 5 to 17 is 4 / 16, 5 to 9 is 4 / 8: both to multiples, exact. */
	{ ONE("corners", TFLITE_RESIZE_BILINEAR, TWO_INPUTS, 2, ALIGNED,
	      T4(U8, 0.5f, 7, 1, 5, 5, 3), INTS(size_17_9, 2), T4(U8, 0.5f, 7, 1, 17, 9, 3)),
	  LIMIT(align_corners, 0),
	  { "align-corners" },
	  NULL,
	  0 },
	/*
	 * 5 to 8 is 4 / 7: every fourth pixel of 35, with sevenths that 10 bits round: 146 for
	 * 146.29.  Pixel 28 is off by 28 * 0.29 / 1024, of 255 codes 2 along each axis.
	 */
	{ ONE("corners of sevenths", TFLITE_RESIZE_BILINEAR, TWO_INPUTS, 2, ALIGNED,
	      T4(I8, 0.5f, 7, 1, 5, 5, 3), INTS(size_8_8, 2), T4(I8, 0.5f, 7, 1, 8, 8, 3)),
	  LIMIT(align_corners, 0),
	  { "align-corners" },
	  NULL,
	  5 },
	/* 99 / 127 would need 12700 pixels: centres at halves are next best. */
	{ ONE("corners from afar", TFLITE_RESIZE_BILINEAR, TWO_INPUTS, 2, ALIGNED,
	      T4(I8, 0.5f, 7, 1, 100, 1, 1), INTS(size_128_1, 2), T4(I8, 0.5f, 7, 1, 128, 1, 1)),
	  LIMIT(align_corners, 0),
	  { "align-corners" },
	  NULL,
	  255 },
	/* 7 to 4 is 6 / 3: every second pixel. */
	{ ONE("corners inwards", TFLITE_RESIZE_BILINEAR, TWO_INPUTS, 2, ALIGNED,
	      T4(I8, 0.5f, 7, 1, 7, 7, 3), INTS(size_4_4, 2), T4(I8, 0.5f, 7, 1, 4, 4, 3)),
	  LIMIT(align_corners, 0),
	  { "align-corners" },
	  NULL,
	  0 },
	{ ONE("one pixel", TFLITE_RESIZE_BILINEAR, TWO_INPUTS, 2, ALIGNED,
	      T4(I8, 0.5f, 7, 1, 1, 1, 3), INTS(size_8_8, 2), T4(I8, 0.5f, 7, 1, 8, 8, 3)),
	  LIMIT(align_corners, 0),
	  { "align-corners" },
	  NULL,
	  0 },
	{ ONE("half pixels", TFLITE_RESIZE_BILINEAR, TWO_INPUTS, 2, HALF,
	      T4(I8, 0.5f, 7, 1, 4, 4, 3), INTS(size_8_8, 2), T4(I8, 0.5f, 7, 1, 8, 8, 3)),
	  LIMIT(half_pixel, 0),
	  { "half-pixel" },
	  NULL,
	  255 },
	{ ONE("index", TFLITE_ARG_MAX, TWO_INPUTS, 2, ARG_OPTIONS, T4(I8, 0.5f, 7, 1, 3, 3, 9),
	      { .type = I32, .rank = 1, .dim = { 1 }, .data_bytes = 4, .ints = last },
	      { .type = I64, .rank = 3, .dim = { 1, 3, 3 } }),
	  NO_INT64,
	  { "narrow-index" },
	  NULL,
	  0 },
	/* 12 x 12 in windows of 16: 3 x 3 and 4 x 4. */
	{ ONE("mean of all", TFLITE_AVERAGE_POOL_2D, REFS(0), 1, POOL(1, 1, 12, 12),
	      T4(I8, 0.5f, 7, 1, 12, 12, 3), T4(I8, 0.5f, 7, 1, 1, 1, 3)),
	  LIMIT(max_window, 16),
	  { "pool-cascade" },
	  NULL,
	  1 },
	/* The second window is still too large: three steps. */
	{ ONE("three steps", TFLITE_AVERAGE_POOL_2D, REFS(0), 1, POOL(1, 1, 12, 12),
	      T4(I8, 0.5f, 7, 1, 12, 12, 3), T4(I8, 0.5f, 7, 1, 1, 1, 3)),
	  LIMIT(max_window, 9),
	  { "pool-cascade", "pool-cascade" },
	  NULL,
	  2 },
	{ ONE("prime", TFLITE_AVERAGE_POOL_2D, REFS(0), 1, POOL(1, 1, 11, 11),
	      T4(U8, 0.5f, 7, 1, 11, 11, 3), T4(U8, 0.5f, 7, 1, 1, 1, 3)),
	  LIMIT(max_window, 64),
	  { "pool-cascade" },
	  NULL,
	  1 },
	/* Windows over the border count only what is inside. */
	{ ONE("border", TFLITE_AVERAGE_POOL_2D, REFS(0), 1, POOL(0, 2, 5, 5),
	      T4(I8, 0.5f, 7, 1, 9, 9, 3), T4(I8, 0.5f, 7, 1, 5, 5, 3)),
	  LIMIT(max_window, 24),
	  { "pool-cascade" },
	  NULL,
	  1 },
	{ ONE("maximum", TFLITE_MAX_POOL_2D, REFS(0), 1, POOL(0, 2, 5, 5),
	      T4(I8, 0.5f, 7, 1, 9, 9, 3), T4(I8, 0.5f, 7, 1, 5, 5, 3)),
	  LIMIT(max_window, 24),
	  { "pool-cascade" },
	  NULL,
	  0 },
	{ ONE("depthwise", TFLITE_AVERAGE_POOL_2D, REFS(0), 1, POOL(1, 1, 12, 12),
	      T4(I8, 0.5f, 7, 1, 12, 12, 3), T4(I8, 0.5f, 7, 1, 1, 1, 3)),
	  LIMIT(max_window, 16),
	  { "pool-depthwise" },
	  "pool-cascade",
	  1 },
	{ ONE("depthwise uint8", TFLITE_AVERAGE_POOL_2D, REFS(0), 1, POOL(1, 1, 12, 12),
	      T4(U8, 0.5f, 130, 1, 12, 12, 3), T4(U8, 0.5f, 130, 1, 1, 1, 3)),
	  LIMIT(max_window, 16),
	  { "pool-depthwise" },
	  "pool-cascade",
	  1 },
	/* Cut into 2 x 2, 3 x 3 and 2 x 4 pieces whose products meet in one sum. */
	{ ONE("large kernel", TFLITE_CONV_2D, THREE_INPUTS, 3, CONV_BY(0, 2, 1),
	      T4(I8, 0.1f, 3, 2, 9, 8, 3), W4(I8, 0.01f, 0, 150, 2, 5, 5, 3),
	      { .type = I32, .rank = 1, .dim = { 2 }, .data_bytes = 8, .ints = bias },
	      T4(I8, 0.7f, 2, 2, 5, 4, 2)),
	  LIMIT(max_kernel, 3),
	  { "kernel-stack" },
	  NULL,
	  0 },
	{ ONE("large kernel of channels", TFLITE_CONV_2D, THREE_INPUTS, 3, CONV_BY(1, 1, 2),
	      T4(I8, 0.1f, 3, 1, 13, 14, 3),
	      { .type = I8,
		.rank = 4,
		.dim = { 2, 5, 6, 3 },
		.scale = 0.01f,
		.scales = 2,
		.data_bytes = 180 },
	      { .type = I32, .rank = 1, .dim = { 2 }, .data_bytes = 8, .ints = bias },
	      T4(I8, 0.7f, 2, 1, 5, 4, 2)),
	  LIMIT(max_kernel, 2),
	  { "kernel-stack" },
	  NULL,
	  0 },
	{ ONE("large kernel uint8", TFLITE_CONV_2D, REFS(0, 1), 2, CONV_BY(0, 1, 1),
	      T4(U8, 0.1f, 130, 1, 6, 6, 3), W4(U8, 0.01f, 99, 294, 2, 7, 7, 3),
	      T4(U8, 0.7f, 20, 1, 6, 6, 2)),
	  LIMIT(max_kernel, 4),
	  { "kernel-stack" },
	  NULL,
	  0 },
	{ ONE("large kernel int16", TFLITE_CONV_2D, REFS(0, 1), 2, CONV_BY(0, 1, 1),
	      T4(I16, 0.001f, 0, 1, 6, 6, 2), W4(I8, 0.01f, 0, 100, 2, 5, 5, 2),
	      T4(I16, 0.02f, 0, 1, 6, 6, 2)),
	  LIMIT(max_kernel, 4),
	  { "kernel-stack" },
	  NULL,
	  0 },
	{ ONE("taps far apart", TFLITE_CONV_2D, REFS(0, 1), 2, CONV_BY(0, 1, 3),
	      T4(I8, 0.1f, 3, 1, 9, 8, 2), W4(I8, 0.01f, 0, 36, 2, 3, 3, 2),
	      T4(I8, 0.7f, 2, 1, 9, 8, 2)),
	  LIMIT(max_step, 2),
	  { "kernel-stack" },
	  NULL,
	  0 },
	{ ONE("long steps", TFLITE_CONV_2D, REFS(0, 1), 2, CONV_BY(1, 3, 1),
	      T4(I8, 0.1f, 3, 1, 9, 8, 2), W4(I8, 0.01f, 0, 16, 2, 2, 2, 2),
	      T4(I8, 0.7f, 2, 1, 3, 3, 2)),
	  LIMIT(max_step, 2),
	  { "kernel-stack" },
	  NULL,
	  0 },
	/* 12 channels in groups of 8 and 4, two outputs each. */
	{ ONE("large depthwise", TFLITE_DEPTHWISE_CONV_2D, THREE_INPUTS, 3,
	      DEPTHWISE_BY(0, 2, 1, 2), T4(I8, 0.1f, 3, 1, 9, 8, 12),
	      { .type = I8,
		.rank = 4,
		.dim = { 1, 5, 4, 24 },
		.scale = 0.001f,
		.scales = 24,
		.axis = 3,
		.data_bytes = 480 },
	      { .type = I32, .rank = 1, .dim = { 24 }, .data_bytes = 96, .ints = biases },
	      T4(I8, 0.2f, 2, 1, 5, 4, 24)),
	  LIMIT(max_kernel, 3),
	  { "kernel-stack" },
	  NULL,
	  0 },
	{ ONE("large depthwise uint8", TFLITE_DEPTHWISE_CONV_2D, REFS(0, 1), 2,
	      DEPTHWISE_BY(1, 1, 1, 1), T4(U8, 0.1f, 3, 1, 9, 8, 3),
	      W4(U8, 0.01f, 120, 75, 1, 5, 5, 3), T4(U8, 0.2f, 90, 1, 5, 4, 3)),
	  LIMIT(max_kernel, 3),
	  { "kernel-stack" },
	  NULL,
	  0 },
	{ ONE("zeros around", TFLITE_CONV_2D, REFS(0, 1), 2, CONV_BY(0, 1, 1),
	      T4(U8, 0.1f, 3, 1, 9, 8, 1), GIVEN(U8, 0.01f, 7, middle, 1, 5, 5, 1),
	      T4(U8, 0.1f, 90, 1, 9, 8, 1)),
	  LIMIT(max_kernel, 3),
	  { "kernel-trim" },
	  NULL,
	  0 },
	{ ONE("zeros in front", TFLITE_DEPTHWISE_CONV_2D, REFS(0, 1), 2, DEPTHWISE_BY(1, 2, 1, 1),
	      T4(U8, 0.1f, 3, 1, 9, 8, 1), GIVEN(U8, 0.01f, 7, corner, 1, 5, 5, 1),
	      T4(U8, 0.1f, 90, 1, 3, 2, 1)),
	  LIMIT(max_kernel, 3),
	  { "kernel-trim" },
	  NULL,
	  0 },
	{ ONE("zeros that are left", TFLITE_CONV_2D, REFS(0, 1), 2, CONV_BY(0, 1, 1),
	      T4(U8, 0.1f, 3, 1, 9, 8, 1), GIVEN(U8, 0.01f, 7, middle, 1, 5, 5, 1),
	      T4(U8, 0.1f, 90, 1, 9, 8, 1)),
	  LIMIT(max_kernel, 2),
	  { "kernel-stack" },
	  NULL,
	  0 },
	/* Sums of 9 products of up to 8 in another order. */
	{ ONE("large real kernel", TFLITE_CONV_2D, REFS(0, 1), 2, CONV_BY(0, 1, 1),
	      T4(NPUC_TYPE_FLOAT32, 0, 0, 1, 5, 6, 1),
	      GIVEN(NPUC_TYPE_FLOAT32, 0, 0, reals, 2, 3, 3, 1),
	      T4(NPUC_TYPE_FLOAT32, 0, 0, 1, 5, 6, 2)),
	  LIMIT(max_kernel, 2),
	  { "kernel-stack" },
	  NULL,
	  1 },
	/* -123 .. 124 fit int8 without a zero point. */
	{ ONE("near weights", TFLITE_FULLY_CONNECTED, THREE_INPUTS, 3, FULL,
	      { .type = I8, .rank = 2, .dim = { 3, 4 }, .scale = 0.1f },
	      { .type = I8,
		.rank = 2,
		.dim = { 2, 4 },
		.scale = 0.02f,
		.zero = 3,
		.data_bytes = 8,
		.ints = near_codes },
	      { .type = I32, .rank = 1, .dim = { 2 }, .data_bytes = 8, .ints = bias },
	      { .type = I8, .rank = 2, .dim = { 3, 2 }, .scale = 0.7f, .zero = 2 }),
	  LIMIT(asymmetric_weights, 0),
	  { "symmetric-weights" },
	  NULL,
	  0 },
	{ ONE("far weights", TFLITE_FULLY_CONNECTED, THREE_INPUTS, 3, FULL,
	      { .type = I8, .rank = 2, .dim = { 3, 4 }, .scale = 0.1f },
	      { .type = I8,
		.rank = 2,
		.dim = { 2, 4 },
		.scale = 0.02f,
		.zero = 3,
		.data_bytes = 8,
		.ints = far_codes },
	      { .type = I32, .rank = 1, .dim = { 2 }, .data_bytes = 8, .ints = bias },
	      { .type = I8, .rank = 2, .dim = { 3, 2 }, .scale = 0.7f, .zero = 2 }),
	  LIMIT(asymmetric_weights, 0),
	  { "symmetric-weights" },
	  NULL,
	  2 },
	{ ONE("channels", TFLITE_CONV_2D, THREE_INPUTS, 3, CONV, T4(I8, 0.1f, 3, 1, 4, 4, 4),
	      { .type = I8,
		.rank = 4,
		.dim = { 2, 1, 1, 4 },
		.scale = 0.01f,
		.scales = 2,
		.data_bytes = 8,
		.ints = near_codes },
	      { .type = I32, .rank = 1, .dim = { 2 }, .data_bytes = 8, .ints = bias },
	      T4(I8, 0.7f, 2, 1, 4, 4, 2)),
	  LIMIT(per_channel, 0),
	  { "per-tensor-weights" },
	  NULL,
	  3 },
};

static void test_cases(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		rewrite_check(&cases[i]);
}

/* What no rewrite answers, or none is wanted for, stays; and so does a model without need. */
static void test_nothing_to_do(void **state)
{
	const struct npuc_fix_options none = {
		.op = NPUC_EVERY_OP,
		.accepts = rewrite_accepts,
		.arg = (void *)(uintptr_t) "align-corners",
	};
	struct npum_target target = *npum_builtin_target();
	const struct npuc_options options = { .target = &target, .no_fallback = true };

	for (const struct model *m = models; m->name; m++) {
		const struct fb_writer *w = model_write(m);
		struct npuc_model *model;
		struct npuc_error error;
		struct npuc_fixes fixes;
		void *file;
		size_t size;

		assert_int_equal(npuc_model_read("model.tflite", w->data, w->size, &model, &error),
				 0);
		assert_int_equal(npuc_fix(model, &options, NULL, &fixes, &file, &size, &error), 0);
		assert_int_equal(fixes.count, 0);
		assert_int_equal(rewrite_refused(file, size, &options), 0);
		npuc_fixes_free(&fixes);
		free(file);
		target.align_corners = 0;
		target.max_kernel = 1;
		assert_int_equal(npuc_fix(model, &options, &none, &fixes, &file, &size, &error), 0);
		for (size_t i = 0; i < fixes.count; i++)
			assert_string_not_equal(fixes.list[i].rewrite, "align-corners");
		npuc_fixes_free(&fixes);
		free(file);
		npuc_model_free(model);
		target = *npum_builtin_target();
	}
}

#define GROUPS 3u
#define KERNEL 4u

/* A convolution in groups, or the same one with weights of zero for channels of other groups. */
static const struct fb_writer *grouped(bool dense, uint32_t type, int8_t *weights)
{
	static struct model m;
	const int32_t inputs = 6, outputs = 9, own = dense ? inputs : inputs / (int32_t)GROUPS;

	m = (struct model){ .name = "groups",
			    .tensors = { T4(type, 0.1f, 3, 1, 4, 5, inputs),
					 { .type = I8,
					   .rank = 4,
					   .dim = { outputs, 2, 2, own },
					   .scale = 0.01f,
					   .scales = (uint32_t)outputs,
					   .data_bytes = (uint32_t)(outputs * own) * KERNEL,
					   .ints = weights },
					 { .type = I32,
					   .rank = 1,
					   .dim = { outputs },
					   .data_bytes = 36,
					   .ints = biases },
					 T4(type, 0.7f, 2, 1, 4, 5, outputs) },
			    .ops = { { TFLITE_CONV_2D, THREE_INPUTS, REFS(3), CONV } },
			    .inputs = REFS(0),
			    .outputs = REFS(3) };
	for (int32_t o = 0; o < outputs; o++)
		for (int32_t tap = 0; tap < (int32_t)KERNEL; tap++)
			for (int32_t i = 0; i < own; i++) {
				int32_t group = o / (outputs / (int32_t)GROUPS), in = i;
				int32_t weight = 0;

				if (!dense)
					in += group * inputs / (int32_t)GROUPS;
				if (in / (inputs / (int32_t)GROUPS) == group)
					weight = (o * 31 + tap * 7 + in * 13) % 50 - 20;
				weights[(o * (int32_t)KERNEL + tap) * own + i] = (int8_t)weight;
			}
	return model_write(&m);
}

/* Nothing runs a grouped convolution as it is: it is held against a dense one. */
static void test_groups(void **state)
{
	static int8_t weights[9 * KERNEL * 6];
	const struct npuc_options options = { .no_fallback = true };
	const struct fb_writer *w = grouped(false, I8, weights);
	struct npuc_model *model;
	struct npuc_error error;
	struct npuc_fixes fixes;
	void *file;
	size_t size;

	assert_int_equal(rewrite_refused(w->data, w->size, &options), 1);
	assert_int_equal(npuc_model_read("model.tflite", w->data, w->size, &model, &error), 0);
	if (npuc_fix(model, &options, NULL, &fixes, &file, &size, &error))
		fail_msg("%s", error.text);
	assert_int_equal(fixes.count, 1);
	assert_string_equal(fixes.list[0].rewrite, "split-groups");
	assert_int_equal(rewrite_refused(file, size, &options), 0);
	w = grouped(true, I8, weights);
	rewrite_compare("groups", 0, w->data, w->size, file, size);
	npuc_fixes_free(&fixes);
	npuc_model_free(model);
	free(file);
}

static void test_table(void **state)
{
	const struct npuc_rewrite_info *info;

	for (uint32_t i = 0; (info = npuc_rewrite_at(i)); i++) {
		assert_true(*info->name && *info->text);
		for (uint32_t k = 0; k < i; k++)
			assert_string_not_equal(info->name, npuc_rewrite_at(k)->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_nothing_to_do),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-rewrite", tests, NULL, NULL);
}
