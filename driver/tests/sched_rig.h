/* SPDX-License-Identifier: GPL-2.0-only */
/* A device on a machine that does as it is told, and what it takes to give it jobs. */
#ifndef SCHED_RIG_H
#define SCHED_RIG_H

#include <kunit/test.h>

#include <drm/drm_file.h>

struct dma_fence;
struct mock_backend;
struct vnpu_ctx;
struct vnpu_device;
struct vnpu_program;

/** SCHED_SHORT_MS - a short timeout */
#define SCHED_SHORT_MS	100
/** SCHED_PATIENCE - jiffies in which anything must happen that shall happen soon */
#define SCHED_PATIENCE	(20 * HZ)

/**
 * struct sched - a device on a mock, with a client
 * @mock: the machine
 * @vdev: the device, which nobody can open
 * @file: the client; of it only driver_priv is in use
 * @program: what every job runs
 */
struct sched {
	struct mock_backend *mock;
	struct vnpu_device *vdev;
	struct drm_file file;
	struct vnpu_program *program;
};

/** sched_begin() - a device with so many cores and a client; undone when the test ends */
struct sched *sched_begin(struct kunit *test, u32 cores);

/** sched_ctx() - make a context; its handle is how many there are */
struct vnpu_ctx *sched_ctx(struct kunit *test, struct sched *s, u32 priority, u32 timeout_ms);

/** sched_normal_ctx() - a context as most are */
struct vnpu_ctx *sched_normal_ctx(struct kunit *test, struct sched *s);

/** sched_push() - queue a job; returns what it signals at its end */
struct dma_fence *sched_push(struct kunit *test, struct sched *s, struct vnpu_ctx *ctx);

/** sched_expect_end() - the job must end soon, with @error */
void sched_expect_end(struct kunit *test, struct dma_fence *fence, int error);

#endif /* SCHED_RIG_H */
