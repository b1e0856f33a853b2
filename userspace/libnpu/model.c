// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "debug.h"
#include "error.h"
#include "partition.h"
#include "standin.h"

_Static_assert(sizeof(struct npu_file_tensor) == 80, "file format");
_Static_assert(sizeof(struct npu_file_layer) == 32, "file format");
_Static_assert(sizeof(struct npu_file_info) == 56, "file format");
_Static_assert(sizeof(struct npu_file_area) == 24, "file format");
_Static_assert(NPU_MAX_RANK == NPU_FILE_MAX_RANK, "public header and file format");
_Static_assert(NPU_NO_TENSOR == NPU_FILE_NONE, "public header and file format");
_Static_assert((int)NPU_ROLE_INPUT == (int)NPU_TENSOR_INPUT &&
		       (int)NPU_ROLE_OUTPUT == (int)NPU_TENSOR_OUTPUT &&
		       (int)NPU_ROLE_INTERNAL == (int)NPU_TENSOR_INTERNAL &&
		       (int)NPU_ROLE_STATE == (int)NPU_TENSOR_STATE,
	       "public header and file format");

/* What the checks below work on, and where they say what is wrong. */
struct reader {
	const char *name;
	struct npu_model *model;
	struct npu_error *error;
};

static const struct npu_file_span *section(const struct reader *r, enum npu_section_kind kind)
{
	return &r->model->file.section[kind];
}

