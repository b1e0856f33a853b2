/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the AVX-512 VNNI kernels share: requantisation of 16 channels at a time.
 *
 * A block whose table is tame (what compilers emit) takes a short way of
 * eleven to fifteen instructions; every other table takes the long way.  Both are exact.
 */
#ifndef NPUM_AVX512_H
#define NPUM_AVX512_H

/* immintrin.h pulls in malloc() unless told that it is there already */
#define _MM_MALLOC_H_INCLUDED
#define __MM_MALLOC_H
#include <immintrin.h>

#include "npum_acc.h"
#include "npum_conv.h"
#include "npum_kernels.h"
#include "npum_real.h"
#include "npum_requant.h"
#include "npum_tame.h"

npum_tile_fn npum_conv_avx512;
npum_handles_fn npum_conv_avx512_handles;
npum_tile_fn npum_depthwise_avx512;
npum_handles_fn npum_depthwise_avx512_handles;
npum_tile_fn npum_sum_avx512;
npum_tile_fn npum_product_avx512;
npum_tile_fn npum_requantize_avx512;
npum_tile_fn npum_conv_i16_avx512;
npum_tile_fn npum_depthwise_i16_avx512;

/**
 * struct avx512_requant - a requantisation block, ready for use
 * @bias: start value of the accumulators
 * @mult: multipliers
 * @mult_odd: multipliers of the odd channels, in the even lanes
 * @right: bits to shift right
 * @round: tame: half of 1 << @right or 0, plus the early zero point << @right
 * @left: not tame: bits to shift left first
 * @offset: added to products in binary32
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
	__m512 offset;
	__mmask16 ties_away;
	bool tame;
};

/**
 * struct avx512_output - how accumulators become bytes
 * @nudge: added to products of the short way, in 64-bit lanes
 * @zero: @t's
 * @low: lowest output code in each byte
 * @high: highest output code in each byte
 * @t: what does not depend on the instruction set
 */
struct avx512_output {
	__m512i nudge;
	__m512i zero;
	__m512i low;
	__m512i high;
	struct tame_output t;
};

/** avx512_output_init() - what personality @p and the output of @op ask for */
void avx512_output_init(struct avx512_output *o, const struct npum_personality *p,
			const struct vnpu_op *op);

/** avx512_requant_init() - prepare block @table of an op with @terms products per output */
void avx512_requant_init(struct avx512_requant *r, const struct avx512_output *o, const u8 *table,
			 u32 terms);

/** typedef avx512_rounded_fn - codes for the sums @acc, not clamped yet */
typedef __m512i avx512_rounded_fn(const struct avx512_requant *r, const struct avx512_output *o,
				  __m512i acc);

/** avx512_requant_any() - whatever the table; clamped by packing */
avx512_rounded_fn avx512_requant_any;

/* npum_round_shift() of 64-bit lanes by 1..62 bits. */
static inline __m512i avx512_round_shift(enum npum_rounding rounding, __m512i v, __m512i bits)
{
	const __m512i one = _mm512_set1_epi64(1);
	__m512i unit = _mm512_sllv_epi64(one, bits), half = _mm512_srli_epi64(unit, 1);
	__m512i sign = _mm512_srai_epi64(v, 63);

	switch (rounding) {
	case NPUM_ROUND_AWAY:
		v = _mm512_add_epi64(_mm512_add_epi64(v, sign), half);
		break;
	case NPUM_ROUND_EVEN:
		half = _mm512_sub_epi64(half, one);
		half = _mm512_add_epi64(half, _mm512_and_si512(_mm512_srlv_epi64(v, bits), one));
		v = _mm512_add_epi64(v, half);
		break;
	case NPUM_ROUND_TRUNCATE:
		v = _mm512_add_epi64(v, _mm512_and_si512(sign, _mm512_sub_epi64(unit, one)));
		break;
	case NPUM_ROUND_FLOOR:
		break;
	default:
		v = _mm512_add_epi64(v, half);
		break;
	}
	return _mm512_srav_epi64(v, bits);
}

/* Upper halves of 64-bit lanes, those of channels next to each other. */
static inline __m512i avx512_upper(__m512i even, __m512i odd)
{
	return _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
}

/* The same for a tame block; npum_tame.h has the proof. */
static inline __m512i avx512_requant_tame(const struct avx512_requant *r, __m512i nudge,
					  __m512i acc)
{
	__m512i twice = _mm512_add_epi32(acc, acc);
	__m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(twice, 32), r->mult_odd);
	__m512i even = _mm512_mul_epi32(twice, r->mult);
	__m512i y;

	odd = _mm512_add_epi64(odd, nudge);
	even = _mm512_add_epi64(even, nudge);
	y = avx512_upper(even, odd);
	y = _mm512_mask_add_epi32(y, r->ties_away, y, _mm512_srai_epi32(y, 31));
	return _mm512_srav_epi32(_mm512_add_epi32(y, r->round), r->right);
}

/* TAME_ODD */
static __always_inline __m512i avx512_requant_odd(const struct avx512_requant *r,
						  const struct avx512_output *o, __m512i acc)
{
	__m512i twice = _mm512_abs_epi32(_mm512_add_epi32(acc, acc));
	__m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(twice, 32), r->mult_odd);
	__m512i even = _mm512_mul_epi32(twice, r->mult);
	__m512i y = _mm512_add_epi32(avx512_upper(even, odd), r->round);

	y = _mm512_srav_epi32(y, r->right);
	return _mm512_mask_sub_epi32(_mm512_add_epi32(o->zero, y), _mm512_movepi32_mask(acc),
				     o->zero, y);
}

