// SPDX-License-Identifier: GPL-2.0-only
/* What a user can hold of the device, and what it is told about that. */
#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>

#include "fixture.h"

#define PARAMETERS "/sys/module/vnpu/parameters/"

static int query_limits(int fd, struct drm_vnpu_limits_info *info)
{
	struct drm_vnpu_dev_query args = {
		.type = DRM_VNPU_QUERY_LIMITS,
		.size = sizeof(*info),
		.pointer = (uintptr_t)info,
	};

	return device_call(fd, DRM_IOCTL_VNPU_DEV_QUERY, &args);
}

/* The limit of a parameter of the module, for the rest of the test. */
static int set_limit(const char *name, unsigned int value)
{
	char path[96], text[16];

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	snprintf(text, sizeof(text), "%u", value);
	return file_write(path, text);
}

static void usual_limits(void)
{
	set_limit("user_contexts", 1024);
	set_limit("user_programs", 4096);
	set_limit("user_memory_mb", 0);
	set_limit("queue_depth", 1024);
}

/*
 * Becomes somebody without privileges whose files count for nobody else.  The node is
 * root's, so it is opened before: the fixture's files are root's, and what is counted
 * for is decided when a file is opened.
 */
static int reopen_as_nobody(int fd)
{
	char path[32];
	int ret;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ret = chmod(path, 0666) ? -errno : device_drop_privileges();
	return ret ? ret : device_open();
}

FIXTURE(limits)
{
	int fd;
	struct drm_vnpu_limits_info before;
};

FIXTURE_SETUP(limits)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	usual_limits();
	ASSERT_EQ(0, query_limits(self->fd, &self->before));
}

/* Run as root by a parent of the test's process, which has no privileges left. */
FIXTURE_TEARDOWN_PARENT(limits)
{
	usual_limits();
	close(self->fd);
}

TEST_F(limits, are_told)
{
	struct drm_vnpu_limits_info info;

	memset(&info, 0xff, sizeof(info));
	ASSERT_EQ(0, query_limits(self->fd, &info));
	EXPECT_EQ(1024, info.contexts.max);
	EXPECT_EQ(4096, info.programs.max);
	EXPECT_LE(1 << 20, info.memory.max);
	EXPECT_EQ(1024, info.queue_depth);
	EXPECT_EQ(DRM_VNPU_LIMITS_EXEMPT, info.flags);
	ASSERT_EQ(0, set_limit("user_memory_mb", 3));
	ASSERT_EQ(0, query_limits(self->fd, &info));
	EXPECT_EQ(3 << 20, info.memory.max);
}

TEST_F(limits, count_what_is_held)
{
	struct drm_vnpu_limits_info info;
	__u32 ctx = ctx_create(self->fd, 0);
	__u32 program = program_load_copy(self->fd);
	__u32 bo = bo_create(self->fd, 5000);
	struct program p;

	program_begin(&p);
	program_copy(&p);
	ASSERT_EQ(0, query_limits(self->fd, &info));
	EXPECT_EQ(self->before.contexts.used + 1, info.contexts.used);
	EXPECT_EQ(self->before.programs.used + 1, info.programs.used);
	EXPECT_EQ(self->before.memory.used + 8192 + p.header.size, info.memory.used);

	ASSERT_EQ(0, ctx_destroy(self->fd, ctx));
	ASSERT_EQ(0, program_destroy(self->fd, program));
	ASSERT_EQ(0, bo_close(self->fd, bo));
	ASSERT_EQ(0, query_limits(self->fd, &info));
	EXPECT_EQ(self->before.contexts.used, info.contexts.used);
	EXPECT_EQ(self->before.programs.used, info.programs.used);
	EXPECT_EQ(self->before.memory.used, info.memory.used);
}

/* A second file of the same user counts with the first, and gives back when it is closed. */
TEST_F(limits, count_over_files)
{
	struct drm_vnpu_limits_info info;
	int other = device_open();

	ASSERT_NE(0, ctx_create(other, 0));
	ASSERT_NE(0, bo_create(other, 1 << 20));
	ASSERT_EQ(0, query_limits(self->fd, &info));
	EXPECT_EQ(self->before.contexts.used + 1, info.contexts.used);
	EXPECT_EQ(self->before.memory.used + (1 << 20), info.memory.used);
	close(other);
	ASSERT_EQ(0, query_limits(self->fd, &info));
	EXPECT_EQ(self->before.contexts.used, info.contexts.used);
	EXPECT_EQ(self->before.memory.used, info.memory.used);
}

/* A buffer counts as long as it is there, whoever has the last hold of it. */
TEST_F(limits, count_exported_memory)
{
	struct drm_vnpu_limits_info info;
	int file = device_open();
	int dmabuf = bo_export(file, bo_create(file, 1 << 20));

	ASSERT_LE(0, dmabuf);
	close(file);
	ASSERT_EQ(0, query_limits(self->fd, &info));
	EXPECT_EQ(self->before.memory.used + (1 << 20), info.memory.used);
	/* An import is the exporter's. */
	ASSERT_NE(0, bo_import(self->fd, dmabuf));
	ASSERT_EQ(0, query_limits(self->fd, &info));
	EXPECT_EQ(self->before.memory.used + (1 << 20), info.memory.used);
}

static int try_ctx(int fd)
{
	struct drm_vnpu_ctx_create args = { .priority = DRM_VNPU_PRIORITY_NORMAL };

	return device_call(fd, DRM_IOCTL_VNPU_CTX_CREATE, &args);
}

