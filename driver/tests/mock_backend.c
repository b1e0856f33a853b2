// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "drm/vnpu_accel.h"
#include "mock_backend.h"

/* Longer than anything a test waits for. */
#define MOCK_PATIENCE	(20 * HZ)

#define to_mock(backend) container_of(backend, struct mock_backend, base)

static int mock_prepare(struct vnpu_backend *backend, const struct npum_program *program)
{
	return 0;
}

static void mock_run(struct vnpu_backend *backend, u32 core, struct vnpu_backend_job *job)
{
	struct mock_backend *mock = to_mock(backend);
	unsigned long flags;

	spin_lock_irqsave(&mock->lock, flags);
	WARN_ON(mock->running[core]);
	mock->running[core] = job;
	mock->cancelled &= ~BIT(core);
	if (mock->started_count < MOCK_MAX_STARTED)
		mock->started[mock->started_count] = job->owner;
	mock->started_count++;
	spin_unlock_irqrestore(&mock->lock, flags);
	wake_up_all(&mock->changed);
}

static void mock_cancel(struct vnpu_backend *backend, u32 core, struct vnpu_backend_job *job)
{
	struct mock_backend *mock = to_mock(backend);
	unsigned long flags;

	spin_lock_irqsave(&mock->lock, flags);
	if (mock->running[core] == job)
		mock->cancelled |= BIT(core);
	spin_unlock_irqrestore(&mock->lock, flags);
	wake_up_all(&mock->changed);
}

static void mock_freeze(struct vnpu_backend *backend)
{
	WRITE_ONCE(to_mock(backend)->frozen, true);
}

static void mock_thaw(struct vnpu_backend *backend)
{
	WRITE_ONCE(to_mock(backend)->frozen, false);
}

static u64 mock_clock(struct vnpu_backend *backend)
{
	return ++to_mock(backend)->ticks;
}

static void mock_fini(struct vnpu_backend *backend)
{
	kfree(to_mock(backend));
}

static const struct vnpu_backend_ops mock_ops = {
	.prepare = mock_prepare,
	.run = mock_run,
	.cancel = mock_cancel,
	.freeze = mock_freeze,
	.thaw = mock_thaw,
	.clock = mock_clock,
	.fini = mock_fini,
};

struct mock_backend *mock_backend_create(u32 cores)
{
	struct mock_backend *mock = kzalloc(sizeof(*mock), GFP_KERNEL);

	if (!mock)
		return NULL;
	mock->base.ops = &mock_ops;
	mock->base.caps = (struct vnpu_backend_caps){
		.cores = cores,
		.workers = 1,
		.isa = BIT(DRM_VNPU_ISA_GENERIC),
		.clock_hz = 1,
	};
	vnpu_inject_init(&mock->base.inject);
	spin_lock_init(&mock->lock);
	init_waitqueue_head(&mock->changed);
	return mock;
}

bool mock_wait_started(struct mock_backend *mock, u32 count)
{
	return wait_event_timeout(mock->changed, READ_ONCE(mock->started_count) >= count,
				  MOCK_PATIENCE);
}

bool mock_is_cancelled(struct mock_backend *mock, u32 core)
{
	return READ_ONCE(mock->cancelled) & BIT(core);
}

bool mock_wait_cancelled(struct mock_backend *mock, u32 core)
{
	return wait_event_timeout(mock->changed, mock_is_cancelled(mock, core), MOCK_PATIENCE);
}

bool mock_is_running(struct mock_backend *mock, u32 core)
{
	return READ_ONCE(mock->running[core]);
}

void mock_progress(struct mock_backend *mock, u32 core, u32 op)
{
	unsigned long flags;

	spin_lock_irqsave(&mock->lock, flags);
	if (mock->running[core]) {
		WRITE_ONCE(mock->running[core]->current_op, op);
		atomic_inc(&mock->running[core]->progress);
	}
	spin_unlock_irqrestore(&mock->lock, flags);
}

void mock_end(struct mock_backend *mock, u32 core, int result, u64 busy_ns)
{
	struct vnpu_backend_job *job;
	unsigned long flags;

	spin_lock_irqsave(&mock->lock, flags);
	job = mock->running[core];
	/* Before done(), which lets the driver start the next one. */
	mock->running[core] = NULL;
	spin_unlock_irqrestore(&mock->lock, flags);
	if (!job)
		return;
	job->busy_ns = busy_ns;
	job->done(job, result);
}
