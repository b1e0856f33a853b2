// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Everything that is in a .npu artefact, as text. */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug.h"
#include "knobs.h"
#include "memory.h"
#include "model.h"
#include "npu_file.h"
#include "report.h"
#include "table.h"
#include "term.h"
#include "describe.h"

/* The i-th section; npu_model_load() has checked the table. */
static struct npu_file_section section_at(const struct file *file, uint32_t i)
{
	struct npu_file_section section;

	memcpy(&section, file->data + sizeof(struct npu_file_header) + i * sizeof(section),
	       sizeof(section));
	return section;
}

static struct npu_file_header header_of(const struct file *file)
{
	struct npu_file_header header;

	memcpy(&header, file->data, sizeof(header));
	return header;
}

/* Print a finished table with a blank line behind it, and release it. */
static int finish(const struct cli *cli, struct table *table)
{
	int rc = CLI_OK;

	if (table_print(table, stdout))
		rc = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	table_free(table);
	putchar('\n');
	return rc;
}

static int print_sections(const struct cli *cli, const struct file *file)
{
	static const struct table_column columns[] = {
		{ .title = "section" },
		{ .title = "offset", .right = true },
		{ .title = "bytes", .right = true },
		{ .title = "digest" },
		{ NULL },
	};
	const struct npu_file_header header = header_of(file);
	struct table *table = table_new(columns);

	for (uint32_t i = 0; i < header.section_count; i++) {
		const struct npu_file_section s = section_at(file, i);

		table_cell(table, "%s", npu_file_section_name(s.kind));
		table_cell(table, "%" PRIu64, s.offset);
		table_cell(table, "%" PRIu64, s.size);
		table_cell(table, "%016" PRIx64, s.digest);
	}
	return finish(cli, table);
}

static int print_tensors(const struct cli *cli, const struct npu_model *model)
{
	static const struct table_column columns[] = {
		{ .title = "tensor", .right = true },
		{ .title = "role" },
		{ .title = "type" },
		{ .title = "scale", .right = true },
		{ .title = "zero", .right = true },
		{ .title = "slot", .right = true },
		{ .title = "offset", .right = true },
		{ .title = "bytes", .right = true },
		{ .title = "name", .max_width = 60 },
		{ NULL },
	};
	struct table *table = table_new(columns);
	const struct npu_tensor_info *t;

	for (size_t i = 0; (t = npu_model_tensor(model, i)); i++) {
		char text[DESCRIBE_TENSOR_BYTES];

		table_cell(table, "%u", t->id);
		table_cell(table, "%s", describe_role(t));
		table_cell(table, "%s", describe_tensor(t, text));
		table_cell(table, "%.9g", (double)t->scale);
		table_cell(table, "%d", t->zero_point);
		table_cell(table, "%u", t->slot);
		table_cell(table, "%u", t->offset);
		table_cell(table, "%u", t->bytes);
		table_cell(table, "%s", t->name);
	}
	return finish(cli, table);
}

static int print_layers(const struct cli *cli, const struct npu_model *model)
{
	static const struct table_column columns[] = {
		{ .title = "layer", .right = true },
		{ .title = "source", .right = true },
		{ .title = "type" },
		{ .title = "records" },
		{ .title = "output" },
		{ .title = "MACs", .right = true },
		{ .title = "name", .max_width = 60 },
		{ NULL },
	};
	struct table *table = table_new(columns);
	const struct npu_layer_info *l;

	for (size_t i = 0; (l = npu_model_layer(model, i)); i++) {
		table_cell(table, "%zu", i);
		table_cell(table, "%u", l->source);
		table_cell(table, "%s", l->type);
		if (l->op_count)
			table_cell(table, "%u..%u", l->first_op, l->first_op + l->op_count - 1);
		else
			table_cell(table, "none");
		if (l->output == NPU_NO_TENSOR)
			table_cell(table, "none");
		else
			table_cell(table, "%u", l->output);
		table_cell(table, "%" PRIu64, l->macs);
		table_cell(table, "%s", l->name);
	}
	return finish(cli, table);
}

