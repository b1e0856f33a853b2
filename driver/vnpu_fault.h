/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_FAULT_H
#define VNPU_FAULT_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct vnpu_device;
struct vnpu_job;

/**
 * struct vnpu_fault - a fault to be dumped
 * @job: the job, with a reference; NULL: there is no fault
 * @kind: &enum drm_vnpu_fault
 * @error: of the job's fence
 * @op: index of the op record it was in
 * @progress: tiles it had done
 * @progress_ns: when it was last seen to make progress, or its start
 * @time_ns: CLOCK_MONOTONIC of the fault
 * @realtime_ns: CLOCK_REALTIME of it
 */
struct vnpu_fault {
	struct vnpu_job *job;
	u32 kind;
	int error;
	u32 op;
	u32 progress;
	u64 progress_ns;
	u64 time_ns;
	u64 realtime_ns;
};

/**
 * struct vnpu_faults - faults of a device
 * @lock: protects @pending
 * @pending: the one to be dumped next; others that come meanwhile are only counted
 * @work: dumps it
 * @dump_bytes: of each bound buffer, how much memory goes into a dump; set in debugfs
 */
struct vnpu_faults {
	spinlock_t lock; /* of @pending */
	struct vnpu_fault pending;
	struct work_struct work;
	u32 dump_bytes;
};

/** vnpu_fault_init() - no fault yet */
void vnpu_fault_init(struct vnpu_device *vdev);

/** vnpu_fault_of() - &enum drm_vnpu_fault that a job's @error stands for */
u32 vnpu_fault_of(int error);

/** vnpu_fault_name() - a word for a &enum drm_vnpu_fault; never NULL */
const char *vnpu_fault_name(u32 kind);

/**
 * vnpu_fault_job() - a job that ran has ended: count it, tell of its fault if it had one
 * @job: the job, of which the caller has a reference
 * @kind: &enum drm_vnpu_fault
 * @error: what its fence will get
 *
 * On the way to a fence: neither sleeps nor allocates.  A dump is made later, by a work item
 * with a reference of its own.
 */
void vnpu_fault_job(struct vnpu_job *job, u32 kind, int error);

#endif /* VNPU_FAULT_H */
