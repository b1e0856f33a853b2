// SPDX-License-Identifier: GPL-2.0-only
/* DEV_QUERY, and what all ioctls have in common. */
#include <errno.h>
#include <stdint.h>

#include "fixture.h"

static int query(int fd, __u32 type, void *to, __u32 *size)
{
	struct drm_vnpu_dev_query args = { .type = type, .size = *size, .pointer = (uintptr_t)to };
	int ret = device_call(fd, DRM_IOCTL_VNPU_DEV_QUERY, &args);

	*size = args.size;
	return ret;
}

static int query_info(int fd, struct drm_vnpu_dev_info *info)
{
	__u32 size = sizeof(*info);

	memset(info, 0xff, sizeof(*info));
	return query(fd, DRM_VNPU_QUERY_DEV_INFO, info, &size);
}

TEST_F(npu, dev_info)
{
	struct drm_vnpu_dev_info info;

	ASSERT_EQ(0, query_info(self->fd, &info));
	EXPECT_EQ(VNPU_PROGRAM_MAJOR, info.program_major);
	EXPECT_EQ(VNPU_PROGRAM_MINOR, info.program_minor);
	EXPECT_LE(1, info.cores);
	EXPECT_LE(1, info.workers);
	EXPECT_NE(0, info.isa & (1 << DRM_VNPU_ISA_GENERIC));
	EXPECT_EQ(VNPU_MAX_SLOTS, info.max_slots);
	EXPECT_LE(1, info.max_jobs);
	EXPECT_LE(1, info.max_contexts);
	EXPECT_LE(1, info.max_programs);
	EXPECT_EQ(VNPU_MAX_PROGRAM_BYTES, info.max_program_bytes);
	EXPECT_LE(1, info.default_timeout_ms);
	EXPECT_LE(info.default_timeout_ms, info.max_timeout_ms);
	EXPECT_EQ(0, info.pad);
	EXPECT_LE(1 << 20, info.max_bo_bytes);
}

TEST_F(npu, priorities_depend_on_the_caller)
{
	const __u32 everybody = 1 << DRM_VNPU_PRIORITY_LOW | 1 << DRM_VNPU_PRIORITY_NORMAL;
	struct drm_vnpu_dev_info info;

	ASSERT_EQ(0, query_info(self->fd, &info));
	EXPECT_EQ(everybody | 1 << DRM_VNPU_PRIORITY_HIGH, info.priorities);
	ASSERT_EQ(0, device_drop_privileges());
	ASSERT_EQ(0, query_info(self->fd, &info));
	EXPECT_EQ(everybody, info.priorities);
}

TEST_F(npu, size_only)
{
	__u32 size = 0;

	ASSERT_EQ(0, query(self->fd, DRM_VNPU_QUERY_DEV_INFO, NULL, &size));
	EXPECT_EQ(sizeof(struct drm_vnpu_dev_info), size);
}

TEST_F(npu, room_for_less)
{
	__u32 part[4] = { 0, 0, 0xcccccccc, 0xcccccccc };
	__u32 size = 2 * sizeof(*part);

	ASSERT_EQ(0, query(self->fd, DRM_VNPU_QUERY_DEV_INFO, part, &size));
	EXPECT_EQ(sizeof(struct drm_vnpu_dev_info), size);
	EXPECT_EQ(VNPU_PROGRAM_MAJOR, part[0]);
	EXPECT_EQ(0xcccccccc, part[2]);
}

TEST_F(npu, room_for_more)
{
	struct {
		struct drm_vnpu_dev_info info;
		__u32 behind;
	} more = { .behind = 0xcccccccc };
	__u32 size = sizeof(more);

	ASSERT_EQ(0, query(self->fd, DRM_VNPU_QUERY_DEV_INFO, &more, &size));
	EXPECT_EQ(sizeof(struct drm_vnpu_dev_info), size);
	EXPECT_EQ(0xcccccccc, more.behind);
}

TEST_F(npu, personalities)
{
	struct drm_vnpu_personality_info list[16];
	__u32 size = sizeof(list);

	ASSERT_EQ(0, query(self->fd, DRM_VNPU_QUERY_PERSONALITIES, list, &size));
	ASSERT_EQ(0, size % sizeof(*list));
	ASSERT_LE(2 * sizeof(*list), size);
	EXPECT_EQ(VNPU_PERSONALITY_TFLITE_REF, list[0].id);
	EXPECT_STREQ("tflite-ref", list[0].name);
	EXPECT_EQ(VNPU_PERSONALITY_TFLITE_SINGLE, list[1].id);
	EXPECT_STREQ("tflite-single", list[1].name);
	for (__u32 i = 0; i < size / sizeof(*list); i++)
		EXPECT_EQ(0, list[i].pad);
}

