// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What differs between two .npu artefacts. */
#include "commands.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug.h"
#include "describe.h"
#include "lines.h"
#include "model.h"
#include "report.h"
#include "table.h"

/* Differing lines of the program that are shown; the others are counted. */
#define LINES_SHOWN 20

/**
 * struct difference - a row of the answer
 * @section: which it is in
 * @what: of it
 * @side: as it is in A and in B, "" where it is not
 */
struct difference {
	const char *section;
	char what[96];
	char side[2][160];
};

/**
 * struct diff - the comparison
 * @cli: the command line
 * @file: both files
 * @model: both models
 * @rows: @count differences found
 * @failed: memory was short
 */
struct diff {
	const struct cli *cli;
	struct file file[2];
	struct npu_model *model[2];
	struct difference *rows;
	size_t count;
	bool failed;
};

static struct difference *note(struct diff *d, uint32_t kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A row whose sides are still empty; one is given also without memory. */
static struct difference *note(struct diff *d, uint32_t kind, const char *format, ...)
{
	static struct difference nowhere;
	struct difference *rows = realloc(d->rows, (d->count + 1) * sizeof(*rows));
	va_list args;

	if (!rows) {
		d->failed = true;
		return &nowhere;
	}
	d->rows = rows;
	rows += d->count++;
	*rows = (struct difference){ .section = npu_file_section_name(kind) };
	va_start(args, format);
	vsnprintf(rows->what, sizeof(rows->what), format, args);
	va_end(args);
	return rows;
}

static void diff_text(struct diff *d, uint32_t kind, const char *what, const char *a, const char *b)
{
	struct difference *row;

	if (!strcmp(a, b))
		return;
	row = note(d, kind, "%s", what);
	snprintf(row->side[0], sizeof(row->side[0]), "%s", a);
	snprintf(row->side[1], sizeof(row->side[1]), "%s", b);
}

static void diff_number(struct diff *d, uint32_t kind, const char *what, const char *format,
			uint64_t a, uint64_t b)
{
	struct difference *row;

	if (a == b)
		return;
	row = note(d, kind, "%s", what);
	snprintf(row->side[0], sizeof(row->side[0]), format, a);
	snprintf(row->side[1], sizeof(row->side[1]), format, b);
}

static void diff_info(struct diff *d)
{
	const struct npu_model_info *a = npu_model_info(d->model[0]);
	const struct npu_model_info *b = npu_model_info(d->model[1]);
	const uint32_t kind = NPU_SECTION_INFO;

	diff_text(d, kind, "model", a->name, b->name);
	diff_number(d, kind, "digest of the model", "%016" PRIx64, a->digest, b->digest);
	diff_text(d, kind, "compiler", a->compiler, b->compiler);
	diff_text(d, kind, "personality", a->personality, b->personality);
	diff_text(d, kind, "all tensors kept", a->keep_all ? "yes" : "no",
		  b->keep_all ? "yes" : "no");
	diff_number(d, kind, "static bytes", "%" PRIu64, a->static_bytes, b->static_bytes);
	diff_number(d, kind, "temporary bytes", "%" PRIu64, a->temp_bytes, b->temp_bytes);
	diff_number(d, kind, "IO bytes", "%" PRIu64, a->io_bytes, b->io_bytes);
	diff_number(d, kind, "bound of temporaries", "%" PRIu64, a->temp_bound, b->temp_bound);
	diff_number(d, kind, "MACs", "%" PRIu64, a->macs, b->macs);
}

/* "applied: 16 ops compute in float16", "" where @key was not asked for. */
static void knob_text(const struct npu_model *model, const struct npu_file_knob *knob,
		      char text[160])
{
	*text = 0;
	if (knob)
		snprintf(text, 160, "%s: %s", knob->applied ? "applied" : "not applied",
			 npu_model_string(model, knob->because));
}

static const struct npu_file_knob *knob_named(const struct npu_model *model, const char *key)
{
	const struct npu_file_knob *knob;

	for (size_t i = 0; (knob = npu_model_knob(model, i)); i++)
		if (!strcmp(npu_model_string(model, knob->key), key))
			return knob;
	return NULL;
}

static void diff_knobs(struct diff *d)
{
	const struct npu_file_knob *knob;

	for (int side = 0; side < 2; side++) {
		const struct npu_model *here = d->model[side], *there = d->model[!side];

		for (size_t i = 0; (knob = npu_model_knob(here, i)); i++) {
			const char *key = npu_model_string(here, knob->key);
			const struct npu_file_knob *other = knob_named(there, key);
			char text[2][160];

			/* what both have was compared from A's side */
			if (side && other)
				continue;
			knob_text(here, knob, text[side]);
			knob_text(there, other, text[!side]);
			diff_text(d, NPU_SECTION_CONFIG, key, text[0], text[1]);
		}
	}
}

static void tensor_text(const struct npu_tensor_info *t, char text[160])
{
	char type[DESCRIBE_TENSOR_BYTES];

	*text = 0;
	if (t)
		snprintf(text, 160, "%.60s scale %.9g zero %d slot %u offset %u",
			 describe_tensor(t, type), (double)t->scale, t->zero_point, t->slot,
			 t->offset);
}

static bool alike(const struct npu_tensor_info *a, const struct npu_tensor_info *b)
{
	return a->role == b->role && !strcmp(a->name, b->name);
}

/* Inputs and outputs belong together by number; of others the n-th of a name to the n-th. */
static const struct npu_tensor_info *same_tensor(const struct npu_model *from,
						 const struct npu_model *to,
						 const struct npu_tensor_info *t)
{
	const struct npu_tensor_info *other;
	size_t before = 0;

	if (t->role == NPU_ROLE_INPUT)
		return npu_model_input(to, t->index);
	if (t->role == NPU_ROLE_OUTPUT)
		return npu_model_output(to, t->index);
	for (size_t i = 0; i < t->id; i++)
		before += alike(npu_model_tensor(from, i), t);
	for (size_t i = 0; (other = npu_model_tensor(to, i)); i++)
		if (alike(other, t) && !before--)
			return other;
	return NULL;
}

static void diff_tensors(struct diff *d)
{
	const struct npu_tensor_info *t;

	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; (t = npu_model_tensor(d->model[side], i)); i++) {
			const struct npu_tensor_info *other =
				same_tensor(d->model[side], d->model[!side], t);
			char text[2][160], what[96];

			if (side && other)
				continue;
			snprintf(what, sizeof(what), "%s %.70s", describe_role(t), t->name);
			tensor_text(t, text[side]);
			tensor_text(other, text[!side]);
			diff_text(d, NPU_SECTION_TENSORS, what, text[0], text[1]);
			if (other && strcmp(t->name, other->name))
				diff_text(d, NPU_SECTION_TENSORS, "name", t->name, other->name);
		}
	}
}

