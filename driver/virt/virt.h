/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual device: a backend that computes with the host's own cores.
 *
 * Each core has a dispatcher thread, which takes a job through its ops, and
 * helper threads, which share the tiles of an op with it.
 */
#ifndef VIRT_H
#define VIRT_H

#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/wait.h>

#include "../vnpu_backend.h"
#include "model/npum_counters.h"
#include "virt_rest.h"

struct task_struct;
struct virt_core;

/**
 * struct virt_scratch - scratch memory of all threads of a core
 * @node: in virt_core.scratch_all
 * @stride: bytes for one thread; multiple of NPUM_SCRATCH_ALIGN
 * @bytes: the memory, @stride for each thread, page aligned
 */
struct virt_scratch {
	struct list_head node;
	u32 stride;
	u8 *bytes;
};

/**
 * struct virt_worker - a thread of a core
 * @core: its core
 * @index: 0: the dispatcher; others help it with tiles
 * @thread: the thread
 * @rest: what it owes the host under a cap of CPU time
 * @rested_ns: the rests of the job in flight
 * @counters: counts of its tiles of the op in flight
 */
struct virt_worker {
	struct virt_core *core;
	u32 index;
	struct task_struct *thread;
	struct virt_rest rest;
	u64 rested_ns;
	struct npum_counters counters ____cacheline_aligned;
};

/**
 * struct virt_core - a virtual core
 * @dev: the device
 * @workers: its threads, vnpu_backend_caps.workers of them
 * @job: mailbox: run() puts a job in, the dispatcher takes it out
 * @job_wait: the dispatcher waits here for @job
 * @scratch: what new jobs use; replaced by a larger one, never freed before the
 *	device
 * @scratch_all: every scratch there ever was; each is at least twice the one
 *	before, so all old ones together are smaller than the current one
 * @owner: whose traces are in @wiped
 * @wiped: scratch of the last job
 *
 * The rest describes the op in flight.  The dispatcher writes it while no tile is
 * left and none is in flight; threads read it only while they hold a tile.
 * @running: the job
 * @exec: where its data lies
 * @op: the op
 * @plan: how it is cut
 * @tiles_left: tiles nobody took yet; taking one is decrementing this
 * @tiles_done: tiles finished
 * @tile_wait: helpers wait here for @tiles_left
 * @done_wait: the dispatcher waits here for @tiles_done
 */
struct virt_core {
	struct virt_device *dev;
	struct virt_worker *workers;
	struct vnpu_backend_job *job;
	wait_queue_head_t job_wait;
	struct virt_scratch *scratch;
	struct list_head scratch_all;
	u64 owner;
	struct virt_scratch *wiped;

	struct vnpu_backend_job *running;
	struct npum_exec exec;
	const struct vnpu_op *op;
	struct npum_op_plan plan;
	atomic_t tiles_left;
	atomic_t tiles_done;
	wait_queue_head_t tile_wait;
	wait_queue_head_t done_wait;
};

/**
 * struct virt_device - the virtual device
 * @backend: what the driver sees
 * @isa: kernels in use
 * @cpus: host CPUs its threads are bound to; none: they are not
 * @nice: their nice value
 * @frozen: no tile begins
 * @tiles: tiles that are being computed
 * @freeze_wait: threads wait here for the end of @frozen, who freezes for that of @tiles
 * @since_ns: CLOCK_MONOTONIC_RAW when its clock started
 * @prepare_lock: one at a time makes scratch larger
 * @cores: its cores, vnpu_backend_caps.cores of them
 */
struct virt_device {
	struct vnpu_backend backend;
	const struct npum_isa *isa;
	cpumask_t cpus;
	int nice;
	bool frozen;
	atomic_t tiles;
	wait_queue_head_t freeze_wait;
	u64 since_ns;
	struct mutex prepare_lock; /* growth of virt_core.scratch */
	struct virt_core cores[] __counted_by(backend.caps.cores);
};

#define to_virt_device(b) container_of(b, struct virt_device, backend)

/**
 * virt_create() - make a virtual device as the module parameters say
 *
 * Return: the device, which backend->ops->fini() frees, or an ERR_PTR.
 */
struct vnpu_backend *virt_create(void);

/** virt_cpu_features() - &enum npum_feature bits that the CPU has and the kernel saves */
u32 virt_cpu_features(void);

/** virt_core_start() - start the threads of a core; undone by virt_core_stop() */
int virt_core_start(struct virt_core *core, u32 index);

/** virt_core_stop() - end the threads of an idle core, if there are any */
void virt_core_stop(struct virt_core *core);

/** virt_core_run() - hand a job to an idle core */
void virt_core_run(struct virt_core *core, struct vnpu_backend_job *job);

#endif /* VIRT_H */
