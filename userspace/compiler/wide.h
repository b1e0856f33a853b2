/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From scales of int16 tensors to the numbers that the device computes with, step for
 * step as LiteRT prepares its kernels; and the constant side of int16 products.
 */
#ifndef NPUC_WIDE_H
#define NPUC_WIDE_H

#include "lower.h"

/** NPUC_SIGMOID_STEPS - input units of LOGISTIC_I16 and TANH_I16 in 1.0: 3 * 4096 */
#define NPUC_SIGMOID_STEPS 12288.0

/**
 * npuc_narrow_multiplier() - leave a multiplier as many significant bits as the device has
 * @p: personality, whose wide_bits and mult_round say how
 * @m: with 31 bits
 *
 * With 15 bits and the usual rounding the reduced multiplier of LiteRT's
 * MultiplyByQuantizedMultiplier(int64_t): what would round up to a 16th bit stays below.
 */
struct npuc_multiplier npuc_narrow_multiplier(const struct npum_personality *p,
					      struct npuc_multiplier m);

/**
 * npuc_add_shifts() - ADD and SUB of int16 tensors whose scales are powers of two
 * @g: the model
 * @op: the op
 * @sum: filled: shifts and multipliers that change nothing else
 *
 * The special path of LiteRT's add.cc, for models of LSTM cells.
 *
 * Return: false when the op is to rescale as others do.
 */
bool npuc_add_shifts(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_sum *sum);

/** npuc_sigmoid_multiplier() - multiplier of LOGISTIC_I16 and TANH_I16, LogisticPrepare() */
struct npuc_multiplier npuc_sigmoid_multiplier(uint32_t builtin, const struct npuc_tensor *in);

/** npuc_softmax_points_factor() - factor that brings differences to -10 / 65535 each */
double npuc_softmax_points_factor(const struct npuc_op *op, const struct npuc_tensor *in);

/**
 * struct npuc_wide - the constant side of an int16 product
 * @number: the op
 * @in: its input
 * @weights: its weights
 * @bias: its bias, or NULL
 * @codes: the weights' codes, @outputs rows of @terms, of DEPTHWISE the other way round
 * @depthwise: which of the two
 * @outputs: output channels
 * @terms: products of each
 * @shape: the weights' logical shape for the record
 */
struct npuc_wide {
	uint32_t number;
	const struct npuc_tensor *in;
	const struct npuc_tensor *weights;
	const struct npuc_tensor *bias;
	const uint8_t *codes;
	bool depthwise;
	uint32_t outputs;
	uint32_t terms;
	uint32_t shape[4];
};

/**
 * npuc_wide_operands() - pack weights and requantisation of an int16 product
 * @c: the compilation
 * @r: the record, which also gets its mode
 * @w: what to pack
 *
 * Return: 0 or -ENOMEM with the error filled.
 */
int npuc_wide_operands(struct npuc_compilation *c, struct npuc_record *r,
		       const struct npuc_wide *w);

#endif /* NPUC_WIDE_H */
