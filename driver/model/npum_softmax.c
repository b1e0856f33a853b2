// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Softmax along the channels in gemmlowp's fixed point, as TFLite's reference with the
 * usual bits and steps; a personality may have other ones.
 * The exponential depends on the difference from the row's maximum alone, which
 * has 256 values: they are tabulated once for each tile.
 */
#include "npum_counters.h"
#include "npum_fixed.h"
#include "npum_kernels.h"
#include "npum_walk.h"

/* Costs of a row beside its codes, and of a code, for npum_grid_cut(). */
#define ROW_COST 48u
#define CODE_COST 4u

/**
 * struct softmax_scratch - scratch of SOFTMAX
 * @exp: exp(-i * scale) with 0 integer bits, by i = maximum - code; 0 below diff_min
 */
struct softmax_scratch {
	s32 exp[256];
};

/* A block of the grid is a row. */
void npum_softmax_cut(struct npum_grid *g, const struct vnpu_op *op)
{
	u32 channels = op->out.shape[3];

	npum_grid_cut(g, &op->out, channels, ROW_COST + (u64)CODE_COST * channels);
}

void npum_softmax_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	npum_softmax_cut(&g, op);
	plan->tiles = npum_grid_tiles(&g);
	plan->scratch_bytes = sizeof(struct softmax_scratch);
}

void npum_softmax_table_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	npum_softmax_cut(&g, op);
	plan->tiles = npum_grid_tiles(&g);
	plan->fpu = true;
}

/* Halves up; what would be 1 is the greatest number below it. */
static s32 round_exp(s32 v, u32 bits)
{
	u32 drop = 31 - bits;
	s64 unit = (s64)1 << drop, most = S32_MAX >> drop;
	s64 rounded = (v + unit / 2) >> drop;

	return (s32)(min(rounded, most) << drop);
}

static void tabulate_exp(const struct npum_personality *p, const struct vnpu_op *op, s32 exp[256])
{
	const enum npum_rounding rounding = p->requant;
	const u32 bits = p->softmax_exp_bits;

	for (s32 i = 0; i < 256; i++) {
		s32 scaled = npum_requant(rounding, -i, op->p.mult[0], op->p.shift[0]);

		exp[i] = -i < op->p.diff_min ? 0 : round_exp(npum_fixed_exp(scaled), bits);
	}
}

/**
 * struct scale - reciprocal of a row's sum
 * @factor: mantissa with 0 integer bits
 * @exponent: divide by 2^exponent to reach codes
 */
struct scale {
	s32 factor;
	u32 exponent;
};

static struct scale reciprocal(const struct npum_personality *p, u32 sum)
{
	/* A buffer that changes under us may leave a sum without any maximum. */
	u32 headroom = sum ? (u32)__builtin_clz(sum) : 31;
	s32 bits_over_unit = (s32)p->softmax_sum_bits - (s32)headroom;
	u32 fraction = (sum << headroom) - (1u << 31);

	return (struct scale){
		.factor = npum_fixed_reciprocal((s32)fraction, p->softmax_newton),
		.exponent = (u32)clamp(bits_over_unit + 31 - 8, 0, 31),
	};
}

static __always_inline void softmax_row(const struct npum_personality *p, const u8 *in, u8 *out,
					u32 count, s32 flip, const s32 exp[256], s32 diff_min,
					struct npum_counters *n)
{
	const s32 lowest = flip ? -128 : 0;
	const s32 range[2] = { lowest, lowest + 255 };
	const u32 sum_bits = p->softmax_sum_bits;
	/* With the sign bit flipped, bytes are in the order of their codes. */
	u8 mask = (u8)flip, top = 0;
	struct scale scale;
	u32 sum = 0;

	for (u32 i = 0; i < count; i++)
		if ((in[i] ^ mask) > top)
			top = in[i] ^ mask;
	for (u32 i = 0; i < count; i++) {
		u32 term = (u32)npum_rdbp(exp[(u8)(top - (in[i] ^ mask))], sum_bits);

		/* a sum without a sign */
		npum_count_acc(n, (s64)sum + term, 33);
		sum += term;
	}

	scale = reciprocal(p, sum);
	for (u32 i = 0; i < count; i++) {
		u8 below = (u8)(top - (in[i] ^ mask));
		s32 v = npum_srdhm(scale.factor, exp[below]);

		if (n)
			n->lut_low += -below < diff_min;
		npum_count_tie(n, npum_is_half(v, scale.exponent));
		v = npum_wrap_add(npum_rdbp(v, scale.exponent), lowest);
		npum_count_clamp(n, v, range);
		out[i] = (u8)npum_saturate(v, range);
	}
}

static __always_inline void softmax(const struct npum_exec *x, const struct npum_personality *p,
				    const struct vnpu_op *op, u32 tile, void *scratch,
				    struct npum_counters *n)
{
	const struct vnpu_tensor *in = &op->in[0], *out = &op->out;
	struct softmax_scratch *s = scratch;
	struct npum_grid g;

	tabulate_exp(p, op, s->exp);
	npum_softmax_cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);

		softmax_row(p, npum_address(x, in) + npum_offset(in, b.n, b.h, b.w, 0),
			    npum_address(x, out) + npum_offset(out, b.n, b.h, b.w, 0), b.count,
			    npum_flip(in), s->exp, op->p.diff_min, n);
	}
}

NPUM_COUNTED(npum_softmax, npum_softmax_counting, softmax)
