// SPDX-License-Identifier: GPL-2.0-only
/* What is a process's own stays its own, unless it hands a dma-buf over. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

#include "fixture.h"

/*
 * Objects of the fixture's file, and a second file, which has nothing: handles
 * are numbers that mean nothing there.
 */
static int query_bo(int fd, __u32 handle)
{
	struct drm_vnpu_bo_info args = { .handle = handle };

	return device_call(fd, DRM_IOCTL_VNPU_BO_INFO, &args);
}

static int query_program(int fd, __u32 handle)
{
	struct drm_vnpu_program_query args = { .handle = handle };

	return device_call(fd, DRM_IOCTL_VNPU_PROGRAM_QUERY, &args);
}

static int query_ctx(int fd, __u32 handle)
{
	struct drm_vnpu_ctx_query q;

	return ctx_query(fd, handle, &q);
}

static int wait_bo(int fd, __u32 handle)
{
	return bo_wait(fd, handle, 0);
}

TEST_F(npu, other_files_handles_mean_nothing)
{
	const struct {
		int (*call)(int fd, __u32 handle);
		__u32 handle;
	} calls[] = {
		{ query_bo, self->rig.bo[SLOT_A] },
		{ wait_bo, self->rig.bo[SLOT_A] },
		{ bo_close, self->rig.bo[SLOT_A] },
		{ query_program, program_load_copy(self->fd) },
		{ program_destroy, program_load_copy(self->fd) },
		{ query_ctx, self->rig.ctx },
		{ ctx_destroy, self->rig.ctx },
	};
	int stranger = device_open();

	ASSERT_LE(0, stranger);
	for (int i = 0; i < COUNT(calls); i++) {
		/* GEM_CLOSE is the DRM core's and says so in its own way. */
		int want = calls[i].call == bo_close ? -EINVAL : -ENOENT;

		EXPECT_EQ(want, calls[i].call(stranger, calls[i].handle))
		{
			TH_LOG("call %d", i);
		}
		EXPECT_EQ(0, calls[i].call(self->fd, calls[i].handle))
		{
			TH_LOG("call %d", i);
		}
	}
}

/* One argument at a time is the other file's. */
TEST_F(npu, job_with_somebody_elses_handles)
{
	__u32 program = program_load_copy(self->fd);
	__u32 syncobj = syncobj_create(self->fd);
	struct rig other;
	struct run run;
	__u32 copy;

	/* The victim's handles are higher than any of the other's. */
	for (int i = 0; i < 8; i++) {
		self->rig.ctx = ctx_create(self->fd, 0);
		self->rig.bo[SLOT_A] = bo_create(self->fd, PROGRAM_BYTES);
		program = program_load_copy(self->fd);
		syncobj = syncobj_create(self->fd);
	}
	ASSERT_EQ(0, rig_open(&other, device_open(), 0));
	copy = program_load_copy(other.fd);

	run_init(&run, &other, copy);
	run.submit.ctx = self->rig.ctx;
	EXPECT_EQ(-ENOENT, run_submit(&run, other.fd));
	run_init(&run, &other, program);
	EXPECT_EQ(-ENOENT, run_submit(&run, other.fd));
	run_init(&run, &other, copy);
	run.binding[SLOT_A].handle = self->rig.bo[SLOT_A];
	EXPECT_EQ(-ENOENT, run_submit(&run, other.fd));
	run_init(&run, &other, copy);
	run.job.profile = self->rig.bo[SLOT_A];
	EXPECT_EQ(-ENOENT, run_submit(&run, other.fd));
	run_init(&run, &other, copy);
	run_sync(&run, syncobj, DRM_VNPU_SYNC_SIGNAL, 0);
	EXPECT_EQ(-ENOENT, run_submit(&run, other.fd));
	run_init(&run, &other, copy);
	EXPECT_EQ(0, run_submit(&run, other.fd));
}

