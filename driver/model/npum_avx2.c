// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * AVX2: the table of kernels, and the way from sums to codes that they share.
 */
#include "npum_avx2.h"

#include "npum_elementwise.h"
#include "npum_i16_vector.h"
#include "npum_real_kernels.h"

void avx2_output_init(struct avx2_output *o, const struct npum_personality *p,
		      const struct vnpu_op *op)
{
	tame_output_init(&o->t, p, op);
	o->nudge = _mm256_set1_epi64x(o->t.single ? 0 : 1ll << 31);
	o->zero = _mm256_set1_epi32(o->t.zero);
	o->low = _mm_set1_epi8((char)op->p.clamp[0]);
	o->high = _mm_set1_epi8((char)op->p.clamp[1]);
}

static __m256i load(const u8 *table, size_t field, u32 half)
{
	return _mm256_loadu_si256((const __m256i *)(table + field + half * sizeof(__m256i)));
}

/* All ones where low <= v <= high. */
static __m256i within(__m256i v, s32 low, s32 high)
{
	return _mm256_and_si256(_mm256_cmpgt_epi32(v, _mm256_set1_epi32(low - 1)),
				_mm256_cmpgt_epi32(_mm256_set1_epi32(high + 1), v));
}

/* Return: all ones in tame lanes. */
static __m256i half_init(struct avx2_half *h, const struct avx2_output *o, const u8 *table,
			 u32 half)
{
	const __m256i none = _mm256_setzero_si256();
	__m256i shift = load(table, offsetof(struct vnpu_requant_block, shift), half);
	__m256i tame, round;

	h->bias = load(table, offsetof(struct vnpu_requant_block, bias), half);
	h->bias = _mm256_min_epi32(h->bias, _mm256_set1_epi32(o->t.most_bias));
	h->bias = _mm256_max_epi32(h->bias, _mm256_set1_epi32(o->t.least_bias));
	h->mult = load(table, offsetof(struct vnpu_requant_block, mult), half);
	h->mult_odd = _mm256_srli_epi64(h->mult, 32);
	h->offset = o->t.biased ? _mm256_castsi256_ps(shift) : _mm256_set1_ps(o->t.offset);
	shift = _mm256_max_epi32(shift, _mm256_set1_epi32(NPUM_SHIFT_MIN));
	shift = _mm256_min_epi32(shift, _mm256_set1_epi32(NPUM_SHIFT_MAX));
	h->left = _mm256_max_epi32(shift, none);
	h->right = _mm256_sub_epi32(none, _mm256_min_epi32(shift, none));

	tame = within(h->bias, -TAME_BIAS, TAME_BIAS);
	tame = _mm256_andnot_si256(_mm256_srai_epi32(h->mult, 31), tame);
	tame = _mm256_and_si256(tame, within(shift, -TAME_SHIFT, o->t.single ? -1 : 0));

	h->ties_away = o->t.single || o->t.up ? none : _mm256_cmpgt_epi32(h->right, none);
	round = _mm256_srli_epi32(_mm256_sllv_epi32(_mm256_set1_epi32(1), h->right), 1);
	round = _mm256_and_si256(round, _mm256_set1_epi32(o->t.half ? -1 : 0));
	h->round = _mm256_sllv_epi32(_mm256_set1_epi32(o->t.early), h->right);
	h->round = _mm256_add_epi32(h->round, round);
	return tame;
}

void avx2_requant_init(struct avx2_requant *r, const struct avx2_output *o, const u8 *table,
		       u32 terms)
{
	__m256i low = half_init(&r->half[0], o, table, 0);
	__m256i high = half_init(&r->half[1], o, table, 1);

	r->tame = !o->t.is_float && terms <= TAME_TERMS &&
		  _mm256_movemask_epi8(_mm256_and_si256(low, high)) == -1;
}

/* Low words of @even's and high words of @odd's 64-bit lanes. */
static inline __m256i merge(__m256i even, __m256i odd)
{
	return _mm256_blend_epi32(even, odd, 0xaa);
}

