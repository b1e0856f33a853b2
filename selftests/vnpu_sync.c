// SPDX-License-Identifier: GPL-2.0-only
/* Order between jobs: syncobjs, implicit fences, waiting for buffers. */
#include <errno.h>
#include <stdint.h>

#include "fixture.h"

#define SLOW_TILE_MS	50
#define SLOW_OPS	6

/* A second context over the same buffers, whose job copies the first one's result. */
static void make_reader(struct rig *reader, const struct rig *writer, __u32 to)
{
	*reader = *writer;
	reader->ctx = ctx_create(writer->fd, 0);
	reader->bo[SLOT_A] = writer->bo[SLOT_RESULT];
	reader->bo[SLOT_RESULT] = to;
	reader->mem[SLOT_RESULT] = bo_map(writer->fd, to, PROGRAM_BYTES);
}

static void no_implicit(struct run *run)
{
	for (int i = 0; i < PROGRAM_SLOTS; i++)
		run->binding[i].flags = DRM_VNPU_BIND_NO_IMPLICIT;
}

/* Starts a job that writes 1 to the rig's result, and 8 after a while. */
static int start_slow_writer(const struct rig *rig, __u32 syncobj, __u64 point, bool implicit)
{
	struct program p;
	struct run run;
	int ret = device_inject("slow_tile_ms", SLOW_TILE_MS);

	if (ret)
		return ret;
	program_begin(&p);
	for (int i = 0; i < SLOW_OPS; i++)
		program_fill(&p, 1);
	program_fill(&p, 8);
	run_init(&run, rig, program_load(rig->fd, &p));
	if (!implicit)
		no_implicit(&run);
	if (syncobj)
		run_sync(&run, syncobj, DRM_VNPU_SYNC_SIGNAL, point);
	return run_submit(&run, rig->fd);
}

static int signal_syncobj(int fd, __u32 handle)
{
	struct drm_syncobj_array args = {
		.handles = (uintptr_t)&handle,
		.count_handles = 1,
	};

	return device_call(fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &args);
}

TEST_F(npu, syncobj_is_signalled_at_the_end)
{
	__u32 done = syncobj_create(self->fd);

	ASSERT_EQ(0, start_slow_writer(&self->rig, done, 0, true));
	EXPECT_EQ(-ETIME, syncobj_wait(self->fd, done, 0, 1));
	EXPECT_EQ(0, syncobj_error(self->fd, done));
	ASSERT_EQ(0, syncobj_wait(self->fd, done, 0, DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, 8));
	EXPECT_EQ(1, syncobj_error(self->fd, done));
}

TEST_F(npu, job_waits_for_a_syncobj)
{
	__u32 done = syncobj_create(self->fd);
	struct rig reader;
	struct run run;

	make_reader(&reader, &self->rig, self->rig.bo[SLOT_B]);
	ASSERT_EQ(0, start_slow_writer(&self->rig, done, 0, false));
	run_init(&run, &reader, program_load_copy(self->fd));
	run_sync(&run, done, 0, 0);
	ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, bo_wait(self->fd, reader.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&reader, 8));
}

/* A point beyond 32 bits, which older helpers of the kernel cut. */
TEST_F(npu, job_waits_for_a_point)
{
	const __u64 point = 1ull << 33;
	__u32 timeline = syncobj_create(self->fd);
	struct rig reader;
	struct run run;

	make_reader(&reader, &self->rig, self->rig.bo[SLOT_B]);
	ASSERT_EQ(0, start_slow_writer(&self->rig, timeline, point, false));
	run_init(&run, &reader, program_load_copy(self->fd));
	run_sync(&run, timeline, 0, point + 1);
	EXPECT_EQ(-EINVAL, run_submit(&run, self->fd));
	run.sync[0].point = point;
	ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, bo_wait(self->fd, reader.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&reader, 8));
	EXPECT_EQ(0, syncobj_wait(self->fd, timeline, point, 0));
}

