/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A device node driven by vnpu.ko: every call is an ioctl or two.
 *
 * backend_drm.c opens it; its buffers are in drm_bo.c, programs in drm_program.c, contexts,
 * fences and jobs in drm_job.c.
 */
#ifndef NPU_BACKEND_DRM_H
#define NPU_BACKEND_DRM_H

#include <pthread.h>
#include <stdatomic.h>
#include <xf86drm.h>

#include "backend.h"
#include "drm/vnpu_accel.h"

/**
 * struct drm_device - an open node
 * @base: common part
 * @fd: its file
 * @no_sync_wait: the driver refused SYNC_WAIT, as those before 1.3 do
 * @lock: guards @bos, and that a handle and its &struct drm_bo come and go as one
 * @bos: all buffers
 */
struct drm_device {
	struct npu_device base;
	int fd;
	atomic_bool no_sync_wait;
	pthread_mutex_t lock;
	struct drm_bo *bos;
};

/**
 * struct drm_bo - a buffer
 * @base: common part
 * @handle: the kernel's name of it
 * @refs: how often it was given out: importing a buffer once more gives its handle once
 *	more, and closing that once closes it
 * @next: of all of its device
 */
struct drm_bo {
	struct npu_bo base;
	uint32_t handle;
	uint32_t refs;
	struct drm_bo *next;
};

/**
 * struct drm_program - a program
 * @base: common part
 * @handle: the kernel's name of it
 */
struct drm_program {
	struct npu_program base;
	uint32_t handle;
};

static inline struct drm_device *npu_drm_device(const struct npu_device *dev)
{
	return container_of(dev, struct drm_device, base);
}

static inline int npu_drm_fd(const struct npu_device *dev)
{
	return npu_drm_device(dev)->fd;
}

static inline struct drm_bo *npu_drm_bo(struct npu_bo *bo)
{
	return container_of(bo, struct drm_bo, base);
}

static inline struct drm_program *npu_drm_program(struct npu_program *program)
{
	return container_of(program, struct drm_program, base);
}

/** npu_drm_call() - an ioctl, again after signals; 0 or -errno */
int npu_drm_call(const struct npu_device *dev, unsigned long request, void *args);

/** npu_drm_fail() - word the failure of what was to be done; returns @code */
int npu_drm_fail(const struct npu_device *dev, int code, const char *what, struct npu_error *error);

/* What &struct npu_backend says of each. */
int npu_drm_bo_create(struct npu_device *dev, uint64_t size, struct npu_bo **out,
		      struct npu_error *error);
void npu_drm_bo_free(struct npu_bo *base);
int npu_drm_bo_map(struct npu_bo *bo, struct npu_error *error);
int npu_drm_bo_export(struct npu_bo *bo, int *fd, struct npu_error *error);
int npu_drm_bo_import(struct npu_device *dev, int fd, struct npu_bo **out, struct npu_error *error);
int npu_drm_bo_wait(struct npu_bo *bo, int64_t deadline_ns, struct npu_error *error);
int npu_drm_program_create(struct npu_device *dev, const void *data, size_t size,
			   struct npu_program **out, struct npu_error *error);
void npu_drm_program_free(struct npu_program *base);
int npu_drm_context_create(struct npu_device *dev, const struct npu_context_options *options,
			   struct npu_context **out, struct npu_error *error);
void npu_drm_context_free(struct npu_context *context);
int npu_drm_context_query(struct npu_context *context, struct npu_context_status *status,
			  struct npu_error *error);
int npu_drm_fence_create(struct npu_device *dev, struct npu_fence **out, struct npu_error *error);
void npu_drm_fence_free(struct npu_fence *fence);
int npu_drm_fence_wait(struct npu_fence *fence, int64_t deadline_ns, struct npu_error *error);
int npu_drm_fence_export(struct npu_fence *fence, int *fd, struct npu_error *error);
int npu_drm_submit(struct npu_context *context, const struct npu_job *from,
		   struct npu_error *error);

#endif /* NPU_BACKEND_DRM_H */
