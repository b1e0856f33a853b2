// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "model/npum_personality.h"
#include "vnpu_ctx.h"
#include "vnpu_drv.h"

/* Fills what the caller has room for and tells how much there would be. */
static int vnpu_query_copy(struct drm_vnpu_dev_query *args, const void *facts, u32 bytes)
{
	u32 room = args->size;

	args->size = bytes;
	if (!args->pointer)
		return 0;
	if (copy_to_user(u64_to_user_ptr(args->pointer), facts, min(room, bytes)))
		return -EFAULT;
	return 0;
}

static int vnpu_query_dev_info(struct vnpu_device *vdev, struct drm_vnpu_dev_query *args)
{
	const struct vnpu_backend_caps *caps = &vdev->backend->caps;
	const struct drm_vnpu_dev_info info = {
		.program_major = VNPU_PROGRAM_MAJOR,
		.program_minor = VNPU_PROGRAM_MINOR,
		.cores = caps->cores,
		.workers = caps->workers,
		.isa = caps->isa,
		.priorities = vnpu_ctx_priorities(capable(CAP_SYS_NICE)),
		.max_slots = VNPU_MAX_SLOTS,
		.max_jobs = VNPU_MAX_JOBS,
		.max_contexts = VNPU_MAX_CONTEXTS,
		.max_programs = VNPU_MAX_PROGRAMS,
		.max_program_bytes = VNPU_MAX_PROGRAM_BYTES,
		.default_timeout_ms = VNPU_DEFAULT_TIMEOUT_MS,
		.max_timeout_ms = VNPU_MAX_TIMEOUT_MS,
		.max_bo_bytes = VNPU_MAX_BO_BYTES,
	};

	return vnpu_query_copy(args, &info, sizeof(info));
}

static int vnpu_query_personalities(struct vnpu_device *vdev, struct drm_vnpu_dev_query *args)
{
	struct drm_vnpu_personality_info *list;
	u32 count = 0;
	int ret;

	while (npum_personality_at(npum_builtin_set(), count))
		count++;
	list = kcalloc(count, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	for (u32 i = 0; i < count; i++) {
		const struct npum_personality *p = npum_personality_at(npum_builtin_set(), i);

		list[i].id = p->id;
		strscpy(list[i].name, p->name, sizeof(list[i].name));
	}
	ret = vnpu_query_copy(args, list, count * sizeof(*list));
	kfree(list);
	return ret;
}

static int (*const vnpu_queries[])(struct vnpu_device *vdev, struct drm_vnpu_dev_query *args) = {
	[DRM_VNPU_QUERY_DEV_INFO] = vnpu_query_dev_info,
	[DRM_VNPU_QUERY_PERSONALITIES] = vnpu_query_personalities,
};

int vnpu_ioctl_dev_query(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_dev_query *args = data;

	if (args->type >= ARRAY_SIZE(vnpu_queries))
		return -EINVAL;
	return vnpu_queries[args->type](to_vnpu_device(drm), args);
}
