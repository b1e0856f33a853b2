// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Jobs of a recording, run again: does a device compute the same bits? */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "file.h"
#include "options.h"
#include "record.h"
#include "term.h"

struct replay_args {
	const char *device;
	const char *firmware;
	uint32_t threads;
	uint32_t job;
};

/**
 * struct replay - a recording on a device
 * @cli: the command line
 * @path: the recording's
 * @record: the recording
 * @dev: the device
 * @context: where jobs go
 * @fence: of the job that runs
 * @json: report of each job, or NULL
 * @jobs: run so far
 * @bytes: compared so far
 * @different: of these
 * @differing_jobs: jobs with any of these
 */
struct replay {
	const struct cli *cli;
	const char *path;
	struct npu_record record;
	struct npu_device *dev;
	struct npu_context *context;
	struct npu_fence *fence;
	json_t *json;
	size_t jobs;
	uint64_t bytes;
	uint64_t different;
	size_t differing_jobs;
};

/**
 * struct rerun - one job of it
 * @number: of the job, from 1
 * @job: the job
 * @slots: its slots
 * @program: on the device
 * @bindings: memory of the slots
 */
struct rerun {
	size_t number;
	const struct npu_record_job *job;
	const struct npu_record_slot *slots;
	struct npu_program *program;
	struct npu_binding bindings[VNPU_MAX_SLOTS];
};

static int make_program(struct replay *r, struct rerun *run, struct npu_error *error)
{
	const struct npu_record_blob *blob = npu_record_find(&r->record, &run->job->program);
	const struct npu_program_info *info;

	if (npu_program_create(r->dev, blob->data, (size_t)blob->size, &run->program, error))
		return cli_error(r->cli, CLI_NO, r->path, "job %zu: %s", run->number, error->text);
	info = npu_program_info(run->program);
	if (info->slot_count != run->job->slot_count)
		return cli_error(r->cli, CLI_INPUT, r->path,
				 "job %zu: %u slots are recorded, its program has %u", run->number,
				 run->job->slot_count, info->slot_count);
	for (uint32_t i = 0; i < info->slot_count; i++)
		if (info->slots[i].bytes != run->slots[i].bytes)
			return cli_error(r->cli, CLI_INPUT, r->path,
					 "job %zu: slot %u has %" PRIu64
					 " bytes, its program needs %" PRIu64,
					 run->number, i, run->slots[i].bytes, info->slots[i].bytes);
	return CLI_OK;
}

static int make_binding(struct replay *r, struct rerun *run, uint32_t slot, struct npu_error *error)
{
	const struct npu_record_slot *from = &run->slots[slot];
	const struct npu_record_blob *blob;
	struct npu_binding *b = &run->bindings[slot];
	void *data;

	if (!npu_program_info(run->program)->slots[slot].used)
		return CLI_OK;
	if (npu_bo_create(r->dev, from->bytes ? from->bytes : 1, &b->bo, error) ||
	    npu_bo_map(b->bo, &data, error))
		return cli_error(r->cli, CLI_DEVICE, NULL, "%s", error->text);
	b->size = from->bytes;
	if (!npu_record_is(&from->before))
		return CLI_OK;
	blob = npu_record_find(&r->record, &from->before);
	memcpy(data, blob->data, (size_t)blob->size);
	return CLI_OK;
}

static int run_job(struct replay *r, struct rerun *run, struct npu_error *error)
{
	struct npu_job job = { .program = run->program,
			       .bindings = run->bindings,
			       .binding_count = run->job->slot_count,
			       .signal = r->fence };

	if (npu_submit(r->context, &job, error) ||
	    npu_fence_wait(r->fence, NPU_WAIT_FOREVER, error))
		return cli_error(r->cli, CLI_DEVICE, r->path, "job %zu: %s", run->number,
				 error->text);
	return CLI_OK;
}

/* Bytes that differ, and the first of them. */
static uint64_t count_differences(const uint8_t *a, const uint8_t *b, uint64_t size,
				  uint64_t *first)
{
	uint64_t count = 0;

	for (uint64_t i = size; i-- > 0;) {
		if (a[i] == b[i])
			continue;
		count++;
		*first = i;
	}
	return count;
}

static void tell_slot(const struct replay *r, const struct rerun *run, uint32_t slot, uint64_t size,
		      uint64_t count, uint64_t first)
{
	if (r->json)
		json_array_append_new(
			json_object_get(json_array_get(r->json, json_array_size(r->json) - 1),
					"slots"),
			json_pack("{s:I, s:I, s:I, s:I}", "slot", (json_int_t)slot, "bytes",
				  (json_int_t)size, "different", (json_int_t)count, "first",
				  (json_int_t)(count ? first : 0)));
	else if (count)
		printf("job %zu: slot %u: %" PRIu64 " of %" PRIu64
		       " bytes differ, the first at %" PRIu64 "\n",
		       run->number, slot, count, size, first);
}

