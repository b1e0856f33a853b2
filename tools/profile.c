// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "profile.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

/* Rows of the table of the slowest. */
#define TOP_ROWS 10

/* What stands beside the measured columns: the target's, not this machine's. */
#define ESTIMATED_COLUMNS                                                              \
	{ .title = "[est ms]", .right = true }, { .title = "[est %]", .right = true }, \
		{ .title = "[est util%]", .right = true },                             \
	{                                                                              \
		.title = "[bytes]", .right = true                                      \
	}

int profile_init(struct profile *profile, const struct npu_model *model)
{
	const struct npu_layer_info *layer;

	*profile = (struct profile){ 0 };
	profile->rows = calloc(npu_model_info(model)->layer_count + 1, sizeof(*profile->rows));
	if (!profile->rows)
		return -ENOMEM;
	profile->mixed = npu_model_info(model)->partition_count !=
			 npu_model_info(model)->device_partition_count;
	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++)
		if (layer->op_count)
			profile->rows[profile->row_count++] = (struct profile_row){
				.type = layer->type,
				.name = layer->name,
				.place = layer->place,
				.macs = layer->macs,
				.count = 1,
			};
	return 0;
}

int profile_expect(struct profile *profile, const struct cli *cli, const struct npu_model *model,
		   const struct npum_target *target)
{
	const struct npu_layer_info *layer;
	struct estimate estimate;
	size_t row = 0;
	int rc = estimate_make(cli, model, target, &estimate);

	if (rc)
		return rc;
	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++)
		if (layer->op_count)
			profile->rows[row++].expected = estimate.layers[i];
	profile->expected = estimate.total;
	profile->clock_mhz = estimate.clock_mhz;
	estimate_free(&estimate);
	return CLI_OK;
}

void profile_free(struct profile *profile)
{
	free(profile->rows);
	*profile = (struct profile){ 0 };
}

void profile_add(struct profile *profile, const struct npu_model *model,
		 const struct npu_session *session)
{
	size_t count = 0;
	const struct npu_op_profile *ops = npu_session_profile(session, &count);
	struct profile_row *row = profile->rows;
	const uint64_t start_ns = ops[npu_model_segment(model, 0)->first_op].start_ns;
	const struct npu_layer_info *layer;

	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++) {
		double us = 0;

		if (!layer->op_count)
			continue;
		for (uint32_t op = 0; op < layer->op_count; op++) {
			const struct npu_op_profile *p = &ops[layer->first_op + op];

			us += (double)(p->end_ns - p->start_ns) / 1e3;
		}
		if (!profile->runs)
			row->first_us = us;
		row->start_us += (double)(int64_t)(ops[layer->first_op].start_ns - start_ns) / 1e3;
		row->total_us += us;
		profile->total_us += us;
		row++;
	}
	profile->runs++;
}

static double avg_us(const struct profile *profile, const struct profile_row *row)
{
	return profile->runs ? row->total_us / (double)profile->runs : 0;
}

double profile_us(const struct profile *profile, size_t row)
{
	return avg_us(profile, &profile->rows[row]);
}

double profile_total_us(const struct profile *profile)
{
	return profile->runs ? profile->total_us / (double)profile->runs : 0;
}

static double percent(const struct profile *profile, const struct profile_row *row)
{
	return profile->total_us > 0 ? 100 * row->total_us / profile->total_us : 0;
}

/* 10^9 multiply-accumulates a second */
static double gmacs(const struct profile *profile, const struct profile_row *row)
{
	double us = avg_us(profile, row);

	return us > 0 ? (double)row->macs / us / 1e3 : 0;
}

/* Share of the estimated cycles, to be held against that of the measured time. */
static double expected_percent(const struct profile *profile, const struct profile_row *row)
{
	if (!profile->expected.cycles)
		return 0;
	return 100 * (double)row->expected.cycles / (double)profile->expected.cycles;
}

