// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Broken .npu files: each damage is refused with a text that names its place. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "artefact.h"
#include "npu.h"

/* Where a damage is: the header, an entry of the section table, or in a section. */
#define IN_HEADER 100
#define IN_TABLE 101

#define HEADER(field)                                       \
	IN_HEADER, offsetof(struct npu_file_header, field), \
		sizeof(((struct npu_file_header *)0)->field)
#define ENTRY_AT(row, field)                                      \
	IN_TABLE,                                                 \
		(row) * sizeof(struct npu_file_section) +         \
			offsetof(struct npu_file_section, field), \
		sizeof(((struct npu_file_section *)0)->field)
/* The entries of the table are in the order of enum npu_section_kind, MEMORY behind INFO. */
#define ENTRY(kind, field) ENTRY_AT(NPU_SECTION_##kind - 1, field)
#define MEMORY_ENTRY(field) ENTRY_AT(NPU_SECTION_INFO, field)
#define TENSOR(id, field)                                                                        \
	NPU_SECTION_TENSORS,                                                                     \
		(id) * sizeof(struct npu_file_tensor) + offsetof(struct npu_file_tensor, field), \
		sizeof(((struct npu_file_tensor *)0)->field)
#define LAYER(i, field)                                                                       \
	NPU_SECTION_LAYERS,                                                                   \
		(i) * sizeof(struct npu_file_layer) + offsetof(struct npu_file_layer, field), \
		sizeof(((struct npu_file_layer *)0)->field)
#define AREA(i, field)                                                                      \
	NPU_SECTION_MEMORY,                                                                 \
		(i) * sizeof(struct npu_file_area) + offsetof(struct npu_file_area, field), \
		sizeof(((struct npu_file_area *)0)->field)
#define INFO(field)                                              \
	NPU_SECTION_INFO, offsetof(struct npu_file_info, field), \
		sizeof(((struct npu_file_info *)0)->field)
#define PROGRAM(field)                                                 \
	NPU_SECTION_PROGRAM, offsetof(struct artefact_program, field), \
		sizeof(((struct artefact_program *)0)->field)

