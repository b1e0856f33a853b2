// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "describe.h"

#include <stdio.h>
#include <stdlib.h>

void npu_describe_free(struct npu_device *dev)
{
	free((void *)dev->info.personalities);
	free(dev->personalities);
	free(dev->target);
}

int npu_describe_personalities(struct npu_device *dev)
{
	const struct npum_personality_set *set = dev->personalities;
	struct npu_personality_info *to = calloc(max(set->count, 1u), sizeof(*to));

	if (!to)
		return -ENOMEM;
	for (uint32_t i = 0; i < set->count; i++) {
		const struct npum_personality *from = &set->at[i];

		to[i].id = from->id;
		to[i].digest = from->digest;
		to[i].evidence = from->evidence;
		to[i].rest = from->rest;
		to[i].known = true;
		snprintf(to[i].name, sizeof(to[i].name), "%s", from->name);
		snprintf(to[i].summary, sizeof(to[i].summary), "%s", from->summary);
	}
	dev->info.personalities = to;
	dev->info.personality_count = set->count;
	return 0;
}

static const struct npu_personality_info *find(const struct npu_device *dev, uint32_t id)
{
	for (size_t i = 0; i < dev->info.personality_count; i++)
		if (dev->info.personalities[i].id == id)
			return &dev->info.personalities[i];
	return NULL;
}

/* "a, b, c", as many as there is room for. */
static void list_names(const struct npu_device *dev, char *text, size_t size)
{
	size_t used = 0;

	*text = 0;
	for (size_t i = 0; i < dev->info.personality_count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "",
					 dev->info.personalities[i].name);
	if (used >= size)
		strcpy(text + size - 4, "...");
}

static const char *firmware_name(const struct npu_device *dev)
{
	return dev->info.firmware.built_in ? "built-in" : dev->info.firmware.file;
}

static int fail_unknown(const struct npu_device *dev, uint32_t id, uint64_t digest,
			struct npu_error *error)
{
	char names[128], wanted[32] = "";

	list_names(dev, names, sizeof(names));
	if (digest)
		snprintf(wanted, sizeof(wanted), " of digest %016llx", (unsigned long long)digest);
	return npu_fail(error, -ENOEXEC,
			"%s: program refused: it wants personality %u%s; the device's firmware "
			"(%s, version %s) has only %s: compile the model for one of these, or load "
			"firmware with that one ('npu help fw')",
			dev->info.name, id, wanted, firmware_name(dev), dev->info.firmware.version,
			names);
}

static int fail_digest(const struct npu_device *dev, uint64_t digest,
		       const struct npu_personality_info *has, struct npu_error *error)
{
	return npu_fail(error, -ENOEXEC,
			"%s: program refused: it is compiled for personality %u of digest %016llx; "
			"the device's firmware (%s, version %s) has %s of digest %016llx: compile "
			"the model again for this device, or load the firmware that it was "
			"compiled for ('npu help fw')",
			dev->info.name, has->id, (unsigned long long)digest, firmware_name(dev),
			dev->info.firmware.version, has->name, (unsigned long long)has->digest);
}

int npu_fail_program(const struct npu_device *dev, const void *data, const struct npum_refusal *why,
		     struct npu_error *error)
{
	const struct vnpu_program_header *h = data;
	const struct npu_personality_info *has;

	/* With either reason the device has read the header, and with an op its record. */
	if (why->reason == VNPU_REFUSAL_PERSONALITY && why->op != NPUM_NO_INDEX) {
		struct vnpu_op op;

		memcpy(&op, (const uint8_t *)data + h->op_offset + why->op * sizeof(op),
		       sizeof(op));
		return fail_unknown(dev, op.personality, 0, error);
	}
	if (why->reason == VNPU_REFUSAL_PERSONALITY)
		return fail_unknown(dev, h->personality, h->personality_digest, error);
	if (why->reason == VNPU_REFUSAL_DIGEST) {
		has = find(dev, h->personality);
		if (has)
			return fail_digest(dev, h->personality_digest, has, error);
	}
	return npu_fail_refused(error, dev->info.name, why);
}
