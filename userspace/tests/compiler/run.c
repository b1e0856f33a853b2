// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "npuc.h"
#include "npum_isa.h"

static const struct npu_file_section *section(const struct run *r, uint32_t kind)
{
	const struct npu_file_header *h = (const void *)r->artefact;
	const struct npu_file_section *s = (const void *)(h + 1);

	for (uint32_t i = 0; i < h->section_count; i++)
		if (s[i].kind == kind)
			return &s[i];
	fail_msg("no section %u", kind);
	return NULL;
}

static const void *contents(const struct run *r, uint32_t kind, size_t *size)
{
	const struct npu_file_section *s = section(r, kind);

	*size = s->size;
	return r->artefact + s->offset;
}

static void open_slots(struct run *r)
{
	size_t size;
	const void *constants = contents(r, NPU_SECTION_CONST, &size);

	for (uint32_t i = 0; i < r->program.slot_count; i++) {
		size_t bytes = round_up((size_t)r->program.slot[i].bytes + 1, 64);

		r->exec.slot[i] = aligned_alloc(64, bytes);
		assert_non_null(r->exec.slot[i]);
		memset(r->exec.slot[i], 0xaa, bytes);
		if (r->program.slot[i].kind == VNPU_SLOT_CONST)
			memcpy(r->exec.slot[i], constants, size);
		if (r->program.slot[i].kind == VNPU_SLOT_STATE)
			memset(r->exec.slot[i], 0, bytes);
	}
	for (uint32_t i = 0; i < r->tensor_count; i++)
		if (r->tensors[i].role == NPU_TENSOR_STATE &&
		    r->tensors[i].dtype == VNPU_DTYPE_INT8)
			memset(run_bytes(r, &r->tensors[i]), r->tensors[i].zero_point,
			       r->tensors[i].bytes);
}

void run_open(struct run *r, const uint8_t *data, size_t size, const char *personality,
	      bool keep_all)
{
	run_open_as(r, "model.tflite", data, size, personality, keep_all);
}

void run_open_as(struct run *r, const char *name, const uint8_t *data, size_t size,
		 const char *personality, bool keep_all)
{
	const struct npuc_options options = { .personality = personality, .keep_all = keep_all };

	run_open_with(r, name, data, size, &options);
}

void run_open_with(struct run *r, const char *name, const uint8_t *data, size_t size,
		   const struct npuc_options *options)
{
	const struct npuc_reading how = { .scope = options->scope };
	struct npuc_error error = { "" };
	struct npuc_model *model = NULL;
	struct npum_refusal why;
	const void *program;
	void *artefact = NULL;

	*r = (struct run){ 0 };
	if (npuc_model_read_as(name, data, size, &how, &model, &error) ||
	    npuc_compile(model, options, &artefact, &r->size, &error))
		fail_msg("%s", error.text);
	npuc_model_free(model);
	r->artefact = artefact;
	program = contents(r, NPU_SECTION_PROGRAM, &size);
	assert_int_equal(
		npum_program_validate(program, size, npum_builtin_set(), &r->program, &why), 0);
	r->tensors = contents(r, NPU_SECTION_TENSORS, &size);
	r->tensor_count = (uint32_t)(size / sizeof(*r->tensors));
	r->layers = contents(r, NPU_SECTION_LAYERS, &size);
	r->layer_count = (uint32_t)(size / sizeof(*r->layers));
	r->info = contents(r, NPU_SECTION_INFO, &size);
	r->exec.isa = &npum_isa_generic;
	r->exec.personality = r->program.personality;
	open_slots(r);
}

void run_go(struct run *r)
{
	void *scratch = aligned_alloc(64, round_up((size_t)r->program.scratch_bytes + 1, 64));

	assert_non_null(scratch);
	for (uint32_t i = 0; i < r->program.op_count; i++) {
		struct npum_op_plan plan;

		npum_op_plan(r->exec.isa, r->exec.personality, &r->program.ops[i], &plan);
		for (uint32_t tile = 0; tile < plan.tiles; tile++)
			npum_op_run(&r->exec, &r->program.ops[i], tile, scratch);
	}
	free(scratch);
}

void run_close(struct run *r)
{
	for (uint32_t i = 0; i < r->program.slot_count; i++)
		free(r->exec.slot[i]);
	free(r->artefact);
}

const struct npu_file_tensor *run_tensor(const struct run *r, uint32_t source)
{
	for (uint32_t i = 0; i < r->tensor_count; i++)
		if (r->tensors[i].source == source)
			return &r->tensors[i];
	return NULL;
}

const struct npu_file_tensor *run_io(const struct run *r, uint32_t role, uint32_t index)
{
	for (uint32_t i = 0; i < r->tensor_count; i++)
		if (r->tensors[i].role == role && r->tensors[i].index == index)
			return &r->tensors[i];
	return NULL;
}

uint8_t *run_bytes(const struct run *r, const struct npu_file_tensor *t)
{
	return r->exec.slot[t->slot] + t->offset;
}

const char *run_string(const struct run *r, uint32_t offset)
{
	size_t size;
	const char *strings = contents(r, NPU_SECTION_STRINGS, &size);

	assert_true(offset < size);
	return strings + offset;
}

uint64_t run_pass(const char *name)
{
	const struct npuc_pass_info *info;

	for (uint32_t i = 0; (info = npuc_pass_at(i)); i++)
		if (!strcmp(info->name, name))
			return UINT64_C(1) << i;
	fail_msg("no pass %s", name);
	return 0;
}
