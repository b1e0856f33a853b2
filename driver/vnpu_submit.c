// SPDX-License-Identifier: GPL-2.0-only
/*
 * SUBMIT is a transaction:
 *
 *	1. copy the arguments
 *	2. look handles up, allocate and map all there is to allocate and map
 *	3. lock the buffers and reserve room for fences
 *	4. gather dependencies
 *	5. commit: arm, add fences, push, signal
 *
 * Steps 1 to 4 can fail and leave nothing behind.  Step 5 cannot fail: an armed
 * job has a number on a timeline, and must run.
 */
#include <linux/dma-resv.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <drm/drm_exec.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/gpu_scheduler.h>

#include "vnpu_array.h"
#include "vnpu_ctx.h"
#include "vnpu_device.h"
#include "vnpu_job.h"
#include "vnpu_limit.h"
#include "vnpu_submit.h"
#include "vnpu_sync.h"
#include "vnpu_trace.h"

/* A buffer gets at most one fence as read and one as written: all are on one timeline. */
#define VNPU_FENCES_PER_BO	2

/**
 * struct vnpu_submit_job - a job on its way
 * @job: the job; NULL: not made yet, or pushed
 * @syncs: its syncobjs
 */
struct vnpu_submit_job {
	struct vnpu_job *job;
	struct vnpu_syncs syncs;
};

/**
 * struct vnpu_submit - a transaction
 * @file: who submits
 * @inject: faults of the device: each allocation may be made to fail
 * @ctx: where to, with a reference
 * @job_count: number of @args and @jobs
 * @args: what user space wants
 * @jobs: what becomes of it
 * @at: index of the job in hand, for the error report
 * @exec: locks of the buffers
 */
struct vnpu_submit {
	struct drm_file *file;
	struct vnpu_inject *inject;
	struct vnpu_ctx *ctx;
	u32 job_count;
	struct drm_vnpu_job *args;
	struct vnpu_submit_job *jobs;
	u32 at;
	struct drm_exec exec;
};

static int vnpu_submit_copy(struct vnpu_submit *s, const struct drm_vnpu_submit *args)
{
	if (!args->jobs.count)
		return -EINVAL;
	s->args = vnpu_array_get(s->inject, &args->jobs, sizeof(*s->args), VNPU_MAX_JOBS);
	if (IS_ERR(s->args)) {
		int ret = PTR_ERR(s->args);

		s->args = NULL;
		return ret;
	}
	s->jobs = vnpu_inject_kvcalloc(s->inject, args->jobs.count, sizeof(*s->jobs));
	if (!s->jobs)
		return -ENOMEM;
	s->job_count = args->jobs.count;
	return 0;
}

static int vnpu_submit_prepare(struct vnpu_submit *s)
{
	for (s->at = 0; s->at < s->job_count; s->at++) {
		struct vnpu_submit_job *sj = &s->jobs[s->at];
		struct vnpu_job *job;
		int ret;

		job = vnpu_job_create(s->ctx, &s->args[s->at], s->file);
		if (IS_ERR(job))
			return PTR_ERR(job);
		sj->job = job;
		ret = vnpu_syncs_get(&sj->syncs, s->inject, s->file, &s->args[s->at].syncs);
		if (ret)
			return ret;
	}
	return 0;
}

static int vnpu_submit_lock_job(struct vnpu_submit *s, const struct vnpu_job *job)
{
	for (u32 i = 0; i < job->bo_count; i++) {
		int ret;

		if (!job->bos[i].implicit)
			continue;
		ret = vnpu_inject_error(s->inject) ?:
		      drm_exec_prepare_obj(&s->exec, job->bos[i].obj, VNPU_FENCES_PER_BO);
		if (ret)
			return ret;
	}
	return 0;
}

static int vnpu_submit_lock(struct vnpu_submit *s)
{
	int ret = 0;

	drm_exec_until_all_locked(&s->exec) {
		for (s->at = 0; s->at < s->job_count; s->at++) {
			ret = vnpu_submit_lock_job(s, s->jobs[s->at].job);
			drm_exec_retry_on_contention(&s->exec);
			if (ret)
				return ret;
		}
	}
	return ret;
}

/*
 * Jobs of a context run one after the other, so what an earlier job of this
 * batch signals needs no waiting for.
 */
static bool vnpu_submit_signals(const struct vnpu_submit *s, const struct vnpu_sync *wait)
{
	for (u32 i = 0; i < s->at; i++)
		if (vnpu_syncs_signals(&s->jobs[i].syncs, wait))
			return true;
	return false;
}

