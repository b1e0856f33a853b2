/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How pooling and means go through their windows, whatever the dtype. */
#ifndef NPUM_REDUCE_H
#define NPUM_REDUCE_H

#include "npum_walk.h"

/** NPUM_REDUCE_WIDTH - channels that a block accumulates side by side */
#define NPUM_REDUCE_WIDTH 64u

/** npum_pool_cut() - cut the output of a pooling op */
void npum_pool_cut(struct npum_grid *g, const struct vnpu_op *op);

/**
 * npum_avg_pool_float() - a tile of AVG_POOL under NPUM_AVG_POOL_DEQUANTISED
 * @x: where data lies
 * @p: personality
 * @op: AVG_POOL with bits of the scales of input and output as mult[0] and mult[2]
 * @tile: number of the tile
 * @n: counters, NULL
 *
 * In npum_pool_float.c: enter only with the FPU at hand.
 */
void npum_avg_pool_float(const struct npum_exec *x, const struct npum_personality *p,
			 const struct vnpu_op *op, u32 tile, struct npum_counters *n);

/** npum_mean_cut() - cut the output of a mean */
void npum_mean_cut(struct npum_grid *g, const struct vnpu_op *op);

#endif /* NPUM_REDUCE_H */
