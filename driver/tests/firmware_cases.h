/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Refused firmware images, as data: small changes to a valid image, with the
 * refusal that each must cause.  Shared by user space and the device tests;
 * include it once.
 */
#ifndef FIRMWARE_CASES_H
#define FIRMWARE_CASES_H

#include "npum_check.h"
#include "npum_firmware.h"

enum {
#define NPUM_WORD(member, words, meaning) FIELD_##member,
#define NPUM_NUMBER(member, least, most, usual, meaning) FIELD_##member,
#include "npum_personality.def"
	FIRMWARE_FIELDS,
};

enum {
#define NPUM_NUMBER(member, least, most, usual, meaning) TARGET_##member,
#include "npum_target.def"
	FIRMWARE_TARGET_FIELDS,
};

#define FIRMWARE_SECTIONS 5
#define FIRMWARE_PERSONALITIES 2
#define FIRMWARE_OPS 4

/* The sections of a firmware_image, as refusals number them. */
enum {
	IN_VERSION = 0,
	IN_PERSONALITIES,
	IN_TARGET,
	IN_OPS,
	IN_SOURCES,
};

/**
 * struct firmware_image - an image with room for nothing else
 * @header: sizes and places of the rest
 * @section: one of each kind
 * @version: VERSION
 * @personality: PERSONALITIES: the second leaves ops to the first
 * @target: TARGET
 * @op: OPS
 * @sources: SOURCES
 */
struct firmware_image {
	struct vnpu_fw_header header;
	struct vnpu_fw_section section[FIRMWARE_SECTIONS];
	char version[16];
	struct {
		struct vnpu_fw_personality fixed;
		__u32 value[FIRMWARE_FIELDS];
	} personality[FIRMWARE_PERSONALITIES];
	struct {
		struct vnpu_fw_target fixed;
		__u32 value[FIRMWARE_TARGET_FIELDS];
		__u32 between[FIRMWARE_TARGET_FIELDS % 2];
	} target;
	struct vnpu_fw_op op[FIRMWARE_OPS];
	char sources[24];
};

#define SECTION(kind_, flags_, member, count_, record_)                            \
	{                                                                          \
		.kind = VNPU_FW_##kind_, .flags = flags_,                          \
		.offset = offsetof(struct firmware_image, member),                 \
		.size = (count_) * (record_), .count = count_, .record_size = record_, \
	}

/* Its checksums are firmware_seal()'s. */
static const struct firmware_image firmware_valid = {
	.header = {
		.magic = VNPU_FW_MAGIC,
		.major = VNPU_FW_MAJOR,
		.minor = VNPU_FW_MINOR,
		.size = sizeof(struct firmware_image),
		.section_offset = sizeof(struct vnpu_fw_header),
		.section_count = FIRMWARE_SECTIONS,
		.section_size = sizeof(struct vnpu_fw_section),
	},
	.section = {
		SECTION(VERSION, 0, version, 9, 1),
		SECTION(PERSONALITIES, 0, personality, FIRMWARE_PERSONALITIES,
			sizeof(struct vnpu_fw_personality) + 4 * FIRMWARE_FIELDS),
		SECTION(TARGET, 0, target, 1,
			sizeof(struct vnpu_fw_target) + 4 * FIRMWARE_TARGET_FIELDS),
		SECTION(OPS, 0, op, FIRMWARE_OPS, sizeof(struct vnpu_fw_op)),
		SECTION(SOURCES, VNPU_FW_OPTIONAL, sources, 24, 1),
	},
	.version = "test 1.0!",
	.personality = {
		{
			.fixed = {
				.id = 1000,
				.field_count = FIRMWARE_FIELDS,
				.sources_size = 12,
				.name = "one",
				.summary = "Everything as usual",
			},
		},
		{
			.fixed = {
				.id = 1001,
				.evidence = NPUM_EVIDENCE_GUESS,
				.rest = 1000,
				.field_count = FIRMWARE_FIELDS,
				.sources_offset = 12,
				.sources_size = 12,
				.name = "two",
				.summary = "A multiplier of 16 bits, convolutions rounded once",
			},
			/* distances from 0 and from 31 */
			.value[FIELD_conv_signed] = NPUM_ROUND_SINGLE,
			.value[FIELD_mult_bits] = (__u32)(16 - 31),
		},
	},
	.target = {
		.fixed = {
			.name = "small",
			.dtypes = 1u << VNPU_DTYPE_INT8 | 1u << VNPU_DTYPE_FLOAT32,
			.field_count = FIRMWARE_TARGET_FIELDS,
		},
		.value[TARGET_max_kernel] = (__u32)(11 - NPUM_MAX_KERNEL),
	},
	.op = {
		{ VNPU_OP_CONV2D, 40 },
		{ VNPU_OP_DEPTHWISE, 50 },
		{ VNPU_OP_ADD, 0 },
		{ VNPU_OP_SOFTMAX_TABLE, 7 },
	},
	.sources = "a paper\nx y;a dump\n1234;",
};

