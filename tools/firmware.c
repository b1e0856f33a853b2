// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The contents of a firmware image, and its bytes. */
#include "firmware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* VERSION, PERSONALITIES, TARGET, OPS, SOURCES. */
#define SECTIONS 5u

struct firmware *firmware_new(void)
{
	struct firmware *fw = calloc(1, sizeof(*fw));
	u32 which;

	if (!fw)
		return NULL;
	fw->set = *npum_builtin_set();
	npum_set_complete(&fw->set, &which);
	fw->target = *npum_builtin_target();
	snprintf(fw->version, sizeof(fw->version), "built-in %s", NPU_VERSION);
	return fw;
}

void firmware_free(struct firmware *fw)
{
	if (!fw)
		return;
	for (u32 i = 0; i < NPUM_MAX_PERSONALITIES; i++)
		free(fw->sources[i]);
	free(fw);
}

static int take_sources(const struct file *file, struct firmware *fw)
{
	for (u32 i = 0; i < fw->set.count; i++) {
		u32 size;
		const char *text = npum_firmware_sources(file->data, i, &size);

		if (!size)
			continue;
		fw->sources[i] = strndup(text, size);
		if (!fw->sources[i])
			return -1;
	}
	return 0;
}

static int refused(const struct cli *cli, const char *path, const struct npum_fw_refusal *why)
{
	const struct npum_field *f = NULL;
	char where[128];
	int n = snprintf(where, sizeof(where), "byte %u", why->offset);

	if (why->section != NPUM_NO_INDEX)
		n += snprintf(where + n, sizeof(where) - (size_t)n, ", section %u", why->section);
	if (why->record != NPUM_NO_INDEX)
		n += snprintf(where + n, sizeof(where) - (size_t)n, ", record %u", why->record);
	if (why->field != NPUM_NO_INDEX)
		f = why->section + 1 == VNPU_FW_TARGET ? npum_target_field_at(why->field) :
							 npum_field_at(why->field);
	if (f)
		snprintf(where + n, sizeof(where) - (size_t)n, ", %s", f->name);
	return cli_error(cli, CLI_INPUT, path, "%s (%s)", why->sentence, where);
}

int firmware_read(const struct cli *cli, const char *path, struct file *file, struct firmware **out)
{
	struct firmware *fw = calloc(1, sizeof(*fw));
	struct npum_fw_version version;
	struct npum_fw_refusal why;
	struct file own;
	int rc;

	*out = NULL;
	if (!fw)
		return cli_error(cli, CLI_DEVICE, path, "out of memory");
	rc = file_read(cli, path, &own);
	if (!rc && npum_firmware_parse(own.data, own.size, &fw->set, &fw->target, &why)) {
		rc = refused(cli, path, &why);
	} else if (!rc) {
		npum_firmware_version(own.data, &version);
		memcpy(fw->version, version.text, sizeof(fw->version));
		if (take_sources(&own, fw))
			rc = cli_error(cli, CLI_DEVICE, path, "out of memory");
	}
	if (!rc && file)
		*file = own;
	else
		file_free(&own);
	if (rc)
		firmware_free(fw);
	else
		*out = fw;
	return rc;
}

/* What is written: the table grows with the sections. */
struct writer {
	FILE *stream;
	uint32_t at;
	struct vnpu_fw_section section[SECTIONS];
	u32 count;
};

static void put(struct writer *w, const void *data, size_t size)
{
	if (size)
		fwrite(data, 1, size, w->stream);
	w->at += (uint32_t)size;
}

static void begin(struct writer *w, u32 kind, u32 flags)
{
	static const char zeros[VNPU_FW_ALIGN];

	put(w, zeros, (VNPU_FW_ALIGN - w->at % VNPU_FW_ALIGN) % VNPU_FW_ALIGN);
	if (kind)
		w->section[w->count++] =
			(struct vnpu_fw_section){ .kind = kind, .flags = flags, .offset = w->at };
}

static void end(struct writer *w, u32 count)
{
	struct vnpu_fw_section *s = &w->section[w->count - 1];

	s->size = w->at - s->offset;
	s->count = count;
	s->record_size = s->size / count;
}

static u32 put_fields(struct writer *w, const struct npum_field *(*row)(u32 i), const void *from)
{
	const struct npum_field *f;
	u32 i;

	for (i = 0; (f = row(i)); i++) {
		u32 value = npum_field_get(f, from) - f->usual;

		put(w, &value, sizeof(value));
	}
	return i;
}

