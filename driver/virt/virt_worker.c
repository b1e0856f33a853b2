// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threads of a virtual core.
 *
 * From taking a job to calling its done() everything is on the way to a fence:
 * no memory is allocated and no lock taken that memory reclaim could wait for.
 */
#include <linux/dma-fence.h>
#include <linux/delay.h>
#include <linux/fpu.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/xxhash.h>

#include "drm/vnpu_accel.h"
#include "model/npum_isa.h"
#include "virt.h"
#include "vnpu_trace.h"

/* Constants are looked at in pieces of some 100 microseconds. */
#define VIRT_VERIFY_BYTES	((u32)SZ_1M)

/* How much longer a rest may be, so that the host's timers need not be exact. */
#define VIRT_REST_SLACK_US	50

static void virt_sleep_ms(u32 ms)
{
	schedule_timeout_idle(msecs_to_jiffies(ms));
}

static void virt_run_tile(struct virt_core *core, const struct npum_exec *exec, u32 worker,
			  u32 tile)
{
	void *scratch = core->lent->bytes + (size_t)worker * core->lent->stride;

	if (core->plan.fpu) {
		kernel_fpu_begin();
		npum_op_run(exec, core->op, tile, scratch);
		kernel_fpu_end();
	} else {
		npum_op_run(exec, core->op, tile, scratch);
	}
}

/* The injected slowness of a tile. */
static void virt_dawdle(const struct vnpu_inject *inject, const struct vnpu_backend_job *job)
{
	int ms = atomic_read(&inject->slow_tile_ms);
	int op = atomic_read(&inject->slow_op);

	if (unlikely(ms > 0) && (op < 0 || (u32)op == READ_ONCE(job->current_op)))
		virt_sleep_ms(ms);
}

/* Each worker has counters of its own, which the dispatcher adds up. */
static noinline_for_stack void virt_count_tile(struct virt_core *core, u32 worker, u32 tile)
{
	struct npum_exec exec = core->exec;

	exec.counters = &core->workers[worker].counters;
	virt_run_tile(core, &exec, worker, tile);
}

/* Under a cap of CPU time: count the tile that ended, and rest when it is time to. */
static void virt_rest(struct virt_worker *worker, u32 share)
{
	u64 now_ns = ktime_get_ns();
	u64 due_ns = virt_rest_due(&worker->rest, now_ns, current->se.sum_exec_runtime, share);

	if (!due_ns)
		return;
	usleep_range_state(div_u64(due_ns, NSEC_PER_USEC),
			   div_u64(due_ns, NSEC_PER_USEC) + VIRT_REST_SLACK_US, TASK_IDLE);
	worker->rested_ns += ktime_get_ns() - now_ns;
}

static void virt_end_tile(struct virt_device *dev)
{
	if (atomic_dec_and_test(&dev->tiles) && unlikely(READ_ONCE(dev->frozen)))
		wake_up_all(&dev->freeze_wait);
}

/* A tile begins, as soon as the device is not frozen. */
static void virt_begin_tile(struct virt_device *dev)
{
	for (;;) {
		atomic_inc(&dev->tiles);
		/* Pairs with virt_freeze(). */
		smp_mb__after_atomic();
		if (likely(!READ_ONCE(dev->frozen)))
			return;
		virt_end_tile(dev);
		wait_event_idle(dev->freeze_wait, !READ_ONCE(dev->frozen));
	}
}

/*
 * Take and run tiles while there are any.  A tile in hand keeps its op in
 * flight, so the core's fields may be read from taking it to counting it done,
 * and neither before nor after.
 */
static void virt_run_tiles(struct virt_core *core, u32 worker)
{
	int left;

	while ((left = atomic_dec_if_positive(&core->tiles_left)) >= 0) {
		u32 share = READ_ONCE(core->dev->backend.cpu_share);
		struct vnpu_backend_job *job = core->running;
		u32 tiles = core->plan.tiles;

		/* The tiles of a cancelled job are only counted. */
		if (!READ_ONCE(job->cancel)) {
			virt_begin_tile(core->dev);
			if (unlikely(job->counters))
				virt_count_tile(core, worker, tiles - 1 - left);
			else
				virt_run_tile(core, &core->exec, worker, tiles - 1 - left);
			virt_dawdle(&core->dev->backend.inject, job);
			virt_end_tile(core->dev);
			atomic_inc(&job->progress);
			if (unlikely(share < VIRT_MAX_SHARE))
				virt_rest(&core->workers[worker], share);
		}
		if (atomic_inc_return(&core->tiles_done) == tiles)
			wake_up(&core->done_wait);
		cond_resched();
	}
}

