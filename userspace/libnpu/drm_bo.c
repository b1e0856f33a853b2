// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Buffers of a device node. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "backend_drm.h"

/* Under the lock, or nobody else knows the handle yet. */
static void list_bo(struct drm_device *drm, struct drm_bo *bo, uint32_t handle, uint64_t size)
{
	bo->base.dev = &drm->base;
	bo->base.size = size;
	bo->handle = handle;
	bo->refs = 1;
	bo->next = drm->bos;
	drm->bos = bo;
}

int npu_drm_bo_create(struct npu_device *dev, uint64_t size, struct npu_bo **out,
		      struct npu_error *error)
{
	struct drm_vnpu_bo_create args = { .size = size };
	struct drm_device *drm = npu_drm_device(dev);
	struct drm_bo *bo = calloc(1, sizeof(*bo));
	int rc = bo ? npu_drm_call(dev, DRM_IOCTL_VNPU_BO_CREATE, &args) : -ENOMEM;

	if (rc) {
		free(bo);
		if (rc == -EDQUOT)
			return npu_fail(error, rc,
					"%s: buffer of %llu bytes: more than this user may hold of "
					"the device, see npu info",
					dev->info.name, (unsigned long long)size);
		if (rc == -ENOMEM)
			return npu_fail(error, rc,
					"%s: buffer of %llu bytes: the machine has no memory for "
					"it, or the memory cgroup of this process is at its limit",
					dev->info.name, (unsigned long long)size);
		return npu_fail(error, rc, "%s: buffer of %llu bytes: %s", dev->info.name,
				(unsigned long long)size, strerror(-rc));
	}
	pthread_mutex_lock(&drm->lock);
	list_bo(drm, bo, args.handle, args.size);
	pthread_mutex_unlock(&drm->lock);
	*out = &bo->base;
	return 0;
}

void npu_drm_bo_free(struct npu_bo *base)
{
	struct drm_device *drm = npu_drm_device(base->dev);
	struct drm_bo *bo = npu_drm_bo(base);
	struct drm_bo **at = &drm->bos;

	pthread_mutex_lock(&drm->lock);
	if (--bo->refs) {
		pthread_mutex_unlock(&drm->lock);
		return;
	}
	while (*at != bo)
		at = &(*at)->next;
	*at = bo->next;
	drmCloseBufferHandle(drm->fd, bo->handle);
	pthread_mutex_unlock(&drm->lock);
	if (base->map)
		munmap(base->map, base->size);
	free(bo);
}

/* The buffer behind a handle that an import gave; made when there is none yet. */
static int find_bo(struct drm_device *drm, uint32_t handle, struct drm_bo **out)
{
	struct drm_vnpu_bo_info info = { .handle = handle };
	struct drm_bo *bo = drm->bos;
	int rc;

	while (bo && bo->handle != handle)
		bo = bo->next;
	if (bo) {
		bo->refs++;
		*out = bo;
		return 0;
	}
	rc = npu_drm_call(&drm->base, DRM_IOCTL_VNPU_BO_INFO, &info);
	bo = rc ? NULL : calloc(1, sizeof(*bo));
	if (!bo) {
		drmCloseBufferHandle(drm->fd, handle);
		return rc ? rc : -ENOMEM;
	}
	list_bo(drm, bo, handle, info.size);
	*out = bo;
	return 0;
}

int npu_drm_bo_import(struct npu_device *dev, int fd, struct npu_bo **out, struct npu_error *error)
{
	struct drm_device *drm = npu_drm_device(dev);
	struct drm_bo *bo = NULL;
	uint32_t handle;
	int rc;

	pthread_mutex_lock(&drm->lock);
	rc = drmPrimeFDToHandle(drm->fd, fd, &handle) ? -errno : find_bo(drm, handle, &bo);
	pthread_mutex_unlock(&drm->lock);
	if (rc == -EINVAL || rc == -EBADF)
		return npu_fail(error, -EINVAL,
				"%s: importing a buffer: file descriptor %d is no dma-buf that it "
				"can use; of a memfd make one with udmabuf",
				dev->info.name, fd);
	if (rc)
		return npu_drm_fail(dev, rc, "importing a buffer", error);
	*out = &bo->base;
	return 0;
}

int npu_drm_bo_map(struct npu_bo *bo, struct npu_error *error)
{
	struct drm_vnpu_bo_info args = { .handle = npu_drm_bo(bo)->handle };
	int rc = npu_drm_call(bo->dev, DRM_IOCTL_VNPU_BO_INFO, &args);
	void *map;

	if (rc)
		return npu_drm_fail(bo->dev, rc, "mapping a buffer", error);
	map = mmap(NULL, bo->size, PROT_READ | PROT_WRITE, MAP_SHARED, npu_drm_fd(bo->dev),
		   (off_t)args.mmap_offset);
	if (map == MAP_FAILED)
		return npu_drm_fail(bo->dev, -errno, "mapping a buffer", error);
	bo->map = map;
	return 0;
}

int npu_drm_bo_export(struct npu_bo *bo, int *fd, struct npu_error *error)
{
	if (!drmPrimeHandleToFD(npu_drm_fd(bo->dev), npu_drm_bo(bo)->handle, DRM_CLOEXEC | DRM_RDWR,
				fd))
		return 0;
	return npu_drm_fail(bo->dev, -errno, "exporting a buffer", error);
}

int npu_drm_bo_wait(struct npu_bo *bo, int64_t deadline_ns, struct npu_error *error)
{
	struct drm_vnpu_bo_wait args = {
		.handle = npu_drm_bo(bo)->handle,
		.timeout_ns = deadline_ns,
	};
	int rc = npu_drm_call(bo->dev, DRM_IOCTL_VNPU_BO_WAIT, &args);

	if (!rc)
		return 0;
	/* -EBUSY is how the driver answers a poll. */
	return npu_drm_fail(bo->dev, rc == -EBUSY ? -ETIMEDOUT : rc, "waiting for a buffer", error);
}
