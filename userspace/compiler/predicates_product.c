// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints on inner products: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED. */
#include <math.h>

#include "npum_check.h"
#include "npum_conv.h"
#include "predicates.h"
#include "tflite.h"

static const struct npuc_tensor *weights(const struct npuc_query *q)
{
	return npuc_input(q->g, q->op, 1);
}

static uint32_t channel_axis(const struct npuc_query *q)
{
	return q->op->builtin == TFLITE_DEPTHWISE_CONV_2D ? 3 : 0;
}

static uint32_t outputs(const struct npuc_query *q)
{
	return weights(q)->shape.dim[channel_axis(q)];
}

bool npuc_holds_weights(struct npuc_query *q)
{
	const struct npuc_tensor *w = weights(q);

	if (!w->data)
		return npuc_no(q, "'%.100s' is computed", w->name);
	if (q->in->type == NPUC_TYPE_INT16 && w->type == NPUC_TYPE_INT8)
		return true;
	return npuc_type_size(w->type) == npuc_type_size(q->in->type) ||
	       npuc_no(q, "%s weights with %s", npuc_type_name(w->type),
		       npuc_type_name(q->in->type));
}

bool npuc_holds_plain_weights(struct npuc_query *q)
{
	return !q->op->attributes.weights_format ||
	       npuc_no(q, "format %u", q->op->attributes.weights_format);
}

bool npuc_holds_weight_scales(struct npuc_query *q)
{
	const struct npuc_tensor *w = weights(q);

	if (!w->quant.count)
		return npuc_no(q, "'%.100s' has none", w->name);
	if (w->quant.count > 1 && w->quant.axis != channel_axis(q))
		return npuc_no(q, "scales run along dimension %u", w->quant.axis);
	if (w->quant.count > 1 && w->type == NPUC_TYPE_UINT8)
		return npuc_no(q, "%u scales with %s", w->quant.count, npuc_type_name(w->type));
	for (uint32_t i = 0; i < w->quant.count; i++) {
		float scale = npuc_scale(w, i);

		if (!(scale >= 0) || !isfinite(scale))
			return npuc_no(q, "channel %u has %g", i, (double)scale);
	}
	return true;
}

bool npuc_holds_weight_zero_points(struct npuc_query *q)
{
	const struct npuc_tensor *w = weights(q);
	int32_t range[2];

	npuc_type_range(w->type, range);
	/* Where LiteRT's kernels take the zero point for 0, any other would be ignored there. */
	if (w->type == NPUC_TYPE_INT8 &&
	    (q->op->builtin != TFLITE_FULLY_CONNECTED || w->quant.count > 1))
		range[0] = range[1] = 0;
	if (q->in->type == NPUC_TYPE_INT16)
		range[0] = range[1] = 0;
	for (uint32_t i = 0; i < w->quant.zero_point_count; i++) {
		int64_t zero = npuc_zero_point(w, i);

		if (zero < range[0] || zero > range[1] || zero != npuc_zero_point(w, 0))
			return npuc_no(q, "channel %u has %lld", i, (long long)zero);
	}
	return true;
}

bool npuc_bias_fits(const struct npuc_query *q, const struct npuc_tensor *bias)
{
	return bias->data && (bias->type == NPUC_TYPE_INT32 ||
			      (bias->type == NPUC_TYPE_INT64 && q->in->type == NPUC_TYPE_INT16));
}

bool npuc_holds_bias(struct npuc_query *q)
{
	const struct npuc_tensor *bias = npuc_input(q->g, q->op, 2);

	if (!bias)
		return true;
	if (!npuc_bias_fits(q, bias))
		return npuc_no(q, "it is %s %s", bias->data ? "constant" : "computed",
			       npuc_type_name(bias->type));
	return bias->elements == outputs(q) ||
	       npuc_no(q, "%u for %u channels", bias->elements, outputs(q));
}

bool npuc_holds_one_group(struct npuc_query *q)
{
	uint32_t have = weights(q)->shape.dim[3], want = q->in->shape.dim[3];

	return have == want || npuc_no(q, "%u of %u channels", have, want);
}

/* QuantizeMultiplier() gives the exponent frexp() gives, or one more. */
bool npuc_factor_fits(struct npuc_query *q, double factor)
{
	return (isfinite(factor) && factor < 0x1p30 - 1) || npuc_no(q, "%g", factor);
}

bool npuc_holds_product_factors(struct npuc_query *q)
{
	for (uint32_t i = 0; i < weights(q)->quant.count; i++)
		if (!npuc_factor_fits(q, npuc_conv_factor(NPUM_ROUND_DOUBLE, NPUM_FACTORS_TFLITE,
							  q->op, q->in, weights(q), q->out, i)))
			return false;
	return true;
}

bool npuc_holds_product_size(struct npuc_query *q)
{
	uint64_t terms = weights(q)->elements / outputs(q);

	return (terms <= NPUM_CONV_MAX_TERMS && terms * q->out->elements <= NPUM_MAX_MACS) ||
	       npuc_no(q, "%llu for each of %u outputs", (unsigned long long)terms,
		       q->out->elements);
}
