/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the validator knows of single ops: shapes that fit together, parameters
 * in range, work within bounds.  npum_prog.c calls it after it has checked each
 * operand for itself.
 */
#ifndef NPUM_CHECK_H
#define NPUM_CHECK_H

#include "npum.h"

/* Values of npum_refusal.field */
#define NPUM_FIELD_OUT 3u
#define NPUM_FIELD_PARAMS 4u

/* Upper limits.  They keep coordinates in 31 bits and the smallest tile short. */
#define NPUM_MAX_DIM (1u << 28)
#define NPUM_MAX_KERNEL 4096u
#define NPUM_MAX_STEP 65536u
#define NPUM_MAX_WINDOW (1u << 16)
#define NPUM_MAX_REDUCE (1u << 20)
#define NPUM_MAX_ROW (1u << 16)
#define NPUM_MAX_RESIZE (1u << 16)
#define NPUM_MAX_MACS (1ull << 44)
/* (q - zero_point) << left_shift stays inside 32 bits */
#define NPUM_MAX_LEFT_SHIFT 23u

/**
 * typedef npum_check_fn - the rule of an opcode
 * @op: record whose operands and parameters are in range, each by itself
 * @field: on refusal set to what is wrong, as in &struct npum_refusal
 *
 * Return: &enum vnpu_refusal
 */
typedef u32 npum_check_fn(const struct vnpu_op *op, u32 *field);

#define NPUM_OP(name, params, in0, in1, in2, out, traits, check, plan, run) \
	npum_check_fn npum_check_##check;
#include "npum_ops.def"

/** npum_check_window_output() - batches agree and the last window begins inside the input */
npum_check_fn npum_check_window_output;

/** npum_check_matrices() - in[0] and in[1] of one dtype fit together, and with the output */
npum_check_fn npum_check_matrices;

/** npum_check_rows() - input and output of one dtype and shape, with rows of bearable length */
npum_check_fn npum_check_rows;

/** npum_refuse() - @reason, which is about field @f */
static inline u32 npum_refuse(u32 *field, u32 f, u32 reason)
{
	*field = f;
	return reason;
}

/** npum_same_shape() - have two operands the same shape? */
static inline bool npum_same_shape(const struct vnpu_tensor *a, const struct vnpu_tensor *b)
{
	return !memcmp(a->shape, b->shape, sizeof(a->shape));
}

/** npum_has_shape() - is an operand of this shape? */
static inline bool npum_has_shape(const struct vnpu_tensor *t, u32 n, u32 h, u32 w, u32 c)
{
	return t->shape[0] == n && t->shape[1] == h && t->shape[2] == w && t->shape[3] == c;
}

/** npum_dtype_range() - lowest and highest code of int8, uint8, int16 or int32 */
void npum_dtype_range(u32 dtype, s32 range[2]);

/**
 * npum_check_params() - parameters alone: range, and zero where the op reads none
 * @info: the op's row
 * @op: record whose operands are in range, each by itself
 *
 * Return: &enum vnpu_refusal
 */
u32 npum_check_params(const struct npum_op_info *info, const struct vnpu_op *op);

/**
 * npum_check_op() - the rules of one opcode
 * @info: the op's row
 * @op: record whose operands and parameters are in range, each by itself
 * @field: on refusal set to what is wrong, as in &struct npum_refusal
 *
 * Return: &enum vnpu_refusal
 */
u32 npum_check_op(const struct npum_op_info *info, const struct vnpu_op *op, u32 *field);

/** npum_operand_extent() - bytes from the first to behind the last of an operand in its slot */
u64 npum_operand_extent(const struct vnpu_tensor *t);

#endif /* NPUM_CHECK_H */
