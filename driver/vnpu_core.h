/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_CORE_H
#define VNPU_CORE_H

#include <linux/spinlock.h>

#include <drm/gpu_scheduler.h>

struct vnpu_device;
struct vnpu_job;

/**
 * struct vnpu_core - one core: runs one job at a time
 * @vdev: the device
 * @sched: its queue
 * @index: which of the backend's cores it is
 * @fence_context: timeline of its jobs' fences
 * @fence_seqno: last number on it; only run_job() counts
 * @lock: protects @running, @dead, vnpu_job.watchdog and vnpu_job.cancel_error
 * @running: job the machine works on; whoever clears it ends the job
 * @dead: the machine does not answer
 */
struct vnpu_core {
	struct vnpu_device *vdev;
	struct drm_gpu_scheduler sched;
	u32 index;
	u64 fence_context;
	u64 fence_seqno;
	spinlock_t lock; /* see above */
	struct vnpu_job *running;
	bool dead;
};

/** vnpu_core_init() - set up core @index of @vdev; undone by vnpu_core_fini() */
int vnpu_core_init(struct vnpu_core *core, struct vnpu_device *vdev, u32 index);

/** vnpu_core_fini() - end an idle core */
void vnpu_core_fini(struct vnpu_core *core);

/** vnpu_core_cancel() - ask the running job, if any, to end with @error */
void vnpu_core_cancel(struct vnpu_core *core, int error);

#endif /* VNPU_CORE_H */
