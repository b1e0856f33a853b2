// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What a core dump of a device tells: which op of which layer, why, and what to do. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "coredump.h"
#include "drm/vnpu_accel.h"
#include "file.h"
#include "model.h"
#include "npum.h"
#include "npuc.h"
#include "report.h"
#include "table.h"
#include "term.h"

/* Records that are listed before the one that the job was in. */
#define RECORDS_BEFORE 2

struct coredump_args {
	const char *model;
};

/* What a fault is called, why it comes and what helps. */
struct fault_text {
	const char *name;
	const char *why;
	const char *todo;
};

static const struct fault_text fault_texts[] = {
	[DRM_VNPU_FAULT_HANG] = { "hang",
				  "the job made no progress for its context's timeout and was cancelled",
				  "Make a new context: this one takes no jobs any more, all others went on. If it "
				  "hangs again in the same op, 'npu run' the model on sim: what ends there hangs "
				  "on the device only. A host that is overloaded, or an emulator, may need a longer "
				  "timeout of the context (npu_session_options.timeout_ms)." },
	[DRM_VNPU_FAULT_DEAD_CORE] = { "dead core",
				       "the job made no progress, and its core did not answer to being cancelled",
				       "The device takes no jobs until root writes 1 to its file 'reset' in sysfs; that "
				       "says EBUSY while the core still does not answer. Then bind the driver anew. "
				       "Please report it: a core that does not answer is a defect of the driver." },
	[DRM_VNPU_FAULT_CONSTANTS] = { "constants differ",
				       "the constants in the buffer are not those whose digest the job named",
				       "Nothing was computed. Load the constants again, from the artefact: the context is "
				       "fine. If it comes again, something writes to that buffer, or the host's memory "
				       "is bad." },
	[DRM_VNPU_FAULT_MACHINE] = { "machine error",
				     "the machine ended the job with an error of its own",
				     "The context is fine. Please report it, with this file." },
};

static const struct fault_text *fault_text(uint32_t fault)
{
	static const struct fault_text unknown = {
		"fault of an unknown kind",
		"this tool is older than the driver that wrote the dump",
		"Use the npu tool of the same version as the driver.",
	};
	size_t count = sizeof(fault_texts) / sizeof(fault_texts[0]);

	return fault < count && fault_texts[fault].name ? &fault_texts[fault] : &unknown;
}

static const char *event_name(uint32_t type)
{
	static const char *const names[] = {
		[VNPU_COREDUMP_EVENT_FAULT] = "fault", [VNPU_COREDUMP_EVENT_WEDGED] = "wedged",
		[VNPU_COREDUMP_EVENT_RESET] = "reset", [VNPU_COREDUMP_EVENT_FIRMWARE] = "firmware",
		[VNPU_COREDUMP_EVENT_ADDED] = "added", [VNPU_COREDUMP_EVENT_REMOVED] = "removed",
	};
	size_t count = sizeof(names) / sizeof(names[0]);

	return type < count && names[type] ? names[type] : "?";
}

static const char *slot_kind(uint32_t kind)
{
	static const char *const names[] = {
		[VNPU_SLOT_CONST] = "const",
		[VNPU_SLOT_TEMP] = "temp",
		[VNPU_SLOT_INPUT] = "input",
		[VNPU_SLOT_OUTPUT] = "output",
	};
	size_t count = sizeof(names) / sizeof(names[0]);

	return kind < count && names[kind] ? names[kind] : "?";
}

/* A dump being explained. */
struct story {
	const struct cli *cli;
	const struct file *file;
	const struct npu_model *model; /* NULL: none was given */
	struct coredump dump;
	char *listing; /* of the program; NULL: it has none */
};

/* The layer that the op belongs to; NULL: it is not known. */
static const struct npu_layer_info *layer_of(const struct story *s, size_t *index)
{
	const struct npu_layer_info *l;

	for (*index = 0; s->model && (l = npu_model_layer(s->model, *index)); ++*index)
		if (s->dump.fault.op - l->first_op < l->op_count)
			return l;
	return NULL;
}

