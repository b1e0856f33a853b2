// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Places in one arena: no two areas that share a step share a byte, and how close to the bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"

#define AREAS 200u
#define STEPS 150u

static uint64_t bound_of(const struct npuc_area *areas, uint32_t count, uint32_t *step)
{
	uint64_t live[STEPS];

	return npuc_arena_live(areas, count, STEPS, live, step);
}

/* What npuc_arena_live() says, counted one area and step at a time. */
static void check_live(const struct npuc_area *areas, uint32_t count)
{
	uint64_t live[STEPS], most = 0;
	uint32_t step, at = 0;
	uint64_t bound = npuc_arena_live(areas, count, STEPS, live, &step);

	for (uint32_t s = 0; s < STEPS; s++) {
		uint64_t sum = 0;

		for (uint32_t i = 0; i < count; i++)
			sum += areas[i].first <= s && s <= areas[i].last ? areas[i].size : 0;
		assert_int_equal(live[s], sum);
		if (sum > most) {
			most = sum;
			at = s;
		}
	}
	assert_int_equal(bound, most);
	assert_int_equal(step, at);
}

/* @bytes are needed, no more and no less, and nothing that is wanted is shared. */
static void check_places(const struct npuc_area *areas, uint32_t count, uint64_t bytes)
{
	uint64_t top = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct npuc_area *a = &areas[i];

		assert_int_equal(a->offset % NPUC_ARENA_ALIGN, 0);
		if (a->offset + a->size > top)
			top = a->offset + a->size;
		for (uint32_t k = 0; k < i; k++) {
			const struct npuc_area *b = &areas[k];

			if (a->last < b->first || b->last < a->first)
				continue;
			assert_true(a->offset + a->size <= b->offset ||
				    b->offset + b->size <= a->offset);
		}
	}
	assert_int_equal(top, bytes);
}

static void make_random(struct npuc_area *areas, uint32_t count, uint32_t longest)
{
	for (uint32_t i = 0; i < count; i++) {
		areas[i] = (struct npuc_area){
			.id = i,
			.first = (uint32_t)rand() % STEPS,
			.size = NPUC_ARENA_ALIGN * (uint64_t)(rand() % 100),
		};
		areas[i].last = areas[i].first + (uint32_t)rand() % longest;
		if (areas[i].last >= STEPS)
			areas[i].last = STEPS - 1;
	}
}

static void test_random(void **state)
{
	srand(1);
	for (uint32_t round = 0; round < 60; round++) {
		struct npuc_area areas[AREAS], again[AREAS];
		uint32_t count = (uint32_t)rand() % AREAS, step;
		uint64_t bound, bytes;

		make_random(areas, count, 1 + round);
		memcpy(again, areas, sizeof(areas));
		check_live(areas, count);
		bound = bound_of(areas, count, &step);
		bytes = npuc_arena_place(areas, count, bound);
		assert_true(bytes >= bound);
		check_places(areas, count, bytes);

		/* The same areas lie in the same places again. */
		assert_int_equal(npuc_arena_place(again, count, bound), bytes);
		assert_memory_equal(again, areas, count * sizeof(*areas));
	}
}

/* An arrangement that fits exactly is cut at random; its areas then have no slack at all. */
static uint32_t make_dense(struct npuc_area *areas, uint32_t lanes)
{
	uint32_t count = 0;

	for (uint32_t lane = 0; lane < lanes; lane++) {
		uint64_t size = NPUC_ARENA_ALIGN * (uint64_t)(1 + rand() % 16);

		for (uint32_t first = 0, last; first < STEPS; first = last + 1) {
			last = first + (uint32_t)rand() % 30;
			last = last < STEPS ? last : STEPS - 1;
			areas[count] = (struct npuc_area){ count, first, last, size, 0 };
			count++;
		}
	}
	return count;
}

/* At most 2 % above what is known to be possible, with 4 areas alive at each step. */
static void test_dense(void **state)
{
	srand(2);
	for (uint32_t round = 0; round < 20; round++) {
		struct npuc_area areas[4 * STEPS];
		uint32_t step, count = make_dense(areas, 4);
		uint64_t bound = bound_of(areas, count, &step);
		uint64_t bytes = npuc_arena_place(areas, count, bound);

		check_places(areas, count, bytes);
		assert_true(50 * bytes <= 51 * bound);
	}
}

/* The areas of a chain of layers, which none of the plain orders places within the bound. */
static void test_chain(void **state)
{
	static const uint64_t sizes[] = { 128, 128, 128, 128, 64, 128, 128, 128, 128 };
	enum { COUNT = sizeof(sizes) / sizeof(sizes[0]) };
	struct npuc_area areas[COUNT];
	uint32_t step;

	for (uint32_t i = 0; i < COUNT; i++)
		areas[i] = (struct npuc_area){ i, i, i + 1, sizes[i], 0 };
	assert_int_equal(bound_of(areas, COUNT, &step), 256);
	assert_int_equal(step, 1);
	assert_int_equal(npuc_arena_place(areas, COUNT, 256), 256);
	check_places(areas, COUNT, 256);
}

static void test_few(void **state)
{
	struct npuc_area areas[2] = { { 7, 0, 3, 128, 0 }, { 3, 2, 5, 64, 0 } };

	assert_int_equal(npuc_arena_place(areas, 0, 0), 0);
	assert_int_equal(npuc_arena_stack(areas, 2), 192);
	check_places(areas, 2, 192);
	assert_int_equal(npuc_arena_place(areas, 1, 128), 128);
	assert_int_equal(npuc_arena_place(areas, 2, 192), 192);
	check_places(areas, 2, 192);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_dense),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_few),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
