// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* From a source model to a .npu artefact. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knobs.h"
#include "memory.h"
#include "model.h"
#include "options.h"
#include "report.h"
#include "source.h"
#include "target.h"
#include "transposes.h"
#include "effect.h"
#include "exec_plan.h"
#include "verdicts.h"

struct compile_args {
	const char *output;
	struct source_args source;
	const char *firmware;
	const char *target;
	const char *device;
	bool memory;
	bool plan;
	bool check_only;
	const char *emit;
	struct cli_list inputs;
	struct knob_args knobs;
};

/* What was asked for beside the one line. */
static int print_plans(const struct cli *cli, const struct compile_args *args,
		       const struct npu_model *model, const struct npum_target *target)
{
	if (args->memory && memory_print(model, 0))
		return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	return args->plan ? exec_plan_show(cli, model, target) : CLI_OK;
}

static int print_result(const struct cli *cli, const struct compile_args *args,
			const struct npuc_options *options, const struct transposes *left,
			const struct npu_model *model, size_t size)
{
	const struct npu_model_info *info = npu_model_info(model);
	const struct knobs *knobs = knobs_of(options);
	json_t *report;
	int rc;

	if (!cli->json) {
		printf("%s: %zu bytes, %u layers in %u ops, %.3f M MACs, personality %s\n",
		       args->output, size, info->layer_count, info->op_count,
		       (double)info->macs / 1e6, info->personality);
		if (info->partition_count != info->device_partition_count)
			printf("partitions   %u, of these %u on the NPU\n", info->partition_count,
			       info->device_partition_count);
		transposes_print(left);
		rc = print_plans(cli, args, model, options->target);
		return !rc && args->knobs.show ? knobs_print(knobs) : rc;
	}
	report = report_new("npu-compile");
	json_object_set_new(report, "model", report_string(cli->operands[0]));
	json_object_set_new(report, "output", report_string(args->output));
	json_object_set_new(report, "personality", report_string(info->personality));
	json_object_set_new(report, "bytes", json_integer((json_int_t)size));
	json_object_set_new(report, "layers", json_integer(info->layer_count));
	json_object_set_new(report, "ops", json_integer(info->op_count));
	json_object_set_new(report, "partitions", json_integer(info->partition_count));
	json_object_set_new(report, "macs", json_integer((json_int_t)info->macs));
	json_object_set_new(report, "memory", memory_report(model, 0));
	json_object_set_new(report, "transposes", transposes_report(left));
	if (args->plan)
		json_object_set_new(report, "plan", exec_plan_report(cli, model, options->target));
	if (args->knobs.show)
		json_object_set_new(report, "config", knobs_report(knobs));
	return report_print(cli, report, CLI_OK);
}

/* What was emitted is read back before anybody relies on it. */
static int write_artefact(const struct cli *cli, const struct compile_args *args,
			  const struct npuc_options *options, const struct transposes *left,
			  const void *artefact, size_t size)
{
	struct npu_error error = { 0 };
	struct npu_model *model;
	int rc;

	if (npu_model_load(args->output, artefact, size, &model, &error))
		return cli_error(cli, CLI_DEVICE, NULL, "%s", error.text);
	rc = file_write(cli, args->output, artefact, size);
	if (!rc)
		rc = print_result(cli, args, options, left, model, size);
	npu_model_free(model);
	return rc;
}

static bool emits_tflite(const struct compile_args *args)
{
	return args->emit && !strcmp(args->emit, "tflite");
}

static int print_emitted(const struct cli *cli, const struct compile_args *args, size_t size,
			 uint32_t parts)
{
	json_t *report;

	if (!cli->json) {
		printf("%s: %zu bytes, %u partition%s of the NPU, each a custom op '%s'\n",
		       args->output, size, parts, parts == 1 ? "" : "s", NPUC_EMITTED_OP);
		return CLI_OK;
	}
	report = report_new("npu-compile");
	json_object_set_new(report, "model", report_string(cli->operands[0]));
	json_object_set_new(report, "output", report_string(args->output));
	json_object_set_new(report, "emit", json_string("tflite"));
	json_object_set_new(report, "bytes", json_integer((json_int_t)size));
	json_object_set_new(report, "npu_partitions", json_integer(parts));
	return report_print(cli, report, CLI_OK);
}

static int emit_tflite(const struct cli *cli, const struct compile_args *args,
		       const struct model_source *source, const struct npuc_options *options)
{
	struct npuc_error error = { 0 };
	uint32_t parts;
	void *file;
	size_t size;
	int rc = npuc_emit_tflite(source->model, options, &parts, &file, &size, &error);

	if (rc)
		return model_compile_error(cli, source, options, rc, &error);
	rc = file_write(cli, args->output, file, size);
	free(file);
	return rc ? rc : print_emitted(cli, args, size, parts);
}

