// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"
#include "vnpu_program.h"

uint32_t memory_slot_kind(const struct npu_model *model, uint32_t slot)
{
	size_t size;
	const uint8_t *program = npu_model_program(model, &size);
	struct vnpu_program_header header;
	struct vnpu_slot_desc desc;

	memcpy(&header, program, sizeof(header));
	memcpy(&desc, program + header.slot_offset + slot * sizeof(desc), sizeof(desc));
	return desc.kind;
}

static void add_area(const struct npu_model *model, const struct npu_area_info *area,
		     struct memory_layer *ops)
{
	bool on_chip = memory_slot_kind(model, area->slot) == VNPU_SLOT_L1;

	for (uint32_t i = area->first_op; i <= area->last_op; i++)
		*(on_chip ? &ops[i].l1 : &ops[i].temp) += area->bytes;
}

struct memory_layer *memory_layers(const struct npu_model *model)
{
	const struct npu_model_info *info = npu_model_info(model);
	struct memory_layer *ops = calloc(info->op_count + 1u, sizeof(*ops));
	struct memory_layer *layers = calloc(info->layer_count + 1u, sizeof(*layers));
	const struct npu_layer_info *layer;
	const struct npu_area_info *area;

	if (!ops || !layers) {
		free(ops);
		free(layers);
		return NULL;
	}
	for (size_t i = 0; (area = npu_model_area(model, i)); i++)
		add_area(model, area, ops);
	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++) {
		for (uint32_t k = 0; k < layer->op_count; k++) {
			const struct memory_layer *op = &ops[layer->first_op + k];

			layers[i].temp = op->temp > layers[i].temp ? op->temp : layers[i].temp;
			layers[i].l1 = op->l1 > layers[i].l1 ? op->l1 : layers[i].l1;
		}
	}
	free(ops);
	return layers;
}

/* The first layer that needs the most of TEMP, NULL if none needs any. */
static const struct npu_layer_info *peak(const struct npu_model *model,
					 const struct memory_layer *layers, size_t *index)
{
	const struct npu_layer_info *layer, *found = NULL;
	uint64_t most = 0;

	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++) {
		if (layers[i].temp <= most)
			continue;
		most = layers[i].temp;
		found = layer;
		*index = i;
	}
	return found;
}

static void row(struct table *table, const char *name, uint64_t bytes, const char *what)
{
	table_cell(table, "%s", name);
	table_cell(table, "%" PRIu64, bytes);
	table_cell(table, "%s", what);
}

int memory_print(const struct npu_model *model, uint64_t allocated)
{
	static const struct table_column columns[] = {
		{ .title = "memory" },
		{ .title = "bytes", .right = true },
		{ .title = "" },
		{ NULL },
	};
	const struct npu_model_info *info = npu_model_info(model);
	struct memory_layer *layers = memory_layers(model);
	struct table *table = table_new(columns);
	const struct npu_layer_info *layer;
	size_t index = 0;
	int rc = -ENOMEM;

	row(table, "static", info->static_bytes, "weights and tables");
	row(table, "temporary", info->temp_bytes, "values between layers");
	row(table, "IO", info->io_bytes, "inputs and outputs");
	row(table, "on device", info->device_bytes, "all buffers, in whole pages");
	if (allocated)
		row(table, "allocated", allocated, "what this run has of the device");
	row(table, "L1", info->l1_bytes, "on-chip memory, the device's own");
	row(table, "bound", info->temp_bound, "temporaries alive at once: no plan needs less");
	layer = layers ? peak(model, layers, &index) : NULL;
	if (layer) {
		table_cell(table, "peak");
		table_cell(table, "%" PRIu64, layers[index].temp);
		table_cell(table, "at op %zu %s %s", index, layer->type, layer->name);
	}
	if (layers)
		rc = table_print(table, stdout);
	table_free(table);
	free(layers);
	return rc;
}

json_t *memory_report(const struct npu_model *model, uint64_t allocated)
{
	const struct npu_model_info *info = npu_model_info(model);
	struct memory_layer *layers = memory_layers(model);
	const struct npu_layer_info *layer;
	json_t *report;
	size_t index = 0;

	if (!layers)
		return NULL;
	report = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "static_bytes",
			   (json_int_t)info->static_bytes, "temporary_bytes",
			   (json_int_t)info->temp_bytes, "io_bytes", (json_int_t)info->io_bytes,
			   "l1_bytes", (json_int_t)info->l1_bytes, "temporary_bound_bytes",
			   (json_int_t)info->temp_bound, "device_bytes",
			   (json_int_t)info->device_bytes);
	if (allocated)
		json_object_set_new(report, "allocated_bytes", json_integer((json_int_t)allocated));
	layer = peak(model, layers, &index);
	if (layer)
		json_object_set_new(report, "peak",
				    json_pack("{s:I, s:o, s:o, s:I}", "layer", (json_int_t)index,
					      "type", report_string(layer->type), "name",
					      report_string(layer->name), "bytes",
					      (json_int_t)layers[index].temp));
	free(layers);
	return report;
}
