// SPDX-License-Identifier: GPL-2.0-only
/* Contexts: priority, timeout, state, number. */
#include <errno.h>
#include <stdint.h>

#include "fixture.h"

static int create(int fd, __u32 priority)
{
	struct drm_vnpu_ctx_create args = { .priority = priority };

	return device_call(fd, DRM_IOCTL_VNPU_CTX_CREATE, &args);
}

static int dev_info(int fd, struct drm_vnpu_dev_info *info)
{
	struct drm_vnpu_dev_query args = { .size = sizeof(*info), .pointer = (uintptr_t)info };

	return device_call(fd, DRM_IOCTL_VNPU_DEV_QUERY, &args);
}

TEST_F(npu, new_context_is_well)
{
	struct drm_vnpu_ctx_query q;
	struct drm_vnpu_dev_info info;

	ASSERT_EQ(0, dev_info(self->fd, &info));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(DRM_VNPU_CTX_OK, q.state);
	EXPECT_EQ(DRM_VNPU_PRIORITY_NORMAL, q.priority);
	EXPECT_EQ(info.default_timeout_ms, q.timeout_ms);
	EXPECT_EQ(~0u, q.fault_op);
	EXPECT_EQ(0, q.submitted);
	EXPECT_EQ(0, q.completed);
	EXPECT_EQ(0, q.failed);
	EXPECT_EQ(0, q.busy_ns);
}

TEST_F(npu, timeout_as_asked_for)
{
	struct drm_vnpu_dev_info info;
	struct drm_vnpu_ctx_query q;

	ASSERT_EQ(0, dev_info(self->fd, &info));
	ASSERT_EQ(0, ctx_query(self->fd, ctx_create(self->fd, 1), &q));
	EXPECT_EQ(1, q.timeout_ms);
	ASSERT_EQ(0, ctx_query(self->fd, ctx_create(self->fd, info.max_timeout_ms), &q));
	EXPECT_EQ(info.max_timeout_ms, q.timeout_ms);
}

TEST_F(npu, jobs_are_counted)
{
	struct drm_vnpu_ctx_query q;
	__u32 program = program_load_copy(self->fd);

	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, rig_run(&self->rig, program));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(3, q.submitted);
	EXPECT_EQ(3, q.completed);
	EXPECT_EQ(0, q.failed);
	EXPECT_LT(0, q.busy_ns);
}

TEST_F(npu, root_may_ask_for_any_priority)
{
	EXPECT_EQ(0, create(self->fd, DRM_VNPU_PRIORITY_LOW));
	EXPECT_EQ(0, create(self->fd, DRM_VNPU_PRIORITY_NORMAL));
	EXPECT_EQ(0, create(self->fd, DRM_VNPU_PRIORITY_HIGH));
}

TEST_F(npu, high_priority_needs_a_privilege)
{
	ASSERT_EQ(0, device_drop_privileges());
	EXPECT_EQ(-EACCES, create(self->fd, DRM_VNPU_PRIORITY_HIGH));
	EXPECT_EQ(0, create(self->fd, DRM_VNPU_PRIORITY_NORMAL));
	EXPECT_EQ(0, create(self->fd, DRM_VNPU_PRIORITY_LOW));
}

TEST_F(npu, every_priority_runs)
{
	__u32 program = program_load_fill(self->fd, 1, 3);

	for (__u32 priority = 0; priority <= DRM_VNPU_PRIORITY_HIGH; priority++) {
		struct drm_vnpu_ctx_create args = { .priority = priority };
		struct rig rig = self->rig;

		ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_CTX_CREATE, &args));
		rig.ctx = args.handle;
		rig_fill(&rig, SLOT_RESULT, 0);
		ASSERT_EQ(0, rig_run(&rig, program));
		EXPECT_TRUE(rig_is(&rig, 3));
	}
}

TEST_F(npu, destroyed_once)
{
	struct drm_vnpu_ctx_query q;

	ASSERT_EQ(0, ctx_destroy(self->fd, self->rig.ctx));
	EXPECT_EQ(-ENOENT, ctx_destroy(self->fd, self->rig.ctx));
	EXPECT_EQ(-ENOENT, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(-ENOENT, rig_start(&self->rig, program_load_copy(self->fd), 0));
}

TEST_F(npu, as_many_as_promised)
{
	struct drm_vnpu_dev_info info;

	ASSERT_EQ(0, dev_info(self->fd, &info));
	/* The fixture has one. */
	for (__u32 i = 1; i < info.max_contexts; i++)
		ASSERT_EQ(0, create(self->fd, DRM_VNPU_PRIORITY_NORMAL));
	EXPECT_EQ(-ENOSPC, create(self->fd, DRM_VNPU_PRIORITY_NORMAL));
	EXPECT_EQ(0, ctx_destroy(self->fd, 2));
	EXPECT_EQ(2, ctx_create(self->fd, 0));
}

static const struct {
	const char *name;
	struct drm_vnpu_ctx_create args;
	int want;
} create_refused[] = {
	{ "unknown priority", { .priority = 3 }, -EINVAL },
	{ "largest priority", { .priority = ~0u }, -EINVAL },
	{ "a flag", { .flags = 1 }, -EINVAL },
	{ "the last flag", { .flags = 1u << 31 }, -EINVAL },
	{ "timeout too long", { .timeout_ms = 10001 }, -EINVAL },
	{ "longest timeout", { .timeout_ms = ~0u }, -EINVAL },
};

TEST_F(npu, create_refused)
{
	struct drm_vnpu_dev_info info;

	ASSERT_EQ(0, dev_info(self->fd, &info));
	ASSERT_EQ(10000, info.max_timeout_ms);
	for (int i = 0; i < COUNT(create_refused); i++) {
		struct drm_vnpu_ctx_create args = create_refused[i].args;

		EXPECT_EQ(create_refused[i].want,
			  device_call(self->fd, DRM_IOCTL_VNPU_CTX_CREATE, &args))
		{
			TH_LOG("%s", create_refused[i].name);
		}
		EXPECT_EQ(0, args.handle);
	}
}

/* Handle 1 is the fixture's context. */
static const struct {
	const char *name;
	__u32 handle;
	__u32 pad;
	int want;
} handle_refused[] = {
	{ "pad", 1, 1, -EINVAL },
	{ "pad and no handle", 0, 1, -EINVAL },
	{ "handle 0", 0, 0, -ENOENT },
	{ "unknown handle", 2, 0, -ENOENT },
	{ "largest handle", ~0u, 0, -ENOENT },
};

TEST_F(npu, query_refused)
{
	for (int i = 0; i < COUNT(handle_refused); i++) {
		struct drm_vnpu_ctx_query args = {
			.handle = handle_refused[i].handle,
			.pad = handle_refused[i].pad,
		};

		EXPECT_EQ(handle_refused[i].want,
			  device_call(self->fd, DRM_IOCTL_VNPU_CTX_QUERY, &args))
		{
			TH_LOG("%s", handle_refused[i].name);
		}
	}
}

TEST_F(npu, destroy_refused)
{
	struct drm_vnpu_ctx_query q;

	for (int i = 0; i < COUNT(handle_refused); i++) {
		struct drm_vnpu_ctx_destroy args = {
			.handle = handle_refused[i].handle,
			.pad = handle_refused[i].pad,
		};

		EXPECT_EQ(handle_refused[i].want,
			  device_call(self->fd, DRM_IOCTL_VNPU_CTX_DESTROY, &args))
		{
			TH_LOG("%s", handle_refused[i].name);
		}
	}
	EXPECT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
}

TEST_HARNESS_MAIN
