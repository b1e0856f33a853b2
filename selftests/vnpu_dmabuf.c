// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of others and fences of others: dma-bufs of udmabuf, the system heap and vgem,
 * with fences that go both ways, and sync_files in and out of syncobjs.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>

#include "fixture.h"

/* Of the kernel's vgem_drm.h, which Debian has in no package. */
struct drm_vgem_fence_attach {
	__u32 handle;
	__u32 flags;
	__u32 out_fence;
	__u32 pad;
};

struct drm_vgem_fence_signal {
	__u32 fence;
	__u32 flags;
};

#define VGEM_FENCE_WRITE 1
#define DRM_IOCTL_VGEM_FENCE_ATTACH \
	DRM_IOWR(DRM_COMMAND_BASE + 1, struct drm_vgem_fence_attach)
#define DRM_IOCTL_VGEM_FENCE_SIGNAL \
	DRM_IOW(DRM_COMMAND_BASE + 2, struct drm_vgem_fence_signal)

/* Pages of this process as a dma-buf: what stands for an import of user pointers. */
static int user_pages(__u32 bytes, __s8 **memory)
{
	struct udmabuf_create args = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = bytes };
	int control = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	int memfd = memfd_create("vnpu-test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int fd;

	if (control < 0)
		return -ENODEV;
	/* The pages must not go away: that much udmabuf asks for. */
	if (ftruncate(memfd, bytes) || fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK))
		return -errno;
	*memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
	args.memfd = (__u32)memfd;
	fd = ioctl(control, UDMABUF_CREATE, &args);
	close(control);
	close(memfd);
	return fd < 0 ? -errno : fd;
}

