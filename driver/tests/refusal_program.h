/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A valid program that holds many ops: the mother of all refused programs and
 * of the fuzzer's seeds.  Without libc, so that user space and KUnit share it.
 */
#ifndef REFUSAL_PROGRAM_H
#define REFUSAL_PROGRAM_H

#include "npum.h"

/* Slots of the valid program */
enum refusal_slot {
	SLOT_CONST = 0,
	SLOT_TEMP,
	SLOT_IN,
	SLOT_OUT,
	SLOT_STATE,
	REFUSAL_SLOTS,
};

#define REFUSAL_SLOT_BYTES 8192u

/* Ops of the valid program. */
enum refusal_op {
	AT_CONV2D,
	AT_DEPTHWISE,
	AT_FULLY_CONNECTED,
	AT_AVG_POOL,
	AT_MAX_POOL,
	AT_ADD,
	AT_SUB,
	AT_MUL,
	AT_COPY,
	AT_FILL,
	AT_REQUANTIZE,
	AT_LUT,
	AT_SOFTMAX,
	AT_MEAN,
	AT_RESIZE_NEAREST,
	AT_RESIZE_BILINEAR,
	AT_ARG_MAX,
	AT_QUANTIZE,
	AT_DEQUANTIZE,
	AT_SOFTMAX_TABLE,
	AT_CONV2D_I16,
	AT_DEPTHWISE_I16,
	AT_FULLY_CONNECTED_I16,
	AT_ADD_I16,
	AT_SUB_I16,
	AT_MUL_I16,
	AT_REQUANTIZE_I16,
	AT_AVG_POOL_I16,
	AT_MAX_POOL_I16,
	AT_MEAN_I16,
	AT_LUT_I16,
	AT_SOFTMAX_I16,
	AT_LEAKY_RELU_I16,
	AT_LOGISTIC_I16,
	AT_TANH_I16,
	REFUSAL_OPS,
};

#define AT(op) AT_##op

