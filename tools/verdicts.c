// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "verdicts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knobs.h"
#include "report.h"
#include "table.h"
#include "term.h"

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

/* Ops that the configuration adds have no number in the model file. */
static json_t *op_number(const struct npuc_verdict *op)
{
	return op->op == NPUC_ADDED ? json_null() : json_integer((json_int_t)op->op);
}

static int print_json(const struct cli *cli, const struct verdicts *v, int code)
{
	json_t *report = report_new("npu-check");
	json_t *ops = json_array();

	for (size_t i = 0; i < v->count; i++) {
		const struct npuc_verdict *op = &v->items[i];

		json_array_append_new(
			ops, json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:s?}", "op", op_number(op),
				       "type", report_string(op->type), "name",
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

		if (op->op == NPUC_ADDED)
			table_cell(table, "added");
		else
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

int verdicts_show(const struct cli *cli, const struct model_source *source,
		  const struct npuc_options *options)
{
	struct npuc_error error = { 0 };
	struct verdicts v = { 0 };
	int refused = npuc_check(source->model, options, &v.items, &v.count, &error);
	int code = refused ? CLI_NO : CLI_OK;

	if (refused < 0)
		return options->config ? knobs_error(knobs_of(options), &error) :
					 cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	v.refused = (size_t)refused;
	code = cli->json ? print_json(cli, &v, code) : print_text(cli, &v, code);
	free(v.items);
	return code;
}