static int try_bo(int fd, __u64 size)
{
	struct drm_vnpu_bo_create args = { .size = size };

	return device_call(fd, DRM_IOCTL_VNPU_BO_CREATE, &args);
}

static int try_program(int fd)
{
	struct drm_vnpu_program_create args;
	struct program p;

	program_begin(&p);
	program_copy(&p);
	args = (struct drm_vnpu_program_create){ .data = (uintptr_t)&p, .size = p.header.size };
	return device_call(fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, &args);
}

TEST_F(limits, hold_for_users)
{
	struct drm_vnpu_limits_info info;
	int fd, other;

	ASSERT_EQ(0, set_limit("user_contexts", 3));
	ASSERT_EQ(0, set_limit("user_programs", 2));
	ASSERT_EQ(0, set_limit("user_memory_mb", 1));
	fd = reopen_as_nobody(self->fd);
	ASSERT_LE(0, fd);
	other = device_open();
	ASSERT_EQ(0, query_limits(fd, &info));
	EXPECT_EQ(0, info.contexts.used);
	EXPECT_EQ(0, info.memory.used);
	EXPECT_EQ(0, info.flags);

	/* A second file does not help. */
	EXPECT_EQ(0, try_ctx(fd));
	EXPECT_EQ(0, try_ctx(other));
	EXPECT_EQ(0, try_ctx(fd));
	EXPECT_EQ(-EDQUOT, try_ctx(fd));
	EXPECT_EQ(-EDQUOT, try_ctx(other));
	EXPECT_EQ(0, try_program(fd));
	EXPECT_EQ(0, try_program(other));
	EXPECT_EQ(-EDQUOT, try_program(fd));
	EXPECT_EQ(-EDQUOT, try_bo(fd, 1 << 20));
	EXPECT_EQ(0, try_bo(fd, 1 << 19));
	EXPECT_EQ(-EDQUOT, try_bo(other, 1 << 19));

	/* What was refused does not count, and what is given back can be had again. */
	ASSERT_EQ(0, query_limits(fd, &info));
	EXPECT_EQ(3, info.contexts.used);
	EXPECT_EQ(2, info.programs.used);
	close(other);
	EXPECT_EQ(0, try_ctx(fd));
	EXPECT_EQ(0, try_program(fd));
}

/* Not even the full table of one user is felt by another. */
TEST_F(limits, are_of_one_user)
{
	struct drm_vnpu_limits_info info;

	for (int i = 0; i < 5; i++)
		ASSERT_EQ(0, try_ctx(self->fd));
	ASSERT_EQ(0, set_limit("user_contexts", 1));
	ASSERT_EQ(0, query_limits(self->fd, &info));
	EXPECT_LE(5, info.contexts.used);
	/* Root goes beyond what it has. */
	EXPECT_EQ(0, try_ctx(self->fd));
	self->fd = reopen_as_nobody(self->fd);
	EXPECT_EQ(0, try_ctx(self->fd));
	EXPECT_EQ(-EDQUOT, try_ctx(self->fd));
}

/* The table of one file is another limit with another error. */
TEST_F(limits, of_a_file)
{
	struct drm_vnpu_dev_info info = {};
	struct drm_vnpu_dev_query args = { .size = sizeof(info), .pointer = (uintptr_t)&info };

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_DEV_QUERY, &args));
	for (__u32 i = 0; i < info.max_contexts; i++)
		ASSERT_EQ(0, try_ctx(self->fd));
	EXPECT_EQ(-ENOSPC, try_ctx(self->fd));
	for (__u32 i = 0; i < info.max_programs; i++)
		ASSERT_EQ(0, try_program(self->fd));
	EXPECT_EQ(-ENOSPC, try_program(self->fd));
}

TEST_F(npu, queue_is_bounded)
{
	__u32 program = program_load_fill(self->fd, 1, 4);
	struct drm_vnpu_ctx_query q;
	struct run run;

	ASSERT_EQ(0, set_limit("queue_depth", 8));
	ASSERT_EQ(0, device_inject("hang_op", 0));
	run_init(&run, &self->rig, program);
	for (int i = 0; i < 8; i++)
		ASSERT_EQ(0, run_submit(&run, self->fd));
	EXPECT_EQ(-EBUSY, run_submit(&run, self->fd));
	/* Nothing of it was queued; another context has a queue of its own. */
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(8, q.submitted);
	run.submit.ctx = ctx_create(self->fd, 0);
	EXPECT_EQ(0, run_submit(&run, self->fd));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	/* The first context hung and is banned; the second's queue is empty again. */
	for (int i = 0; i < 8; i++)
		ASSERT_EQ(0, run_submit(&run, self->fd));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	usual_limits();
}

/* A batch that does not fit as a whole is refused as a whole. */
TEST_F(npu, batches_fit_or_do_not)
{
	__u32 program = program_load_fill(self->fd, 1, 4);
	struct drm_vnpu_job jobs[5];
	struct drm_vnpu_ctx_query q;
	struct run run;

	ASSERT_EQ(0, set_limit("queue_depth", 4));
	run_init(&run, &self->rig, program);
	for (int i = 0; i < COUNT(jobs); i++)
		jobs[i] = run.job;
	run.submit.jobs.array = (uintptr_t)jobs;
	run.submit.jobs.count = 5;
	EXPECT_EQ(-EBUSY, run_submit(&run, self->fd));
	run.submit.jobs.count = 4;
	EXPECT_EQ(0, run_submit(&run, self->fd));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(4, q.submitted);
	usual_limits();
}

TEST_HARNESS_MAIN