static int heap_buffer(__u32 bytes)
{
	struct dma_heap_allocation_data args = { .len = bytes, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
	int ret;

	if (heap < 0)
		return -ENODEV;
	ret = device_call(heap, DMA_HEAP_IOCTL_ALLOC, &args);
	close(heap);
	return ret ? ret : (int)args.fd;
}

/**
 * struct vgem - another driver's device and a buffer of it
 * @fd: the device
 * @handle: the buffer
 * @dmabuf: the same to hand out
 */
struct vgem {
	int fd;
	__u32 handle;
	int dmabuf;
};

/* The test machines have its module loaded. */
static int vgem_open(struct vgem *v, __u32 bytes)
{
	struct drm_mode_create_dumb dumb = { .width = bytes, .height = 1, .bpp = 8 };

	for (int i = 0; i < 8; i++) {
		char path[32], name[8] = "";
		struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		v->fd = open(path, O_RDWR | O_CLOEXEC);
		if (v->fd < 0)
			continue;
		if (!device_call(v->fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, "vgem") &&
		    !device_call(v->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb)) {
			v->handle = dumb.handle;
			v->dmabuf = bo_export(v->fd, dumb.handle);
			return v->dmabuf < 0 ? v->dmabuf : 0;
		}
		close(v->fd);
	}
	return -ENODEV;
}

/* Is the dma-buf free to be read (POLLIN: no writer is left) or written (POLLOUT)? */
static bool is_free(int dmabuf, short events, int ms)
{
	struct pollfd pollfd = { .fd = dmabuf, .events = events };

	return poll(&pollfd, 1, ms) == 1;
}

/* The fences of a dma-buf that a reader, or with write a writer, waits for. */
static int export_fences(int dmabuf, bool write)
{
	struct dma_buf_export_sync_file args = {
		.flags = write ? DMA_BUF_SYNC_RW : DMA_BUF_SYNC_READ,
		.fd = -1,
	};
	int ret = device_call(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &args);

	return ret ? ret : args.fd;
}

static int import_fence(int dmabuf, int fence, bool write)
{
	struct dma_buf_import_sync_file args = {
		.flags = write ? DMA_BUF_SYNC_WRITE : DMA_BUF_SYNC_READ,
		.fd = fence,
	};

	return device_call(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &args);
}

/* A slot's buffer is that of a dma-buf from now on. */
static int bind_dmabuf(struct rig *rig, enum program_slot slot, int dmabuf)
{
	rig->bo[slot] = bo_import(rig->fd, dmabuf);
	return rig->bo[slot] ? 0 : -errno;
}

static bool all_are(const __s8 *memory, int code)
{
	for (unsigned int i = 0; i < PROGRAM_BYTES; i++)
		if (memory[i] != code)
			return false;
	return true;
}

/* In and out of pages of the process, and nothing is copied. */
TEST_F(npu, user_memory_through_udmabuf)
{
	__s8 *in, *out;
	int from = user_pages(PROGRAM_BYTES, &in);
	int to = user_pages(PROGRAM_BYTES, &out);

	if (from == -ENODEV)
		SKIP(return, "this kernel has no udmabuf");
	ASSERT_LE(0, from);
	ASSERT_LE(0, to);
	ASSERT_EQ(0, bind_dmabuf(&self->rig, SLOT_A, from));
	ASSERT_EQ(0, bind_dmabuf(&self->rig, SLOT_RESULT, to));
	memset(in, 21, PROGRAM_BYTES);
	ASSERT_EQ(0, rig_run(&self->rig, program_load_copy(self->fd)));
	EXPECT_TRUE(all_are(out, 21));
	/* The buffer outlives the file that it came by. */
	close(from);
	close(to);
	memset(in, 22, PROGRAM_BYTES);
	ASSERT_EQ(0, rig_run(&self->rig, program_load_copy(self->fd)));
	EXPECT_TRUE(all_are(out, 22));
}

TEST_F(npu, memory_of_the_system_heap)
{
	struct dma_buf_sync begin = { DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ };
	struct dma_buf_sync end = { DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ };
	int dmabuf = heap_buffer(PROGRAM_BYTES);
	__s8 *map;

	if (dmabuf == -ENODEV)
		SKIP(return, "this kernel has no system heap");
	ASSERT_LE(0, dmabuf);
	map = mmap(NULL, PROGRAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, bind_dmabuf(&self->rig, SLOT_RESULT, dmabuf));
	ASSERT_EQ(0, rig_run(&self->rig, program_load_fill(self->fd, 1, 33)));
	ASSERT_EQ(0, device_call(dmabuf, DMA_BUF_IOCTL_SYNC, &begin));
	EXPECT_TRUE(all_are(map, 33));
	ASSERT_EQ(0, device_call(dmabuf, DMA_BUF_IOCTL_SYNC, &end));
}

/* Whoever has the dma-buf sees our jobs in it: writers hold readers, readers only writers. */
TEST_F(npu, our_fences_are_seen_outside)
{
	int written = bo_export(self->fd, self->rig.bo[SLOT_RESULT]);
	int read = bo_export(self->fd, self->rig.bo[SLOT_A]);
	int fence;

	ASSERT_EQ(0, device_inject("slow_tile_ms", 300));
	ASSERT_EQ(0, rig_start(&self->rig, program_load_copy(self->fd), 0));
	EXPECT_FALSE(is_free(written, POLLIN, 0));
	EXPECT_FALSE(is_free(written, POLLOUT, 0));
	EXPECT_TRUE(is_free(read, POLLIN, 0));
	EXPECT_FALSE(is_free(read, POLLOUT, 0));
	fence = export_fences(written, false);
	ASSERT_LE(0, fence);
	EXPECT_EQ(-ETIMEDOUT, fence_wait(fence, 0));
	EXPECT_TRUE(is_free(written, POLLIN, DEVICE_SOON_MS));
	EXPECT_EQ(0, fence_wait(fence, DEVICE_SOON_MS));
	EXPECT_TRUE(is_free(read, POLLOUT, DEVICE_SOON_MS));
}

/* Another driver's fence holds our job, until the other driver says so. */
TEST_F(npu, jobs_wait_for_fences_of_others)
{
	struct drm_vgem_fence_attach attach = { .flags = VGEM_FENCE_WRITE };
	struct drm_vgem_fence_signal signal = {};
	struct vgem vgem;

	if (vgem_open(&vgem, PROGRAM_BYTES) == -ENODEV)
		SKIP(return, "no vgem device");
	ASSERT_EQ(0, bind_dmabuf(&self->rig, SLOT_A, vgem.dmabuf));
	attach.handle = vgem.handle;
	ASSERT_EQ(0, device_call(vgem.fd, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach));
	ASSERT_EQ(0, rig_start(&self->rig, program_load_copy(self->fd), 0));
	EXPECT_EQ(-ETIMEDOUT, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], 300));
	signal.fence = attach.out_fence;
	ASSERT_EQ(0, device_call(vgem.fd, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
}

/* A reader of another driver does not hold our reader, only our writer. */
TEST_F(npu, readers_do_not_wait_for_readers)
{
	struct drm_vgem_fence_attach attach = {};
	struct drm_vgem_fence_signal signal = {};
	struct vgem vgem;

	if (vgem_open(&vgem, PROGRAM_BYTES) == -ENODEV)
		SKIP(return, "no vgem device");
	ASSERT_EQ(0, bind_dmabuf(&self->rig, SLOT_A, vgem.dmabuf));
	attach.handle = vgem.handle;
	ASSERT_EQ(0, device_call(vgem.fd, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach));
	EXPECT_EQ(0, rig_run(&self->rig, program_load_copy(self->fd)));

	self->rig.bo[SLOT_RESULT] = self->rig.bo[SLOT_A];
	ASSERT_EQ(0, rig_start(&self->rig, program_load_fill(self->fd, 1, 1), 0));
	EXPECT_EQ(-ETIMEDOUT, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], 300));
	signal.fence = attach.out_fence;
	ASSERT_EQ(0, device_call(vgem.fd, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
}

/* A fence that user space puts into a dma-buf: here of a job on another buffer. */
TEST_F(npu, fences_put_in_by_hand)
{
	int dmabuf = bo_export(self->fd, self->rig.bo[SLOT_B]);
	__u32 syncobj = syncobj_create(self->fd);
	struct rig other;
	int fence;

	ASSERT_EQ(0, rig_open(&other, device_open(), 0));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 300));
	ASSERT_EQ(0, rig_start(&self->rig, program_load_fill(self->fd, 1, 1), syncobj));
	fence = syncobj_fence(self->fd, syncobj);
	ASSERT_LE(0, fence);
	ASSERT_EQ(0, import_fence(dmabuf, fence, true));
	/* The other file's job reads SLOT_B on another core. */
	ASSERT_EQ(0, bind_dmabuf(&other, SLOT_A, dmabuf));
	ASSERT_EQ(0, rig_run(&other, program_load_copy(other.fd)));
	EXPECT_EQ(0, fence_wait(fence, 0));
	rig_close(&other);
}

