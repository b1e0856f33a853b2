// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* CONV2D, DEPTHWISE and FULLY_CONNECTED: the normative kernels. */
#include "npum_acc.h"
#include "npum_conv.h"
#include "npum_conv_counting.h"
#include "npum_counters.h"
#include "npum_kernels.h"
#include "npum_requant.h"

/**
 * struct lanes - one block of output channels on its way from table to output
 * @p: personality
 * @plain: it accumulates in 32 bits that wrap, or might as well
 * @acc: plain accumulators, unsigned because they wrap
 * @wide: the others
 * @table: the block's requantisation, a copy that nobody changes under us
 * @count: channels of the block that exist
 */
struct lanes {
	const struct npum_personality *p;
	bool plain;
	u32 acc[VNPU_CHANNEL_BLOCK];
	s64 wide[VNPU_CHANNEL_BLOCK];
	struct vnpu_requant_block table;
	u32 count;
};

static void lanes_load(const struct npum_exec *x, const struct npum_personality *p,
		       const struct vnpu_op *op, u32 block, bool plain, struct lanes *l)
{
	const u8 *table = npum_address(x, &op->in[2]);

	l->p = p;
	l->plain = plain;
	memcpy(&l->table, table + (size_t)block * sizeof(l->table), sizeof(l->table));
	l->count = min(op->out.shape[3] - block * VNPU_CHANNEL_BLOCK, VNPU_CHANNEL_BLOCK);
}

static __always_inline void lanes_start(struct lanes *l, struct npum_counters *n)
{
	u32 i;

	for (i = 0; i < VNPU_CHANNEL_BLOCK; i++) {
		l->acc[i] = (u32)npum_acc_start(l->p, l->table.bias[i]);
		l->wide[i] = npum_acc_start(l->p, l->table.bias[i]);
	}
	for (i = 0; n && i < l->count; i++)
		npum_count_acc(n, l->wide[i], l->p->acc_bits);
}

/* One term of an accumulator that is not plain. */
static __always_inline void lanes_add(struct lanes *l, u32 i, s32 term, struct npum_counters *n)
{
	npum_count_acc(n, l->wide[i] + term, l->p->acc_bits);
	l->wide[i] = npum_acc_add(l->p, l->wide[i], term);
}

static __always_inline void lanes_store(const struct lanes *l, const struct vnpu_op *op, u8 *out,
					struct npum_counters *n)
{
	enum npum_rounding rounding = npum_op_rounding(l->p, op);
	bool offset = npum_has_float_bias(l->p, op);
	u32 i;

	for (i = 0; i < l->count; i++) {
		s32 acc = l->plain ? (s32)l->acc[i] : npum_acc_end(l->p, l->wide[i]);
		s32 mult = l->table.mult[i], shift = l->table.shift[i], q;

		if (offset) {
			q = npum_requant_offset(acc, (u32)mult, (u32)shift);
			if (n)
				n->ties += npum_requant_offset_tie(acc, (u32)mult, (u32)shift);
		} else {
			npum_count_requant(n, rounding, acc, mult, shift);
			q = npum_requant(rounding, acc, mult, shift);
			q = npum_wrap_add(q, op->out.zero_point);
		}
		npum_count_clamp(n, q, op->p.clamp);
		out[i] = (u8)npum_saturate(q, op->p.clamp);
	}
}

static_assert(VNPU_DOT_BLOCK == 4, "lanes_dot() spells out the terms of a group");
static_assert(VNPU_DOT_BLOCK *VNPU_CHANNEL_BLOCK == 64, "bytes of a group of weights");

/* What lanes_dot() is about to add, term by term. */
static void lanes_count(const struct lanes *l, const s32 v[VNPU_DOT_BLOCK], const u8 *w,
			s32 weight_zero, struct npum_counters *n)
{
	u32 i, k;

	for (i = 0; i < l->count; i++, w += VNPU_DOT_BLOCK) {
		s32 acc = (s32)l->acc[i];

		for (k = 0; k < VNPU_DOT_BLOCK; k++) {
			s64 sum = (s64)acc + v[k] * (w[k] - weight_zero);

			npum_count_acc(n, sum, 32);
			acc = (s32)sum;
		}
	}
}

/* The same for accumulators that are not plain: term by term, in the order of the weights. */
static __always_inline void lanes_dot_wide(struct lanes *l, const struct npum_conv *c,
					   const u8 *row, const u8 *w, s32 weight_zero,
					   struct npum_counters *n)
{
	u32 i, k;

	for (k = 0; k < c->terms; k++) {
		const u8 *group = w + (size_t)(k / VNPU_DOT_BLOCK) * 64 + k % VNPU_DOT_BLOCK;
		s32 v = (row[k] ^ c->input_flip) - c->input_flip;

		for (i = 0; i < l->count; i++)
			lanes_add(l, i, v * (group[i * VNPU_DOT_BLOCK] - weight_zero), n);
	}
}

