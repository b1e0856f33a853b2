// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "estimate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "npum_target.h"
#include "profile.h"
#include "table.h"
#include "term.h"

static void add(struct npuc_cost *sum, const struct npuc_cost *cost)
{
	sum->macs += cost->macs;
	sum->bytes += cost->bytes;
	sum->l1_bytes += cost->l1_bytes;
	sum->compute += cost->compute;
	sum->transfer += cost->transfer;
	sum->overhead += cost->overhead;
	sum->cycles += cost->cycles;
	/* Of several kinds of products the fastest counts. */
	sum->peak = cost->peak > sum->peak ? cost->peak : sum->peak;
}

int estimate_make(const struct cli *cli, const struct npu_model *model,
		  const struct npum_target *target, struct estimate *estimate)
{
	const struct npu_layer_info *layer;
	struct npuc_cost *costs = NULL;
	size_t size, count = 0;
	const void *program = npu_model_program(model, &size);

	if (!target)
		target = npum_builtin_target();
	*estimate = (struct estimate){
		.layers =
			calloc(npu_model_info(model)->layer_count + 1u, sizeof(*estimate->layers)),
		.layer_count = npu_model_info(model)->layer_count,
		.clock_mhz = target->clock_mhz,
		.target = target->name,
	};
	if (!estimate->layers || npuc_estimate(program, size, target, &costs, &count)) {
		estimate_free(estimate);
		return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	}
	/* What the CPU does costs the target nothing. */
	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++) {
		for (uint32_t k = 0; k < layer->op_count && layer->place == NPU_PLACE_DEVICE; k++)
			add(&estimate->layers[i], &costs[layer->first_op + k]);
		add(&estimate->total, &estimate->layers[i]);
	}
	free(costs);
	return CLI_OK;
}

void estimate_free(struct estimate *estimate)
{
	free(estimate->layers);
	*estimate = (struct estimate){ 0 };
}

double estimate_us(const struct estimate *estimate, uint64_t cycles)
{
	return (double)cycles / estimate->clock_mhz;
}

double estimate_utilisation(const struct npuc_cost *cost)
{
	double possible = (double)cost->peak * (double)cost->cycles;

	return possible > 0 ? (double)cost->macs / possible : 0;
}

/* The same in the time that a run took. */
static double used(const struct estimate *estimate, const struct npuc_cost *cost, double us)
{
	double possible = (double)cost->peak * us * estimate->clock_mhz;

	return possible > 0 ? (double)cost->macs / possible : 0;
}

/* What its time goes into most. */
static const char *bound_by(const struct npuc_cost *cost)
{
	if (cost->overhead > cost->compute && cost->overhead > cost->transfer)
		return "start";
	return cost->compute >= cost->transfer ? "compute" : "memory";
}

static void cells(struct table *table, const struct estimate *estimate,
		  const struct npuc_cost *cost)
{
	table_cell(table, "%" PRIu64, cost->cycles);
	table_cell(table, "%.1f", estimate_us(estimate, cost->cycles));
	table_cell(table, "%.3f", (double)cost->macs / 1e6);
	table_cell(table, "%" PRIu64, cost->bytes);
	table_cell(table, "%" PRIu64, cost->l1_bytes);
	table_cell(table, "%.1f", 100 * estimate_utilisation(cost));
	table_cell(table, "%s", bound_by(cost));
}

/* The same, as far as a run tells: how long it took in cycles of the target's clock. */
static void measured_cells(struct table *table, const struct estimate *estimate,
			   const struct npuc_cost *cost, double us)
{
	double expected = estimate_us(estimate, cost->cycles);

	table_cell(table, "%.0f", us * estimate->clock_mhz);
	table_cell(table, "%.1f", us);
	table_cell(table, "%.2f", us > 0 ? (double)cost->macs / us / 1e3 : 0);
	table_cell(table, "%.2f", us > 0 ? (double)cost->bytes / us / 1e3 : 0);
	table_cell(table, "%.1f", 100 * used(estimate, cost, us));
	if (expected > 0)
		table_cell(table, "%.2f", us / expected);
	else
		table_cell(table, "%s", "");
}

#define ESTIMATED                                                                            \
	{ .title = "op", .right = true }, { .title = "type" },                               \
		{ .title = "cycles", .right = true }, { .title = "us", .right = true },      \
		{ .title = "MMACs", .right = true }, { .title = "bytes", .right = true },    \
		{ .title = "L1 bytes", .right = true }, { .title = "util%", .right = true }, \
	{                                                                                    \
		.title = "bound by"                                                          \
	}

