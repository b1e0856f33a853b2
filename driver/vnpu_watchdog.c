// SPDX-License-Identifier: GPL-2.0-only
/*
 * The timeout policy, free of clocks and locks so that it can be tested alone.
 *
 * What counts is progress, not time: a long job on a slow host is no hang.
 */
#include <linux/ktime.h>

#include "vnpu_watchdog.h"

/*
 * Time to answer a cancellation, whatever short timeout a context asked for: a
 * single tile can take long on a loaded or emulated host, and giving up a core
 * is for good.
 */
#define VNPU_CANCEL_GRACE_MS	5000u

void vnpu_watchdog_start(struct vnpu_watchdog *dog, u64 now_ns)
{
	*dog = (struct vnpu_watchdog){ .progress_ns = now_ns, .since_ns = now_ns };
}

void vnpu_watchdog_cancel(struct vnpu_watchdog *dog, u64 now_ns)
{
	if (dog->cancelled)
		return;
	dog->cancelled = true;
	dog->since_ns = now_ns;
}

void vnpu_watchdog_forgive(struct vnpu_watchdog *dog, u64 now_ns)
{
	dog->since_ns = now_ns;
}

enum vnpu_verdict vnpu_watchdog_check(struct vnpu_watchdog *dog, u32 progress, u64 now_ns,
				      u32 timeout_ms)
{
	u32 limit_ms = dog->cancelled ? max(timeout_ms, VNPU_CANCEL_GRACE_MS) : timeout_ms;

	if (progress != dog->progress) {
		dog->progress = progress;
		dog->progress_ns = now_ns;
		dog->since_ns = now_ns;
		return VNPU_VERDICT_ALIVE;
	}
	if (now_ns - dog->since_ns < (u64)limit_ms * NSEC_PER_MSEC)
		return VNPU_VERDICT_ALIVE;
	return dog->cancelled ? VNPU_VERDICT_DEAD : VNPU_VERDICT_CANCEL;
}
