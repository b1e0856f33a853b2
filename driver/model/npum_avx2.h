/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the AVX2 kernels share: requantisation of a block of 16 channels.
 *
 * Tame tables take a short way, see npum_tame.h.
 */
#ifndef NPUM_AVX2_H
#define NPUM_AVX2_H

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

npum_tile_fn npum_conv_avx2;
npum_handles_fn npum_conv_avx2_handles;
npum_tile_fn npum_depthwise_avx2;
npum_handles_fn npum_depthwise_avx2_handles;
npum_tile_fn npum_sum_avx2;
npum_tile_fn npum_product_avx2;
npum_tile_fn npum_requantize_avx2;
npum_tile_fn npum_conv_i16_avx2;
npum_tile_fn npum_depthwise_i16_avx2;

/**
 * struct avx2_half - requantisation of 8 channels
 * @bias: start value of the accumulators
 * @mult: multipliers
 * @mult_odd: multipliers of the odd channels, in the even lanes
 * @right: bits to shift right
 * @left: not tame: bits to shift left first
 * @round: tame: half of 1 << @right or 0, plus the early zero point << @right
 * @offset: added to products in binary32
 * @ties_away: all ones in lanes whose shift rounds ties away from zero
 */
struct avx2_half {
	__m256i bias;
	__m256i mult;
	__m256i mult_odd;
	__m256i right;
	__m256i left;
	__m256i round;
	__m256 offset;
	__m256i ties_away;
};

/**
 * struct avx2_requant - requantisation of a block
 * @half: channels 0..7 and 8..15
 * @tame: the short way may be taken
 */
struct avx2_requant {
	struct avx2_half half[2];
	bool tame;
};

/**
 * struct avx2_output - how accumulators become bytes
 * @nudge: added to products of the short way, in 64-bit lanes
 * @zero: @t's
 * @low: lowest output code in each byte
 * @high: highest output code in each byte
 * @t: what does not depend on the instruction set; products in binary32 are never on the short way
 */
struct avx2_output {
	__m256i nudge;
	__m256i zero;
	__m128i low;
	__m128i high;
	struct tame_output t;
};

/** avx2_output_init() - what personality @p and the output of @op ask for */
void avx2_output_init(struct avx2_output *o, const struct npum_personality *p,
		      const struct vnpu_op *op);

/** avx2_requant_init() - prepare block @table of an op with @terms products per output */
void avx2_requant_init(struct avx2_requant *r, const struct avx2_output *o, const u8 *table,
		       u32 terms);

/** avx2_requant_half() - codes for 8 sums of half @i of a block, without the clamp */
__m256i avx2_requant_half(const struct avx2_requant *r, u32 i, const struct avx2_output *o,
			  __m256i acc);

/* v >> bits in 64-bit lanes; AVX2 has no such arithmetic shift. */
static inline __m256i avx2_shift_right(__m256i v, __m256i bits)
{
	const __m256i sign = _mm256_set1_epi64x((s64)(1ull << 63));

	return _mm256_sub_epi64(_mm256_srlv_epi64(_mm256_xor_si256(v, sign), bits),
				_mm256_srlv_epi64(sign, bits));
}

/* npum_round_shift() of 64-bit lanes by 1..62 bits. */
static inline __m256i avx2_round_shift(enum npum_rounding rounding, __m256i v, __m256i bits)
{
	const __m256i one = _mm256_set1_epi64x(1);
	__m256i unit = _mm256_sllv_epi64(one, bits), half = _mm256_srli_epi64(unit, 1);
	__m256i sign = _mm256_cmpgt_epi64(_mm256_setzero_si256(), v);

	switch (rounding) {
	case NPUM_ROUND_AWAY:
		v = _mm256_add_epi64(_mm256_add_epi64(v, sign), half);
		break;
	case NPUM_ROUND_EVEN:
		half = _mm256_sub_epi64(half, one);
		half = _mm256_add_epi64(half, _mm256_and_si256(_mm256_srlv_epi64(v, bits), one));
		v = _mm256_add_epi64(v, half);
		break;
	case NPUM_ROUND_TRUNCATE:
		v = _mm256_add_epi64(v, _mm256_and_si256(sign, _mm256_sub_epi64(unit, one)));
		break;
	case NPUM_ROUND_FLOOR:
		break;
	default:
		v = _mm256_add_epi64(v, half);
		break;
	}
	return avx2_shift_right(v, bits);
}

/* Clamp 16 codes and store the first @channels of them. */
static inline void avx2_store(const struct avx2_output *o, __m256i low, __m256i high, u8 *out,
			      u32 channels)
{
	__m256i words = _mm256_packs_epi32(low, high);
	__m128i first, second, q;

	/* packing went by 128-bit lanes */
	words = _mm256_permute4x64_epi64(words, _MM_SHUFFLE(3, 1, 2, 0));
	first = _mm256_castsi256_si128(words);
	second = _mm256_extracti128_si256(words, 1);
	if (o->t.is_signed) {
		q = _mm_packs_epi16(first, second);
		q = _mm_min_epi8(_mm_max_epi8(q, o->low), o->high);
	} else {
		q = _mm_packus_epi16(first, second);
		q = _mm_min_epu8(_mm_max_epu8(q, o->low), o->high);
	}
	if (channels == VNPU_CHANNEL_BLOCK) {
		_mm_storeu_si128((__m128i *)out, q);
	} else {
		u8 bytes[VNPU_CHANNEL_BLOCK];

		_mm_storeu_si128((__m128i *)bytes, q);
		memcpy(out, bytes, channels);
	}
}

/**
 * avx2_requant() - bring the sums of a block to codes and store them
 * @r: the block
 * @o: output
 * @low: sums of channels 0..7
 * @high: sums of channels 8..15
 * @out: where
 * @channels: how many, 1..16
 */
void avx2_requant(const struct avx2_requant *r, const struct avx2_output *o, __m256i low,
		  __m256i high, u8 *out, u32 channels);

#endif /* NPUM_AVX2_H */
