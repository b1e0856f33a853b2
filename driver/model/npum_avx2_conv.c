// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * CONV2D and FULLY_CONNECTED for AVX2: terms and weights widened to 16 bits and
 * multiplied in pairs by vpmaddwd, which is exact; vpmaddubsw would saturate.
 */
#include "npum_avx2.h"

/* Channels of half a block: four to a register, two partial sums each. */
#define HALF (VNPU_CHANNEL_BLOCK / 2)
#define MAX_PIXELS 6u

/**
 * struct conv_state - a tile's state, in front of the panel
 * @requant: tables of the tile's blocks
 * @acc: sums of a chunk for one block, [pixel][half]
 * @chunk: the chunk's pixels
 */
struct conv_state {
	struct avx2_requant requant[NPUM_CONV_MAX_BLOCKS];
	__m256i acc[NPUM_CONV_CHUNK][2];
	struct npum_conv_chunk chunk;
};

static_assert(sizeof(struct conv_state) <= NPUM_CONV_STATE_BYTES, "scratch is too small");

/* @count terms to 16 bits; a multiple of VNPU_DOT_BLOCK. */
static void widen(s16 *to, const u8 *from, u32 count, bool is_signed)
{
	u32 i;

	for (i = 0; i + 16 <= count; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(from + i));

		_mm256_storeu_si256((__m256i *)(to + i),
				    is_signed ? _mm256_cvtepi8_epi16(v) : _mm256_cvtepu8_epi16(v));
	}
	for (; i < count; i += VNPU_DOT_BLOCK) {
		__m128i v;
		s32 word;

		memcpy(&word, from + i, sizeof(word));
		v = _mm_cvtsi32_si128(word);
		_mm_storel_epi64((__m128i *)(to + i),
				 is_signed ? _mm_cvtepi8_epi16(v) : _mm_cvtepu8_epi16(v));
	}
}

static __m256i load_weights(const u8 *w, __m256i zero)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)w);

	return _mm256_sub_epi16(_mm256_cvtepu8_epi16(bytes), zero);
}

/*
 * Sums of @pixels, a constant, and the eight channels whose weights begin at @w.
 * A group of four terms has 64 bytes of weights; @row_step is in terms.
 */
static __always_inline void multiply(const s16 *rows, size_t row_step, const u8 *w, __m256i zero,
				     __m256i bias, u32 groups, __m256i (*out)[2], u32 half,
				     u32 pixels)
{
	__m256i acc[MAX_PIXELS][2];
	const s16 *row[MAX_PIXELS];
	size_t g;
	u32 p;

#pragma GCC unroll 6
	for (p = 0; p < pixels; p++) {
		row[p] = rows + p * row_step;
		acc[p][0] = _mm256_setzero_si256();
		acc[p][1] = _mm256_setzero_si256();
	}
	for (g = 0; g < groups; g++, w += VNPU_CHANNEL_BLOCK * VNPU_DOT_BLOCK) {
		__m256i w0 = load_weights(w, zero);
		__m256i w1 = load_weights(w + 16, zero);

#pragma GCC unroll 6
		for (p = 0; p < pixels; p++) {
			__m256i x;
			s64 terms;

			memcpy(&terms, row[p] + g * VNPU_DOT_BLOCK, sizeof(terms));
			x = _mm256_set1_epi64x(terms);
			acc[p][0] = _mm256_add_epi32(acc[p][0], _mm256_madd_epi16(x, w0));
			acc[p][1] = _mm256_add_epi32(acc[p][1], _mm256_madd_epi16(x, w1));
			/* all products first would take more registers than there are */
			__asm__("" : "+x"(acc[p][0]), "+x"(acc[p][1]));
		}
	}
#pragma GCC unroll 6
	for (p = 0; p < pixels; p++) {
		/* adds the partial sums, but leaves channels 0 1 4 5 2 3 6 7 */
		__m256i sum = _mm256_hadd_epi32(acc[p][0], acc[p][1]);

		sum = _mm256_permute4x64_epi64(sum, _MM_SHUFFLE(3, 1, 2, 0));
		out[p][half] = _mm256_add_epi32(sum, bias);
	}
}

/* Sums of half a block for @pixels rows of the panel. */
static void multiply_half(const struct npum_conv *c, const s16 *rows, const u8 *w, __m256i zero,
			  __m256i bias, __m256i (*out)[2], u32 half, u32 pixels)
{
	size_t step = c->panel_row;
	u32 groups = c->term_groups;

	w += half * HALF * VNPU_DOT_BLOCK;
	for (; pixels >= 6; pixels -= 6, rows += 6 * step, out += 6)
		multiply(rows, step, w, zero, bias, groups, out, half, 6);
	for (; pixels >= 3; pixels -= 3, rows += 3 * step, out += 3)
		multiply(rows, step, w, zero, bias, groups, out, half, 3);
	for (; pixels; pixels--, rows += step, out++)
		multiply(rows, step, w, zero, bias, groups, out, half, 1);
}

bool npum_conv_avx2_handles(const struct npum_personality *p, const struct vnpu_op *op)
{
	return op->in[0].stride[3] == 1 && npum_conv_fits(p, op);
}

void npum_conv_avx2(const struct npum_exec *x, const struct npum_personality *p,
		    const struct vnpu_op *op, u32 tile, void *scratch)
{
	const __m256i zero = _mm256_set1_epi16((s16)op->in[1].zero_point);
	const u8 *table = npum_address(x, &op->in[2]);
	const u8 *in = npum_address(x, &op->in[0]);
	s16 *panel = (s16 *)((u8 *)scratch + NPUM_CONV_STATE_BYTES);
	u8 *out = npum_address(x, &op->out);
	struct conv_state *s = scratch;
	struct avx2_output output;
	struct npum_conv_tile t;
	u32 i, b, done = 0;
	struct npum_conv c;
	const u8 *weights;
	size_t step;
	bool direct;
	u8 *row;

	npum_conv_geometry(op, &c);
	npum_conv_tile(&c, tile, &t);
	avx2_output_init(&output, p, op);
	for (b = 0; b < t.blocks; b++)
		avx2_requant_init(s->requant + b, &output,
				  table + (t.block + b) * sizeof(struct vnpu_requant_block),
				  c.terms);
	weights = npum_address(x, &op->in[1]);
	direct = npum_conv_is_panel(&c, &step) && c.terms % VNPU_DOT_BLOCK == 0;
	row = (u8 *)(panel + c.chunk * c.panel_row);
	while (npum_conv_chunk(&c, &t, &done, &s->chunk)) {
		struct npum_conv_chunk *chunk = &s->chunk;

		for (i = 0; i < chunk->pixels; i++) {
			const u8 *terms = direct ? in + (chunk->pixel + i) * step : row;

			if (!direct)
				npum_conv_gather(&c, in, &chunk->at[i], row);
			widen(panel + i * c.panel_row, terms, c.panel_row, c.input_flip != 0);
		}
		for (b = 0; b < t.blocks; b++) {
			const struct avx2_requant *r = &s->requant[b];
			u32 channel = (t.block + b) * VNPU_CHANNEL_BLOCK;
			const u8 *w = weights + (size_t)channel * c.panel_row;

			for (i = 0; i < 2; i++)
				multiply_half(&c, panel, w, zero, r->half[i].bias, s->acc, i,
					      chunk->pixels);
			for (i = 0; i < chunk->pixels; i++)
				avx2_requant(r, &output, s->acc[i][0], s->acc[i][1],
					     out + chunk->out[i] + channel,
					     min(c.channels - channel, VNPU_CHANNEL_BLOCK));
		}
	}
}
