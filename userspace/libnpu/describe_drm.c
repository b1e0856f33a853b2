// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdio.h>
#include <stdlib.h>
#include <xf86drm.h>

#include "describe.h"
#include "drm/vnpu_accel.h"
#include "error.h"
#include "npum_fields.h"

#define DRIVER_NAME "vnpu"
/* 1.1: firmware */
#define DRIVER_MAJOR 1
#define DRIVER_MINOR 1

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
	else if (version->version_major != DRIVER_MAJOR || version->version_minor < DRIVER_MINOR)
		rc = npu_fail(error, -EOPNOTSUPP,
			      "%s: the driver's interface is %d.%d, this library needs %d.%d: load "
			      "the vnpu.ko of npu " NPU_VERSION,
			      info->name, version->version_major, version->version_minor,
			      DRIVER_MAJOR, DRIVER_MINOR);
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

static int query(int fd, struct drm_vnpu_dev_query *args)
{
	return drmIoctl(fd, DRM_IOCTL_VNPU_DEV_QUERY, args) ? -errno : 0;
}

/* One struct of @bytes; what an older driver does not know stays as it was. */
static int query_struct(int fd, uint32_t type, void *answer, uint32_t bytes)
{
	struct drm_vnpu_dev_query args = {
		.type = type,
		.size = bytes,
		.pointer = (uintptr_t)answer,
	};

	return query(fd, &args);
}

