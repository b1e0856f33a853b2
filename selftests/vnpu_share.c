// SPDX-License-Identifier: GPL-2.0-only
/* The cap on the host's CPU time, measured by what the device's threads took of it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "fixture.h"

/* How long the device is kept busy for a measurement. */
#define SPAN_MS	1500u

/* Ops of a job and bytes that each writes: much longer than what lies between two jobs. */
#define OPS	16
#define BYTES	0x100000u

static int set_share(unsigned int percent)
{
	char path[128], text[16];
	int ret = device_debugfs("cpu_share", path, sizeof(path));

	snprintf(text, sizeof(text), "%u", percent);
	return ret ? ret : file_write(path, text);
}

static unsigned int get_share(void)
{
	char path[128], text[16] = "";
	int fd, got;

	if (device_debugfs("cpu_share", path, sizeof(path)))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = (int)read(fd, text, sizeof(text) - 1);
	close(fd);
	return got > 0 ? (unsigned int)atoi(text) : 0;
}

static double seconds(clockid_t clock)
{
	struct timespec t = {};

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* CPU seconds of all threads of the device so far, and how many there are. */
static double threads_seconds(int *count)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	double sum = 0;

	*count = 0;
	while (proc && (entry = readdir(proc))) {
		char path[300], name[32] = "";
		clockid_t clock;
		int fd;

		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		fd = atoi(entry->d_name) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		if (fd < 0)
			continue;
		if (read(fd, name, sizeof(name) - 1) > 0 && !strncmp(name, "vnpu/", 5) &&
		    !clock_getcpuclockid(atoi(entry->d_name), &clock)) {
			sum += seconds(clock);
			(*count)++;
		}
		close(fd);
	}
	if (proc)
		closedir(proc);
	return sum;
}

/* Loads a program of ops over BYTES, of one thread's work each, and gives it a buffer. */
static __u32 load_work(struct rig *rig)
{
	struct program p;

	program_begin(&p);
	p.slot[SLOT_RESULT].bytes = BYTES;
	for (int i = 0; i < OPS; i++) {
		struct vnpu_tensor *out = &p.op[i].out;

		program_fill(&p, 7);
		out->shape[3] = BYTES;
		for (int axis = 0; axis < 3; axis++)
			out->stride[axis] = BYTES;
	}
	rig->bytes[SLOT_RESULT] = BYTES;
	rig->bo[SLOT_RESULT] = bo_create(rig->fd, BYTES);
	rig->mem[SLOT_RESULT] = bo_map(rig->fd, rig->bo[SLOT_RESULT], BYTES);
	return program_load(rig->fd, &p);
}

/* Keeps one core busy; percent of the wall time that the device's threads computed. */
static double measure(struct rig *rig, double *by_account)
{
	__u32 program = load_work(rig);
	struct drm_vnpu_ctx_query before, after;
	double cpu, wall;
	int count;
	__u64 end;

	ctx_query(rig->fd, rig->ctx, &before);
	cpu = threads_seconds(&count);
	wall = seconds(CLOCK_MONOTONIC);
	end = device_ms() + SPAN_MS;
	while (device_ms() < end)
		/* A few at a time: the queue is never empty. */
		for (int i = 0; i < 8; i++)
			if (i < 7 ? rig_start(rig, program, 0) : rig_run(rig, program))
				return -1;
	wall = seconds(CLOCK_MONOTONIC) - wall;
	cpu = threads_seconds(&count) - cpu;
	ctx_query(rig->fd, rig->ctx, &after);
	*by_account = (double)(after.busy_ns - before.busy_ns) / 1e7 / wall;
	return cpu * 100 / wall;
}

FIXTURE(share)
{
	int fd;
	struct rig rig;
	unsigned int before;
};

FIXTURE_SETUP(share)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, rig_open(&self->rig, self->fd, 0));
	self->before = get_share();
}

FIXTURE_TEARDOWN(share)
{
	set_share(self->before);
	close(self->fd);
}

TEST_F(share, usually_none)
{
	EXPECT_EQ(100, self->before);
}

/*
 * The cap is one of each thread.  CPU time is reckoned by the tick, hence the room above; a
 * loaded host lets threads sleep longer than they want to, so below only the order is asked
 * for.
 */
TEST_F(share, holds)
{
	static const unsigned int shares[] = { 10, 25, 50 };
	struct drm_vnpu_dev_info info = {};
	struct drm_vnpu_dev_query query = { .size = sizeof(info), .pointer = (uintptr_t)&info };
	double account = 0, cpu, last = 0;

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_DEV_QUERY, &query));
	for (int i = 0; i < COUNT(shares); i++) {
		ASSERT_EQ(0, set_share(shares[i]));
		cpu = measure(&self->rig, &account);
		TH_LOG("cap %u %%: %u threads took %.1f %%, accounted busy %.1f %%", shares[i],
		       info.workers, cpu, account);
		EXPECT_LT(last, cpu);
		EXPECT_GT((shares[i] * 1.2 + 2) * info.workers, cpu);
		EXPECT_LT(0, account);
		last = cpu;
	}
}

/* A job under a cap makes progress: it is no hang. */
TEST_F_TIMEOUT(share, is_no_hang, 130)
{
	__u32 program;

	/* Longer than a tile takes under a checking kernel, shorter than the job. */
	ASSERT_EQ(0, rig_open(&self->rig, self->fd, 1000));
	ASSERT_EQ(0, set_share(1));
	program = load_work(&self->rig);
	EXPECT_EQ(0, rig_start(&self->rig, program, 0));
	EXPECT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], 120000));
	EXPECT_TRUE(rig_is(&self->rig, 7));
}

TEST_F(share, refuses_nonsense)
{
	EXPECT_EQ(-ERANGE, set_share(0));
	EXPECT_EQ(-ERANGE, set_share(101));
	EXPECT_EQ(self->before, get_share());
}

TEST_HARNESS_MAIN