/* Name of the op that the job was in; NULL: the program does not say. */
static const char *op_name(const struct story *s)
{
	struct vnpu_program_header header;
	const struct npum_op_info *info;
	uint32_t opcode;
	uint64_t at;

	if (s->dump.program_size < sizeof(header))
		return NULL;
	memcpy(&header, s->dump.program, sizeof(header));
	at = header.op_offset + (uint64_t)s->dump.fault.op * header.op_size +
	     offsetof(struct vnpu_op, opcode);
	if (s->dump.fault.op >= header.op_count || at + sizeof(opcode) > s->dump.program_size)
		return NULL;
	memcpy(&opcode, s->dump.program + at, sizeof(opcode));
	info = npum_op_info(opcode);
	return info ? info->name : NULL;
}

static double ms_between(uint64_t from, uint64_t to)
{
	return to > from ? (double)(to - from) / 1e6 : 0.0;
}

static void print_what(const struct story *s)
{
	const struct vnpu_coredump_fault *f = &s->dump.fault;
	const struct fault_text *text = fault_text(f->fault);
	const struct npu_layer_info *layer;
	const char *op = op_name(s);
	size_t index;

	printf("%s: %s", s->file->path, text->name);
	if (f->op != VNPU_COREDUMP_NONE)
		printf(" in op %u of %u", f->op, f->op_count);
	if (op)
		printf(" (%s)", op);
	layer = layer_of(s, &index);
	if (layer)
		term_printf(", layer %zu %s %s", index, layer->type, layer->name);
	printf("\n\n");
	printf("why          %s\n", text->why);
	printf("error        %d (%s)\n", f->error, strerror(f->error < 0 ? -f->error : f->error));
}

static void print_when(const struct story *s)
{
	const struct vnpu_coredump_fault *f = &s->dump.fault;
	const time_t seconds = (time_t)(f->realtime_ns / 1000000000u);
	char text[32] = "?";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	printf("when         %s, %.3f s after boot\n", text, (double)f->time_ns / 1e9);
	printf("job          %llu: %.1f ms in the queue, then %.1f ms on core %u, %u tiles "
	       "done\n",
	       f->job, ms_between(f->queued_ns, f->started_ns),
	       ms_between(f->started_ns, f->time_ns), f->core, f->progress);
	printf("progress     the last one %.1f ms before; the timeout is %u ms\n",
	       ms_between(f->progress_ns, f->time_ns), f->timeout_ms);
}

static void print_where(const struct story *s)
{
	const struct vnpu_coredump_context *c = &s->dump.context;
	const struct vnpu_coredump_device *d = &s->dump.device;
	const struct vnpu_coredump_firmware *w = &s->dump.firmware;

	term_printf("process      %s, pid %u, client %llu\n", c->process, c->pid, c->client);
	printf("context      %u, priority %u, %s: %llu jobs, %llu done, %llu"
	       " failed, %.1f ms\n",
	       c->handle, c->priority, c->state == DRM_VNPU_CTX_OK ? "ok" : "guilty", c->submitted,
	       c->completed, c->failed, (double)c->busy_ns / 1e6);
	term_printf("device       %s, %u cores, %u dead, driver %s, Linux %s\n", d->device,
		    d->cores, d->dead_cores, d->driver, d->kernel);
	term_printf("firmware     %s, version %s, crc %08x, generation %u, personality %s\n",
		    w->file[0] ? w->file : "built-in", w->version, w->crc, w->generation, w->name);
}

static int write_text(void *arg, const char *text)
{
	return fputs(text, arg) < 0;
}

/* The program as text, NULL when it cannot be had. */
static char *list_program(const struct coredump *dump)
{
	size_t length = 0;
	char *text = NULL;
	FILE *stream;
	bool bad;

	if (!dump->program || dump->program_size != dump->program_whole)
		return NULL;
	stream = open_memstream(&text, &length);
	if (!stream)
		return NULL;
	bad = npuc_disassemble(dump->program, dump->program_size, write_text, stream);
	if (!fclose(stream) && !bad)
		return text;
	free(text);
	return NULL;
}

/* Does a line of the listing begin record @op?  Its operands stand on lines of their own. */
static bool begins_record(const char *line, uint32_t *op)
{
	char *end;
	unsigned long n = strtoul(line, &end, 10);

	if (end == line || *end != ':' || *line == '\t')
		return false;
	*op = (uint32_t)n;
	return true;
}

