// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "artefact.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* The smallest multiple of @to that is not below @n. */
static uint32_t up(uint32_t n, uint32_t to)
{
	return (n + to - 1) / to * to;
}

/* Sizes that follow from the shape, and where things lie in their slots. */
struct layout {
	uint32_t h, w, c;
	uint32_t bytes;
	uint32_t weights, requant, const_bytes;
	uint32_t convolved;
};

static struct layout layout_of(uint32_t h, uint32_t w, uint32_t c)
{
	struct layout l = { .h = h, .w = w, .c = c, .bytes = h * w * c };

	l.weights = VNPU_LUT_ENTRIES;
	l.requant = up(l.weights + up(c, VNPU_CHANNEL_BLOCK) * up(9 * c, VNPU_DOT_BLOCK), 64);
	l.const_bytes = l.requant + up(c, VNPU_CHANNEL_BLOCK) / VNPU_CHANNEL_BLOCK *
					    (uint32_t)sizeof(struct vnpu_requant_block);
	l.convolved = up(l.bytes, 64);
	return l;
}

uint8_t artefact_map(uint8_t code)
{
	return (uint8_t)(code * 7 + 3);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void fill_constants(const struct layout *l, uint8_t *to)
{
	struct vnpu_requant_block *blocks = (struct vnpu_requant_block *)(to + l->requant);
	uint32_t state = 1;

	for (uint32_t i = 0; i < VNPU_LUT_ENTRIES; i++)
		to[i] = artefact_map((uint8_t)i);
	for (uint32_t i = l->weights; i < l->requant; i++)
		to[i] = (uint8_t)next_random(&state);
	for (uint32_t i = 0; i < up(l->c, VNPU_CHANNEL_BLOCK); i++) {
		struct vnpu_requant_block *b = &blocks[i / VNPU_CHANNEL_BLOCK];

		b->bias[i % VNPU_CHANNEL_BLOCK] = (int32_t)(next_random(&state) % 2000) - 1000;
		b->mult[i % VNPU_CHANNEL_BLOCK] = (int32_t)(0x40000000 + next_random(&state));
		b->shift[i % VNPU_CHANNEL_BLOCK] = -10;
	}
}

/* A contiguous int8 operand whose rows of channels are @pitch bytes apart. */
static struct vnpu_tensor activation(const struct layout *l, uint32_t slot, uint32_t offset,
				     uint32_t pitch)
{
	return (struct vnpu_tensor){
		.slot = slot,
		.offset = offset,
		.dtype = VNPU_DTYPE_INT8,
		.shape = { 1, l->h, l->w, l->c },
		.stride = { l->h * l->w * pitch, l->w * pitch, pitch, 1 },
	};
}

static struct vnpu_op copy_op(const struct layout *l, uint32_t from, uint32_t to, uint32_t source)
{
	return (struct vnpu_op){
		.opcode = VNPU_OP_COPY,
		.source = source,
		.in = { activation(l, SLOT_TEMP, from, l->c) },
		.out = activation(l, SLOT_OUT, to, 2 * l->c),
	};
}

static struct vnpu_op conv_op(const struct layout *l)
{
	return (struct vnpu_op){
		.opcode = VNPU_OP_CONV2D,
		.source = ARTEFACT_CONV,
		.in = {
			activation(l, SLOT_TEMP, 0, l->c),
			{
				.slot = SLOT_CONST,
				.offset = l->weights,
				.dtype = VNPU_DTYPE_UINT8,
				.layout = VNPU_LAYOUT_WEIGHTS,
				.zero_point = 128,
				.shape = { l->c, 3, 3, l->c },
			},
			{
				.slot = SLOT_CONST,
				.offset = l->requant,
				.dtype = VNPU_DTYPE_INT32,
				.layout = VNPU_LAYOUT_REQUANT,
				.shape = { 1, 1, 1, l->c },
			},
		},
		.out = activation(l, SLOT_TEMP, l->convolved, l->c),
		.p = {
			.kernel = { 3, 3 },
			.stride = { 1, 1 },
			.dilation = { 1, 1 },
			.pad = { 1, 1 },
			.clamp = { -128, 127 },
		},
	};
}

static struct vnpu_op lut_op(const struct layout *l)
{
	return (struct vnpu_op){
		.opcode = VNPU_OP_LUT,
		.source = ARTEFACT_LUT,
		.in = {
			activation(l, SLOT_IN, 0, l->c),
			{
				.slot = SLOT_CONST,
				.dtype = VNPU_DTYPE_INT8,
				.layout = VNPU_LAYOUT_LUT,
				.shape = { 1, 1, 1, VNPU_LUT_ENTRIES },
			},
		},
		.out = activation(l, SLOT_TEMP, 0, l->c),
	};
}

static void fill_program(const struct layout *l, struct artefact_program *program)
{
	*program = (struct artefact_program){
		.header = {
			.magic = VNPU_PROGRAM_MAGIC,
			.major = VNPU_PROGRAM_MAJOR,
			.minor = VNPU_PROGRAM_MINOR,
			.size = sizeof(*program),
			.personality = VNPU_PERSONALITY_TFLITE_REF,
			.slot_offset = offsetof(struct artefact_program, slots),
			.slot_count = SLOTS,
			.slot_size = sizeof(struct vnpu_slot_desc),
			.op_offset = offsetof(struct artefact_program, ops),
			.op_count = OPS,
			.op_size = sizeof(struct vnpu_op),
		},
		.slots = {
			[SLOT_CONST] = { VNPU_SLOT_CONST, l->const_bytes },
			[SLOT_TEMP] = { VNPU_SLOT_TEMP, l->convolved + l->bytes },
			[SLOT_IN] = { VNPU_SLOT_INPUT, l->bytes },
			[SLOT_OUT] = { VNPU_SLOT_OUTPUT, 2 * l->bytes },
		},
		.ops = {
			[OP_LUT] = lut_op(l),
			[OP_CONV] = conv_op(l),
			[OP_COPY0] = copy_op(l, 0, 0, ARTEFACT_CONCAT),
			[OP_COPY1] = copy_op(l, l->convolved, l->c, ARTEFACT_CONCAT),
		},
	};
}

static const struct {
	char empty[1];
	char model[14], compiler[8], personality[11];
	char lut[9], conv[8], reshape[8], concat[14];
	char input[6], mapped[7], convolved[10], output[7];
} strings = {
	"",	   "sample.tflite", "by hand", "tflite-ref", "LOGISTIC",  "CONV_2D",
	"RESHAPE", "CONCATENATION", "input",   "mapped",     "convolved", "output",
};

#define STRING(member) ((uint32_t)offsetof(__typeof__(strings), member))

static struct npu_file_tensor tensor(const struct layout *l, uint32_t name, uint32_t role,
				     uint32_t slot, uint32_t offset, uint32_t channels)
{
	return (struct npu_file_tensor){
		.name = name,
		.role = role,
		.dtype = VNPU_DTYPE_INT8,
		.rank = 4,
		.shape = { 1, l->h, l->w, channels },
		.scale = 0.5f,
		.zero_point = -3,
		.slot = slot,
		.offset = offset,
		.bytes = l->h * l->w * channels,
	};
}

static void fill_tensors(const struct layout *l, struct npu_file_tensor *to)
{
	to[ARTEFACT_INPUT] = tensor(l, STRING(input), NPU_TENSOR_INPUT, SLOT_IN, 0, l->c);
	to[ARTEFACT_MAPPED] = tensor(l, STRING(mapped), NPU_TENSOR_INTERNAL, SLOT_TEMP, 0, l->c);
	to[ARTEFACT_CONVOLVED] =
		tensor(l, STRING(convolved), NPU_TENSOR_INTERNAL, SLOT_TEMP, l->convolved, l->c);
	to[ARTEFACT_OUTPUT] = tensor(l, STRING(output), NPU_TENSOR_OUTPUT, SLOT_OUT, 0, 2 * l->c);
}

static const struct npu_file_layer layers[] = {
	[ARTEFACT_LUT] = { STRING(lut), STRING(mapped), 0, OP_LUT, 1, ARTEFACT_MAPPED, 0 },
	[ARTEFACT_CONV] = { STRING(conv), STRING(convolved), 1, OP_CONV, 1, ARTEFACT_CONVOLVED, 0 },
	[ARTEFACT_RESHAPE] = { STRING(reshape), STRING(convolved), 2, 0, 0, NPU_FILE_NONE, 0 },
	[ARTEFACT_CONCAT] = { STRING(concat), STRING(output), 3, OP_COPY0, 2, ARTEFACT_OUTPUT, 0 },
};

static void fill_info(const struct layout *l, struct npu_file_info *to)
{
	*to = (struct npu_file_info){
		.model = STRING(model),
		.compiler = STRING(compiler),
		.personality = STRING(personality),
		.flags = NPU_FILE_KEEP_ALL,
		.model_digest = 42,
		.static_bytes = l->const_bytes,
		.temp_bytes = l->convolved + l->bytes,
		.io_bytes = 3 * (uint64_t)l->bytes,
		.temp_bound = 2 * (uint64_t)l->bytes,
	};
}

static void fill_areas(const struct layout *l, struct npu_file_area *to)
{
	to[0] = (struct npu_file_area){
		STRING(mapped), SLOT_TEMP, 0, l->bytes, OP_LUT, OP_COPY0,
	};
	to[1] = (struct npu_file_area){
		STRING(convolved), SLOT_TEMP, l->convolved, l->bytes, OP_CONV, OP_COPY1,
	};
}

struct npu_file_section *artefact_section(const struct artefact *a, enum npu_section_kind kind)
{
	struct npu_file_header *header = (struct npu_file_header *)a->data;
	struct npu_file_section *table = (struct npu_file_section *)(header + 1);

	for (uint32_t i = 0; i < header->section_count; i++)
		if (table[i].kind == kind)
			return &table[i];
	abort();
}

void *artefact_contents(const struct artefact *a, enum npu_section_kind kind)
{
	return a->data + artefact_section(a, kind)->offset;
}

void artefact_seal(const struct artefact *a)
{
	struct npu_file_header *header = (struct npu_file_header *)a->data;
	struct npu_file_section *table = (struct npu_file_section *)(header + 1);

	for (uint32_t i = 0; i < header->section_count; i++)
		table[i].digest = XXH64(a->data + table[i].offset, table[i].size, 0);
}

void artefact_keep(const struct artefact *a)
{
	struct artefact_program *program = artefact_contents(a, NPU_SECTION_PROGRAM);
	struct npu_file_tensor *tensors = artefact_contents(a, NPU_SECTION_TENSORS);
	struct npu_file_info *info = artefact_contents(a, NPU_SECTION_INFO);

	program->slots[SLOT_TEMP].kind = VNPU_SLOT_STATE;
	tensors[ARTEFACT_MAPPED].role = NPU_TENSOR_STATE;
	tensors[ARTEFACT_CONVOLVED].role = NPU_TENSOR_STATE;
	/* No working memory is left: a section of no known kind tells nothing of it. */
	info->temp_bytes = 0;
	artefact_section(a, NPU_SECTION_MEMORY)->kind = 98;
	artefact_seal(a);
}

struct artefact artefact_create(uint32_t h, uint32_t w, uint32_t c)
{
	struct layout l = layout_of(h, w, c);
	const struct npu_file_section sections[] = {
		{ .kind = NPU_SECTION_PROGRAM, .size = sizeof(struct artefact_program) },
		{ .kind = NPU_SECTION_CONST, .size = l.const_bytes },
		{ .kind = NPU_SECTION_STRINGS, .size = sizeof(strings) },
		{ .kind = NPU_SECTION_TENSORS, .size = 4 * sizeof(struct npu_file_tensor) },
		{ .kind = NPU_SECTION_LAYERS, .size = sizeof(layers) },
		{ .kind = NPU_SECTION_INFO, .size = sizeof(struct npu_file_info) },
		{ .kind = NPU_SECTION_MEMORY, .size = 2 * sizeof(struct npu_file_area) },
	};
	struct npu_file_header header = {
		.magic = NPU_FILE_MAGIC,
		.major = NPU_FILE_MAJOR,
		.minor = NPU_FILE_MINOR,
		.size = up(sizeof(header) + sizeof(sections), NPU_FILE_ALIGN),
		.section_count = sizeof(sections) / sizeof(sections[0]),
	};
	struct npu_file_section *table;
	struct artefact a;

	for (uint32_t i = 0; i < header.section_count; i++)
		header.size += up((uint32_t)sections[i].size, NPU_FILE_ALIGN);
	a.size = header.size;
	a.data = calloc(1, a.size);
	if (!a.data)
		abort();
	table = (struct npu_file_section *)(a.data + sizeof(header));
	memcpy(table, sections, sizeof(sections));
	table[0].offset = up(sizeof(header) + sizeof(sections), NPU_FILE_ALIGN);
	for (uint32_t i = 1; i < header.section_count; i++)
		table[i].offset =
			table[i - 1].offset + up((uint32_t)table[i - 1].size, NPU_FILE_ALIGN);
	memcpy(a.data, &header, sizeof(header));

	fill_program(&l, artefact_contents(&a, NPU_SECTION_PROGRAM));
	fill_constants(&l, artefact_contents(&a, NPU_SECTION_CONST));
	memcpy(artefact_contents(&a, NPU_SECTION_STRINGS), &strings, sizeof(strings));
	fill_tensors(&l, artefact_contents(&a, NPU_SECTION_TENSORS));
	memcpy(artefact_contents(&a, NPU_SECTION_LAYERS), layers, sizeof(layers));
	fill_info(&l, artefact_contents(&a, NPU_SECTION_INFO));
	fill_areas(&l, artefact_contents(&a, NPU_SECTION_MEMORY));
	artefact_seal(&a);
	return a;
}

/* Append a section at the end of the file; the table has room for it. */
static void add_section(struct artefact *a, enum npu_section_kind kind, const void *data,
			uint32_t bytes)
{
	struct npu_file_header *header = (struct npu_file_header *)a->data;
	struct npu_file_section *table = (struct npu_file_section *)(header + 1);

	table[header->section_count++] = (struct npu_file_section){
		.kind = kind,
		.offset = a->size,
		.size = bytes,
	};
	memcpy(a->data + a->size, data, bytes);
	a->size += up(bytes, NPU_FILE_ALIGN);
	header->size = a->size;
}

void artefact_partition(struct artefact *a, const struct npu_file_segment *segments,
			uint32_t segment_count, const struct npu_file_host_op *host_ops,
			uint32_t host_op_count)
{
	uint32_t list = segment_count * (uint32_t)sizeof(*segments);
	uint32_t ops = host_op_count * (uint32_t)sizeof(*host_ops);
	/* The table grows by two entries; what is behind it moves by a multiple of the alignment. */
	uint32_t moved = up(2 * sizeof(struct npu_file_section), NPU_FILE_ALIGN);
	struct npu_file_header *header = (struct npu_file_header *)a->data;
	struct npu_file_section *table;
	size_t front = sizeof(*header) + header->section_count * sizeof(*table);
	size_t behind = up((uint32_t)front, NPU_FILE_ALIGN);
	uint8_t *data =
		calloc(1, a->size + moved + up(list, NPU_FILE_ALIGN) + up(ops, NPU_FILE_ALIGN));

	if (!data)
		abort();
	memcpy(data, a->data, front);
	memcpy(data + behind + moved, a->data + behind, a->size - behind);
	free(a->data);
	a->data = data;
	a->size += moved;
	header = (struct npu_file_header *)a->data;
	table = (struct npu_file_section *)(header + 1);
	for (uint32_t i = 0; i < header->section_count; i++)
		table[i].offset += moved;
	add_section(a, NPU_SECTION_PARTITIONS, segments, list);
	if (ops)
		add_section(a, NPU_SECTION_HOST_OPS, host_ops, ops);
	((struct npu_file_info *)artefact_contents(a, NPU_SECTION_INFO))->flags |=
		NPU_FILE_PARTITIONED;
	artefact_seal(a);
}

/* Three inputs of one anchor, four outputs; all in the same place, which nobody forbids. */
static struct npu_file_host_op detection(void)
{
	static const uint32_t shapes[7][4] = { { 3, 1, 1, 4 }, { 3, 1, 1, 2 }, { 2, 1, 4 },
					       { 3, 1, 1, 4 }, { 2, 1, 1 },    { 2, 1, 1 },
					       { 1, 1 } };
	/* One detection of one class, 100 per class, fast, 1 class; then thresholds and scales. */
	static const float reals[] = { 0.1f, 0.5f, 10, 10, 5, 5 };
	struct npu_file_host_op op = {
		.kind = NPU_HOST_DETECTION,
		.input_count = 3,
		.output_count = 4,
		.param = { 1, 1, 100, 0, 1 },
	};

	memcpy(&op.param[5], reals, sizeof(reals));
	for (int i = 0; i < 7; i++) {
		op.operand[i] = (struct npu_file_operand){
			.slot = SLOT_TEMP,
			.dtype = VNPU_DTYPE_FLOAT32,
			.rank = shapes[i][0],
		};
		memcpy(op.operand[i].shape, &shapes[i][1], 3 * sizeof(uint32_t));
	}
	return op;
}

struct artefact artefact_kind(unsigned int kind)
{
	static const struct npu_file_segment three[] = { { 0, NPU_FILE_DEVICE, 0, 1 },
							 { 1, NPU_FILE_HOST, 1, 1 },
							 { 2, NPU_FILE_DEVICE, 2, OPS - 2 } };
	static const struct npu_file_segment with_host_op[] = { { 0, NPU_FILE_DEVICE, 0, 2 },
								{ 1, NPU_FILE_HOST, OPS, 1 },
								{ 1, NPU_FILE_HOST, 2, OPS - 2 },
								{ 1, NPU_FILE_HOST, OPS + 1, 1 } };
	static const struct npu_file_operand four = {
		.slot = SLOT_TEMP,
		.dtype = VNPU_DTYPE_INT32,
		.rank = 1,
		.shape = { 1 },
	};
	const struct npu_file_host_op ops[] = {
		{ .kind = NPU_HOST_EXPECT, .input_count = 2, .operand = { four, four } },
		detection(),
	};
	struct artefact a = artefact_create(2, 2, 4);

	if (kind % ARTEFACT_KINDS == 1)
		artefact_partition(&a, three, 3, NULL, 0);
	if (kind % ARTEFACT_KINDS == 2)
		artefact_partition(&a, with_host_op, 4, ops, 2);
	return a;
}

void artefact_free(struct artefact *a)
{
	free(a->data);
	a->data = NULL;
}
