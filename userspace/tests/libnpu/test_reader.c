// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The .npu reader on many damaged files, always the same ones.  The fuzzer
 * finds more; this runs everywhere and without clang.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "artefact.h"
#include "reader_target.h"

#define FILES 20000

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Overwrite a few words with values that are often on the edge of something. */
static void damage(uint8_t *data, size_t size, uint32_t *state)
{
	static const uint32_t edges[] = { 0,	1,    4,	  63,	      64,
					  0x7f, 0x80, 0x7fffffff, 0x80000000, 0xffffffff };
	uint32_t places = 1 + next_random(state) % 3;

	for (uint32_t i = 0; i < places; i++) {
		size_t offset = next_random(state) % (size / 4) * 4;
		uint32_t value = next_random(state);

		if (value % 4)
			value = edges[value % (sizeof(edges) / sizeof(edges[0]))];
		memcpy(data + offset, &value, sizeof(value));
	}
}

static void survives_damaged_files(void **state)
{
	struct artefact kinds[ARTEFACT_KINDS];
	uint32_t random = 1;
	int accepted = 0;

	for (unsigned int kind = 0; kind < ARTEFACT_KINDS; kind++)
		kinds[kind] = artefact_kind(kind);
	for (int i = 0; i < FILES; i++) {
		const struct artefact good = kinds[i % ARTEFACT_KINDS];
		/* Some are cut short as well. */
		size_t size = next_random(&random) % 16 ?
				      good.size :
				      64 + next_random(&random) % (good.size - 64);
		uint8_t *file = malloc(size);

		memcpy(file, good.data, size);
		damage(file, size, &random);
		reader_seal(file, size);
		accepted += reader_try(file, size);
		free(file);
	}
	/* Both kinds were met: damaged constants do no harm, most else is refused. */
	assert_in_range(accepted, FILES / 10, FILES / 10 * 9);
	for (unsigned int kind = 0; kind < ARTEFACT_KINDS; kind++)
		artefact_free(&kinds[kind]);
}

static void accepts_the_good_file(void **state)
{
	for (unsigned int kind = 0; kind < ARTEFACT_KINDS; kind++) {
		struct artefact a = artefact_kind(kind);

		assert_true(reader_try(a.data, a.size));
		artefact_free(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_the_good_file),
		cmocka_unit_test(survives_damaged_files),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the .npu reader on damaged files", tests, NULL, NULL);
}
