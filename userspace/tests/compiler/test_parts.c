// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Parts of tensors that stay where they are: no copies, the same bits, and no more memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "run.h"

#define T(n, ...)                                                                         \
	{                                                                                 \
		.type = NPUC_TYPE_INT8, .rank = n, .dim = { __VA_ARGS__ }, .scale = 0.5f, \
		.zero = 3                                                                 \
	}
#define LIST(n, ...)                                                                     \
	{                                                                                \
		.type = NPUC_TYPE_INT32, .rank = 1, .dim = { n }, .data_bytes = 4 * (n), \
		.ints = (const int32_t[])                                                \
		{                                                                        \
			__VA_ARGS__                                                      \
		}                                                                        \
	}
#define AXIS(i)                                                                    \
	{                                                                          \
		.type = NPUC_TYPE_INT32, .rank = 1, .dim = { 1 }, .data_bytes = 4, \
		.ints = (const int32_t[])                                          \
		{                                                                  \
			i                                                          \
		}                                                                  \
	}
#define OP(code, ins, outs)                 \
	{                                   \
		code, ins, outs, NO_OPTIONS \
	}
#define ADD(a, b, to)                                 \
	{                                             \
		TFLITE_ADD, REFS(a, b), REFS(to), 11, \
		{                                     \
			{ 1, 0 },                     \
			{                             \
				1, 0                  \
			}                             \
		}                                     \
	}
#define IN2 REFS(0, 1)

/**
 * struct part_case - a model
 * @m: the model
 * @copies: COPY records with the pass
 * @without: and without it
 */
struct part_case {
	struct model m;
	uint32_t copies;
	uint32_t without;
};

static const struct part_case cases[] = {
	/* Halves of what is computed, which are added; the input itself is computed first. */
	{ { .name = "split",
	    .tensors = { T(4, 1, 4, 3, 2), AXIS(1), T(4, 1, 4, 3, 2), T(4, 1, 2, 3, 2),
			 T(4, 1, 2, 3, 2), T(4, 1, 2, 3, 2) },
	    .ops = { ADD(0, 0, 2),
		     { TFLITE_SPLIT, REFS(1, 2), REFS(3, 4), 35, { { 4, 2 } } },
		     ADD(3, 4, 5) },
	    .inputs = REFS(0),
	    .outputs = REFS(5) },
	  0,
	  2 },
	/* Parts along an inner axis do not lie in one piece. */
	{ { .name = "split inside",
	    .tensors = { T(4, 1, 4, 3, 2), AXIS(3), T(4, 1, 4, 3, 2), T(4, 1, 4, 3, 1),
			 T(4, 1, 4, 3, 1), T(4, 1, 4, 3, 1) },
	    .ops = { ADD(0, 0, 2),
		     { TFLITE_SPLIT, REFS(1, 2), REFS(3, 4), 35, { { 4, 2 } } },
		     ADD(3, 4, 5) },
	    .inputs = REFS(0),
	    .outputs = REFS(5) },
	  2,
	  2 },
	/* Straight from the model's input; one part is an output of the model, which is written. */
	{ { .name = "unpack an input",
	    .tensors = { T(3, 3, 2, 2), T(2, 2, 2), T(2, 2, 2), T(2, 2, 2), T(2, 2, 2) },
	    .ops = { { TFLITE_UNPACK, REFS(0), REFS(1, 2, 3), 64, { { 4, 3 }, { 4, 0 } } },
		     ADD(1, 3, 4) },
	    .inputs = REFS(0),
	    .outputs = REFS(4, 2) },
	  1,
	  3 },
	/* Parts that are reshaped, and parts of parts. */
	{ { .name = "parts of parts",
	    .tensors = { T(4, 1, 4, 3, 2), T(4, 1, 4, 3, 2), LIST(4, 0, 1, 0, 0),
			 LIST(4, 1, 3, 3, 2), T(4, 1, 3, 3, 2), LIST(3, 3, 2, 3), T(3, 3, 2, 3),
			 LIST(3, 1, 0, 0), LIST(3, 3, 2, 3), LIST(3, 1, 1, 1), T(3, 2, 2, 3),
			 T(3, 2, 2, 3) },
	    .ops = { ADD(0, 0, 1), OP(TFLITE_SLICE, REFS(1, 2, 3), REFS(4)),
		     OP(TFLITE_RESHAPE, REFS(4, 5), REFS(6)),
		     OP(TFLITE_STRIDED_SLICE, REFS(6, 7, 8, 9), REFS(10)), ADD(10, 10, 11) },
	    .inputs = REFS(0),
	    .outputs = REFS(11) },
	  0,
	  2 },
	/* A small part of much would keep all of it. */
	{ { .name = "a small part",
	    .tensors = { T(4, 1, 8, 3, 2), T(4, 1, 8, 3, 2), LIST(4, 0, 1, 0, 0),
			 LIST(4, 1, 1, 3, 2), T(4, 1, 1, 3, 2), T(4, 1, 1, 3, 2) },
	    .ops = { ADD(0, 0, 1), OP(TFLITE_SLICE, REFS(1, 2, 3), REFS(4)), ADD(4, 4, 5) },
	    .inputs = REFS(0),
	    .outputs = REFS(5) },
	  1,
	  1 },
	/* What is joined again lies in the whole: the part goes there. */
	{ { .name = "split and joined",
	    .tensors = { T(4, 1, 4, 3, 2), AXIS(1), T(4, 1, 4, 3, 2), T(4, 1, 2, 3, 2),
			 T(4, 1, 2, 3, 2), T(4, 1, 2, 3, 2), T(4, 1, 4, 3, 2), T(4, 1, 4, 3, 2) },
	    .ops = { ADD(0, 0, 2),
		     { TFLITE_SPLIT, REFS(1, 2), REFS(3, 4), 35, { { 4, 2 } } },
		     ADD(3, 3, 5),
		     { TFLITE_CONCATENATION, REFS(5, 4), REFS(6), 10, { { 4, 1 }, { 1, 0 } } },
		     ADD(6, 2, 7) },
	    .inputs = REFS(0),
	    .outputs = REFS(7) },
	  1,
	  2 },
};

