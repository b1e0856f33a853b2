/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPU_CLOCK_H
#define NPU_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NPU_NS_PER_MS INT64_C(1000000)
#define NPU_NS_PER_S INT64_C(1000000000)

/** npu_now_ns() - CLOCK_MONOTONIC in nanoseconds */
static inline int64_t npu_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NPU_NS_PER_S + t.tv_nsec;
}

/**
 * npu_deadline_ns() - when a timeout ends
 * @timeout_ms: 0 polls: the deadline is 0, which has passed; negative: for ever
 *
 * Return: CLOCK_MONOTONIC in nanoseconds; INT64_MAX: never.
 */
static inline int64_t npu_deadline_ns(int64_t timeout_ms)
{
	int64_t now = npu_now_ns();

	if (!timeout_ms)
		return 0;
	if (timeout_ms < 0 || timeout_ms > (INT64_MAX - now) / NPU_NS_PER_MS)
		return INT64_MAX;
	return now + timeout_ms * NPU_NS_PER_MS;
}

#endif /* NPU_CLOCK_H */
