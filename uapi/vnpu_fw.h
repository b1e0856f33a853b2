/* SPDX-License-Identifier: MIT */
/*
 * The vnpu firmware format: what a device is, as data.  `npu fw build` makes an
 * image of text descriptions, vnpu.ko and libnpu load it.
 *
 * An image is one flat, little-endian blob:
 *
 *	struct vnpu_fw_header
 *	struct vnpu_fw_section	[section_count]	at section_offset
 *	the sections, in the order of their records and of their kinds
 *
 * There is one image for one content: the table of sections lies right behind
 * the header, the first section right behind the table, each further one right
 * behind the one before it, rounded up to 8 bytes, and bytes between are zero.
 * No time, name of a machine or the like gets into it.
 *
 * Rules of growth:
 *  1. All fields are little-endian and naturally aligned; there is no padding
 *     that is not a named field.
 *  2. Reserved fields and unknown flags are zero, and an image is refused when one
 *     is not.
 *  3. Kinds of sections, fields, opcodes and dtypes are only ever appended.
 *  4. Every image whose major version is known is loaded, an older minor one
 *     without reserve.  Of a newer minor one, sections with VNPU_FW_OPTIONAL and
 *     opcodes and dtypes that are unknown are left out; anything else that is
 *     unknown refuses the image.
 *  5. Records carry their size.  Shorter ones are zero-extended; of longer ones all
 *     that is unknown must be zero.
 *  6. The value of a field is stored as its distance from the usual one (value -
 *     usual, modulo 2^32).  Hence zero, and by rule 5 a field that an image does not
 *     have, is what every device did before there was the field.
 */
#ifndef VNPU_FW_H
#define VNPU_FW_H

#include <linux/types.h>

