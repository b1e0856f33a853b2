// SPDX-License-Identifier: GPL-2.0-only
/* Who gets the cores, and what many jobs cost. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "fixture.h"

/* Contexts compete at least so long, and until so many jobs for each of them are done. */
#define SPAN_MS		1200u
#define SPAN_JOBS	20u
/* More time than a checking kernel in an emulator on a loaded host takes for that. */
#define SPAN_MAX_MS	60000u
/* Two for each core of the test machines. */
#define CONTEXTS	4

static __u32 make_ctx(int fd, __u32 priority)
{
	struct drm_vnpu_ctx_create args = { .priority = priority };

	return device_call(fd, DRM_IOCTL_VNPU_CTX_CREATE, &args) ? 0 : args.handle;
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/*
 * Jobs that each of the contexts has queued.  Schedulers that go by the age of a job serve
 * whoever came first until what he brought along is done: there contexts of equal rights
 * have equal queues.  Others (round robin, fair) give each its turn whatever it has queued.
 */
static unsigned int queue_length(void)
{
	char text[16] = "";
	FILE *file = fopen("/sys/module/gpu_sched/parameters/sched_policy", "re");

	if (file) {
		if (!fgets(text, sizeof(text), file))
			text[0] = 0;
		fclose(file);
	}
	return atoi(text) == 1 ? 2 : 64;
}

static bool enough(__u64 start, __u64 jobs, int count)
{
	__u64 span = device_ms() - start;

	return span >= SPAN_MAX_MS || (span >= SPAN_MS && jobs >= SPAN_JOBS * (__u64)count);
}

/* Keeps @count contexts full of jobs for a while; how many of each were done. */
static int compete(struct rig *rig, const __u32 *ctx, int count, __u64 *done)
{
	unsigned int length = queue_length();
	__u32 program = program_load_fill(rig->fd, 4, 5);
	__u64 start = device_ms(), jobs = 0;
	struct drm_vnpu_ctx_query q;
	struct run run;
	int ret = 0;

	/* Without fences of buffers, which would put all jobs in one row. */
	run_init(&run, rig, program);
	for (int i = 0; i < PROGRAM_SLOTS; i++)
		run.binding[i] = (struct drm_vnpu_binding){};
	run.binding[SLOT_RESULT].handle = rig->bo[SLOT_RESULT];
	run.binding[SLOT_RESULT].size = PROGRAM_BYTES;
	run.binding[SLOT_RESULT].flags = DRM_VNPU_BIND_NO_IMPLICIT;
	while (!enough(start, jobs, count)) {
		jobs = 0;
		for (int i = 0; i < count; i++) {
			run.submit.ctx = ctx[i];
			ret = ctx_query(rig->fd, ctx[i], &q);
			jobs += q.completed;
			while (!ret && q.submitted - q.completed < length) {
				ret = run_submit(&run, rig->fd);
				q.submitted++;
			}
			if (ret)
				return ret;
			device_sleep(1);
		}
	}
	for (int i = 0; i < count; i++) {
		ret = ctx_query(rig->fd, ctx[i], &q);
		done[i] = q.completed;
	}
	return ret;
}

/* Equal contexts that always have work get equal numbers of jobs done. */
TEST_F_TIMEOUT(npu, contexts_share_alike, 120)
{
	__u64 done[CONTEXTS] = {}, least = ~0ull, most = 0;
	__u32 ctx[CONTEXTS];

	for (int i = 0; i < CONTEXTS; i++)
		ctx[i] = make_ctx(self->fd, DRM_VNPU_PRIORITY_NORMAL);
	ASSERT_EQ(0, device_inject("slow_tile_ms", 1));
	ASSERT_EQ(0, compete(&self->rig, ctx, CONTEXTS, done));
	for (int i = 0; i < CONTEXTS; i++) {
		least = done[i] < least ? done[i] : least;
		most = done[i] > most ? done[i] : most;
	}
	TH_LOG("jobs done: %llu %llu %llu %llu", done[0], done[1], done[2], done[3]);
	EXPECT_LE(SPAN_JOBS / 2, least);
	/* On one core they take turns; between cores the host's CPUs make a difference. */
	EXPECT_GE(least * 2, most);
}

/* While HIGH has jobs, LOW waits, on every core; but what it has begun is done. */
TEST_F_TIMEOUT(npu, priorities_rule, 120)
{
	/* Twice as many as the cores of the test machines: none is free for LOW. */
	__u32 ctx[5];
	__u64 done[5] = {}, high = 0;

	ctx[0] = make_ctx(self->fd, DRM_VNPU_PRIORITY_LOW);
	for (int i = 1; i < 5; i++)
		ctx[i] = make_ctx(self->fd, DRM_VNPU_PRIORITY_HIGH);
	ASSERT_EQ(0, device_inject("slow_tile_ms", 1));
	ASSERT_EQ(0, compete(&self->rig, ctx, 5, done));
	TH_LOG("jobs done: low %llu, high %llu %llu %llu %llu", done[0], done[1], done[2],
	       done[3], done[4]);
	for (int i = 1; i < 5; i++)
		high += done[i];
	EXPECT_LT(8, high);
	EXPECT_LE(done[0] * 8, high);
}

/* Contexts are spread over the cores: two of them take half the time of one with both's jobs. */
TEST_F(npu, cores_work_side_by_side)
{
	__u32 program = program_load_fill(self->fd, 8, 5);
	struct drm_vnpu_dev_info info = {};
	struct drm_vnpu_dev_query query = { .size = sizeof(info), .pointer = (uintptr_t)&info };
	double one, two;
	struct run run;

	ASSERT_EQ(0, device_call(self->fd, DRM_IOCTL_VNPU_DEV_QUERY, &query));
	if (info.cores < 2)
		SKIP(return, "the device has one core");
	/* Tiles that sleep need no second CPU. */
	ASSERT_EQ(0, device_inject("slow_tile_ms", 20));
	run_init(&run, &self->rig, program);
	run.binding[SLOT_A] = (struct drm_vnpu_binding){};
	run.binding[SLOT_B] = (struct drm_vnpu_binding){};
	one = now_us();
	for (int i = 0; i < 4; i++)
		ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	one = now_us() - one;

	two = now_us();
	for (int i = 0; i < 4; i++) {
		if (i == 2) {
			run.submit.ctx = make_ctx(self->fd, DRM_VNPU_PRIORITY_NORMAL);
			run.binding[SLOT_RESULT].handle = self->rig.bo[SLOT_B];
		}
		ASSERT_EQ(0, run_submit(&run, self->fd));
	}
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_B], DEVICE_SOON_MS));
	two = now_us() - two;
	TH_LOG("four jobs: %.0f us in one context, %.0f us in two", one, two);
	EXPECT_GT(one * 0.8, two);
}

