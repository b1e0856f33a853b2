// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * libFuzzer on the reader of firmware images.  Checksums are made right first, else
 * the fuzzer would never come past them; the last bit of the input says no to that.
 */
#include <stdlib.h>
#include <string.h>

#include "npum_firmware.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void seal(uint8_t *image, size_t size)
{
	struct vnpu_fw_section s;
	struct vnpu_fw_header h;

	if (size < sizeof(h))
		return;
	memcpy(&h, image, sizeof(h));
	for (size_t i = 0; i < h.section_count && i < VNPU_FW_MAX_SECTIONS; i++) {
		size_t at = sizeof(h) + i * h.section_size;

		if (at > size || size - at < sizeof(s))
			break;
		memcpy(&s, image + at, sizeof(s));
		if (s.offset > size || s.size > size - s.offset)
			break;
		s.crc = npum_crc32(0, image + s.offset, s.size);
		memcpy(image + at, &s, sizeof(s));
	}
	h.size = (u32)size;
	h.crc = 0;
	memcpy(image, &h, sizeof(h));
	h.crc = npum_crc32(0, image, size);
	memcpy(image, &h, sizeof(h));
}

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* What was taken can be used without a further look. */
static void use(const uint8_t *image, size_t size, struct npum_personality_set *set,
		const struct npum_target *target)
{
	static struct npum_personality_set again;
	struct npum_fw_version version;
	u32 which;

	require(set->count && set->count <= NPUM_MAX_PERSONALITIES);
	again = *set;
	require(!npum_set_complete(&again, &which));
	for (u32 i = 0; i < set->count; i++) {
		u32 bytes;
		const uint8_t *text = (const uint8_t *)npum_firmware_sources(image, i, &bytes);

		require(again.at[i].digest == set->at[i].digest && set->at[i].set == set);
		require(!bytes || (text >= image && bytes <= size &&
				   text - image <= (ptrdiff_t)(size - bytes)));
	}
	for (u32 i = 0; npum_target_field_at(i); i++) {
		const struct npum_field *f = npum_target_field_at(i);

		require(npum_field_get(f, target) >= f->least &&
			npum_field_get(f, target) <= f->most);
	}
	require(memchr(target->name, 0, sizeof(target->name)));
	npum_firmware_version(image, &version);
	require(version.major == VNPU_FW_MAJOR && *version.text &&
		memchr(version.text, 0, sizeof(version.text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct npum_personality_set set;
	static struct npum_target target;
	struct npum_fw_refusal why = { 0 };
	uint8_t *image;

	if (!size)
		return 0;
	/* The image itself is all but the last byte. */
	image = malloc(size);
	if (!image)
		return 0;
	memcpy(image, data, size);
	if (!(data[size - 1] & 1))
		seal(image, size - 1);
	if (!npum_firmware_parse(image, size - 1, &set, &target, &why))
		use(image, size - 1, &set, &target);
	else
		require(why.reason && why.sentence && *why.sentence && why.offset <= size);
	free(image);
	return 0;
}
