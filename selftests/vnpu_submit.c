// SPDX-License-Identifier: GPL-2.0-only
/* SUBMIT: what jobs do to memory, batches, profiles, and every argument that is refused. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "fixture.h"

#define MAX_JOBS	64

TEST_F(npu, ops_compute)
{
	struct program p;

	program_begin(&p);
	program_copy(&p);
	rig_fill(&self->rig, SLOT_A, 42);
	ASSERT_EQ(0, rig_run(&self->rig, program_load(self->fd, &p)));
	EXPECT_TRUE(rig_is(&self->rig, 42));

	program_begin(&p);
	program_add(&p);
	rig_fill(&self->rig, SLOT_B, -50);
	ASSERT_EQ(0, rig_run(&self->rig, program_load(self->fd, &p)));
	EXPECT_TRUE(rig_is(&self->rig, -8));
	rig_fill(&self->rig, SLOT_B, 100);
	ASSERT_EQ(0, rig_run(&self->rig, program_load(self->fd, &p)));
	EXPECT_TRUE(rig_is(&self->rig, 127));
}

TEST_F(npu, ops_run_in_order)
{
	struct program p;

	rig_fill(&self->rig, SLOT_A, 3);
	program_begin(&p);
	program_fill(&p, 100);
	program_fill(&p, 10);
	for (int i = 0; i < 5; i++)
		program_accumulate(&p);
	ASSERT_EQ(0, rig_run(&self->rig, program_load(self->fd, &p)));
	EXPECT_TRUE(rig_is(&self->rig, 25));
}

TEST_F(npu, bindings_have_offsets)
{
	__u32 bo = bo_create(self->fd, 3 * PROGRAM_BYTES);
	__s8 *mem = bo_map(self->fd, bo, 3 * PROGRAM_BYTES);
	struct run run;

	ASSERT_NE(NULL, mem);
	run_init(&run, &self->rig, program_load_fill(self->fd, 1, 7));
	run.binding[SLOT_RESULT].handle = bo;
	run.binding[SLOT_RESULT].offset = 64;
	ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, bo_wait(self->fd, bo, DEVICE_SOON_MS));
	EXPECT_EQ(0, mem[63]);
	EXPECT_EQ(7, mem[64]);
	EXPECT_EQ(7, mem[64 + PROGRAM_BYTES - 1]);
	EXPECT_EQ(0, mem[64 + PROGRAM_BYTES]);
}

TEST_F(npu, slots_may_share_a_buffer)
{
	__u32 bo = bo_create(self->fd, 2 * PROGRAM_BYTES);
	__s8 *mem = bo_map(self->fd, bo, 2 * PROGRAM_BYTES);
	struct run run;

	ASSERT_NE(NULL, mem);
	memset(mem, 9, PROGRAM_BYTES);
	run_init(&run, &self->rig, program_load_copy(self->fd));
	run.binding[SLOT_A].handle = bo;
	run.binding[SLOT_RESULT].handle = bo;
	run.binding[SLOT_RESULT].offset = PROGRAM_BYTES;
	ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, bo_wait(self->fd, bo, DEVICE_SOON_MS));
	EXPECT_EQ(0, memcmp(mem, mem + PROGRAM_BYTES, PROGRAM_BYTES));
}

TEST_F(npu, unused_slots_need_no_buffer)
{
	struct run run;

	run_init(&run, &self->rig, program_load_fill(self->fd, 1, 6));
	memset(&run.binding[SLOT_A], 0, 2 * sizeof(run.binding[0]));
	ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, 6));
}

TEST_F(npu, jobs_of_a_context_run_in_order)
{
	__u32 fill = program_load_fill(self->fd, 1, 0);
	__u32 accumulate = program_load_accumulate(self->fd);

	rig_fill(&self->rig, SLOT_A, 1);
	for (int round = 0; round < 10; round++) {
		ASSERT_EQ(0, rig_start(&self->rig, fill, 0));
		for (int i = 0; i < 5; i++)
			ASSERT_EQ(0, rig_start(&self->rig, accumulate, 0));
	}
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, 5));
}

/* Puts @count copies of a run's job into @jobs and has it submit these. */
static void make_batch(struct run *run, struct drm_vnpu_job *jobs, __u32 count)
{
	for (__u32 i = 0; i < count; i++)
		jobs[i] = run->job;
	run->submit.jobs.count = count;
	run->submit.jobs.array = (uintptr_t)jobs;
}

