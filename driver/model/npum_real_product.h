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

#endif /* NPUM_REAL_PRODUCT_H */
