// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * QUANTIZE, DEQUANTIZE, and the binary32 parts of requantisation and resizing.
 * Built with floating point registers and without contraction; no libm.
 */
#include "npum_float.h"

#include "npum_counters.h"
#include "npum_kernels.h"
#include "npum_real.h"
#include "npum_requant.h"
#include "npum_wide.h"

s32 npum_requant_wide_float(s64 x, u32 factor)
{
	return npum_real_even(npum_real_limit((float)x * npum_real(factor)));
}

bool npum_requant_wide_float_tie(s64 x, u32 factor)
{
	return npum_real_is_half(npum_real_limit((float)x * npum_real(factor)));
}

s32 npum_requant_float(s32 x, u32 factor)
{
	return npum_real_even(npum_real_limit((float)x * npum_real(factor)));
}

bool npum_requant_float_tie(s32 x, u32 factor)
{
	return npum_real_is_half(npum_real_limit((float)x * npum_real(factor)));
}

s32 npum_requant_offset(s32 x, u32 factor, u32 offset)
{
	return npum_real_even(npum_real_limit((float)x * npum_real(factor) + npum_real(offset)));
}

bool npum_requant_offset_tie(s32 x, u32 factor, u32 offset)
{
	return npum_real_is_half(npum_real_limit((float)x * npum_real(factor) + npum_real(offset)));
}

u32 npum_float_bits(s32 zero_point)
{
	return npum_real_bits((float)zero_point);
}

u32 npum_float_terms(const struct npum_personality *p, const struct vnpu_op *op, u32 term[2][256])
{
	bool folded = npum_folds_zero_point(p, op);
	float share[2];

	for (u32 i = 0; i < 2; i++) {
		const struct vnpu_tensor *in = &op->in[i];
		float factor = npum_real((u32)op->p.mult[i]);
		s32 flip = npum_flip(in), zero = folded ? 0 : in->zero_point;

		if (i == 1 && op->opcode == VNPU_OP_SUB)
			factor = -factor;
		share[i] = factor * (float)in->zero_point;
		for (u32 byte = 0; byte < 256; byte++)
			term[i][byte] =
				npum_real_bits(factor * (float)(npum_code((u8)byte, flip) - zero));
	}
	return folded ? npum_real_bits((float)op->out.zero_point - share[0] - share[1]) : 0;
}

static float float_sum(u32 offset, u32 a, u32 b)
{
	return npum_real_limit((npum_real(offset) + npum_real(a)) + npum_real(b));
}

s32 npum_float_sum(u32 offset, u32 a, u32 b)
{
	return npum_real_even(float_sum(offset, a, b));
}

bool npum_float_sum_tie(u32 offset, u32 a, u32 b)
{
	return npum_real_is_half(float_sum(offset, a, b));
}

/*
 * A sum rounded once to binary32, which is what a fused multiply-add does with a product
 * of a code and a factor: 9 and 24 bits, exact in binary64.  The binary64 sum is off by
 * what Knuth's two-sum tells; a sum that is off gets an odd last bit, on the side where
 * the exact one lies.  Rounding that to 24 bits of its 53 rounds as the exact sum does
 * (Boldo and Melquiond: 53 >= 2 + 24).
 */
static float fused_sum(double product, float addend)
{
	double second = (double)addend, sum = product + second, back = sum - product;
	double lost = (product - (sum - back)) + (second - back);
	u64 bits;

	memcpy(&bits, &sum, sizeof(bits));
	if (lost != 0 && !(bits & 1))
		bits = (lost > 0) == (sum > 0) ? bits + 1 : bits - 1;
	memcpy(&sum, &bits, sizeof(sum));
	return (float)sum;
}

/* Factor of in[1]; in[0]'s is mult[0] as it is. */
static float second_factor(const struct vnpu_op *op)
{
	float factor = npum_real((u32)op->p.mult[1]);

	return op->opcode == VNPU_OP_SUB ? -factor : factor;
}

u32 npum_fused_offset(const struct vnpu_op *op)
{
	double first = (double)npum_real((u32)op->p.mult[0]) * op->in[0].zero_point;
	float second = second_factor(op) * (float)op->in[1].zero_point;

	return npum_real_bits((float)op->out.zero_point - fused_sum(first, second));
}