static int compare_job(struct replay *r, struct rerun *run, struct npu_error *error)
{
	uint64_t before = r->different;

	if (r->json)
		json_array_append_new(r->json, json_pack("{s:I, s:[]}", "job",
							 (json_int_t)run->number, "slots"));
	for (uint32_t i = 0; i < run->job->slot_count; i++) {
		const struct npu_record_blob *blob;
		uint64_t count, first = 0;
		void *data;

		if (!run->bindings[i].bo || !npu_record_is(&run->slots[i].after))
			continue;
		if (npu_bo_map(run->bindings[i].bo, &data, error))
			return cli_error(r->cli, CLI_DEVICE, NULL, "%s", error->text);
		blob = npu_record_find(&r->record, &run->slots[i].after);
		count = count_differences(data, blob->data, blob->size, &first);
		tell_slot(r, run, i, blob->size, count, first);
		r->bytes += blob->size;
		r->different += count;
	}
	r->jobs++;
	r->differing_jobs += r->different != before;
	return CLI_OK;
}

static int replay_job(struct replay *r, size_t index)
{
	struct rerun run = { .number = index + 1, .job = r->record.jobs[index] };
	struct npu_error error;
	int rc;

	run.slots = npu_record_slots(run.job);
	rc = make_program(r, &run, &error);
	for (uint32_t i = 0; i < run.job->slot_count && !rc; i++)
		rc = make_binding(r, &run, i, &error);
	if (!rc)
		rc = run_job(r, &run, &error);
	if (!rc)
		rc = compare_job(r, &run, &error);
	for (uint32_t i = 0; i < run.job->slot_count; i++)
		npu_bo_free(run.bindings[i].bo);
	npu_program_free(run.program);
	return rc;
}

static int replay_jobs(struct replay *r, const struct replay_args *args)
{
	size_t first = args->job ? args->job - 1 : 0;
	size_t end = args->job ? args->job : r->record.job_count;
	int rc = CLI_OK;

	if (end > r->record.job_count)
		return cli_error(r->cli, CLI_USAGE, "--job", "%u: the recording has %zu jobs",
				 args->job, r->record.job_count);
	for (size_t i = first; i < end && !rc; i++) {
		term_progress(r->cli, "job", i - first, end - first);
		rc = replay_job(r, i);
	}
	term_progress(r->cli, "job", 1, 1);
	return rc;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static int tell(struct replay *r)
{
	int rc = r->different ? CLI_NO : CLI_OK;
	json_t *report;

	if (!r->cli->json) {
		printf("%zu job%s on %s: %" PRIu64 " bytes of results, ", r->jobs, plural(r->jobs),
		       npu_device_info(r->dev)->name, r->bytes);
		if (r->different)
			printf("%" PRIu64 " differ, in %zu job%s\n", r->different,
			       r->differing_jobs, plural(r->differing_jobs));
		else
			puts("all as recorded");
		if (r->record.cut)
			puts("the recording was cut short: its last job is missing");
		return rc;
	}
	report = report_new("npu-replay");
	json_object_set_new(report, "device", device_report(r->dev));
	json_object_set_new(report, "bytes", json_integer((json_int_t)r->bytes));
	json_object_set_new(report, "different", json_integer((json_int_t)r->different));
	json_object_set_new(report, "cut", json_boolean(r->record.cut));
	json_object_set(report, "jobs", r->json);
	return report_print(r->cli, report, rc);
}

static int replay_on_device(struct replay *r, const struct replay_args *args)
{
	struct npu_error error;
	int rc = device_open(r->cli, args->device, args->firmware, args->threads, &r->dev);

	if (rc)
		return rc;
	if (npu_context_create(r->dev, NULL, &r->context, &error) ||
	    npu_fence_create(r->dev, &r->fence, &error))
		rc = cli_error(r->cli, CLI_DEVICE, NULL, "%s", error.text);
	if (!rc)
		rc = replay_jobs(r, args);
	if (!rc)
		rc = tell(r);
	npu_fence_free(r->fence);
	npu_context_free(r->context);
	npu_device_close(r->dev);
	return rc;
}

static int replay_run(const struct cli *cli, const void *args)
{
	struct replay r = { .cli = cli, .path = cli->operands[0] };
	struct npu_error error;
	struct file file;
	int rc = file_read(cli, r.path, &file);

	if (rc)
		return rc;
	if (npu_record_read(r.path, file.data, file.size, &r.record, &error)) {
		file_free(&file);
		return cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	}
	r.json = cli->json ? json_array() : NULL;
	rc = replay_on_device(&r, args);
	json_decref(r.json);
	npu_record_free(&r.record);
	file_free(&file);
	return rc;
}

static const struct cli_option options[] = {
	OPTION_DEVICE(replay_args, device),
	OPTION_FIRMWARE(replay_args, firmware),
	OPTION_THREADS(replay_args, threads),
	{ .name = "job",
	  .type = CLI_UINT,
	  .offset = offsetof(struct replay_args, job),
	  .arg = "N",
	  .help = "only this one, counted from 1; 0: all",
	  .value = "0" },
	CLI_END,
};

const struct cli_command cmd_replay = {
	.name = "replay",
	.operands = "RECORDING",
	.summary = "Run recorded jobs again and compare their results with the recorded ones.",
	.notes = "Any program on libnpu records its jobs, with all that they read and wrote, when "
		 "the environment has NPU_RECORD=FILE. The exit code is 1 when a byte differs, and "
		 "when the device refuses a program.",
	.min_operands = 1,
	.max_operands = 1,
	.options = options,
	.args_size = sizeof(struct replay_args),
	.run = replay_run,
};
