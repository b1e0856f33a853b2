// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Products of int16 codes and int8 weights for AVX2, see npum_i16_vector.h. */
#include "npum_avx2.h"
#include "npum_i16_vector.h"

#define LANES NPUM_I16_LANES
#define MAX_PIXELS 4u

/**
 * struct pair - words or sums of 16 channels
 * @low: channels 0..3 and 8..11
 * @high: 4..7 and 12..15
 */
struct pair {
	__m256i low;
	__m256i high;
};

static inline struct pair both_of(__m256i v)
{
	return (struct pair){ v, v };
}

/* The words of two terms, channel by channel. */
static inline struct pair pair_up(__m256i even, __m256i odd)
{
	return (struct pair){ _mm256_unpacklo_epi16(even, odd), _mm256_unpackhi_epi16(even, odd) };
}

/* Weights of two terms, or of the last one and zeros; nothing behind them is read. */
static inline struct pair load_weights(const s8 *w, bool both)
{
	__m128i odd = _mm_setzero_si128();

	if (both)
		odd = _mm_loadu_si128((const __m128i *)(w + LANES));
	return pair_up(_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)w)),
		       _mm256_cvtepi8_epi16(odd));
}

/* Four sums (+)= those of @acc, in 64 bits. */
static inline void widen_four(s64 *sum, __m128i acc, bool first)
{
	__m256i v = _mm256_cvtepi32_epi64(acc);

	if (!first)
		v = _mm256_add_epi64(v, _mm256_loadu_si256((const __m256i *)sum));
	_mm256_storeu_si256((__m256i *)sum, v);
}

static inline void widen(s64 *sum, const struct pair *acc, bool first)
{
	widen_four(sum, _mm256_castsi256_si128(acc->low), first);
	widen_four(sum + 4, _mm256_castsi256_si128(acc->high), first);
	widen_four(sum + 8, _mm256_extracti128_si256(acc->low, 1), first);
	widen_four(sum + 12, _mm256_extracti128_si256(acc->high, 1), first);
}

static inline void add_products(struct pair *acc, const struct pair *x, const struct pair *w)
{
	acc->low = _mm256_add_epi32(acc->low, _mm256_madd_epi16(x->low, w->low));
	acc->high = _mm256_add_epi32(acc->high, _mm256_madd_epi16(x->high, w->high));
}

/* @pixels is a constant. */
static __always_inline void multiply(const s16 *rows, size_t row_step, const s8 *w, u32 terms,
				     u32 pixels, s64 (*sum)[LANES])
{
	u32 first, k, p;

	for (first = 0; first < terms; first += NPUM_I16_RUN) {
		u32 last = min(terms, first + NPUM_I16_RUN);
		struct pair acc[MAX_PIXELS];

#pragma GCC unroll 4
		for (p = 0; p < pixels; p++)
			acc[p] = both_of(_mm256_setzero_si256());
		for (k = first; k < last; k += 2) {
			struct pair v = load_weights(w + (size_t)k * LANES, k + 1 < last);

#pragma GCC unroll 4
			for (p = 0; p < pixels; p++) {
				struct pair x;
				s32 two;

				memcpy(&two, rows + p * row_step + k, sizeof(two));
				x = both_of(_mm256_set1_epi32(two));
				add_products(&acc[p], &x, &v);
			}
		}
#pragma GCC unroll 4
		for (p = 0; p < pixels; p++)
			widen(sum[p], &acc[p], !first);
	}
}

static void rows_avx2(const s16 *rows, size_t row_step, const s8 *weights, u32 terms, u32 pixels,
		      s64 (*sum)[LANES])
{
	for (; pixels >= 4; pixels -= 4, rows += 4 * row_step, sum += 4)
		multiply(rows, row_step, weights, terms, 4, sum);
	for (; pixels; pixels--, rows += row_step, sum++)
		multiply(rows, row_step, weights, terms, 1, sum);
}

static void taps_avx2(const s16 *taps, const s8 *weights, u32 terms, s64 *sum)
{
	u32 first, k;

	for (first = 0; first < terms; first += NPUM_I16_RUN) {
		u32 last = min(terms, first + NPUM_I16_RUN);
		struct pair acc = both_of(_mm256_setzero_si256());

		for (k = first; k < last; k += 2) {
			const __m256i *at = (const __m256i *)(taps + (size_t)k * LANES);
			struct pair v = load_weights(weights + (size_t)k * LANES, k + 1 < last);
			struct pair x = pair_up(_mm256_loadu_si256(at), _mm256_loadu_si256(at + 1));

			add_products(&acc, &x, &v);
		}
		widen(sum, &acc, !first);
	}
}

/* v * m in 64-bit lanes, for 0 <= m < 2^15 and products that fit. */
static inline __m256i product(__m256i v, __m256i m)
{
	__m256i high = _mm256_mul_epu32(_mm256_srli_epi64(v, 32), m);

	return _mm256_add_epi64(_mm256_mul_epu32(v, m), _mm256_slli_epi64(high, 32));
}

/* Four codes of a tame block, not clamped. */
static inline __m128i four_codes(const struct npum_i16_block *b, const s64 *sum, u32 first)
{
	const __m256i order = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
	__m128i mult = _mm_loadu_si128((const __m128i *)(b->table.mult + first));
	__m128i shift = _mm_loadu_si128((const __m128i *)(b->table.shift + first));
	__m256i v = _mm256_loadu_si256((const __m256i *)(sum + first)), bits;

	shift = _mm_max_epi32(shift, _mm_set1_epi32(NPUM_SHIFT_MIN));
	bits = _mm256_cvtepi32_epi64(_mm_sub_epi32(_mm_set1_epi32(15), shift));
	v = _mm256_add_epi64(v, _mm256_loadu_si256((const __m256i *)(b->table.bias + first)));
	v = product(v, _mm256_cvtepi32_epi64(_mm_srai_epi32(mult, 16)));
	v = avx2_round_shift(b->rounding, v, bits);
	return _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(v, order));
}

static inline __m128i clamped(const struct npum_i16_block *b, __m128i q)
{
	q = _mm_max_epi32(q, _mm_set1_epi32(b->clamp[0]));
	return _mm_min_epi32(q, _mm_set1_epi32(b->clamp[1]));
}

static void codes_avx2(const struct npum_i16_block *b, const s64 *sum, s16 *out)
{
	s16 codes[LANES];
	u32 i;

	for (i = 0; i < LANES; i += 8) {
		__m128i low = clamped(b, four_codes(b, sum, i));
		__m128i high = clamped(b, four_codes(b, sum, i + 4));

		_mm_storeu_si128((__m128i *)(codes + i), _mm_packs_epi32(low, high));
	}
	memcpy(out, codes, b->count * sizeof(*codes));
}

void npum_conv_i16_avx2(const struct npum_exec *x, const struct npum_personality *p,
			const struct vnpu_op *op, u32 tile, void *scratch)
{
	npum_i16_conv_tile(x, p, op, tile, scratch, rows_avx2, codes_avx2);
}

void npum_depthwise_i16_avx2(const struct npum_exec *x, const struct npum_personality *p,
			     const struct vnpu_op *op, u32 tile, void *scratch)
{
	npum_i16_depthwise_tile(x, p, op, tile, scratch, taps_avx2, codes_avx2);
}
