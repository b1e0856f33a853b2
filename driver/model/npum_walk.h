/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How op kernels go through their tensors, tile by tile.
 *
 * A walk visits output elements in order and hands out runs of evenly spaced
 * ones; axes that lie densely behind each other become one.  A grid cuts the
 * output into blocks of channels of one pixel, for ops that look at several
 * input elements for each output.
 */
#ifndef NPUM_WALK_H
#define NPUM_WALK_H

#include "npum.h"

/** NPUM_WALK_OUTPUTS - most output elements of one tile of a walk */
#define NPUM_WALK_OUTPUTS (16u << 10)

/* Operands of a walk */
enum npum_walk_operand {
	NPUM_WALK_OUT = 0,
	NPUM_WALK_IN0,
	NPUM_WALK_IN1,
	NPUM_WALK_IN2,
	NPUM_WALK_OPERANDS,
};

/**
 * struct npum_walk - a walk through one tile of an element-wise op
 * @run: elements of the current run
 * @at: first byte of the run in each operand; NULL: no such operand
 * @step: bytes between neighbours of the run in each operand
 * @left: elements of the tile behind the current run
 * @rank: axes that are left after joining
 * @shape: their sizes, outermost first
 * @stride: bytes between neighbours along them, by operand
 * @base: first byte of each operand
 * @pos: coordinates of the run's first element
 */
struct npum_walk {
	u32 run;
	u8 *at[NPUM_WALK_OPERANDS];
	u32 step[NPUM_WALK_OPERANDS];
	u32 left;
	u32 rank;
	u32 shape[VNPU_MAX_RANK];
	u32 stride[NPUM_WALK_OPERANDS][VNPU_MAX_RANK];
	u8 *base[NPUM_WALK_OPERANDS];
	u32 pos[VNPU_MAX_RANK];
};

/** npum_walk_begin() - stand on the first run of a tile of an element-wise op or FILL */
void npum_walk_begin(struct npum_walk *w, const struct npum_exec *x, const struct vnpu_op *op,
		     u32 tile);

/** npum_walk_is_dense() - do neighbours of a run of bytes lie side by side, or in inputs repeat? */
bool npum_walk_is_dense(const struct vnpu_op *op);

/** npum_walk_next() - go to the next run; false behind the last */
bool npum_walk_next(struct npum_walk *w);

/**
 * struct npum_grid - an output tensor cut into blocks of channels of one pixel
 * @shape: of the output
 * @width: channels of a block; the last one of a pixel may have fewer
 * @blocks: blocks of a pixel
 * @units: blocks of the tensor
 * @per_tile: blocks of a tile, at least 1
 */
struct npum_grid {
	const u32 *shape;
	u32 width;
	u32 blocks;
	u32 units;
	u32 per_tile;
};

/**
 * struct npum_block - a block of a grid
 * @n: batch
 * @h: row
 * @w: column
 * @c: first channel
 * @count: channels
 */
struct npum_block {
	u32 n;
	u32 h;
	u32 w;
	u32 c;
	u32 count;
};

/**
 * npum_grid_cut() - cut the output of an op
 * @g: the grid
 * @out: output operand
 * @width: most channels of a block
 * @cost: of one block, about the input elements it reads and what it costs to
 *	find them; some nanoseconds each, at least 1
 */
void npum_grid_cut(struct npum_grid *g, const struct vnpu_tensor *out, u32 width, u64 cost);

/** npum_grid_tiles() - number of tiles of a grid */
u32 npum_grid_tiles(const struct npum_grid *g);

/** npum_grid_end() - number of the first unit behind @tile; it begins at tile * per_tile */
u32 npum_grid_end(const struct npum_grid *g, u32 tile);

/** npum_grid_block() - where unit number @unit lies */
struct npum_block npum_grid_block(const struct npum_grid *g, u32 unit);

#endif /* NPUM_WALK_H */
