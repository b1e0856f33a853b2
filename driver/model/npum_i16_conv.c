// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * CONV2D_I16, DEPTHWISE_I16 and FULLY_CONNECTED_I16: products of int16 codes with
 * int8 or int16 weights.  Geometry and tiles are those of the 8-bit ops; codes are
 * symmetric, so that padding is 0 and no bias depends on a zero point.
 */
#include "npum_conv_counting.h"
#include "npum_i16.h"
#include "npum_kernels.h"

#define LANES VNPU_CHANNEL_BLOCK

/**
 * struct lanes - one block of output channels on its way from table to output
 * @acc: the accumulators' kind
 * @sum: what they hold
 * @table: the block's requantisation, a copy that nobody changes under us
 * @count: channels of the block that exist
 * @wide: weights are int16
 */
struct lanes {
	struct npum_wide_kind acc;
	s64 sum[LANES];
	struct vnpu_requant_wide_block table;
	u32 count;
	bool wide;
};

static void lanes_load(const struct npum_exec *x, const struct npum_personality *p,
		       const struct vnpu_op *op, u32 block, struct lanes *l)
{
	const u8 *table = npum_address(x, &op->in[2]);

	memcpy(&l->table, table + (size_t)block * sizeof(l->table), sizeof(l->table));
	l->count = min(op->out.shape[3] - block * LANES, LANES);
	l->acc = npum_wide_acc(p, op);
	l->wide = op->in[1].dtype == VNPU_DTYPE_INT16;
}

static __always_inline void lanes_start(struct lanes *l, struct npum_counters *n)
{
	for (u32 i = 0; i < LANES; i++)
		l->sum[i] = npum_wide_begin(&l->acc, l->table.bias[i]);
	for (u32 i = 0; n && i < l->count; i++)
		npum_count_acc(n, l->table.bias[i], l->acc.bits);
}

/* sum += v[i] * w[i]; @n: also tell what the accumulators are to hold, bias included. */
static __always_inline void lanes_add(struct lanes *l, const s32 v[LANES], const u8 *weights,
				      struct npum_counters *n)
{
	const s16 *w16 = (const s16 *)(const void *)weights;
	const s8 *w8 = (const s8 *)(const void *)weights;

	for (u32 i = 0; i < l->count; i++) {
		s32 w = l->wide ? w16[i] : w8[i];
		s64 product = (s64)v[i] * w;

		if (n)
			npum_i16_count(n, &l->acc, l->sum[i], product, l->table.bias[i]);
		l->sum[i] = npum_wide_sum(&l->acc, l->sum[i], product);
	}
}

static __always_inline void lanes_store(const struct lanes *l, const struct npum_personality *p,
					const struct vnpu_op *op, u8 *out, struct npum_counters *n)
{
	enum npum_rounding rounding = npum_op_rounding(p, op);
	s16 *to = (s16 *)(void *)out;

	for (u32 i = 0; i < l->count; i++) {
		s64 acc = npum_wide_end(&l->acc, l->sum[i], l->table.bias[i]);
		s32 q = npum_requant_wide(rounding, acc, l->table.mult[i], l->table.shift[i]);

		if (n)
			n->ties += npum_requant_wide_ties(rounding, acc, l->table.mult[i],
							  l->table.shift[i]);
		npum_count_clamp(n, q, op->p.clamp);
		to[i] = (s16)npum_saturate(q, op->p.clamp);
	}
}

void npum_i16_gather(const struct npum_conv *c, const u8 *in, const struct npum_conv_pixel *at,
		     s16 *row)
{
	u32 depth = c->in->shape[3], step = c->in->stride[3];
	s16 *end = row + c->panel_row / sizeof(s16);
	size_t offset;

	for (u32 i = 0; i < c->kernel[0]; i++) {
		for (u32 j = 0; j < c->kernel[1]; j++, row += depth) {
			if (!npum_conv_tap(c, at, i, j, &offset)) {
				memset(row, 0, depth * sizeof(s16));
				continue;
			}
			if (step == sizeof(s16))
				memcpy(row, in + offset, depth * sizeof(s16));
			for (u32 k = 0; k < depth && step != sizeof(s16); k++)
				memcpy(&row[k], in + offset + (size_t)k * step, sizeof(s16));
		}
	}
	while (row < end)
		*row++ = 0;
}

