// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Depthwise products in floating point: each channel has sums of its own. */
#include "npum_real_product.h"

#include "npum_kernels.h"

/* The channels of a block under one tap; zeros on padding and behind the last channel. */
static void depthwise_tap(const struct npum_real_tile *r, const struct npum_conv_pixel *at,
			  u32 block, u32 tap, float *v)
{
	const struct vnpu_tensor *in = r->c.in;
	u32 multiplier = r->c.channels / in->shape[3], channel = block * VNPU_CHANNEL_BLOCK;
	u32 count = min(r->c.channels - channel, VNPU_CHANNEL_BLOCK);
	size_t offset;

	if (!npum_conv_tap(&r->c, at, tap / r->c.kernel[1], tap % r->c.kernel[1], &offset)) {
		memset(v, 0, NPUM_REAL_LANES * sizeof(*v));
		return;
	}
	if (multiplier == 1)
		npum_real_load(r->p, in->dtype, r->left + offset + (size_t)channel * in->stride[3],
			       in->stride[3], v, count);
	for (u32 i = 0; i < count && multiplier > 1; i++)
		npum_real_load(r->p, in->dtype,
			       r->left + offset +
				       (size_t)((channel + i) / multiplier) * in->stride[3],
			       0, &v[i], 1);
	memset(v + count, 0, (NPUM_REAL_LANES - count) * sizeof(*v));
}

static void depthwise_pixel(const struct npum_real_tile *r, const struct npum_conv_pixel *at,
			    u32 block, const float *bias)
{
	bool plain = npum_real_product_is_plain(r->p),
	     fused = r->p->real_fused && r->p->real_width == 1;
	u32 each = npum_real_block_terms(r);
	u8 *pixel = r->out + npum_conv_output(&r->c, at);
	struct npum_real_sum *s = r->work->sum;
	float acc[NPUM_REAL_LANES] = { 0 };

	npum_real_sum_begin(s);
	for (u32 n = 0; n < r->c.terms; n++) {
		u32 tap = npum_real_term_at(r, n);
		const float *w = npum_real_weights(r, block, tap, 1);
		float v[NPUM_REAL_LANES];

		if (n && n % each == 0)
			npum_real_sum_cut(r->p, s);
		depthwise_tap(r, at, block, tap, v);
		if (plain)
			for (u32 i = 0; i < NPUM_REAL_LANES; i++)
				acc[i] += v[i] * w[i];
		else if (fused)
			npum_real_sum_fuse(r->p, s, v, 1, w);
		else
			npum_real_sum_add(r->p, s, v, 1, w);
	}
	if (plain)
		npum_real_finish_plain(r, block, bias, acc, pixel);
	else
		npum_real_finish_sum(r, block, bias, s, pixel);
}

void npum_depthwise_f(const struct npum_exec *x, const struct npum_personality *p,
		      const struct vnpu_op *op, u32 tile, void *scratch)
{
	struct npum_real_tile r;

	npum_real_begin(&r, x, p, op, tile, scratch);
	for (u32 b = r.t.block; b < r.t.block + r.t.blocks; b++) {
		struct npum_conv_pixel at = npum_conv_pixel(&r.c, r.t.pixel);
		float bias[NPUM_REAL_LANES];

		npum_real_biases(&r, b, bias);
		for (u32 i = 0; i < r.t.pixels; i++, npum_conv_next(&r.c, &at))
			depthwise_pixel(&r, &at, b, bias);
	}
}
