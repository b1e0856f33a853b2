/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * CONV2D_I16, DEPTHWISE_I16 and FULLY_CONNECTED_I16 with int8 weights for the vector
 * variants: all but the instructions.
 *
 * Two terms of a channel lie side by side, so that vpmaddwd multiplies and adds both: at
 * most 2 * 2^15 * 2^7 = 2^23 in size.  255 of them stay below 2^31 in 32 bits, then they
 * are widened and added to 64-bit sums.  These are the products alone, below 2^39 for
 * NPUM_CONV_MAX_TERMS terms; the bias comes after them.  Of the accumulators
 * - one that wraps gives the same in any order, modulo 2^64;
 * - one that is limited at its end is defined so;
 * - one that is limited each time is never limited where |bias| and the sum of all sizes
 *   each stay below a quarter of its range.  Elsewhere terms go one by one.
 *
 * Requantisation is quick for tame tables: |bias| < 2^46 and an accumulator of 48 bits or
 * more, so that |acc| < 2^47; one rounding; multipliers of 15 bits, mult = m * 2^16 with
 * m >= 0, as compilers make them for 64-bit sums.  Then |acc * m| < 2^62, and as the last
 * 16 bits of acc * mult are 0, dropping them changes no rounding of at least 17 bits:
 *	round(acc * mult / 2^(31 - shift)) = round(acc * m / 2^(15 - shift)),	shift <= 14
 */
#ifndef NPUM_I16_VECTOR_H
#define NPUM_I16_VECTOR_H

#include "npum_i16.h"
#include "npum_kernels.h"

#define NPUM_I16_LANES VNPU_CHANNEL_BLOCK
/** NPUM_I16_RUN - most terms that are summed in 32 bits */
#define NPUM_I16_RUN 510u
static_assert(NPUM_I16_RUN / 2 * (2ll << 22) < 1ll << 31, "sums must not wrap");
static_assert((u64)NPUM_CONV_MAX_TERMS << 22 <= 1ull << 39, "sums must stay small");

/** NPUM_I16_TAME_BIAS - what a tame bias stays below in size */
#define NPUM_I16_TAME_BIAS (1ll << 46)
/** NPUM_I16_MOST_TAPS - most taps of a DEPTHWISE_I16 window; more are left to the C kernel */
#define NPUM_I16_MOST_TAPS 4096u
static_assert((NPUM_I16_MOST_TAPS + 1) * NPUM_I16_LANES * sizeof(s16) <= NPUM_CONV_COLUMN_BYTES,
	      "scratch is too small");

/**
 * struct npum_i16_block - a block of channels on its way from sums to codes
 * @table: its requantisation, a copy that nobody changes under us
 * @acc: the accumulator's kind
 * @rounding: of the op
 * @clamp: of the op
 * @count: channels that exist
 * @exact: sums may be computed in any order
 * @tame: the quick requantisation may be taken
 */
struct npum_i16_block {
	struct vnpu_requant_wide_block table;
	struct npum_wide_kind acc;
	enum npum_rounding rounding;
	s32 clamp[2];
	u32 count;
	bool exact;
	bool tame;
};

/**
 * struct npum_i16_state - a tile's state, in front of the panel
 * @chunk: some pixels
 * @block: the block they are computed for
 * @sum: their products' sums
 */
struct npum_i16_state {
	struct npum_conv_chunk chunk;
	struct npum_i16_block block;
	s64 sum[NPUM_CONV_CHUNK][NPUM_I16_LANES];
};

static_assert(sizeof(struct npum_i16_state) <= NPUM_CONV_STATE_BYTES, "scratch is too small");

/**
 * typedef npum_i16_rows_fn - sums of a block's products for some pixels
 * @rows: terms of the first pixel; the one behind the last of an odd number is 0
 * @row_step: terms between pixels
 * @weights: of the block
 * @terms: products of a sum
 * @pixels: how many
 * @sum: where the sums go
 */
typedef void npum_i16_rows_fn(const s16 *rows, size_t row_step, const s8 *weights, u32 terms,
			      u32 pixels, s64 (*sum)[NPUM_I16_LANES]);

/** typedef npum_i16_taps_fn - the same for one pixel whose @taps differ by channel */
typedef void npum_i16_taps_fn(const s16 *taps, const s8 *weights, u32 terms, s64 *sum);

/** typedef npum_i16_codes_fn - store the codes of a tame block */
typedef void npum_i16_codes_fn(const struct npum_i16_block *b, const s64 *sum, s16 *out);

/* npum_i16_vector.c */

/** npum_i16_vector_handles() - what they take of CONV2D_I16 and FULLY_CONNECTED_I16 */
npum_handles_fn npum_i16_vector_handles;
/** npum_i16_taps_handles() - of DEPTHWISE_I16 */
npum_handles_fn npum_i16_taps_handles;

/** npum_i16_block_init() - block @block of an op with @terms products per output */
void npum_i16_block_init(struct npum_i16_block *b, const struct npum_exec *x,
			 const struct npum_personality *p, const struct vnpu_op *op, u32 block,
			 u32 terms);

/** npum_i16_codes_any() - from sums of products to codes, with any table */
npum_i16_codes_fn npum_i16_codes_any;

