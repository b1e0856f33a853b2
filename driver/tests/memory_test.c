// SPDX-License-Identifier: GPL-2.0-only
/* Memory that a core lends its jobs, scratch and on-chip: nobody finds what others left. */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../virt/virt.h"

#define PARTS 3
#define OWNER 41
#define OTHER 42
#define TRACE 0xa5

static struct virt_memory *memory_of(struct kunit *test)
{
	return test->priv;
}

static int memory_test_init(struct kunit *test)
{
	struct virt_memory *memory = kunit_kzalloc(test, sizeof(*memory), GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	virt_memory_init(memory, PARTS);
	test->priv = memory;
	return virt_memory_grow(memory, 100);
}

static void memory_test_exit(struct kunit *test)
{
	if (memory_of(test))
		virt_memory_fini(memory_of(test));
}

/* Is every byte of every part @byte? */
static bool all_are(const struct virt_block *block, u8 byte)
{
	return !memchr_inv(block->bytes, byte, (size_t)PARTS * block->stride);
}

static void leave_traces(struct kunit *test, u64 owner)
{
	const struct virt_block *block = virt_memory_take(memory_of(test), owner);

	memset(block->bytes, TRACE, (size_t)PARTS * block->stride);
}

static void memory_test_begins_empty(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, all_are(virt_memory_take(memory_of(test), OWNER), 0));
}

/* An owner gets its own traces back: what the other tests look for can be seen. */
static void memory_test_stays_with_its_owner(struct kunit *test)
{
	leave_traces(test, OWNER);
	KUNIT_EXPECT_TRUE(test, all_are(virt_memory_take(memory_of(test), OWNER), TRACE));
}

static void memory_test_is_wiped_for_others(struct kunit *test)
{
	leave_traces(test, OWNER);
	KUNIT_EXPECT_TRUE(test, all_are(virt_memory_take(memory_of(test), OTHER), 0));
	leave_traces(test, OTHER);
	KUNIT_EXPECT_TRUE(test, all_are(virt_memory_take(memory_of(test), OWNER), 0));
}

/* Growing while an owner has traces leaves them to nobody, who takes next whatever. */
static void memory_test_is_empty_when_grown(struct kunit *test)
{
	u32 old;

	leave_traces(test, OWNER);
	old = memory_of(test)->now->stride;
	KUNIT_ASSERT_EQ(test, virt_memory_grow(memory_of(test), old + 1), 0);
	KUNIT_EXPECT_EQ(test, memory_of(test)->now->stride, 2 * old);
	KUNIT_EXPECT_TRUE(test, all_are(virt_memory_take(memory_of(test), OWNER), 0));
	KUNIT_EXPECT_TRUE(test, all_are(virt_memory_take(memory_of(test), OTHER), 0));
}

/* Jobs that run while it grows go on with what they have, until the device ends. */
static void memory_test_growing_moves_nobody(struct kunit *test)
{
	const struct virt_block *lent = virt_memory_take(memory_of(test), OWNER);

	memset(lent->bytes, TRACE, (size_t)PARTS * lent->stride);
	KUNIT_ASSERT_EQ(test, virt_memory_grow(memory_of(test), 8 * PAGE_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, all_are(lent, TRACE));
	KUNIT_EXPECT_PTR_NE(test, virt_memory_take(memory_of(test), OWNER), lent);
}

static void memory_test_never_shrinks(struct kunit *test)
{
	const struct virt_block *now = memory_of(test)->now;

	KUNIT_ASSERT_EQ(test, virt_memory_grow(memory_of(test), 1), 0);
	KUNIT_ASSERT_EQ(test, virt_memory_grow(memory_of(test), now->stride), 0);
	KUNIT_EXPECT_PTR_EQ(test, memory_of(test)->now, now);
}

static struct kunit_case memory_test_cases[] = { KUNIT_CASE(memory_test_begins_empty),
						 KUNIT_CASE(memory_test_stays_with_its_owner),
						 KUNIT_CASE(memory_test_is_wiped_for_others),
						 KUNIT_CASE(memory_test_is_empty_when_grown),
						 KUNIT_CASE(memory_test_growing_moves_nobody),
						 KUNIT_CASE(memory_test_never_shrinks),
						 {} };

static struct kunit_suite memory_test_suite = {
	.name = "vnpu_memory",
	.init = memory_test_init,
	.exit = memory_test_exit,
	.test_cases = memory_test_cases,
};

kunit_test_suite(memory_test_suite);