/**
 * struct refusal_program - the valid program
 * @header: as in every program
 * @slot: constants, working memory, input, output, state
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
#define IN16(n, h, w, c) NHWC(SLOT_IN, 0, INT16, 2, n, h, w, c)
#define OUT16(n, h, w, c) NHWC(SLOT_OUT, 0, INT16, 2, n, h, w, c)
#define PACKED(offset_, dtype_, layout_, n, h, w, c)                                 \
	{                                                                            \
		.slot = SLOT_CONST, .offset = offset_, .dtype = VNPU_DTYPE_##dtype_, \
		.layout = VNPU_LAYOUT_##layout_, .shape = { n, h, w, c },            \
	}
#define WINDOW(k, s, p) \
	.kernel = { k, k }, .stride = { s, s }, .dilation = { 1, 1 }, .pad = { p, p }
#define CLAMP .clamp = { -128, 127 }
#define CLAMP16 .clamp = { -32768, 32767 }
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
		[SLOT_STATE] = { VNPU_SLOT_STATE, REFUSAL_SLOT_BYTES },
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
			.in = { NHWC(SLOT_STATE, 0, UINT8, 1, 1, 4, 4, 8) },
			.out = NHWC(SLOT_STATE, 0, INT8, 1, 1, 4, 4, 8),
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
		[AT(SOFTMAX_TABLE)] = {
			.opcode = VNPU_OP_SOFTMAX_TABLE,
			.in = { IN8(1, 1, 2, 10), PACKED(0, FLOAT32, LUT, 1, 1, 1, 256) },
			.out = OUT8(1, 1, 2, 10),
			.p = { .scale = ONE_F },
		},
		[AT(CONV2D_I16)] = {
			.opcode = VNPU_OP_CONV2D_I16,
			.in = { IN16(1, 8, 8, 3), PACKED(0, INT8, ROWS, 20, 3, 3, 3),
				PACKED(1024, INT64, REQUANT_WIDE, 1, 1, 1, 20) },
			.out = OUT16(1, 4, 4, 20),
			.p = { WINDOW(3, 2, 0), CLAMP16, .mode = VNPU_PRODUCT_NARROW },
		},
		[AT(DEPTHWISE_I16)] = {
			.opcode = VNPU_OP_DEPTHWISE_I16,
			.in = { IN16(1, 8, 8, 4), PACKED(0, INT16, ROWS_DEPTHWISE, 1, 3, 3, 8),
				PACKED(1024, INT64, REQUANT_WIDE, 1, 1, 1, 8) },
			.out = OUT16(1, 8, 8, 8),
			.p = { WINDOW(3, 1, 1), CLAMP16 },
		},
		[AT(FULLY_CONNECTED_I16)] = {
			.opcode = VNPU_OP_FULLY_CONNECTED_I16,
			.in = { IN16(1, 1, 2, 40), PACKED(0, INT16, ROWS, 10, 1, 1, 40),
				PACKED(2048, INT64, REQUANT_WIDE, 1, 1, 1, 10) },
			.out = OUT16(1, 1, 2, 10),
			.p = { CLAMP16 },
		},
		[AT(ADD_I16)] = {
			.opcode = VNPU_OP_ADD_I16,
			.in = { IN16(1, 4, 4, 8), IN16(1, 4, 4, 8) },
			.out = OUT16(1, 4, 4, 8),
			.p = { CLAMP16, RESCALE, .left_shift = 15 },
		},
		[AT(SUB_I16)] = {
			.opcode = VNPU_OP_SUB_I16,
			.in = { IN16(1, 4, 4, 8), IN16(1, 4, 4, 8) },
			.out = OUT16(1, 4, 4, 8),
			.p = { CLAMP16, RESCALE, .left_shift = 15 },
		},
		[AT(MUL_I16)] = {
			.opcode = VNPU_OP_MUL_I16,
			.in = { IN16(1, 4, 4, 8), IN16(1, 4, 4, 8) },
			.out = OUT8(1, 4, 4, 8),
			.p = { CLAMP, RESCALE2 },
		},
		[AT(REQUANTIZE_I16)] = {
			.opcode = VNPU_OP_REQUANTIZE_I16,
			.in = { IN16(1, 4, 4, 8) },
			.out = NHWC(SLOT_OUT, 0, INT32, 4, 1, 4, 4, 8),
			.p = { .clamp = { S32_MIN, S32_MAX }, RESCALE2 },
		},
		[AT(AVG_POOL_I16)] = {
			.opcode = VNPU_OP_AVG_POOL_I16,
			.in = { IN16(1, 8, 8, 4) },
			.out = OUT16(1, 4, 4, 4),
			.p = { WINDOW(2, 2, 0), CLAMP16 },
		},
		[AT(MAX_POOL_I16)] = {
			.opcode = VNPU_OP_MAX_POOL_I16,
			.in = { IN16(1, 8, 8, 4) },
			.out = OUT16(1, 4, 4, 4),
			.p = { WINDOW(3, 2, 1), CLAMP16 },
		},
		[AT(MEAN_I16)] = {
			.opcode = VNPU_OP_MEAN_I16,
			.in = { IN16(1, 4, 4, 8) },
			.out = OUT16(1, 1, 1, 8),
			.p = { CLAMP16, RESCALE2, .axes = VNPU_AXIS_H | VNPU_AXIS_W, .count = 16 },
		},
		[AT(LUT_I16)] = {
			.opcode = VNPU_OP_LUT_I16,
			.in = { IN16(1, 4, 4, 8), PACKED(0, INT16, LUT, 1, 1, 1, 513) },
			.out = OUT16(1, 4, 4, 8),
		},
		[AT(SOFTMAX_I16)] = {
			.opcode = VNPU_OP_SOFTMAX_I16,
			.in = { IN16(1, 1, 2, 10), PACKED(0, INT16, LUT, 1, 1, 1, 513),
				PACKED(2048, INT16, LUT, 1, 1, 1, 513) },
			.out = OUT16(1, 1, 2, 10),
			.p = { .mult = { 1 << 30 }, .shift = { 4 } },
		},
		[AT(LEAKY_RELU_I16)] = {
			.opcode = VNPU_OP_LEAKY_RELU_I16,
			.in = { IN16(1, 4, 4, 8) },
			.out = OUT16(1, 4, 4, 8),
			.p = { .mult = { 1 << 30, 1 << 30 } },
		},
		[AT(LOGISTIC_I16)] = {
			.opcode = VNPU_OP_LOGISTIC_I16,
			.in = { IN16(1, 4, 4, 8) },
			.out = OUT16(1, 4, 4, 8),
			.p = { .mult = { 3 << 28 }, .shift = { 3 } },
		},
		[AT(TANH_I16)] = {
			.opcode = VNPU_OP_TANH_I16,
			.in = { IN16(1, 4, 4, 8) },
			.out = OUT16(1, 4, 4, 8),
			.p = { .mult = { 3 << 28 }, .shift = { 3 } },
		},
	},
};

#endif /* REFUSAL_PROGRAM_H */
