// SPDX-License-Identifier: GPL-2.0-only
/*
 * One core and its scheduler.
 *
 * A job that hangs is cancelled on its own: the machine answers at the next
 * tile, the job's fence gets -ETIME, its context is banned, and the scheduler
 * goes on with the next job as if nothing had happened.  The scheduler is never
 * stopped and no other job notices.
 */
#include <linux/ktime.h>
#include <linux/module.h>

#include <drm/drm_print.h>

#include "vnpu_compat.h"
#include "vnpu_core.h"
#include "vnpu_ctx.h"
#include "vnpu_device.h"
#include "vnpu_fault.h"
#include "vnpu_health.h"
#include "vnpu_job.h"
#include "vnpu_prog.h"
#include "vnpu_trace.h"

/* How often a running job is looked at; timeouts are kept to within this. */
#define VNPU_WATCHDOG_PERIOD_MS	50

static const char *vnpu_fence_name(struct dma_fence *fence)
{
	return "vnpu";
}

static const struct dma_fence_ops vnpu_fence_ops = {
	.get_driver_name = vnpu_fence_name,
	.get_timeline_name = vnpu_fence_name,
};

static void vnpu_core_init_fence(struct vnpu_core *core, struct vnpu_fence *fence)
{
	spin_lock_init(&fence->lock);
	dma_fence_init(&fence->base, vnpu_lasting_fence_ops(&vnpu_fence_ops), &fence->lock,
		       core->fence_context, ++core->fence_seqno);
}

static void vnpu_core_log_job(struct vnpu_core *core, const struct vnpu_job *job, int error)
{
	lockdep_assert_held(&core->lock);
	core->log[core->logged++ % VNPU_CORE_LOG] = (struct vnpu_coredump_job){
		.job = job->hw.id,
		.client = job->ctx->vfile->client,
		.started_ns = job->started_ns,
		.ended_ns = ktime_get_ns(),
		.ctx = job->ctx->handle,
		.error = error,
		.op_count = job->program->npum.op_count,
	};
}

u32 vnpu_core_log_last(struct vnpu_core *core, struct vnpu_coredump_job *out, u32 max)
{
	u32 count;

	spin_lock_irq(&core->lock);
	count = min3(max, VNPU_CORE_LOG, core->logged);
	for (u32 i = 0; i < count; i++)
		out[i] = core->log[(core->logged - count + i) % VNPU_CORE_LOG];
	spin_unlock_irq(&core->lock);
	return count;
}

/* Nobody else ends @job: its fence, its context and all who count get to know @error. */
static void vnpu_core_finish_job(struct vnpu_core *core, struct vnpu_job *job, u32 fault,
				 int error)
{
	struct dma_fence *fence = &job->fence->base;

	/* Before the fence: the scheduler may start the context's next job at once. */
	if (error == -ETIME)
		vnpu_ctx_ban(job->ctx, READ_ONCE(job->hw.current_op));
	vnpu_health_busy(&core->vdev->health, false);
	trace_vnpu_job_done(job, error);
	vnpu_fault_job(job, fault, error);
	vnpu_ctx_account(job->ctx, error, job->hw.busy_ns);
	if (error)
		dma_fence_set_error(fence, error);
	dma_fence_signal(fence);
}

/*
 * End @job if nobody did before.  Returns false if somebody did: only possible
 * for a machine that answers after its core was given up.
 */
static bool vnpu_core_end_job(struct vnpu_core *core, struct vnpu_job *job, int error)
{
	unsigned long flags;

	spin_lock_irqsave(&core->lock, flags);
	if (core->running != job) {
		WARN_ON_ONCE(core->lost != job);
		core->lost = NULL;
		spin_unlock_irqrestore(&core->lock, flags);
		return false;
	}
	core->running = NULL;
	if (error == -ECANCELED && job->cancel_error)
		error = job->cancel_error;
	vnpu_core_log_job(core, job, error);
	spin_unlock_irqrestore(&core->lock, flags);

	vnpu_core_finish_job(core, job, vnpu_fault_of(error), error);
	return true;
}

/* The other way to end @job, whose machine does not answer; false if it just did. */
static bool vnpu_core_give_up_job(struct vnpu_core *core, struct vnpu_job *job)
{
	unsigned long flags;

	spin_lock_irqsave(&core->lock, flags);
	if (core->running != job) {
		spin_unlock_irqrestore(&core->lock, flags);
		return false;
	}
	core->running = NULL;
	core->lost = job;
	core->dead = true;
	vnpu_core_log_job(core, job, -ETIME);
	spin_unlock_irqrestore(&core->lock, flags);

	vnpu_device_wedge(core->vdev, core->index);
	vnpu_core_finish_job(core, job, DRM_VNPU_FAULT_DEAD_CORE, -ETIME);
	return true;
}

void vnpu_core_forgive(struct vnpu_core *core)
{
	spin_lock_irq(&core->lock);
	if (core->running)
		vnpu_watchdog_forgive(&core->running->watchdog, ktime_get_ns());
	spin_unlock_irq(&core->lock);
}

int vnpu_core_revive(struct vnpu_core *core)
{
	int ret = 0;

	spin_lock_irq(&core->lock);
	if (core->lost)
		ret = -EBUSY;
	else
		core->dead = false;
	spin_unlock_irq(&core->lock);
	return ret;
}

