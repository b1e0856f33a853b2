/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_SYNC_H
#define VNPU_SYNC_H

#include <linux/types.h>

struct dma_fence;
struct dma_fence_chain;
struct drm_device;
struct drm_file;
struct drm_sched_job;
struct drm_syncobj;
struct drm_vnpu_array;
struct vnpu_inject;

/**
 * struct vnpu_sync - a syncobj a job waits for or signals
 * @handle: DRM syncobj handle
 * @point: timeline point; 0: a binary syncobj
 * @syncobj: to signal, with a reference; NULL: to wait for
 * @chain: link for @syncobj's timeline, until it is used
 */
struct vnpu_sync {
	u32 handle;
	u64 point;
	struct drm_syncobj *syncobj;
	struct dma_fence_chain *chain;
};

/**
 * struct vnpu_syncs - all syncobjs of a job
 * @count: number of @sync
 * @sync: the syncobjs
 */
struct vnpu_syncs {
	u32 count;
	struct vnpu_sync *sync;
};

/**
 * vnpu_syncs_get() - look syncobjs up and allocate what signalling needs
 * @syncs: filled; to be released with vnpu_syncs_put(), also on failure
 * @inject: may make an allocation fail
 * @file: whose handles they are
 * @array: of &struct drm_vnpu_sync
 *
 * Return: 0, -EINVAL, -ENOENT, -ENOMEM, -E2BIG, -EFAULT.
 */
int vnpu_syncs_get(struct vnpu_syncs *syncs, struct vnpu_inject *inject, struct drm_file *file,
		   const struct drm_vnpu_array *array);

/** vnpu_syncs_put() - release what vnpu_syncs_get() made and vnpu_syncs_signal() did not use */
void vnpu_syncs_put(struct vnpu_syncs *syncs);

/** vnpu_syncs_signals() - does a job signal what @wait waits for? */
bool vnpu_syncs_signals(const struct vnpu_syncs *syncs, const struct vnpu_sync *wait);

/**
 * vnpu_sync_depend() - make a job wait for a syncobj
 * @wait: the syncobj
 * @job: not armed yet
 * @file: whose handle it is
 *
 * Return: 0, -ENOENT for an unknown handle, -EINVAL when it has no fence yet, -ENOMEM.
 */
int vnpu_sync_depend(const struct vnpu_sync *wait, struct drm_sched_job *job,
		     struct drm_file *file);

/** vnpu_syncs_signal() - let all syncobjs to be signalled be so by @fence; cannot fail */
void vnpu_syncs_signal(struct vnpu_syncs *syncs, struct dma_fence *fence);

/** vnpu_ioctl_sync_wait() - &struct drm_vnpu_sync_wait */
int vnpu_ioctl_sync_wait(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* VNPU_SYNC_H */
