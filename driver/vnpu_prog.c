// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs are copied once and validated on the copy, so that nobody can change
 * what was validated.  They are no GEM objects: user space can neither map nor
 * export them.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_file.h>

#include "vnpu_array.h"
#include "vnpu_drv.h"
#include "vnpu_firmware.h"
#include "vnpu_prog.h"

static_assert((int)NPUM_SLOT_READ == DRM_VNPU_SLOT_READ);
static_assert((int)NPUM_SLOT_WRITE == DRM_VNPU_SLOT_WRITE);

static void vnpu_program_release(struct kref *ref)
{
	struct vnpu_program *program = container_of(ref, struct vnpu_program, refcount);

	if (program->user) {
		vnpu_user_uncharge(program->user, VNPU_LIMIT_MEMORY, program->size);
		vnpu_user_uncharge(program->user, VNPU_LIMIT_PROGRAMS, 1);
	}
	kvfree(program->bytes);
	if (program->firmware)
		vnpu_fw_put(program->firmware);
	kfree(program);
}

void vnpu_program_put(struct vnpu_program *program)
{
	kref_put(&program->refcount, vnpu_program_release);
}

struct vnpu_program *vnpu_program_lookup(struct vnpu_file *vfile, u32 handle)
{
	struct vnpu_program *program;

	xa_lock(&vfile->programs);
	program = xa_load(&vfile->programs, handle);
	if (program)
		kref_get(&program->refcount);
	xa_unlock(&vfile->programs);
	return program;
}

void vnpu_program_file_close(struct vnpu_file *vfile)
{
	struct vnpu_program *program;
	unsigned long handle;

	xa_for_each(&vfile->programs, handle, program)
		vnpu_program_put(program);
	xa_destroy(&vfile->programs);
}

/* The format's rules first, then what this device's firmware takes. */
static int vnpu_program_check(struct vnpu_program *program, u32 size, struct npum_refusal *why)
{
	const struct vnpu_firmware *firmware = program->firmware;
	int ret = npum_program_validate(program->bytes, size, &firmware->set, &program->npum,
					why);

	return ret ?: npum_target_check_program(&firmware->target, &program->npum, why);
}

static int vnpu_program_charge(struct vnpu_program *program, struct vnpu_user *user, u32 size)
{
	int ret;

	ret = vnpu_user_charge(user, VNPU_LIMIT_PROGRAMS, 1);
	if (ret)
		return ret;
	ret = vnpu_user_charge(user, VNPU_LIMIT_MEMORY, size);
	if (ret) {
		vnpu_user_uncharge(user, VNPU_LIMIT_PROGRAMS, 1);
		return ret;
	}
	program->user = user;
	program->size = size;
	return 0;
}

/* Copy and validate.  On -ENOEXEC, @args says why. */
static struct vnpu_program *vnpu_program_load(struct vnpu_device *vdev, struct vnpu_user *user,
					      struct drm_vnpu_program_create *args)
{
	struct vnpu_program *program;
	struct npum_refusal why = {};
	int ret;

	program = kzalloc(sizeof(*program), GFP_KERNEL_ACCOUNT);
	if (!program)
		return ERR_PTR(-ENOMEM);
	kref_init(&program->refcount);
	program->firmware = vnpu_fw_get(vdev);

	ret = vnpu_program_charge(program, user, args->size);
	if (ret)
		goto err_put;
	ret = -ENOMEM;
	program->bytes = kvmalloc(args->size, GFP_KERNEL_ACCOUNT);
	if (!program->bytes)
		goto err_put;
	ret = -EFAULT;
	if (copy_from_user(program->bytes, u64_to_user_ptr(args->data), args->size))
		goto err_put;
	ret = vnpu_program_check(program, args->size, &why);
	if (ret) {
		args->refusal = why.reason;
		args->refused_op = why.op;
		args->refused_field = why.field;
		goto err_put;
	}
	return program;

err_put:
	vnpu_program_put(program);
	return ERR_PTR(ret);
}

int vnpu_ioctl_program_create(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vnpu_device *vdev = to_vnpu_device(drm);
	struct vnpu_backend *backend = vdev->backend;
	struct drm_vnpu_program_create *args = data;
	struct vnpu_file *vfile = file->driver_priv;
	struct vnpu_program *program;
	int ret;

	if (args->flags || !args->size || args->size > VNPU_MAX_PROGRAM_BYTES)
		return -EINVAL;
	program = vnpu_program_load(vdev, vfile->user, args);
	if (IS_ERR(program))
		return PTR_ERR(program);

	/* Here memory can be waited for; where jobs run it cannot. */
	ret = backend->ops->prepare(backend, &program->npum);
	if (ret)
		goto err_put;
	/* Whoever guesses the handle may destroy it at once: do not touch it after this. */
	ret = xa_alloc(&vfile->programs, &args->handle, program,
		       XA_LIMIT(1, VNPU_MAX_PROGRAMS), GFP_KERNEL_ACCOUNT);
	if (!ret)
		return 0;
	if (ret == -EBUSY)
		ret = -ENOSPC;
err_put:
	vnpu_program_put(program);
	return ret;
}

int vnpu_ioctl_program_query(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_program_query *args = data;
	struct drm_vnpu_slot_info slots[VNPU_MAX_SLOTS] = {};
	struct vnpu_program *program;
	int ret;

	if (args->pad)
		return -EINVAL;
	program = vnpu_program_lookup(file->driver_priv, args->handle);
	if (!program)
		return -ENOENT;
	args->op_count = program->npum.op_count;
	args->slot_count = program->npum.slot_count;
	args->macs = program->npum.macs;
	for (u32 i = 0; i < args->slot_count; i++) {
		slots[i].kind = program->npum.slot[i].kind;
		slots[i].access = program->npum.slot[i].access;
		slots[i].bytes = program->npum.slot[i].bytes;
	}
	vnpu_program_put(program);
	ret = vnpu_array_put(&args->slots, slots, sizeof(*slots), args->slot_count);
	return ret;
}

int vnpu_ioctl_program_destroy(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_program_destroy *args = data;
	struct vnpu_file *vfile = file->driver_priv;
	struct vnpu_program *program;

	if (args->pad)
		return -EINVAL;
	program = xa_erase(&vfile->programs, args->handle);
	if (!program)
		return -ENOENT;
	vnpu_program_put(program);
	return 0;
}
