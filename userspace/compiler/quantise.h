/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From scales to the numbers that the device multiplies with, step for step as
 * LiteRT and XNNPACK prepare their kernels: each float or double operation below
 * stands where it stands there, as other orders round differently.
 */
#ifndef NPUC_QUANTISE_H
#define NPUC_QUANTISE_H

#include <stdbool.h>
#include <stdint.h>

#include "graph.h"
#include "npum_personality.h"

/**
 * struct npuc_multiplier - a factor as the device takes it: mult * 2^(shift - 31)
 * @mult: Q0.31 significand, 0 or 2^30 .. 2^31 - 1; for NPUM_ROUND_FLOAT the bits of
 *	the factor in binary32
 * @shift: exponent, positive left; for NPUM_ROUND_FLOAT 0
 */
struct npuc_multiplier {
	int32_t mult;
	int32_t shift;
};

/**
 * npuc_quantise_multiplier() - QuantizeMultiplier() of LiteRT's quantization_util.cc
 * @rounding: SINGLE caps the exponent at 30, as builds with TFLITE_SINGLE_ROUNDING do;
 *	FLOAT takes the factor as it is, which must be one of binary32
 * @factor: finite, not negative
 *
 * Return: the multiplier; 0 for factors below 2^-32.
 */
struct npuc_multiplier npuc_quantise_multiplier(enum npum_rounding rounding, double factor);

/**
 * npuc_multiplier() - npuc_quantise_multiplier() in the personality's number of bits
 * @p: personality, whose mult_bits, mult_round and factors count
 * @rounding: of the product
 * @factor: as there
 */
struct npuc_multiplier npuc_multiplier(const struct npum_personality *p,
				       enum npum_rounding rounding, double factor);

/** npuc_type_range() - lowest and highest code of int8, uint8, int16 or int32 */
void npuc_type_range(uint32_t type, int32_t range[2]);

/**
 * npuc_activation_range() - codes an activation function leaves, within the type
 * @t: the output, quantised per tensor
 * @activation: &enum npuc_activation
 * @range: lowest and highest code
 *
 * CalculateActivationRangeQuantized() of LiteRT's kernel_util.cc.
 *
 * Return: false when a bound is beyond 32 bits, or the range is empty.
 */
bool npuc_activation_range(const struct npuc_tensor *t, uint32_t activation, int32_t range[2]);

/**
 * npuc_conv_factor() - rescaling factor of CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED
 * @rounding: of the product
 * @factors: BINARY32: all in float
 * @op: which of them
 * @in: input
 * @weights: weights with one scale, or one for each output channel
 * @out: output
 * @c: output channel
 *
 * LiteRT multiplies in double (PopulateConvolutionQuantizationParams() of its
 * kernel_util.cc, reference_ops::FullyConnected(), which rounds away from zero); only
 * uint8 convolutions and fixed-point FULLY_CONNECTED with one weight scale form the
 * product of input and weight scale in float, GetQuantizedConvolutionMultipler().
 * XNNPACK, which rounds in float, also divides in float.
 *
 * Return: scale of the products over scale of the output.
 */
double npuc_conv_factor(enum npum_rounding rounding, enum npum_factors factors,
			const struct npuc_op *op, const struct npuc_tensor *in,
			const struct npuc_tensor *weights, const struct npuc_tensor *out,
			uint32_t c);

/** npuc_mul_factor() - rescaling factor of MUL: all in float, mul.cc */
double npuc_mul_factor(const struct npuc_tensor *a, const struct npuc_tensor *b,
		       const struct npuc_tensor *out);

/**
 * npuc_matmul_factor() - rescaling factor of BATCH_MATMUL of 8-bit codes
 * @p: personality, whose factors decide
 * @a: one matrix
 * @b: the other one
 * @out: output
 *
 * GetQuantizedConvolutionMultipler() of LiteRT's kernel_util.cc: the product of both scales in
 * float, the quotient in double; with BINARY32 both in float.
 */
double npuc_matmul_factor(const struct npum_personality *p, const struct npuc_tensor *a,
			  const struct npuc_tensor *b, const struct npuc_tensor *out);

