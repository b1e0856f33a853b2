/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Refused programs, as data: a valid program that holds every op, and a table of
 * small changes to it with the refusal that each must cause.  Without libc, so
 * that user space and KUnit share it; include it once.
 */
#ifndef REFUSAL_CASES_H
#define REFUSAL_CASES_H

#include "npum.h"

/* Slots of the valid program */
enum refusal_slot {
	SLOT_CONST = 0,
	SLOT_TEMP,
	SLOT_IN,
	SLOT_OUT,
	REFUSAL_SLOTS,
};

#define REFUSAL_SLOT_BYTES 8192u

/* Ops of the valid program, in the order of their opcodes. */
#define AT(op) (VNPU_OP_##op - 1)
#define REFUSAL_OPS VNPU_OP_DEQUANTIZE

/**
 * struct refusal_program - the valid program
 * @header: as in every program
 * @slot: constants, working memory, input, output
 * @op: one of each opcode
 */
struct refusal_program {
	struct vnpu_program_header header;
	struct vnpu_slot_desc slot[REFUSAL_SLOTS];
	struct vnpu_op op[REFUSAL_OPS];
};

#define NHWC(slot_, offset_, dtype_, size, n, h, w, c)                                          \
	{                                                                                       \
		.slot = slot_, .offset = offset_, .dtype = VNPU_DTYPE_##dtype_,                 \
		.shape = { n, h, w, c },                                                        \
		.stride = { (h) * (w) * (c) * (size), (w) * (c) * (size), (c) * (size), size }, \
	}
#define IN8(n, h, w, c) NHWC(SLOT_IN, 0, INT8, 1, n, h, w, c)
#define OUT8(n, h, w, c) NHWC(SLOT_OUT, 0, INT8, 1, n, h, w, c)
#define PACKED(offset_, dtype_, layout_, n, h, w, c)                                 \
	{                                                                            \
		.slot = SLOT_CONST, .offset = offset_, .dtype = VNPU_DTYPE_##dtype_, \
		.layout = VNPU_LAYOUT_##layout_, .shape = { n, h, w, c },            \
	}
#define WINDOW(k, s, p) \
	.kernel = { k, k }, .stride = { s, s }, .dilation = { 1, 1 }, .pad = { p, p }
#define CLAMP .clamp = { -128, 127 }
#define RESCALE .mult = { 1 << 30, 1 << 30, 1 << 30 }
#define RESCALE2 .mult = { 0, 0, 1 << 30 }
#define ONE_F 0x3f800000u

