// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The reader of firmware images: a strict allowlist.  It is the only one, in the
 * kernel, in libnpu and in the tools, so that nobody takes what another refuses.
 */
#include "npum_firmware.h"

static_assert(sizeof(struct vnpu_fw_header) == 32, "laid down in vnpu_fw.h");
static_assert(sizeof(struct vnpu_fw_section) == 32, "laid down in vnpu_fw.h");
static_assert(sizeof(struct vnpu_fw_personality) == 184, "laid down in vnpu_fw.h");
static_assert(sizeof(struct vnpu_fw_target) == 40, "laid down in vnpu_fw.h");
static_assert(sizeof(struct vnpu_fw_op) == 8, "laid down in vnpu_fw.h");
static_assert(VNPU_FW_NAME_BYTES == NPUM_NAME_BYTES, "laid down in vnpu_fw.h");
static_assert(VNPU_FW_SUMMARY_BYTES == NPUM_SUMMARY_BYTES, "laid down in vnpu_fw.h");

static const char *const refusal_texts[] = {
	[VNPU_FW_REFUSAL_NONE] = "the image is valid",
	[VNPU_FW_REFUSAL_TRUNCATED] = "the image is shorter than its header says",
	[VNPU_FW_REFUSAL_MAGIC] = "the first word is not the magic of a vnpu firmware image",
	[VNPU_FW_REFUSAL_VERSION] =
		"the image is of a major version that this device does not know: build it anew",
	[VNPU_FW_REFUSAL_SIZE] = "the image's size is not what its header says, or not taken",
	[VNPU_FW_REFUSAL_CRC] = "the image's checksum is wrong: it is damaged",
	[VNPU_FW_REFUSAL_RESERVED] = "a reserved field, flag or byte is not zero",
	[VNPU_FW_REFUSAL_SECTION_TABLE] = "the table of sections is not where and what it must be",
	[VNPU_FW_REFUSAL_SECTION_COUNT] = "there must be 1 to 16 sections",
	[VNPU_FW_REFUSAL_SECTION_KIND] = "the section is of an unknown kind or out of order",
	[VNPU_FW_REFUSAL_SECTION_MISSING] = "a section that every image must have is missing",
	[VNPU_FW_REFUSAL_SECTION_LAYOUT] =
		"the section does not begin behind the one before it, or leaves the image",
	[VNPU_FW_REFUSAL_SECTION_SIZE] = "the section's size is not that of all its records",
	[VNPU_FW_REFUSAL_SECTION_CRC] = "the section's checksum is wrong: it is damaged",
	[VNPU_FW_REFUSAL_RECORD_SIZE] = "the section's records are of a size that is not taken",
	[VNPU_FW_REFUSAL_RECORD_COUNT] = "the section has too few or too many records",
	[VNPU_FW_REFUSAL_FIELD_COUNT] = "the record's size is not that of all its fields",
	[VNPU_FW_REFUSAL_TEXT] = "a text is not printable or does not end within its room",
	[VNPU_FW_REFUSAL_UNKNOWN_FIELD] =
		"a field that is newer than this device is in use: update the device",
	[VNPU_FW_REFUSAL_FIELD] = "a field's value is out of its range",
	[VNPU_FW_REFUSAL_PERSONALITY] = "the personalities make no sense",
	[VNPU_FW_REFUSAL_SOURCES] = "the sources lie outside their section",
	[VNPU_FW_REFUSAL_DTYPES] = "there are unknown dtypes, or none",
	[VNPU_FW_REFUSAL_OPCODE] = "the opcode is unknown or out of order",
};

const char *npum_fw_refusal_text(u32 reason)
{
	return reason < ARRAY_SIZE(refusal_texts) ? refusal_texts[reason] : "unknown reason";
}