void npum_fused_terms(const struct vnpu_op *op, u64 product[256], u32 second[256])
{
	double factors[2] = { (double)npum_real((u32)op->p.mult[0]), (double)second_factor(op) };
	float offset = npum_real(npum_fused_offset(op));

	for (u32 byte = 0; byte < 256; byte++) {
		double first = factors[0] * npum_code((u8)byte, npum_flip(&op->in[0]));
		double other = factors[1] * npum_code((u8)byte, npum_flip(&op->in[1]));

		memcpy(&product[byte], &first, sizeof(first));
		second[byte] = npum_real_bits(fused_sum(other, offset));
	}
}

static float limited_fused(u64 product, u32 second)
{
	double first;

	memcpy(&first, &product, sizeof(first));
	return npum_real_limit(fused_sum(first, npum_real(second)));
}

s32 npum_fused_sum(u64 product, u32 second)
{
	return npum_real_even(limited_fused(product, second));
}

bool npum_fused_sum_tie(u64 product, u32 second)
{
	return npum_real_is_half(limited_fused(product, second));
}

static float float_mean(s32 sum, u32 count, s32 offset)
{
	return npum_real_limit((float)sum * (1.0f / (float)count) + (float)offset);
}

u32 npum_float_term(s32 code, u32 factor)
{
	return npum_real_bits((float)code * npum_real(factor));
}

s32 npum_float_mean(s32 sum, u32 count, s32 offset)
{
	return npum_real_even(float_mean(sum, count, offset));
}

bool npum_float_mean_tie(s32 sum, u32 count, s32 offset)
{
	return npum_real_is_half(float_mean(sum, count, offset));
}

static s32 floor_to_s32(float v)
{
	s32 whole = (s32)v;

	return whole - (v < (float)whole);
}

static s32 ceil_to_s32(float v)
{
	s32 whole = (s32)v;

	return whole + (v > (float)whole);
}

void npum_float_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	npum_walk_plan(op, plan);
	plan->fpu = true;
}

static __always_inline void quantize(const struct npum_exec *x, const struct npum_personality *p,
				     const struct vnpu_op *op, u32 tile, void *scratch,
				     struct npum_counters *n)
{
	bool wide = op->out.dtype == VNPU_DTYPE_INT16;
	s32 lowest = wide ? -32768 : op->out.dtype == VNPU_DTYPE_INT8 ? -128 : 0;
	const s32 range[2] = { lowest, lowest + (wide ? 65535 : 255) };
	bool multiply = p->quantize == NPUM_QUANTIZE_MULTIPLY;
	bool away = p->quantize == NPUM_QUANTIZE_DIVIDE;
	float scale = npum_real(op->p.scale);
	float inverse = 1.0f / scale;
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *in = w.at[NPUM_WALK_IN0];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			float v = *(const float *)(const void *)in;
			float scaled = npum_real_limit(multiply ? v * inverse : v / scale);
			s32 q = away ? npum_real_away(scaled) : npum_real_even(scaled);

			npum_count_single(n, npum_real_bits(v));
			npum_count_tie(n, npum_real_is_half(scaled));
			npum_count_clamp(n, q + op->out.zero_point, range);
			q = npum_saturate(q + op->out.zero_point, range);
			if (wide)
				*(s16 *)(void *)out = (s16)q;
			else
				*out = (u8)q;
			in += w.step[NPUM_WALK_IN0];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

NPUM_COUNTED(npum_quantize, npum_quantize_counting, quantize)

static __always_inline void dequantize(const struct npum_exec *x, const struct npum_personality *p,
				       const struct vnpu_op *op, u32 tile, void *scratch,
				       struct npum_counters *n)
{
	bool wide = op->in[0].dtype == VNPU_DTYPE_INT16;
	float scale = npum_real(op->p.scale);
	s32 flip = npum_flip(&op->in[0]);
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *in = w.at[NPUM_WALK_IN0];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s32 code = wide ? *(const s16 *)(const void *)in : npum_code(*in, flip);
			s32 v = code - op->in[0].zero_point;
			float real = scale * (float)v;

