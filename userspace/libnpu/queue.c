// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* How jobs get to the device and back: contexts, fences, submission. */
#include "backend.h"
#include "clock.h"

/* Offsets into buffer objects are multiples of it, as the driver wants them. */
#define BINDING_ALIGN 64u

int npu_context_create(struct npu_device *dev, const struct npu_context_options *options,
		       struct npu_context **context, struct npu_error *error)
{
	static const struct npu_context_options defaults;

	if (!options)
		options = &defaults;
	if ((unsigned int)options->priority > NPU_PRIORITY_HIGH)
		return npu_fail(error, -EINVAL, "%s: context: priority %d is unknown",
				dev->info.name, (int)options->priority);
	if (options->timeout_ms > dev->info.max_timeout_ms)
		return npu_fail(error, -EINVAL,
				"%s: context: timeout of %u ms: the device takes %u at the most",
				dev->info.name, options->timeout_ms, dev->info.max_timeout_ms);
	return dev->backend->context_create(dev, options, context, error);
}

void npu_context_free(struct npu_context *context)
{
	if (context)
		context->dev->backend->context_free(context);
}

int npu_context_query(struct npu_context *context, struct npu_context_status *status,
		      struct npu_error *error)
{
	return context->dev->backend->context_query(context, status, error);
}

int npu_fence_create(struct npu_device *dev, struct npu_fence **fence, struct npu_error *error)
{
	return dev->backend->fence_create(dev, fence, error);
}

void npu_fence_free(struct npu_fence *fence)
{
	if (fence)
		fence->dev->backend->fence_free(fence);
}

static int fence_has_job(const struct npu_fence *fence, struct npu_error *error)
{
	if (fence->used)
		return 0;
	return npu_fail(error, -EINVAL, "%s: fence: no job was submitted with it",
			fence->dev->info.name);
}

int npu_fence_wait(struct npu_fence *fence, int64_t timeout_ms, struct npu_error *error)
{
	int rc = fence_has_job(fence, error);

	return rc ? rc : fence->dev->backend->fence_wait(fence, npu_deadline_ns(timeout_ms), error);
}

int npu_fence_export(struct npu_fence *fence, int *fd, struct npu_error *error)
{
	int rc = fence_has_job(fence, error);

	return rc ? rc : fence->dev->backend->fence_export(fence, fd, error);
}

/* Does [offset, offset + size) lie inside @bo, aligned, on @dev? */
static const char *range_problem(const struct npu_device *dev, const struct npu_bo *bo,
				 uint64_t offset, uint64_t size)
{
	if (bo->dev != dev)
		return "its buffer belongs to another device";
	if (offset % BINDING_ALIGN)
		return "its offset is not a multiple of 64";
	if (offset > bo->size || size > bo->size - offset)
		return "it reaches beyond its buffer";
	return NULL;
}

static const char *binding_problem(const struct npu_device *dev, const struct npu_binding *binding,
				   const struct npu_slot_info *slot)
{
	if (slot->kind == VNPU_SLOT_L1)
		return binding->bo ? "on-chip memory is the device's: it takes no buffer" : NULL;
	if (!binding->bo)
		return slot->used ? "the program uses it, but it has no buffer" : NULL;
	if (binding->size < slot->bytes)
		return "it is smaller than the program needs";
	return range_problem(dev, binding->bo, binding->offset, binding->size);
}

static int check_bindings(const struct npu_device *dev, const struct npu_job *job,
			  struct npu_error *error)
{
	const struct npu_program_info *info = &job->program->info;

	if (job->binding_count != info->slot_count)
		return npu_fail(error, -EINVAL, "%s: job: %zu bindings for a program of %u slots",
				dev->info.name, job->binding_count, info->slot_count);
	for (uint32_t i = 0; i < info->slot_count; i++) {
		const struct npu_binding *binding = &job->bindings[i];
		const char *problem = binding_problem(dev, binding, &info->slots[i]);

		if (problem)
			return npu_fail(error, -EINVAL,
					"%s: job: binding of slot %u (%llu bytes of %llu): %s",
					dev->info.name, i, (unsigned long long)binding->size,
					(unsigned long long)info->slots[i].bytes, problem);
	}
	return 0;
}

static int check_fences(const struct npu_device *dev, const struct npu_job *job,
			struct npu_error *error)
{
	if (job->wait_count > NPU_MAX_WAITS)
		return npu_fail(error, -EINVAL, "%s: job: waits for %zu fences, %d at the most",
				dev->info.name, job->wait_count, NPU_MAX_WAITS);
	for (size_t i = 0; i < job->wait_count; i++)
		if (job->waits[i]->dev != dev || !job->waits[i]->used)
			return npu_fail(error, -EINVAL,
					"%s: job: fence %zu to wait for has no job on this device",
					dev->info.name, i);
	if (job->signal && job->signal->dev != dev)
		return npu_fail(error, -EINVAL,
				"%s: job: the fence to signal belongs to another device",
				dev->info.name);
	return 0;
}

static int check_profile(const struct npu_device *dev, const struct npu_job *job,
			 struct npu_error *error)
{
	uint64_t bytes = sizeof(struct npu_op_profile) * (uint64_t)job->program->info.op_count;
	const char *problem;

	if (!job->profile)
		return 0;
	problem = range_problem(dev, job->profile, job->profile_offset, bytes);
	if (!problem)
		return 0;
	return npu_fail(error, -EINVAL, "%s: job: profile of %llu bytes: %s", dev->info.name,
			(unsigned long long)bytes, problem);
}

static int check_counters(const struct npu_device *dev, const struct npu_job *job,
			  struct npu_error *error)
{
	uint64_t bytes = sizeof(struct npu_op_counters) * (uint64_t)job->program->info.op_count;
	const char *problem = "they go into the profile, but it has no buffer";

	if (!job->counters)
		return 0;
	if (job->profile)
		problem = range_problem(dev, job->profile, job->counters_offset, bytes);
	if (!problem)
		return 0;
	return npu_fail(error, -EINVAL, "%s: job: counters of %llu bytes: %s", dev->info.name,
			(unsigned long long)bytes, problem);
}

int npu_submit(struct npu_context *context, const struct npu_job *job, struct npu_error *error)
{
	struct npu_device *dev = context->dev;
	int rc;

	if (job->program->dev != dev)
		return npu_fail(error, -EINVAL, "%s: job: its program belongs to another device",
				dev->info.name);
	rc = check_bindings(dev, job, error);
	if (!rc)
		rc = check_fences(dev, job, error);
	if (!rc)
		rc = check_profile(dev, job, error);
	if (!rc)
		rc = check_counters(dev, job, error);
	if (!rc)
		rc = dev->recorder ? npu_record_run(dev->recorder, context, job, error) :
				     dev->backend->submit(context, job, error);
	if (!rc && job->signal)
		job->signal->used = true;
	return rc;
}
