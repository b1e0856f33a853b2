// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Products of int8 weights and inputs in floating point, which become codes row by row. */
#include "npum_real_product.h"

#include "npum_kernels.h"

/* To the nearest integer within limits, what is not a number to 0. */
static s16 code_of(float v, float low, float high)
{
	v = npum_real_between(v, low, high);
	return (s16)(s32)(v == v ? v : 0.0f);
}

/*
 * Codes of one row, symmetric, as LiteRT's hybrid kernels: the greatest magnitude
 * becomes 127, halves go away from zero.
 *
 * Return: the value of code 1; of a row without any magnitude 1.
 */
static float quantize_symmetric(const float *row, u32 count, s16 *codes)
{
	float most = 0.0f, inverse;

	for (u32 i = 0; i < count; i++) {
		float magnitude = npum_real(npum_real_bits(row[i]) & 0x7fffffff);

		most = magnitude > most ? magnitude : most;
	}
	if (most == 0.0f) {
		memset(codes, 0, count * sizeof(*codes));
		return 1.0f;
	}
	inverse = 127.0f / most;
	for (u32 i = 0; i < count; i++)
		codes[i] = code_of(npum_round_away(row[i] * inverse), -127.0f, 127.0f);
	return most / 127.0f;
}

/*
 * Codes of one row less its zero point, as XNNPACK's qd8 kernels: the zero point is that
 * of the end of the range that it brings nearer to a code.
 *
 * Return: the value of code 1.
 */
static float quantize_asymmetric(const float *row, u32 count, s16 *codes)
{
	float low = 0.0f, high = 0.0f, scale, zero;

	for (u32 i = 0; i < count; i++) {
		low = row[i] < low ? row[i] : low;
		high = row[i] > high ? row[i] : high;
	}
	scale = low == high ? 1.0f : 255.0f / (high - low);
	zero = (-128.0f + low * scale) + (127.0f + high * scale) > 0.0f ? -128.0f - low * scale :
									  127.0f - high * scale;
	zero = code_of(npum_round_even(npum_real_between(zero, -128.0f, 127.0f)), -128.0f, 127.0f);
	for (u32 i = 0; i < count; i++)
		codes[i] = code_of(npum_round_even(row[i] * scale), -128.0f - zero, 127.0f - zero);
	return 1.0f / scale;
}

void npum_hybrid(const struct npum_exec *x, const struct npum_personality *p,
		 const struct vnpu_op *op, u32 tile, void *scratch)
{
	struct npum_conv_pixel at;
	struct npum_real_tile r;

	npum_real_begin(&r, x, p, op, tile, scratch);
	at = npum_conv_pixel(&r.c, r.t.pixel);
	for (u32 i = 0; i < r.t.pixels; i++, npum_conv_next(&r.c, &at)) {
		float unit, by = 1.0f, bias[NPUM_REAL_LANES];
		/* in place: a code is written where its number has been read */
		s16 *codes = (s16 *)(void *)r.work->panel;

		npum_real_gather(&r, &at, r.work->panel);
		if (p->hybrid == NPUM_HYBRID_ASYMMETRIC) {
			unit = quantize_asymmetric(r.work->panel, r.c.terms, codes);
			by = npum_real(op->p.scale);
		} else {
			unit = quantize_symmetric(r.work->panel, r.c.terms, codes) *
			       npum_real(op->p.scale);
		}
		for (u32 b = r.t.block; b < r.t.block + r.t.blocks; b++) {
			const s8 *w = (const s8 *)r.right + (size_t)b * r.c.terms * NPUM_REAL_LANES;
			u32 sum[NPUM_REAL_LANES] = { 0 };
			float v[NPUM_REAL_LANES];

			/* 131072 * 127 * 128 is below 2^31; with a zero point it wraps, as there */
			for (u32 k = 0; k < r.c.terms; k++, w += NPUM_REAL_LANES)
				for (u32 l = 0; l < NPUM_REAL_LANES; l++)
					sum[l] += (u32)(codes[k] * w[l]);
			npum_real_biases(&r, b, bias);
			/* times 1 changes nothing */
			for (u32 l = 0; l < NPUM_REAL_LANES; l++)
				v[l] = (float)(s32)sum[l] * unit * by + bias[l];
			npum_real_finish(&r, b, v, r.out + npum_conv_output(&r.c, &at));
		}
	}
}
