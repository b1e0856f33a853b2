// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * ADD, SUB, MUL and REQUANTIZE for AVX2, 16 elements at a time.
 *
 * Sums go through floating point, see npum_sum.h; products and single codes
 * through the requantisation that convolutions use.
 */
#include "npum_avx2.h"
#include "npum_elementwise.h"
#include "npum_sum.h"

/* Elements computed together, in halves of 8. */
#define STEP VNPU_CHANNEL_BLOCK
#define HALVES 2u

/**
 * struct elementwise - a tile's state
 * @term: ADD, SUB: rescales of the inputs
 * @result: rescale of the result
 * @terms: "output" that a term is, with zero point 0
 * @output: output
 * @operand: elements of an input that do not lie side by side or not all there
 * @flip: what makes the bytes of an input signed
 * @zero: an input's zero point among signed bytes
 * @sum: coefficients in floating point
 * @rescale: the one being prepared
 * @lift: bits that values are shifted left before they are rescaled
 * @negative: ADD: all zeros; SUB: all ones
 */
struct elementwise {
	struct avx2_requant term[2];
	struct avx2_requant result;
	struct avx2_output terms;
	struct avx2_output output;
	u8 operand[2][STEP];
	__m128i flip[2];
	__m256i zero[2];
	struct npum_sum sum;
	struct npum_rescale rescale;
	u32 lift;
	s32 negative;
};

static_assert(sizeof(struct elementwise) <= NPUM_ELEMENTWISE_BYTES, "scratch is too small");

static inline __m256i load(const struct elementwise *e, u32 i, const u8 *from)
{
	__m128i v = _mm_loadl_epi64((const __m128i *)from);

	return _mm256_cvtepi8_epi32(_mm_xor_si128(v, e->flip[i]));
}

static inline __m256i load_centred(const struct elementwise *e, u32 i, const u8 *from)
{
	return _mm256_sub_epi32(load(e, i, from), e->zero[i]);
}

/* The formula itself, where floating point does not tell; apart, as it is large and rare. */
static noinline void sum_exact(const struct elementwise *e, const u8 *a, const u8 *b, u8 *out,
			       u32 count)
{
	const __m256i negative = _mm256_set1_epi32(e->negative);
	const __m128i left = _mm_cvtsi32_si128((int)e->lift);
	__m256i sum[HALVES];
	u32 h;

	for (h = 0; h < HALVES; h++) {
		__m256i x0 = _mm256_sll_epi32(load_centred(e, 0, a + h * 8), left);
		__m256i x1 = _mm256_sll_epi32(load_centred(e, 1, b + h * 8), left);

		x0 = avx2_requant_half(&e->term[0], h, &e->terms, x0);
		x1 = avx2_requant_half(&e->term[1], h, &e->terms, x1);
		x1 = _mm256_sub_epi32(_mm256_xor_si256(x1, negative), negative);
		sum[h] = _mm256_add_epi32(x0, x1);
	}
	avx2_requant(&e->result, &e->output, sum[0], sum[1], out, count);
}