static const struct {
	uint32_t where;
	size_t offset;
	size_t bytes;
	uint64_t value;
	int code;
	const char *text;
} damages[] = {
	{ HEADER(magic), 1, -EINVAL, "header: magic 0x00000001: not a .npu file" },
	{ HEADER(major), 2, -EOPNOTSUPP, "header: major 2: this library reads version 1" },
	{ HEADER(size), 64, -EINVAL, "header: size 64: the file has" },
	{ HEADER(section_count), 0, -EINVAL, "header: section_count 0: 1 to 64 are allowed" },
	{ HEADER(section_count), 65, -EINVAL, "header: section_count 65: 1 to 64" },
	{ HEADER(reserved), 1, -EINVAL, "header: reserved field is 0x1" },

	{ ENTRY(CONST, kind), 0, -EINVAL, "entry 1 (kind 0, ?): kind 0 is not allowed" },
	{ ENTRY(CONST, kind), 1, -EINVAL, "entry 1 (kind 1, PROGRAM): kind appears twice" },
	{ ENTRY(CONST, kind), 99, -EINVAL, "section CONST: 0 bytes: the program's CONST slot has" },
	{ ENTRY(INFO, kind), 99, -EINVAL, "section INFO: missing or empty" },
	{ ENTRY(INFO, reserved), 1, -EINVAL, "entry 5 (kind 6, INFO): reserved field is not 0" },
	{ ENTRY(INFO, offset), 65, -EINVAL, "entry 5 (kind 6, INFO): offset is not a multiple" },
	{ ENTRY(INFO, offset), 64, -EINVAL, "INFO): offset lies in the section table" },
	{ ENTRY(INFO, offset), 1 << 20, -EINVAL, "INFO): offset lies beyond the end" },
	{ ENTRY(INFO, offset), UINT64_MAX - 63, -EINVAL, "INFO): offset lies beyond the end" },
	{ ENTRY(INFO, offset), 256, -EINVAL, "INFO): it overlaps the section of another" },
	{ ENTRY(INFO, size), 1 << 20, -EINVAL, "INFO): size reaches beyond the end" },
	{ ENTRY(INFO, size), UINT64_MAX, -EINVAL, "INFO): size reaches beyond the end" },
	{ ENTRY(INFO, size), 8, -EINVAL, "section INFO: 8 bytes are not a multiple of a record's" },
	{ ENTRY(INFO, size), 0, -EINVAL, "section INFO: missing or empty" },
	{ ENTRY(TENSORS, size), 79, -EINVAL, "section TENSORS: 79 bytes are not a multiple" },
	{ ENTRY(LAYERS, size), 33, -EINVAL, "section LAYERS: 33 bytes are not a multiple" },
	{ ENTRY(STRINGS, size), 17, -EINVAL,
	  "section STRINGS: byte 16: the last string has no end" },
	{ ENTRY(CONST, size), 64, -EINVAL,
	  "section CONST: 64 bytes: the program's CONST slot has" },
	{ NPU_SECTION_STRINGS, 0, 1, 'x', -EINVAL, "section STRINGS: byte 0: the first string" },

	{ PROGRAM(header.magic), 0, -ENOEXEC, "program refused: header: " },
	{ PROGRAM(ops[2].opcode), 77, -ENOEXEC, "program refused: op 2, record: the opcode" },
	{ PROGRAM(ops[1].in[1].dtype), 1, -ENOEXEC, "program refused: op 1, input 1: " },
	{ PROGRAM(ops[1].p.kernel[0]), 0, -ENOEXEC, "program refused: op 1, parameters: " },
	{ PROGRAM(ops[3].out.offset), 1 << 20, -ENOEXEC, "program refused: op 3, output: " },
	{ PROGRAM(slots[3].kind), 9, -ENOEXEC, "program refused: slot 3, record: " },
	{ PROGRAM(slots[2].kind), VNPU_SLOT_CONST, -EINVAL,
	  "section PROGRAM: slot 2: a model has" },

	{ INFO(model), 1 << 20, -EINVAL, "section INFO: model: string 1048576 lies outside" },
	{ INFO(compiler), 1 << 20, -EINVAL, "section INFO: compiler: string 1048576 lies" },
	{ INFO(personality), 1 << 20, -EINVAL, "section INFO: personality: string 1048576 lies" },
	{ INFO(personality), 1, -EINVAL,
	  "INFO: personality: 'sample.tflite', but the program's is" },
	{ INFO(flags), 4, -EINVAL, "section INFO: flags: 0x4 has bits" },
	{ INFO(flags), NPU_FILE_PARTITIONED, -EINVAL, "PARTITIONS and HOST_OPS: missing" },

	{ TENSOR(1, name), UINT32_MAX, -EINVAL, "tensor 1: name: string 4294967295 lies" },
	{ TENSOR(1, role), 0, -EINVAL, "tensor 1 'mapped': role: unknown" },
	{ TENSOR(1, role), 5, -EINVAL, "tensor 1 'mapped': role: unknown" },
	{ TENSOR(1, role), NPU_TENSOR_STATE, -EINVAL, "tensor 1 'mapped': slot: states, and" },
	{ TENSOR(0, index), 1, -EINVAL, "tensor 0 'input': index: input 1 of a model with 1" },
	{ TENSOR(3, index), 1, -EINVAL, "tensor 3 'output': index: output 1 of a model with 1" },
	{ TENSOR(1, dtype), 0, -EINVAL, "tensor 1 'mapped': dtype: unknown" },
	{ TENSOR(1, dtype), 9, -EINVAL, "tensor 1 'mapped': dtype: unknown" },
	{ TENSOR(1, dtype), VNPU_DTYPE_FLOAT32, -EINVAL, "'mapped': bytes: does not follow" },
	{ TENSOR(1, rank), 9, -EINVAL, "tensor 1 'mapped': rank: more than 8" },
	{ TENSOR(1, shape[1]), 9, -EINVAL, "tensor 1 'mapped': bytes: does not follow" },
	{ TENSOR(1, shape[1]), 0x40000008, -EINVAL, "tensor 1 'mapped': bytes: does not follow" },
	{ TENSOR(1, bytes), 0, -EINVAL, "tensor 1 'mapped': bytes: 0" },
	{ TENSOR(1, scale), 0x7f800000, -EINVAL, "tensor 1 'mapped': scale: not a finite" },
	{ TENSOR(1, scale), 0xbf800000, -EINVAL, "tensor 1 'mapped': scale: not a finite" },
	{ TENSOR(1, zero_point), 128, -EINVAL, "tensor 1 'mapped': zero_point: outside" },
	{ TENSOR(1, slot), 4, -EINVAL, "tensor 1 'mapped': slot: the program has no such" },
	{ TENSOR(1, slot), SLOT_CONST, -EINVAL, "tensor 1 'mapped': slot: a CONST slot" },
	{ TENSOR(0, slot), SLOT_TEMP, -EINVAL, "tensor 0 'input': slot: an input does not" },
	{ TENSOR(3, slot), SLOT_TEMP, -EINVAL, "tensor 3 'output': slot: an output does not" },
	{ TENSOR(1, offset), 1 << 20, -EINVAL, "tensor 1 'mapped': offset: the tensor reaches" },
	{ TENSOR(1, offset), UINT32_MAX, -EINVAL, "tensor 1 'mapped': offset: the tensor reaches" },
	{ TENSOR(1, reserved), 1, -EINVAL, "tensor 1 'mapped': reserved: not 0" },

	{ LAYER(0, type), 1 << 20, -EINVAL, "layer 0: type: string lies outside" },
	{ LAYER(0, name), 1 << 20, -EINVAL, "layer 0: name: string lies outside" },
	{ LAYER(3, first_op), 5, -EINVAL, "layer 3: first_op: the program has no such" },
	{ LAYER(3, first_op), 1, -EINVAL, "layer 3: first_op: the record belongs to" },
	{ LAYER(3, op_count), 3, -EINVAL, "layer 3: op_count: reaches beyond" },
	{ LAYER(3, op_count), UINT32_MAX, -EINVAL, "layer 3: op_count: reaches beyond" },
	{ LAYER(3, output), 4, -EINVAL, "layer 3: output: there is no such tensor" },

	{ INFO(static_bytes), 1, -EINVAL, "section INFO: static_bytes, temp_bytes or io_bytes" },
	{ INFO(temp_bytes), 1, -EINVAL, "section INFO: static_bytes, temp_bytes or io_bytes" },
	{ INFO(io_bytes), 1, -EINVAL, "section INFO: static_bytes, temp_bytes or io_bytes" },
	{ PROGRAM(slots[1].kind), VNPU_SLOT_L1, -EINVAL, "section INFO: static_bytes, temp_bytes" },

	{ MEMORY_ENTRY(size), 25, -EINVAL, "section MEMORY: 25 bytes are no number of areas" },
	{ AREA(0, name), 1 << 20, -EINVAL, "area 0: name: string lies outside" },
	{ AREA(1, slot), SLOTS, -EINVAL, "area 1: slot: the program has no such" },
	{ AREA(1, slot), SLOT_OUT, -EINVAL, "area 1: slot: no working memory" },
	{ AREA(1, offset), UINT32_MAX, -EINVAL, "area 1: offset: the area reaches beyond" },
	{ AREA(1, bytes), 1 << 20, -EINVAL, "area 1: offset: the area reaches beyond" },
	{ AREA(1, first_op), 4, -EINVAL, "area 1: first_op: lies behind last_op" },
	{ AREA(1, last_op), 4, -EINVAL, "area 1: last_op: the program has no such" },
};