static int query_device(int fd, struct npu_device_info *to)
{
	struct drm_vnpu_dev_info from = { 0 };
	int rc = query_struct(fd, DRM_VNPU_QUERY_DEV_INFO, &from, sizeof(from));

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

/* An array of all personalities, and how many there are. */
static int query_list(int fd, struct drm_vnpu_personality_info **list, uint32_t *count)
{
	struct drm_vnpu_dev_query args = {
		.type = DRM_VNPU_QUERY_PERSONALITIES,
		.stride = sizeof(**list),
	};
	int rc = query(fd, &args);
	uint32_t room = args.count;

	if (rc)
		return rc;
	*list = calloc(max(room, 1u), sizeof(**list));
	if (!*list)
		return -ENOMEM;
	args.count = 0;
	args.size = room * (uint32_t)sizeof(**list);
	args.pointer = (uintptr_t)*list;
	rc = query(fd, &args);
	*count = min(args.count, room);
	return rc;
}

/* As the driver says it; what it has more fields than we know shows in the digest. */
static void take_personality(struct npum_personality *to,
			     const struct drm_vnpu_personality_info *from)
{
	const struct npum_field *f;

	*to = (struct npum_personality){
		.id = from->id,
		.evidence = from->evidence,
		.rest = from->rest,
	};
	snprintf(to->name, sizeof(to->name), "%.*s", (int)sizeof(from->name) - 1, from->name);
	snprintf(to->summary, sizeof(to->summary), "%.*s", (int)sizeof(from->summary) - 1,
		 from->summary);
	for (uint32_t i = 0; (f = npum_field_at(i)); i++)
		npum_field_set(f, to, i < from->field_count ? from->field[i] : f->usual);
}

static void drop(struct npum_personality_set *set, uint32_t which)
{
	set->count--;
	memmove(&set->at[which], &set->at[which + 1],
		(set->count - which) * sizeof(set->at[which]));
}

static uint64_t digest_of(const struct drm_vnpu_personality_info *list, uint32_t count, uint32_t id)
{
	for (uint32_t i = 0; i < count; i++)
		if (list[i].id == id)
			return list[i].digest;
	return 0;
}

/*
 * Leaves only what means here what it means to the driver: a newer driver's may
 * have fields or values that this library does not know.
 */
static void keep_known(struct npum_personality_set *set,
		       const struct drm_vnpu_personality_info *list, uint32_t count)
{
	for (uint32_t i = 0; set->count && i < set->count;) {
		uint32_t which;

		if (npum_set_complete(set, &which)) {
			drop(set, which);
			i = 0;
		} else if (set->at[i].digest != digest_of(list, count, set->at[i].id)) {
			drop(set, i);
			i = 0;
		} else {
			i++;
		}
	}
}

static int take_personalities(struct npu_device *dev, const struct drm_vnpu_personality_info *list,
			      uint32_t count)
{
	struct npu_personality_info *to = calloc(max(count, 1u), sizeof(*to));
	struct npum_personality_set *set = dev->personalities;

	if (!to)
		return -ENOMEM;
	dev->info.personalities = to;
	dev->info.personality_count = count;
	set->count = min(count, NPUM_MAX_PERSONALITIES);
	for (uint32_t i = 0; i < set->count; i++)
		take_personality(&set->at[i], &list[i]);
	keep_known(set, list, count);
	for (uint32_t i = 0; i < count; i++) {
		to[i] = (struct npu_personality_info){
			.id = list[i].id,
			.digest = list[i].digest,
			.evidence = list[i].evidence,
			.rest = list[i].rest,
			.known = npum_personality_find(set, list[i].id) != NULL,
		};
		snprintf(to[i].name, sizeof(to[i].name), "%.*s", (int)sizeof(list[i].name) - 1,
			 list[i].name);
		snprintf(to[i].summary, sizeof(to[i].summary), "%.*s",
			 (int)sizeof(list[i].summary) - 1, list[i].summary);
	}
	return 0;
}

static int query_personalities(int fd, struct npu_device *dev)
{
	struct drm_vnpu_personality_info *list = NULL;
	uint32_t count = 0;
	int rc;

	dev->personalities = calloc(1, sizeof(*dev->personalities));
	if (!dev->personalities)
		return -ENOMEM;
	rc = query_list(fd, &list, &count);
	if (!rc)
		rc = take_personalities(dev, list, count);
	free(list);
	return rc;
}

static void take_target(struct npum_target *to, const struct drm_vnpu_firmware_info *from)
{
	const struct npum_field *f;

	_Static_assert(sizeof(to->runs) == sizeof(from->runs), "opcodes");
	_Static_assert(sizeof(to->cycles) == sizeof(from->cycles), "opcodes");
	*to = (struct npum_target){ .dtypes = from->dtypes };
	memcpy(to->runs, from->runs, sizeof(to->runs));
	memcpy(to->cycles, from->cycles, sizeof(to->cycles));
	snprintf(to->name, sizeof(to->name), "%.*s", (int)sizeof(from->target) - 1, from->target);
	for (uint32_t i = 0; (f = npum_target_field_at(i)); i++)
		memcpy((uint8_t *)to + f->offset,
		       i < from->field_count ? &from->field[i] : &f->usual, sizeof(f->usual));
}

static int query_firmware(int fd, struct npu_device *dev)
{
	struct npu_firmware_info *to = &dev->info.firmware;
	struct drm_vnpu_firmware_info from = { 0 };
	int rc = query_struct(fd, DRM_VNPU_QUERY_FIRMWARE, &from, sizeof(from));

	if (rc)
		return rc;
	dev->target = malloc(sizeof(*dev->target));
	if (!dev->target)
		return -ENOMEM;
	take_target(dev->target, &from);
	*to = (struct npu_firmware_info){
		.built_in = (from.flags & DRM_VNPU_FIRMWARE_BUILT_IN) != 0,
		.major = from.major,
		.minor = from.minor,
		.crc = from.crc,
		.generation = from.generation,
	};
	snprintf(to->version, sizeof(to->version), "%.*s", (int)sizeof(from.version) - 1,
		 from.version);
	snprintf(to->file, sizeof(to->file), "%.*s", (int)sizeof(from.file) - 1, from.file);
	snprintf(to->target, sizeof(to->target), "%s", dev->target->name);
	return 0;
}

static void forget_firmware(struct npu_device *dev)
{
	npu_describe_free(dev);
	dev->info.personalities = NULL;
	dev->personalities = NULL;
	dev->target = NULL;
}

/* Two questions, between which root may load other firmware. */
static int query_all_firmware(int fd, struct npu_device *dev)
{
	struct drm_vnpu_firmware_info after = { 0 };
	int rc;

	for (;;) {
		rc = query_firmware(fd, dev);
		if (!rc)
			rc = query_personalities(fd, dev);
		if (!rc)
			rc = query_struct(fd, DRM_VNPU_QUERY_FIRMWARE, &after, sizeof(after));
		if (rc || after.generation == dev->info.firmware.generation)
			return rc;
		forget_firmware(dev);
	}
}

int npu_drm_describe(int fd, struct npu_device *dev, struct npu_error *error)
{
	struct npu_device_info *info = &dev->info;
	int rc = check_driver(fd, info, error);

	if (rc)
		return rc;
	rc = query_device(fd, info);
	if (!rc)
		rc = query_all_firmware(fd, dev);
	return rc ? npu_fail(error, rc, "%s: asking about the device: %s", info->name,
			     strerror(-rc)) :
		    0;
}
