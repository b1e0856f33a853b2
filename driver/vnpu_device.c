// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device between birth and death.  Everything here is released by the last
 * reference of the DRM device, not by the driver's unbinding: files that are
 * open then still have contexts, and those have queues in the schedulers.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "vnpu_compat.h"
#include "vnpu_core.h"
#include "vnpu_debugfs.h"
#include "vnpu_device.h"
#include "vnpu_firmware.h"
#include "vnpu_pm.h"

/* How long a reset waits for jobs to end and for machines to answer. */
#define VNPU_RESET_WAIT_MS	2000
#define VNPU_RESET_POLL_MS	10

void vnpu_device_wedge(struct vnpu_device *vdev, u32 core)
{
	WRITE_ONCE(vdev->wedged, true);
	vnpu_event_notify(vdev, &(struct vnpu_event){
		.type = VNPU_EVENT_WEDGED,
		.error = -ENODEV,
		.core = core,
		.op = ~0u,
	});
}

/* 0 when every core runs jobs again. */
static int vnpu_device_revive(struct vnpu_device *vdev)
{
	int ret = 0;

	for (u32 i = 0; i < vdev->backend->caps.cores && !ret; i++)
		ret = vnpu_core_revive(&vdev->cores[i]);
	return ret;
}

int vnpu_device_reset(struct vnpu_device *vdev)
{
	u32 waited_ms = 0;
	int ret;

	ret = mutex_lock_interruptible(&vdev->reset);
	if (ret)
		return ret;
	for (u32 i = 0; i < vdev->backend->caps.cores; i++)
		vnpu_core_cancel(&vdev->cores[i], -ECANCELED);
	while ((ret = vnpu_device_revive(vdev)) && waited_ms < VNPU_RESET_WAIT_MS &&
	       !msleep_interruptible(VNPU_RESET_POLL_MS))
		waited_ms += VNPU_RESET_POLL_MS;
	if (!ret) {
		WRITE_ONCE(vdev->wedged, false);
		vnpu_health_count(&vdev->health, VNPU_HEALTH_resets);
	}
	vnpu_event_device(vdev, VNPU_EVENT_RESET, ret);
	mutex_unlock(&vdev->reset);
	return ret;
}

int vnpu_device_error(const struct vnpu_device *vdev)
{
	return READ_ONCE(vdev->gone) || READ_ONCE(vdev->wedged) ? -ENODEV : 0;
}

void vnpu_device_stop(struct vnpu_device *vdev)
{
	WRITE_ONCE(vdev->gone, true);
	/* What stands still cannot end. */
	vnpu_pm_thaw(vdev);
	for (u32 i = 0; i < vdev->backend->caps.cores; i++)
		vnpu_core_cancel(&vdev->cores[i], -ENODEV);
}

static void vnpu_device_release_backend(struct drm_device *drm, void *data)
{
	struct vnpu_backend *backend = data;

	backend->ops->fini(backend);
}

static void vnpu_device_release_wq(struct drm_device *drm, void *data)
{
	destroy_workqueue(data);
}

static void vnpu_device_release_core(struct drm_device *drm, void *data)
{
	vnpu_core_fini(data);
}

/* Jobs of closed files may still run or wait for other drivers' fences. */
static void vnpu_device_drain(struct drm_device *drm, void *data)
{
	struct vnpu_device *vdev = data;

	vnpu_device_stop(vdev);
	wait_event(vdev->jobs_idle, !atomic_read(&vdev->jobs));
	flush_workqueue(vdev->cleanup_wq);
	flush_workqueue(vdev->event_wq);
}

static int vnpu_device_init_wqs(struct vnpu_device *vdev)
{
	struct drm_device *drm = &vdev->drm;
	int ret;

	vdev->watchdog_wq = alloc_ordered_workqueue("vnpu-watchdog", WQ_MEM_RECLAIM);
	if (!vdev->watchdog_wq)
		return -ENOMEM;
	ret = drmm_add_action_or_reset(drm, vnpu_device_release_wq, vdev->watchdog_wq);
	if (ret)
		return ret;

	vdev->event_wq = alloc_ordered_workqueue("vnpu-event", 0);
	if (!vdev->event_wq)
		return -ENOMEM;
	ret = drmm_add_action_or_reset(drm, vnpu_device_release_wq, vdev->event_wq);
	if (ret)
		return ret;

	vdev->cleanup_wq = alloc_ordered_workqueue("vnpu-cleanup", 0);
	if (!vdev->cleanup_wq)
		return -ENOMEM;
	return drmm_add_action_or_reset(drm, vnpu_device_release_wq, vdev->cleanup_wq);
}

static int vnpu_device_init_cores(struct vnpu_device *vdev)
{
	u32 count = vdev->backend->caps.cores;
	struct drm_device *drm = &vdev->drm;

	vdev->cores = drmm_kcalloc(drm, count, sizeof(*vdev->cores), GFP_KERNEL);
	vdev->scheds = drmm_kcalloc(drm, count, sizeof(*vdev->scheds), GFP_KERNEL);
	if (!vdev->cores || !vdev->scheds)
		return -ENOMEM;

	for (u32 i = 0; i < count; i++) {
		struct vnpu_core *core = &vdev->cores[i];
		int ret = vnpu_core_init(core, vdev, i);

		if (ret)
			return ret;
		ret = drmm_add_action_or_reset(drm, vnpu_device_release_core, core);
		if (ret)
			return ret;
		vdev->scheds[i] = &core->sched;
	}
	return 0;
}

struct vnpu_device *vnpu_device_create(struct device *parent, struct vnpu_backend *backend)
{
	struct vnpu_device *vdev;
	int ret;

	vdev = devm_drm_dev_alloc(parent, &vnpu_drm_driver, struct vnpu_device, drm);
	if (IS_ERR(vdev)) {
		backend->ops->fini(backend);
		return vdev;
	}
	vdev->backend = backend;
	init_waitqueue_head(&vdev->jobs_idle);
	vnpu_users_init(&vdev->users);
	vnpu_event_init(vdev);
	vnpu_health_init(&vdev->health);
	vnpu_fault_init(vdev);

	ret = drmm_add_action_or_reset(&vdev->drm, vnpu_device_release_backend, backend);
	if (ret)
		return ERR_PTR(ret);
	/* Kernels whose PRIME import maps for DMA refuse a device without a mask. */
	ret = dma_coerce_mask_and_coherent(parent, DMA_BIT_MASK(64));
	if (ret)
		return ERR_PTR(ret);
	ret = drmm_mutex_init(&vdev->drm, &vdev->reset);
	if (ret)
		return ERR_PTR(ret);
	ret = vnpu_device_init_wqs(vdev);
	if (ret)
		return ERR_PTR(ret);
	ret = vnpu_fw_init(vdev);
	if (ret)
		return ERR_PTR(ret);
	ret = vnpu_device_init_cores(vdev);
	if (ret)
		return ERR_PTR(ret);
	ret = drmm_add_action_or_reset(&vdev->drm, vnpu_device_drain, vdev);
	if (ret)
		return ERR_PTR(ret);
	ret = vnpu_debugfs_init(vdev);
	if (ret)
		return ERR_PTR(ret);
	return vdev;
}
