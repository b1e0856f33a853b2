// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * ADD, SUB, MUL and REQUANTIZE for AVX-512, 64 elements at a time.
 *
 * Sums go through floating point, see npum_sum.h; products and single codes
 * through the requantisation that convolutions use.
 */
#include "npum_avx512.h"
#include "npum_elementwise.h"
#include "npum_sum.h"

/* Elements computed together, and vectors of 16 that they make. */
#define STEP 64u
#define VECTORS 4u

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
	struct avx512_requant term[2];
	struct avx512_requant result;
	struct avx512_output terms;
	struct avx512_output output;
	u8 operand[2][STEP];
	__m128i flip[2];
	__m512i zero[2];
	struct npum_sum sum;
	struct npum_rescale rescale;
	u32 lift;
	s32 negative;
};

static_assert(sizeof(struct elementwise) <= NPUM_ELEMENTWISE_BYTES, "scratch is too small");

static inline void store(const struct elementwise *e, const __m512i y[VECTORS], u8 *out, u32 count)
{
	__m512i q = avx512_pack(&e->output, y[0], y[1], y[2], y[3]);

	if (count == STEP)
		_mm512_storeu_si512(out, q);
	else
		_mm512_mask_storeu_epi8(out, avx512_first(count), q);
}

static inline __m512i load(const struct elementwise *e, u32 i, const u8 *from)
{
	__m128i v = _mm_loadu_si128((const __m128i *)from);

	return _mm512_cvtepi8_epi32(_mm_xor_si128(v, e->flip[i]));
}

static inline __m512i load_centred(const struct elementwise *e, u32 i, const u8 *from)
{
	return _mm512_sub_epi32(load(e, i, from), e->zero[i]);
}

/* The formula itself, where floating point does not tell; apart, as it is large and rare. */
static noinline void sum_exact(const struct elementwise *e, const u8 *a, const u8 *b, u8 *out,
			       u32 count)
{
	const __m512i negative = _mm512_set1_epi32(e->negative);
	const __m128i left = _mm_cvtsi32_si128((int)e->lift);
	__m512i y[VECTORS];
	u32 v;

	for (v = 0; v < VECTORS; v++) {
		__m512i x0 = _mm512_sll_epi32(load_centred(e, 0, a + v * 16), left);
		__m512i x1 = _mm512_sll_epi32(load_centred(e, 1, b + v * 16), left);

		x0 = avx512_requant_any(&e->term[0], &e->terms, x0);
		x1 = avx512_requant_any(&e->term[1], &e->terms, x1);
		x1 = _mm512_sub_epi32(_mm512_xor_si512(x1, negative), negative);
		y[v] = avx512_requant_any(&e->result, &e->output, _mm512_add_epi32(x0, x1));
	}
	store(e, y, out, count);
}