static int print_config(const struct cli *cli, const struct npu_model *model)
{
	static const struct table_column columns[] = {
		{ .title = "asked for" },
		{ .title = "effect" },
		{ .title = "because" },
		{ NULL },
	};
	const struct npu_file_knob *knob = npu_model_knob(model, 0);
	struct table *table;

	if (!knob)
		return CLI_OK;
	table = table_new(columns);
	for (size_t i = 0; (knob = npu_model_knob(model, i)); i++) {
		table_cell(table, "%s", npu_model_string(model, knob->key));
		table_cell(table, "%s", knob->applied ? "applied" : "not applied");
		table_cell(table, "%s", npu_model_string(model, knob->because));
	}
	return finish(cli, table);
}

/* Names of an op's tensors of one use, with commas. */
static const char *debug_names(const struct npu_model *model, const struct npu_file_debug_op *op,
			       uint32_t use, char *room, size_t size)
{
	const struct npu_file_debug_tensor *t;
	size_t length = 0;

	*room = 0;
	for (size_t i = 0; (t = npu_model_debug_tensor(model, op, i)) && length < size; i++)
		if (t->use == use)
			length += (size_t)snprintf(room + length, size - length, "%s%s",
						   length ? ", " : "",
						   npu_model_string(model, t->name));
	return room;
}

static void debug_fate(struct table *table, const struct npu_file_debug_op *op)
{
	if (op->fate == NPU_DEBUG_RECORDS)
		table_cell(table, "records %u..%u", op->first_record,
			   op->first_record + op->record_count - 1);
	else if (op->fate == NPU_DEBUG_CONSTANT)
		table_cell(table, "computed by the compiler");
	else if (op->fate == NPU_DEBUG_FOLDED && op->into != NPU_FILE_NONE)
		table_cell(table, "part of debug op %u", op->into);
	else
		table_cell(table, "nothing to do");
}

static int print_debug(const struct cli *cli, const struct npu_model *model)
{
	static const struct table_column columns[] = {
		{ .title = "debug op", .right = true },
		{ .title = "source", .right = true },
		{ .title = "type" },
		{ .title = "became" },
		{ .title = "reads", .max_width = 40 },
		{ .title = "parameters", .max_width = 40 },
		{ .title = "writes", .max_width = 40 },
		{ NULL },
	};
	const struct npu_file_debug_op *op = npu_model_debug_op(model, 0);
	struct table *table;
	char names[512];

	if (!op)
		return CLI_OK;
	table = table_new(columns);
	for (size_t i = 0; (op = npu_model_debug_op(model, i)); i++) {
		table_cell(table, "%zu", i);
		if (op->source == NPU_FILE_NONE)
			table_cell(table, "added");
		else
			table_cell(table, "%u", op->source);
		table_cell(table, "%s", npu_model_string(model, op->type));
		debug_fate(table, op);
		table_cell(table, "%s",
			   debug_names(model, op, NPU_DEBUG_READS, names, sizeof(names)));
		table_cell(table, "%s",
			   debug_names(model, op, NPU_DEBUG_PARAMETER, names, sizeof(names)));
		table_cell(table, "%s",
			   debug_names(model, op, NPU_DEBUG_WRITES, names, sizeof(names)));
	}
	return finish(cli, table);
}

/* Which ops run where; numbers behind the program's records are host operators. */
static int print_segments(const struct cli *cli, const struct npu_model *model)
{
	static const struct table_column columns[] = {
		{ .title = "partition", .right = true },
		{ .title = "runs on" },
		{ .title = "ops" },
		{ .title = "kind" },
		{ NULL },
	};
	struct table *table = table_new(columns);
	const struct npu_segment_info *s;

	for (size_t i = 0; (s = npu_model_segment(model, i)); i++) {
		table_cell(table, "%u", s->partition);
		table_cell(table, "%s", s->place == NPU_PLACE_HOST ? "cpu" : "npu");
		table_cell(table, "%u..%u", s->first_op, s->first_op + s->op_count - 1);
		table_cell(table, "%s",
			   s->first_op < npu_model_info(model)->record_count ? "records" :
									       "host operators");
	}
	return finish(cli, table);
}