static __always_inline void conv2d(const struct npum_exec *x, const struct npum_personality *p,
				   const struct vnpu_op *op, u32 tile, void *scratch,
				   struct npum_counters *n)
{
	const u8 *in = npum_address(x, &op->in[0]);
	const u8 *weights = npum_address(x, &op->in[1]);
	u32 step = LANES * npum_dtype_size(op->in[1].dtype);
	u8 *out = npum_address(x, &op->out);
	const s16 *row = scratch;
	struct npum_conv_pixel at;
	struct npum_conv_tile t;
	struct npum_conv c;
	struct lanes l;

	if (n)
		npum_conv_counting_geometry(op, &c);
	else
		npum_conv_geometry(op, &c);
	npum_conv_tile(&c, tile, &t);
	at = npum_conv_pixel(&c, t.pixel);
	for (u32 i = 0; i < t.pixels; i++, npum_conv_next(&c, &at)) {
		u8 *pixel = out + npum_conv_output(&c, &at);

		npum_i16_gather(&c, in, &at, scratch);
		for (u32 b = t.block; b < t.block + t.blocks; b++) {
			const u8 *w = weights + (size_t)b * c.terms * step;

			lanes_load(x, p, op, b, &l);
			lanes_start(&l, n);
			for (u32 k = 0; k < c.terms; k++, w += step) {
				s32 v[LANES];

				for (u32 lane = 0; lane < LANES; lane++)
					v[lane] = row[k];
				lanes_add(&l, v, w, n);
			}
			lanes_store(&l, p, op, pixel + b * LANES * sizeof(s16), n);
		}
	}
}

NPUM_COUNTED(npum_conv2d_i16, npum_conv2d_i16_counting, conv2d)

static __always_inline void depthwise(const struct npum_exec *x, const struct npum_personality *p,
				      const struct vnpu_op *op, u32 tile, void *scratch,
				      struct npum_counters *n)
{
	const u8 *in = npum_address(x, &op->in[0]);
	const u8 *weights = npum_address(x, &op->in[1]);
	u32 step = LANES * npum_dtype_size(op->in[1].dtype);
	u8 *out = npum_address(x, &op->out);
	size_t lane_offset[LANES] = { 0 };
	struct npum_conv_pixel at;
	struct npum_conv_tile t;
	struct npum_conv c;
	u32 multiplier;
	struct lanes l;

	if (n)
		npum_conv_counting_geometry(op, &c);
	else
		npum_conv_geometry(op, &c);
	npum_conv_tile(&c, tile, &t);
	multiplier = c.channels / c.in->shape[3];
	for (u32 b = t.block; b < t.block + t.blocks; b++) {
		u32 channel = b * LANES;

		lanes_load(x, p, op, b, &l);
		for (u32 i = 0; i < l.count; i++)
			lane_offset[i] = (size_t)((channel + i) / multiplier) * c.in->stride[3];
		at = npum_conv_pixel(&c, t.pixel);
		for (u32 i = 0; i < t.pixels; i++, npum_conv_next(&c, &at)) {
			const u8 *w = weights + (size_t)b * c.terms * step;

			lanes_start(&l, n);
			for (u32 k = 0; k < c.terms; k++, w += step) {
				size_t offset;
				s32 v[LANES] = { 0 };

				bool inside = npum_conv_tap(&c, &at, k / c.kernel[1],
							    k % c.kernel[1], &offset);

				for (u32 lane = 0; inside && lane < l.count; lane++)
					v[lane] = npum_s16(in + offset + lane_offset[lane]);
				/* products with padding change no sum, but are counted */
				if (inside || n)
					lanes_add(&l, v, w, n);
			}
			lanes_store(&l, p, op,
				    out + npum_conv_output(&c, &at) + channel * sizeof(s16), n);
		}
	}
}

NPUM_COUNTED(npum_depthwise_i16, npum_depthwise_i16_counting, depthwise)