TEST_F(npu, points_of_one_timeline)
{
	__u32 program = program_load_accumulate(self->fd);
	__u32 timeline = syncobj_create(self->fd);
	struct run run;

	rig_fill(&self->rig, SLOT_A, 1);
	for (__u64 point = 1; point <= 10; point++) {
		run_init(&run, &self->rig, program);
		if (point > 1)
			run_sync(&run, timeline, 0, point - 1);
		run_sync(&run, timeline, DRM_VNPU_SYNC_SIGNAL, point);
		ASSERT_EQ(0, run_submit(&run, self->fd));
	}
	ASSERT_EQ(0, syncobj_wait(self->fd, timeline, 10, DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, 10));
}

TEST_F(npu, several_syncobjs)
{
	__u32 done[2] = { syncobj_create(self->fd), syncobj_create(self->fd) };
	__u32 before = syncobj_create(self->fd);
	struct run run;

	ASSERT_EQ(0, signal_syncobj(self->fd, before));
	run_init(&run, &self->rig, program_load_fill(self->fd, 1, 1));
	run_sync(&run, done[0], DRM_VNPU_SYNC_SIGNAL, 0);
	run_sync(&run, before, 0, 0);
	run_sync(&run, done[1], DRM_VNPU_SYNC_SIGNAL, 77);
	ASSERT_EQ(0, run_submit(&run, self->fd));
	EXPECT_EQ(0, syncobj_wait(self->fd, done[0], 0, DEVICE_SOON_MS));
	EXPECT_EQ(0, syncobj_wait(self->fd, done[1], 77, DEVICE_SOON_MS));
}

TEST_F(npu, syncobj_without_a_fence)
{
	struct run run;

	run_init(&run, &self->rig, program_load_copy(self->fd));
	run_sync(&run, syncobj_create(self->fd), 0, 0);
	EXPECT_EQ(-EINVAL, run_submit(&run, self->fd));
	run.sync[0].point = 1;
	EXPECT_EQ(-EINVAL, run_submit(&run, self->fd));
	EXPECT_EQ(0, run.submit.failed_job);
}

/* Its own signal comes after its start: nothing to wait for. */
TEST_F(npu, job_cannot_wait_for_itself)
{
	__u32 done = syncobj_create(self->fd);
	struct run run;

	run_init(&run, &self->rig, program_load_copy(self->fd));
	run_sync(&run, done, 0, 0);
	run_sync(&run, done, DRM_VNPU_SYNC_SIGNAL, 0);
	EXPECT_EQ(-EINVAL, run_submit(&run, self->fd));
}

TEST_F(npu, failed_submit_touches_no_syncobj)
{
	__u32 done = syncobj_create(self->fd);
	struct run run;

	ASSERT_EQ(0, signal_syncobj(self->fd, done));
	run_init(&run, &self->rig, program_load_copy(self->fd));
	run_sync(&run, done, DRM_VNPU_SYNC_SIGNAL, 0);
	run_sync(&run, syncobj_create(self->fd), 0, 0);
	EXPECT_EQ(-EINVAL, run_submit(&run, self->fd));
	EXPECT_EQ(1, syncobj_error(self->fd, done));
	EXPECT_EQ(0, syncobj_wait(self->fd, done, 0, 0));
}

TEST_F(npu, reader_waits_for_the_writer)
{
	struct rig reader;

	make_reader(&reader, &self->rig, self->rig.bo[SLOT_B]);
	ASSERT_EQ(0, start_slow_writer(&self->rig, 0, 0, true));
	ASSERT_EQ(0, rig_run(&reader, program_load_copy(self->fd)));
	EXPECT_TRUE(rig_is(&reader, 8));
}

