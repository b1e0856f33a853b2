/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_JOB_H
#define VNPU_JOB_H

#include <linux/dma-fence.h>
#include <linux/kref.h>
#include <linux/workqueue.h>

#include <drm/gpu_scheduler.h>

#include "vnpu_backend.h"
#include "vnpu_watchdog.h"

struct drm_file;
struct drm_vnpu_job;
struct vnpu_core;
struct vnpu_ctx;
struct vnpu_program;

/**
 * struct vnpu_fence - signalled when the machine is done with a job
 * @base: first, so that dma_fence_free() frees the whole
 * @lock: its lock; fences outlive cores, so it cannot be the core's
 */
struct vnpu_fence {
	struct dma_fence base;
	spinlock_t lock; /* of @base */
};

/**
 * struct vnpu_job_bo - a buffer that a job uses
 * @obj: the buffer, with a reference
 * @write: the job writes to it
 * @implicit: the job waits for the buffer's fences and adds its own
 * @slot: slot of the program that it is bound to; VNPU_MAX_SLOTS: none
 * @handle: by which it was named
 * @offset: first byte in use
 * @size: bytes in use
 */
struct vnpu_job_bo {
	struct drm_gem_object *obj;
	bool write;
	bool implicit;
	u32 slot;
	u32 handle;
	u64 offset;
	u64 size;
};

/**
 * struct vnpu_job - one run of a program
 * @base: the scheduler's part
 * @hw: the machine's part
 * @refcount: one for the submitter, who hands it to the scheduler; one for the
 *	machine while it runs.  So neither finds the job freed by the other.
 * @queued_ns: CLOCK_MONOTONIC when it was submitted
 * @started_ns: CLOCK_MONOTONIC when it started
 * @ctx: its context, with a reference
 * @program: what it runs, with a reference
 * @core: where it runs; set when it starts
 * @fence: allocated at submit, initialised when the job starts
 * @watchdog: is it alive; protected by vnpu_core.lock
 * @cancel_error: why it was cancelled; protected by vnpu_core.lock
 * @release: frees the job
 * @bo_count: number of @bos
 * @bos: the buffers it uses, once per binding
 */
struct vnpu_job {
	struct drm_sched_job base;
	struct vnpu_backend_job hw;
	struct kref refcount;
	u64 queued_ns;
	u64 started_ns;
	struct vnpu_ctx *ctx;
	struct vnpu_program *program;
	struct vnpu_core *core;
	struct vnpu_fence *fence;
	struct vnpu_watchdog watchdog;
	int cancel_error;
	struct work_struct release;
	u32 bo_count;
	struct vnpu_job_bo bos[] __counted_by(bo_count);
};

#define to_vnpu_job(job) container_of(job, struct vnpu_job, base)

/**
 * vnpu_job_alloc() - make a job without buffers and syncobjs
 * @ctx: its context
 * @program: what it runs
 *
 * Return: the job, which vnpu_job_abort() can undo from here on, or NULL.
 */
struct vnpu_job *vnpu_job_alloc(struct vnpu_ctx *ctx, struct vnpu_program *program);

/**
 * vnpu_job_create() - make a job of what user space describes
 * @ctx: its context
 * @args: the description
 * @file: whose handles they are
 *
 * Looks everything up, allocates everything, maps the buffers.
 *
 * Return: the job or an ERR_PTR: -EINVAL, -ENOENT, -ENOMEM, -E2BIG, -EFAULT.
 */
struct vnpu_job *vnpu_job_create(struct vnpu_ctx *ctx, const struct drm_vnpu_job *args,
				 struct drm_file *file);

/** vnpu_job_abort() - free a job that was never armed */
void vnpu_job_abort(struct vnpu_job *job);

/** vnpu_job_put() - drop a reference; does not sleep, the job is freed by a work item */
void vnpu_job_put(struct vnpu_job *job);

#endif /* VNPU_JOB_H */
