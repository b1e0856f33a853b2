// SPDX-License-Identifier: GPL-2.0-only
/*
 * A context lives until its handle is gone and its last job has ended.  Its
 * scheduler entity is therefore empty when it is destroyed, and every queued job
 * ends through run_job(), where it learns that it was cancelled.
 */
#include <linux/capability.h>
#include <linux/slab.h>

#include <drm/drm_file.h>

#include "vnpu_core.h"
#include "vnpu_ctx.h"
#include "vnpu_drv.h"
#include "vnpu_trace.h"

static const enum drm_sched_priority vnpu_ctx_sched_priority[] = {
	[DRM_VNPU_PRIORITY_LOW] = DRM_SCHED_PRIORITY_LOW,
	[DRM_VNPU_PRIORITY_NORMAL] = DRM_SCHED_PRIORITY_NORMAL,
	[DRM_VNPU_PRIORITY_HIGH] = DRM_SCHED_PRIORITY_HIGH,
};

u32 vnpu_ctx_priorities(bool privileged)
{
	return BIT(DRM_VNPU_PRIORITY_LOW) | BIT(DRM_VNPU_PRIORITY_NORMAL) |
	       (privileged ? BIT(DRM_VNPU_PRIORITY_HIGH) : 0);
}

static void vnpu_ctx_release(struct kref *ref)
{
	struct vnpu_ctx *ctx = container_of(ref, struct vnpu_ctx, refcount);

	drm_sched_entity_destroy(&ctx->entity);
	mutex_destroy(&ctx->lock);
	vnpu_user_uncharge(ctx->vfile->user, VNPU_LIMIT_CONTEXTS, 1);
	vnpu_file_put(ctx->vfile);
	kfree(ctx);
}

void vnpu_ctx_put(struct vnpu_ctx *ctx)
{
	kref_put(&ctx->refcount, vnpu_ctx_release);
}

static void vnpu_ctx_close(struct vnpu_ctx *ctx)
{
	WRITE_ONCE(ctx->closed, true);
	trace_vnpu_ctx(ctx, false);
	vnpu_ctx_put(ctx);
}

struct vnpu_ctx *vnpu_ctx_lookup(struct vnpu_file *vfile, u32 handle)
{
	struct vnpu_ctx *ctx;

	xa_lock(&vfile->contexts);
	ctx = xa_load(&vfile->contexts, handle);
	if (ctx)
		kref_get(&ctx->refcount);
	xa_unlock(&vfile->contexts);
	return ctx;
}

void vnpu_ctx_file_close(struct vnpu_file *vfile)
{
	struct vnpu_ctx *ctx;
	unsigned long handle;

	xa_for_each(&vfile->contexts, handle, ctx)
		vnpu_ctx_close(ctx);
	xa_destroy(&vfile->contexts);
}

void vnpu_ctx_ban(struct vnpu_ctx *ctx, u32 fault_op)
{
	WRITE_ONCE(ctx->fault_op, fault_op);
	/* Whoever sees the state sees the op. */
	smp_store_release(&ctx->state, DRM_VNPU_CTX_GUILTY);
}

void vnpu_ctx_account(struct vnpu_ctx *ctx, int error, u64 busy_ns)
{
	atomic64_inc(error ? &ctx->failed : &ctx->completed);
	atomic64_inc(&ctx->vfile->ended);
	atomic64_add(busy_ns, &ctx->busy_ns);
	atomic64_add(busy_ns, &ctx->vfile->busy_ns);
}

u64 vnpu_ctx_queued(const struct vnpu_ctx *ctx)
{
	/* Looked at first: a job that ends in between counts as queued, never as ended twice. */
	u64 ended = atomic64_read(&ctx->completed) + atomic64_read(&ctx->failed);

	return atomic64_read(&ctx->submitted) - ended;
}

int vnpu_ioctl_ctx_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vnpu_device *vdev = to_vnpu_device(drm);
	struct drm_vnpu_ctx_create *args = data;
	struct vnpu_file *vfile = file->driver_priv;
	struct vnpu_ctx *ctx;
	int ret;

	if (args->flags || args->priority >= ARRAY_SIZE(vnpu_ctx_sched_priority) ||
	    args->timeout_ms > VNPU_MAX_TIMEOUT_MS)
		return -EINVAL;
	if (!(vnpu_ctx_priorities(false) & BIT(args->priority)) && !capable(CAP_SYS_NICE))
		return -EACCES;

	ret = vnpu_user_charge(vfile->user, VNPU_LIMIT_CONTEXTS, 1);
	if (ret)
		return ret;
	ret = -ENOMEM;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);
	if (!ctx)
		goto err_uncharge;
	ret = drm_sched_entity_init(&ctx->entity, vnpu_ctx_sched_priority[args->priority],
				    vdev->scheds, vdev->backend->caps.cores, NULL);
	if (ret)
		goto err_free;
	kref_init(&ctx->refcount);
	mutex_init(&ctx->lock);
	ctx->vdev = vdev;
	ctx->vfile = vfile;
	kref_get(&vfile->refcount);
	ctx->priority = args->priority;
	ctx->timeout_ms = args->timeout_ms ?: VNPU_DEFAULT_TIMEOUT_MS;
	ctx->fault_op = ~0u;

	/* Whoever guesses the handle may destroy it at once: hold on to it for a moment. */
	kref_get(&ctx->refcount);
	ret = xa_alloc(&vfile->contexts, &ctx->handle, ctx, XA_LIMIT(1, VNPU_MAX_CONTEXTS),
		       GFP_KERNEL_ACCOUNT);
	if (ret) {
		vnpu_ctx_put(ctx);
	} else {
		args->handle = ctx->handle;
		trace_vnpu_ctx(ctx, true);
	}
	vnpu_ctx_put(ctx);
	return ret == -EBUSY ? -ENOSPC : ret;

err_free:
	kfree(ctx);
err_uncharge:
	vnpu_user_uncharge(vfile->user, VNPU_LIMIT_CONTEXTS, 1);
	return ret;
}

int vnpu_ioctl_ctx_query(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_ctx_query *args = data;
	struct vnpu_ctx *ctx;

	if (args->pad)
		return -EINVAL;
	ctx = vnpu_ctx_lookup(file->driver_priv, args->handle);
	if (!ctx)
		return -ENOENT;
	args->state = vnpu_ctx_banned(ctx) ? DRM_VNPU_CTX_GUILTY : DRM_VNPU_CTX_OK;
	args->priority = ctx->priority;
	args->timeout_ms = ctx->timeout_ms;
	args->fault_op = READ_ONCE(ctx->fault_op);
	args->submitted = atomic64_read(&ctx->submitted);
	args->completed = atomic64_read(&ctx->completed);
	args->failed = atomic64_read(&ctx->failed);
	args->busy_ns = atomic64_read(&ctx->busy_ns);
	vnpu_ctx_put(ctx);
	return 0;
}

int vnpu_ioctl_ctx_destroy(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_ctx_destroy *args = data;
	struct vnpu_file *vfile = file->driver_priv;
	struct vnpu_ctx *ctx;

	if (args->pad)
		return -EINVAL;
	ctx = xa_erase(&vfile->contexts, args->handle);
	if (!ctx)
		return -ENOENT;
	vnpu_ctx_close(ctx);
	return 0;
}
