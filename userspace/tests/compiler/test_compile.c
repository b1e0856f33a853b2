// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Fusion, placement, plan and artefact, on the small models. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "run.h"

static void open_model(struct run *r, const struct model *m, bool keep_all)
{
	const struct fb_writer *w = model_write(m);

	run_open(r, w->data, w->size, NULL, keep_all);
}

static bool float32(const struct npu_file_tensor *t)
{
	return t->dtype == VNPU_DTYPE_FLOAT32;
}

/* The same pseudo-random contents for the same seed; floats within the range of the codes. */
static void fill_inputs(struct run *r, uint32_t seed)
{
	for (uint32_t i = 0; i < r->tensor_count; i++) {
		const struct npu_file_tensor *t = &r->tensors[i];
		uint8_t *to = run_bytes(r, t);

		if (t->role != NPU_TENSOR_INPUT)
			continue;
		for (uint32_t k = 0; k < t->bytes; k += float32(t) ? 4 : 1) {
			float value;

			seed = seed * 1664525u + 1013904223u;
			value = (float)(seed >> 20) / 32 - 64;
			if (float32(t))
				memcpy(to + k, &value, sizeof(value));
			else
				to[k] = (uint8_t)(seed >> 24);
		}
	}
}

/* Fused and reused memory against every tensor on its own: the outputs are the same. */
static void test_modes_agree(void **state)
{
	for (const struct model *m = models; m->name; m++) {
		struct run fused, plain;

		open_model(&fused, m, false);
		open_model(&plain, m, true);
		for (uint32_t seed = 1; seed < 6; seed++) {
			const struct npu_file_tensor *a, *b;

			fill_inputs(&fused, seed);
			fill_inputs(&plain, seed);
			run_go(&fused);
			run_go(&plain);
			for (uint32_t i = 0; (a = run_io(&fused, NPU_TENSOR_OUTPUT, i)); i++) {
				b = run_io(&plain, NPU_TENSOR_OUTPUT, i);
				assert_int_equal(a->bytes, b->bytes);
				if (memcmp(run_bytes(&fused, a), run_bytes(&plain, b), a->bytes))
					fail_msg("%s: output %u differs", m->name, i);
			}
		}
		run_close(&fused);
		run_close(&plain);
	}
}

/* Layers follow each other without gap and cover the program. */
static void check_layers(const struct run *r)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < r->layer_count; i++) {
		assert_int_equal(r->layers[i].first_op, next);
		next += r->layers[i].op_count;
		if (r->layers[i].output != NPU_FILE_NONE)
			assert_true(r->layers[i].output < r->tensor_count);
	}
	assert_int_equal(next, r->program.op_count);
}

static void check_tensors(const struct run *r)
{
	for (uint32_t i = 0; i < r->tensor_count; i++) {
		const struct npu_file_tensor *t = &r->tensors[i];

		assert_true(t->slot < r->program.slot_count);
		assert_true((uint64_t)t->offset + t->bytes <= r->program.slot[t->slot].bytes);
		assert_true(*run_string(r, t->name));
	}
}

static void test_artefact(void **state)
{
	for (const struct model *m = models; m->name; m++) {
		for (int keep_all = 0; keep_all < 2; keep_all++) {
			struct run r;

			open_model(&r, m, keep_all);
			check_layers(&r);
			check_tensors(&r);
			assert_string_equal(run_string(&r, r.info->model), "model.tflite");
			assert_string_equal(run_string(&r, r.info->personality), "tflite-ref");
			assert_int_equal(r.info->flags, keep_all ? NPU_FILE_KEEP_ALL : 0);
			assert_true(r.info->temp_bytes >= r.info->temp_bound);
			run_close(&r);
		}
	}
}

static bool overlap(const struct npu_file_tensor *a, const struct npu_file_tensor *b)
{
	return a->slot == b->slot && a->offset < b->offset + b->bytes &&
	       b->offset < a->offset + a->bytes;
}

/* Every activation has a row, and no two share a byte. */
static void test_keep_all(void **state)
{
	for (const struct model *m = models; m->name; m++) {
		struct run r;

		open_model(&r, m, true);
		for (uint32_t i = 0; i < MODEL_TENSORS && m->tensors[i].rank; i++)
			if (!m->tensors[i].data_bytes && !run_tensor(&r, i))
				fail_msg("%s: tensor %u has no row", m->name, i);
		for (uint32_t i = 0; i < r.tensor_count; i++)
			for (uint32_t k = 0; k < i; k++)
				assert_false(overlap(&r.tensors[i], &r.tensors[k]));
		run_close(&r);
	}
}

