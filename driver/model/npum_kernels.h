/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The op kernels behind npum_op_plan() and npum_op_run(), and how each cuts its
 * op into tiles.  npum_ops.def says which belongs to which opcode.
 */
#ifndef NPUM_KERNELS_H
#define NPUM_KERNELS_H

#include "npum.h"
#include "npum_isa.h"

/** NPUM_TILE_BYTES - data that a tile of a memory-bound op touches at most */
#define NPUM_TILE_BYTES (64u << 10)
/** NPUM_TILE_OUTPUTS - output elements of a tile of a cheap element-wise op */
#define NPUM_TILE_OUTPUTS (8u << 10)

/**
 * typedef npum_plan_fn - cuts an op
 * @op: validated op
 * @plan: tiles and scratch_bytes to be set (they hold 1 and 0); fpu to be set
 *	where the generic kernel itself needs it (it holds false)
 *
 * The cut is the same for every instruction set.
 */
typedef void npum_plan_fn(const struct vnpu_op *op, struct npum_op_plan *plan);

/* npum_conv.c */
npum_plan_fn npum_conv_plan;
npum_tile_fn npum_conv2d_generic;
npum_tile_fn npum_depthwise_generic;
npum_tile_fn npum_fully_connected_generic;

/* npum_pool.c */
npum_plan_fn npum_pool_plan;
npum_tile_fn npum_avg_pool;
npum_tile_fn npum_max_pool;

/* npum_elementwise.c */
npum_plan_fn npum_add_plan;
npum_plan_fn npum_mul_plan;
npum_plan_fn npum_lut_plan;
npum_plan_fn npum_requantize_plan;
npum_tile_fn npum_add;
npum_tile_fn npum_mul;
npum_tile_fn npum_lut;
npum_tile_fn npum_requantize;

/* npum_move.c */
npum_plan_fn npum_move_plan;
npum_tile_fn npum_copy;
npum_tile_fn npum_fill;

/* npum_softmax.c */
npum_plan_fn npum_softmax_plan;
npum_tile_fn npum_softmax;

/* npum_reduce.c */
npum_plan_fn npum_mean_plan;
npum_plan_fn npum_arg_max_plan;
npum_tile_fn npum_mean;
npum_tile_fn npum_arg_max;

/* npum_resize.c */
npum_plan_fn npum_resize_plan;
npum_tile_fn npum_resize_nearest;
npum_tile_fn npum_resize_bilinear;

/* npum_float.c: enter only with the FPU at hand */
npum_plan_fn npum_float_plan;
npum_tile_fn npum_quantize;
npum_tile_fn npum_dequantize;

/** npum_address() - first byte of an operand */
static inline u8 *npum_address(const struct npum_exec *x, const struct vnpu_tensor *t)
{
	return x->slot[t->slot] + t->offset;
}

/** npum_elements() - number of elements of a validated operand, repeated ones counted */
static inline u64 npum_elements(const struct vnpu_tensor *t)
{
	return (u64)t->shape[0] * t->shape[1] * t->shape[2] * t->shape[3];
}

#endif /* NPUM_KERNELS_H */