/* CRC-32 by half bytes: an image has some kilobytes and is read once. */
u32 npum_crc32(u32 crc, const void *data, size_t size)
{
	static const u32 half[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const u8 *byte = data;

	crc = ~crc;
	for (size_t i = 0; i < size; i++) {
		crc ^= byte[i];
		crc = crc >> 4 ^ half[crc & 15];
		crc = crc >> 4 ^ half[crc & 15];
	}
	return ~crc;
}

/*
 * What is known while an image is read.  @section is the record being read, @index
 * its place in the table; @next is where the next section must begin.
 */
struct reader {
	const u8 *image;
	u32 size;
	struct vnpu_fw_header header;
	struct vnpu_fw_section section;
	u32 index;
	u32 next;
	u32 seen;
	u32 sources;
	struct npum_personality_set *set;
	struct npum_target *target;
	struct npum_fw_refusal *why;
};

static int refuse(struct reader *r, u32 reason, u32 record, u32 field, u32 offset)
{
	*r->why = (struct npum_fw_refusal){
		.reason = reason,
		.section = r->index,
		.record = record,
		.field = field,
		.offset = offset,
		.sentence = npum_fw_refusal_text(reason),
	};
	return -ENOEXEC;
}

static int refuse_here(struct reader *r, u32 reason, u32 offset)
{
	return refuse(r, reason, NPUM_NO_INDEX, NPUM_NO_INDEX, offset);
}

/* Offset of the first byte in [@from, @end) that is not zero; @end when all are. */
static u32 first_set(const struct reader *r, u32 from, u32 end)
{
	while (from < end && !r->image[from])
		from++;
	return from;
}

static u32 load(const struct reader *r, u32 offset)
{
	u32 value;

	memcpy(&value, r->image + offset, sizeof(value));
	return value;
}

static bool printable(u8 c)
{
	return c >= ' ' && c <= '~';
}

/* A text in a room of @room bytes: printable characters, one zero at least, only zeros. */
static int check_text(struct reader *r, u32 record, u32 offset, u32 room)
{
	u32 end = offset + room, at = offset;

	while (at < end && printable(r->image[at]))
		at++;
	if (at == end || first_set(r, at, end) != end)
		return refuse(r, VNPU_FW_REFUSAL_TEXT, record, NPUM_NO_INDEX, at);
	return 0;
}

/*
 * The values behind a record's fixed part, which ends at @at, into the members of
 * @to; a value that is not there is the usual one, and so is 0.
 */
static int read_fields(struct reader *r, const struct npum_field *(*row)(u32 i), void *to,
		       u32 record, u32 at, u32 count)
{
	const struct npum_field *f;
	u32 i;

	for (i = 0; (f = row(i)); i++) {
		u32 value = f->usual + (i < count ? load(r, at + 4 * i) : 0);

		if (value < f->least || value > f->most)
			return refuse(r, VNPU_FW_REFUSAL_FIELD, record, i, at + 4 * i);
		npum_field_set(f, to, value);
	}
	for (; i < count; i++)
		if (load(r, at + 4 * i))
			return refuse(r, VNPU_FW_REFUSAL_UNKNOWN_FIELD, record, i, at + 4 * i);
	return 0;
}

static int read_version(struct reader *r)
{
	const struct vnpu_fw_section *s = &r->section;

	if (!s->count || s->count > VNPU_FW_MAX_VERSION)
		return refuse_here(r, VNPU_FW_REFUSAL_RECORD_COUNT, s->offset);
	for (u32 i = 0; i < s->size; i++)
		if (!printable(r->image[s->offset + i]))
			return refuse_here(r, VNPU_FW_REFUSAL_TEXT, s->offset + i);
	return 0;
}

static int read_personality(struct reader *r, u32 i, struct npum_personality *p)
{
	u32 at = r->section.offset + i * r->section.record_size;
	struct vnpu_fw_personality record;
	int rc;

	memcpy(&record, r->image + at, sizeof(record));
	if ((r->section.record_size - sizeof(record)) / 4 != record.field_count)
		return refuse(r, VNPU_FW_REFUSAL_FIELD_COUNT, i, NPUM_NO_INDEX,
			      at + (u32)offsetof(struct vnpu_fw_personality, field_count));
	rc = check_text(r, i, at + (u32)offsetof(struct vnpu_fw_personality, name),
			VNPU_FW_NAME_BYTES);
	if (!rc)
		rc = check_text(r, i, at + (u32)offsetof(struct vnpu_fw_personality, summary),
				VNPU_FW_SUMMARY_BYTES);
	if (rc)
		return rc;
	p->id = record.id;
	p->evidence = record.evidence;
	p->rest = record.rest;
	memcpy(p->name, record.name, sizeof(p->name));
	memcpy(p->summary, record.summary, sizeof(p->summary));
	return read_fields(r, npum_field_at, p, i, at + sizeof(record), record.field_count);
}

static int read_personalities(struct reader *r)
{
	const struct vnpu_fw_section *s = &r->section;
	const char *why;
	u32 which;

	if (!s->count || s->count > NPUM_MAX_PERSONALITIES)
		return refuse_here(r, VNPU_FW_REFUSAL_RECORD_COUNT, s->offset);
	r->set->count = s->count;
	for (u32 i = 0; i < s->count; i++) {
		int rc = read_personality(r, i, &r->set->at[i]);

		if (rc)
			return rc;
	}
	why = npum_set_complete(r->set, &which);
	if (!why)
		return 0;
	refuse(r, VNPU_FW_REFUSAL_PERSONALITY, which, NPUM_NO_INDEX,
	       s->offset + which * s->record_size);
	r->why->sentence = why;
	return -ENOEXEC;
}

static int read_target(struct reader *r)
{
	const struct vnpu_fw_section *s = &r->section;
	const u32 known = BIT(VNPU_DTYPE_INT64 + 1) - BIT(VNPU_DTYPE_INT8);
	struct vnpu_fw_target record;
	int rc;

	if (s->count != 1)
		return refuse_here(r, VNPU_FW_REFUSAL_RECORD_COUNT, s->offset);
	memcpy(&record, r->image + s->offset, sizeof(record));
	if ((s->record_size - sizeof(record)) / 4 != record.field_count)
		return refuse(r, VNPU_FW_REFUSAL_FIELD_COUNT, 0, NPUM_NO_INDEX,
			      s->offset + (u32)offsetof(struct vnpu_fw_target, field_count));
	rc = check_text(r, 0, s->offset, VNPU_FW_NAME_BYTES);
	if (rc)
		return rc;
	if (!(record.dtypes & known) || record.dtypes & 1 ||
	    (record.dtypes & ~known && r->header.minor <= VNPU_FW_MINOR))
		return refuse(r, VNPU_FW_REFUSAL_DTYPES, 0, NPUM_NO_INDEX,
			      s->offset + (u32)offsetof(struct vnpu_fw_target, dtypes));
	memcpy(r->target->name, record.name, sizeof(r->target->name));
	r->target->dtypes = record.dtypes & known;
	return read_fields(r, npum_target_field_at, r->target, 0, s->offset + sizeof(record),
			   record.field_count);
}

static int read_ops(struct reader *r)
{
	const struct vnpu_fw_section *s = &r->section;
	u32 before = 0;

	if (!s->count)
		return refuse_here(r, VNPU_FW_REFUSAL_RECORD_COUNT, s->offset);
	for (u32 i = 0; i < s->count; i++) {
		u32 at = s->offset + i * s->record_size, tail;
		struct vnpu_fw_op record;

		memcpy(&record, r->image + at, sizeof(record));
		tail = first_set(r, at + sizeof(record), at + s->record_size);
		if (tail != at + s->record_size)
			return refuse(r, VNPU_FW_REFUSAL_UNKNOWN_FIELD, i, NPUM_NO_INDEX, tail);
		if (record.opcode <= before ||
		    (!npum_op_info(record.opcode) && r->header.minor <= VNPU_FW_MINOR))
			return refuse(r, VNPU_FW_REFUSAL_OPCODE, i, NPUM_NO_INDEX, at);
		before = record.opcode;
		if (!npum_op_info(record.opcode))
			continue;
		r->target->runs[record.opcode / 64] |= 1ull << record.opcode % 64;
		r->target->cycles[record.opcode] = record.cycles;
	}
	return 0;
}

static int read_sources(struct reader *r)
{
	const struct vnpu_fw_section *s = &r->section;

	if (!s->count)
		return refuse_here(r, VNPU_FW_REFUSAL_RECORD_COUNT, s->offset);
	for (u32 i = 0; i < s->size; i++)
		if (!printable(r->image[s->offset + i]) && r->image[s->offset + i] != '\n')
			return refuse_here(r, VNPU_FW_REFUSAL_TEXT, s->offset + i);
	r->sources = s->size;
	return 0;
}

/* By enum vnpu_fw_kind; a record of 1 byte is a character. */
static const struct {
	u32 record;
	u32 flags;
	int (*read)(struct reader *r);
} kinds[] = {
	[VNPU_FW_VERSION] = { 1, 0, read_version },
	[VNPU_FW_PERSONALITIES] = { sizeof(struct vnpu_fw_personality), 0, read_personalities },
	[VNPU_FW_TARGET] = { sizeof(struct vnpu_fw_target), 0, read_target },
	[VNPU_FW_OPS] = { sizeof(struct vnpu_fw_op), 0, read_ops },
	[VNPU_FW_SOURCES] = { 1, VNPU_FW_OPTIONAL, read_sources },
};

#define REQUIRED \
	(BIT(VNPU_FW_VERSION) | BIT(VNPU_FW_PERSONALITIES) | BIT(VNPU_FW_TARGET) | BIT(VNPU_FW_OPS))

static int check_header(struct reader *r, const void *image, size_t size)
{
	static const u8 no_crc[sizeof(u32)];
	const u32 crc_at = offsetof(struct vnpu_fw_header, crc);
	struct vnpu_fw_header *h = &r->header;
	u32 crc;

	if (size < sizeof(*h))
		return refuse_here(r, VNPU_FW_REFUSAL_TRUNCATED, 0);
	r->image = image;
	memcpy(h, image, sizeof(*h));
	if (h->magic != VNPU_FW_MAGIC)
		return refuse_here(r, VNPU_FW_REFUSAL_MAGIC, 0);
	if (h->major != VNPU_FW_MAJOR)
		return refuse_here(r, VNPU_FW_REFUSAL_VERSION,
				   offsetof(struct vnpu_fw_header, major));
	if (h->size > size)
		return refuse_here(r, VNPU_FW_REFUSAL_TRUNCATED,
				   offsetof(struct vnpu_fw_header, size));
	if (h->size != size || h->size > VNPU_FW_MAX_BYTES || h->size % VNPU_FW_ALIGN ||
	    h->size < sizeof(*h))
		return refuse_here(r, VNPU_FW_REFUSAL_SIZE, offsetof(struct vnpu_fw_header, size));
	r->size = h->size;
	crc = npum_crc32(0, r->image, crc_at);
	crc = npum_crc32(crc, no_crc, sizeof(no_crc));
	crc = npum_crc32(crc, r->image + crc_at + sizeof(crc), r->size - crc_at - sizeof(crc));
	if (crc != h->crc)
		return refuse_here(r, VNPU_FW_REFUSAL_CRC, crc_at);
	if (h->reserved)
		return refuse_here(r, VNPU_FW_REFUSAL_RESERVED,
				   offsetof(struct vnpu_fw_header, reserved));
	return 0;
}

/* Sizes are below 2^20 and counts below 17 when they are multiplied. */
static int check_table(struct reader *r)
{
	const struct vnpu_fw_header *h = &r->header;

	if (h->section_offset != sizeof(*h))
		return refuse_here(r, VNPU_FW_REFUSAL_SECTION_TABLE,
				   offsetof(struct vnpu_fw_header, section_offset));
	if (!h->section_count || h->section_count > VNPU_FW_MAX_SECTIONS)
		return refuse_here(r, VNPU_FW_REFUSAL_SECTION_COUNT,
				   offsetof(struct vnpu_fw_header, section_count));
	if (h->section_size < sizeof(struct vnpu_fw_section) || h->section_size % VNPU_FW_ALIGN ||
	    h->section_size > r->size ||
	    h->section_count * h->section_size > r->size - h->section_offset)
		return refuse_here(r, VNPU_FW_REFUSAL_SECTION_TABLE,
				   offsetof(struct vnpu_fw_header, section_size));
	r->next = h->section_offset + h->section_count * h->section_size;
	return 0;
}

#define RECORD_AT(member) (at + (u32)offsetof(struct vnpu_fw_section, member))

/* The record at @at by itself, whatever its kind. */
static int check_section(struct reader *r, u32 at, u32 before)
{
	const struct vnpu_fw_section *s = &r->section;
	bool known = s->kind < ARRAY_SIZE(kinds);
	u32 tail, end;

	if (s->kind <= before || (!known && r->header.minor <= VNPU_FW_MINOR) ||
	    (!known && !(s->flags & VNPU_FW_OPTIONAL)))
		return refuse_here(r, VNPU_FW_REFUSAL_SECTION_KIND, RECORD_AT(kind));
	if (s->flags != (known ? kinds[s->kind].flags : VNPU_FW_OPTIONAL))
		return refuse_here(r, VNPU_FW_REFUSAL_RESERVED, RECORD_AT(flags));
	end = at + r->header.section_size;
	tail = first_set(r, RECORD_AT(reserved), end);
	if (tail != end)
		return refuse_here(r, VNPU_FW_REFUSAL_RESERVED, tail);
	if (s->offset != r->next)
		return refuse_here(r, VNPU_FW_REFUSAL_SECTION_LAYOUT, RECORD_AT(offset));
	if (s->size > r->size - s->offset)
		return refuse_here(r, VNPU_FW_REFUSAL_SECTION_LAYOUT, RECORD_AT(size));
	if ((u64)s->count * s->record_size != s->size)
		return refuse_here(r, VNPU_FW_REFUSAL_SECTION_SIZE, RECORD_AT(size));
	if (known && (s->record_size < kinds[s->kind].record ||
		      (kinds[s->kind].record == 1 ? s->record_size != 1 : s->record_size % 4)))
		return refuse_here(r, VNPU_FW_REFUSAL_RECORD_SIZE, RECORD_AT(record_size));
	if (npum_crc32(0, r->image + s->offset, s->size) != s->crc)
		return refuse_here(r, VNPU_FW_REFUSAL_SECTION_CRC, RECORD_AT(crc));
	/* The image is whole multiples of VNPU_FW_ALIGN, so this stays inside it. */
	end = s->offset + s->size;
	r->next = round_up(end, VNPU_FW_ALIGN);
	tail = first_set(r, end, r->next);
	if (tail != r->next)
		return refuse_here(r, VNPU_FW_REFUSAL_RESERVED, tail);
	return 0;
}

static int read_sections(struct reader *r)
{
	u32 before = 0;
	int rc = 0;

	for (u32 i = 0; i < r->header.section_count && !rc; i++) {
		u32 at = r->header.section_offset + i * r->header.section_size;

		r->index = i;
		memcpy(&r->section, r->image + at, sizeof(r->section));
		rc = check_section(r, at, before);
		before = r->section.kind;
		if (rc || before >= ARRAY_SIZE(kinds))
			continue;
		r->seen |= BIT(before);
		rc = kinds[before].read(r);
	}
	return rc;
}

/* The table of an image that was read: the record of a kind, or zeros. */
static struct vnpu_fw_section find_section(const u8 *image, u32 kind)
{
	struct vnpu_fw_section s;
	struct vnpu_fw_header h;

	memcpy(&h, image, sizeof(h));
	for (u32 i = 0; i < h.section_count; i++) {
		memcpy(&s, image + h.section_offset + i * h.section_size, sizeof(s));
		if (s.kind == kind)
			return s;
	}
	return (struct vnpu_fw_section){ 0 };
}

static int check_sources(struct reader *r)
{
	struct vnpu_fw_section s = find_section(r->image, VNPU_FW_PERSONALITIES);
	struct vnpu_fw_personality p;

	/* Kinds ascend and this is the second that every image has. */
	r->index = VNPU_FW_PERSONALITIES - 1;
	for (u32 i = 0; i < s.count; i++) {
		u32 at = s.offset + i * s.record_size;

		memcpy(&p, r->image + at, sizeof(p));
		if (p.sources_offset > r->sources || p.sources_size > r->sources - p.sources_offset)
			return refuse(r, VNPU_FW_REFUSAL_SOURCES, i, NPUM_NO_INDEX,
				      at + (u32)offsetof(struct vnpu_fw_personality,
							 sources_offset));
	}
	return 0;
}

int npum_firmware_parse(const void *image, size_t size, struct npum_personality_set *set,
			struct npum_target *target, struct npum_fw_refusal *why)
{
	struct npum_fw_refusal unwanted;
	struct reader r = {
		.set = set,
		.target = target,
		.index = NPUM_NO_INDEX,
		.why = why ? why : &unwanted,
	};
	int rc;

	memset(set, 0, sizeof(*set));
	memset(target, 0, sizeof(*target));
	rc = check_header(&r, image, size);
	if (!rc)
		rc = check_table(&r);
	if (!rc)
		rc = read_sections(&r);
	if (rc)
		return rc;
	r.index = NPUM_NO_INDEX;
	if ((r.seen & REQUIRED) != REQUIRED)
		return refuse_here(&r, VNPU_FW_REFUSAL_SECTION_MISSING, r.header.section_offset);
	if (r.next != r.size)
		return refuse_here(&r, VNPU_FW_REFUSAL_SIZE, r.next);
	return check_sources(&r);
}

void npum_firmware_version(const void *image, struct npum_fw_version *version)
{
	struct vnpu_fw_section s = find_section(image, VNPU_FW_VERSION);
	struct vnpu_fw_header h;

	memcpy(&h, image, sizeof(h));
	*version = (struct npum_fw_version){ .major = h.major, .minor = h.minor, .crc = h.crc };
	memcpy(version->text, (const u8 *)image + s.offset, s.size);
}

const char *npum_firmware_sources(const void *image, u32 i, u32 *size)
{
	struct vnpu_fw_section list = find_section(image, VNPU_FW_PERSONALITIES);
	struct vnpu_fw_section text = find_section(image, VNPU_FW_SOURCES);
	struct vnpu_fw_personality p;

	*size = 0;
	if (i >= list.count)
		return NULL;
	memcpy(&p, (const u8 *)image + list.offset + i * list.record_size, sizeof(p));
	*size = p.sources_size;
	return (const char *)image + text.offset + p.sources_offset;
}
