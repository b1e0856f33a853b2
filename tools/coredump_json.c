// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A core dump as JSON. */
#include <jansson.h>

#include "coredump_story.h"
#include "report.h"

static json_t *json_u64(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *records_report(const struct coredump_story *s)
{
	json_t *bindings = json_array(), *jobs = json_array(), *events = json_array();
	struct vnpu_coredump_binding b;
	struct vnpu_coredump_event e;
	struct vnpu_coredump_job j;

	for (size_t i = 0; coredump_record(&s->dump.bindings, i, &b, sizeof(b)); i++)
		json_array_append_new(bindings,
				      json_pack("{s:i, s:s, s:i, s:i, s:o, s:o, s:o, s:o}", "slot",
						(int)b.slot, "kind", coredump_slot_kind(b.kind),
						"access", (int)b.access, "handle", (int)b.handle,
						"offset", json_u64(b.offset), "size",
						json_u64(b.size), "needed", json_u64(b.needed),
						"buffer", json_u64(b.bo_size)));
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
					  json_u64(e.time_ns), "event", coredump_event_name(e.type),
					  "fault", (int)e.fault, "error", (int)e.error, "client",
					  json_u64(e.client), "job", json_u64(e.job)));
	return json_pack("{s:o, s:o, s:o}", "bindings", bindings, "jobs", jobs, "events", events);
}

static json_t *fault_report(const struct coredump_story *s)
{
	const struct vnpu_coredump_fault *f = &s->dump.fault;
	const struct coredump_fault *text = coredump_fault(f->fault);
	const struct npu_layer_info *layer;
	const char *op = coredump_op_name(s);
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
	layer = coredump_layer(s, &index);
	json_object_set_new(report, "layer",
			    layer ? json_pack("{s:i, s:o, s:o}", "index", (int)index, "type",
					      report_string(layer->type), "name",
					      report_string(layer->name)) :
				    json_null());
	return report;
}

int coredump_report(const struct coredump_story *s)
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
