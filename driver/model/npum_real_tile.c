// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What the products in floating point share; see npum_real_product.h. */
#include "npum_real_product.h"

#include "npum_kernels.h"

/*
 * Costs in units of one multiply-accumulate.  TILE_COST is some 5 us of plain sums
 * and 80 us of sums that vector code rounds to binary16 term by term.
 */
#define TILE_COST 32768u
#define OUTPUT_COST 16u
#define DEPTHWISE_COST 4u
/* Pixels that share the weights of a tile before its channels are cut. */
#define SHARING_PIXELS 16u
#define MAX_BLOCKS 64u

static void geometry(const struct vnpu_op *op, struct npum_conv *c)
{
	bool matrices = op->opcode == VNPU_OP_BATCH_MATMUL_F;
	u32 cost, most;

	npum_conv_geometry(op, c);
	/* Columns of a matrix are channels; a tile stays inside one matrix. */
	if (matrices)
		c->pixels = op->out.shape[2];
	cost = c->terms * (op->opcode == VNPU_OP_DEPTHWISE_F ? DEPTHWISE_COST : 1) + OUTPUT_COST;
	cost *= VNPU_CHANNEL_BLOCK;
	most = TILE_COST / (cost * min(c->pixels, SHARING_PIXELS));
	c->tile_blocks = min(clamp(most, 1u, MAX_BLOCKS), c->blocks);
	most = TILE_COST / (cost * c->tile_blocks);
	c->tile_pixels = min(max(most, 1u), c->pixels);
	c->block_tiles = DIV_ROUND_UP(c->blocks, c->tile_blocks);
	c->pixel_tiles = c->pixels / c->tile_pixels + (c->pixels % c->tile_pixels != 0);
	c->chunk = clamp(NPUM_REAL_PANEL_BYTES / (c->terms * (u32)sizeof(float)), 1u,
			 NPUM_REAL_PIXELS);
	c->chunk = min(c->chunk, c->tile_pixels);
}

#ifndef NPUM_VARIANT
void npum_real_product_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	bool matrices = op->opcode == VNPU_OP_BATCH_MATMUL_F;
	struct npum_conv c;

	geometry(op, &c);
	plan->tiles = c.pixel_tiles * c.block_tiles;
	if (matrices)
		plan->tiles *= op->out.shape[0] * op->out.shape[1];
	plan->scratch_bytes = (u32)sizeof(struct npum_real_work);
	/* DEPTHWISE_F has no panel. */
	if (op->opcode != VNPU_OP_DEPTHWISE_F)
		plan->scratch_bytes += c.chunk * c.terms * (u32)sizeof(float);
	plan->scratch_bytes = round_up(plan->scratch_bytes, NPUM_SCRATCH_ALIGN);
	plan->fpu = true;
}
#endif

void npum_real_begin(struct npum_real_tile *r, const struct npum_exec *x,
		     const struct npum_personality *p, const struct vnpu_op *op, u32 tile,
		     void *scratch)
{
	u32 n, h, each;

	*r = (struct npum_real_tile){ .x = x, .p = p, .op = op, .work = scratch };
	geometry(op, &r->c);
	each = r->c.pixel_tiles * r->c.block_tiles;
	npum_conv_tile(&r->c, tile % each, &r->t);
	r->left = npum_address(x, &op->in[0]);
	r->right = npum_address(x, &op->in[1]);
	r->out = npum_address(x, &op->out);
	if (op->opcode != VNPU_OP_BATCH_MATMUL_F)
		return;
	h = tile / each % op->out.shape[1];
	n = tile / each / op->out.shape[1];
	r->left += npum_offset(&op->in[0], n, h, 0, 0);
	r->right += npum_offset(&op->in[1], n, h, 0, 0);
	r->out += npum_offset(&op->out, n, h, 0, 0);
}

void npum_real_gather(const struct npum_real_tile *r, const struct npum_conv_pixel *at, float *row)
{
	const struct vnpu_tensor *in = r->c.in;
	u32 depth = in->shape[3];
	size_t offset;

	for (u32 i = 0; i < r->c.kernel[0]; i++) {
		for (u32 j = 0; j < r->c.kernel[1]; j++, row += depth) {
			if (npum_conv_tap(&r->c, at, i, j, &offset))
				npum_real_load(r->p, in->dtype, r->left + offset, in->stride[3],
					       row, depth);
			else
				memset(row, 0, depth * sizeof(*row));
		}
	}
}

/* Columns of a block of the second matrix, from term @first on. */
static void pack_matrix(const struct npum_real_tile *r, u32 block, u32 first, u32 terms)
{
	const struct vnpu_tensor *t = &r->op->in[1];
	bool turned = r->op->p.mode & VNPU_MATMUL_TRANSPOSED;
	u32 column = block * VNPU_CHANNEL_BLOCK;
	u32 count = min(r->c.channels - column, VNPU_CHANNEL_BLOCK);
	size_t down = t->stride[turned ? 3 : 2], right = t->stride[turned ? 2 : 3];
	const u8 *from = r->right + first * down + column * right;

	for (u32 k = 0; k < terms; k++, from += down) {
		float *to = r->work->pack[k];

		npum_real_load(r->p, t->dtype, from, (u32)right, to, count);
		memset(to + count, 0, (VNPU_CHANNEL_BLOCK - count) * sizeof(*to));
	}
}