/* Upper halves of 64-bit lanes, those of channels next to each other. */
static inline __m256i upper(__m256i even, __m256i odd)
{
	return merge(_mm256_srli_epi64(even, 32), odd);
}

/* TAME_UP, as the two below for a tame block; npum_tame.h has the proofs. */
static inline __m256i requant_up(const struct avx2_half *h, __m256i nudge, __m256i acc)
{
	__m256i twice = _mm256_add_epi32(acc, acc);
	__m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(twice, 32), h->mult_odd);
	__m256i even = _mm256_mul_epi32(twice, h->mult);
	__m256i y;

	odd = _mm256_add_epi64(odd, nudge);
	even = _mm256_add_epi64(even, nudge);
	y = upper(even, odd);
	y = _mm256_add_epi32(y, _mm256_and_si256(_mm256_srai_epi32(y, 31), h->ties_away));
	return _mm256_srav_epi32(_mm256_add_epi32(y, h->round), h->right);
}

/* TAME_ODD; vpsignd makes 0 of what an accumulator of 0 has become, which it is. */
static inline __m256i requant_odd(const struct avx2_half *h, __m256i zero, __m256i acc)
{
	__m256i twice = _mm256_abs_epi32(_mm256_add_epi32(acc, acc));
	__m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(twice, 32), h->mult_odd);
	__m256i even = _mm256_mul_epi32(twice, h->mult);
	__m256i y = _mm256_add_epi32(upper(even, odd), h->round);

	y = _mm256_sign_epi32(_mm256_srav_epi32(y, h->right), acc);
	return _mm256_add_epi32(y, zero);
}

/* TAME_EVEN */
static inline __m256i requant_even(const struct avx2_half *h, __m256i zero, __m256i acc)
{
	const __m256i less = _mm256_set1_epi64x(-1);
	__m256i twice = _mm256_add_epi32(acc, acc);
	__m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(twice, 32), h->mult_odd);
	__m256i even = _mm256_mul_epi32(twice, h->mult);
	__m256i up = _mm256_add_epi32(upper(even, odd), h->round), down;

	down = upper(_mm256_add_epi64(even, less), _mm256_add_epi64(odd, less));
	down = _mm256_srav_epi32(_mm256_add_epi32(down, h->round), h->right);
	up = _mm256_srav_epi32(up, h->right);
	down = _mm256_and_si256(_mm256_xor_si256(up, down), _mm256_set1_epi32(1));
	return _mm256_add_epi32(_mm256_andnot_si256(down, up), zero);
}

static inline __m256i requant_tame(const struct avx2_half *h, const struct avx2_output *o,
				   __m256i acc)
{
	if (o->t.way == TAME_ODD)
		return requant_odd(h, o->zero, acc);
	if (o->t.way == TAME_EVEN)
		return requant_even(h, o->zero, acc);
	return requant_up(h, o->nudge, acc);
}

static __m256i requant_once(const struct avx2_half *h, __m256i acc, enum npum_rounding rounding)
{
	/* total = 31 - shift, 1..62 */
	__m256i total =
		_mm256_add_epi32(_mm256_sub_epi32(h->right, h->left), _mm256_set1_epi32(31));
	__m256i even = _mm256_mul_epi32(acc, h->mult);
	__m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(acc, 32), h->mult_odd);

	even = avx2_round_shift(rounding, even, _mm256_and_si256(total, _mm256_set1_epi64x(0xff)));
	odd = avx2_round_shift(rounding, odd, _mm256_srli_epi64(total, 32));
	return merge(even, _mm256_slli_epi64(odd, 32));
}

