// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "counters.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "npum.h"
#include "table.h"

/**
 * struct counter - a column of the table and a key of the report
 * @title: in the table, where it lies left out if it is 0 for every op
 * @key: in the report
 * @offset: of a uint64_t in &struct npu_op_counters
 * @share: in the table as a percentage of the values
 */
struct counter {
	const char *title;
	const char *key;
	size_t offset;
	bool share;
};

#define COUNTER(title, name, share)                                         \
	{                                                                   \
		title, #name, offsetof(struct npu_op_counters, name), share \
	}

static const struct counter counters[] = {
	COUNTER("clamped low", clamped_low, true),
	COUNTER("high", clamped_high, true),
	COUNTER("ties", ties, true),
	COUNTER("overflows", overflows, false),
	COUNTER("inf", infs, false),
	COUNTER("nan", nans, false),
	COUNTER("lut low", lut_low, true),
	COUNTER("lut high", lut_high, true),
};

#define COUNTERS (sizeof(counters) / sizeof(counters[0]))
/* op, values, the counters, accumulator, layer, and the end */
#define COLUMNS (2 + 1 + COUNTERS + 1 + 1 + 1)

static uint64_t value_of(const struct counter *counter, const struct npu_op_counters *op)
{
	uint64_t value;

	memcpy(&value, (const char *)op + counter->offset, sizeof(value));
	return value;
}

static bool is_met(const struct counter *counter, const struct npu_op_counters *ops, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (value_of(counter, &ops[i]))
			return true;
	return false;
}

/* Name of op number @op; the model was checked when it was loaded. */
static const char *op_name(const struct npu_model *model, size_t op)
{
	size_t size;
	const uint8_t *program = npu_model_program(model, &size);
	struct vnpu_program_header header;
	struct vnpu_op record;

	if (op >= npu_model_info(model)->record_count)
		return "host";
	memcpy(&header, program, sizeof(header));
	memcpy(&record, program + header.op_offset + op * header.op_size, sizeof(record));
	return npum_op_info(record.opcode)->name;
}

/* The layer that record number @op belongs to; NULL: none, which no compiler makes. */
static const struct npu_layer_info *layer_of(const struct npu_model *model, size_t op)
{
	const struct npu_layer_info *layer;

	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++)
		if (op >= layer->first_op && op - layer->first_op < layer->op_count)
			return layer;
	return NULL;
}

static void counter_cell(struct table *table, const struct counter *counter,
			 const struct npu_op_counters *op)
{
	uint64_t value = value_of(counter, op);

	if (!value)
		table_cell(table, "-");
	else if (counter->share && op->values)
		table_cell(table, "%.4f%%", 100.0 * (double)value / (double)op->values);
	else
		table_cell(table, "%" PRIu64, value);
}

static void add_row(struct table *table, const struct npu_model *model,
		    const struct npu_op_counters *ops, size_t count, size_t op)
{
	const struct npu_layer_info *layer = layer_of(model, op);

	table_cell(table, "%zu", op);
	table_cell(table, "%s", op_name(model, op));
	table_cell(table, "%" PRIu64, ops[op].values);
	for (size_t i = 0; i < COUNTERS; i++)
		if (is_met(&counters[i], ops, count))
			counter_cell(table, &counters[i], &ops[op]);
	if (ops[op].acc_bits)
		table_cell(table, "%u", ops[op].acc_bits);
	else
		table_cell(table, "-");
	table_cell(table, "%s", layer ? layer->name : "");
}

int counters_print(const struct cli *cli, const struct npu_model *model,
		   const struct npu_session *session)
{
	struct table_column columns[COLUMNS] = {
		{ .title = "op", .right = true },
		{ .title = "" },
		{ .title = "values", .right = true },
	};
	size_t count, used = 3, silent = 0;
	const struct npu_op_counters *ops = npu_session_counters(session, &count);
	struct table *table;
	int rc;

	for (size_t i = 0; i < COUNTERS; i++)
		if (is_met(&counters[i], ops, count))
			columns[used++] =
				(struct table_column){ .title = counters[i].title, .right = true };
	columns[used++] = (struct table_column){ .title = "acc bits", .right = true };
	columns[used] = (struct table_column){ .title = "layer", .max_width = 60 };
	table = table_new(columns);
	for (size_t op = 0; op < count; op++) {
		if (ops[op].values)
			add_row(table, model, ops, count, op);
		else
			silent++;
	}
	putchar('\n');
	rc = table_print(table, stdout);
	table_free(table);
	if (rc)
		return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	if (silent)
		printf("%zu of %zu ops have nothing to count\n", silent, count);
	return CLI_OK;
}

json_t *counters_report(const struct npu_model *model, const struct npu_session *session)
{
	json_t *array = json_array();
	size_t count;
	const struct npu_op_counters *ops = npu_session_counters(session, &count);

	for (size_t op = 0; op < count; op++) {
		const struct npu_layer_info *layer = layer_of(model, op);
		json_t *row = json_object();

		json_object_set_new(row, "op", json_integer((json_int_t)op));
		json_object_set_new(row, "opcode", report_string(op_name(model, op)));
		json_object_set_new(row, "layer", layer ? report_string(layer->name) : json_null());
		json_object_set_new(row, "values", json_integer((json_int_t)ops[op].values));
		for (size_t i = 0; i < COUNTERS; i++)
			json_object_set_new(
				row, counters[i].key,
				json_integer((json_int_t)value_of(&counters[i], &ops[op])));
		json_object_set_new(row, "acc_bits", json_integer((json_int_t)ops[op].acc_bits));
		json_array_append_new(array, row);
	}
	return array;
}
