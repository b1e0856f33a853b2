// SPDX-License-Identifier: GPL-2.0-only
/*
 * The dump is written twice by the same code: once into nothing, to know how long it gets,
 * and once into memory of that length.  Only the logs can have grown between; what does
 * not fit any more is left out.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <linux/vmalloc.h>

#include <drm/drm_gem.h>

#include "vnpu_coredump.h"
#include "vnpu_core.h"
#include "vnpu_ctx.h"
#include "vnpu_drv.h"
#include "vnpu_dump.h"
#include "vnpu_event.h"
#include "vnpu_fault.h"
#include "vnpu_firmware.h"
#include "vnpu_job.h"
#include "vnpu_prog.h"

static_assert(sizeof(struct vnpu_coredump_header) == 24);
static_assert(sizeof(struct vnpu_coredump_section) == 40);
static_assert(sizeof(struct vnpu_coredump_fault) == 80);
static_assert(sizeof(struct vnpu_coredump_device) == 144);
static_assert(sizeof(struct vnpu_coredump_firmware) == 216);
static_assert(sizeof(struct vnpu_coredump_context) == 72);
static_assert(sizeof(struct vnpu_coredump_binding) == 48);
static_assert(sizeof(struct vnpu_coredump_job) == 48);
static_assert(sizeof(struct vnpu_coredump_event) == 48);
static_assert(sizeof(struct vnpu_event) == sizeof(struct vnpu_coredump_event));
static_assert(offsetof(struct vnpu_event, job) == offsetof(struct vnpu_coredump_event, job));
static_assert(offsetof(struct vnpu_event, op) == offsetof(struct vnpu_coredump_event, op));

#define VNPU_DUMP_TABLE		(VNPU_COREDUMP_TEXT_BYTES + sizeof(struct vnpu_coredump_header))
#define VNPU_DUMP_DATA		(VNPU_DUMP_TABLE + VNPU_COREDUMP_MAX_SECTIONS * \
				 sizeof(struct vnpu_coredump_section))

/**
 * struct vnpu_dump - a dump being written
 * @vdev: the device
 * @fault: what it is about
 * @bytes: where it goes; NULL: it is only measured
 * @room: bytes that @bytes has
 * @used: bytes of it in use, of those it would have when it is only measured
 * @sections: sections so far
 */
struct vnpu_dump {
	struct vnpu_device *vdev;
	const struct vnpu_fault *fault;
	u8 *bytes;
	size_t room;
	size_t used;
	u32 sections;
};

/* Adds a section of @size out of @whole bytes. */
static void vnpu_dump_section(struct vnpu_dump *dump, u32 kind, u32 index, const void *data,
			      size_t size, size_t whole, u32 stride)
{
	const struct vnpu_coredump_section section = {
		.kind = kind,
		.stride = stride,
		.offset = dump->used,
		.size = size,
		.whole = whole,
		.index = index,
	};

	if (dump->sections == VNPU_COREDUMP_MAX_SECTIONS)
		return;
	if (dump->bytes) {
		if (size > dump->room - dump->used)
			return;
		memcpy(dump->bytes + dump->used, data, size);
		memcpy(dump->bytes + VNPU_DUMP_TABLE + dump->sections * sizeof(section), &section,
		       sizeof(section));
	}
	dump->sections++;
	dump->used += ALIGN(size, 8);
}

/* Adds @count records of @stride bytes. */
static void vnpu_dump_records(struct vnpu_dump *dump, u32 kind, const void *records, u32 stride,
			      u32 count)
{
	size_t size = (size_t)count * stride;

	vnpu_dump_section(dump, kind, 0, records, size, size, stride);
}

static void vnpu_dump_fault(struct vnpu_dump *dump)
{
	const struct vnpu_fault *fault = dump->fault;
	const struct vnpu_job *job = fault->job;
	const struct vnpu_coredump_fault out = {
		.fault = fault->kind,
		.error = fault->error,
		.core = job->core->index,
		.op = fault->op,
		.op_count = job->program->npum.op_count,
		.progress = fault->progress,
		.timeout_ms = job->ctx->timeout_ms,
		.job = job->hw.id,
		.queued_ns = job->queued_ns,
		.started_ns = job->started_ns,
		.progress_ns = fault->progress_ns,
		.time_ns = fault->time_ns,
		.realtime_ns = fault->realtime_ns,
	};

	vnpu_dump_records(dump, VNPU_COREDUMP_FAULT, &out, sizeof(out), 1);
}

