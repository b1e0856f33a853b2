// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "npu_file.h"
#include "npuc.h"
#include "npum_target.h"
#include "vnpu_program.h"
#include "tflite_write.h"

/* Written again a file has no reason to grow much. */
#define WRITTEN_BYTES (64u << 20)

/* A fuzzer's log shows no more of a broken promise than is printed here. */
static void keeps(bool kept, const char *promise, int line, const char *why)
{
	if (kept)
		return;
	fprintf(stderr, "%s:%d: broken promise: %s (%s)\n", __FILE__, line, promise, why);
	abort();
}
#define require(promise) keeps(promise, #promise, __LINE__, "no more is known")
#define require_or(promise, error) keeps(promise, #promise, __LINE__, (error).text)

struct target_bytes {
	const uint8_t *data;
	size_t size;
};

static void explained(const char *name, const struct npuc_error *error)
{
	size_t length = strlen(name);

	require(!strncmp(error->text, name, length) && !strncmp(error->text + length, ": ", 2));
	require(error->text[length + 2] && !strchr(error->text, '\n'));
}

static int count_text(void *arg, const char *text)
{
	*(size_t *)arg += strlen(text);
	return 0;
}

static const struct npu_file_section *section(const uint8_t *artefact, uint32_t kind)
{
	const struct npu_file_header *h = (const void *)artefact;
	const struct npu_file_section *s = (const void *)(h + 1);

	for (uint32_t i = 0; i < h->section_count; i++)
		if (s[i].kind == kind)
			return &s[i];
	abort();
}

static void look_at(const uint8_t *artefact, size_t size)
{
	const struct npu_file_section *s = section(artefact, NPU_SECTION_PROGRAM);
	size_t text = 0;

	require(((const struct npu_file_header *)(const void *)artefact)->size == size);
	require(!npuc_disassemble(artefact + s->offset, s->size, count_text, &text) && text);
}

/* Names from the file stand behind a quote: what it says of an op comes before them. */
static bool device_refuses_op(const char *name, const struct npuc_error *error)
{
	const char *op = error->text + strlen(name), *said = strstr(op + 1, ": ");

	return !strncmp(op, ": op ", 5) && said && !memchr(op, '\'', (size_t)(said - op)) &&
	       !strncmp(said, ": the device refuses", 20);
}

static bool compile(const char *name, struct npuc_model *model, const char *personality,
		    bool keep_all, int refused)
{
	const struct npuc_options options = { .personality = personality, .keep_all = keep_all };
	struct npuc_error error = { "" };
	void *artefact = NULL;
	size_t size = 0;
	int err;

	err = npuc_compile(model, &options, &artefact, &size, &error);
	if (err) {
		require(!artefact);
		explained(name, &error);
		/* The check spoke for the ops; what is left are limits of the whole. */
		require(refused || !device_refuses_op(name, &error));
		return false;
	}
	require(!refused);
	look_at(artefact, size);
	free(artefact);
	return true;
}

static int check(const struct npuc_model *model)
{
	struct npuc_verdict *verdicts = NULL;
	struct npuc_error error = { "" };
	size_t count = 0;
	int refused, seen = 0;

	refused = npuc_check(model, NULL, &verdicts, &count, &error);
	require(refused >= 0);
	for (size_t i = 0; i < count; i++) {
		require((verdicts[i].placement != NPUC_ON_NPU) == (verdicts[i].reason[0] != '\0'));
		seen += verdicts[i].placement == NPUC_NOWHERE;
	}
	require(seen == refused);
	free(verdicts);
	return refused;
}

/* What can be written can be read, and is taken as the first one was. */
static void write_again(const char *name, const struct npuc_model *model, int refused)
{
	struct npuc_bytes file = { .limit = WRITTEN_BYTES };
	struct npuc_error error = { "" };
	struct npuc_model *again;

	if (npuc_tflite_write(name, &model->graph, &file, &error)) {
		explained(name, &error);
	} else {
		require_or(!npuc_model_read(name, file.data, file.size, &again, &error), error);
		require(check(again) == refused);
		npuc_model_free(again);
	}
	npuc_bytes_free(&file);
}

