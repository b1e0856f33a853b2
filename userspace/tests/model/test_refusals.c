// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The validator: one valid program that holds many ops, and all its refused relatives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../driver/tests/refusal_cases.h"

#include "npum_personality.h"

#define REASONS (VNPU_REFUSAL_DIGEST + 1)

static int validate(const struct refusal_program *p, size_t size, struct npum_program *prog,
		    struct npum_refusal *why)
{
	/* A copy of exactly @size bytes, so that a sanitiser sees each read behind it. */
	void *copy = malloc(size);
	int err;

	assert_non_null(copy);
	memcpy(copy, p, size);
	err = npum_program_validate(copy, size, npum_builtin_set(), prog, why);
	free(copy);
	return err;
}

static void test_valid(void **state)
{
	struct npum_program prog;
	struct npum_refusal why;

	assert_int_equal(validate(&refusal_valid, sizeof(refusal_valid), &prog, &why), 0);
	assert_int_equal(why.reason, VNPU_REFUSAL_NONE);
	assert_int_equal(prog.op_count, REFUSAL_OPS);
	assert_int_equal(prog.slot_count, REFUSAL_SLOTS);
	assert_ptr_equal(prog.personality,
			 npum_personality_named(npum_builtin_set(), "tflite-ref"));
	assert_int_equal(prog.slot[SLOT_CONST].access, NPUM_SLOT_READ);
	assert_int_equal(prog.slot[SLOT_TEMP].access, NPUM_SLOT_READ | NPUM_SLOT_WRITE);
	assert_int_equal(prog.slot[SLOT_IN].access, NPUM_SLOT_READ);
	assert_int_equal(prog.slot[SLOT_OUT].access, NPUM_SLOT_WRITE);
	assert_int_equal(prog.slot[SLOT_OUT].bytes, REFUSAL_SLOT_BYTES);
	/* 16 x 20 outputs of 27 terms, 64 x 8 of 9, 2 x 10 of 40: of 8 bits and of 16 */
	assert_int_equal(prog.macs, 2 * (16 * 20 * 27 + 64 * 8 * 9 + 2 * 10 * 40));
	assert_true(prog.scratch_bytes > 0);
}

/* behind the last opcode there will be for a while */
#define OPCODES 256u

static void test_no_op_is_there_twice(void **state)
{
	/* model_real_refusals sees to it that each has refusals, here or there */
	for (u32 opcode = 1; opcode < OPCODES; opcode++) {
		u32 count = 0;

		for (u32 i = 0; i < REFUSAL_OPS; i++)
			count += refusal_valid.op[i].opcode == opcode;
		if (count > 1)
			fail_msg("opcode %u is there %u times", opcode, count);
	}
}

static void test_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusal_cases); i++) {
		const struct refusal_case *c = &refusal_cases[i];
		struct refusal_program p = refusal_valid;
		struct npum_program prog;
		struct npum_refusal why;
		int err;

		refusal_apply(c, &p);
		err = validate(&p, sizeof(p) - c->cut, &prog, &why);
		if (err != -ENOEXEC || memcmp(&why, &c->why, sizeof(why)))
			fail_msg(
				"%s: got %d, reason %u (%s) op %d field %d; want reason %u op %d field %d",
				c->name, err, why.reason, npum_refusal_text(why.reason),
				(int)why.op, (int)why.field, c->why.reason, (int)c->why.op,
				(int)c->why.field);
	}
}

static void test_every_reason_is_tested(void **state)
{
	bool seen[REASONS] = { [VNPU_REFUSAL_NONE] = true };

	for (size_t i = 0; i < ARRAY_SIZE(refusal_cases); i++)
		seen[refusal_cases[i].why.reason] = true;
	for (u32 reason = 0; reason < REASONS; reason++) {
		if (!seen[reason])
			fail_msg("no case for reason %u: %s", reason, npum_refusal_text(reason));
		assert_string_not_equal(npum_refusal_text(reason), "unknown reason");
	}
	assert_string_equal(npum_refusal_text(REASONS), "unknown reason");
}

static void test_truncation_at_every_byte(void **state)
{
	struct npum_program prog;
	struct npum_refusal why;

	for (size_t size = 0; size < sizeof(refusal_valid); size++)
		assert_int_equal(validate(&refusal_valid, size, &prog, &why), -ENOEXEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_no_op_is_there_twice),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_every_reason_is_tested),
		cmocka_unit_test(test_truncation_at_every_byte),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-refusals", tests, NULL, NULL);
}
