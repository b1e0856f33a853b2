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
#define VNPU_PROGRAM_MAGIC 0x55504e56u
#define VNPU_PROGRAM_MAJOR 1
#define VNPU_PROGRAM_MINOR 4

/* Limits a compiler may check before it asks the device. */
#define VNPU_MAX_PROGRAM_BYTES (16u << 20)
#define VNPU_MAX_OPS 16384u
#define VNPU_MAX_SLOTS 64u
#define VNPU_MAX_RANK 4u
/** VNPU_MAX_SLOT_BYTES - upper limit of one slot; keeps every extent in 31 bits */
#define VNPU_MAX_SLOT_BYTES 0x7fffffffu

/** VNPU_CHANNEL_BLOCK - output channels that one block of weights or requant table holds */
#define VNPU_CHANNEL_BLOCK 16u
/** VNPU_DOT_BLOCK - consecutive inner-product terms stored side by side in packed weights */
#define VNPU_DOT_BLOCK 4u
/** VNPU_LUT_ENTRIES - entries of an 8-bit look-up table */
#define VNPU_LUT_ENTRIES 256u

/**
 * enum vnpu_slot_kind - what a memory slot of a program is for
 * @VNPU_SLOT_CONST: weights and tables; read only
 * @VNPU_SLOT_TEMP: working memory; contents undefined before and after a job
 * @VNPU_SLOT_INPUT: a model input; read only
 * @VNPU_SLOT_OUTPUT: a model output
 * @VNPU_SLOT_L1: on-chip memory, which the device provides: no buffer is bound to it.  At most
 *	one slot, not larger than the device's; contents undefined before and after a
 *	job, but never those of another context; since 1.3
 * @VNPU_SLOT_STATE: what a model keeps from run to run; read and written, zero before the
 *	first one, bound to the same memory in each; since 1.3
 */
enum vnpu_slot_kind {
	VNPU_SLOT_CONST = 1,
	VNPU_SLOT_TEMP = 2,
	VNPU_SLOT_INPUT = 3,
	VNPU_SLOT_OUTPUT = 4,
	VNPU_SLOT_L1 = 5,
	VNPU_SLOT_STATE = 6,
};

/**
 * enum vnpu_dtype - element types
 * @VNPU_DTYPE_NONE: the operand is absent
 * @VNPU_DTYPE_INT8: signed 8 bit, value = scale * (q - zero_point)
 * @VNPU_DTYPE_UINT8: unsigned 8 bit, value = scale * (q - zero_point)
 * @VNPU_DTYPE_INT32: signed 32 bit (indices)
 * @VNPU_DTYPE_FLOAT32: IEEE 754 binary32
 * @VNPU_DTYPE_INT16: signed 16 bit, value = scale * q; since 1.2
 * @VNPU_DTYPE_FLOAT16: IEEE 754 binary16; since 1.2
 * @VNPU_DTYPE_INT64: signed 64 bit (indices, wide biases); since 1.2
 *
 * Truth values are uint8, 0 or 1, with zero point 0.
 */
