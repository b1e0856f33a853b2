// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Programs of a device node. */
#include <stdio.h>
#include <stdlib.h>

#include "backend_drm.h"
#include "describe.h"

static int query_program(struct drm_program *program)
{
	struct drm_vnpu_slot_info slots[VNPU_MAX_SLOTS];
	struct drm_vnpu_program_query args = {
		.handle = program->handle,
		.slots = { sizeof(slots[0]), VNPU_MAX_SLOTS, (uintptr_t)slots },
	};
	struct npu_program_info *info = &program->base.info;
	int rc = npu_drm_call(program->base.dev, DRM_IOCTL_VNPU_PROGRAM_QUERY, &args);

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

void npu_drm_program_free(struct npu_program *base)
{
	struct drm_program *program = npu_drm_program(base);
	struct drm_vnpu_program_destroy args = { .handle = program->handle };

	npu_drm_call(base->dev, DRM_IOCTL_VNPU_PROGRAM_DESTROY, &args);
	free(program);
}

/* The device may have other firmware by now than when it was opened. */
static int fail_refused(const struct npu_device *dev, const void *data,
			const struct npum_refusal *why, struct npu_error *error)
{
	struct npu_device now = { .info = { .kind = NPU_DEVICE_KERNEL } };
	int rc;

	snprintf(now.info.name, sizeof(now.info.name), "%s", dev->info.name);
	rc = npu_drm_describe(npu_drm_fd(dev), &now, NULL);
	npu_fail_program(rc ? dev : &now, data, why, error);
	npu_describe_free(&now);
	return -ENOEXEC;
}

int npu_drm_program_create(struct npu_device *dev, const void *data, size_t size,
			   struct npu_program **out, struct npu_error *error)
{
	struct drm_vnpu_program_create args = { .data = (uintptr_t)data, .size = (uint32_t)size };
	struct drm_program *program = calloc(1, sizeof(*program));
	int rc = program ? npu_drm_call(dev, DRM_IOCTL_VNPU_PROGRAM_CREATE, &args) : -ENOMEM;

	if (rc) {
		const struct npum_refusal why = { args.refusal, args.refused_op,
						  args.refused_field };

		free(program);
		if (rc == -ENOEXEC)
			return fail_refused(dev, data, &why, error);
		return npu_drm_fail(dev, rc, "giving it a program", error);
	}
	program->base.dev = dev;
	program->handle = args.handle;
	rc = query_program(program);
	if (rc) {
		npu_drm_program_free(&program->base);
		return npu_drm_fail(dev, rc, "asking about a program", error);
	}
	*out = &program->base;
	return 0;
}
