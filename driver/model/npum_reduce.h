/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How pooling and means go through their windows, whatever the dtype. */
#ifndef NPUM_REDUCE_H
#define NPUM_REDUCE_H

#include "npum_walk.h"

/** NPUM_REDUCE_WIDTH - channels that a block accumulates side by side */
#define NPUM_REDUCE_WIDTH 64u

/** npum_pool_cut() - cut the output of a pooling op */
void npum_pool_cut(struct npum_grid *g, const struct vnpu_op *op);

/** npum_mean_cut() - cut the output of a mean */
void npum_mean_cut(struct npum_grid *g, const struct vnpu_op *op);

#endif /* NPUM_REDUCE_H */
