// SPDX-License-Identifier: GPL-2.0-only
/*
 * Order, faults and ends of jobs, on a machine that does as it is told.  Jobs have
 * no buffers here: what they do to memory is tested on the device.
 */
#include <kunit/test.h>
#include <linux/delay.h>

#include "../vnpu_core.h"
#include "../vnpu_ctx.h"
#include "../vnpu_device.h"
#include "mock_backend.h"
#include "sched_rig.h"

static void sched_test_job_done(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx = sched_normal_ctx(test, s);
	struct dma_fence *done = sched_push(test, s, ctx);

	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(done), 0);
	mock_end(s->mock, 0, 0, 1234);
	sched_expect_end(test, done, 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&ctx->completed), 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&ctx->failed), 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&ctx->busy_ns), 1234);
	KUNIT_EXPECT_EQ(test, atomic64_read(&ctx->vfile->busy_ns), 1234);
}

/* What the machine says is wrong with a job is not the context's fault. */
static void sched_test_job_fails(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx = sched_normal_ctx(test, s);
	struct dma_fence *done = sched_push(test, s, ctx);

	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	mock_end(s->mock, 0, -EIO, 0);
	sched_expect_end(test, done, -EIO);
	KUNIT_EXPECT_FALSE(test, vnpu_ctx_banned(ctx));
	KUNIT_EXPECT_EQ(test, atomic64_read(&ctx->failed), 1);
}

/* Even with a core to spare, a context's jobs run one after the other. */
static void sched_test_order(struct kunit *test)
{
	struct sched *s = sched_begin(test, 2);
	struct vnpu_ctx *ctx = sched_normal_ctx(test, s);
	struct dma_fence *done[4];

	for (u32 i = 0; i < ARRAY_SIZE(done); i++)
		done[i] = sched_push(test, s, ctx);
	for (u32 i = 0; i < ARRAY_SIZE(done); i++) {
		KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, i + 1));
		msleep(20);
		KUNIT_EXPECT_EQ(test, READ_ONCE(s->mock->started_count), i + 1);
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(done[i]), 0);
		for (u32 core = 0; core < 2; core++)
			mock_end(s->mock, core, 0, 0);
		sched_expect_end(test, done[i], 0);
	}
}

static void sched_test_side_by_side(struct kunit *test)
{
	struct sched *s = sched_begin(test, 2);
	struct dma_fence *done[2];

	for (u32 i = 0; i < 2; i++)
		done[i] = sched_push(test, s, sched_normal_ctx(test, s));
	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 2));
	KUNIT_EXPECT_TRUE(test, mock_is_running(s->mock, 0) && mock_is_running(s->mock, 1));
	for (u32 core = 0; core < 2; core++)
		mock_end(s->mock, core, 0, 0);
	for (u32 i = 0; i < 2; i++)
		sched_expect_end(test, done[i], 0);
}

static void sched_test_priority(struct kunit *test)
{
	static const u32 queued[] = {
		DRM_VNPU_PRIORITY_LOW, DRM_VNPU_PRIORITY_NORMAL, DRM_VNPU_PRIORITY_HIGH,
	};
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx[ARRAY_SIZE(queued)];

	sched_push(test, s, sched_normal_ctx(test, s));
	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	for (u32 i = 0; i < ARRAY_SIZE(queued); i++) {
		ctx[i] = sched_ctx(test, s, queued[i], 0);
		sched_push(test, s, ctx[i]);
	}
	for (u32 i = 1; i <= ARRAY_SIZE(queued); i++) {
		mock_end(s->mock, 0, 0, 0);
		KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, i + 1));
		/* The last one queued is the first. */
		KUNIT_EXPECT_EQ(test, s->mock->started[i],
				ctx[ARRAY_SIZE(queued) - i]->entity.fence_context);
	}
}

/* The timeout is long beside a step, as a loaded host may stop this thread for a while. */
static void sched_test_progress_is_life(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx = sched_ctx(test, s, DRM_VNPU_PRIORITY_NORMAL, 10 * SCHED_SHORT_MS);
	struct dma_fence *done = sched_push(test, s, ctx);

	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	for (u32 i = 0; i < 15; i++) {
		msleep(SCHED_SHORT_MS);
		mock_progress(s->mock, 0, 0);
	}
	KUNIT_EXPECT_FALSE(test, mock_is_cancelled(s->mock, 0));
	mock_end(s->mock, 0, 0, 0);
	sched_expect_end(test, done, 0);
	KUNIT_EXPECT_FALSE(test, vnpu_ctx_banned(ctx));
}

static void sched_test_hang(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *guilty = sched_ctx(test, s, DRM_VNPU_PRIORITY_NORMAL, SCHED_SHORT_MS);
	struct vnpu_ctx *innocent = sched_normal_ctx(test, s);
	struct dma_fence *hung = sched_push(test, s, guilty);
	struct dma_fence *queued[2], *other;

	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	for (u32 i = 0; i < 2; i++)
		queued[i] = sched_push(test, s, guilty);
	other = sched_push(test, s, innocent);

	mock_progress(s->mock, 0, 3);
	KUNIT_ASSERT_TRUE(test, mock_wait_cancelled(s->mock, 0));
	/* Cancelled is not ended: the machine may still write. */
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(hung), 0);
	KUNIT_EXPECT_FALSE(test, vnpu_ctx_banned(guilty));
	mock_end(s->mock, 0, -ECANCELED, 50);

	sched_expect_end(test, hung, -ETIME);
	KUNIT_EXPECT_TRUE(test, vnpu_ctx_banned(guilty));
	KUNIT_EXPECT_EQ(test, guilty->fault_op, 3);

	/* Of all those that wait, in whatever order, only the innocent one's job starts. */
	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 2));
	KUNIT_EXPECT_EQ(test, s->mock->started[1], innocent->entity.fence_context);
	mock_end(s->mock, 0, 0, 0);
	sched_expect_end(test, other, 0);
	for (u32 i = 0; i < 2; i++)
		sched_expect_end(test, queued[i], -ECANCELED);
	KUNIT_EXPECT_EQ(test, READ_ONCE(s->mock->started_count), 2);
	KUNIT_EXPECT_EQ(test, atomic64_read(&guilty->failed), 3);
	KUNIT_EXPECT_FALSE(test, vnpu_ctx_banned(innocent));
	KUNIT_EXPECT_EQ(test, vnpu_device_error(s->vdev), 0);
}