static double expected_ms(const struct profile *profile, const struct profile_row *row)
{
	return profile->clock_mhz ? (double)row->expected.cycles / profile->clock_mhz / 1e3 : 0;
}

static const char *place_name(const struct profile_row *row)
{
	return row->place == NPU_PLACE_HOST ? "cpu" : "npu";
}

/* What the CPU did is marked; without any of it nothing needs to be. */
static const char *mark(const struct profile *profile, const struct profile_row *row)
{
	return profile->mixed && row->place == NPU_PLACE_HOST ? " (CPU)" : "";
}

static void work_cells(const struct profile *profile, const struct profile_row *row, double *cdf,
		       struct table *table)
{
	*cdf += percent(profile, row);
	table_cell(table, "%.3f", avg_us(profile, row) / 1e3);
	table_cell(table, "%.2f", percent(profile, row));
	table_cell(table, "%.2f", *cdf);
	table_cell(table, "%.3f", (double)row->macs / 1e6);
	table_cell(table, "%.2f", gmacs(profile, row));
	table_cell(table, "%.4f", expected_ms(profile, row));
	table_cell(table, "%.2f", expected_percent(profile, row));
	table_cell(table, "%.1f", 100 * estimate_utilisation(&row->expected));
	table_cell(table, "%llu", (unsigned long long)row->expected.bytes);
}

static int print_layers(const struct profile *profile, const char *title,
			const struct profile_row *rows, size_t count, FILE *stream)
{
	static const struct table_column columns[] = {
		{ .title = "[node type]" },
		{ .title = "[start]", .right = true },
		{ .title = "[first]", .right = true },
		{ .title = "[avg ms]", .right = true },
		{ .title = "[%]", .right = true },
		{ .title = "[cdf%]", .right = true },
		{ .title = "[MMACs]", .right = true },
		{ .title = "[GMAC/s]", .right = true },
		ESTIMATED_COLUMNS,
		{ .title = "[Name]", .max_width = 60 },
		{ NULL },
	};
	struct table *table = table_new(columns);
	double cdf = 0;
	int rc;

	for (size_t i = 0; i < count; i++) {
		const struct profile_row *row = &rows[i];
		double runs = profile->runs ? (double)profile->runs : 1;

		table_cell(table, "%s%s", row->type, mark(profile, row));
		table_cell(table, "%.3f", row->start_us / runs / 1e3);
		table_cell(table, "%.3f", row->first_us / 1e3);
		work_cells(profile, row, &cdf, table);
		table_cell(table, "%s", row->name);
	}
	fprintf(stream, "%s\n", title);
	rc = table_print(table, stream);
	fputc('\n', stream);
	table_free(table);
	return rc;
}

static int print_types(const struct profile *profile, const struct profile_row *rows, size_t count,
		       FILE *stream)
{
	static const struct table_column columns[] = {
		{ .title = "[Node type]" },
		{ .title = "[count]", .right = true },
		{ .title = "[avg ms]", .right = true },
		{ .title = "[avg %]", .right = true },
		{ .title = "[cdf %]", .right = true },
		{ .title = "[MMACs]", .right = true },
		{ .title = "[GMAC/s]", .right = true },
		ESTIMATED_COLUMNS,
		{ NULL },
	};
	struct table *table = table_new(columns);
	double cdf = 0;
	int rc;

	for (size_t i = 0; i < count; i++) {
		table_cell(table, "%s%s", rows[i].type, mark(profile, &rows[i]));
		table_cell(table, "%zu", rows[i].count);
		work_cells(profile, &rows[i], &cdf, table);
	}
	fputs("Summary by node type\n", stream);
	rc = table_print(table, stream);
	fputc('\n', stream);
	table_free(table);
	return rc;
}

