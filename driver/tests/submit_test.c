// SPDX-License-Identifier: GPL-2.0-only
/*
 * SUBMIT is a transaction: whichever of its allocations fails, nothing is left of it.
 * Each fails once, by countdown; then the same call succeeds.
 */
#include <kunit/test.h>
#include <linux/dma-fence-chain.h>
#include <linux/dma-resv.h>
#include <linux/mman.h>
#include <linux/uaccess.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_syncobj.h>

#include "../vnpu_bo.h"
#include "../vnpu_ctx.h"
#include "../vnpu_device.h"
#include "../vnpu_prog.h"
#include "../vnpu_submit.h"
#include "mock_backend.h"
#include "refusal_program.h"
#include "sched_rig.h"

#define SUBMIT_JOBS	2
#define SUBMIT_SYNCS	2

/* Buffers of a job: of its slots, and where the profile and the counters go. */
#define SUBMIT_BOS	(REFUSAL_SLOTS + 2)
/* The arrays of jobs: what user space wants, and what becomes of it. */
#define SUBMIT_HEAD	2
/* A job: fence, job, bindings, a mapping for each buffer, scheduler, two arrays of syncs. */
#define SUBMIT_OF_JOB	(SUBMIT_BOS + 6)
/* A lock and a dependency for each buffer. */
#define SUBMIT_QUEUE	(2 * SUBMIT_BOS)
/* The first job's link of a timeline, and what it waits for. */
#define SUBMIT_REST	2
#define SUBMIT_SITES	(SUBMIT_HEAD + SUBMIT_JOBS * (SUBMIT_OF_JOB + SUBMIT_QUEUE) + SUBMIT_REST)

/**
 * struct submit_memory - what the calls read, as it lies in user space
 * @program: what the jobs run
 * @bindings: of each job
 * @syncs: of each job
 * @jobs: the jobs
 */
struct submit_memory {
	struct refusal_program program;
	struct drm_vnpu_binding bindings[SUBMIT_JOBS][REFUSAL_SLOTS];
	struct drm_vnpu_sync syncs[SUBMIT_JOBS][SUBMIT_SYNCS];
	struct drm_vnpu_job jobs[SUBMIT_JOBS];
};

/**
 * struct submit_rig - a client with all it needs
 * @sched: device and file
 * @ctx: its context
 * @user: address of a &struct submit_memory in user space
 * @memory: its contents
 * @bo: data, and reports
 * @bo_handle: their handles
 * @sync: signalled before; timeline of the first job; done with the second
 * @sync_handle: their handles
 * @program: the program
 */
struct submit_rig {
	struct sched *sched;
	struct vnpu_ctx *ctx;
	unsigned long user;
	struct submit_memory *memory;
	struct drm_gem_object *bo[2];
	u32 bo_handle[2];
	struct drm_syncobj *sync[3];
	u32 sync_handle[3];
	struct vnpu_program *program;
};

enum { SUBMIT_DATA, SUBMIT_REPORT };
enum { SUBMIT_READY, SUBMIT_LINE, SUBMIT_DONE };

static void submit_end(void *arg)
{
	struct submit_rig *rig = arg;
	struct drm_file *file = &rig->sched->file;
	struct drm_syncobj *sync;
	int id;

	for (u32 i = 0; i < ARRAY_SIZE(rig->bo); i++) {
		if (!rig->bo[i])
			continue;
		drm_gem_handle_delete(file, rig->bo_handle[i]);
		drm_gem_object_put(rig->bo[i]);
	}
	idr_destroy(&file->object_idr);
	idr_for_each_entry(&file->syncobj_idr, sync, id)
		drm_syncobj_put(sync);
	idr_destroy(&file->syncobj_idr);
	mutex_destroy(&file->prime.lock);
	if (rig->program)
		vnpu_program_put(rig->program);
}

static void submit_bo(struct kunit *test, struct submit_rig *rig, u32 which)
{
	struct drm_vnpu_bo_create args = { .size = REFUSAL_SLOTS * REFUSAL_SLOT_BYTES };
	struct drm_file *file = &rig->sched->file;

	KUNIT_ASSERT_EQ(test, vnpu_ioctl_bo_create(&rig->sched->vdev->drm, &args, file), 0);
	rig->bo_handle[which] = args.handle;
	rig->bo[which] = drm_gem_object_lookup(file, args.handle);
	KUNIT_ASSERT_NOT_NULL(test, rig->bo[which]);
}