/* TAME_EVEN */
static __always_inline __m512i avx512_requant_even(const struct avx512_requant *r,
						   const struct avx512_output *o, __m512i acc)
{
	const __m512i less = _mm512_set1_epi64(-1);
	__m512i twice = _mm512_add_epi32(acc, acc);
	__m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(twice, 32), r->mult_odd);
	__m512i even = _mm512_mul_epi32(twice, r->mult);
	__m512i up = _mm512_add_epi32(avx512_upper(even, odd), r->round), down;

	down = avx512_upper(_mm512_add_epi64(even, less), _mm512_add_epi64(odd, less));
	down = _mm512_srav_epi32(_mm512_add_epi32(down, r->round), r->right);
	up = _mm512_srav_epi32(up, r->right);
	/* up & ~((up ^ down) & 1) */
	up = _mm512_ternarylogic_epi32(up, down, _mm512_set1_epi32(1), 0xd0);
	return _mm512_add_epi32(up, o->zero);
}

/* npum_requant_offset() and the zero point; of no offset it is npum_requant_float(). */
static inline __m512i avx512_requant_float(const struct avx512_requant *r, __m512i zero,
					   __m512i acc)
{
	__m512 v = _mm512_mul_ps(_mm512_cvtepi32_ps(acc), _mm512_castsi512_ps(r->mult));

	v = _mm512_add_ps(v, r->offset);
	v = _mm512_max_ps(v, _mm512_set1_ps(-NPUM_REAL_FAR));
	v = _mm512_min_ps(v, _mm512_set1_ps(NPUM_REAL_FAR));
	return _mm512_add_epi32(_mm512_cvtps_epi32(v), zero);
}

/*
 * The short way for @count sums that share a table and lie @step apart, in registers: float
 * and TAME_UP, which are the commonest.
 */
static __always_inline void avx512_requant_common(const struct avx512_requant *r,
						  const struct avx512_output *o, __m512i *acc,
						  u32 step, u32 count)
{
	u32 i;

	if (o->t.is_float) {
#pragma GCC unroll 12
		for (i = 0; i < count; i++)
			acc[i * step] = avx512_requant_float(r, o->zero, acc[i * step]);
	} else {
#pragma GCC unroll 12
		for (i = 0; i < count; i++)
			acc[i * step] = avx512_requant_tame(r, o->nudge, acc[i * step]);
	}
}

/* The same for all of them, with more code. */
static __always_inline void avx512_requant_short(const struct avx512_requant *r,
						 const struct avx512_output *o, __m512i *acc,
						 u32 step, u32 count)
{
	u32 i;

	if (o->t.way == TAME_ODD) {
#pragma GCC unroll 12
		for (i = 0; i < count; i++)
			acc[i * step] = avx512_requant_odd(r, o, acc[i * step]);
	} else if (o->t.way == TAME_EVEN) {
#pragma GCC unroll 12
		for (i = 0; i < count; i++)
			acc[i * step] = avx512_requant_even(r, o, acc[i * step]);
	} else {
		avx512_requant_common(r, o, acc, step, count);
	}
}

/* 16-bit codes to clamped bytes; packing saturates to the output's type, which holds the clamp. */
static inline __m512i avx512_saturate(const struct avx512_output *o, __m512i low, __m512i high)
{
	__m512i q;

	if (o->t.is_signed) {
		q = _mm512_packs_epi16(low, high);
		return _mm512_min_epi8(_mm512_max_epi8(q, o->low), o->high);
	}
	q = _mm512_packus_epi16(low, high);
	return _mm512_min_epu8(_mm512_max_epu8(q, o->low), o->high);
}

/*
 * Four vectors of 16 codes to 64 bytes.  The packs interleave them by 128-bit
 * lanes; a transposition of 4x4 words puts one behind the other.
 */
static inline __m512i avx512_pack(const struct avx512_output *o, __m512i a, __m512i b, __m512i c,
				  __m512i d)
{
	const __m512i order =
		_mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
	__m512i q = avx512_saturate(o, _mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d));

	return _mm512_permutexvar_epi32(order, q);
}

/* The first @n lanes of 64. */
static inline __mmask64 avx512_first(u32 n)
{
	return n >= 64 ? ~0ull : (1ull << n) - 1;
}

/** AVX512_PRODUCT_BLOCKS - most blocks of one product */
#define AVX512_PRODUCT_BLOCKS 4u
/** AVX512_PRODUCT_PIXELS - most pixels whose sums are in registers at a time */
#define AVX512_PRODUCT_PIXELS 12u

/**
 * struct avx512_product - a product of gathered pixels and up to four blocks of weights
 * @rows: terms of pixel 0
 * @row_step: bytes between pixels
 * @weights: first block
 * @block_step: bytes between blocks
 * @groups: groups of four terms
 * @blocks: how many, 1..AVX512_PRODUCT_BLOCKS
 * @channels: channels of those blocks that exist
 * @is_signed: terms are int8
 * @requant: the blocks' tables
 * @output: output
 * @correction: zp_w * sum of x, of each pixel
 * @out: first byte of the blocks in output pixel 0
 * @at: byte offset of each pixel
 * @sums: room for AVX512_PRODUCT_PIXELS times AVX512_PRODUCT_BLOCKS vectors
 * @tame: all of the tables are tame
 */
struct avx512_product {
	const u8 *rows;
	size_t row_step;
	const u8 *weights;
	size_t block_step;
	u32 groups;
	u32 blocks;
	u32 channels;
	bool is_signed;
	const struct avx512_requant *requant;
	const struct avx512_output *output;
	const s32 *correction;
	u8 *out;
	const size_t *at;
	__m512i *sums;
	bool tame;
};

/** avx512_multiply() - compute and store the blocks' codes of @pixels pixels */
void avx512_multiply(const struct avx512_product *m, u32 pixels);

#endif /* NPUM_AVX512_H */