static __always_inline void sum_codes(const void *state, const u8 *a, const u8 *b, u8 *out,
				      u32 count)
{
	const struct elementwise *e = state;
	const __m512 scale0 = _mm512_set1_ps(e->sum.scale[0]);
	const __m512 scale1 = _mm512_set1_ps(e->sum.scale[1]);
	const __m512 offset = _mm512_set1_ps(e->sum.offset);
	const __m512 clear = _mm512_set1_ps(e->sum.clear);
	__m512 most = _mm512_setzero_ps();
	__m512i y[VECTORS];
	u32 v;

	for (v = 0; v < VECTORS; v++) {
		__m512 x0 = _mm512_cvtepi32_ps(load(e, 0, a + v * 16));
		__m512 x1 = _mm512_cvtepi32_ps(load(e, 1, b + v * 16));
		__m512 r = _mm512_fmadd_ps(x1, scale1, _mm512_fmadd_ps(x0, scale0, offset));

		y[v] = _mm512_cvt_roundps_epi32(r, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
		r = _mm512_sub_ps(r, _mm512_cvtepi32_ps(y[v]));
		/* the larger of both without their signs */
		most = _mm512_range_ps(most, r, 0xb);
	}
	if (_mm512_cmp_ps_mask(most, clear, _CMP_NLE_UQ))
		sum_exact(e, a, b, out, count);
	else
		store(e, y, out, count);
}

/*
 * Sums whose form is a float one.  Each rounding is part of the definition: NPUM_ADD_FLOAT has
 * no fused multiply-add, NPUM_ADD_FUSED has two.
 */
static __always_inline void real_sums(const struct elementwise *e, const u8 *a, const u8 *b,
				      u8 *out, u32 count, bool fused)
{
	const __m512 scale0 = _mm512_set1_ps(e->sum.scale[0]);
	const __m512 scale1 = _mm512_set1_ps(e->sum.scale[1]);
	const __m512 offset = _mm512_set1_ps(e->sum.offset);
	__m512i y[VECTORS];
	u32 v;

	for (v = 0; v < VECTORS; v++) {
		__m512 x0 = _mm512_cvtepi32_ps(load_centred(e, 0, a + v * 16));
		__m512 x1 = _mm512_cvtepi32_ps(load_centred(e, 1, b + v * 16));
		__m512 r;

		if (fused) {
			r = _mm512_fmadd_ps(x0, scale0, _mm512_fmadd_ps(x1, scale1, offset));
		} else {
			r = _mm512_add_ps(offset, _mm512_mul_ps(x0, scale0));
			r = _mm512_add_ps(r, _mm512_mul_ps(x1, scale1));
		}
		r = _mm512_max_ps(r, _mm512_set1_ps(-NPUM_REAL_FAR));
		r = _mm512_min_ps(r, _mm512_set1_ps(NPUM_REAL_FAR));
		y[v] = _mm512_add_epi32(_mm512_cvtps_epi32(r), e->output.zero);
	}
	store(e, y, out, count);
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
					   u8 *out, u32 count, bool product, bool tame)
{
	const __m128i lift = _mm_cvtsi32_si128((int)e->lift);
	__m512i y[VECTORS];
	u32 v;

	for (v = 0; v < VECTORS; v++) {
		__m512i x = load_centred(e, 0, a + v * 16);

		if (product)
			x = _mm512_mullo_epi32(x, load_centred(e, 1, b + v * 16));
		y[v] = _mm512_sll_epi32(x, lift);
	}
	if (tame)
		avx512_requant_short(&e->result, &e->output, y, 1, VECTORS);
	for (v = 0; v < VECTORS && !tame; v++)
		y[v] = avx512_requant_any(&e->result, &e->output, y[v]);
	store(e, y, out, count);
}

static __always_inline void product_tame(const void *state, const u8 *a, const u8 *b, u8 *out,
					 u32 count)
{
	rescaled_codes(state, a, b, out, count, true, true);
}

static void product_any(const void *state, const u8 *a, const u8 *b, u8 *out, u32 count)
{
	rescaled_codes(state, a, b, out, count, true, false);
}

static __always_inline void single_tame(const void *state, const u8 *a, const u8 *b, u8 *out,
					u32 count)
{
	rescaled_codes(state, a, b, out, count, false, true);
}

static void single_any(const void *state, const u8 *a, const u8 *b, u8 *out, u32 count)
{
	rescaled_codes(state, a, b, out, count, false, false);
}

static __always_inline void run_tile(struct elementwise *e, const struct npum_exec *x,
				     const struct vnpu_op *op, u32 tile, npum_codes_fn *codes)
{
	npum_walk_vectors(x, op, tile, codes, e, e->operand[0], STEP);
}

static __always_inline void run_product(struct elementwise *e, const struct npum_exec *x,
					const struct vnpu_op *op, u32 tile)
{
	if (e->result.tame)
		run_tile(e, x, op, tile, product_tame);
	else
		run_tile(e, x, op, tile, product_any);
}

static __always_inline void run_single(struct elementwise *e, const struct npum_exec *x,
				       const struct vnpu_op *op, u32 tile)
{
	if (e->result.tame)
		run_tile(e, x, op, tile, single_tame);
	else
		run_tile(e, x, op, tile, single_any);
}

#define ISA(name) avx512_##name
#define ISA_TILE(name) npum_##name##_avx512
#define ISA_SET1(v) _mm512_set1_epi32(v)
#include "npum_elementwise_tile.h"