static int write_text(void *arg, const char *text)
{
	return fputs(text, arg) < 0;
}

static int print_text(const struct cli *cli, const struct file *file, const struct npu_model *model)
{
	const struct npu_model_info *info = npu_model_info(model);
	const struct npu_file_header header = header_of(file);
	size_t size;
	const void *program = npu_model_program(model, &size);
	int rc;

	printf("%s: .npu %u.%u, %zu bytes\n", file->path, header.major, header.minor, file->size);
	term_printf("model        %s, digest %016" PRIx64 "\n", info->name, info->digest);
	term_printf("compiler     %s, personality %s%s\n", info->compiler, info->personality,
		    info->keep_all ? ", all tensors kept" : "");
	printf("memory       static %" PRIu64 ", temporary %" PRIu64 " (bound %" PRIu64
	       "), IO %" PRIu64 ", L1 %" PRIu64 " bytes\n",
	       info->static_bytes, info->temp_bytes, info->temp_bound, info->io_bytes,
	       info->l1_bytes);
	printf("work         %" PRIu64 " MACs in %u op records\n\n", info->macs,
	       info->record_count);
	rc = print_sections(cli, file);
	if (!rc && info->partition_count != info->device_partition_count)
		rc = print_segments(cli, model);
	if (!rc)
		rc = print_tensors(cli, model);
	if (!rc)
		rc = print_layers(cli, model);
	if (!rc)
		rc = print_config(cli, model);
	if (!rc)
		rc = print_debug(cli, model);
	if (!rc && npuc_disassemble(program, size, write_text, stdout))
		rc = cli_error(cli, CLI_DEVICE, file->path, "cannot be disassembled");
	return rc;
}

static json_t *sections_report(const struct file *file)
{
	const struct npu_file_header header = header_of(file);
	json_t *array = json_array();

	for (uint32_t i = 0; i < header.section_count; i++) {
		const struct npu_file_section s = section_at(file, i);
		char digest[17];

		snprintf(digest, sizeof(digest), "%016" PRIx64, s.digest);
		json_array_append_new(array, json_pack("{s:s, s:I, s:I, s:s}", "name",
						       npu_file_section_name(s.kind), "offset",
						       (json_int_t)s.offset, "bytes",
						       (json_int_t)s.size, "digest", digest));
	}
	return array;
}

/* The listing as one string, NULL when it cannot be made. */
static json_t *program_report(const struct npu_model *model)
{
	char *text = NULL;
	size_t length = 0;
	size_t size;
	const void *program = npu_model_program(model, &size);
	FILE *stream = open_memstream(&text, &length);
	json_t *listing = NULL;
	bool bad;

	if (!stream)
		return NULL;
	bad = npuc_disassemble(program, size, write_text, stream);
	if (!fclose(stream) && !bad)
		listing = report_string(text);
	free(text);
	return listing;
}

static json_t *config_report(const struct npu_model *model)
{
	const struct npu_file_knob *knob;
	json_t *array = json_array();

	for (size_t i = 0; (knob = npu_model_knob(model, i)); i++)
		json_array_append_new(
			array, json_pack("{s:o, s:b, s:o}", "option",
					 report_string(npu_model_string(model, knob->key)),
					 "applied", (int)knob->applied, "because",
					 report_string(npu_model_string(model, knob->because))));
	return array;
}

static json_t *number_or_null(uint32_t number)
{
	return number == NPU_FILE_NONE ? json_null() : json_integer(number);
}

