// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Optional passes make programs smaller and change no bit of the outputs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "model.h"
#include "run.h"

#define I8 NPUC_TYPE_INT8
#define CODES(scale, zero)                                           \
	{                                                            \
		I8, 4, { 1, 4, 4, 5 }, scale, zero, 0, 0, 0, NULL, 0 \
	}

/* Four tables one after the other, of which the third is read twice; op 3 is dead. */
static const struct model chain = {
	.name = "chain",
	.tensors = { CODES(0.05f, 3), CODES(0.04f, -7), CODES(1.0f / 256, -128),
		     CODES(1.0f / 128, 0), CODES(0.01f, 5), CODES(0.02f, 1) },
	.ops = { { TFLITE_ABS, REFS(0), REFS(1), NO_OPTIONS },
		 { TFLITE_LOGISTIC, REFS(1), REFS(2), NO_OPTIONS },
		 { TFLITE_TANH, REFS(2), REFS(3), NO_OPTIONS },
		 { TFLITE_ABS, REFS(3), REFS(4), NO_OPTIONS },
		 { TFLITE_ABS, REFS(3), REFS(5), NO_OPTIONS } },
	.inputs = REFS(0),
	.outputs = REFS(5),
};

static void fill(struct run *r)
{
	const struct npu_file_tensor *t;
	uint32_t state = 7;

	for (uint32_t i = 0; (t = run_io(r, NPU_TENSOR_INPUT, i)); i++) {
		uint8_t *to = run_bytes(r, t);

		for (uint32_t k = 0; k < t->bytes; k++) {
			state = state * 1664525u + 1013904223u;
			to[k] = (uint8_t)(state >> 24);
		}
		/* Random bits are no numbers: thirds of small ones are. */
		for (uint32_t k = 0; k + 4 <= t->bytes && t->dtype == VNPU_DTYPE_FLOAT32; k += 4) {
			float value = (float)(int8_t)to[k] / 96;

			memcpy(to + k, &value, sizeof(value));
		}
	}
}

static void same_outputs(const struct run *a, const struct run *b, const char *name,
			 const char *without)
{
	const struct npu_file_tensor *in_a, *in_b;

	for (uint32_t i = 0; (in_a = run_io(a, NPU_TENSOR_OUTPUT, i)); i++) {
		in_b = run_io(b, NPU_TENSOR_OUTPUT, i);
		if (in_a->bytes != in_b->bytes ||
		    memcmp(run_bytes(a, in_a), run_bytes(b, in_b), in_a->bytes))
			fail_msg("%s without %s: output %u differs", name, without, i);
	}
}

static void check_without(const struct run *with, const uint8_t *data, size_t size,
			  uint64_t disabled, const char *name, const char *without)
{
	const struct npuc_options options = { .disabled = disabled };
	struct run r;

	run_open_with(&r, "model.tflite", data, size, &options);
	fill(&r);
	run_go(&r);
	same_outputs(with, &r, name, without);
	run_close(&r);
}

/* Without each pass, and without all of them. */
static void check_file(const uint8_t *data, size_t size, const char *name)
{
	const struct npuc_pass_info *info;
	uint64_t all = 0;
	struct run with;

	run_open(&with, data, size, NULL, false);
	fill(&with);
	run_go(&with);
	for (uint32_t i = 0; (info = npuc_pass_at(i)); i++) {
		if (!info->level)
			continue;
		all |= 1ull << i;
		check_without(&with, data, size, 1ull << i, name, info->name);
	}
	check_without(&with, data, size, all, name, "all of them");
	run_close(&with);
}

static void test_small_models(void **state)
{
	for (const struct model *m = models; m->name; m++) {
		const struct fb_writer *w = model_write(m);

		check_file(w->data, w->size, m->name);
	}
}

static void test_real_models(void **state)
{
	static const char *const names[] = {
		"ad01_int8",	     "hello_world_int8",    "kws_dscnn_int8",
		"micro_speech_int8", "mnist_lstm_int8",	    "mnist_lstm_float",
		"seanet_pad1_int16", "resnet8_cifar_float", "person_detect_int8",
	};
	uint32_t found = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[512];
		uint8_t *data;
		size_t size;

		if (!folder_find_model(names[i], path, sizeof(path)))
			continue;
		data = folder_read(path, &size);
		check_file(data, size, names[i]);
		free(data);
		found++;
	}
	if (!found)
		skip();
	print_message("# %u models\n", found);
}

static uint32_t records(uint64_t disabled)
{
	const struct npuc_options options = { .disabled = disabled };
	const struct fb_writer *w = model_write(&chain);
	struct run r;
	uint32_t count;

	run_open_with(&r, "chain.tflite", w->data, w->size, &options);
	count = r.program.op_count;
	run_close(&r);
	return count;
}

/* The tables meet in the third, which two read; then only one of those is left. */
static void test_chain(void **state)
{
	const struct fb_writer *w = model_write(&chain);

	check_file(w->data, w->size, "chain");
	assert_int_equal(records(0), 2);
	assert_int_equal(records(run_pass("drop-dead")), 3);
	assert_int_equal(records(run_pass("fuse-table")), 4);
	assert_int_equal(records(run_pass("fuse-table") | run_pass("drop-dead")), 5);
}

static void test_table(void **state)
{
	const struct npuc_pass_info *info;
	uint32_t optional = 0;

	for (uint32_t i = 0; (info = npuc_pass_at(i)); i++) {
		assert_true(*info->name && *info->text);
		optional += info->level > 0;
		for (uint32_t k = 0; k < i; k++)
			assert_string_not_equal(info->name, npuc_pass_at(k)->name);
	}
	assert_true(optional >= 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_small_models),
		cmocka_unit_test(test_real_models),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-passes", tests, NULL, NULL);
}
