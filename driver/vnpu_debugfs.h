/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_DEBUGFS_H
#define VNPU_DEBUGFS_H

struct drm_minor;

/** vnpu_debugfs_init() - &drm_driver.debugfs_init */
void vnpu_debugfs_init(struct drm_minor *minor);

#endif /* VNPU_DEBUGFS_H */
