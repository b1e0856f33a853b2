// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Contexts, fences and jobs of the `sim` device. */
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "backend_sim.h"
#include "npum_isa.h"

_Static_assert(sizeof(struct npu_op_counters) == sizeof(struct npum_op_counters), "one layout");

/* Contexts have numbers, as addresses are used again. */
struct sim_context {
	struct npu_context base;
	uint64_t number;
	struct npu_context_status status;
	uint32_t jobs;
};

/* The eventfd is readable while no job stands behind the fence. */
struct sim_fence {
	struct npu_fence base;
	int fd;
	uint32_t jobs;
};

static struct sim_fence *sim_fence_of(struct npu_fence *fence)
{
	return container_of(fence, struct sim_fence, base);
}

int npu_sim_context_create(struct npu_device *dev, const struct npu_context_options *options,
			   struct npu_context **out, struct npu_error *error)
{
	struct sim_context *context = calloc(1, sizeof(*context));

	if (!context)
		return npu_sim_no_memory(dev, "context", error);
	context->base.dev = dev;
	context->status.fault_op = UINT32_MAX;
	sim_pool_lock(npu_sim_device(dev)->pool);
	context->number = ++npu_sim_device(dev)->contexts;
	sim_pool_unlock(npu_sim_device(dev)->pool);
	*out = &context->base;
	return 0;
}

static struct sim_context *sim_context_of(struct npu_context *context)
{
	return container_of(context, struct sim_context, base);
}

void npu_sim_context_free(struct npu_context *base)
{
	struct sim_context *context = sim_context_of(base);

	npu_sim_wait_idle(base->dev, &context->jobs, INT64_MAX);
	free(context);
}

int npu_sim_context_query(struct npu_context *context, struct npu_context_status *status,
			  struct npu_error *error)
{
	struct sim_pool *pool = npu_sim_device(context->dev)->pool;

	sim_pool_lock(pool);
	*status = sim_context_of(context)->status;
	sim_pool_unlock(pool);
	return 0;
}

int npu_sim_fence_create(struct npu_device *dev, struct npu_fence **out, struct npu_error *error)
{
	struct sim_fence *fence = calloc(1, sizeof(*fence));

	if (!fence)
		return npu_sim_no_memory(dev, "fence", error);
	fence->base.dev = dev;
	fence->fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fence->fd < 0) {
		int rc = npu_fail(error, -errno, "%s: fence: %s", dev->info.name, strerror(errno));

		free(fence);
		return rc;
	}
	*out = &fence->base;
	return 0;
}

void npu_sim_fence_free(struct npu_fence *base)
{
	struct sim_fence *fence = sim_fence_of(base);

	npu_sim_wait_idle(base->dev, &fence->jobs, INT64_MAX);
	close(fence->fd);
	free(fence);
}

int npu_sim_fence_wait(struct npu_fence *fence, int64_t deadline_ns, struct npu_error *error)
{
	if (!npu_sim_wait_idle(fence->dev, &sim_fence_of(fence)->jobs, deadline_ns))
		return 0;
	return npu_fail(error, -ETIMEDOUT, "%s: job: not done yet", fence->dev->info.name);
}

int npu_sim_fence_export(struct npu_fence *fence, int *fd, struct npu_error *error)
{
	return npu_sim_duplicate(fence->dev, sim_fence_of(fence)->fd, fd, error);
}

/*
 * Keep the eventfd's counter at 1 while the fence is idle and 0 while it is
 * not.  Neither call can block or fail: the counter is what it should be.
 */
static void fence_set_idle(struct sim_fence *fence, bool idle)
{
	eventfd_t ignored;

	if (idle)
		eventfd_write(fence->fd, 1);
	else
		eventfd_read(fence->fd, &ignored);
}

/* Count the job in or out of everything it uses; the pool is locked. */
static void count_job(struct sim_job *job, uint32_t change)
{
	job->context->jobs += change;
	job->program->jobs += change;
	for (uint32_t i = 0; i < job->bo_count; i++)
		job->bo[i]->jobs += change;
	if (!job->signal)
		return;
	if (change == 1 && !job->signal->jobs)
		fence_set_idle(job->signal, false);
	job->signal->jobs += change;
	if (!job->signal->jobs)
		fence_set_idle(job->signal, true);
}

/* What one context left in on-chip memory is not for the next. */
static void job_start(struct sim_work *work)
{
	struct sim_job *job = container_of(work, struct sim_job, work);
	const struct npum_program *program = work->program;
	struct sim_l1 *l1 = &job->sim->l1;

	if (program->l1_slot == NPUM_NO_INDEX)
		return;
	if (l1->owner != job->context->number) {
		memset(l1->map, 0, l1->used);
		l1->used = 0;
		l1->owner = job->context->number;
	}
	l1->used = max(l1->used, (size_t)program->slot[program->l1_slot].bytes);
	work->exec.slot[program->l1_slot] = l1->map;
}

static void job_done(struct sim_work *work)
{
	struct sim_job *job = container_of(work, struct sim_job, work);
	struct npu_context_status *status = &job->context->status;

	status->completed++;
	status->busy_ns += (uint64_t)(work->end_ns - work->start_ns);
	count_job(job, UINT32_MAX);
	job->next = job->sim->idle;
	job->sim->idle = job;
}

static u8 *job_memory(struct sim_job *job, struct npu_bo *bo, uint64_t offset)
{
	job->bo[job->bo_count++] = npu_sim_bo(bo);
	return (u8 *)bo->map + offset;
}

static void fill_job(struct sim_job *job, struct npu_context *context, const struct npu_job *from)
{
	struct npum_exec *exec = &job->work.exec;

	job->context = sim_context_of(context);
	job->program = container_of(from->program, struct sim_program, base);
	job->signal = from->signal ? sim_fence_of(from->signal) : NULL;
	job->bo_count = 0;
	job->work = (struct sim_work){
		.program = &job->program->program,
		.plans = from->counters ? job->program->counting : job->program->plans,
		.start = job_start,
		.done = job_done,
	};
	exec->isa = job->sim->isa;
	exec->personality = job->program->program.personality;
	for (size_t i = 0; i < from->binding_count; i++)
		if (from->bindings[i].bo)
			exec->slot[i] =
				job_memory(job, from->bindings[i].bo, from->bindings[i].offset);
	if (from->profile)
		job->work.profile = (void *)job_memory(job, from->profile, from->profile_offset);
	if (!from->counters)
		return;
	/* the very buffer of the profile */
	job->work.counters = (void *)((u8 *)from->profile->map + from->counters_offset);
	exec->isa = &npum_isa_counting;
}

/*
 * Jobs run in the order of their submission and a fence has a job behind it
 * before it can be waited for, so whatever @from waits for is done in time.
 */
int npu_sim_submit(struct npu_context *context, const struct npu_job *from, struct npu_error *error)
{
	struct sim_device *sim = npu_sim_device(context->dev);
	struct sim_job *job;

	sim_pool_lock(sim->pool);
	while (!sim->idle)
		sim_pool_wait(sim->pool, INT64_MAX);
	job = sim->idle;
	sim->idle = job->next;
	fill_job(job, context, from);
	count_job(job, 1);
	job->context->status.submitted++;
	sim_pool_push(sim->pool, &job->work);
	sim_pool_unlock(sim->pool);
	return 0;
}
