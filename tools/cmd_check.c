// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Where would each op of a model run, and why not on the NPU? */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "exec_plan.h"
#include "fix.h"
#include "knobs.h"
#include "memory.h"
#include "model.h"
#include "options.h"
#include "source.h"
#include "supported_ops.h"
#include "target.h"
#include "verdicts.h"

struct check_args {
	struct source_args source;
	const char *firmware;
	const char *target;
	const char *device;
	const char *fix;
	struct cli_list without;
	struct cli_list inputs;
	uint32_t seed;
	bool resize;
	bool supported;
	bool memory;
	bool exec_plan;
	struct knob_args knobs;
};

static int fix_source(const struct cli *cli, const struct check_args *args,
		      const struct model_source *source, const struct npuc_options *options)
{
	const struct fix_args fix = {
		.path = args->fix,
		.without = &args->without,
		.inputs = { .files = &args->inputs, .seed = args->seed, .resize = args->resize },
	};

	return fix_run(cli, &fix, source, options);
}

/* Memory and costs of a model that the NPU takes as a whole. */
static int show_plans(const struct cli *cli, const struct check_args *args,
		      const struct model_source *source, const struct npuc_options *options)
{
	struct npu_error error = { 0 };
	struct npu_model *model;
	void *artefact = NULL;
	size_t size = 0;
	int rc = model_compile(cli, source, options, &artefact, &size);

	if (!rc && npu_model_load(source->file.path, artefact, size, &model, &error))
		rc = cli_error(cli, CLI_DEVICE, NULL, "%s", error.text);
	free(artefact);
	if (rc)
		return rc;
	putchar('\n');
	if (args->memory && memory_print(model, 0))
		rc = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	if (!rc && args->exec_plan)
		rc = exec_plan_show(cli, model, options->target);
	npu_model_free(model);
	return rc;
}

static int check_source(const struct cli *cli, const struct check_args *args,
			const struct npuc_options *options, const struct knobs *knobs)
{
	struct model_source source;
	int rc = model_source_read(cli, cli->operands[0], options, &source);

	if (rc)
		return rc;
	rc = args->fix ? fix_source(cli, args, &source, options) :
			 verdicts_show(cli, &source, options);
	if (!rc && !args->fix && !cli->json && (args->memory || args->exec_plan))
		rc = show_plans(cli, args, &source, options);
	if (rc <= CLI_NO && !cli->json && args->knobs.show && knobs_print(knobs))
		rc = CLI_DEVICE;
	model_source_free(&source);
	return rc;
}

static int check_args(const struct cli *cli, const struct check_args *args,
		      const struct knobs *knobs)
{
	const char *given = npuc_config_given(&knobs->config);

	if (args->supported != !cli->operand_count)
		return cli_error(cli, CLI_USAGE, NULL, "give one of MODEL and --supported-ops");
	if (args->fix && given)
		return cli_error(cli, CLI_USAGE, "--fix",
				 "contradicts %s: what is written is the model's own", given);
	return fix_check_names(cli, &args->without);
}

static int check_run(const struct cli *cli, const void *args_)
{
	const struct check_args *args = args_;
	struct npuc_options options = source_options(&args->source);
	struct target target;
	struct knobs knobs;
	int rc = target_read(cli, args->target, args->firmware, args->device, &options, &target);

	if (rc)
		return rc;
	rc = knobs_read(cli, &args->knobs, &options.personality, &knobs);
	if (!rc)
		rc = check_args(cli, args, &knobs);
	if (!rc)
		rc = knobs_apply(&knobs, &options);
	if (!rc)
		rc = model_check_personality(cli, options.personalities, options.personality);
	if (!rc && args->supported)
		rc = supported_print(cli, options.target ? options.target : npum_builtin_target());
	else if (!rc)
		rc = check_source(cli, args, &options, &knobs);
	knobs_free(&knobs);
	target_free(&target);
	return rc;
}

static const struct cli_option options[] = {
	OPTIONS_SOURCE(check_args, source),
	OPTION_FIRMWARE(check_args, firmware),
	OPTION_TARGET(check_args, target),
	OPTION_TARGET_DEVICE(check_args, device),
	{ .name = "supported-ops",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct check_args, supported),
	  .help = "instead: list the operators and what each asks, as reStructuredText" },
	{ .name = "fix",
	  .type = CLI_STRING,
	  .offset = offsetof(struct check_args, fix),
	  .arg = "OUT.tflite",
	  .help = "rewrite what is refused, write the model there, and measure on sim what each "
		  "rewrite does to the numbers" },
	{ .name = "without",
	  .type = CLI_LIST,
	  .offset = offsetof(struct check_args, without),
	  .arg = "REWRITE",
	  .help = "rewrite that --fix must not apply: align-corners, half-pixel, narrow-index, "
		  "pool-cascade, pool-depthwise, symmetric-weights or per-tensor-weights" },
	OPTION_MEMORY(check_args, memory),
	OPTION_EXEC_PLAN(check_args, exec_plan),
	OPTION_INPUTS(check_args, inputs),
	OPTION_SEED(check_args, seed),
	OPTION_RESIZE(check_args, resize),
	CLI_END,
};

const struct cli_command cmd_check = {
	.name = "check",
	.operands = "MODEL | --supported-ops",
	.summary = "Say for every op of a model whether the NPU takes it, and why not.",
	.notes = "What the NPU does not take runs on the CPU, in the library's fallback, where "
		 "that can. Exit code 1 when an op does not run on the NPU, with --fix when one "
		 "still does not.",
	.min_operands = 0,
	.max_operands = 1,
	.options = options,
	.shared = knob_options,
	.shared_offset = offsetof(struct check_args, knobs),
	.args_size = sizeof(struct check_args),
	.run = check_run,
};
