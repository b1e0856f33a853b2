/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The boundary between the library and what computes.
 *
 * Above it (device.c, resource.c, queue.c, session.c): arguments are checked
 * and errors worded the same way for all.  Below it: ioctls (backend_drm.c) or
 * threads (backend_sim.c).  A backend embeds the structs below in its own.
 */
#ifndef NPU_BACKEND_H
#define NPU_BACKEND_H

#include "error.h"
#include "npu.h"
#include "npum_personality.h"
#include "npum_target.h"
#include "record.h"

/** container_of() - the struct that @member of it points at */
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

struct npu_backend;

/**
 * struct npu_device - common part of a device
 * @backend: who computes
 * @info: filled by the backend when it opens; @info.personalities from malloc()
 * @personalities: those that can be compiled for, from malloc()
 * @target: what it takes, from malloc()
 * @recorder: where its jobs are recorded; NULL: nowhere
 */
struct npu_device {
	const struct npu_backend *backend;
	struct npu_device_info info;
	struct npum_personality_set *personalities;
	struct npum_target *target;
	struct npu_recorder *recorder;
};

/**
 * struct npu_bo - common part of a buffer object
 * @dev: its device
 * @size: bytes
 * @map: address in this process, NULL while it is not mapped
 */
struct npu_bo {
	struct npu_device *dev;
	uint64_t size;
	void *map;
};

/**
 * struct npu_program - common part of a program
 * @dev: its device
 * @info: summary, filled by the backend
 * @record: what the recording calls it
 */
struct npu_program {
	struct npu_device *dev;
	struct npu_program_info info;
	struct npu_record_digest record;
};

/**
 * struct npu_context - common part of a context
 * @dev: its device
 */
struct npu_context {
	struct npu_device *dev;
};

/**
 * struct npu_fence - common part of a fence
 * @dev: its device
 * @used: a job was submitted with it
 */
struct npu_fence {
	struct npu_device *dev;
	bool used;
};

/**
 * struct npu_backend - what a backend can do
 * @limits: fill what the user can hold; NULL: there are no limits
 * @close: release the device; nothing made on it is left
 * @bo_create: @size is not 0 and within the limit
 * @bo_free: unmap and release
 * @bo_map: set bo->map; called only while that is NULL, so a backend whose
 *	buffers are mapped from the start has none
 * @bo_export: hand out a new file descriptor
 * @bo_import: make one of a file descriptor that stays the caller's
 * @bo_wait: wait until CLOCK_MONOTONIC @deadline_ns; -ETIMEDOUT
 * @program_create: copy, validate, summarise
 * @program_free: release
 * @context_create: @options is never NULL
 * @context_free: release
 * @context_query: fill @status
 * @fence_create: make one without a job
 * @fence_free: release
 * @fence_wait: a job stands behind @fence; wait until CLOCK_MONOTONIC
 *	@deadline_ns; -ETIMEDOUT, or the job's result
 * @fence_export: a job stands behind @fence; hand out a new file descriptor
 * @submit: @job was checked: counts, bounds and that all objects are @context's device's
 *
 * All return 0 or a negative errno with @error written.
 */
struct npu_backend {
	int (*limits)(struct npu_device *dev, struct npu_limits *limits, struct npu_error *error);
	void (*close)(struct npu_device *dev);
	int (*bo_create)(struct npu_device *dev, uint64_t size, struct npu_bo **bo,
			 struct npu_error *error);
	void (*bo_free)(struct npu_bo *bo);
	int (*bo_map)(struct npu_bo *bo, struct npu_error *error);
	int (*bo_export)(struct npu_bo *bo, int *fd, struct npu_error *error);
	int (*bo_import)(struct npu_device *dev, int fd, struct npu_bo **bo,
			 struct npu_error *error);
	int (*bo_wait)(struct npu_bo *bo, int64_t deadline_ns, struct npu_error *error);
	int (*program_create)(struct npu_device *dev, const void *data, size_t size,
			      struct npu_program **program, struct npu_error *error);
	void (*program_free)(struct npu_program *program);
	int (*context_create)(struct npu_device *dev, const struct npu_context_options *options,
			      struct npu_context **context, struct npu_error *error);
	void (*context_free)(struct npu_context *context);
	int (*context_query)(struct npu_context *context, struct npu_context_status *status,
			     struct npu_error *error);
	int (*fence_create)(struct npu_device *dev, struct npu_fence **fence,
			    struct npu_error *error);
	void (*fence_free)(struct npu_fence *fence);
	int (*fence_wait)(struct npu_fence *fence, int64_t deadline_ns, struct npu_error *error);
	int (*fence_export)(struct npu_fence *fence, int *fd, struct npu_error *error);
	int (*submit)(struct npu_context *context, const struct npu_job *job,
		      struct npu_error *error);
};

/**
 * npu_sim_open() - open the math model as a device
 * @isa: name of an instruction set, NULL for the fastest
 * @options: never NULL
 * @dev: the new device
 * @error: filled on failure
 *
 * Return: as npu_device_open().
 */
int npu_sim_open(const char *isa, const struct npu_device_options *options, struct npu_device **dev,
		 struct npu_error *error);

/** npu_drm_open() - open a device node */
int npu_drm_open(const char *path, struct npu_device **dev, struct npu_error *error);

#endif /* NPU_BACKEND_H */
