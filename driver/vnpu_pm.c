// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleep.  The system's may come while jobs run: they stop between two tiles and go on
 * afterwards as if nothing had been.  The device's own comes when no job has existed for a
 * moment; a machine without jobs has its threads asleep anyway, so that is accounting.
 */
#include <linux/device.h>
#include <linux/pm_runtime.h>

#include "vnpu_core.h"
#include "vnpu_drv.h"
#include "vnpu_pm.h"

#define VNPU_AUTOSUSPEND_MS	50

void vnpu_pm_freeze(struct vnpu_device *vdev)
{
	struct vnpu_backend *backend = vdev->backend;

	mutex_lock(&vdev->reset);
	/* First the timeouts: the last tiles may take a while. */
	if (!READ_ONCE(vdev->frozen)) {
		WRITE_ONCE(vdev->frozen, true);
		backend->ops->freeze(backend);
	}
	mutex_unlock(&vdev->reset);
}

void vnpu_pm_thaw(struct vnpu_device *vdev)
{
	struct vnpu_backend *backend = vdev->backend;

	mutex_lock(&vdev->reset);
	if (READ_ONCE(vdev->frozen)) {
		for (u32 i = 0; i < backend->caps.cores; i++)
			vnpu_core_forgive(&vdev->cores[i]);
		WRITE_ONCE(vdev->frozen, false);
		backend->ops->thaw(backend);
	}
	mutex_unlock(&vdev->reset);
}

static int vnpu_pm_suspend(struct device *dev)
{
	vnpu_pm_freeze(dev_get_drvdata(dev));
	return 0;
}

static int vnpu_pm_resume(struct device *dev)
{
	vnpu_pm_thaw(dev_get_drvdata(dev));
	return 0;
}

static int vnpu_pm_runtime_suspend(struct device *dev)
{
	return 0;
}

static int vnpu_pm_runtime_resume(struct device *dev)
{
	return 0;
}

const struct dev_pm_ops vnpu_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(vnpu_pm_suspend, vnpu_pm_resume)
	RUNTIME_PM_OPS(vnpu_pm_runtime_suspend, vnpu_pm_runtime_resume, NULL)
};

int vnpu_pm_init(struct vnpu_device *vdev)
{
	struct device *dev = vdev->drm.dev;

	pm_runtime_set_autosuspend_delay(dev, VNPU_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(dev);
	return devm_pm_runtime_enable(dev);
}

/*
 * A device that was unbound has no runtime PM any more, but may still have jobs.  They count
 * all the same, so that what is counted up is counted down.
 */
void vnpu_pm_get(struct vnpu_device *vdev)
{
	pm_runtime_get_sync(vdev->drm.dev);
}

void vnpu_pm_put(struct vnpu_device *vdev)
{
	pm_runtime_mark_last_busy(vdev->drm.dev);
	pm_runtime_put_autosuspend(vdev->drm.dev);
}