/* Add up rows of the same type at the front of @rows; returns how many types there are. */
static size_t merge_types(struct profile_row *rows, size_t count)
{
	size_t types = 0;

	for (size_t i = 0; i < count; i++) {
		size_t t = 0;

		while (t < types &&
		       (strcmp(rows[t].type, rows[i].type) || rows[t].place != rows[i].place))
			t++;
		if (t == types) {
			rows[types] = rows[i];
			rows[types++].name = "";
			continue;
		}
		rows[t].total_us += rows[i].total_us;
		rows[t].macs += rows[i].macs;
		rows[t].expected.macs += rows[i].expected.macs;
		rows[t].expected.bytes += rows[i].expected.bytes;
		rows[t].expected.cycles += rows[i].expected.cycles;
		rows[t].count++;
	}
	return types;
}

static int by_time(const void *a, const void *b)
{
	const double x = ((const struct profile_row *)a)->total_us;
	const double y = ((const struct profile_row *)b)->total_us;

	return (x < y) - (x > y);
}

int profile_print(const struct profile *profile, FILE *stream)
{
	const size_t bytes = profile->row_count * sizeof(*profile->rows);
	struct profile_row *sorted = malloc(bytes + 1);
	size_t top = profile->row_count < TOP_ROWS ? profile->row_count : TOP_ROWS;
	size_t types;
	int rc;

	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, profile->rows, bytes);
	qsort(sorted, profile->row_count, sizeof(*sorted), by_time);
	rc = print_layers(profile, "Run order", profile->rows, profile->row_count, stream);
	if (!rc)
		rc = print_layers(profile, "Top by computation time", sorted, top, stream);
	types = merge_types(sorted, profile->row_count);
	qsort(sorted, types, sizeof(*sorted), by_time);
	if (!rc)
		rc = print_types(profile, sorted, types, stream);
	fprintf(stream, "%zu nodes observed in %zu runs\n", profile->row_count, profile->runs);
	free(sorted);
	return rc;
}

void profile_csv(const struct profile *profile, FILE *stream)
{
	double cdf = 0;

	fputs("node type,start,first,avg ms,%,cdf%,MACs,GMAC/s,est ms,est %,est util%,bytes,place,name\n",
	      stream);
	for (size_t i = 0; i < profile->row_count; i++) {
		const struct profile_row *row = &profile->rows[i];
		double runs = profile->runs ? (double)profile->runs : 1;

		cdf += percent(profile, row);
		fprintf(stream, "%s,%.6f,%.6f,%.6f,%.4f,%.4f,%llu,%.4f,%.6f,%.4f,%.4f,%llu,%s,\"",
			row->type, row->start_us / runs / 1e3, row->first_us / 1e3,
			avg_us(profile, row) / 1e3, percent(profile, row), cdf,
			(unsigned long long)row->macs, gmacs(profile, row),
			expected_ms(profile, row), expected_percent(profile, row),
			100 * estimate_utilisation(&row->expected),
			(unsigned long long)row->expected.bytes, place_name(row));
		for (const char *c = row->name; *c; c++)
			fputs(*c == '"' ? "\"\"" : (const char[]){ *c, 0 }, stream);
		fputs("\"\n", stream);
	}
}

json_t *profile_report(const struct profile *profile)
{
	json_t *array = json_array();

	for (size_t i = 0; i < profile->row_count; i++) {
		const struct profile_row *row = &profile->rows[i];
		double runs = profile->runs ? (double)profile->runs : 1;

		json_array_append_new(
			array,
			json_pack(
				"{s:o, s:o, s:s, s:f, s:f, s:f, s:f, s:I, s:f, s:I, s:f, s:f, s:I}",
				"type", report_string(row->type), "name", report_string(row->name),
				"place", place_name(row), "start_us", row->start_us / runs,
				"first_us", row->first_us, "avg_us", avg_us(profile, row),
				"percent", percent(profile, row), "macs", (json_int_t)row->macs,
				"gmacs_per_s", gmacs(profile, row), "estimated_cycles",
				(json_int_t)row->expected.cycles, "estimated_us",
				1e3 * expected_ms(profile, row), "estimated_utilisation",
				estimate_utilisation(&row->expected), "bytes",
				(json_int_t)row->expected.bytes));
	}
	return array;
}
