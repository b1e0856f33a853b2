/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_DEVICE_H
#define VNPU_DEVICE_H

#include "vnpu_drv.h"

struct device;

/**
 * vnpu_device_create() - make a device of a machine
 * @parent: bound device; the DRM device lives no shorter than its binding
 * @backend: the machine; owned by the device from here on, also on failure
 *
 * The device is not registered: nobody can open it yet.
 *
 * Return: the device or an ERR_PTR.
 */
struct vnpu_device *vnpu_device_create(struct device *parent, struct vnpu_backend *backend);

/**
 * vnpu_device_stop() - end what runs and what is queued with -ENODEV
 * @vdev: device that goes away; open files may stay
 */
void vnpu_device_stop(struct vnpu_device *vdev);

/**
 * vnpu_device_wedge() - take no jobs any more, and tell user space
 * @vdev: the device
 * @core: which of its cores does not answer
 *
 * Any context that may take spinlocks.
 */
void vnpu_device_wedge(struct vnpu_device *vdev, u32 core);

/**
 * vnpu_device_reset() - cancel what runs and bring dead cores back
 * @vdev: the device
 *
 * Jobs that run end with -ECANCELED; those that wait go on afterwards.  May sleep for some
 * seconds.
 *
 * Return: 0, or -EBUSY when the machine of a dead core has not answered yet: try again
 * later; -EINTR.
 */
int vnpu_device_reset(struct vnpu_device *vdev);

/** vnpu_device_error() - 0, or -ENODEV when @vdev takes no jobs any more */
int vnpu_device_error(const struct vnpu_device *vdev);

#endif /* VNPU_DEVICE_H */
