// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Products of int16 codes and int8 weights for AVX-512 VNNI, see npum_i16_vector.h. */
#include "npum_avx512.h"
#include "npum_i16_vector.h"

#define LANES NPUM_I16_LANES

/* The words of two terms, channel by channel. */
static inline __m512i pair_up(__m512i words)
{
	const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25,
					       9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2,
					       17, 1, 16, 0);

	return _mm512_permutexvar_epi16(order, words);
}

/* Weights of two terms, or of the last one and zeros; nothing behind them is read. */
static inline __m512i load_weights(const s8 *w, bool both)
{
	__m256i bytes = _mm256_maskz_loadu_epi8(both ? 0xffffffffu : 0xffffu, w);

	return pair_up(_mm512_cvtepi8_epi16(bytes));
}

/* *sum (+)= acc, in 64 bits. */
static inline void widen(s64 *sum, __m512i acc, bool first)
{
	__m512i low = _mm512_cvtepi32_epi64(_mm512_castsi512_si256(acc));
	__m512i high = _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(acc, 1));

	if (!first) {
		low = _mm512_add_epi64(low, _mm512_loadu_si512(sum));
		high = _mm512_add_epi64(high, _mm512_loadu_si512(sum + 8));
	}
	_mm512_storeu_si512(sum, low);
	_mm512_storeu_si512(sum + 8, high);
}

/* @pixels is a constant. */
static __always_inline void multiply(const s16 *rows, size_t row_step, const s8 *w, u32 terms,
				     u32 pixels, s64 (*sum)[LANES])
{
	u32 first, k, p;

	for (first = 0; first < terms; first += NPUM_I16_RUN) {
		u32 last = min(terms, first + NPUM_I16_RUN);
		__m512i acc[12];

#pragma GCC unroll 12
		for (p = 0; p < pixels; p++)
			acc[p] = _mm512_setzero_si512();
		for (k = first; k < last; k += 2) {
			__m512i v = load_weights(w + (size_t)k * LANES, k + 1 < last);

#pragma GCC unroll 12
			for (p = 0; p < pixels; p++) {
				s32 x;

				memcpy(&x, rows + p * row_step + k, sizeof(x));
				acc[p] = _mm512_dpwssd_epi32(acc[p], _mm512_set1_epi32(x), v);
			}
		}
#pragma GCC unroll 12
		for (p = 0; p < pixels; p++)
			widen(sum[p], acc[p], !first);
	}
}

static void rows_avx512(const s16 *rows, size_t row_step, const s8 *weights, u32 terms, u32 pixels,
			s64 (*sum)[LANES])
{
	for (; pixels >= 12; pixels -= 12, rows += 12 * row_step, sum += 12)
		multiply(rows, row_step, weights, terms, 12, sum);
	for (; pixels >= 4; pixels -= 4, rows += 4 * row_step, sum += 4)
		multiply(rows, row_step, weights, terms, 4, sum);
	for (; pixels; pixels--, rows += row_step, sum++)
		multiply(rows, row_step, weights, terms, 1, sum);
}

static void taps_avx512(const s16 *taps, const s8 *weights, u32 terms, s64 *sum)
{
	u32 first, k;

	for (first = 0; first < terms; first += NPUM_I16_RUN) {
		u32 last = min(terms, first + NPUM_I16_RUN);
		__m512i acc = _mm512_setzero_si512();

		for (k = first; k < last; k += 2) {
			__m512i v = load_weights(weights + (size_t)k * LANES, k + 1 < last);
			__m512i x = pair_up(_mm512_loadu_si512(taps + (size_t)k * LANES));

			acc = _mm512_dpwssd_epi32(acc, x, v);
		}
		widen(sum, acc, !first);
	}
}

/* Eight codes of a tame block, not clamped. */
static inline __m256i eight_codes(const struct npum_i16_block *b, const s64 *sum, u32 first)
{
	__m256i mult = _mm256_loadu_si256((const __m256i *)(b->table.mult + first));
	__m256i shift = _mm256_loadu_si256((const __m256i *)(b->table.shift + first));
	__m512i v = _mm512_loadu_si512(sum + first), bits;

	shift = _mm256_max_epi32(shift, _mm256_set1_epi32(NPUM_SHIFT_MIN));
	bits = _mm512_cvtepi32_epi64(_mm256_sub_epi32(_mm256_set1_epi32(15), shift));
	v = _mm512_add_epi64(v, _mm512_loadu_si512(b->table.bias + first));
	v = _mm512_mullo_epi64(v, _mm512_cvtepi32_epi64(_mm256_srai_epi32(mult, 16)));
	return _mm512_cvtepi64_epi32(avx512_round_shift(b->rounding, v, bits));
}

static void codes_avx512(const struct npum_i16_block *b, const s64 *sum, s16 *out)
{
	__m512i q = _mm512_castsi256_si512(eight_codes(b, sum, 0));

	q = _mm512_inserti64x4(q, eight_codes(b, sum, 8), 1);
	q = _mm512_max_epi32(q, _mm512_set1_epi32(b->clamp[0]));
	q = _mm512_min_epi32(q, _mm512_set1_epi32(b->clamp[1]));
	_mm256_mask_storeu_epi16(out, (__mmask16)avx512_first(b->count), _mm512_cvtepi32_epi16(q));
}

void npum_conv_i16_avx512(const struct npum_exec *x, const struct npum_personality *p,
			  const struct vnpu_op *op, u32 tile, void *scratch)
{
	npum_i16_conv_tile(x, p, op, tile, scratch, rows_avx512, codes_avx512);
}

void npum_depthwise_i16_avx512(const struct npum_exec *x, const struct npum_personality *p,
			       const struct vnpu_op *op, u32 tile, void *scratch)
{
	npum_i16_depthwise_tile(x, p, op, tile, scratch, taps_avx512, codes_avx512);
}
