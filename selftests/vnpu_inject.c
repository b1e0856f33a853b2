// SPDX-License-Identifier: GPL-2.0-only
/* Faults that root orders in debugfs and that no other test is about. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

#include "fixture.h"

/* More allocations than the largest SUBMIT here makes. */
#define MAX_ALLOCATIONS	200

/* Two jobs with a syncobj to wait for and two to signal, one of them on a timeline. */
struct batch {
	struct drm_vnpu_submit submit;
	struct drm_vnpu_job job[2];
	struct drm_vnpu_binding binding[PROGRAM_SLOTS];
	struct drm_vnpu_sync sync[3];
};

static void batch_init(struct batch *b, const struct rig *rig, __u32 program, const __u32 *syncobj)
{
	*b = (struct batch){
		.submit = { .ctx = rig->ctx, .jobs = { sizeof(b->job[0]), 2, (uintptr_t)b->job } },
		.sync = {
			{ .handle = syncobj[0], .flags = DRM_VNPU_SYNC_SIGNAL },
			{ .handle = syncobj[1], .flags = DRM_VNPU_SYNC_SIGNAL, .point = 1 },
			{ .handle = syncobj[2] },
		},
	};
	for (int i = 0; i < PROGRAM_SLOTS; i++)
		b->binding[i] = (struct drm_vnpu_binding){ .handle = rig->bo[i],
							   .size = PROGRAM_BYTES };
	for (int i = 0; i < 2; i++)
		b->job[i] = (struct drm_vnpu_job){
			.program = program,
			.bindings = { sizeof(b->binding[0]), PROGRAM_SLOTS,
				      (uintptr_t)b->binding },
			.syncs = { sizeof(b->sync[0]), 3, (uintptr_t)b->sync },
		};
}

/* Every allocation of SUBMIT fails once: it says so, and nothing has happened. */
TEST_F(npu, each_allocation_of_submit_fails)
{
	__u32 program = program_load_copy(self->fd);
	struct drm_vnpu_ctx_query q;
	__u32 syncobj[3];
	struct batch b;
	int failed = 0, ret;

	for (int i = 0; i < COUNT(syncobj); i++)
		syncobj[i] = syncobj_create(self->fd);
	/* One with a fence, to wait for. */
	ASSERT_EQ(0, rig_start(&self->rig, program, syncobj[2]));
	ASSERT_EQ(0, syncobj_wait(self->fd, syncobj[2], 0, DEVICE_SOON_MS));
	for (int nth = 1; nth < MAX_ALLOCATIONS; nth++) {
		batch_init(&b, &self->rig, program, syncobj);
		ASSERT_EQ(0, device_inject("fail_alloc", nth));
		ret = device_call(self->fd, DRM_IOCTL_VNPU_SUBMIT, &b.submit);
		if (!ret)
			break;
		ASSERT_EQ(-ENOMEM, ret);
		failed++;
		EXPECT_EQ(-EINVAL, syncobj_wait(self->fd, syncobj[0], 0, 0));
	}
	ASSERT_EQ(0, device_inject("fail_alloc", 0));
	ASSERT_EQ(0, ret);
	/*
	 * 2 for the batch; for each job 2 for itself, 1 for the bindings, 1 for each buffer's
	 * mapping, 1 for the scheduler, 2 for syncobjs, 1 for the timeline; then for each buffer
	 * of each job one lock and one dependency, and for each job what it waits for.
	 */
	EXPECT_EQ(2 + 2 * (2 + 1 + PROGRAM_SLOTS + 1 + 2 + 1) + 2 * 2 * PROGRAM_SLOTS + 2,
		  failed);
	ASSERT_EQ(0, syncobj_wait(self->fd, syncobj[0], 0, DEVICE_SOON_MS));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(3, q.submitted);
}

TEST_F(npu, fence_comes_late)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	__u64 start = device_ms();

	ASSERT_EQ(0, device_inject("late_ms", 400));
	EXPECT_EQ(0, rig_run(&self->rig, program));
	EXPECT_LE(400, device_ms() - start);
	EXPECT_TRUE(rig_is(&self->rig, 5));
}

