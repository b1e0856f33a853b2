// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdio.h>
#include <stdlib.h>

#include "describe.h"
#include "npum_personality.h"

static int list_personalities(struct npu_device_info *info)
{
	const struct npum_personality *from;
	struct npu_personality_info *to;
	u32 count = 0;

	while (npum_personality_at(npum_builtin_set(), count))
		count++;
	to = calloc(count, sizeof(*to));
	if (!to)
		return -ENOMEM;
	for (u32 i = 0; i < count; i++) {
		from = npum_personality_at(npum_builtin_set(), i);
		to[i].id = from->id;
		snprintf(to[i].name, sizeof(to[i].name), "%s", from->name);
	}
	info->personalities = to;
	info->personality_count = count;
	return 0;
}

int npu_sim_describe(const struct npum_isa *isa, uint32_t threads, struct npu_device_info *info)
{
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
	return list_personalities(info);
}
