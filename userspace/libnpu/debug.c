// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "debug.h"

#include "error.h"

_Static_assert(sizeof(struct npu_file_knob) == 16, "file format");
_Static_assert(sizeof(struct npu_file_debug_op) == 32, "file format");
_Static_assert(sizeof(struct npu_file_debug_tensor) == 16, "file format");

static const struct npu_file_span *span_of(const struct npu_model *model, uint32_t kind)
{
	return &model->file.section[kind];
}

const struct npu_file_knob *npu_model_knob(const struct npu_model *model, size_t i)
{
	const struct npu_file_span *span = span_of(model, NPU_SECTION_CONFIG);
	const struct npu_file_knob *knobs = span->data;

	return i < span->size / sizeof(*knobs) ? &knobs[i] : NULL;
}

static const struct npu_file_debug *debug_of(const struct npu_model *model)
{
	return span_of(model, NPU_SECTION_DEBUG)->data;
}

const struct npu_file_debug_op *npu_model_debug_op(const struct npu_model *model, size_t i)
{
	const struct npu_file_debug *debug = debug_of(model);
	const struct npu_file_debug_op *ops = debug ? (const void *)(debug + 1) : NULL;

	return debug && i < debug->op_count ? &ops[i] : NULL;
}

const struct npu_file_debug_tensor *
npu_model_debug_tensor(const struct npu_model *model, const struct npu_file_debug_op *op, size_t i)
{
	const struct npu_file_debug *debug = debug_of(model);
	const struct npu_file_debug_op *ops = (const void *)(debug + 1);
	const struct npu_file_debug_tensor *tensors = (const void *)(ops + debug->op_count);

	return i < op->tensor_count ? &tensors[op->first_tensor + i] : NULL;
}

#define bad(kind, format, ...)                                                                 \
	npu_fail(error, -EINVAL, "%s: section %s: " format, name, npu_file_section_name(kind), \
		 ##__VA_ARGS__)

static bool inside(const struct npu_model *model, uint32_t string)
{
	return string < span_of(model, NPU_SECTION_STRINGS)->size;
}

static int check_config(const char *name, const struct npu_model *model, struct npu_error *error)
{
	const struct npu_file_span *span = span_of(model, NPU_SECTION_CONFIG);
	const struct npu_file_knob *knob;

	if (span->size % sizeof(*knob))
		return bad(NPU_SECTION_CONFIG, "%llu bytes are not a multiple of a record's %zu",
			   (unsigned long long)span->size, sizeof(*knob));
	for (size_t i = 0; (knob = npu_model_knob(model, i)); i++) {
		if (!inside(model, knob->key) || !inside(model, knob->value) ||
		    !inside(model, knob->because))
			return bad(NPU_SECTION_CONFIG, "knob %zu: a string lies outside STRINGS",
				   i);
		if (knob->applied > 1)
			return bad(NPU_SECTION_CONFIG, "knob %zu: applied: %u is neither 0 nor 1",
				   i, knob->applied);
	}
	return 0;
}

static const char *op_problem(const struct npu_model *model, const struct npu_file_debug *debug,
			      const struct npu_file_debug_op *op)
{
	if (!inside(model, op->type))
		return "type: string lies outside STRINGS";
	if (op->fate > NPU_DEBUG_NOTHING)
		return "fate: unknown";
	if (op->into != NPU_FILE_NONE && op->into >= debug->op_count)
		return "into: there is no such op";
	if (op->first_record > model->info.op_count ||
	    op->record_count > model->info.op_count - op->first_record)
		return "first_record: reaches beyond the program's records";
	if (op->first_tensor > debug->tensor_count ||
	    op->tensor_count > debug->tensor_count - op->first_tensor)
		return "first_tensor: reaches beyond the tensors";
	return NULL;
}

static const char *tensor_problem(const struct npu_model *model,
				  const struct npu_file_debug_tensor *t)
{
	if (!inside(model, t->name))
		return "name: string lies outside STRINGS";
	if (t->use > NPU_DEBUG_PARAMETER)
		return "use: unknown";
	if (t->entry != NPU_FILE_NONE && t->entry >= model->info.tensor_count)
		return "entry: there is no such tensor";
	return NULL;
}

static int check_debug(const char *name, const struct npu_model *model, struct npu_error *error)
{
	const struct npu_file_span *span = span_of(model, NPU_SECTION_DEBUG);
	const struct npu_file_debug *debug = span->data;
	const struct npu_file_debug_tensor *tensors;
	const struct npu_file_debug_op *op;
	uint64_t size;

	if (!debug)
		return 0;
	if (span->size < sizeof(*debug))
		return bad(NPU_SECTION_DEBUG, "%llu bytes are too few",
			   (unsigned long long)span->size);
	size = sizeof(*debug) + debug->op_count * (uint64_t)sizeof(*op) +
	       debug->tensor_count * (uint64_t)sizeof(*tensors);
	if (span->size != size)
		return bad(NPU_SECTION_DEBUG,
			   "%llu bytes instead of %llu for %u ops and %u tensors",
			   (unsigned long long)span->size, (unsigned long long)size,
			   debug->op_count, debug->tensor_count);
	for (size_t i = 0; (op = npu_model_debug_op(model, i)); i++) {
		const char *problem = op_problem(model, debug, op);

		if (problem)
			return bad(NPU_SECTION_DEBUG, "op %zu: %s", i, problem);
	}
	tensors = (const void *)((const struct npu_file_debug_op *)(debug + 1) + debug->op_count);
	for (uint32_t i = 0; i < debug->tensor_count; i++) {
		const char *problem = tensor_problem(model, &tensors[i]);

		if (problem)
			return bad(NPU_SECTION_DEBUG, "tensor %u: %s", i, problem);
	}
	return 0;
}

int npu_debug_check(const char *name, const struct npu_model *model, struct npu_error *error)
{
	int rc = check_config(name, model, error);

	return rc ? rc : check_debug(name, model, error);
}
