// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * SOFTMAX_I16: along the channels, from tables of exponentials on [-10, 0] and of
 * 1 / (1 + x) on [0, 1], as TFLite's SoftmaxInt16().
 */
#include "npum_i16.h"
#include "npum_kernels.h"
#include "npum_walk.h"

/**
 * struct softmax - what the rows of a tile have in common
 * @op: the op
 * @rounding: of the differences
 * @half: of npum_lut_points()
 * @exp: table of exponentials
 * @reciprocal: table of reciprocals
 */
struct softmax {
	const struct vnpu_op *op;
	enum npum_rounding rounding;
	s32 half;
	const s16 *exp;
	const s16 *reciprocal;
};

static const s32 code_range[2] = { -32768, 32767 };

/* exp() of a difference from the row's maximum: -65535 stands for -10. */
static __always_inline s16 exponential(const struct softmax *s, s32 difference,
				       struct npum_counters *n)
{
	s32 mult = s->op->p.mult[0], shift = s->op->p.shift[0];
	s32 v = npum_wrap_add(npum_requant(s->rounding, difference, mult, shift), 32767);

	npum_count_requant(n, s->rounding, difference, mult, shift);
	if (n) {
		n->lut_low += v <= -32768;
		n->lut_high += v >= 32767;
	}
	return npum_lut_points(s->exp, (s16)npum_saturate(v, code_range), s->half);
}

/* Half of it is rounded up; @sum < 2^31 holds at least the exponential of the maximum. */
static s32 reciprocal_of(const struct softmax *s, u32 sum, u32 *shift)
{
	/* Tables that change under us may leave any sum: 1..30 keeps the shifts in range. */
	u32 headroom = sum ? clamp((u32)__builtin_clz(sum), 1u, 30u) : 30;
	/* the sum's mantissa, 1.0 .. 2.0 in units of 2^-16 */
	s64 mantissa = (s64)(((u64)sum << (headroom - 1)) + (1 << 13)) >> 14;
	s64 v = clamp(mantissa - (1 << 15) - (1 << 16), (s64)-32768, (s64)32767);

	*shift = 31 - headroom;
	return npum_lut_points(s->reciprocal, (s16)v, s->half);
}

static __always_inline void softmax_row(const struct softmax *s, const s16 *in, s16 *out, u32 count,
					struct npum_counters *n)
{
	static const s32 range[2] = { 0, 32767 };
	s32 top = -32768, sum = 0, factor;
	u32 shift;

	for (u32 i = 0; i < count; i++) {
		s32 code = in[i];

		top = max(top, code);
	}
	/* the output holds the exponentials meanwhile */
	for (u32 i = 0; i < count; i++) {
		s16 e = exponential(s, in[i] - top, n);

		out[i] = e;
		sum = npum_wrap_add(sum, e);
		npum_count_acc(n, sum, 32);
	}

	factor = reciprocal_of(s, (u32)sum, &shift);
	for (u32 i = 0; i < count; i++) {
		s32 v = (s32)(((s64)out[i] * factor + (1ll << (shift - 1))) >> shift);

		npum_count_tie(n, npum_is_half((s64)out[i] * factor, shift));
		npum_count_clamp(n, v, range);
		out[i] = (s16)npum_saturate(v, range);
	}
}

static __always_inline void softmax(const struct npum_exec *x, const struct npum_personality *p,
				    const struct vnpu_op *op, u32 tile, void *scratch,
				    struct npum_counters *n)
{
	const struct vnpu_tensor *in = &op->in[0], *out = &op->out;
	const struct softmax s = {
		.op = op,
		.rounding = p->requant,
		.half = npum_lut_half(p),
		.exp = (const s16 *)(const void *)npum_address(x, &op->in[1]),
		.reciprocal = (const s16 *)(const void *)npum_address(x, &op->in[2]),
	};
	struct npum_grid g;

	npum_softmax_cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		const u8 *from = npum_address(x, in) + npum_offset(in, b.n, b.h, b.w, 0);
		u8 *to = npum_address(x, out) + npum_offset(out, b.n, b.h, b.w, 0);

		softmax_row(&s, (const s16 *)(const void *)from, (s16 *)(void *)to, b.count, n);
	}
}

void npum_softmax_i16_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	npum_softmax_cut(&g, op);
	plan->tiles = npum_grid_tiles(&g);
}

NPUM_COUNTED(npum_softmax_i16, npum_softmax_i16_counting, softmax)