static uint8_t *place(const struct artefact *a, uint32_t where)
{
	if (where == IN_HEADER)
		return a->data;
	if (where == IN_TABLE)
		return a->data + sizeof(struct npu_file_header);
	return artefact_contents(a, (enum npu_section_kind)where);
}

static void refuses(const struct artefact *a, int code, const char *text)
{
	struct npu_model *model = NULL;
	struct npu_error error = { 0 };
	int rc = npu_model_load("m.npu", a->data, a->size, &model, &error);

	if (rc != code || !strstr(error.text, text) || strncmp(error.text, "m.npu: ", 7))
		fail_msg("%d '%s' instead of %d '... %s'", rc, error.text, code, text);
	assert_null(model);
}

static void refuses_each_damaged_field(void **state)
{
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct artefact a = artefact_create(4, 4, 4);

		memcpy(place(&a, damages[i].where) + damages[i].offset, &damages[i].value,
		       damages[i].bytes);
		/* Entries of the table that still lie in the file get a good digest. */
		if (damages[i].where < IN_HEADER ||
		    (damages[i].where == IN_TABLE && damages[i].value <= 256))
			artefact_seal(&a);
		refuses(&a, damages[i].code, damages[i].text);
		artefact_free(&a);
	}
}

static void refuses_a_second_input_of_the_same_index(void **state)
{
	struct artefact a = artefact_create(4, 4, 4);
	struct npu_file_tensor *tensors = artefact_contents(&a, NPU_SECTION_TENSORS);

	tensors[ARTEFACT_MAPPED] = tensors[ARTEFACT_INPUT];
	artefact_seal(&a);
	refuses(&a, -EINVAL, "tensor 1 'input': index: there is another input 0");
	artefact_free(&a);
}