/* Queues @count jobs at once and waits for them, @times times; Return: microseconds, -1. */
static double many(struct rig *rig, __u32 program, unsigned int count, unsigned int times)
{
	struct drm_vnpu_job jobs[64];
	double start = now_us();
	struct run run;

	run_init(&run, rig, program);
	for (int i = 0; i < COUNT(jobs); i++)
		jobs[i] = run.job;
	run.submit.jobs.array = (uintptr_t)jobs;
	for (unsigned int i = 0; i < times; i++) {
		for (unsigned int left = count, batch; left; left -= batch) {
			batch = left < COUNT(jobs) ? left : COUNT(jobs);
			run.submit.jobs.count = batch;
			if (run_submit(&run, rig->fd))
				return -1;
		}
		if (bo_wait(rig->fd, rig->bo[SLOT_RESULT], DEVICE_SOON_MS))
			return -1;
	}
	return now_us() - start;
}

/*
 * A job costs the same whether ten are queued before it or a thousand: the same number of
 * jobs in short queues and in long ones, by turns, as a loaded host is never the same.
 */
TEST_F_TIMEOUT(npu, thousand_jobs_are_linear, 300)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	double few = 0, thousand = 0;

	for (int round = 0; round < 5; round++) {
		double one = many(&self->rig, program, 50, 20);
		double other = many(&self->rig, program, 1000, 1);

		ASSERT_LT(0, one);
		ASSERT_LT(0, other);
		few = few <= 0 || one < few ? one : few;
		thousand = thousand <= 0 || other < thousand ? other : thousand;
	}
	TH_LOG("1000 jobs: %.0f us by 50 at a time, %.0f us all at once", few, thousand);
	EXPECT_GT(few * 3, thousand);
}

TEST_HARNESS_MAIN
