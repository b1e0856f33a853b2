// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Contexts, fences and jobs of a device node. */
#include <linux/sync_file.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "backend_drm.h"

_Static_assert(sizeof(struct npu_op_counters) == sizeof(struct drm_vnpu_op_counters), "one layout");

struct drm_context {
	struct npu_context base;
	uint32_t handle;
};

/* A binary syncobj. */
struct drm_fence {
	struct npu_fence base;
	uint32_t handle;
};

static struct drm_context *drm_context_of(struct npu_context *context)
{
	return container_of(context, struct drm_context, base);
}

static struct drm_fence *drm_fence_of(struct npu_fence *fence)
{
	return container_of(fence, struct drm_fence, base);
}

int npu_drm_context_create(struct npu_device *dev, const struct npu_context_options *options,
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
	int rc = context ? npu_drm_call(dev, DRM_IOCTL_VNPU_CTX_CREATE, &args) : -ENOMEM;

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
		return npu_drm_fail(dev, rc, "making a context", error);
	}
	context->base.dev = dev;
	context->handle = args.handle;
	*out = &context->base;
	return 0;
}

void npu_drm_context_free(struct npu_context *context)
{
	struct drm_vnpu_ctx_destroy args = { .handle = drm_context_of(context)->handle };

	npu_drm_call(context->dev, DRM_IOCTL_VNPU_CTX_DESTROY, &args);
	free(drm_context_of(context));
}

int npu_drm_context_query(struct npu_context *context, struct npu_context_status *status,
			  struct npu_error *error)
{
	struct drm_vnpu_ctx_query args = { .handle = drm_context_of(context)->handle };
	int rc = npu_drm_call(context->dev, DRM_IOCTL_VNPU_CTX_QUERY, &args);

	if (rc)
		return npu_drm_fail(context->dev, rc, "asking about a context", error);
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

int npu_drm_fence_create(struct npu_device *dev, struct npu_fence **out, struct npu_error *error)
{
	struct drm_fence *fence = calloc(1, sizeof(*fence));

	if (!fence || drmSyncobjCreate(npu_drm_fd(dev), 0, &fence->handle)) {
		int rc = fence ? -errno : -ENOMEM;

		free(fence);
		return npu_drm_fail(dev, rc, "making a fence", error);
	}
	fence->base.dev = dev;
	*out = &fence->base;
	return 0;
}

void npu_drm_fence_free(struct npu_fence *fence)
{
	drmSyncobjDestroy(npu_drm_fd(fence->dev), drm_fence_of(fence)->handle);
	free(drm_fence_of(fence));
}

int npu_drm_fence_export(struct npu_fence *fence, int *fd, struct npu_error *error)
{
	if (!drmSyncobjExportSyncFile(npu_drm_fd(fence->dev), drm_fence_of(fence)->handle, fd))
		return 0;
	return npu_drm_fail(fence->dev, -errno, "exporting a fence", error);
}

/* Word what became of a job. */
static int job_result(const struct npu_device *dev, int status, struct npu_error *error)
{
	switch (status) {
	case -ETIME:
		return npu_fail(
			error, -ETIME,
			"%s: job: it hung and was cancelled; its context takes no more jobs, "
			"make a new one",
			dev->info.name);
	case -ECANCELED:
		return npu_fail(error, -ECANCELED,
				"%s: job: cancelled, because a job before it in its context hung",
				dev->info.name);
	case -ENODEV:
		return npu_fail(error, -ENODEV, "%s: job: the device went away", dev->info.name);
	}
	return status < 0 ? npu_drm_fail(dev, status, "job", error) : 0;
}

/* Without SYNC_WAIT a syncobj tells that a job ended, only its sync_file tells how. */
static int ask_sync_file(struct npu_fence *fence, struct npu_error *error)
{
	struct sync_file_info info = { 0 };
	int fd;
	int rc = npu_drm_fence_export(fence, &fd, error);

	if (rc)
		return rc;
	rc = ioctl(fd, SYNC_IOC_FILE_INFO, &info) ? -errno : 0;
	close(fd);
	if (rc)
		return npu_drm_fail(fence->dev, rc, "asking about a job", error);
	return job_result(fence->dev, info.status, error);
}

static int wait_failed(const struct npu_device *dev, int rc, struct npu_error *error)
{
	/* SYNCOBJ_WAIT says ETIME, SYNC_WAIT says EBUSY to a poll. */
	if (rc == -ETIME || rc == -ETIMEDOUT || rc == -EBUSY)
		return npu_fail(error, -ETIMEDOUT, "%s: job: not done yet", dev->info.name);
	return npu_drm_fail(dev, rc, "waiting for a job", error);
}

static int wait_syncobj(struct npu_fence *fence, int64_t deadline_ns, struct npu_error *error)
{
	uint32_t handle = drm_fence_of(fence)->handle;
	int rc = drmSyncobjWait(npu_drm_fd(fence->dev), &handle, 1, deadline_ns, 0, NULL);

	return rc ? wait_failed(fence->dev, rc, error) : ask_sync_file(fence, error);
}

int npu_drm_fence_wait(struct npu_fence *fence, int64_t deadline_ns, struct npu_error *error)
{
	struct drm_device *drm = npu_drm_device(fence->dev);
	struct drm_vnpu_sync_wait args = {
		.handle = drm_fence_of(fence)->handle,
		.timeout_ns = deadline_ns,
	};
	int rc;

	if (atomic_load_explicit(&drm->no_sync_wait, memory_order_relaxed))
		return wait_syncobj(fence, deadline_ns, error);
	rc = npu_drm_call(fence->dev, DRM_IOCTL_VNPU_SYNC_WAIT, &args);
	if (!rc)
		return job_result(fence->dev, args.result, error);
	if (rc != -EINVAL)
		return wait_failed(fence->dev, rc, error);
	/* A driver from before 1.3: it need not be asked again. */
	atomic_store_explicit(&drm->no_sync_wait, true, memory_order_relaxed);
	return wait_syncobj(fence, deadline_ns, error);
}

static void fill_bindings(struct drm_vnpu_binding *to, const struct npu_job *job)
{
	for (size_t i = 0; i < job->binding_count; i++) {
		const struct npu_binding *from = &job->bindings[i];

		to[i] = (struct drm_vnpu_binding){ 0 };
		if (from->bo)
			to[i] = (struct drm_vnpu_binding){
				.handle = npu_drm_bo(from->bo)->handle,
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

int npu_drm_submit(struct npu_context *context, const struct npu_job *from, struct npu_error *error)
{
	struct drm_vnpu_binding bindings[VNPU_MAX_SLOTS];
	struct drm_vnpu_sync syncs[NPU_MAX_WAITS + 1];
	struct drm_vnpu_job job = {
		.program = npu_drm_program(from->program)->handle,
		.bindings = { sizeof(bindings[0]), (uint32_t)from->binding_count,
			      (uintptr_t)bindings },
		.syncs = { sizeof(syncs[0]), fill_syncs(syncs, from), (uintptr_t)syncs },
		.profile = from->profile ? npu_drm_bo(from->profile)->handle : 0,
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
	rc = npu_drm_call(context->dev, DRM_IOCTL_VNPU_SUBMIT, &args);
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
	return rc ? npu_drm_fail(context->dev, rc, "submit", error) : 0;
}
