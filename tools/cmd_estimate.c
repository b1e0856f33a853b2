// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What a model costs on a target, before it runs, and what it did cost. */
#include "commands.h"

#include "estimate.h"
#include "measure.h"
#include "memory.h"
#include "model.h"
#include "options.h"
#include "report.h"
#include "source.h"
#include "target.h"

struct estimate_args {
	struct source_args source;
	const char *target;
	const char *firmware;
	const char *device;
	struct measure_args measure;
};

static int show(const struct cli *cli, const struct npu_model *model,
		const struct npum_target *target, const struct profile *measured)
{
	struct estimate estimate;
	json_t *report;
	int rc;

	if (!cli->json)
		return estimate_show(cli, model, target, measured);
	rc = estimate_make(cli, model, target, &estimate);
	if (rc)
		return rc;
	report = report_new("npu-estimate");
	json_object_set_new(report, "model", report_string(cli->operands[0]));
	json_object_set_new(report, "estimate", estimate_report(&estimate, model, measured));
	estimate_free(&estimate);
	return report_print(cli, report, CLI_OK);
}

static int estimate_model(const struct cli *cli, const struct estimate_args *args,
			  const struct npuc_options *options, const struct target *target)
{
	struct profile profile = { 0 };
	struct npu_model *model;
	int rc = model_load(cli, cli->operands[0], options, &model);

	if (rc)
		return rc;
	if (args->measure.measured)
		rc = measure_layers(cli, &args->measure, target, model, &profile);
	if (!rc)
		rc = show(cli, model, options->target, args->measure.measured ? &profile : NULL);
	profile_free(&profile);
	npu_model_free(model);
	return rc;
}

static int estimate_run(const struct cli *cli, const void *args_)
{
	const struct estimate_args *args = args_;
	struct npuc_options options = source_options(&args->source);
	struct target target;
	int rc = measure_check(cli, &args->measure);

	if (rc)
		return rc;
	rc = target_read(cli, args->target, args->firmware, args->device, &options, &target);
	if (!rc)
		rc = estimate_model(cli, args, &options, &target);
	target_free(&target);
	return rc;
}

static const struct cli_option options[] = {
	OPTION_L1(estimate_args, source.l1_kb),
	OPTIONS_SOURCE(estimate_args, source),
	OPTION_FIRMWARE(estimate_args, firmware),
	OPTION_TARGET(estimate_args, target),
	OPTION_TARGET_DEVICE(estimate_args, device),
	OPTIONS_MEASURE(estimate_args, measure),
	CLI_END,
};

const struct cli_command cmd_estimate = {
	.name = "estimate",
	.operands = "MODEL|X.npu",
	.summary =
		"Reckon what each op of a model costs on a target, without running it, or beside a run.",
	.notes =
		"Cycles, multiply-accumulates, bytes to and from memory and use of the multipliers, "
		"by the numbers of the target. --measured runs the model too and has the same columns "
		"of what was measured, in brackets: time in cycles of the target's clock, products "
		"and bytes per second, use of the multipliers, and how many times the estimate it "
		"took. On sim that is this machine's time, whose shares tell more than its amount.",
	.min_operands = 1,
	.max_operands = 1,
	.options = options,
	.args_size = sizeof(struct estimate_args),
	.run = estimate_run,
};
