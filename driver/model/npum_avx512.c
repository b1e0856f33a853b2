// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * AVX-512 VNNI: the table of kernels, and the way from sums to codes that they share.
 */
#include "npum_avx512.h"

#include "npum_elementwise.h"
#include "npum_i16_vector.h"
#include "npum_real_kernels.h"

void avx512_output_init(struct avx512_output *o, const struct npum_personality *p,
			const struct vnpu_op *op)
{
	tame_output_init(&o->t, p, op);
	o->nudge = _mm512_set1_epi64(o->t.single ? 0 : 1ll << 31);
	o->zero = _mm512_set1_epi32(o->t.zero);
	o->low = _mm512_set1_epi8((char)op->p.clamp[0]);
	o->high = _mm512_set1_epi8((char)op->p.clamp[1]);
}

void avx512_requant_init(struct avx512_requant *r, const struct avx512_output *o, const u8 *table,
			 u32 terms)
{
	const __m512i zero = _mm512_setzero_si512();
	const __m512i one = _mm512_set1_epi32(1);
	__m512i shift, half;
	__mmask16 tame;

	r->bias = _mm512_loadu_si512(table + offsetof(struct vnpu_requant_block, bias));
	r->bias = _mm512_min_epi32(r->bias, _mm512_set1_epi32(o->t.most_bias));
	r->bias = _mm512_max_epi32(r->bias, _mm512_set1_epi32(o->t.least_bias));
	r->mult = _mm512_loadu_si512(table + offsetof(struct vnpu_requant_block, mult));
	r->mult_odd = _mm512_srli_epi64(r->mult, 32);
	shift = _mm512_loadu_si512(table + offsetof(struct vnpu_requant_block, shift));
	r->offset = o->t.biased ? _mm512_castsi512_ps(shift) : _mm512_set1_ps(o->t.offset);
	shift = _mm512_max_epi32(shift, _mm512_set1_epi32(NPUM_SHIFT_MIN));
	shift = _mm512_min_epi32(shift, _mm512_set1_epi32(NPUM_SHIFT_MAX));
	r->left = _mm512_max_epi32(shift, zero);
	r->right = _mm512_sub_epi32(zero, _mm512_min_epi32(shift, zero));

	tame = _mm512_cmple_epi32_mask(r->bias, _mm512_set1_epi32(TAME_BIAS)) &
	       _mm512_cmpge_epi32_mask(r->bias, _mm512_set1_epi32(-TAME_BIAS)) &
	       _mm512_cmpge_epi32_mask(r->mult, zero) &
	       _mm512_cmpge_epi32_mask(shift, _mm512_set1_epi32(-TAME_SHIFT)) &
	       _mm512_cmple_epi32_mask(shift, o->t.single ? _mm512_set1_epi32(-1) : zero);
	/* binary32 has one way only, which takes any table */
	r->tame = (tame == 0xffff && terms <= TAME_TERMS) || o->t.is_float;

	r->ties_away = o->t.single || o->t.up ? 0 : _mm512_cmpgt_epi32_mask(r->right, zero);
	half = _mm512_srli_epi32(_mm512_sllv_epi32(one, r->right), 1);
	half = _mm512_and_si512(half, _mm512_set1_epi32(o->t.half ? -1 : 0));
	r->round = _mm512_sllv_epi32(_mm512_set1_epi32(o->t.early), r->right);
	r->round = _mm512_add_epi32(r->round, half);
}

/* Any table: npum_requant() and the zero point, 16 lanes at a time. */
__m512i avx512_requant_any(const struct avx512_requant *r, const struct avx512_output *o,
			   __m512i acc)
{
	__m512i even, odd, y;

	if (o->t.single) {
		/* total = 31 - shift, 1..62 */
		__m512i total = _mm512_add_epi32(_mm512_sub_epi32(r->right, r->left),
						 _mm512_set1_epi32(31));
		__m512i t0 = _mm512_and_si512(total, _mm512_set1_epi64(0xff));
		__m512i t1 = _mm512_srli_epi64(total, 32);

		even = avx512_round_shift(o->t.rounding, _mm512_mul_epi32(acc, r->mult), t0);
		odd = _mm512_mul_epi32(_mm512_srli_epi64(acc, 32), r->mult_odd);
		odd = _mm512_slli_epi64(avx512_round_shift(o->t.rounding, odd, t1), 32);
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
		/* mask >> 1, one more for negative y whose ties go away from zero */
		threshold = _mm512_srli_epi32(mask, 1);
		if (!o->t.up)
			threshold = _mm512_sub_epi32(threshold, _mm512_srai_epi32(y, 31));
		y = _mm512_mask_add_epi32(_mm512_srav_epi32(y, r->right),
					  _mm512_cmpgt_epi32_mask(rest, threshold),
					  _mm512_srav_epi32(y, r->right), _mm512_set1_epi32(1));
	}
	return _mm512_add_epi32(y, o->zero);
}

NPUM_REAL_PROTOTYPES(avx512)

static const struct npum_isa_kernel kernels[] = {
	{ VNPU_OP_CONV2D, npum_conv_avx512_handles, npum_conv_avx512 },
	{ VNPU_OP_DEPTHWISE, npum_depthwise_avx512_handles, npum_depthwise_avx512 },
	{ VNPU_OP_FULLY_CONNECTED, npum_conv_avx512_handles, npum_conv_avx512 },
	{ VNPU_OP_ADD, npum_sum_handles, npum_sum_avx512 },
	{ VNPU_OP_SUB, npum_sum_handles, npum_sum_avx512 },
	{ VNPU_OP_MUL, npum_elementwise_handles, npum_product_avx512 },
	{ VNPU_OP_REQUANTIZE, npum_elementwise_handles, npum_requantize_avx512 },
	{ VNPU_OP_CONV2D_I16, npum_i16_vector_handles, npum_conv_i16_avx512 },
	{ VNPU_OP_DEPTHWISE_I16, npum_i16_taps_handles, npum_depthwise_i16_avx512 },
	{ VNPU_OP_FULLY_CONNECTED_I16, npum_i16_vector_handles, npum_conv_i16_avx512 },
	NPUM_REAL_KERNELS(avx512),
	{ 0 },
};

const struct npum_isa npum_isa_avx512vnni = {
	.name = "avx512vnni",
	.features = NPUM_FEATURE_AVX512_VNNI,
	.kernels = kernels,
};