static void test_pad_and_relu_fuse(void **state)
{
	static const uint32_t fused[] = { 0, 1, 0, 2 }, plain[] = { 2, 1, 1, 2 };
	const struct model *m = model_find("pad-depthwise");
	struct run r;

	open_model(&r, m, false);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(r.layers[i].op_count, fused[i]);
	assert_int_equal(r.program.ops[0].p.pad[0], 1);
	/* RELU6 at scale 0.25 and zero point 2. */
	assert_int_equal(r.program.ops[0].p.clamp[0], 2);
	assert_int_equal(r.program.ops[0].p.clamp[1], 26);
	assert_null(run_tensor(&r, 2));
	run_close(&r);

	open_model(&r, m, true);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(r.layers[i].op_count, plain[i]);
	run_close(&r);
}

static void test_relu_of_another_zero_point_stays(void **state)
{
	struct model m = *model_find("pad-depthwise");
	struct run r;

	/* Then it requantises as well as clamps. */
	m.tensors[6].zero = 3;
	m.tensors[8].zero = 3;
	open_model(&r, &m, false);
	assert_int_equal(r.layers[2].op_count, 1);
	run_close(&r);
}

static void test_concatenation_in_place(void **state)
{
	struct run r;

	/* The pooled branch is also added, so it is copied; the sum is written in place. */
	open_model(&r, model_find("branches"), false);
	assert_int_equal(r.layers[2].op_count, 1);
	assert_int_equal(r.program.ops[1].out.stride[2], 6);
	assert_int_equal(r.program.ops[1].out.offset, 3);
	assert_int_equal(r.program.slot[r.program.ops[1].out.slot].kind, VNPU_SLOT_OUTPUT);
	run_close(&r);
	open_model(&r, model_find("branches"), true);
	assert_int_equal(r.layers[2].op_count, 2);
	run_close(&r);
}

static void test_nested_concatenation_in_place(void **state)
{
	static const uint32_t offsets[] = { 0, 2, 4 };
	struct run r;

	/* Each branch writes into the outermost result; nothing is copied. */
	open_model(&r, model_find("nested"), false);
	assert_int_equal(r.program.op_count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(r.program.ops[i].out.offset, offsets[i]);
		assert_int_equal(r.program.ops[i].out.stride[2], 6);
	}
	run_close(&r);
}

static void test_reshape_is_free(void **state)
{
	struct run r;

	open_model(&r, model_find("classifier"), false);
	assert_int_equal(r.layers[2].op_count, 0);
	assert_int_equal(run_tensor(&r, 4)->offset, run_tensor(&r, 6)->offset);
	run_close(&r);
	/* Between an input and outputs nothing is free. */
	open_model(&r, model_find("reshape-only"), false);
	assert_int_equal(r.program.op_count, 3);
	run_close(&r);
}

static void test_plan_reuses(void **state)
{
	struct run r;

	/* At most two tensors live at a time; the first ones have 96 and 6 bytes. */
	open_model(&r, model_find("classifier"), false);
	assert_int_equal(r.info->temp_bytes, r.info->temp_bound);
	assert_int_equal(r.info->temp_bytes, 128 + 64);
	assert_int_equal(r.info->io_bytes, 8 * 8 * 3 + 5);
	run_close(&r);
}

static void test_slot_order(void **state)
{
	static const uint32_t kinds[] = { VNPU_SLOT_CONST, VNPU_SLOT_TEMP, VNPU_SLOT_INPUT,
					  VNPU_SLOT_OUTPUT, VNPU_SLOT_OUTPUT };
	struct run r;

	open_model(&r, model_find("branches"), false);
	assert_int_equal(r.program.slot_count, 5);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(r.program.slot[i].kind, kinds[i]);
	run_close(&r);
	/* No constants, nothing between input and outputs. */
	open_model(&r, model_find("reshape-only"), false);
	assert_int_equal(r.program.slot[0].kind, VNPU_SLOT_INPUT);
	run_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes_agree),
		cmocka_unit_test(test_artefact),
		cmocka_unit_test(test_keep_all),
		cmocka_unit_test(test_pad_and_relu_fuse),
		cmocka_unit_test(test_relu_of_another_zero_point_stays),
		cmocka_unit_test(test_concatenation_in_place),
		cmocka_unit_test(test_nested_concatenation_in_place),
		cmocka_unit_test(test_reshape_is_free),
		cmocka_unit_test(test_plan_reuses),
		cmocka_unit_test(test_slot_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-compile", tests, NULL, NULL);
}
