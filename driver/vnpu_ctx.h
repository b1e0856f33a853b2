/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_CTX_H
#define VNPU_CTX_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/mutex.h>

#include <drm/gpu_scheduler.h>

#include "drm/vnpu_accel.h"

struct drm_device;
struct drm_file;
struct vnpu_device;
struct vnpu_file;

/**
 * struct vnpu_ctx - a queue of jobs with a fate of its own
 * @refcount: one for its handle, one for each job
 * @vdev: the device
 * @vfile: the file it was made through; counts the time of its jobs; reference
 * @handle: its handle in @vfile, for reports
 * @lock: held over arming and pushing jobs, which must happen in one order
 * @entity: the scheduler's queue, over all cores
 * @priority: &enum drm_vnpu_priority
 * @timeout_ms: longest time without progress
 * @state: &enum drm_vnpu_ctx_state; only ever goes to GUILTY
 * @closed: the handle is gone; what is queued ends with -ECANCELED
 * @fault_op: op index the guilty job hung in, ~0 while there is none; written
 *	before @state
 * @submitted: jobs taken
 * @completed: jobs done without error
 * @failed: jobs ended with an error
 * @busy_ns: time spent on its jobs
 */
struct vnpu_ctx {
	struct kref refcount;
	struct vnpu_device *vdev;
	struct vnpu_file *vfile;
	u32 handle;
	struct mutex lock; /* order of @entity */
	struct drm_sched_entity entity;
	u32 priority;
	u32 timeout_ms;
	u32 state;
	bool closed;
	u32 fault_op;
	atomic64_t submitted;
	atomic64_t completed;
	atomic64_t failed;
	atomic64_t busy_ns;
};

/** vnpu_ctx_lookup() - context by handle with a reference, NULL when there is none */
struct vnpu_ctx *vnpu_ctx_lookup(struct vnpu_file *vfile, u32 handle);

/** vnpu_ctx_put() - drop a reference; may sleep */
void vnpu_ctx_put(struct vnpu_ctx *ctx);

/** vnpu_ctx_file_close() - drop all handles of a file */
void vnpu_ctx_file_close(struct vnpu_file *vfile);

/** vnpu_ctx_ban() - @ctx hung in op @fault_op and runs nothing any more; does not sleep */
void vnpu_ctx_ban(struct vnpu_ctx *ctx, u32 fault_op);

/** vnpu_ctx_banned() - did a job of @ctx hang? */
static inline bool vnpu_ctx_banned(const struct vnpu_ctx *ctx)
{
	/* Pairs with vnpu_ctx_ban(). */
	return smp_load_acquire(&ctx->state) != DRM_VNPU_CTX_OK;
}

/** vnpu_ctx_account() - count a job that ended with @error after @busy_ns */
void vnpu_ctx_account(struct vnpu_ctx *ctx, int error, u64 busy_ns);

/**
 * vnpu_ctx_queued() - jobs of a context that were submitted and have not ended
 * @ctx: context; with its lock held the number can only fall
 *
 * Jobs that end while it looks may still be counted.
 */
u64 vnpu_ctx_queued(const struct vnpu_ctx *ctx);

/** vnpu_ctx_priorities() - bit mask of &enum drm_vnpu_priority a caller may ask for */
u32 vnpu_ctx_priorities(bool privileged);

/** vnpu_ioctl_ctx_create() - &struct drm_vnpu_ctx_create */
int vnpu_ioctl_ctx_create(struct drm_device *drm, void *data, struct drm_file *file);

/** vnpu_ioctl_ctx_query() - &struct drm_vnpu_ctx_query */
int vnpu_ioctl_ctx_query(struct drm_device *drm, void *data, struct drm_file *file);

/** vnpu_ioctl_ctx_destroy() - &struct drm_vnpu_ctx_destroy */
int vnpu_ioctl_ctx_destroy(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* VNPU_CTX_H */
