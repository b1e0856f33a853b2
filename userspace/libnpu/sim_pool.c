// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "sim_pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "clock.h"

/* Looks at the cursor before a worker without a tile goes to sleep: tiles are
 * short, and waking a thread costs as much as some of them.
 */
#define SPINS 64

/*
 * The cursor is the next tile to hand out: op in the upper half, tile in the
 * lower.  It is one word, so that taking a tile and moving to the next op
 * cannot get in each other's way.
 */
static uint64_t cursor_at(uint32_t op)
{
	return (uint64_t)op << 32;
}

static uint32_t cursor_op(uint64_t cursor)
{
	return (uint32_t)(cursor >> 32);
}

static uint32_t cursor_tile(uint64_t cursor)
{
	return (uint32_t)cursor;
}

/*
 * @lock guards all that is not atomic.  @current is set by the first thread
 * that takes work and cleared by the last one to leave it, so a thread inside
 * never meets another job's cursor.  Inside are workers and callers that wait,
 * @threads of them at the most; each has the scratch and the
 * counters of a bit in @seats.
 */
struct sim_pool {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_cond_t step;
	pthread_cond_t done;
	struct sim_work *first;
	struct sim_work **last;
	struct sim_work *current;
	uint64_t seats;
	uint32_t inside;
	uint32_t reserving;
	bool stop;

	_Atomic uint64_t cursor;
	_Atomic uint32_t finished;
	_Atomic uint32_t sleepers;

	u8 *scratch;
	size_t scratch_stride;
	struct npum_counters counters[SIM_MAX_THREADS];
	uint32_t threads;
	pthread_t thread[SIM_MAX_THREADS];
};

_Static_assert(SIM_MAX_THREADS <= 64, "a bit of @seats for each");

/* The counts of all threads since the last op become those of @op. */
static void tell_counters(struct sim_pool *pool, struct sim_work *work, uint32_t op)
{
	struct npum_counters sum = { 0 };

	for (uint32_t i = 0; i < pool->threads; i++)
		npum_counters_add(&sum, &pool->counters[i]);
	memset(pool->counters, 0, sizeof(pool->counters));
	npum_counters_tell(&sum, &work->counters[op]);
}

/* Start the op behind @op.  The caller ran the last tile of @op: it is alone. */
static void next_op(struct sim_pool *pool, struct sim_work *work, uint32_t op)
{
	int64_t now = npu_now_ns();

	if (work->profile)
		work->profile[op].end_ns = (uint64_t)now;
	if (work->counters)
		tell_counters(pool, work, op);
	if (op + 1 == work->program->op_count)
		work->end_ns = now;
	atomic_store(&pool->finished, 0);
	atomic_store(&pool->cursor, cursor_at(op + 1));
	if (atomic_load(&pool->sleepers)) {
		pthread_mutex_lock(&pool->lock);
		pthread_cond_broadcast(&pool->step);
		pthread_mutex_unlock(&pool->lock);
	}
}

/* All tiles of @op are handed out: wait until the last of them is done. */
static void wait_for_next_op(struct sim_pool *pool, uint32_t op)
{
	for (int i = 0; i < SPINS; i++) {
		if (cursor_op(atomic_load(&pool->cursor)) != op)
			return;
		sched_yield();
	}
	pthread_mutex_lock(&pool->lock);
	atomic_fetch_add(&pool->sleepers, 1);
	while (cursor_op(atomic_load(&pool->cursor)) == op)
		pthread_cond_wait(&pool->step, &pool->lock);
	atomic_fetch_sub(&pool->sleepers, 1);
	pthread_mutex_unlock(&pool->lock);
}

static void run_tiles(struct sim_pool *pool, struct sim_work *work, int seat)
{
	void *scratch = pool->scratch + (size_t)seat * pool->scratch_stride;
	struct npum_exec exec = work->exec;

	if (work->counters)
		exec.counters = &pool->counters[seat];
	for (;;) {
		uint64_t cursor = atomic_load(&pool->cursor);
		uint32_t op = cursor_op(cursor);
		uint32_t tile = cursor_tile(cursor);
		uint32_t tiles;

		if (op == work->program->op_count)
			return;
		tiles = work->plans[op].tiles;
		if (tile == tiles) {
			wait_for_next_op(pool, op);
			continue;
		}
		if (!atomic_compare_exchange_weak(&pool->cursor, &cursor, cursor + 1))
			continue;
		if (!tile && work->profile)
			work->profile[op].start_ns = (uint64_t)npu_now_ns();
		npum_op_run(&exec, &work->program->ops[op], tile, scratch);
		if (atomic_fetch_add(&pool->finished, 1) + 1 == tiles)
			next_op(pool, work, op);
	}
}

/* Take the next of the queue, if there is one and nobody changes the scratch. */
static bool take_work(struct sim_pool *pool)
{
	struct sim_work *work = pool->first;

	if (!work || pool->reserving)
		return false;
	pool->first = work->next;
	if (!pool->first)
		pool->last = &pool->first;
	work->start_ns = npu_now_ns();
	if (work->start)
		work->start(work);
	pool->current = work;
	atomic_store(&pool->finished, 0);
	atomic_store(&pool->cursor, cursor_at(0));
	pthread_cond_broadcast(&pool->wake);
	return true;
}

