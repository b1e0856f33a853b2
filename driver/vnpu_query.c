// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_file.h>

#include "vnpu_array.h"
#include "vnpu_ctx.h"
#include "vnpu_drv.h"
#include "vnpu_firmware.h"

static_assert(offsetof(struct drm_vnpu_personality_info, digest) == DRM_VNPU_ELEMENT_V1);
static_assert(sizeof_field(struct drm_vnpu_personality_info, name) == NPUM_NAME_BYTES);
static_assert(sizeof_field(struct drm_vnpu_personality_info, summary) == NPUM_SUMMARY_BYTES);
static_assert(sizeof_field(struct drm_vnpu_firmware_info, target) == NPUM_NAME_BYTES);
static_assert(sizeof_field(struct drm_vnpu_firmware_info, version) > VNPU_FW_MAX_VERSION);
static_assert(sizeof_field(struct drm_vnpu_firmware_info, file) == VNPU_FW_FILE_BYTES);
static_assert(sizeof_field(struct npum_target, runs) ==
	      sizeof_field(struct drm_vnpu_firmware_info, runs));
static_assert(sizeof_field(struct npum_target, cycles) ==
	      sizeof_field(struct drm_vnpu_firmware_info, cycles));

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

static int vnpu_query_dev_info(struct vnpu_device *vdev, struct drm_file *file,
			       struct drm_vnpu_dev_query *args)
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

/* As vnpu_query_copy() for an array of @count elements of @bytes. */
static int vnpu_query_copy_array(struct drm_vnpu_dev_query *args, const void *elements, u32 bytes,
				 u32 count)
{
	const u32 stride = args->stride ? args->stride : DRM_VNPU_ELEMENT_V1;
	const struct drm_vnpu_array out = {
		.stride = stride,
		.count = args->size / stride,
		.array = args->pointer,
	};

	args->size = count * stride;
	args->count = count;
	if (!args->pointer)
		return 0;
	return vnpu_array_put(&out, elements, bytes, count);
}

/* The values of a table's fields, and how many there are. */
static u32 vnpu_query_fields(u32 *values, const void *from,
			     const struct npum_field *(*at)(u32 i))
{
	const struct npum_field *f;
	u32 count = 0;

	for (; count < DRM_VNPU_MAX_FIELDS && (f = at(count)); count++)
		memcpy(&values[count], from + f->offset, sizeof(*values));
	return count;
}

static int vnpu_query_personalities(struct vnpu_device *vdev, struct drm_file *file,
				    struct drm_vnpu_dev_query *args)
{
	struct drm_vnpu_personality_info *list;
	struct vnpu_firmware *firmware;
	int ret;

	if (args->stride > PAGE_SIZE)
		return -E2BIG;
	firmware = vnpu_fw_get(vdev);
	list = kvcalloc(firmware->set.count, sizeof(*list), GFP_KERNEL);
	if (!list) {
		vnpu_fw_put(firmware);
		return -ENOMEM;
	}
	for (u32 i = 0; i < firmware->set.count; i++) {
		const struct npum_personality *p = npum_personality_at(&firmware->set, i);
		struct drm_vnpu_personality_info *info = &list[i];

		info->id = p->id;
		strscpy(info->name, p->name, sizeof(info->name));
		info->digest = p->digest;
		info->evidence = p->evidence;
		info->rest = p->rest;
		strscpy(info->summary, p->summary, sizeof(info->summary));
		info->field_count = vnpu_query_fields(info->field, p, npum_field_at);
	}
	ret = vnpu_query_copy_array(args, list, sizeof(*list), firmware->set.count);
	kvfree(list);
	vnpu_fw_put(firmware);
	return ret;
}

static int vnpu_query_firmware(struct vnpu_device *vdev, struct drm_file *file,
			       struct drm_vnpu_dev_query *args)
{
	struct drm_vnpu_firmware_info *info = kzalloc(sizeof(*info), GFP_KERNEL);
	struct vnpu_firmware *firmware;
	const struct npum_target *target;
	int ret;

