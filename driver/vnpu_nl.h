/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_NL_H
#define VNPU_NL_H

#include <linux/mutex.h>
#include <linux/xarray.h>

struct vnpu_device;
struct vnpu_event;

/** vnpu_nl_devices - registered devices by number; whoever looks at one holds the lock */
extern struct xarray vnpu_nl_devices;

/** vnpu_nl_lock - keeps the devices in @vnpu_nl_devices alive */
extern struct mutex vnpu_nl_lock;

/**
 * vnpu_nl_init() - register the netlink family
 *
 * Return: 0 or a negative errno.
 */
int vnpu_nl_init(void);

/** vnpu_nl_exit() - remove the family; no device is left */
void vnpu_nl_exit(void);

/**
 * vnpu_nl_add() - let the family tell of a device
 * @vdev: registered device
 *
 * Return: 0 or a negative errno.
 */
int vnpu_nl_add(struct vnpu_device *vdev);

/** vnpu_nl_remove() - tell of @vdev no more; nobody looks at it when this returns */
void vnpu_nl_remove(struct vnpu_device *vdev);

/**
 * vnpu_nl_tell() - send an event to whoever listens
 * @vdev: whose
 * @event: what happened
 *
 * May sleep.  An event of a client goes to listeners of the same user and to root.
 */
void vnpu_nl_tell(struct vnpu_device *vdev, const struct vnpu_event *event);

#endif /* VNPU_NL_H */
