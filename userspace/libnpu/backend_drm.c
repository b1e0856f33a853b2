// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A device node driven by vnpu.ko: every call is an ioctl or two. */
#include <fcntl.h>
#include <linux/sync_file.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "accel.h"
#include "backend.h"
#include "describe.h"
#include "drm/vnpu_accel.h"

_Static_assert(sizeof(struct npu_op_counters) == sizeof(struct drm_vnpu_op_counters), "one layout");

/* @lock guards the list of all buffers, and that a handle and its drm_bo come and go as one. */
struct drm_device {
	struct npu_device base;
	int fd;
	pthread_mutex_t lock;
	struct drm_bo *bos;
};

/*
 * Importing a buffer once more gives its handle once more, and closing that once closes it:
 * @refs counts how often it was given out.
 */
struct drm_bo {
	struct npu_bo base;
	uint32_t handle;
	uint32_t refs;
	struct drm_bo *next;
};

struct drm_program {
	struct npu_program base;
	uint32_t handle;
};

struct drm_context {
	struct npu_context base;
	uint32_t handle;
};

/* A binary syncobj. */
struct drm_fence {
	struct npu_fence base;
	uint32_t handle;
};

static int fd_of(const struct npu_device *dev)
{
	return container_of(dev, struct drm_device, base)->fd;
}

static struct drm_bo *drm_bo_of(struct npu_bo *bo)
{
	return container_of(bo, struct drm_bo, base);
}

static struct drm_program *drm_program_of(struct npu_program *program)
{
	return container_of(program, struct drm_program, base);
}

static struct drm_context *drm_context_of(struct npu_context *context)
{
	return container_of(context, struct drm_context, base);
}

static struct drm_fence *drm_fence_of(struct npu_fence *fence)
{
	return container_of(fence, struct drm_fence, base);
}

/* drmIoctl() restarts after signals; here errno becomes a result. */
static int call(const struct npu_device *dev, unsigned long request, void *args)
{
	return drmIoctl(fd_of(dev), request, args) ? -errno : 0;
}

static int fail(const struct npu_device *dev, int code, const char *what, struct npu_error *error)
{
	return npu_fail(error, code, "%s: %s: %s", dev->info.name, what, strerror(-code));
}

static struct drm_device *drm_device_of(struct npu_device *dev)
{
	return container_of(dev, struct drm_device, base);
}

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

static int drm_bo_create(struct npu_device *dev, uint64_t size, struct npu_bo **out,
			 struct npu_error *error)
{
	struct drm_vnpu_bo_create args = { .size = size };
	struct drm_device *drm = drm_device_of(dev);
	struct drm_bo *bo = calloc(1, sizeof(*bo));
	int rc = bo ? call(dev, DRM_IOCTL_VNPU_BO_CREATE, &args) : -ENOMEM;

