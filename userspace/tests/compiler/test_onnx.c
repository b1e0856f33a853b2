// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The .onnx reader: the wire format, orders of dimensions, QDQ, refusals and
 * mutations.  With --write DIR it writes the small models as seeds for the fuzzer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "npuc.h"
#include "onnx_file.h"
#include "run.h"
#include "target.h"

#define MUTATIONS 3000u

/* Longest and too long numbers, fields without number, lengths beyond the end. */
static void test_wire_format(void **state)
{
	static const struct {
		uint8_t bytes[16];
		size_t size;
		bool good;
		uint64_t value;
	} cases[] = {
		{ { 0x08, 0x96, 0x01 }, 3, true, 150 },
		{ { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 },
		  11,
		  true,
		  UINT64_MAX },
		{ { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 }, 11, false },
		{ { 0x08, 0xff }, 2, false },
		{ { 0x08 }, 1, false },
		{ { 0x00, 0x01 }, 2, false },
		{ { 0x0d, 1, 2, 3 }, 4, false },
		{ { 0x0d, 1, 2, 3, 4 }, 5, true, 0x04030201 },
		{ { 0x09, 1, 0, 0, 0, 0, 0, 0, 0x80 }, 9, true, 0x8000000000000001 },
		{ { 0x0a, 3, 'a', 'b' }, 4, false },
		{ { 0x0a, 2, 'a', 'b' }, 4, true, 2 },
		{ { 0x0b, 0x0c }, 2, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct npuc_pb m = npuc_pb_message(cases[i].bytes, cases[i].size);
		struct npuc_pb_field f;

		assert_int_equal(npuc_pb_next(&m, &f), cases[i].good);
		assert_int_equal(m.broken, !cases[i].good);
		if (!cases[i].good)
			continue;
		assert_int_equal(f.number, 1);
		assert_int_equal(f.value, cases[i].value);
		assert_false(npuc_pb_next(&m, &f));
		assert_false(m.broken);
	}
}

/* Numbers packed into one field, and one by one. */
static void test_lists(void **state)
{
	static const uint8_t packed[] = { 1, 0x80, 0x02, 3, 0x80 };
	struct npuc_pb_field f = { 1, NPUC_PB_BYTES, 5, packed, sizeof(packed) };
	struct npuc_pb_field single = { 1, NPUC_PB_VARINT, 7, packed, 0 };
	uint64_t value;

	assert_true(npuc_pb_number(&f, NPUC_PB_VARINT, &value));
	assert_int_equal(value, 1);
	assert_true(npuc_pb_number(&f, NPUC_PB_VARINT, &value));
	assert_int_equal(value, 256);
	assert_true(npuc_pb_number(&f, NPUC_PB_VARINT, &value));
	assert_int_equal(value, 3);
	assert_false(npuc_pb_number(&f, NPUC_PB_VARINT, &value));
	assert_true(npuc_pb_number(&single, NPUC_PB_VARINT, &value));
	assert_int_equal(value, 7);
	assert_false(npuc_pb_number(&single, NPUC_PB_VARINT, &value));
}

static void open_file(struct run *r, const char *name, const void *input, size_t bytes)
{
	const struct pb_writer *w = onnx_file_write(onnx_file_named(name));
	const struct npu_file_tensor *in;

	run_open_as(r, "model.onnx", w->data, w->size, "xnnpack", false);
	in = run_io(r, NPU_TENSOR_INPUT, 0);
	assert_non_null(in);
	memcpy(run_bytes(r, in), input, bytes);
	run_go(r);
}

static const void *output(struct run *r, uint32_t i)
{
	const struct npu_file_tensor *t = run_io(r, NPU_TENSOR_OUTPUT, i);

	assert_non_null(t);
	return run_bytes(r, t);
}

/* What the file calls channel 0 comes out as channel 1, in the file's order. */
static void test_channels_stay_first(void **state)
{
	static const uint8_t in[] = { 10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25 };
	static const uint8_t want[] = { 20, 21, 22, 23, 24, 25, 10, 11, 12, 13, 14, 15 };
	struct run r;

	open_file(&r, "swap", in, sizeof(in));
	assert_memory_equal(output(&r, 0), want, sizeof(want));
	run_close(&r);
}

/* (x / 0.5 + 10 - 10) * 0.5 / 0.25 for x >= 0: twice as many steps of 0.25. */
static void test_qdq_becomes_one_op(void **state)
{
	static const float in[12] = { -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	static const float want[12] = { 5, 6, 7, 8, 9, 10, 0, 0, 1, 2, 3, 4 };
	uint32_t products = 0;
	struct run r;

	open_file(&r, "qdq", in, sizeof(in));
	assert_memory_equal(output(&r, 0), want, sizeof(want));
	for (uint32_t i = 0; i < r.program.op_count; i++)
		products += r.program.ops[i].opcode == VNPU_OP_CONV2D;
	assert_int_equal(products, 1);
	run_close(&r);
}

static void test_moves(void **state)
{
	static const uint8_t in[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
	static const uint8_t last[] = { 0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11 };
	const uint8_t *joined;
	struct run r;

	open_file(&r, "moves", in, sizeof(in));
	assert_memory_equal(output(&r, 0), last, sizeof(last));
	assert_memory_equal(output(&r, 1), in, sizeof(in));
	joined = output(&r, 2);
	assert_memory_equal(joined, in, sizeof(in));
	assert_memory_equal(joined + sizeof(in), in, sizeof(in));
	run_close(&r);
}

/* x / (1 + |x|) at the last of row 0 and the first of row 1. */
static void test_picks(void **state)
{
	static const float in[6] = { 0, 0, -3, 1, 0, 0 }, want[2] = { -0.75f, 0.5f };
	struct run r;

	open_file(&r, "pick", in, sizeof(in));
	assert_memory_equal(output(&r, 0), want, sizeof(want));
	run_close(&r);
}

/* -|x|: the graph that is chosen has an If of its own, and the other one is not looked at. */
static void test_constant_branches(void **state)
{
	const struct pb_writer *w = onnx_file_write(onnx_file_named("branches"));
	static const char *const shapes[] = { "x=2" };
	const struct npuc_options options = { .personality = "xnnpack",
					      .scope = { .input_shapes = shapes,
							 .input_shape_count = 1 } };
	static const float in[] = { -3, 2 }, want[] = { -3, -2 };
	struct run r;

	run_open_with(&r, "model.onnx", w->data, w->size, &options);
	memcpy(run_bytes(&r, run_io(&r, NPU_TENSOR_INPUT, 0)), in, sizeof(in));
	run_go(&r);
	assert_memory_equal(output(&r, 0), want, sizeof(want));
	run_close(&r);
}

static void test_input_shapes(void **state)
{
	static const struct {
		const char *shapes[2];
		const char *text;
	} cases[] = {
		{ { "x=4" }, "m.onnx: node 3 Nothing '': the operator is not supported" },
		{ { "x=7", "x=2" }, "m.onnx: input 'x' has shape [2], not 7" },
		{ { "x=2", "y=2" }, "m.onnx: there is no input 'y'" },
		{ { "x=2", "x=2" }, NULL },
		{ { "x=2", "2" },
		  "input shape '2': NAME=1x2x3 must be here, of at most 8 "
		  "dimensions and 2147483647 elements" },
		{ { "x=2", "x=2x" },
		  "input shape 'x=2x': NAME=1x2x3 must be here, of at most 8 "
		  "dimensions and 2147483647 elements" },
		{ { "x=2", "x=0" },
		  "input shape 'x=0': NAME=1x2x3 must be here, of at most 8 "
		  "dimensions and 2147483647 elements" },
		{ { "x=2", "x=2x99999999999" },
		  "input shape 'x=2x99999999999': NAME=1x2x3 must be here, of at most 8 "
		  "dimensions and 2147483647 elements" },
		{ { "x=2", "x=2x3" },
		  "m.onnx: input 'x' has 1 dimensions, its shape is given with 2" },
	};
	const struct pb_writer *w = onnx_file_write(onnx_file_named("branches"));

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct npuc_reading how = {
			.scope = { .input_shapes = cases[i].shapes,
				   .input_shape_count = cases[i].shapes[1] ? 2 : 1 },
		};
		struct npuc_error error = { "" };
		struct npuc_model *model;

		assert_int_equal(!npuc_model_read_as("m.onnx", w->data, w->size, &how, &model,
						     &error),
				 !cases[i].text);
		if (cases[i].text)
			assert_string_equal(error.text, cases[i].text);
		npuc_model_free(model);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *name;
		const char *text;
	} cases[] = {
		{ "empty-part", "m.onnx: node 0 Split '': shapes or parameters of the inputs do "
				"not fit each other" },
		{ "computed-k", "m.onnx: node 0 Trilu '': k must be constant" },
		{ "training", "m.onnx: node 0 Dropout '': training is not supported" },
		{ "unknown", "m.onnx: node 0 Einsum '': the operator is not supported" },
		{ "old", "m.onnx: node 0 Concat '': opset 3 is too old, it is known since 4" },
		{ "early", "m.onnx: node 0 Relu '': 'b' is read before it is computed" },
		{ "groups",
		  "m.onnx: node 0 Conv '': 2 groups of several channels are not supported" },
		{ "codes-again", "m.onnx: node 0 QuantizeLinear '': shapes or parameters of the "
				 "inputs do not fit each other" },
		{ "branches", "m.onnx: node 3 Nothing '': the operator is not supported" },
		{ "no-branch", "m.onnx: node 3 Nothing '': the operator is not supported" },
		{ "computed-if",
		  "m.onnx: node 0 If '': the condition is computed from the model's inputs; only "
		  "one that follows from shapes and constants is supported" },
		{ "bad-reshape", "m.onnx: node 0 Reshape '': shapes or parameters of the inputs do "
				 "not fit each other" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct pb_writer *w = onnx_file_write(onnx_file_named(cases[i].name));
		struct npuc_error error = { "" };
		struct npuc_model *model;

		assert_true(npuc_model_read("m.onnx", w->data, w->size, &model, &error) < 0);
		assert_null(model);
		assert_string_equal(error.text, cases[i].text);
	}
}

/* Files cut at every byte, and damaged ones, on the heap so that ASAN sees their end. */
static void test_damage(void **state)
{
	uint64_t random = 0x0dd5eed;
	uint32_t compiled = 0;

	for (const struct onnx_file *f = onnx_files; f->name; f++) {
		const struct pb_writer *w = onnx_file_write(f);

		for (uint32_t i = 0; i < MUTATIONS + w->size; i++) {
			size_t size = i < w->size ? i : w->size;
			uint8_t *copy = malloc(size + !size);

			assert_non_null(copy);
			memcpy(copy, w->data, size);
			if (i >= w->size)
				target_damage(copy, size, &random);
			compiled += target_try("model.onnx", copy, size);
			free(copy);
		}
	}
	/* some of the damage is to numbers that may be anything */
	assert_in_range(compiled, 1, MUTATIONS * 8);
}

static int write_seeds(const char *folder)
{
	for (const struct onnx_file *f = onnx_files; f->name; f++) {
		const struct pb_writer *w = onnx_file_write(f);
		char path[512];
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", folder, f->name);
		file = fopen(path, "wb");
		if (!file || fwrite(w->data, 1, w->size, file) != w->size || fclose(file))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wire_format),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_channels_stay_first),
		cmocka_unit_test(test_qdq_becomes_one_op),
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_picks),
		cmocka_unit_test(test_constant_branches),
		cmocka_unit_test(test_input_shapes),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_damage),
	};

	if (argc == 3 && !strcmp(argv[1], "--write"))
		return write_seeds(argv[2]);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-onnx", tests, NULL, NULL);
}