/** npuc_add_left_shift() - bits that ADD and SUB raise their inputs by */
uint32_t npuc_add_left_shift(const struct npuc_tensor *out);

/** npuc_add_factors() - factors of both inputs and the output of ADD and SUB, add.cc */
void npuc_add_factors(const struct npuc_tensor *a, const struct npuc_tensor *b,
		      const struct npuc_tensor *out, double factors[3]);

/**
 * struct npuc_sum - how ADD and SUB rescale
 * @m: multipliers of the inputs and of their sum
 * @left_shift: bits that the inputs are raised by
 */
struct npuc_sum {
	struct npuc_multiplier m[3];
	uint32_t left_shift;
};

/**
 * npuc_add_multipliers() - multipliers of ADD and SUB in the personality's form
 * @p: personality
 * @a: input 0
 * @b: input 1
 * @out: output
 * @sum: filled
 *
 * NPUM_ADD_WHOLE as XNNPACK's init of its add kernels: both ratios in units of a
 * power of two that leaves the larger one 21 bits.
 */
void npuc_add_multipliers(const struct npum_personality *p, const struct npuc_tensor *a,
			  const struct npuc_tensor *b, const struct npuc_tensor *out,
			  struct npuc_sum *sum);

/** npuc_requantise_multiplier() - multiplier of QUANTIZE from codes to codes */
struct npuc_multiplier npuc_requantise_multiplier(const struct npum_personality *p,
						  const struct npuc_tensor *in,
						  const struct npuc_tensor *out);

/** NPUC_SOFTMAX_BITS - integer bits of SOFTMAX's scaled differences */
#define NPUC_SOFTMAX_BITS 5

/** npuc_softmax_factor() - scale of differences in Q5.26, PreprocessSoftmaxScaling() */
double npuc_softmax_factor(enum npum_rounding rounding, const struct npuc_op *op,
			   const struct npuc_tensor *in);

/** npuc_softmax_diff_min() - differences below it give 0, CalculateInputRadius() */
int32_t npuc_softmax_diff_min(int32_t shift);

/**
 * npuc_mean_multiplier() - factor of MEAN with the division folded in
 * @rounding: as for npuc_quantise_multiplier()
 * @factor: scale of the input over scale of the output
 * @count: number of elements averaged, at least 1
 *
 * QuantizedMeanOrSum() of LiteRT's reference/reduce.h: integer division truncates.
 *
 * Return: the multiplier.
 */
struct npuc_multiplier npuc_mean_multiplier(enum npum_rounding rounding, double factor,
					    uint32_t count);

/** npuc_mean_float() - factor of MEAN as XNNPACK has it, a binary32 number */
double npuc_mean_float(const struct npuc_tensor *in, const struct npuc_tensor *out, uint32_t count);

/**
 * struct npuc_raw_mean - MEAN of raw codes, NPUM_MEAN_RAW
 * @m: multiplier of the sum
 * @offset: added to the output beside its zero point
 */
struct npuc_raw_mean {
	struct npuc_multiplier m;
	int32_t offset;
};

/** npuc_raw_mean() - as optimized_integer_ops::Mean() of LiteRT prepares it */
struct npuc_raw_mean npuc_raw_mean(enum npum_rounding rounding, const struct npuc_tensor *in,
				   const struct npuc_tensor *out, uint32_t count);

/**
 * npuc_softmax_table() - exponentials of differences from a row's maximum
 * @op: SOFTMAX
 * @in: input
 * @table: exp(-d * beta * scale) for d = 0 .. 255, PopulateSoftmaxLookupTable()
 */
void npuc_softmax_table(const struct npuc_op *op, const struct npuc_tensor *in, float table[256]);

/**
 * npuc_softmax_quotient() - the same for NPUM_SOFTMAX_QUOTIENT
 * @in: input
 * @count: elements of a row
 * @table: exp(shift - d * scale) for d = 0 .. 255, with the greatest shift that keeps the
 *	sum of a row finite, as ONNX Runtime's QLinearSoftmax has it
 */
void npuc_softmax_quotient(const struct npuc_tensor *in, uint32_t count, float table[256]);

#endif /* NPUC_QUANTISE_H */
