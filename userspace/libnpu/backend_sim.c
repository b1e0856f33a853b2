// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The `sim` device: the math model in this process, on a pool of threads. */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend.h"
#include "clock.h"
#include "describe.h"
#include "sim_pool.h"

_Static_assert(sizeof(struct npu_op_counters) == sizeof(struct npum_op_counters), "one layout");

/* Jobs queued or running at one time; submitting more waits for room. */
#define QUEUE_DEPTH 64

/*
 * @jobs counts, in each object below, the jobs queued or running that use it.
 * It is guarded by the pool's lock; an object is released when it is 0.
 */
struct sim_bo {
	struct npu_bo base;
	int fd;
	uint32_t jobs;
};

struct sim_program {
	struct npu_program base;
	struct npum_program program;
	struct npum_op_plan *plans;
	struct npum_op_plan *counting;
	void *data;
	uint32_t jobs;
};

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

/*
 * On-chip memory, guarded by the pool's lock and by jobs running one after the other:
 * @used of its bytes may hold traces of the context of number @owner.
 */
struct sim_l1 {
	uint8_t *map;
	size_t bytes;
	size_t used;
	uint64_t owner;
};

struct sim_device {
	struct npu_device base;
	const struct npum_isa *isa;
	struct sim_pool *pool;
	struct sim_l1 l1;
	uint64_t contexts;
	struct sim_job *idle;
	struct sim_job job[QUEUE_DEPTH];
};

static struct sim_device *sim_of(const struct npu_device *dev)
{
	return container_of(dev, struct sim_device, base);
}

static struct sim_bo *sim_bo_of(struct npu_bo *bo)
{
	return container_of(bo, struct sim_bo, base);
}

static struct sim_fence *sim_fence_of(struct npu_fence *fence)
{
	return container_of(fence, struct sim_fence, base);
}

/* Wait until @jobs of some object is 0; Return: 0 or -ETIMEDOUT. */
static int wait_idle(const struct npu_device *dev, const uint32_t *jobs, int64_t deadline_ns)
{
	struct sim_pool *pool = sim_of(dev)->pool;
	int rc = 0;

	sim_pool_lock(pool);
	while (*jobs && !rc)
		rc = sim_pool_wait(pool, deadline_ns);
	if (!*jobs)
		rc = 0;
	sim_pool_unlock(pool);
	return rc;
}

static int no_memory(const struct npu_device *dev, const char *what, struct npu_error *error)
{
	return npu_fail(error, -ENOMEM, "%s: %s: out of memory", dev->info.name, what);
}

static void sim_bo_free(struct npu_bo *base)
{
	struct sim_bo *bo = sim_bo_of(base);

	wait_idle(base->dev, &bo->jobs, INT64_MAX);
	munmap(base->map, base->size);
	close(bo->fd);
	free(bo);
}

static int sim_bo_create(struct npu_device *dev, uint64_t size, struct npu_bo **out,
			 struct npu_error *error)
{
	struct sim_bo *bo = calloc(1, sizeof(*bo));
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int rc;

	if (!bo)
		return no_memory(dev, "buffer", error);
	bo->base.dev = dev;
	bo->base.size = round_up(size, page);
	bo->fd = memfd_create("npu-sim-bo", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	/* Nobody it is exported to can take the pages away from under a job. */
	if (bo->fd < 0 || ftruncate(bo->fd, (off_t)bo->base.size) ||
	    fcntl(bo->fd, F_ADD_SEALS, F_SEAL_SHRINK))
		goto fail;
	bo->base.map = mmap(NULL, bo->base.size, PROT_READ | PROT_WRITE, MAP_SHARED, bo->fd, 0);
	if (bo->base.map == MAP_FAILED)
		goto fail;
	*out = &bo->base;
	return 0;
fail:
	rc = npu_fail(error, -errno, "%s: buffer of %llu bytes: %s", dev->info.name,
		      (unsigned long long)size, strerror(errno));
	if (bo->fd >= 0)
		close(bo->fd);
	free(bo);
	return rc;
}

static int duplicate(const struct npu_device *dev, int from, int *fd, struct npu_error *error)
{
	*fd = fcntl(from, F_DUPFD_CLOEXEC, 0);
	if (*fd >= 0)
		return 0;
	return npu_fail(error, -errno, "%s: cannot duplicate a file descriptor: %s", dev->info.name,
			strerror(errno));
}

static int sim_bo_export(struct npu_bo *bo, int *fd, struct npu_error *error)
{
	return duplicate(bo->dev, sim_bo_of(bo)->fd, fd, error);
}

static int sim_bo_import(struct npu_device *dev, int fd, struct npu_bo **out,
			 struct npu_error *error)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat status = { 0 };
	struct sim_bo *bo;
	int rc;

	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(fd, &status) || status.st_size <= 0)
		return npu_fail(error, -EINVAL,
				"%s: importing a buffer: file descriptor %d is no memfd with bytes "
				"and the seal F_SEAL_SHRINK",
				dev->info.name, fd);
	bo = calloc(1, sizeof(*bo));
	if (!bo)
		return no_memory(dev, "buffer", error);
	bo->base.dev = dev;
	bo->base.size = (uint64_t)status.st_size;
	rc = duplicate(dev, fd, &bo->fd, error);
	if (rc) {
		free(bo);
		return rc;
	}
	bo->base.map = mmap(NULL, bo->base.size, PROT_READ | PROT_WRITE, MAP_SHARED, bo->fd, 0);
	if (bo->base.map == MAP_FAILED) {
		rc = npu_fail(error, -errno, "%s: importing a buffer: %s", dev->info.name,
			      strerror(errno));
		close(bo->fd);
		free(bo);
		return rc;
	}
	*out = &bo->base;
	return 0;
}

