// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Pooling with windows that are larger than the device's.
 *
 * A mean of means of equally many elements is the mean of all, and a maximum of maxima
 * is the maximum.  Of an average the codes in between are rounded once more: the fewer
 * elements the first window has, the more of these roundings the second one averages.
 */
#include <stdlib.h>

#include "lower.h"
#include "npum_check.h"
#include "predicates.h"
#include "rewrite.h"
#include "predicates.h"
#include "tflite.h"

/**
 * struct cascade - two windows in place of one
 * @first: rows and columns of the first
 * @second: of the second
 */
struct cascade {
	uint32_t first[2];
	uint32_t second[2];
};

static bool fits(const struct npuc_rewriting *r, const uint32_t window[2])
{
	uint32_t longest = npuc_rewrite_limit(r, max_kernel),
		 step = npuc_rewrite_limit(r, max_step);

	return window[0] <= longest && window[1] <= longest && window[0] <= step &&
	       window[1] <= step &&
	       (uint64_t)window[0] * window[1] <= npuc_rewrite_limit(r, max_window);
}

/* One window over all of the input, which may be cut into tiles. */
static bool covers_all(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape,
				*out = &npuc_output(g, op)->shape;
	const struct npuc_attributes *a = &op->attributes;

	return out->dim[1] == 1 && out->dim[2] == 1 && a->filter[0] == in->dim[1] &&
	       a->filter[1] == in->dim[2] && a->padding == NPUC_PADDING_VALID;
}

/* The largest second window whose tiles fit; else the largest first one. */
static bool choose_tiles(const struct npuc_rewriting *r, const uint32_t filter[2],
			 struct cascade *best)
{
	uint32_t most = 0;

	for (uint32_t h = 1; h <= filter[0]; h++) {
		for (uint32_t w = 1; w <= filter[1] && filter[0] % h == 0; w++) {
			struct cascade c = { { h, w }, { filter[0] / h, filter[1] / w } };
			uint32_t score = c.second[0] * c.second[1];

			if (filter[1] % w || h * w == 1 || score == 1 || !fits(r, c.first))
				continue;
			/* What does not fit yet is taken apart again: it must become small. */
			score = fits(r, c.second) ? NPUM_MAX_WINDOW + score : h * w;
			if (score <= most)
				continue;
			most = score;
			*best = c;
		}
	}
	return most;
}

/* Rows, then columns: what lies outside the input counts in neither. */
static bool choose_axes(const struct npuc_rewriting *r, const struct npuc_attributes *a,
			struct cascade *c)
{
	*c = (struct cascade){ { a->filter[0], 1 }, { 1, a->filter[1] } };
	return a->filter[0] > 1 && a->filter[1] > 1 && a->padding != NPUC_PADDING_EXPLICIT &&
	       fits(r, c->first) && fits(r, c->second);
}

static bool emit_cascade(struct npuc_rewriting *r, const struct cascade *c, bool tiles)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	const struct npuc_tensor *in = npuc_input(r->from, op, 0), *out = npuc_output(r->from, op);
	struct npuc_attributes a = op->attributes, b = op->attributes;
	struct npuc_shape shape = in->shape;
	uint32_t between;

	for (int i = 0; i < 2; i++) {
		a.filter[i] = c->first[i];
		b.filter[i] = c->second[i];
		if (tiles)
			a.stride[i] = c->first[i];
	}
	if (!tiles) {
		a.stride[1] = 1;
		b.stride[0] = 1;
	}
	a.activation = NPUC_ACTIVATION_NONE;
	shape.dim[1] = tiles ? c->second[0] : out->shape.dim[1];
	shape.dim[2] = tiles ? c->second[1] : in->shape.dim[2];
	between = npuc_rewrite_tensor(r, in, "pooled", &shape);
	return npuc_rewrite_emit(r, op->builtin, op->type, &a, op->inputs, 1, between) &&
	       npuc_rewrite_emit(r, op->builtin, op->type, &b, &between, 1, op->outputs[0]);
}