static void submit_sync(struct kunit *test, struct submit_rig *rig, u32 which, u32 flags)
{
	struct drm_syncobj *sync;

	KUNIT_ASSERT_EQ(test, drm_syncobj_create(&sync, flags, NULL), 0);
	/* The handle has a reference of its own, which is all that is kept. */
	KUNIT_EXPECT_EQ(test, drm_syncobj_get_handle(&rig->sched->file, sync,
						     &rig->sync_handle[which]), 0);
	drm_syncobj_put(sync);
	rig->sync[which] = sync;
}

static void submit_program(struct kunit *test, struct submit_rig *rig)
{
	struct drm_vnpu_program_create args = {
		.data = rig->user + offsetof(struct submit_memory, program),
		.size = sizeof(refusal_valid),
	};
	struct drm_file *file = &rig->sched->file;

	KUNIT_ASSERT_EQ(test, vnpu_ioctl_program_create(&rig->sched->vdev->drm, &args, file), 0);
	rig->program = vnpu_program_lookup(file->driver_priv, args.handle);
	KUNIT_ASSERT_NOT_NULL(test, rig->program);
	for (u32 i = 0; i < SUBMIT_JOBS; i++)
		rig->memory->jobs[i].program = args.handle;
}

/* What user space says of an array that lies at @first in the rig's memory. */
static struct drm_vnpu_array submit_array(const struct submit_rig *rig, const void *first,
					  u32 stride, u32 count)
{
	return (struct drm_vnpu_array){
		.stride = stride,
		.count = count,
		.array = rig->user + (first - (const void *)rig->memory),
	};
}

/* Job 0 waits and leads a timeline on, for which job 1 waits before it says that all is done. */
static void submit_jobs(struct submit_rig *rig)
{
	struct submit_memory *m = rig->memory;

	for (u32 i = 0; i < SUBMIT_JOBS; i++) {
		for (u32 k = 0; k < REFUSAL_SLOTS; k++)
			m->bindings[i][k] = (struct drm_vnpu_binding){
				.handle = rig->bo_handle[SUBMIT_DATA],
				.offset = k * REFUSAL_SLOT_BYTES,
				.size = REFUSAL_SLOT_BYTES,
			};
		m->jobs[i] = (struct drm_vnpu_job){
			.program = m->jobs[i].program,
			.flags = DRM_VNPU_JOB_COUNTERS,
			.bindings = submit_array(rig, m->bindings[i], sizeof(m->bindings[i][0]),
						 REFUSAL_SLOTS),
			.syncs = submit_array(rig, m->syncs[i], sizeof(m->syncs[i][0]),
					      SUBMIT_SYNCS),
			.profile = rig->bo_handle[SUBMIT_REPORT],
			.counters_offset = REFUSAL_SLOT_BYTES,
			.counters_stride = sizeof(struct drm_vnpu_op_counters),
		};
	}
	m->syncs[0][0].handle = rig->sync_handle[SUBMIT_READY];
	m->syncs[0][1] = (struct drm_vnpu_sync){
		.handle = rig->sync_handle[SUBMIT_LINE],
		.flags = DRM_VNPU_SYNC_SIGNAL,
		.point = 1,
	};
	m->syncs[1][0] = (struct drm_vnpu_sync){
		.handle = rig->sync_handle[SUBMIT_LINE],
		.point = 1,
	};
	m->syncs[1][1] = (struct drm_vnpu_sync){
		.handle = rig->sync_handle[SUBMIT_DONE],
		.flags = DRM_VNPU_SYNC_SIGNAL,
	};
}

static void submit_write(struct kunit *test, struct submit_rig *rig)
{
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)rig->user, rig->memory,
					   sizeof(*rig->memory)), 0);
}

static struct submit_rig *submit_begin(struct kunit *test)
{
	struct submit_rig *rig = kunit_kzalloc(test, sizeof(*rig), GFP_KERNEL);
	struct drm_file *file;