/* A device that refuses much of what there are rewrites for. */
static struct npum_target narrow_target(void)
{
	struct npum_target t = *npum_builtin_target();

	t.dtypes &= ~(1u << VNPU_DTYPE_INT64);
	t.max_window = 6;
	t.max_rank = 3;
	t.max_kernel = 2;
	t.max_step = 1;
	t.align_corners = 0;
	t.half_pixel = 0;
	t.per_channel = 0;
	t.asymmetric_weights = 0;
	return t;
}

/* What was rewritten is a model again, and no op of it is refused without a word. */
static void rewrite(const char *name, const struct npuc_model *model)
{
	const struct npum_target narrow = narrow_target();
	const struct npuc_options options = { .target = &narrow };
	struct npuc_error error = { "" };
	struct npuc_verdict *verdicts = NULL;
	struct npuc_model *again;
	struct npuc_fixes fixes;
	void *file = NULL;
	size_t size, count;
	int refused;

	if (npuc_fix(model, &options, NULL, &fixes, &file, &size, &error)) {
		require(!file && !fixes.count);
		explained(name, &error);
		return;
	}
	for (size_t i = 0; i < fixes.count; i++)
		require(*fixes.list[i].what && fixes.list[i].cause && *fixes.list[i].reason);
	require_or(!npuc_model_read("again.tflite", file, size, &again, &error), error);
	refused = npuc_check(again, &options, &verdicts, &count, &error);
	require(refused >= 0);
	free(verdicts);
	npuc_model_free(again);
	npuc_fixes_free(&fixes);
	free(file);
}

/* Constants in other files: whatever its name, there is the model itself behind it. */
static const void *open_itself(void *arg, const char *location, size_t *size, const char **why)
{
	const struct target_bytes *bytes = arg;

	require(location[0] && location[0] != '/' && strncmp(location, "../", 3) &&
		!strstr(location, "/../"));
	if (strchr(location, '!')) {
		*why = "there is no such file";
		return NULL;
	}
	*size = bytes->size;
	return bytes->data;
}

bool target_try(const char *name, const uint8_t *data, size_t size)
{
	struct target_bytes bytes = { data, size };
	const struct npuc_reading how = { .open_file = open_itself, .arg = &bytes };
	struct npuc_error error = { "" };
	struct npuc_model *model = NULL;
	bool compiled;
	int refused;

	if (npuc_model_read_as(name, data, size, &how, &model, &error)) {
		require(!model);
		explained(name, &error);
		return false;
	}
	refused = check(model);
	write_again(name, model, refused);
	compiled = compile(name, model, "tflite-ref", false, refused);
	compiled &= compile(name, model, "tflite-opt", true, refused);
	compiled &= compile(name, model, "xnnpack", false, refused);
	rewrite(name, model);
	npuc_model_free(model);
	return compiled;
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

void target_damage(uint8_t *data, size_t size, uint64_t *state)
{
	static const uint32_t edges[] = {
		0,    1,      2,	  3,	      4,	  8,	      16,	 0x7f,
		0x80, 0xffff, 0x7f800000, 0x7fc00000, 0x7fffffff, 0x80000000, 0xffffffff
	};
	uint64_t places = 1 + next_random(state) % 3;

	while (places--) {
		size_t at = next_random(state) % size;
		uint64_t value = next_random(state);
		size_t bytes = value >> 32 & 1 ? 4 : 1;
		uint32_t word = edges[value % (sizeof(edges) / sizeof(edges[0]))];

		if (value >> 33 & 1)
			word = (uint32_t)(value >> 34);
		if (bytes == 4)
			at &= ~(size_t)3;
		if (bytes > size - at)
			bytes = size - at;
		memcpy(data + at, &word, bytes);
	}
}
