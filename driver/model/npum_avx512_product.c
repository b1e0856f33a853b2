// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The matrix product at the heart of CONV2D and FULLY_CONNECTED, and the way of
 * its sums to bytes without leaving registers.
 *
 * Some pixels times one to four blocks of 16 channels are summed up at a time,
 * so that each load of a weight serves all pixels and each load of an input all
 * blocks: up to 24 accumulators, 4 registers of weights and one of input.
 */
#include "npum_avx512.h"

#define MAX_BLOCKS AVX512_PRODUCT_BLOCKS
#define MAX_PIXELS AVX512_PRODUCT_PIXELS

/* @pixels pixels whose sums are in memory; @blocks and @rounded are constants. */
static __always_inline void finish_pixels(const struct avx512_product *m, u32 done, u32 pixels,
					  u32 blocks, avx512_rounded_fn *rounded)
{
	const __mmask64 mask = avx512_first(m->channels);
	const struct avx512_output *o = m->output;
	u32 p, b;

	for (p = 0; p < pixels; p++) {
		const __m512i *sum = m->sums + p * MAX_BLOCKS;
		__m512i v[MAX_BLOCKS];

#pragma GCC unroll 4
		for (b = 0; b < MAX_BLOCKS; b++)
			v[b] = b < blocks ? rounded(m->requant + b, o, sum[b]) : v[0];
		_mm512_mask_storeu_epi8(m->out + m->at[done + p], mask,
					avx512_pack(o, v[0], v[1], v[2], v[3]));
	}
}

static __always_inline void finish_blocks(const struct avx512_product *m, u32 done, u32 pixels,
					  avx512_rounded_fn *rounded)
{
	switch (m->blocks) {
	case 1:
		finish_pixels(m, done, pixels, 1, rounded);
		break;
	case 2:
		finish_pixels(m, done, pixels, 2, rounded);
		break;
	case 3:
		finish_pixels(m, done, pixels, 3, rounded);
		break;
	default:
		finish_pixels(m, done, pixels, 4, rounded);
		break;
	}
}

/*
 * Sums that do not go the commonest ways go through memory, as code for them in each of the
 * many instances of multiply() would double its size.
 */
static noinline void finish_sums(const struct avx512_product *m, u32 done, u32 pixels)
{
	if (!m->tame)
		finish_blocks(m, done, pixels, avx512_requant_any);
	else if (m->output->t.way == TAME_ODD)
		finish_blocks(m, done, pixels, avx512_requant_odd);
	else
		finish_blocks(m, done, pixels, avx512_requant_even);
}

/* Store the codes of a pixel's blocks, which begin in 128-bit lane 0 of @q. */
static __always_inline void store(u8 *to, __m512i q, u32 blocks, u32 channels)
{
	if (channels != blocks * VNPU_CHANNEL_BLOCK || blocks == 3)
		_mm512_mask_storeu_epi8(to, avx512_first(channels), q);
	else if (blocks == 1)
		_mm_storeu_si128((__m128i *)to, _mm512_castsi512_si128(q));
	else if (blocks == 2)
		_mm256_storeu_si256((__m256i *)to, _mm512_castsi512_si256(q));
	else
		_mm512_storeu_si512(to, q);
}

/* A register of bytes holds one pixel of three or four blocks, two of two or four of one. */
static __always_inline void finish(const struct avx512_product *m, __m512i (*acc)[MAX_BLOCKS],
				   u32 done, u32 pixels, u32 blocks)
{
	const u32 together = blocks > 2 ? 1 : 4 / blocks;
	const size_t *at = m->at + done;
	u32 p, b, i;

#pragma GCC unroll 4
	for (b = 0; b < blocks; b++)
		avx512_requant_common(m->requant + b, m->output, &acc[0][b], MAX_BLOCKS, pixels);
#pragma GCC unroll 12
	for (p = 0; p < pixels; p += together) {
		__m512i v[4], q;

#pragma GCC unroll 4
		for (i = 0; i < 4; i++) {
			/* what lies behind the last pixel is not stored */
			u32 from = p + i / blocks < pixels ? p + i / blocks : p;

			v[i] = acc[from][i % blocks];
		}
		q = avx512_pack(m->output, v[0], v[1], v[2], v[3]);
		store(m->out + at[p], q, blocks, m->channels);
		if (blocks > 2 || p + 1 >= pixels)
			continue;
		store(m->out + at[p + 1],
		      blocks == 2 ? _mm512_shuffle_i64x2(q, q, 0xee) :
				    _mm512_shuffle_i64x2(q, q, 0x55),
		      blocks, m->channels);
		if (blocks > 1 || p + 2 >= pixels)
			continue;
		store(m->out + at[p + 2], _mm512_shuffle_i64x2(q, q, 0xaa), blocks, m->channels);
		if (p + 3 < pixels)
			store(m->out + at[p + 3], _mm512_shuffle_i64x2(q, q, 0xff), blocks,
			      m->channels);
	}
}

