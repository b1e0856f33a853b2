/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Threads that run programs of the math model, one job after the other.
 *
 * The tiles of an op are handed out by an atomic counter; the op after it
 * starts when the last tile is done.
 */
#ifndef NPU_SIM_POOL_H
#define NPU_SIM_POOL_H

#include "npu.h"
#include "npum.h"
#include "npum_counters.h"

#define SIM_MAX_THREADS 64u

struct sim_pool;

/**
 * struct sim_work - a job as the pool sees it
 * @program: validated program; alive until @done
 * @plans: one for each of its ops
 * @exec: where its data lies
 * @profile: one entry for each op, or NULL
 * @counters: likewise, with the layout of &struct npu_op_counters; then exec.isa is
 *	npum_isa_counting
 * @start: called once, with the pool locked, before its first op runs; or NULL
 * @done: called once, with the pool locked, when all ops ran; @work may be
 *	reused from then on
 * @start_ns: out: CLOCK_MONOTONIC when the first worker took it
 * @end_ns: out: CLOCK_MONOTONIC when the last op ended
 * @next: of the pool: what is queued behind it
 */
struct sim_work {
	const struct npum_program *program;
	const struct npum_op_plan *plans;
	struct npum_exec exec;
	struct npu_op_profile *profile;
	struct npum_op_counters *counters;
	void (*start)(struct sim_work *work);
	void (*done)(struct sim_work *work);
	int64_t start_ns;
	int64_t end_ns;
	struct sim_work *next;
};

/** sim_pool_create() - start @threads workers; Return: 0 or a negative errno */
int sim_pool_create(uint32_t threads, struct sim_pool **pool);

/** sim_pool_free() - finish what is queued, stop the workers; NULL is allowed */
void sim_pool_free(struct sim_pool *pool);

/**
 * sim_pool_reserve() - make sure that every worker has @bytes of scratch
 * @pool: pool; not locked
 * @bytes: scratch that one tile needs at the most
 *
 * Return: 0 or -ENOMEM.
 */
int sim_pool_reserve(struct sim_pool *pool, size_t bytes);

/** sim_pool_lock() - keep workers from taking and ending work */
void sim_pool_lock(struct sim_pool *pool);

/** sim_pool_unlock() - undo sim_pool_lock() */
void sim_pool_unlock(struct sim_pool *pool);

/** sim_pool_push() - queue @work, hands off it until done(); the pool is locked */
void sim_pool_push(struct sim_pool *pool, struct sim_work *work);

/**
 * sim_pool_wait() - sleep until some work is done, or help doing it; the pool is locked
 * @pool: pool; locked, and unlocked while this sleeps
 * @deadline_ns: CLOCK_MONOTONIC
 *
 * Return: 0, maybe for nothing; -ETIMEDOUT.
 */
int sim_pool_wait(struct sim_pool *pool, int64_t deadline_ns);

#endif /* NPU_SIM_POOL_H */
