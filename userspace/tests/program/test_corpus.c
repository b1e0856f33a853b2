// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The fuzzer's work without libFuzzer: seeds, files of the corpus and a fixed
 * number of mutations.  With --write DIR it writes the seeds instead.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "program_mutate.h"
#include "program_run.h"

#define CORPUS "userspace/tests/program/seeds_validate"
#define ROOM (16u << 10)
#define MUTATIONS 30000u

static _Alignas(8) u8 program[ROOM];

static size_t read_file(const char *folder, const char *name)
{
	char path[512];
	size_t size;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("cannot open %s", path);
	size = fread(program, 1, sizeof(program), f);
	fclose(f);
	return size;
}

static void test_seeds(void **state)
{
	for (u32 i = 0; i < PROGRAM_SEEDS; i++) {
		size_t size = program_seed(i, program, sizeof(program));

		assert_true(size > 0);
		assert_true(program_run(program, size));
	}
}

static void test_corpus(void **state)
{
	DIR *folder = opendir(CORPUS);
	struct dirent *entry;
	u32 files = 0;

	if (!folder)
		fail_msg("no folder %s: run from the top of the tree", CORPUS);
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		program_run(program, read_file(CORPUS, entry->d_name));
		files++;
	}
	closedir(folder);
	assert_true(files >= PROGRAM_SEEDS);
}

static void test_mutations(void **state)
{
	u64 random = 0x5eed0000007ull;
	u32 accepted = 0;

	for (u32 i = 0; i < MUTATIONS; i++) {
		size_t size = program_seed(i % PROGRAM_SEEDS, program, sizeof(program));

		program_mutate(program, size, &random);
		accepted += program_run(program, size);
	}
	print_message("# %u of %u mutations accepted and run\n", accepted, MUTATIONS);
	/* Too few accepted: the mutations no longer reach the kernels. */
	assert_true(accepted > MUTATIONS / 20);
}

static int write_seeds(const char *folder)
{
	for (u32 i = 0; i < PROGRAM_SEEDS; i++) {
		size_t size = program_seed(i, program, sizeof(program));
		const struct npum_op_info *info = npum_op_info(i + 1);
		char path[512];
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", folder, info ? info->name : "ALL");
		f = fopen(path, "wb");
		if (!f || fwrite(program, 1, size, f) != size || fclose(f)) {
			perror(path);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_mutations),
	};

	if (argc == 3 && !strcmp(argv[1], "--write"))
		return write_seeds(argv[2]);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("program-corpus", tests, NULL, NULL);
}