enum vnpu_dtype {
	VNPU_DTYPE_NONE = 0,
	VNPU_DTYPE_INT8 = 1,
	VNPU_DTYPE_UINT8 = 2,
	VNPU_DTYPE_INT32 = 3,
	VNPU_DTYPE_FLOAT32 = 4,
	VNPU_DTYPE_INT16 = 5,
	VNPU_DTYPE_FLOAT16 = 6,
	VNPU_DTYPE_INT64 = 7,
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
 * @VNPU_LAYOUT_LUT: 256 elements, indexed by the raw input byte; of int16 the 513
 *	points of LUT_I16
 * @VNPU_LAYOUT_ROWS: weights of the _I16, _F and HYBRID products in their own dtype:
 *	[ceil(O/16)][K][16], K = kh*kw*ic with ic innermost; what lies beyond O is zero,
 *	and so is the zero point; since 1.2
 * @VNPU_LAYOUT_ROWS_DEPTHWISE: [ceil(C/16)][kh][kw][16], likewise; since 1.2
 * @VNPU_LAYOUT_REQUANT_WIDE: one &struct vnpu_requant_wide_block for each 16 output
 *	channels; since 1.2
 * @VNPU_LAYOUT_VECTOR: one element for each output channel, rounded up to 16, what
 *	lies beyond is zero: biases of the _F products; since 1.2
 * @VNPU_LAYOUT_LUT_PAIR: 65536 elements, indexed by 256 times the raw byte of in[0] plus
 *	that of in[1]; since 1.2
 */
enum vnpu_layout {
	VNPU_LAYOUT_NHWC = 0,
	VNPU_LAYOUT_WEIGHTS = 1,
	VNPU_LAYOUT_DEPTHWISE = 2,
	VNPU_LAYOUT_REQUANT = 3,
	VNPU_LAYOUT_LUT = 4,
	VNPU_LAYOUT_ROWS = 5,
	VNPU_LAYOUT_ROWS_DEPTHWISE = 6,
	VNPU_LAYOUT_REQUANT_WIDE = 7,
	VNPU_LAYOUT_VECTOR = 8,
	VNPU_LAYOUT_LUT_PAIR = 9,
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
 * int16 codes, symmetric (zero point 0); all since 1.2:
 *
 * @VNPU_OP_CONV2D_I16: as CONV2D: int16 by int8 or int16 ROWS, 64-bit biases;
 *	p.mode: VNPU_PRODUCT_NARROW
 * @VNPU_OP_DEPTHWISE_I16: as DEPTHWISE
 * @VNPU_OP_FULLY_CONNECTED_I16: as FULLY_CONNECTED
 * @VNPU_OP_ADD_I16: as ADD
 * @VNPU_OP_SUB_I16: as SUB
 * @VNPU_OP_MUL_I16: as MUL; the product may also go to int8
 * @VNPU_OP_REQUANTIZE_I16: between int16, int8, uint8 and int32, one side int16
 * @VNPU_OP_AVG_POOL_I16: as AVG_POOL
 * @VNPU_OP_MAX_POOL_I16: as MAX_POOL
 * @VNPU_OP_MEAN_I16: as MEAN
 * @VNPU_OP_LUT_I16: table of 513 points, linear interpolation between
 * @VNPU_OP_SOFTMAX_I16: softmax along axis C from tables of exponentials and reciprocals
 * @VNPU_OP_LEAKY_RELU_I16: one multiplier (0) for codes >= 0, another (1) for those below
 * @VNPU_OP_LOGISTIC_I16: 1 / (1 + e^-x) of codes that multiplier 0 brings to units of
 *	1 / (24 * 2^9), rounded half up; result in units of 2^-15
 * @VNPU_OP_TANH_I16: hyperbolic tangent of codes brought to 1 / (48 * 2^8); likewise
 *
 * Floating point: float32 or float16, all operands of an op of one dtype unless
 * said otherwise; accumulation and rounding as the personality's real_* fields
 * say; p.real_clamp bounds the result.  All since 1.2:
 *
 * @VNPU_OP_CONV2D_F: convolution: input, ROWS of either float dtype, VECTOR of
 *	float32 biases; padding reads as 0
 * @VNPU_OP_DEPTHWISE_F: depthwise convolution, any channel multiplier; likewise
 * @VNPU_OP_FULLY_CONNECTED_F: matrix product; likewise
 * @VNPU_OP_FULLY_CONNECTED_HYBRID: float32 rows, quantised one by one to int8, by int8
 *	ROWS; the int32 sums times (row scale * p.scale), plus biases as above
 * @VNPU_OP_BATCH_MATMUL_F: [N,H] products of the matrices in[0] W x K and in[1] K x C
 *	(C x K with p.mode VNPU_MATMUL_TRANSPOSED); strides of 0 repeat a matrix
 * @VNPU_OP_UNARY: &enum vnpu_function of each element (p.mode); float, or integer
 *	codes as they are for the functions that are exact on integers
 * @VNPU_OP_BINARY: &enum vnpu_function of two inputs; float or integers of one dtype,
 *	which wrap; comparisons give uint8; real_clamp is zero but for float results
 * @VNPU_OP_SELECT: in[0] uint8 ? in[1] : in[2], any one dtype
 * @VNPU_OP_REDUCE: &enum vnpu_function (ADD, MUL, MAXIMUM, MINIMUM, MEAN; of uint8 AND,
 *	OR) over p.axes, p.count elements; float or integers, whose MEAN goes towards zero
 * @VNPU_OP_ARG: index of the greatest along axis C, of the least with p.mode
 *	VNPU_ARG_LEAST; the first of equals, the last with VNPU_ARG_LAST; any dtype to
 *	int32 or int64
 * @VNPU_OP_AVG_POOL_F: mean over a window's valid elements; with p.mode VNPU_POOL_WHOLE
 *	divided by the number of all its elements
 * @VNPU_OP_MAX_POOL_F: maximum over a window's valid elements
 * @VNPU_OP_SOFTMAX_F: softmax along axis C of p.scale times the input; with p.mode
 *	VNPU_SOFTMAX_LOG its logarithm
 * @VNPU_OP_RESIZE_BILINEAR_F: bilinear resize of axes H and W
 * @VNPU_OP_CAST: between any two dtypes: float to integer towards zero, saturating,
 *	what is not a number to 0; integers wrap; to float nearest even
 * @VNPU_OP_GATHER: out[n,h,w,c] = in[0][n, h, index[n,0,w,0], c]: axis W of in[0] indexed by
 *	in[1], int32 or int64, [1,1,W,1] or [N,1,W,1]; an index outside gives zero
 *
 * @VNPU_OP_LUT_PAIR: table of 65536 entries: any 8-bit function of two variables; since 1.2
 *
 * A long short-term memory with 8-bit activations and 16-bit state; since 1.2:
 *
 * @VNPU_OP_GATES: as FULLY_CONNECTED, to int16; p.mode VNPU_GATES_ACCUMULATE: added to
 *	what the output holds
 * @VNPU_OP_LSTM_CELL: new cell state from in[0], the sums of the input, forget, cell and
 *	output gates behind each other along C with 3 integer bits, and in[1], the old
 *	state in units of 2^-p.mode
 * @VNPU_OP_LSTM_HIDDEN: what the cells give away, 8-bit codes, from the same and their
 *	new state
 *
 * @VNPU_OP_SVDF_TIME: out[0,0,b,u] = rescaled bias[u] + sum over k of in[0][0,b,u,k] *
 *	in[1][0,0,u,k]: int8, uint8 or int16 memories of b * u units by weights likewise,
 *	REQUANT as of CONV2D, to 8-bit codes; since 1.3
 *
 * @VNPU_OP_BATCH_MATMUL: [N,H] products of the matrices in[0] W x K and in[1] K x C (C x K
 *	with p.mode VNPU_MATMUL_TRANSPOSED) of 8-bit codes of one dtype, rescaled by mult[2] and
 *	shift[2]; strides of 0 repeat a matrix; since 1.4
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