static void vnpu_dump_device(struct vnpu_dump *dump)
{
	struct vnpu_device *vdev = dump->vdev;
	const struct vnpu_backend_caps *caps = &vdev->backend->caps;
	struct vnpu_coredump_device out = {
		.cores = caps->cores,
		.workers = caps->workers,
		.isa = caps->isa,
		.driver = VNPU_VERSION,
	};

	for (u32 i = 0; i < caps->cores; i++)
		out.dead_cores += READ_ONCE(vdev->cores[i].dead);
	strscpy(out.kernel, init_utsname()->release, sizeof(out.kernel));
	strscpy(out.device, dev_name(vdev->drm.dev), sizeof(out.device));
	vnpu_dump_records(dump, VNPU_COREDUMP_DEVICE, &out, sizeof(out), 1);
}

/* A program that no firmware validated is a test's. */
static void vnpu_dump_firmware(struct vnpu_dump *dump)
{
	const struct vnpu_program *program = dump->fault->job->program;
	const struct npum_personality *personality = program->npum.personality;
	const struct vnpu_firmware *firmware = program->firmware;
	struct vnpu_coredump_firmware out = {
		.personality = personality->id,
		.digest = personality->digest,
	};

	strscpy(out.name, personality->name, sizeof(out.name));
	if (firmware) {
		out.crc = firmware->version.crc;
		out.generation = firmware->generation;
		strscpy(out.version, firmware->version.text, sizeof(out.version));
		strscpy(out.file, firmware->file, sizeof(out.file));
		strscpy(out.target, firmware->target.name, sizeof(out.target));
	}
	vnpu_dump_records(dump, VNPU_COREDUMP_FIRMWARE, &out, sizeof(out), 1);
}

static void vnpu_dump_context(struct vnpu_dump *dump)
{
	const struct vnpu_ctx *ctx = dump->fault->job->ctx;
	struct vnpu_coredump_context out = {
		.handle = ctx->handle,
		.priority = ctx->priority,
		.state = ctx->state,
		.pid = ctx->vfile->pid,
		.client = ctx->vfile->client,
		.submitted = atomic64_read(&ctx->submitted),
		.completed = atomic64_read(&ctx->completed),
		.failed = atomic64_read(&ctx->failed),
		.busy_ns = atomic64_read(&ctx->busy_ns),
	};

	strscpy(out.process, ctx->vfile->process, sizeof(out.process));
	vnpu_dump_records(dump, VNPU_COREDUMP_CONTEXT, &out, sizeof(out), 1);
}

static void vnpu_dump_program(struct vnpu_dump *dump)
{
	const struct vnpu_program *program = dump->fault->job->program;

	vnpu_dump_section(dump, VNPU_COREDUMP_PROGRAM, 0, program->bytes,
			  min(program->size, VNPU_COREDUMP_MAX_PROGRAM), program->size, 0);
}

static void vnpu_dump_bindings(struct vnpu_dump *dump)
{
	const struct vnpu_job *job = dump->fault->job;
	struct vnpu_coredump_binding *out;
	u32 count = 0;

	out = kcalloc(VNPU_MAX_SLOTS, sizeof(*out), GFP_KERNEL);
	if (!out)
		return;
	for (u32 i = 0; i < job->bo_count; i++) {
		const struct vnpu_job_bo *bo = &job->bos[i];
		const struct npum_slot *slot;

		if (bo->slot >= job->program->npum.slot_count)
			continue;
		slot = &job->program->npum.slot[bo->slot];
		out[count++] = (struct vnpu_coredump_binding){
			.slot = bo->slot,
			.kind = slot->kind,
			.access = slot->access,
			.handle = bo->handle,
			.offset = bo->offset,
			.size = bo->size,
			.needed = slot->bytes,
			.bo_size = bo->obj->size,
		};
	}
	vnpu_dump_records(dump, VNPU_COREDUMP_BINDINGS, out, sizeof(*out), count);
	kfree(out);
}

