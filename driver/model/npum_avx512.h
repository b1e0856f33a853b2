/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the AVX-512 VNNI kernels share: requantisation of 16 channels at a time.
 *
 * A block whose table is tame (what compilers emit) takes a short way of
 * eleven instructions; every other table takes the long way.  Both are exact.
 */
#ifndef NPUM_AVX512_H
#define NPUM_AVX512_H

/* immintrin.h pulls in malloc() unless told that it is there already */
#define _MM_MALLOC_H_INCLUDED
#define __MM_MALLOC_H
#include <immintrin.h>

#include "npum_conv.h"
#include "npum_kernels.h"
#include "npum_requant.h"
#include "npum_tame.h"

npum_tile_fn npum_conv_avx512;
npum_handles_fn npum_conv_avx512_handles;
npum_tile_fn npum_depthwise_avx512;
npum_handles_fn npum_depthwise_avx512_handles;

/**
 * struct avx512_requant - a requantisation block, ready for use
 * @bias: start value of the accumulators
 * @mult: multipliers
 * @mult_odd: multipliers of the odd channels, in the even lanes
 * @right: bits to shift right
 * @round: tame: half of 1 << @right, plus the output's zero point << @right
 * @left: not tame: bits to shift left first
 * @ties_away: lanes whose shift rounds ties away from zero
 * @tame: the short way may be taken
 */
struct avx512_requant {
	__m512i bias;
	__m512i mult;
	__m512i mult_odd;
	__m512i right;
	__m512i round;
	__m512i left;
	__mmask16 ties_away;
	bool tame;
};

/**
 * struct avx512_output - how accumulators become bytes
 * @nudge: added to products of the short way, in 64-bit lanes
 * @zero: output's zero point
 * @low: lowest output code in each byte
 * @high: highest output code in each byte
 * @is_signed: output is int8
 * @single: one rounding
 */
struct avx512_output {
	__m512i nudge;
	__m512i zero;
	__m512i low;
	__m512i high;
	bool is_signed;
	bool single;
};

static inline void avx512_output_init(struct avx512_output *o, const struct npum_personality *p,
				      const struct vnpu_op *op)
{
	o->single = p->requant == NPUM_ROUND_SINGLE;
	o->nudge = _mm512_set1_epi64(o->single ? 0 : 1ll << 31);
	o->zero = _mm512_set1_epi32(op->out.zero_point);
	o->low = _mm512_set1_epi8((char)op->p.clamp[0]);
	o->high = _mm512_set1_epi8((char)op->p.clamp[1]);
	o->is_signed = op->out.dtype == VNPU_DTYPE_INT8;
}

/* Prepare block @table of an op with @terms products per output. */
static inline void avx512_requant_init(struct avx512_requant *r, const struct avx512_output *o,
				       const u8 *table, u32 terms)
{
	const __m512i zero = _mm512_setzero_si512();
	const __m512i one = _mm512_set1_epi32(1);
	__m512i shift, half;
	__mmask16 tame;

	r->bias = _mm512_loadu_si512(table + offsetof(struct vnpu_requant_block, bias));
	r->mult = _mm512_loadu_si512(table + offsetof(struct vnpu_requant_block, mult));
	r->mult_odd = _mm512_srli_epi64(r->mult, 32);
	shift = _mm512_loadu_si512(table + offsetof(struct vnpu_requant_block, shift));
	shift = _mm512_max_epi32(shift, _mm512_set1_epi32(NPUM_SHIFT_MIN));
	shift = _mm512_min_epi32(shift, _mm512_set1_epi32(NPUM_SHIFT_MAX));
	r->left = _mm512_max_epi32(shift, zero);
	r->right = _mm512_sub_epi32(zero, _mm512_min_epi32(shift, zero));

	tame = _mm512_cmple_epi32_mask(r->bias, _mm512_set1_epi32(TAME_BIAS)) &
	       _mm512_cmpge_epi32_mask(r->bias, _mm512_set1_epi32(-TAME_BIAS)) &
	       _mm512_cmpge_epi32_mask(r->mult, zero) &
	       _mm512_cmpge_epi32_mask(shift, _mm512_set1_epi32(-TAME_SHIFT)) &
	       _mm512_cmple_epi32_mask(shift, o->single ? _mm512_set1_epi32(-1) : zero);
	r->tame = tame == 0xffff && terms <= TAME_TERMS;

	r->ties_away = o->single ? 0 : _mm512_cmpgt_epi32_mask(r->right, zero);
	half = _mm512_srli_epi32(_mm512_sllv_epi32(one, r->right), 1);
	r->round = _mm512_add_epi32(half, _mm512_sllv_epi32(o->zero, r->right));
}

/* A tame block's codes, zero point added; the clamp is left to the packing.  Proof in npum_tame.h. */
static inline __m512i avx512_requant_tame(const struct avx512_requant *r, __m512i nudge,
					  __m512i acc)
{
	__m512i twice = _mm512_add_epi32(acc, acc);
	__m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(twice, 32), r->mult_odd);
	__m512i even = _mm512_mul_epi32(twice, r->mult);
	__m512i y;

	odd = _mm512_add_epi64(odd, nudge);
	even = _mm512_add_epi64(even, nudge);
	y = _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
	y = _mm512_mask_add_epi32(y, r->ties_away, y, _mm512_srai_epi32(y, 31));
	return _mm512_srav_epi32(_mm512_add_epi32(y, r->round), r->right);
}

