/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The cut of products while they are counted.
 *
 * Counting costs some 20 ns for each product, several hundred times what a vector
 * kernel takes.  Where a personality rounds in binary32 a tile is an FPU section, so the
 * tiles of counting kernels are smaller by as much.
 */
#ifndef NPUM_CONV_COUNTING_H
#define NPUM_CONV_COUNTING_H

#include "npum_conv.h"

/** NPUM_COUNTING_PRODUCTS - most products of a counting tile, unless one output block has more */
#define NPUM_COUNTING_PRODUCTS (16u << 10)

/** npum_conv_counting_geometry() - npum_conv_geometry() with the cut of counting kernels */
void npum_conv_counting_geometry(const struct vnpu_op *op, struct npum_conv *c);

/** npum_conv_counting_tiles() - how many of them an op has */
u32 npum_conv_counting_tiles(const struct vnpu_op *op);

#endif /* NPUM_CONV_COUNTING_H */
