// SPDX-License-Identifier: GPL-2.0-only
/* The device goes away under its users: unbound by hand, or dead. */
#include <errno.h>
#include <stdint.h>

#include "fixture.h"

#define DRIVER		"/sys/bus/platform/drivers/vnpu/"

/* Opens the device when it is there again, which may take a moment. */
static int reopen(void)
{
	__u64 end = device_ms() + DEVICE_SOON_MS;
	int fd;

	while ((fd = device_open()) < 0 && device_ms() < end)
		device_sleep(10);
	return fd;
}

TEST_F(npu, jobs_of_an_unplugged_device_end)
{
	enum { QUEUED = 4 };
	__u32 program = program_load_fill(self->fd, 8, 4);
	struct drm_vnpu_dev_query query = {};
	int fence[QUEUED];
	struct rig rig;

	ASSERT_EQ(0, device_inject("slow_tile_ms", 50));
	for (int i = 0; i < QUEUED; i++) {
		__u32 done = syncobj_create(self->fd);

		ASSERT_EQ(0, rig_start(&self->rig, program, done));
		fence[i] = syncobj_fence(self->fd, done);
	}
	device_sleep(100);
	ASSERT_EQ(0, file_write(DRIVER "unbind", "vnpu"));
	for (int i = 0; i < QUEUED; i++)
		EXPECT_EQ(-ENODEV, fence_wait(fence[i], DEVICE_SOON_MS));
	EXPECT_EQ(-ENODEV, device_call(self->fd, DRM_IOCTL_VNPU_DEV_QUERY, &query));
	EXPECT_EQ(-ENODEV, rig_start(&self->rig, program, 0));
	EXPECT_EQ(-ENODEV, device_open());

	/* A new device is there while the old one still has its file open. */
	ASSERT_EQ(0, file_write(DRIVER "bind", "vnpu"));
	ASSERT_EQ(0, rig_open(&rig, reopen(), 0));
	EXPECT_EQ(0, rig_run(&rig, program_load_fill(rig.fd, 1, 3)));
	EXPECT_TRUE(rig_is(&rig, 3));
	EXPECT_EQ(-ENODEV, device_call(self->fd, DRM_IOCTL_VNPU_DEV_QUERY, &query));
}

/* Memory that is mapped is there as long as the mapping, also what was never touched before. */
TEST_F(npu, mappings_outlive_the_device)
{
	__u32 bo = bo_create(self->fd, PROGRAM_BYTES);
	__u8 *untouched = bo_map(self->fd, bo, PROGRAM_BYTES);

	ASSERT_NE(NULL, untouched);
	EXPECT_EQ(0, rig_run(&self->rig, program_load_fill(self->fd, 1, 3)));
	ASSERT_EQ(0, file_write(DRIVER "unbind", "vnpu"));
	EXPECT_TRUE(rig_is(&self->rig, 3));
	for (unsigned int i = 0; i < PROGRAM_BYTES; i++)
		untouched[i] = (__u8)i;
	EXPECT_EQ(255, untouched[255]);
	EXPECT_EQ(NULL, bo_map(self->fd, bo, PROGRAM_BYTES));
	EXPECT_EQ(ENODEV, errno);
	close(self->fd);
	EXPECT_EQ(254, untouched[254]);
	munmap(untouched, PROGRAM_BYTES);
	ASSERT_EQ(0, file_write(DRIVER "bind", "vnpu"));
	self->fd = reopen();
	EXPECT_LE(0, self->fd);
}

