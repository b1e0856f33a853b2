// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* CONV2D, DEPTHWISE and FULLY_CONNECTED: windows, and the cut into tiles, of all variants. */
#include "npum_acc.h"
#include "npum_conv.h"
#include "npum_conv_counting.h"
#include "npum_kernels.h"

/*
 * Costs in units of one multiply-accumulate.  TILE_COST is some 30 us with
 * AVX-512 VNNI and 70 us with AVX2.  Bringing an output to 8 bits costs like
 * OUTPUT_COST terms; a depthwise term, which finds no operand in a register,
 * like DEPTHWISE_COST dense ones, and one of int16 codes like WIDE_COST of 8 bits.
 */
#define TILE_COST 4000000u
#define OUTPUT_COST 32u
#define DEPTHWISE_COST 8u
#define WIDE_COST 4u
/* Weights that a tile streams at the most: they must stay in a 1 MiB L2 between pixel chunks. */
#define TILE_WEIGHT_BYTES (256u << 10)
/* Pixels that share the weights of a tile before its channels are cut for want of budget. */
#define SHARING_PIXELS 48u
/* Tiles are cut at multiples of it, to fill the register blocks of the vector variants. */
#define PIXEL_STEP 24u
/* The part of the panel that should stay in a 32 KiB L1. */
#define PANEL_L1_BYTES (24u << 10)
#define MIN_CHUNK 12u

static bool is_depthwise(const struct vnpu_op *op)
{
	return op->in[1].layout == VNPU_LAYOUT_DEPTHWISE ||
	       op->in[1].layout == VNPU_LAYOUT_ROWS_DEPTHWISE;
}

static void window_of(const struct vnpu_op *op, struct npum_conv *c)
{
	u32 i;

	for (i = 0; i < 2; i++) {
		/* matrix products have no window */
		bool dense = !op->p.kernel[0];

		c->kernel[i] = dense ? 1 : op->p.kernel[i];
		c->stride[i] = dense ? 1 : op->p.stride[i];
		c->dilation[i] = dense ? 1 : op->p.dilation[i];
		c->pad[i] = dense ? 0 : op->p.pad[i];
	}
}

/* The largest step <= @most that cuts @count into equal pieces but for the last. */
static u32 even_cut(u32 count, u32 most, u32 multiple)
{
	u32 pieces, step;

	most = max(most, 1u);
	pieces = count / most + (count % most != 0);
	step = count / pieces + (count % pieces != 0);
	if (most >= multiple) {
		u32 rounded = step / multiple * multiple + (step % multiple ? multiple : 0);

		step = min(rounded, most / multiple * multiple);
	}
	return min(step, count);
}

/* Into tiles of @budget.  With at most NPUM_CONV_MAX_TERMS terms, no cost leaves 32 bits. */
static void cut(const struct vnpu_op *op, struct npum_conv *c, u32 budget)
{
	u32 size = npum_dtype_size(op->in[0].dtype), weight = npum_dtype_size(op->in[1].dtype);
	u32 term = is_depthwise(op) ? DEPTHWISE_COST : size == 1 ? 1 : WIDE_COST;
	u32 output = OUTPUT_COST * size + c->terms * term;
	u32 block = output * VNPU_CHANNEL_BLOCK;
	u32 most;

	most = budget / (block * min(c->pixels, SHARING_PIXELS));
	most = min(most, TILE_WEIGHT_BYTES / (VNPU_CHANNEL_BLOCK * weight * c->terms));
	most = min(most, NPUM_CONV_MAX_BLOCKS);
	c->tile_blocks = even_cut(c->blocks, most, 4);

	most = min(budget / (block * c->tile_blocks), c->pixels);
	c->tile_pixels = even_cut(c->pixels, most, PIXEL_STEP);

	c->block_tiles = DIV_ROUND_UP(c->blocks, c->tile_blocks);
	c->pixel_tiles = c->pixels / c->tile_pixels + (c->pixels % c->tile_pixels != 0);
}

void npum_conv_geometry(const struct vnpu_op *op, struct npum_conv *c)
{
	const u32 *shape = op->out.shape;

	c->in = &op->in[0];
	c->out = &op->out;
	window_of(op, c);
	c->terms = c->kernel[0] * c->kernel[1];
	if (!is_depthwise(op))
		c->terms *= op->in[0].shape[3];
	c->term_groups = DIV_ROUND_UP(c->terms, VNPU_DOT_BLOCK);
	c->channels = shape[3];
	c->blocks = DIV_ROUND_UP(c->channels, VNPU_CHANNEL_BLOCK);
	c->pixels = shape[0] * shape[1] * shape[2];
	c->panel_row = c->term_groups * VNPU_DOT_BLOCK * npum_dtype_size(op->in[0].dtype);
	c->chunk = clamp(PANEL_L1_BYTES / c->panel_row, MIN_CHUNK, NPUM_CONV_CHUNK);
	c->chunk = max(min(c->chunk, NPUM_CONV_PANEL_BYTES / c->panel_row), 1u);
	c->input_flip = op->in[0].dtype == VNPU_DTYPE_INT8 ? 0x80 : 0;
	cut(op, c, TILE_COST);
}

/*
 * No op has more tiles than blocks of outputs, whose number is below 2^31.  Products that
 * cost more than the plain ones come in as many fewer.
 */
void npum_conv_counting_geometry(const struct vnpu_op *op, struct npum_conv *c)
{
	npum_conv_geometry(op, c);
	cut(op, c, NPUM_COUNTING_PRODUCTS);
}

u32 npum_conv_counting_tiles(const struct vnpu_op *op)
{
	struct npum_conv c;

	npum_conv_counting_geometry(op, &c);
	return c.pixel_tiles * c.block_tiles;
}

