// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What was read and written again compiles to the same artefact. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compile.h"
#include "flatbuffer.h"
#include "folder.h"
#include "graph_build.h"
#include "model.h"
#include "npu_file.h"
#include "tflite.h"
#include "tflite_write.h"

#define OWN_MODELS "models/digits/digits_float.tflite", "models/digits/digits_int8.tflite"

/* An artefact of the model in @data, NULL when an op is refused. */
static uint8_t *compile(const uint8_t *data, size_t size, struct npuc_bytes *rewritten)
{
	struct npuc_model *model;
	struct npuc_error error = { "" };
	void *artefact = NULL;
	size_t bytes;

	if (npuc_model_read("model.tflite", data, size, &model, &error))
		fail_msg("%s", error.text);
	if (npuc_compile(model, NULL, &artefact, &bytes, &error) == -EOPNOTSUPP)
		artefact = NULL;
	if (rewritten && npuc_tflite_write("model.tflite", &model->graph, rewritten, &error))
		fail_msg("%s", error.text);
	npuc_model_free(model);
	return artefact;
}

/* Equal in all but the digest of the model's file. */
static void assert_equal_artefacts(const uint8_t *a, const uint8_t *b)
{
	const struct npu_file_header *x = (const void *)a, *y = (const void *)b;
	const struct npu_file_section *s = (const void *)(x + 1), *t = (const void *)(y + 1);

	assert_int_equal(x->section_count, y->section_count);
	for (uint32_t i = 0; i < x->section_count; i++) {
		assert_int_equal(s[i].kind, t[i].kind);
		assert_int_equal(s[i].size, t[i].size);
		if (s[i].kind == NPU_SECTION_INFO) {
			struct npu_file_info m, n;

			memcpy(&m, a + s[i].offset, sizeof(m));
			memcpy(&n, b + t[i].offset, sizeof(n));
			n.model_digest = m.model_digest;
			assert_memory_equal(&m, &n, sizeof(m));
		} else {
			assert_int_equal(s[i].digest, t[i].digest);
		}
	}
}

static uint32_t compared;

static void round_trip(const uint8_t *data, size_t size)
{
	struct npuc_bytes file = { 0 }, again = { 0 };
	uint8_t *before = compile(data, size, &file);
	uint8_t *after = compile(file.data, file.size, &again);

	assert_int_equal(!before, !after);
	if (before) {
		assert_equal_artefacts(before, after);
		compared++;
	}
	/* What the writer makes it makes again, byte for byte. */
	assert_int_equal(file.size, again.size);
	assert_memory_equal(file.data, again.data, file.size);
	free(before);
	free(after);
	npuc_bytes_free(&file);
	npuc_bytes_free(&again);
}

static void round_trip_file(const char *path, void *count)
{
	size_t size;
	uint8_t *data = folder_read(path, &size);

	round_trip(data, size);
	free(data);
	++*(uint32_t *)count;
}

static void test_small_models(void **state)
{
	for (const struct model *m = models; m->name; m++) {
		const struct fb_writer *w = model_write(m);

		round_trip(w->data, w->size);
	}
	assert_true(compared > 3);
}

static void test_own_models(void **state)
{
	static const char *const own[] = { OWN_MODELS };
	uint32_t count = 0;

	compared = 0;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		round_trip_file(own[i], &count);
	assert_int_equal(compared, 2);
}

static void test_real_models(void **state)
{
	uint32_t count = 0;

	compared = 0;
	if (!folder_each_model(round_trip_file, &count)) {
		print_message("# skipped: no models in %s\n", folder_models());
		skip();
	}
	print_message("# %u models written and read again, %u compiled\n", count, compared);
	assert_true(compared + 3 > count);
}

