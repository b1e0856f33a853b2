/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_DRV_H
#define VNPU_DRV_H

#include <linux/bits.h>
#include <linux/kref.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include <drm/drm_device.h>

#include "drm/vnpu_accel.h"
#include "vnpu_backend.h"
#include "vnpu_event.h"
#include "vnpu_fault.h"
#include "vnpu_firmware.h"
#include "vnpu_health.h"
#include "vnpu_limit.h"

struct drm_gpu_scheduler;
struct vnpu_core;
struct workqueue_struct;

#define VNPU_MAX_JOBS			64u
#define VNPU_MAX_SYNCS			64u
#define VNPU_MAX_CONTEXTS		64u
#define VNPU_MAX_PROGRAMS		256u
#define VNPU_MAX_BO_BYTES		BIT_ULL(32)
#define VNPU_DEFAULT_TIMEOUT_MS		2000u
#define VNPU_MAX_TIMEOUT_MS		10000u

/**
 * struct vnpu_device - one virtual NPU
 * @drm: DRM device; its reference count is the device's
 * @backend: the machine, owned
 * @cores: its cores, backend->caps.cores of them
 * @scheds: the scheduler of each core, as scheduler entities want them listed
 * @fw: which arithmetics it computes with
 * @users: who holds how much of it
 * @watchdog_wq: looks at running jobs; never sleeps for memory
 * @event_wq: tells of events and makes dumps
 * @cleanup_wq: frees jobs.  Freeing takes reservation locks, whose holders may
 *	wait for other jobs, so it must not happen where jobs are started or
 *	signalled.
 * @events: what happened
 * @health: how jobs ended
 * @faults: the fault to be dumped
 * @job_ids: number of the last job
 * @jobs: jobs that exist
 * @jobs_idle: woken when @jobs falls to 0
 * @gone: the device was unplugged; jobs end with -ENODEV
 * @wedged: a core does not answer: no job starts until a reset
 * @frozen: jobs stand still, and so do their timeouts
 * @reset: held while the device is reset, frozen or thawed
 */
struct vnpu_device {
	struct drm_device drm;
	struct vnpu_backend *backend;
	struct vnpu_core *cores;
	struct drm_gpu_scheduler **scheds;
	struct vnpu_fw fw;
	struct vnpu_users users;
	struct workqueue_struct *watchdog_wq;
	struct workqueue_struct *event_wq;
	struct workqueue_struct *cleanup_wq;
	struct vnpu_events events;
	struct vnpu_health health;
	struct vnpu_faults faults;
	atomic64_t job_ids;
	atomic_t jobs;
	wait_queue_head_t jobs_idle;
	bool gone;
	bool wedged;
	bool frozen;
	struct mutex reset; /* one at a time */
};

#define to_vnpu_device(d) container_of(d, struct vnpu_device, drm)

/**
 * struct vnpu_file - an open file of the device
 * @refcount: one for the file, one for each of its contexts
 * @user: who opened it, and answers for what is made with it
 * @contexts: &struct vnpu_ctx by handle
 * @programs: &struct vnpu_program by handle
 * @submitted: jobs taken
 * @ended: jobs ended, with an error or without
 * @busy_ns: time spent on this file's jobs
 * @client: id of the DRM client
 * @pid: of the process that opened it
 * @process: that process's name
 *
 * Contexts outlive the file while they have jobs in flight, and with them this.
 */
struct vnpu_file {
	struct kref refcount;
	struct vnpu_user *user;
	struct xarray contexts;
	struct xarray programs;
	atomic64_t submitted;
	atomic64_t ended;
	atomic64_t busy_ns;
	u64 client;
	u32 pid;
	char process[TASK_COMM_LEN];
};

/** vnpu_file_put() - drop a reference of @vfile */
void vnpu_file_put(struct vnpu_file *vfile);

extern const struct drm_driver vnpu_drm_driver;

/** vnpu_ioctl_dev_query() - &struct drm_vnpu_dev_query */
int vnpu_ioctl_dev_query(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* VNPU_DRV_H */