/*
 * The panel lies behind the state.  A variant may widen its terms to 16 bits and
 * keep one row of bytes beside them; vector stores run one vector beyond the end.
 */
void npum_conv_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_conv c;
	u32 bytes;

	npum_conv_geometry(op, &c);
	bytes = NPUM_CONV_COLUMN_BYTES;
	if (!is_depthwise(op))
		bytes = (2 * c.chunk + 1) * c.panel_row + NPUM_SCRATCH_ALIGN;
	plan->tiles = c.pixel_tiles * c.block_tiles;
	plan->scratch_bytes = NPUM_CONV_STATE_BYTES + round_up(bytes, NPUM_SCRATCH_ALIGN);
}

void npum_conv_tile(const struct npum_conv *c, u32 tile, struct npum_conv_tile *t)
{
	t->block = tile % c->block_tiles * c->tile_blocks;
	t->blocks = min(c->tile_blocks, c->blocks - t->block);
	t->pixel = tile / c->block_tiles * c->tile_pixels;
	t->pixels = min(c->tile_pixels, c->pixels - t->pixel);
}

struct npum_conv_pixel npum_conv_pixel(const struct npum_conv *c, u32 pixel)
{
	u32 width = c->out->shape[2];
	u32 height = c->out->shape[1];
	u32 row = pixel / width;

	return (struct npum_conv_pixel){ .n = row / height, .y = row % height, .x = pixel % width };
}

void npum_conv_next(const struct npum_conv *c, struct npum_conv_pixel *at)
{
	if (++at->x < c->out->shape[2])
		return;
	at->x = 0;
	if (++at->y < c->out->shape[1])
		return;
	at->y = 0;
	at->n++;
}

size_t npum_conv_output(const struct npum_conv *c, const struct npum_conv_pixel *at)
{
	const u32 *stride = c->out->stride;

	return (size_t)at->n * stride[0] + (size_t)at->y * stride[1] + (size_t)at->x * stride[2];
}

bool npum_conv_chunk(const struct npum_conv *c, const struct npum_conv_tile *t, u32 *done,
		     struct npum_conv_chunk *chunk)
{
	const u32 width = c->out->shape[2], step = c->out->stride[2];
	u32 left = t->pixels - *done;
	struct npum_conv_pixel at;
	size_t offset;
	u32 i;

	if (!left)
		return false;
	chunk->pixel = t->pixel + *done;
	/* chunks of even length: a short last one would stream the weights for little */
	chunk->pixels = left / DIV_ROUND_UP(left, c->chunk);
	at = npum_conv_pixel(c, chunk->pixel);
	offset = npum_conv_output(c, &at);
	for (i = 0; i < chunk->pixels; i++) {
		chunk->at[i] = at;
		chunk->out[i] = offset;
		offset += step;
		if (++at.x < width)
			continue;
		at = npum_conv_pixel(c, chunk->pixel + i + 1);
		offset = npum_conv_output(c, &at);
	}
	*done += chunk->pixels;
	return true;
}

bool npum_conv_is_panel(const struct npum_conv *c, size_t *step)
{
	u64 count = 1;
	u32 axis;

	if (c->terms != c->in->shape[3] || c->in->stride[3] != 1)
		return false;
	*step = 0;
	for (axis = 3; axis-- > 0;) {
		u32 size = c->out->shape[axis];

		if (axis && (c->stride[axis - 1] != 1 || c->pad[axis - 1]))
			return false;
		if (size == 1)
			continue;
		if (count == 1)
			*step = c->in->stride[axis];
		else if (c->in->stride[axis] != count * *step)
			return false;
		count *= size;
	}
	return true;
}

bool npum_conv_tap(const struct npum_conv *c, const struct npum_conv_pixel *at, u32 i, u32 j,
		   size_t *offset)
{
	s64 y = (s64)at->y * c->stride[0] + (s64)i * c->dilation[0] - c->pad[0];
	s64 x = (s64)at->x * c->stride[1] + (s64)j * c->dilation[1] - c->pad[1];

	if (y < 0 || y >= c->in->shape[1] || x < 0 || x >= c->in->shape[2])
		return false;
	*offset = (size_t)at->n * c->in->stride[0] + (size_t)y * c->in->stride[1] +
		  (size_t)x * c->in->stride[2];
	return true;
}

void npum_conv_gather(const struct npum_conv *c, const u8 *in, const struct npum_conv_pixel *at,
		      u8 *row)
{
	u32 depth = c->in->shape[3];
	u32 step = c->in->stride[3];
	u8 *end = row + c->panel_row;
	size_t offset;
	u32 i, j, k;

	for (i = 0; i < c->kernel[0]; i++) {
		for (j = 0; j < c->kernel[1]; j++, row += depth) {
			if (!npum_conv_tap(c, at, i, j, &offset)) {
				memset(row, (u8)c->in->zero_point, depth);
				continue;
			}
			if (step == 1)
				memcpy(row, in + offset, depth);
			for (k = 0; k < depth && step != 1; k++)
				row[k] = in[offset + (size_t)k * step];
		}
	}
	while (row < end)
		*row++ = 0;
}

/* Most terms of a sum that stays within 32 bits: 2^30 + 2^14 * 255 * 255 < 2^31 */
#define SAFE_TERMS (1u << 14)
static_assert(NPUM_ACC_MOST_BIAS + SAFE_TERMS * 255ll * 255 < 1ll << 31, "sums must not wrap");

bool npum_conv_fits(const struct npum_personality *p, const struct vnpu_op *op)
{
	struct npum_conv c;

	if (npum_acc_is_plain(p))
		return true;
	npum_conv_geometry(op, &c);
	return c.terms <= SAFE_TERMS;
}
