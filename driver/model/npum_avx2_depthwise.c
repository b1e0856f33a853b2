// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * DEPTHWISE for AVX2: 16 channels at a time, taps in pairs.
 *
 * The codes of two taps are widened to 16 bits and interleaved, so that vpmaddwd
 * multiplies both of a channel and adds them up in 32 bits, exactly.
 */
#include "npum_avx2.h"

/* Most taps of a window; more are left to the C kernel. */
#define MAX_TAPS 128u

/**
 * struct depthwise_state - a tile's state
 * @requant: the block's table
 * @weights: less their zero point, two vectors for each pair of taps, interleaved:
 *	channels 0..3 and 8..11, then 4..7 and 12..15
 * @tap: 16 input codes under each tap of one window
 * @step: how far each tap moves from one output pixel to the next
 * @copy: those codes where they do not lie side by side in the input
 * @padding: 16 codes of padding
 */
struct depthwise_state {
	struct avx2_requant requant;
	__m256i weights[MAX_TAPS];
	const u8 *tap[MAX_TAPS];
	size_t step[MAX_TAPS];
	u8 copy[MAX_TAPS][VNPU_CHANNEL_BLOCK];
	u8 padding[VNPU_CHANNEL_BLOCK];
};

static_assert(sizeof(struct depthwise_state) <= NPUM_CONV_STATE_BYTES, "scratch is too small");

/**
 * struct depthwise - what is constant for one block of a tile
 * @c: geometry
 * @in: first byte of the input operand
 * @channel: first output channel
 * @channels: how many, 1..16
 * @multiplier: output channels for each input channel
 * @plain: codes lie side by side in the input, all 16 of them
 * @pairs: pairs of taps; an odd last tap has its partner's weights 0
 */
struct depthwise {
	const struct npum_conv *c;
	const u8 *in;
	u32 channel;
	u32 channels;
	u32 multiplier;
	bool plain;
	u32 pairs;
};

static void arrange_weights(const struct depthwise *d, struct depthwise_state *s, const u8 *weights,
			    s32 zero_point)
{
	const __m256i zero = _mm256_set1_epi16((s16)zero_point);
	u32 k;

	for (k = 0; k < d->pairs * 2; k++) {
		__m256i w = _mm256_setzero_si256();
		__m256i *pair = s->weights + k / 2 * 2;

		if (k < d->c->terms) {
			u8 bytes[VNPU_CHANNEL_BLOCK] = { 0 };

			memcpy(bytes, weights + (size_t)k * d->c->channels + d->channel,
			       d->channels);
			w = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)bytes));
			w = _mm256_sub_epi16(w, zero);
		}
		if (k % 2 == 0) {
			pair[0] = w;
			continue;
		}
		pair[1] = _mm256_unpackhi_epi16(pair[0], w);
		pair[0] = _mm256_unpacklo_epi16(pair[0], w);
	}
}

/* Point at the codes under each tap; copy those that a vector load could not read. */
static void find_taps(const struct depthwise *d, struct depthwise_state *s,
		      const struct npum_conv_pixel *at)
{
	const u8 *from = d->in + d->channel / d->multiplier;
	u32 first = d->channel % d->multiplier;
	size_t offset;
	u32 k, n;

	for (k = 0; k < d->pairs * 2; k++) {
		s->tap[k] = s->padding;
		s->step[k] = 0;
		if (k == d->c->terms ||
		    !npum_conv_tap(d->c, at, k / d->c->kernel[1], k % d->c->kernel[1], &offset))
			continue;
		s->step[k] = (size_t)d->c->stride[1] * d->c->in->stride[2];
		s->tap[k] = d->plain ? from + offset : s->copy[k];
		for (n = 0; n < d->channels && !d->plain; n++)
			s->copy[k][n] = from[offset + (first + n) / d->multiplier];
	}
}

static void move_taps(const struct depthwise *d, struct depthwise_state *s)
{
	u32 k;

	for (k = 0; k < d->pairs * 2; k++)
		s->tap[k] += s->step[k];
}

/* Does no column of output @x's window lie on padding? */
static bool is_inside(const struct npum_conv *c, u32 x)
{
	s64 first = (s64)x * c->stride[1] - c->pad[1];

	return first >= 0 &&
	       first + (s64)(c->kernel[1] - 1) * c->dilation[1] < (s64)c->in->shape[2];
}