TEST_F(npu, writer_waits_for_the_reader)
{
	struct program p;
	struct rig reader;

	/* The reader reads late: the last of its ops. */
	program_begin(&p);
	for (int i = 0; i < SLOW_OPS; i++)
		program_fill(&p, 1);
	program_copy(&p);
	rig_fill(&self->rig, SLOT_RESULT, 33);
	make_reader(&reader, &self->rig, self->rig.bo[SLOT_B]);
	ASSERT_EQ(0, device_inject("slow_tile_ms", SLOW_TILE_MS));
	ASSERT_EQ(0, rig_start(&reader, program_load(self->fd, &p), 0));
	ASSERT_EQ(0, rig_run(&self->rig, program_load_fill(self->fd, 1, 8)));
	ASSERT_EQ(0, bo_wait(self->fd, reader.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&reader, 33));
	EXPECT_TRUE(rig_is(&self->rig, 8));
}

TEST_F(npu, no_implicit_means_no_fence)
{
	__u32 done = syncobj_create(self->fd);

	ASSERT_EQ(0, start_slow_writer(&self->rig, done, 0, false));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], -1));
	ASSERT_EQ(0, syncobj_wait(self->fd, done, 0, DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, 8));
}

TEST_F(npu, wait_for_a_buffer)
{
	__u32 bo = self->rig.bo[SLOT_RESULT];
	struct drm_vnpu_bo_wait past = { .handle = bo, .timeout_ns = 1 };

	ASSERT_EQ(0, start_slow_writer(&self->rig, 0, 0, true));
	EXPECT_EQ(-EBUSY, bo_wait(self->fd, bo, -1));
	EXPECT_EQ(-ETIMEDOUT, device_call(self->fd, DRM_IOCTL_VNPU_BO_WAIT, &past));
	EXPECT_EQ(-ETIMEDOUT, bo_wait(self->fd, bo, 1));
	EXPECT_EQ(0, bo_wait(self->fd, bo, DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, 8));
	EXPECT_EQ(0, bo_wait(self->fd, bo, -1));
}

TEST_F(npu, wait_for_writers_only)
{
	struct drm_vnpu_bo_wait wait = {
		.handle = self->rig.bo[SLOT_A],
		.flags = DRM_VNPU_BO_WAIT_READ,
	};

	/* The fill does not use A, but A is bound: the job counts as its reader. */
	ASSERT_EQ(0, start_slow_writer(&self->rig, 0, 0, true));
	EXPECT_EQ(-EBUSY, bo_wait(self->fd, wait.handle, -1));
	EXPECT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_BO_WAIT, &wait));
	wait.handle = self->rig.bo[SLOT_RESULT];
	EXPECT_EQ(-EBUSY, device_call(self->fd, DRM_IOCTL_VNPU_BO_WAIT, &wait));
	EXPECT_EQ(0, bo_wait(self->fd, wait.handle, DEVICE_SOON_MS));
}

/* SYNC_WAIT of @ms; a negative one polls.  @result is what it told, 1 when it told nothing. */
static int sync_wait(int fd, __u32 handle, int ms, int *result)
{
	struct drm_vnpu_sync_wait args = {
		.handle = handle,
		.timeout_ns = ms < 0 ? 0 : device_deadline(ms),
		.result = 1,
	};
	int ret = device_call(fd, DRM_IOCTL_VNPU_SYNC_WAIT, &args);

	*result = args.result;
	return ret;
}

TEST_F(npu, wait_tells_the_result)
{
	__u32 done = syncobj_create(self->fd);
	int result;

	EXPECT_EQ(-EINVAL, sync_wait(self->fd, done, 1, &result));
	ASSERT_EQ(0, start_slow_writer(&self->rig, done, 0, true));
	EXPECT_EQ(-EBUSY, sync_wait(self->fd, done, -1, &result));
	EXPECT_EQ(-ETIMEDOUT, sync_wait(self->fd, done, 1, &result));
	EXPECT_EQ(1, result);
	ASSERT_EQ(0, sync_wait(self->fd, done, DEVICE_SOON_MS, &result));
	EXPECT_EQ(0, result);
	EXPECT_TRUE(rig_is(&self->rig, 8));
	EXPECT_EQ(0, sync_wait(self->fd, done, -1, &result));
	EXPECT_EQ(0, result);
	EXPECT_EQ(-ENOENT, sync_wait(self->fd, 4711, 1, &result));
	EXPECT_EQ(-ENOENT, sync_wait(self->fd, 0, 1, &result));
}