static int sim_bo_wait(struct npu_bo *bo, int64_t deadline_ns, struct npu_error *error)
{
	if (!wait_idle(bo->dev, &sim_bo_of(bo)->jobs, deadline_ns))
		return 0;
	return npu_fail(error, -ETIMEDOUT, "%s: buffer: jobs still use it", bo->dev->info.name);
}

static void sim_program_free(struct npu_program *base)
{
	struct sim_program *program = container_of(base, struct sim_program, base);

	wait_idle(base->dev, &program->jobs, INT64_MAX);
	free(program->plans);
	free(program->counting);
	free(program->data);
	free(program);
}

static void summarise(const struct npum_program *program, struct npu_program_info *info)
{
	info->op_count = program->op_count;
	info->slot_count = program->slot_count;
	info->macs = program->macs;
	for (uint32_t i = 0; i < program->slot_count; i++) {
		const struct npum_slot *slot = &program->slot[i];

		info->slots[i] = (struct npu_slot_info){
			.kind = slot->kind,
			.used = slot->access != 0,
			.written = (slot->access & NPUM_SLOT_WRITE) != 0,
			.bytes = slot->bytes,
		};
	}
}

static int plan_ops(struct sim_device *sim, struct sim_program *program)
{
	size_t scratch = 0;

	program->plans = calloc(program->program.op_count, sizeof(*program->plans));
	program->counting = calloc(program->program.op_count, sizeof(*program->counting));
	if (!program->plans || !program->counting)
		return -ENOMEM;
	for (uint32_t i = 0; i < program->program.op_count; i++) {
		npum_op_plan(sim->isa, program->program.personality, &program->program.ops[i],
			     &program->plans[i]);
		npum_op_plan(&npum_isa_counting, program->program.personality,
			     &program->program.ops[i], &program->counting[i]);
		scratch = max(scratch, (size_t)program->plans[i].scratch_bytes);
	}
	return sim_pool_reserve(sim->pool, scratch);
}

/* The format's rules first, then what the firmware takes. */
static int check_program(const struct npu_device *dev, struct sim_program *program, size_t size,
			 struct npum_refusal *why)
{
	int rc = npum_program_validate(program->data, size, dev->personalities, &program->program,
				       why);

	return rc ? rc : npum_target_check_program(dev->target, &program->program, why);
}

static int sim_program_create(struct npu_device *dev, const void *data, size_t size,
			      struct npu_program **out, struct npu_error *error)
{
	struct sim_program *program = calloc(1, sizeof(*program));
	struct npum_refusal why;
	int rc = -ENOMEM;

	if (!program)
		return no_memory(dev, "program", error);
	program->base.dev = dev;
	program->data = malloc(size);
	if (!program->data)
		goto no_memory;
	memcpy(program->data, data, size);
	rc = check_program(dev, program, size, &why);
	if (rc) {
		npu_fail_program(dev, program->data, &why, error);
		goto fail;
	}
	summarise(&program->program, &program->base.info);
	rc = plan_ops(sim_of(dev), program);
	if (rc)
		goto no_memory;
	*out = &program->base;
	return 0;
no_memory:
	no_memory(dev, "program", error);
fail:
	sim_program_free(&program->base);
	return rc;
}

static int sim_context_create(struct npu_device *dev, const struct npu_context_options *options,
			      struct npu_context **out, struct npu_error *error)
{
	struct sim_context *context = calloc(1, sizeof(*context));

	if (!context)
		return no_memory(dev, "context", error);
	context->base.dev = dev;
	context->status.fault_op = UINT32_MAX;
	sim_pool_lock(sim_of(dev)->pool);
	context->number = ++sim_of(dev)->contexts;
	sim_pool_unlock(sim_of(dev)->pool);
	*out = &context->base;
	return 0;
}

static struct sim_context *sim_context_of(struct npu_context *context)
{
	return container_of(context, struct sim_context, base);
}

static void sim_context_free(struct npu_context *base)
{
	struct sim_context *context = sim_context_of(base);

	wait_idle(base->dev, &context->jobs, INT64_MAX);
	free(context);
}

static int sim_context_query(struct npu_context *context, struct npu_context_status *status,
			     struct npu_error *error)
{
	struct sim_pool *pool = sim_of(context->dev)->pool;