	VNPU_OP_CONV2D_I16 = 21,
	VNPU_OP_DEPTHWISE_I16 = 22,
	VNPU_OP_FULLY_CONNECTED_I16 = 23,
	VNPU_OP_ADD_I16 = 24,
	VNPU_OP_SUB_I16 = 25,
	VNPU_OP_MUL_I16 = 26,
	VNPU_OP_REQUANTIZE_I16 = 27,
	VNPU_OP_AVG_POOL_I16 = 28,
	VNPU_OP_MAX_POOL_I16 = 29,
	VNPU_OP_MEAN_I16 = 30,
	VNPU_OP_LUT_I16 = 31,
	VNPU_OP_SOFTMAX_I16 = 32,
	VNPU_OP_LEAKY_RELU_I16 = 33,

	VNPU_OP_CONV2D_F = 34,
	VNPU_OP_DEPTHWISE_F = 35,
	VNPU_OP_FULLY_CONNECTED_F = 36,
	VNPU_OP_FULLY_CONNECTED_HYBRID = 37,
	VNPU_OP_BATCH_MATMUL_F = 38,
	VNPU_OP_UNARY = 39,
	VNPU_OP_BINARY = 40,
	VNPU_OP_SELECT = 41,
	VNPU_OP_REDUCE = 42,
	VNPU_OP_ARG = 43,
	VNPU_OP_AVG_POOL_F = 44,
	VNPU_OP_MAX_POOL_F = 45,
	VNPU_OP_SOFTMAX_F = 46,
	VNPU_OP_RESIZE_BILINEAR_F = 47,
	VNPU_OP_CAST = 48,
	VNPU_OP_GATHER = 49,

