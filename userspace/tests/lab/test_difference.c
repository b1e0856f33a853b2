// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Statistics on tensors, against values worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../lab/compare.c"
#include "../../lab/values.c"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define VALUES(type, array) \
	((struct lab_values){ .dtype = (type), .count = COUNT(array), .data = (array) })

static void equal_tensors(void **state)
{
	static const int8_t a[] = { -128, 0, 127 };
	const struct lab_values v = VALUES(VNPU_DTYPE_INT8, a);
	const struct lab_difference d = lab_difference(&v, &v);

	(void)state;
	assert_int_equal(d.values, 3);
	assert_int_equal(d.differing, 0);
	assert_int_equal(d.first, 3);
	assert_true(d.max_abs == 0 && d.mean_abs == 0 && d.mean == 0);
}

static void int8_tensors(void **state)
{
	static const int8_t a[] = { -128, 0, 5, 127 };
	static const int8_t b[] = { 127, 0, 2, -128 };
	const struct lab_values va = VALUES(VNPU_DTYPE_INT8, a);
	const struct lab_values vb = VALUES(VNPU_DTYPE_INT8, b);
	const struct lab_difference d = lab_difference(&va, &vb);

	(void)state;
	assert_int_equal(d.differing, 3);
	assert_int_equal(d.first, 0);
	assert_true(d.max_abs == 255);
	assert_true(d.mean_abs == (255 + 3 + 255) / 4.0);
	assert_true(d.mean == -3 / 4.0);
}

/* The same bytes, read as unsigned: 128 and 127 lie side by side. */
static void uint8_tensors(void **state)
{
	static const uint8_t a[] = { 9, 128 };
	static const uint8_t b[] = { 9, 127 };
	const struct lab_values va = VALUES(VNPU_DTYPE_UINT8, a);
	const struct lab_values vb = VALUES(VNPU_DTYPE_UINT8, b);
	const struct lab_difference d = lab_difference(&va, &vb);

	(void)state;
	assert_int_equal(d.first, 1);
	assert_true(d.max_abs == 1 && d.mean == -0.5);
}

static void int32_tensors(void **state)
{
	static const int32_t a[] = { INT32_MIN };
	static const int32_t b[] = { INT32_MAX };
	const struct lab_values va = VALUES(VNPU_DTYPE_INT32, a);
	const struct lab_values vb = VALUES(VNPU_DTYPE_INT32, b);

	(void)state;
	assert_true(lab_difference(&va, &vb).max_abs == 4294967295.0);
	assert_true(lab_difference(&vb, &va).mean == -4294967295.0);
}

static void float_tensors(void **state)
{
	static const float a[] = { 0.0f, 1.0f, NAN, INFINITY };
	static const float zero[] = { -0.0f, 1.0f, NAN, INFINITY };
	static const float nan[] = { 0.0f, NAN, NAN, INFINITY };
	const struct lab_values va = VALUES(VNPU_DTYPE_FLOAT32, a);
	const struct lab_values vz = VALUES(VNPU_DTYPE_FLOAT32, zero);
	const struct lab_values vn = VALUES(VNPU_DTYPE_FLOAT32, nan);
	struct lab_difference d = lab_difference(&va, &vz);

	(void)state;
	/* Zeros of both signs are other bits, but no other number. */
	assert_int_equal(d.differing, 1);
	assert_true(d.max_abs == 0);
	d = lab_difference(&va, &vn);
	assert_int_equal(d.differing, 1);
	assert_int_equal(d.first, 1);
	assert_true(isinf(d.max_abs));
}

static void no_elements(void **state)
{
	const struct lab_values v = { .dtype = VNPU_DTYPE_INT8 };
	const struct lab_difference d = lab_difference(&v, &v);

	(void)state;
	assert_int_equal(d.values, 0);
	assert_true(d.mean_abs == 0);
}

static void quantised_values(void **state)
{
	static const uint8_t a[] = { 128, 130, 0 };
	struct lab_values v = VALUES(VNPU_DTYPE_UINT8, a);

	(void)state;
	v.scale = 0.5f;
	v.zero_point = 128;
	assert_true(lab_value(&v, 0) == 0);
	assert_true(lab_value(&v, 1) == 1);
	assert_true(lab_value(&v, 2) == -64);
	assert_true(lab_code(&v, 2) == 0);
}

/* Greatest first; of equals the one that comes first; NaN behind every number. */
static void top_elements(void **state)
{
	static const float a[] = { NAN, 1.0f, 3.0f, -INFINITY, 3.0f, 2.0f };
	static const size_t want[] = { 2, 4, 5, 1, 3, 0 };
	const struct lab_values v = VALUES(VNPU_DTYPE_FLOAT32, a);
	size_t found[8];

	(void)state;
	assert_int_equal(lab_top(&v, found, 8), 6);
	assert_memory_equal(found, want, sizeof(want));
	for (size_t n = 0; n <= 6; n++) {
		assert_int_equal(lab_top(&v, found, n), n);
		assert_memory_equal(found, want, n * sizeof(want[0]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_tensors),    cmocka_unit_test(int8_tensors),
		cmocka_unit_test(uint8_tensors),    cmocka_unit_test(int32_tensors),
		cmocka_unit_test(float_tensors),    cmocka_unit_test(no_elements),
		cmocka_unit_test(quantised_values), cmocka_unit_test(top_elements),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