static void vnpu_dump_jobs(struct vnpu_dump *dump)
{
	struct vnpu_coredump_job *out = kcalloc(VNPU_CORE_LOG, sizeof(*out), GFP_KERNEL);

	if (!out)
		return;
	vnpu_dump_records(dump, VNPU_COREDUMP_JOBS, out, sizeof(*out),
			  vnpu_core_log_last(dump->fault->job->core, out, VNPU_CORE_LOG));
	kfree(out);
}

static void vnpu_dump_events(struct vnpu_dump *dump)
{
	struct vnpu_event *out = kcalloc(VNPU_EVENTS, sizeof(*out), GFP_KERNEL);

	if (!out)
		return;
	vnpu_dump_records(dump, VNPU_COREDUMP_EVENTS, out, sizeof(*out),
			  vnpu_event_last(dump->vdev, out, VNPU_EVENTS));
	kfree(out);
}

static void vnpu_dump_contents(struct vnpu_dump *dump)
{
	const struct vnpu_job *job = dump->fault->job;
	u32 most = min(READ_ONCE(dump->vdev->faults.dump_bytes), VNPU_COREDUMP_MAX_CONTENTS);

	for (u32 i = 0; i < job->program->npum.slot_count && most; i++) {
		u32 bytes = job->program->npum.slot[i].bytes;

		if (job->hw.slot[i])
			vnpu_dump_section(dump, VNPU_COREDUMP_CONTENTS, i, job->hw.slot[i],
					  min(bytes, most), bytes, 0);
	}
}

static void vnpu_dump_text(struct vnpu_dump *dump)
{
	const struct vnpu_fault *fault = dump->fault;
	const struct vnpu_job *job = fault->job;
	u64 still_ms = (fault->time_ns - min(fault->progress_ns, fault->time_ns)) / NSEC_PER_MSEC;
	const struct npum_program *program = &job->program->npum;

	scnprintf(dump->bytes, VNPU_COREDUMP_TEXT_BYTES,
		  "%s%u; the rest is binary, see npu coredump\n"
		  "fault: %s, error %d\n"
		  "device: %s, core %u, driver %s, kernel %s\n"
		  "job: %llu of client %llu, context %u\n"
		  "process: %s, pid %u\n"
		  "op: %u of %u, opcode %u\n"
		  "progress: %u tiles, the last one %llu ms ago, timeout %u ms\n"
		  "personality: %s\n",
		  VNPU_COREDUMP_FIRST_LINE, VNPU_COREDUMP_MINOR,
		  vnpu_fault_name(fault->kind), fault->error,
		  dev_name(dump->vdev->drm.dev), job->core->index, VNPU_VERSION,
		  init_utsname()->release,
		  job->hw.id, job->ctx->vfile->client, job->ctx->handle,
		  job->ctx->vfile->process, job->ctx->vfile->pid,
		  fault->op, program->op_count,
		  fault->op < program->op_count ? program->ops[fault->op].opcode : 0,
		  fault->progress, still_ms, job->ctx->timeout_ms,
		  program->personality->name);
}

static void vnpu_dump_write(struct vnpu_dump *dump)
{
	dump->used = VNPU_DUMP_DATA;
	dump->sections = 0;
	vnpu_dump_fault(dump);
	vnpu_dump_device(dump);
	vnpu_dump_firmware(dump);
	vnpu_dump_context(dump);
	vnpu_dump_program(dump);
	vnpu_dump_bindings(dump);
	vnpu_dump_jobs(dump);
	vnpu_dump_events(dump);
	vnpu_dump_contents(dump);
}

void *vnpu_dump_make(struct vnpu_device *vdev, const struct vnpu_fault *fault, size_t *bytes)
{
	struct vnpu_dump dump = { .vdev = vdev, .fault = fault };
	struct vnpu_coredump_header header = {
		.magic = VNPU_COREDUMP_MAGIC,
		.major = VNPU_COREDUMP_MAJOR,
		.minor = VNPU_COREDUMP_MINOR,
	};

	vnpu_dump_write(&dump);
	dump.room = dump.used;
	dump.bytes = vzalloc(dump.room);
	if (!dump.bytes)
		return NULL;
	vnpu_dump_write(&dump);
	vnpu_dump_text(&dump);
	header.section_count = dump.sections;
	header.bytes = dump.used;
	memcpy(dump.bytes + VNPU_COREDUMP_TEXT_BYTES, &header, sizeof(header));
	*bytes = dump.used;
	return dump.bytes;
}
