// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "estimate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "npum_target.h"
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

int estimate_print(const struct estimate *estimate, const struct npu_model *model)
{
	static const struct table_column columns[] = {
		{ .title = "op", .right = true },
		{ .title = "type" },
		{ .title = "cycles", .right = true },
		{ .title = "us", .right = true },
		{ .title = "MMACs", .right = true },
		{ .title = "bytes", .right = true },
		{ .title = "L1 bytes", .right = true },
		{ .title = "util%", .right = true },
		{ .title = "bound by" },
		{ .title = "name", .max_width = 40 },
		{ NULL },
	};
	struct table *table = table_new(columns);
	const struct npu_layer_info *layer;
	int rc;

	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++) {
		if (!layer->op_count)
			continue;
		table_cell(table, "%zu", i);
		table_cell(table, "%s", layer->type);
		cells(table, estimate, &estimate->layers[i]);
		table_cell(table, "%s", layer->name);
	}
	table_cell(table, "%s", "");
	table_cell(table, "total");
	cells(table, estimate, &estimate->total);
	table_cell(table, "%s", "");
	rc = table_print(table, stdout);
	table_free(table);
	term_printf("\nestimated on %s at %u MHz: %.3f ms, %.1f inferences/s\n", estimate->target,
		    estimate->clock_mhz, estimate_us(estimate, estimate->total.cycles) / 1e3,
		    1e6 / estimate_us(estimate, estimate->total.cycles));
	return rc;
}

int estimate_show(const struct cli *cli, const struct npu_model *model,
		  const struct npum_target *target)
{
	struct estimate estimate;
	int rc = estimate_make(cli, model, target, &estimate);

	if (rc)
		return rc;
	if (estimate_print(&estimate, model))
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

json_t *estimate_report(const struct estimate *estimate, const struct npu_model *model)
{
	json_t *layers = json_array();
	const struct npu_layer_info *layer;

	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++) {
		json_t *row = estimate_cost_report(estimate, &estimate->layers[i]);

		json_object_set_new(row, "layer", json_integer((json_int_t)i));
		json_object_set_new(row, "type", report_string(layer->type));
		json_object_set_new(row, "name", report_string(layer->name));
		json_array_append_new(layers, row);
	}
	return json_pack("{s:o, s:I, s:o, s:o}", "target", report_string(estimate->target),
			 "clock_mhz", (json_int_t)estimate->clock_mhz, "total",
			 estimate_cost_report(estimate, &estimate->total), "layers", layers);
}
