/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One op on floating point, or on integers without scales, with random operands
 * and a personality of its own, checked element by element against a reference.
 */
#ifndef REAL_CASE_H
#define REAL_CASE_H

#include "conv_case.h"
#include "npum_personality.h"

/** REAL_SLOTS - in[0..2], output: each operand has a slot of its own */
#define REAL_SLOTS 4u
#define REAL_OUT 3u

/**
 * enum real_fill - what operands hold
 * @REAL_TAME: numbers of -4 .. 4, now and then a zero; of integers all codes
 * @REAL_POSITIVE: magnitudes of these
 * @REAL_WILD: any bits
 */
enum real_fill {
	REAL_TAME,
	REAL_POSITIVE,
	REAL_WILD,
};

/**
 * struct real_case - an op, its data and its personality
 * @op: the record; tests set its parameters
 * @slot: bytes of each operand, at a guard page
 * @before: copies of @slot from before the run; references read these
 * @set: a single personality: at[0]
 * @random: state of the generator
 * @bound: most units in the last place that a result may lie off its reference
 */
struct real_case {
	struct vnpu_op op;
	struct guarded slot[REAL_SLOTS];
	u8 *before[REAL_SLOTS];
	struct npum_personality_set set;
	u64 *random;
	double bound;
};

/**
 * struct real_value - an element
 * @real: of a floating-point dtype
 * @whole: of an integer dtype
 */
struct real_value {
	double real;
	s64 whole;
};

/**
 * typedef real_reference_fn - computes one output element
 * @c: the case
 * @at: its coordinates
 *
 * Return: the value before it is rounded to the output's dtype
 */
typedef struct real_value real_reference_fn(const struct real_case *c, const u32 at[4]);

/** real_between() - a random number of @low .. @high */
u32 real_between(u64 *random, u32 low, u32 high);

/** real_begin() - an op without operands yet, of the default personality */
void real_begin(struct real_case *c, u32 opcode, u64 *random);

/** real_fields() - give the personality random real_* fields */
void real_fields(struct real_case *c);

/**
 * real_tensor() - give the op an operand with random strides and data
 * @repeat: also repeat random axes
 */
void real_tensor(struct real_case *c, u32 operand, u32 dtype, const u32 shape[4],
		 enum real_fill fill, bool repeat);

/** real_packed() - give the op weights, in[1], or biases, in[2]; zeros where there is no channel */
void real_packed(struct real_case *c, u32 operand, u32 dtype, u32 layout, const u32 shape[4],
		 enum real_fill fill);

/** real_in_place() - make the output the bytes of in[0]; instead of real_tensor(REAL_OUT) */
void real_in_place(struct real_case *c);

/** real_clamp() - no clamp, or now and then a narrow one */
void real_clamp(struct real_case *c);

/** real_bits() - the bits of a binary32 */
u32 real_bits(double v);

/** real_at() - an element of an operand from before the run, as the op reads it */
struct real_value real_at(const struct real_case *c, u32 operand, u32 n, u32 h, u32 w, u32 ch);

/** real_weight() - term @k of output channel @o of in[1]; of DEPTHWISE_F tap @k of channel @o */
struct real_value real_weight(const struct real_case *c, u32 o, u32 k);

/** real_round() - to binary32, or (@half) to binary16 as the personality does */
double real_round(const struct real_case *c, bool half, double v);

/** real_sum() - the sum of products, and r(), as npum_real_sum.h defines them */
double real_sum(const struct real_case *c, const double *x, const double *w, u32 terms);

/** real_product() - likewise as products have it: in planes, fused, in blocks */
double real_product(const struct real_case *c, const double *x, const double *w, u32 terms);
double real_sum_round(const struct real_case *c, double v);

/** real_bounded() - @v within the op's real_clamp */
double real_bounded(const struct real_case *c, double v);

/**
 * real_check() - validate the op, run it on every instruction set, compare
 * @c: the case; released
 * @reference: NULL: only that all instruction sets give the same bytes
 *
 * Bytes of the output's slot that are not elements must stay as they were.  Fails
 * the test when something is not as it should be.
 */
void real_check(struct real_case *c, real_reference_fn *reference);

#endif /* REAL_CASE_H */