/* A job that ends as it should while it is being cancelled has not hung. */
static void sched_test_done_beats_cancel(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx = sched_ctx(test, s, DRM_VNPU_PRIORITY_NORMAL, SCHED_SHORT_MS);
	struct dma_fence *done = sched_push(test, s, ctx);

	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	KUNIT_ASSERT_TRUE(test, mock_wait_cancelled(s->mock, 0));
	mock_end(s->mock, 0, 0, 0);
	sched_expect_end(test, done, 0);
	KUNIT_EXPECT_FALSE(test, vnpu_ctx_banned(ctx));
}

/* Takes as long as the machine has to answer: more than five seconds. */
static void sched_test_deaf_machine(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *guilty = sched_ctx(test, s, DRM_VNPU_PRIORITY_NORMAL, SCHED_SHORT_MS);
	struct vnpu_ctx *innocent = sched_normal_ctx(test, s);
	struct dma_fence *hung = sched_push(test, s, guilty);
	struct dma_fence *other;

	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	other = sched_push(test, s, innocent);
	sched_expect_end(test, hung, -ETIME);
	sched_expect_end(test, other, -ENODEV);
	KUNIT_EXPECT_TRUE(test, s->vdev->cores[0].dead);
	KUNIT_EXPECT_TRUE(test, vnpu_ctx_banned(guilty));
	KUNIT_EXPECT_EQ(test, vnpu_device_error(s->vdev), -ENODEV);
	KUNIT_EXPECT_EQ(test, READ_ONCE(s->mock->started_count), 1);

	/* An answer that comes too late changes nothing. */
	mock_end(s->mock, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(hung), -ETIME);
	KUNIT_EXPECT_EQ(test, atomic64_read(&guilty->completed), 0);
}

static void sched_test_ctx_closed(struct kunit *test)
{
	struct sched *s = sched_begin(test, 1);
	struct vnpu_ctx *ctx = sched_normal_ctx(test, s);
	struct drm_vnpu_ctx_destroy destroy = { .handle = 1 };
	struct dma_fence *running = sched_push(test, s, ctx);
	struct dma_fence *queued = sched_push(test, s, ctx);

	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 1));
	KUNIT_ASSERT_EQ(test, vnpu_ioctl_ctx_destroy(&s->vdev->drm, &destroy, &s->file), 0);
	KUNIT_EXPECT_FALSE(test, mock_is_cancelled(s->mock, 0));
	mock_end(s->mock, 0, 0, 0);
	sched_expect_end(test, running, 0);
	sched_expect_end(test, queued, -ECANCELED);
	KUNIT_EXPECT_EQ(test, READ_ONCE(s->mock->started_count), 1);
}

static void sched_test_device_gone(struct kunit *test)
{
	struct sched *s = sched_begin(test, 2);
	struct dma_fence *running[2], *queued[2];

	for (u32 i = 0; i < 2; i++)
		running[i] = sched_push(test, s, sched_normal_ctx(test, s));
	KUNIT_ASSERT_TRUE(test, mock_wait_started(s->mock, 2));
	for (u32 i = 0; i < 2; i++)
		queued[i] = sched_push(test, s, sched_normal_ctx(test, s));

	vnpu_device_stop(s->vdev);
	for (u32 core = 0; core < 2; core++) {
		KUNIT_EXPECT_TRUE(test, mock_is_cancelled(s->mock, core));
		mock_end(s->mock, core, -ECANCELED, 0);
	}
	for (u32 i = 0; i < 2; i++) {
		sched_expect_end(test, running[i], -ENODEV);
		sched_expect_end(test, queued[i], -ENODEV);
	}
	KUNIT_EXPECT_EQ(test, READ_ONCE(s->mock->started_count), 2);
}

static struct kunit_case sched_test_cases[] = {
	KUNIT_CASE(sched_test_job_done),
	KUNIT_CASE(sched_test_job_fails),
	KUNIT_CASE(sched_test_order),
	KUNIT_CASE(sched_test_side_by_side),
	KUNIT_CASE(sched_test_priority),
	KUNIT_CASE_SLOW(sched_test_progress_is_life),
	KUNIT_CASE(sched_test_hang),
	KUNIT_CASE(sched_test_done_beats_cancel),
	KUNIT_CASE_SLOW(sched_test_deaf_machine),
	KUNIT_CASE(sched_test_ctx_closed),
	KUNIT_CASE(sched_test_device_gone),
	{}
};

static struct kunit_suite sched_test_suite = {
	.name = "vnpu_sched",
	.test_cases = sched_test_cases,
};

kunit_test_suite(sched_test_suite);