static int vnpu_submit_depend_job(struct vnpu_submit *s, struct vnpu_submit_job *sj)
{
	struct vnpu_job *job = sj->job;
	int ret;

	for (u32 i = 0; i < sj->syncs.count; i++) {
		const struct vnpu_sync *sync = &sj->syncs.sync[i];

		if (sync->syncobj || vnpu_submit_signals(s, sync))
			continue;
		ret = vnpu_inject_error(s->inject) ?:
		      vnpu_sync_depend(sync, &job->base, s->file);
		if (ret)
			return ret;
	}
	for (u32 i = 0; i < job->bo_count; i++) {
		const struct vnpu_job_bo *bo = &job->bos[i];

		if (!bo->implicit)
			continue;
		ret = vnpu_inject_error(s->inject) ?:
		      drm_sched_job_add_implicit_dependencies(&job->base, bo->obj, bo->write);
		if (ret)
			return ret;
	}
	return 0;
}

static int vnpu_submit_depend(struct vnpu_submit *s)
{
	for (s->at = 0; s->at < s->job_count; s->at++) {
		int ret = vnpu_submit_depend_job(s, &s->jobs[s->at]);

		if (ret)
			return ret;
	}
	return 0;
}

static void vnpu_submit_commit_job(struct vnpu_submit_job *sj)
{
	struct vnpu_job *job = sj->job;
	struct dma_fence *fence;

	job->queued_ns = ktime_get_ns();
	trace_vnpu_job_queue(job);
	drm_sched_job_arm(&job->base);
	fence = dma_fence_get(&job->base.s_fence->finished);
	for (u32 i = 0; i < job->bo_count; i++) {
		const struct vnpu_job_bo *bo = &job->bos[i];

		if (bo->implicit)
			dma_resv_add_fence(bo->obj->resv, fence, dma_resv_usage_rw(!bo->write));
	}
	atomic64_inc(&job->ctx->submitted);
	atomic64_inc(&job->ctx->vfile->submitted);
	/* The job is the scheduler's from here on and may be gone any time. */
	sj->job = NULL;
	drm_sched_entity_push_job(&job->base);
	vnpu_syncs_signal(&sj->syncs, fence);
	dma_fence_put(fence);
}

/* The lock is held: nobody else adds any, they can only become fewer. */
static bool vnpu_submit_fits(const struct vnpu_submit *s)
{
	return vnpu_ctx_queued(s->ctx) + s->job_count <= vnpu_limit_queue_depth();
}

/* Steps 3 to 5.  The context's lock keeps numbers and queue in one order. */
static int vnpu_submit_queue(struct vnpu_submit *s)
{
	int ret;

	ret = mutex_lock_interruptible(&s->ctx->lock);
	if (ret)
		return ret;
	if (!vnpu_submit_fits(s)) {
		mutex_unlock(&s->ctx->lock);
		return -EBUSY;
	}
	drm_exec_init(&s->exec, DRM_EXEC_INTERRUPTIBLE_WAIT | DRM_EXEC_IGNORE_DUPLICATES, 0);
	ret = vnpu_submit_lock(s);
	if (!ret)
		ret = vnpu_submit_depend(s);
	for (u32 i = 0; i < s->job_count && !ret; i++)
		vnpu_submit_commit_job(&s->jobs[i]);
	drm_exec_fini(&s->exec);
	mutex_unlock(&s->ctx->lock);
	return ret;
}

static void vnpu_submit_free(struct vnpu_submit *s)
{
	for (u32 i = 0; i < s->job_count; i++) {
		if (s->jobs[i].job)
			vnpu_job_abort(s->jobs[i].job);
		vnpu_syncs_put(&s->jobs[i].syncs);
	}
	kvfree(s->jobs);
	kvfree(s->args);
	vnpu_ctx_put(s->ctx);
}

int vnpu_ioctl_submit(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_submit *args = data;
	struct vnpu_submit s = {
		.file = file,
		.inject = &to_vnpu_device(drm)->backend->inject,
		.at = ~0u,
	};
	int ret;

	args->failed_job = ~0u;
	if (args->flags || args->pad)
		return -EINVAL;
	ret = vnpu_device_error(to_vnpu_device(drm));
	if (ret)
		return ret;
	s.ctx = vnpu_ctx_lookup(file->driver_priv, args->ctx);
	if (!s.ctx)
		return -ENOENT;

	ret = vnpu_ctx_banned(s.ctx) ? -EIO : 0;
	if (!ret)
		ret = vnpu_submit_copy(&s, args);
	if (!ret)
		ret = vnpu_submit_prepare(&s);
	if (!ret)
		ret = vnpu_submit_queue(&s);
	if (ret && s.at < s.job_count)
		args->failed_job = s.at;
	vnpu_submit_free(&s);
	return ret;
}