/* Handle 1 in two files is two buffers. */
TEST_F(npu, equal_handles_are_not_the_same_buffer)
{
	struct rig other;

	ASSERT_EQ(0, rig_open(&other, device_open(), 0));
	ASSERT_EQ(self->rig.bo[SLOT_A], other.bo[SLOT_A]);
	ASSERT_EQ(self->rig.ctx, other.ctx);
	rig_fill(&self->rig, SLOT_A, 77);
	EXPECT_EQ(0, other.mem[SLOT_A][0]);
	ASSERT_EQ(0, rig_run(&other, program_load_fill(other.fd, 1, 5)));
	EXPECT_TRUE(rig_is(&other, 5));
	EXPECT_TRUE(rig_is(&self->rig, 0));
}

TEST_F(npu, other_files_offsets_do_not_map)
{
	struct drm_vnpu_bo_info info = { .handle = self->rig.bo[SLOT_A] };
	int stranger = device_open();

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_BO_INFO, &info));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PROGRAM_BYTES, PROT_READ, MAP_SHARED, stranger,
				   (off_t)info.mmap_offset));
	EXPECT_EQ(EACCES, errno);
}

TEST_F(npu, dma_buf_shares_a_buffer)
{
	int dmabuf = bo_export(self->fd, self->rig.bo[SLOT_RESULT]);
	struct rig other;

	ASSERT_LE(0, dmabuf);
	ASSERT_EQ(0, rig_open(&other, device_open(), 0));
	other.bo[SLOT_RESULT] = bo_import(other.fd, dmabuf);
	ASSERT_NE(0, other.bo[SLOT_RESULT]);
	ASSERT_EQ(0, rig_run(&other, program_load_fill(other.fd, 1, 12)));
	EXPECT_TRUE(rig_is(&self->rig, 12));
	/* The buffer lives as long as anybody has it. */
	ASSERT_EQ(0, bo_close(self->fd, self->rig.bo[SLOT_RESULT]));
	close(dmabuf);
	ASSERT_EQ(0, rig_run(&other, program_load_fill(other.fd, 1, 13)));
	EXPECT_TRUE(rig_is(&self->rig, 13));
}

TEST_F(npu, fences_go_with_the_dma_buf)
{
	int dmabuf = bo_export(self->fd, self->rig.bo[SLOT_RESULT]);
	int stranger = device_open();
	__u32 imported = bo_import(stranger, dmabuf);

	ASSERT_NE(0, imported);
	ASSERT_EQ(0, device_inject("slow_tile_ms", 50));
	ASSERT_EQ(0, rig_start(&self->rig, program_load_fill(self->fd, 4, 9), 0));
	EXPECT_EQ(-EBUSY, bo_wait(stranger, imported, -1));
	EXPECT_EQ(0, bo_wait(stranger, imported, DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, 9));
}

/* Of another driver: vgem, whose module the test machines have loaded. */
static int vgem_dmabuf(__u32 bytes)
{
	struct drm_mode_create_dumb dumb = { .width = bytes, .height = 1, .bpp = 8 };

	for (int i = 0; i < 8; i++) {
		struct drm_version version = {};
		char path[32], name[8] = "";
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		version.name = name;
		version.name_len = sizeof(name) - 1;
		if (fd >= 0 && !device_call(fd, DRM_IOCTL_VERSION, &version) &&
		    !strcmp(name, "vgem") && !device_call(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
			return bo_export(fd, dumb.handle);
	}
	return -ENODEV;
}

TEST_F(npu, buffer_of_another_driver)
{
	int dmabuf = vgem_dmabuf(PROGRAM_BYTES);
	__s8 *map;

	if (dmabuf == -ENODEV)
		SKIP(return, "no vgem device");
	ASSERT_LE(0, dmabuf);
	map = mmap(NULL, PROGRAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	ASSERT_NE(MAP_FAILED, map);
	self->rig.bo[SLOT_A] = bo_import(self->fd, dmabuf);
	ASSERT_NE(0, self->rig.bo[SLOT_A]);
	memset(map, 31, PROGRAM_BYTES);
	ASSERT_EQ(0, rig_run(&self->rig, program_load_copy(self->fd)));
	EXPECT_TRUE(rig_is(&self->rig, 31));
}

TEST_HARNESS_MAIN
