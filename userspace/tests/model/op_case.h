/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One op with random operands, checked against a reference that computes one
 * output element at a time.
 */
#ifndef OP_CASE_H
#define OP_CASE_H

#include "conv_case.h"
#include "npum_counters.h"

/** OP_SLOTS - in[0..2], output: each operand has a slot of its own */
#define OP_SLOTS 4u
#define OP_OUT 3u

/**
 * struct op_case - an op, its data and what they were before it ran
 * @op: the record; tests set its parameters
 * @slot: bytes of each operand, at a guard page
 * @before: copies of @slot from before the run; references read these
 * @personality: whose arithmetic
 * @random: state of the generator
 * @counts: what references count into while the expected output is made
 * @uncounted: the reference does not count
 * @counted: it does, and so does the only kernel there is
 */
struct op_case {
	struct vnpu_op op;
	struct guarded slot[OP_SLOTS];
	u8 *before[OP_SLOTS];
	u32 personality;
	u64 *random;
	struct npum_op_counters *counts;
	bool uncounted;
	bool counted;
};

/**
 * typedef op_reference_fn - computes one output element
 * @c: the case
 * @at: its coordinates
 *
 * Return: the code; for int32 the value, for float32 its bits
 */
typedef s64 op_reference_fn(const struct op_case *c, const u32 at[4]);

/** op_personality() - the record of the case's personality */
const struct npum_personality *op_personality(const struct op_case *c);

/** op_between() - a random number of @low .. @high */
s32 op_between(u64 *random, s32 low, s32 high);

/** op_begin() - an op without operands yet, of a random personality */
void op_begin(struct op_case *c, u32 opcode, u64 *random);

/**
 * op_tensor() - give the op an operand with random strides, zero point and data
 * @operand: 0..2 inputs, OP_OUT the output
 * @broadcast: also repeat random axes; for inputs of element-wise ops
 */
void op_tensor(struct op_case *c, u32 operand, u32 dtype, const u32 shape[4], bool broadcast);

/** op_packed() - give the op an operand in a packed layout: random bytes, also in its padding */
void op_packed(struct op_case *c, u32 operand, u32 dtype, u32 layout, const u32 shape[4],
	       u32 bytes);

/** op_extreme() - fill an int8 or int16 operand with the lowest and highest codes, -1, 0 and 1 */
void op_extreme(struct op_case *c, u32 operand);

/** op_lut() - give the op a random look-up table as in[1] */
void op_lut(struct op_case *c);

/** op_lut_pair() - give the op a random table of all pairs of bytes as in[2] */
void op_lut_pair(struct op_case *c);

/** op_in_place() - make the output the bytes of in[0]; instead of op_tensor(OP_OUT) */
void op_in_place(struct op_case *c, u32 dtype);

/** op_lut_real() - give the op a table of exponentials of base e^(-@step) as in[1] */
void op_lut_real(struct op_case *c, double step);

/** op_clamp() - set a random clamp, most often that of the dtype */
void op_clamp(struct op_case *c);

/** op_rescale() - set mult and shift number @i as compilers do, sometimes at their limits */
void op_rescale(struct op_case *c, u32 i);

/** op_rescale_by() - set mult and shift number @i to the positive @factor, as compilers do */
void op_rescale_by(struct op_case *c, u32 i, double factor);

/** op_read() - an element of an operand from before the run, as op_reference_fn() returns them */
s64 op_read(const struct op_case *c, u32 operand, u32 n, u32 h, u32 w, u32 ch);

/** op_requant() - rounding_requant() in the rounding that the case's personality has for its op */
s64 op_requant(const struct op_case *c, s64 v, s32 mult, s32 shift);

/** op_requant_wide() - rounding_wide(), its ties counted */
s64 op_requant_wide(const struct op_case *c, enum npum_rounding rounding, s64 v, s32 mult,
		    s32 shift);

/** op_count_value() - an output element, @v before its clamp; Return: @v clamped */
s64 op_count_value(const struct op_case *c, s64 v, s64 low, s64 high);

/** op_count_tie() - a rounding of the exact @n / @d, d > 0 */
void op_count_tie(const struct op_case *c, __int128 n, __int128 d);

/** op_count_real_tie() - a rounding of @v, which no integer beyond +-65536 comes from */
void op_count_real_tie(const struct op_case *c, double v);

/** op_count_acc() - a sum on its way into an accumulator of @width bits */
void op_count_acc(const struct op_case *c, __int128 sum, u32 width);

/** op_count_ties() - the roundings of rounding_requant() */
void op_count_ties(const struct op_case *c, enum npum_rounding rounding, s64 v, s32 mult,
		   s32 shift);

/** op_limit() - add the output's zero point to @v and clamp */
s64 op_limit(const struct op_case *c, s64 v);

/**
 * op_check() - validate the op, run it on every instruction set, compare all bytes
 *
 * Bytes of the output's slot that are not elements must stay as they were.  What the
 * counting kernel counts must be what the reference counted.
 * Fails the test; releases the case.
 */
void op_check(struct op_case *c, op_reference_fn *reference);

#endif /* OP_CASE_H */
