// SPDX-License-Identifier: GPL-2.0-only
/*
 * What faults set off: counters, events, resets, dumps; and what sleep does not.  On a
 * machine that does as it is told.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/vmalloc.h>

#include "../vnpu_core.h"
#include "../vnpu_ctx.h"
#include "../vnpu_device.h"
#include "../vnpu_dump.h"
#include "../vnpu_event.h"
#include "../vnpu_fault.h"
#include "../vnpu_health.h"
#include "../vnpu_job.h"
#include "../vnpu_pm.h"
#include "mock_backend.h"
#include "sched_rig.h"
#include "vnpu_coredump.h"

static s64 fault_count(const struct sched *s, enum vnpu_health_counter which)
{
	return atomic64_read(&s->vdev->health.counter[which]);
}

static void fault_test_names(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vnpu_fault_of(0), DRM_VNPU_FAULT_NONE);
	KUNIT_EXPECT_EQ(test, vnpu_fault_of(-ECANCELED), DRM_VNPU_FAULT_NONE);
	KUNIT_EXPECT_EQ(test, vnpu_fault_of(-ENODEV), DRM_VNPU_FAULT_NONE);
	KUNIT_EXPECT_EQ(test, vnpu_fault_of(-ETIME), DRM_VNPU_FAULT_HANG);
	KUNIT_EXPECT_EQ(test, vnpu_fault_of(-EBADMSG), DRM_VNPU_FAULT_CONSTANTS);
	KUNIT_EXPECT_EQ(test, vnpu_fault_of(-EIO), DRM_VNPU_FAULT_MACHINE);
	KUNIT_EXPECT_STREQ(test, vnpu_fault_name(DRM_VNPU_FAULT_HANG), "hang");
	KUNIT_EXPECT_STREQ(test, vnpu_fault_name(99), "?");
	KUNIT_EXPECT_STREQ(test, vnpu_event_name(VNPU_EVENT_RESET), "reset");
	KUNIT_EXPECT_STREQ(test, vnpu_event_name(0), "?");
}

/* One job of each end: each is counted once in its own counter. */
static void fault_test_counters(struct kunit *test)
{
	static const struct {
		int result;
		enum vnpu_health_counter counter;
		u32 fault;
	} ends[] = {
		{ -EBADMSG, VNPU_HEALTH_corruptions, DRM_VNPU_FAULT_CONSTANTS },
		{ -EIO, VNPU_HEALTH_errors, DRM_VNPU_FAULT_MACHINE },
		{ -ECANCELED, VNPU_HEALTH_cancelled, DRM_VNPU_FAULT_NONE },
	};
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx = sched_normal_ctx(test, s);

	sched_push(test, s, ctx);
	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	mock_end(s->mock, 0, 0, 0);
	for (u32 i = 0; i < ARRAY_SIZE(ends); i++) {
		struct dma_fence *done = sched_push(test, s, ctx);

		KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, i + 2));
		mock_end(s->mock, 0, ends[i].result, 0);
		sched_expect_end(test, done, ends[i].result);
		KUNIT_EXPECT_EQ(test, fault_count(s, ends[i].counter), 1);
		KUNIT_EXPECT_EQ(test, fault_count(s, VNPU_HEALTH_failed), i + 1);
		if (ends[i].fault)
			KUNIT_EXPECT_EQ(test, s->vdev->health.last_fault, ends[i].fault);
	}
	KUNIT_EXPECT_EQ(test, fault_count(s, VNPU_HEALTH_completed), 1);
	KUNIT_EXPECT_EQ(test, fault_count(s, VNPU_HEALTH_hangs), 0);
	KUNIT_EXPECT_FALSE(test, vnpu_ctx_banned(ctx));
}