	KUNIT_ASSERT_NOT_NULL(test, rig);
	rig->memory = kunit_kzalloc(test, sizeof(*rig->memory), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rig->memory);
	rig->user = kunit_vm_mmap(test, NULL, 0, PAGE_ALIGN(sizeof(*rig->memory)),
				  PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, rig->user, 0);
	KUNIT_ASSERT_LT(test, rig->user, (unsigned long)TASK_SIZE);
	rig->sched = sched_begin(test, 1);
	rig->ctx = sched_normal_ctx(test, rig->sched);

	/* As DRM opens a file, so far as SUBMIT looks at it. */
	file = &rig->sched->file;
	idr_init_base(&file->object_idr, 1);
	spin_lock_init(&file->table_lock);
	idr_init_base(&file->syncobj_idr, 1);
	spin_lock_init(&file->syncobj_table_lock);
	mutex_init(&file->prime.lock);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, submit_end, rig), 0);

	submit_bo(test, rig, SUBMIT_DATA);
	submit_bo(test, rig, SUBMIT_REPORT);
	submit_sync(test, rig, SUBMIT_READY, DRM_SYNCOBJ_CREATE_SIGNALED);
	submit_sync(test, rig, SUBMIT_LINE, 0);
	submit_sync(test, rig, SUBMIT_DONE, 0);
	rig->memory->program = refusal_valid;
	submit_write(test, rig);
	submit_program(test, rig);
	submit_jobs(rig);
	submit_write(test, rig);
	return rig;
}

static int submit(struct submit_rig *rig, u32 *failed_job)
{
	struct drm_vnpu_submit args = {
		.ctx = rig->ctx->handle,
		.jobs = submit_array(rig, rig->memory->jobs, sizeof(struct drm_vnpu_job),
				     SUBMIT_JOBS),
	};
	int ret = vnpu_ioctl_submit(&rig->sched->vdev->drm, &args, &rig->sched->file);

	*failed_job = args.failed_job;
	return ret;
}

/* References that a job would hold. */
static u32 submit_references(const struct submit_rig *rig)
{
	return kref_read(&rig->bo[SUBMIT_DATA]->refcount) +
	       kref_read(&rig->bo[SUBMIT_REPORT]->refcount) +
	       kref_read(&rig->program->refcount) + kref_read(&rig->ctx->refcount);
}

static void submit_expect_no_trace(struct kunit *test, struct submit_rig *rig, u32 references)
{
	struct vnpu_device *vdev = rig->sched->vdev;

	flush_workqueue(vdev->cleanup_wq);
	KUNIT_EXPECT_EQ(test, atomic_read(&vdev->jobs), 0);
	KUNIT_EXPECT_EQ(test, vnpu_ctx_queued(rig->ctx), 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&rig->ctx->submitted), 0);
	KUNIT_EXPECT_EQ(test, rig->sched->mock->started_count, 0);
	KUNIT_EXPECT_EQ(test, submit_references(rig), references);
	for (u32 i = 0; i < ARRAY_SIZE(rig->bo); i++) {
		struct dma_fence *fence = NULL;

		KUNIT_EXPECT_EQ(test, dma_resv_get_singleton(rig->bo[i]->resv,
							     DMA_RESV_USAGE_BOOKKEEP, &fence), 0);
		KUNIT_EXPECT_NULL(test, fence);
	}
	KUNIT_EXPECT_NULL(test, drm_syncobj_fence_get(rig->sync[SUBMIT_LINE]));
	KUNIT_EXPECT_NULL(test, drm_syncobj_fence_get(rig->sync[SUBMIT_DONE]));
}

static void submit_expect_success(struct kunit *test, struct submit_rig *rig)
{
	struct dma_fence *line = drm_syncobj_fence_get(rig->sync[SUBMIT_LINE]);
	struct dma_fence *done = drm_syncobj_fence_get(rig->sync[SUBMIT_DONE]);

	KUNIT_EXPECT_NOT_NULL(test, line);
	KUNIT_EXPECT_NOT_NULL(test, done);
	for (u32 i = 0; i < SUBMIT_JOBS; i++) {
		KUNIT_EXPECT_TRUE(test, mock_wait_started(rig->sched->mock, i + 1));
		mock_end(rig->sched->mock, 0, 0, 0);
	}
	if (line && done) {
		sched_expect_end(test, done, 0);
		KUNIT_EXPECT_TRUE(test, dma_fence_is_signaled(line));
	}
	dma_fence_put(line);
	dma_fence_put(done);
}

