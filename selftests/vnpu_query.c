// SPDX-License-Identifier: GPL-2.0-only
/* DEV_QUERY, and what all ioctls have in common. */
#include <errno.h>
#include <stdint.h>

#include "npum_fields.h"
#include "vnpu_fw.h"

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

/* An element as interface 1.0 had it, and its ioctl. */
struct personality_v1 {
	__u32 id;
	__u32 pad;
	char name[32];
};

struct dev_query_v1 {
	__u32 type;
	__u32 size;
	__u64 pointer;
};

#define DEV_QUERY_V1 DRM_IOWR(DRM_COMMAND_BASE + DRM_VNPU_DEV_QUERY, struct dev_query_v1)

TEST_F(npu, personalities_of_1_0)
{
	struct personality_v1 list[32];
	struct dev_query_v1 args = {
		.type = DRM_VNPU_QUERY_PERSONALITIES,
		.size = sizeof(list),
		.pointer = (uintptr_t)list,
	};

	ASSERT_EQ(DRM_VNPU_ELEMENT_V1, sizeof(*list));
	ASSERT_EQ(0, device_call(self->fd, DEV_QUERY_V1, &args));
	ASSERT_EQ(0, args.size % sizeof(*list));
	ASSERT_LE(2 * sizeof(*list), args.size);
	EXPECT_EQ(VNPU_PERSONALITY_TFLITE_REF, list[0].id);
	EXPECT_STREQ("tflite-ref", list[0].name);
	EXPECT_EQ(VNPU_PERSONALITY_TFLITE_SINGLE, list[1].id);
	EXPECT_STREQ("tflite-single", list[1].name);
	for (__u32 i = 0; i < args.size / sizeof(*list); i++)
		EXPECT_EQ(0, list[i].pad);
}

/* An array of elements of @stride bytes; 0 or -errno, and what the kernel said. */
static int query_list(int fd, void *to, __u32 size, __u32 stride, struct drm_vnpu_dev_query *args)
{
	*args = (struct drm_vnpu_dev_query){
		.type = DRM_VNPU_QUERY_PERSONALITIES,
		.size = size,
		.pointer = (uintptr_t)to,
		.stride = stride,
	};
	return device_call(fd, DRM_IOCTL_VNPU_DEV_QUERY, args);
}

TEST_F(npu, personalities)
{
	struct drm_vnpu_personality_info list[32] = {};
	struct drm_vnpu_dev_query args;

	ASSERT_EQ(0, query_list(self->fd, list, sizeof(list), sizeof(*list), &args));
	ASSERT_LE(2, args.count);
	ASSERT_EQ(args.count * sizeof(*list), args.size);
	EXPECT_EQ(VNPU_PERSONALITY_TFLITE_REF, list[0].id);
	EXPECT_STREQ("tflite-ref", list[0].name);
	for (__u32 i = 0; i < args.count; i++) {
		EXPECT_EQ(0, list[i].pad);
		EXPECT_EQ(0, list[i].pad2);
		EXPECT_NE(0, list[i].id);
		EXPECT_NE(0, list[i].digest);
		EXPECT_NE(0, list[i].summary[0]);
		EXPECT_EQ(list[0].field_count, list[i].field_count);
		for (__u32 f = list[i].field_count; f < DRM_VNPU_MAX_FIELDS; f++)
			EXPECT_EQ(0, list[i].field[f]);
	}
}

TEST_F(npu, personalities_by_strides)
{
	struct {
		struct drm_vnpu_personality_info known;
		__u64 later;
	} longer[2] = {};
	struct drm_vnpu_dev_query args;
	__u64 shorter[3] = { 0, 0, 0xcccccccccccccccc };

	longer[0].later = 0xcccccccccccccccc;
	longer[1].later = 0xcccccccccccccccc;
	ASSERT_EQ(0, query_list(self->fd, longer, sizeof(longer), sizeof(*longer), &args));
	EXPECT_LE(2, args.count);
	EXPECT_EQ(args.count * sizeof(*longer), args.size);
	EXPECT_STREQ("tflite-ref", longer[0].known.name);
	EXPECT_NE(0, longer[1].known.digest);
	EXPECT_EQ(0xcccccccccccccccc, longer[0].later);
	EXPECT_EQ(0xcccccccccccccccc, longer[1].later);

	/* only ids and pads, of two and a half */
	ASSERT_EQ(0, query_list(self->fd, shorter, 2 * sizeof(*shorter) + 4, sizeof(*shorter),
				&args));
	EXPECT_EQ(args.count * sizeof(*shorter), args.size);
	EXPECT_EQ(VNPU_PERSONALITY_TFLITE_REF, shorter[0]);
	EXPECT_NE(0, shorter[1]);
	EXPECT_EQ(0xcccccccccccccccc, shorter[2]);

	ASSERT_EQ(0, query_list(self->fd, NULL, 0, sizeof(*longer), &args));
	EXPECT_EQ(args.count * sizeof(*longer), args.size);
}

/* The digest is all that user space needs to know whether it understood the fields. */
TEST_F(npu, personalities_are_those_of_the_model)
{
	struct drm_vnpu_personality_info list[32] = {};
	struct npum_personality_set set = {};
	struct drm_vnpu_dev_query args;
	const struct npum_field *f;
	__u32 which;

	ASSERT_EQ(0, query_list(self->fd, list, sizeof(list), sizeof(*list), &args));
	ASSERT_GE(COUNT(list), args.count);
	set.count = args.count;
	for (__u32 i = 0; i < args.count; i++) {
		set.at[i].id = list[i].id;
		set.at[i].evidence = list[i].evidence;
		set.at[i].rest = list[i].rest;
		memcpy(set.at[i].name, list[i].name, sizeof(list[i].name));
		memcpy(set.at[i].summary, list[i].summary, sizeof(list[i].summary));
		for (__u32 n = 0; (f = npum_field_at(n)); n++) {
			ASSERT_LT(n, list[i].field_count);
			npum_field_set(f, &set.at[i], list[i].field[n]);
		}
	}
	ASSERT_EQ(NULL, npum_set_complete(&set, &which));
	for (__u32 i = 0; i < args.count; i++)
		EXPECT_EQ(list[i].digest, set.at[i].digest);
}