#if defined(__cplusplus)
extern "C" {
#endif

/** VNPU_FW_MAGIC - "VNFW" read as a little-endian word */
#define VNPU_FW_MAGIC 0x57464e56u
#define VNPU_FW_MAJOR 1
#define VNPU_FW_MINOR 0

/** VNPU_FW_MAX_BYTES - upper limit of an image */
#define VNPU_FW_MAX_BYTES (1u << 20)
/** VNPU_FW_MAX_SECTIONS - upper limit of section records */
#define VNPU_FW_MAX_SECTIONS 16u
/** VNPU_FW_ALIGN - sections begin at multiples of it */
#define VNPU_FW_ALIGN 8u
/** VNPU_FW_NAME_BYTES - room of a name with its final zero */
#define VNPU_FW_NAME_BYTES 32
/** VNPU_FW_SUMMARY_BYTES - room of a summary with its final zero */
#define VNPU_FW_SUMMARY_BYTES 128
/** VNPU_FW_MAX_VERSION - most characters of the VERSION section */
#define VNPU_FW_MAX_VERSION 63u

/**
 * struct vnpu_fw_header - first bytes of an image
 * @magic: VNPU_FW_MAGIC
 * @major: VNPU_FW_MAJOR; other ones are refused
 * @minor: newest minor version whose features it uses
 * @size: bytes of the image, this header included; a multiple of VNPU_FW_ALIGN
 * @crc: CRC-32 (IEEE 802.3, as zlib's) of the image with these four bytes as zero
 * @section_offset: sizeof(struct vnpu_fw_header)
 * @section_count: number of section records, 1 to VNPU_FW_MAX_SECTIONS
 * @section_size: bytes of each section record; a multiple of VNPU_FW_ALIGN
 * @reserved: zero
 */
struct vnpu_fw_header {
	__u32 magic;
	__u16 major;
	__u16 minor;
	__u32 size;
	__u32 crc;
	__u32 section_offset;
	__u32 section_count;
	__u32 section_size;
	__u32 reserved;
};

/**
 * enum vnpu_fw_kind - what a section holds; an image has each at most once, in this order
 * @VNPU_FW_VERSION: printable ASCII without final zero: what people call the image
 * @VNPU_FW_PERSONALITIES: &struct vnpu_fw_personality records, the first is the
 *	device's default
 * @VNPU_FW_TARGET: one &struct vnpu_fw_target record
 * @VNPU_FW_OPS: &struct vnpu_fw_op records by ascending opcode: all the device runs
 * @VNPU_FW_SOURCES: ASCII text that personality records point into; may be missing
 */
enum vnpu_fw_kind {
	VNPU_FW_VERSION = 1,
	VNPU_FW_PERSONALITIES = 2,
	VNPU_FW_TARGET = 3,
	VNPU_FW_OPS = 4,
	VNPU_FW_SOURCES = 5,
};

/**
 * enum vnpu_fw_section_flags - of a section
 * @VNPU_FW_OPTIONAL: a device that does not know the kind may ignore the section
 */
enum vnpu_fw_section_flags {
	VNPU_FW_OPTIONAL = 1,
};

/**
 * struct vnpu_fw_section - a section record
 * @kind: &enum vnpu_fw_kind
 * @flags: &enum vnpu_fw_section_flags; SOURCES has OPTIONAL, the other known ones zero
 * @offset: of its first byte from the start of the image
 * @size: bytes: @count * @record_size
 * @count: records; characters where it is text
 * @record_size: bytes of each record, a multiple of 4; 1 where it is text
 * @crc: CRC-32 of its bytes
 * @reserved: zero
 */
struct vnpu_fw_section {
	__u32 kind;
	__u32 flags;
	__u32 offset;
	__u32 size;
	__u32 count;
	__u32 record_size;
	__u32 crc;
	__u32 reserved;
};

/**
 * struct vnpu_fw_personality - fixed part of a personality record
 * @id: what programs name; not 0
 * @evidence: 0 exact, 1 documented, 2 open-driver, 3 guess
 * @rest: id of the personality that takes over what this one leaves; 0: none
 * @field_count: values behind this part
 * @sources_offset: where its sources begin in the SOURCES section
 * @sources_size: bytes of its sources; 0: none
 * @name: small letters, digits, dashes, underscores; filled up with zeros
 * @summary: printable ASCII; filled up with zeros
 *
 * Behind it @field_count 32-bit values, those of driver/model/npum_personality.def
 * in its order.
 */
struct vnpu_fw_personality {
	__u32 id;
	__u32 evidence;
	__u32 rest;
	__u32 field_count;
	__u32 sources_offset;
	__u32 sources_size;
	char name[VNPU_FW_NAME_BYTES];
	char summary[VNPU_FW_SUMMARY_BYTES];
};

/**
 * struct vnpu_fw_target - fixed part of the target record
 * @name: as a personality's
 * @dtypes: bit n: the device takes operands of &enum vnpu_dtype n; bit 0 is zero
 * @field_count: values behind this part
 *
 * Behind it @field_count 32-bit values, those of driver/model/npum_target.def in
 * its order: limits, memory, costs.
 */
struct vnpu_fw_target {
	char name[VNPU_FW_NAME_BYTES];
	__u32 dtypes;
	__u32 field_count;
};

/**
 * struct vnpu_fw_op - an op that the device runs
 * @opcode: &enum vnpu_opcode
 * @cycles: what it costs besides the target's op_cycles
 */
struct vnpu_fw_op {
	__u32 opcode;
	__u32 cycles;
};

/**
 * enum vnpu_fw_refusal - why an image was refused
 * @VNPU_FW_REFUSAL_NONE: not refused
 * @VNPU_FW_REFUSAL_TRUNCATED: fewer bytes than the header, or than it says
 * @VNPU_FW_REFUSAL_MAGIC: not a firmware image
 * @VNPU_FW_REFUSAL_VERSION: of another major version
 * @VNPU_FW_REFUSAL_SIZE: more bytes than the header says or than are taken, or not whole
 * @VNPU_FW_REFUSAL_CRC: the image is not what was written
 * @VNPU_FW_REFUSAL_RESERVED: a reserved field, an unknown flag or a byte between is not zero
 * @VNPU_FW_REFUSAL_SECTION_TABLE: the table of sections is not right behind the header,
 *	its records are too short or too long or it leaves the image
 * @VNPU_FW_REFUSAL_SECTION_COUNT: no or too many sections
 * @VNPU_FW_REFUSAL_SECTION_KIND: unknown kind, twice the same, or out of order
 * @VNPU_FW_REFUSAL_SECTION_MISSING: VERSION, PERSONALITIES, TARGET or OPS is missing
 * @VNPU_FW_REFUSAL_SECTION_LAYOUT: a section is not where it must be or leaves the image
 * @VNPU_FW_REFUSAL_SECTION_SIZE: size is not count times record size
 * @VNPU_FW_REFUSAL_SECTION_CRC: a section is not what was written
 * @VNPU_FW_REFUSAL_RECORD_SIZE: a record is too short, too long or not whole words
 * @VNPU_FW_REFUSAL_RECORD_COUNT: no or too many records
 * @VNPU_FW_REFUSAL_FIELD_COUNT: a record has no room for so many fields
 * @VNPU_FW_REFUSAL_TEXT: a text has other than printable characters, or does not end
 * @VNPU_FW_REFUSAL_UNKNOWN_FIELD: a field that this version does not know is in use
 * @VNPU_FW_REFUSAL_FIELD: a field's value is out of its range
 * @VNPU_FW_REFUSAL_PERSONALITY: personalities do not make sense by themselves or together
 * @VNPU_FW_REFUSAL_SOURCES: sources lie outside their section
 * @VNPU_FW_REFUSAL_DTYPES: unknown dtypes, or none
 * @VNPU_FW_REFUSAL_OPCODE: unknown opcode, twice the same, or out of order
 *
 * Texts are in npum_fw_refusal_text(); numbers are only ever appended.
 */
enum vnpu_fw_refusal {
	VNPU_FW_REFUSAL_NONE = 0,
	VNPU_FW_REFUSAL_TRUNCATED = 1,
	VNPU_FW_REFUSAL_MAGIC = 2,
	VNPU_FW_REFUSAL_VERSION = 3,
	VNPU_FW_REFUSAL_SIZE = 4,
	VNPU_FW_REFUSAL_CRC = 5,
	VNPU_FW_REFUSAL_RESERVED = 6,
	VNPU_FW_REFUSAL_SECTION_TABLE = 7,
	VNPU_FW_REFUSAL_SECTION_COUNT = 8,
	VNPU_FW_REFUSAL_SECTION_KIND = 9,
	VNPU_FW_REFUSAL_SECTION_MISSING = 10,
	VNPU_FW_REFUSAL_SECTION_LAYOUT = 11,
	VNPU_FW_REFUSAL_SECTION_SIZE = 12,
	VNPU_FW_REFUSAL_SECTION_CRC = 13,
	VNPU_FW_REFUSAL_RECORD_SIZE = 14,
	VNPU_FW_REFUSAL_RECORD_COUNT = 15,
	VNPU_FW_REFUSAL_FIELD_COUNT = 16,
	VNPU_FW_REFUSAL_TEXT = 17,
	VNPU_FW_REFUSAL_UNKNOWN_FIELD = 18,
	VNPU_FW_REFUSAL_FIELD = 19,
	VNPU_FW_REFUSAL_PERSONALITY = 20,
	VNPU_FW_REFUSAL_SOURCES = 21,
	VNPU_FW_REFUSAL_DTYPES = 22,
	VNPU_FW_REFUSAL_OPCODE = 23,
};

#if defined(__cplusplus)
}
#endif

#endif /* VNPU_FW_H */
