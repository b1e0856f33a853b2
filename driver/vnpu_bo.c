// SPDX-License-Identifier: GPL-2.0-only
#include <linux/dma-resv.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_gem.h>
#include <drm/drm_utils.h>

#include "vnpu_bo.h"
#include "vnpu_compat.h"
#include "vnpu_drv.h"
#include "vnpu_limit.h"

void *vnpu_bo_vmap(struct drm_gem_object *obj)
{
	struct vnpu_bo *bo = to_vnpu_bo(obj);
	void *vaddr = READ_ONCE(bo->vaddr);
	struct iosys_map map;
	int ret;

	if (vaddr)
		return vaddr;
	ret = vnpu_gem_vmap(obj, &map);
	if (ret)
		return ERR_PTR(ret);
	/* Mappings are counted: of two callers that raced here, one gives its back. */
	vaddr = cmpxchg(&bo->vaddr, NULL, map.vaddr);
	if (!vaddr)
		return map.vaddr;
	vnpu_gem_vunmap(obj, &map);
	return vaddr;
}

static void vnpu_bo_free(struct drm_gem_object *obj)
{
	struct vnpu_bo *bo = to_vnpu_bo(obj);

	if (bo->user)
		vnpu_user_uncharge(bo->user, VNPU_LIMIT_MEMORY, obj->size);
	if (bo->vaddr) {
		struct iosys_map map = IOSYS_MAP_INIT_VADDR(bo->vaddr);

		vnpu_gem_vunmap(obj, &map);
	}
	drm_gem_shmem_object_free(obj);
}

static enum drm_gem_object_status vnpu_bo_status(struct drm_gem_object *obj)
{
	/* An import's pages are its exporter's, who counts them. */
	return READ_ONCE(to_vnpu_bo(obj)->vaddr) && !obj->import_attach ?
		DRM_GEM_OBJECT_RESIDENT : 0;
}

static const struct drm_gem_object_funcs vnpu_bo_funcs = {
	.free = vnpu_bo_free,
	.print_info = drm_gem_shmem_object_print_info,
	.pin = drm_gem_shmem_object_pin,
	.unpin = drm_gem_shmem_object_unpin,
	.get_sg_table = drm_gem_shmem_object_get_sg_table,
	.vmap = drm_gem_shmem_object_vmap,
	.vunmap = drm_gem_shmem_object_vunmap,
	.mmap = drm_gem_shmem_object_mmap,
	.status = vnpu_bo_status,
	.vm_ops = &drm_gem_shmem_vm_ops,
};

struct drm_gem_object *vnpu_bo_create_object(struct drm_device *drm, size_t size)
{
	struct vnpu_bo *bo = kzalloc(sizeof(*bo), GFP_KERNEL_ACCOUNT);

	if (!bo)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&bo->label_lock);
	bo->base.base.funcs = &vnpu_bo_funcs;
	return &bo->base.base;
}

/* A buffer of @size bytes, which are counted for @user. */
static struct drm_gem_object *vnpu_bo_create(struct drm_device *drm, struct vnpu_user *user,
					     u64 size)
{
	struct drm_gem_shmem_object *shmem;
	int ret;

	ret = vnpu_user_charge(user, VNPU_LIMIT_MEMORY, size);
	if (ret)
		return ERR_PTR(ret);
	shmem = drm_gem_shmem_create(drm, size);
	if (IS_ERR(shmem)) {
		vnpu_user_uncharge(user, VNPU_LIMIT_MEMORY, size);
		return ERR_CAST(shmem);
	}
	to_vnpu_bo(&shmem->base)->user = user;
	return &shmem->base;
}

int vnpu_ioctl_bo_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_bo_create *args = data;
	struct vnpu_file *vfile = file->driver_priv;
	struct drm_gem_object *obj;
	void *vaddr;
	int ret;

	if (args->flags || !args->size || args->size > VNPU_MAX_BO_BYTES)
		return -EINVAL;
	/* Better than to push everybody else out of memory before giving up. */
	if (args->size >> PAGE_SHIFT > si_mem_available())
		return -ENOMEM;

	obj = vnpu_bo_create(drm, vfile->user, PAGE_ALIGN(args->size));
	if (IS_ERR(obj))
		return PTR_ERR(obj);

	vaddr = vnpu_bo_vmap(obj);
	ret = PTR_ERR_OR_ZERO(vaddr);
	if (!ret) {
		args->size = obj->size;
		ret = drm_gem_handle_create(file, obj, &args->handle);
	}
	drm_gem_object_put(obj);
	return ret;
}

int vnpu_ioctl_bo_info(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_bo_info *args = data;
	struct drm_gem_object *obj;

	if (args->pad)
		return -EINVAL;
	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;
	args->size = obj->size;
	args->mmap_offset = drm_vma_node_offset_addr(&obj->vma_node);
	drm_gem_object_put(obj);
	return 0;
}

int vnpu_ioctl_bo_wait(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_bo_wait *args = data;
	struct drm_gem_object *obj;
	bool all;
	long ret;

	if (args->flags & ~DRM_VNPU_BO_WAIT_READ)
		return -EINVAL;
	all = !(args->flags & DRM_VNPU_BO_WAIT_READ);
	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;
	ret = dma_resv_wait_timeout(obj->resv, dma_resv_usage_rw(all), true,
				    drm_timeout_abs_to_jiffies(args->timeout_ns));
	drm_gem_object_put(obj);
	if (ret < 0)
		return ret;
	if (ret)
		return 0;
	return args->timeout_ns ? -ETIMEDOUT : -EBUSY;
}

void vnpu_bo_get_label(struct drm_gem_object *obj, char *label)
{
	struct vnpu_bo *bo = to_vnpu_bo(obj);

	spin_lock(&bo->label_lock);
	strscpy(label, bo->label, sizeof(bo->label));
	spin_unlock(&bo->label_lock);
}

/* Neither control characters nor what a terminal makes of other bytes get into debugfs. */
static bool vnpu_bo_label_ok(const char *label, u32 size)
{
	for (u32 i = 0; i < size; i++)
		if (label[i] < ' ' || label[i] > '~')
			return false;
	return true;
}

int vnpu_ioctl_bo_set_label(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_bo_set_label *args = data;
	char label[DRM_VNPU_MAX_LABEL + 1] = {};
	struct drm_gem_object *obj;
	struct vnpu_bo *bo;

	if (args->size > DRM_VNPU_MAX_LABEL)
		return -EINVAL;
	if (copy_from_user(label, u64_to_user_ptr(args->label), args->size))
		return -EFAULT;
	if (!vnpu_bo_label_ok(label, args->size))
		return -EINVAL;
	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;
	bo = to_vnpu_bo(obj);
	spin_lock(&bo->label_lock);
	memcpy(bo->label, label, sizeof(label));
	spin_unlock(&bo->label_lock);
	drm_gem_object_put(obj);
	return 0;
}