TEST_F(npu, batch_runs_in_order)
{
	__u32 fill = program_load_fill(self->fd, 1, 0);
	struct drm_vnpu_job jobs[MAX_JOBS];
	struct drm_vnpu_ctx_query q;
	struct run run;

	rig_fill(&self->rig, SLOT_A, 1);
	run_init(&run, &self->rig, program_load_accumulate(self->fd));
	make_batch(&run, jobs, MAX_JOBS);
	jobs[0].program = fill;
	jobs[10].program = fill;
	ASSERT_EQ(0, run_submit(&run, self->fd));
	EXPECT_EQ(~0u, run.submit.failed_job);
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, MAX_JOBS - 11));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(MAX_JOBS, q.submitted);
	EXPECT_EQ(MAX_JOBS, q.completed);
}

TEST_F(npu, batch_is_all_or_none)
{
	__u32 done = syncobj_create(self->fd);
	struct drm_vnpu_ctx_query q;
	struct drm_vnpu_job jobs[3];
	struct run run;

	run_init(&run, &self->rig, program_load_fill(self->fd, 1, 1));
	run_sync(&run, done, DRM_VNPU_SYNC_SIGNAL, 0);
	make_batch(&run, jobs, 3);
	jobs[1].program = 99;
	EXPECT_EQ(-ENOENT, run_submit(&run, self->fd));
	EXPECT_EQ(1, run.submit.failed_job);

	/* what only shows when dependencies are gathered */
	make_batch(&run, jobs, 3);
	run.sync[1] = (struct drm_vnpu_sync){ .handle = syncobj_create(self->fd) };
	jobs[2].syncs.array = (uintptr_t)&run.sync[1];
	EXPECT_EQ(-EINVAL, run_submit(&run, self->fd));
	EXPECT_EQ(2, run.submit.failed_job);

	EXPECT_EQ(-EINVAL, syncobj_wait(self->fd, done, 0, 0));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], -1));
	EXPECT_TRUE(rig_is(&self->rig, 0));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(0, q.submitted);
}

TEST_F(npu, job_waits_for_an_earlier_one_of_its_batch)
{
	__u32 done = syncobj_create(self->fd);
	struct drm_vnpu_job jobs[2];
	struct run run;

	run_init(&run, &self->rig, program_load_fill(self->fd, 1, 2));
	run_sync(&run, done, DRM_VNPU_SYNC_SIGNAL, 0);
	make_batch(&run, jobs, 2);
	run.sync[1] = (struct drm_vnpu_sync){ .handle = done };
	jobs[1].syncs.array = (uintptr_t)&run.sync[1];
	ASSERT_EQ(0, run_submit(&run, self->fd));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
}

TEST_F(npu, profile)
{
	enum { OPS = 8, OFFSET = 64 };
	__u32 bo = bo_create(self->fd, 4096);
	__u8 *mem = bo_map(self->fd, bo, 4096);
	const struct drm_vnpu_op_profile *op = (void *)(mem + OFFSET);
	__u64 before = (__u64)device_deadline(0);
	struct run run;

	ASSERT_NE(NULL, mem);
	memset(mem, 0xcc, 4096);
	run_init(&run, &self->rig, program_load_fill(self->fd, OPS, 1));
	run.job.profile = bo;
	run.job.profile_offset = OFFSET;
	ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, bo_wait(self->fd, bo, DEVICE_SOON_MS));
	EXPECT_LE(before, op[0].start_ns);
	for (int i = 0; i < OPS; i++) {
		EXPECT_LE(op[i].start_ns, op[i].end_ns);
		if (i)
			EXPECT_LE(op[i - 1].end_ns, op[i].start_ns);
	}
	EXPECT_LE(op[OPS - 1].end_ns, (__u64)device_deadline(0));
	EXPECT_EQ(0xcc, mem[OFFSET - 1]);
	EXPECT_EQ(0xcccccccccccccccc, op[OPS].start_ns);
}