static uint32_t copies(const struct run *r)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < r->program.op_count; i++)
		count += r->program.ops[i].opcode == VNPU_OP_COPY;
	return count;
}

static uint64_t temp_bytes(const struct run *r)
{
	for (uint32_t i = 0; i < r->program.slot_count; i++)
		if (r->program.slot[i].kind == VNPU_SLOT_TEMP)
			return r->program.slot[i].bytes;
	return 0;
}

static void go(struct run *r, const struct model *m, uint64_t disabled)
{
	const struct npuc_options options = { .disabled = disabled };
	const struct fb_writer *w = model_write(m);
	const struct npu_file_tensor *in;

	run_open_with(r, "m.tflite", w->data, w->size, &options);
	in = run_io(r, NPU_TENSOR_INPUT, 0);
	for (uint32_t i = 0; i < in->bytes; i++)
		run_bytes(r, in)[i] = (uint8_t)(i * 7 + 1);
	run_go(r);
}

static void test_cases(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct npu_file_tensor *a, *b;
		struct run with, without;

		go(&with, &cases[i].m, 0);
		go(&without, &cases[i].m, run_pass("part-in-place"));
		if (copies(&with) != cases[i].copies || copies(&without) != cases[i].without)
			fail_msg("%s: %u and %u copies", cases[i].m.name, copies(&with),
				 copies(&without));
		assert_true(temp_bytes(&with) <= temp_bytes(&without));
		for (uint32_t k = 0; (a = run_io(&with, NPU_TENSOR_OUTPUT, k)); k++) {
			b = run_io(&without, NPU_TENSOR_OUTPUT, k);
			if (memcmp(run_bytes(&with, a), run_bytes(&without, b), a->bytes))
				fail_msg("%s: output %u differs", cases[i].m.name, k);
		}
		run_close(&with);
		run_close(&without);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-parts", tests, NULL, NULL);
}
