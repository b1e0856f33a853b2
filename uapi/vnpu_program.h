/* SPDX-License-Identifier: MIT */
/*
 * The vnpu program format: what a compiler hands to the device.
 *
 * A program is one flat, little-endian, 8-byte aligned blob:
 *
 *	struct vnpu_program_header
 *	struct vnpu_slot_desc	[slot_count]	at slot_offset
 *	struct vnpu_op		[op_count]	at op_offset
 *
 * Every op is a fixed-size record that says everything about itself: there is
 * no register state that one op leaves behind for the next.  A record can
 * therefore be validated, disassembled, profiled or run alone.
 *
 * Rules of growth (they bind kernel and user space alike):
 *  1. All fields are little-endian and naturally aligned; there is no padding
 *     that is not a named field.
 *  2. Reserved fields and every parameter an opcode does not use are zero, and
 *     a device refuses the program when one is not.
 *  3. Opcodes, dtypes, slot kinds and personalities are only ever appended.
 *  4. A device runs every program whose major version it knows and whose minor
 *     version is not newer than its own.  An old program runs for ever.
 *  5. Records carry their size (op_size, slot_size), so that a later minor
 *     version can append fields; a device zero-extends shorter records.
 */
#ifndef VNPU_PROGRAM_H
#define VNPU_PROGRAM_H

#include <linux/types.h>