#define bad(r, kind, format, ...)                                           \
	npu_fail((r)->error, -EINVAL, "%s: section %s: " format, (r)->name, \
		 npu_file_section_name(kind), ##__VA_ARGS__)

/* The sections every model has, with the size of their records. */
static int check_sections(const struct reader *r)
{
	static const struct {
		enum npu_section_kind kind;
		size_t record;
	} needed[] = {
		{ NPU_SECTION_PROGRAM, 1 },
		{ NPU_SECTION_STRINGS, 1 },
		{ NPU_SECTION_TENSORS, sizeof(struct npu_file_tensor) },
		{ NPU_SECTION_LAYERS, sizeof(struct npu_file_layer) },
		{ NPU_SECTION_INFO, sizeof(struct npu_file_info) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		const struct npu_file_span *span = section(r, needed[i].kind);

		if (!span->size)
			return bad(r, needed[i].kind, "missing or empty");
		if (span->size % needed[i].record)
			return bad(r, needed[i].kind,
				   "%llu bytes are not a multiple of a record's %zu",
				   (unsigned long long)span->size, needed[i].record);
	}
	if (section(r, NPU_SECTION_INFO)->size != sizeof(struct npu_file_info))
		return bad(r, NPU_SECTION_INFO, "%llu bytes instead of %zu",
			   (unsigned long long)section(r, NPU_SECTION_INFO)->size,
			   sizeof(struct npu_file_info));
	return 0;
}

static int check_strings(const struct reader *r)
{
	const struct npu_file_span *span = section(r, NPU_SECTION_STRINGS);
	const char *text = span->data;

	if (text[0])
		return bad(r, NPU_SECTION_STRINGS, "byte 0: the first string is not the empty one");
	if (text[span->size - 1])
		return bad(r, NPU_SECTION_STRINGS, "byte %llu: the last string has no end",
			   (unsigned long long)span->size - 1);
	return 0;
}

/* The string at @offset; NULL when it lies outside. */
static const char *string_at(const struct reader *r, uint32_t offset)
{
	const struct npu_file_span *span = section(r, NPU_SECTION_STRINGS);

	return offset < span->size ? (const char *)span->data + offset : NULL;
}

static int check_program(const struct reader *r)
{
	const struct npu_file_span *program = section(r, NPU_SECTION_PROGRAM);
	const struct npu_file_span *constants = section(r, NPU_SECTION_CONST);
	struct npum_program *p = &r->model->program;
	struct npum_refusal why;
	uint64_t const_bytes = 0;
	uint32_t const_slots = 0;

	if (npu_standin_validate(program->data, program->size, &r->model->personalities, p, &why))
		return npu_fail_refused(r->error, r->name, &why);
	for (uint32_t i = 0; i < p->slot_count; i++) {
		if (p->slot[i].kind != VNPU_SLOT_CONST)
			continue;
		if (const_slots++)
			return bad(r, NPU_SECTION_PROGRAM,
				   "slot %u: a model has one CONST slot at the most", i);
		const_bytes = p->slot[i].bytes;
	}
	if (constants->size != const_bytes)
		return bad(r, NPU_SECTION_CONST, "%llu bytes: the program's CONST slot has %llu",
			   (unsigned long long)constants->size, (unsigned long long)const_bytes);
	return 0;
}

enum { SLOT_KINDS = 16 };

/* What each kind of slot has of memory, and what a session allocates for all of them. */
struct memory {
	uint64_t bytes[SLOT_KINDS];
	uint64_t device;
};

_Static_assert((int)VNPU_SLOT_L1 < (int)SLOT_KINDS, "all kinds have a place");

static struct memory count_memory(const struct npum_program *program)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	struct memory memory = { 0 };

	for (uint32_t i = 0; i < program->slot_count; i++) {
		const struct npum_slot *slot = &program->slot[i];

		memory.bytes[slot->kind] += slot->bytes;
		if (slot->kind != VNPU_SLOT_L1)
			memory.device += round_up((uint64_t)slot->bytes, page);
	}
	return memory;
}

static int read_info(const struct reader *r)
{
	const struct npu_file_info *from = section(r, NPU_SECTION_INFO)->data;
	const struct memory memory = count_memory(&r->model->program);
	struct npu_model_info *to = &r->model->info;

	*to = (struct npu_model_info){
		.name = string_at(r, from->model),
		.compiler = string_at(r, from->compiler),
		.personality = string_at(r, from->personality),
		.keep_all = (from->flags & NPU_FILE_KEEP_ALL) != 0,
		.digest = from->model_digest,
		.static_bytes = from->static_bytes,
		.temp_bytes = from->temp_bytes,
		.io_bytes = from->io_bytes,
		.temp_bound = from->temp_bound,
		.l1_bytes = memory.bytes[VNPU_SLOT_L1],
		.device_bytes = memory.device,
		.macs = r->model->program.macs,
	};
	if (!to->name)
		return bad(r, NPU_SECTION_INFO, "model: string %u lies outside STRINGS",
			   from->model);
	if (!to->compiler)
		return bad(r, NPU_SECTION_INFO, "compiler: string %u lies outside STRINGS",
			   from->compiler);
	if (!to->personality)
		return bad(r, NPU_SECTION_INFO, "personality: string %u lies outside STRINGS",
			   from->personality);
	if (!npu_standin_is(r->model->program.personality) &&
	    strcmp(to->personality, r->model->program.personality->name))
		return bad(r, NPU_SECTION_INFO, "personality: '%.40s', but the program's is '%s'",
			   to->personality, r->model->program.personality->name);
	if (to->static_bytes != memory.bytes[VNPU_SLOT_CONST] ||
	    to->temp_bytes != memory.bytes[VNPU_SLOT_TEMP] ||
	    to->io_bytes != memory.bytes[VNPU_SLOT_INPUT] + memory.bytes[VNPU_SLOT_OUTPUT])
		return bad(r, NPU_SECTION_INFO,
			   "static_bytes, temp_bytes or io_bytes are not the sum of those slots");
	if (from->flags & ~(NPU_FILE_KEEP_ALL | NPU_FILE_PARTITIONED))
		return bad(r, NPU_SECTION_INFO, "flags: 0x%x has bits this library does not know",
			   from->flags);
	return 0;
}

/* Bytes of a contiguous tensor, 0 when that is not a number below 2^32. */
static uint32_t tensor_bytes(const struct npu_file_tensor *t)
{
	uint32_t bytes = npum_dtype_size(t->dtype);

	for (uint32_t i = 0; i < t->rank; i++)
		if (check_mul_overflow(bytes, t->shape[i], &bytes))
			return 0;
	return bytes;
}

static bool zero_point_fits(const struct npu_file_tensor *t)
{
	if (t->dtype == VNPU_DTYPE_INT8)
		return t->zero_point >= INT8_MIN && t->zero_point <= INT8_MAX;
	if (t->dtype == VNPU_DTYPE_UINT8)
		return t->zero_point >= 0 && t->zero_point <= UINT8_MAX;
	return t->zero_point == 0;
}

/* What keeps @t from lying in its slot, or NULL. */
static const char *placement_problem(const struct npum_program *program,
				     const struct npu_file_tensor *t)
{
	const struct npum_slot *slot;
	uint32_t end;

	if (t->slot >= program->slot_count)
		return "slot: the program has no such slot";
	slot = &program->slot[t->slot];
	if (slot->kind == VNPU_SLOT_CONST)
		return "slot: a CONST slot holds no activations";
	if (t->role == NPU_TENSOR_INPUT && slot->kind != VNPU_SLOT_INPUT)
		return "slot: an input does not lie in an INPUT slot";
	if (t->role == NPU_TENSOR_OUTPUT && slot->kind != VNPU_SLOT_OUTPUT)
		return "slot: an output does not lie in an OUTPUT slot";
	if ((t->role == NPU_TENSOR_STATE) != (slot->kind == VNPU_SLOT_STATE))
		return "slot: states, and nothing else, lie in STATE slots";
	if (t->offset % npum_dtype_size(t->dtype))
		return "offset: not a multiple of the element size";
	if (check_add_overflow(t->offset, t->bytes, &end) || end > slot->bytes)
		return "offset: the tensor reaches beyond its slot";
	return NULL;
}

static const char *tensor_problem(const struct npum_program *program,
				  const struct npu_file_tensor *t)
{
	if (t->role < NPU_TENSOR_INPUT || t->role > NPU_TENSOR_STATE)
		return "role: unknown";
	if (!npum_dtype_size(t->dtype))
		return "dtype: unknown";
	if (t->rank > NPU_FILE_MAX_RANK)
		return "rank: more than 8";
	if (!t->bytes)
		return "bytes: 0";
	if (t->bytes != tensor_bytes(t))
		return "bytes: does not follow from shape and dtype";
	if (!isfinite(t->scale) || t->scale < 0)
		return "scale: not a finite number >= 0";
	if (!zero_point_fits(t))
		return "zero_point: outside the dtype";
	if (t->reserved)
		return "reserved: not 0";
	return placement_problem(program, t);
}

static int read_tensor(const struct reader *r, const struct npu_file_tensor *from, uint32_t id)
{
	struct npu_tensor_info *to = &r->model->tensors[id];
	const char *problem = tensor_problem(&r->model->program, from);
	const char *name = string_at(r, from->name);

	if (!name)
		return bad(r, NPU_SECTION_TENSORS,
			   "tensor %u: name: string %u lies outside STRINGS", id, from->name);
	if (problem)
		return bad(r, NPU_SECTION_TENSORS, "tensor %u '%.80s': %s", id, name, problem);
	*to = (struct npu_tensor_info){
		.id = id,
		.name = name,
		.role = (enum npu_role)from->role,
		.index = from->index,
		.dtype = from->dtype,
		.dtype_name = npum_dtype_name(from->dtype),
		.rank = from->rank,
		.scale = from->scale,
		.zero_point = from->zero_point,
		.slot = from->slot,
		.offset = from->offset,
		.bytes = from->bytes,
		.source = from->source,
	};
	memcpy(to->shape, from->shape, from->rank * sizeof(to->shape[0]));
	return 0;
}

/* Put the ids of all tensors of a role in order: their indices are 0, 1, 2, ... */
static int index_role(const struct reader *r, enum npu_role role, uint32_t **ids, uint32_t *count)
{
	const struct npu_model *model = r->model;
	const char *what = role == NPU_ROLE_INPUT ? "input" : "output";

	for (uint32_t id = 0; id < model->info.tensor_count; id++)
		*count += model->tensors[id].role == role;
	*ids = malloc(max(*count, 1u) * sizeof(**ids));
	if (!*ids)
		return npu_fail(r->error, -ENOMEM, "%s: out of memory", r->name);
	memset(*ids, 0xff, *count * sizeof(**ids));
	for (uint32_t id = 0; id < model->info.tensor_count; id++) {
		const struct npu_tensor_info *t = &model->tensors[id];

		if (t->role != role)
			continue;
		if (t->index >= *count)
			return bad(r, NPU_SECTION_TENSORS,
				   "tensor %u '%.80s': index: %s %u of a model with %u", id,
				   t->name, what, t->index, *count);
		if ((*ids)[t->index] != NPU_NO_TENSOR)
			return bad(r, NPU_SECTION_TENSORS,
				   "tensor %u '%.80s': index: there is another %s %u", id, t->name,
				   what, t->index);
		(*ids)[t->index] = id;
	}
	return 0;
}

static int read_tensors(const struct reader *r)
{
	const struct npu_file_span *span = section(r, NPU_SECTION_TENSORS);
	const struct npu_file_tensor *from = span->data;
	struct npu_model *model = r->model;
	size_t count = span->size / sizeof(*from);
	int rc = 0;

	/* Ids are 32 bits with one value spoken for. */
	if (count >= NPU_NO_TENSOR)
		return bad(r, NPU_SECTION_TENSORS, "%zu tensors are too many", count);
	model->tensors = calloc(count, sizeof(*model->tensors));
	if (!model->tensors)
		return npu_fail(r->error, -ENOMEM, "%s: out of memory", r->name);
	model->info.tensor_count = (uint32_t)count;
	for (uint32_t id = 0; id < model->info.tensor_count && !rc; id++)
		rc = read_tensor(r, &from[id], id);
	if (!rc)
		rc = index_role(r, NPU_ROLE_INPUT, &model->inputs, &model->info.input_count);
	if (!rc)
		rc = index_role(r, NPU_ROLE_OUTPUT, &model->outputs, &model->info.output_count);
	return rc;
}

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

static int read_layers(const struct reader *r)
{
	const struct npu_file_span *span = section(r, NPU_SECTION_LAYERS);
	const struct npu_file_layer *from = span->data;
	struct npu_model *model = r->model;
	size_t count = span->size / sizeof(*from);
	struct layer_progress at = { { 0, model->info.record_count }, { 0, 0 } };

	if (count > UINT32_MAX)
		return bad(r, NPU_SECTION_LAYERS, "%zu layers are too many", count);
	model->layers = calloc(count, sizeof(*model->layers));
	if (!model->layers)
		return npu_fail(r->error, -ENOMEM, "%s: out of memory", r->name);
	model->info.layer_count = (uint32_t)count;
	for (uint32_t i = 0; i < model->info.layer_count; i++) {
		struct npu_layer_info *layer = &model->layers[i];
		const char *problem;

		*layer = (struct npu_layer_info){
			.type = string_at(r, from[i].type),
			.name = string_at(r, from[i].name),
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
			return bad(r, NPU_SECTION_LAYERS, "layer %u: %s", i, problem);
	}
	return 0;
}

static int check_debug(const struct reader *r)
{
	return npu_debug_check(r->name, r->model, r->error);
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

static int read_areas(const struct reader *r)
{
	const struct npu_file_span *span = section(r, NPU_SECTION_MEMORY);
	const struct npu_file_area *from = span->data;
	struct npu_model *model = r->model;
	size_t count = span->size / sizeof(*from);

	if (span->size % sizeof(*from) || count > UINT32_MAX)
		return bad(r, NPU_SECTION_MEMORY, "%llu bytes are no number of areas",
			   (unsigned long long)span->size);
	model->areas = calloc(max(count, (size_t)1), sizeof(*model->areas));
	if (!model->areas)
		return npu_fail(r->error, -ENOMEM, "%s: out of memory", r->name);
	model->info.area_count = (uint32_t)count;
	for (uint32_t i = 0; i < model->info.area_count; i++) {
		const char *problem;

		model->areas[i] = (struct npu_area_info){
			.name = string_at(r, from[i].name),
			.slot = from[i].slot,
			.offset = from[i].offset,
			.bytes = from[i].bytes,
			.first_op = from[i].first_op,
			.last_op = from[i].last_op,
		};
		problem = area_problem(model, &model->areas[i]);
		if (problem)
			return bad(r, NPU_SECTION_MEMORY, "area %u: %s", i, problem);
	}
	return 0;
}

static int read_partitions(const struct reader *r)
{
	return npu_partitions_read(r->name, r->model, r->error);
}

static int read_model(const struct reader *r, size_t size)
{
	static int (*const steps[])(const struct reader *) = {
		check_sections, check_strings, check_program, read_info,   read_partitions,
		read_tensors,	read_layers,   read_areas,    check_debug,
	};
	int rc = npu_file_read(r->name, r->model->data, size, &r->model->file, r->error);

	for (size_t i = 0; i < ARRAY_SIZE(steps) && !rc; i++)
		rc = steps[i](r);
	return rc;
}

int npu_model_load(const char *name, const void *data, size_t size, struct npu_model **out,
		   struct npu_error *error)
{
	struct npu_model *model = calloc(1, sizeof(*model));
	struct reader r = { name, model, error };
	int rc;

	if (model)
		model->data = aligned_alloc(NPU_FILE_ALIGN, round_up(size + 1, NPU_FILE_ALIGN));
	if (!model || !model->data) {
		npu_model_free(model);
		return npu_fail(error, -ENOMEM, "%s: out of memory", name);
	}
	/* An empty file may have no address. */
	if (size)
		memcpy(model->data, data, size);
	rc = read_model(&r, size);
	if (rc) {
		npu_model_free(model);
		return rc;
	}
	*out = model;
	return 0;
}

void npu_model_free(struct npu_model *model)
{
	if (!model)
		return;
	free(model->inputs);
	free(model->outputs);
	free(model->tensors);
	free(model->layers);
	free(model->areas);
	free(model->segments);
	free(model->data);
	free(model);
}

const struct npu_model_info *npu_model_info(const struct npu_model *model)
{
	return &model->info;
}

const struct npu_tensor_info *npu_model_input(const struct npu_model *model, size_t index)
{
	return index < model->info.input_count ? &model->tensors[model->inputs[index]] : NULL;
}

const struct npu_tensor_info *npu_model_output(const struct npu_model *model, size_t index)
{
	return index < model->info.output_count ? &model->tensors[model->outputs[index]] : NULL;
}

const struct npu_tensor_info *npu_model_tensor(const struct npu_model *model, size_t id)
{
	return id < model->info.tensor_count ? &model->tensors[id] : NULL;
}

const struct npu_layer_info *npu_model_layer(const struct npu_model *model, size_t index)
{
	return index < model->info.layer_count ? &model->layers[index] : NULL;
}

const struct npu_area_info *npu_model_area(const struct npu_model *model, size_t index)
{
	return index < model->info.area_count ? &model->areas[index] : NULL;
}

const struct npu_segment_info *npu_model_segment(const struct npu_model *model, size_t index)
{
	return index < model->segment_count ? &model->segments[index] : NULL;
}

static const void *span_bytes(const struct npu_file_span *span, size_t *size)
{
	*size = span->size;
	return span->data;
}

const void *npu_model_program(const struct npu_model *model, size_t *size)
{
	return span_bytes(&model->file.section[NPU_SECTION_PROGRAM], size);
}

const void *npu_model_const(const struct npu_model *model, size_t *size)
{
	return span_bytes(&model->file.section[NPU_SECTION_CONST], size);
}