TEST_F(npu, firmware)
{
	struct drm_vnpu_firmware_info info;
	__u32 size = sizeof(info);

	memset(&info, 0xff, sizeof(info));
	ASSERT_EQ(0, query(self->fd, DRM_VNPU_QUERY_FIRMWARE, &info, &size));
	EXPECT_EQ(sizeof(info), size);
	EXPECT_EQ(VNPU_FW_MAJOR, info.major);
	EXPECT_GE(VNPU_FW_MINOR, info.minor);
	EXPECT_LE(1, info.generation);
	EXPECT_NE(0, info.version[0]);
	EXPECT_NE(0, info.target[0]);
	EXPECT_EQ(0, info.pad);
	EXPECT_EQ(!info.file[0], info.flags & DRM_VNPU_FIRMWARE_BUILT_IN);
	EXPECT_NE(0, info.dtypes & 1 << VNPU_DTYPE_INT8);
	EXPECT_NE(0, info.runs[0] & 1 << VNPU_OP_CONV2D);
	EXPECT_LE(1, info.field_count);
	EXPECT_GE(DRM_VNPU_MAX_FIELDS, info.field_count);
}

/* The device's clock runs, and what it says of the system's lies where that was then. */
TEST_F(npu, clock)
{
	struct drm_vnpu_clock_info a, b;
	double rate;

	ASSERT_EQ(0, device_query(self->fd, DRM_VNPU_QUERY_CLOCK, &a, sizeof(a)));
	EXPECT_LE(a.monotonic_ns / 1000000, device_ms());
	device_sleep(200);
	ASSERT_EQ(0, device_query(self->fd, DRM_VNPU_QUERY_CLOCK, &b, sizeof(b)));
	EXPECT_EQ(a.frequency_hz, b.frequency_hz);
	EXPECT_LT(a.ticks, b.ticks);
	EXPECT_LE(a.monotonic_ns + 200000000, b.monotonic_ns + a.uncertainty_ns + b.uncertainty_ns);
	/* Of the nominal rate, within what clocks are off and what the readings are. */
	rate = (double)(b.ticks - a.ticks) * 1e9 / (double)(b.monotonic_ns - a.monotonic_ns);
	EXPECT_LE(0.99 * (double)a.frequency_hz, rate + 1e9 * (double)(a.uncertainty_ns +
		  b.uncertainty_ns) / (double)(b.monotonic_ns - a.monotonic_ns));
	EXPECT_GE(1.01 * (double)a.frequency_hz, rate - 1e9 * (double)(a.uncertainty_ns +
		  b.uncertainty_ns) / (double)(b.monotonic_ns - a.monotonic_ns));
}

static const struct {
	const char *name;
	struct drm_vnpu_dev_query args;
	int want;
} refused[] = {
	{ "unknown type", { .type = 64, .size = 64 }, -EINVAL },
	{ "largest type", { .type = ~0u, .size = 64 }, -EINVAL },
	{ "info to nowhere", { .size = 64, .pointer = 8 }, -EFAULT },
	{ "list to nowhere", { DRM_VNPU_QUERY_PERSONALITIES, 64, 8 }, -EFAULT },
	{ "firmware to nowhere", { DRM_VNPU_QUERY_FIRMWARE, 64, 8 }, -EFAULT },
	{ "a stride of what is no array", { .size = 64, .stride = 64 }, -EINVAL },
	{ "firmware by stride", { DRM_VNPU_QUERY_FIRMWARE, .stride = 976 }, -EINVAL },
	{ "a count", { DRM_VNPU_QUERY_PERSONALITIES, .stride = 40, .count = 1 }, -EINVAL },
	{ "a count of what is no array", { .size = 64, .count = 1 }, -EINVAL },
	{ "a stride over a page", { DRM_VNPU_QUERY_PERSONALITIES, .stride = 4097 }, -E2BIG },
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
	{ DRM_IOCTL_VNPU_DEV_QUERY, 0, 24, _IOC_READ | _IOC_WRITE },
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
	{ DRM_IOCTL_VNPU_BO_SET_LABEL, 11, 16, _IOC_WRITE },
	{ DRM_IOCTL_VNPU_SYNC_WAIT, 12, 24, _IOC_READ | _IOC_WRITE },
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

/* DRM's own would take down a kernel: an accel node has no master to ask. */
TEST_F(npu, magic_is_refused)
{
	struct drm_unique unique = {};
	struct drm_auth auth = {};

	EXPECT_EQ(-EOPNOTSUPP, device_call(self->fd, DRM_IOCTL_GET_MAGIC, &auth));
	EXPECT_EQ(-EOPNOTSUPP, device_call(self->fd, DRM_IOCTL_GET_UNIQUE, &unique));
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
	EXPECT_LE(1, version.version_minor);
}

TEST_F(npu, syncobjs_have_timelines)
{
	struct drm_get_cap cap = { .capability = DRM_CAP_SYNCOBJ_TIMELINE };

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_GET_CAP, &cap));
	EXPECT_EQ(1, cap.value);
}

TEST_HARNESS_MAIN