/* Offsets lead on, and numbers lie at multiples of their size. */
static void test_alignment(void **state)
{
	size_t size;
	uint8_t *data = folder_read("models/digits/digits_int8.tflite", &size);
	struct npuc_bytes file = { 0 };
	struct npuc_fb fb;
	struct npuc_fb_table model, buffer;
	struct npuc_fb_vector buffers, contents;

	free(compile(data, size, &file));
	free(data);
	fb = (struct npuc_fb){ .data = file.data, .size = file.size };
	model = npuc_fb_root(&fb, "TFL3");
	buffers = npuc_fb_vector(&fb, &model, 4, 4);
	assert_true(buffers.count > 10);
	for (uint32_t i = 1; i < buffers.count; i++) {
		buffer = npuc_fb_element(&fb, &buffers, i);
		contents = npuc_fb_vector(&fb, &buffer, 0, 1);
		assert_true(contents.count && contents.pos % 16 == 0);
	}
	assert_null(fb.broken);
	npuc_bytes_free(&file);
}

/* A graph that no file stands behind, with what its ops say of their tensors. */
static void test_built_graph(void **state)
{
	struct npuc_builder b = { .limit = 1 << 20 };
	const struct npuc_shape shape = { 2, { 2, 3 } };
	const uint32_t in = npuc_build_tensor(&b, "in", NPUC_TYPE_FLOAT32, &shape);
	const uint32_t axis = npuc_build_list(&b, (const int32_t[]){ 1 }, 1);
	const struct npuc_shape vector = { 1, { 2 } };
	const uint32_t out = npuc_build_tensor(&b, "out", NPUC_TYPE_INT64, &vector);
	const struct npuc_attributes none = { .hidden = NPUC_NONE };
	struct npuc_bytes file = { 0 }, again = { 0 };
	struct npuc_error error = { "" };

	assert_true(npuc_build_op(&b, TFLITE_ARG_MAX, "ARG_MAX", &none,
				  (const uint32_t[]){ in, axis }, 2, &out, 1));
	assert_true(npuc_build_finish(&b, &in, 1, &out, 1));
	assert_int_equal(npuc_tflite_write("built", &b.g, &file, &error), 0);
	free(compile(file.data, file.size, &again));
	assert_int_equal(file.size, again.size);
	npuc_bytes_free(&again);
	npuc_bytes_free(&file);
	npuc_graph_free(&b.g);
}

/* What the format has no words for is refused by name; what is too big, by size. */
static void test_refusals(void **state)
{
	struct npuc_builder b = { .limit = 1 << 20 };
	const struct npuc_shape shape = { 2, { 2, 3 } };
	const uint32_t in = npuc_build_tensor(&b, "in", NPUC_TYPE_FLOAT32, &shape);
	const uint32_t out = npuc_build_tensor(&b, "out", NPUC_TYPE_FLOAT32, &shape);
	const struct npuc_attributes none = { .hidden = NPUC_NONE };
	struct npuc_bytes file = { 0 }, small = { .limit = 100 };
	struct npuc_error error = { "" };

	assert_true(npuc_build_op(&b, TFLITE_ERF, "ERF", &none, &in, 1, &out, 1));
	assert_true(npuc_build_finish(&b, &in, 1, &out, 1));
	assert_int_equal(npuc_tflite_write("m", &b.g, &file, &error), -EOPNOTSUPP);
	assert_string_equal(error.text,
			    "m: op 0 ERF 'out': a .tflite file cannot hold it as it is");
	assert_int_equal(npuc_tflite_write("m", &b.g, &small, &error), -EOPNOTSUPP);
	b.g.ops[0].builtin = TFLITE_EXP;
	npuc_bytes_free(&small);
	assert_int_equal(npuc_tflite_write("m", &b.g, &small, &error), -EFBIG);
	assert_string_equal(error.text, "m: written as .tflite it has more than 100 bytes");
	b.g.tensors[in].sparse = true;
	npuc_bytes_free(&file);
	assert_int_equal(npuc_tflite_write("m", &b.g, &file, &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "m: tensor 0 'in' is sparse, which is not written");
	npuc_bytes_free(&small);
	npuc_bytes_free(&file);
	npuc_graph_free(&b.g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_models), cmocka_unit_test(test_own_models),
		cmocka_unit_test(test_real_models),  cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_built_graph),  cmocka_unit_test(test_refusals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-tflite-write", tests, NULL, NULL);
}