/* &vnpu_backend_job.done */
static void vnpu_core_job_done(struct vnpu_backend_job *hw, int result)
{
	struct vnpu_job *job = container_of(hw, struct vnpu_job, hw);
	bool cookie = dma_fence_begin_signalling();

	if (!vnpu_core_end_job(job->core, job, result))
		module_put(THIS_MODULE);
	dma_fence_end_signalling(cookie);
	vnpu_job_put(job);
}

/* Why @job cannot start, or 0. */
static int vnpu_core_refuse(const struct vnpu_core *core, const struct vnpu_job *job)
{
	if (vnpu_device_error(core->vdev))
		return -ENODEV;
	if (READ_ONCE(job->ctx->closed) || vnpu_ctx_banned(job->ctx))
		return -ECANCELED;
	return 0;
}

static struct dma_fence *vnpu_core_run_job(struct drm_sched_job *base)
{
	struct vnpu_core *core = container_of(base->sched, struct vnpu_core, sched);
	struct vnpu_backend *backend = core->vdev->backend;
	struct vnpu_job *job = to_vnpu_job(base);
	struct dma_fence *fence = &job->fence->base;
	bool cookie = dma_fence_begin_signalling();
	unsigned long flags;
	int error;

	/* Under the lock, so that vnpu_core_cancel() either is seen here or sees the job. */
	spin_lock_irqsave(&core->lock, flags);
	error = vnpu_core_refuse(core, job);
	if (!error) {
		core->running = job;
		job->started_ns = ktime_get_ns();
		vnpu_watchdog_start(&job->watchdog, job->started_ns);
	}
	spin_unlock_irqrestore(&core->lock, flags);

	if (error) {
		vnpu_health_job(&core->vdev->health, DRM_VNPU_FAULT_NONE, error);
		vnpu_ctx_account(job->ctx, error, 0);
		dma_fence_end_signalling(cookie);
		return ERR_PTR(error);
	}

	vnpu_core_init_fence(core, job->fence);
	trace_vnpu_job_start(job, core->index);
	vnpu_health_busy(&core->vdev->health, true);
	job->core = core;
	job->hw.done = vnpu_core_job_done;
	/* One reference for the machine, one of the fence for the scheduler. */
	kref_get(&job->refcount);
	dma_fence_get(fence);
	backend->ops->run(backend, core->index, &job->hw);
	dma_fence_end_signalling(cookie);
	return fence;
}

/* core->lock is held and @job is running. */
static void vnpu_core_cancel_locked(struct vnpu_core *core, struct vnpu_job *job, int error)
{
	struct vnpu_backend *backend = core->vdev->backend;

	lockdep_assert_held(&core->lock);
	if (!job->cancel_error)
		job->cancel_error = error;
	vnpu_watchdog_cancel(&job->watchdog, ktime_get_ns());
	backend->ops->cancel(backend, core->index, &job->hw);
}

void vnpu_core_cancel(struct vnpu_core *core, int error)
{
	unsigned long flags;

	spin_lock_irqsave(&core->lock, flags);
	if (core->running)
		vnpu_core_cancel_locked(core, core->running, error);
	spin_unlock_irqrestore(&core->lock, flags);
}

static enum drm_gpu_sched_stat vnpu_core_timedout_job(struct drm_sched_job *base)
{
	struct vnpu_core *core = container_of(base->sched, struct vnpu_core, sched);
	enum vnpu_verdict verdict = VNPU_VERDICT_ALIVE;
	struct vnpu_job *job = to_vnpu_job(base);
	bool cookie = dma_fence_begin_signalling();
	unsigned long flags;

	spin_lock_irqsave(&core->lock, flags);
	if (core->running == job && !READ_ONCE(core->vdev->frozen)) {
		verdict = vnpu_watchdog_check(&job->watchdog, atomic_read(&job->hw.progress),
					      ktime_get_ns(), job->ctx->timeout_ms);
		if (verdict == VNPU_VERDICT_CANCEL)
			vnpu_core_cancel_locked(core, job, -ETIME);
	}
	spin_unlock_irqrestore(&core->lock, flags);

	if (verdict == VNPU_VERDICT_DEAD) {
		/*
		 * The machine may still write to the job's memory, and runs code of this
		 * module: it keeps its reference of the job, and the module stays.
		 */
		__module_get(THIS_MODULE);
		if (!vnpu_core_give_up_job(core, job))
			module_put(THIS_MODULE);
	}
	dma_fence_end_signalling(cookie);
	return vnpu_sched_no_hang(base);
}

static void vnpu_core_free_job(struct drm_sched_job *base)
{
	drm_sched_job_cleanup(base);
	vnpu_job_put(to_vnpu_job(base));
}

static const struct drm_sched_backend_ops vnpu_core_sched_ops = {
	.run_job = vnpu_core_run_job,
	.timedout_job = vnpu_core_timedout_job,
	.free_job = vnpu_core_free_job,
};

int vnpu_core_init(struct vnpu_core *core, struct vnpu_device *vdev, u32 index)
{
	core->vdev = vdev;
	core->index = index;
	core->fence_context = dma_fence_context_alloc(1);
	spin_lock_init(&core->lock);
	return vnpu_sched_init(&core->sched, &vnpu_core_sched_ops,
			       msecs_to_jiffies(VNPU_WATCHDOG_PERIOD_MS), vdev->watchdog_wq,
			       vdev->drm.dev);
}

void vnpu_core_fini(struct vnpu_core *core)
{
	drm_sched_fini(&core->sched);
}