static const struct refusal_program refusal_valid = {
	.header = {
		.magic = VNPU_PROGRAM_MAGIC,
		.major = VNPU_PROGRAM_MAJOR,
		.minor = VNPU_PROGRAM_MINOR,
		.size = sizeof(struct refusal_program),
		.personality = VNPU_PERSONALITY_TFLITE_REF,
		.slot_offset = offsetof(struct refusal_program, slot),
		.slot_count = REFUSAL_SLOTS,
		.slot_size = sizeof(struct vnpu_slot_desc),
		.op_offset = offsetof(struct refusal_program, op),
		.op_count = REFUSAL_OPS,
		.op_size = sizeof(struct vnpu_op),
	},
	.slot = {
		[SLOT_CONST] = { VNPU_SLOT_CONST, REFUSAL_SLOT_BYTES },
		[SLOT_TEMP] = { VNPU_SLOT_TEMP, REFUSAL_SLOT_BYTES },
		[SLOT_IN] = { VNPU_SLOT_INPUT, REFUSAL_SLOT_BYTES },
		[SLOT_OUT] = { VNPU_SLOT_OUTPUT, REFUSAL_SLOT_BYTES },
	},
	.op = {
		[AT(CONV2D)] = {
			.opcode = VNPU_OP_CONV2D,
			.in = { IN8(1, 8, 8, 3), PACKED(0, UINT8, WEIGHTS, 20, 3, 3, 3),
				PACKED(1024, INT32, REQUANT, 1, 1, 1, 20) },
			.out = OUT8(1, 4, 4, 20),
			.p = { WINDOW(3, 2, 0), CLAMP },
		},
		[AT(DEPTHWISE)] = {
			.opcode = VNPU_OP_DEPTHWISE,
			.in = { IN8(1, 8, 8, 4), PACKED(0, UINT8, DEPTHWISE, 1, 3, 3, 8),
				PACKED(1024, INT32, REQUANT, 1, 1, 1, 8) },
			.out = OUT8(1, 8, 8, 8),
			.p = { WINDOW(3, 1, 1), CLAMP },
		},
		[AT(FULLY_CONNECTED)] = {
			.opcode = VNPU_OP_FULLY_CONNECTED,
			.in = { IN8(1, 1, 2, 40), PACKED(0, UINT8, WEIGHTS, 10, 1, 1, 40),
				PACKED(1024, INT32, REQUANT, 1, 1, 1, 10) },
			.out = OUT8(1, 1, 2, 10),
			.p = { CLAMP },
		},
		[AT(AVG_POOL)] = {
			.opcode = VNPU_OP_AVG_POOL,
			.in = { IN8(1, 8, 8, 4) },
			.out = OUT8(1, 4, 4, 4),
			.p = { WINDOW(2, 2, 0), CLAMP },
		},
		[AT(MAX_POOL)] = {
			.opcode = VNPU_OP_MAX_POOL,
			.in = { IN8(1, 8, 8, 4) },
			.out = OUT8(1, 4, 4, 4),
			.p = { WINDOW(3, 2, 1), CLAMP },
		},
		[AT(ADD)] = {
			.opcode = VNPU_OP_ADD,
			.in = { IN8(1, 4, 4, 8), IN8(1, 4, 4, 8) },
			.out = OUT8(1, 4, 4, 8),
			.p = { CLAMP, RESCALE, .left_shift = 20 },
		},
		[AT(SUB)] = {
			.opcode = VNPU_OP_SUB,
			.in = { IN8(1, 4, 4, 8), IN8(1, 4, 4, 8) },
			.out = OUT8(1, 4, 4, 8),
			.p = { CLAMP, RESCALE, .left_shift = 20 },
		},
		[AT(MUL)] = {
			.opcode = VNPU_OP_MUL,
			.in = { IN8(1, 4, 4, 8), IN8(1, 4, 4, 8) },
			.out = OUT8(1, 4, 4, 8),
			.p = { CLAMP, RESCALE2 },
		},
		[AT(COPY)] = {
			.opcode = VNPU_OP_COPY,
			.in = { NHWC(SLOT_TEMP, 0, FLOAT32, 4, 1, 4, 4, 8) },
			.out = NHWC(SLOT_TEMP, 4096, FLOAT32, 4, 1, 4, 4, 8),
		},
		[AT(FILL)] = {
			.opcode = VNPU_OP_FILL,
			.out = OUT8(1, 4, 4, 8),
			.p = { .fill = -7 },
		},
		[AT(REQUANTIZE)] = {
			.opcode = VNPU_OP_REQUANTIZE,
			.in = { NHWC(SLOT_TEMP, 0, UINT8, 1, 1, 4, 4, 8) },
			.out = NHWC(SLOT_TEMP, 0, INT8, 1, 1, 4, 4, 8),
			.p = { CLAMP, RESCALE2 },
		},
		[AT(LUT)] = {
			.opcode = VNPU_OP_LUT,
			.in = { IN8(1, 4, 4, 8), PACKED(0, INT8, LUT, 1, 1, 1, 256) },
			.out = OUT8(1, 4, 4, 8),
		},
		[AT(SOFTMAX)] = {
			.opcode = VNPU_OP_SOFTMAX,
			.in = { IN8(1, 1, 2, 10) },
			.out = OUT8(1, 1, 2, 10),
			.p = { .mult = { 1 << 30 }, .shift = { 22 }, .diff_min = -248 },
		},
		[AT(MEAN)] = {
			.opcode = VNPU_OP_MEAN,
			.in = { IN8(1, 4, 4, 8) },
			.out = OUT8(1, 1, 1, 8),
			.p = { CLAMP, RESCALE2, .axes = VNPU_AXIS_H | VNPU_AXIS_W, .count = 16 },
		},
		[AT(RESIZE_NEAREST)] = {
			.opcode = VNPU_OP_RESIZE_NEAREST,
			.in = { IN8(1, 4, 4, 8) },
			.out = OUT8(1, 8, 8, 8),
			.p = { .mode = VNPU_RESIZE_HALF_PIXEL },
		},
		[AT(RESIZE_BILINEAR)] = {
			.opcode = VNPU_OP_RESIZE_BILINEAR,
			.in = { IN8(1, 4, 4, 8) },
			.out = OUT8(1, 8, 8, 8),
			.p = { .mode = VNPU_RESIZE_ALIGN_CORNERS },
		},
		[AT(ARG_MAX)] = {
			.opcode = VNPU_OP_ARG_MAX,
			.in = { IN8(1, 4, 4, 8) },
			.out = NHWC(SLOT_OUT, 0, INT32, 4, 1, 4, 4, 1),
		},
		[AT(QUANTIZE)] = {
			.opcode = VNPU_OP_QUANTIZE,
			.in = { NHWC(SLOT_IN, 0, FLOAT32, 4, 1, 4, 4, 8) },
			.out = OUT8(1, 4, 4, 8),
			.p = { .scale = ONE_F },
		},
		[AT(DEQUANTIZE)] = {
			.opcode = VNPU_OP_DEQUANTIZE,
			.in = { IN8(1, 4, 4, 8) },
			.out = NHWC(SLOT_OUT, 0, FLOAT32, 4, 1, 4, 4, 8),
			.p = { .scale = ONE_F },
		},
	},
};

/**
 * struct refusal_write - a change to the program
 * @offset: bytes from its start
 * @bytes: 1, 2 or 4; 0: no change
 * @value: new value, little-endian
 */
