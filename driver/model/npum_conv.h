/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Geometry of CONV2D, DEPTHWISE and FULLY_CONNECTED, shared by the normative C
 * kernels and the vector variants: windows, tiles and the scratch of a tile.
 *
 * A fully connected op is a 1x1 convolution.  The arithmetic of all three is
 *
 *	acc = bias + sum over k of x[k] * (w[k] - zp_w)		see npum_acc.h
 *	out = clamp(requant(acc, mult, shift) + zp_out)
 *
 * or with a float bias, B in the table's place of shift,
 *
 *	out = clamp(nearest(acc * mult + B))		in binary32
 *
 * with x the raw input code (padding reads as zp_in) and w the stored, unsigned
 * weight.  Terms behind the last one count as x = 0, whatever the weights hold.
 */
#ifndef NPUM_CONV_H
#define NPUM_CONV_H

#include "npum.h"
#include "npum_personality.h"

/** NPUM_CONV_MAX_TERMS - most terms of one inner product, so that the smallest tile stays short */
#define NPUM_CONV_MAX_TERMS 131072u
/** NPUM_MATMUL_MAX_TERMS - likewise of BATCH_MATMUL, whose only kernel is plain C */
#define NPUM_MATMUL_MAX_TERMS 16384u
/** NPUM_CONV_CHUNK - most output pixels gathered into the panel at once */
#define NPUM_CONV_CHUNK 48u
/** NPUM_CONV_PANEL_BYTES - upper limit of the panel, in terms of one byte */
#define NPUM_CONV_PANEL_BYTES (160u << 10)
/** NPUM_CONV_COLUMN_BYTES - scratch behind a DEPTHWISE tile's state */
#define NPUM_CONV_COLUMN_BYTES (256u << 10)
/** NPUM_CONV_MAX_BLOCKS - most blocks of output channels in one tile */
#define NPUM_CONV_MAX_BLOCKS 64u
/** NPUM_CONV_STATE_BYTES - scratch in front of the panel for a variant's own state */
#define NPUM_CONV_STATE_BYTES (64u << 10)

/**
 * struct npum_conv - an op's geometry, read off its record
 * @in: input operand
 * @out: output operand
 * @kernel: window height and width
 * @stride: window step, height and width
 * @dilation: distance of window taps, height and width
 * @pad: rows above and columns left of the input
 * @terms: products per output; of DEPTHWISE the window's taps
 * @term_groups: @terms in groups of VNPU_DOT_BLOCK, rounded up
 * @channels: output channels
 * @blocks: blocks of output channels, the last one may be partial
 * @pixels: output pixels, over N, H and W
 * @tile_pixels: output pixels of a tile, the last one may have less
 * @tile_blocks: channel blocks of a tile, the last one may have less
 * @pixel_tiles: tiles along the pixels
 * @block_tiles: tiles along the channel blocks
 * @chunk: pixels whose terms the panel holds at once
 * @panel_row: bytes of the panel for one pixel: 4 * @term_groups
 * @input_flip: 0x80 for int8, else 0: code = (byte ^ input_flip) - input_flip
 */
struct npum_conv {
	const struct vnpu_tensor *in;
	const struct vnpu_tensor *out;
	u32 kernel[2];
	u32 stride[2];
	u32 dilation[2];
	u32 pad[2];
	u32 terms;
	u32 term_groups;
	u32 channels;
	u32 blocks;
	u32 pixels;
	u32 tile_pixels;
	u32 tile_blocks;
	u32 pixel_tiles;
	u32 block_tiles;
	u32 chunk;
	u32 panel_row;
	s32 input_flip;
};

/**
 * struct npum_conv_tile - what one tile computes
 * @pixel: first output pixel, counted over N, H and W
 * @pixels: how many
 * @block: first block of output channels
 * @blocks: how many
 */
struct npum_conv_tile {
	u32 pixel;
	u32 pixels;
	u32 block;
	u32 blocks;
};

/**
 * struct npum_conv_pixel - coordinates of an output pixel
 * @n: batch
 * @y: row
 * @x: column
 */
struct npum_conv_pixel {
	u32 n;
	u32 y;
	u32 x;
};

/** npum_conv_geometry() - fill @c from a validated CONV2D, DEPTHWISE or FULLY_CONNECTED */
void npum_conv_geometry(const struct vnpu_op *op, struct npum_conv *c);

/** npum_conv_tile() - fill @t with the part of @c that tile number @tile computes */
void npum_conv_tile(const struct npum_conv *c, u32 tile, struct npum_conv_tile *t);

/** npum_conv_pixel() - coordinates of output pixel number @pixel */
struct npum_conv_pixel npum_conv_pixel(const struct npum_conv *c, u32 pixel);

/** npum_conv_next() - advance @at to the next output pixel */
void npum_conv_next(const struct npum_conv *c, struct npum_conv_pixel *at);

/** npum_conv_output() - byte offset of an output pixel's first channel inside the operand */
size_t npum_conv_output(const struct npum_conv *c, const struct npum_conv_pixel *at);

/**
 * struct npum_conv_chunk - some consecutive output pixels of a tile
 * @pixel: first one, counted over N, H and W
 * @pixels: how many
 * @at: coordinates of each
 * @out: npum_conv_output() of each
 */
struct npum_conv_chunk {
	u32 pixel;
	u32 pixels;
	struct npum_conv_pixel at[NPUM_CONV_CHUNK];
	size_t out[NPUM_CONV_CHUNK];
};

/**
 * npum_conv_chunk() - the next chunk of a tile
 * @c: geometry
 * @t: tile
 * @done: pixels of the tile in earlier chunks; advanced
 * @chunk: filled
 *
 * Return: false when no pixel is left.
 */
bool npum_conv_chunk(const struct npum_conv *c, const struct npum_conv_tile *t, u32 *done,
		     struct npum_conv_chunk *chunk);

/**
 * npum_conv_fits() - is an op small enough for kernels that accumulate in 32 bits?
 * @p: the op's own personality
 * @op: CONV2D, DEPTHWISE or FULLY_CONNECTED
 *
 * Return: true where they give the bits of @p's accumulator, whatever its operands hold.
 */
bool npum_conv_fits(const struct npum_personality *p, const struct vnpu_op *op);

/**
 * npum_conv_is_panel() - can the input itself serve as the panel?
 * @c: geometry of CONV2D or FULLY_CONNECTED
 * @step: set to the bytes between the terms of neighbouring output pixels
 *
 * Return: true for windows of one tap and step 1 whose pixels lie evenly spaced:
 * then the terms of output pixel p are @step * p behind those of pixel 0.
 */
bool npum_conv_is_panel(const struct npum_conv *c, size_t *step);

/**
 * npum_conv_tap() - input pixel under a window tap
 * @c: geometry
 * @at: output pixel
 * @i: tap's row in the window
 * @j: tap's column in the window
 * @offset: set to the byte offset inside the input operand of the pixel's first channel
 *
 * Return: false when the tap lies on padding; @offset is then not set.
 */
bool npum_conv_tap(const struct npum_conv *c, const struct npum_conv_pixel *at, u32 i, u32 j,
		   size_t *offset);

/**
 * npum_conv_gather() - collect the terms of one output pixel, in the weights' order
 * @c: geometry of CONV2D or FULLY_CONNECTED
 * @in: first byte of the input operand
 * @at: output pixel
 * @row: c->panel_row bytes; those behind the last term are set to 0
 */
void npum_conv_gather(const struct npum_conv *c, const u8 *in, const struct npum_conv_pixel *at,
		      u8 *row);

#endif /* NPUM_CONV_H */