static int compile_source(const struct cli *cli, const struct compile_args *args,
			  struct knobs *knobs, const struct npuc_options *options)
{
	struct transposes left = { 0 };
	struct model_source source;
	void *artefact = NULL;
	size_t size = 0;
	int rc = model_source_read(cli, cli->operands[0], options, &source);

	if (rc)
		return rc;
	if (args->check_only)
		rc = verdicts_show(cli, &source, options);
	else if (emits_tflite(args))
		rc = emit_tflite(cli, args, &source, options);
	else
		rc = model_compile(cli, &source, options, &artefact, &size);
	if (!rc && artefact)
		rc = effect_measure(cli, &source, options, &args->inputs, knobs);
	if (!rc && artefact)
		rc = transposes_list(cli, &source, options, &left);
	/* The model may be large, and what was made of it is copied as it is read back. */
	model_source_free(&source);
	if (!rc && artefact)
		rc = write_artefact(cli, args, options, &left, artefact, size);
	transposes_free(&left);
	free(artefact);
	return rc;
}

static int check_args(const struct cli *cli, const struct compile_args *args)
{
	if (!args->output && !args->check_only)
		return cli_error(cli, CLI_USAGE, "--output", "is missing: where to write the .npu");
	if (args->check_only && args->output)
		return cli_error(cli, CLI_USAGE, "--check-target-only",
				 "contradicts --output: nothing is written");
	if (args->check_only && (args->memory || args->plan || args->knobs.show))
		return cli_error(cli, CLI_USAGE, "--check-target-only",
				 "contradicts --show-%s: nothing is built",
				 args->memory ? "memory-summary" :
				 args->plan   ? "exec-plan" :
						"config");
	if (emits_tflite(args) && (args->memory || args->plan || args->knobs.show))
		return cli_error(cli, CLI_USAGE, "--emit tflite",
				 "contradicts --show-%s: each partition is a program of its own",
				 args->memory ? "memory-summary" :
				 args->plan   ? "exec-plan" :
						"config");
	return CLI_OK;
}

static int compile_run(const struct cli *cli, const void *args_)
{
	const struct compile_args *args = args_;
	struct npuc_options options = source_options(&args->source);
	struct target target;
	struct knobs knobs;
	int rc = check_args(cli, args);

	if (rc)
		return rc;
	rc = target_read(cli, args->target, args->firmware, args->device, &options, &target);
	if (rc)
		return rc;
	rc = knobs_read(cli, &args->knobs, &options.personality, &knobs);
	if (!rc)
		rc = knobs_apply(&knobs, &options);
	if (!rc)
		rc = model_check_personality(cli, options.personalities, options.personality);
	if (!rc)
		rc = compile_source(cli, args, &knobs, &options);
	knobs_free(&knobs);
	target_free(&target);
	return rc;
}

static const char *const emitted[] = { "npu", "tflite", NULL };

static const struct cli_option options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .type = CLI_STRING,
	  .offset = offsetof(struct compile_args, output),
	  .arg = "FILE",
	  .help = "the .npu to write" },
	{ .name = "emit",
	  .type = CLI_WORD,
	  .offset = offsetof(struct compile_args, emit),
	  .words = emitted,
	  .arg = "KIND",
	  .help = "what to write: npu, or tflite, the model with one custom op 'vnpu' for each "
		  "partition of the NPU",
	  .value = "npu" },
	OPTIONS_SOURCE(compile_args, source),
	OPTION_FIRMWARE(compile_args, firmware),
	OPTION_TARGET(compile_args, target),
	OPTION_TARGET_DEVICE(compile_args, device),
	OPTION_MEMORY(compile_args, memory),
	OPTION_EXEC_PLAN(compile_args, plan),
	{ .name = "input",
	  .letter = 'i',
	  .type = CLI_LIST,
	  .offset = offsetof(struct compile_args, inputs),
	  .arg = "FILE",
	  .help = "value of the next model input, to measure what --relax-fp32 and --opt-accuracy "
		  "do to the outputs; without any a pattern" },
	{ .name = "check-target-only",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct compile_args, check_only),
	  .help = "build nothing, only say whether the NPU takes every op" },
	CLI_END,
};

const struct cli_command cmd_compile = {
	.name = "compile",
	.operands = "MODEL",
	.summary = "Compile a model into a .npu artefact.",
	.notes =
		"Exit code 1 when an op runs on neither NPU nor CPU; 'npu check' lists all of them.",
	.min_operands = 1,
	.max_operands = 1,
	.options = options,
	.shared = knob_options,
	.shared_offset = offsetof(struct compile_args, knobs),
	.args_size = sizeof(struct compile_args),
	.run = compile_run,
};