struct refusal_write {
	u32 offset;
	u32 bytes;
	u32 value;
};

/**
 * struct refusal_case - a program that must be refused
 * @name: what is wrong with it
 * @write: changes to refusal_valid
 * @cut: bytes by which the caller's size is less than the program's
 * @why: the refusal expected
 */
struct refusal_case {
	const char *name;
	struct refusal_write write[6];
	u32 cut;
	struct npum_refusal why;
};

/** refusal_apply() - make the program of a case out of a copy of refusal_valid */
static inline void refusal_apply(const struct refusal_case *c, struct refusal_program *p)
{
	for (u32 i = 0; i < ARRAY_SIZE(c->write); i++)
		for (u32 b = 0; b < c->write[i].bytes; b++)
			((u8 *)p)[c->write[i].offset + b] = (u8)(c->write[i].value >> (8 * b));
}

#define SET(member, new)                                                                     \
	{                                                                                    \
		.offset = offsetof(struct refusal_program, member),                          \
		.bytes = sizeof(((struct refusal_program *)0)->member), .value = (u32)(new), \
	}
#define HEADER(reason_)                                                                        \
	{                                                                                      \
		.reason = VNPU_REFUSAL_##reason_, .op = NPUM_NO_INDEX, .field = NPUM_NO_INDEX, \
	}
#define WHOLE(reason_, op_)                                                          \
	{                                                                            \
		.reason = VNPU_REFUSAL_##reason_, .op = op_, .field = NPUM_NO_INDEX, \
	}
#define FIELD_OF(reason_, op_, field_)                                            \
	{                                                                         \
		.reason = VNPU_REFUSAL_##reason_, .op = AT(op_), .field = field_, \
	}
/* Fields of an op as refusals number them */
#define F_OUT 3u
#define F_PARAMS 4u

