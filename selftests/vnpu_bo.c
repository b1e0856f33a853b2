// SPDX-License-Identifier: GPL-2.0-only
/* Buffer objects: create, describe, map, close, and what happens when memory is short. */
#include <errno.h>
#include <stdint.h>

#include "fixture.h"

#define PAGE		4096u
#define MIB		0x100000u

TEST_F(npu, create_rounds_up_to_pages)
{
	struct drm_vnpu_bo_create args = { .size = PAGE + 1 };
	struct drm_vnpu_bo_info info = {};

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_BO_CREATE, &args));
	EXPECT_NE(0, args.handle);
	EXPECT_EQ(2 * PAGE, args.size);
	info.handle = args.handle;
	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_BO_INFO, &info));
	EXPECT_EQ(2 * PAGE, info.size);
	EXPECT_EQ(0, info.mmap_offset % PAGE);
	EXPECT_EQ(0, info.pad);
}

static bool all_zero(const __u8 *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

TEST_F(npu, memory_is_zeroed)
{
	__u32 handle;
	__u8 *map;

	/* also where somebody's data lay a moment ago */
	for (int round = 0; round < 4; round++) {
		handle = bo_create(self->fd, MIB);
		ASSERT_NE(0, handle);
		map = bo_map(self->fd, handle, MIB);
		ASSERT_NE(NULL, map);
		EXPECT_TRUE(all_zero(map, MIB));
		memset(map, 0x5a, MIB);
		munmap(map, MIB);
		EXPECT_EQ(0, bo_close(self->fd, handle));
	}
}

TEST_F(npu, two_mappings_show_the_same_bytes)
{
	__s8 *second = bo_map(self->fd, self->rig.bo[SLOT_A], PROGRAM_BYTES);

	ASSERT_NE(NULL, second);
	self->rig.mem[SLOT_A][17] = 42;
	EXPECT_EQ(42, second[17]);
}

TEST_F(npu, mapping_outlives_the_handle)
{
	__u32 handle = bo_create(self->fd, PAGE);
	struct drm_vnpu_bo_info info = { .handle = handle };
	__s8 *map = bo_map(self->fd, handle, PAGE);

	ASSERT_NE(NULL, map);
	map[0] = 1;
	ASSERT_EQ(0, bo_close(self->fd, handle));
	EXPECT_EQ(-ENOENT, device_call(self->fd, DRM_IOCTL_VNPU_BO_INFO, &info));
	EXPECT_EQ(1, map[0]);
	map[PAGE - 1] = 2;
	EXPECT_EQ(2, map[PAGE - 1]);
}

TEST_F(npu, mappings_that_do_not_fit)
{
	struct drm_vnpu_bo_info info = { .handle = self->rig.bo[SLOT_A] };
	off_t offset;

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_BO_INFO, &info));
	offset = (off_t)info.mmap_offset;
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, self->fd, offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->fd,
				   offset + (1l << 40)));
	EXPECT_EQ(EINVAL, errno);
	/* A private copy would not see what jobs write. */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd,
				   offset));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(npu, handles_are_used_again)
{
	__u32 first = bo_create(self->fd, PAGE);

	ASSERT_NE(0, first);
	for (int i = 0; i < 100; i++) {
		ASSERT_EQ(0, bo_close(self->fd, first));
		ASSERT_EQ(first, bo_create(self->fd, PAGE));
	}
}

static const struct {
	const char *name;
	struct drm_vnpu_bo_create args;
	int want;
} create_refused[] = {
	{ "no bytes", { .size = 0 }, -EINVAL },
	{ "a flag", { .size = PAGE, .flags = 1 }, -EINVAL },
	{ "the last flag", { .size = PAGE, .flags = 1u << 31 }, -EINVAL },
	{ "over the limit", { .size = (1ull << 32) + 1 }, -EINVAL },
	{ "size that rounds up to 0", { .size = ~0ull }, -EINVAL },
	{ "negative size", { .size = 1ull << 63 }, -EINVAL },
};

TEST_F(npu, create_refused)
{
	for (int i = 0; i < COUNT(create_refused); i++) {
		struct drm_vnpu_bo_create args = create_refused[i].args;

		EXPECT_EQ(create_refused[i].want,
			  device_call(self->fd, DRM_IOCTL_VNPU_BO_CREATE, &args))
		{
			TH_LOG("%s", create_refused[i].name);
		}
		EXPECT_EQ(0, args.handle);
	}
}

/* Handles: 1 is a buffer of the fixture. */
static const struct {
	const char *name;
	struct drm_vnpu_bo_info args;
	int want;
} info_refused[] = {
	{ "pad", { .handle = 1, .pad = 1 }, -EINVAL },
	{ "handle 0", { .handle = 0 }, -ENOENT },
	{ "unknown handle", { .handle = 99 }, -ENOENT },
	{ "largest handle", { .handle = ~0u }, -ENOENT },
};

TEST_F(npu, info_refused)
{
	for (int i = 0; i < COUNT(info_refused); i++) {
		struct drm_vnpu_bo_info args = info_refused[i].args;

		EXPECT_EQ(info_refused[i].want,
			  device_call(self->fd, DRM_IOCTL_VNPU_BO_INFO, &args))
		{
			TH_LOG("%s", info_refused[i].name);
		}
	}
}

static const struct {
	const char *name;
	struct drm_vnpu_bo_wait args;
	int want;
} wait_refused[] = {
	{ "unknown flag", { .handle = 1, .flags = 2 }, -EINVAL },
	{ "last flag", { .handle = 1, .flags = 1u << 31 }, -EINVAL },
	{ "handle 0", { .handle = 0 }, -ENOENT },
	{ "unknown handle", { .handle = 99 }, -ENOENT },
	{ "largest handle", { .handle = ~0u }, -ENOENT },
};

TEST_F(npu, wait_refused)
{
	for (int i = 0; i < COUNT(wait_refused); i++) {
		struct drm_vnpu_bo_wait args = wait_refused[i].args;

		EXPECT_EQ(wait_refused[i].want,
			  device_call(self->fd, DRM_IOCTL_VNPU_BO_WAIT, &args))
		{
			TH_LOG("%s", wait_refused[i].name);
		}
	}
}

TEST_F(npu, idle_buffer_needs_no_waiting)
{
	struct drm_vnpu_bo_wait past = {
		.handle = self->rig.bo[SLOT_A],
		.timeout_ns = device_deadline(-1000),
	};

	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_A], -1));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_A], DEVICE_SOON_MS));
	EXPECT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_BO_WAIT, &past));
}

TEST_F(npu, more_memory_than_there_is)
{
	struct drm_vnpu_bo_create args = { .size = 1ull << 32 };

	EXPECT_EQ(-ENOMEM, device_call(self->fd, DRM_IOCTL_VNPU_BO_CREATE, &args));
	EXPECT_EQ(0, args.handle);
	EXPECT_NE(0, bo_create(self->fd, MIB));
}

TEST_HARNESS_MAIN
