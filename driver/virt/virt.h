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
 * struct virt_block - a piece of memory
 * @node: in virt_memory.all
 * @bytes: its bytes, page aligned, virt_memory.count times @stride of them
 * @stride: bytes of one part; a power of two
 */
struct virt_block {
	struct list_head node;
	u8 *bytes;
	u32 stride;
};

/**
 * struct virt_memory - memory that a core lends to one job after the other
 * @count: parts of equal size that it has
 * @now: what new jobs get; replaced by a larger one, never freed before the device
 * @all: every block there ever was; each is at least twice the one before, so
 *	all old ones together are smaller than the current one
 * @taken: what the last job had
 * @owner: whose traces are in @taken
 */
struct virt_memory {
	u32 count;
	struct virt_block *now;
	struct list_head all;
	struct virt_block *taken;
	u64 owner;
};

/** virt_memory_init() - memory of @count parts, of no bytes yet */
void virt_memory_init(struct virt_memory *memory, u32 count);

/**
 * virt_memory_grow() - make sure that each part has @bytes
 * @memory: memory; its growth is the caller's to serialise
 * @bytes: at most 2^31
 *
 * Jobs that run go on with what they have.
 *
 * Return: 0 or -ENOMEM.
 */
int virt_memory_grow(struct virt_memory *memory, u32 bytes);

/**
 * virt_memory_take() - lend the memory to a job; neither sleeps nor fails
 * @memory: memory that was grown to what the job needs
 * @owner: whose job it is: it finds nothing of what others left
 *
 * Return: what the job may use until the next call.
 */
const struct virt_block *virt_memory_take(struct virt_memory *memory, u64 owner);

/** virt_memory_fini() - free all blocks */
void virt_memory_fini(struct virt_memory *memory);

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
 * @scratch: scratch of its threads, a part for each
 * @l1: on-chip memory, one part
 *
 * The rest describes the op in flight.  The dispatcher writes it while no tile is
 * left and none is in flight; threads read it only while they hold a tile.
 * @running: the job
 * @exec: where its data lies
 * @lent: scratch that it has
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
	struct virt_memory scratch;
	struct virt_memory l1;

	struct vnpu_backend_job *running;
	struct npum_exec exec;
	const struct virt_block *lent;
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
 * @prepare_lock: one at a time makes memory of cores larger
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
	struct mutex prepare_lock; /* growth of memory of cores */
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
