/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_WATCHDOG_H
#define VNPU_WATCHDOG_H

#include <linux/types.h>

/**
 * enum vnpu_verdict - what to do with a running job
 * @VNPU_VERDICT_ALIVE: nothing, it makes progress or still has time
 * @VNPU_VERDICT_CANCEL: it made no progress for its timeout: cancel it
 * @VNPU_VERDICT_DEAD: it does not answer to being cancelled: give up the core
 */
enum vnpu_verdict {
	VNPU_VERDICT_ALIVE = 0,
	VNPU_VERDICT_CANCEL,
	VNPU_VERDICT_DEAD,
};

/**
 * struct vnpu_watchdog - what is known about a running job's progress
 * @progress: counter at the last change
 * @progress_ns: when it was seen to change, or the job's start; for reports
 * @since_ns: since when its time runs: the same, or when it was cancelled or forgiven
 * @cancelled: the job was asked to end
 */
struct vnpu_watchdog {
	u32 progress;
	u64 progress_ns;
	u64 since_ns;
	bool cancelled;
};

/**
 * vnpu_watchdog_start() - a job starts
 * @dog: set up
 * @now_ns: CLOCK_MONOTONIC
 */
void vnpu_watchdog_start(struct vnpu_watchdog *dog, u64 now_ns);

/**
 * vnpu_watchdog_cancel() - the job was asked to end
 * @dog: changed
 * @now_ns: CLOCK_MONOTONIC
 */
void vnpu_watchdog_cancel(struct vnpu_watchdog *dog, u64 now_ns);

/**
 * vnpu_watchdog_forgive() - the job could make no progress, through no fault of its own
 * @dog: changed: its time begins anew
 * @now_ns: CLOCK_MONOTONIC
 */
void vnpu_watchdog_forgive(struct vnpu_watchdog *dog, u64 now_ns);

/**
 * vnpu_watchdog_check() - look at a running job
 * @dog: changed
 * @progress: the job's counter; any change is progress, also a wrap
 * @now_ns: CLOCK_MONOTONIC
 * @timeout_ms: longest time without progress
 *
 * Return: &enum vnpu_verdict.
 */
enum vnpu_verdict vnpu_watchdog_check(struct vnpu_watchdog *dog, u32 progress, u64 now_ns,
				      u32 timeout_ms);

#endif /* VNPU_WATCHDOG_H */
