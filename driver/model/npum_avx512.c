// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * AVX-512 VNNI: the table of kernels, and the way from sums to codes that they share.
 */
#include "npum_avx512.h"

static void store_pixel(u8 *out, __m128i q, u32 channels)
{
	if (channels == VNPU_CHANNEL_BLOCK)
		_mm_storeu_si128((__m128i *)out, q);
	else
		_mm_mask_storeu_epi8(out, (__mmask16)avx512_first(channels), q);
}

static void store_pixels(u8 *out, const size_t *at, u32 pixels, __m512i q, u32 channels)
{
	store_pixel(out + at[0], _mm512_castsi512_si128(q), channels);
	if (pixels > 1)
		store_pixel(out + at[1], _mm512_extracti32x4_epi32(q, 1), channels);
	if (pixels > 2)
		store_pixel(out + at[2], _mm512_extracti32x4_epi32(q, 2), channels);
	if (pixels > 3)
		store_pixel(out + at[3], _mm512_extracti32x4_epi32(q, 3), channels);
}

void avx512_requant_pixels(const struct avx512_requant *r, const struct avx512_output *o,
			   const __m512i *acc, u32 step, u32 pixels, u8 *out, const size_t *at,
			   u32 channels)
{
	u32 i, j;

	for (i = 0; i < pixels; i += 4) {
		u32 n = min(pixels - i, 4u);
		__m512i q[4];

		for (j = 0; j < 4; j++) {
			/* the last group repeats its last pixel */
			__m512i sum = acc[(i + min(j, n - 1)) * step];

			q[j] = r->tame ? avx512_requant_tame(r, o->nudge, sum) :
					 avx512_requant_any(r, o, sum);
		}
		store_pixels(out, at + i, n, avx512_pack(o, q[0], q[1], q[2], q[3]), channels);
	}
}

static const struct npum_isa_kernel kernels[] = {
	{ VNPU_OP_CONV2D, npum_conv_avx512_handles, npum_conv_avx512 },
	{ VNPU_OP_DEPTHWISE, npum_depthwise_avx512_handles, npum_depthwise_avx512 },
	{ VNPU_OP_FULLY_CONNECTED, npum_conv_avx512_handles, npum_conv_avx512 },
	{ 0 },
};

const struct npum_isa npum_isa_avx512vnni = {
	.name = "avx512vnni",
	.features = NPUM_FEATURE_AVX512_VNNI,
	.kernels = kernels,
};
