/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Sums of two codes in floating point, for the vector kernels of ADD and SUB.
 *
 * From the codes a and b the formula rounds two terms, then their sum:
 *	t_a = (a - zp_a) * F_a + e_a,	F_a = mult * 2^(left_shift + shift - 31)
 *	y = nearest((t_a + t_b) * F + e),
 * and out + zp_out is the code.  |e_a|, |e_b| <= 1 in every rounding; e is that
 * of the upper half of the product, 2^(shift - 1) where there are two roundings
 * and none where there is one.  Only nearest() tells how ties go.  Hence with
 *	R = a * (F_a * F) + b * (F_b * F) + (zp_out - zp_a * F_a * F - zp_b * F_b * F)
 * the code is the integer nearest to R, unless R is closer to a tie than
 *	2 * F + 2^(shift - 1) <= 4 * 2^shift.
 * In binary32, with |a|, |b| <= 128 and M the sum of the three products' largest
 * sizes, three rounded constants, two products and two sums are off by at most
 * 4 * M * 2^-23 in any rounding mode.  So a kernel computes R, takes the nearest
 * integer where R stands clear of ties by both, and goes the long way elsewhere:
 * one element in some thousands, since F is some 2^-19 for real scales.
 *
 * This holds if nothing wraps: exponents are not positive and t_a + t_b < 2^31.
 * That of the sum is negative where the error above is small.
 */
#ifndef NPUM_SUM_H
#define NPUM_SUM_H

#include "npum_elementwise.h"
#include "npum_float.h"
#include "npum_personality.h"
#include "npum_real.h"

/* Beyond it so many elements are unclear that trying does not pay. */
#define SUM_MOST_ERROR 0.015625

/**
 * struct npum_sum - coefficients of R, for codes as signed bytes
 * @scale: of each input
 * @offset: the constant part
 * @clear: greatest distance of R from the nearest integer that makes this the
 *	code; -1: none does
 */
struct npum_sum {
	float scale[2];
	float offset;
	float clear;
};

/* 2^exponent for a normal number. */
static inline double sum_pow2(s32 exponent)
{
	u64 bits = (u64)(1023 + exponent) << 52;
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

/** npum_sum_init() - coefficients for a validated ADD or SUB */
static inline void npum_sum_init(struct npum_sum *s, const struct vnpu_op *op)
{
	double last = op->p.mult[2] * sum_pow2(op->p.shift[2] - 31);
	double offset = op->out.zero_point, term = 2, size = 0, error;
	double scale[2];

	*s = (struct npum_sum){ .clear = -1 };
	for (u32 i = 0; i < 2; i++) {
		scale[i] = op->p.mult[i] * sum_pow2((s32)op->p.left_shift + op->p.shift[i] - 31);
		term += 255 * scale[i];
		scale[i] *= last;
		size += 128 * scale[i];
		if (i == 1 && op->opcode == VNPU_OP_SUB)
			scale[i] = -scale[i];
		offset -= npum_signed_zero(&op->in[i]) * scale[i];
		if (op->p.shift[i] > 0)
			return;
	}
	size += offset < 0 ? -offset : offset;
	/* the last part makes up for the rounding of @clear itself */
	error = size * sum_pow2(-21) + 4 * sum_pow2(op->p.shift[2]) + sum_pow2(-20);
	if (term > S32_MAX || error > SUM_MOST_ERROR)
		return;
	s->scale[0] = (float)scale[0];
	s->scale[1] = (float)scale[1];
	s->offset = (float)offset;
	s->clear = (float)(0.5 - error);
}

/** npum_sum_zero() - what NPUM_ADD_FLOAT takes off the signed bytes of input @i */
static inline s32 npum_sum_zero(const struct npum_personality *p, const struct vnpu_op *op, u32 i)
{
	const struct vnpu_tensor *in = &op->in[i];

	return npum_signed_zero(in) - (npum_folds_zero_point(p, op) ? in->zero_point : 0);
}

/* npum_float_terms() or npum_fused_terms(), as offset + a * scale[0] + b * scale[1] */
static inline void npum_sum_init_float(struct npum_sum *s, const struct npum_personality *p,
				       const struct vnpu_op *op)
{
	float share[2];

	for (u32 i = 0; i < 2; i++) {
		s->scale[i] = npum_real((u32)op->p.mult[i]);
		if (i == 1 && op->opcode == VNPU_OP_SUB)
			s->scale[i] = -s->scale[i];
		share[i] = s->scale[i] * (float)op->in[i].zero_point;
	}
	if (p->add_form == NPUM_ADD_FUSED) {
		s->offset = npum_real(npum_fused_offset(op));
		return;
	}
	s->offset = npum_folds_zero_point(p, op) ? (float)op->out.zero_point - share[0] - share[1] :
						   0;
}

#endif /* NPUM_SUM_H */
