// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What the compiler computes itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "run.h"

#define I8 NPUC_TYPE_INT8
#define I32 NPUC_TYPE_INT32

static const int32_t one[] = { 1 };
/* The last dimension of [2,3,4]. */
static const int32_t last[] = { 2 };
static const int32_t six[] = { 6 };
static const int32_t order[] = { 1, 0 };
static const int32_t matrix[] = { 1, 2, 3, 4, 5, 6 };

#define INTS(name, n)                                                                     \
	{                                                                                 \
		.type = I32, .rank = 1, .dim = { n }, .data_bytes = 4 * (n), .ints = name \
	}
#define REFS(...)                      \
	{                              \
		__VA_ARGS__, MODEL_END \
	}
#define NO_OPTIONS           \
	0,                   \
	{                    \
		{            \
			0, 0 \
		}            \
	}

/* A reshape by a shape that is computed from the input's, and a transposed constant. */
static const struct model shapes = {
	.name = "shapes",
	.tensors = { { .type = I8, .rank = 3, .dim = { 2, 3, 4 } },
		     { .type = I32, .rank = 1, .dim = { 3 } },
		     INTS(one, 1),
		     INTS(one, 1),
		     { .type = I32, .rank = 1, .dim = { 1 } },
		     INTS(six, 1),
		     { .type = I32, .rank = 1, .dim = { 2 } },
		     { .type = I8, .rank = 2, .dim = { 4, 6 } },
		     { .type = I32, .rank = 2, .dim = { 2, 3 }, .data_bytes = 24, .ints = matrix },
		     INTS(order, 2),
		     { .type = I32, .rank = 2, .dim = { 3, 2 } },
		     INTS(last, 1) },
	.ops = { { TFLITE_SHAPE, REFS(0), REFS(1), NO_OPTIONS },
		 { TFLITE_SLICE, REFS(1, 11, 3), REFS(4), NO_OPTIONS },
		 { TFLITE_CONCATENATION, REFS(4, 5), REFS(6), 10, { { 4, 0 }, { 1, 0 } } },
		 { TFLITE_RESHAPE, REFS(0, 6), REFS(7), NO_OPTIONS },
		 { TFLITE_TRANSPOSE, REFS(8, 9), REFS(10), NO_OPTIONS } },
	.inputs = REFS(0),
	.outputs = REFS(7, 10),
};

static void test_shapes(void **state)
{
	static const int32_t want[] = { 1, 4, 2, 5, 3, 6 };
	const struct fb_writer *w = model_write(&shapes);
	struct run r;
	uint8_t *in;

	run_open(&r, w->data, w->size, NULL, false);
	/* Nothing is left but a copy to each output. */
	assert_int_equal(r.program.op_count, 2);
	in = run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, 0));
	for (uint8_t i = 0; i < 24; i++)
		in[i] = i;
	run_go(&r);
	assert_memory_equal(run_bytes(&r, run_io(&r, NPU_TENSOR_OUTPUT, 0)), in, 24);
	assert_memory_equal(run_bytes(&r, run_io(&r, NPU_TENSOR_OUTPUT, 1)), want, sizeof(want));
	run_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-constants", tests, NULL, NULL);
}