/* Any table: npum_requant() and the zero point, 16 lanes at a time. */
static inline __m512i avx512_requant_any(const struct avx512_requant *r,
					 const struct avx512_output *o, __m512i acc)
{
	const __m512i one = _mm512_set1_epi64(1);
	__m512i even, odd, y;

	if (o->single) {
		/* total = 31 - shift, 1..62 */
		__m512i total = _mm512_add_epi32(_mm512_sub_epi32(r->right, r->left),
						 _mm512_set1_epi32(31));
		__m512i t0 = _mm512_and_si512(total, _mm512_set1_epi64(0xff));
		__m512i t1 = _mm512_srli_epi64(total, 32);

		even = _mm512_mul_epi32(acc, r->mult);
		odd = _mm512_mul_epi32(_mm512_srli_epi64(acc, 32), r->mult_odd);
		even = _mm512_add_epi64(even, _mm512_srli_epi64(_mm512_sllv_epi64(one, t0), 1));
		odd = _mm512_add_epi64(odd, _mm512_srli_epi64(_mm512_sllv_epi64(one, t1), 1));
		even = _mm512_srav_epi64(even, t0);
		odd = _mm512_slli_epi64(_mm512_srav_epi64(odd, t1), 32);
		y = _mm512_mask_mov_epi32(odd, 0x5555, even);
	} else {
		const __m512i least = _mm512_set1_epi32(S32_MIN);
		const __m512i half = _mm512_set1_epi64(1 << 30);
		__m512i x = _mm512_sllv_epi32(acc, r->left);
		__m512i mask, rest, threshold;
		__mmask16 most;

		even = _mm512_add_epi64(_mm512_mul_epi32(x, r->mult), half);
		odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), r->mult_odd),
				       half);
		y = _mm512_mask_mov_epi32(_mm512_slli_epi64(odd, 1), 0x5555,
					  _mm512_srli_epi64(even, 31));
		most = _mm512_cmpeq_epi32_mask(x, least) & _mm512_cmpeq_epi32_mask(r->mult, least);
		y = _mm512_mask_mov_epi32(y, most, _mm512_set1_epi32(S32_MAX));

		mask = _mm512_sub_epi32(_mm512_sllv_epi32(_mm512_set1_epi32(1), r->right),
					_mm512_set1_epi32(1));
		rest = _mm512_and_si512(y, mask);
		/* mask >> 1, one more for negative y */
		threshold = _mm512_sub_epi32(_mm512_srli_epi32(mask, 1), _mm512_srai_epi32(y, 31));
		y = _mm512_mask_add_epi32(_mm512_srav_epi32(y, r->right),
					  _mm512_cmpgt_epi32_mask(rest, threshold),
					  _mm512_srav_epi32(y, r->right), _mm512_set1_epi32(1));
	}
	return _mm512_add_epi32(y, o->zero);
}

/*
 * Four vectors of 16 codes to 64 clamped bytes; each 128-bit lane takes four codes
 * of every vector.  Packing saturates to the output's type, which holds the clamp.
 */
static inline __m512i avx512_saturate(const struct avx512_output *o, __m512i a, __m512i b,
				      __m512i c, __m512i d)
{
	__m512i ab = _mm512_packs_epi32(a, b);
	__m512i cd = _mm512_packs_epi32(c, d);
	__m512i q;

	if (o->is_signed) {
		q = _mm512_packs_epi16(ab, cd);
		return _mm512_min_epi8(_mm512_max_epi8(q, o->low), o->high);
	}
	q = _mm512_packus_epi16(ab, cd);
	return _mm512_min_epu8(_mm512_max_epu8(q, o->low), o->high);
}

/* The same with the vectors one behind the other: a transposition of 4x4 words. */
static inline __m512i avx512_pack(const struct avx512_output *o, __m512i a, __m512i b, __m512i c,
				  __m512i d)
{
	const __m512i order =
		_mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);

	return _mm512_permutexvar_epi32(order, avx512_saturate(o, a, b, c, d));
}

/* The first @n bytes of a 128-bit lane; n is 1..16. */
static inline __mmask64 avx512_first(u32 n)
{
	return n >= 64 ? ~0ull : (1ull << n) - 1;
}

/**
 * avx512_requant_pixels() - requantise one block of channels of some pixels
 * @r: the block
 * @o: output
 * @acc: accumulators of the first pixel
 * @step: vectors between the pixels' accumulators
 * @pixels: how many
 * @out: first byte of the output's block in pixel 0
 * @at: byte offset of each pixel
 * @channels: channels of the block that exist, 1..16
 */
void avx512_requant_pixels(const struct avx512_requant *r, const struct avx512_output *o,
			   const __m512i *acc, u32 step, u32 pixels, u8 *out, const size_t *at,
			   u32 channels);

#endif /* NPUM_AVX512_H */