/* Is there something to do for a thread that is not inside? */
static bool has_tiles(struct sim_pool *pool)
{
	if (pool->inside == pool->threads)
		return false;
	if (!pool->current)
		return take_work(pool);
	return cursor_op(atomic_load(&pool->cursor)) < pool->current->program->op_count;
}

/* The pool is locked; it is not while tiles run. */
static void join_work(struct sim_pool *pool)
{
	struct sim_work *work = pool->current;
	int seat = __builtin_ctzll(~pool->seats);
	uint64_t bit = UINT64_C(1) << seat;

	pool->seats |= bit;
	pool->inside++;
	pthread_mutex_unlock(&pool->lock);
	run_tiles(pool, work, seat);
	pthread_mutex_lock(&pool->lock);
	pool->seats &= ~bit;
	if (--pool->inside)
		return;
	pool->current = NULL;
	work->done(work);
	pthread_cond_broadcast(&pool->done);
	/* The caller may be no worker and not come back for what is queued. */
	if (pool->first)
		pthread_cond_signal(&pool->wake);
}

static void *worker(void *arg)
{
	struct sim_pool *pool = arg;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		if (has_tiles(pool))
			join_work(pool);
		else if (pool->stop && !pool->first)
			break;
		else
			pthread_cond_wait(&pool->wake, &pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static void init_locks(struct sim_pool *pool)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	pthread_cond_init(&pool->step, NULL);
	pthread_cond_init(&pool->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

/* Signals are for the program's own threads: workers inherit a mask of all of them. */
static int start_workers(struct sim_pool *pool, uint32_t threads)
{
	sigset_t all, before;
	int rc = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_mutex_lock(&pool->lock);
	while (pool->threads < threads && !rc) {
		rc = pthread_create(&pool->thread[pool->threads], NULL, worker, pool);
		if (!rc)
			pool->threads++;
	}
	pthread_mutex_unlock(&pool->lock);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -rc;
}

int sim_pool_create(uint32_t threads, struct sim_pool **out)
{
	struct sim_pool *pool = calloc(1, sizeof(*pool));
	int rc;

	if (!pool)
		return -ENOMEM;
	init_locks(pool);
	pool->last = &pool->first;
	rc = start_workers(pool, threads);
	if (rc) {
		sim_pool_free(pool);
		return rc;
	}
	*out = pool;
	return 0;
}

void sim_pool_free(struct sim_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stop = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	for (uint32_t i = 0; i < pool->threads; i++)
		pthread_join(pool->thread[i], NULL);
	pthread_cond_destroy(&pool->wake);
	pthread_cond_destroy(&pool->step);
	pthread_cond_destroy(&pool->done);
	pthread_mutex_destroy(&pool->lock);
	free(pool->scratch);
	free(pool);
}

/* The pool is locked and no worker is inside. */
static int grow_scratch(struct sim_pool *pool, size_t stride)
{
	u8 *scratch = aligned_alloc(NPUM_SCRATCH_ALIGN, stride * pool->threads);

	if (!scratch)
		return -ENOMEM;
	free(pool->scratch);
	pool->scratch = scratch;
	pool->scratch_stride = stride;
	return 0;
}

int sim_pool_reserve(struct sim_pool *pool, size_t bytes)
{
	/* At least one unit, so that scratch is never NULL. */
	size_t stride = round_up(max(bytes, (size_t)1), NPUM_SCRATCH_ALIGN);
	int rc = 0;

	pthread_mutex_lock(&pool->lock);
	pool->reserving++;
	while (pool->current)
		pthread_cond_wait(&pool->done, &pool->lock);
	if (stride > pool->scratch_stride)
		rc = grow_scratch(pool, stride);
	pool->reserving--;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	return rc;
}

void sim_pool_lock(struct sim_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
}

void sim_pool_unlock(struct sim_pool *pool)
{
	pthread_mutex_unlock(&pool->lock);
}

void sim_pool_push(struct sim_pool *pool, struct sim_work *work)
{
	work->next = NULL;
	*pool->last = work;
	pool->last = &work->next;
	pthread_cond_signal(&pool->wake);
}

int sim_pool_wait(struct sim_pool *pool, int64_t deadline_ns)
{
	struct timespec deadline = {
		.tv_sec = deadline_ns / NPU_NS_PER_S,
		.tv_nsec = deadline_ns % NPU_NS_PER_S,
	};

	/* With no deadline to miss, waiting is best spent on the work itself. */
	if (deadline_ns == INT64_MAX && has_tiles(pool)) {
		join_work(pool);
		return 0;
	}
	if (deadline_ns == INT64_MAX)
		return -pthread_cond_wait(&pool->done, &pool->lock);
	return -pthread_cond_timedwait(&pool->done, &pool->lock, &deadline);
}
