// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Firmware images: from descriptions, to the screen, beside each other. */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware.h"
#include "report.h"
#include "suggest.h"
#include "table.h"
#include "term.h"

struct fw_args {
	const char *output;
	const char *source;
};

static int out_of_memory(const struct cli *cli)
{
	return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
}

static json_t *summary_report(const char *type, const char *path, const struct firmware *fw,
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

static void print_summary(const char *path, const struct firmware *fw, const void *image,
			  size_t size)
{
	struct npum_fw_version v;

	npum_firmware_version(image, &v);
	term_printf("%s: \"%s\", format %u.%u, %zu bytes, CRC %08x, %u personalit%s, target %s\n",
		    path, v.text, v.major, v.minor, size, v.crc, fw->set.count,
		    fw->set.count == 1 ? "y" : "ies", fw->target.name);
}

/* What was written is read back before anybody relies on it. */
static int check_image(const struct cli *cli, const void *image, size_t size)
{
	struct npum_personality_set *set = calloc(1, sizeof(*set));
	struct npum_target target;
	struct npum_fw_refusal why;
	int rc = CLI_OK;

	if (!set)
		return out_of_memory(cli);
	if (npum_firmware_parse(image, size, set, &target, &why))
		rc = cli_error(cli, CLI_INPUT, NULL, "what is described makes no image: %s",
			       why.sentence);
	free(set);
	return rc;
}

static int write_image(const struct cli *cli, const struct fw_args *args, const struct firmware *fw)
{
	size_t size = 0;
	void *image = firmware_image(fw, &size);
	int rc;

	if (!image)
		return out_of_memory(cli);
	rc = check_image(cli, image, size);
	if (!rc)
		rc = file_write(cli, args->output, image, size);
	if (!rc && cli->json)
		rc = report_print(
			cli, summary_report("npu-fw-build", args->output, fw, image, size), CLI_OK);
	else if (!rc && !cli->quiet)
		print_summary(args->output, fw, image, size);
	free(image);
	return rc;
}

static int write_source(const struct cli *cli, const struct fw_args *args,
			const struct firmware *fw)
{
	char *text = firmware_source(fw);
	int rc;

	if (!text)
		return out_of_memory(cli);
	rc = file_write(cli, args->source, text, strlen(text));
	free(text);
	return rc;
}

static int fw_build(const struct cli *cli, const struct fw_args *args, const char *const *files,
		    size_t count)
{
	struct firmware *fw;
	int rc;

	if (!args->output)
		return cli_error(cli, CLI_USAGE, "--output",
				 "is missing: where to write the image");
	rc = firmware_describe(cli, files, count, &fw);
	if (rc)
		return rc;
	rc = write_image(cli, args, fw);
	if (!rc && args->source)
		rc = write_source(cli, args, fw);
	firmware_free(fw);
	return rc;
}

/* The value of a field as in a description. */
static const char *field_text(const struct npum_field *f, const void *of, char room[16])
{
	u32 value = npum_field_get(f, of);

	if (f->words)
		return f->words[value];
	snprintf(room, 16, "%u", value);
	return room;
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
	json_t *report = summary_report("npu-fw", file->path, fw, file->data, file->size);
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
			printf("  %-20s %-14s %s\n", f->name, field_text(f, of, room), f->meaning);
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

static int fw_show(const struct cli *cli, const struct fw_args *args, const char *const *files,
		   size_t count)
{
	struct firmware *fw;
	struct file file;
	int rc = firmware_read(cli, files[0], &file, &fw);

	(void)args;
	(void)count;
	if (rc)
		return rc;
	if (cli->json) {
		rc = show_json(cli, &file, fw);
	} else {
		print_summary(file.path, fw, file.data, file.size);
		for (u32 i = 0; i < fw->set.count; i++)
			print_personality(fw, i);
		print_target(&fw->target);
		print_target_fields(&fw->target);
	}
	firmware_free(fw);
	file_free(&file);
	return rc;
}

static int fw_verify(const struct cli *cli, const struct fw_args *args, const char *const *files,
		     size_t count)
{
	struct firmware *fw;
	struct file file;
	int rc = firmware_read(cli, files[0], &file, &fw);

	(void)args;
	(void)count;
	if (rc)
		return rc;
	if (cli->json)
		rc = report_print(
			cli, summary_report("npu-fw-verify", file.path, fw, file.data, file.size),
			CLI_OK);
	else
		print_summary(file.path, fw, file.data, file.size);
	firmware_free(fw);
	file_free(&file);
	return rc;
}

/* struct differences - what was found, as lines or as JSON */
struct differences {
	json_t *list;
	bool json;
	u32 count;
};

static void differ(struct differences *d, const char *of, const char *what, const char *a,
		   const char *b)
{
	d->count++;
	if (d->json)
		json_array_append_new(d->list,
				      json_pack("{s:o, s:o, s:o, s:o}", "of", report_string(of),
						"what", report_string(what), "a", report_string(a),
						"b", report_string(b)));
	else
		term_printf("%s: %s: %s -> %s\n", of, what, a, b);
}

static void diff_text(struct differences *d, const char *of, const char *what, const char *a,
		      const char *b)
{
	if (strcmp(a, b))
		differ(d, of, what, a, b);
}

static void diff_number(struct differences *d, const char *of, const char *what, u32 a, u32 b)
{
	char text[2][16];

	snprintf(text[0], sizeof(text[0]), "%u", a);
	snprintf(text[1], sizeof(text[1]), "%u", b);
	diff_text(d, of, what, text[0], text[1]);
}

static void diff_fields(struct differences *d, const char *of,
			const struct npum_field *(*row)(u32 i), const void *a, const void *b)
{
	const struct npum_field *f;
	char room[2][16];

	for (u32 i = 0; (f = row(i)); i++)
		diff_text(d, of, f->name, field_text(f, a, room[0]), field_text(f, b, room[1]));
}

static const char *rest_name(const struct firmware *fw, const struct npum_personality *p)
{
	return p->rest ? npum_personality_find(&fw->set, p->rest)->name : "none";
}

static void diff_personality(struct differences *d, const struct firmware *const fw[2],
			     const struct npum_personality *a, const struct npum_personality *b)
{
	const char *sources[2] = {
		fw[0]->sources[a - fw[0]->set.at],
		fw[1]->sources[b - fw[1]->set.at],
	};

	diff_number(d, a->name, "id", a->id, b->id);
	diff_text(d, a->name, "evidence", npum_evidence_name(a->evidence),
		  npum_evidence_name(b->evidence));
	diff_text(d, a->name, "summary", a->summary, b->summary);
	diff_text(d, a->name, "rest", rest_name(fw[0], a), rest_name(fw[1], b));
	diff_fields(d, a->name, npum_field_at, a, b);
	diff_text(d, a->name, "sources", sources[0] ? sources[0] : "",
		  sources[1] ? sources[1] : "");
}

static void diff_sets(struct differences *d, const struct firmware *const fw[2])
{
	const struct npum_personality_set *a = &fw[0]->set, *b = &fw[1]->set;

	diff_text(d, "image", "default", a->at[0].name, b->at[0].name);
	for (u32 i = 0; i < a->count; i++) {
		const struct npum_personality *other = npum_personality_named(b, a->at[i].name);

		if (other)
			diff_personality(d, fw, &a->at[i], other);
		else
			differ(d, a->at[i].name, "personality", "there", "not there");
	}
	for (u32 i = 0; i < b->count; i++)
		if (!npum_personality_named(a, b->at[i].name))
			differ(d, b->at[i].name, "personality", "not there", "there");
}

static void diff_targets(struct differences *d, const struct npum_target *a,
			 const struct npum_target *b)
{
	diff_text(d, "target", "name", a->name, b->name);
	for (u32 i = 1; npum_dtype_size(i); i++)
		diff_text(d, "target", npum_dtype_name(i), a->dtypes >> i & 1 ? "yes" : "no",
			  b->dtypes >> i & 1 ? "yes" : "no");
	for (u32 i = 0; i < NPUM_TARGET_OPCODES; i++) {
		if (!npum_op_info(i))
			continue;
		diff_text(d, "target", npum_op_info(i)->name, npum_target_runs(a, i) ? "yes" : "no",
			  npum_target_runs(b, i) ? "yes" : "no");
		diff_number(d, "target's further cycles", npum_op_info(i)->name, a->cycles[i],
			    b->cycles[i]);
	}
	diff_fields(d, "target", npum_target_field_at, a, b);
}

static int diff_images(const struct cli *cli, const char *const *files,
		       const struct firmware *const fw[2])
{
	struct differences d = { .json = cli->json, .list = json_array() };
	json_t *report;
	int code;

	diff_text(&d, "image", "version", fw[0]->version, fw[1]->version);
	diff_sets(&d, fw);
	diff_targets(&d, &fw[0]->target, &fw[1]->target);
	code = d.count ? CLI_NO : CLI_OK;
	if (!cli->json) {
		json_decref(d.list);
		if (!d.count)
			term_printf("%s and %s hold the same\n", files[0], files[1]);
		return code;
	}
	report = report_new("npu-fw-diff");
	json_object_set_new(report, "a", report_string(files[0]));
	json_object_set_new(report, "b", report_string(files[1]));
	json_object_set_new(report, "equal", json_boolean(!d.count));
	json_object_set_new(report, "differences", d.list);
	return report_print(cli, report, code);
}

static int fw_diff(const struct cli *cli, const struct fw_args *args, const char *const *files,
		   size_t count)
{
	struct firmware *fw[2] = { NULL };
	int rc = CLI_OK;

	(void)args;
	for (size_t i = 0; !rc && i < count; i++)
		rc = firmware_read(cli, files[i], NULL, &fw[i]);
	if (!rc)
		rc = diff_images(cli, files, (const struct firmware *const[]){ fw[0], fw[1] });
	firmware_free(fw[0]);
	firmware_free(fw[1]);
	return rc;
}

static const struct {
	const char *name;
	size_t least;
	size_t most;
	const char *wants;
	int (*run)(const struct cli *cli, const struct fw_args *args, const char *const *files,
		   size_t count);
} verbs[] = {
	{ "build", 1, SIZE_MAX, "one or more descriptions", fw_build },
	{ "show", 1, 1, "one image", fw_show },
	{ "diff", 2, 2, "two images", fw_diff },
	{ "verify", 1, 1, "one image", fw_verify },
};

const char *cmd_fw_verb(size_t i)
{
	return i < sizeof(verbs) / sizeof(verbs[0]) ? verbs[i].name : NULL;
}

static int fw_run(const struct cli *cli, const void *args_)
{
	const struct fw_args *args = args_;
	struct suggest s = { .word = cli->operands[0] };
	size_t files = cli->operand_count - 1;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		suggest_offer(&s, verbs[i].name);
		if (strcmp(verbs[i].name, cli->operands[0]))
			continue;
		if (files < verbs[i].least || files > verbs[i].most)
			return cli_error(cli, CLI_USAGE, verbs[i].name, "takes %s", verbs[i].wants);
		if (verbs[i].run != fw_build && (args->output || args->source))
			return cli_error(cli, CLI_USAGE, verbs[i].name, "writes no file");
		return verbs[i].run(cli, args, cli->operands + 1, files);
	}
	if (s.best)
		return cli_error(cli, CLI_USAGE, cli->operands[0],
				 "is nothing to do with firmware, did you mean %s?", s.best);
	return cli_error(cli, CLI_USAGE, cli->operands[0],
			 "is nothing to do with firmware; build, show, diff and verify are");
}

static const struct cli_option options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .type = CLI_STRING,
	  .offset = offsetof(struct fw_args, output),
	  .arg = "FILE",
	  .help = "build: the image to write" },
	{ .name = "source",
	  .type = CLI_STRING,
	  .offset = offsetof(struct fw_args, source),
	  .arg = "FILE",
	  .help = "build: write the same as C, too, for the model to be built with" },
	CLI_END,
};

const struct cli_command cmd_fw = {
	.name = "fw",
	.operands = "build DESC... | show IMAGE | diff A B | verify IMAGE",
	.summary = "Build firmware images from descriptions, show, compare and check them.",
	.notes = "A description is a YAML file, of a personality or of a device that lists "
		 "personalities. Without a device, build puts the personalities behind the "
		 "built-in ones.\n"
		 "Exit code 1 when two images differ, 3 when an image or a description is refused.",
	.min_operands = 1,
	.max_operands = UINT32_MAX,
	.options = options,
	.args_size = sizeof(struct fw_args),
	.run = fw_run,
};
