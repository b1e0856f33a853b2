// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "exec_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "estimate.h"
#include "npum.h"
#include "table.h"

/* Room for the names of a layer's instructions. */
#define NAMES 96

static const struct vnpu_op *records(const struct npu_model *model)
{
	size_t size;
	const uint8_t *program = npu_model_program(model, &size);
	struct vnpu_program_header header;

	/* npu_model_load() has had it validated. */
	memcpy(&header, program, sizeof(header));
	return (const void *)(program + header.op_offset);
}

/* "CONV2D, ADD": each instruction once, in order. */
static const char *instructions(const struct npu_model *model, const struct npu_layer_info *l,
				char names[NAMES])
{
	const struct vnpu_op *op = records(model);
	size_t length = 0;

	if (l->op_count && l->first_op >= npu_model_info(model)->record_count) {
		snprintf(names, NAMES, "host operator");
		return names;
	}
	snprintf(names, NAMES, "none: it is part of another op, or moves nothing");
	for (uint32_t i = l->first_op; i < l->first_op + l->op_count && length < NAMES; i++) {
		if (i > l->first_op && op[i].opcode == op[i - 1].opcode)
			continue;
		length += (size_t)snprintf(names + length, NAMES - length, "%s%s",
					   length ? ", " : "", npum_op_info(op[i].opcode)->name);
	}
	return names;
}

static void print(const struct npu_model *model, const struct estimate *estimate,
		  struct table *table)
{
	const struct npu_layer_info *l;
	char names[NAMES];

	for (size_t i = 0; (l = npu_model_layer(model, i)); i++) {
		const struct npuc_cost *cost = &estimate->layers[i];

		if (l->source == NPU_NO_TENSOR)
			table_cell(table, "added");
		else
			table_cell(table, "%u", l->source);
		table_cell(table, "%s", l->type);
		table_cell(table, "%s %s", l->place == NPU_PLACE_HOST ? "CPU" : "NPU",
			   npu_model_info(model)->personality);
		if (l->op_count)
			table_cell(table, "%u..%u", l->first_op, l->first_op + l->op_count - 1);
		else
			table_cell(table, "none");
		table_cell(table, "%s", instructions(model, l, names));
		table_cell(table, "%" PRIu64, cost->cycles);
		table_cell(table, "%.3f", (double)cost->macs / 1e6);
		table_cell(table, "%" PRIu64, cost->bytes);
		table_cell(table, "%.1f", 100 * estimate_utilisation(cost));
		table_cell(table, "%s", l->name);
	}
}

int exec_plan_show(const struct cli *cli, const struct npu_model *model,
		   const struct npum_target *target)
{
	static const struct table_column columns[] = {
		{ .title = "op", .right = true },
		{ .title = "type" },
		{ .title = "target" },
		{ .title = "records" },
		{ .title = "instructions", .max_width = 60 },
		{ .title = "cycles", .right = true },
		{ .title = "MMACs", .right = true },
		{ .title = "bytes", .right = true },
		{ .title = "util%", .right = true },
		{ .title = "output", .max_width = 40 },
		{ NULL },
	};
	struct estimate estimate;
	struct table *table;
	int rc = estimate_make(cli, model, target, &estimate);

	if (rc)
		return rc;
	table = table_new(columns);
	print(model, &estimate, table);
	if (table_print(table, stdout))
		rc = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	table_free(table);
	estimate_free(&estimate);
	return rc;
}

json_t *exec_plan_report(const struct cli *cli, const struct npu_model *model,
			 const struct npum_target *target)
{
	json_t *array = json_array();
	const struct npu_layer_info *l;
	struct estimate estimate;
	char names[NAMES];

	if (estimate_make(cli, model, target, &estimate)) {
		json_decref(array);
		return NULL;
	}
	for (size_t i = 0; (l = npu_model_layer(model, i)); i++) {
		json_t *op = l->source == NPU_NO_TENSOR ? json_null() : json_integer(l->source);

		json_array_append_new(
			array,
			json_pack("{s:o, s:o, s:s, s:o, s:I, s:I, s:s, s:o, s:o}", "op", op, "type",
				  report_string(l->type), "target",
				  l->place == NPU_PLACE_HOST ? "cpu" : "npu", "personality",
				  report_string(npu_model_info(model)->personality), "first_record",
				  (json_int_t)l->first_op, "records", (json_int_t)l->op_count,
				  "instructions", instructions(model, l, names), "output",
				  report_string(l->name), "estimate",
				  estimate_cost_report(&estimate, &estimate.layers[i])));
	}
	estimate_free(&estimate);
	return array;
}