/* Later than the timeout: cancelled, but it had done its work. */
TEST_F(npu, fence_comes_after_the_timeout)
{
	struct drm_vnpu_ctx_query q;
	struct rig rig;

	ASSERT_EQ(0, rig_open(&rig, self->fd, 200));
	ASSERT_EQ(0, device_inject("late_ms", 800));
	EXPECT_EQ(0, rig_run(&rig, program_load_fill(self->fd, 1, 5)));
	EXPECT_TRUE(rig_is(&rig, 5));
	ASSERT_EQ(0, ctx_query(self->fd, rig.ctx, &q));
	EXPECT_EQ(DRM_VNPU_CTX_OK, q.state);
}

TEST_F(npu, one_op_is_slow)
{
	__u32 program = program_load_fill(self->fd, 8, 5);
	__u64 start = device_ms();

	ASSERT_EQ(0, device_inject("slow_op", 3));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 400));
	EXPECT_EQ(0, rig_run(&self->rig, program));
	EXPECT_LE(400, device_ms() - start);
	EXPECT_GT(8 * 400, device_ms() - start);
}

TEST_F(npu, firmware_does_not_come)
{
	char text[320];

	ASSERT_EQ(0, device_inject("fail_firmware", EIO));
	EXPECT_EQ(-EIO, file_write(DEVICE_SYSFS "firmware", "vnpu/any.fw"));
	ASSERT_EQ(0, file_text(DEVICE_SYSFS "firmware_error", text, sizeof(text)));
	EXPECT_NE(NULL, strstr(text, "vnpu/any.fw"));
	/* The old one stays, and once is once. */
	EXPECT_EQ(-ENOENT, file_write(DEVICE_SYSFS "firmware", "vnpu/any.fw"));
	EXPECT_EQ(0, rig_run(&self->rig, program_load_fill(self->fd, 1, 5)));
	EXPECT_EQ(0, file_write(DEVICE_SYSFS "firmware", "built-in"));
}

#define DRIVER		"/sys/bus/platform/drivers/vnpu/"

/* Pulled out with a job in flight and its memory mapped. */
TEST_F(npu, surprise_removal)
{
	__u32 program = program_load_fill(self->fd, 8, 4);
	__u32 done = syncobj_create(self->fd);
	__u64 end = device_ms() + DEVICE_SOON_MS;
	struct rig rig;
	int fence, fd;

	ASSERT_EQ(0, device_inject("slow_tile_ms", 50));
	ASSERT_EQ(0, rig_start(&self->rig, program, done));
	fence = syncobj_fence(self->fd, done);
	device_sleep(100);
	ASSERT_EQ(0, device_inject("surprise_removal", 1));
	EXPECT_EQ(-ENODEV, fence_wait(fence, DEVICE_SOON_MS));
	EXPECT_EQ(-ENODEV, rig_start(&self->rig, program, 0));
	while (!access(DRIVER "vnpu", F_OK) && device_ms() < end)
		device_sleep(10);
	EXPECT_NE(0, access(DRIVER "vnpu", F_OK));
	/* What is mapped stays. */
	rig_fill(&self->rig, SLOT_A, 3);
	EXPECT_EQ(3, self->rig.mem[SLOT_A][5]);

	ASSERT_EQ(0, file_write(DRIVER "bind", "vnpu"));
	while ((fd = device_open()) < 0 && device_ms() < end)
		device_sleep(10);
	ASSERT_EQ(0, rig_open(&rig, fd, 0));
	EXPECT_EQ(0, rig_run(&rig, program_load_fill(fd, 1, 3)));
	EXPECT_TRUE(rig_is(&rig, 3));
}

TEST_F(npu, knobs_are_for_root)
{
	static const char * const knobs[] = {
		"late_ms", "slow_op", "flip_op", "fail_alloc", "fail_firmware", "freeze",
		"surprise_removal",
	};

	ASSERT_EQ(0, device_drop_privileges());
	for (int i = 0; i < COUNT(knobs); i++)
		EXPECT_GT(0, device_inject(knobs[i], 1));
}

TEST_HARNESS_MAIN