/* What was given away: memory, which the next device takes, and the fence of a job that ended. */
TEST_F(npu, what_is_shared_outlives_the_device)
{
	__u32 done = syncobj_create(self->fd);
	int dmabuf = bo_export(self->fd, self->rig.bo[SLOT_RESULT]);
	struct rig rig;
	int fence;
	__u8 *map;

	ASSERT_LE(0, dmabuf);
	ASSERT_EQ(0, device_inject("slow_tile_ms", 50));
	ASSERT_EQ(0, rig_start(&self->rig, program_load_fill(self->fd, 8, 3), done));
	fence = syncobj_fence(self->fd, done);
	device_sleep(100);
	ASSERT_EQ(0, file_write(DRIVER "unbind", "vnpu"));
	rig_close(&self->rig);
	EXPECT_EQ(-ENODEV, fence_wait(fence, DEVICE_SOON_MS));
	ASSERT_EQ(0, file_write(DRIVER "bind", "vnpu"));

	self->fd = reopen();
	ASSERT_EQ(0, rig_open(&rig, self->fd, 0));
	rig.bo[SLOT_A] = bo_import(self->fd, dmabuf);
	ASSERT_NE(0, rig.bo[SLOT_A]);
	map = mmap(NULL, PROGRAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	ASSERT_NE(MAP_FAILED, map);
	memset(map, 11, PROGRAM_BYTES);
	EXPECT_EQ(0, rig_run(&rig, program_load_copy(self->fd)));
	EXPECT_TRUE(rig_is(&rig, 11));
	munmap(map, PROGRAM_BYTES);
	close(dmabuf);
	close(fence);
}

TEST_F(npu, device_unplugged_while_a_job_hangs)
{
	__u32 program = program_load_fill(self->fd, 1, 4);
	__u32 done = syncobj_create(self->fd);
	int fence;

	ASSERT_EQ(0, device_inject("hang_op", 0));
	ASSERT_EQ(0, rig_start(&self->rig, program, done));
	fence = syncobj_fence(self->fd, done);
	device_sleep(100);
	ASSERT_EQ(0, file_write(DRIVER "unbind", "vnpu"));
	EXPECT_EQ(-ENODEV, fence_wait(fence, DEVICE_SOON_MS));
	ASSERT_EQ(0, file_write(DRIVER "bind", "vnpu"));
	rig_close(&self->rig);
	self->fd = reopen();
	EXPECT_LE(0, self->fd);
}

/*
 * A machine that does not answer its cancellation for more than five seconds is
 * given up: its jobs and their waiters are not.
 */
TEST_F_TIMEOUT(npu, dead_core, 120)
{
	__u32 program = program_load_fill(self->fd, 1, 4);
	struct drm_vnpu_ctx_query q;
	struct rig hanger, rig;
	__u32 queued = syncobj_create(self->fd);
	__u32 hung = syncobj_create(self->fd);

	ASSERT_EQ(0, rig_open(&hanger, self->fd, 100));
	ASSERT_EQ(0, device_inject("deaf_ms", 7000));
	ASSERT_EQ(0, device_inject("hang_op", 0));
	ASSERT_EQ(0, rig_start(&hanger, program, hung));
	ASSERT_EQ(0, rig_start(&hanger, program, queued));
	EXPECT_EQ(0, syncobj_wait(self->fd, hung, 0, DEVICE_SOON_MS));
	EXPECT_EQ(-ETIME, syncobj_error(self->fd, hung));
	EXPECT_EQ(0, syncobj_wait(self->fd, queued, 0, DEVICE_SOON_MS));
	EXPECT_GT(0, syncobj_error(self->fd, queued));
	EXPECT_EQ(0, bo_wait(self->fd, hanger.bo[SLOT_RESULT], 0));
	EXPECT_EQ(-ENODEV, rig_start(&self->rig, program, 0));
	ASSERT_EQ(0, ctx_query(self->fd, hanger.ctx, &q));
	EXPECT_EQ(DRM_VNPU_CTX_GUILTY, q.state);

	/* The buffers stay until the machine lets go of them. */
	rig_close(&hanger);
	for (int i = 0; i < PROGRAM_SLOTS; i++)
		munmap(self->rig.mem[i], PROGRAM_BYTES);
	ASSERT_EQ(0, file_write(DRIVER "unbind", "vnpu"));
	ASSERT_EQ(0, file_write(DRIVER "bind", "vnpu"));
	self->fd = reopen();
	ASSERT_EQ(0, rig_open(&rig, self->fd, 0));
	EXPECT_EQ(0, rig_run(&rig, program_load_fill(self->fd, 1, 3)));
}

TEST_HARNESS_MAIN
