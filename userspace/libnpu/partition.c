// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "partition.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "fallback/host_ops.h"

_Static_assert(sizeof(struct npu_file_segment) == 16, "file format");
_Static_assert(sizeof(struct npu_file_operand) == 40, "file format");
_Static_assert(sizeof(struct npu_file_host_op) == 400, "file format");
_Static_assert((int)NPU_PLACE_DEVICE == (int)NPU_FILE_DEVICE &&
		       (int)NPU_PLACE_HOST == (int)NPU_FILE_HOST,
	       "public header and file format");

/* What keeps an operand from lying in its slot, or NULL. */
static const char *operand_problem(const struct npum_program *program,
				   const struct npu_file_operand *t, bool written)
{
	uint32_t bytes = npu_host_operand_bytes(t), end;
	const struct npum_slot *slot;

	if (!bytes)
		return "dtype, rank or shape: none that memory has";
	if (!isfinite(t->scale) || t->scale < 0)
		return "scale: not a finite number >= 0";
	if (t->slot >= program->slot_count)
		return "slot: the program has no such slot";
	slot = &program->slot[t->slot];
	if (slot->kind > VNPU_SLOT_OUTPUT)
		return "slot: one that only the device has";
	if (written && (slot->kind == VNPU_SLOT_CONST || slot->kind == VNPU_SLOT_INPUT))
		return "slot: one that is only read";
	if (t->offset % npum_dtype_size(t->dtype))
		return "offset: not a multiple of the element size";
	if (check_add_overflow(t->offset, bytes, &end) || end > slot->bytes)
		return "offset: it reaches beyond its slot";
	return NULL;
}

static int read_host_op(const char *name, const struct npu_model *model, uint32_t i,
			struct npu_error *error)
{
	const struct npu_file_host_op *op = &model->host_ops[i];
	const struct npu_host_kind *kind = npu_host_kind(op->kind);
	const char *problem;

	if (!kind)
		return npu_fail(
			error, -EOPNOTSUPP,
			"%s: section HOST_OPS: operator %u: kind %u is unknown; a newer library may "
			"have it",
			name, i, op->kind);
	if (op->input_count != kind->inputs || op->output_count != kind->outputs)
		return npu_fail(
			error, -EINVAL,
			"%s: section HOST_OPS: operator %u: %u inputs and %u outputs instead "
			"of %u and %u",
			name, i, op->input_count, op->output_count, kind->inputs, kind->outputs);
	for (uint32_t k = 0; k < kind->inputs + kind->outputs; k++) {
		problem = operand_problem(&model->program, &op->operand[k], k >= kind->inputs);
		if (problem)
			return npu_fail(error, -EINVAL,
					"%s: section HOST_OPS: operator %u: operand %u: %s", name,
					i, k, problem);
	}
	problem = kind->problem(op);
	if (problem)
		return npu_fail(error, -EINVAL, "%s: section HOST_OPS: operator %u: %s", name, i,
				problem);
	return 0;
}

/* Segments so far: the next record, host operator and partition. */
struct progress {
	uint32_t record;
	uint32_t host_op;
	uint32_t partitions;
	uint32_t place;
};

static const char *segment_problem(const struct npu_model *model, const struct npu_file_segment *s,
				   const struct progress *at)
{
	uint32_t records = model->program.op_count;
	bool host_op = s->first_op >= records;

	if (s->place != NPU_FILE_DEVICE && s->place != NPU_FILE_HOST)
		return "place: unknown";
	if (host_op && s->place != NPU_FILE_HOST)
		return "place: host operators do not run on a device";
	if (s->first_op != (host_op ? at->host_op : at->record))
		return "first_op: not the one behind those before";
	if (!s->op_count || s->op_count > (host_op ? model->info.op_count : records) - s->first_op)
		return "op_count: 0, or beyond the last op of the kind";
	if (at->partitions && s->partition == at->partitions - 1)
		return s->place == at->place ? NULL : "place: another one in the same partition";
	return s->partition == at->partitions ?
		       NULL :
		       "partition: neither that of the segment before nor the next";
}

static int read_segments(const char *name, struct npu_model *model,
			 const struct npu_file_segment *from, uint32_t count,
			 struct npu_error *error)
{
	struct progress at = { .host_op = model->program.op_count };

	for (uint32_t i = 0; i < count; i++) {
		const char *problem = segment_problem(model, &from[i], &at);

		if (problem)
			return npu_fail(error, -EINVAL, "%s: section PARTITIONS: segment %u: %s",
					name, i, problem);
		model->segments[i] = (struct npu_segment_info){
			.partition = from[i].partition,
			.place = (enum npu_place)from[i].place,
			.first_op = from[i].first_op,
			.op_count = from[i].op_count,
		};
		if (from[i].partition == at.partitions) {
			at.partitions++;
			model->info.device_partition_count += from[i].place == NPU_FILE_DEVICE;
		}
		at.place = from[i].place;
		*(from[i].first_op >= model->program.op_count ? &at.host_op : &at.record) +=
			from[i].op_count;
	}
	if (at.record != model->program.op_count || at.host_op != model->info.op_count)
		return npu_fail(error, -EINVAL, "%s: section PARTITIONS: ops are left out", name);
	model->info.partition_count = at.partitions;
	return 0;
}

int npu_partitions_read(const char *name, struct npu_model *model, struct npu_error *error)
{
	const struct npu_file_span *table = &model->file.section[NPU_SECTION_PARTITIONS];
	const struct npu_file_span *ops = &model->file.section[NPU_SECTION_HOST_OPS];
	const struct npu_file_info *info = model->file.section[NPU_SECTION_INFO].data;
	const struct npu_file_segment whole = {
		.place = NPU_FILE_DEVICE,
		.op_count = model->program.op_count,
	};
	bool partitioned = info->flags & NPU_FILE_PARTITIONED;
	uint64_t count = partitioned ? table->size / sizeof(whole) : 1;
	int rc = 0;

	if ((!partitioned && (table->size || ops->size)) || !count || table->size % sizeof(whole) ||
	    ops->size % sizeof(struct npu_file_host_op))
		return npu_fail(
			error, -EINVAL,
			"%s: sections PARTITIONS and HOST_OPS: missing, not announced in INFO, or "
			"not a multiple of a record",
			name);
	model->host_ops = ops->data;
	/* More than ops there can be no segments, and 2^32 host operators no file has. */
	if (ops->size / sizeof(struct npu_file_host_op) > INT32_MAX)
		return npu_fail(error, -EINVAL, "%s: section HOST_OPS: too many", name);
	model->host_op_count = (uint32_t)(ops->size / sizeof(struct npu_file_host_op));
	model->info.record_count = model->program.op_count;
	model->info.op_count = model->program.op_count + model->host_op_count;
	if (count > model->info.op_count)
		return npu_fail(error, -EINVAL, "%s: section PARTITIONS: more segments than ops",
				name);
	for (uint32_t i = 0; i < model->host_op_count && !rc; i++)
		rc = read_host_op(name, model, i, error);
	if (rc)
		return rc;
	model->segments = calloc(count, sizeof(*model->segments));
	if (!model->segments)
		return npu_fail(error, -ENOMEM, "%s: out of memory", name);
	model->segment_count = (uint32_t)count;
	return read_segments(name, model, partitioned ? table->data : &whole, (uint32_t)count,
			     error);
}
