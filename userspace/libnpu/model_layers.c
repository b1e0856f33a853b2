// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The sections LAYERS and MEMORY of a .npu file: what records are for, and what memory. */
#include "model_reader.h"

#include <stdlib.h>

/* Of records and of host operators: where the next layer begins at the earliest, and in which segment. */
struct layer_progress {
	uint32_t op[2];
	uint32_t segment[2];
};

static const char *layer_problem(const struct npu_model *model, const struct npu_layer_info *layer,
				 const struct layer_progress *at)
{
	bool host_op = layer->first_op >= model->info.record_count && layer->op_count;
	uint32_t ops = host_op ? model->info.op_count : model->info.record_count;

	if (!layer->type)
		return "type: string lies outside STRINGS";
	if (!layer->name)
		return "name: string lies outside STRINGS";
	if (layer->first_op > ops)
		return "first_op: the program has no such record";
	if (layer->op_count > ops - layer->first_op)
		return "op_count: reaches beyond the program's records";
	if (layer->op_count && layer->first_op < at->op[host_op])
		return "first_op: the record belongs to the layer before";
	if (layer->output >= model->info.tensor_count && layer->output != NPU_NO_TENSOR)
		return "output: there is no such tensor";
	return NULL;
}

/* A layer lies in one segment: its records run on one side. */
static const char *place_layer(const struct npu_model *model, struct npu_layer_info *layer,
			       struct layer_progress *at)
{
	bool host_op = layer->first_op >= model->info.record_count;
	const struct npu_segment_info *segment = &model->segments[at->segment[host_op]];

	layer->place = layer > model->layers ? layer[-1].place : model->segments[0].place;
	layer->partition = layer > model->layers ? layer[-1].partition : 0;
	if (!layer->op_count)
		return NULL;
	/* Segments name every op, and layers of a kind come in their order. */
	while (layer->first_op - segment->first_op >= segment->op_count)
		segment++;
	at->segment[host_op] = (uint32_t)(segment - model->segments);
	at->op[host_op] = layer->first_op + layer->op_count;
	if (layer->op_count > segment->op_count - (layer->first_op - segment->first_op))
		return "op_count: reaches beyond its segment";
	layer->place = segment->place;
	layer->partition = segment->partition;
	return NULL;
}

int npu_model_read_layers(const struct npu_model_reader *r)
{
	const struct npu_file_span *span = npu_model_section(r, NPU_SECTION_LAYERS);
	const struct npu_file_layer *from = span->data;
	struct npu_model *model = r->model;
	size_t count = span->size / sizeof(*from);
	struct layer_progress at = { { 0, model->info.record_count }, { 0, 0 } };

	if (count > UINT32_MAX)
		return npu_model_bad(r, NPU_SECTION_LAYERS, "%zu layers are too many", count);
	model->layers = calloc(count, sizeof(*model->layers));
	if (!model->layers)
		return npu_fail(r->error, -ENOMEM, "%s: out of memory", r->name);
	model->info.layer_count = (uint32_t)count;
	for (uint32_t i = 0; i < model->info.layer_count; i++) {
		struct npu_layer_info *layer = &model->layers[i];
		const char *problem;

		*layer = (struct npu_layer_info){
			.type = npu_model_string(r->model, from[i].type),
			.name = npu_model_string(r->model, from[i].name),
			.source = from[i].source,
			.first_op = from[i].first_op,
			.op_count = from[i].op_count,
			.output = from[i].output,
			.macs = from[i].macs,
		};
		problem = layer_problem(model, layer, &at);
		if (!problem)
			problem = place_layer(model, layer, &at);
		if (problem)
			return npu_model_bad(r, NPU_SECTION_LAYERS, "layer %u: %s", i, problem);
	}
	return 0;
}

static const char *area_problem(const struct npu_model *model, const struct npu_area_info *area)
{
	const struct npum_program *program = &model->program;
	const struct npum_slot *slot;
	uint32_t end;

	if (!area->name)
		return "name: string lies outside STRINGS";
	if (area->slot >= program->slot_count)
		return "slot: the program has no such slot";
	slot = &program->slot[area->slot];
	if (slot->kind != VNPU_SLOT_TEMP && slot->kind != VNPU_SLOT_L1)
		return "slot: no working memory";
	if (check_add_overflow(area->offset, area->bytes, &end) || end > slot->bytes)
		return "offset: the area reaches beyond its slot";
	if (area->last_op >= program->op_count)
		return "last_op: the program has no such record";
	if (area->first_op > area->last_op)
		return "first_op: lies behind last_op";
	return NULL;
}

int npu_model_read_areas(const struct npu_model_reader *r)
{
	const struct npu_file_span *span = npu_model_section(r, NPU_SECTION_MEMORY);
	const struct npu_file_area *from = span->data;
	struct npu_model *model = r->model;
	size_t count = span->size / sizeof(*from);

	if (span->size % sizeof(*from) || count > UINT32_MAX)
		return npu_model_bad(r, NPU_SECTION_MEMORY, "%llu bytes are no number of areas",
				     (unsigned long long)span->size);
	model->areas = calloc(max(count, (size_t)1), sizeof(*model->areas));
	if (!model->areas)
		return npu_fail(r->error, -ENOMEM, "%s: out of memory", r->name);
	model->info.area_count = (uint32_t)count;
	for (uint32_t i = 0; i < model->info.area_count; i++) {
		const char *problem;

		model->areas[i] = (struct npu_area_info){
			.name = npu_model_string(r->model, from[i].name),
			.slot = from[i].slot,
			.offset = from[i].offset,
			.bytes = from[i].bytes,
			.first_op = from[i].first_op,
			.last_op = from[i].last_op,
		};
		problem = area_problem(model, &model->areas[i]);
		if (problem)
			return npu_model_bad(r, NPU_SECTION_MEMORY, "area %u: %s", i, problem);
	}
	return 0;
}
