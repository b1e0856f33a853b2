// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tensors of more dimensions than a device's between RESHAPEs: all of them go, and the numbers
 * stay.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rewrite_case.h"

#define T(n, s, z, ...)                                                              \
	{                                                                            \
		.type = I8, .rank = n, .dim = { __VA_ARGS__ }, .scale = s, .zero = z \
	}
#define LIST(n, ...)                                                         \
	{                                                                    \
		.type = I32, .rank = 1, .dim = { n }, .data_bytes = 4 * (n), \
		.ints = (const int32_t[])                                    \
		{                                                            \
			__VA_ARGS__                                          \
		}                                                            \
	}
#define PAIRS(n, ...)                                                           \
	{                                                                       \
		.type = I32, .rank = 2, .dim = { n, 2 }, .data_bytes = 8 * (n), \
		.ints = (const int32_t[])                                       \
		{                                                               \
			__VA_ARGS__                                             \
		}                                                               \
	}
#define RESHAPE(from, list, to)                                        \
	{                                                              \
		TFLITE_RESHAPE, REFS(from, list), REFS(to), NO_OPTIONS \
	}
#define FOUR_DIMENSIONS \
	LIMIT(max_rank, 4), { "merge-axes", "skip-reshape" }, .without = NULL, .distance = 0

static const struct rewrite_case cases[] = {
	/* Pixels out of channels: rows and columns of blocks go between rows and columns. */
	{ { .name = "depth to space",
	    .tensors = { T(4, 0.5f, 3, 1, 4, 5, 12), LIST(6, 1, 4, 5, 2, 2, 3),
			 T(6, 0.5f, 3, 1, 4, 5, 2, 2, 3), LIST(6, 0, 1, 3, 2, 4, 5),
			 T(6, 0.5f, 3, 1, 4, 2, 5, 2, 3), LIST(4, 1, 8, 10, 3),
			 T(4, 0.5f, 3, 1, 8, 10, 3) },
	    .ops = { RESHAPE(0, 1, 2),
		     { TFLITE_TRANSPOSE, REFS(2, 3), REFS(4), NO_OPTIONS },
		     RESHAPE(4, 5, 6) },
	    .inputs = REFS(0),
	    .outputs = REFS(6) },
	  FOUR_DIMENSIONS,
	  .refused = 3 },
	{ { .name = "shuffle of channels",
	    .tensors = { T(4, 0.5f, 3, 1, 4, 5, 6), LIST(5, 1, 4, 5, 2, 3),
			 T(5, 0.5f, 3, 1, 4, 5, 2, 3), LIST(5, 0, 1, 2, 4, 3),
			 T(5, 0.5f, 3, 1, 4, 5, 3, 2), LIST(4, 1, 4, 5, 6),
			 T(4, 0.5f, 3, 1, 4, 5, 6) },
	    .ops = { RESHAPE(0, 1, 2),
		     { TFLITE_TRANSPOSE, REFS(2, 3), REFS(4), NO_OPTIONS },
		     RESHAPE(4, 5, 6) },
	    .inputs = REFS(0),
	    .outputs = REFS(6) },
	  FOUR_DIMENSIONS,
	  .refused = 3 },
	/* An input that repeats along two neighbours, and a constant of five dimensions. */
	{ { .name = "sums",
	    .tensors = { T(4, 0.5f, 3, 2, 3, 2, 12),
			 LIST(5, 2, 3, 2, 3, 4),
			 T(5, 0.5f, 3, 2, 3, 2, 3, 4),
			 T(4, 0.25f, 1, 1, 1, 2, 12),
			 LIST(5, 1, 1, 2, 3, 4),
			 T(5, 0.25f, 1, 1, 1, 2, 3, 4),
			 T(5, 0.7f, -4, 2, 3, 2, 3, 4),
			 { .type = I8,
			   .rank = 5,
			   .dim = { 2, 3, 2, 1, 1 },
			   .scale = 0.1f,
			   .data_bytes = 12 },
			 T(5, 0.7f, -4, 2, 3, 2, 3, 4),
			 LIST(2, 12, 12),
			 T(2, 0.7f, -4, 12, 12) },
	    .ops = { RESHAPE(0, 1, 2),
		     RESHAPE(3, 4, 5),
		     { TFLITE_ADD, REFS(2, 5), REFS(6), NO_OPTIONS },
		     { TFLITE_MUL, REFS(6, 7), REFS(8), NO_OPTIONS },
		     RESHAPE(8, 9, 10) },
	    .inputs = REFS(0, 3),
	    .outputs = REFS(10) },
	  FOUR_DIMENSIONS,
	  .refused = 5 },
	{ { .name = "borders and parts",
	    .tensors = { T(4, 0.5f, 3, 2, 3, 4, 6), LIST(5, 2, 3, 4, 2, 3),
			 T(5, 0.5f, 3, 2, 3, 4, 2, 3), PAIRS(5, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0),
			 T(5, 0.5f, 3, 2, 6, 4, 2, 4), LIST(5, 0, 1, 0, 0, 0),
			 LIST(5, 2, 6, 4, 2, 4), LIST(5, 1, 2, 1, 1, 1),
			 T(5, 0.5f, 3, 2, 3, 4, 2, 4), LIST(5, 0, 1, 0, 0, 0),
			 LIST(5, 2, 2, 4, 2, 4), T(5, 0.5f, 3, 2, 2, 4, 2, 4), LIST(4, 4, 4, 2, 4),
			 T(4, 0.5f, 3, 4, 4, 2, 4) },
	    .ops = { RESHAPE(0, 1, 2),
		     { TFLITE_PAD, REFS(2, 3), REFS(4), NO_OPTIONS },
		     { TFLITE_STRIDED_SLICE, REFS(4, 5, 6, 7), REFS(8), NO_OPTIONS },
		     { TFLITE_SLICE, REFS(8, 9, 10), REFS(11), NO_OPTIONS },
		     RESHAPE(11, 12, 13) },
	    .inputs = REFS(0),
	    .outputs = REFS(13) },
	  FOUR_DIMENSIONS,
	  .refused = 5 },
	{ { .name = "joined and weighed",
	    .tensors = { T(4, 0.5f, 3, 2, 3, 4, 6), LIST(5, 2, 3, 4, 2, 3),
			 T(5, 0.5f, 3, 2, 3, 4, 2, 3), T(4, 0.5f, 3, 2, 3, 1, 6),
			 LIST(5, 2, 3, 1, 2, 3), T(5, 0.5f, 3, 2, 3, 1, 2, 3),
			 T(5, 0.5f, 3, 2, 3, 5, 2, 3), T(5, 1.0f / 256, -128, 2, 3, 5, 2, 3),
			 LIST(2, 1, -1), T(3, 1.0f / 256, -128, 2, 5, 2) },
	    .ops = { RESHAPE(0, 1, 2),
		     RESHAPE(3, 4, 5),
		     { TFLITE_CONCATENATION, REFS(2, 5), REFS(6), 10, { WORD(2), BYTE(0) } },
		     { TFLITE_SOFTMAX, REFS(6), REFS(7), 9, { WORD(0x3f800000) } },
		     { TFLITE_MEAN, REFS(7, 8), REFS(9), 27, { BYTE(0) } } },
	    .inputs = REFS(0, 3),
	    .outputs = REFS(9) },
	  FOUR_DIMENSIONS,
	  .refused = 5 },
};

static void test_cases(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		rewrite_check(&cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-rewrite-rank", tests, NULL, NULL);
}