static void virt_run_op(struct virt_core *core, const struct vnpu_op *op)
{
	core->op = op;
	npum_op_plan(core->exec.isa, core->exec.personality, op, &core->plan);
	trace_vnpu_op_start(core->running, core->running->current_op, core->plan.tiles);
	atomic_set(&core->tiles_done, 0);
	/* From here on helpers take tiles. */
	atomic_set_release(&core->tiles_left, core->plan.tiles);
	if (core->plan.tiles > 1)
		wake_up_all(&core->tile_wait);
	virt_run_tiles(core, 0);
	wait_event_idle(core->done_wait,
			atomic_read_acquire(&core->tiles_done) == core->plan.tiles);
	trace_vnpu_op_end(core->running, core->running->current_op, core->plan.tiles);
}

static_assert(sizeof(struct npum_op_counters) == sizeof(struct drm_vnpu_op_counters));

static void virt_reset_counters(struct virt_core *core)
{
	for (u32 i = 0; i < core->dev->backend.caps.workers; i++)
		core->workers[i].counters = (struct npum_counters){};
}

/* No tile is left: nobody else touches the counters. */
static void virt_tell_counters(struct virt_core *core, const struct vnpu_backend_job *job, u32 op)
{
	struct npum_counters sum = {};
	struct npum_op_counters told;

	for (u32 i = 0; i < core->dev->backend.caps.workers; i++)
		npum_counters_add(&sum, &core->workers[i].counters);
	npum_counters_tell(&sum, &told);
	memcpy(job->counters + (size_t)op * job->counters_stride, &told,
	       min_t(size_t, sizeof(told), job->counters_stride));
}

/* The injected hang: no progress until cancelled, and if so ordered even longer. */
static void virt_hang(struct virt_core *core, const struct vnpu_backend_job *job)
{
	int deaf_ms;

	while (!READ_ONCE(job->cancel))
		virt_sleep_ms(1);
	deaf_ms = vnpu_inject_take(&core->dev->backend.inject.deaf_ms);
	if (deaf_ms > 0)
		virt_sleep_ms(deaf_ms);
}

/* The op that a job shall hang in, negative: none.  The first job to ask has it. */
static int virt_take_hang(struct virt_core *core, u32 op_count)
{
	atomic_t *hang_op = &core->dev->backend.inject.hang_op;
	int op = atomic_read(hang_op);

	if (likely(op < 0 || op >= op_count))
		return -1;
	return atomic_try_cmpxchg(hang_op, &op, -1) ? op : -1;
}

/* The injected upset: one bit of a slot's memory, before op @op; on-chip memory is ours alone. */
static void virt_flip(struct virt_core *core, const struct vnpu_backend_job *job, u32 op)
{
	struct vnpu_inject *inject = &core->dev->backend.inject;
	u32 bit = atomic_read(&inject->flip_bit);
	u32 kind = atomic_read(&inject->flip_kind);

	if (likely(atomic_read(&inject->flip_op) != (int)op))
		return;
	for (u32 i = 0; i < job->program->slot_count; i++) {
		const struct npum_slot *slot = &job->program->slot[i];
		u8 *memory = core->exec.slot[i];

		if (slot->kind != kind || !memory || bit / 8 >= slot->bytes)
			continue;
		if (vnpu_inject_take_op(&inject->flip_op, op))
			memory[bit / 8] ^= BIT(bit % 8);
		return;
	}
}

/* Are the constants what the job says they are?  Piecemeal: they can be many. */
static int virt_verify(struct vnpu_backend_job *job)
{
	struct xxh64_state state;

	xxh64_reset(&state, 0);
	for (u32 i = 0; i < job->program->slot_count; i++) {
		const struct npum_slot *slot = &job->program->slot[i];

		if (slot->kind != VNPU_SLOT_CONST || !job->slot[i])
			continue;
		for (u32 at = 0; at < slot->bytes; at += VIRT_VERIFY_BYTES) {
			xxh64_update(&state, job->slot[i] + at,
				     min(slot->bytes - at, VIRT_VERIFY_BYTES));
			if (READ_ONCE(job->cancel))
				return -ECANCELED;
			atomic_inc(&job->progress);
			cond_resched();
		}
	}
	return xxh64_digest(&state) == job->const_digest ? 0 : -EBADMSG;
}