/* acc += x * (w - zp_w) over all groups of terms of one block. */
static __always_inline void lanes_dot(struct lanes *l, const struct npum_conv *c, const u8 *row,
				      const u8 *w, s32 weight_zero, struct npum_counters *n)
{
	s32 v[VNPU_DOT_BLOCK];
	u32 g, i, k;

	if (!l->plain) {
		lanes_dot_wide(l, c, row, w, weight_zero, n);
		return;
	}
	for (g = 0; g < c->term_groups; g++) {
		for (k = 0; k < VNPU_DOT_BLOCK; k++)
			v[k] = (*row++ ^ c->input_flip) - c->input_flip;
		if (n)
			lanes_count(l, v, w, weight_zero, n);
		for (i = 0; i < VNPU_CHANNEL_BLOCK; i++, w += VNPU_DOT_BLOCK)
			l->acc[i] += (u32)(v[0] * (w[0] - weight_zero)) +
				     (u32)(v[1] * (w[1] - weight_zero)) +
				     (u32)(v[2] * (w[2] - weight_zero)) +
				     (u32)(v[3] * (w[3] - weight_zero));
	}
}

static __always_inline void conv2d(const struct npum_exec *x, const struct npum_personality *p,
				   const struct vnpu_op *op, u32 tile, void *scratch,
				   struct npum_counters *n)
{
	const u8 *in = npum_address(x, &op->in[0]);
	const u8 *weights = npum_address(x, &op->in[1]);
	u8 *out = npum_address(x, &op->out);
	struct npum_conv_pixel at;
	struct npum_conv_tile t;
	struct npum_conv c;
	size_t block_bytes;
	/* who counts sees each sum on its way */
	const bool plain = n ? npum_acc_is_plain(p) : npum_conv_fits(p, op);
	struct lanes l;
	u32 i, b;

	if (n)
		npum_conv_counting_geometry(op, &c);
	else
		npum_conv_geometry(op, &c);
	npum_conv_tile(&c, tile, &t);
	block_bytes = (size_t)c.panel_row * VNPU_CHANNEL_BLOCK;
	at = npum_conv_pixel(&c, t.pixel);
	for (i = 0; i < t.pixels; i++, npum_conv_next(&c, &at)) {
		u8 *pixel = out + npum_conv_output(&c, &at);

		npum_conv_gather(&c, in, &at, scratch);
		for (b = t.block; b < t.block + t.blocks; b++) {
			lanes_load(x, p, op, b, plain, &l);
			lanes_start(&l, n);
			lanes_dot(&l, &c, scratch, weights + b * block_bytes, op->in[1].zero_point,
				  n);
			lanes_store(&l, op, pixel + b * VNPU_CHANNEL_BLOCK, n);
		}
	}
}

NPUM_COUNTED(npum_conv2d_generic, npum_conv2d_counting, conv2d)

void npum_fully_connected_generic(const struct npum_exec *x, const struct npum_personality *p,
				  const struct vnpu_op *op, u32 tile, void *scratch)
{
	npum_conv2d_generic(x, p, op, tile, scratch);
}

/* acc += x * (w - zp_w) for one tap; @tap NULL: padding. */
static __always_inline void lanes_tap(struct lanes *l, const struct npum_conv *c, const u8 *tap,
				      const size_t lane_offset[], const u8 *w, s32 weight_zero,
				      struct npum_counters *n)
{
	s32 v = c->in->zero_point;
	u32 i;

	for (i = 0; i < l->count; i++) {
		if (tap)
			v = (tap[lane_offset[i]] ^ c->input_flip) - c->input_flip;
		if (!l->plain) {
			lanes_add(l, i, v * (w[i] - weight_zero), n);
			continue;
		}
		npum_count_acc(n, (s64)(s32)l->acc[i] + v * (w[i] - weight_zero), 32);
		l->acc[i] += (u32)(v * (w[i] - weight_zero));
	}
}

static __always_inline void depthwise(const struct npum_exec *x, const struct npum_personality *p,
				      const struct vnpu_op *op, u32 tile, void *scratch,
				      struct npum_counters *n)
{
	const u8 *in = npum_address(x, &op->in[0]);
	const u8 *weights = npum_address(x, &op->in[1]);
	u8 *out = npum_address(x, &op->out);
	size_t lane_offset[VNPU_CHANNEL_BLOCK];
	struct npum_conv_pixel at;
	struct npum_conv_tile t;
	struct npum_conv c;
	u32 multiplier, i, b, k;
	/* who counts sees each sum on its way */
	const bool plain = n ? npum_acc_is_plain(p) : npum_conv_fits(p, op);
	struct lanes l;

	(void)scratch;
	if (n)
		npum_conv_counting_geometry(op, &c);
	else
		npum_conv_geometry(op, &c);
	npum_conv_tile(&c, tile, &t);
	multiplier = c.channels / c.in->shape[3];
	for (b = t.block; b < t.block + t.blocks; b++) {
		u32 channel = b * VNPU_CHANNEL_BLOCK;

		lanes_load(x, p, op, b, plain, &l);
		for (i = 0; i < l.count; i++)
			lane_offset[i] = (size_t)((channel + i) / multiplier) * c.in->stride[3];
		at = npum_conv_pixel(&c, t.pixel);
		for (i = 0; i < t.pixels; i++, npum_conv_next(&c, &at)) {
			lanes_start(&l, n);
			for (k = 0; k < c.terms; k++) {
				const u8 *w = weights + (size_t)k * c.channels + channel;
				size_t offset;
				bool inside = npum_conv_tap(&c, &at, k / c.kernel[1],
							    k % c.kernel[1], &offset);

				lanes_tap(&l, &c, inside ? in + offset : NULL, lane_offset, w,
					  op->in[1].zero_point, n);
			}
			lanes_store(&l, op, out + npum_conv_output(&c, &at) + channel, n);
		}
	}
}

NPUM_COUNTED(npum_depthwise_generic, npum_depthwise_counting, depthwise)
