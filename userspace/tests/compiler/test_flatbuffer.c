// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The FlatBuffers reader: what it finds, and that it never leaves the buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fb_writer.h"
#include "flatbuffer.h"

/* A root table with a byte, a word, a long, a string and a vector of two tables. */
static size_t write_sample(struct fb_writer *w)
{
	const struct fb_field fields[FB_FIELDS] = {
		[0] = { 1, 0xab }, [1] = { 4, 0x12345678 }, [2] = { 8, 0x1122334455667788 },
		[4] = { 4, 0 },	   [5] = { 4, 0 },
	};
	const struct fb_field child[FB_FIELDS] = { { 4, 77 } };
	size_t table, vector;

	w->size = 0;
	fb_vector(w, NULL, 0, 1);
	memcpy(w->data + 4, "TEST", 4);
	table = fb_table(w, fields);
	fb_point(w, 0, table);
	fb_point(w, fb_field_at(w, table, 4), fb_string(w, "name"));
	vector = fb_vector(w, NULL, 2, 4);
	fb_point(w, fb_field_at(w, table, 5), vector);
	for (uint32_t i = 0; i < 2; i++)
		fb_point(w, fb_element_at(vector, i, 4), fb_table(w, child));
	return table;
}

static void test_reads(void **state)
{
	static struct fb_writer w;
	struct npuc_fb fb = { w.data, 0, NULL, 0 };
	struct npuc_fb_table root, child;
	struct npuc_fb_vector v;

	write_sample(&w);
	fb.size = w.size;
	root = npuc_fb_root(&fb, "TEST");
	assert_int_equal(npuc_fb_u8(&fb, &root, 0, 9), 0xab);
	assert_int_equal(npuc_fb_u32(&fb, &root, 1, 9), 0x12345678);
	assert_true(npuc_fb_u64(&fb, &root, 2, 9) == 0x1122334455667788);
	assert_string_equal(npuc_fb_string(&fb, &root, 4), "name");
	v = npuc_fb_vector(&fb, &root, 5, 4);
	assert_int_equal(v.count, 2);
	child = npuc_fb_element(&fb, &v, 1);
	assert_int_equal(npuc_fb_u32(&fb, &child, 0, 9), 77);
	/* Fields that are not there: left out, or beyond the vtable. */
	assert_int_equal(npuc_fb_u8(&fb, &root, 3, 9), 9);
	assert_int_equal(npuc_fb_u32(&fb, &root, 1000, 9), 9);
	assert_null(npuc_fb_string(&fb, &root, 3));
	assert_int_equal(npuc_fb_child(&fb, &root, 3).pos, 0);
	assert_null(fb.broken);
}

static void test_other_identifier(void **state)
{
	static struct fb_writer w;
	struct npuc_fb fb = { w.data, 0, NULL, 0 };

	write_sample(&w);
	fb.size = w.size;
	assert_int_equal(npuc_fb_root(&fb, "TSET").pos, 0);
	assert_non_null(fb.broken);
}

static void test_index_outside_vector(void **state)
{
	static struct fb_writer w;
	struct npuc_fb fb = { w.data, 0, NULL, 0 };
	struct npuc_fb_table root;
	struct npuc_fb_vector v;

	write_sample(&w);
	fb.size = w.size;
	root = npuc_fb_root(&fb, "TEST");
	v = npuc_fb_vector(&fb, &root, 5, 4);
	assert_int_equal(npuc_fb_element(&fb, &v, 2).pos, 0);
	assert_string_equal(fb.broken, "an index outside a vector");
}

/* Sums what is read into a place the compiler must keep. */
static volatile uint64_t sink;

/* Reads all of the sample; true when nothing was broken. */
static bool read_all(const uint8_t *data, size_t size)
{
	struct npuc_fb fb = { data, size, NULL, 0 };
	struct npuc_fb_table root = npuc_fb_root(&fb, "TEST");
	struct npuc_fb_vector v = npuc_fb_vector(&fb, &root, 5, 4);
	const char *name = npuc_fb_string(&fb, &root, 4);

	sink += npuc_fb_u8(&fb, &root, 0, 0) + npuc_fb_u32(&fb, &root, 1, 0) +
		npuc_fb_u64(&fb, &root, 2, 0);
	sink += name ? strlen(name) : 0;
	for (uint32_t i = 0; i < v.count && !fb.broken; i++) {
		struct npuc_fb_table child = npuc_fb_element(&fb, &v, i);

		sink += npuc_fb_u32(&fb, &child, 0, 0);
	}
	return !fb.broken;
}

/* Every word of the file set to values around every limit; ASAN watches the end. */
static void test_every_word_damaged(void **state)
{
	static struct fb_writer w;
	uint32_t broken = 0;

	write_sample(&w);
	for (size_t at = 0; at + 4 <= w.size; at += 2) {
		const uint32_t values[] = { 0,
					    1,
					    4,
					    (uint32_t)(w.size - at),
					    (uint32_t)(w.size - at - 1),
					    (uint32_t)(w.size - at - 4),
					    0x7fffffff,
					    0x80000000,
					    0xfffffffc,
					    0xffffffff };

		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
			uint8_t *copy = malloc(w.size);

			assert_non_null(copy);
			memcpy(copy, w.data, w.size);
			memcpy(copy + at, &values[i], 4);
			broken += !read_all(copy, w.size);
			free(copy);
		}
	}
	assert_true(broken > 100);
}

static void test_every_length(void **state)
{
	static struct fb_writer w;

	write_sample(&w);
	for (size_t size = 0; size < w.size; size++) {
		uint8_t *copy = malloc(size + 1);
		bool good;

		assert_non_null(copy);
		memcpy(copy, w.data, size);
		good = read_all(copy, size);
		free(copy);
		/* The last table ends with the file. */
		assert_false(good);
	}
	assert_true(read_all(w.data, w.size));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_other_identifier),
		cmocka_unit_test(test_index_outside_vector),
		cmocka_unit_test(test_every_word_damaged),
		cmocka_unit_test(test_every_length),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-flatbuffer", tests, NULL, NULL);
}
