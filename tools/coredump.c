// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "coredump.h"

#include <string.h>

/* What is known of a kind of section whose records are read one by one. */
struct kind {
	size_t offset; /* of its part of struct coredump */
	size_t size; /* of a record that is copied; 0: a list, pointed to */
};

static const struct kind kinds[] = {
	[VNPU_COREDUMP_FAULT] = { offsetof(struct coredump, fault),
				  sizeof(struct vnpu_coredump_fault) },
	[VNPU_COREDUMP_DEVICE] = { offsetof(struct coredump, device),
				   sizeof(struct vnpu_coredump_device) },
	[VNPU_COREDUMP_FIRMWARE] = { offsetof(struct coredump, firmware),
				     sizeof(struct vnpu_coredump_firmware) },
	[VNPU_COREDUMP_CONTEXT] = { offsetof(struct coredump, context),
				    sizeof(struct vnpu_coredump_context) },
	[VNPU_COREDUMP_BINDINGS] = { offsetof(struct coredump, bindings), 0 },
	[VNPU_COREDUMP_JOBS] = { offsetof(struct coredump, jobs), 0 },
	[VNPU_COREDUMP_EVENTS] = { offsetof(struct coredump, events), 0 },
};

bool coredump_record(const struct coredump_records *records, size_t i, void *record, size_t size)
{
	size_t known = records->stride < size ? records->stride : size;

	if (i >= records->count)
		return false;
	memset(record, 0, size);
	memcpy(record, records->bytes + i * records->stride, known);
	return true;
}

static const char *take_records(struct coredump *dump, const struct kind *kind,
				const struct coredump_records *records)
{
	unsigned char *part = (unsigned char *)dump + kind->offset;

	if (!records->stride)
		return "a section of records without a record's length";
	if (!kind->size) {
		memcpy(part, records, sizeof(*records));
		return NULL;
	}
	if (records->count != 1)
		return "a section that must have one record has another number";
	coredump_record(records, 0, part, kind->size);
	return NULL;
}

/* A section that lies within the file. */
static const char *take_section(struct coredump *dump, const unsigned char *data,
				const struct vnpu_coredump_section *s)
{
	const struct coredump_records records = {
		.bytes = data + s->offset,
		.stride = s->stride,
		.count = s->stride ? (size_t)(s->size / s->stride) : 0,
	};

	if (s->kind == VNPU_COREDUMP_PROGRAM) {
		dump->program = data + s->offset;
		dump->program_size = (size_t)s->size;
		dump->program_whole = s->whole;
	} else if (s->kind == VNPU_COREDUMP_CONTENTS) {
		dump->contents++;
	} else if (s->kind < sizeof(kinds) / sizeof(kinds[0]) && kinds[s->kind].offset) {
		return take_records(dump, &kinds[s->kind], &records);
	}
	/* Kinds of later versions are skipped. */
	return NULL;
}

static const char *check_section(const struct vnpu_coredump_section *s, size_t data_at, size_t size)
{
	if (s->offset % 8 || s->offset < data_at || s->offset > size || s->size > size - s->offset)
		return "a section does not lie in the file";
	if (s->whole < s->size)
		return "a section has more than it says there is";
	if (s->stride && s->size % s->stride)
		return "a section ends within a record";
	return NULL;
}

static void end_text(char *text, size_t size)
{
	text[size - 1] = 0;
}

static void end_texts(struct coredump *dump)
{
	end_text(dump->device.driver, sizeof(dump->device.driver));
	end_text(dump->device.kernel, sizeof(dump->device.kernel));
	end_text(dump->device.device, sizeof(dump->device.device));
	end_text(dump->firmware.version, sizeof(dump->firmware.version));
	end_text(dump->firmware.file, sizeof(dump->firmware.file));
	end_text(dump->firmware.target, sizeof(dump->firmware.target));
	end_text(dump->firmware.name, sizeof(dump->firmware.name));
	end_text(dump->context.process, sizeof(dump->context.process));
}

const char *coredump_parse(const void *bytes, size_t size, struct coredump *dump, size_t *at)
{
	const size_t table = VNPU_COREDUMP_TEXT_BYTES + sizeof(struct vnpu_coredump_header);
	const unsigned char *data = bytes;
	struct vnpu_coredump_header header;
	struct vnpu_coredump_section s;
	const char *problem;
	uint64_t seen = 0;

	*dump = (struct coredump){ 0 };
	*at = 0;
	if (size < table)
		return "too short to be a core dump of a vnpu device";
	if (memcmp(data, VNPU_COREDUMP_FIRST_LINE, strlen(VNPU_COREDUMP_FIRST_LINE)))
		return "no core dump of a vnpu device: it does not begin with its name";
	*at = VNPU_COREDUMP_TEXT_BYTES;
	memcpy(&header, data + *at, sizeof(header));
	if (header.magic != VNPU_COREDUMP_MAGIC || header.major != VNPU_COREDUMP_MAJOR)
		return "no binary part of version 1 behind the text";
	if (header.bytes != size)
		return "the file is not as long as it says";
	if (header.section_count > VNPU_COREDUMP_MAX_SECTIONS ||
	    header.section_count > (size - table) / sizeof(s))
		return "too many sections";
	dump->minor = header.minor;
	for (uint32_t i = 0; i < header.section_count; i++) {
		*at = table + i * sizeof(s);
		memcpy(&s, data + *at, sizeof(s));
		problem = check_section(&s, table + header.section_count * sizeof(s), size);
		if (problem)
			return problem;
		if (s.kind < 64 && s.kind != VNPU_COREDUMP_CONTENTS) {
			if (seen >> s.kind & 1)
				return "a section is there twice";
			seen |= (uint64_t)1 << s.kind;
		}
		problem = take_section(dump, data, &s);
		if (problem)
			return problem;
	}
	*at = table;
	if (!(seen >> VNPU_COREDUMP_FAULT & 1))
		return "no section says what went wrong";
	end_texts(dump);
	return NULL;
}