static void fault_test_event(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx = sched_normal_ctx(test, s);
	struct dma_fence *done = sched_push(test, s, ctx);
	struct vnpu_event event;

	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	mock_progress(s->mock, 0, 2);
	mock_end(s->mock, 0, -EIO, 0);
	sched_expect_end(test, done, -EIO);
	KUNIT_ASSERT_EQ(test, vnpu_event_last(s->vdev, &event, 1), 1);
	KUNIT_EXPECT_EQ(test, event.type, VNPU_EVENT_FAULT);
	KUNIT_EXPECT_EQ(test, event.fault, DRM_VNPU_FAULT_MACHINE);
	KUNIT_EXPECT_EQ(test, event.error, -EIO);
	KUNIT_EXPECT_EQ(test, event.core, 0);
	KUNIT_EXPECT_EQ(test, event.op, 2);
	KUNIT_EXPECT_EQ(test, event.ctx, ctx->handle);
	KUNIT_EXPECT_EQ(test, event.job, 1);
	KUNIT_EXPECT_NE(test, event.time_ns, 0);
}

/* The newest are kept, in order; who is told late misses the oldest. */
static void fault_test_event_ring(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_event *last;
	u32 count;

	last = kunit_kcalloc(test, VNPU_EVENTS, sizeof(*last), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, last);
	for (u32 i = 0; i < VNPU_EVENTS + 5; i++)
		vnpu_event_notify(s->vdev, &(struct vnpu_event){
			.type = VNPU_EVENT_FIRMWARE,
			.job = i,
		});
	count = vnpu_event_last(s->vdev, last, VNPU_EVENTS);
	KUNIT_ASSERT_EQ(test, count, VNPU_EVENTS);
	for (u32 i = 0; i < count; i++)
		KUNIT_EXPECT_EQ(test, last[i].job, i + 5);
	KUNIT_EXPECT_EQ(test, vnpu_event_last(s->vdev, last, 3), 3);
	KUNIT_EXPECT_EQ(test, last[2].job, VNPU_EVENTS + 4);
	flush_workqueue(s->vdev->event_wq);
	KUNIT_EXPECT_EQ(test, s->vdev->events.told, s->vdev->events.next);
}

static void fault_test_reset_cancels(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx = sched_normal_ctx(test, s);
	struct dma_fence *running = sched_push(test, s, ctx);
	struct dma_fence *queued = sched_push(test, s, ctx);

	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	KUNIT_EXPECT_EQ(test, vnpu_device_reset(s->vdev), 0);
	KUNIT_EXPECT_TRUE(test, mock_is_cancelled(s->mock, 0));
	mock_end(s->mock, 0, -ECANCELED, 0);
	sched_expect_end(test, running, -ECANCELED);
	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 2));
	mock_end(s->mock, 0, 0, 0);
	sched_expect_end(test, queued, 0);
	KUNIT_EXPECT_FALSE(test, vnpu_ctx_banned(ctx));
	KUNIT_EXPECT_EQ(test, fault_count(s, VNPU_HEALTH_resets), 1);
	KUNIT_EXPECT_EQ(test, fault_count(s, VNPU_HEALTH_cancelled), 1);
}

/* Takes as long as the machine has to answer, and as a reset waits: some seven seconds. */
static void fault_test_dead_core_comes_back(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *guilty = sched_ctx(test, s, DRM_VNPU_PRIORITY_NORMAL, SCHED_SHORT_MS);
	struct vnpu_ctx *innocent = sched_normal_ctx(test, s);
	struct drm_vnpu_health_info info;
	struct vnpu_event event;
	struct dma_fence *done;

	done = sched_push(test, s, guilty);
	sched_expect_end(test, done, -ETIME);
	vnpu_health_tell(s->vdev, &info);
	KUNIT_EXPECT_EQ(test, info.state, DRM_VNPU_HEALTH_WEDGED);
	KUNIT_EXPECT_EQ(test, info.dead_cores, 1);
	KUNIT_EXPECT_EQ(test, info.deaths, 1);
	KUNIT_EXPECT_EQ(test, info.hangs, 0);

	/* Not while the machine may still write to the job's memory. */
	KUNIT_EXPECT_EQ(test, vnpu_device_reset(s->vdev), -EBUSY);
	KUNIT_EXPECT_EQ(test, vnpu_device_error(s->vdev), -ENODEV);
	KUNIT_ASSERT_EQ(test, vnpu_event_last(s->vdev, &event, 1), 1);
	KUNIT_EXPECT_EQ(test, event.type, VNPU_EVENT_RESET);
	KUNIT_EXPECT_EQ(test, event.error, -EBUSY);

	mock_end(s->mock, 0, -ECANCELED, 0);
	KUNIT_EXPECT_EQ(test, vnpu_device_reset(s->vdev), 0);
	KUNIT_EXPECT_EQ(test, vnpu_device_error(s->vdev), 0);
	vnpu_health_tell(s->vdev, &info);
	KUNIT_EXPECT_EQ(test, info.state, DRM_VNPU_HEALTH_OK);
	KUNIT_EXPECT_EQ(test, info.dead_cores, 0);

	done = sched_push(test, s, innocent);
	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 2));
	mock_end(s->mock, 0, 0, 0);
	sched_expect_end(test, done, 0);
}

