// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A firmware image as text and JSON: its facts, personalities and target. */
#include "firmware_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "term.h"

const char *firmware_field_text(const struct npum_field *f, const void *of, char room[16])
{
	u32 value = npum_field_get(f, of);

	if (f->words)
		return f->words[value];
	snprintf(room, 16, "%u", value);
	return room;
}

json_t *firmware_summary_report(const char *type, const char *path, const struct firmware *fw,
				const void *image, size_t size)
{
	json_t *report = report_new(type);
	struct npum_fw_version v;

	npum_firmware_version(image, &v);
	json_object_set_new(report, "image", report_string(path));
	json_object_set_new(report, "version", report_string(v.text));
	json_object_set_new(report, "format_major", json_integer(v.major));
	json_object_set_new(report, "format_minor", json_integer(v.minor));
	json_object_set_new(report, "bytes", json_integer((json_int_t)size));
	json_object_set_new(report, "crc", json_integer(v.crc));
	json_object_set_new(report, "target", report_string(fw->target.name));
	json_object_set_new(report, "personality_count", json_integer(fw->set.count));
	return report;
}

void firmware_summary_print(const char *path, const struct firmware *fw, const void *image,
			    size_t size)
{
	struct npum_fw_version v;

	npum_firmware_version(image, &v);
	term_printf("%s: \"%s\", format %u.%u, %zu bytes, CRC %08x, %u personalit%s, target %s\n",
		    path, v.text, v.major, v.minor, size, v.crc, fw->set.count,
		    fw->set.count == 1 ? "y" : "ies", fw->target.name);
}

static json_t *fields_report(const struct npum_field *(*row)(u32 i), const void *of)
{
	json_t *object = json_object();
	const struct npum_field *f;

	for (u32 i = 0; (f = row(i)); i++) {
		u32 value = npum_field_get(f, of);

		json_object_set_new(object, f->name,
				    f->words ? json_string(f->words[value]) : json_integer(value));
	}
	return object;
}

static json_t *personality_report(const struct firmware *fw, u32 i)
{
	const struct npum_personality *p = &fw->set.at[i];
	json_t *object = json_object();
	char digest[17];

	snprintf(digest, sizeof(digest), "%016" PRIx64, p->digest);
	json_object_set_new(object, "id", json_integer(p->id));
	json_object_set_new(object, "name", report_string(p->name));
	json_object_set_new(object, "digest", json_string(digest));
	json_object_set_new(object, "evidence", json_string(npum_evidence_name(p->evidence)));
	json_object_set_new(object, "summary", report_string(p->summary));
	json_object_set_new(object, "sources", report_string(fw->sources[i] ? fw->sources[i] : ""));
	if (p->rest)
		json_object_set_new(object, "rest",
				    report_string(npum_personality_find(&fw->set, p->rest)->name));
	json_object_set_new(object, "arithmetic", fields_report(npum_field_at, p));
	return object;
}

static json_t *target_report(const struct npum_target *t)
{
	json_t *object = fields_report(npum_target_field_at, t);
	json_t *dtypes = json_array(), *ops = json_object();

	for (u32 i = 1; npum_dtype_size(i); i++)
		if (t->dtypes >> i & 1)
			json_array_append_new(dtypes, json_string(npum_dtype_name(i)));
	for (u32 i = 0; i < NPUM_TARGET_OPCODES; i++)
		if (npum_target_runs(t, i))
			json_object_set_new(ops, npum_op_info(i)->name, json_integer(t->cycles[i]));
	json_object_set_new(object, "name", report_string(t->name));
	json_object_set_new(object, "dtypes", dtypes);
	json_object_set_new(object, "extra_cycles", ops);
	return object;
}

static int show_json(const struct cli *cli, const struct file *file, const struct firmware *fw)
{
	json_t *report = firmware_summary_report("npu-fw", file->path, fw, file->data, file->size);
	json_t *list = json_array();

	for (u32 i = 0; i < fw->set.count; i++)
		json_array_append_new(list, personality_report(fw, i));
	json_object_set_new(report, "personalities", list);
	json_object_set_new(report, "target", target_report(&fw->target));
	return report_print(cli, report, CLI_OK);
}

static void print_unusual(const struct npum_field *(*row)(u32 i), const void *of)
{
	const struct npum_field *f;
	char room[16];

	for (u32 i = 0; (f = row(i)); i++)
		if (npum_field_get(f, of) != f->usual)
			printf("  %-20s %-14s %s\n", f->name, firmware_field_text(f, of, room),
			       f->meaning);
}

static void print_personality(const struct firmware *fw, u32 i)
{
	const struct npum_personality *p = &fw->set.at[i];

	term_printf("\n%s%s%s  id %u, %s, digest %016" PRIx64 "%s\n  %s\n",
		    term_style(stdout, TERM_BOLD), p->name, term_style(stdout, TERM_PLAIN), p->id,
		    npum_evidence_name(p->evidence), p->digest, i ? "" : ", the default",
		    p->summary);
	if (p->rest)
		term_printf("  what it leaves to another goes to %s\n",
			    npum_personality_find(&fw->set, p->rest)->name);
	print_unusual(npum_field_at, p);
	for (const char *line = fw->sources[i]; line && *line;) {
		size_t length = strcspn(line, "\n");

		term_printf("  from: %.*s\n", (int)length, line);
		line += length + (line[length] == '\n');
	}
}

static void print_target(const struct npum_target *t)
{
	u32 missing = 0, ops = 0;

	term_printf("\ntarget %s%s%s\n  dtypes", term_style(stdout, TERM_BOLD), t->name,
		    term_style(stdout, TERM_PLAIN));
	for (u32 i = 1; npum_dtype_size(i); i++)
		if (t->dtypes >> i & 1)
			printf(" %s", npum_dtype_name(i));
	for (u32 i = 0; i < NPUM_TARGET_OPCODES; i++) {
		ops += npum_target_runs(t, i);
		missing += npum_op_info(i) && !npum_target_runs(t, i);
	}
	printf("\n  ops    %u of %u", ops, ops + missing);
	for (u32 i = 0, n = 0; missing && i < NPUM_TARGET_OPCODES; i++)
		if (npum_op_info(i) && !npum_target_runs(t, i))
			printf("%s%s", n++ ? ", " : "; not ", npum_op_info(i)->name);
	putchar('\n');
}

static void print_target_fields(const struct npum_target *t)
{
	const struct npum_field *f;

	for (u32 i = 0; (f = npum_target_field_at(i)); i++)
		printf("  %-14s %10u  %s\n", f->name, npum_field_get(f, t), f->meaning);
	for (u32 i = 0; i < NPUM_TARGET_OPCODES; i++)
		if (npum_target_runs(t, i) && t->cycles[i])
			printf("  %-14s %10u  further cycles of each\n", npum_op_info(i)->name,
			       t->cycles[i]);
}

int firmware_show(const struct cli *cli, const struct file *file, const struct firmware *fw)
{
	if (cli->json)
		return show_json(cli, file, fw);
	firmware_summary_print(file->path, fw, file->data, file->size);
	for (u32 i = 0; i < fw->set.count; i++)
		print_personality(fw, i);
	print_target(&fw->target);
	print_target_fields(&fw->target);
	return CLI_OK;
}
