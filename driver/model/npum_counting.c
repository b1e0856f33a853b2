// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Counting: the kernels that do, sums of counts, ties of a requantisation. */
#include "npum_counters.h"
#include "npum_isa.h"
#include "npum_kernels.h"
#include "npum_wide.h"

static const struct npum_isa_kernel counting_kernels[] = {
	/* clang-format off */
	{ .opcode = VNPU_OP_CONV2D, .run = npum_conv2d_counting },
	{ .opcode = VNPU_OP_DEPTHWISE, .run = npum_depthwise_counting },
	{ .opcode = VNPU_OP_FULLY_CONNECTED, .run = npum_conv2d_counting },
	{ .opcode = VNPU_OP_AVG_POOL, .run = npum_avg_pool_counting },
	{ .opcode = VNPU_OP_MAX_POOL, .run = npum_max_pool_counting },
	{ .opcode = VNPU_OP_ADD, .run = npum_add_counting },
	{ .opcode = VNPU_OP_SUB, .run = npum_add_counting },
	{ .opcode = VNPU_OP_MUL, .run = npum_mul_counting },
	{ .opcode = VNPU_OP_REQUANTIZE, .run = npum_requantize_counting },
	{ .opcode = VNPU_OP_LUT, .run = npum_lut_counting },
	{ .opcode = VNPU_OP_SOFTMAX, .run = npum_softmax_counting },
	{ .opcode = VNPU_OP_MEAN, .run = npum_mean_counting },
	{ .opcode = VNPU_OP_RESIZE_BILINEAR, .run = npum_resize_bilinear_counting },
	{ .opcode = VNPU_OP_QUANTIZE, .run = npum_quantize_counting },
	{ .opcode = VNPU_OP_DEQUANTIZE, .run = npum_dequantize_counting },
	{ .opcode = VNPU_OP_SOFTMAX_TABLE, .run = npum_softmax_table_counting },
	{ .opcode = VNPU_OP_CONV2D_I16, .run = npum_conv2d_i16_counting },
	{ .opcode = VNPU_OP_DEPTHWISE_I16, .run = npum_depthwise_i16_counting },
	{ .opcode = VNPU_OP_FULLY_CONNECTED_I16, .run = npum_conv2d_i16_counting },
	{ .opcode = VNPU_OP_ADD_I16, .run = npum_add_i16_counting },
	{ .opcode = VNPU_OP_SUB_I16, .run = npum_add_i16_counting },
	{ .opcode = VNPU_OP_MUL_I16, .run = npum_mul_i16_counting },
	{ .opcode = VNPU_OP_REQUANTIZE_I16, .run = npum_requantize_i16_counting },
	{ .opcode = VNPU_OP_AVG_POOL_I16, .run = npum_avg_pool_i16_counting },
	{ .opcode = VNPU_OP_MAX_POOL_I16, .run = npum_max_pool_i16_counting },
	{ .opcode = VNPU_OP_MEAN_I16, .run = npum_mean_i16_counting },
	{ .opcode = VNPU_OP_LUT_I16, .run = npum_lut_i16_counting },
	{ .opcode = VNPU_OP_SOFTMAX_I16, .run = npum_softmax_i16_counting },
	{ .opcode = VNPU_OP_LEAKY_RELU_I16, .run = npum_leaky_relu_i16_counting },
	{ .opcode = VNPU_OP_LOGISTIC_I16, .run = npum_logistic_i16_counting },
	{ .opcode = VNPU_OP_TANH_I16, .run = npum_tanh_i16_counting },
	{ .opcode = VNPU_OP_GATES, .run = npum_gates_counting },
	{ .opcode = VNPU_OP_LSTM_CELL, .run = npum_lstm_cell_counting },
	{ .opcode = VNPU_OP_LSTM_HIDDEN, .run = npum_lstm_hidden_counting },
	{ .opcode = VNPU_OP_SVDF_TIME, .run = npum_svdf_time_counting },
	{ .opcode = VNPU_OP_BATCH_MATMUL, .run = npum_matmul_counting },
	/* clang-format on */
	{ 0 },
};

const struct npum_isa npum_isa_counting = {
	.name = "counting",
	.kernels = counting_kernels,
};

void npum_counters_add(struct npum_counters *sum, const struct npum_counters *part)
{
	sum->values += part->values;
	sum->clamped_low += part->clamped_low;
	sum->clamped_high += part->clamped_high;
	sum->ties += part->ties;
	sum->overflows += part->overflows;
	sum->infs += part->infs;
	sum->nans += part->nans;
	sum->lut_low += part->lut_low;
	sum->lut_high += part->lut_high;
	sum->acc_sizes |= part->acc_sizes;
}

void npum_counters_tell(const struct npum_counters *n, struct npum_op_counters *told)
{
	*told = (struct npum_op_counters){
		.values = n->values,
		.clamped_low = n->clamped_low,
		.clamped_high = n->clamped_high,
		.ties = n->ties,
		.overflows = n->overflows,
		.infs = n->infs,
		.nans = n->nans,
		.lut_low = n->lut_low,
		.lut_high = n->lut_high,
		.acc_bits = n->acc_sizes ? 64 - (u32)__builtin_clzll(n->acc_sizes) : 0,
	};
}

static u32 double_ties(s32 x, s32 mult, s32 shift)
{
	u32 left = shift > 0 ? (u32)shift : 0;
	u32 right = shift < 0 ? (u32)-shift : 0;

	x = npum_shift_left(x, left);
	return (u32)npum_is_half((s64)x * mult, 31) + npum_is_half(npum_srdhm(x, mult), right);
}

u32 npum_requant_ties(enum npum_rounding rounding, s32 x, s32 mult, s32 shift)
{
	shift = clamp(shift, NPUM_SHIFT_MIN, NPUM_SHIFT_MAX);
	switch (rounding) {
	case NPUM_ROUND_DOUBLE:
	case NPUM_ROUND_DOUBLE_UP:
		return double_ties(x, mult, shift);
	case NPUM_ROUND_FLOAT:
		return npum_requant_float_tie(x, (u32)mult);
	case NPUM_ROUND_TRUNCATE:
	case NPUM_ROUND_FLOOR:
		/* they do not ask which neighbour is nearer */
		return 0;
	default:
		return npum_is_half((s64)x * mult, (u32)(31 - shift));
	}
}

u32 npum_requant_wide_ties(enum npum_rounding rounding, s64 x, s32 mult, s32 shift)
{
	struct npum_wide p = npum_wide_product(x, mult);
	u32 bits, ties;

	shift = clamp(shift, NPUM_SHIFT_MIN, NPUM_SHIFT_MAX);
	switch (rounding) {
	case NPUM_ROUND_DOUBLE:
	case NPUM_ROUND_DOUBLE_UP:
		bits = (u32)(31 - max(shift, 0));
		ties = npum_is_half((s64)p.low, bits);
		x = npum_wide_shift(npum_wide_add(p, 1ull << (bits - 1)), bits);
		return ties + npum_is_half(x, (u32)max(-shift, 0));
	case NPUM_ROUND_FLOAT:
		return npum_requant_wide_float_tie(x, (u32)mult);
	case NPUM_ROUND_TRUNCATE:
	case NPUM_ROUND_FLOOR:
		return 0;
	default:
		return npum_is_half((s64)p.low, (u32)(31 - shift));
	}
}