static const struct {
	const char *name;
	struct drm_vnpu_dev_query args;
	int want;
} refused[] = {
	{ "unknown type", { .type = 2, .size = 64 }, -EINVAL },
	{ "largest type", { .type = ~0u, .size = 64 }, -EINVAL },
	{ "info to nowhere", { .size = 64, .pointer = 8 }, -EFAULT },
	{ "list to nowhere", { DRM_VNPU_QUERY_PERSONALITIES, 64, 8 }, -EFAULT },
	{ "kernel address", { .size = 64, .pointer = 0xffffffff80000000 }, -EFAULT },
};

TEST_F(npu, refused)
{
	for (int i = 0; i < COUNT(refused); i++) {
		struct drm_vnpu_dev_query args = refused[i].args;

		EXPECT_EQ(refused[i].want, device_call(self->fd, DRM_IOCTL_VNPU_DEV_QUERY, &args))
		{
			TH_LOG("%s", refused[i].name);
		}
	}
}

/* Old programs are compiled with these numbers. */
static const struct {
	unsigned long request;
	unsigned int number;
	unsigned int size;
	unsigned int direction;
} numbers[] = {
	{ DRM_IOCTL_VNPU_DEV_QUERY, 0, 16, _IOC_READ | _IOC_WRITE },
	{ DRM_IOCTL_VNPU_BO_CREATE, 1, 16, _IOC_READ | _IOC_WRITE },
	{ DRM_IOCTL_VNPU_BO_INFO, 2, 24, _IOC_READ | _IOC_WRITE },
	{ DRM_IOCTL_VNPU_BO_WAIT, 3, 16, _IOC_WRITE },
	{ DRM_IOCTL_VNPU_PROGRAM_CREATE, 4, 32, _IOC_READ | _IOC_WRITE },
	{ DRM_IOCTL_VNPU_PROGRAM_QUERY, 5, 40, _IOC_READ | _IOC_WRITE },
	{ DRM_IOCTL_VNPU_PROGRAM_DESTROY, 6, 8, _IOC_WRITE },
	{ DRM_IOCTL_VNPU_CTX_CREATE, 7, 16, _IOC_READ | _IOC_WRITE },
	{ DRM_IOCTL_VNPU_CTX_QUERY, 8, 56, _IOC_READ | _IOC_WRITE },
	{ DRM_IOCTL_VNPU_CTX_DESTROY, 9, 8, _IOC_WRITE },
	{ DRM_IOCTL_VNPU_SUBMIT, 10, 32, _IOC_READ | _IOC_WRITE },
};

TEST(numbers_and_sizes_stay)
{
	for (int i = 0; i < COUNT(numbers); i++) {
		EXPECT_EQ(DRM_COMMAND_BASE + numbers[i].number, _IOC_NR(numbers[i].request));
		EXPECT_EQ(numbers[i].size, _IOC_SIZE(numbers[i].request));
		EXPECT_EQ(numbers[i].direction, _IOC_DIR(numbers[i].request));
	}
}

TEST_F(npu, unknown_ioctl)
{
	struct drm_vnpu_dev_query args = {};

	EXPECT_EQ(-EINVAL, device_call(self->fd, DRM_IOWR(DRM_COMMAND_BASE + COUNT(numbers),
							  struct drm_vnpu_dev_query), &args));
}

/* What a caller with a later or an earlier header passes. */
TEST_F(npu, structs_of_other_lengths)
{
	struct longer {
		struct drm_vnpu_ctx_create args;
		__u64 later;
	} longer = { .later = 0 };
	__u64 shorter = 0;

	EXPECT_EQ(0, device_call(self->fd,
				 DRM_IOWR(DRM_COMMAND_BASE + DRM_VNPU_CTX_CREATE, struct longer),
				 &longer));
	EXPECT_NE(0, longer.args.handle);
	/* priority LOW, no flags; what is cut off counts as 0 */
	EXPECT_EQ(0, device_call(self->fd, DRM_IOWR(DRM_COMMAND_BASE + DRM_VNPU_CTX_CREATE, __u64),
				 &shorter));
}

TEST_F(npu, driver_version)
{
	struct drm_version version = {};

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VERSION, &version));
	EXPECT_EQ(1, version.version_major);
	EXPECT_LE(0, version.version_minor);
}

TEST_F(npu, syncobjs_have_timelines)
{
	struct drm_get_cap cap = { .capability = DRM_CAP_SYNCOBJ_TIMELINE };

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_GET_CAP, &cap));
	EXPECT_EQ(1, cap.value);
}

TEST_HARNESS_MAIN
