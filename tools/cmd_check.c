// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Where would each op of a model run, and why not on the NPU? */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fix.h"
#include "model.h"
#include "options.h"
#include "report.h"
#include "supported_ops.h"
#include "table.h"
#include "target.h"
#include "term.h"

struct check_args {
	const char *personality;
	const char *firmware;
	const char *target;
	const char *device;
	const char *fix;
	struct cli_list without;
	struct cli_list inputs;
	uint32_t seed;
	bool resize;
	bool supported;
};

/** struct verdicts - what the compiler says of each op */
struct verdicts {
	struct npuc_verdict *items;
	size_t count;
	size_t refused;
};

static const char *placement_name(const struct npuc_verdict *v)
{
	return v->placement == NPUC_ON_NPU ? "npu" : "cpu";
}

/* Is this the first op that is refused with its sentence? */
static bool is_new(const struct verdicts *v, size_t i)
{
	const struct npuc_verdict *op = &v->items[i];

	for (size_t k = 0; k < i; k++)
		if (v->items[k].sentence == op->sentence &&
		    !memcmp(v->items[k].reason, op->reason, op->sentence))
			return false;
	return op->sentence;
}

static size_t count_like(const struct verdicts *v, size_t i)
{
	const struct npuc_verdict *op = &v->items[i];
	size_t count = 0;

	for (size_t k = i; k < v->count; k++)
		count += v->items[k].sentence == op->sentence &&
			 !memcmp(v->items[k].reason, op->reason, op->sentence);
	return count;
}

static json_t *reasons_report(const struct verdicts *v)
{
	json_t *reasons = json_array();

	for (size_t i = 0; i < v->count; i++) {
		const struct npuc_verdict *op = &v->items[i];
		char sentence[sizeof(op->reason)];

		if (!is_new(v, i))
			continue;
		snprintf(sentence, sizeof(sentence), "%.*s", (int)op->sentence, op->reason);
		json_array_append_new(reasons,
				      json_pack("{s:o, s:I}", "sentence", report_string(sentence),
						"op_count", (json_int_t)count_like(v, i)));
	}
	return reasons;
}

static void print_reasons(const struct verdicts *v)
{
	size_t reasons = 0;

	for (size_t i = 0; i < v->count; i++)
		reasons += is_new(v, i);
	printf("\n%zu op%s cannot run on the NPU, for %zu reason%s:\n", v->refused,
	       v->refused == 1 ? "" : "s", reasons, reasons == 1 ? "" : "s");
	for (size_t i = 0; i < v->count; i++)
		if (is_new(v, i))
			term_printf("%4zu  %.*s\n", count_like(v, i), (int)v->items[i].sentence,
				    v->items[i].reason);
}

static int print_json(const struct cli *cli, const struct verdicts *v, int code)
{
	json_t *report = report_new("npu-check");
	json_t *ops = json_array();

	for (size_t i = 0; i < v->count; i++) {
		const struct npuc_verdict *op = &v->items[i];

		json_array_append_new(
			ops, json_pack("{s:I, s:o, s:o, s:s, s:o, s:o, s:s?}", "op",
				       (json_int_t)op->op, "type", report_string(op->type), "name",
				       report_string(op->name), "placement", placement_name(op),
				       "reason", report_string(op->reason), "advice",
				       report_string(op->advice), "rewrite", op->rewrite));
	}
	json_object_set_new(report, "model", report_string(cli->operands[0]));
	json_object_set_new(report, "op_count", json_integer((json_int_t)v->count));
	json_object_set_new(report, "refused", json_integer((json_int_t)v->refused));
	json_object_set_new(report, "reasons", reasons_report(v));
	json_object_set_new(report, "ops", ops);
	return report_print(cli, report, code);
}

static int print_text(const struct cli *cli, const struct verdicts *v, int code)
{
	static const struct table_column columns[] = {
		{ .title = "op", .right = true },
		{ .title = "type" },
		{ .title = "output", .max_width = 40 },
		{ .title = "runs on" },
		{ .title = "because" },
		{ NULL },
	};
	struct table *table = table_new(columns);

	for (size_t i = 0; i < v->count; i++) {
		const struct npuc_verdict *op = &v->items[i];

		table_cell(table, "%u", op->op);
		table_cell(table, "%s", op->type);
		table_cell(table, "%s", op->name);
		table_cell(table, "%s", placement_name(op));
		table_cell(table, "%s%s%s%s%s", op->reason, *op->advice ? "; " : "", op->advice,
			   op->rewrite ? "; --fix: " : "", op->rewrite ? op->rewrite : "");
	}
	if (table_print(table, stdout))
		code = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	table_free(table);
	if (v->refused)
		print_reasons(v);
	printf("\n%s: %zu of %zu ops run on the NPU\n", cli->operands[0], v->count - v->refused,
	       v->count);
	return code;
}

static int check_source(const struct cli *cli, const struct model_source *source,
			const struct npuc_options *options)
{
	struct npuc_error error = { 0 };
	struct verdicts v = { 0 };
	int refused = npuc_check(source->model, options, &v.items, &v.count, &error);
	int code = refused ? CLI_NO : CLI_OK;

	if (refused < 0)
		return cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	v.refused = (size_t)refused;
	code = cli->json ? print_json(cli, &v, code) : print_text(cli, &v, code);
	free(v.items);
	return code;
}

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

static int check_run(const struct cli *cli, const void *args_)
{
	const struct check_args *args = args_;
	struct npuc_options options = { .personality = args->personality };
	struct target target;
	struct model_source source;
	int rc = target_read(cli, args->target, args->firmware, args->device, &options, &target);

	if (!rc)
		rc = fix_check_names(cli, &args->without);
	if (!rc && args->supported != !cli->operand_count)
		rc = cli_error(cli, CLI_USAGE, NULL, "give one of MODEL and --supported-ops");
	if (!rc && args->supported) {
		rc = supported_print(cli, options.target ? options.target : npum_builtin_target());
		target_free(&target);
		return rc;
	}
	if (!rc)
		rc = model_check_personality(cli, options.personalities, args->personality);
	if (!rc)
		rc = model_source_read(cli, cli->operands[0], &source);
	if (!rc) {
		rc = args->fix ? fix_source(cli, args, &source, &options) :
				 check_source(cli, &source, &options);
		model_source_free(&source);
	}
	target_free(&target);
	return rc;
}

static const struct cli_option options[] = {
	OPTION_PERSONALITY(check_args, personality),
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
	OPTION_INPUTS(check_args, inputs),
	OPTION_SEED(check_args, seed),
	OPTION_RESIZE(check_args, resize),
	CLI_END,
};

const struct cli_command cmd_check = {
	.name = "check",
	.operands = "MODEL | --supported-ops",
	.summary = "Say for every op of a model whether the NPU takes it, and why not.",
	.notes = "Exit code 1 when an op is refused, with --fix when one still is.",
	.min_operands = 0,
	.max_operands = 1,
	.options = options,
	.args_size = sizeof(struct check_args),
	.run = check_run,
};
