// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Softmax along the channels in binary32, as LiteRT's optimised kernels for x86:
 * exponentials come from a table, so that no two machines differ in them; or as ONNX
 * Runtime's, which divides by the sum instead of multiplying by its reciprocal.  Built
 * with floating point registers and without contraction; no libm.
 */
#include "npum_counters.h"
#include "npum_kernels.h"
#include "npum_real.h"
#include "npum_requant.h"
#include "npum_walk.h"

/* LiteRT rounds int8 to nearest, uint8 by adding a half; a share is never negative. */
static s32 to_code(float share, bool is_signed)
{
	share = npum_real_limit(share);
	return is_signed ? npum_real_even(share) - 128 : (s32)(share + 0.5f);
}

/* Has to_code() exactly one half to decide? */
static bool is_tie(float share)
{
	share = npum_real_limit(share);
	return npum_real_is_half(share);
}

/* NPUM_SOFTMAX_QUOTIENT */
static __always_inline void quotient_row(const u8 *in, u8 *out, u32 count, s32 flip,
					 const float *exp, float steps, s32 zero,
					 struct npum_counters *n)
{
	const s32 range[2] = { flip ? -128 : 0, flip ? 127 : 255 };
	u8 mask = (u8)flip, top = 0;
	float sum = 0;

	for (u32 i = 0; i < count; i++)
		if ((in[i] ^ mask) > top)
			top = in[i] ^ mask;
	for (u32 i = 0; i < count; i++)
		sum += exp[(u8)(top - (in[i] ^ mask))];
	for (u32 i = 0; i < count; i++) {
		u8 below = (u8)(top - (in[i] ^ mask));
		float share = npum_real_limit(exp[below] * steps / sum);
		s32 v = npum_real_even(share) + zero;

		if (n)
			n->lut_low += below == 255;
		npum_count_tie(n, n && npum_real_is_half(share));
		npum_count_clamp(n, v, range);
		out[i] = (u8)npum_saturate(v, range);
	}
}

static __always_inline void softmax_row(const u8 *in, u8 *out, u32 count, s32 flip,
					const float *exp, float scale, struct npum_counters *n)
{
	const s32 lowest = flip ? -128 : 0;
	const s32 range[2] = { lowest, lowest + 255 };
	/* With the sign bit flipped, bytes are in the order of their codes. */
	u8 mask = (u8)flip, top = 0;
	float sum = 0, inverse;

	for (u32 i = 0; i < count; i++)
		if ((in[i] ^ mask) > top)
			top = in[i] ^ mask;
	/* The order of the sum is part of the definition. */
	for (u32 i = 0; i < count; i++)
		sum += exp[(u8)(top - (in[i] ^ mask))];
	inverse = 1.0f / (sum * scale);
	for (u32 i = 0; i < count; i++) {
		u8 below = (u8)(top - (in[i] ^ mask));
		float share = exp[below] * inverse;
		s32 v = to_code(share, flip != 0);

		if (n)
			n->lut_low += below == 255;
		npum_count_tie(n, n && is_tie(share));
		npum_count_clamp(n, v, range);
		out[i] = (u8)npum_saturate(v, range);
	}
}

static __always_inline void softmax_table(const struct npum_exec *x,
					  const struct npum_personality *p,
					  const struct vnpu_op *op, u32 tile, void *scratch,
					  struct npum_counters *n)
{
	const struct vnpu_tensor *in = &op->in[0], *out = &op->out;
	const float *exp = (const float *)(const void *)npum_address(x, &op->in[1]);
	float scale = npum_real(op->p.scale);
	struct npum_grid g;

	npum_softmax_cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);

		const u8 *from = npum_address(x, in) + npum_offset(in, b.n, b.h, b.w, 0);
		u8 *to = npum_address(x, out) + npum_offset(out, b.n, b.h, b.w, 0);

		if (p->softmax == NPUM_SOFTMAX_QUOTIENT)
			quotient_row(from, to, b.count, npum_flip(in), exp, scale, out->zero_point,
				     n);
		else
			softmax_row(from, to, b.count, npum_flip(in), exp, scale, n);
	}
}

NPUM_COUNTED(npum_softmax_table, npum_softmax_table_counting, softmax_table)
