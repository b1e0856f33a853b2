// SPDX-License-Identifier: GPL-2.0-only
/* What /proc/PID/fdinfo/FD tells about a client, for tools like gputop. */
#include <errno.h>
#include <stdint.h>

#include "fixture.h"

/* Finds the value of @key; false when it is not there. */
static bool find(int fd, const char *key, char *value, size_t size)
{
	char path[64], line[256];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	while (file && !found && fgets(line, sizeof(line), file)) {
		char *colon = strchr(line, ':');

		if (!colon)
			continue;
		*colon = 0;
		found = !strcmp(line, key);
		snprintf(value, size, "%s", colon + 1 + strspn(colon + 1, " \t"));
	}
	if (file)
		fclose(file);
	return found;
}

/* A number with or without a unit; -1 when the key is not there. */
static long long number(int fd, const char *key)
{
	static const struct {
		const char *name;
		long long factor;
	} units[] = { { "KiB", 1 << 10 }, { "MiB", 1 << 20 }, { "ns", 1 }, { "Hz", 1 }, { "", 1 } };
	char value[64], unit[8] = "";
	long long n;

	if (!find(fd, key, value, sizeof(value)) || sscanf(value, "%lld %7s", &n, unit) < 1)
		return -1;
	for (int i = 0; i < COUNT(units); i++)
		if (!strcmp(unit, units[i].name))
			return n * units[i].factor;
	return -1;
}

TEST_F(npu, names_the_driver)
{
	char value[64];

	ASSERT_TRUE(find(self->fd, "drm-driver", value, sizeof(value)));
	EXPECT_STREQ("vnpu\n", value);
}

TEST_F(npu, clients_differ)
{
	int other = device_open();

	EXPECT_LE(0, number(self->fd, "drm-client-id"));
	EXPECT_NE(number(other, "drm-client-id"), number(self->fd, "drm-client-id"));
}

TEST_F(npu, capacity_is_the_number_of_cores)
{
	struct drm_vnpu_dev_info info = {};
	struct drm_vnpu_dev_query args = { .size = sizeof(info), .pointer = (uintptr_t)&info };

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_DEV_QUERY, &args));
	EXPECT_EQ(info.cores, number(self->fd, "drm-engine-capacity-npu"));
}

TEST_F(npu, engine_time_is_the_jobs_time)
{
	__u32 program = program_load_fill(self->fd, 4, 1);
	int other = device_open();
	struct drm_vnpu_ctx_query q;

	EXPECT_EQ(0, number(self->fd, "drm-engine-npu"));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 20));
	ASSERT_EQ(0, rig_run(&self->rig, program));
	EXPECT_LE(80000000, number(self->fd, "drm-engine-npu"));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ((long long)q.busy_ns, number(self->fd, "drm-engine-npu"));
	EXPECT_EQ(0, number(other, "drm-engine-npu"));
	/* also when the context is gone */
	ASSERT_EQ(0, ctx_destroy(self->fd, self->rig.ctx));
	EXPECT_EQ((long long)q.busy_ns, number(self->fd, "drm-engine-npu"));
}

/* Cycles are those of the device's clock, which runs on while nobody has jobs. */
TEST_F(npu, cycles)
{
	long long hertz = number(self->fd, "drm-maxfreq-npu");
	long long total = number(self->fd, "drm-total-cycles-npu");

	EXPECT_LT(0, hertz);
	EXPECT_EQ(0, number(self->fd, "drm-cycles-npu"));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 20));
	ASSERT_EQ(0, rig_run(&self->rig, program_load_fill(self->fd, 4, 1)));
	EXPECT_LE(80 * hertz / 1000, number(self->fd, "drm-cycles-npu"));
	EXPECT_GE(number(self->fd, "drm-total-cycles-npu") - total,
		  number(self->fd, "drm-cycles-npu"));
}

TEST_F(npu, memory_is_counted)
{
	long long total = number(self->fd, "drm-total-memory");
	long long resident = number(self->fd, "drm-resident-memory");
	__u32 handle;

	EXPECT_LE((long long)PROGRAM_SLOTS * PROGRAM_BYTES, total);
	EXPECT_EQ(total, resident);
	handle = bo_create(self->fd, 1 << 20);
	ASSERT_NE(0, handle);
	EXPECT_EQ(total + (1 << 20), number(self->fd, "drm-total-memory"));
	EXPECT_EQ(resident + (1 << 20), number(self->fd, "drm-resident-memory"));
	ASSERT_EQ(0, bo_close(self->fd, handle));
	EXPECT_EQ(total, number(self->fd, "drm-total-memory"));
}

TEST_F(npu, busy_buffers_are_active)
{
	ASSERT_EQ(0, device_inject("slow_tile_ms", 50));
	/* Later kernels leave out what is 0. */
	EXPECT_GE(0, number(self->fd, "drm-active-memory"));
	ASSERT_EQ(0, rig_start(&self->rig, program_load_fill(self->fd, 4, 1), 0));
	EXPECT_LE((long long)PROGRAM_BYTES, number(self->fd, "drm-active-memory"));
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
}

TEST_HARNESS_MAIN
