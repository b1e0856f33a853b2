// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a job's bad end sets off.  Faults are counted and told of on the way to the job's
 * fence; what takes memory and time, the dump, is made behind it.
 */
#include <linux/devcoredump.h>
#include <linux/ktime.h>

#include <drm/drm_print.h>

#include "vnpu_core.h"
#include "vnpu_ctx.h"
#include "vnpu_drv.h"
#include "vnpu_dump.h"
#include "vnpu_event.h"
#include "vnpu_fault.h"
#include "vnpu_health.h"
#include "vnpu_job.h"
#include "vnpu_trace.h"

u32 vnpu_fault_of(int error)
{
	switch (error) {
	case 0:
	case -ECANCELED:
	case -ENODEV:
		return DRM_VNPU_FAULT_NONE;
	case -ETIME:
		return DRM_VNPU_FAULT_HANG;
	case -EBADMSG:
		return DRM_VNPU_FAULT_CONSTANTS;
	default:
		return DRM_VNPU_FAULT_MACHINE;
	}
}

const char *vnpu_fault_name(u32 kind)
{
	static const char *const names[] = {
		[DRM_VNPU_FAULT_NONE] = "none",
		[DRM_VNPU_FAULT_HANG] = "hang",
		[DRM_VNPU_FAULT_DEAD_CORE] = "dead-core",
		[DRM_VNPU_FAULT_CONSTANTS] = "constants",
		[DRM_VNPU_FAULT_MACHINE] = "machine",
	};

	return kind < ARRAY_SIZE(names) ? names[kind] : "?";
}

/* The system keeps one dump of a device for some minutes, and drops those that come then. */
static void vnpu_fault_work(struct work_struct *work)
{
	struct vnpu_faults *faults = container_of(work, struct vnpu_faults, work);
	struct vnpu_device *vdev = container_of(faults, struct vnpu_device, faults);
	struct vnpu_fault fault;
	size_t bytes;
	void *dump;

	spin_lock_irq(&faults->lock);
	fault = faults->pending;
	faults->pending.job = NULL;
	spin_unlock_irq(&faults->lock);
	if (!fault.job)
		return;

	dump = vnpu_dump_make(vdev, &fault, &bytes);
	if (dump) {
		/* Frees it. */
		dev_coredumpv(vdev->drm.dev, dump, bytes, GFP_KERNEL);
		vnpu_health_count(&vdev->health, VNPU_HEALTH_dumps);
	}
	vnpu_job_put(fault.job);
}

void vnpu_fault_init(struct vnpu_device *vdev)
{
	spin_lock_init(&vdev->faults.lock);
	INIT_WORK(&vdev->faults.work, vnpu_fault_work);
}

static void vnpu_fault_dump(struct vnpu_faults *faults, const struct vnpu_fault *fault)
{
	struct vnpu_device *vdev = container_of(faults, struct vnpu_device, faults);
	unsigned long flags;

	spin_lock_irqsave(&faults->lock, flags);
	if (!faults->pending.job) {
		faults->pending = *fault;
		kref_get(&fault->job->refcount);
		queue_work(vdev->event_wq, &faults->work);
	}
	spin_unlock_irqrestore(&faults->lock, flags);
}

void vnpu_fault_job(struct vnpu_job *job, u32 kind, int error)
{
	struct vnpu_device *vdev = job->ctx->vdev;
	const struct vnpu_fault fault = {
		.job = job,
		.kind = kind,
		.error = error,
		.op = READ_ONCE(job->hw.current_op),
		.progress = atomic_read(&job->hw.progress),
		.progress_ns = job->watchdog.progress_ns,
		.time_ns = ktime_get_ns(),
		.realtime_ns = ktime_get_real_fast_ns(),
	};

	vnpu_health_job(&vdev->health, kind, error);
	if (kind == DRM_VNPU_FAULT_NONE)
		return;
	trace_vnpu_fault(job, kind, error);
	vnpu_event_notify(vdev, &(struct vnpu_event){
		.type = VNPU_EVENT_FAULT,
		.fault = kind,
		.error = error,
		.core = job->core->index,
		.op = fault.op,
		.ctx = job->ctx->handle,
		.client = job->ctx->vfile->client,
		.job = job->hw.id,
	});
	vnpu_fault_dump(&vdev->faults, &fault);
}
