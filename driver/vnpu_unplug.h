/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_UNPLUG_H
#define VNPU_UNPLUG_H

struct vnpu_device;

/** vnpu_unplug_init() - at the module's begin; 0 or -ENOMEM */
int vnpu_unplug_init(void);

/** vnpu_unplug_exit() - at the module's end: wait for devices that are being pulled out */
void vnpu_unplug_exit(void);

/**
 * vnpu_unplug() - the device is pulled out while it is in use
 * @vdev: a device that is bound
 *
 * Its machine stops at once; the driver gets to know a moment later, from a work item.
 *
 * Return: 0, -ENODEV when it is gone already, -ENOMEM.
 */
int vnpu_unplug(struct vnpu_device *vdev);

#endif /* VNPU_UNPLUG_H */
