// SPDX-License-Identifier: GPL-2.0-only
#include <linux/slab.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include "vnpu_array.h"
#include "vnpu_bo.h"
#include "vnpu_compat.h"
#include "vnpu_ctx.h"
#include "vnpu_drv.h"
#include "vnpu_job.h"
#include "vnpu_pm.h"
#include "vnpu_prog.h"

#define VNPU_BIND_FLAGS		DRM_VNPU_BIND_NO_IMPLICIT
#define VNPU_BIND_ALIGN		64u
#define VNPU_JOB_FLAGS		(DRM_VNPU_JOB_COUNTERS | DRM_VNPU_JOB_VERIFY)

static void vnpu_job_release_work(struct work_struct *work)
{
	struct vnpu_job *job = container_of(work, struct vnpu_job, release);
	struct vnpu_device *vdev = job->ctx->vdev;

	for (u32 i = 0; i < job->bo_count; i++)
		drm_gem_object_put(job->bos[i].obj);
	if (job->core)
		dma_fence_put(&job->fence->base);
	else
		kfree(job->fence);
	vnpu_program_put(job->program);
	vnpu_ctx_put(job->ctx);
	kfree(job);
	vnpu_pm_put(vdev);
	if (atomic_dec_and_test(&vdev->jobs))
		wake_up(&vdev->jobs_idle);
}

static void vnpu_job_release(struct kref *ref)
{
	struct vnpu_job *job = container_of(ref, struct vnpu_job, refcount);

	queue_work(job->ctx->vdev->cleanup_wq, &job->release);
}

void vnpu_job_put(struct vnpu_job *job)
{
	kref_put(&job->refcount, vnpu_job_release);
}

void vnpu_job_abort(struct vnpu_job *job)
{
	if (job->base.s_fence)
		drm_sched_job_cleanup(&job->base);
	vnpu_job_put(job);
}

/* Adds the buffer that @use describes and returns the address of its byte @use.offset. */
static void *vnpu_job_add_bo(struct vnpu_job *job, struct drm_file *file,
			     const struct vnpu_job_bo *use)
{
	struct vnpu_job_bo *bo = &job->bos[job->bo_count];
	struct drm_gem_object *obj;
	void *vaddr;
	u64 end;

	obj = drm_gem_object_lookup(file, use->handle);
	if (!obj)
		return ERR_PTR(-ENOENT);
	/* From here on the job owns the reference. */
	job->bo_count++;
	*bo = *use;
	bo->obj = obj;

	if (bo->offset % VNPU_BIND_ALIGN || check_add_overflow(bo->offset, bo->size, &end) ||
	    end > obj->size)
		return ERR_PTR(-EINVAL);
	if (vnpu_inject_fails(&job->ctx->vdev->backend->inject))
		return ERR_PTR(-ENOMEM);
	vaddr = vnpu_bo_vmap(obj);
	return IS_ERR(vaddr) ? vaddr : vaddr + bo->offset;
}

static int vnpu_job_bind(struct vnpu_job *job, u32 index, const struct drm_vnpu_binding *binding,
			 struct drm_file *file)
{
	const struct npum_slot *slot = &job->program->npum.slot[index];
	void *vaddr;

	if (binding->flags & ~VNPU_BIND_FLAGS)
		return -EINVAL;
	/* On-chip memory is the machine's: no buffer stands for it. */
	if (slot->kind == VNPU_SLOT_L1 && binding->handle)
		return -EINVAL;
	if (!binding->handle && (!slot->access || slot->kind == VNPU_SLOT_L1))
		return binding->flags || binding->offset || binding->size ? -EINVAL : 0;
	if (binding->size < slot->bytes)
		return -EINVAL;
	vaddr = vnpu_job_add_bo(job, file, &(struct vnpu_job_bo){
		.write = slot->access & NPUM_SLOT_WRITE,
		.implicit = !(binding->flags & DRM_VNPU_BIND_NO_IMPLICIT),
		.slot = index,
		.handle = binding->handle,
		.offset = binding->offset,
		.size = binding->size,
	});
	if (IS_ERR(vaddr))
		return PTR_ERR(vaddr);
	if (slot->access)
		job->hw.slot[index] = vaddr;
	return 0;
}

static int vnpu_job_bind_all(struct vnpu_job *job, const struct drm_vnpu_job *args,
			     struct drm_file *file)
{
	struct drm_vnpu_binding *bindings;
	int ret = 0;

	if (args->bindings.count != job->program->npum.slot_count)
		return -EINVAL;
	bindings = vnpu_array_get(&job->ctx->vdev->backend->inject, &args->bindings,
				  sizeof(*bindings), VNPU_MAX_SLOTS);
	if (IS_ERR(bindings))
		return PTR_ERR(bindings);
	for (u32 i = 0; i < args->bindings.count && !ret; i++)
		ret = vnpu_job_bind(job, i, &bindings[i], file);
	kvfree(bindings);
	return ret;
}

