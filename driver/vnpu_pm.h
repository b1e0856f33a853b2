/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_PM_H
#define VNPU_PM_H

#include <linux/pm.h>

struct vnpu_device;

/** vnpu_pm_ops - sleep of the system, and of the device while nobody has jobs */
extern const struct dev_pm_ops vnpu_pm_ops;

/**
 * vnpu_pm_init() - let the device sleep when it has nothing to do
 * @vdev: device whose parent is bound; undone when it is unbound
 *
 * Return: 0 or a negative errno.
 */
int vnpu_pm_init(struct vnpu_device *vdev);

/** vnpu_pm_get() - a job comes: the device is awake until vnpu_pm_put(); may sleep */
void vnpu_pm_get(struct vnpu_device *vdev);

/** vnpu_pm_put() - the job is gone */
void vnpu_pm_put(struct vnpu_device *vdev);

/**
 * vnpu_pm_freeze() - stop all jobs at their next tile, and their timeouts
 * @vdev: the device
 *
 * Returns when the machine touches no memory any more.  Twice is once.
 */
void vnpu_pm_freeze(struct vnpu_device *vdev);

/** vnpu_pm_thaw() - go on where vnpu_pm_freeze() stopped, if it did */
void vnpu_pm_thaw(struct vnpu_device *vdev);

#endif /* VNPU_PM_H */