static int append(void *arg, const char *text)
{
	return fputs(text, arg) < 0;
}

static bool listing(const struct npu_model *model, struct lines *lines)
{
	size_t size, bytes = 0;
	const void *program = npu_model_program(model, &size);
	char *text = NULL;
	FILE *stream = open_memstream(&text, &bytes);
	bool bad;

	if (!stream)
		return false;
	bad = npuc_disassemble(program, size, append, stream);
	if (fclose(stream) || bad) {
		free(text);
		return false;
	}
	return lines_of(text, bytes, lines);
}

/**
 * struct shown - differing lines so far
 * @d: where they go
 * @count: of each side
 */
struct shown {
	struct diff *d;
	size_t count[2];
};

static void one_side(void *arg, int side, const char *line)
{
	struct shown *shown = arg;
	struct difference *row;

	if (shown->count[side]++ >= LINES_SHOWN)
		return;
	row = note(shown->d, NPU_SECTION_PROGRAM, "only in %c", side ? 'B' : 'A');
	snprintf(row->side[side], sizeof(row->side[side]), "%s%s", *line == '\t' ? "  " : "",
		 line + (*line == '\t'));
}

static void diff_lines(struct diff *d, const struct lines lines[2])
{
	struct shown shown = { .d = d };

	lines_compare(lines, one_side, &shown);
	for (int side = 0; side < 2; side++)
		if (shown.count[side] > LINES_SHOWN)
			snprintf(note(d, NPU_SECTION_PROGRAM, "only in %c", side ? 'B' : 'A')
					 ->side[side],
				 160, "... %zu lines more", shown.count[side] - LINES_SHOWN);
}

static void diff_program(struct diff *d)
{
	struct lines lines[2] = { 0 };
	size_t size[2];
	const void *a = npu_model_program(d->model[0], &size[0]);
	const void *b = npu_model_program(d->model[1], &size[1]);

	if (size[0] == size[1] && !memcmp(a, b, size[0]))
		return;
	diff_number(d, NPU_SECTION_PROGRAM, "records", "%" PRIu64,
		    npu_model_info(d->model[0])->op_count, npu_model_info(d->model[1])->op_count);
	if (listing(d->model[0], &lines[0]) && listing(d->model[1], &lines[1]))
		diff_lines(d, lines);
	else
		d->failed = true;
	for (int side = 0; side < 2; side++)
		lines_free(&lines[side]);
}

static void diff_constants(struct diff *d)
{
	size_t size[2], least, first = SIZE_MAX, different = 0;
	const uint8_t *a = npu_model_const(d->model[0], &size[0]);
	const uint8_t *b = npu_model_const(d->model[1], &size[1]);
	struct difference *row;

	diff_number(d, NPU_SECTION_CONST, "bytes", "%" PRIu64, size[0], size[1]);
	least = size[0] < size[1] ? size[0] : size[1];
	for (size_t i = 0; i < least; i++) {
		if (a[i] == b[i])
			continue;
		if (!different++)
			first = i;
	}
	if (!different)
		return;
	row = note(d, NPU_SECTION_CONST, "%zu of %zu bytes differ, the first at %zu", different,
		   least, first);
	snprintf(row->side[0], sizeof(row->side[0]), "0x%02x", a[first]);
	snprintf(row->side[1], sizeof(row->side[1]), "0x%02x", b[first]);
}