static inline __m256i load_codes(const u8 *from, bool is_signed)
{
	__m128i v = _mm_loadu_si128((const __m128i *)from);

	return is_signed ? _mm256_cvtepi8_epi16(v) : _mm256_cvtepu8_epi16(v);
}

static __always_inline void run_pixel(const struct depthwise *d, const struct depthwise_state *s,
				      const struct avx2_output *o, u8 *out, bool is_signed)
{
	/* channels 0..3 and 8..11 in one register, 4..7 and 12..15 in the other */
	__m256i a = _mm256_setzero_si256(), b = a, low, high;
	u32 k;

	for (k = 0; k < d->pairs; k++) {
		__m256i even = load_codes(s->tap[2 * k], is_signed);
		__m256i odd = load_codes(s->tap[2 * k + 1], is_signed);
		__m256i x0 = _mm256_unpacklo_epi16(even, odd);
		__m256i x1 = _mm256_unpackhi_epi16(even, odd);

		a = _mm256_add_epi32(a, _mm256_madd_epi16(x0, s->weights[2 * k]));
		b = _mm256_add_epi32(b, _mm256_madd_epi16(x1, s->weights[2 * k + 1]));
	}
	low = _mm256_permute2x128_si256(a, b, 0x20);
	high = _mm256_permute2x128_si256(a, b, 0x31);
	avx2_requant(&s->requant, o, _mm256_add_epi32(low, s->requant.half[0].bias),
		     _mm256_add_epi32(high, s->requant.half[1].bias), out, d->channels);
}

static void run_block(const struct depthwise *d, struct depthwise_state *s,
		      const struct avx2_output *o, const struct npum_conv_tile *t, u8 *out)
{
	struct npum_conv_pixel at = npum_conv_pixel(d->c, t->pixel);
	bool moves = false;
	u32 i;

	for (i = 0; i < t->pixels; i++) {
		u8 *pixel = out + npum_conv_output(d->c, &at);
		bool inside = is_inside(d->c, at.x);

		if (moves && inside && at.x)
			move_taps(d, s);
		else
			find_taps(d, s, &at);
		moves = inside && d->plain;
		if (d->c->input_flip)
			run_pixel(d, s, o, pixel, true);
		else
			run_pixel(d, s, o, pixel, false);
		npum_conv_next(d->c, &at);
	}
}

bool npum_depthwise_avx2_handles(const struct npum_personality *p, const struct vnpu_op *op)
{
	return npum_conv_fits(p, op) && (op->in[0].stride[3] == 1 || op->in[0].shape[3] == 1) &&
	       (u64)op->p.kernel[0] * op->p.kernel[1] <= MAX_TAPS;
}

void npum_depthwise_avx2(const struct npum_exec *x, const struct npum_personality *p,
			 const struct vnpu_op *op, u32 tile, void *scratch)
{
	const u8 *table = npum_address(x, &op->in[2]);
	u8 *out = npum_address(x, &op->out);
	struct depthwise_state *s = scratch;
	struct avx2_output output;
	struct npum_conv_tile t;
	struct npum_conv c;
	struct depthwise d = { .c = &c, .in = npum_address(x, &op->in[0]) };
	u32 b;

	npum_conv_geometry(op, &c);
	npum_conv_tile(&c, tile, &t);
	avx2_output_init(&output, p, op);
	memset(s->padding, (u8)c.in->zero_point, sizeof(s->padding));
	memset(s->copy, 0, sizeof(s->copy));
	d.multiplier = c.channels / c.in->shape[3];
	d.pairs = DIV_ROUND_UP(c.terms, 2u);
	for (b = t.block; b < t.block + t.blocks; b++) {
		d.channel = b * VNPU_CHANNEL_BLOCK;
		d.channels = min(c.channels - d.channel, VNPU_CHANNEL_BLOCK);
		avx2_requant_init(&s->requant, &output,
				  table + b * sizeof(struct vnpu_requant_block), c.terms);
		arrange_weights(&d, s, npum_address(x, &op->in[1]), op->in[1].zero_point);
		d.plain = d.multiplier == 1 && d.channels == VNPU_CHANNEL_BLOCK;
		run_block(&d, s, &output, &t, out + d.channel);
	}
}