	if (rc) {
		free(bo);
		if (rc == -EDQUOT)
			return npu_fail(error, rc,
					"%s: buffer of %llu bytes: more than this user may hold of "
					"the device, see npu info",
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

static void drm_bo_free(struct npu_bo *base)
{
	struct drm_device *drm = drm_device_of(base->dev);
	struct drm_bo *bo = drm_bo_of(base);
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
	rc = call(&drm->base, DRM_IOCTL_VNPU_BO_INFO, &info);
	bo = rc ? NULL : calloc(1, sizeof(*bo));
	if (!bo) {
		drmCloseBufferHandle(drm->fd, handle);
		return rc ? rc : -ENOMEM;
	}
	list_bo(drm, bo, handle, info.size);
	*out = bo;
	return 0;
}

static int drm_bo_import(struct npu_device *dev, int fd, struct npu_bo **out,
			 struct npu_error *error)
{
	struct drm_device *drm = drm_device_of(dev);
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
		return fail(dev, rc, "importing a buffer", error);
	*out = &bo->base;
	return 0;
}

static int drm_bo_map(struct npu_bo *bo, struct npu_error *error)
{
	struct drm_vnpu_bo_info args = { .handle = drm_bo_of(bo)->handle };
	int rc = call(bo->dev, DRM_IOCTL_VNPU_BO_INFO, &args);
	void *map;

	if (rc)
		return fail(bo->dev, rc, "mapping a buffer", error);
	map = mmap(NULL, bo->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd_of(bo->dev),
		   (off_t)args.mmap_offset);
	if (map == MAP_FAILED)
		return fail(bo->dev, -errno, "mapping a buffer", error);
	bo->map = map;
	return 0;
}

static int drm_bo_export(struct npu_bo *bo, int *fd, struct npu_error *error)
{
	if (!drmPrimeHandleToFD(fd_of(bo->dev), drm_bo_of(bo)->handle, DRM_CLOEXEC | DRM_RDWR, fd))
		return 0;
	return fail(bo->dev, -errno, "exporting a buffer", error);
}

static int drm_bo_wait(struct npu_bo *bo, int64_t deadline_ns, struct npu_error *error)
{
	struct drm_vnpu_bo_wait args = {
		.handle = drm_bo_of(bo)->handle,
		.timeout_ns = deadline_ns,
	};
	int rc = call(bo->dev, DRM_IOCTL_VNPU_BO_WAIT, &args);

	if (!rc)
		return 0;
	/* -EBUSY is how the driver answers a poll. */
	return fail(bo->dev, rc == -EBUSY ? -ETIMEDOUT : rc, "waiting for a buffer", error);
}

static int query_program(struct drm_program *program)
{
	struct drm_vnpu_slot_info slots[VNPU_MAX_SLOTS];
	struct drm_vnpu_program_query args = {
		.handle = program->handle,
		.slots = { sizeof(slots[0]), VNPU_MAX_SLOTS, (uintptr_t)slots },
	};
	struct npu_program_info *info = &program->base.info;
	int rc = call(program->base.dev, DRM_IOCTL_VNPU_PROGRAM_QUERY, &args);

	if (rc)
		return rc;
	info->op_count = args.op_count;
	info->slot_count = args.slot_count;
	info->macs = args.macs;
	for (uint32_t i = 0; i < args.slot_count && i < VNPU_MAX_SLOTS; i++)
		info->slots[i] = (struct npu_slot_info){
			.kind = slots[i].kind,
			.used = slots[i].access != 0,
			.written = (slots[i].access & DRM_VNPU_SLOT_WRITE) != 0,
			.bytes = slots[i].bytes,
		};
	return 0;
}

static void drm_program_free(struct npu_program *base)
{
	struct drm_program *program = drm_program_of(base);
	struct drm_vnpu_program_destroy args = { .handle = program->handle };

	call(base->dev, DRM_IOCTL_VNPU_PROGRAM_DESTROY, &args);
	free(program);
}

/* The device may have other firmware by now than when it was opened. */
static int fail_refused(const struct npu_device *dev, const void *data,
			const struct npum_refusal *why, struct npu_error *error)
{
	struct npu_device now = { .info = { .kind = NPU_DEVICE_KERNEL } };
	int rc;

	snprintf(now.info.name, sizeof(now.info.name), "%s", dev->info.name);
	rc = npu_drm_describe(fd_of(dev), &now, NULL);
	npu_fail_program(rc ? dev : &now, data, why, error);
	npu_describe_free(&now);
	return -ENOEXEC;
}

static int drm_program_create(struct npu_device *dev, const void *data, size_t size,
			      struct npu_program **out, struct npu_error *error)
{
	struct drm_vnpu_program_create args = { .data = (uintptr_t)data, .size = (uint32_t)size };
	struct drm_program *program = calloc(1, sizeof(*program));
	int rc = program ? call(dev, DRM_IOCTL_VNPU_PROGRAM_CREATE, &args) : -ENOMEM;

	if (rc) {
		const struct npum_refusal why = { args.refusal, args.refused_op,
						  args.refused_field };

		free(program);
		if (rc == -ENOEXEC)
			return fail_refused(dev, data, &why, error);
		return fail(dev, rc, "giving it a program", error);
	}
	program->base.dev = dev;
	program->handle = args.handle;
	rc = query_program(program);
	if (rc) {
		drm_program_free(&program->base);
		return fail(dev, rc, "asking about a program", error);
	}
	*out = &program->base;
	return 0;
}

static int drm_context_create(struct npu_device *dev, const struct npu_context_options *options,
			      struct npu_context **out, struct npu_error *error)
{
	static const uint32_t priorities[] = {
		[NPU_PRIORITY_DEFAULT] = DRM_VNPU_PRIORITY_NORMAL,
		[NPU_PRIORITY_LOW] = DRM_VNPU_PRIORITY_LOW,
		[NPU_PRIORITY_NORMAL] = DRM_VNPU_PRIORITY_NORMAL,
		[NPU_PRIORITY_HIGH] = DRM_VNPU_PRIORITY_HIGH,
	};
	struct drm_vnpu_ctx_create args = {
		.priority = priorities[options->priority],
		.timeout_ms = options->timeout_ms,
	};
	struct drm_context *context = calloc(1, sizeof(*context));
	int rc = context ? call(dev, DRM_IOCTL_VNPU_CTX_CREATE, &args) : -ENOMEM;

	if (rc) {
		free(context);
		if (rc == -EDQUOT)
			return npu_fail(
				error, rc,
				"%s: making a context: this user has all it may hold of the "
				"device, see npu info",
				dev->info.name);
		if (rc == -EACCES)
			return npu_fail(error, rc,
					"%s: making a context: high priority needs CAP_SYS_NICE",
					dev->info.name);
		return fail(dev, rc, "making a context", error);
	}
	context->base.dev = dev;
	context->handle = args.handle;
	*out = &context->base;
	return 0;
}

static void drm_context_free(struct npu_context *context)
{
	struct drm_vnpu_ctx_destroy args = { .handle = drm_context_of(context)->handle };

	call(context->dev, DRM_IOCTL_VNPU_CTX_DESTROY, &args);
	free(drm_context_of(context));
}

static int drm_context_query(struct npu_context *context, struct npu_context_status *status,
			     struct npu_error *error)
{
	struct drm_vnpu_ctx_query args = { .handle = drm_context_of(context)->handle };
	int rc = call(context->dev, DRM_IOCTL_VNPU_CTX_QUERY, &args);

	if (rc)
		return fail(context->dev, rc, "asking about a context", error);
	*status = (struct npu_context_status){
		.guilty = args.state == DRM_VNPU_CTX_GUILTY,
		.fault_op = args.fault_op,
		.submitted = args.submitted,
		.completed = args.completed,
		.failed = args.failed,
		.busy_ns = args.busy_ns,
	};
	return 0;
}

static int drm_fence_create(struct npu_device *dev, struct npu_fence **out, struct npu_error *error)
{
	struct drm_fence *fence = calloc(1, sizeof(*fence));

	if (!fence || drmSyncobjCreate(fd_of(dev), 0, &fence->handle)) {
		int rc = fence ? -errno : -ENOMEM;

		free(fence);
		return fail(dev, rc, "making a fence", error);
	}
	fence->base.dev = dev;
	*out = &fence->base;
	return 0;
}

static void drm_fence_free(struct npu_fence *fence)
{
	drmSyncobjDestroy(fd_of(fence->dev), drm_fence_of(fence)->handle);
	free(drm_fence_of(fence));
}

static int drm_fence_export(struct npu_fence *fence, int *fd, struct npu_error *error)
{
	if (!drmSyncobjExportSyncFile(fd_of(fence->dev), drm_fence_of(fence)->handle, fd))
		return 0;
	return fail(fence->dev, -errno, "exporting a fence", error);
}

/* A syncobj tells that a job ended, only its sync_file tells how. */
static int job_result(struct npu_fence *fence, struct npu_error *error)
{
	struct sync_file_info info = { 0 };
	int fd;
	int rc = drm_fence_export(fence, &fd, error);

	if (rc)
		return rc;
	rc = ioctl(fd, SYNC_IOC_FILE_INFO, &info) ? -errno : 0;
	close(fd);
	if (rc)
		return fail(fence->dev, rc, "asking about a job", error);
	switch (info.status) {
	case -ETIME:
		return npu_fail(
			error, -ETIME,
			"%s: job: it hung and was cancelled; its context takes no more jobs, "
			"make a new one",
			fence->dev->info.name);
	case -ECANCELED:
		return npu_fail(error, -ECANCELED,
				"%s: job: cancelled, because a job before it in its context hung",
				fence->dev->info.name);
	case -ENODEV:
		return npu_fail(error, -ENODEV, "%s: job: the device went away",
				fence->dev->info.name);
	}
	return info.status < 0 ? fail(fence->dev, info.status, "job", error) : 0;
}

static int drm_fence_wait(struct npu_fence *fence, int64_t deadline_ns, struct npu_error *error)
{
	uint32_t handle = drm_fence_of(fence)->handle;
	int rc = drmSyncobjWait(fd_of(fence->dev), &handle, 1, deadline_ns, 0, NULL);

	if (!rc)
		return job_result(fence, error);
	if (rc == -ETIME)
		return npu_fail(error, -ETIMEDOUT, "%s: job: not done yet", fence->dev->info.name);
	return fail(fence->dev, rc, "waiting for a job", error);
}

static void fill_bindings(struct drm_vnpu_binding *to, const struct npu_job *job)
{
	for (size_t i = 0; i < job->binding_count; i++) {
		const struct npu_binding *from = &job->bindings[i];

		to[i] = (struct drm_vnpu_binding){ 0 };
		if (from->bo)
			to[i] = (struct drm_vnpu_binding){
				.handle = drm_bo_of(from->bo)->handle,
				.offset = from->offset,
				.size = from->size,
			};
	}
}

static uint32_t fill_syncs(struct drm_vnpu_sync *to, const struct npu_job *job)
{
	uint32_t count = 0;

	for (size_t i = 0; i < job->wait_count; i++)
		to[count++] = (struct drm_vnpu_sync){
			.handle = drm_fence_of(job->waits[i])->handle,
		};
	if (job->signal)
		to[count++] = (struct drm_vnpu_sync){
			.handle = drm_fence_of(job->signal)->handle,
			.flags = DRM_VNPU_SYNC_SIGNAL,
		};
	return count;
}

static int drm_submit(struct npu_context *context, const struct npu_job *from,
		      struct npu_error *error)
{
	struct drm_vnpu_binding bindings[VNPU_MAX_SLOTS];
	struct drm_vnpu_sync syncs[NPU_MAX_WAITS + 1];
	struct drm_vnpu_job job = {
		.program = drm_program_of(from->program)->handle,
		.bindings = { sizeof(bindings[0]), (uint32_t)from->binding_count,
			      (uintptr_t)bindings },
		.syncs = { sizeof(syncs[0]), fill_syncs(syncs, from), (uintptr_t)syncs },
		.profile = from->profile ? drm_bo_of(from->profile)->handle : 0,
		.profile_offset = from->profile ? from->profile_offset : 0,
		.flags = from->counters ? DRM_VNPU_JOB_COUNTERS : 0,
		.counters_stride = from->counters ? sizeof(struct npu_op_counters) : 0,
		.counters_offset = from->counters ? from->counters_offset : 0,
	};
	struct drm_vnpu_submit args = {
		.ctx = drm_context_of(context)->handle,
		.jobs = { sizeof(job), 1, (uintptr_t)&job },
	};
	int rc;

	fill_bindings(bindings, from);
	rc = call(context->dev, DRM_IOCTL_VNPU_SUBMIT, &args);
	if (rc == -EIO)
		return npu_fail(error, rc,
				"%s: submit: a job of this context hung; make a new context",
				context->dev->info.name);
	if (rc == -EBUSY)
		return npu_fail(error, rc,
				"%s: submit: the context's queue is full; wait for a job",
				context->dev->info.name);
	/* all else was checked: this driver does not know the flag */
	if (rc == -EINVAL && from->counters)
		return npu_fail(error, rc,
				"%s: submit: its driver cannot count; use sim, or load a newer one",
				context->dev->info.name);
	return rc ? fail(context->dev, rc, "submit", error) : 0;
}

static int drm_limits(struct npu_device *dev, struct npu_limits *limits, struct npu_error *error)
{
	struct drm_vnpu_limits_info info = { 0 };
	struct drm_vnpu_dev_query args = {
		.type = DRM_VNPU_QUERY_LIMITS,
		.size = sizeof(info),
		.pointer = (uintptr_t)&info,
	};
	int rc = call(dev, DRM_IOCTL_VNPU_DEV_QUERY, &args);

	if (rc == -EINVAL)
		return npu_fail(error, -EOPNOTSUPP,
				"%s: its driver tells no limits; load a newer one", dev->info.name);
	if (rc)
		return fail(dev, rc, "asking about limits", error);
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
	close(fd_of(dev));
	pthread_mutex_destroy(&drm_device_of(dev)->lock);
	npu_describe_free(dev);
	free(container_of(dev, struct drm_device, base));
}

static const struct npu_backend drm_backend = {
	.limits = drm_limits,
	.close = drm_close,
	.bo_create = drm_bo_create,
	.bo_free = drm_bo_free,
	.bo_map = drm_bo_map,
	.bo_export = drm_bo_export,
	.bo_import = drm_bo_import,
	.bo_wait = drm_bo_wait,
	.program_create = drm_program_create,
	.program_free = drm_program_free,
	.context_create = drm_context_create,
	.context_free = drm_context_free,
	.context_query = drm_context_query,
	.fence_create = drm_fence_create,
	.fence_free = drm_fence_free,
	.fence_wait = drm_fence_wait,
	.fence_export = drm_fence_export,
	.submit = drm_submit,
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