static u32 field_count(const struct npum_field *(*row)(u32 i))
{
	u32 count = 0;

	while (row(count))
		count++;
	return count;
}

static u32 sources_size(const struct firmware *fw, u32 i)
{
	return fw->sources[i] ? (u32)strlen(fw->sources[i]) : 0;
}

static void put_personalities(struct writer *w, const struct firmware *fw)
{
	u32 sources = 0;

	begin(w, VNPU_FW_PERSONALITIES, 0);
	for (u32 i = 0; i < fw->set.count; i++) {
		const struct npum_personality *p = &fw->set.at[i];
		struct vnpu_fw_personality record = {
			.id = p->id,
			.evidence = p->evidence,
			.rest = p->rest,
			.field_count = field_count(npum_field_at),
			.sources_size = sources_size(fw, i),
		};

		if (record.sources_size)
			record.sources_offset = sources;
		sources += record.sources_size;
		strcpy(record.name, p->name);
		strcpy(record.summary, p->summary);
		put(w, &record, sizeof(record));
		put_fields(w, npum_field_at, p);
	}
	end(w, fw->set.count);
}

static void put_target(struct writer *w, const struct npum_target *t)
{
	struct vnpu_fw_target record = {
		.dtypes = t->dtypes,
		.field_count = field_count(npum_target_field_at),
	};
	u32 ops = 0;

	begin(w, VNPU_FW_TARGET, 0);
	strcpy(record.name, t->name);
	put(w, &record, sizeof(record));
	put_fields(w, npum_target_field_at, t);
	end(w, 1);

	begin(w, VNPU_FW_OPS, 0);
	for (u32 opcode = 0; opcode < NPUM_TARGET_OPCODES; opcode++) {
		struct vnpu_fw_op op = { opcode, t->cycles[opcode] };

		if (!npum_target_runs(t, opcode))
			continue;
		put(w, &op, sizeof(op));
		ops++;
	}
	end(w, ops);
}

static u32 all_sources_size(const struct firmware *fw)
{
	u32 size = 0;

	for (u32 i = 0; i < fw->set.count; i++)
		size += sources_size(fw, i);
	return size;
}

static void put_sources(struct writer *w, const struct firmware *fw)
{
	u32 size = all_sources_size(fw);

	if (!size)
		return;
	begin(w, VNPU_FW_SOURCES, VNPU_FW_OPTIONAL);
	for (u32 i = 0; i < fw->set.count; i++)
		put(w, fw->sources[i], sources_size(fw, i));
	end(w, size);
}

/* The bytes lie all there; what depends on them is filled in. */
static void seal(struct writer *w, u8 *image)
{
	struct vnpu_fw_header h = {
		.magic = VNPU_FW_MAGIC,
		.major = VNPU_FW_MAJOR,
		.minor = VNPU_FW_MINOR,
		.size = w->at,
		.section_offset = sizeof(h),
		.section_count = w->count,
		.section_size = sizeof(struct vnpu_fw_section),
	};

	for (u32 i = 0; i < w->count; i++)
		w->section[i].crc = npum_crc32(0, image + w->section[i].offset, w->section[i].size);
	memcpy(image + sizeof(h), w->section, w->count * sizeof(w->section[0]));
	memcpy(image, &h, sizeof(h));
	h.crc = npum_crc32(0, image, w->at);
	memcpy(image, &h, sizeof(h));
}

void *firmware_image(const struct firmware *fw, size_t *size)
{
	u32 sections = SECTIONS - !all_sources_size(fw);
	struct writer w = { 0 };
	char *image = NULL;

	w.stream = open_memstream(&image, size);
	if (!w.stream)
		return NULL;
	put(&w, &(struct vnpu_fw_header){ 0 }, sizeof(struct vnpu_fw_header));
	put(&w, w.section, sections * sizeof(w.section[0]));
	begin(&w, VNPU_FW_VERSION, 0);
	put(&w, fw->version, strlen(fw->version));
	end(&w, (u32)strlen(fw->version));
	put_personalities(&w, fw);
	put_target(&w, &fw->target);
	put_sources(&w, fw);
	begin(&w, 0, 0);
	if (fclose(w.stream)) {
		free(image);
		return NULL;
	}
	seal(&w, (u8 *)image);
	return image;
}
