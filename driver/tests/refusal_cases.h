/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Refused programs, as data: small changes to the valid program, with the
 * refusal that each must cause.  Shared by user space and KUnit; include it once.
 */
#ifndef REFUSAL_CASES_H
#define REFUSAL_CASES_H

#include "refusal_program.h"

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
			((u8 *)p)[c->write[i].offset + b] = (u8)((u64)c->write[i].value >> (8 * b));
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
/* The kernel has a macro ARG_MAX, which AT(op_) would let expand: AT_ is pasted here, too. */
#define FIELD_OF(reason_, op_, field_)                                             \
	{                                                                          \
		.reason = VNPU_REFUSAL_##reason_, .op = AT_##op_, .field = field_, \
	}
#define CASE(name_, why_, ...)                                        \
	{                                                             \
		.name = name_, .write = { __VA_ARGS__ }, .why = why_, \
	}
/* Fields of an op as refusals number them */
#define F_OUT 3u
#define F_PARAMS 4u

static const struct refusal_case refusal_cases[] = {
	/* header and sections */
	{ "shorter than a header", {}, sizeof(struct refusal_program) - 8, HEADER(TRUNCATED) },
	{ "last byte missing", {}, 1, HEADER(TRUNCATED) },
	CASE("bytes behind the program", HEADER(SIZE),
	     SET(header.size, sizeof(struct refusal_program) - 8)),
	CASE("wrong magic", HEADER(MAGIC), SET(header.magic, 0x46504e56)),
	CASE("older major version", HEADER(VERSION), SET(header.major, 0)),
	CASE("newer major version", HEADER(VERSION), SET(header.major, 2)),
	CASE("newer minor version", HEADER(VERSION), SET(header.minor, VNPU_PROGRAM_MINOR + 1)),
	CASE("header digest", HEADER(DIGEST), SET(header.personality_digest, 1)),
	CASE("no personality", HEADER(PERSONALITY), SET(header.personality, 0)),
	CASE("unknown personality", HEADER(PERSONALITY), SET(header.personality, 99)),
	CASE("slot record too short", HEADER(SIZE), SET(header.slot_size, 4)),
	CASE("op record too long", HEADER(SIZE), SET(header.op_size, sizeof(struct vnpu_op) + 8)),
	CASE("no slot", HEADER(COUNT), SET(header.slot_count, 0)),
	CASE("too many slots", HEADER(COUNT), SET(header.slot_count, VNPU_MAX_SLOTS + 1)),
	CASE("no op", HEADER(COUNT), SET(header.op_count, 0)),
	CASE("too many ops", HEADER(COUNT), SET(header.op_count, VNPU_MAX_OPS + 1)),
	CASE("ops leave the program", HEADER(LAYOUT), SET(header.op_count, REFUSAL_OPS + 1)),
	CASE("ops offset wraps", HEADER(LAYOUT), SET(header.op_offset, 0xfffffff8)),
	CASE("ops misaligned", HEADER(LAYOUT),
	     SET(header.op_offset, offsetof(struct refusal_program, op) + 4),
	     SET(header.op_count, 1)),
	CASE("slots on the header", HEADER(LAYOUT), SET(header.slot_offset, 40)),
	CASE("slots on the ops", HEADER(LAYOUT),
	     SET(header.slot_offset, offsetof(struct refusal_program, op))),

	/* slots */
	CASE("slot of kind 0", WHOLE(SLOT_KIND, 1), SET(slot[1].kind, 0)),
	CASE("slot of unknown kind", WHOLE(SLOT_KIND, 3), SET(slot[3].kind, 16)),
	CASE("two slots of on-chip memory", WHOLE(COUNT, 3), SET(slot[1].kind, VNPU_SLOT_L1),
	     SET(slot[3].kind, VNPU_SLOT_L1)),
	CASE("slot too large", WHOLE(SLOT_BYTES, 2), SET(slot[2].bytes, 0x80000000)),

	/* the op record */
	CASE("opcode 0", WHOLE(OPCODE, AT(ADD)), SET(op[AT(ADD)].opcode, 0)),
	CASE("unknown opcode", WHOLE(OPCODE, AT(ADD)), SET(op[AT(ADD)].opcode, 1000)),
	CASE("flag set", WHOLE(RESERVED, AT(ADD)), SET(op[AT(ADD)].flags, 1)),
	CASE("op's personality unknown", WHOLE(PERSONALITY, AT(MUL)),
	     SET(op[AT(MUL)].personality, 77)),

	/* operands, each by itself */
	CASE("missing input", FIELD_OF(OPERAND, ADD, 1),
	     SET(op[AT(ADD)].in[1].dtype, VNPU_DTYPE_NONE)),
	CASE("missing output", FIELD_OF(OPERAND, FILL, F_OUT),
	     SET(op[AT(FILL)].out.dtype, VNPU_DTYPE_NONE)),
	CASE("input too many", FIELD_OF(OPERAND, COPY, 1),
	     SET(op[AT(COPY)].in[1].dtype, VNPU_DTYPE_INT8)),
	CASE("absent operand with an offset", FIELD_OF(OPERAND, MEAN, 2),
	     SET(op[AT(MEAN)].in[2].offset, 4)),
	CASE("unknown dtype", FIELD_OF(DTYPE, COPY, 0),
	     SET(op[AT(COPY)].in[0].dtype, VNPU_DTYPE_INT64 + 1)),
	CASE("dtype far away", FIELD_OF(DTYPE, COPY, 0), SET(op[AT(COPY)].in[0].dtype, 0xff)),
	CASE("float into convolution", FIELD_OF(DTYPE, CONV2D, 0),
	     SET(op[AT(CONV2D)].in[0].dtype, VNPU_DTYPE_FLOAT32)),
	CASE("signed packed weights", FIELD_OF(DTYPE, CONV2D, 1),
	     SET(op[AT(CONV2D)].in[1].dtype, VNPU_DTYPE_INT8)),
	CASE("arg-max into int8", FIELD_OF(DTYPE, ARG_MAX, F_OUT),
	     SET(op[AT(ARG_MAX)].out.dtype, VNPU_DTYPE_INT8)),
	CASE("copy changes the dtype", FIELD_OF(DTYPE, COPY, F_OUT),
	     SET(op[AT(COPY)].out.dtype, VNPU_DTYPE_INT32)),
	CASE("pool changes the dtype", FIELD_OF(DTYPE, MAX_POOL, F_OUT),
	     SET(op[AT(MAX_POOL)].out.dtype, VNPU_DTYPE_UINT8),
	     SET(op[AT(MAX_POOL)].p.clamp[0], 0)),
	CASE("softmax changes the dtype", FIELD_OF(DTYPE, SOFTMAX, F_OUT),
	     SET(op[AT(SOFTMAX)].out.dtype, VNPU_DTYPE_UINT8)),
	CASE("resize changes the dtype", FIELD_OF(DTYPE, RESIZE_NEAREST, F_OUT),
	     SET(op[AT(RESIZE_NEAREST)].out.dtype, VNPU_DTYPE_UINT8)),
	CASE("float resize of int8", FIELD_OF(DTYPE, RESIZE_BILINEAR, F_OUT),
	     SET(op[AT(RESIZE_BILINEAR)].p.mode, VNPU_RESIZE_FLOAT)),
	CASE("weights in tensor layout", FIELD_OF(TENSOR_LAYOUT, CONV2D, 1),
	     SET(op[AT(CONV2D)].in[1].layout, VNPU_LAYOUT_NHWC)),
	CASE("packed input", FIELD_OF(TENSOR_LAYOUT, ADD, 0),
	     SET(op[AT(ADD)].in[0].layout, VNPU_LAYOUT_WEIGHTS)),
	CASE("unknown layout", FIELD_OF(TENSOR_LAYOUT, ADD, F_OUT), SET(op[AT(ADD)].out.layout, 9)),
	CASE("operand reserved", FIELD_OF(RESERVED, ADD, 1), SET(op[AT(ADD)].in[1].reserved, 1)),
	CASE("no such slot", FIELD_OF(SLOT_INDEX, ADD, 0),
	     SET(op[AT(ADD)].in[0].slot, REFUSAL_SLOTS)),
	CASE("slot index far away", FIELD_OF(SLOT_INDEX, ADD, F_OUT),
	     SET(op[AT(ADD)].out.slot, 0xffffffff)),
	CASE("exponentials of a byte each", FIELD_OF(DTYPE, SOFTMAX_TABLE, 1),
	     SET(op[AT(SOFTMAX_TABLE)].in[1].dtype, VNPU_DTYPE_INT8)),
	CASE("look-up in words", FIELD_OF(DTYPE, LUT, 1),
	     SET(op[AT(LUT)].in[1].dtype, VNPU_DTYPE_FLOAT32)),
	CASE("exponentials in tensor layout", FIELD_OF(TENSOR_LAYOUT, SOFTMAX_TABLE, 1),
	     SET(op[AT(SOFTMAX_TABLE)].in[1].layout, VNPU_LAYOUT_NHWC)),
	CASE("misaligned exponentials", FIELD_OF(ALIGNMENT, SOFTMAX_TABLE, 1),
	     SET(op[AT(SOFTMAX_TABLE)].in[1].offset, 2)),
	CASE("exponentials leave their slot", FIELD_OF(EXTENT, SOFTMAX_TABLE, 1),
	     SET(op[AT(SOFTMAX_TABLE)].in[1].offset, REFUSAL_SLOT_BYTES - 1020)),
	CASE("writes constants", FIELD_OF(SLOT_ACCESS, FILL, F_OUT),
	     SET(op[AT(FILL)].out.slot, SLOT_CONST)),
	CASE("writes the input", FIELD_OF(SLOT_ACCESS, FILL, F_OUT),
	     SET(op[AT(FILL)].out.slot, SLOT_IN)),
	CASE("misaligned float", FIELD_OF(ALIGNMENT, QUANTIZE, 0),
	     SET(op[AT(QUANTIZE)].in[0].offset, 2)),
	CASE("misaligned weights", FIELD_OF(ALIGNMENT, CONV2D, 1),
	     SET(op[AT(CONV2D)].in[1].offset, 32)),
	CASE("misaligned table", FIELD_OF(ALIGNMENT, DEPTHWISE, 2),
	     SET(op[AT(DEPTHWISE)].in[2].offset, 1028)),
	CASE("zero point above int8", FIELD_OF(ZERO_POINT, ADD, 0),
	     SET(op[AT(ADD)].in[0].zero_point, 128)),
	CASE("zero point below uint8", FIELD_OF(ZERO_POINT, REQUANTIZE, 0),
	     SET(op[AT(REQUANTIZE)].in[0].zero_point, -1)),
	CASE("zero point of weights", FIELD_OF(ZERO_POINT, CONV2D, 1),
	     SET(op[AT(CONV2D)].in[1].zero_point, 256)),
	CASE("zero point of a float", FIELD_OF(ZERO_POINT, DEQUANTIZE, F_OUT),
	     SET(op[AT(DEQUANTIZE)].out.zero_point, 1)),
	CASE("zero point of a look-up table", FIELD_OF(ZERO_POINT, LUT, 1),
	     SET(op[AT(LUT)].in[1].zero_point, 1)),
	CASE("empty axis", FIELD_OF(SHAPE, ADD, 0), SET(op[AT(ADD)].in[0].shape[1], 0)),
	CASE("axis too long", FIELD_OF(SHAPE, ADD, 0), SET(op[AT(ADD)].in[0].shape[0], 0x10000001),
	     SET(op[AT(ADD)].in[0].stride[0], 0)),
	CASE("look-up table too short", FIELD_OF(SHAPE, LUT, 1),
	     SET(op[AT(LUT)].in[1].shape[3], 255)),
	CASE("table with rows", FIELD_OF(SHAPE, CONV2D, 2), SET(op[AT(CONV2D)].in[2].shape[2], 2)),
	CASE("packed weights with a stride", FIELD_OF(STRIDE, CONV2D, 1),
	     SET(op[AT(CONV2D)].in[1].stride[3], 1)),
	CASE("innermost input stride", FIELD_OF(STRIDE, ADD, 0),
	     SET(op[AT(ADD)].in[0].stride[3], 2)),
	CASE("innermost output repeats", FIELD_OF(STRIDE, FILL, F_OUT),
	     SET(op[AT(FILL)].out.stride[3], 0)),
	CASE("output row repeats", FIELD_OF(STRIDE, FILL, F_OUT),
	     SET(op[AT(FILL)].out.stride[1], 0)),
	CASE("output rows overlap", FIELD_OF(STRIDE, FILL, F_OUT),
	     SET(op[AT(FILL)].out.stride[1], 31)),
	CASE("stride not whole floats", FIELD_OF(STRIDE, QUANTIZE, 0),
	     SET(op[AT(QUANTIZE)].in[0].stride[1], 130)),
	CASE("pool repeats its input", FIELD_OF(STRIDE, AVG_POOL, 0),
	     SET(op[AT(AVG_POOL)].in[0].stride[1], 0)),
	CASE("input leaves its slot", FIELD_OF(EXTENT, ADD, 0),
	     SET(op[AT(ADD)].in[0].offset, REFUSAL_SLOT_BYTES - 127)),
	CASE("input offset wraps", FIELD_OF(EXTENT, ADD, 0),
	     SET(op[AT(ADD)].in[0].offset, 0xfffffff0)),
	CASE("extent past 32 bits", FIELD_OF(EXTENT, ADD, 0),
	     SET(op[AT(ADD)].in[0].stride[1], 0x80000000)),
	CASE("output leaves its slot", FIELD_OF(EXTENT, FILL, F_OUT),
	     SET(op[AT(FILL)].out.stride[1], REFUSAL_SLOT_BYTES / 3)),
	CASE("weights leave their slot", FIELD_OF(EXTENT, CONV2D, 1),
	     SET(slot[SLOT_CONST].bytes, 895)),
	CASE("weights past 64 bits", FIELD_OF(EXTENT, CONV2D, 1),
	     SET(op[AT(CONV2D)].in[1].shape[1], 1 << 28),
	     SET(op[AT(CONV2D)].in[1].shape[2], 1 << 28),
	     SET(op[AT(CONV2D)].in[1].shape[3], 1 << 28)),
	CASE("depthwise weights leave their slot", FIELD_OF(EXTENT, DEPTHWISE, 1),
	     SET(op[AT(DEPTHWISE)].in[1].shape[3], 8192)),
	CASE("table leaves its slot", FIELD_OF(EXTENT, DEPTHWISE, 2),
	     SET(op[AT(DEPTHWISE)].in[2].offset, REFUSAL_SLOT_BYTES - 128)),
	CASE("look-up table leaves its slot", FIELD_OF(EXTENT, LUT, 1),
	     SET(op[AT(LUT)].in[1].offset, REFUSAL_SLOT_BYTES - 255)),

	/* parameters */
	CASE("unused alpha", FIELD_OF(PARAM_UNUSED, MEAN, F_PARAMS), SET(op[AT(MEAN)].p.alpha, 1)),
	CASE("unused real clamp", FIELD_OF(PARAM_UNUSED, MEAN, F_PARAMS),
	     SET(op[AT(MEAN)].p.real_clamp[1], 1)),
	CASE("unused clamp", FIELD_OF(PARAM_UNUSED, COPY, F_PARAMS),
	     SET(op[AT(COPY)].p.clamp[1], 127)),
	CASE("unused window", FIELD_OF(PARAM_UNUSED, FULLY_CONNECTED, F_PARAMS),
	     SET(op[AT(FULLY_CONNECTED)].p.kernel[0], 1)),
	CASE("unused multiplier", FIELD_OF(PARAM_UNUSED, MUL, F_PARAMS),
	     SET(op[AT(MUL)].p.mult[0], 1)),
	CASE("unused fill", FIELD_OF(PARAM_UNUSED, COPY, F_PARAMS), SET(op[AT(COPY)].p.fill, 1)),
	CASE("negative multiplier", FIELD_OF(PARAM_RANGE, ADD, F_PARAMS),
	     SET(op[AT(ADD)].p.mult[1], -1)),
	CASE("shift too far left", FIELD_OF(PARAM_RANGE, MUL, F_PARAMS),
	     SET(op[AT(MUL)].p.shift[2], 31)),
	CASE("shift too far right", FIELD_OF(PARAM_RANGE, MUL, F_PARAMS),
	     SET(op[AT(MUL)].p.shift[2], -32)),
	CASE("left shift too large", FIELD_OF(PARAM_RANGE, SUB, F_PARAMS),
	     SET(op[AT(SUB)].p.left_shift, 24)),
	CASE("softmax shifts right", FIELD_OF(PARAM_RANGE, SOFTMAX, F_PARAMS),
	     SET(op[AT(SOFTMAX)].p.shift[0], -1)),
	CASE("softmax difference above 0", FIELD_OF(PARAM_RANGE, SOFTMAX, F_PARAMS),
	     SET(op[AT(SOFTMAX)].p.diff_min, 1)),
	CASE("mean over nothing", FIELD_OF(PARAM_RANGE, MEAN, F_PARAMS),
	     SET(op[AT(MEAN)].p.axes, 0)),
	CASE("mean over a fifth axis", FIELD_OF(PARAM_RANGE, MEAN, F_PARAMS),
	     SET(op[AT(MEAN)].p.axes, 16)),
	CASE("mean of another count", FIELD_OF(PARAM_RANGE, MEAN, F_PARAMS),
	     SET(op[AT(MEAN)].p.count, 15)),
	CASE("unknown resize mode", FIELD_OF(PARAM_RANGE, RESIZE_BILINEAR, F_PARAMS),
	     SET(op[AT(RESIZE_BILINEAR)].p.mode, 8)),
	CASE("float nearest", FIELD_OF(PARAM_RANGE, RESIZE_NEAREST, F_PARAMS),
	     SET(op[AT(RESIZE_NEAREST)].p.mode, VNPU_RESIZE_FLOAT)),
	CASE("bilinear with both grids", FIELD_OF(PARAM_RANGE, RESIZE_BILINEAR, F_PARAMS),
	     SET(op[AT(RESIZE_BILINEAR)].p.mode,
		 VNPU_RESIZE_ALIGN_CORNERS | VNPU_RESIZE_HALF_PIXEL)),
	CASE("fill above int8", FIELD_OF(PARAM_RANGE, FILL, F_PARAMS),
	     SET(op[AT(FILL)].p.fill, 128)),
	CASE("fill below int8", FIELD_OF(PARAM_RANGE, FILL, F_PARAMS),
	     SET(op[AT(FILL)].p.fill, -129)),
	CASE("no window", FIELD_OF(WINDOW, AVG_POOL, F_PARAMS),
	     SET(op[AT(AVG_POOL)].p.kernel[1], 0)),
	CASE("window too large", FIELD_OF(WINDOW, AVG_POOL, F_PARAMS),
	     SET(op[AT(AVG_POOL)].p.kernel[0], 4097)),
	CASE("no step", FIELD_OF(WINDOW, CONV2D, F_PARAMS), SET(op[AT(CONV2D)].p.stride[0], 0)),
	CASE("step too large", FIELD_OF(WINDOW, CONV2D, F_PARAMS),
	     SET(op[AT(CONV2D)].p.stride[1], 65537)),
	CASE("no dilation", FIELD_OF(WINDOW, CONV2D, F_PARAMS),
	     SET(op[AT(CONV2D)].p.dilation[0], 0)),
	CASE("padding as wide as the window", FIELD_OF(WINDOW, DEPTHWISE, F_PARAMS),
	     SET(op[AT(DEPTHWISE)].p.pad[1], 3)),
	CASE("dilated pool", FIELD_OF(WINDOW, MAX_POOL, F_PARAMS),
	     SET(op[AT(MAX_POOL)].p.dilation[1], 2)),
	CASE("clamp reversed", FIELD_OF(CLAMP, ADD, F_PARAMS), SET(op[AT(ADD)].p.clamp[0], 5),
	     SET(op[AT(ADD)].p.clamp[1], 4)),
	CASE("clamp below int8", FIELD_OF(CLAMP, ADD, F_PARAMS), SET(op[AT(ADD)].p.clamp[0], -129)),
	CASE("clamp above int8", FIELD_OF(CLAMP, ADD, F_PARAMS), SET(op[AT(ADD)].p.clamp[1], 128)),
	CASE("clamp of int8 for uint8", FIELD_OF(CLAMP, ADD, F_PARAMS),
	     SET(op[AT(ADD)].out.dtype, VNPU_DTYPE_UINT8)),
	CASE("scale 0", FIELD_OF(SCALE, QUANTIZE, F_PARAMS), SET(op[AT(QUANTIZE)].p.scale, 0)),
	CASE("negative scale", FIELD_OF(SCALE, QUANTIZE, F_PARAMS),
	     SET(op[AT(QUANTIZE)].p.scale, 0xbf800000)),
	CASE("infinite scale", FIELD_OF(SCALE, DEQUANTIZE, F_PARAMS),
	     SET(op[AT(DEQUANTIZE)].p.scale, 0x7f800000)),
	CASE("subnormal scale", FIELD_OF(SCALE, DEQUANTIZE, F_PARAMS),
	     SET(op[AT(DEQUANTIZE)].p.scale, 0x007fffff)),

	/* shapes that do not fit each other */
	CASE("kernel and weights differ", FIELD_OF(SHAPE, CONV2D, 1),
	     SET(op[AT(CONV2D)].p.kernel[0], 2)),
	CASE("input and weights differ in depth", FIELD_OF(SHAPE, CONV2D, 1),
	     SET(op[AT(CONV2D)].in[1].shape[3], 2)),
	CASE("table and output differ", FIELD_OF(SHAPE, CONV2D, 2),
	     SET(op[AT(CONV2D)].in[2].shape[3], 19)),
	CASE("batches differ", FIELD_OF(SHAPE, CONV2D, F_OUT), SET(op[AT(CONV2D)].out.shape[0], 2)),
	CASE("window behind the input", FIELD_OF(SHAPE, CONV2D, F_OUT),
	     SET(op[AT(CONV2D)].out.shape[1], 5)),
	CASE("channels no multiple of the input's", FIELD_OF(SHAPE, DEPTHWISE, F_OUT),
	     SET(op[AT(DEPTHWISE)].in[0].shape[3], 3)),
	CASE("depthwise kernel and weights differ", FIELD_OF(SHAPE, DEPTHWISE, 1),
	     SET(op[AT(DEPTHWISE)].in[1].shape[1], 2)),
	CASE("rows differ", FIELD_OF(SHAPE, FULLY_CONNECTED, F_OUT),
	     SET(op[AT(FULLY_CONNECTED)].in[0].shape[2], 1)),
	CASE("row and weights differ", FIELD_OF(SHAPE, FULLY_CONNECTED, 1),
	     SET(op[AT(FULLY_CONNECTED)].in[0].shape[3], 39)),
	CASE("pool changes the depth", FIELD_OF(SHAPE, AVG_POOL, F_OUT),
	     SET(op[AT(AVG_POOL)].out.shape[3], 3)),
	CASE("summands differ", FIELD_OF(SHAPE, ADD, 1), SET(op[AT(ADD)].in[1].shape[3], 7)),
	CASE("copy changes the shape", FIELD_OF(SHAPE, COPY, 0),
	     SET(op[AT(COPY)].in[0].shape[1], 3)),
	CASE("offset of a convolution", FIELD_OF(PARAM_UNUSED, CONV2D, F_PARAMS),
	     SET(op[AT(CONV2D)].p.offset, 1)),
	CASE("softmax from a table changes the dtype", FIELD_OF(DTYPE, SOFTMAX_TABLE, F_OUT),
	     SET(op[AT(SOFTMAX_TABLE)].out.dtype, VNPU_DTYPE_UINT8)),
	CASE("softmax from a table without a scale", FIELD_OF(SCALE, SOFTMAX_TABLE, F_PARAMS),
	     SET(op[AT(SOFTMAX_TABLE)].p.scale, 0)),
	CASE("softmax from a table changes the shape", FIELD_OF(SHAPE, SOFTMAX_TABLE, F_OUT),
	     SET(op[AT(SOFTMAX_TABLE)].in[0].shape[3], 9)),
	CASE("softmax changes the shape", FIELD_OF(SHAPE, SOFTMAX, F_OUT),
	     SET(op[AT(SOFTMAX)].in[0].shape[3], 9)),
	CASE("mean keeps an axis", FIELD_OF(SHAPE, MEAN, F_OUT), SET(op[AT(MEAN)].out.shape[1], 4)),
	CASE("mean drops an axis", FIELD_OF(SHAPE, MEAN, F_OUT), SET(op[AT(MEAN)].out.shape[3], 1)),
	CASE("resize changes the depth", FIELD_OF(SHAPE, RESIZE_NEAREST, F_OUT),
	     SET(op[AT(RESIZE_NEAREST)].out.shape[3], 4)),
	CASE("arg-max keeps the depth", FIELD_OF(SHAPE, ARG_MAX, F_OUT),
	     SET(op[AT(ARG_MAX)].out.shape[3], 2), SET(op[AT(ARG_MAX)].out.stride[2], 8),
	     SET(op[AT(ARG_MAX)].out.stride[1], 32)),

	/* output and input in each other's way */
	CASE("copy onto itself, shifted", FIELD_OF(OVERLAP, COPY, 0),
	     SET(op[AT(COPY)].out.offset, 4)),
	CASE("copy in place with other strides", FIELD_OF(OVERLAP, COPY, 0),
	     SET(op[AT(COPY)].out.offset, 0), SET(op[AT(COPY)].out.stride[1], 256)),
	CASE("requantise in place from another row", FIELD_OF(OVERLAP, REQUANTIZE, 0),
	     SET(op[AT(REQUANTIZE)].in[0].offset, 8)),
	CASE("pool in place", FIELD_OF(OVERLAP, AVG_POOL, 0),
	     SET(op[AT(AVG_POOL)].in[0].slot, SLOT_OUT)),
	CASE("convolution writes its weights", FIELD_OF(OVERLAP, CONV2D, 1),
	     SET(op[AT(CONV2D)].in[1].slot, SLOT_OUT)),
	CASE("second summand in the way", FIELD_OF(OVERLAP, ADD, 1),
	     SET(op[AT(ADD)].in[1].slot, SLOT_OUT), SET(op[AT(ADD)].in[1].offset, 127)),
	CASE("look-up writes its table", FIELD_OF(OVERLAP, LUT, 1),
	     SET(op[AT(LUT)].in[1].slot, SLOT_OUT)),

	/* too much work in one piece; a slot of 2 GiB - 1 makes the operands fit */
	CASE("pool window over 65536 elements", FIELD_OF(COST, AVG_POOL, F_PARAMS),
	     SET(op[AT(AVG_POOL)].p.kernel[0], 257), SET(op[AT(AVG_POOL)].p.kernel[1], 256)),
	CASE("arg-max of a long row", FIELD_OF(COST, ARG_MAX, 0),
	     SET(op[AT(ARG_MAX)].in[0].shape[3], 65537), SET(slot[SLOT_IN].bytes, 1 << 20)),
	CASE("resize of a long row", FIELD_OF(COST, RESIZE_NEAREST, 0),
	     SET(op[AT(RESIZE_NEAREST)].in[0].shape[2], 65537), SET(slot[SLOT_IN].bytes, 1 << 20)),
	CASE("softmax of a long row", FIELD_OF(COST, SOFTMAX, 0),
	     SET(op[AT(SOFTMAX)].in[0].shape[3], 65537), SET(op[AT(SOFTMAX)].out.shape[3], 65537),
	     SET(op[AT(SOFTMAX)].in[0].shape[2], 1), SET(op[AT(SOFTMAX)].out.shape[2], 1),
	     SET(slot[SLOT_IN].bytes, 1 << 20), SET(slot[SLOT_OUT].bytes, 1 << 20)),
	CASE("inner product of too many terms", FIELD_OF(COST, FULLY_CONNECTED, 1),
	     SET(op[AT(FULLY_CONNECTED)].in[0].shape[3], 131073),
	     SET(op[AT(FULLY_CONNECTED)].in[1].shape[3], 131073), SET(slot[SLOT_IN].bytes, 1 << 20),
	     SET(slot[SLOT_CONST].bytes, 1 << 30),
	     SET(op[AT(FULLY_CONNECTED)].in[2].offset, 1 << 29)),
	CASE("mean of too many", FIELD_OF(COST, MEAN, 0), SET(op[AT(MEAN)].in[0].shape[1], 1 << 20),
	     SET(slot[SLOT_IN].bytes, 0x7fffffff)),

	/* int16 codes */
	CASE("int8 into an int16 product", FIELD_OF(DTYPE, CONV2D_I16, 0),
	     SET(op[AT(CONV2D_I16)].in[0].dtype, VNPU_DTYPE_INT8)),
	CASE("uint8 rows", FIELD_OF(DTYPE, CONV2D_I16, 1),
	     SET(op[AT(CONV2D_I16)].in[1].dtype, VNPU_DTYPE_UINT8)),
	CASE("rows in blocks of the MAC array", FIELD_OF(TENSOR_LAYOUT, CONV2D_I16, 1),
	     SET(op[AT(CONV2D_I16)].in[1].layout, VNPU_LAYOUT_WEIGHTS)),
	CASE("rows of depthwise weights", FIELD_OF(TENSOR_LAYOUT, DEPTHWISE_I16, 1),
	     SET(op[AT(DEPTHWISE_I16)].in[1].layout, VNPU_LAYOUT_ROWS)),
	CASE("zero point of int16", FIELD_OF(ZERO_POINT, ADD_I16, 0),
	     SET(op[AT(ADD_I16)].in[0].zero_point, 1)),
	CASE("zero point of rows", FIELD_OF(ZERO_POINT, CONV2D_I16, 1),
	     SET(op[AT(CONV2D_I16)].in[1].zero_point, 1)),
	CASE("misaligned int16", FIELD_OF(ALIGNMENT, ADD_I16, 1),
	     SET(op[AT(ADD_I16)].in[1].offset, 1)),
	CASE("stride not whole int16", FIELD_OF(STRIDE, ADD_I16, 0),
	     SET(op[AT(ADD_I16)].in[0].stride[1], 65)),
	CASE("rows leave their slot", FIELD_OF(EXTENT, FULLY_CONNECTED_I16, 1),
	     SET(op[AT(FULLY_CONNECTED_I16)].in[1].offset, REFUSAL_SLOT_BYTES - 1216)),
	CASE("depthwise rows leave their slot", FIELD_OF(EXTENT, DEPTHWISE_I16, 1),
	     SET(op[AT(DEPTHWISE_I16)].in[1].offset, REFUSAL_SLOT_BYTES - 256)),
	CASE("wide table leaves its slot", FIELD_OF(EXTENT, CONV2D_I16, 2),
	     SET(op[AT(CONV2D_I16)].in[2].offset, REFUSAL_SLOT_BYTES - 448)),
	CASE("points leave their slot", FIELD_OF(EXTENT, LUT_I16, 1),
	     SET(op[AT(LUT_I16)].in[1].offset, REFUSAL_SLOT_BYTES - 1024)),
	CASE("a point missing", FIELD_OF(SHAPE, LUT_I16, 1),
	     SET(op[AT(LUT_I16)].in[1].shape[3], 512)),
	CASE("unknown mode of a product", FIELD_OF(PARAM_RANGE, DEPTHWISE_I16, F_PARAMS),
	     SET(op[AT(DEPTHWISE_I16)].p.mode, 2)),
	CASE("clamp above int16", FIELD_OF(CLAMP, ADD_I16, F_PARAMS),
	     SET(op[AT(ADD_I16)].p.clamp[1], 32768)),
	CASE("clamp of int16 for int8", FIELD_OF(CLAMP, MUL_I16, F_PARAMS),
	     SET(op[AT(MUL_I16)].p.clamp[1], 128)),
	CASE("requantise without int16", FIELD_OF(DTYPE, REQUANTIZE_I16, F_OUT),
	     SET(op[AT(REQUANTIZE_I16)].in[0].dtype, VNPU_DTYPE_INT8),
	     SET(op[AT(REQUANTIZE_I16)].in[0].stride[3], 1)),
	CASE("requantise 64 bits", FIELD_OF(DTYPE, REQUANTIZE_I16, 0),
	     SET(op[AT(REQUANTIZE_I16)].in[0].dtype, VNPU_DTYPE_INT64)),
	CASE("int16 softmax changes the shape", FIELD_OF(SHAPE, SOFTMAX_I16, F_OUT),
	     SET(op[AT(SOFTMAX_I16)].in[0].shape[3], 9)),
	CASE("int16 softmax of a long row", FIELD_OF(COST, SOFTMAX_I16, 0),
	     SET(op[AT(SOFTMAX_I16)].in[0].shape[3], 65537),
	     SET(op[AT(SOFTMAX_I16)].out.shape[3], 65537),
	     SET(op[AT(SOFTMAX_I16)].in[0].shape[2], 1), SET(op[AT(SOFTMAX_I16)].out.shape[2], 1),
	     SET(slot[SLOT_IN].bytes, 1 << 20), SET(slot[SLOT_OUT].bytes, 1 << 20)),
};

#endif /* REFUSAL_CASES_H */