const float *npum_real_weights(const struct npum_real_tile *r, u32 block, u32 first, u32 terms)
{
	const struct vnpu_tensor *t = &r->op->in[1];
	u32 size = npum_dtype_size(t->dtype);
	const u8 *from;

	if (r->op->opcode == VNPU_OP_BATCH_MATMUL_F) {
		pack_matrix(r, block, first, terms);
		return r->work->pack[0];
	}
	from = r->right + ((size_t)block * r->c.terms + first) * VNPU_CHANNEL_BLOCK * size;
	if (t->dtype == VNPU_DTYPE_FLOAT32 && r->p->real_type == NPUM_REAL_BINARY32)
		return (const float *)(const void *)from;
	npum_real_load(r->p, t->dtype, from, size, r->work->pack[0], terms * VNPU_CHANNEL_BLOCK);
	return r->work->pack[0];
}

void npum_real_biases(const struct npum_real_tile *r, u32 block, float *bias)
{
	const struct vnpu_tensor *t = &r->op->in[2];

	if (t->dtype == VNPU_DTYPE_NONE)
		memset(bias, 0, NPUM_REAL_LANES * sizeof(*bias));
	else
		npum_real_load(r->p, t->dtype,
			       npum_address(r->x, t) +
				       (size_t)block * NPUM_REAL_LANES * sizeof(*bias),
			       sizeof(*bias), bias, NPUM_REAL_LANES);
}

void npum_real_finish(const struct npum_real_tile *r, u32 block, float *v, u8 *pixel)
{
	const struct vnpu_tensor *out = r->c.out;
	float low = npum_real(r->op->p.real_clamp[0]), high = npum_real(r->op->p.real_clamp[1]);
	u32 channel = block * VNPU_CHANNEL_BLOCK;
	u32 count = min(r->c.channels - channel, VNPU_CHANNEL_BLOCK);

	npum_real_count(r->x->counters, r->p, out->dtype, v, count, low, high);
	for (u32 i = 0; i < NPUM_REAL_LANES; i++)
		v[i] = npum_real_between(v[i], low, high);
	npum_real_store(r->p, out->dtype, v, pixel + (size_t)channel * out->stride[3],
			out->stride[3], count);
}

void npum_real_finish_plain(const struct npum_real_tile *r, u32 block, const float *bias,
			    const float *acc, u8 *pixel)
{
	float v[NPUM_REAL_LANES];

	for (u32 i = 0; i < NPUM_REAL_LANES; i++)
		v[i] = acc[i] + bias[i];
	npum_real_finish(r, block, v, pixel);
}

void npum_real_finish_sum(const struct npum_real_tile *r, u32 block, const float *bias,
			  const struct npum_real_sum *s, u8 *pixel)
{
	bool half = npum_real_narrows(r->p, r->c.out->dtype);
	float v[NPUM_REAL_LANES];

	for (u32 i = 0; i < NPUM_REAL_LANES; i++) {
		double sum = npum_real_sum_value(r->p, s, i) + (double)bias[i];

		v[i] = npum_real_sum_narrow(half, npum_real_sum_round(r->p, sum));
	}
	npum_real_finish(r, block, v, pixel);
}

/*
 * Where an output's plane has fewer elements than there are terms, and than a block has,
 * libraries trade one for the other.
 */
u32 npum_real_block_terms(const struct npum_real_tile *r)
{
	bool rows = r->op->opcode == VNPU_OP_CONV2D_F || r->op->opcode == VNPU_OP_DEPTHWISE_F;
	u32 plane = rows ? r->c.out->shape[1] * r->c.out->shape[2] : r->c.channels;
	u32 terms = r->p->real_block, width = terms;

	if (!terms)
		return r->c.terms;
	while (plane < r->c.terms && width > 16 && width / 2 >= plane) {
		width /= 2;
		terms *= 2;
	}
	return terms;
}

/* A depthwise window has one channel. */
u32 npum_real_term_at(const struct npum_real_tile *r, u32 n)
{
	u32 taps = r->c.kernel[0] * r->c.kernel[1];

	if (r->p->real_order == NPUM_REAL_BACKWARD)
		return r->c.terms - 1 - n;
	if (r->p->real_order != NPUM_REAL_PLANES || r->op->opcode != VNPU_OP_CONV2D_F)
		return n;
	return n % taps * (r->c.terms / taps) + n / taps;
}

bool npum_real_product_is_plain(const struct npum_personality *p)
{
	return npum_real_is_plain(p) && p->real_order == NPUM_REAL_FORWARD && !p->real_fused &&
	       !p->real_block;
}
