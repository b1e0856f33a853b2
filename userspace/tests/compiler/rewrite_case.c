// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "rewrite_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run.h"

bool rewrite_accepts(void *arg, const char *rewrite)
{
	const char *without = arg;

	return !without || strcmp(without, rewrite);
}

static void fill(struct run *r)
{
	const struct npu_file_tensor *t = run_io(r, NPU_TENSOR_INPUT, 0);
	uint32_t state = 99;

	for (uint32_t k = 0; k < t->bytes; k++) {
		state = state * 1664525u + 1013904223u;
		run_bytes(r, t)[k] = (uint8_t)(state >> 24);
	}
	for (uint32_t k = 0; k < t->bytes / 4 && t->dtype == VNPU_DTYPE_FLOAT32; k++) {
		float number = (float)(int8_t)run_bytes(r, t)[4 * (size_t)k] / 64;

		memcpy(run_bytes(r, t) + 4 * (size_t)k, &number, sizeof(number));
	}
}

/* Real numbers in units of 2^-16. */
static int64_t element(const struct run *r, const struct npu_file_tensor *t, uint32_t i)
{
	const uint8_t *at = run_bytes(r, t);
	int16_t half;
	int32_t word;
	float real;

	switch (t->dtype) {
	case VNPU_DTYPE_UINT8:
		return at[i];
	case VNPU_DTYPE_INT8:
		return (int8_t)at[i];
	case VNPU_DTYPE_INT16:
		memcpy(&half, at + 2 * (size_t)i, sizeof(half));
		return half;
	case VNPU_DTYPE_FLOAT32:
		memcpy(&real, at + 4 * (size_t)i, sizeof(real));
		return (int64_t)((double)real * 65536);
	case VNPU_DTYPE_INT32:
		memcpy(&word, at + 4 * (size_t)i, sizeof(word));
		return word;
	default:
		memcpy(&word, at + 8 * (size_t)i, sizeof(word));
		return word;
	}
}

void rewrite_compare(const char *name, int32_t distance, const uint8_t *before, size_t before_size,
		     const uint8_t *after, size_t after_size)
{
	const struct npu_file_tensor *ta, *tb;
	struct run a, b;
	uint32_t elements = 1;

	run_open(&a, before, before_size, NULL, false);
	run_open(&b, after, after_size, NULL, false);
	fill(&a);
	fill(&b);
	run_go(&a);
	run_go(&b);
	ta = run_io(&a, NPU_TENSOR_OUTPUT, 0);
	tb = run_io(&b, NPU_TENSOR_OUTPUT, 0);
	for (uint32_t i = 0; i < ta->rank; i++)
		elements *= ta->shape[i];
	for (uint32_t i = 0; i < elements; i++) {
		int64_t d = element(&a, ta, i) - element(&b, tb, i);

		if (d > distance || d < -distance)
			fail_msg("%s: element %u is off by %lld, at most %d expected", name, i,
				 (long long)d, distance);
	}
	run_close(&a);
	run_close(&b);
}

static bool expected(const struct rewrite_case *k, const char *name)
{
	for (size_t i = 0; k->rewrites[i]; i++)
		if (!strcmp(k->rewrites[i], name))
			return true;
	return false;
}

static void check_fixes(const struct rewrite_case *k, const struct npuc_fixes *fixes)
{
	size_t want = 0;

	while (k->rewrites[want])
		want++;
	if (!k->refused && fixes->count != want)
		fail_msg("%s: %zu rewrites, not %zu", k->m.name, fixes->count, want);
	for (size_t i = 0; i < fixes->count; i++) {
		assert_true(expected(k, fixes->list[i].rewrite));
		if (k->refused)
			continue;
		assert_string_equal(fixes->list[i].rewrite, k->rewrites[i]);
		assert_int_equal(fixes->list[i].op, 0);
	}
	for (size_t i = 0; i < fixes->count; i++)
		assert_true(*fixes->list[i].what && *fixes->list[i].cause &&
			    *fixes->list[i].reason);
}

int rewrite_refused(const uint8_t *data, size_t size, const struct npuc_options *options)
{
	struct npuc_verdict *verdicts;
	struct npuc_model *model;
	struct npuc_error error;
	size_t count;
	int n;

	if (npuc_model_read("model.tflite", data, size, &model, &error))
		fail_msg("%s", error.text);
	n = npuc_check(model, options, &verdicts, &count, &error);
	for (size_t i = 0; i < count; i++)
		if (*verdicts[i].reason)
			print_message("# op %zu: %s\n", i, verdicts[i].reason);
	free(verdicts);
	npuc_model_free(model);
	return n;
}

void rewrite_check(const struct rewrite_case *k)
{
	const struct fb_writer *w = model_write(&k->m);
	const struct npuc_fix_options wanted = {
		.op = NPUC_EVERY_OP,
		.accepts = rewrite_accepts,
		.arg = (void *)(uintptr_t)k->without,
	};
	struct npum_target target = *npum_builtin_target();
	const struct npuc_options options = { .target = &target, .no_fallback = true };
	struct npuc_model *model;
	struct npuc_error error;
	struct npuc_fixes fixes;
	void *file;
	size_t size;

	print_message("# %s\n", k->m.name);
	assert_int_equal(rewrite_refused(w->data, w->size, &options), 0);
	memcpy((uint8_t *)&target + k->member, &k->value, sizeof(k->value));
	assert_int_equal(rewrite_refused(w->data, w->size, &options), k->refused ? k->refused : 1);
	assert_int_equal(npuc_model_read("model.tflite", w->data, w->size, &model, &error), 0);
	if (npuc_fix(model, &options, &wanted, &fixes, &file, &size, &error))
		fail_msg("%s: %s", k->m.name, error.text);
	check_fixes(k, &fixes);
	assert_int_equal(rewrite_refused(file, size, &options), 0);
	rewrite_compare(k->m.name, k->distance, w->data, w->size, file, size);
	npuc_fixes_free(&fixes);
	npuc_model_free(model);
	free(file);
}
