/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_CORE_H
#define VNPU_CORE_H

#include <linux/spinlock.h>

#include <drm/gpu_scheduler.h>

#include "vnpu_coredump.h"

struct vnpu_device;
struct vnpu_job;

/** VNPU_CORE_LOG - how many jobs a core remembers */
#define VNPU_CORE_LOG	16u

/**
 * struct vnpu_core - one core: runs one job at a time
 * @vdev: the device
 * @sched: its queue
 * @index: which of the backend's cores it is
 * @fence_context: timeline of its jobs' fences
 * @fence_seqno: last number on it; only run_job() counts
 * @lock: protects what follows, vnpu_job.watchdog and vnpu_job.cancel_error
 * @running: job the machine works on; whoever clears it ends the job
 * @lost: job that was given up, which the machine has not let go of yet
 * @dead: the machine did not answer; the core runs nothing until it is revived
 * @log: job n of those that ended is at n % VNPU_CORE_LOG
 * @logged: how many ended
 */
struct vnpu_core {
	struct vnpu_device *vdev;
	struct drm_gpu_scheduler sched;
	u32 index;
	u64 fence_context;
	u64 fence_seqno;
	spinlock_t lock; /* see above */
	struct vnpu_job *running;
	struct vnpu_job *lost;
	bool dead;
	struct vnpu_coredump_job log[VNPU_CORE_LOG];
	u32 logged;
};

/** vnpu_core_init() - set up core @index of @vdev; undone by vnpu_core_fini() */
int vnpu_core_init(struct vnpu_core *core, struct vnpu_device *vdev, u32 index);

/** vnpu_core_fini() - end an idle core */
void vnpu_core_fini(struct vnpu_core *core);

/** vnpu_core_cancel() - ask the running job, if any, to end with @error */
void vnpu_core_cancel(struct vnpu_core *core, int error);

/** vnpu_core_forgive() - time that passed until now is not the running job's, if there is one */
void vnpu_core_forgive(struct vnpu_core *core);

/**
 * vnpu_core_revive() - let a core run jobs again that was given up
 * @core: the core
 *
 * Return: 0, also for a core that is not dead; -EBUSY while its machine has not answered.
 */
int vnpu_core_revive(struct vnpu_core *core);

/**
 * vnpu_core_log_last() - the last jobs that ended
 * @core: on this core
 * @out: filled, oldest first
 * @max: room in @out
 *
 * Return: how many there are in @out.
 */
u32 vnpu_core_log_last(struct vnpu_core *core, struct vnpu_coredump_job *out, u32 max);

#endif /* VNPU_CORE_H */
