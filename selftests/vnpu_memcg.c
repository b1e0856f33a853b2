// SPDX-License-Identifier: GPL-2.0-only
/* Memory cgroups: who pays for buffers, and what happens at the limit. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fixture.h"

#define MIB		0x100000ll
#define CGROUPS		"/run/vnpu-cgroups"
#define MAKER		CGROUPS "/maker"
#define OTHER		CGROUPS "/other"
#define BUFFER		(16 * MIB)
#define LIMIT_TEXT	"33554432"
/* Page tables, handles, and what each CPU is charged in advance. */
#define SLACK		(2 * MIB)
#define REFUSALS	20

/* A group of its own below the root, limited to LIMIT_TEXT bytes; -errno. */
static int make_group(const char *path)
{
	char file[64];

	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	snprintf(file, sizeof(file), "%s/memory.max", path);
	return file_write(file, LIMIT_TEXT);
}

static int enter(const char *path)
{
	char file[64];

	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	return file_write(file, "0");
}

/* The number that a file of a group begins with, or that follows @word in it; -1. */
static long long number(const char *path, const char *name, const char *word)
{
	char file[64], text[512];
	const char *at = text;

	snprintf(file, sizeof(file), "%s/%s", path, name);
	if (file_text(file, text, sizeof(text)))
		return -1;
	if (word) {
		at = strstr(text, word);
		at = at ? at + strlen(word) : "-1";
	}
	return atoll(at);
}

static long long charged(const char *path)
{
	return number(path, "memory.current", NULL);
}

/* Uncharging is lazy: wait until at most @bytes are left. */
static bool falls_to(const char *path, long long bytes)
{
	for (__u64 end = device_ms() + DEVICE_SOON_MS; device_ms() < end; device_sleep(10))
		if (charged(path) <= bytes)
			return true;
	return false;
}

static void leave(void)
{
	enter(CGROUPS);
	rmdir(MAKER);
	rmdir(OTHER);
	umount2(CGROUPS, MNT_DETACH);
}

/* Two groups, the caller in the first; -errno when the kernel cannot do that. */
static int confine(void)
{
	int ret;

	if (mkdir(CGROUPS, 0700) && errno != EEXIST)
		return -errno;
	if (mount("none", CGROUPS, "cgroup2", 0, NULL) && errno != EBUSY)
		return -errno;
	ret = file_write(CGROUPS "/cgroup.subtree_control", "+memory") ? -EOPNOTSUPP : 0;
	if (!ret)
		ret = make_group(MAKER);
	if (!ret)
		ret = make_group(OTHER);
	if (!ret)
		ret = enter(MAKER);
	if (ret)
		leave();
	return ret;
}

FIXTURE(group)
{
	int fd;
	long long before;
};

FIXTURE_SETUP(group)
{
	int ret = confine();

	self->fd = -1;
	if (ret)
		SKIP(return, "no memory controller of version 2 here: %s", strerror(-ret));
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	/* Opened, mapped and closed once: what the first time costs is no part of the sums. */
	ASSERT_EQ(0, bo_close(self->fd, bo_create(self->fd, MIB)));
	self->before = charged(MAKER);
	ASSERT_LE(0, self->before);
}

FIXTURE_TEARDOWN(group)
{
	if (self->fd < 0)
		return;
	close(self->fd);
	leave();
}

TEST_F(group, the_maker_pays)
{
	__u32 bo = bo_create(self->fd, BUFFER);
	long long after = charged(MAKER);

	ASSERT_NE(0, bo);
	/* Without having been touched. */
	EXPECT_LE(self->before + BUFFER - SLACK, after);
	EXPECT_GE(self->before + BUFFER + SLACK, after);
	ASSERT_EQ(0, bo_close(self->fd, bo));
	EXPECT_TRUE(falls_to(MAKER, self->before + SLACK));
}

TEST_F(group, closing_the_device_pays_back)
{
	ASSERT_NE(0, bo_create(self->fd, BUFFER));
	EXPECT_LE(self->before + BUFFER - SLACK, charged(MAKER));
	close(self->fd);
	EXPECT_TRUE(falls_to(MAKER, self->before + SLACK));
	self->fd = device_open();
}

/* Nobody is killed for it: the call fails, and nothing of it stays. */
TEST_F_TIMEOUT(group, refused_at_the_limit, 300)
{
	struct drm_vnpu_limits_info before = {}, after = {};

	ASSERT_EQ(0, device_query(self->fd, DRM_VNPU_QUERY_LIMITS, &before, sizeof(before)));
	for (int i = 0; i < REFUSALS; i++) {
		struct drm_vnpu_bo_create args = { .size = 2 * 32 * MIB };

		ASSERT_EQ(-ENOMEM, device_call(self->fd, DRM_IOCTL_VNPU_BO_CREATE, &args));
		ASSERT_EQ(0, args.handle);
	}
	EXPECT_TRUE(falls_to(MAKER, self->before + SLACK));
	ASSERT_EQ(0, device_query(self->fd, DRM_VNPU_QUERY_LIMITS, &after, sizeof(after)));
	EXPECT_EQ(before.memory.used, after.memory.used);
	EXPECT_EQ(0, number(MAKER, "memory.events", "oom_kill "));
	EXPECT_LT(0, number(MAKER, "memory.events", "max "));
	EXPECT_NE(0, bo_create(self->fd, BUFFER));
}

/* Several small ones meet the limit as one large one does. */
TEST_F(group, the_last_straw)
{
	__u32 first = bo_create(self->fd, BUFFER);
	int made = 1;

	ASSERT_NE(0, first);
	while (made < 64 && bo_create(self->fd, MIB))
		made++;
	EXPECT_LE(8, made);
	EXPECT_GE(16, made);
	EXPECT_EQ(0, number(MAKER, "memory.events", "oom_kill "));
	/* Room again. */
	ASSERT_EQ(0, bo_close(self->fd, first));
	EXPECT_TRUE(falls_to(MAKER, self->before + made * MIB + SLACK));
	EXPECT_NE(0, bo_create(self->fd, MIB));
}

/* The limit is that of the group, not of the device. */
TEST_F(group, who_is_outside_notices_nothing)
{
	struct drm_vnpu_bo_create args = { .size = 2 * 32 * MIB };

	ASSERT_EQ(-ENOMEM, device_call(self->fd, DRM_IOCTL_VNPU_BO_CREATE, &args));
	ASSERT_EQ(0, enter(CGROUPS));
	EXPECT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_BO_CREATE, &args));
	EXPECT_GE(self->before + SLACK, charged(MAKER));
}

/* In a process of the other group: writes all of the buffer; 0 or what went wrong. */
static int use_elsewhere(int fd, __u32 bo)
{
	long long before;
	char *mem;

	if (enter(OTHER))
		return 1;
	before = charged(OTHER);
	mem = bo_map(fd, bo, BUFFER);
	if (!mem)
		return 2;
	memset(mem, 1, BUFFER);
	return charged(OTHER) <= before + SLACK ? 0 : 3;
}

TEST_F(group, using_is_free)
{
	__u32 bo = bo_create(self->fd, BUFFER);
	int status;
	pid_t child;

	ASSERT_NE(0, bo);
	child = fork();
	if (!child)
		_exit(use_elsewhere(self->fd, bo));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status >> 8);
	EXPECT_LE(self->before + BUFFER - SLACK, charged(MAKER));
}

TEST_HARNESS_MAIN