	VNPU_OP_LOGISTIC_I16 = 50,
	VNPU_OP_TANH_I16 = 51,

	VNPU_OP_GATES = 52,
	VNPU_OP_LSTM_CELL = 53,
	VNPU_OP_LSTM_HIDDEN = 54,
	VNPU_OP_LUT_PAIR = 55,

	VNPU_OP_SVDF_TIME = 56,

	VNPU_OP_BATCH_MATMUL = 57,
};

/**
 * enum vnpu_function - what UNARY, BINARY and REDUCE compute, in p.mode; since 1.2
 *
 * Unary, with bounds on their error in Documentation/isa/ops.rst; those with "(any)"
 * also take integers:
 *
 * @VNPU_FN_ABS: magnitude (any; the lowest integer stays)
 * @VNPU_FN_NEG: negative (any; likewise)
 * @VNPU_FN_SIGN: -1, 0, 1 (any)
 * @VNPU_FN_SQUARE: product with itself (any)
 * @VNPU_FN_NOT: 1 for 0, else 0 (uint8)
 * @VNPU_FN_FLOOR: towards minus infinity
 * @VNPU_FN_CEIL: towards infinity
 * @VNPU_FN_ROUND: nearest, halves to even
 * @VNPU_FN_SQRT: square root
 * @VNPU_FN_RSQRT: its reciprocal
 * @VNPU_FN_RECIPROCAL: 1 / x
 * @VNPU_FN_EXP: e^x
 * @VNPU_FN_LOG: natural logarithm
 * @VNPU_FN_SIN: sine
 * @VNPU_FN_COS: cosine
 * @VNPU_FN_TANH: hyperbolic tangent
 * @VNPU_FN_LOGISTIC: 1 / (1 + e^-x)
 * @VNPU_FN_ERF: error function
 * @VNPU_FN_GELU: x * (1 + erf(x / sqrt 2)) / 2
 * @VNPU_FN_GELU_TANH: its approximation by tanh
 * @VNPU_FN_ELU: x for x >= 0, else p.alpha * (e^x - 1)
 * @VNPU_FN_LEAKY_RELU: x for x >= 0, else p.alpha * x
 * @VNPU_FN_HARD_SWISH: x * min(max(x + 3, 0), 6) / 6
 * @VNPU_FN_HARD_SIGMOID: min(max(p.alpha * x + p.beta, 0), 1)
 * @VNPU_FN_SOFTPLUS: log(1 + e^x)
 * @VNPU_FN_CLAMP: x between p.alpha and p.beta; ReLUs
 *
 * Binary:
 *
 * @VNPU_FN_ADD: sum
 * @VNPU_FN_SUB: difference
 * @VNPU_FN_MUL: product
 * @VNPU_FN_DIV: quotient; of integers towards zero, 0 by a divisor of 0
 * @VNPU_FN_FLOOR_DIV: quotient towards minus infinity
 * @VNPU_FN_FLOOR_MOD: what FLOOR_DIV leaves
 * @VNPU_FN_POW: x^y
 * @VNPU_FN_MAXIMUM: the greater
 * @VNPU_FN_MINIMUM: the lesser
 * @VNPU_FN_SQUARED_DIFFERENCE: (x - y)^2
 * @VNPU_FN_PRELU: x for x >= 0, else x * y
 * @VNPU_FN_EQUAL: x == y
 * @VNPU_FN_NOT_EQUAL: x != y
 * @VNPU_FN_LESS: x < y
 * @VNPU_FN_LESS_EQUAL: x <= y
 * @VNPU_FN_AND: both are not 0 (uint8)
 * @VNPU_FN_OR: one is not 0 (uint8)
 *
 * Only of REDUCE:
 *
 * @VNPU_FN_MEAN: sum divided by the number of elements
 */
enum vnpu_function {
	VNPU_FN_ABS = 1,
	VNPU_FN_NEG = 2,
	VNPU_FN_SIGN = 3,
	VNPU_FN_SQUARE = 4,
	VNPU_FN_NOT = 5,
	VNPU_FN_FLOOR = 6,
	VNPU_FN_CEIL = 7,
	VNPU_FN_ROUND = 8,
	VNPU_FN_SQRT = 9,
	VNPU_FN_RSQRT = 10,
	VNPU_FN_RECIPROCAL = 11,
	VNPU_FN_EXP = 12,
	VNPU_FN_LOG = 13,
	VNPU_FN_SIN = 14,
	VNPU_FN_COS = 15,
	VNPU_FN_TANH = 16,
	VNPU_FN_LOGISTIC = 17,
	VNPU_FN_ERF = 18,
	VNPU_FN_GELU = 19,
	VNPU_FN_GELU_TANH = 20,
	VNPU_FN_ELU = 21,
	VNPU_FN_LEAKY_RELU = 22,
	VNPU_FN_HARD_SWISH = 23,
	VNPU_FN_HARD_SIGMOID = 24,
	VNPU_FN_SOFTPLUS = 25,
	VNPU_FN_CLAMP = 26,