			if (n)
				n->values++;
			npum_count_single(n, npum_real_bits(real));
			*(float *)(void *)out = real;
			in += w.step[NPUM_WALK_IN0];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

NPUM_COUNTED(npum_dequantize, npum_dequantize_counting, dequantize)

u32 npum_nearest_index(u32 at, u32 in, u32 out, u32 mode)
{
	bool corners = mode & VNPU_RESIZE_ALIGN_CORNERS;
	float offset = mode & VNPU_RESIZE_HALF_PIXEL ? 0.5f : 0.0f;
	float scale, scaled;

	if (corners && out > 1)
		scale = (float)(in - 1) / (float)(out - 1);
	else
		scale = (float)in / (float)out;
	scaled = ((float)at + offset) * scale;

	return min((u32)(corners ? npum_real_away(scaled) : floor_to_s32(scaled)), in - 1);
}

void npum_bilinear_axis(u32 at, u32 in, u32 out, u32 mode, struct npum_bilinear_axis *axis)
{
	bool corners = (mode & VNPU_RESIZE_ALIGN_CORNERS) && out > 1;
	s32 last = (s32)in - 1, lower, upper;
	float scale, scaled;

	scale = corners ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
	if (mode & VNPU_RESIZE_HALF_PIXEL)
		scaled = ((float)at + 0.5f) * scale - 0.5f;
	else
		scaled = (float)at * scale;
	lower = clamp(floor_to_s32(scaled), 0, last);
	upper = clamp(ceil_to_s32(scaled), 0, last);

	*axis = (struct npum_bilinear_axis){
		.lower = (u32)lower,
		.upper = (u32)upper,
		.weight = scaled - (float)lower,
	};
}

void npum_bilinear_fine_axis(u32 at, u32 in, u32 out, u32 mode, struct npum_axis *axis)
{
	bool corners = (mode & VNPU_RESIZE_ALIGN_CORNERS) && out > 1;
	float scale, scaled, last = (float)(in - 1);
	u32 lower;

	scale = corners ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
	if (mode & VNPU_RESIZE_HALF_PIXEL) {
		scaled = ((float)at + 0.5f) * scale - 0.5f;
		scaled = clamp(scaled, 0.0f, last);
	} else {
		scaled = (float)at * scale;
	}
	lower = min((u32)scaled, in - 1);
	*axis = (struct npum_axis){
		.lower = lower,
		.upper = min(lower + 1, in - 1),
		.weight = npum_real_even((scaled - (float)lower) * NPUM_FINE_ONE),
	};
}

static __always_inline u32 bilinear(const struct vnpu_op *op, const struct npum_block *b,
				    const u8 *in, u8 *out, bool count)
{
	const struct vnpu_tensor *t = &op->in[0];
	const u8 *p00, *p10, *p01, *p11;
	struct npum_bilinear_axis y, x;

	npum_bilinear_axis(b->h, t->shape[1], op->out.shape[1], op->p.mode, &y);
	npum_bilinear_axis(b->w, t->shape[2], op->out.shape[2], op->p.mode, &x);
	p00 = in + npum_offset(t, b->n, y.lower, x.lower, b->c);
	p10 = in + npum_offset(t, b->n, y.upper, x.lower, b->c);
	p01 = in + npum_offset(t, b->n, y.lower, x.upper, b->c);
	p11 = in + npum_offset(t, b->n, y.upper, x.upper, b->c);
	u32 ties = 0;

	/* The order of the products and of the sum is part of the definition. */
	for (u32 i = 0; i < b->count; i++) {
		float v = (float)p00[i] * (1 - y.weight) * (1 - x.weight) +
			  (float)p10[i] * y.weight * (1 - x.weight) +
			  (float)p01[i] * (1 - y.weight) * x.weight +
			  (float)p11[i] * y.weight * x.weight;

		if (count)
			ties += npum_real_is_half(v);
		out[i] = (u8)(s32)(v + 0.5f);
	}
	return ties;
}

void npum_bilinear_float(const struct vnpu_op *op, const struct npum_block *b, const u8 *in,
			 u8 *out)
{
	bilinear(op, b, in, out, false);
}

u32 npum_bilinear_float_ties(const struct vnpu_op *op, const struct npum_block *b, const u8 *in,
			     u8 *out)
{
	return bilinear(op, b, in, out, true);
}
