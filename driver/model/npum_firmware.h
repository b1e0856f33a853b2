/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Firmware images: read what vnpu_fw.h lays down, refuse everything else. */
#ifndef NPUM_FIRMWARE_H
#define NPUM_FIRMWARE_H

#include "npum.h"
#include "npum_target.h"
#include "vnpu_fw.h"

/**
 * struct npum_fw_refusal - why and where an image was refused
 * @reason: &enum vnpu_fw_refusal
 * @section: index of the section record; NPUM_NO_INDEX: the header or the table
 * @record: index of the record in the section; NPUM_NO_INDEX: none
 * @field: index of the field in npum_personality.def or npum_target.def, then of
 *	unknown ones; NPUM_NO_INDEX: none
 * @offset: byte of the image that is wrong or where what is wrong begins
 * @sentence: what must be; static, never NULL
 */
struct npum_fw_refusal {
	u32 reason;
	u32 section;
	u32 record;
	u32 field;
	u32 offset;
	const char *sentence;
};

/**
 * npum_firmware_parse() - check an image and read it
 * @image: its bytes, of any alignment; must not change during the call
 * @size: their number
 * @set: filled with its personalities, complete; when it is refused, undefined
 * @target: filled with its target; when it is refused, undefined
 * @why: filled on refusal; may be NULL
 *
 * Nothing of @image is referred to behind the call.  Allocates nothing; reads each
 * byte a small number of times.  @set is 10 kB or so, not for a kernel's stack, and
 * is complete at its address: a copy needs npum_set_complete() again.
 *
 * Return: 0, or -ENOEXEC with @why set.
 */
int npum_firmware_parse(const void *image, size_t size, struct npum_personality_set *set,
			struct npum_target *target, struct npum_fw_refusal *why);

/**
 * struct npum_fw_version - what an image says of itself
 * @major: format version
 * @minor: format version
 * @crc: of the image: two images with one are the same
 * @text: the VERSION section
 */
struct npum_fw_version {
	u32 major;
	u32 minor;
	u32 crc;
	char text[VNPU_FW_MAX_VERSION + 1];
};

/** npum_firmware_version() - of an image that npum_firmware_parse() took */
void npum_firmware_version(const void *image, struct npum_fw_version *version);

/**
 * npum_firmware_sources() - where a personality's facts come from
 * @image: an image that npum_firmware_parse() took
 * @i: index of the personality
 * @size: bytes of the text, without final zero; 0: none
 *
 * Return: the text, inside the image.
 */
const char *npum_firmware_sources(const void *image, u32 i, u32 *size);

/** npum_fw_refusal_text() - one sentence for a &enum vnpu_fw_refusal; never NULL */
const char *npum_fw_refusal_text(u32 reason);

/** npum_crc32() - CRC-32 of IEEE 802.3, continued from @crc, 0 at the start */
u32 npum_crc32(u32 crc, const void *data, size_t size);

#endif /* NPUM_FIRMWARE_H */