static const char *cascade_cause(const struct npuc_graph *g, const struct npuc_op *op)
{
	if (op->builtin == TFLITE_MAX_POOL_2D)
		return "a maximum of maxima is the maximum";
	if (npuc_family(npuc_input(g, op, 0)->type) == NPUC_REAL)
		return "sums in another order, and one more rounding";
	return "means of the first windows are rounded to codes before the second one averages them";
}

bool npuc_rewrite_pool_cascade(struct npuc_rewriting *r)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	const uint32_t *filter = op->attributes.filter;
	struct cascade c;
	bool tiles = covers_all(r->from, op) && choose_tiles(r, filter, &c);

	if (!tiles && !choose_axes(r, &op->attributes, &c))
		return false;
	return emit_cascade(r, &c, tiles) &&
	       npuc_rewrite_done(r, cascade_cause(r->from, op),
				 "%u x %u is pooled by %u x %u, then by %u x %u", filter[0],
				 filter[1], c.first[0], c.first[1], c.second[0], c.second[1]);
}

static void put32(uint8_t *to, uint32_t value)
{
	for (uint32_t i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* Weights that are all the same, whose scale makes each 1 / @count. */
static uint32_t equal_weights(struct npuc_rewriting *r, const struct npuc_tensor *in,
			      const struct npuc_shape *shape, uint32_t count)
{
	bool real = in->type == NPUC_TYPE_FLOAT32, wide = in->type == NPUC_TYPE_UINT8;
	uint32_t elements = npuc_shape_elements(shape);
	size_t bytes = (size_t)elements * (real ? 4 : 1);
	uint8_t *data = npuc_build_memory(&r->b, bytes), *quant = npuc_build_memory(&r->b, 12);
	uint32_t t = npuc_build_constant(&r->b, "equal weights",
					 wide ? NPUC_TYPE_UINT8 :
					 real ? in->type :
						NPUC_TYPE_INT8,
					 shape, data);

	if (t == NPUC_NONE || !quant)
		return NPUC_NONE;
	for (uint32_t i = 0; i < elements && real; i++)
		put32(data + 4 * (size_t)i, npuc_real_bits(1.0f / (float)count));
	for (uint32_t i = 0; i < elements && !real; i++)
		data[i] = wide ? 255 : 127;
	if (real)
		return t;
	put32(quant + 8, npuc_real_bits(1.0f / (127.0f * (float)count)));
	put32(quant, wide ? 128 : 0);
	r->b.g.tensors[t].quant = (struct npuc_quant){
		.scales = quant + 8,
		.zero_points = quant,
		.count = 1,
		.zero_point_count = 1,
	};
	return t;
}

bool npuc_rewrite_pool_depthwise(struct npuc_rewriting *r)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	const struct npuc_tensor *in = npuc_input(r->from, op, 0);
	const uint32_t *filter = op->attributes.filter;
	uint32_t channels = in->shape.dim[3], longest = npuc_rewrite_limit(r, max_kernel);
	const struct npuc_shape shape = { 4, { 1, filter[0], filter[1], channels } };
	struct npuc_attributes a = op->attributes;
	uint32_t inputs[2] = { op->inputs[0] };

	/* Zeros around the input would count; types of which the mean is exact anyway have no need. */
	if (op->attributes.padding != NPUC_PADDING_VALID || filter[0] > longest ||
	    filter[1] > longest || in->type == NPUC_TYPE_INT16 || in->type == NPUC_TYPE_FLOAT16)
		return false;
	inputs[1] = equal_weights(r, in, &shape, filter[0] * filter[1]);
	a.dilation[0] = 1;
	a.dilation[1] = 1;
	return inputs[1] != NPUC_NONE &&
	       npuc_rewrite_emit(r, TFLITE_DEPTHWISE_CONV_2D, "DEPTHWISE_CONV_2D", &a, inputs, 2,
				 op->outputs[0]) &&
	       npuc_rewrite_done(
		       r,
		       "the sum is divided by a multiplier of a convolution, which rounds "
		       "otherwise where it is near the middle of two codes",
		       "%u x %u is a depthwise convolution with weights of 1/%u", filter[0],
		       filter[1], filter[0] * filter[1]);
}