static int virt_run_ops(struct virt_core *core, struct vnpu_backend_job *job)
{
	const struct npum_program *program = job->program;
	struct drm_vnpu_op_profile *profile = job->profile;
	int hang_op = virt_take_hang(core, program->op_count);
	int ret = 0;

	virt_flip(core, job, 0);
	if (job->verify)
		ret = virt_verify(job);
	if (ret)
		return ret;
	for (u32 i = 0; i < program->op_count; i++) {
		u64 start_ns = ktime_get_ns();

		WRITE_ONCE(job->current_op, i);
		if (unlikely(i == hang_op))
			virt_hang(core, job);
		if (job->counters)
			virt_reset_counters(core);
		virt_run_op(core, &program->ops[i]);
		if (READ_ONCE(job->cancel))
			return -ECANCELED;
		if (job->counters)
			virt_tell_counters(core, job, i);
		if (profile)
			profile[i] = (struct drm_vnpu_op_profile){ start_ns, ktime_get_ns() };
		virt_flip(core, job, i + 1);
	}
	return 0;
}

static void virt_run_job(struct virt_core *core, struct vnpu_backend_job *job)
{
	u64 start_ns = ktime_get_ns();
	bool cookie = dma_fence_begin_signalling();
	int result, late_ms;

	core->running = job;
	core->exec.isa = job->counters ? &npum_isa_counting : core->dev->isa;
	core->exec.personality = job->program->personality;
	memcpy(core->exec.slot, job->slot, sizeof(core->exec.slot));
	core->lent = virt_memory_take(&core->scratch, job->owner);
	if (job->program->l1_slot != NPUM_NO_INDEX)
		core->exec.slot[job->program->l1_slot] =
			virt_memory_take(&core->l1, job->owner)->bytes;
	core->workers[0].rested_ns = 0;
	result = virt_run_ops(core, job);
	late_ms = vnpu_inject_take(&core->dev->backend.inject.late_ms);
	if (late_ms > 0)
		virt_sleep_ms(late_ms);
	job->busy_ns = ktime_get_ns() - start_ns - core->workers[0].rested_ns;
	job->done(job, result);
	dma_fence_end_signalling(cookie);
}

/*
 * A thread chooses its CPUs itself: newer kernels give it others when it first runs,
 * whatever was chosen before.
 */
static void virt_worker_settle(const struct virt_worker *worker)
{
	const struct virt_device *dev = worker->core->dev;

	if (!cpumask_empty(&dev->cpus))
		set_cpus_allowed_ptr(current, &dev->cpus);
}

static int virt_dispatcher(void *arg)
{
	struct virt_worker *worker = arg;
	struct virt_core *core = worker->core;

	virt_worker_settle(worker);
	while (!kthread_should_stop()) {
		struct vnpu_backend_job *job;

		wait_event_idle(core->job_wait, READ_ONCE(core->job) || kthread_should_stop());
		/* Emptied before done(), which lets the driver put in the next one. */
		job = xchg(&core->job, NULL);
		if (job)
			virt_run_job(core, job);
	}
	return 0;
}

static int virt_helper(void *arg)
{
	struct virt_worker *worker = arg;
	struct virt_core *core = worker->core;

	virt_worker_settle(worker);
	while (!kthread_should_stop()) {
		bool cookie;

		wait_event_idle(core->tile_wait,
				atomic_read(&core->tiles_left) > 0 || kthread_should_stop());
		cookie = dma_fence_begin_signalling();
		virt_run_tiles(core, worker->index);
		dma_fence_end_signalling(cookie);
	}
	return 0;
}

void virt_core_run(struct virt_core *core, struct vnpu_backend_job *job)
{
	/* The dispatcher's xchg() sees a complete job. */
	smp_store_release(&core->job, job);
	wake_up(&core->job_wait);
}

int virt_core_start(struct virt_core *core, u32 index)
{
	u32 count = core->dev->backend.caps.workers;

	init_waitqueue_head(&core->job_wait);
	init_waitqueue_head(&core->tile_wait);
	init_waitqueue_head(&core->done_wait);
	core->workers = kcalloc(count, sizeof(*core->workers), GFP_KERNEL);
	if (!core->workers)
		return -ENOMEM;
	for (u32 i = 0; i < count; i++) {
		struct virt_worker *worker = &core->workers[i];
		struct task_struct *thread;

		worker->core = core;
		worker->index = i;
		thread = kthread_create(i ? virt_helper : virt_dispatcher, worker, "vnpu/%u.%u",
					index, i);
		if (IS_ERR(thread))
			return PTR_ERR(thread);
		worker->thread = thread;
		set_user_nice(thread, core->dev->nice);
		wake_up_process(thread);
	}
	return 0;
}

void virt_core_stop(struct virt_core *core)
{
	if (!core->workers)
		return;
	for (u32 i = 0; i < core->dev->backend.caps.workers; i++)
		if (core->workers[i].thread)
			kthread_stop(core->workers[i].thread);
	kfree(core->workers);
}
