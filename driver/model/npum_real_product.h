/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Products in floating point: CONV2D_F, DEPTHWISE_F, FULLY_CONNECTED_F,
 * FULLY_CONNECTED_HYBRID and BATCH_MATMUL_F, cut into tiles.
 *
 * A tile computes some output pixels by some blocks of 16 channels.  It brings the
 * terms of a chunk of pixels into binary32, the panel, and goes through them with
 * the weights of a block in [term][16] order.  Each sum is taken term by term in
 * one order, whatever the variant computes side by side; see npum_real_sum.h.
 */
#ifndef NPUM_REAL_PRODUCT_H
#define NPUM_REAL_PRODUCT_H

#include "npum_conv.h"
#include "npum_real_sum.h"

/** NPUM_REAL_PIXELS - most pixels of a chunk */
#define NPUM_REAL_PIXELS 24u
/** NPUM_REAL_PANEL_BYTES - the panel, unless a single pixel has more terms */
#define NPUM_REAL_PANEL_BYTES (96u << 10)
/** NPUM_REAL_TERMS - terms whose weights are brought into binary32 at once */
#define NPUM_REAL_TERMS 256u

/**
 * struct npum_real_work - scratch of a product, in front of the panel
 * @acc: plain sums of the chunk's pixels
 * @total: those of the blocks of terms before
 * @sum: the others
 * @pack: weights of one block in binary32
 * @panel: terms of the chunk's pixels; also quantised ones
 */
struct npum_real_work {
	float acc[NPUM_REAL_PIXELS][NPUM_REAL_LANES];
	float total[NPUM_REAL_PIXELS][NPUM_REAL_LANES];
	struct npum_real_sum sum[NPUM_REAL_PIXELS];
	float pack[NPUM_REAL_TERMS][NPUM_REAL_LANES];
	float panel[];
};

/**
 * struct npum_real_tile - what a tile's functions need
 * @x: where data lies
 * @p: personality
 * @op: the op
 * @c: geometry
 * @t: the tile
 * @work: scratch
 * @left: first byte of the input, of BATCH_MATMUL_F of the tile's matrix
 * @right: first byte of the weights, or of the second matrix
 * @out: first byte of the output, likewise
 */
struct npum_real_tile {
	const struct npum_exec *x;
	const struct npum_personality *p;
	const struct vnpu_op *op;
	struct npum_conv c;
	struct npum_conv_tile t;
	struct npum_real_work *work;
	const u8 *left;
	const u8 *right;
	u8 *out;
};

/** npum_real_begin() - the product's tile of number @tile; of matrices, also which of them */
void npum_real_begin(struct npum_real_tile *r, const struct npum_exec *x,
		     const struct npum_personality *p, const struct vnpu_op *op, u32 tile,
		     void *scratch);

/** npum_real_gather() - terms of one output pixel; padding reads as 0 */
void npum_real_gather(const struct npum_real_tile *r, const struct npum_conv_pixel *at, float *row);

/** npum_real_weights() - those of a block in binary32, [@terms][16], from term @first on */
const float *npum_real_weights(const struct npum_real_tile *r, u32 block, u32 first, u32 terms);

/** npum_real_biases() - those of a block; zeros where the op has none */
void npum_real_biases(const struct npum_real_tile *r, u32 block, float *bias);

/** npum_real_finish() - bound, round and store the channels of a block that exist */
void npum_real_finish(const struct npum_real_tile *r, u32 block, float *v, u8 *pixel);

/** npum_real_finish_plain() - the same of plain sums, which have no bias yet */
void npum_real_finish_plain(const struct npum_real_tile *r, u32 block, const float *bias,
			    const float *acc, u8 *pixel);

/** npum_real_finish_sum() - the same of the others */
void npum_real_finish_sum(const struct npum_real_tile *r, u32 block, const float *bias,
			  const struct npum_real_sum *s, u8 *pixel);

/** npum_real_block_terms() - terms that are summed apart */
u32 npum_real_block_terms(const struct npum_real_tile *r);

/** npum_real_term_at() - where the @n-th term to be summed lies */
u32 npum_real_term_at(const struct npum_real_tile *r, u32 n);

/** npum_real_product_is_plain() - npum_real_is_plain(), of what only products read as well */
bool npum_real_product_is_plain(const struct npum_personality *p);

#endif /* NPUM_REAL_PRODUCT_H */
