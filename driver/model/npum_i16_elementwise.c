// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Element-wise arithmetic on int16 codes, and between them and other integers. */
#include "npum_float.h"
#include "npum_i16.h"
#include "npum_kernels.h"
#include "npum_walk.h"

static s32 load(u32 dtype, const u8 *at)
{
	switch (dtype) {
	case VNPU_DTYPE_INT8:
		return *(const s8 *)at;
	case VNPU_DTYPE_UINT8:
		return *at;
	case VNPU_DTYPE_INT16:
		return npum_s16(at);
	default:
		return *(const s32 *)(const void *)at;
	}
}

static void store(u32 dtype, u8 *at, s32 v)
{
	switch (dtype) {
	case VNPU_DTYPE_INT8:
	case VNPU_DTYPE_UINT8:
		*at = (u8)v;
		break;
	case VNPU_DTYPE_INT16:
		*(s16 *)(void *)at = (s16)v;
		break;
	default:
		*(s32 *)(void *)at = v;
		break;
	}
}

/* One input's share of a sum: q << left_shift, on the common scale. */
static __always_inline s32 term(const struct vnpu_op *op, enum npum_rounding rounding, u32 i,
				const u8 *at, struct npum_counters *n)
{
	s32 v = npum_shift_left(npum_s16(at), op->p.left_shift);

	npum_count_requant(n, rounding, v, op->p.mult[i], op->p.shift[i]);
	return npum_requant(rounding, v, op->p.mult[i], op->p.shift[i]);
}

/* NPUM_ADD_FLOAT */
static __always_inline s32 sum_float(const struct vnpu_op *op, s32 a, s32 b,
				     struct npum_counters *n)
{
	/* bits of -1.0 or 1.0 times the second factor */
	u32 sign = op->opcode == VNPU_OP_SUB_I16 ? 0x80000000u : 0;
	u32 first = npum_float_term(a, (u32)op->p.mult[0]);
	u32 second = npum_float_term(b, (u32)op->p.mult[1] ^ sign);

	if (n)
		n->ties += npum_float_sum_tie(0, first, second);
	return npum_float_sum(0, first, second);
}

static __always_inline s32 sum_integer(const struct vnpu_op *op, enum npum_rounding rounding,
				       const u8 *a, const u8 *b, struct npum_counters *n)
{
	s64 first = term(op, rounding, 0, a, n), second = term(op, rounding, 1, b, n);
	s64 sum = op->opcode == VNPU_OP_SUB_I16 ? first - second : first + second;
	s32 v = (s32)(u32)(u64)sum;

	npum_count_acc(n, sum, 32);
	npum_count_requant(n, rounding, v, op->p.mult[2], op->p.shift[2]);
	return npum_requant(rounding, v, op->p.mult[2], op->p.shift[2]);
}

static __always_inline void add(const struct npum_exec *x, const struct npum_personality *p,
				const struct vnpu_op *op, u32 tile, void *scratch,
				struct npum_counters *n)
{
	bool in_float = npum_adds_in_float(p);
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *a = w.at[NPUM_WALK_IN0], *b = w.at[NPUM_WALK_IN1];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s32 v = in_float ? sum_float(op, npum_s16(a), npum_s16(b), n) :
					   sum_integer(op, p->add, a, b, n);

			npum_count_clamp(n, v, op->p.clamp);
			*(s16 *)(void *)out = (s16)npum_saturate(v, op->p.clamp);
			a += w.step[NPUM_WALK_IN0];
			b += w.step[NPUM_WALK_IN1];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

NPUM_COUNTED(npum_add_i16, npum_add_i16_counting, add)

static __always_inline void mul(const struct npum_exec *x, const struct npum_personality *p,
				const struct vnpu_op *op, u32 tile, void *scratch,
				struct npum_counters *n)
{
	s32 mult = op->p.mult[2], shift = op->p.shift[2];
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *a = w.at[NPUM_WALK_IN0], *b = w.at[NPUM_WALK_IN1];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s32 v = npum_s16(a) * npum_s16(b);

			npum_count_acc(n, v, 32);
			npum_count_requant(n, p->mul, v, mult, shift);
			v = npum_requant(p->mul, v, mult, shift);
			v = npum_wrap_add(v, op->out.zero_point);
			npum_count_clamp(n, v, op->p.clamp);
			store(op->out.dtype, out, npum_saturate(v, op->p.clamp));
			a += w.step[NPUM_WALK_IN0];
			b += w.step[NPUM_WALK_IN1];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

NPUM_COUNTED(npum_mul_i16, npum_mul_i16_counting, mul)

/* Multiplier 0, or with @leaky number 1 for values below 0. */
static __always_inline void rescale(const struct npum_exec *x, const struct npum_personality *p,
				    const struct vnpu_op *op, u32 tile, u32 first, bool leaky,
				    const s32 clamp[2], struct npum_counters *n)
{
	s32 zero = op->in[0].zero_point;
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *in = w.at[NPUM_WALK_IN0];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s32 v = (s32)((u32)load(op->in[0].dtype, in) - (u32)zero);
			u32 k = leaky && v < 0 ? first + 1 : first;

			npum_count_requant(n, p->requant, v, op->p.mult[k], op->p.shift[k]);
			v = npum_requant(p->requant, v, op->p.mult[k], op->p.shift[k]);
			v = npum_wrap_add(v, op->out.zero_point);
			npum_count_clamp(n, v, clamp);
			store(op->out.dtype, out, npum_saturate(v, clamp));
			in += w.step[NPUM_WALK_IN0];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

static __always_inline void requantize(const struct npum_exec *x, const struct npum_personality *p,
				       const struct vnpu_op *op, u32 tile, void *scratch,
				       struct npum_counters *n)
{
	rescale(x, p, op, tile, 2, false, op->p.clamp, n);
}

static __always_inline void leaky_relu(const struct npum_exec *x, const struct npum_personality *p,
				       const struct vnpu_op *op, u32 tile, void *scratch,
				       struct npum_counters *n)
{
	static const s32 range[2] = { -32768, 32767 };

	rescale(x, p, op, tile, 0, true, range, n);
}

NPUM_COUNTED(npum_requantize_i16, npum_requantize_i16_counting, requantize)
NPUM_COUNTED(npum_leaky_relu_i16, npum_leaky_relu_i16_counting, leaky_relu)

static __always_inline void lut(const struct npum_exec *x, const struct npum_personality *p,
				const struct vnpu_op *op, u32 tile, void *scratch,
				struct npum_counters *n)
{
	const s16 *table = (const s16 *)(const void *)npum_address(x, &op->in[1]);
	const s32 half = npum_lut_half(p);
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *in = w.at[NPUM_WALK_IN0];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s16 v = npum_s16(in);

			if (n) {
				n->values++;
				n->lut_low += v == -32768;
				n->lut_high += v == 32767;
			}
			*(s16 *)(void *)out = npum_lut_points(table, v, half);
			in += w.step[NPUM_WALK_IN0];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

NPUM_COUNTED(npum_lut_i16, npum_lut_i16_counting, lut)
