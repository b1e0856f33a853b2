/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The boundary between the driver and a device that runs jobs.
 *
 * Above it: handles, validation, dependencies, queues, policy.  Below it: the
 * machine.  The virtual device (virt/) is one backend, KUnit's mock another.
 */
#ifndef VNPU_BACKEND_H
#define VNPU_BACKEND_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "model/npum.h"
#include "vnpu_inject.h"

struct vnpu_backend;
struct vnpu_backend_job;

/**
 * struct vnpu_backend_caps - what a backend offers
 * @cores: cores that run jobs side by side
 * @workers: threads that share the tiles of one core's job
 * @isa: bit mask of &enum drm_vnpu_isa in use
 * @clock_hz: ticks per second of its clock
 */
struct vnpu_backend_caps {
	u32 cores;
	u32 workers;
	u32 isa;
	u64 clock_hz;
};

/**
 * struct vnpu_backend_job - the part of a job that the backend sees
 * @id: number of the job, unique for the device
 * @program: validated program; alive until the job is done
 * @slot: kernel address of each slot's memory, NULL where the program uses none, and for
 *	on-chip memory, which is the backend's own
 * @profile: &struct drm_vnpu_op_profile per op, or NULL
 * @counters: &struct drm_vnpu_op_counters per op, or NULL
 * @counters_stride: bytes from one of these to the next; may cut them short
 * @verify: end with -EBADMSG, before the first op, unless @const_digest is that of the
 *	constants: XXH64 of the bytes of all VNPU_SLOT_CONST slots
 * @const_digest: see @verify
 * @owner: whose job it is; what a job leaves behind in the machine (scratch, on-chip
 *	memory) must not reach a job of another owner
 * @progress: raised by the backend at every tile; read by the timeout
 * @current_op: op being run, for fault reports
 * @cancel: set by cancel(); polled by the backend at every tile
 * @busy_ns: out: time spent, without rests under a cap of CPU time; set before done()
 * @done: called exactly once by the backend, from a context that may not
 *	sleep on reclaim; @result is 0 or a negative errno.  The job may be
 *	freed as soon as it is called.
 */
struct vnpu_backend_job {
	u64 id;
	const struct npum_program *program;
	u8 *slot[VNPU_MAX_SLOTS];
	void *profile;
	void *counters;
	u32 counters_stride;
	bool verify;
	u64 const_digest;
	u64 owner;
	atomic_t progress;
	u32 current_op;
	bool cancel;
	u64 busy_ns;
	void (*done)(struct vnpu_backend_job *job, int result);
};

/**
 * struct vnpu_backend_ops - what a device must be able to do
 * @prepare: sleepable, before a job is armed: get memory for @program's scratch and its
 *	slot of on-chip memory so that @run cannot fail for want of it
 * @run: start a job on an idle core; must not sleep or allocate; the end is
 *	told through job->done(), at any time from here on
 * @cancel: ask for the end of the job on @core, which is told through done() with
 *	-ECANCELED; called with a spinlock held: neither waits nor calls done()
 * @freeze: stop all jobs at their next tile; returns when no memory of theirs is touched
 *	any more.  May sleep.  Jobs that are started or cancelled meanwhile: not before @thaw
 * @thaw: go on with them; any context that may sleep
 * @clock: ticks since the machine is there; never set, never stands still; any context
 * @fini: stop all threads and free the backend
 */
struct vnpu_backend_ops {
	int (*prepare)(struct vnpu_backend *backend, const struct npum_program *program);
	void (*run)(struct vnpu_backend *backend, u32 core, struct vnpu_backend_job *job);
	void (*cancel)(struct vnpu_backend *backend, u32 core, struct vnpu_backend_job *job);
	void (*freeze)(struct vnpu_backend *backend);
	void (*thaw)(struct vnpu_backend *backend);
	u64 (*clock)(struct vnpu_backend *backend);
	void (*fini)(struct vnpu_backend *backend);
};

/**
 * struct vnpu_backend - a device
 * @ops: its operations
 * @caps: what it offers
 * @cpu_share: percent of the time that each of its host threads may compute, 1 to 100;
 *	may change at any time
 * @inject: faults it shall show
 */
struct vnpu_backend {
	const struct vnpu_backend_ops *ops;
	struct vnpu_backend_caps caps;
	u32 cpu_share;
	struct vnpu_inject inject;
};

#endif /* VNPU_BACKEND_H */