/** struct firmware_write - a change of @bytes (1, 2 or 4; 0: none) at @offset to @value */
struct firmware_write {
	u32 offset;
	u32 bytes;
	u32 value;
};

/**
 * struct firmware_case - an image that must be refused
 * @name: what is wrong with it
 * @write: changes to firmware_valid
 * @cut: bytes by which the caller's size is less than the image's
 * @unsealed: 1: the image's checksum stays that of the valid one; 2: the sections', too
 * @reason: &enum vnpu_fw_refusal expected
 * @section: expected
 * @record: expected
 * @field: expected
 */
struct firmware_case {
	const char *name;
	struct firmware_write write[4];
	u32 cut;
	u32 unsealed;
	u32 reason;
	u32 section;
	u32 record;
	u32 field;
};

/* Bit by bit, as the standard has it: not the code under test. */
static inline u32 firmware_crc(const void *data, size_t size)
{
	u32 crc = ~0u;

	for (size_t i = 0; i < size; i++) {
		crc ^= ((const u8 *)data)[i];
		for (int b = 0; b < 8; b++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static inline bool firmware_writes(const struct firmware_case *c, size_t offset)
{
	for (u32 i = 0; c && i < ARRAY_SIZE(c->write); i++)
		if (c->write[i].bytes && c->write[i].offset == offset)
			return true;
	return false;
}

/* A checksum that the case itself writes stays. */
static inline void firmware_seal_sections(struct firmware_image *image,
					  const struct firmware_case *c)
{
	for (u32 i = 0; i < FIRMWARE_SECTIONS; i++) {
		struct vnpu_fw_section *s = &image->section[i];

		if (firmware_writes(c, (size_t)((u8 *)&s->crc - (u8 *)image)))
			continue;
		if (s->offset <= sizeof(*image) && s->size <= sizeof(*image) - s->offset)
			s->crc = firmware_crc((u8 *)image + s->offset, s->size);
	}
}

static inline void firmware_seal_whole(struct firmware_image *image)
{
	u32 size = image->header.size < sizeof(*image) ? image->header.size : sizeof(*image);

	image->header.crc = 0;
	image->header.crc = firmware_crc(image, size);
}

/** firmware_seal() - write the checksums of an image */
static inline void firmware_seal(struct firmware_image *image)
{
	firmware_seal_sections(image, NULL);
	firmware_seal_whole(image);
}

/** firmware_apply() - make the image of a case; Return: the size to give with it */
static inline size_t firmware_apply(const struct firmware_case *c, struct firmware_image *image)
{
	memcpy(image, &firmware_valid, sizeof(*image));
	firmware_seal(image);
	for (u32 i = 0; i < ARRAY_SIZE(c->write); i++)
		for (u32 b = 0; b < c->write[i].bytes; b++)
			((u8 *)image)[c->write[i].offset + b] = (u8)(c->write[i].value >> (8 * b));
	if (!c->unsealed)
		firmware_seal_sections(image, c);
	if (c->unsealed != 1)
		firmware_seal_whole(image);
	return sizeof(*image) - c->cut;
}

#define SET(member, new)                                                                    \
	{                                                                                   \
		.offset = offsetof(struct firmware_image, member),                          \
		.bytes = sizeof(((struct firmware_image *)0)->member), .value = (u32)(new), \
	}
#define WHY(reason_, section_, record_, field_)                                               \
	.reason = VNPU_FW_REFUSAL_##reason_, .section = section_, .record = record_, .field = field_
#define HEADER(reason_) WHY(reason_, NPUM_NO_INDEX, NPUM_NO_INDEX, NPUM_NO_INDEX)
#define IN(reason_, section_) WHY(reason_, section_, NPUM_NO_INDEX, NPUM_NO_INDEX)
#define RECORD(reason_, section_, record_) WHY(reason_, section_, record_, NPUM_NO_INDEX)
#define CASE(name_, why_, ...)                                  \
	{                                                       \
		.name = name_, .write = { __VA_ARGS__ }, why_, \
	}

static const struct firmware_case firmware_cases[] = {
	/* header */
	{ .name = "empty", .cut = sizeof(struct firmware_image), HEADER(TRUNCATED) },
	{ .name = "half a header", .cut = sizeof(struct firmware_image) - 16, HEADER(TRUNCATED) },
	{ .name = "last byte missing", .cut = 1, HEADER(TRUNCATED) },
	{ .name = "only a header", .cut = sizeof(struct firmware_image) - 32, HEADER(TRUNCATED) },
	CASE("magic of a program", HEADER(MAGIC), SET(header.magic, VNPU_PROGRAM_MAGIC)),
	CASE("major version 0", HEADER(VERSION), SET(header.major, 0)),
	CASE("newer major version", HEADER(VERSION), SET(header.major, VNPU_FW_MAJOR + 1)),
	CASE("size of nothing", HEADER(SIZE), SET(header.size, 0)),
	CASE("bytes behind the image", HEADER(SIZE),
	     SET(header.size, sizeof(struct firmware_image) - 8)),
	CASE("size not whole", HEADER(SIZE), SET(header.size, sizeof(struct firmware_image) - 1)),
	CASE("size past all", HEADER(TRUNCATED), SET(header.size, 0xfffffff8)),
	{ .name = "minor version changed on the way", .write = { SET(header.minor, 1) },
	  .unsealed = 1, HEADER(CRC) },
	{ .name = "checksum changed on the way", .write = { SET(header.crc, 0x12345678) },
	  .unsealed = 1, HEADER(CRC) },
	{ .name = "a name changed on the way",
	  .write = { SET(personality[0].fixed.name[0], 'F') }, .unsealed = 1, HEADER(CRC) },
	CASE("reserved word", HEADER(RESERVED), SET(header.reserved, 1)),
	CASE("table on the header", HEADER(SECTION_TABLE), SET(header.section_offset, 24)),
	CASE("table further behind", HEADER(SECTION_TABLE), SET(header.section_offset, 64)),
	CASE("table past the image", HEADER(SECTION_TABLE), SET(header.section_offset, 0xffffffe0)),
	CASE("no section", HEADER(SECTION_COUNT), SET(header.section_count, 0)),
	CASE("too many sections", HEADER(SECTION_COUNT),
	     SET(header.section_count, VNPU_FW_MAX_SECTIONS + 1)),
	CASE("sections past 32 bits", HEADER(SECTION_COUNT), SET(header.section_count, 0x08000000)),
	CASE("a section more than there is", IN(SECTION_LAYOUT, 0),
	     SET(header.section_count, FIRMWARE_SECTIONS + 1)),
	CASE("section records too short", HEADER(SECTION_TABLE), SET(header.section_size, 24)),
	CASE("section records not aligned", HEADER(SECTION_TABLE), SET(header.section_size, 36)),
	{ .name = "image not whole words",
	  .write = { SET(header.size, sizeof(struct firmware_image) - 1) },
	  .cut = 1, HEADER(SIZE) },
	CASE("section records past the image", HEADER(SECTION_TABLE),
	     SET(header.section_size, 0x10000000)),
	CASE("longer section records of a newer version in use", IN(RESERVED, 0),
	     SET(header.minor, VNPU_FW_MINOR + 1), SET(header.section_size, 40),
	     SET(header.section_count, 4)),

	/* the table of sections */
	CASE("section of kind 0", IN(SECTION_KIND, IN_VERSION), SET(section[0].kind, 0)),
	CASE("section of unknown kind", IN(SECTION_KIND, IN_SOURCES), SET(section[4].kind, 6)),
	CASE("unknown section that must be known", IN(SECTION_KIND, IN_SOURCES),
	     SET(header.minor, VNPU_FW_MINOR + 1), SET(section[4].kind, 6),
	     SET(section[4].flags, 0)),
	CASE("unknown flag of an unknown section", IN(RESERVED, IN_SOURCES),
	     SET(header.minor, VNPU_FW_MINOR + 1), SET(section[4].kind, 6),
	     SET(section[4].flags, 3)),
	CASE("two sections of one kind", IN(SECTION_KIND, IN_TARGET),
	     SET(section[IN_TARGET].kind, VNPU_FW_PERSONALITIES)),
	CASE("sections out of order", IN(SECTION_KIND, IN_OPS),
	     SET(section[IN_OPS].kind, VNPU_FW_VERSION)),
	CASE("section flag", IN(RESERVED, IN_OPS), SET(section[IN_OPS].flags, VNPU_FW_OPTIONAL)),
	CASE("sources not optional", IN(RESERVED, IN_SOURCES), SET(section[IN_SOURCES].flags, 0)),
	CASE("unknown section flag", IN(RESERVED, IN_VERSION), SET(section[IN_VERSION].flags, 2)),
	CASE("section on the table", IN(SECTION_LAYOUT, IN_VERSION),
	     SET(section[IN_VERSION].offset, 32)),
	CASE("section a word too late", IN(SECTION_LAYOUT, IN_TARGET),
	     SET(section[IN_TARGET].offset, offsetof(struct firmware_image, target) + 8)),
	CASE("section past the image", IN(SECTION_LAYOUT, IN_OPS),
	     SET(section[IN_OPS].offset, 0xfffffff8)),
	CASE("section too long for the image", IN(SECTION_LAYOUT, IN_SOURCES),
	     SET(section[IN_SOURCES].size, 32), SET(section[IN_SOURCES].count, 32)),
	CASE("section of 4 GiB", IN(SECTION_LAYOUT, IN_VERSION),
	     SET(section[IN_VERSION].size, 0xffffffff)),
	CASE("section of another size", IN(SECTION_SIZE, IN_OPS), SET(section[IN_OPS].size, 24)),
	CASE("section of another count", IN(SECTION_SIZE, IN_OPS), SET(section[IN_OPS].count, 3)),
	CASE("count times record size wraps", IN(SECTION_SIZE, IN_OPS),
	     SET(section[IN_OPS].count, 0x20000004)),
	CASE("version in records", IN(RECORD_SIZE, IN_VERSION), SET(section[IN_VERSION].count, 3),
	     SET(section[IN_VERSION].record_size, 3)),
	CASE("sources in records", IN(RECORD_SIZE, IN_SOURCES), SET(section[IN_SOURCES].count, 6),
	     SET(section[IN_SOURCES].record_size, 4)),
	CASE("records of no size", IN(RECORD_SIZE, IN_VERSION), SET(section[IN_VERSION].size, 0),
	     SET(section[IN_VERSION].record_size, 0)),
	CASE("personality records too short", IN(RECORD_SIZE, IN_PERSONALITIES),
	     SET(section[IN_PERSONALITIES].record_size, 180),
	     SET(section[IN_PERSONALITIES].size, 360)),
	CASE("op records too short", IN(RECORD_SIZE, IN_OPS),
	     SET(section[IN_OPS].count, 2 * FIRMWARE_OPS), SET(section[IN_OPS].record_size, 4)),
	CASE("op records not whole words", IN(RECORD_SIZE, IN_OPS), SET(section[IN_OPS].count, 2),
	     SET(section[IN_OPS].record_size, 15), SET(section[IN_OPS].size, 30)),
	CASE("section checksum", IN(SECTION_CRC, IN_TARGET), SET(section[IN_TARGET].crc, 0x1234)),
	{ .name = "a section damaged before it was sealed",
	  .write = { SET(op[1].cycles, 51) }, .unsealed = 2, IN(SECTION_CRC, IN_OPS) },
	CASE("reserved word of a section", IN(RESERVED, IN_VERSION), SET(section[0].reserved, 1)),
	CASE("byte between sections", IN(RESERVED, IN_VERSION), SET(version[15], 1)),

	/* what must be there */
	CASE("no ops", HEADER(SECTION_MISSING), SET(header.minor, VNPU_FW_MINOR + 1),
	     SET(section[IN_OPS].kind, 6), SET(section[IN_OPS].flags, VNPU_FW_OPTIONAL),
	     SET(section[IN_SOURCES].kind, 7)),
	CASE("sources forgotten in the table's count", IN(SECTION_LAYOUT, IN_VERSION),
	     SET(header.section_count, 4)),

	/* version */
	CASE("version empty", IN(RECORD_COUNT, IN_VERSION), SET(section[IN_VERSION].size, 0),
	     SET(section[IN_VERSION].count, 0)),
	CASE("line feed in the version", IN(TEXT, IN_VERSION), SET(version[3], '\n')),
	CASE("version of other than ASCII", IN(TEXT, IN_VERSION), SET(version[8], 0xfc)),

	/* personalities */
	CASE("fields beyond the record", RECORD(FIELD_COUNT, IN_PERSONALITIES, 0),
	     SET(personality[0].fixed.field_count, FIRMWARE_FIELDS + 1)),
	CASE("fewer fields than the record has", RECORD(FIELD_COUNT, IN_PERSONALITIES, 1),
	     SET(personality[1].fixed.field_count, FIRMWARE_FIELDS - 1)),
	CASE("fields past 32 bits", RECORD(FIELD_COUNT, IN_PERSONALITIES, 0),
	     SET(personality[0].fixed.field_count, 0x40000000 + FIRMWARE_FIELDS)),
	CASE("id 0", RECORD(PERSONALITY, IN_PERSONALITIES, 0), SET(personality[0].fixed.id, 0),
	     SET(personality[1].fixed.rest, 0)),
	CASE("one id twice", RECORD(PERSONALITY, IN_PERSONALITIES, 1),
	     SET(personality[1].fixed.id, 1000), SET(personality[1].fixed.rest, 0)),
	CASE("unknown evidence", RECORD(PERSONALITY, IN_PERSONALITIES, 0),
	     SET(personality[0].fixed.evidence, NPUM_EVIDENCE_GUESS + 1)),
	CASE("rest that is not there", RECORD(PERSONALITY, IN_PERSONALITIES, 1),
	     SET(personality[1].fixed.rest, 77)),
	CASE("rest that leaves ops itself", RECORD(PERSONALITY, IN_PERSONALITIES, 0),
	     SET(personality[0].fixed.rest, 1001)),
	CASE("capital in a name", RECORD(PERSONALITY, IN_PERSONALITIES, 0),
	     SET(personality[0].fixed.name[0], 'F')),
	CASE("no name", RECORD(PERSONALITY, IN_PERSONALITIES, 0),
	     SET(personality[0].fixed.name[0], 0), SET(personality[0].fixed.name[1], 0),
	     SET(personality[0].fixed.name[2], 0)),
	CASE("control character in a name", RECORD(TEXT, IN_PERSONALITIES, 1),
	     SET(personality[1].fixed.name[2], 7)),
	CASE("bytes behind a name", RECORD(TEXT, IN_PERSONALITIES, 1),
	     SET(personality[1].fixed.name[31], 'x')),
	CASE("bytes behind a summary", RECORD(TEXT, IN_PERSONALITIES, 0),
	     SET(personality[0].fixed.summary[127], 'x')),
	CASE("escape in a summary", RECORD(TEXT, IN_PERSONALITIES, 0),
	     SET(personality[0].fixed.summary[4], 27)),
	CASE("sources begin behind theirs", RECORD(SOURCES, IN_PERSONALITIES, 0),
	     SET(personality[0].fixed.sources_offset, 25),
	     SET(personality[0].fixed.sources_size, 0)),
	CASE("sources end behind theirs", RECORD(SOURCES, IN_PERSONALITIES, 1),
	     SET(personality[1].fixed.sources_size, 14)),
	CASE("sources wrap", RECORD(SOURCES, IN_PERSONALITIES, 1),
	     SET(personality[1].fixed.sources_offset, 0xfffffff8)),
#define NPUM_WORD(member, words, meaning)                                                       \
	CASE(#member " beyond its words",                                                       \
	     WHY(FIELD, IN_PERSONALITIES, 1, FIELD_##member),                                   \
	     SET(personality[1].value[FIELD_##member], 0x7fffffff)),
#define NPUM_NUMBER(member, least, most, usual, meaning)                                        \
	CASE(#member " too great", WHY(FIELD, IN_PERSONALITIES, 0, FIELD_##member),             \
	     SET(personality[0].value[FIELD_##member], (u32)(most) + 1 - (u32)(usual))),        \
	CASE(#member " too small", WHY(FIELD, IN_PERSONALITIES, 1, FIELD_##member),             \
	     SET(personality[1].value[FIELD_##member], (u32)(least) - 1 - (u32)(usual))),
#include "npum_personality.def"
	CASE("fields that do not go together", RECORD(PERSONALITY, IN_PERSONALITIES, 1),
	     SET(personality[1].value[FIELD_bias], NPUM_BIAS_FLOAT)),

	/* target */
	CASE("target of other fields", RECORD(FIELD_COUNT, IN_TARGET, 0),
	     SET(target.fixed.field_count, 0)),
	CASE("target with no dtype", RECORD(DTYPES, IN_TARGET, 0), SET(target.fixed.dtypes, 0)),
	CASE("target with unknown dtypes", RECORD(DTYPES, IN_TARGET, 0),
	     SET(target.fixed.dtypes, 0x102)),
	CASE("target with the absent dtype", RECORD(DTYPES, IN_TARGET, 0),
	     SET(target.fixed.dtypes, 3)),
	CASE("bytes behind the target's name", RECORD(TEXT, IN_TARGET, 0),
	     SET(target.fixed.name[31], 'x')),
	CASE("escape in the target's name", RECORD(TEXT, IN_TARGET, 0),
	     SET(target.fixed.name[1], 27)),
#define NPUM_NUMBER(member, least, most, usual, meaning)                                        \
	CASE("target's " #member " too great", WHY(FIELD, IN_TARGET, 0, TARGET_##member),       \
	     SET(target.value[TARGET_##member], (u32)(most) + 1 - (u32)(usual))),               \
	CASE("target's " #member " too small", WHY(FIELD, IN_TARGET, 0, TARGET_##member),       \
	     SET(target.value[TARGET_##member], (u32)(least) - 1 - (u32)(usual))),
#include "npum_target.def"

	/* ops */
	CASE("opcode 0", RECORD(OPCODE, IN_OPS, 0), SET(op[0].opcode, 0)),
	CASE("unknown opcode", RECORD(OPCODE, IN_OPS, 3), SET(op[3].opcode, 5000)),
	CASE("one opcode twice", RECORD(OPCODE, IN_OPS, 1), SET(op[1].opcode, VNPU_OP_CONV2D)),
	CASE("opcodes out of order", RECORD(OPCODE, IN_OPS, 2), SET(op[1].opcode, VNPU_OP_ADD),
	     SET(op[2].opcode, VNPU_OP_DEPTHWISE)),
	CASE("longer op records in use", RECORD(UNKNOWN_FIELD, IN_OPS, 0),
	     SET(section[IN_OPS].count, 2), SET(section[IN_OPS].record_size, 16)),

	/* sources */
	CASE("zero in the sources", IN(TEXT, IN_SOURCES), SET(sources[3], 0)),
	CASE("escape in the sources", IN(TEXT, IN_SOURCES), SET(sources[23], 27)),
};

#endif /* FIRMWARE_CASES_H */
