// SPDX-License-Identifier: GPL-2.0-only
/* How a device has fared: the same through the ioctl and in sysfs. */
#include <errno.h>
#include <stdint.h>

#include "fixture.h"

static int health(int fd, struct drm_vnpu_health_info *info)
{
	return device_query(fd, DRM_VNPU_QUERY_HEALTH, info, sizeof(*info));
}

TEST_F(npu, jobs_are_counted)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	struct drm_vnpu_health_info before, after;

	ASSERT_EQ(0, health(self->fd, &before));
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, rig_run(&self->rig, program));
	ASSERT_EQ(0, health(self->fd, &after));
	EXPECT_EQ(DRM_VNPU_HEALTH_OK, after.state);
	EXPECT_EQ(0, after.dead_cores);
	EXPECT_EQ(before.completed + 3, after.completed);
	EXPECT_EQ(before.failed, after.failed);
	EXPECT_EQ(0, after.pad);
}

TEST_F(npu, a_hang_is_counted)
{
	enum { QUEUED = 2 };
	__u32 program = program_load_fill(self->fd, 1, 5);
	struct drm_vnpu_health_info before, after;
	__u32 done[1 + QUEUED];
	__u64 start = device_ms();
	struct rig hanger;

	ASSERT_EQ(0, rig_open(&hanger, self->fd, 100));
	ASSERT_EQ(0, health(self->fd, &before));
	ASSERT_EQ(0, device_inject("hang_op", 0));
	for (int i = 0; i < COUNT(done); i++) {
		done[i] = syncobj_create(self->fd);
		ASSERT_EQ(0, rig_start(&hanger, program, done[i]));
	}
	for (int i = 0; i < COUNT(done); i++)
		ASSERT_EQ(0, syncobj_wait(self->fd, done[i], 0, DEVICE_SOON_MS));
	ASSERT_EQ(0, health(self->fd, &after));
	EXPECT_EQ(before.hangs + 1, after.hangs);
	EXPECT_EQ(before.cancelled + QUEUED, after.cancelled);
	EXPECT_EQ(before.failed + 1 + QUEUED, after.failed);
	EXPECT_EQ(before.completed, after.completed);
	EXPECT_EQ(before.deaths, after.deaths);
	EXPECT_EQ(DRM_VNPU_FAULT_HANG, after.last_fault);
	EXPECT_LE(start, after.last_fault_ns / 1000000);
	EXPECT_GE(device_ms(), after.last_fault_ns / 1000000);
}

TEST_F(npu, sysfs_says_the_same)
{
	struct drm_vnpu_health_info info;
	char text[64];

	ASSERT_EQ(0, rig_run(&self->rig, program_load_fill(self->fd, 1, 5)));
	ASSERT_EQ(0, health(self->fd, &info));
	EXPECT_EQ((long long)info.completed, device_number("health/completed"));
	EXPECT_EQ((long long)info.failed, device_number("health/failed"));
	EXPECT_EQ((long long)info.cancelled, device_number("health/cancelled"));
	EXPECT_EQ((long long)info.hangs, device_number("health/hangs"));
	EXPECT_EQ((long long)info.deaths, device_number("health/deaths"));
	EXPECT_EQ((long long)info.corruptions, device_number("health/corruptions"));
	EXPECT_EQ((long long)info.errors, device_number("health/errors"));
	EXPECT_EQ((long long)info.resets, device_number("health/resets"));
	ASSERT_EQ(0, file_text(DEVICE_SYSFS "health/state", text, sizeof(text)));
	EXPECT_STREQ("ok\n", text);
	ASSERT_EQ(0, file_text(DEVICE_SYSFS "health/last_fault", text, sizeof(text)));
	EXPECT_EQ((long long)info.last_fault_ns, strtoll(strchr(text, ' '), NULL, 10));
}

/* Of one job at a time the device's time is the context's, but for what comes between. */
TEST_F(npu, busy_time_is_when_a_job_runs)
{
	__u32 program = program_load_fill(self->fd, 4, 1);
	long long before = device_number("npu_busy_time_us");
	struct drm_vnpu_ctx_query q;
	long long busy;

	device_sleep(50);
	EXPECT_EQ(before, device_number("npu_busy_time_us"));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 50));
	ASSERT_EQ(0, rig_start(&self->rig, program, 0));
	device_sleep(100);
	EXPECT_LT(before, device_number("npu_busy_time_us"));
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	busy = device_number("npu_busy_time_us") - before;
	EXPECT_LE((long long)q.busy_ns / 1000, busy);
	EXPECT_LE(200000, busy);
}

/* Two jobs side by side keep the device busy once. */
TEST_F(npu, busy_time_is_not_the_sum_of_the_cores)
{
	__u32 program = program_load_fill(self->fd, 4, 1);
	long long before = device_number("npu_busy_time_us");
	struct drm_vnpu_dev_info info;
	struct rig other;
	__u64 start;

	ASSERT_EQ(0, device_query(self->fd, DRM_VNPU_QUERY_DEV_INFO, &info, sizeof(info)));
	if (info.cores < 2)
		SKIP(return, "needs two cores");
	ASSERT_EQ(0, rig_open(&other, self->fd, 0));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 50));
	start = device_ms();
	ASSERT_EQ(0, rig_start(&self->rig, program, 0));
	ASSERT_EQ(0, rig_start(&other, program, 0));
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	ASSERT_EQ(0, bo_wait(self->fd, other.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_GE((long long)(device_ms() - start + 1) * 1000,
		  device_number("npu_busy_time_us") - before);
}

TEST_HARNESS_MAIN