static void diff_debug(struct diff *d)
{
	const struct npu_file_span *a = &d->model[0]->file.section[NPU_SECTION_DEBUG];
	const struct npu_file_span *b = &d->model[1]->file.section[NPU_SECTION_DEBUG];

	diff_number(d, NPU_SECTION_DEBUG, "bytes", "%" PRIu64, a->size, b->size);
}

static void diff_layers(struct diff *d)
{
	const struct npu_layer_info *a, *b;

	diff_number(d, NPU_SECTION_LAYERS, "layers", "%" PRIu64,
		    npu_model_info(d->model[0])->layer_count,
		    npu_model_info(d->model[1])->layer_count);
	for (size_t i = 0;; i++) {
		char text[2][160];

		a = npu_model_layer(d->model[0], i);
		b = npu_model_layer(d->model[1], i);
		if (!a || !b)
			return;
		snprintf(text[0], sizeof(text[0]), "%s %.60s, %u records", a->type, a->name,
			 a->op_count);
		snprintf(text[1], sizeof(text[1]), "%s %.60s, %u records", b->type, b->name,
			 b->op_count);
		if (strcmp(text[0], text[1])) {
			char what[48];

			/* Behind the first one that differs, numbers say little. */
			snprintf(what, sizeof(what), "first that differs: layer %zu", i);
			diff_text(d, NPU_SECTION_LAYERS, what, text[0], text[1]);
			return;
		}
	}
}

static int print_text(const struct diff *d)
{
	static const struct table_column columns[] = {
		{ .title = "section" },
		{ .title = "what", .max_width = 48 },
		{ .title = "A", .max_width = 60 },
		{ .title = "B", .max_width = 60 },
		{ NULL },
	};
	struct table *table;
	int rc = CLI_NO;

	if (!d->count) {
		printf("%s and %s are the same\n", d->file[0].path, d->file[1].path);
		return CLI_OK;
	}
	table = table_new(columns);
	for (size_t i = 0; i < d->count; i++) {
		table_cell(table, "%s", d->rows[i].section);
		table_cell(table, "%s", d->rows[i].what);
		table_cell(table, "%s", d->rows[i].side[0]);
		table_cell(table, "%s", d->rows[i].side[1]);
	}
	if (table_print(table, stdout))
		rc = cli_error(d->cli, CLI_DEVICE, NULL, "out of memory");
	table_free(table);
	return rc;
}

static int print_json(const struct diff *d)
{
	json_t *report = report_new("npu-diff");
	json_t *rows = json_array();

	for (size_t i = 0; i < d->count; i++)
		json_array_append_new(rows, json_pack("{s:s, s:o, s:o, s:o}", "section",
						      d->rows[i].section, "what",
						      report_string(d->rows[i].what), "a",
						      report_string(d->rows[i].side[0]), "b",
						      report_string(d->rows[i].side[1])));
	json_object_set_new(report, "a", report_string(d->file[0].path));
	json_object_set_new(report, "b", report_string(d->file[1].path));
	json_object_set_new(report, "same", json_boolean(!d->count));
	json_object_set_new(report, "differences", rows);
	return report_print(d->cli, report, d->count ? CLI_NO : CLI_OK);
}

static int open_side(struct diff *d, int side)
{
	struct npu_error error = { 0 };
	struct file *file = &d->file[side];
	int rc = file_read(d->cli, d->cli->operands[side], file);

	if (rc)
		return rc;
	if (!model_is_artefact(file))
		return cli_error(d->cli, CLI_INPUT, file->path,
				 "is no .npu; 'npu compile' makes one from a model");
	if (npu_model_load(file->path, file->data, file->size, &d->model[side], &error))
		return cli_error(d->cli, CLI_INPUT, NULL, "%s", error.text);
	return CLI_OK;
}

static int compare(struct diff *d)
{
	static void (*const parts[])(struct diff * d) = {
		diff_info,    diff_knobs,     diff_tensors, diff_layers,
		diff_program, diff_constants, diff_debug,
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		parts[i](d);
	if (d->failed)
		return cli_error(d->cli, CLI_DEVICE, NULL, "out of memory");
	return d->cli->json ? print_json(d) : print_text(d);
}

static int diff_run(const struct cli *cli, const void *args)
{
	struct diff d = { .cli = cli };
	int rc = open_side(&d, 0);

	(void)args;
	if (!rc)
		rc = open_side(&d, 1);
	if (!rc)
		rc = compare(&d);
	for (int side = 0; side < 2; side++) {
		if (d.model[side])
			npu_model_free(d.model[side]);
		file_free(&d.file[side]);
	}
	free(d.rows);
	return rc;
}

const struct cli_command cmd_diff = {
	.name = "diff",
	.operands = "A.npu B.npu",
	.summary =
		"Show what differs between two .npu artefacts: options, tensors, program, constants.",
	.notes = "Exit code 0 when they say the same, 1 when they differ.",
	.min_operands = 2,
	.max_operands = 2,
	.run = diff_run,
};
