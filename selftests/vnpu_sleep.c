// SPDX-License-Identifier: GPL-2.0-only
/* Sleep, of the system and of the device: jobs stand still and go on with the same result. */
#include <errno.h>
#include <stdint.h>

#include "fixture.h"

#define OPS		20
#define TILE_MS		50
/* Shorter than any sleep here. */
#define TIMEOUT_MS	500

/* Progress of the only job that runs, as debugfs tells it; -1: none does. */
static int progress(void)
{
	char path[128], text[512], *line;
	int core, op, tiles;
	char state[16];

	if (device_debugfs("cores", path, sizeof(path)) || file_text(path, text, sizeof(text)))
		return -1;
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (sscanf(line, "%d %15s %d %d", &core, state, &op, &tiles) == 4 &&
		    !strcmp(state, "busy"))
			return tiles;
	return -1;
}

/* Starts a job of a second that gives @code; the syncobj that it signals. */
static __u32 start_slow(const struct rig *rig, int code)
{
	__u32 done = syncobj_create(rig->fd);

	if (device_inject("slow_tile_ms", TILE_MS) ||
	    rig_start(rig, program_load_fill(rig->fd, OPS, code), done))
		return 0;
	device_sleep(4 * TILE_MS);
	return done;
}

TEST_F(npu, frozen_job_stands_still)
{
	struct rig slow;
	__u32 done;
	int before;

	ASSERT_EQ(0, rig_open(&slow, self->fd, TIMEOUT_MS));
	done = start_slow(&slow, 5);
	ASSERT_NE(0, done);
	ASSERT_EQ(0, device_inject("freeze", 1));
	before = progress();
	EXPECT_LT(0, before);
	EXPECT_GT(OPS, before);
	device_sleep(3 * TIMEOUT_MS);
	EXPECT_EQ(before, progress());
	ASSERT_EQ(0, device_inject("freeze", 0));
	ASSERT_EQ(0, syncobj_wait(self->fd, done, 0, DEVICE_SOON_MS));
	EXPECT_EQ(1, syncobj_error(self->fd, done));
	EXPECT_TRUE(rig_is(&slow, 5));
}

TEST_F(npu, job_that_comes_to_a_frozen_device_waits)
{
	__u32 done = syncobj_create(self->fd);

	ASSERT_EQ(0, device_inject("freeze", 1));
	ASSERT_EQ(0, rig_start(&self->rig, program_load_fill(self->fd, 1, 4), done));
	EXPECT_EQ(-ETIME, syncobj_wait(self->fd, done, 0, 300));
	ASSERT_EQ(0, device_inject("freeze", 0));
	ASSERT_EQ(0, syncobj_wait(self->fd, done, 0, DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, 4));
}

/* The kernel goes to sleep as far as @level says, for a second, and wakes up. */
static int sleep_at(const char *level)
{
	int ret = file_write("/sys/module/suspend/parameters/pm_test_delay", "1");

	if (!ret || ret == -ENOENT)
		ret = file_write("/sys/power/pm_test", level);
	if (!ret)
		ret = file_write("/sys/power/state", "freeze");
	file_write("/sys/power/pm_test", "none");
	return ret;
}

static bool has(const char *path, const char *word)
{
	char text[256];

	return !file_text(path, text, sizeof(text)) && strstr(text, word);
}

static void sleep_with_a_job(struct __test_metadata *_metadata, int fd, const char *level)
{
	struct drm_vnpu_ctx_query q;
	struct rig slow;
	__u32 done;

	ASSERT_EQ(0, rig_open(&slow, fd, TIMEOUT_MS));
	done = start_slow(&slow, 6);
	ASSERT_NE(0, done);
	ASSERT_EQ(0, sleep_at(level));
	ASSERT_EQ(0, syncobj_wait(fd, done, 0, DEVICE_SOON_MS));
	EXPECT_EQ(1, syncobj_error(fd, done));
	EXPECT_TRUE(rig_is(&slow, 6));
	ASSERT_EQ(0, ctx_query(fd, slow.ctx, &q));
	EXPECT_EQ(DRM_VNPU_CTX_OK, q.state);
}

TEST_F(npu, system_sleep_up_to_the_tasks)
{
	if (!has("/sys/power/state", "freeze") || !has("/sys/power/pm_test", "freezer"))
		SKIP(return, "a kernel without sleep");
	sleep_with_a_job(_metadata, self->fd, "freezer");
}

TEST_F(npu, system_sleep_up_to_the_devices)
{
	if (!has("/sys/power/state", "freeze") || !has("/sys/power/pm_test", "devices"))
		SKIP(return, "a kernel without sleep");
	/* The emulated machine's own disk does not survive the sleep of its devices. */
	if (!device_is_uml())
		SKIP(return, "the files of this machine would not wake up");
	sleep_with_a_job(_metadata, self->fd, "devices");
}

/* Waits until the device's power state is @want. */
static bool becomes(const char *want)
{
	__u64 end = device_ms() + DEVICE_SOON_MS;

	do {
		if (has(DEVICE_SYSFS "power/runtime_status", want))
			return true;
		device_sleep(10);
	} while (device_ms() < end);
	return false;
}

TEST_F(npu, device_sleeps_when_it_has_nothing_to_do)
{
	long long active, asleep;
	__u32 done;

	if (has(DEVICE_SYSFS "power/runtime_status", "unsupported") ||
	    access(DEVICE_SYSFS "power/runtime_status", F_OK))
		SKIP(return, "a kernel without runtime power management");
	EXPECT_TRUE(becomes("suspended"));
	active = device_number("power/runtime_active_time");
	asleep = device_number("power/runtime_suspended_time");
	done = start_slow(&self->rig, 5);
	EXPECT_TRUE(has(DEVICE_SYSFS "power/runtime_status", "active"));
	ASSERT_EQ(0, syncobj_wait(self->fd, done, 0, DEVICE_SOON_MS));
	EXPECT_TRUE(becomes("suspended"));
	EXPECT_LE(active + OPS * TILE_MS, device_number("power/runtime_active_time"));
	device_sleep(200);
	EXPECT_LT(asleep, device_number("power/runtime_suspended_time"));
}

TEST_HARNESS_MAIN
