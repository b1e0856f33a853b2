/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An arithmetic as data.  Op kernels and compilers read its fields; none asks
 * for an id or a name.
 */
#ifndef NPUM_PERSONALITY_H
#define NPUM_PERSONALITY_H

#include "npum_port.h"
#include "vnpu_program.h"

/**
 * enum npum_rounding - how a product is brought back to the output scale
 * @NPUM_ROUND_DOUBLE: saturating doubling high multiply rounded half up, then a
 *	shift rounded half away from zero: two roundings (gemmlowp, TFLite)
 * @NPUM_ROUND_SINGLE: one shift of the 64-bit product, rounded half up
 * @NPUM_ROUND_AWAY: one shift of the 64-bit product, rounded half away from zero
 * @NPUM_ROUND_DOUBLE_UP: as DOUBLE, but the shift rounds half up too
 * @NPUM_ROUND_FLOAT: product in binary32, rounded half to even; the multiplier
 *	holds the bits of a binary32 factor and its exponent is not read
 * @NPUM_ROUND_EVEN: one shift of the 64-bit product, rounded half to even
 * @NPUM_ROUND_TRUNCATE: one shift of the 64-bit product, towards zero
 * @NPUM_ROUND_FLOOR: one shift of the 64-bit product, towards minus infinity
 */
enum npum_rounding {
	NPUM_ROUND_DOUBLE = 0,
	NPUM_ROUND_SINGLE,
	NPUM_ROUND_AWAY,
	NPUM_ROUND_DOUBLE_UP,
	NPUM_ROUND_FLOAT,
	NPUM_ROUND_EVEN,
	NPUM_ROUND_TRUNCATE,
	NPUM_ROUND_FLOOR,
};

/**
 * enum npum_mult_round - how compilers bring a real factor to a multiplier
 * @NPUM_MULT_NEAREST: nearest, halves away from zero
 * @NPUM_MULT_TRUNCATE: bits that do not fit are dropped
 * @NPUM_MULT_UP: dropped, and the last place is raised by one (15 bits: RKNPU)
 */
enum npum_mult_round {
	NPUM_MULT_NEAREST = 0,
	NPUM_MULT_TRUNCATE,
	NPUM_MULT_UP,
};

/**
 * enum npum_acc_overflow - what an integer accumulator does at its limits
 * @NPUM_ACC_WRAP: it wraps around
 * @NPUM_ACC_SATURATE_END: the exact sum is limited once, at its end
 * @NPUM_ACC_SATURATE_EACH: it is limited after each product
 */
enum npum_acc_overflow {
	NPUM_ACC_WRAP = 0,
	NPUM_ACC_SATURATE_END,
	NPUM_ACC_SATURATE_EACH,
};

/**
 * enum npum_bias - where a convolution's bias is added
 * @NPUM_BIAS_INTEGER: to the accumulator
 * @NPUM_BIAS_FLOAT: in binary32 to the product with the factor, together with the
 *	output's zero point, ahead of the only rounding; only with ROUND_FLOAT
 */
enum npum_bias {
	NPUM_BIAS_INTEGER = 0,
	NPUM_BIAS_FLOAT,
};

/**
 * enum npum_zero_point - when ADD, SUB, MUL and AVG_POOL add the output's zero point
 * @NPUM_ZERO_POINT_AFTER: to the rounded product
 * @NPUM_ZERO_POINT_FOLDED: in binary32 ahead of rounding, where the rounding is FLOAT,
 *	or avg_pool FLOAT or DEQUANTISED
 */
enum npum_zero_point {
	NPUM_ZERO_POINT_AFTER = 0,
	NPUM_ZERO_POINT_FOLDED,
};

/**
 * enum npum_avg_pool - how AVG_POOL divides the sum of a window's valid codes
 * @NPUM_AVG_POOL_DIVIDE: integer division, rounded half away from zero
 * @NPUM_AVG_POOL_RECIPROCAL: product with a rounded-up reciprocal of avg_pool_bits
 *	bits, one shift rounded half up (TOSA with 31)
 * @NPUM_AVG_POOL_TWO_STAGE: product with the reciprocal of the width, rounded half
 *	away from zero, then with that of the height (NVDLA with 16 bits)
 * @NPUM_AVG_POOL_FLOAT: the sum less its zero points times a binary32 factor,
 *	rounded half to even
 * @NPUM_AVG_POOL_DEQUANTISED: in binary32, each code less the zero point times the input's scale,
 *	summed row by row, divided by their count and by the output's scale; int16 as FLOAT
 */
enum npum_avg_pool {
	NPUM_AVG_POOL_DIVIDE = 0,
	NPUM_AVG_POOL_RECIPROCAL,
	NPUM_AVG_POOL_TWO_STAGE,
	NPUM_AVG_POOL_FLOAT,
	NPUM_AVG_POOL_DEQUANTISED,
};

