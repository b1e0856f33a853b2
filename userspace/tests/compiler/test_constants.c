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

/* -8..6 in halves of bytes, the last one left over, and in bytes of their own. */
static const int32_t packed[] = { (int32_t)0xfedcba98, 0x06543210 };
static const int32_t unpacked[] = { (int32_t)0xfbfaf9f8, (int32_t)0xfffefdfc, 0x03020100,
				    0x00060504 };

static struct model product(uint32_t type, uint32_t bytes, const int32_t *weights)
{
	return (struct model){
		.name = "product",
		.tensors = { { .type = I8, .rank = 2, .dim = { 1, 5 }, .scale = 0.5f, .zero = 3 },
			     { .type = type,
			       .rank = 2,
			       .dim = { 3, 5 },
			       .scale = 0.25f,
			       .data_bytes = bytes,
			       .ints = weights },
			     { .type = I8, .rank = 2, .dim = { 1, 3 }, .scale = 0.75f } },
		.ops = { { TFLITE_FULLY_CONNECTED, REFS(0, 1), REFS(2), NO_OPTIONS } },
		.inputs = REFS(0),
		.outputs = REFS(2),
	};
}

static void test_int4_weights(void **state)
{
	const struct model four = product(NPUC_TYPE_INT4, 8, packed);
	const struct model eight = product(I8, 15, unpacked);
	static const int8_t in[] = { -100, -20, 5, 60, 127 };
	uint8_t out[2][3];

	for (int i = 0; i < 2; i++) {
		const struct fb_writer *w = model_write(i ? &eight : &four);
		struct run r;

		run_open(&r, w->data, w->size, NULL, false);
		memcpy(run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, 0)), in, sizeof(in));
		run_go(&r);
		memcpy(out[i], run_bytes(&r, run_io(&r, NPU_TENSOR_OUTPUT, 0)), 3);
		run_close(&r);
	}
	assert_memory_equal(out[0], out[1], 3);
	assert_memory_not_equal(out[0], out[0] + 1, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_int4_weights),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-constants", tests, NULL, NULL);
}
