/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The parts of the model that compute in IEEE 754 binary32, in TFLite's order
 * of operations and without fused multiply-add.  In the kernel call them only
 * between kernel_fpu_begin() and kernel_fpu_end().  No float crosses a function
 * call: callers are compiled without float registers.
 */
#ifndef NPUM_FLOAT_H
#define NPUM_FLOAT_H

#include "npum.h"
#include "npum_walk.h"

/**
 * npum_float_terms() - shares of the inputs in a sum of NPUM_ADD_FLOAT, by raw byte
 * @p: personality
 * @op: ADD or SUB, whose multipliers are bits of binary32 factors
 * @term: filled with bits of binary32 numbers
 *
 * Codes times factors: of centred codes, or of raw ones where the zero points are
 * folded into the offset.
 *
 * Return: bits of that offset
 */
u32 npum_float_terms(const struct npum_personality *p, const struct vnpu_op *op, u32 term[2][256]);

/** npum_float_sum() - (offset + a) + b of bits of binary32 numbers, to the nearest, even */
s32 npum_float_sum(u32 offset, u32 a, u32 b);

/** npum_float_sum_tie() - has npum_float_sum() exactly one half to decide? */
bool npum_float_sum_tie(u32 offset, u32 a, u32 b);

/**
 * npum_fused_offset() - what a sum of NPUM_ADD_FUSED starts from
 * @op: ADD or SUB, whose multipliers are bits of binary32 factors
 *
 * Return: bits of the output's zero point - fma(factor 0, zero 0, factor 1 * zero 1)
 */
u32 npum_fused_offset(const struct vnpu_op *op);

/**
 * npum_fused_terms() - tables of a sum of NPUM_ADD_FUSED, by raw byte
 * @op: as for npum_fused_offset()
 * @product: filled with bits of binary64 numbers, code of in[0] times its factor, exactly
 * @second: filled with bits of binary32 numbers, fma(code of in[1], its factor, offset)
 */
void npum_fused_terms(const struct vnpu_op *op, u64 product[256], u32 second[256]);

/** npum_fused_sum() - @product + @second, rounded to binary32, then to the nearest, even */
s32 npum_fused_sum(u64 product, u32 second);

/** npum_fused_sum_tie() - has npum_fused_sum() exactly one half to decide? */
bool npum_fused_sum_tie(u64 product, u32 second);

/**
 * npum_float_term() - share of one int16 code in a sum of NPUM_ADD_FLOAT
 * @code: the code
 * @factor: bits of its binary32 factor
 *
 * Return: bits of the product
 */
u32 npum_float_term(s32 code, u32 factor);

/** npum_float_mean() - @sum times 1 / @count plus @offset in binary32, to the nearest, even */
s32 npum_float_mean(s32 sum, u32 count, s32 offset);

/** npum_float_mean_tie() - has npum_float_mean() exactly one half to decide? */
bool npum_float_mean_tie(s32 sum, u32 count, s32 offset);

/**
 * npum_nearest_index() - input position that nearest resize reads
 * @at: output position
 * @in: input size along the axis, 1..65536
 * @out: output size along the axis, 1..65536
 * @mode: VNPU_RESIZE_ALIGN_CORNERS, VNPU_RESIZE_HALF_PIXEL
 *
 * TFLite's GetNearestNeighbor().
 *
 * Return: 0 .. @in - 1
 */
u32 npum_nearest_index(u32 at, u32 in, u32 out, u32 mode);

/** NPUM_FINE_ONE - unit of the weights of NPUM_RESIZE_FINE */
#define NPUM_FINE_ONE 2048

/**
 * struct npum_axis - between which input positions an output position lies
 * @lower: the one at or before it
 * @upper: the one at or behind it
 * @weight: of @upper, in parts of a unit; @lower has the rest
 */
struct npum_axis {
	u32 lower;
	u32 upper;
	s32 weight;
};

/**
 * npum_bilinear_fine_axis() - where an output row or column lies under NPUM_RESIZE_FINE
 * @at: output position
 * @in: input size along the axis, 1..65536
 * @out: output size along the axis, 1..65536
 * @mode: VNPU_RESIZE_ALIGN_CORNERS, VNPU_RESIZE_HALF_PIXEL
 * @axis: filled, weight in units of 1 / NPUM_FINE_ONE
 *
 * As XNNPACK prepares its indirection buffer for bilinear resize.
 */
void npum_bilinear_fine_axis(u32 at, u32 in, u32 out, u32 mode, struct npum_axis *axis);

/**
 * struct npum_bilinear_axis - the same, in binary32
 * @lower: the one at or before it
 * @upper: the one at or behind it
 * @weight: of @upper; @lower has the rest
 */
struct npum_bilinear_axis {
	u32 lower;
	u32 upper;
	float weight;
};

/**
 * npum_bilinear_axis() - where an output row or column lies, as LiteRT's reference has it
 * @at: output position
 * @in: input size along the axis, 1..65536
 * @out: output size along the axis, 1..65536
 * @mode: VNPU_RESIZE_ALIGN_CORNERS, VNPU_RESIZE_HALF_PIXEL
 * @axis: filled
 */
void npum_bilinear_axis(u32 at, u32 in, u32 out, u32 mode, struct npum_bilinear_axis *axis);

/**
 * npum_bilinear_float() - bilinear resize of one block of uint8
 * @op: RESIZE_BILINEAR
 * @b: output block
 * @in: first byte of the input operand
 * @out: first byte of the block
 *
 * TFLite's reference_ops::ResizeBilinear<uint8_t>().
 */
void npum_bilinear_float(const struct vnpu_op *op, const struct npum_block *b, const u8 *in,
			 u8 *out);

/** npum_bilinear_float_ties() - the same; Return: roundings that had exactly one half to decide */
u32 npum_bilinear_float_ties(const struct vnpu_op *op, const struct npum_block *b, const u8 *in,
			     u8 *out);

#endif /* NPUM_FLOAT_H */
