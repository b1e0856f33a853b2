/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_BO_H
#define VNPU_BO_H

#include <linux/spinlock.h>

#include <drm/drm_gem_shmem_helper.h>

#include "drm/vnpu_accel.h"

struct vnpu_user;

/**
 * struct vnpu_bo - a buffer object
 * @base: GEM shmem object
 * @vaddr: kernel address of its first byte, NULL until first wanted; set once,
 *	stays until the object is freed
 * @label_lock: protects @label
 * @label: what user space says it is for, NUL-terminated
 * @user: whose memory it is; NULL: an import, whose exporter has counted it
 */
struct vnpu_bo {
	struct drm_gem_shmem_object base;
	void *vaddr;
	struct vnpu_user *user;
	spinlock_t label_lock; /* see above */
	char label[DRM_VNPU_MAX_LABEL + 1];
};

#define to_vnpu_bo(obj) container_of(to_drm_gem_shmem_obj(obj), struct vnpu_bo, base)

/**
 * vnpu_bo_vmap() - address of a buffer's memory, all pages present
 * @obj: a buffer of this driver
 *
 * Takes the object's reservation lock.  The mapping lives as long as the object.
 *
 * Return: the address or an ERR_PTR.
 */
void *vnpu_bo_vmap(struct drm_gem_object *obj);

/** vnpu_bo_create_object() - &drm_driver.gem_create_object */
struct drm_gem_object *vnpu_bo_create_object(struct drm_device *drm, size_t size);

/** vnpu_bo_get_label() - copy the label of @obj, of at most DRM_VNPU_MAX_LABEL + 1 bytes */
void vnpu_bo_get_label(struct drm_gem_object *obj, char *label);

/** vnpu_ioctl_bo_create() - &struct drm_vnpu_bo_create */
int vnpu_ioctl_bo_create(struct drm_device *drm, void *data, struct drm_file *file);

/** vnpu_ioctl_bo_info() - &struct drm_vnpu_bo_info */
int vnpu_ioctl_bo_info(struct drm_device *drm, void *data, struct drm_file *file);

/** vnpu_ioctl_bo_wait() - &struct drm_vnpu_bo_wait */
int vnpu_ioctl_bo_wait(struct drm_device *drm, void *data, struct drm_file *file);

/** vnpu_ioctl_bo_set_label() - &struct drm_vnpu_bo_set_label */
int vnpu_ioctl_bo_set_label(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* VNPU_BO_H */