/* @pixels, @blocks and @is_signed are constants, so that acc[] lies in registers. */
static __always_inline void multiply(const struct avx512_product *m, u32 done, u32 pixels,
				     u32 blocks, bool is_signed)
{
	const __m512i flip = _mm512_set1_epi8((char)0x80);
	__m512i acc[MAX_PIXELS][MAX_BLOCKS];
	const u8 *row[MAX_PIXELS];
	const u8 *w[MAX_BLOCKS];
	u32 b, p;
	size_t k;

#pragma GCC unroll 4
	for (b = 0; b < blocks; b++)
		w[b] = m->weights + b * m->block_step;
#pragma GCC unroll 12
	for (p = 0; p < pixels; p++) {
		__m512i c = _mm512_set1_epi32(m->correction[done + p]);

		row[p] = m->rows + (done + p) * m->row_step;
#pragma GCC unroll 4
		for (b = 0; b < blocks; b++)
			acc[p][b] = _mm512_sub_epi32(m->requant[b].bias, c);
	}
	for (k = 0; k < m->groups; k++) {
		__m512i v[MAX_BLOCKS];

#pragma GCC unroll 4
		for (b = 0; b < blocks; b++) {
			v[b] = _mm512_loadu_si512(w[b] + k * 64);
			if (!is_signed)
				v[b] = _mm512_xor_si512(v[b], flip);
		}
#pragma GCC unroll 12
		for (p = 0; p < pixels; p++) {
			s32 word;
			__m512i x;

			memcpy(&word, row[p] + k * VNPU_DOT_BLOCK, sizeof(word));
			x = _mm512_set1_epi32(word);
#pragma GCC unroll 4
			for (b = 0; b < blocks; b++)
				acc[p][b] = is_signed ? _mm512_dpbusd_epi32(acc[p][b], v[b], x) :
							_mm512_dpbusd_epi32(acc[p][b], x, v[b]);
		}
	}
	if (m->tame && m->output->t.way == TAME_UP) {
		finish(m, acc, done, pixels, blocks);
		return;
	}
#pragma GCC unroll 12
	for (p = 0; p < pixels; p++) {
#pragma GCC unroll 4
		for (b = 0; b < blocks; b++)
			m->sums[p * MAX_BLOCKS + b] = acc[p][b];
	}
	finish_sums(m, done, pixels);
}

/* As many of @left pixels as one register block takes: @most, or less at the end of a chunk. */
static __always_inline u32 multiply_most(const struct avx512_product *m, u32 done, u32 left,
					 u32 blocks, bool is_signed, u32 most, u32 more, u32 some)
{
	if (left >= most) {
		multiply(m, done, most, blocks, is_signed);
		return most;
	}
	if (left >= more) {
		multiply(m, done, more, blocks, is_signed);
		return more;
	}
	if (left >= some) {
		multiply(m, done, some, blocks, is_signed);
		return some;
	}
	multiply(m, done, 1, blocks, is_signed);
	return 1;
}

static __always_inline u32 multiply_some(const struct avx512_product *m, u32 done, u32 left,
					 bool is_signed)
{
	switch (m->blocks) {
	case 1:
		return multiply_most(m, done, left, 1, is_signed, 12, 8, 4);
	case 2:
		return multiply_most(m, done, left, 2, is_signed, 12, 6, 3);
	case 3:
		return multiply_most(m, done, left, 3, is_signed, 8, 4, 2);
	default:
		return multiply_most(m, done, left, 4, is_signed, 6, 4, 2);
	}
}

static void multiply_signed(const struct avx512_product *m, u32 pixels)
{
	u32 done = 0;

	while (done < pixels)
		done += multiply_some(m, done, pixels - done, true);
}

static void multiply_unsigned(const struct avx512_product *m, u32 pixels)
{
	u32 done = 0;

	while (done < pixels)
		done += multiply_some(m, done, pixels - done, false);
}

void avx512_multiply(const struct avx512_product *m, u32 pixels)
{
	if (m->is_signed)
		multiply_signed(m, pixels);
	else
		multiply_unsigned(m, pixels);
}
