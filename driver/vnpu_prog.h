/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_PROG_H
#define VNPU_PROG_H

#include <linux/kref.h>

#include "model/npum.h"

struct drm_device;
struct drm_file;
struct vnpu_file;
struct vnpu_firmware;
struct vnpu_user;

/**
 * struct vnpu_program - a validated program; never changes
 * @refcount: one for its handle, one for each job
 * @firmware: what it was validated with: @npum points into its personalities
 * @user: who made it; NULL: the kernel
 * @size: bytes of @bytes
 * @bytes: the kernel's own copy
 * @npum: what the validator says about @bytes, points into them
 */
struct vnpu_program {
	struct kref refcount;
	struct vnpu_firmware *firmware;
	struct vnpu_user *user;
	u32 size;
	void *bytes;
	struct npum_program npum;
};

/** vnpu_program_lookup() - program by handle with a reference, NULL when there is none */
struct vnpu_program *vnpu_program_lookup(struct vnpu_file *vfile, u32 handle);

/** vnpu_program_put() - drop a reference; may sleep */
void vnpu_program_put(struct vnpu_program *program);

/** vnpu_program_file_close() - drop all handles of a file */
void vnpu_program_file_close(struct vnpu_file *vfile);

/** vnpu_ioctl_program_create() - &struct drm_vnpu_program_create */
int vnpu_ioctl_program_create(struct drm_device *drm, void *data, struct drm_file *file);

/** vnpu_ioctl_program_query() - &struct drm_vnpu_program_query */
int vnpu_ioctl_program_query(struct drm_device *drm, void *data, struct drm_file *file);

/** vnpu_ioctl_program_destroy() - &struct drm_vnpu_program_destroy */
int vnpu_ioctl_program_destroy(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* VNPU_PROG_H */
