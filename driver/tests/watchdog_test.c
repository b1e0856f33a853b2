// SPDX-License-Identifier: GPL-2.0-only
/* The timeout policy in virtual time. */
#include <kunit/test.h>
#include <linux/ktime.h>

#include "vnpu_watchdog.h"

#define TIMEOUT_MS	100
#define MS(n)		((u64)(n) * NSEC_PER_MSEC)

/**
 * struct watchdog_look - at a running job
 * @ms: when, since its start
 * @progress: what its counter says then
 * @verdict: what must come of it; a verdict to cancel is followed
 */
struct watchdog_look {
	u32 ms;
	u32 progress;
	enum vnpu_verdict verdict;
};

/**
 * struct watchdog_case - the life of a job
 * @name: what is special about it
 * @timeout_ms: of its context
 * @look: at it, until one at 0 ms
 */
struct watchdog_case {
	const char *name;
	u32 timeout_ms;
	struct watchdog_look look[8];
};

static const struct watchdog_case watchdog_cases[] = {
	{ "never moves", TIMEOUT_MS, {
		{ 50, 0, VNPU_VERDICT_ALIVE },
		{ 99, 0, VNPU_VERDICT_ALIVE },
		{ 100, 0, VNPU_VERDICT_CANCEL },
	} },
	{ "moves and stops", TIMEOUT_MS, {
		{ 90, 7, VNPU_VERDICT_ALIVE },
		{ 189, 7, VNPU_VERDICT_ALIVE },
		{ 190, 7, VNPU_VERDICT_CANCEL },
	} },
	{ "long but never still", TIMEOUT_MS, {
		{ 90, 1, VNPU_VERDICT_ALIVE },
		{ 180, 2, VNPU_VERDICT_ALIVE },
		{ 270, 3, VNPU_VERDICT_ALIVE },
		{ 360, 4, VNPU_VERDICT_ALIVE },
	} },
	{ "moves just in time", TIMEOUT_MS, {
		{ 99, 1, VNPU_VERDICT_ALIVE },
		{ 5000, 2, VNPU_VERDICT_ALIVE },
	} },
	{ "counter wraps", TIMEOUT_MS, {
		{ 50, ~0u, VNPU_VERDICT_ALIVE },
		{ 120, 0, VNPU_VERDICT_ALIVE },
		{ 219, 0, VNPU_VERDICT_ALIVE },
		{ 220, 0, VNPU_VERDICT_CANCEL },
	} },
	{ "does not answer its cancellation", TIMEOUT_MS, {
		{ 100, 0, VNPU_VERDICT_CANCEL },
		{ 200, 0, VNPU_VERDICT_ALIVE },
		{ 5099, 0, VNPU_VERDICT_ALIVE },
		{ 5100, 0, VNPU_VERDICT_DEAD },
	} },
	{ "moves behind its cancellation", TIMEOUT_MS, {
		{ 100, 0, VNPU_VERDICT_CANCEL },
		{ 5000, 1, VNPU_VERDICT_ALIVE },
		{ 9999, 1, VNPU_VERDICT_ALIVE },
		{ 10000, 1, VNPU_VERDICT_DEAD },
	} },
	{ "longer timeout, longer grace", 10000, {
		{ 9999, 0, VNPU_VERDICT_ALIVE },
		{ 10000, 0, VNPU_VERDICT_CANCEL },
		{ 19999, 0, VNPU_VERDICT_ALIVE },
		{ 20000, 0, VNPU_VERDICT_DEAD },
	} },
	{ "shortest timeout", 1, {
		{ 1, 0, VNPU_VERDICT_CANCEL },
		{ 5000, 0, VNPU_VERDICT_ALIVE },
		{ 5001, 0, VNPU_VERDICT_DEAD },
	} },
};

KUNIT_ARRAY_PARAM_DESC(watchdog, watchdog_cases, name);

static void watchdog_test_policy(struct kunit *test)
{
	const struct watchdog_case *c = test->param_value;
	const u64 start_ns = MS(123456);
	struct vnpu_watchdog dog;

	vnpu_watchdog_start(&dog, start_ns);
	for (u32 i = 0; i < ARRAY_SIZE(c->look) && c->look[i].ms; i++) {
		const struct watchdog_look *look = &c->look[i];
		u64 now_ns = start_ns + MS(look->ms);

		KUNIT_EXPECT_EQ_MSG(test, vnpu_watchdog_check(&dog, look->progress, now_ns,
							      c->timeout_ms),
				    look->verdict, "at %u ms", look->ms);
		if (look->verdict == VNPU_VERDICT_CANCEL)
			vnpu_watchdog_cancel(&dog, now_ns);
	}
}

/* Asking twice does not give the machine more time. */
static void watchdog_test_cancelled_twice(struct kunit *test)
{
	struct vnpu_watchdog dog;

	vnpu_watchdog_start(&dog, 0);
	vnpu_watchdog_cancel(&dog, MS(10));
	vnpu_watchdog_cancel(&dog, MS(3000));
	KUNIT_EXPECT_EQ(test, vnpu_watchdog_check(&dog, 0, MS(5009), 1), VNPU_VERDICT_ALIVE);
	KUNIT_EXPECT_EQ(test, vnpu_watchdog_check(&dog, 0, MS(5010), 1), VNPU_VERDICT_DEAD);
}

static struct kunit_case watchdog_test_cases[] = {
	KUNIT_CASE_PARAM(watchdog_test_policy, watchdog_gen_params),
	KUNIT_CASE(watchdog_test_cancelled_twice),
	{}
};

static struct kunit_suite watchdog_test_suite = {
	.name = "vnpu_watchdog",
	.test_cases = watchdog_test_cases,
};

kunit_test_suite(watchdog_test_suite);