/**
 * npum_i16_sums_each() - sums of a block that is not exact, term by term, limited each time
 * @b: the block
 * @row: first term
 * @term_step: codes between terms
 * @lane_step: codes between channels, 0 or 1
 * @weights: of the block
 * @terms: products of a sum
 * @sum: less the bias, which npum_i16_codes_any() adds; both wrap
 */
void npum_i16_sums_each(const struct npum_i16_block *b, const s16 *row, u32 term_step,
			u32 lane_step, const s8 *weights, u32 terms, s64 *sum);

/**
 * npum_i16_gather_taps() - the codes under a window, tap by tap, and zeros behind them
 * @c: geometry of DEPTHWISE_I16
 * @in: first byte of the input operand
 * @at: output pixel
 * @channel: first output channel
 * @count: how many
 * @taps: NPUM_I16_LANES codes for each tap and for one more
 */
void npum_i16_gather_taps(const struct npum_conv *c, const u8 *in, const struct npum_conv_pixel *at,
			  u32 channel, u32 count, s16 *taps);

static __always_inline void npum_i16_finish(const struct npum_i16_block *b, const s64 *sum, u8 *out,
					    npum_i16_codes_fn *codes)
{
	if (b->tame)
		codes(b, sum, (s16 *)(void *)out);
	else
		npum_i16_codes_any(b, sum, (s16 *)(void *)out);
}

/* A tile of CONV2D_I16 or FULLY_CONNECTED_I16. */
static __always_inline void npum_i16_conv_tile(const struct npum_exec *x,
					       const struct npum_personality *p,
					       const struct vnpu_op *op, u32 tile, void *scratch,
					       npum_i16_rows_fn *rows, npum_i16_codes_fn *codes)
{
	s16 *panel = (s16 *)(void *)((u8 *)scratch + NPUM_CONV_STATE_BYTES);
	const u8 *in = npum_address(x, &op->in[0]);
	u8 *out = npum_address(x, &op->out);
	struct npum_i16_state *s = scratch;
	struct npum_conv_tile t;
	struct npum_conv c;
	size_t row_step;
	u32 done = 0;

	npum_conv_geometry(op, &c);
	npum_conv_tile(&c, tile, &t);
	row_step = c.panel_row / sizeof(s16);
	while (npum_conv_chunk(&c, &t, &done, &s->chunk)) {
		u32 pixels = s->chunk.pixels;

		for (u32 i = 0; i < pixels; i++)
			npum_i16_gather(&c, in, &s->chunk.at[i], panel + i * row_step);
		for (u32 b = t.block; b < t.block + t.blocks; b++) {
			const s8 *w = (const s8 *)npum_address(x, &op->in[1]);

			w += (size_t)b * c.terms * NPUM_I16_LANES;
			npum_i16_block_init(&s->block, x, p, op, b, c.terms);
			if (s->block.exact)
				rows(panel, row_step, w, c.terms, pixels, s->sum);
			for (u32 i = 0; i < pixels; i++) {
				u8 *to = out + s->chunk.out[i] + b * NPUM_I16_LANES * sizeof(s16);

				if (!s->block.exact)
					npum_i16_sums_each(&s->block, panel + i * row_step, 1, 0, w,
							   c.terms, s->sum[i]);
				npum_i16_finish(&s->block, s->sum[i], to, codes);
			}
		}
	}
}

/* A tile of DEPTHWISE_I16. */
static __always_inline void npum_i16_depthwise_tile(const struct npum_exec *x,
						    const struct npum_personality *p,
						    const struct vnpu_op *op, u32 tile,
						    void *scratch, npum_i16_taps_fn *products,
						    npum_i16_codes_fn *codes)
{
	s16 *taps = (s16 *)(void *)((u8 *)scratch + NPUM_CONV_STATE_BYTES);
	const u8 *in = npum_address(x, &op->in[0]);
	u8 *out = npum_address(x, &op->out);
	struct npum_i16_state *s = scratch;
	struct npum_conv_pixel at;
	struct npum_conv_tile t;
	struct npum_conv c;

	npum_conv_geometry(op, &c);
	npum_conv_tile(&c, tile, &t);
	for (u32 b = t.block; b < t.block + t.blocks; b++) {
		const s8 *w = (const s8 *)npum_address(x, &op->in[1]);
		u32 channel = b * NPUM_I16_LANES;

		w += (size_t)channel * c.terms;
		npum_i16_block_init(&s->block, x, p, op, b, c.terms);
		at = npum_conv_pixel(&c, t.pixel);
		for (u32 i = 0; i < t.pixels; i++, npum_conv_next(&c, &at)) {
			npum_i16_gather_taps(&c, in, &at, channel, s->block.count, taps);
			if (s->block.exact)
				products(taps, w, c.terms, s->sum[0]);
			else
				npum_i16_sums_each(&s->block, taps, NPUM_I16_LANES, 1, w, c.terms,
						   s->sum[0]);
			npum_i16_finish(&s->block, s->sum[0],
					out + npum_conv_output(&c, &at) + channel * sizeof(s16),
					codes);
		}
	}
}

#endif /* NPUM_I16_VECTOR_H */