TEST_F(npu, wait_tells_each_failure)
{
	__u32 program = program_load_copy(self->fd);
	__u32 done[3];
	struct run run;
	int result;

	self->rig.ctx = ctx_create(self->fd, 200);
	ASSERT_EQ(0, device_inject("hang_op", 0));
	for (int i = 0; i < COUNT(done); i++) {
		done[i] = syncobj_create(self->fd);
		run_init(&run, &self->rig, program);
		run_sync(&run, done[i], DRM_VNPU_SYNC_SIGNAL, 0);
		ASSERT_EQ(0, run_submit(&run, self->fd));
	}
	/* The last one first: nobody's result waits for being asked for. */
	for (int i = COUNT(done) - 1; i >= 0; i--) {
		ASSERT_EQ(0, sync_wait(self->fd, done[i], DEVICE_SOON_MS, &result));
		EXPECT_EQ(i ? -ECANCELED : -ETIME, result);
		EXPECT_EQ(result, syncobj_error(self->fd, done[i]));
	}
}

/* A binary syncobj keeps the result of its own job, whatever ran before and since. */
TEST_F(npu, result_is_of_the_last_signal)
{
	__u32 program = program_load_copy(self->fd);
	__u32 done = syncobj_create(self->fd);
	struct rig guilty = self->rig;
	struct run run;
	int result;

	guilty.ctx = ctx_create(self->fd, 200);
	ASSERT_EQ(0, device_inject("hang_op", 0));
	run_init(&run, &guilty, program);
	run_sync(&run, done, DRM_VNPU_SYNC_SIGNAL, 0);
	ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, sync_wait(self->fd, done, DEVICE_SOON_MS, &result));
	EXPECT_EQ(-ETIME, result);
	ASSERT_EQ(0, rig_run(&self->rig, program));
	ASSERT_EQ(0, sync_wait(self->fd, done, -1, &result));
	EXPECT_EQ(-ETIME, result);
	run_init(&run, &self->rig, program);
	run_sync(&run, done, DRM_VNPU_SYNC_SIGNAL, 0);
	ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, sync_wait(self->fd, done, DEVICE_SOON_MS, &result));
	EXPECT_EQ(0, result);
	ASSERT_EQ(0, signal_syncobj(self->fd, done));
	ASSERT_EQ(0, sync_wait(self->fd, done, -1, &result));
	EXPECT_EQ(0, result);
}

TEST_F(npu, result_of_the_last_point)
{
	__u32 timeline = syncobj_create(self->fd);
	struct run run;
	int result;

	self->rig.ctx = ctx_create(self->fd, 200);
	ASSERT_EQ(0, device_inject("hang_op", 0));
	for (__u64 point = 1; point <= 2; point++) {
		run_init(&run, &self->rig, program_load_copy(self->fd));
		run_sync(&run, timeline, DRM_VNPU_SYNC_SIGNAL, point);
		ASSERT_EQ(0, run_submit(&run, self->fd));
	}
	ASSERT_EQ(0, sync_wait(self->fd, timeline, DEVICE_SOON_MS, &result));
	EXPECT_EQ(-ECANCELED, result);
}

TEST_F(npu, wait_refuses_what_must_be_zero)
{
	struct drm_vnpu_sync_wait flags = { .handle = syncobj_create(self->fd), .flags = 1 };
	struct drm_vnpu_sync_wait pad = { .handle = flags.handle, .pad = 1 };

	ASSERT_EQ(0, signal_syncobj(self->fd, flags.handle));
	EXPECT_EQ(-EINVAL, device_call(self->fd, DRM_IOCTL_VNPU_SYNC_WAIT, &flags));
	EXPECT_EQ(-EINVAL, device_call(self->fd, DRM_IOCTL_VNPU_SYNC_WAIT, &pad));
}

TEST_HARNESS_MAIN