static __always_inline void sum_codes(const void *state, const u8 *a, const u8 *b, u8 *out,
				      u32 count)
{
	const struct elementwise *e = state;
	const __m256 scale0 = _mm256_set1_ps(e->sum.scale[0]);
	const __m256 scale1 = _mm256_set1_ps(e->sum.scale[1]);
	const __m256 offset = _mm256_set1_ps(e->sum.offset);
	const __m256 clear = _mm256_set1_ps(e->sum.clear);
	const __m256 sign = _mm256_set1_ps(-0.0f);
	__m256 most = _mm256_setzero_ps();
	__m256i y[HALVES];
	u32 h;

	for (h = 0; h < HALVES; h++) {
		__m256 x0 = _mm256_cvtepi32_ps(load(e, 0, a + h * 8));
		__m256 x1 = _mm256_cvtepi32_ps(load(e, 1, b + h * 8));
		__m256 r = _mm256_add_ps(_mm256_mul_ps(x0, scale0), offset), nearest;

		r = _mm256_add_ps(_mm256_mul_ps(x1, scale1), r);
		nearest = _mm256_round_ps(r, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
		y[h] = _mm256_cvtps_epi32(nearest);
		most = _mm256_max_ps(most, _mm256_andnot_ps(sign, _mm256_sub_ps(r, nearest)));
	}
	if (_mm256_movemask_ps(_mm256_cmp_ps(most, clear, _CMP_NLE_UQ)))
		sum_exact(e, a, b, out, count);
	else
		avx2_store(&e->output, y[0], y[1], out, count);
}

/*
 * Sums whose form is a float one.  Each rounding is part of the definition: NPUM_ADD_FLOAT has
 * no fused multiply-add, NPUM_ADD_FUSED has two.
 */
static __always_inline void real_sums(const struct elementwise *e, const u8 *a, const u8 *b,
				      u8 *out, u32 count, bool fused)
{
	const __m256 scale0 = _mm256_set1_ps(e->sum.scale[0]);
	const __m256 scale1 = _mm256_set1_ps(e->sum.scale[1]);
	const __m256 offset = _mm256_set1_ps(e->sum.offset);
	__m256i y[HALVES];
	u32 h;

	for (h = 0; h < HALVES; h++) {
		__m256 x0 = _mm256_cvtepi32_ps(load_centred(e, 0, a + h * 8));
		__m256 x1 = _mm256_cvtepi32_ps(load_centred(e, 1, b + h * 8));
		__m256 r;

		if (fused) {
			r = _mm256_fmadd_ps(x0, scale0, _mm256_fmadd_ps(x1, scale1, offset));
		} else {
			r = _mm256_add_ps(offset, _mm256_mul_ps(x0, scale0));
			r = _mm256_add_ps(r, _mm256_mul_ps(x1, scale1));
		}
		r = _mm256_max_ps(r, _mm256_set1_ps(-NPUM_REAL_FAR));
		r = _mm256_min_ps(r, _mm256_set1_ps(NPUM_REAL_FAR));
		y[h] = _mm256_add_epi32(_mm256_cvtps_epi32(r), e->output.zero);
	}
	avx2_store(&e->output, y[0], y[1], out, count);
}

/* NPUM_ADD_FLOAT */
static void float_codes(const void *state, const u8 *a, const u8 *b, u8 *out, u32 count)
{
	real_sums(state, a, b, out, count, false);
}

/* NPUM_ADD_FUSED; the zero point is folded, so that of the output is no more to be added. */
static void fused_codes(const void *state, const u8 *a, const u8 *b, u8 *out, u32 count)
{
	real_sums(state, a, b, out, count, true);
}

static __always_inline void rescaled_codes(const struct elementwise *e, const u8 *a, const u8 *b,
					   u8 *out, u32 count, bool product)
{
	const __m128i lift = _mm_cvtsi32_si128((int)e->lift);
	__m256i x[HALVES];
	u32 h;

	for (h = 0; h < HALVES; h++) {
		x[h] = load_centred(e, 0, a + h * 8);
		if (product)
			x[h] = _mm256_mullo_epi32(x[h], load_centred(e, 1, b + h * 8));
		x[h] = _mm256_sll_epi32(x[h], lift);
	}
	avx2_requant(&e->result, &e->output, x[0], x[1], out, count);
}

static __always_inline void product_codes(const void *state, const u8 *a, const u8 *b, u8 *out,
					  u32 count)
{
	rescaled_codes(state, a, b, out, count, true);
}

static __always_inline void single_codes(const void *state, const u8 *a, const u8 *b, u8 *out,
					 u32 count)
{
	rescaled_codes(state, a, b, out, count, false);
}

static __always_inline void run_tile(struct elementwise *e, const struct npum_exec *x,
				     const struct vnpu_op *op, u32 tile, npum_codes_fn *codes)
{
	npum_walk_vectors(x, op, tile, codes, e, e->operand[0], STEP);
}

static __always_inline void run_product(struct elementwise *e, const struct npum_exec *x,
					const struct vnpu_op *op, u32 tile)
{
	run_tile(e, x, op, tile, product_codes);
}

static __always_inline void run_single(struct elementwise *e, const struct npum_exec *x,
				       const struct vnpu_op *op, u32 tile)
{
	run_tile(e, x, op, tile, single_codes);
}

#define ISA(name) avx2_##name
#define ISA_TILE(name) npum_##name##_avx2
#define ISA_SET1(v) _mm256_set1_epi32(v)
#include "npum_elementwise_tile.h"