static void print_records(const struct story *s)
{
	uint32_t last = s->dump.fault.op;
	uint32_t first = last > RECORDS_BEFORE ? last - RECORDS_BEFORE : 0;
	uint32_t op = VNPU_COREDUMP_NONE;

	if (!s->listing) {
		printf("\nno listing: the program is not whole, or not one that this tool knows\n");
		return;
	}
	printf("\nrecords up to the one that it was in\n");
	for (const char *line = s->listing; *line;) {
		size_t length = strcspn(line, "\n");

		begins_record(line, &op);
		if (op != VNPU_COREDUMP_NONE && op >= first && op <= last)
			printf("%s%.*s\n", op == last ? "> " : "  ", (int)length, line);
		line += length + (line[length] == '\n');
	}
}

static int print_bindings(const struct story *s)
{
	static const struct table_column columns[] = {
		{ .title = "slot", .right = true },
		{ .title = "kind" },
		{ .title = "access" },
		{ .title = "handle", .right = true },
		{ .title = "offset", .right = true },
		{ .title = "bound", .right = true },
		{ .title = "needed", .right = true },
		{ .title = "buffer", .right = true },
		{ NULL },
	};
	struct table *table = table_new(columns);
	struct vnpu_coredump_binding b;
	int rc;

	for (size_t i = 0; coredump_record(&s->dump.bindings, i, &b, sizeof(b)); i++) {
		table_cell(table, "%u", b.slot);
		table_cell(table, "%s", slot_kind(b.kind));
		table_cell(table, "%s%s", b.access & DRM_VNPU_SLOT_READ ? "r" : "-",
			   b.access & DRM_VNPU_SLOT_WRITE ? "w" : "-");
		table_cell(table, "%u", b.handle);
		table_cell(table, "%llu", b.offset);
		table_cell(table, "%llu", b.size);
		table_cell(table, "%llu", b.needed);
		table_cell(table, "%llu", b.bo_size);
	}
	putchar('\n');
	rc = table_print(table, stdout);
	table_free(table);
	return rc;
}

static int print_jobs(const struct story *s)
{
	static const struct table_column columns[] = {
		{ .title = "job", .right = true },	 { .title = "client", .right = true },
		{ .title = "context", .right = true },	 { .title = "ops", .right = true },
		{ .title = "started s", .right = true }, { .title = "ms", .right = true },
		{ .title = "error", .right = true },	 { NULL },
	};
	struct table *table = table_new(columns);
	struct vnpu_coredump_job j;
	int rc;

	for (size_t i = 0; coredump_record(&s->dump.jobs, i, &j, sizeof(j)); i++) {
		table_cell(table, "%llu", j.job);
		table_cell(table, "%llu", j.client);
		table_cell(table, "%u", j.ctx);
		table_cell(table, "%u", j.op_count);
		table_cell(table, "%.3f", (double)j.started_ns / 1e9);
		table_cell(table, "%.1f", ms_between(j.started_ns, j.ended_ns));
		table_cell(table, "%d", j.error);
	}
	printf("\nlast jobs of the core\n");
	rc = table_print(table, stdout);
	table_free(table);
	return rc;
}

static int print_events(const struct story *s)
{
	static const struct table_column columns[] = {
		{ .title = "time s", .right = true },
		{ .title = "event" },
		{ .title = "fault" },
		{ .title = "error", .right = true },
		{ .title = "job", .right = true },
		{ NULL },
	};
	struct table *table = table_new(columns);
	struct vnpu_coredump_event e;
	int rc;

	for (size_t i = 0; coredump_record(&s->dump.events, i, &e, sizeof(e)); i++) {
		table_cell(table, "%.3f", (double)e.time_ns / 1e9);
		table_cell(table, "%s", event_name(e.type));
		table_cell(table, "%s", e.fault ? fault_text(e.fault)->name : "");
		table_cell(table, "%d", e.error);
		table_cell(table, "%llu", e.job);
	}
	printf("\nlast events of the device\n");
	rc = table_print(table, stdout);
	table_free(table);
	return rc;
}

