// SPDX-License-Identifier: GPL-2.0-only
/* The validator in the kernel: one valid program, and all its refused relatives. */
#include <kunit/test.h>

#include "model/npum_personality.h"
#include "refusal_cases.h"

#define REASONS (VNPU_REFUSAL_DIGEST + 1)

KUNIT_ARRAY_PARAM_DESC(refusal, refusal_cases, name);

static struct refusal_program *valid_copy(struct kunit *test)
{
	struct refusal_program *p = kunit_kmalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	*p = refusal_valid;
	return p;
}

static void refusal_test_valid(struct kunit *test)
{
	struct npum_program *prog = kunit_kzalloc(test, sizeof(*prog), GFP_KERNEL);
	struct refusal_program *p = valid_copy(test);
	struct npum_refusal why;

	KUNIT_ASSERT_NOT_NULL(test, prog);
	KUNIT_ASSERT_EQ(test, npum_program_validate(p, sizeof(*p), npum_builtin_set(), prog,
						    &why), 0);
	KUNIT_EXPECT_EQ(test, why.reason, VNPU_REFUSAL_NONE);
	KUNIT_EXPECT_EQ(test, prog->op_count, REFUSAL_OPS);
	KUNIT_EXPECT_EQ(test, prog->slot_count, REFUSAL_SLOTS);
	KUNIT_EXPECT_EQ(test, prog->slot[SLOT_IN].access, NPUM_SLOT_READ);
	KUNIT_EXPECT_EQ(test, prog->slot[SLOT_OUT].access, NPUM_SLOT_WRITE);
	/* 16 x 20 outputs of 27 terms, 64 x 8 of 9, 2 x 10 of 40; in 8 and in 16 bits */
	KUNIT_EXPECT_EQ(test, prog->macs, 2 * (16 * 20 * 27 + 64 * 8 * 9 + 2 * 10 * 40));
}

static void refusal_test_refused(struct kunit *test)
{
	struct npum_program *prog = kunit_kzalloc(test, sizeof(*prog), GFP_KERNEL);
	const struct refusal_case *c = test->param_value;
	struct refusal_program *p = valid_copy(test);
	struct npum_refusal why;

	KUNIT_ASSERT_NOT_NULL(test, prog);
	refusal_apply(c, p);
	KUNIT_EXPECT_EQ(test, npum_program_validate(p, sizeof(*p) - c->cut, npum_builtin_set(),
						    prog, &why), -ENOEXEC);
	KUNIT_EXPECT_EQ_MSG(test, why.reason, c->why.reason, "%s", npum_refusal_text(why.reason));
	KUNIT_EXPECT_EQ(test, why.op, c->why.op);
	KUNIT_EXPECT_EQ(test, why.field, c->why.field);
}

static void refusal_test_every_reason(struct kunit *test)
{
	DECLARE_BITMAP(seen, REASONS) = {};

	__set_bit(VNPU_REFUSAL_NONE, seen);
	for (u32 i = 0; i < ARRAY_SIZE(refusal_cases); i++)
		__set_bit(refusal_cases[i].why.reason, seen);
	KUNIT_EXPECT_EQ(test, find_first_zero_bit(seen, REASONS), REASONS);
}

static void refusal_test_truncated(struct kunit *test)
{
	struct npum_program *prog = kunit_kzalloc(test, sizeof(*prog), GFP_KERNEL);
	struct npum_refusal why;

	KUNIT_ASSERT_NOT_NULL(test, prog);
	/* Copies of exactly the size, so that KASAN sees each read behind it. */
	for (u32 size = 8; size < sizeof(refusal_valid); size += 56) {
		void *copy = kmemdup(&refusal_valid, size, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, copy);
		KUNIT_EXPECT_EQ(test, npum_program_validate(copy, size, npum_builtin_set(), prog,
							    &why), -ENOEXEC);
		kfree(copy);
	}
}

static struct kunit_case refusal_test_cases[] = {
	KUNIT_CASE(refusal_test_valid),
	KUNIT_CASE_PARAM(refusal_test_refused, refusal_gen_params),
	KUNIT_CASE(refusal_test_every_reason),
	KUNIT_CASE(refusal_test_truncated),
	{}
};

static struct kunit_suite refusal_test_suite = {
	.name = "vnpu_validator",
	.test_cases = refusal_test_cases,
};

kunit_test_suite(refusal_test_suite);