/* Of each record as much as there is room for, and nothing behind what the device knows. */
TEST_F(npu, counters_of_any_length)
{
	enum { OPS = 3, OFFSET = 1024, KNOWN = sizeof(struct drm_vnpu_op_counters) };
	static const __u32 strides[] = { 8, 72, KNOWN, KNOWN + 8, 512 };
	__u32 program = program_load_fill(self->fd, OPS, 1);
	__u32 bo = bo_create(self->fd, 4096);
	__u8 *mem = bo_map(self->fd, bo, 4096);

	ASSERT_NE(NULL, mem);
	for (int i = 0; i < COUNT(strides); i++) {
		__u32 stride = strides[i], wrong = 0;
		struct run run;

		memset(mem, 0xcc, 4096);
		run_init(&run, &self->rig, program);
		run.job.flags = DRM_VNPU_JOB_COUNTERS;
		run.job.profile = bo;
		run.job.counters_offset = OFFSET;
		run.job.counters_stride = stride;
		ASSERT_EQ(0, run_submit(&run, self->fd));
		ASSERT_EQ(0, bo_wait(self->fd, bo, DEVICE_SOON_MS));
		/* FILL has nothing to count: all that it knows is zero */
		for (__u32 b = OPS * sizeof(struct drm_vnpu_op_profile); b < 4096; b++) {
			__u32 at = (b - OFFSET) % stride;
			bool told = b >= OFFSET && b < OFFSET + OPS * stride && at < KNOWN;

			wrong += mem[b] != (told ? 0 : 0xcc);
		}
		EXPECT_EQ(0, wrong)
		{
			TH_LOG("stride %u", stride);
		}
	}
}

/* Programs from before there were counters pass a shorter job. */
TEST_F(npu, job_without_counters)
{
	struct run run;

	rig_fill(&self->rig, SLOT_A, 7);
	run_init(&run, &self->rig, program_load_copy(self->fd));
	run.submit.jobs.stride = offsetof(struct drm_vnpu_job, counters_offset);
	ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, 7));
}

TEST_F(npu, handles_may_go_while_a_job_runs)
{
	__u32 program = program_load_fill(self->fd, 4, 4);
	__u32 done = syncobj_create(self->fd);

	ASSERT_EQ(0, device_inject("slow_tile_ms", 20));
	ASSERT_EQ(0, rig_start(&self->rig, program, 0));
	ASSERT_EQ(0, rig_start(&self->rig, program, done));
	EXPECT_EQ(0, program_destroy(self->fd, program));
	EXPECT_EQ(0, bo_close(self->fd, self->rig.bo[SLOT_RESULT]));
	ASSERT_EQ(0, syncobj_wait(self->fd, done, 0, DEVICE_SOON_MS));
	EXPECT_EQ(1, syncobj_error(self->fd, done));
	EXPECT_TRUE(rig_is(&self->rig, 4));
}

/* Bytes that a later header might append to an element. */
#define LATER	8u

/* Copies the @count elements of @array to @to, each with a tail of LATER bytes @tail. */
static void lengthen(struct drm_vnpu_array *array, __u8 *to, __u8 tail)
{
	const __u8 *from = (const __u8 *)(uintptr_t)array->array;
	__u32 stride = array->stride + LATER;

	for (__u32 i = 0; i < array->count; i++) {
		memcpy(to + i * stride, from + i * array->stride, array->stride);
		memset(to + i * stride + array->stride, tail, LATER);
	}
	array->stride = stride;
	array->array = (uintptr_t)to;
}

TEST_F(npu, elements_of_other_lengths)
{
	__u32 program = program_load_fill(self->fd, 1, 3);
	__u32 done = syncobj_create(self->fd);

	for (int which = 0; which < 3; which++) {
		struct drm_vnpu_array *array, original;
		__u8 longer[256];
		struct run run;

		run_init(&run, &self->rig, program);
		run_sync(&run, done, DRM_VNPU_SYNC_SIGNAL, 0);
		array = which == 0 ? &run.submit.jobs :
			which == 1 ? &run.job.bindings : &run.job.syncs;
		original = *array;
		lengthen(array, longer, 0);
		EXPECT_EQ(0, run_submit(&run, self->fd));

		*array = original;
		lengthen(array, longer, 1);
		EXPECT_EQ(-E2BIG, run_submit(&run, self->fd));

		/* The last member of a job and of a syncobj is 0: it may be missing. */
		*array = original;
		array->stride -= LATER;
		if (which != 1)
			EXPECT_EQ(0, run_submit(&run, self->fd));
	}
}

/**
 * struct change - of a struct run
 * @offset: bytes from its start
 * @bytes: 4 or 8; 0: none
 * @value: new value
 */
struct change {
	size_t offset;
	size_t bytes;
	__u64 value;
};

#define SET(member, new)	{ offsetof(struct run, member), sizeof(__u32), new }
#define SET64(member, new)	{ offsetof(struct run, member), sizeof(__u64), new }
#define NONE	~0u

