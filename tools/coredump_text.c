// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A core dump as text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "coredump_story.h"
#include "drm/vnpu_accel.h"
#include "table.h"
#include "term.h"

/* Records that are listed before the one that the job was in. */
#define RECORDS_BEFORE 2

static double ms_between(uint64_t from, uint64_t to)
{
	return to > from ? (double)(to - from) / 1e6 : 0.0;
}

static void print_what(const struct coredump_story *s)
{
	const struct vnpu_coredump_fault *f = &s->dump.fault;
	const struct coredump_fault *text = coredump_fault(f->fault);
	const struct npu_layer_info *layer;
	const char *op = coredump_op_name(s);
	size_t index;

	printf("%s: %s", s->file->path, text->name);
	if (f->op != VNPU_COREDUMP_NONE)
		printf(" in op %u of %u", f->op, f->op_count);
	if (op)
		printf(" (%s)", op);
	layer = coredump_layer(s, &index);
	if (layer)
		term_printf(", layer %zu %s %s", index, layer->type, layer->name);
	printf("\n\n");
	printf("why          %s\n", text->why);
	printf("error        %d (%s)\n", f->error, strerror(f->error < 0 ? -f->error : f->error));
}

static void print_when(const struct coredump_story *s)
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

static void print_where(const struct coredump_story *s)
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

static void print_records(const struct coredump_story *s)
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

static int print_bindings(const struct coredump_story *s)
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
		table_cell(table, "%s", coredump_slot_kind(b.kind));
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

static int print_jobs(const struct coredump_story *s)
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

static int print_events(const struct coredump_story *s)
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
		table_cell(table, "%s", coredump_event_name(e.type));
		table_cell(table, "%s", e.fault ? coredump_fault(e.fault)->name : "");
		table_cell(table, "%d", e.error);
		table_cell(table, "%llu", e.job);
	}
	printf("\nlast events of the device\n");
	rc = table_print(table, stdout);
	table_free(table);
	return rc;
}

int coredump_print(const struct coredump_story *s)
{
	print_what(s);
	print_when(s);
	print_where(s);
	print_records(s);
	if (print_bindings(s) || print_jobs(s) || print_events(s))
		return cli_error(s->cli, CLI_DEVICE, NULL, "out of memory");
	if (s->dump.contents)
		printf("\nmemory of %u buffers is in the file, too\n", s->dump.contents);
	printf("\nwhat to do\n%s\n", coredump_fault(s->dump.fault.fault)->todo);
	return CLI_OK;
}