/* A job of one file waits for a job of another by a sync_file alone. */
TEST_F(npu, sync_files_go_through_syncobjs)
{
	__u32 out = syncobj_create(self->fd);
	struct drm_syncobj_handle in = {};
	struct rig other;
	struct run run;
	int fence;

	ASSERT_EQ(0, rig_open(&other, device_open(), 0));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 300));
	ASSERT_EQ(0, rig_start(&self->rig, program_load_fill(self->fd, 1, 1), out));
	fence = syncobj_fence(self->fd, out);
	ASSERT_LE(0, fence);
	in.handle = syncobj_create(other.fd);
	in.fd = fence;
	in.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE;
	ASSERT_EQ(0, device_call(other.fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &in));
	run_init(&run, &other, program_load_fill(other.fd, 1, 2));
	run_sync(&run, in.handle, 0, 0);
	ASSERT_EQ(0, run_submit(&run, other.fd));
	EXPECT_EQ(0, bo_wait(other.fd, other.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_EQ(0, fence_wait(fence, 0));
	EXPECT_TRUE(rig_is(&other, 2));
	rig_close(&other);
}

/* A failure goes with the sync_file: whoever waits for it learns of it. */
TEST_F(npu, sync_files_carry_errors)
{
	__u32 syncobj = syncobj_create(self->fd);
	struct rig hung;
	int fence;

	ASSERT_EQ(0, rig_open(&hung, self->fd, 100));
	ASSERT_EQ(0, device_inject("hang_op", 0));
	ASSERT_EQ(0, rig_start(&hung, program_load_fill(self->fd, 1, 1), syncobj));
	fence = syncobj_fence(self->fd, syncobj);
	ASSERT_LE(0, fence);
	EXPECT_EQ(-ETIME, fence_wait(fence, DEVICE_SOON_MS));
}

TEST_F(npu, imports_refused)
{
	int memfd = memfd_create("vnpu-test", MFD_CLOEXEC);
	__s8 *memory;
	int small = user_pages(4096, &memory);
	struct drm_prime_handle args = { .fd = memfd };
	struct run run;

	/* A memfd is no dma-buf, and neither is what is no file. */
	EXPECT_EQ(-EINVAL, device_call(self->fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &args));
	args.fd = -1;
	EXPECT_EQ(-EBADF, device_call(self->fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &args));
	if (small == -ENODEV)
		SKIP(return, "this kernel has no udmabuf");
	/* Memory of others has its bounds, too. */
	ASSERT_EQ(0, bind_dmabuf(&self->rig, SLOT_RESULT, small));
	run_init(&run, &self->rig, program_load_fill(self->fd, 1, 1));
	run.binding[SLOT_RESULT].offset = 64;
	EXPECT_EQ(-EINVAL, run_submit(&run, self->fd));
}

TEST_HARNESS_MAIN
