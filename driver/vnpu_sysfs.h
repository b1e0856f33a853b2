/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_SYSFS_H
#define VNPU_SYSFS_H

#include <linux/sysfs.h>

/** vnpu_sysfs_groups - see Documentation/ABI/sysfs-driver-vnpu */
extern const struct attribute_group *vnpu_sysfs_groups[];

#endif /* VNPU_SYSFS_H */
