// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A device node: opening, closing, limits. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "accel.h"
#include "backend_drm.h"
#include "describe.h"

int npu_drm_call(const struct npu_device *dev, unsigned long request, void *args)
{
	return drmIoctl(npu_drm_fd(dev), request, args) ? -errno : 0;
}

int npu_drm_fail(const struct npu_device *dev, int code, const char *what, struct npu_error *error)
{
	return npu_fail(error, code, "%s: %s: %s", dev->info.name, what, strerror(-code));
}

static int drm_limits(struct npu_device *dev, struct npu_limits *limits, struct npu_error *error)
{
	struct drm_vnpu_limits_info info = { 0 };
	struct drm_vnpu_dev_query args = {
		.type = DRM_VNPU_QUERY_LIMITS,
		.size = sizeof(info),
		.pointer = (uintptr_t)&info,
	};
	int rc = npu_drm_call(dev, DRM_IOCTL_VNPU_DEV_QUERY, &args);

	if (rc == -EINVAL)
		return npu_fail(error, -EOPNOTSUPP,
				"%s: its driver tells no limits; load a newer one", dev->info.name);
	if (rc)
		return npu_drm_fail(dev, rc, "asking about limits", error);
	*limits = (struct npu_limits){
		.exempt = (info.flags & DRM_VNPU_LIMITS_EXEMPT) != 0,
		.queue_depth = info.queue_depth,
		.contexts = { info.contexts.used, info.contexts.max },
		.programs = { info.programs.used, info.programs.max },
		.memory = { info.memory.used, info.memory.max },
	};
	return 0;
}

static void drm_close(struct npu_device *dev)
{
	close(npu_drm_fd(dev));
	pthread_mutex_destroy(&npu_drm_device(dev)->lock);
	npu_describe_free(dev);
	free(container_of(dev, struct drm_device, base));
}

static const struct npu_backend drm_backend = {
	.limits = drm_limits,
	.close = drm_close,
	.bo_create = npu_drm_bo_create,
	.bo_free = npu_drm_bo_free,
	.bo_map = npu_drm_bo_map,
	.bo_export = npu_drm_bo_export,
	.bo_import = npu_drm_bo_import,
	.bo_wait = npu_drm_bo_wait,
	.program_create = npu_drm_program_create,
	.program_free = npu_drm_program_free,
	.context_create = npu_drm_context_create,
	.context_free = npu_drm_context_free,
	.context_query = npu_drm_context_query,
	.fence_create = npu_drm_fence_create,
	.fence_free = npu_drm_fence_free,
	.fence_wait = npu_drm_fence_wait,
	.fence_export = npu_drm_fence_export,
	.submit = npu_drm_submit,
};

int npu_drm_open(const char *path, struct npu_device **dev, struct npu_error *error)
{
	struct drm_device *drm = calloc(1, sizeof(*drm));
	int rc;

	if (!drm)
		return npu_fail(error, -ENOMEM, "%s: out of memory", path);
	pthread_mutex_init(&drm->lock, NULL);
	drm->fd = open(path, O_RDWR | O_CLOEXEC);
	if (drm->fd < 0) {
		rc = npu_accel_explain(path, -errno, error);
		pthread_mutex_destroy(&drm->lock);
		free(drm);
		return rc;
	}
	drm->base.backend = &drm_backend;
	drm->base.info.kind = NPU_DEVICE_KERNEL;
	snprintf(drm->base.info.name, sizeof(drm->base.info.name), "%s", path);
	rc = npu_drm_describe(drm->fd, &drm->base, error);
	if (rc) {
		drm_close(&drm->base);
		return rc;
	}
	*dev = &drm->base;
	return 0;
}
