/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_DEBUGFS_H
#define VNPU_DEBUGFS_H

struct vnpu_device;

/**
 * vnpu_debugfs_init() - make the files below debugfs/accel/NAME/
 * @vdev: device that is complete; the files go before any part of it does
 *
 * Return: 0 or -ENOMEM.
 */
int vnpu_debugfs_init(struct vnpu_device *vdev);

#endif /* VNPU_DEBUGFS_H */