/* Adds @bytes that the machine writes about the job, rather than for it. */
static void *vnpu_job_add_report(struct vnpu_job *job, struct drm_file *file, u32 handle,
				 u64 offset, u64 bytes)
{
	return vnpu_job_add_bo(job, file, &(struct vnpu_job_bo){
		.write = true,
		.implicit = true,
		.slot = VNPU_MAX_SLOTS,
		.handle = handle,
		.offset = offset,
		.size = bytes,
	});
}

static int vnpu_job_bind_profile(struct vnpu_job *job, const struct drm_vnpu_job *args,
				 struct drm_file *file)
{
	u64 bytes = (u64)job->program->npum.op_count * sizeof(struct drm_vnpu_op_profile);
	void *vaddr;

	if (!args->profile)
		return args->profile_offset ? -EINVAL : 0;
	vaddr = vnpu_job_add_report(job, file, args->profile, args->profile_offset, bytes);
	if (IS_ERR(vaddr))
		return PTR_ERR(vaddr);
	job->hw.profile = vaddr;
	return 0;
}

static int vnpu_job_bind_counters(struct vnpu_job *job, const struct drm_vnpu_job *args,
				  struct drm_file *file)
{
	u64 bytes = (u64)job->program->npum.op_count * args->counters_stride;
	void *vaddr;

	if (!(args->flags & DRM_VNPU_JOB_COUNTERS))
		return args->counters_stride || args->counters_offset ? -EINVAL : 0;
	if (!args->profile || !args->counters_stride || args->counters_stride % sizeof(u64))
		return -EINVAL;
	vaddr = vnpu_job_add_report(job, file, args->profile, args->counters_offset, bytes);
	if (IS_ERR(vaddr))
		return PTR_ERR(vaddr);
	job->hw.counters = vaddr;
	job->hw.counters_stride = args->counters_stride;
	return 0;
}

struct vnpu_job *vnpu_job_alloc(struct vnpu_ctx *ctx, struct vnpu_program *program)
{
	/* Every slot, the profile and the counters. */
	u32 bo_max = program->npum.slot_count + 2;
	struct vnpu_inject *inject = &ctx->vdev->backend->inject;
	struct vnpu_fence *fence = NULL;
	struct vnpu_job *job = NULL;

	if (!vnpu_inject_fails(inject))
		fence = kzalloc(sizeof(*fence), GFP_KERNEL_ACCOUNT);
	if (!vnpu_inject_fails(inject))
		job = kzalloc(struct_size(job, bos, bo_max), GFP_KERNEL_ACCOUNT);
	if (!fence || !job) {
		kfree(fence);
		kfree(job);
		return NULL;
	}
	kref_init(&job->refcount);
	INIT_WORK(&job->release, vnpu_job_release_work);
	job->fence = fence;
	job->hw.id = atomic64_inc_return(&ctx->vdev->job_ids);
	job->program = program;
	kref_get(&program->refcount);
	job->ctx = ctx;
	kref_get(&ctx->refcount);
	job->hw.program = &program->npum;
	/* Unique in this boot, unlike the context's address. */
	job->hw.owner = ctx->entity.fence_context;
	atomic_inc(&ctx->vdev->jobs);
	vnpu_pm_get(ctx->vdev);
	return job;
}

struct vnpu_job *vnpu_job_create(struct vnpu_ctx *ctx, const struct drm_vnpu_job *args,
				 struct drm_file *file)
{
	struct vnpu_program *program;
	struct vnpu_job *job;
	int ret;

	if (args->flags & ~VNPU_JOB_FLAGS || args->pad || args->pad2 ||
	    (args->const_digest && !(args->flags & DRM_VNPU_JOB_VERIFY)))
		return ERR_PTR(-EINVAL);
	program = vnpu_program_lookup(file->driver_priv, args->program);
	if (!program)
		return ERR_PTR(-ENOENT);
	job = vnpu_job_alloc(ctx, program);
	vnpu_program_put(program);
	if (!job)
		return ERR_PTR(-ENOMEM);

	job->hw.verify = args->flags & DRM_VNPU_JOB_VERIFY;
	job->hw.const_digest = args->const_digest;
	ret = vnpu_job_bind_all(job, args, file);
	if (!ret)
		ret = vnpu_job_bind_profile(job, args, file);
	if (!ret)
		ret = vnpu_job_bind_counters(job, args, file);
	if (!ret)
		ret = vnpu_inject_error(&ctx->vdev->backend->inject) ?:
		      vnpu_sched_job_init(&job->base, &ctx->entity, file);
	if (!ret)
		return job;
	vnpu_job_abort(job);
	return ERR_PTR(ret);
}