static int print_text(const struct story *s)
{
	print_what(s);
	print_when(s);
	print_where(s);
	print_records(s);
	if (print_bindings(s) || print_jobs(s) || print_events(s))
		return cli_error(s->cli, CLI_DEVICE, NULL, "out of memory");
	if (s->dump.contents)
		printf("\nmemory of %u buffers is in the file, too\n", s->dump.contents);
	printf("\nwhat to do\n%s\n", fault_text(s->dump.fault.fault)->todo);
	return CLI_OK;
}

static json_t *json_u64(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *records_report(const struct story *s)
{
	json_t *bindings = json_array(), *jobs = json_array(), *events = json_array();
	struct vnpu_coredump_binding b;
	struct vnpu_coredump_event e;
	struct vnpu_coredump_job j;

	for (size_t i = 0; coredump_record(&s->dump.bindings, i, &b, sizeof(b)); i++)
		json_array_append_new(
			bindings, json_pack("{s:i, s:s, s:i, s:i, s:o, s:o, s:o, s:o}", "slot",
					    (int)b.slot, "kind", slot_kind(b.kind), "access",
					    (int)b.access, "handle", (int)b.handle, "offset",
					    json_u64(b.offset), "size", json_u64(b.size), "needed",
					    json_u64(b.needed), "buffer", json_u64(b.bo_size)));
	for (size_t i = 0; coredump_record(&s->dump.jobs, i, &j, sizeof(j)); i++)
		json_array_append_new(jobs,
				      json_pack("{s:o, s:o, s:i, s:i, s:o, s:o, s:i}", "job",
						json_u64(j.job), "client", json_u64(j.client),
						"context", (int)j.ctx, "ops", (int)j.op_count,
						"started_ns", json_u64(j.started_ns), "ended_ns",
						json_u64(j.ended_ns), "error", (int)j.error));
	for (size_t i = 0; coredump_record(&s->dump.events, i, &e, sizeof(e)); i++)
		json_array_append_new(
			events, json_pack("{s:o, s:s, s:i, s:i, s:o, s:o}", "time_ns",
					  json_u64(e.time_ns), "event", event_name(e.type), "fault",
					  (int)e.fault, "error", (int)e.error, "client",
					  json_u64(e.client), "job", json_u64(e.job)));
	return json_pack("{s:o, s:o, s:o}", "bindings", bindings, "jobs", jobs, "events", events);
}

static json_t *fault_report(const struct story *s)
{
	const struct vnpu_coredump_fault *f = &s->dump.fault;
	const struct fault_text *text = fault_text(f->fault);
	const struct npu_layer_info *layer;
	const char *op = op_name(s);
	json_t *report;
	size_t index;

	report = json_pack("{s:i, s:s, s:s, s:s, s:i, s:i, s:o, s:i}", "kind", (int)f->fault,
			   "name", text->name, "why", text->why, "what_to_do", text->todo, "error",
			   (int)f->error, "core", (int)f->core, "job", json_u64(f->job),
			   "timeout_ms", (int)f->timeout_ms);
	json_object_set_new(report, "op",
			    f->op == VNPU_COREDUMP_NONE ? json_null() : json_u64(f->op));
	json_object_set_new(report, "op_count", json_u64(f->op_count));
	json_object_set_new(report, "op_name", op ? report_string(op) : json_null());
	json_object_set_new(report, "tiles", json_u64(f->progress));
	json_object_set_new(report, "queued_ns", json_u64(f->queued_ns));
	json_object_set_new(report, "started_ns", json_u64(f->started_ns));
	json_object_set_new(report, "progress_ns", json_u64(f->progress_ns));
	json_object_set_new(report, "time_ns", json_u64(f->time_ns));
	json_object_set_new(report, "realtime_ns", json_u64(f->realtime_ns));
	layer = layer_of(s, &index);
	json_object_set_new(report, "layer",
			    layer ? json_pack("{s:i, s:o, s:o}", "index", (int)index, "type",
					      report_string(layer->type), "name",
					      report_string(layer->name)) :
				    json_null());
	return report;
}

static int print_json(const struct story *s)
{
	const struct vnpu_coredump_context *c = &s->dump.context;
	const struct vnpu_coredump_device *d = &s->dump.device;
	const struct vnpu_coredump_firmware *w = &s->dump.firmware;
	json_t *report = report_new("npu-coredump");
	json_t *records = records_report(s);

	json_object_set_new(report, "file", report_string(s->file->path));
	json_object_set_new(report, "fault", fault_report(s));
	json_object_set_new(report, "context",
			    json_pack("{s:i, s:i, s:i, s:i, s:o, s:o}", "handle", (int)c->handle,
				      "priority", (int)c->priority, "state", (int)c->state, "pid",
				      (int)c->pid, "process", report_string(c->process), "client",
				      json_u64(c->client)));
	json_object_set_new(report, "device",
			    json_pack("{s:o, s:i, s:i, s:o, s:o}", "name", report_string(d->device),
				      "cores", (int)d->cores, "dead_cores", (int)d->dead_cores,
				      "driver", report_string(d->driver), "kernel",
				      report_string(d->kernel)));
	json_object_set_new(report, "firmware",
			    json_pack("{s:o, s:o, s:o, s:o}", "file", report_string(w->file),
				      "version", report_string(w->version), "personality",
				      report_string(w->name), "crc", json_u64(w->crc)));
	json_object_update(report, records);
	json_decref(records);
	json_object_set_new(report, "program",
			    s->listing ? report_string(s->listing) : json_null());
	return report_print(s->cli, report, CLI_OK);
}

/* Reads the artefact whose layers give the ops their names. */
static int load_model(const struct cli *cli, const char *path, const struct coredump *dump,
		      struct npu_model **model)
{
	struct npu_error error = { 0 };
	const void *program;
	struct file file;
	size_t size;
	int rc = file_read(cli, path, &file);

	if (rc)
		return rc;
	if (!model_is_artefact(&file))
		rc = cli_error(cli, CLI_INPUT, path,
			       "is no .npu; 'npu compile' makes one from a model");
	else if (npu_model_load(path, file.data, file.size, model, &error))
		rc = cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	file_free(&file);
	if (rc)
		return rc;
	program = npu_model_program(*model, &size);
	if (size >= dump->program_size && size == dump->program_whole &&
	    (!dump->program_size || !memcmp(program, dump->program, dump->program_size)))
		return CLI_OK;
	npu_model_free(*model);
	*model = NULL;
	return cli_error(cli, CLI_INPUT, path,
			 "its program is not the one in the dump; give the artefact that was run");
}

static int explain(const struct cli *cli, const struct file *file, const char *model_path)
{
	struct story s = { .cli = cli, .file = file };
	struct npu_model *model = NULL;
	const char *problem;
	size_t at;
	int rc;

	problem = coredump_parse(file->data, file->size, &s.dump, &at);
	if (problem)
		return cli_error(cli, CLI_INPUT, file->path,
				 "%s, at byte %zu; copy it whole from "
				 "/sys/class/devcoredump/devcdN/data",
				 problem, at);
	rc = model_path ? load_model(cli, model_path, &s.dump, &model) : CLI_OK;
	if (rc)
		return rc;
	s.model = model;
	s.listing = list_program(&s.dump);
	rc = cli->json ? print_json(&s) : print_text(&s);
	free(s.listing);
	npu_model_free(model);
	return rc;
}

static int coredump_run(const struct cli *cli, const void *args)
{
	const struct coredump_args *a = args;
	struct file file;
	int rc = file_read(cli, cli->operands[0], &file);

	if (rc)
		return rc;
	rc = explain(cli, &file, a->model);
	file_free(&file);
	return rc;
}

static const struct cli_option options[] = {
	{ .name = "model",
	  .letter = 'm',
	  .type = CLI_STRING,
	  .offset = offsetof(struct coredump_args, model),
	  .arg = "FILE",
	  .help = "the .npu artefact that was run: names the layer" },
	CLI_END,
};

const struct cli_command cmd_coredump = {
	.name = "coredump",
	.operands = "FILE",
	.summary = "Explain what a device left behind when a job went wrong.",
	.notes =
		"The kernel offers the dump of the last fault for five minutes, to root, as "
		"/sys/class/devcoredump/devcdN/data: copy it to a file. "
		"Writing anything there lets go of it. Memory of buffers is in it only when its first bytes were "
		"asked for, in dump_bytes of the device's debugfs folder.",
	.min_operands = 1,
	.max_operands = 1,
	.options = options,
	.args_size = sizeof(struct coredump_args),
	.run = coredump_run,
};
