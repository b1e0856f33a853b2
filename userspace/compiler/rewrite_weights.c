// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Weights in other codes: without a zero point, or with one scale for all channels.
 *
 * A weight is (code - zero point) * scale.  Where the differences fit the type they are
 * the new codes, and nothing changes.  Else the scale grows until the largest fits, the
 * others are rounded, and so is the bias, whose scale is the product of the weights'
 * and the input's.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lower.h"
#include "predicates.h"
#include "rewrite.h"
#include "tflite.h"

/**
 * struct weights - a constant in codes, and what it becomes
 * @t: the constant
 * @axis: dimension of the output channels
 * @channels: their number
 * @inner: elements behind one step along @axis
 * @middle: code of zero afterwards
 * @most: greatest distance of a code from it
 * @ratio: old scale / new scale, of each channel
 * @scale: new scales
 * @scale_count: their number: 1 or @channels
 * @zero: new zero points, 64-bit
 * @codes: new codes
 * @exact: no code is rounded
 */
struct weights {
	const struct npuc_tensor *t;
	uint32_t axis;
	uint32_t channels;
	uint32_t inner;
	int32_t middle;
	int32_t most;
	double *ratio;
	uint8_t *scale;
	uint32_t scale_count;
	uint8_t *zero;
	uint8_t *codes;
	bool exact;
};

static void put_little(uint8_t *to, uint64_t value, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

static int64_t code_at(const struct npuc_tensor *t, uint32_t i)
{
	const uint8_t *at = t->data + (size_t)i * npuc_type_size(t->type);

	switch (t->type) {
	case NPUC_TYPE_UINT8:
		return *at;
	case NPUC_TYPE_INT8:
		return (int8_t)*at;
	default:
		return (int16_t)(uint16_t)(at[0] | at[1] << 8);
	}
}

static uint32_t channel_of(const struct weights *w, uint32_t i)
{
	return i / w->inner % w->channels;
}

static int64_t difference(const struct weights *w, uint32_t i)
{
	return code_at(w->t, i) - npuc_zero_point(w->t, channel_of(w, i));
}

/* Zero points are whatever the file says: those that are no codes mean no weights. */
static bool zero_points_are_codes(const struct npuc_tensor *t)
{
	int32_t range[2];

	npuc_type_range(t->type, range);
	for (uint32_t i = 0; i < t->quant.zero_point_count; i++)
		if (npuc_zero_point(t, i) < range[0] || npuc_zero_point(t, i) > range[1])
			return false;
	return true;
}

/* Scales, likewise: new ones are made of them. */
static bool scales_are_numbers(const struct npuc_tensor *t)
{
	for (uint32_t i = 0; i < t->quant.count; i++)
		if (!isnormal(npuc_scale(t, i)) || npuc_scale(t, i) < 0)
			return false;
	return t->quant.count;
}

static bool describe(struct npuc_rewriting *r, struct weights *w)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	const struct npuc_tensor *t = npuc_input(r->from, op, 1);
	const struct npuc_tensor *bias = npuc_input(r->from, op, 2);

	*w = (struct weights){
		.t = t,
		.axis = op->builtin == TFLITE_DEPTHWISE_CONV_2D ? 3 : 0,
		.inner = 1,
		.middle = t->type == NPUC_TYPE_UINT8 ? 128 : 0,
		.most = t->type == NPUC_TYPE_INT16 ? INT16_MAX : INT8_MAX,
		.exact = true,
	};
	if (!npuc_codes(t) || !t->data || w->axis >= t->shape.rank || !scales_are_numbers(t) ||
	    !zero_points_are_codes(t) ||
	    t->data_size != (size_t)t->elements * npuc_type_size(t->type))
		return false;
	w->channels = t->shape.dim[w->axis];
	for (uint32_t i = w->axis + 1; i < t->shape.rank; i++)
		w->inner *= t->shape.dim[i];
	if (t->quant.count > 1 && (t->quant.count != w->channels || t->quant.axis != w->axis))
		return false;
	if (bias && (!bias->data || bias->elements != w->channels ||
		     bias->data_size != (size_t)bias->elements * npuc_type_size(bias->type)))
		return false;
	w->ratio = npuc_build_memory(&r->b, w->channels * sizeof(*w->ratio));
	w->scale = npuc_build_memory(&r->b, (size_t)w->channels * 4);
	w->zero = npuc_build_memory(&r->b, (size_t)w->channels * 8);
	w->codes = npuc_build_memory(&r->b, t->data_size);
	return w->ratio && w->scale && w->zero && w->codes;
}

