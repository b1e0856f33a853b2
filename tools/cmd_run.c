// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* One run of a model. */
#include "commands.h"

#include <stdio.h>

#include "clock.h"
#include "counters.h"
#include "device.h"
#include "input.h"
#include "knobs.h"
#include "memory.h"
#include "model.h"
#include "options.h"
#include "output.h"
#include "report.h"
#include "source.h"
#include "term.h"

struct run_args {
	struct cli_list inputs;
	const char *output;
	const char *dump;
	const char *device;
	const char *firmware;
	struct source_args source;
	uint32_t threads;
	uint32_t seed;
	bool resize;
	bool counters;
	bool memory;
	struct knob_args knobs;
};

static int show(const struct cli *cli, const struct run_args *args, const struct npu_device *dev,
		const struct npu_model *model, struct npu_session *session, double us)
{
	const struct npu_model_info *info = npu_model_info(model);
	json_t *report;
	int rc = CLI_OK;

	if (!cli->json) {
		device_print(dev);
		term_printf("model        %s, personality %s\n", info->name, info->personality);
		if (info->partition_count != info->device_partition_count)
			printf("partitions   %u, of these %u on the NPU\n", info->partition_count,
			       info->device_partition_count);
		printf("time         %.3f ms\n", us / 1e3);
		if (args->memory && memory_print(model, npu_session_bytes(session)))
			rc = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
		if (!rc && args->counters)
			rc = counters_print(cli, model, session);
		return rc ? rc : output_print(cli, model, session);
	}
	report = report_new("npu-run");
	json_object_set_new(report, "model", report_string(cli->operands[0]));
	json_object_set_new(report, "personality", report_string(info->personality));
	json_object_set_new(report, "device", device_report(dev));
	json_object_set_new(report, "partitions", json_integer(info->partition_count));
	json_object_set_new(report, "latency_us", report_real(us));
	if (args->memory)
		json_object_set_new(report, "memory",
				    memory_report(model, npu_session_bytes(session)));
	if (args->counters)
		json_object_set_new(report, "counters", counters_report(model, session));
	json_object_set_new(report, "outputs", output_report(model, session));
	return report_print(cli, report, CLI_OK);
}

static int run_session(const struct cli *cli, const struct run_args *args,
		       const struct npu_device *dev, const struct npu_model *model,
		       struct npu_session *session)
{
	const struct input_source source = {
		.files = &args->inputs,
		.seed = args->seed,
		.resize = args->resize,
	};
	struct npu_error error = { 0 };
	int rc = input_fill(cli, &source, model, session);
	int64_t start;
	double us;

	if (rc)
		return rc;
	start = npu_now_ns();
	if (npu_session_run(session, &error))
		return device_error(cli, dev, &error);
	us = (double)(npu_now_ns() - start) / 1e3;
	if (args->output)
		rc = output_write(cli, args->output, model, session);
	if (!rc && args->dump)
		rc = output_write_tensors(cli, args->dump, model, session);
	return rc ? rc : show(cli, args, dev, model, session, us);
}

static int run_model(const struct cli *cli, const struct run_args *args, struct npu_device *dev,
		     const struct npu_model *model)
{
	const struct npu_session_options session_options = { .counters = args->counters };
	struct npu_error error = { 0 };
	struct npu_session *session;
	int rc;

	if (npu_session_create(dev, model, &session_options, &session, &error))
		return device_error(cli, dev, &error);
	rc = run_session(cli, args, dev, model, session);
	npu_session_free(session);
	return rc;
}

static int run_on(const struct cli *cli, const struct run_args *args, struct npu_device *dev,
		  const struct npuc_options *options)
{
	struct npu_model *model;
	int rc = model_load(cli, cli->operands[0], options, &model);

	if (rc)
		return rc;
	device_note_threads(cli, dev, args->threads);
	rc = run_model(cli, args, dev, model);
	if (!rc && args->knobs.show && !cli->json)
		rc = knobs_print(knobs_of(options));
	npu_model_free(model);
	return rc;
}

static int run_run(const struct cli *cli, const void *args_)
{
	const struct run_args *args = args_;
	struct npuc_options options = source_options(&args->source);
	struct npu_device *dev;
	struct knobs knobs;
	int rc = knobs_read(cli, &args->knobs, &options.personality, &knobs);

	if (!rc)
		rc = knobs_apply(&knobs, &options);
	if (!rc)
		rc = device_open(cli, args->device, args->firmware, args->threads, &dev);
	if (!rc) {
		options.keep_all = args->dump != NULL;
		options.personalities = npu_device_personalities(dev);
		options.target = npu_device_target(dev);
		rc = run_on(cli, args, dev, &options);
		npu_device_close(dev);
	}
	knobs_free(&knobs);
	return rc;
}

static const struct cli_option options[] = {
	OPTION_INPUTS(run_args, inputs),
	{ .name = "output",
	  .letter = 'o',
	  .type = CLI_STRING,
	  .offset = offsetof(struct run_args, output),
	  .arg = "DIR",
	  .help = "write the outputs there: 0.bin, 1.bin, ... and outputs.json" },
	OPTION_DEVICE(run_args, device),
	OPTIONS_SOURCE(run_args, source),
	OPTION_FIRMWARE(run_args, firmware),
	{ .name = "dump-tensors",
	  .type = CLI_STRING,
	  .offset = offsetof(struct run_args, dump),
	  .arg = "DIR",
	  .help = "write every tensor there: ID.bin and tensors.json" },
	{ .name = "counters",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct run_args, counters),
	  .help = "count what each op's arithmetic meets: clamped outputs, ties, accumulator "
		  "bits; several times as slow, same outputs" },
	OPTION_MEMORY(run_args, memory),
	OPTION_THREADS(run_args, threads),
	OPTION_RESIZE(run_args, resize),
	OPTION_SEED(run_args, seed),
	CLI_END,
};

const struct cli_command cmd_run = {
	.name = "run",
	.operands = "MODEL|X.npu",
	.summary = "Run a model once and show its outputs.",
	.notes = INPUT_NOTES,
	.min_operands = 1,
	.max_operands = 1,
	.options = options,
	.shared = knob_options,
	.shared_offset = offsetof(struct run_args, knobs),
	.args_size = sizeof(struct run_args),
	.run = run_run,
};
