/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The `sim` device: the math model in this process, on a pool of threads.
 *
 * backend_sim.c opens it; its buffers are in sim_bo.c, programs in sim_program.c, contexts,
 * fences and jobs in sim_job.c.  @jobs counts, in each object, the jobs queued or running
 * that use it.  It is guarded by the pool's lock; an object is released when it is 0.
 */
#ifndef NPU_BACKEND_SIM_H
#define NPU_BACKEND_SIM_H

#include "backend.h"
#include "sim_pool.h"

/** SIM_QUEUE_DEPTH - most jobs queued or running; submitting more waits for room */
#define SIM_QUEUE_DEPTH 64

/**
 * struct sim_bo - a buffer
 * @base: common part
 * @fd: its memfd
 * @jobs: that use it
 */
struct sim_bo {
	struct npu_bo base;
	int fd;
	uint32_t jobs;
};

/**
 * struct sim_program - a program
 * @base: common part
 * @program: what it says, read and checked
 * @plans: how the device's instruction set runs each op
 * @counting: how its counters are taken
 * @data: a copy of the program, which @program points into
 * @jobs: that run it
 */
struct sim_program {
	struct npu_program base;
	struct npum_program program;
	struct npum_op_plan *plans;
	struct npum_op_plan *counting;
	void *data;
	uint32_t jobs;
};

/**
 * struct sim_job - a job, of a fixed number that is used again and again
 * @work: for the pool
 * @sim: where it runs
 * @context: that it was submitted to
 * @program: that it runs
 * @signal: fence behind it, or NULL
 * @bo: buffers it uses
 * @bo_count: number of @bo
 * @next: of idle ones
 */
struct sim_job {
	struct sim_work work;
	struct sim_device *sim;
	struct sim_context *context;
	struct sim_program *program;
	struct sim_fence *signal;
	struct sim_bo *bo[VNPU_MAX_SLOTS + 1];
	uint32_t bo_count;
	struct sim_job *next;
};

/**
 * struct sim_l1 - on-chip memory
 * @map: its bytes
 * @bytes: number of them
 * @used: so many may hold traces of a context
 * @owner: number of that context
 *
 * Guarded by the pool's lock, and by jobs running one after the other.
 */
struct sim_l1 {
	uint8_t *map;
	size_t bytes;
	size_t used;
	uint64_t owner;
};

/**
 * struct sim_device - the device
 * @base: common part
 * @isa: instruction set it computes with
 * @pool: its threads
 * @l1: its on-chip memory
 * @contexts: number of contexts there have been; guarded by the pool's lock, like @idle
 * @idle: jobs that are free
 * @job: all jobs
 */
struct sim_device {
	struct npu_device base;
	const struct npum_isa *isa;
	struct sim_pool *pool;
	struct sim_l1 l1;
	uint64_t contexts;
	struct sim_job *idle;
	struct sim_job job[SIM_QUEUE_DEPTH];
};

static inline struct sim_device *npu_sim_device(const struct npu_device *dev)
{
	return container_of(dev, struct sim_device, base);
}

static inline struct sim_bo *npu_sim_bo(struct npu_bo *bo)
{
	return container_of(bo, struct sim_bo, base);
}

/** npu_sim_wait_idle() - wait until @jobs of some object is 0; 0 or -ETIMEDOUT */
int npu_sim_wait_idle(const struct npu_device *dev, const uint32_t *jobs, int64_t deadline_ns);

/** npu_sim_no_memory() - say that there is none for @what; returns -ENOMEM */
int npu_sim_no_memory(const struct npu_device *dev, const char *what, struct npu_error *error);

/** npu_sim_duplicate() - another descriptor of the same file; 0 or -errno */
int npu_sim_duplicate(const struct npu_device *dev, int from, int *fd, struct npu_error *error);

/* What &struct npu_backend says of each. */
int npu_sim_bo_create(struct npu_device *dev, uint64_t size, struct npu_bo **out,
		      struct npu_error *error);
void npu_sim_bo_free(struct npu_bo *base);
int npu_sim_bo_export(struct npu_bo *bo, int *fd, struct npu_error *error);
int npu_sim_bo_import(struct npu_device *dev, int fd, struct npu_bo **out, struct npu_error *error);
int npu_sim_bo_wait(struct npu_bo *bo, int64_t deadline_ns, struct npu_error *error);
int npu_sim_program_create(struct npu_device *dev, const void *data, size_t size,
			   struct npu_program **out, struct npu_error *error);
void npu_sim_program_free(struct npu_program *base);
int npu_sim_context_create(struct npu_device *dev, const struct npu_context_options *options,
			   struct npu_context **out, struct npu_error *error);
void npu_sim_context_free(struct npu_context *base);
int npu_sim_context_query(struct npu_context *context, struct npu_context_status *status,
			  struct npu_error *error);
int npu_sim_fence_create(struct npu_device *dev, struct npu_fence **out, struct npu_error *error);
void npu_sim_fence_free(struct npu_fence *base);
int npu_sim_fence_wait(struct npu_fence *fence, int64_t deadline_ns, struct npu_error *error);
int npu_sim_fence_export(struct npu_fence *fence, int *fd, struct npu_error *error);
int npu_sim_submit(struct npu_context *context, const struct npu_job *from,
		   struct npu_error *error);

#endif /* NPU_BACKEND_SIM_H */
