// SPDX-License-Identifier: GPL-2.0-only
/* The cap on CPU time, in virtual time. */
#include <kunit/test.h>
#include <linux/time64.h>

#include "../virt/virt_rest.h"

#define TILE_NS	(80 * NSEC_PER_USEC)
#define TICK_NS	(4 * NSEC_PER_MSEC)

/**
 * struct thread - a thread in virtual time
 * @rest: what is tested
 * @wall_ns: the time
 * @cpu_ns: CPU time used
 */
struct thread {
	struct virt_rest rest;
	u64 wall_ns;
	u64 cpu_ns;
};

static struct thread thread_new(u32 share)
{
	struct thread t = { .wall_ns = 1000 * NSEC_PER_SEC, .cpu_ns = 500 * NSEC_PER_SEC };

	virt_rest_due(&t.rest, t.wall_ns, t.cpu_ns, share);
	return t;
}

static u64 thread_compute(struct thread *t, u64 ns, u32 share)
{
	t->wall_ns += ns;
	t->cpu_ns += ns;
	return virt_rest_due(&t->rest, t->wall_ns, t->cpu_ns, share);
}

/*
 * Tiles without pause but the rests, for 20 s; Return: ten thousandths of that computed.
 * Sleeps take @late_ns longer than asked for, the CPU time is known in steps of @tick_ns.
 */
static u64 thread_share(u32 share, u64 late_ns, u64 tick_ns)
{
	struct thread t = thread_new(share);
	u64 wall = t.wall_ns, cpu = t.cpu_ns;

	while (t.wall_ns - wall < 20 * (u64)NSEC_PER_SEC) {
		u64 sleep;

		t.wall_ns += TILE_NS;
		t.cpu_ns += TILE_NS;
		sleep = virt_rest_due(&t.rest, t.wall_ns,
				      t.cpu_ns - (t.cpu_ns - cpu) % tick_ns, share);
		if (sleep)
			t.wall_ns += sleep + late_ns;
	}
	return div64_u64((t.cpu_ns - cpu) * 10000, t.wall_ns - wall);
}

static void rest_test_share_holds(struct kunit *test)
{
	static const u32 shares[] = { 1, 5, 10, 25, 50, 75, 90, 99 };

	for (u32 i = 0; i < ARRAY_SIZE(shares); i++) {
		u64 want = shares[i] * 100;
		u64 got = thread_share(shares[i], 0, 1);

		KUNIT_EXPECT_LE_MSG(test, got, want + 10, "share %u", shares[i]);
		KUNIT_EXPECT_GE_MSG(test, got + 10, want, "share %u", shares[i]);
	}
}

/* CPU time that is known late changes nothing in the mean. */
static void rest_test_coarse_ticks(struct kunit *test)
{
	u64 got = thread_share(25, 0, TICK_NS);

	KUNIT_EXPECT_LE(test, got, 2600);
	KUNIT_EXPECT_GE(test, got, 2400);
}

/* Who sleeps longer than asked has paid for it. */
static void rest_test_late_sleeps(struct kunit *test)
{
	u64 got = thread_share(50, NSEC_PER_MSEC, 1);

	KUNIT_EXPECT_LE(test, got, 5000);
	KUNIT_EXPECT_GE(test, got, 3000);
}

static void rest_test_no_cap(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, thread_share(100, 0, 1), 10000);
}

static void rest_test_short_debts_wait(struct kunit *test)
{
	struct thread t = thread_new(50);

	/* 12 tiles of 80 us owe 0.96 ms at one half, 13 owe 1.04. */
	for (u32 i = 0; i < 12; i++)
		KUNIT_ASSERT_EQ(test, thread_compute(&t, TILE_NS, 50), 0);
	KUNIT_EXPECT_EQ(test, thread_compute(&t, TILE_NS, 50), 13 * TILE_NS);
}

/* A second of tile at one percent owes 99 seconds, and none of them at once. */
static void rest_test_long_tile(struct kunit *test)
{
	struct thread t = thread_new(1);

	KUNIT_EXPECT_EQ(test, thread_compute(&t, NSEC_PER_SEC, 1), VIRT_MAX_REST_NS);
	KUNIT_EXPECT_EQ(test, t.rest.debt_ns, 99 * (u64)NSEC_PER_SEC);
}

/* Waiting for a job is rest, but an hour of it is not a licence for the next. */
static void rest_test_idle_cannot_be_saved(struct kunit *test)
{
	struct thread t = thread_new(50);

	KUNIT_EXPECT_EQ(test, thread_compute(&t, 5 * NSEC_PER_MSEC, 50), 5 * NSEC_PER_MSEC);
	t.wall_ns += 3600 * (u64)NSEC_PER_SEC;
	KUNIT_EXPECT_EQ(test, thread_compute(&t, TILE_NS, 50), 0);
	KUNIT_EXPECT_EQ(test, t.rest.debt_ns, 0);
	KUNIT_EXPECT_EQ(test, thread_compute(&t, 2 * NSEC_PER_MSEC, 50), 2 * NSEC_PER_MSEC);
}

/* What a thread used before there was a cap is not owed. */
static void rest_test_past_is_free(struct kunit *test)
{
	struct virt_rest rest = {};

	KUNIT_EXPECT_EQ(test, virt_rest_due(&rest, NSEC_PER_SEC, NSEC_PER_SEC, 1), 0);
	KUNIT_EXPECT_EQ(test, rest.debt_ns, 0);
}

static struct kunit_case rest_test_cases[] = {
	KUNIT_CASE(rest_test_share_holds),
	KUNIT_CASE(rest_test_coarse_ticks),
	KUNIT_CASE(rest_test_late_sleeps),
	KUNIT_CASE(rest_test_no_cap),
	KUNIT_CASE(rest_test_short_debts_wait),
	KUNIT_CASE(rest_test_long_tile),
	KUNIT_CASE(rest_test_idle_cannot_be_saved),
	KUNIT_CASE(rest_test_past_is_free),
	{}
};

static struct kunit_suite rest_test_suite = {
	.name = "vnpu_rest",
	.test_cases = rest_test_cases,
};

kunit_test_suite(rest_test_suite);