/* Time that passes while the device is frozen is nobody's. */
static void fault_test_frozen_is_no_hang(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx = sched_ctx(test, s, DRM_VNPU_PRIORITY_NORMAL, SCHED_SHORT_MS);
	struct dma_fence *done;

	vnpu_pm_freeze(s->vdev);
	vnpu_pm_freeze(s->vdev);
	KUNIT_EXPECT_TRUE(test, s->mock->frozen);
	done = sched_push(test, s, ctx);
	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	msleep(5 * SCHED_SHORT_MS);
	KUNIT_EXPECT_FALSE(test, mock_is_cancelled(s->mock, 0));
	vnpu_pm_thaw(s->vdev);
	KUNIT_EXPECT_FALSE(test, s->mock->frozen);
	KUNIT_EXPECT_FALSE(test, mock_is_cancelled(s->mock, 0));
	/* It has all of its time again, and no more. */
	KUNIT_EXPECT_TRUE(test, mock_wait_cancelled(s->mock, 0));
	mock_end(s->mock, 0, -ECANCELED, 0);
	sched_expect_end(test, done, -ETIME);
}

/* Of a job that has a fault and no buffers. */
static void fault_test_dump(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx = sched_normal_ctx(test, s);
	struct vnpu_fault fault = {
		.kind = DRM_VNPU_FAULT_MACHINE,
		.error = -EIO,
		.op = 7,
		.time_ns = 5,
		.progress_ns = 9,
	};
	struct vnpu_coredump_header header;
	size_t bytes;
	void *dump;

	fault.job = vnpu_job_alloc(ctx, s->program);
	KUNIT_ASSERT_NOT_NULL(test, fault.job);
	fault.job->core = &s->vdev->cores[0];
	dump = vnpu_dump_make(s->vdev, &fault, &bytes);
	fault.job->core = NULL;
	vnpu_job_abort(fault.job);
	KUNIT_ASSERT_NOT_NULL(test, dump);
	memcpy(&header, dump + VNPU_COREDUMP_TEXT_BYTES, sizeof(header));
	KUNIT_EXPECT_EQ(test, header.magic, VNPU_COREDUMP_MAGIC);
	KUNIT_EXPECT_EQ(test, header.bytes, bytes);
	KUNIT_EXPECT_EQ(test, header.section_count, 8);
	KUNIT_EXPECT_EQ(test, strncmp(dump, VNPU_COREDUMP_FIRST_LINE,
				      strlen(VNPU_COREDUMP_FIRST_LINE)), 0);
	vfree(dump);
}

static struct kunit_case fault_test_cases[] = {
	KUNIT_CASE(fault_test_names),
	KUNIT_CASE(fault_test_counters),
	KUNIT_CASE(fault_test_event),
	KUNIT_CASE(fault_test_event_ring),
	KUNIT_CASE(fault_test_reset_cancels),
	KUNIT_CASE_SLOW(fault_test_dead_core_comes_back),
	KUNIT_CASE_SLOW(fault_test_frozen_is_no_hang),
	KUNIT_CASE(fault_test_dump),
	{}
};

static struct kunit_suite fault_test_suite = {
	.name = "vnpu_fault",
	.test_cases = fault_test_cases,
};

kunit_test_suite(fault_test_suite);
