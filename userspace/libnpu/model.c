// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "model_reader.h"

#include <stdlib.h>
#include <unistd.h>

#include "debug.h"
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

/* The sections every model has, with the size of their records. */
static int check_sections(const struct npu_model_reader *r)
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
		const struct npu_file_span *span = npu_model_section(r, needed[i].kind);

		if (!span->size)
			return npu_model_bad(r, needed[i].kind, "missing or empty");
		if (span->size % needed[i].record)
			return npu_model_bad(r, needed[i].kind,
					     "%llu bytes are not a multiple of a record's %zu",
					     (unsigned long long)span->size, needed[i].record);
	}
	if (npu_model_section(r, NPU_SECTION_INFO)->size != sizeof(struct npu_file_info))
		return npu_model_bad(
			r, NPU_SECTION_INFO, "%llu bytes instead of %zu",
			(unsigned long long)npu_model_section(r, NPU_SECTION_INFO)->size,
			sizeof(struct npu_file_info));
	return 0;
}

static int check_strings(const struct npu_model_reader *r)
{
	const struct npu_file_span *span = npu_model_section(r, NPU_SECTION_STRINGS);
	const char *text = span->data;

	if (text[0])
		return npu_model_bad(r, NPU_SECTION_STRINGS,
				     "byte 0: the first string is not the empty one");
	if (text[span->size - 1])
		return npu_model_bad(r, NPU_SECTION_STRINGS,
				     "byte %llu: the last string has no end",
				     (unsigned long long)span->size - 1);
	return 0;
}

static int check_program(const struct npu_model_reader *r)
{
	const struct npu_file_span *program = npu_model_section(r, NPU_SECTION_PROGRAM);
	const struct npu_file_span *constants = npu_model_section(r, NPU_SECTION_CONST);
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
			return npu_model_bad(r, NPU_SECTION_PROGRAM,
					     "slot %u: a model has one CONST slot at the most", i);
		const_bytes = p->slot[i].bytes;
	}
	if (constants->size != const_bytes)
		return npu_model_bad(r, NPU_SECTION_CONST,
				     "%llu bytes: the program's CONST slot has %llu",
				     (unsigned long long)constants->size,
				     (unsigned long long)const_bytes);
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

static int read_info(const struct npu_model_reader *r)
{
	const struct npu_file_info *from = npu_model_section(r, NPU_SECTION_INFO)->data;
	const struct memory memory = count_memory(&r->model->program);
	struct npu_model_info *to = &r->model->info;

	*to = (struct npu_model_info){
		.name = npu_model_string(r->model, from->model),
		.compiler = npu_model_string(r->model, from->compiler),
		.personality = npu_model_string(r->model, from->personality),
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
		return npu_model_bad(r, NPU_SECTION_INFO, "model: string %u lies outside STRINGS",
				     from->model);
	if (!to->compiler)
		return npu_model_bad(r, NPU_SECTION_INFO,
				     "compiler: string %u lies outside STRINGS", from->compiler);
	if (!to->personality)
		return npu_model_bad(r, NPU_SECTION_INFO,
				     "personality: string %u lies outside STRINGS",
				     from->personality);
	if (!npu_standin_is(r->model->program.personality) &&
	    strcmp(to->personality, r->model->program.personality->name))
		return npu_model_bad(r, NPU_SECTION_INFO,
				     "personality: '%.40s', but the program's is '%s'",
				     to->personality, r->model->program.personality->name);
	if (to->static_bytes != memory.bytes[VNPU_SLOT_CONST] ||
	    to->temp_bytes != memory.bytes[VNPU_SLOT_TEMP] ||
	    to->io_bytes != memory.bytes[VNPU_SLOT_INPUT] + memory.bytes[VNPU_SLOT_OUTPUT])
		return npu_model_bad(
			r, NPU_SECTION_INFO,
			"static_bytes, temp_bytes or io_bytes are not the sum of those slots");
	if (from->flags & ~(NPU_FILE_KEEP_ALL | NPU_FILE_PARTITIONED))
		return npu_model_bad(r, NPU_SECTION_INFO,
				     "flags: 0x%x has bits this library does not know",
				     from->flags);
	return 0;
}

static int check_debug(const struct npu_model_reader *r)
{
	return npu_debug_check(r->name, r->model, r->error);
}

static int read_partitions(const struct npu_model_reader *r)
{
	return npu_partitions_read(r->name, r->model, r->error);
}

static int read_model(const struct npu_model_reader *r, size_t size)
{
	static int (*const steps[])(const struct npu_model_reader *) = {
		check_sections,	       check_strings,
		check_program,	       read_info,
		read_partitions,       npu_model_read_tensors,
		npu_model_read_layers, npu_model_read_areas,
		check_debug,
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
	struct npu_model_reader r = { name, model, error };
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

const char *npu_model_string(const struct npu_model *model, uint32_t offset)
{
	const struct npu_file_span *span = &model->file.section[NPU_SECTION_STRINGS];

	return offset < span->size ? (const char *)span->data + offset : NULL;
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
