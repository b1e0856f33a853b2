// SPDX-License-Identifier: GPL-2.0-only
#include <linux/dma-fence-chain.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <drm/drm_file.h>
#include <drm/drm_syncobj.h>
#include <drm/drm_utils.h>
#include <drm/gpu_scheduler.h>

#include "vnpu_array.h"
#include "vnpu_drv.h"
#include "vnpu_sync.h"

static int vnpu_sync_get(struct vnpu_sync *sync, struct vnpu_inject *inject, struct drm_file *file,
			 const struct drm_vnpu_sync *args)
{
	if (args->flags & ~DRM_VNPU_SYNC_SIGNAL)
		return -EINVAL;
	sync->handle = args->handle;
	sync->point = args->point;
	if (!(args->flags & DRM_VNPU_SYNC_SIGNAL))
		return 0;

	sync->syncobj = drm_syncobj_find(file, args->handle);
	if (!sync->syncobj)
		return -ENOENT;
	if (!sync->point)
		return 0;
	sync->chain = vnpu_inject_fails(inject) ? NULL : dma_fence_chain_alloc();
	return sync->chain ? 0 : -ENOMEM;
}

int vnpu_syncs_get(struct vnpu_syncs *syncs, struct vnpu_inject *inject, struct drm_file *file,
		   const struct drm_vnpu_array *array)
{
	struct drm_vnpu_sync *args;
	int ret = 0;

	args = vnpu_array_get(inject, array, sizeof(*args), VNPU_MAX_SYNCS);
	if (IS_ERR_OR_NULL(args))
		return PTR_ERR_OR_ZERO(args);

	syncs->sync = vnpu_inject_kvcalloc(inject, array->count, sizeof(*syncs->sync));
	if (syncs->sync)
		syncs->count = array->count;
	else
		ret = -ENOMEM;
	for (u32 i = 0; i < syncs->count && !ret; i++)
		ret = vnpu_sync_get(&syncs->sync[i], inject, file, &args[i]);
	kvfree(args);
	return ret;
}

void vnpu_syncs_put(struct vnpu_syncs *syncs)
{
	for (u32 i = 0; i < syncs->count; i++) {
		dma_fence_chain_free(syncs->sync[i].chain);
		if (syncs->sync[i].syncobj)
			drm_syncobj_put(syncs->sync[i].syncobj);
	}
	kvfree(syncs->sync);
}

bool vnpu_syncs_signals(const struct vnpu_syncs *syncs, const struct vnpu_sync *wait)
{
	for (u32 i = 0; i < syncs->count; i++) {
		const struct vnpu_sync *sync = &syncs->sync[i];

		if (sync->syncobj && sync->handle == wait->handle && sync->point >= wait->point)
			return true;
	}
	return false;
}

int vnpu_sync_depend(const struct vnpu_sync *wait, struct drm_sched_job *job,
		     struct drm_file *file)
{
	struct dma_fence *fence;
	int ret;

	/* drm_sched_job_add_syncobj_dependency() would cut the point to 32 bit. */
	ret = drm_syncobj_find_fence(file, wait->handle, wait->point, 0, &fence);
	if (ret)
		return ret;
	return drm_sched_job_add_dependency(job, fence);
}

void vnpu_syncs_signal(struct vnpu_syncs *syncs, struct dma_fence *fence)
{
	for (u32 i = 0; i < syncs->count; i++) {
		struct vnpu_sync *sync = &syncs->sync[i];

		if (!sync->syncobj)
			continue;
		if (sync->chain)
			drm_syncobj_add_point(sync->syncobj, sync->chain, fence, sync->point);
		else
			drm_syncobj_replace_fence(sync->syncobj, fence);
		/* The timeline owns the link now. */
		sync->chain = NULL;
	}
}

/*
 * What became of a signalled @fence.  Links of a timeline have no error of their own, what
 * they contain has.
 */
static int vnpu_fence_result(struct dma_fence *fence)
{
	return min(dma_fence_get_status(dma_fence_chain_contained(fence)), 0);
}

int vnpu_ioctl_sync_wait(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_sync_wait *args = data;
	struct dma_fence *fence;
	long ret;

	if (args->flags || args->pad)
		return -EINVAL;
	ret = drm_syncobj_find_fence(file, args->handle, 0, 0, &fence);
	if (ret)
		return ret;
	ret = dma_fence_wait_timeout(fence, true, drm_timeout_abs_to_jiffies(args->timeout_ns));
	if (ret > 0)
		args->result = vnpu_fence_result(fence);
	dma_fence_put(fence);
	if (ret < 0)
		return ret;
	if (ret)
		return 0;
	return args->timeout_ns ? -ETIMEDOUT : -EBUSY;
}
