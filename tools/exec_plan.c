// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "exec_plan.h"

#include <stdio.h>
#include <string.h>

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

	snprintf(names, NAMES, "none: it is part of another op, or moves nothing");
	for (uint32_t i = l->first_op; i < l->first_op + l->op_count && length < NAMES; i++) {
		if (i > l->first_op && op[i].opcode == op[i - 1].opcode)
			continue;
		length += (size_t)snprintf(names + length, NAMES - length, "%s%s",
					   length ? ", " : "", npum_op_info(op[i].opcode)->name);
	}
	return names;
}

void exec_plan_print(const struct npu_model *model)
{
	static const struct table_column columns[] = {
		{ .title = "op", .right = true },
		{ .title = "type" },
		{ .title = "target" },
		{ .title = "records" },
		{ .title = "instructions", .max_width = 60 },
		{ .title = "output", .max_width = 40 },
		{ NULL },
	};
	struct table *table = table_new(columns);
	const struct npu_layer_info *l;
	char names[NAMES];

	for (size_t i = 0; (l = npu_model_layer(model, i)); i++) {
		if (l->source == NPU_NO_TENSOR)
			table_cell(table, "added");
		else
			table_cell(table, "%u", l->source);
		table_cell(table, "%s", l->type);
		table_cell(table, "NPU %s", npu_model_info(model)->personality);
		if (l->op_count)
			table_cell(table, "%u..%u", l->first_op, l->first_op + l->op_count - 1);
		else
			table_cell(table, "none");
		table_cell(table, "%s", instructions(model, l, names));
		table_cell(table, "%s", l->name);
	}
	table_print(table, stdout);
	table_free(table);
}

json_t *exec_plan_report(const struct npu_model *model)
{
	json_t *array = json_array();
	const struct npu_layer_info *l;
	char names[NAMES];

	for (size_t i = 0; (l = npu_model_layer(model, i)); i++) {
		json_t *op = l->source == NPU_NO_TENSOR ? json_null() : json_integer(l->source);

		json_array_append_new(
			array,
			json_pack("{s:o, s:o, s:s, s:o, s:I, s:I, s:s, s:o}", "op", op, "type",
				  report_string(l->type), "target", "npu", "personality",
				  report_string(npu_model_info(model)->personality), "first_record",
				  (json_int_t)l->first_op, "records", (json_int_t)l->op_count,
				  "instructions", instructions(model, l, names), "output",
				  report_string(l->name)));
	}
	return array;
}
