/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Tame requantisation tables: those that compilers emit, and that the vector
 * kernels bring to 8 bits on a shorter way with the same result.
 *
 * A table is tame when |bias| <= 2^29, mult >= 0 and the exponent lies in
 * [-20, 0] ([-20, -1] for a single rounding), and the product has at most 8192
 * terms.  Then 8192 products of at most 255 * 255 each keep |acc| below 2^30, so
 * nothing has wrapped, 2 * acc fits in 32 bits and
 *	y = (acc * mult + 2^30) >> 31 = (2 * acc * mult + 2^31) >> 32,	|y| <= 2^30
 * is the upper half of a 64-bit lane.  A shift by r > 0 bits that rounds ties
 * away from zero is floor((y - (y < 0) + 2^(r-1)) / 2^r), one that rounds them up
 * has no (y < 0); one by 0 bits is y.
 * With r <= 20 and a zero point of at most 255 in size, y + 2^(r-1) + (zp << r)
 * stays under 2^31, and adding zp << r before the shift is adding zp after it.
 *
 * A single rounding, floor((acc * mult + 2^(30+r)) / 2^(31+r)) with r > 0, is
 * (((2 * acc * mult) >> 32) + 2^(r-1)) >> r: 2^(31+r) is a multiple of 2^32 and
 * may be added to the upper half alone, so that y needs no nudge of 2^31.  One
 * towards minus infinity is the same without the 2^(r-1).
 *
 * Single roundings that are odd functions, away from zero and towards it, are these
 * two of |acc|, made negative again where acc is: mult >= 0 leaves signs alone.  The
 * zero point comes last.
 *
 * One to even takes two such values: p = 2 * acc * mult is even, so that in
 *	up = ((p >> 32) + 2^(r-1)) >> r,	down = (((p - 1) >> 32) + 2^(r-1)) >> r
 * the 1 decides only where p + 2^(31+r) is a multiple of 2^(32+r), a tie.  There down
 * is up - 1, elsewhere they are equal; of two neighbours that differ the even one is
 * up with its last bit cleared: up & ~((up ^ down) & 1) in either case.  The zero
 * point, which may be odd, comes last.
 *
 * A product in binary32 has one way only, of half a dozen instructions.
 */
#ifndef NPUM_TAME_H
#define NPUM_TAME_H

#include "npum_acc.h"
#include "npum_personality.h"

/** TAME_TERMS - most terms of a tame product */
#define TAME_TERMS 8192u
/** TAME_BIAS - largest size of a tame bias, 2^29 */
#define TAME_BIAS 536870912
/** TAME_SHIFT - most bits that a tame exponent shifts right */
#define TAME_SHIFT 20

/**
 * enum tame_way - which instructions the short way takes
 * @TAME_UP: all but the others: halves up, both kinds of two roundings, floor
 * @TAME_ODD: of sizes, signs later: away from zero and towards it
 * @TAME_EVEN: halves to even
 */
enum tame_way {
	TAME_UP = 0,
	TAME_ODD,
	TAME_EVEN,
};

/**
 * struct tame_output - how an op's sums become bytes, whatever the instruction set
 * @rounding: of the op's personality
 * @way: of tame tables
 * @is_signed: output is int8
 * @single: one rounding of an integer
 * @up: not single: ties of the second rounding go up
 * @half: the last shift rounds to the nearest
 * @is_float: product in binary32
 * @biased: its offset is in the table
 * @least_bias: the least that accumulators start from
 * @most_bias: the greatest
 * @zero: output's zero point, 0 where it is in the offset of a product in binary32
 * @early: the part of @zero that is added ahead of the last shift
 * @offset: that offset
 */
struct tame_output {
	enum npum_rounding rounding;
	enum tame_way way;
	bool is_signed;
	bool single;
	bool up;
	bool half;
	bool is_float;
	bool biased;
	s32 least_bias;
	s32 most_bias;
	s32 zero;
	s32 early;
	float offset;
};

/** tame_output_init() - what personality @p and the output of @op ask for */
static inline void tame_output_init(struct tame_output *o, const struct npum_personality *p,
				    const struct vnpu_op *op)
{
	enum npum_rounding rounding = npum_op_rounding(p, op);
	bool folded = npum_folds_zero_point(p, op);

	*o = (struct tame_output){
		.rounding = rounding,
		.is_signed = op->out.dtype == VNPU_DTYPE_INT8,
		.up = rounding == NPUM_ROUND_DOUBLE_UP,
		.half = rounding != NPUM_ROUND_TRUNCATE && rounding != NPUM_ROUND_FLOOR,
		.is_float = rounding == NPUM_ROUND_FLOAT,
		.biased = npum_has_float_bias(p, op),
		.least_bias = npum_acc_start(p, S32_MIN),
		.most_bias = npum_acc_start(p, S32_MAX),
		.offset = folded ? (float)op->out.zero_point : 0,
	};
	o->single = !o->is_float && !o->up && rounding != NPUM_ROUND_DOUBLE;
	if (rounding == NPUM_ROUND_AWAY || rounding == NPUM_ROUND_TRUNCATE)
		o->way = TAME_ODD;
	if (rounding == NPUM_ROUND_EVEN)
		o->way = TAME_EVEN;
	o->zero = folded || o->biased ? 0 : op->out.zero_point;
	o->early = o->way == TAME_UP ? o->zero : 0;
}

#endif /* NPUM_TAME_H */