/**
 * enum npum_resize - how bilinear interpolation weighs and rounds
 * @NPUM_RESIZE_AWAY: positions and weights in 10-bit integers, the sum of four
 *	products rounded half away from zero
 * @NPUM_RESIZE_UP: the same rounded half up
 * @NPUM_RESIZE_FINE: positions in binary32, 11-bit weights rounded half to even,
 *	columns before rows, the result rounded half up
 */
enum npum_resize {
	NPUM_RESIZE_AWAY = 0,
	NPUM_RESIZE_UP,
	NPUM_RESIZE_FINE,
};

/**
 * enum npum_quantize - how QUANTIZE brings binary32 values to codes
 * @NPUM_QUANTIZE_DIVIDE: quotient by the scale, rounded half away from zero
 * @NPUM_QUANTIZE_MULTIPLY: product with the scale's reciprocal, half to even
 * @NPUM_QUANTIZE_EVEN: quotient by the scale, rounded half to even
 */
enum npum_quantize {
	NPUM_QUANTIZE_DIVIDE = 0,
	NPUM_QUANTIZE_MULTIPLY,
	NPUM_QUANTIZE_EVEN,
};

/**
 * enum npum_add - which multipliers compilers give ADD and SUB
 * @NPUM_ADD_RAISED: inputs raised by 20 bits, each brought to a common scale by a
 *	multiplier of 31 bits, and so is their sum: three roundings
 * @NPUM_ADD_WHOLE: integer multipliers of 21 bits, so that only the sum is rounded
 * @NPUM_ADD_FLOAT: each code times a binary32 factor, summed in binary32, one rounding
 * @NPUM_ADD_WEIGHTS: a convolution over both inputs with 8-bit weights, one rounding
 * @NPUM_ADD_FUSED: codes as they are times binary32 factors by fused multiply-add, the second
 *	input first, onto the output's zero point less the inputs'; int16 as FLOAT (MLAS with AVX2)
 */
enum npum_add {
	NPUM_ADD_RAISED = 0,
	NPUM_ADD_WHOLE,
	NPUM_ADD_FLOAT,
	NPUM_ADD_WEIGHTS,
	NPUM_ADD_FUSED,
};

/**
 * enum npum_mean - what compilers let MEAN rescale
 * @NPUM_MEAN_CENTRED: the sum less its zero points; 1/count goes into the multiplier
 * @NPUM_MEAN_RAW: where height and width go and the rank stays, the sum of raw
 *	codes; both zero points go into an offset of the output.  Else CENTRED
 */
enum npum_mean {
	NPUM_MEAN_CENTRED = 0,
	NPUM_MEAN_RAW,
};

/**
 * enum npum_softmax - which op compilers make of softmax
 * @NPUM_SOFTMAX_FIXED: SOFTMAX, in fixed point
 * @NPUM_SOFTMAX_TABLE: SOFTMAX_TABLE, in binary32 with tabulated exponentials
 * @NPUM_SOFTMAX_REAL: DEQUANTIZE, SOFTMAX_F and QUANTIZE
 * @NPUM_SOFTMAX_QUOTIENT: SOFTMAX_TABLE with exponentials scaled by the row's length, each times
 *	floor(1 / output scale) divided by the sum, to even (ONNX Runtime's QLinearSoftmax)
 */
enum npum_softmax {
	NPUM_SOFTMAX_FIXED = 0,
	NPUM_SOFTMAX_TABLE,
	NPUM_SOFTMAX_REAL,
	NPUM_SOFTMAX_QUOTIENT,
};

/**
 * enum npum_lut - how compilers fill look-up tables of 8-bit functions
 * @NPUM_LUT_DIRECT: each of the 256 entries from the function itself
 * @NPUM_LUT_INTERPOLATED: from lut_points points of the function in lut_bits bits, with
 *	linear interpolation between (NVDLA, RKNPU)
 */
enum npum_lut {
	NPUM_LUT_DIRECT = 0,
	NPUM_LUT_INTERPOLATED,
};

/**
 * enum npum_lut_index - where the points of an interpolated table lie
 * @NPUM_LUT_LINEAR: evenly from the lowest to the highest code
 * @NPUM_LUT_EXPONENT: at the lowest code, and evenly in each of the eight octaves of the
 *	distance from it, 1..2, 2..4 and so on to 256: (lut_points - 1) / 8 segments in
 *	each, at least one (NVDLA's LE table)
 */
enum npum_lut_index {
	NPUM_LUT_LINEAR = 0,
	NPUM_LUT_EXPONENT,
};

