// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdio.h>
#include <stdlib.h>
#include <xf86drm.h>

#include "describe.h"
#include "drm/vnpu_accel.h"
#include "error.h"

#define DRIVER_NAME "vnpu"

/* Is it ours?  libdrm asks the kernel for the driver's name. */
static int check_driver(int fd, struct npu_device_info *info, struct npu_error *error)
{
	drmVersion *version = drmGetVersion(fd);
	int rc = 0;

	if (!version)
		return npu_fail(error, -ENODEV, "%s: not a DRM device", info->name);
	if (strcmp(version->name, DRIVER_NAME))
		rc = npu_fail(error, -ENODEV, "%s: driven by %s, not by " DRIVER_NAME, info->name,
			      version->name);
	else
		snprintf(info->driver, sizeof(info->driver), "%s %d.%d.%d", version->name,
			 version->version_major, version->version_minor,
			 version->version_patchlevel);
	drmFreeVersion(version);
	return rc;
}

static void name_isas(uint32_t isas, char *text, size_t size)
{
	static const char *const names[] = {
		[DRM_VNPU_ISA_GENERIC] = "generic",
		[DRM_VNPU_ISA_AVX2] = "avx2",
		[DRM_VNPU_ISA_AVX512_VNNI] = "avx512vnni",
	};
	const char *separator = "";

	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t used = strlen(text);

		if (!(isas & BIT(i)))
			continue;
		snprintf(text + used, size - used, "%s%s", separator, names[i]);
		separator = ",";
	}
}

/* Ask @type; @bytes becomes what the kernel has to tell, which may be more than it was. */
static int query(int fd, uint32_t type, void *answer, uint32_t *bytes)
{
	struct drm_vnpu_dev_query args = {
		.type = type,
		.size = *bytes,
		.pointer = (uintptr_t)answer,
	};

	if (drmIoctl(fd, DRM_IOCTL_VNPU_DEV_QUERY, &args))
		return -errno;
	*bytes = args.size;
	return 0;
}

static int query_device(int fd, struct npu_device_info *to)
{
	struct drm_vnpu_dev_info from = { 0 };
	uint32_t bytes = sizeof(from);
	int rc = query(fd, DRM_VNPU_QUERY_DEV_INFO, &from, &bytes);

	if (rc)
		return rc;
	to->program_major = from.program_major;
	to->program_minor = from.program_minor;
	to->cores = from.cores;
	to->workers = from.workers;
	/* The library's priorities start at 1, the driver's at 0. */
	to->priorities = from.priorities << NPU_PRIORITY_LOW;
	to->max_slots = from.max_slots;
	to->max_contexts = from.max_contexts;
	to->max_programs = from.max_programs;
	to->max_program_bytes = from.max_program_bytes;
	to->default_timeout_ms = from.default_timeout_ms;
	to->max_timeout_ms = from.max_timeout_ms;
	to->max_bo_bytes = from.max_bo_bytes;
	name_isas(from.isa, to->isa, sizeof(to->isa));
	return 0;
}

/* The two structs differ by the pad that the driver's has. */
static int take_personalities(struct npu_device_info *info,
			      const struct drm_vnpu_personality_info *from, size_t count)
{
	struct npu_personality_info *to = calloc(count, sizeof(*to));

	if (!to)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		to[i].id = from[i].id;
		snprintf(to[i].name, sizeof(to[i].name), "%.*s", (int)sizeof(from[i].name) - 1,
			 from[i].name);
	}
	info->personalities = to;
	info->personality_count = count;
	return 0;
}

static int query_personalities(int fd, struct npu_device_info *info)
{
	struct drm_vnpu_personality_info *list;
	uint32_t bytes = 0, room;
	int rc = query(fd, DRM_VNPU_QUERY_PERSONALITIES, NULL, &bytes);

	if (rc || bytes < sizeof(*list))
		return rc;
	room = bytes;
	list = calloc(1, room);
	if (!list)
		return -ENOMEM;
	rc = query(fd, DRM_VNPU_QUERY_PERSONALITIES, list, &bytes);
	if (!rc)
		rc = take_personalities(info, list, min(bytes, room) / sizeof(*list));
	free(list);
	return rc;
}

int npu_drm_describe(int fd, struct npu_device_info *info, struct npu_error *error)
{
	int rc = check_driver(fd, info, error);

	if (rc)
		return rc;
	rc = query_device(fd, info);
	if (!rc)
		rc = query_personalities(fd, info);
	return rc ? npu_fail(error, rc, "%s: asking about the device: %s", info->name,
			     strerror(-rc)) :
		    0;
}
