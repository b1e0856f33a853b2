/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The op kernels behind npum_op_plan() and npum_op_run(), and how each cuts its
 * op into tiles.  npum_ops.def says which belongs to which opcode.
 */
#ifndef NPUM_KERNELS_H
#define NPUM_KERNELS_H

#include "npum.h"
#include "npum_isa.h"

struct npum_grid;

/**
 * typedef npum_plan_fn - cuts an op
 * @op: validated op
 * @plan: tiles and scratch_bytes to be set (they hold 1 and 0); fpu to be set
 *	where the generic kernel itself needs it (it holds false)
 *
 * The cut is the same for every instruction set but that of counting, npum_op_plan().
 */
typedef void npum_plan_fn(const struct vnpu_op *op, struct npum_op_plan *plan);

/* npum_conv.c, npum_conv_generic.c */
npum_plan_fn npum_conv_plan;
npum_tile_fn npum_conv2d_generic;
npum_tile_fn npum_depthwise_generic;
npum_tile_fn npum_fully_connected_generic;

/* npum_pool.c */
npum_plan_fn npum_pool_plan;
npum_tile_fn npum_avg_pool;
npum_tile_fn npum_max_pool;

/* npum_walk.c: for ops that cost the same for every output element */
npum_plan_fn npum_walk_plan;

/* npum_elementwise.c */
npum_plan_fn npum_elementwise_plan;
npum_tile_fn npum_add;
npum_tile_fn npum_mul;
npum_tile_fn npum_lut;
npum_tile_fn npum_lut_pair;
npum_tile_fn npum_requantize;

/* npum_move.c */
npum_tile_fn npum_copy;
npum_tile_fn npum_fill;

/* npum_softmax.c */
npum_plan_fn npum_softmax_plan;
npum_plan_fn npum_softmax_table_plan;
npum_tile_fn npum_softmax;
/** npum_softmax_cut() - cut both kinds of softmax into rows */
void npum_softmax_cut(struct npum_grid *g, const struct vnpu_op *op);

/* npum_reduce.c */
npum_plan_fn npum_mean_plan;
npum_plan_fn npum_arg_max_plan;
npum_tile_fn npum_mean;
npum_tile_fn npum_arg_max;

/* npum_lstm.c */
npum_plan_fn npum_gates_plan;
npum_plan_fn npum_lstm_plan;
npum_tile_fn npum_gates;
npum_tile_fn npum_lstm_cell;
npum_tile_fn npum_lstm_hidden;

/* npum_svdf.c */
npum_plan_fn npum_svdf_plan;
npum_tile_fn npum_svdf_time;

/* npum_matmul.c */
npum_plan_fn npum_matmul_plan;
npum_tile_fn npum_matmul;

/* npum_resize.c */
npum_plan_fn npum_nearest_plan;
npum_plan_fn npum_bilinear_plan;
npum_tile_fn npum_resize_nearest;
npum_tile_fn npum_resize_bilinear;

/* npum_float.c: enter only with the FPU at hand */
npum_plan_fn npum_float_plan;
npum_tile_fn npum_quantize;
npum_tile_fn npum_dequantize;

/* npum_softmax_table.c: likewise */
npum_tile_fn npum_softmax_table;

/* npum_i16_conv.c, _elementwise.c, _sigmoid.c, _reduce.c, _softmax.c */
npum_tile_fn npum_conv2d_i16;
npum_tile_fn npum_depthwise_i16;
npum_tile_fn npum_add_i16;
npum_tile_fn npum_mul_i16;
npum_tile_fn npum_requantize_i16;
npum_tile_fn npum_leaky_relu_i16;
npum_tile_fn npum_lut_i16;
npum_tile_fn npum_logistic_i16;
npum_tile_fn npum_tanh_i16;
npum_tile_fn npum_avg_pool_i16;
npum_tile_fn npum_max_pool_i16;
npum_tile_fn npum_mean_i16;
npum_plan_fn npum_softmax_i16_plan;
npum_tile_fn npum_softmax_i16;

/* The same, counting: see npum_counters.h */
npum_tile_fn npum_conv2d_counting;
npum_tile_fn npum_depthwise_counting;
npum_tile_fn npum_avg_pool_counting;
npum_tile_fn npum_max_pool_counting;
npum_tile_fn npum_add_counting;
npum_tile_fn npum_mul_counting;
npum_tile_fn npum_lut_counting;
npum_tile_fn npum_requantize_counting;
npum_tile_fn npum_softmax_counting;
npum_tile_fn npum_mean_counting;
npum_tile_fn npum_resize_bilinear_counting;
npum_tile_fn npum_quantize_counting;
npum_tile_fn npum_dequantize_counting;
npum_tile_fn npum_softmax_table_counting;
npum_tile_fn npum_conv2d_i16_counting;
npum_tile_fn npum_depthwise_i16_counting;
npum_tile_fn npum_add_i16_counting;
npum_tile_fn npum_mul_i16_counting;
npum_tile_fn npum_requantize_i16_counting;
npum_tile_fn npum_leaky_relu_i16_counting;
npum_tile_fn npum_lut_i16_counting;
npum_tile_fn npum_logistic_i16_counting;
npum_tile_fn npum_tanh_i16_counting;
npum_tile_fn npum_avg_pool_i16_counting;
npum_tile_fn npum_max_pool_i16_counting;
npum_tile_fn npum_mean_i16_counting;
npum_tile_fn npum_softmax_i16_counting;
npum_tile_fn npum_gates_counting;
npum_tile_fn npum_lstm_cell_counting;
npum_tile_fn npum_lstm_hidden_counting;
npum_tile_fn npum_svdf_time_counting;
npum_tile_fn npum_matmul_counting;

/* npum_pick.c */
npum_plan_fn npum_gather_plan;
npum_tile_fn npum_select;
npum_tile_fn npum_gather;

/* npum_real_*.c: with the FPU */
npum_plan_fn npum_real_product_plan;
npum_plan_fn npum_element_plan;
npum_plan_fn npum_reduce_plan;
npum_plan_fn npum_arg_plan;
npum_plan_fn npum_softmax_f_plan;
npum_plan_fn npum_pool_f_plan;
npum_plan_fn npum_bilinear_f_plan;
npum_tile_fn npum_product_f;
npum_tile_fn npum_depthwise_f;
npum_tile_fn npum_hybrid;
npum_tile_fn npum_element;
npum_tile_fn npum_cast;
npum_tile_fn npum_reduce;
npum_tile_fn npum_arg;
npum_tile_fn npum_softmax_f;
npum_tile_fn npum_avg_pool_f;
npum_tile_fn npum_max_pool_f;
npum_tile_fn npum_bilinear_f;

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

/** npum_offset() - bytes from an operand's first byte to the element n, h, w, c */
static inline size_t npum_offset(const struct vnpu_tensor *t, u32 n, u32 h, u32 w, u32 c)
{
	return (size_t)n * t->stride[0] + (size_t)h * t->stride[1] + (size_t)w * t->stride[2] +
	       (size_t)c * t->stride[3];
}

/** npum_flip() - 0x80 for int8, 0 for uint8: what makes a byte's order that of its code */
static inline s32 npum_flip(const struct vnpu_tensor *t)
{
	return t->dtype == VNPU_DTYPE_INT8 ? 0x80 : 0;
}

/** npum_code() - the code that a byte of an 8-bit operand holds, with its npum_flip() */
static inline s32 npum_code(u8 byte, s32 flip)
{
	return (byte ^ flip) - flip;
}

#endif /* NPUM_KERNELS_H */