static __m256i requant_double(const struct avx2_half *h, __m256i acc, bool up)
{
	const __m256i least = _mm256_set1_epi32(S32_MIN);
	const __m256i half = _mm256_set1_epi64x(1 << 30);
	const __m256i one = _mm256_set1_epi32(1);
	__m256i x = _mm256_sllv_epi32(acc, h->left);
	__m256i even = _mm256_mul_epi32(x, h->mult);
	__m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(x, 32), h->mult_odd);
	__m256i most, mask, rest, threshold, y;

	even = _mm256_srli_epi64(_mm256_add_epi64(even, half), 31);
	odd = _mm256_slli_epi64(_mm256_add_epi64(odd, half), 1);
	y = merge(even, odd);
	/* the one product that does not fit came out as S32_MIN: less one it is S32_MAX */
	most = _mm256_and_si256(_mm256_cmpeq_epi32(x, least), _mm256_cmpeq_epi32(h->mult, least));
	y = _mm256_add_epi32(y, most);

	mask = _mm256_sub_epi32(_mm256_sllv_epi32(one, h->right), one);
	rest = _mm256_and_si256(y, mask);
	/* mask >> 1, one more for negative y whose ties go away from zero */
	threshold = _mm256_srli_epi32(mask, 1);
	if (!up)
		threshold = _mm256_sub_epi32(threshold, _mm256_srai_epi32(y, 31));
	return _mm256_sub_epi32(_mm256_srav_epi32(y, h->right),
				_mm256_cmpgt_epi32(rest, threshold));
}

/* npum_requant_offset() */
static inline __m256i requant_float(const struct avx2_half *h, __m256i acc)
{
	__m256 v = _mm256_mul_ps(_mm256_cvtepi32_ps(acc), _mm256_castsi256_ps(h->mult));

	v = _mm256_add_ps(v, h->offset);
	v = _mm256_max_ps(v, _mm256_set1_ps(-NPUM_REAL_FAR));
	v = _mm256_min_ps(v, _mm256_set1_ps(NPUM_REAL_FAR));
	return _mm256_cvtps_epi32(v);
}

static __m256i requant_any(const struct avx2_half *h, const struct avx2_output *o, __m256i acc)
{
	if (o->t.is_float)
		return requant_float(h, acc);
	return o->t.single ? requant_once(h, acc, o->t.rounding) : requant_double(h, acc, o->t.up);
}

__m256i avx2_requant_half(const struct avx2_requant *r, u32 i, const struct avx2_output *o,
			  __m256i acc)
{
	const struct avx2_half *h = &r->half[i];

	if (r->tame)
		return requant_tame(h, o, acc);
	return _mm256_add_epi32(requant_any(h, o, acc), o->zero);
}

void avx2_requant(const struct avx2_requant *r, const struct avx2_output *o, __m256i low,
		  __m256i high, u8 *out, u32 channels)
{
	avx2_store(o, avx2_requant_half(r, 0, o, low), avx2_requant_half(r, 1, o, high), out,
		   channels);
}

NPUM_REAL_PROTOTYPES(avx2)

static const struct npum_isa_kernel kernels[] = {
	{ VNPU_OP_CONV2D, npum_conv_avx2_handles, npum_conv_avx2 },
	{ VNPU_OP_DEPTHWISE, npum_depthwise_avx2_handles, npum_depthwise_avx2 },
	{ VNPU_OP_FULLY_CONNECTED, npum_conv_avx2_handles, npum_conv_avx2 },
	{ VNPU_OP_ADD, npum_sum_handles, npum_sum_avx2 },
	{ VNPU_OP_SUB, npum_sum_handles, npum_sum_avx2 },
	{ VNPU_OP_MUL, npum_elementwise_handles, npum_product_avx2 },
	{ VNPU_OP_REQUANTIZE, npum_elementwise_handles, npum_requantize_avx2 },
	{ VNPU_OP_CONV2D_I16, npum_i16_vector_handles, npum_conv_i16_avx2 },
	{ VNPU_OP_DEPTHWISE_I16, npum_i16_taps_handles, npum_depthwise_i16_avx2 },
	{ VNPU_OP_FULLY_CONNECTED_I16, npum_i16_vector_handles, npum_conv_i16_avx2 },
	NPUM_REAL_KERNELS(avx2),
	{ 0 },
};

const struct npum_isa npum_isa_avx2 = {
	.name = "avx2",
	.features = NPUM_FEATURE_AVX2,
	.kernels = kernels,
};