/**
 * enum npum_lut_round - how values between the points of an interpolated table are rounded
 * @NPUM_LUT_ROUND_EVEN: to nearest, halves to even
 * @NPUM_LUT_ROUND_AWAY: to nearest, halves away from zero
 * @NPUM_LUT_ROUND_UP: to nearest, halves up
 * @NPUM_LUT_ROUND_FLOOR: down
 */
enum npum_lut_round {
	NPUM_LUT_ROUND_EVEN = 0,
	NPUM_LUT_ROUND_AWAY,
	NPUM_LUT_ROUND_UP,
	NPUM_LUT_ROUND_FLOOR,
};

/**
 * enum npum_lut_correction - tables whose points are moved by half of the error that
 *	interpolation makes in the middle between them and the next
 * @NPUM_LUT_CORRECT_WIDE: those of int16 functions (TFLite's gen_lut())
 * @NPUM_LUT_CORRECT_NONE: none, a point is the function's value
 * @NPUM_LUT_CORRECT_ALL: those, and interpolated ones of 8-bit functions
 */
enum npum_lut_correction {
	NPUM_LUT_CORRECT_WIDE = 0,
	NPUM_LUT_CORRECT_NONE,
	NPUM_LUT_CORRECT_ALL,
};

/**
 * enum npum_wide_lut_round - how LUT_I16 and SOFTMAX_I16 round between points
 * @NPUM_WIDE_LUT_UP: to nearest, halves up
 * @NPUM_WIDE_LUT_FLOOR: down
 */
enum npum_wide_lut_round {
	NPUM_WIDE_LUT_UP = 0,
	NPUM_WIDE_LUT_FLOOR,
};

/**
 * enum npum_real_type - what floating-point results are rounded to
 * @NPUM_REAL_BINARY32: the operand's own type
 * @NPUM_REAL_BINARY16: every result is rounded to binary16, also where the operand
 *	is float32: a device without binary32
 */
enum npum_real_type {
	NPUM_REAL_BINARY32 = 0,
	NPUM_REAL_BINARY16,
};

/**
 * enum npum_real_acc - accumulator of floating-point products
 * @NPUM_REAL_ACC_BINARY32: rounded to binary32 after each addition
 * @NPUM_REAL_ACC_BINARY16: rounded to binary16 after each addition
 * @NPUM_REAL_ACC_BINARY64: binary64, rounded once at the end: wide accumulators
 */
enum npum_real_acc {
	NPUM_REAL_ACC_BINARY32 = 0,
	NPUM_REAL_ACC_BINARY16,
	NPUM_REAL_ACC_BINARY64,
};

/**
 * enum npum_real_order - in which order products are summed
 * @NPUM_REAL_FORWARD: as they lie in memory, first to last
 * @NPUM_REAL_BACKWARD: last to first
 * @NPUM_REAL_PLANES: of a convolution all of a channel's window, then the next channel's; of
 *	all else as forward
 */
enum npum_real_order {
	NPUM_REAL_FORWARD = 0,
	NPUM_REAL_BACKWARD,
	NPUM_REAL_PLANES,
};

/**
 * enum npum_real_subnormals - what becomes of subnormal results
 * @NPUM_REAL_KEEP: they stay
 * @NPUM_REAL_FLUSH: they become zero of the same sign
 */
enum npum_real_subnormals {
	NPUM_REAL_KEEP = 0,
	NPUM_REAL_FLUSH,
};

/**
 * enum npum_real_round - how results are rounded to binary16
 * @NPUM_REAL_EVEN: nearest, halves to even
 * @NPUM_REAL_TRUNCATE: towards zero
 */
enum npum_real_round {
	NPUM_REAL_EVEN = 0,
	NPUM_REAL_TRUNCATE,
};

/**
 * enum npum_real_overflow - what becomes of results beyond binary16
 * @NPUM_REAL_INFINITY: infinity of their sign
 * @NPUM_REAL_SATURATE: the greatest finite number of their sign
 */
enum npum_real_overflow {
	NPUM_REAL_INFINITY = 0,
	NPUM_REAL_SATURATE,
};

/**
 * enum npum_factors - in which type compilers compute rescaling factors from scales
 * @NPUM_FACTORS_TFLITE: as LiteRT's kernels prepare them, most of them in binary64; those
 *	that are multiplied with in binary32 as XNNPACK's
 * @NPUM_FACTORS_BINARY32: all in binary32, from left to right
 */
enum npum_factors {
	NPUM_FACTORS_TFLITE = 0,
	NPUM_FACTORS_BINARY32,
};

