// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "verdicts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knobs.h"
#include "report.h"
#include "table.h"
#include "term.h"
#include "transposes.h"

/** struct verdicts - what the compiler says of each op, and which TRANSPOSEs stay */
struct verdicts {
	struct npuc_verdict *items;
	size_t count;
	size_t refused;
	struct transposes left;
};

static const char *placement_name(const struct npuc_verdict *v)
{
	static const char *const names[] = { "npu", "cpu", "none" };

	return names[v->placement];
}

static size_t count_of(const struct verdicts *v, enum npuc_placement placement)
{
	size_t count = 0;

	for (size_t i = 0; i < v->count; i++)
		count += v->items[i].placement == placement;
	return count;
}

/* Partitions are numbered through. */
static size_t partitions(const struct verdicts *v)
{
	size_t count = 0;

	for (size_t i = 0; i < v->count; i++)
		if (v->items[i].partition != NPUC_NO_PARTITION && v->items[i].partition >= count)
			count = v->items[i].partition + 1;
	return count;
}

static json_t *partition_json(const struct npuc_verdict *v)
{
	return v->partition == NPUC_NO_PARTITION ? json_null() : json_integer(v->partition);
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
	size_t reasons = 0, others = v->count - count_of(v, NPUC_ON_NPU);

	for (size_t i = 0; i < v->count; i++)
		reasons += is_new(v, i);
	printf("\n%zu op%s cannot run on the NPU, for %zu reason%s:\n", others,
	       others == 1 ? "" : "s", reasons, reasons == 1 ? "" : "s");
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

		json_array_append_new(ops,
				      json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:s?}", "op",
						op_number(op), "type", report_string(op->type),
						"name", report_string(op->name), "placement",
						placement_name(op), "partition", partition_json(op),
						"reason", report_string(op->reason), "advice",
						report_string(op->advice), "rewrite", op->rewrite));
	}
	json_object_set_new(report, "model", report_string(cli->operands[0]));
	json_object_set_new(report, "op_count", json_integer((json_int_t)v->count));
	json_object_set_new(report, "npu", json_integer((json_int_t)count_of(v, NPUC_ON_NPU)));
	json_object_set_new(report, "cpu", json_integer((json_int_t)count_of(v, NPUC_ON_CPU)));
	json_object_set_new(report, "refused", json_integer((json_int_t)v->refused));
	json_object_set_new(report, "partitions", json_integer((json_int_t)partitions(v)));
	json_object_set_new(report, "reasons", reasons_report(v));
	json_object_set_new(report, "ops", ops);
	json_object_set_new(report, "transposes", transposes_report(&v->left));
	return report_print(cli, report, code);
}

static int print_text(const struct cli *cli, const struct verdicts *v, int code)
{
	static const struct table_column columns[] = {
		{ .title = "op", .right = true },
		{ .title = "type" },
		{ .title = "output", .max_width = 40 },
		{ .title = "runs on" },
		{ .title = "partition", .right = true },
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
		if (op->partition == NPUC_NO_PARTITION)
			table_cell(table, "-");
		else
			table_cell(table, "%u", op->partition);
		table_cell(table, "%s%s%s%s%s", op->reason, *op->advice ? "; " : "", op->advice,
			   op->rewrite ? "; --fix: " : "", op->rewrite ? op->rewrite : "");
	}
	if (table_print(table, stdout))
		code = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	table_free(table);
	if (count_of(v, NPUC_ON_NPU) < v->count)
		print_reasons(v);
	printf("\n%s: %zu of %zu ops run on the NPU", cli->operands[0], count_of(v, NPUC_ON_NPU),
	       v->count);
	if (count_of(v, NPUC_ON_CPU))
		printf(", %zu on the CPU", count_of(v, NPUC_ON_CPU));
	if (v->refused)
		printf(", %zu nowhere\n", v->refused);
	else
		printf(", in %zu partition%s\n", partitions(v), partitions(v) == 1 ? "" : "s");
	transposes_print(&v->left);
	return code;
}

int verdicts_show(const struct cli *cli, const struct model_source *source,
		  const struct npuc_options *options)
{
	struct npuc_error error = { 0 };
	struct verdicts v = { 0 };
	int refused = npuc_check(source->model, options, &v.items, &v.count, &error);
	int code, rc;

	if (refused < 0)
		return options->config ? knobs_error(knobs_of(options), &error) :
					 cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	v.refused = (size_t)refused;
	code = count_of(&v, NPUC_ON_NPU) < v.count ? CLI_NO : CLI_OK;
	rc = transposes_list(cli, source, options, &v.left);
	if (!rc)
		rc = cli->json ? print_json(cli, &v, code) : print_text(cli, &v, code);
	transposes_free(&v.left);
	free(v.items);
	return rc;
}
