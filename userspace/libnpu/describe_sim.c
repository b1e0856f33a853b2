// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdio.h>
#include <stdlib.h>

#include "describe.h"
#include "npum_fields.h"
#include "npum_firmware.h"

/* What the library is built with. */
static void take_built_in(struct npu_device *dev)
{
	uint32_t which;

	*dev->personalities = *npum_builtin_set();
	/* They point to the set that they are in. */
	npum_set_complete(dev->personalities, &which);
	*dev->target = *npum_builtin_target();
	dev->info.firmware = (struct npu_firmware_info){
		.built_in = true,
		.major = VNPU_FW_MAJOR,
		.minor = VNPU_FW_MINOR,
		.generation = 1,
		.version = NPU_VERSION,
	};
}

static int take_image(const struct npu_device_options *options, struct npu_device *dev,
		      struct npu_error *error)
{
	const char *name = options->firmware_name ? options->firmware_name : "firmware";
	struct npum_fw_version version;
	struct npum_fw_refusal why;

	if (npum_firmware_parse(options->firmware, options->firmware_size, dev->personalities,
				dev->target, &why))
		return npu_fail(error, -ENOEXEC, "%.200s: %s (byte %u); 'npu fw verify' says more",
				name, why.sentence, why.offset);
	npum_firmware_version(options->firmware, &version);
	dev->info.firmware = (struct npu_firmware_info){
		.major = version.major,
		.minor = version.minor,
		.crc = version.crc,
		.generation = 1,
	};
	memcpy(dev->info.firmware.version, version.text, sizeof(version.text));
	snprintf(dev->info.firmware.file, sizeof(dev->info.firmware.file), "%.63s", name);
	return 0;
}

static int take_firmware(const struct npu_device_options *options, struct npu_device *dev,
			 struct npu_error *error)
{
	int rc = 0;

	dev->personalities = malloc(sizeof(*dev->personalities));
	dev->target = malloc(sizeof(*dev->target));
	if (!dev->personalities || !dev->target)
		return npu_fail(error, -ENOMEM, "sim: out of memory");
	if (options->firmware)
		rc = take_image(options, dev, error);
	else
		take_built_in(dev);
	if (rc)
		return rc;
	snprintf(dev->info.firmware.target, sizeof(dev->info.firmware.target), "%s",
		 dev->target->name);
	if (npu_describe_personalities(dev))
		return npu_fail(error, -ENOMEM, "sim: out of memory");
	return 0;
}

int npu_sim_describe(const struct npum_isa *isa, uint32_t threads,
		     const struct npu_device_options *options, struct npu_device *dev,
		     struct npu_error *error)
{
	struct npu_device_info *info = &dev->info;

	*info = (struct npu_device_info){
		.kind = NPU_DEVICE_SIM,
		.driver = "libnpu " NPU_VERSION,
		.program_major = VNPU_PROGRAM_MAJOR,
		.program_minor = VNPU_PROGRAM_MINOR,
		.cores = 1,
		.workers = threads,
		.priorities = BIT(NPU_PRIORITY_LOW) | BIT(NPU_PRIORITY_NORMAL) |
			      BIT(NPU_PRIORITY_HIGH),
		.max_slots = VNPU_MAX_SLOTS,
		.max_contexts = UINT32_MAX,
		.max_programs = UINT32_MAX,
		.max_program_bytes = VNPU_MAX_PROGRAM_BYTES,
		.max_timeout_ms = UINT32_MAX,
		.max_bo_bytes = (uint64_t)VNPU_MAX_SLOT_BYTES + 1,
	};
	snprintf(info->name, sizeof(info->name), "sim:%s", isa->name);
	snprintf(info->isa, sizeof(info->isa), "%s%s%s", npum_isa_generic.name,
		 isa == &npum_isa_generic ? "" : ",", isa == &npum_isa_generic ? "" : isa->name);
	return take_firmware(options, dev, error);
}
