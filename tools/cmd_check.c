// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Where would each op of a model run, and why not on the NPU? */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "options.h"
#include "report.h"
#include "table.h"
#include "target.h"
#include "term.h"

struct check_args {
	const char *personality;
	const char *firmware;
	const char *target;
	const char *device;
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

static int print_json(const struct cli *cli, const struct verdicts *v, int code)
{
	json_t *report = report_new("npu-check");
	json_t *ops = json_array();

	for (size_t i = 0; i < v->count; i++) {
		const struct npuc_verdict *op = &v->items[i];

		json_array_append_new(
			ops,
			json_pack("{s:I, s:o, s:o, s:s, s:o, s:o}", "op", (json_int_t)op->op,
				  "type", report_string(op->type), "name", report_string(op->name),
				  "placement", placement_name(op), "reason",
				  report_string(op->reason), "advice", report_string(op->advice)));
	}
	json_object_set_new(report, "model", report_string(cli->operands[0]));
	json_object_set_new(report, "op_count", json_integer((json_int_t)v->count));
	json_object_set_new(report, "refused", json_integer((json_int_t)v->refused));
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
		table_cell(table, "%s%s%s", op->reason, *op->advice ? "; " : "", op->advice);
	}
	if (table_print(table, stdout))
		code = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	table_free(table);
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

static int check_run(const struct cli *cli, const void *args_)
{
	const struct check_args *args = args_;
	struct npuc_options options = { .personality = args->personality };
	struct target target;
	struct model_source source;
	int rc = target_read(cli, args->target, args->firmware, args->device, &options, &target);

	if (!rc)
		rc = model_check_personality(cli, options.personalities, args->personality);
	if (!rc)
		rc = model_source_read(cli, cli->operands[0], &source);
	if (!rc) {
		rc = check_source(cli, &source, &options);
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
	CLI_END,
};

const struct cli_command cmd_check = {
	.name = "check",
	.operands = "MODEL",
	.summary = "Say for every op of a model whether the NPU takes it, and why not.",
	.notes = "Exit code 1 when an op is refused.",
	.min_operands = 1,
	.max_operands = 1,
	.options = options,
	.args_size = sizeof(struct check_args),
	.run = check_run,
};