#if defined(__cplusplus)
extern "C" {
#endif

/** VNPU_PROGRAM_MAGIC - "VNPU" read as a little-endian word */
#define VNPU_PROGRAM_MAGIC	0x55504e56u
#define VNPU_PROGRAM_MAJOR	1
#define VNPU_PROGRAM_MINOR	1

/* Limits a compiler may check before it asks the device. */
#define VNPU_MAX_PROGRAM_BYTES	(16u << 20)
#define VNPU_MAX_OPS		16384u
#define VNPU_MAX_SLOTS		64u
#define VNPU_MAX_RANK		4u
/** VNPU_MAX_SLOT_BYTES - upper limit of one slot; keeps every extent in 31 bits */
#define VNPU_MAX_SLOT_BYTES	0x7fffffffu

/** VNPU_CHANNEL_BLOCK - output channels that one block of weights or requant table holds */
#define VNPU_CHANNEL_BLOCK	16u
/** VNPU_DOT_BLOCK - consecutive inner-product terms stored side by side in packed weights */
#define VNPU_DOT_BLOCK		4u
/** VNPU_LUT_ENTRIES - entries of an 8-bit look-up table */
#define VNPU_LUT_ENTRIES	256u

/**
 * enum vnpu_slot_kind - what a memory slot of a program is for
 * @VNPU_SLOT_CONST: weights and tables; read only
 * @VNPU_SLOT_TEMP: working memory; contents undefined before and after a job
 * @VNPU_SLOT_INPUT: a model input; read only
 * @VNPU_SLOT_OUTPUT: a model output
 */
enum vnpu_slot_kind {
	VNPU_SLOT_CONST = 1,
	VNPU_SLOT_TEMP = 2,
	VNPU_SLOT_INPUT = 3,
	VNPU_SLOT_OUTPUT = 4,
};

/**
 * enum vnpu_dtype - element types
 * @VNPU_DTYPE_NONE: the operand is absent
 * @VNPU_DTYPE_INT8: signed 8 bit, value = scale * (q - zero_point)
 * @VNPU_DTYPE_UINT8: unsigned 8 bit, value = scale * (q - zero_point)
 * @VNPU_DTYPE_INT32: signed 32 bit (indices)
 * @VNPU_DTYPE_FLOAT32: IEEE 754 binary32
 */
enum vnpu_dtype {
	VNPU_DTYPE_NONE = 0,
	VNPU_DTYPE_INT8 = 1,
	VNPU_DTYPE_UINT8 = 2,
	VNPU_DTYPE_INT32 = 3,
	VNPU_DTYPE_FLOAT32 = 4,
};

/**
 * enum vnpu_layout - how the elements of an operand lie in memory
 * @VNPU_LAYOUT_NHWC: shape and strides as given, outermost first
 * @VNPU_LAYOUT_WEIGHTS: packed weights of CONV2D and FULLY_CONNECTED, as the
 *	MAC array eats them: u8 [ceil(O/16)][ceil(K/4)][16][4], K = kh*kw*ic
 *	with ic innermost.  Signed weights are stored as q + 128 and so is their
 *	zero point.  Rows and terms beyond O and K hold the zero point.
 * @VNPU_LAYOUT_DEPTHWISE: u8 [kh][kw][C], C = output channels; signed weights
 *	and zero point stored + 128
 * @VNPU_LAYOUT_REQUANT: requantisation table, one &struct vnpu_requant_block
 *	for each 16 output channels
 * @VNPU_LAYOUT_LUT: 256 elements, indexed by the raw input byte
 */
enum vnpu_layout {
	VNPU_LAYOUT_NHWC = 0,
	VNPU_LAYOUT_WEIGHTS = 1,
	VNPU_LAYOUT_DEPTHWISE = 2,
	VNPU_LAYOUT_REQUANT = 3,
	VNPU_LAYOUT_LUT = 4,
};

/**
 * enum vnpu_opcode - operations; semantics in Documentation/isa/
 * @VNPU_OP_CONV2D: convolution, weights and requant table per output channel
 * @VNPU_OP_DEPTHWISE: depthwise convolution, any channel multiplier
 * @VNPU_OP_FULLY_CONNECTED: matrix product, one row per element of axis W
 * @VNPU_OP_AVG_POOL: mean over a window's valid elements
 * @VNPU_OP_MAX_POOL: maximum over a window's valid elements
 * @VNPU_OP_ADD: rescaled sum of two inputs
 * @VNPU_OP_SUB: rescaled difference of two inputs
 * @VNPU_OP_MUL: rescaled product of two inputs
 * @VNPU_OP_COPY: strided copy of codes: concat, slice, interior of a pad
 * @VNPU_OP_FILL: write one code to a strided region: border of a pad
 * @VNPU_OP_REQUANTIZE: change of scale, zero point, signedness; stand-alone ReLU
 * @VNPU_OP_LUT: 256-entry table: logistic, tanh, any 8-bit unary function
 * @VNPU_OP_SOFTMAX: softmax along axis C
 * @VNPU_OP_MEAN: mean over a set of axes
 * @VNPU_OP_RESIZE_NEAREST: nearest-neighbour resize of axes H and W
 * @VNPU_OP_RESIZE_BILINEAR: bilinear resize of axes H and W
 * @VNPU_OP_ARG_MAX: index of the first greatest code along axis C
 * @VNPU_OP_QUANTIZE: binary32 to 8-bit codes
 * @VNPU_OP_DEQUANTIZE: 8-bit codes to binary32
 * @VNPU_OP_SOFTMAX_TABLE: softmax along axis C in binary32, from a table of
 *	exponentials; since 1.1
 *
 * The operands, dtypes and parameters that each one takes are the rows of
 * driver/model/npum_ops.def, which validator, emitter and disassembler share.
 */
enum vnpu_opcode {
	VNPU_OP_CONV2D = 1,
	VNPU_OP_DEPTHWISE = 2,
	VNPU_OP_FULLY_CONNECTED = 3,
	VNPU_OP_AVG_POOL = 4,
	VNPU_OP_MAX_POOL = 5,
	VNPU_OP_ADD = 6,
	VNPU_OP_SUB = 7,
	VNPU_OP_MUL = 8,
	VNPU_OP_COPY = 9,
	VNPU_OP_FILL = 10,
	VNPU_OP_REQUANTIZE = 11,
	VNPU_OP_LUT = 12,
	VNPU_OP_SOFTMAX = 13,
	VNPU_OP_MEAN = 14,
	VNPU_OP_RESIZE_NEAREST = 15,
	VNPU_OP_RESIZE_BILINEAR = 16,
	VNPU_OP_ARG_MAX = 17,
	VNPU_OP_QUANTIZE = 18,
	VNPU_OP_DEQUANTIZE = 19,
	VNPU_OP_SOFTMAX_TABLE = 20,
};

/**
 * enum vnpu_personality_id - whose arithmetic a program wants
 * @VNPU_PERSONALITY_INHERIT: in an op: take the program's
 * @VNPU_PERSONALITY_TFLITE_REF: LiteRT reference kernels (two
 *	roundings, one in FULLY_CONNECTED)
 * @VNPU_PERSONALITY_TFLITE_SINGLE: the same built with TFLITE_SINGLE_ROUNDING
 * @VNPU_PERSONALITY_TFLITE_OPT: LiteRT optimised kernels on x86; since 1.1
 * @VNPU_PERSONALITY_XNNPACK: LiteRT with its XNNPACK delegate on x86; since 1.1
 */
enum vnpu_personality_id {
	VNPU_PERSONALITY_INHERIT = 0,
	VNPU_PERSONALITY_TFLITE_REF = 1,
	VNPU_PERSONALITY_TFLITE_SINGLE = 2,
	VNPU_PERSONALITY_TFLITE_OPT = 3,
	VNPU_PERSONALITY_XNNPACK = 4,
};

/* vnpu_params.mode bits of the RESIZE ops */
#define VNPU_RESIZE_ALIGN_CORNERS	(1u << 0)
#define VNPU_RESIZE_HALF_PIXEL		(1u << 1)
/** VNPU_RESIZE_FLOAT - bilinear weights in binary32 instead of 10-bit integers */
#define VNPU_RESIZE_FLOAT		(1u << 2)

/* vnpu_params.axes bits of MEAN */
#define VNPU_AXIS_N	(1u << 0)
#define VNPU_AXIS_H	(1u << 1)
#define VNPU_AXIS_W	(1u << 2)
#define VNPU_AXIS_C	(1u << 3)

/**
 * struct vnpu_program_header - first bytes of a program
 * @magic: VNPU_PROGRAM_MAGIC
 * @major: VNPU_PROGRAM_MAJOR the program was written for
 * @minor: VNPU_PROGRAM_MINOR the program was written for
 * @size: bytes of the whole program, this header included
 * @personality: &enum vnpu_personality_id, not INHERIT
 * @slot_offset: bytes from the start to the slot descriptions; multiple of 8
 * @slot_count: number of slots, 1..VNPU_MAX_SLOTS
 * @slot_size: bytes of one slot description
 * @op_offset: bytes from the start to the op records; multiple of 8
 * @op_count: number of op records, 1..VNPU_MAX_OPS
 * @op_size: bytes of one op record
 * @reserved: zero
 */
struct vnpu_program_header {
	__u32 magic;
	__u16 major;
	__u16 minor;
	__u32 size;
	__u32 personality;
	__u32 slot_offset;
	__u32 slot_count;
	__u32 slot_size;
	__u32 op_offset;
	__u32 op_count;
	__u32 op_size;
	__u32 reserved[2];
};

/**
 * struct vnpu_slot_desc - one memory slot, bound to a buffer at submit
 * @kind: &enum vnpu_slot_kind
 * @bytes: bytes a binding must offer at least; every op stays inside
 */
struct vnpu_slot_desc {
	__u32 kind;
	__u32 bytes;
};

/**
 * struct vnpu_tensor - an operand
 * @slot: index into the program's slots
 * @offset: bytes from the start of the slot; multiple of the element size
 * @dtype: &enum vnpu_dtype; NONE and all other fields zero: no operand
 * @layout: &enum vnpu_layout
 * @reserved: zero
 * @zero_point: value of the code that stands for 0.0; within the dtype
 * @shape: N, H, W, C in elements, outermost first; 1 where unused.  For the
 *	packed layouts the logical shape: WEIGHTS O, kh, kw, ic; DEPTHWISE
 *	1, kh, kw, C; REQUANT 1, 1, 1, O; LUT 1, 1, 1, 256
 * @stride: bytes between neighbours along each axis; multiples of the element
 *	size; 0 on an input axis repeats (broadcasts) it; zero for the packed
 *	layouts.  The innermost stride is the element size or 0.
 */
struct vnpu_tensor {
	__u32 slot;
	__u32 offset;
	__u8 dtype;
	__u8 layout;
	__u16 reserved;
	__s32 zero_point;
	__u32 shape[4];
	__u32 stride[4];
};

/**
 * struct vnpu_params - parameters of an op; those it does not use are zero
 * @kernel: window height and width
 * @stride: window step, height and width
 * @dilation: distance of window taps, height and width
 * @pad: rows above and columns left of the input; what lies below and to the
 *	right follows from the output shape.  Padding reads as the zero point.
 * @clamp: lowest and highest output code (activation)
 * @mult: multipliers in Q0.31 for input 0, input 1 and the output; the bits of
 *	binary32 factors where the personality multiplies in binary32
 * @shift: their exponents, positive left: x * mult * 2^(shift - 31)
 * @left_shift: ADD, SUB: bits the inputs are raised before rescaling
 * @diff_min: SOFTMAX: differences from the row's maximum below it give 0
 * @axes: MEAN: VNPU_AXIS_* to reduce
 * @count: MEAN: number of elements averaged (mult and shift hold 1/count)
 * @mode: RESIZE: VNPU_RESIZE_*
 * @scale: QUANTIZE, DEQUANTIZE, SOFTMAX_TABLE (of the output): scale as IEEE 754
 *	binary32 bits
 * @fill: FILL: code to write
 * @offset: MEAN: added to the output beside its zero point; since 1.1
 * @reserved: zero
 */
struct vnpu_params {
	__u32 kernel[2];
	__u32 stride[2];
	__u32 dilation[2];
	__u32 pad[2];
	__s32 clamp[2];
	__s32 mult[3];
	__s32 shift[3];
	__u32 left_shift;
	__s32 diff_min;
	__u32 axes;
	__u32 count;
	__u32 mode;
	__u32 scale;
	__s32 fill;
	__s32 offset;
	__u32 reserved[4];
};

/** VNPU_OP_INPUTS - operands read by an op: inputs, then weights and tables */
#define VNPU_OP_INPUTS	3

/**
 * struct vnpu_op - one operation
 * @opcode: &enum vnpu_opcode
 * @personality: &enum vnpu_personality_id, INHERIT for the program's
 * @flags: zero
 * @source: free for the compiler (index of the source op); the device only
 *	repeats it in profiles and fault reports
 * @in: operands read: CONV2D, DEPTHWISE, FULLY_CONNECTED: input, weights,
 *	requant table; LUT, SOFTMAX_TABLE: input, table; else the inputs in order
 * @out: operand written
 * @p: parameters
 */
struct vnpu_op {
	__u32 opcode;
	__u32 personality;
	__u32 flags;
	__u32 source;
	struct vnpu_tensor in[VNPU_OP_INPUTS];
	struct vnpu_tensor out;
	struct vnpu_params p;
};

/**
 * struct vnpu_requant_block - requantisation of 16 output channels
 * @bias: int32 bias with the input zero point folded in:
 *	bias - zp_in * sum over k of (w[k] - zp_w), wrapping
 * @mult: Q0.31 multiplier; the bits of a binary32 factor where the personality
 *	multiplies in binary32
 * @shift: exponent, positive left; taken as clamped to [-31, 30]
 */
struct vnpu_requant_block {
	__s32 bias[VNPU_CHANNEL_BLOCK];
	__s32 mult[VNPU_CHANNEL_BLOCK];
	__s32 shift[VNPU_CHANNEL_BLOCK];
};

/**
 * enum vnpu_refusal - why a program was refused
 * @VNPU_REFUSAL_NONE: not refused
 * @VNPU_REFUSAL_TRUNCATED: fewer bytes than the header or its tables need
 * @VNPU_REFUSAL_MAGIC: not a vnpu program
 * @VNPU_REFUSAL_VERSION: written for a newer or unknown format version
 * @VNPU_REFUSAL_SIZE: header's size is not the size given, or above the limit
 * @VNPU_REFUSAL_LAYOUT: a table is misaligned, overlaps or lies outside the program
 * @VNPU_REFUSAL_COUNT: zero or too many slots or ops
 * @VNPU_REFUSAL_RESERVED: a reserved field or unknown flag is not zero
 * @VNPU_REFUSAL_SLOT_KIND: unknown slot kind
 * @VNPU_REFUSAL_SLOT_BYTES: slot larger than VNPU_MAX_SLOT_BYTES
 * @VNPU_REFUSAL_OPCODE: unknown opcode
 * @VNPU_REFUSAL_PERSONALITY: the device does not have that personality
 * @VNPU_REFUSAL_OPERAND: an operand is missing or one too many is present
 * @VNPU_REFUSAL_DTYPE: the op does not take that dtype there
 * @VNPU_REFUSAL_TENSOR_LAYOUT: the op does not take that layout there
 * @VNPU_REFUSAL_SLOT_INDEX: no such slot
 * @VNPU_REFUSAL_SLOT_ACCESS: the op would write a CONST or INPUT slot
 * @VNPU_REFUSAL_ALIGNMENT: offset not aligned for the element or table
 * @VNPU_REFUSAL_ZERO_POINT: zero point outside the dtype
 * @VNPU_REFUSAL_SHAPE: shape empty, too large or inconsistent with the other operands
 * @VNPU_REFUSAL_STRIDE: stride misaligned, zero on an output, or elements overlap
 * @VNPU_REFUSAL_EXTENT: the operand reaches beyond its slot
 * @VNPU_REFUSAL_OVERLAP: output and input overlap in memory
 * @VNPU_REFUSAL_PARAM_UNUSED: a parameter the op does not use is not zero
 * @VNPU_REFUSAL_PARAM_RANGE: a parameter is outside its range
 * @VNPU_REFUSAL_WINDOW: window, stride, dilation, padding and shapes do not fit each other
 * @VNPU_REFUSAL_CLAMP: clamp empty or outside the output's dtype
 * @VNPU_REFUSAL_SCALE: scale not a positive finite number
 * @VNPU_REFUSAL_COST: one tile would run for too long
 *
 * Texts are in npum_refusal_text(); numbers are only ever appended.
 */
enum vnpu_refusal {
	VNPU_REFUSAL_NONE = 0,
	VNPU_REFUSAL_TRUNCATED = 1,
	VNPU_REFUSAL_MAGIC = 2,
	VNPU_REFUSAL_VERSION = 3,
	VNPU_REFUSAL_SIZE = 4,
	VNPU_REFUSAL_LAYOUT = 5,
	VNPU_REFUSAL_COUNT = 6,
	VNPU_REFUSAL_RESERVED = 7,
	VNPU_REFUSAL_SLOT_KIND = 8,
	VNPU_REFUSAL_SLOT_BYTES = 9,
	VNPU_REFUSAL_OPCODE = 10,
	VNPU_REFUSAL_PERSONALITY = 11,
	VNPU_REFUSAL_OPERAND = 12,
	VNPU_REFUSAL_DTYPE = 13,
	VNPU_REFUSAL_TENSOR_LAYOUT = 14,
	VNPU_REFUSAL_SLOT_INDEX = 15,
	VNPU_REFUSAL_SLOT_ACCESS = 16,
	VNPU_REFUSAL_ALIGNMENT = 17,
	VNPU_REFUSAL_ZERO_POINT = 18,
	VNPU_REFUSAL_SHAPE = 19,
	VNPU_REFUSAL_STRIDE = 20,
	VNPU_REFUSAL_EXTENT = 21,
	VNPU_REFUSAL_OVERLAP = 22,
	VNPU_REFUSAL_PARAM_UNUSED = 23,
	VNPU_REFUSAL_PARAM_RANGE = 24,
	VNPU_REFUSAL_WINDOW = 25,
	VNPU_REFUSAL_CLAMP = 26,
	VNPU_REFUSAL_SCALE = 27,
	VNPU_REFUSAL_COST = 28,
};

#if defined(__cplusplus)
}
#endif

#endif /* VNPU_PROGRAM_H */