	if (!info)
		return -ENOMEM;
	firmware = vnpu_fw_get(vdev);
	target = &firmware->target;
	info->major = firmware->version.major;
	info->minor = firmware->version.minor;
	info->crc = firmware->version.crc;
	info->generation = firmware->generation;
	info->flags = firmware->file[0] ? 0 : DRM_VNPU_FIRMWARE_BUILT_IN;
	strscpy(info->version, firmware->version.text, sizeof(info->version));
	strscpy(info->file, firmware->file, sizeof(info->file));
	strscpy(info->target, target->name, sizeof(info->target));
	info->dtypes = target->dtypes;
	memcpy(info->runs, target->runs, sizeof(info->runs));
	memcpy(info->cycles, target->cycles, sizeof(info->cycles));
	info->field_count = vnpu_query_fields(info->field, target, npum_target_field_at);
	vnpu_fw_put(firmware);
	ret = vnpu_query_copy(args, info, sizeof(*info));
	kfree(info);
	return ret;
}

static int vnpu_query_limits(struct vnpu_device *vdev, struct drm_file *file,
			     struct drm_vnpu_dev_query *args)
{
	struct vnpu_file *vfile = file->driver_priv;
	struct drm_vnpu_limits_info info;

	vnpu_limit_tell(vfile->user, &info);
	return vnpu_query_copy(args, &info, sizeof(info));
}

static int vnpu_query_health(struct vnpu_device *vdev, struct drm_file *file,
			     struct drm_vnpu_dev_query *args)
{
	struct drm_vnpu_health_info info;

	vnpu_health_tell(vdev, &info);
	return vnpu_query_copy(args, &info, sizeof(info));
}

/* Between two looks at the system's clock, the middle of which is as good as it gets. */
static int vnpu_query_clock(struct vnpu_device *vdev, struct drm_file *file,
			    struct drm_vnpu_dev_query *args)
{
	struct vnpu_backend *backend = vdev->backend;
	struct drm_vnpu_clock_info info = { .frequency_hz = backend->caps.clock_hz };
	u64 before, after;

	preempt_disable();
	before = ktime_get_ns();
	info.ticks = backend->ops->clock(backend);
	after = ktime_get_ns();
	preempt_enable();
	info.uncertainty_ns = DIV_ROUND_UP(after - before, 2);
	info.monotonic_ns = before + info.uncertainty_ns;
	return vnpu_query_copy(args, &info, sizeof(info));
}

/**
 * struct vnpu_query - something that DEV_QUERY can tell
 * @tell: fills what the caller has room for
 * @array: it is an array: the caller may give a stride
 */
struct vnpu_query {
	int (*tell)(struct vnpu_device *vdev, struct drm_file *file,
		    struct drm_vnpu_dev_query *args);
	bool array;
};

static const struct vnpu_query vnpu_queries[] = {
	[DRM_VNPU_QUERY_DEV_INFO] = { vnpu_query_dev_info },
	[DRM_VNPU_QUERY_PERSONALITIES] = { vnpu_query_personalities, .array = true },
	[DRM_VNPU_QUERY_FIRMWARE] = { vnpu_query_firmware },
	[DRM_VNPU_QUERY_LIMITS] = { vnpu_query_limits },
	[DRM_VNPU_QUERY_HEALTH] = { vnpu_query_health },
	[DRM_VNPU_QUERY_CLOCK] = { vnpu_query_clock },
};

int vnpu_ioctl_dev_query(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vnpu_dev_query *args = data;
	const struct vnpu_query *query;

	if (args->type >= ARRAY_SIZE(vnpu_queries) || args->count)
		return -EINVAL;
	query = &vnpu_queries[args->type];
	if (!query->tell || (args->stride && !query->array))
		return -EINVAL;
	return query->tell(to_vnpu_device(drm), file, args);
}