/* The scale that a channel needs so that its largest weight is a code. */
static void choose_scales(struct weights *w, bool one)
{
	float coarsest = 0;

	for (uint32_t i = 0; i < w->channels; i++)
		w->ratio[i] = w->most;
	for (uint32_t i = 0; i < w->t->elements; i++) {
		double d = fabs((double)difference(w, i)), *reach = &w->ratio[channel_of(w, i)];

		*reach = d > *reach ? d : *reach;
	}
	for (uint32_t i = 0; i < w->channels; i++) {
		float scale = (float)((double)npuc_scale(w->t, i) * (w->ratio[i] / w->most));

		put_little(w->scale + 4 * (size_t)i, npuc_real_bits(scale), 4);
		put_little(w->zero + 8 * (size_t)i, (uint64_t)w->middle, 8);
		coarsest = scale > coarsest ? scale : coarsest;
		w->ratio[i] = (double)npuc_scale(w->t, i) / (double)scale;
	}
	w->scale_count = one || w->t->quant.count == 1 ? 1 : w->channels;
	if (w->scale_count > 1)
		return;
	put_little(w->scale, npuc_real_bits(coarsest), 4);
	for (uint32_t i = 0; i < w->channels; i++)
		w->ratio[i] = (double)npuc_scale(w->t, i) / (double)coarsest;
}

static void requantise(struct weights *w)
{
	uint32_t bytes = npuc_type_size(w->t->type);

	for (uint32_t i = 0; i < w->t->elements; i++) {
		double exact = (double)difference(w, i) * w->ratio[channel_of(w, i)];
		double code = fmin(fmax(round(exact), -w->most), w->most);

		w->exact &= code == exact;
		put_little(w->codes + (size_t)i * bytes, (uint64_t)((int64_t)code + w->middle),
			   bytes);
	}
}

static uint32_t new_weights(struct npuc_rewriting *r, const struct weights *w)
{
	uint32_t t = npuc_build_constant(&r->b, w->t->name, w->t->type, &w->t->shape, w->codes);

	if (t == NPUC_NONE)
		return NPUC_NONE;
	r->b.g.tensors[t].quant = (struct npuc_quant){
		.scales = w->scale,
		.zero_points = w->zero,
		.count = w->scale_count,
		.zero_point_count = w->scale_count,
		.axis = w->axis,
	};
	return t;
}

/* A bias of the new scales; the old one where they are the same. */
static uint32_t new_bias(struct npuc_rewriting *r, const struct weights *w, uint32_t number)
{
	const struct npuc_tensor *bias = &r->from->tensors[number];
	const struct npuc_tensor *in = npuc_input(r->from, npuc_rewrite_op(r), 0);
	uint32_t bytes = npuc_type_size(bias->type), t;
	uint8_t *data = npuc_build_memory(&r->b, bias->data_size);
	uint8_t *scale = npuc_build_memory(&r->b, (size_t)w->channels * 4);
	double most = bias->type == NPUC_TYPE_INT32 ? INT32_MAX : 0x1p62;

	t = npuc_build_constant(&r->b, bias->name, bias->type, &bias->shape, data);
	if (t == NPUC_NONE || !scale)
		return NPUC_NONE;
	for (uint32_t i = 0; i < w->channels; i++) {
		double code = round((double)npuc_constant_int(bias, i) * w->ratio[i]);
		uint32_t bits = (uint32_t)w->scale[4 * (i % w->scale_count)] |
				(uint32_t)w->scale[4 * (i % w->scale_count) + 1] << 8 |
				(uint32_t)w->scale[4 * (i % w->scale_count) + 2] << 16 |
				(uint32_t)w->scale[4 * (i % w->scale_count) + 3] << 24;
		float weight_scale;

		memcpy(&weight_scale, &bits, sizeof(bits));
		code = fmin(fmax(code, -most), most);
		put_little(data + (size_t)i * bytes, (uint64_t)(int64_t)code, bytes);
		put_little(scale + 4 * (size_t)i, npuc_real_bits(npuc_scale(in, 0) * weight_scale),
			   4);
	}
	r->b.g.tensors[t].quant = (struct npuc_quant){
		.scales = scale,
		.zero_points = npuc_build_memory(&r->b, (size_t)w->channels * 8),
		.count = w->scale_count,
		.zero_point_count = w->scale_count,
	};
	return t;
}

static bool same_scales(const struct weights *w)
{
	for (uint32_t i = 0; i < w->channels; i++)
		if (w->ratio[i] != 1)
			return false;
	return true;
}

static bool rewrite(struct npuc_rewriting *r, bool one)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	uint32_t inputs[3] = { op->inputs[0], NPUC_NONE, NPUC_NONE };
	struct weights w;

	if (!describe(r, &w))
		return false;
	choose_scales(&w, one);
	requantise(&w);
	inputs[1] = new_weights(r, &w);
	if (op->input_count > 2)
		inputs[2] = op->inputs[2];
	if (inputs[2] != NPUC_NONE && !same_scales(&w))
		inputs[2] = new_bias(r, &w, inputs[2]);
	if (inputs[1] == NPUC_NONE || r->b.failed || !npuc_rewrite_copy(r, &op->attributes, inputs))
		return false;
	return npuc_rewrite_done(r,
				 w.exact ? "every weight is the same number in other codes" :
					   "weights are rounded to a coarser scale",
				 one ? "'%.60s' has one scale in place of %u" :
				       "'%.60s' has no zero point any more, and %u scale(s)",
				 w.t->name, one ? w.t->quant.count : w.scale_count);
}

bool npuc_rewrite_symmetric(struct npuc_rewriting *r)
{
	return rewrite(r, false);
}

bool npuc_rewrite_per_tensor(struct npuc_rewriting *r)
{
	return rewrite(r, true);
}