static void submit_test_every_allocation(struct kunit *test)
{
	struct submit_rig *rig = submit_begin(test);
	atomic_t *countdown = &rig->sched->mock->base.inject.fail_alloc;
	const u32 references = submit_references(rig);
	u32 failed_job, last = 0;

	for (u32 site = 1; site <= SUBMIT_SITES; site++) {
		atomic_set(countdown, site);
		KUNIT_ASSERT_EQ_MSG(test, submit(rig, &failed_job), -ENOMEM, "allocation %u", site);
		KUNIT_EXPECT_EQ(test, atomic_read(countdown), 0);
		submit_expect_no_trace(test, rig, references);
		/* The jobs' arrays come before any job is at fault. */
		KUNIT_EXPECT_EQ(test, failed_job == ~0u, site <= SUBMIT_HEAD);
		last = failed_job;
	}
	KUNIT_EXPECT_EQ(test, last, SUBMIT_JOBS - 1);

	/* One more than there are: none fails. */
	atomic_set(countdown, SUBMIT_SITES + 1);
	KUNIT_ASSERT_EQ(test, submit(rig, &failed_job), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(countdown), 1);
	KUNIT_EXPECT_EQ(test, failed_job, ~0u);
	submit_expect_success(test, rig);
}

/* What the last job asks for wrongly costs the first one, too. */
static void submit_test_last_job_refused(struct kunit *test)
{
	struct submit_rig *rig = submit_begin(test);
	struct drm_vnpu_job *job = &rig->memory->jobs[SUBMIT_JOBS - 1];
	const struct {
		const char *name;
		u32 *field;
		u32 value;
		int ret;
	} wrong[] = {
		{ "flags", &job->flags, ~0u, -EINVAL },
		{ "pad", &job->pad, 1, -EINVAL },
		{ "program", &job->program, ~0u, -ENOENT },
		{ "profile", &job->profile, ~0u, -ENOENT },
		{ "counters' stride", &job->counters_stride, 4, -EINVAL },
		{ "too many syncs", &job->syncs.count, ~0u, -EINVAL },
		{ "one binding less", &job->bindings.count, REFUSAL_SLOTS - 1, -EINVAL },
		{ "buffer of a slot", &rig->memory->bindings[1][1].handle, ~0u, -ENOENT },
		{ "binding's flags", &rig->memory->bindings[1][1].flags, ~0u, -EINVAL },
		{ "sync's flags", &rig->memory->syncs[1][1].flags, ~0u, -EINVAL },
		{ "sync to signal", &rig->memory->syncs[1][1].handle, ~0u, -ENOENT },
		{ "sync to wait for", &rig->memory->syncs[1][0].handle, ~0u, -ENOENT },
	};
	const u32 references = submit_references(rig);
	u32 failed_job;

	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++) {
		u32 right = *wrong[i].field;

		*wrong[i].field = wrong[i].value;
		submit_write(test, rig);
		KUNIT_EXPECT_EQ_MSG(test, submit(rig, &failed_job), wrong[i].ret, "%s",
				    wrong[i].name);
		KUNIT_EXPECT_EQ_MSG(test, failed_job, SUBMIT_JOBS - 1, "%s", wrong[i].name);
		submit_expect_no_trace(test, rig, references);
		*wrong[i].field = right;
	}
	submit_write(test, rig);
	KUNIT_ASSERT_EQ(test, submit(rig, &failed_job), 0);
	submit_expect_success(test, rig);
}

static struct kunit_case submit_test_cases[] = {
	KUNIT_CASE(submit_test_every_allocation),
	KUNIT_CASE(submit_test_last_job_refused),
	{}
};

static struct kunit_suite submit_test_suite = {
	.name = "vnpu_submit",
	.test_cases = submit_test_cases,
};

kunit_test_suite(submit_test_suite);