/* Columns of what a run tells have brackets. */
static struct table *new_table(bool measured)
{
	static const struct table_column estimated[] = {
		ESTIMATED,
		{ .title = "name", .max_width = 40 },
		{ NULL },
	};
	static const struct table_column both[] = {
		ESTIMATED,
		{ .title = "[cycles]", .right = true },
		{ .title = "[us]", .right = true },
		{ .title = "[GMAC/s]", .right = true },
		{ .title = "[GB/s]", .right = true },
		{ .title = "[util%]", .right = true },
		{ .title = "[times]", .right = true },
		{ .title = "name", .max_width = 40 },
		{ NULL },
	};

	return table_new(measured ? both : estimated);
}

static int print(const struct estimate *estimate, const struct npu_model *model,
		 const struct profile *measured)
{
	struct table *table = new_table(measured);
	const struct npu_layer_info *layer;
	size_t row = 0;
	int rc;

	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++) {
		if (!layer->op_count)
			continue;
		table_cell(table, "%zu", i);
		table_cell(table, "%s", layer->type);
		cells(table, estimate, &estimate->layers[i]);
		if (measured)
			measured_cells(table, estimate, &estimate->layers[i],
				       profile_us(measured, row++));
		table_cell(table, "%s", layer->name);
	}
	table_cell(table, "%s", "");
	table_cell(table, "total");
	cells(table, estimate, &estimate->total);
	if (measured)
		measured_cells(table, estimate, &estimate->total, profile_total_us(measured));
	table_cell(table, "%s", "");
	rc = table_print(table, stdout);
	table_free(table);
	term_printf("\nestimated on %s at %u MHz: %.3f ms, %.1f inferences/s\n", estimate->target,
		    estimate->clock_mhz, estimate_us(estimate, estimate->total.cycles) / 1e3,
		    1e6 / estimate_us(estimate, estimate->total.cycles));
	if (measured)
		term_printf("measured in %zu runs: %.3f ms for all ops\n", measured->runs,
			    profile_total_us(measured) / 1e3);
	return rc;
}

int estimate_show(const struct cli *cli, const struct npu_model *model,
		  const struct npum_target *target, const struct profile *measured)
{
	struct estimate estimate;
	int rc = estimate_make(cli, model, target, &estimate);

	if (rc)
		return rc;
	if (print(&estimate, model, measured))
		rc = cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	estimate_free(&estimate);
	return rc;
}

json_t *estimate_cost_report(const struct estimate *estimate, const struct npuc_cost *cost)
{
	return json_pack("{s:I, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:f}", "cycles",
			 (json_int_t)cost->cycles, "us", estimate_us(estimate, cost->cycles),
			 "macs", (json_int_t)cost->macs, "bytes", (json_int_t)cost->bytes,
			 "l1_bytes", (json_int_t)cost->l1_bytes, "compute_cycles",
			 (json_int_t)cost->compute, "transfer_cycles", (json_int_t)cost->transfer,
			 "overhead_cycles", (json_int_t)cost->overhead, "utilisation",
			 estimate_utilisation(cost));
}

static json_t *measured_report(const struct estimate *estimate, const struct npuc_cost *cost,
			       double us)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:f}", "cycles", us * estimate->clock_mhz, "us", us,
			 "gmacs_per_s", us > 0 ? (double)cost->macs / us / 1e3 : 0.0,
			 "gbytes_per_s", us > 0 ? (double)cost->bytes / us / 1e3 : 0.0,
			 "utilisation", used(estimate, cost, us));
}

json_t *estimate_report(const struct estimate *estimate, const struct npu_model *model,
			const struct profile *measured)
{
	json_t *layers = json_array(), *report;
	json_t *total = estimate_cost_report(estimate, &estimate->total);
	const struct npu_layer_info *layer;
	size_t at = 0;

	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++) {
		json_t *row = estimate_cost_report(estimate, &estimate->layers[i]);

		json_object_set_new(row, "layer", json_integer((json_int_t)i));
		json_object_set_new(row, "type", report_string(layer->type));
		json_object_set_new(row, "name", report_string(layer->name));
		if (measured && layer->op_count)
			json_object_set_new(row, "measured",
					    measured_report(estimate, &estimate->layers[i],
							    profile_us(measured, at++)));
		json_array_append_new(layers, row);
	}
	if (measured)
		json_object_set_new(total, "measured",
				    measured_report(estimate, &estimate->total,
						    profile_total_us(measured)));
	report = json_pack("{s:o, s:I, s:o, s:o}", "target", report_string(estimate->target),
			   "clock_mhz", (json_int_t)estimate->clock_mhz, "total", total, "layers",
			   layers);
	if (measured)
		json_object_set_new(report, "runs", json_integer((json_int_t)measured->runs));
	return report;
}