static json_t *debug_tensors(const struct npu_model *model, const struct npu_file_debug_op *op)
{
	static const char *const uses[] = { "reads", "writes", "parameter" };
	const struct npu_file_debug_tensor *t;
	json_t *array = json_array();

	for (size_t i = 0; (t = npu_model_debug_tensor(model, op, i)); i++)
		json_array_append_new(array,
				      json_pack("{s:o, s:I, s:s, s:o}", "name",
						report_string(npu_model_string(model, t->name)),
						"source", (json_int_t)t->source, "use",
						uses[t->use], "tensor", number_or_null(t->entry)));
	return array;
}

static json_t *debug_report(const struct npu_model *model)
{
	static const char *const fates[] = { "records", "folded", "constant", "nothing" };
	const struct npu_file_debug_op *op;
	json_t *array = json_array();

	for (size_t i = 0; (op = npu_model_debug_op(model, i)); i++)
		json_array_append_new(array,
				      json_pack("{s:o, s:o, s:s, s:o, s:I, s:I, s:o}", "type",
						report_string(npu_model_string(model, op->type)),
						"source", number_or_null(op->source), "became",
						fates[op->fate], "into", number_or_null(op->into),
						"first_record", (json_int_t)op->first_record,
						"records", (json_int_t)op->record_count, "tensors",
						debug_tensors(model, op)));
	return array;
}

static int print_json(const struct cli *cli, const struct file *file, const struct npu_model *model)
{
	const struct npu_model_info *info = npu_model_info(model);
	json_t *report = report_new("npu-objdump");
	json_t *tensors = json_array();
	json_t *layers = json_array();
	const struct npu_tensor_info *t;
	const struct npu_layer_info *l;

	for (size_t i = 0; (t = npu_model_tensor(model, i)); i++)
		json_array_append_new(tensors, describe_tensor_json(t));
	for (size_t i = 0; (l = npu_model_layer(model, i)); i++)
		json_array_append_new(layers, describe_layer_json(l));
	json_object_set_new(report, "file", report_string(file->path));
	json_object_set_new(report, "model", report_string(info->name));
	json_object_set_new(report, "compiler", report_string(info->compiler));
	json_object_set_new(report, "personality", report_string(info->personality));
	json_object_set_new(report, "keep_all", json_boolean(info->keep_all));
	json_object_set_new(report, "macs", json_integer((json_int_t)info->macs));
	json_object_set_new(report, "memory", memory_report(model, 0));
	json_object_set_new(report, "sections", sections_report(file));
	json_object_set_new(report, "tensors", tensors);
	json_object_set_new(report, "layers", layers);
	json_object_set_new(report, "program", program_report(model));
	if (npu_model_knob(model, 0))
		json_object_set_new(report, "config", config_report(model));
	if (npu_model_debug_op(model, 0))
		json_object_set_new(report, "debug", debug_report(model));
	return report_print(cli, report, CLI_OK);
}

static int dump(const struct cli *cli, const struct file *file)
{
	struct npu_error error = { 0 };
	struct npu_model *model;
	int rc;

	if (!model_is_artefact(file))
		return cli_error(cli, CLI_INPUT, file->path,
				 "is no .npu; 'npu compile' makes one from a model");
	if (npu_model_load(file->path, file->data, file->size, &model, &error))
		return cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	rc = cli->json ? print_json(cli, file, model) : print_text(cli, file, model);
	npu_model_free(model);
	return rc;
}

static int objdump_run(const struct cli *cli, const void *args)
{
	struct file file;
	int rc = file_read(cli, cli->operands[0], &file);

	(void)args;
	if (rc)
		return rc;
	rc = dump(cli, &file);
	file_free(&file);
	return rc;
}

const struct cli_command cmd_objdump = {
	.name = "objdump",
	.operands = "X.npu",
	.summary = "Show what is in a .npu artefact: sections, tensors, layers, program.",
	.min_operands = 1,
	.max_operands = 1,
	.run = objdump_run,
};