static void refuses_every_flipped_byte_by_its_digest(void **state)
{
	struct artefact a = artefact_create(4, 4, 4);

	for (uint32_t kind = NPU_SECTION_PROGRAM; kind <= NPU_SECTION_INFO; kind++) {
		uint8_t *contents = artefact_contents(&a, kind);

		for (size_t i = 0; i < artefact_section(&a, kind)->size; i++) {
			contents[i] ^= 0x10;
			refuses(&a, -EINVAL, "digest does not match the contents");
			contents[i] ^= 0x10;
		}
	}
	artefact_free(&a);
}

static void refuses_every_cut_file(void **state)
{
	struct artefact a = artefact_create(2, 2, 4);
	size_t whole = a.size;

	for (a.size = 0; a.size < whole; a.size++)
		refuses(&a, -EINVAL, "header: ");
	artefact_free(&a);
}

static void keeps_the_error_on_one_line(void **state)
{
	struct artefact a = artefact_create(4, 4, 4);
	struct npu_file_tensor *tensors = artefact_contents(&a, NPU_SECTION_TENSORS);
	char *strings = artefact_contents(&a, NPU_SECTION_STRINGS);

	memcpy(strings + tensors[ARTEFACT_MAPPED].name, "m\na\033p", 5);
	tensors[ARTEFACT_MAPPED].role = 0;
	artefact_seal(&a);
	refuses(&a, -EINVAL, "tensor 1 'm?a?pd': role: unknown");
	artefact_free(&a);
}

static void skips_sections_it_does_not_know(void **state)
{
	struct artefact a = artefact_create(4, 4, 4);
	struct npu_file_section *entry = artefact_section(&a, NPU_SECTION_CONST);
	struct artefact_program *program = artefact_contents(&a, NPU_SECTION_PROGRAM);
	struct npu_file_info *info = artefact_contents(&a, NPU_SECTION_INFO);
	struct npu_model *model = NULL;
	struct npu_error error;
	size_t bytes;

	/* A model without constants and areas: only the copies are left, and foreign sections. */
	entry->kind = 99;
	program->slots[SLOT_CONST].bytes = 0;
	program->header.op_count = 2;
	program->ops[0] = program->ops[OP_COPY0];
	program->ops[1] = program->ops[OP_COPY1];
	artefact_section(&a, NPU_SECTION_LAYERS)->size = sizeof(struct npu_file_layer);
	info->static_bytes = 0;
	artefact_section(&a, NPU_SECTION_MEMORY)->kind = 98;
	artefact_seal(&a);
	if (npu_model_load("m.npu", a.data, a.size, &model, &error))
		fail_msg("%s", error.text);
	assert_null(npu_model_const(model, &bytes));
	assert_int_equal(bytes, 0);
	assert_int_equal(npu_model_info(model)->area_count, 0);
	assert_null(npu_model_area(model, 0));
	npu_model_free(model);
	artefact_free(&a);
}

static void does_not_need_an_error_struct(void **state)
{
	struct npu_model *model = NULL;

	assert_int_equal(npu_model_load("m.npu", NULL, 0, &model, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_each_damaged_field),
		cmocka_unit_test(refuses_a_second_input_of_the_same_index),
		cmocka_unit_test(refuses_every_flipped_byte_by_its_digest),
		cmocka_unit_test(refuses_every_cut_file),
		cmocka_unit_test(keeps_the_error_on_one_line),
		cmocka_unit_test(skips_sections_it_does_not_know),
		cmocka_unit_test(does_not_need_an_error_struct),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the .npu reader", tests, NULL, NULL);
}
