// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The section TENSORS of a .npu file. */
#include "model_reader.h"

#include <math.h>
#include <stdlib.h>

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

static int read_tensor(const struct npu_model_reader *r, const struct npu_file_tensor *from,
		       uint32_t id)
{
	struct npu_tensor_info *to = &r->model->tensors[id];
	const char *problem = tensor_problem(&r->model->program, from);
	const char *name = npu_model_string(r->model, from->name);

	if (!name)
		return npu_model_bad(r, NPU_SECTION_TENSORS,
				     "tensor %u: name: string %u lies outside STRINGS", id,
				     from->name);
	if (problem)
		return npu_model_bad(r, NPU_SECTION_TENSORS, "tensor %u '%.80s': %s", id, name,
				     problem);
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
static int index_role(const struct npu_model_reader *r, enum npu_role role, uint32_t **ids,
		      uint32_t *count)
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
			return npu_model_bad(r, NPU_SECTION_TENSORS,
					     "tensor %u '%.80s': index: %s %u of a model with %u",
					     id, t->name, what, t->index, *count);
		if ((*ids)[t->index] != NPU_NO_TENSOR)
			return npu_model_bad(r, NPU_SECTION_TENSORS,
					     "tensor %u '%.80s': index: there is another %s %u", id,
					     t->name, what, t->index);
		(*ids)[t->index] = id;
	}
	return 0;
}

int npu_model_read_tensors(const struct npu_model_reader *r)
{
	const struct npu_file_span *span = npu_model_section(r, NPU_SECTION_TENSORS);
	const struct npu_file_tensor *from = span->data;
	struct npu_model *model = r->model;
	size_t count = span->size / sizeof(*from);
	int rc = 0;

	/* Ids are 32 bits with one value spoken for. */
	if (count >= NPU_NO_TENSOR)
		return npu_model_bad(r, NPU_SECTION_TENSORS, "%zu tensors are too many", count);
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