	VNPU_FN_ADD = 64,
	VNPU_FN_SUB = 65,
	VNPU_FN_MUL = 66,
	VNPU_FN_DIV = 67,
	VNPU_FN_FLOOR_DIV = 68,
	VNPU_FN_FLOOR_MOD = 69,
	VNPU_FN_POW = 70,
	VNPU_FN_MAXIMUM = 71,
	VNPU_FN_MINIMUM = 72,
	VNPU_FN_SQUARED_DIFFERENCE = 73,
	VNPU_FN_PRELU = 74,
	VNPU_FN_EQUAL = 75,
	VNPU_FN_NOT_EQUAL = 76,
	VNPU_FN_LESS = 77,
	VNPU_FN_LESS_EQUAL = 78,
	VNPU_FN_AND = 79,
	VNPU_FN_OR = 80,

	VNPU_FN_MEAN = 96,
};

/**
 * enum vnpu_personality_id - whose arithmetic a program wants
 * @VNPU_PERSONALITY_INHERIT: in an op: take the program's
 * @VNPU_PERSONALITY_TFLITE_REF: LiteRT reference kernels (two
 *	roundings, one in FULLY_CONNECTED)
 * @VNPU_PERSONALITY_TFLITE_SINGLE: the same built with TFLITE_SINGLE_ROUNDING
 * @VNPU_PERSONALITY_TFLITE_OPT: LiteRT optimised kernels on x86; since 1.1
 * @VNPU_PERSONALITY_XNNPACK: LiteRT with its XNNPACK delegate on x86; since 1.1
 * @VNPU_PERSONALITY_ORT: ONNX Runtime on x86; it and those behind since 1.2
 * @VNPU_PERSONALITY_TOSA: TOSA specification
 * @VNPU_PERSONALITY_VIP8: VeriSilicon VIPNano-SI+
 * @VNPU_PERSONALITY_VIP7: VeriSilicon VIPNano-QI
 * @VNPU_PERSONALITY_RKNPU: Rockchip RKNPU2
 * @VNPU_PERSONALITY_ETHOSU: Arm Ethos-U
 * @VNPU_PERSONALITY_MDLA: MediaTek MDLA
 * @VNPU_PERSONALITY_AXERA: Axera AX650
 * @VNPU_PERSONALITY_NVDLA: NVDLA
 * @VNPU_PERSONALITY_ORT_O0: ONNX Runtime with its graph optimisations off
 */
enum vnpu_personality_id {
	VNPU_PERSONALITY_INHERIT = 0,
	VNPU_PERSONALITY_TFLITE_REF = 1,
	VNPU_PERSONALITY_TFLITE_SINGLE = 2,
	VNPU_PERSONALITY_TFLITE_OPT = 3,
	VNPU_PERSONALITY_XNNPACK = 4,
	VNPU_PERSONALITY_ORT = 5,
	VNPU_PERSONALITY_TOSA = 6,
	VNPU_PERSONALITY_VIP8 = 7,
	VNPU_PERSONALITY_VIP7 = 8,
	VNPU_PERSONALITY_RKNPU = 9,
	VNPU_PERSONALITY_ETHOSU = 10,
	VNPU_PERSONALITY_MDLA = 11,
	VNPU_PERSONALITY_AXERA = 12,
	VNPU_PERSONALITY_NVDLA = 13,
	VNPU_PERSONALITY_ORT_O0 = 14,
};

/**
 * VNPU_PRODUCT_NARROW - mode bit of the _I16 products: accumulator and rounding are those
 * that the personality has for the op of int8 codes, for models with 32-bit biases
 */
#define VNPU_PRODUCT_NARROW (1u << 0)

/* vnpu_params.mode bits of the RESIZE ops */
#define VNPU_RESIZE_ALIGN_CORNERS (1u << 0)
#define VNPU_RESIZE_HALF_PIXEL (1u << 1)
/** VNPU_RESIZE_FLOAT - bilinear weights in binary32 instead of 10-bit integers */
#define VNPU_RESIZE_FLOAT (1u << 2)

/* vnpu_params.mode bits of other ops; since 1.2 */
/** VNPU_MATMUL_TRANSPOSED - BATCH_MATMUL, BATCH_MATMUL_F: in[1] is C x K */
#define VNPU_MATMUL_TRANSPOSED (1u << 0)
/** VNPU_ARG_LEAST - ARG: the least instead of the greatest */
#define VNPU_ARG_LEAST (1u << 0)
/** VNPU_ARG_LAST - ARG: the last of equals instead of the first */
#define VNPU_ARG_LAST (1u << 1)
/** VNPU_POOL_WHOLE - AVG_POOL_F: divide by the number of all elements of the window */
#define VNPU_POOL_WHOLE (1u << 0)
/** VNPU_SOFTMAX_LOG - SOFTMAX_F: the logarithm of it */
#define VNPU_SOFTMAX_LOG (1u << 0)
/** VNPU_GATES_ACCUMULATE - vnpu_params.mode of GATES: add to what the output holds */
#define VNPU_GATES_ACCUMULATE (1u << 0)
/* range of vnpu_params.mode of LSTM_CELL and LSTM_HIDDEN: bits behind the point of the state */
#define VNPU_LSTM_LEAST_BITS 9u
#define VNPU_LSTM_MOST_BITS 15u

/* vnpu_params.axes bits of MEAN */
#define VNPU_AXIS_N (1u << 0)
#define VNPU_AXIS_H (1u << 1)
#define VNPU_AXIS_W (1u << 2)
#define VNPU_AXIS_C (1u << 3)

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
 * @personality_digest: of the arithmetic that the program was compiled for; 0: any
 *	that has the id; since 1.2
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
	__u64 personality_digest;
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
 *	packed layouts the logical shape: WEIGHTS, ROWS O, kh, kw, ic; DEPTHWISE,
 *	ROWS_DEPTHWISE 1, kh, kw, C; REQUANT*, VECTOR 1, 1, 1, O; LUT 1, 1, 1, 256, of
 *	int16 513
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
 * @axes: MEAN, REDUCE: VNPU_AXIS_* to reduce
 * @count: MEAN, REDUCE: number of elements reduced (of MEAN, mult and shift hold 1/count)
 * @mode: RESIZE: VNPU_RESIZE_*; CONV2D_I16 and its kin: VNPU_PRODUCT_NARROW
 * @scale: QUANTIZE, DEQUANTIZE, SOFTMAX_TABLE (of the output): scale as IEEE 754
 *	binary32 bits
 * @fill: FILL: code to write
 * @offset: MEAN: added to the output beside its zero point; since 1.1
 * @alpha: UNARY: first parameter of the function as binary32 bits; since 1.2
 * @beta: UNARY: second parameter likewise; since 1.2
 * @real_clamp: _F ops: lowest and highest result as binary32 bits, -inf and +inf for
 *	none; since 1.2
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
	__u32 alpha;
	__u32 beta;
	__u32 real_clamp[2];
};

