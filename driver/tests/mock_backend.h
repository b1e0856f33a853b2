/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine that does nothing by itself: tests say when its jobs end and how.
 */
#ifndef MOCK_BACKEND_H
#define MOCK_BACKEND_H

#include <linux/spinlock.h>
#include <linux/wait.h>

#include "../vnpu_backend.h"

#define MOCK_MAX_CORES		4u
#define MOCK_MAX_STARTED	32u

/**
 * struct mock_backend - the machine
 * @base: what the driver sees
 * @lock: protects the rest
 * @running: job of each core
 * @cancelled: cores whose job was asked to end, as bits
 * @started: owner of each job that started, in that order
 * @started_count: number of @started
 * @frozen: it was told to stand still
 * @ticks: how often the clock was looked at
 * @changed: woken at each start and cancellation
 */
struct mock_backend {
	struct vnpu_backend base;
	spinlock_t lock; /* see above */
	struct vnpu_backend_job *running[MOCK_MAX_CORES];
	u32 cancelled;
	u64 started[MOCK_MAX_STARTED];
	u32 started_count;
	bool frozen;
	u64 ticks;
	wait_queue_head_t changed;
};

/** mock_backend_create() - a machine with so many cores, or NULL; the driver frees it */
struct mock_backend *mock_backend_create(u32 cores);

/** mock_wait_started() - wait until @count jobs have started since the beginning */
bool mock_wait_started(struct mock_backend *mock, u32 count);

/** mock_wait_cancelled() - wait until the job of @core was asked to end */
bool mock_wait_cancelled(struct mock_backend *mock, u32 core);

/** mock_is_cancelled() - was the job of @core asked to end? */
bool mock_is_cancelled(struct mock_backend *mock, u32 core);

/** mock_is_running() - does @core have a job? */
bool mock_is_running(struct mock_backend *mock, u32 core);

/** mock_progress() - the job of @core finishes a tile of op @op */
void mock_progress(struct mock_backend *mock, u32 core, u32 op);

/** mock_end() - the job of @core ends with @result after @busy_ns */
void mock_end(struct mock_backend *mock, u32 core, int result, u64 busy_ns);

#endif /* MOCK_BACKEND_H */
