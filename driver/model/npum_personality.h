/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
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
 */
enum npum_rounding {
	NPUM_ROUND_DOUBLE = 0,
	NPUM_ROUND_SINGLE,
	NPUM_ROUND_AWAY,
	NPUM_ROUND_DOUBLE_UP,
	NPUM_ROUND_FLOAT,
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
 */
enum npum_quantize {
	NPUM_QUANTIZE_DIVIDE = 0,
	NPUM_QUANTIZE_MULTIPLY,
};

/**
 * enum npum_add - which multipliers compilers give ADD and SUB
 * @NPUM_ADD_RAISED: inputs raised by 20 bits, each brought to a common scale by a
 *	multiplier of 31 bits, and so is their sum: three roundings
 * @NPUM_ADD_WHOLE: integer multipliers of 21 bits, so that only the sum is rounded
 */
enum npum_add {
	NPUM_ADD_RAISED = 0,
	NPUM_ADD_WHOLE,
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
 */
enum npum_softmax {
	NPUM_SOFTMAX_FIXED = 0,
	NPUM_SOFTMAX_TABLE,
};

/**
 * enum npum_evidence - how sure we are that a personality is what it names
 * @NPUM_EVIDENCE_EXACT: proved bit by bit here against the real runtime
 * @NPUM_EVIDENCE_DOCUMENTED: written down by its maker
 * @NPUM_EVIDENCE_GUESS: inferred
 */
enum npum_evidence {
	NPUM_EVIDENCE_EXACT = 0,
	NPUM_EVIDENCE_DOCUMENTED,
	NPUM_EVIDENCE_GUESS,
};

/**
 * struct npum_personality - an arithmetic, as data
 * @id: &enum vnpu_personality_id
 * @name: what users type
 * @summary: one line for listings
 * @evidence: &enum npum_evidence
 * @rest: &enum vnpu_personality_id whose arithmetic compilers give the ops that this
 *	one's runtime leaves to another; INHERIT: it leaves none
 * @conv_signed: rounding of CONV2D with int8 input
 * @conv_unsigned: of CONV2D with uint8 input
 * @depthwise: of DEPTHWISE
 * @fully_connected: of FULLY_CONNECTED
 * @add: of ADD and SUB
 * @mul: of MUL
 * @mean: of MEAN
 * @requant: of REQUANTIZE, and of SOFTMAX's differences
 * @add_form: multipliers of ADD and SUB
 * @mean_form: what MEAN rescales
 * @requant_bits: bits behind the point of REQUANTIZE's multiplier; 0: 31 significant
 *	bits as all others have
 * @softmax: the op that softmax becomes
 * @resize: bilinear interpolation in integers
 * @resize_float: compilers have uint8 interpolated in binary32
 * @quantize: QUANTIZE, and ties of the tables that compilers fill
 *
 * Op kernels and compilers read these fields; none asks for an id or a name.
 */
struct npum_personality {
	u32 id;
	const char *name;
	const char *summary;
	enum npum_evidence evidence;
	u32 rest;
	enum npum_rounding conv_signed;
	enum npum_rounding conv_unsigned;
	enum npum_rounding depthwise;
	enum npum_rounding fully_connected;
	enum npum_rounding add;
	enum npum_rounding mul;
	enum npum_rounding mean;
	enum npum_rounding requant;
	enum npum_add add_form;
	enum npum_mean mean_form;
	u32 requant_bits;
	enum npum_softmax softmax;
	enum npum_resize resize;
	bool resize_float;
	enum npum_quantize quantize;
};

/** npum_personality_by_id() - NULL for an unknown id */
const struct npum_personality *npum_personality_by_id(u32 id);

/** npum_personality_by_name() - NULL for an unknown name */
const struct npum_personality *npum_personality_by_name(const char *name);

/** npum_personality_of() - an op's own personality, else that of its program */
const struct npum_personality *npum_personality_of(const struct npum_personality *program,
						   const struct vnpu_op *op);

/** npum_op_rounding() - how personality @p rounds the products of @op */
enum npum_rounding npum_op_rounding(const struct npum_personality *p, const struct vnpu_op *op);

/** npum_personality_at() - the i-th of the table for listings, NULL behind the last */
const struct npum_personality *npum_personality_at(u32 i);

#endif /* NPUM_PERSONALITY_H */