	sim_pool_lock(pool);
	*status = sim_context_of(context)->status;
	sim_pool_unlock(pool);
	return 0;
}

static int sim_fence_create(struct npu_device *dev, struct npu_fence **out, struct npu_error *error)
{
	struct sim_fence *fence = calloc(1, sizeof(*fence));

	if (!fence)
		return no_memory(dev, "fence", error);
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

static void sim_fence_free(struct npu_fence *base)
{
	struct sim_fence *fence = sim_fence_of(base);

	wait_idle(base->dev, &fence->jobs, INT64_MAX);
	close(fence->fd);
	free(fence);
}

static int sim_fence_wait(struct npu_fence *fence, int64_t deadline_ns, struct npu_error *error)
{
	if (!wait_idle(fence->dev, &sim_fence_of(fence)->jobs, deadline_ns))
		return 0;
	return npu_fail(error, -ETIMEDOUT, "%s: job: not done yet", fence->dev->info.name);
}

static int sim_fence_export(struct npu_fence *fence, int *fd, struct npu_error *error)
{
	return duplicate(fence->dev, sim_fence_of(fence)->fd, fd, error);
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
	job->bo[job->bo_count++] = sim_bo_of(bo);
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
static int sim_submit(struct npu_context *context, const struct npu_job *from,
		      struct npu_error *error)
{
	struct sim_device *sim = sim_of(context->dev);
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

static void sim_close(struct npu_device *dev)
{
	struct sim_device *sim = sim_of(dev);

	sim_pool_free(sim->pool);
	if (sim->l1.map)
		munmap(sim->l1.map, sim->l1.bytes);
	npu_describe_free(dev);
	free(sim);
}

static const struct npu_backend sim_backend = {
	.close = sim_close,
	.bo_create = sim_bo_create,
	.bo_free = sim_bo_free,
	.bo_export = sim_bo_export,
	.bo_import = sim_bo_import,
	.bo_wait = sim_bo_wait,
	.program_create = sim_program_create,
	.program_free = sim_program_free,
	.context_create = sim_context_create,
	.context_free = sim_context_free,
	.context_query = sim_context_query,
	.fence_create = sim_fence_create,
	.fence_free = sim_fence_free,
	.fence_wait = sim_fence_wait,
	.fence_export = sim_fence_export,
	.submit = sim_submit,
};

static int select_isa(struct sim_device *sim, const char *name, struct npu_error *error)
{
	static const struct npum_isa *const known[] = {
		&npum_isa_generic,
		&npum_isa_avx2,
		&npum_isa_avx512vnni,
	};
	u32 features = npum_cpu_features();

	sim->isa = name ? npum_isa_by_name(name, features) : npum_isa_select(features);
	if (sim->isa)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i]->name, name))
			return npu_fail(error, -EOPNOTSUPP,
					"sim:%s: this CPU has no such instructions; use sim", name);
	return npu_fail(error, -EINVAL,
			"sim:%s: unknown instruction set; use generic, avx2 or avx512vnni", name);
}

/* Pages that no program uses cost nothing. */
static int create_l1(struct sim_device *sim, struct npu_error *error)
{
	struct sim_l1 *l1 = &sim->l1;
	void *map;

	l1->bytes = sim->base.target->l1_bytes;
	if (!l1->bytes)
		return 0;
	map = mmap(NULL, l1->bytes, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		return npu_fail(error, -ENOMEM, "sim: on-chip memory of %zu bytes: out of memory",
				l1->bytes);
	l1->map = map;
	return 0;
}

static uint32_t cpu_count(void)
{
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return 1;
	return (uint32_t)CPU_COUNT(&cpus);
}

int npu_sim_open(const char *isa, const struct npu_device_options *options, struct npu_device **dev,
		 struct npu_error *error)
{
	uint32_t threads = options->threads;
	struct sim_device *sim;
	int rc;

	if (threads > SIM_MAX_THREADS)
		return npu_fail(error, -EINVAL, "sim: %u threads: 1 to %u are possible", threads,
				SIM_MAX_THREADS);
	if (!threads)
		threads = min(cpu_count(), SIM_MAX_THREADS);
	sim = calloc(1, sizeof(*sim));
	if (!sim)
		return npu_fail(error, -ENOMEM, "sim: out of memory");
	sim->base.backend = &sim_backend;
	for (size_t i = 0; i < QUEUE_DEPTH; i++) {
		sim->job[i].sim = sim;
		sim->job[i].next = sim->idle;
		sim->idle = &sim->job[i];
	}
	rc = select_isa(sim, isa, error);
	if (rc)
		goto fail;
	rc = npu_sim_describe(sim->isa, threads, options, &sim->base, error);
	if (rc)
		goto fail;
	rc = create_l1(sim, error);
	if (rc)
		goto fail;
	rc = sim_pool_create(threads, &sim->pool);
	if (rc) {
		npu_fail(error, rc, "sim: cannot start %u threads: %s", threads, strerror(-rc));
		goto fail;
	}
	*dev = &sim->base;
	return 0;
fail:
	sim_close(&sim->base);
	return rc;
}