/* A run of a COPY, which uses the slots A and RESULT.  Kernel addresses, and 8, are no memory. */
static const struct {
	const char *name;
	struct change change[4];
	int want;
	__u32 failed_job;
} refused[] = {
	{ "submit: flag", { SET(submit.flags, 1) }, -EINVAL, NONE },
	{ "submit: last flag", { SET(submit.flags, 1u << 31) }, -EINVAL, NONE },
	{ "submit: pad", { SET(submit.pad, 1) }, -EINVAL, NONE },
	{ "context 0", { SET(submit.ctx, 0) }, -ENOENT, NONE },
	{ "unknown context", { SET(submit.ctx, 99) }, -ENOENT, NONE },
	{ "largest context", { SET(submit.ctx, ~0u) }, -ENOENT, NONE },
	{ "no jobs", { SET(submit.jobs.count, 0) }, -EINVAL, NONE },
	{ "too many jobs", { SET(submit.jobs.count, MAX_JOBS + 1) }, -EINVAL, NONE },
	{ "most jobs", { SET(submit.jobs.count, ~0u) }, -EINVAL, NONE },
	{ "jobs of no bytes", { SET(submit.jobs.stride, 0) }, -EINVAL, NONE },
	{ "jobs longer than a page", { SET(submit.jobs.stride, 4097) }, -E2BIG, NONE },
	{ "jobs from nowhere", { SET64(submit.jobs.array, 8) }, -EFAULT, NONE },
	{ "jobs from the kernel", { SET64(submit.jobs.array, 0xffffffff80000000) }, -EFAULT, NONE },
	{ "job: unknown flag", { SET(job.flags, 4) }, -EINVAL, 0 },
	{ "job: last flag", { SET(job.flags, 1u << 31) }, -EINVAL, 0 },
	{ "job: pad", { SET(job.pad, 1) }, -EINVAL, 0 },
	{ "job: digest without its flag", { SET64(job.const_digest, 1) }, -EINVAL, 0 },
	{ "job: second pad", { SET(job.pad2, 1) }, -EINVAL, 0 },
	{ "program 0", { SET(job.program, 0) }, -ENOENT, 0 },
	{ "unknown program", { SET(job.program, 99) }, -ENOENT, 0 },
	{ "no bindings", { SET(job.bindings.count, 0) }, -EINVAL, 0 },
	{ "too few bindings", { SET(job.bindings.count, 2) }, -EINVAL, 0 },
	{ "too many bindings", { SET(job.bindings.count, 4) }, -EINVAL, 0 },
	{ "bindings of no bytes", { SET(job.bindings.stride, 0) }, -EINVAL, 0 },
	{ "bindings from nowhere", { SET64(job.bindings.array, 8) }, -EFAULT, 0 },
	{ "binding: no handle", { SET(binding[SLOT_A].handle, 0) }, -ENOENT, 0 },
	{ "binding: unknown handle", { SET(binding[SLOT_RESULT].handle, 99) }, -ENOENT, 0 },
	{ "binding: unknown flag", { SET(binding[SLOT_A].flags, 2) }, -EINVAL, 0 },
	{ "binding: last flag", { SET(binding[SLOT_A].flags, 1u << 31) }, -EINVAL, 0 },
	{ "binding: misaligned", { SET64(binding[SLOT_A].offset, 32) }, -EINVAL, 0 },
	{ "binding: over the end", { SET64(binding[SLOT_A].offset, 64) }, -EINVAL, 0 },
	{ "binding: behind the end", { SET64(binding[SLOT_A].offset, 1ull << 40) }, -EINVAL, 0 },
	{ "binding: end past 64 bits", { SET64(binding[SLOT_A].offset, -64ull) }, -EINVAL, 0 },
	{ "binding: too short", { SET64(binding[SLOT_A].size, PROGRAM_BYTES - 1) }, -EINVAL, 0 },
	{ "binding: no bytes", { SET64(binding[SLOT_RESULT].size, 0) }, -EINVAL, 0 },
	{ "binding: too long", { SET64(binding[SLOT_A].size, PROGRAM_BYTES + 1) }, -EINVAL, 0 },
	{ "binding: longest", { SET64(binding[SLOT_A].size, ~0ull) }, -EINVAL, 0 },
	{ "unused slot: unknown handle", { SET(binding[SLOT_B].handle, 99) }, -ENOENT, 0 },
	{ "unused slot: size without handle", { SET(binding[SLOT_B].handle, 0) }, -EINVAL, 0 },
	{ "unused slot: offset without handle",
	  { SET(binding[SLOT_B].handle, 0), SET64(binding[SLOT_B].size, 0),
	    SET64(binding[SLOT_B].offset, 64) }, -EINVAL, 0 },
	{ "unused slot: flag without handle",
	  { SET(binding[SLOT_B].handle, 0), SET64(binding[SLOT_B].size, 0),
	    SET(binding[SLOT_B].flags, 1) }, -EINVAL, 0 },
	{ "unused slot: unknown flag", { SET(binding[SLOT_B].flags, 2) }, -EINVAL, 0 },
	{ "profile: unknown handle", { SET(job.profile, 99) }, -ENOENT, 0 },
	{ "profile: offset alone", { SET64(job.profile_offset, 64) }, -EINVAL, 0 },
	{ "profile: misaligned",
	  { SET(job.profile, 1), SET64(job.profile_offset, 8) }, -EINVAL, 0 },
	{ "profile: behind the end",
	  { SET(job.profile, 1), SET64(job.profile_offset, PROGRAM_BYTES) }, -EINVAL, 0 },
	{ "profile: end past 64 bits",
	  { SET(job.profile, 1), SET64(job.profile_offset, -64ull) }, -EINVAL, 0 },
	{ "counters: offset alone", { SET64(job.counters_offset, 64) }, -EINVAL, 0 },
	{ "counters: stride alone", { SET(job.counters_stride, 80) }, -EINVAL, 0 },
	{ "counters: without a profile", { SET(job.flags, 1), SET(job.counters_stride, 80) },
	  -EINVAL, 0 },
	{ "counters: without a stride", { SET(job.flags, 1), SET(job.profile, 1) }, -EINVAL, 0 },
	{ "counters: odd stride",
	  { SET(job.flags, 1), SET(job.profile, 1), SET(job.counters_stride, 84) }, -EINVAL, 0 },
	{ "counters: misaligned",
	  { SET(job.flags, 1), SET(job.profile, 1), SET(job.counters_stride, 80),
	    SET64(job.counters_offset, 8) }, -EINVAL, 0 },
	{ "counters: behind the end",
	  { SET(job.flags, 1), SET(job.profile, 1), SET(job.counters_stride, 80),
	    SET64(job.counters_offset, PROGRAM_BYTES) }, -EINVAL, 0 },
	{ "counters: largest stride",
	  { SET(job.flags, 1), SET(job.profile, 1), SET(job.counters_stride, ~7u) }, -EINVAL, 0 },
	{ "counters: end past 64 bits",
	  { SET(job.flags, 1), SET(job.profile, 1), SET(job.counters_stride, 80),
	    SET64(job.counters_offset, -64ull) }, -EINVAL, 0 },
	{ "sync: handle 0", { SET(job.syncs.count, 1) }, -ENOENT, 0 },
	{ "sync: unknown handle",
	  { SET(job.syncs.count, 1), SET(sync[0].handle, 99) }, -ENOENT, 0 },
	{ "sync: unknown handle to signal",
	  { SET(job.syncs.count, 1), SET(sync[0].handle, 99),
	    SET(sync[0].flags, DRM_VNPU_SYNC_SIGNAL) }, -ENOENT, 0 },
	{ "sync: unknown flag", { SET(job.syncs.count, 1), SET(sync[0].flags, 2) }, -EINVAL, 0 },
	{ "sync: last flag",
	  { SET(job.syncs.count, 1), SET(sync[0].flags, 1u << 31) }, -EINVAL, 0 },
	{ "sync: too many", { SET(job.syncs.count, 65) }, -EINVAL, 0 },
	{ "syncs of no bytes", { SET(job.syncs.count, 1), SET(job.syncs.stride, 0) }, -EINVAL, 0 },
	{ "syncs from nowhere",
	  { SET(job.syncs.count, 1), SET64(job.syncs.array, 8) }, -EFAULT, 0 },
};

static void apply(struct run *run, const struct change *change)
{
	memcpy((__u8 *)run + change->offset, &change->value, change->bytes);
}

TEST_F(npu, refused)
{
	__u32 program = program_load_copy(self->fd);
	struct drm_vnpu_ctx_query q;

	rig_fill(&self->rig, SLOT_A, 1);
	for (int i = 0; i < COUNT(refused); i++) {
		struct run run;

		run_init(&run, &self->rig, program);
		for (int c = 0; c < COUNT(refused[i].change); c++)
			apply(&run, &refused[i].change[c]);
		EXPECT_EQ(refused[i].want, run_submit(&run, self->fd))
		{
			TH_LOG("%s", refused[i].name);
		}
		EXPECT_EQ(refused[i].failed_job, run.submit.failed_job)
		{
			TH_LOG("%s", refused[i].name);
		}
	}
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], -1));
	EXPECT_TRUE(rig_is(&self->rig, 0));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(0, q.submitted);
	/* The same run unchanged is taken. */
	EXPECT_EQ(0, rig_run(&self->rig, program));
	EXPECT_TRUE(rig_is(&self->rig, 1));
}

TEST_HARNESS_MAIN