/**
 * enum npum_hybrid - how FULLY_CONNECTED_HYBRID quantises a row of floating-point numbers
 * @NPUM_HYBRID_SYMMETRIC: the greatest magnitude becomes 127, halves away from zero
 * @NPUM_HYBRID_ASYMMETRIC: the range from the least to the greatest number, 0 included,
 *	becomes -128..127 with a zero point, halves to even
 */
enum npum_hybrid {
	NPUM_HYBRID_SYMMETRIC = 0,
	NPUM_HYBRID_ASYMMETRIC,
};

/**
 * enum npum_qdq - what readers make of DequantizeLinear, an op and QuantizeLinear of ONNX
 * @NPUM_QDQ_FUSED: one op on codes
 * @NPUM_QDQ_APART: three ops, the middle one in floating point
 */
enum npum_qdq {
	NPUM_QDQ_FUSED = 0,
	NPUM_QDQ_APART,
};

/**
 * enum npum_evidence - how sure we are that a personality is what it names
 * @NPUM_EVIDENCE_EXACT: proved bit by bit here against the real runtime
 * @NPUM_EVIDENCE_DOCUMENTED: written down by its maker
 * @NPUM_EVIDENCE_OPEN_DRIVER: read from a public driver of the device
 * @NPUM_EVIDENCE_GUESS: inferred
 */
enum npum_evidence {
	NPUM_EVIDENCE_EXACT = 0,
	NPUM_EVIDENCE_DOCUMENTED,
	NPUM_EVIDENCE_OPEN_DRIVER,
	NPUM_EVIDENCE_GUESS,
};

/** NPUM_NAME_BYTES - room of a personality's name with its final zero */
#define NPUM_NAME_BYTES 32
/** NPUM_SUMMARY_BYTES - room of its summary with the final zero */
#define NPUM_SUMMARY_BYTES 128
/** NPUM_MAX_PERSONALITIES - most of them in one set */
#define NPUM_MAX_PERSONALITIES 32u

struct npum_personality_set;

/**
 * struct npum_personality - an arithmetic
 * @set: the set that it is one of, where @rest and ops' own personalities are looked up
 * @digest: of everything that decides results, @rest's included; what programs name
 * @id: what programs name; below 1000 those that the project ships
 * @evidence: &enum npum_evidence
 * @rest: id of the one whose arithmetic compilers give the ops that this one's
 *	runtime leaves to another; INHERIT: it leaves none
 * @name: what users type
 * @summary: one line for listings
 *
 * The other members are the rows of npum_personality.def, which say what they mean.
 */
struct npum_personality {
	const struct npum_personality_set *set;
	u64 digest;
	u32 id;
	u32 evidence;
	u32 rest;
	char name[NPUM_NAME_BYTES];
	char summary[NPUM_SUMMARY_BYTES];
#define NPUM_WORD(member, words, meaning) u32 member;
#define NPUM_NUMBER(member, least, most, usual, meaning) u32 member;
#include "npum_personality.def"
};

/**
 * struct npum_personality_set - those that a device or compiler knows
 * @count: entries of @at
 * @at: the first is the default
 */
struct npum_personality_set {
	u32 count;
	struct npum_personality at[NPUM_MAX_PERSONALITIES];
};

/** npum_personality_find() - NULL for an unknown id */
const struct npum_personality *npum_personality_find(const struct npum_personality_set *set,
						     u32 id);

/** npum_personality_named() - NULL for an unknown name */
const struct npum_personality *npum_personality_named(const struct npum_personality_set *set,
						      const char *name);

/** npum_personality_at() - the i-th, NULL behind the last */
const struct npum_personality *npum_personality_at(const struct npum_personality_set *set, u32 i);

/** npum_personality_of() - an op's own personality, else that of its program */
const struct npum_personality *npum_personality_of(const struct npum_personality *program,
						   const struct vnpu_op *op);

/** npum_op_rounding() - how personality @p rounds the products of @op */
enum npum_rounding npum_op_rounding(const struct npum_personality *p, const struct vnpu_op *op);

/** npum_has_float_bias() - does the requantisation table of @op end in binary32 offsets? */
bool npum_has_float_bias(const struct npum_personality *p, const struct vnpu_op *op);

/** npum_adds_in_float() - are sums of two tensors computed in binary32? */
static inline bool npum_adds_in_float(const struct npum_personality *p)
{
	return p->add_form == NPUM_ADD_FLOAT || p->add_form == NPUM_ADD_FUSED;
}

/** npum_folds_zero_point() - is the zero point of @op's output added ahead of rounding? */
bool npum_folds_zero_point(const struct npum_personality *p, const struct vnpu_op *op);

/** npum_builtin_set() - the personalities that model and tools are built with */
const struct npum_personality_set *npum_builtin_set(void);

#endif /* NPUM_PERSONALITY_H */
