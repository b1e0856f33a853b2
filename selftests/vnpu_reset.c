// SPDX-License-Identifier: GPL-2.0-only
/* Root resets the device: what runs ends, and a dead core comes back. */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>

#include <linux/netlink.h>

#include "fixture.h"

#define RESET	DEVICE_SYSFS "reset"

static __u32 state(int fd)
{
	struct drm_vnpu_health_info info;

	return device_query(fd, DRM_VNPU_QUERY_HEALTH, &info, sizeof(info)) ? ~0u : info.state;
}

TEST_F(npu, reset_of_an_idle_device_changes_nothing)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	long long resets = device_number("health/resets");

	ASSERT_EQ(0, file_write(RESET, "1"));
	EXPECT_EQ(resets + 1, device_number("health/resets"));
	EXPECT_EQ(0, rig_run(&self->rig, program));
	EXPECT_TRUE(rig_is(&self->rig, 5));
}

/* Nobody is to blame: the context goes on, and so do the jobs behind. */
TEST_F(npu, running_job_is_cancelled)
{
	__u32 program = program_load_fill(self->fd, 4, 5);
	__u32 running = syncobj_create(self->fd);
	__u32 queued = syncobj_create(self->fd);
	struct drm_vnpu_ctx_query q;

	ASSERT_EQ(0, device_inject("slow_op", 1));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 500));
	ASSERT_EQ(0, rig_start(&self->rig, program, running));
	ASSERT_EQ(0, rig_start(&self->rig, program, queued));
	device_sleep(200);
	ASSERT_EQ(0, file_write(RESET, "1"));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 0));
	ASSERT_EQ(0, syncobj_wait(self->fd, running, 0, DEVICE_SOON_MS));
	EXPECT_EQ(-ECANCELED, syncobj_error(self->fd, running));
	ASSERT_EQ(0, syncobj_wait(self->fd, queued, 0, DEVICE_SOON_MS));
	EXPECT_EQ(1, syncobj_error(self->fd, queued));
	EXPECT_TRUE(rig_is(&self->rig, 5));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(DRM_VNPU_CTX_OK, q.state);
}

/*
 * A machine that does not answer for more than five seconds is given up; while it has not
 * answered there is nothing to be reset, afterwards everything works again.
 */
TEST_F_TIMEOUT(npu, dead_core_comes_back, 300)
{
	__u32 program = program_load_fill(self->fd, 1, 4);
	struct drm_vnpu_health_info info;
	struct rig hanger;
	int deaf_ms = 9000;
	__u64 end;
	int ret;

	/* Where giving it up and asking took longer than it was deaf, once more. */
	do {
		ASSERT_EQ(0, rig_open(&hanger, self->fd, 100));
		ASSERT_EQ(0, device_inject("deaf_ms", deaf_ms));
		ASSERT_EQ(0, device_inject("hang_op", 0));
		EXPECT_EQ(-ETIME, rig_run(&hanger, program));
		ASSERT_EQ(0, device_query(self->fd, DRM_VNPU_QUERY_HEALTH, &info, sizeof(info)));
		EXPECT_EQ(DRM_VNPU_HEALTH_WEDGED, info.state);
		EXPECT_EQ(1, info.dead_cores);
		EXPECT_EQ(DRM_VNPU_FAULT_DEAD_CORE, info.last_fault);
		EXPECT_EQ(-ENODEV, rig_start(&self->rig, program, 0));
		ret = file_write(RESET, "1");
		deaf_ms *= 2;
	} while (!ret && deaf_ms < 50000);
	EXPECT_EQ(-EBUSY, ret);
	EXPECT_EQ(DRM_VNPU_HEALTH_WEDGED, state(self->fd));

	end = device_ms() + (__u64)deaf_ms + DEVICE_SOON_MS;
	do {
		ret = file_write(RESET, "1");
	} while (ret == -EBUSY && device_ms() < end);
	ASSERT_EQ(0, ret);
	EXPECT_EQ(DRM_VNPU_HEALTH_OK, state(self->fd));
	EXPECT_EQ(0, rig_run(&self->rig, program));
	EXPECT_TRUE(rig_is(&self->rig, 4));
	/* The guilty one stays what it is. */
	EXPECT_EQ(-EIO, rig_start(&hanger, program, 0));
}

/* A socket that hears what udev hears; -errno. */
static int listen_to_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	return fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : fd;
}

/* Does a uevent with the line @text come? */
static bool hears(int fd, const char *text)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	__u64 end = device_ms() + DEVICE_SOON_MS;
	char event[4096];

	while (device_ms() < end) {
		ssize_t got;

		if (poll(&wait, 1, 100) < 1)
			continue;
		got = recv(fd, event, sizeof(event), 0);
		if (got > 0 && memmem(event, (size_t)got, text, strlen(text) + 1))
			return true;
	}
	return false;
}

TEST_F_TIMEOUT(npu, udev_is_told, 120)
{
	__u32 program = program_load_fill(self->fd, 1, 4);
	int uevents = listen_to_uevents();
	struct rig hanger;
	__u64 end;

	ASSERT_LE(0, uevents);
	ASSERT_EQ(0, file_write(RESET, "1"));
	EXPECT_TRUE(hears(uevents, "WEDGED=none"));
	ASSERT_EQ(0, rig_open(&hanger, self->fd, 100));
	ASSERT_EQ(0, device_inject("deaf_ms", 6500));
	ASSERT_EQ(0, device_inject("hang_op", 0));
	EXPECT_EQ(-ETIME, rig_run(&hanger, program));
	EXPECT_TRUE(hears(uevents, "WEDGED=vendor-specific,rebind"));
	end = device_ms() + DEVICE_SOON_MS;
	while (file_write(RESET, "1") && device_ms() < end)
		;
	EXPECT_TRUE(hears(uevents, "WEDGED=none"));
	EXPECT_EQ(DRM_VNPU_HEALTH_OK, state(self->fd));
}

TEST_F(npu, refusals)
{
	EXPECT_EQ(-EINVAL, file_write(RESET, "0"));
	EXPECT_EQ(-EINVAL, file_write(RESET, "what"));
	ASSERT_EQ(0, device_drop_privileges());
	EXPECT_EQ(-EACCES, file_write(RESET, "1"));
}

TEST_HARNESS_MAIN