/** VNPU_OP_INPUTS - operands read by an op: inputs, then weights and tables */
#define VNPU_OP_INPUTS 3

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
 * struct vnpu_requant_wide_block - requantisation of 16 output channels of int16 products
 * @bias: 64-bit bias
 * @mult: multiplier in Q0.31; personality field wide_bits says how many of its bits
 *	compilers use; the bits of a binary32 factor where it multiplies in binary32
 * @shift: exponent, positive left; taken as clamped to [-31, 30]
 */
struct vnpu_requant_wide_block {
	__s64 bias[VNPU_CHANNEL_BLOCK];
	__s32 mult[VNPU_CHANNEL_BLOCK];
	__s32 shift[VNPU_CHANNEL_BLOCK];
};

/** VNPU_LUT_PAIR_ENTRIES - entries of a table of two 8-bit variables */
#define VNPU_LUT_PAIR_ENTRIES 65536u
/** VNPU_LUT_POINTS - points of the table of LUT_I16; the last one closes the last interval */
#define VNPU_LUT_POINTS 513u

/**
 * enum vnpu_refusal - why a program was refused
 * @VNPU_REFUSAL_NONE: not refused
 * @VNPU_REFUSAL_TRUNCATED: fewer bytes than the header or its tables need
 * @VNPU_REFUSAL_MAGIC: not a vnpu program
 * @VNPU_REFUSAL_VERSION: written for a newer or unknown format version
 * @VNPU_REFUSAL_SIZE: header's size is not the size given, or above the limit
 * @VNPU_REFUSAL_LAYOUT: a table is misaligned, overlaps or lies outside the program
 * @VNPU_REFUSAL_COUNT: zero or too many slots or ops, or two L1 slots
 * @VNPU_REFUSAL_RESERVED: a reserved field or unknown flag is not zero
 * @VNPU_REFUSAL_SLOT_KIND: unknown slot kind
 * @VNPU_REFUSAL_SLOT_BYTES: slot larger than VNPU_MAX_SLOT_BYTES, or an L1 slot larger
 *	than the device's on-chip memory
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
 * @VNPU_REFUSAL_DIGEST: the device's personality of that id is another arithmetic
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
	VNPU_REFUSAL_DIGEST = 29,
};

#if defined(__cplusplus)
}
#endif

#endif /* VNPU_PROGRAM_H */
