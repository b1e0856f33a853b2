// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/device.h>
#include <linux/delay.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>

#include "../vnpu_compat.h"
#include "../vnpu_ctx.h"
#include "../vnpu_device.h"
#include "../vnpu_job.h"
#include "../vnpu_prog.h"
#include "model/npum_personality.h"
#include "mock_backend.h"
#include "refusal_program.h"
#include "sched_rig.h"

/* Ends whatever a test has left behind: the device waits for its jobs before it goes. */
static void sched_end(void *arg)
{
	struct sched *s = arg;

	vnpu_device_stop(s->vdev);
	while (atomic_read(&s->vdev->jobs)) {
		for (u32 core = 0; core < s->mock->base.caps.cores; core++)
			mock_end(s->mock, core, -ECANCELED, 0);
		usleep_range(1000, 2000);
	}
	vnpu_drm_driver.postclose(&s->vdev->drm, &s->file);
	vnpu_program_put(s->program);
}

static struct vnpu_program *sched_program(struct kunit *test)
{
	struct vnpu_program *program = kzalloc(sizeof(*program), GFP_KERNEL);
	struct npum_refusal why;

	KUNIT_ASSERT_NOT_NULL(test, program);
	kref_init(&program->refcount);
	program->bytes = kmemdup(&refusal_valid, sizeof(refusal_valid), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, program->bytes);
	program->size = sizeof(refusal_valid);
	KUNIT_ASSERT_EQ(test, npum_program_validate(program->bytes, sizeof(refusal_valid),
						    npum_builtin_set(), &program->npum, &why), 0);
	return program;
}

struct sched *sched_begin(struct kunit *test, u32 cores)
{
	struct device *parent = kunit_device_register(test, "vnpu-mock");
	struct sched *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, parent);
	KUNIT_ASSERT_NOT_NULL(test, s);
	s->program = sched_program(test);
	s->mock = mock_backend_create(cores);
	KUNIT_ASSERT_NOT_NULL(test, s->mock);
	s->vdev = vnpu_device_create(parent, &s->mock->base);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s->vdev);
	KUNIT_ASSERT_EQ(test, vnpu_drm_driver.open(&s->vdev->drm, &s->file), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, sched_end, s), 0);
	return s;
}

KUNIT_DEFINE_ACTION_WRAPPER(sched_ctx_put, vnpu_ctx_put, struct vnpu_ctx *);
KUNIT_DEFINE_ACTION_WRAPPER(sched_fence_put, dma_fence_put, struct dma_fence *);

struct vnpu_ctx *sched_ctx(struct kunit *test, struct sched *s, u32 priority, u32 timeout_ms)
{
	struct drm_vnpu_ctx_create args = { .priority = priority, .timeout_ms = timeout_ms };
	struct vnpu_ctx *ctx;

	KUNIT_ASSERT_EQ(test, vnpu_ioctl_ctx_create(&s->vdev->drm, &args, &s->file), 0);
	ctx = vnpu_ctx_lookup(s->file.driver_priv, args.handle);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, sched_ctx_put, ctx), 0);
	return ctx;
}

struct vnpu_ctx *sched_normal_ctx(struct kunit *test, struct sched *s)
{
	return sched_ctx(test, s, DRM_VNPU_PRIORITY_NORMAL, 0);
}

struct dma_fence *sched_push(struct kunit *test, struct sched *s, struct vnpu_ctx *ctx)
{
	struct vnpu_job *job = vnpu_job_alloc(ctx, s->program);
	struct dma_fence *fence;

	KUNIT_ASSERT_NOT_NULL(test, job);
	KUNIT_ASSERT_EQ(test, vnpu_sched_job_init(&job->base, &ctx->entity, &s->file), 0);
	drm_sched_job_arm(&job->base);
	fence = dma_fence_get(&job->base.s_fence->finished);
	drm_sched_entity_push_job(&job->base);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, sched_fence_put, fence), 0);
	return fence;
}

void sched_expect_end(struct kunit *test, struct dma_fence *fence, int error)
{
	KUNIT_ASSERT_GT(test, dma_fence_wait_timeout(fence, false, SCHED_PATIENCE), 0);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), error ?: 1);
}
