// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The fuzzer's work without libFuzzer: the small models, the corpus, a fixed
 * number of mutations of both, and mutations of real models where there are any.
 * With --write DIR it writes the small models as seeds instead.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "model.h"
#include "target.h"

#define CORPUS "userspace/tests/compiler/seeds_tflite"
#define MUTATIONS 4000u
#define CUTS 200u
/* Real models up to this size, so that the time is spent in the reader. */
#define REAL_BYTES (128u << 10)
#define REAL_MUTATIONS 60u

static void test_small_models(void **state)
{
	for (const struct model *m = models; m->name; m++) {
		const struct fb_writer *w = model_write(m);

		if (!target_try("model.tflite", w->data, w->size))
			fail_msg("%s does not compile", m->name);
	}
}

/* Tries damaged copies on the heap, so that ASAN sees the file's end. */
static uint32_t mutate(const uint8_t *data, size_t size, uint32_t count, uint64_t *random)
{
	uint32_t compiled = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint8_t *copy = malloc(size);

		assert_non_null(copy);
		memcpy(copy, data, size);
		target_damage(copy, size, random);
		compiled += target_try("model.tflite", copy, size);
		free(copy);
	}
	return compiled;
}

static void test_mutations(void **state)
{
	uint64_t random = 0x7f17e5eed;
	uint32_t compiled = 0, tried = 0;

	for (const struct model *m = models; m->name; m++) {
		const struct fb_writer *w = model_write(m);

		compiled += mutate(w->data, w->size, MUTATIONS, &random);
		tried += MUTATIONS;
	}
	print_message("# %u of %u mutations compiled\n", compiled, tried);
	/* Both ways must be taken, else the mutations miss the compiler or the checks. */
	assert_in_range(compiled, tried / 20, tried / 20 * 19);
}

static void test_truncation(void **state)
{
	for (const struct model *m = models; m->name; m++) {
		const struct fb_writer *w = model_write(m);

		for (uint32_t i = 0; i < CUTS; i++) {
			size_t size = w->size * i / CUTS;
			uint8_t *copy = malloc(size + 1);
			bool compiled;

			assert_non_null(copy);
			memcpy(copy, w->data, size);
			compiled = target_try("model.tflite", copy, size);
			free(copy);
			/* Behind the middle lie buffers, and at the very end nothing of use. */
			assert_false(compiled && i < CUTS / 2);
		}
	}
}

static void test_corpus(void **state)
{
	uint32_t files = 0;
	DIR *folder = opendir(CORPUS);
	struct dirent *entry;

	if (!folder)
		fail_msg("no folder %s: run from the top of the tree", CORPUS);
	while ((entry = readdir(folder))) {
		char path[512];
		uint8_t *data;
		size_t size;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", CORPUS, entry->d_name);
		data = folder_read(path, &size);
		target_try("model.tflite", data, size);
		free(data);
		files++;
	}
	closedir(folder);
	assert_true(files > 0);
}

static void mutate_real(const char *path, void *random)
{
	size_t size;
	uint8_t *data = folder_read(path, &size);

	if (size <= REAL_BYTES)
		mutate(data, size, REAL_MUTATIONS, random);
	free(data);
}

static void test_real_models(void **state)
{
	uint64_t random = 0x5eed;

	if (!folder_each_model(mutate_real, &random)) {
		print_message("# skipped: no models in %s\n", folder_models());
		skip();
	}
}

static int write_seeds(const char *folder)
{
	for (const struct model *m = models; m->name; m++) {
		const struct fb_writer *w = model_write(m);
		char path[512];
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", folder, m->name);
		f = fopen(path, "wb");
		if (!f || fwrite(w->data, 1, w->size, f) != w->size || fclose(f)) {
			perror(path);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_models), cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_truncation),   cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_real_models),
	};

	if (argc == 3 && !strcmp(argv[1], "--write"))
		return write_seeds(argv[2]);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-corpus", tests, NULL, NULL);
}