/* clang-format off */
static const struct refusal_case refusal_cases[] = {
	/* header and sections */
	{ "shorter than a header", {}, sizeof(struct refusal_program) - 8, HEADER(TRUNCATED) },
	{ "last byte missing", {}, 1, HEADER(TRUNCATED) },
	{ "bytes behind the program", { SET(header.size, sizeof(struct refusal_program) - 8) }, 0,
	  HEADER(SIZE) },
	{ "wrong magic", { SET(header.magic, 0x46504e56) }, 0, HEADER(MAGIC) },
	{ "older major version", { SET(header.major, 0) }, 0, HEADER(VERSION) },
	{ "newer major version", { SET(header.major, 2) }, 0, HEADER(VERSION) },
	{ "newer minor version", { SET(header.minor, 1) }, 0, HEADER(VERSION) },
	{ "header reserved 0", { SET(header.reserved[0], 1) }, 0, HEADER(RESERVED) },
	{ "header reserved 1", { SET(header.reserved[1], 1) }, 0, HEADER(RESERVED) },
	{ "no personality", { SET(header.personality, 0) }, 0, HEADER(PERSONALITY) },
	{ "unknown personality", { SET(header.personality, 99) }, 0, HEADER(PERSONALITY) },
	{ "slot record too short", { SET(header.slot_size, 4) }, 0, HEADER(SIZE) },
	{ "op record too long", { SET(header.op_size, sizeof(struct vnpu_op) + 8) }, 0, HEADER(SIZE) },
	{ "no slot", { SET(header.slot_count, 0) }, 0, HEADER(COUNT) },
	{ "too many slots", { SET(header.slot_count, VNPU_MAX_SLOTS + 1) }, 0, HEADER(COUNT) },
	{ "no op", { SET(header.op_count, 0) }, 0, HEADER(COUNT) },
	{ "too many ops", { SET(header.op_count, VNPU_MAX_OPS + 1) }, 0, HEADER(COUNT) },
	{ "ops leave the program", { SET(header.op_count, REFUSAL_OPS + 1) }, 0, HEADER(LAYOUT) },
	{ "ops offset wraps", { SET(header.op_offset, 0xfffffff8) }, 0, HEADER(LAYOUT) },
	{ "ops misaligned", { SET(header.op_offset, offsetof(struct refusal_program, op) + 4),
			      SET(header.op_count, 1) }, 0, HEADER(LAYOUT) },
	{ "slots on the header", { SET(header.slot_offset, 40) }, 0, HEADER(LAYOUT) },
	{ "slots on the ops", { SET(header.slot_offset, offsetof(struct refusal_program, op)) }, 0,
	  HEADER(LAYOUT) },

	/* slots */
	{ "slot of kind 0", { SET(slot[1].kind, 0) }, 0, WHOLE(SLOT_KIND, 1) },
	{ "slot of unknown kind", { SET(slot[3].kind, 5) }, 0, WHOLE(SLOT_KIND, 3) },
	{ "slot too large", { SET(slot[2].bytes, 0x80000000) }, 0, WHOLE(SLOT_BYTES, 2) },

	/* the op record */
	{ "opcode 0", { SET(op[AT(ADD)].opcode, 0) }, 0, WHOLE(OPCODE, AT(ADD)) },
	{ "unknown opcode", { SET(op[AT(ADD)].opcode, 1000) }, 0, WHOLE(OPCODE, AT(ADD)) },
	{ "flag set", { SET(op[AT(ADD)].flags, 1) }, 0, WHOLE(RESERVED, AT(ADD)) },
	{ "op's personality unknown", { SET(op[AT(MUL)].personality, 77) }, 0,
	  WHOLE(PERSONALITY, AT(MUL)) },

	/* operands, each by itself */
	{ "missing input", { SET(op[AT(ADD)].in[1].dtype, VNPU_DTYPE_NONE) }, 0,
	  FIELD_OF(OPERAND, ADD, 1) },
	{ "missing output", { SET(op[AT(FILL)].out.dtype, VNPU_DTYPE_NONE) }, 0,
	  FIELD_OF(OPERAND, FILL, F_OUT) },
	{ "input too many", { SET(op[AT(COPY)].in[1].dtype, VNPU_DTYPE_INT8) }, 0,
	  FIELD_OF(OPERAND, COPY, 1) },
	{ "absent operand with an offset", { SET(op[AT(MEAN)].in[2].offset, 4) }, 0,
	  FIELD_OF(OPERAND, MEAN, 2) },
	{ "unknown dtype", { SET(op[AT(COPY)].in[0].dtype, 5) }, 0, FIELD_OF(DTYPE, COPY, 0) },
	{ "dtype far away", { SET(op[AT(COPY)].in[0].dtype, 0xff) }, 0, FIELD_OF(DTYPE, COPY, 0) },
	{ "float into convolution", { SET(op[AT(CONV2D)].in[0].dtype, VNPU_DTYPE_FLOAT32) }, 0,
	  FIELD_OF(DTYPE, CONV2D, 0) },
	{ "signed packed weights", { SET(op[AT(CONV2D)].in[1].dtype, VNPU_DTYPE_INT8) }, 0,
	  FIELD_OF(DTYPE, CONV2D, 1) },
	{ "arg-max into int8", { SET(op[AT(ARG_MAX)].out.dtype, VNPU_DTYPE_INT8) }, 0,
	  FIELD_OF(DTYPE, ARG_MAX, F_OUT) },
	{ "copy changes the dtype", { SET(op[AT(COPY)].out.dtype, VNPU_DTYPE_INT32) }, 0,
	  FIELD_OF(DTYPE, COPY, F_OUT) },
	{ "pool changes the dtype", { SET(op[AT(MAX_POOL)].out.dtype, VNPU_DTYPE_UINT8),
				      SET(op[AT(MAX_POOL)].p.clamp[0], 0) }, 0,
	  FIELD_OF(DTYPE, MAX_POOL, F_OUT) },
	{ "softmax changes the dtype", { SET(op[AT(SOFTMAX)].out.dtype, VNPU_DTYPE_UINT8) }, 0,
	  FIELD_OF(DTYPE, SOFTMAX, F_OUT) },
	{ "resize changes the dtype", { SET(op[AT(RESIZE_NEAREST)].out.dtype, VNPU_DTYPE_UINT8) }, 0,
	  FIELD_OF(DTYPE, RESIZE_NEAREST, F_OUT) },
	{ "float resize of int8", { SET(op[AT(RESIZE_BILINEAR)].p.mode, VNPU_RESIZE_FLOAT) }, 0,
	  FIELD_OF(DTYPE, RESIZE_BILINEAR, F_OUT) },
	{ "weights in tensor layout", { SET(op[AT(CONV2D)].in[1].layout, VNPU_LAYOUT_NHWC) }, 0,
	  FIELD_OF(TENSOR_LAYOUT, CONV2D, 1) },
	{ "packed input", { SET(op[AT(ADD)].in[0].layout, VNPU_LAYOUT_WEIGHTS) }, 0,
	  FIELD_OF(TENSOR_LAYOUT, ADD, 0) },
	{ "unknown layout", { SET(op[AT(ADD)].out.layout, 9) }, 0,
	  FIELD_OF(TENSOR_LAYOUT, ADD, F_OUT) },
	{ "operand reserved", { SET(op[AT(ADD)].in[1].reserved, 1) }, 0, FIELD_OF(RESERVED, ADD, 1) },
	{ "no such slot", { SET(op[AT(ADD)].in[0].slot, REFUSAL_SLOTS) }, 0,
	  FIELD_OF(SLOT_INDEX, ADD, 0) },
	{ "slot index far away", { SET(op[AT(ADD)].out.slot, 0xffffffff) }, 0,
	  FIELD_OF(SLOT_INDEX, ADD, F_OUT) },
	{ "writes constants", { SET(op[AT(FILL)].out.slot, SLOT_CONST) }, 0,
	  FIELD_OF(SLOT_ACCESS, FILL, F_OUT) },
	{ "writes the input", { SET(op[AT(FILL)].out.slot, SLOT_IN) }, 0,
	  FIELD_OF(SLOT_ACCESS, FILL, F_OUT) },
	{ "misaligned float", { SET(op[AT(QUANTIZE)].in[0].offset, 2) }, 0,
	  FIELD_OF(ALIGNMENT, QUANTIZE, 0) },
	{ "misaligned weights", { SET(op[AT(CONV2D)].in[1].offset, 32) }, 0,
	  FIELD_OF(ALIGNMENT, CONV2D, 1) },
	{ "misaligned table", { SET(op[AT(DEPTHWISE)].in[2].offset, 1028) }, 0,
	  FIELD_OF(ALIGNMENT, DEPTHWISE, 2) },
	{ "zero point above int8", { SET(op[AT(ADD)].in[0].zero_point, 128) }, 0,
	  FIELD_OF(ZERO_POINT, ADD, 0) },
	{ "zero point below uint8", { SET(op[AT(REQUANTIZE)].in[0].zero_point, -1) }, 0,
	  FIELD_OF(ZERO_POINT, REQUANTIZE, 0) },
	{ "zero point of weights", { SET(op[AT(CONV2D)].in[1].zero_point, 256) }, 0,
	  FIELD_OF(ZERO_POINT, CONV2D, 1) },
	{ "zero point of a float", { SET(op[AT(DEQUANTIZE)].out.zero_point, 1) }, 0,
	  FIELD_OF(ZERO_POINT, DEQUANTIZE, F_OUT) },
	{ "zero point of a look-up table", { SET(op[AT(LUT)].in[1].zero_point, 1) }, 0,
	  FIELD_OF(ZERO_POINT, LUT, 1) },
	{ "empty axis", { SET(op[AT(ADD)].in[0].shape[1], 0) }, 0, FIELD_OF(SHAPE, ADD, 0) },
	{ "axis too long", { SET(op[AT(ADD)].in[0].shape[0], 0x10000001),
			     SET(op[AT(ADD)].in[0].stride[0], 0) }, 0, FIELD_OF(SHAPE, ADD, 0) },
	{ "look-up table too short", { SET(op[AT(LUT)].in[1].shape[3], 255) }, 0,
	  FIELD_OF(SHAPE, LUT, 1) },
	{ "table with rows", { SET(op[AT(CONV2D)].in[2].shape[2], 2) }, 0, FIELD_OF(SHAPE, CONV2D, 2) },
	{ "packed weights with a stride", { SET(op[AT(CONV2D)].in[1].stride[3], 1) }, 0,
	  FIELD_OF(STRIDE, CONV2D, 1) },
	{ "innermost input stride", { SET(op[AT(ADD)].in[0].stride[3], 2) }, 0,
	  FIELD_OF(STRIDE, ADD, 0) },
	{ "innermost output repeats", { SET(op[AT(FILL)].out.stride[3], 0) }, 0,
	  FIELD_OF(STRIDE, FILL, F_OUT) },
	{ "output row repeats", { SET(op[AT(FILL)].out.stride[1], 0) }, 0,
	  FIELD_OF(STRIDE, FILL, F_OUT) },
	{ "output rows overlap", { SET(op[AT(FILL)].out.stride[1], 31) }, 0,
	  FIELD_OF(STRIDE, FILL, F_OUT) },
	{ "stride not whole floats", { SET(op[AT(QUANTIZE)].in[0].stride[1], 130) }, 0,
	  FIELD_OF(STRIDE, QUANTIZE, 0) },
	{ "pool repeats its input", { SET(op[AT(AVG_POOL)].in[0].stride[1], 0) }, 0,
	  FIELD_OF(STRIDE, AVG_POOL, 0) },
	{ "input leaves its slot", { SET(op[AT(ADD)].in[0].offset, REFUSAL_SLOT_BYTES - 127) }, 0,
	  FIELD_OF(EXTENT, ADD, 0) },
	{ "input offset wraps", { SET(op[AT(ADD)].in[0].offset, 0xfffffff0) }, 0,
	  FIELD_OF(EXTENT, ADD, 0) },
	{ "extent past 32 bits", { SET(op[AT(ADD)].in[0].stride[1], 0x80000000) }, 0,
	  FIELD_OF(EXTENT, ADD, 0) },
	{ "output leaves its slot", { SET(op[AT(FILL)].out.stride[1], REFUSAL_SLOT_BYTES / 3) }, 0,
	  FIELD_OF(EXTENT, FILL, F_OUT) },
	{ "weights leave their slot", { SET(slot[SLOT_CONST].bytes, 895) }, 0,
	  FIELD_OF(EXTENT, CONV2D, 1) },
	{ "weights past 64 bits", { SET(op[AT(CONV2D)].in[1].shape[1], 1 << 28),
				    SET(op[AT(CONV2D)].in[1].shape[2], 1 << 28),
				    SET(op[AT(CONV2D)].in[1].shape[3], 1 << 28) }, 0,
	  FIELD_OF(EXTENT, CONV2D, 1) },
	{ "depthwise weights leave their slot", { SET(op[AT(DEPTHWISE)].in[1].shape[3], 8192) }, 0,
	  FIELD_OF(EXTENT, DEPTHWISE, 1) },
	{ "table leaves its slot", { SET(op[AT(DEPTHWISE)].in[2].offset, REFUSAL_SLOT_BYTES - 128) }, 0,
	  FIELD_OF(EXTENT, DEPTHWISE, 2) },
	{ "look-up table leaves its slot", { SET(op[AT(LUT)].in[1].offset, REFUSAL_SLOT_BYTES - 255) },
	  0, FIELD_OF(EXTENT, LUT, 1) },

	/* parameters */
	{ "parameters reserved", { SET(op[AT(MEAN)].p.reserved[4], 1) }, 0,
	  FIELD_OF(RESERVED, MEAN, F_PARAMS) },
	{ "unused clamp", { SET(op[AT(COPY)].p.clamp[1], 127) }, 0,
	  FIELD_OF(PARAM_UNUSED, COPY, F_PARAMS) },
	{ "unused window", { SET(op[AT(FULLY_CONNECTED)].p.kernel[0], 1) }, 0,
	  FIELD_OF(PARAM_UNUSED, FULLY_CONNECTED, F_PARAMS) },
	{ "unused multiplier", { SET(op[AT(MUL)].p.mult[0], 1) }, 0,
	  FIELD_OF(PARAM_UNUSED, MUL, F_PARAMS) },
	{ "unused fill", { SET(op[AT(COPY)].p.fill, 1) }, 0, FIELD_OF(PARAM_UNUSED, COPY, F_PARAMS) },
	{ "negative multiplier", { SET(op[AT(ADD)].p.mult[1], -1) }, 0,
	  FIELD_OF(PARAM_RANGE, ADD, F_PARAMS) },
	{ "shift too far left", { SET(op[AT(MUL)].p.shift[2], 31) }, 0,
	  FIELD_OF(PARAM_RANGE, MUL, F_PARAMS) },
	{ "shift too far right", { SET(op[AT(MUL)].p.shift[2], -32) }, 0,
	  FIELD_OF(PARAM_RANGE, MUL, F_PARAMS) },
	{ "left shift too large", { SET(op[AT(SUB)].p.left_shift, 24) }, 0,
	  FIELD_OF(PARAM_RANGE, SUB, F_PARAMS) },
	{ "softmax shifts right", { SET(op[AT(SOFTMAX)].p.shift[0], -1) }, 0,
	  FIELD_OF(PARAM_RANGE, SOFTMAX, F_PARAMS) },
	{ "softmax difference above 0", { SET(op[AT(SOFTMAX)].p.diff_min, 1) }, 0,
	  FIELD_OF(PARAM_RANGE, SOFTMAX, F_PARAMS) },
	{ "mean over nothing", { SET(op[AT(MEAN)].p.axes, 0) }, 0, FIELD_OF(PARAM_RANGE, MEAN, F_PARAMS) },
	{ "mean over a fifth axis", { SET(op[AT(MEAN)].p.axes, 16) }, 0,
	  FIELD_OF(PARAM_RANGE, MEAN, F_PARAMS) },
	{ "mean of another count", { SET(op[AT(MEAN)].p.count, 15) }, 0,
	  FIELD_OF(PARAM_RANGE, MEAN, F_PARAMS) },
	{ "unknown resize mode", { SET(op[AT(RESIZE_BILINEAR)].p.mode, 8) }, 0,
	  FIELD_OF(PARAM_RANGE, RESIZE_BILINEAR, F_PARAMS) },
	{ "float nearest", { SET(op[AT(RESIZE_NEAREST)].p.mode, VNPU_RESIZE_FLOAT) }, 0,
	  FIELD_OF(PARAM_RANGE, RESIZE_NEAREST, F_PARAMS) },
	{ "bilinear with both grids",
	  { SET(op[AT(RESIZE_BILINEAR)].p.mode, VNPU_RESIZE_ALIGN_CORNERS | VNPU_RESIZE_HALF_PIXEL) }, 0,
	  FIELD_OF(PARAM_RANGE, RESIZE_BILINEAR, F_PARAMS) },
	{ "fill above int8", { SET(op[AT(FILL)].p.fill, 128) }, 0, FIELD_OF(PARAM_RANGE, FILL, F_PARAMS) },
	{ "fill below int8", { SET(op[AT(FILL)].p.fill, -129) }, 0, FIELD_OF(PARAM_RANGE, FILL, F_PARAMS) },
	{ "no window", { SET(op[AT(AVG_POOL)].p.kernel[1], 0) }, 0, FIELD_OF(WINDOW, AVG_POOL, F_PARAMS) },
	{ "window too large", { SET(op[AT(AVG_POOL)].p.kernel[0], 4097) }, 0,
	  FIELD_OF(WINDOW, AVG_POOL, F_PARAMS) },
	{ "no step", { SET(op[AT(CONV2D)].p.stride[0], 0) }, 0, FIELD_OF(WINDOW, CONV2D, F_PARAMS) },
	{ "step too large", { SET(op[AT(CONV2D)].p.stride[1], 65537) }, 0,
	  FIELD_OF(WINDOW, CONV2D, F_PARAMS) },
	{ "no dilation", { SET(op[AT(CONV2D)].p.dilation[0], 0) }, 0, FIELD_OF(WINDOW, CONV2D, F_PARAMS) },
	{ "padding as wide as the window", { SET(op[AT(DEPTHWISE)].p.pad[1], 3) }, 0,
	  FIELD_OF(WINDOW, DEPTHWISE, F_PARAMS) },
	{ "dilated pool", { SET(op[AT(MAX_POOL)].p.dilation[1], 2) }, 0,
	  FIELD_OF(WINDOW, MAX_POOL, F_PARAMS) },
	{ "clamp reversed", { SET(op[AT(ADD)].p.clamp[0], 5), SET(op[AT(ADD)].p.clamp[1], 4) }, 0,
	  FIELD_OF(CLAMP, ADD, F_PARAMS) },
	{ "clamp below int8", { SET(op[AT(ADD)].p.clamp[0], -129) }, 0, FIELD_OF(CLAMP, ADD, F_PARAMS) },
	{ "clamp above int8", { SET(op[AT(ADD)].p.clamp[1], 128) }, 0, FIELD_OF(CLAMP, ADD, F_PARAMS) },
	{ "clamp of int8 for uint8", { SET(op[AT(ADD)].out.dtype, VNPU_DTYPE_UINT8) }, 0,
	  FIELD_OF(CLAMP, ADD, F_PARAMS) },
	{ "scale 0", { SET(op[AT(QUANTIZE)].p.scale, 0) }, 0, FIELD_OF(SCALE, QUANTIZE, F_PARAMS) },
	{ "negative scale", { SET(op[AT(QUANTIZE)].p.scale, 0xbf800000) }, 0,
	  FIELD_OF(SCALE, QUANTIZE, F_PARAMS) },
	{ "infinite scale", { SET(op[AT(DEQUANTIZE)].p.scale, 0x7f800000) }, 0,
	  FIELD_OF(SCALE, DEQUANTIZE, F_PARAMS) },
	{ "subnormal scale", { SET(op[AT(DEQUANTIZE)].p.scale, 0x007fffff) }, 0,
	  FIELD_OF(SCALE, DEQUANTIZE, F_PARAMS) },

	/* shapes that do not fit each other */
	{ "kernel and weights differ", { SET(op[AT(CONV2D)].p.kernel[0], 2) }, 0,
	  FIELD_OF(SHAPE, CONV2D, 1) },
	{ "input and weights differ in depth", { SET(op[AT(CONV2D)].in[1].shape[3], 2) }, 0,
	  FIELD_OF(SHAPE, CONV2D, 1) },
	{ "table and output differ", { SET(op[AT(CONV2D)].in[2].shape[3], 19) }, 0,
	  FIELD_OF(SHAPE, CONV2D, 2) },
	{ "batches differ", { SET(op[AT(CONV2D)].out.shape[0], 2) }, 0, FIELD_OF(SHAPE, CONV2D, F_OUT) },
	{ "window behind the input", { SET(op[AT(CONV2D)].out.shape[1], 5) }, 0,
	  FIELD_OF(SHAPE, CONV2D, F_OUT) },
	{ "channels no multiple of the input's", { SET(op[AT(DEPTHWISE)].in[0].shape[3], 3) }, 0,
	  FIELD_OF(SHAPE, DEPTHWISE, F_OUT) },
	{ "depthwise kernel and weights differ", { SET(op[AT(DEPTHWISE)].in[1].shape[1], 2) }, 0,
	  FIELD_OF(SHAPE, DEPTHWISE, 1) },
	{ "rows differ", { SET(op[AT(FULLY_CONNECTED)].in[0].shape[2], 1) }, 0,
	  FIELD_OF(SHAPE, FULLY_CONNECTED, F_OUT) },
	{ "row and weights differ", { SET(op[AT(FULLY_CONNECTED)].in[0].shape[3], 39) }, 0,
	  FIELD_OF(SHAPE, FULLY_CONNECTED, 1) },
	{ "pool changes the depth", { SET(op[AT(AVG_POOL)].out.shape[3], 3) }, 0,
	  FIELD_OF(SHAPE, AVG_POOL, F_OUT) },
	{ "summands differ", { SET(op[AT(ADD)].in[1].shape[3], 7) }, 0, FIELD_OF(SHAPE, ADD, 1) },
	{ "copy changes the shape", { SET(op[AT(COPY)].in[0].shape[1], 3) }, 0,
	  FIELD_OF(SHAPE, COPY, 0) },
	{ "softmax changes the shape", { SET(op[AT(SOFTMAX)].in[0].shape[3], 9) }, 0,
	  FIELD_OF(SHAPE, SOFTMAX, F_OUT) },
	{ "mean keeps an axis", { SET(op[AT(MEAN)].out.shape[1], 4) }, 0, FIELD_OF(SHAPE, MEAN, F_OUT) },
	{ "mean drops an axis", { SET(op[AT(MEAN)].out.shape[3], 1) }, 0, FIELD_OF(SHAPE, MEAN, F_OUT) },
	{ "resize changes the depth", { SET(op[AT(RESIZE_NEAREST)].out.shape[3], 4) }, 0,
	  FIELD_OF(SHAPE, RESIZE_NEAREST, F_OUT) },
	{ "arg-max keeps the depth", { SET(op[AT(ARG_MAX)].out.shape[3], 2),
				       SET(op[AT(ARG_MAX)].out.stride[2], 8),
				       SET(op[AT(ARG_MAX)].out.stride[1], 32) }, 0,
	  FIELD_OF(SHAPE, ARG_MAX, F_OUT) },

	/* output and input in each other's way */
	{ "copy onto itself, shifted", { SET(op[AT(COPY)].out.offset, 4) }, 0, FIELD_OF(OVERLAP, COPY, 0) },
	{ "copy in place with other strides", { SET(op[AT(COPY)].out.offset, 0),
						SET(op[AT(COPY)].out.stride[1], 256) }, 0,
	  FIELD_OF(OVERLAP, COPY, 0) },
	{ "requantise in place from another row", { SET(op[AT(REQUANTIZE)].in[0].offset, 8) }, 0,
	  FIELD_OF(OVERLAP, REQUANTIZE, 0) },
	{ "pool in place", { SET(op[AT(AVG_POOL)].in[0].slot, SLOT_OUT) }, 0,
	  FIELD_OF(OVERLAP, AVG_POOL, 0) },
	{ "convolution writes its weights", { SET(op[AT(CONV2D)].in[1].slot, SLOT_OUT) }, 0,
	  FIELD_OF(OVERLAP, CONV2D, 1) },
	{ "second summand in the way", { SET(op[AT(ADD)].in[1].slot, SLOT_OUT),
					 SET(op[AT(ADD)].in[1].offset, 127) }, 0,
	  FIELD_OF(OVERLAP, ADD, 1) },
	{ "look-up writes its table", { SET(op[AT(LUT)].in[1].slot, SLOT_OUT) }, 0,
	  FIELD_OF(OVERLAP, LUT, 1) },

	/* too much work in one piece; a slot of 2 GiB - 1 makes the operands fit */
	{ "pool window over 65536 elements", { SET(op[AT(AVG_POOL)].p.kernel[0], 257),
					       SET(op[AT(AVG_POOL)].p.kernel[1], 256) }, 0,
	  FIELD_OF(COST, AVG_POOL, F_PARAMS) },
	{ "arg-max of a long row", { SET(op[AT(ARG_MAX)].in[0].shape[3], 65537),
				     SET(slot[SLOT_IN].bytes, 1 << 20) }, 0,
	  FIELD_OF(COST, ARG_MAX, 0) },
	{ "resize of a long row", { SET(op[AT(RESIZE_NEAREST)].in[0].shape[2], 65537),
				    SET(slot[SLOT_IN].bytes, 1 << 20) }, 0,
	  FIELD_OF(COST, RESIZE_NEAREST, 0) },
	{ "softmax of a long row", { SET(op[AT(SOFTMAX)].in[0].shape[3], 65537),
				     SET(op[AT(SOFTMAX)].out.shape[3], 65537),
				     SET(op[AT(SOFTMAX)].in[0].shape[2], 1),
				     SET(op[AT(SOFTMAX)].out.shape[2], 1),
				     SET(slot[SLOT_IN].bytes, 1 << 20),
				     SET(slot[SLOT_OUT].bytes, 1 << 20) }, 0,
	  FIELD_OF(COST, SOFTMAX, 0) },
	{ "inner product of too many terms", { SET(op[AT(FULLY_CONNECTED)].in[0].shape[3], 131073),
					       SET(op[AT(FULLY_CONNECTED)].in[1].shape[3], 131073),
					       SET(slot[SLOT_IN].bytes, 1 << 20),
					       SET(slot[SLOT_CONST].bytes, 1 << 30),
					       SET(op[AT(FULLY_CONNECTED)].in[2].offset, 1 << 29) }, 0,
	  FIELD_OF(COST, FULLY_CONNECTED, 1) },
	{ "mean of too many", { SET(op[AT(MEAN)].in[0].shape[1], 1 << 20),
				SET(slot[SLOT_IN].bytes, 0x7fffffff) }, 0,
	  FIELD_OF(COST, MEAN, 0) },
};
/* clang-format on */

#endif /* REFUSAL_CASES_H */
