// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "constraints.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compile.h"
#include "lower.h"
#include "npum_check.h"
#include "npum_conv.h"
#include "tflite.h"

#define ANY NPUC_NONE
#define VALUE_TEXT 160

/**
 * struct query - an op being asked about
 * @g: the model
 * @op: the op
 * @l: its lowering, NULL if there is none
 * @in: input 0, NULL if there is none
 * @out: output 0
 * @value: the offending value, as text
 */
struct query {
	const struct npuc_graph *g;
	const struct npuc_op *op;
	const struct npuc_lowering *l;
	const struct npuc_tensor *in;
	const struct npuc_tensor *out;
	char value[VALUE_TEXT];
};

__attribute__((format(printf, 2, 3))) static bool no(struct query *q, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(q->value, sizeof(q->value), format, args);
	va_end(args);
	return false;
}

/* Activations of the op in turn, then its output; NULL behind the last. */
static const struct npuc_tensor *activation(const struct query *q, uint32_t i)
{
	uint32_t count = q->op->input_count < q->l->activations ? q->op->input_count :
								  q->l->activations;

	if (i < count)
		return npuc_input(q->g, q->op, i);
	return i == count ? q->out : NULL;
}

static bool converts(const struct query *q)
{
	return q->op->builtin == TFLITE_QUANTIZE || q->op->builtin == TFLITE_DEQUANTIZE ||
	       q->op->builtin == TFLITE_ARG_MAX;
}

static bool eight_bit(const struct npuc_tensor *t)
{
	return t->type == NPUC_TYPE_INT8 || t->type == NPUC_TYPE_UINT8;
}

static bool holds_known_op(struct query *q)
{
	return q->l || no(q, "%s", q->op->type);
}

static bool holds_operands(struct query *q)
{
	char text[NPUC_SHAPE_TEXT];

	if (!npuc_operands_present(q->g, q->op, q->l))
		return no(q, "%u inputs and %u outputs, or one of unknown or empty shape",
			  q->op->input_count, q->op->output_count);
	if (!q->out->elements)
		return no(q, "the output is %s", npuc_shape_text(&q->out->shape, text));
	return true;
}

static bool plain(struct query *q, const struct npuc_tensor *t)
{
	if (t->variable || t->sparse || t->quant.foreign)
		return no(q, "'%.100s' is %s", t->name,
			  t->variable ? "variable" :
			  t->sparse   ? "sparse" :
					"quantised in a custom way");
	return true;
}

static bool holds_plain_tensors(struct query *q)
{
	for (uint32_t i = 0; i < q->op->input_count; i++) {
		const struct npuc_tensor *t = npuc_input(q->g, q->op, i);

		if (t && !plain(q, t))
			return false;
	}
	return plain(q, q->out);
}

static bool holds_complete_constants(struct query *q)
{
	for (uint32_t i = 0; i < q->op->input_count; i++) {
		const struct npuc_tensor *t = npuc_input(q->g, q->op, i);

		if (t && t->data && t->data_size != npuc_tensor_bytes(t))
			return no(q, "input %u has %zu bytes of %s for %u elements", i,
				  t->data_size, npuc_type_name(t->type), t->elements);
	}
	return true;
}

static bool holds_activation_types(struct query *q)
{
	const struct npuc_tensor *t;

	for (uint32_t i = 0; (t = activation(q, i)); i++) {
		bool quantise = q->op->builtin == TFLITE_QUANTIZE && t != q->out;
		bool dequantise = q->op->builtin == TFLITE_DEQUANTIZE && t == q->out;

		if (q->op->builtin == TFLITE_ARG_MAX && t == q->out)
			continue;
		if (dequantise ? t->type == NPUC_TYPE_FLOAT32 : eight_bit(t))
			continue;
		if (quantise && t->type == NPUC_TYPE_FLOAT32)
			continue;
		if (t == q->out)
			return no(q, "the output is %s", npuc_type_name(t->type));
		return no(q, "input %u is %s", i, npuc_type_name(t->type));
	}
	return true;
}

static bool holds_index_type(struct query *q)
{
	return q->out->type == NPUC_TYPE_INT32 ||
	       no(q, "the output is %s", npuc_type_name(q->out->type));
}

static bool holds_one_type(struct query *q)
{
	const struct npuc_tensor *t;

	for (uint32_t i = 0; !converts(q) && (t = activation(q, i)); i++)
		if (t->type != q->out->type)
			return no(q, "input %u is %s, the output %s", i, npuc_type_name(t->type),
				  npuc_type_name(q->out->type));
	return true;
}

static bool holds_quantised(struct query *q)
{
	const struct npuc_tensor *t;
	int32_t range[2];

	for (uint32_t i = 0; (t = activation(q, i)); i++) {
		float scale = npuc_scale(t, 0);
		int64_t zero = npuc_zero_point(t, 0);

		if (!eight_bit(t))
			continue;
		npuc_type_range(t->type, range);
		if (t->quant.count != 1)
			return no(q, "'%.100s' has %u scales", t->name, t->quant.count);
		if (!(scale > 0) || !isfinite(scale))
			return no(q, "'%.100s' has scale %g", t->name, (double)scale);
		if (zero < range[0] || zero > range[1])
			return no(q, "'%.100s' has zero point %lld", t->name, (long long)zero);
	}
	return true;
}

static bool holds_shape_follows(struct query *q)
{
	char text[2][NPUC_SHAPE_TEXT];
	struct npuc_shape shape;

	if (!q->l->infer(q->g, q->op, &shape))
		return no(q, "they do not fit together, input 0 is %s",
			  npuc_shape_text(&q->in->shape, text[0]));
	if (!npuc_shape_equal(&shape, &q->out->shape))
		return no(q, "it is %.60s, computed %.60s",
			  npuc_shape_text(&q->out->shape, text[0]),
			  npuc_shape_text(&shape, text[1]));
	return true;
}

static bool small(struct query *q, const struct npuc_tensor *t)
{
	uint32_t shape[4];

	npuc_shape_nhwc(&t->shape, shape);
	for (int i = 0; i < 4; i++)
		if (shape[i] > NPUM_MAX_DIM)
			return no(q, "'%.100s' has %u along an axis", t->name, shape[i]);
	return npuc_tensor_bytes(t) <= VNPU_MAX_SLOT_BYTES ||
	       no(q, "'%.100s' has %llu bytes", t->name, (unsigned long long)npuc_tensor_bytes(t));
}

static bool holds_small_tensors(struct query *q)
{
	const struct npuc_tensor *t;

	for (uint32_t i = 0; (t = activation(q, i)); i++)
		if (!small(q, t))
			return false;
	return true;
}

static bool holds_plain_activation(struct query *q)
{
	uint32_t a = q->op->attributes.activation;
	int32_t range[2];

	if (a > NPUC_ACTIVATION_RELU6)
		return no(q, "activation %u", a);
	if (a && !npuc_activation_range(q->out, a, range))
		return no(q, "its bounds are no codes at scale %g", (double)npuc_scale(q->out, 0));
	return a == 0 || q->op->builtin != TFLITE_CONCATENATION || no(q, "activation %u", a);
}

static const struct npuc_tensor *weights(const struct query *q)
{
	return npuc_input(q->g, q->op, 1);
}

static uint32_t channel_axis(const struct query *q)
{
	return q->op->builtin == TFLITE_DEPTHWISE_CONV_2D ? 3 : 0;
}

static uint32_t outputs(const struct query *q)
{
	return weights(q)->shape.dim[channel_axis(q)];
}

static bool holds_weights(struct query *q)
{
	const struct npuc_tensor *w = weights(q);

	if (!w->data)
		return no(q, "'%.100s' is computed", w->name);
	return w->type == q->in->type ||
	       no(q, "%s weights with %s", npuc_type_name(w->type), npuc_type_name(q->in->type));
}

static bool holds_plain_weights(struct query *q)
{
	return !q->op->attributes.weights_format ||
	       no(q, "format %u", q->op->attributes.weights_format);
}

static bool holds_weight_scales(struct query *q)
{
	const struct npuc_tensor *w = weights(q);

	if (!w->quant.count)
		return no(q, "'%.100s' has none", w->name);
	if (w->quant.count > 1 && w->quant.axis != channel_axis(q))
		return no(q, "scales run along dimension %u", w->quant.axis);
	if (w->quant.count > 1 && w->type != NPUC_TYPE_INT8)
		return no(q, "%u scales with %s", w->quant.count, npuc_type_name(w->type));
	for (uint32_t i = 0; i < w->quant.count; i++) {
		float scale = npuc_scale(w, i);

		if (!(scale >= 0) || !isfinite(scale))
			return no(q, "channel %u has %g", i, (double)scale);
	}
	return true;
}

static bool holds_weight_zero_points(struct query *q)
{
	const struct npuc_tensor *w = weights(q);
	int32_t range[2];

	npuc_type_range(w->type, range);
	if (w->type == NPUC_TYPE_INT8 && q->op->builtin != TFLITE_FULLY_CONNECTED)
		range[0] = range[1] = 0;
	for (uint32_t i = 0; i < w->quant.zero_point_count; i++) {
		int64_t zero = npuc_zero_point(w, i);

		if (zero < range[0] || zero > range[1] || zero != npuc_zero_point(w, 0))
			return no(q, "channel %u has %lld", i, (long long)zero);
	}
	return true;
}

static bool holds_bias(struct query *q)
{
	const struct npuc_tensor *bias = npuc_input(q->g, q->op, 2);

	if (!bias)
		return true;
	if (!bias->data || bias->type != NPUC_TYPE_INT32)
		return no(q, "it is %s %s", bias->data ? "constant" : "computed",
			  npuc_type_name(bias->type));
	return bias->elements == outputs(q) ||
	       no(q, "%u for %u channels", bias->elements, outputs(q));
}

static bool holds_one_group(struct query *q)
{
	uint32_t have = weights(q)->shape.dim[3], want = q->in->shape.dim[3];

	return have == want || no(q, "%u of %u channels", have, want);
}

/* QuantizeMultiplier() gives the exponent frexp() gives, or one more. */
static bool factor_fits(struct query *q, double factor)
{
	return (isfinite(factor) && factor < 0x1p30 - 1) || no(q, "%g", factor);
}

static bool holds_product_factors(struct query *q)
{
	for (uint32_t i = 0; i < weights(q)->quant.count; i++)
		if (!factor_fits(q, npuc_conv_factor(q->in, weights(q), q->out, i)))
			return false;
	return true;
}

static bool holds_product_size(struct query *q)
{
	uint64_t terms = weights(q)->elements / outputs(q);

	return (terms <= NPUM_CONV_MAX_TERMS && terms * q->out->elements <= NPUM_MAX_MACS) ||
	       no(q, "%llu for each of %u outputs", (unsigned long long)terms, q->out->elements);
}

static bool holds_window(struct query *q)
{
	struct npuc_window w;

	npuc_window(q->g, q->op, &q->out->shape, &w);
	for (int i = 0; i < 2; i++) {
		if (w.size[i] > NPUM_MAX_KERNEL || w.stride[i] > NPUM_MAX_STEP ||
		    w.dilation[i] > NPUM_MAX_STEP)
			return no(q, "%s %u, step %u, dilation %u", i ? "width" : "height",
				  w.size[i], w.stride[i], w.dilation[i]);
	}
	return true;
}

static bool holds_window_area(struct query *q)
{
	struct npuc_window w;

	npuc_window(q->g, q->op, &q->out->shape, &w);
	return w.size[0] * w.size[1] <= NPUM_MAX_WINDOW || no(q, "%u x %u", w.size[0], w.size[1]);
}

static bool holds_same_quantisation(struct query *q)
{
	const struct npuc_tensor *t;

	/* uint8 CONCATENATION converts its inputs; TFLite has no such kernel for int8. */
	if (q->op->builtin == TFLITE_CONCATENATION && q->out->type == NPUC_TYPE_UINT8)
		return true;
	for (uint32_t i = 0; (t = activation(q, i)); i++)
		if (npuc_scale(t, 0) != npuc_scale(q->out, 0) ||
		    npuc_zero_point(t, 0) != npuc_zero_point(q->out, 0))
			return no(q, "input %u has %.9g and %lld, the output %.9g and %lld", i,
				  (double)npuc_scale(t, 0), (long long)npuc_zero_point(t, 0),
				  (double)npuc_scale(q->out, 0),
				  (long long)npuc_zero_point(q->out, 0));
	return true;
}

static bool holds_four_dimensions(struct query *q)
{
	const struct npuc_tensor *t;

	for (uint32_t i = 0; (t = activation(q, i)); i++)
		if (t->shape.rank > 4)
			return no(q, "%u dimensions", t->shape.rank);
	return true;
}

static bool holds_add_factors(struct query *q)
{
	double factors[3];

	npuc_add_factors(q->in, weights(q), q->out, factors);
	return factors[2] < 1 || no(q, "the factor is %g, must be below 1", factors[2]);
}

static bool holds_mul_factor(struct query *q)
{
	return factor_fits(q, npuc_mul_factor(q->in, weights(q), q->out));
}

static bool holds_requantise_factor(struct query *q)
{
	if (!eight_bit(q->in))
		return true;
	return factor_fits(q, (double)npuc_scale(q->in, 0) / (double)npuc_scale(q->out, 0));
}

static bool holds_relu_range(struct query *q)
{
	int32_t range[2];

	return npuc_activation_range(q->out, npuc_relu_activation(q->op->builtin), range) ||
	       no(q, "at scale %g", (double)npuc_scale(q->out, 0));
}

static bool holds_normal_scale(struct query *q)
{
	const struct npuc_tensor *t = q->op->builtin == TFLITE_QUANTIZE ? q->out : q->in;

	return isnormal(npuc_scale(t, 0)) || no(q, "%g", (double)npuc_scale(t, 0));
}

static bool holds_mean_size(struct query *q)
{
	uint32_t count = q->in->elements / q->out->elements;

	return count <= NPUM_MAX_REDUCE || no(q, "%u", count);
}

static bool holds_unit_output(struct query *q)
{
	int32_t range[2];

	npuc_type_range(q->out->type, range);
	return (npuc_scale(q->out, 0) == 1.0f / 256 && npuc_zero_point(q->out, 0) == range[0]) ||
	       no(q, "%.9g and %lld", (double)npuc_scale(q->out, 0),
		  (long long)npuc_zero_point(q->out, 0));
}

static bool holds_softmax_factor(struct query *q)
{
	double factor = npuc_softmax_factor(NPUM_ROUND_DOUBLE, q->op, q->in);

	return (factor > 1 && factor < 0x1p30 - 1) || no(q, "%g", factor * 0x1p-26);
}

static bool holds_short_rows(struct query *q)
{
	uint32_t row = q->in->shape.rank ? q->in->shape.dim[q->in->shape.rank - 1] : 1;

	return row <= NPUM_MAX_ROW || no(q, "%u", row);
}

static bool holds_last_axis(struct query *q)
{
	int32_t axis, rank = (int32_t)q->in->shape.rank;
	uint32_t count;

	if (!npuc_constant_ints(weights(q), &axis, 1, &count))
		return no(q, "it is %s %s", weights(q)->data ? "constant" : "computed",
			  npuc_type_name(weights(q)->type));
	return axis == -1 || axis == rank - 1 || no(q, "axis %d of %d", axis, rank);
}

static bool holds_resize_mode(struct query *q)
{
	const struct npuc_attributes *a = &q->op->attributes;

	return !a->align_corners || !a->half_pixel || no(q, "both are");
}

static bool holds_resize_size(struct query *q)
{
	for (int i = 1; i <= 2; i++)
		if (q->in->shape.dim[i] > NPUM_MAX_RESIZE || q->out->shape.dim[i] > NPUM_MAX_RESIZE)
			return no(q, "%u to %u", q->in->shape.dim[i], q->out->shape.dim[i]);
	return true;
}

#define TFLITE_ANY ANY
#define NPUC_CONSTRAINT(op, predicate, sentence, advice) \
	{ TFLITE_##op, holds_##predicate, sentence, advice },

static const struct {
	uint32_t builtin;
	bool (*holds)(struct query *q);
	const char *sentence;
	const char *advice;
} constraints[] = {
#include "constraints.def"
};

bool npuc_constraints_hold(const struct npuc_graph *g, uint32_t number, char *reason, size_t size,
			   const char **advice)
{
	const struct npuc_op *op = &g->ops[number];
	struct query q = {
		.g = g,
		.op = op,
		.l = npuc_lowering(op->builtin),
		.in = npuc_input(g, op, 0),
		.out = npuc_output(g, op),
	};

	for (size_t i = 0; i < sizeof(constraints) / sizeof(constraints[0]); i++) {
		if (constraints[i].builtin != ANY && constraints[i].builtin != op->builtin)
			continue;
		if (constraints[i].holds(&q))
			continue;
		snprintf(reason, size, "%s: %s", constraints[i].sentence, q.value);
		*advice = constraints[i].advice;
		return false;
	}
	*reason = '\0';
	*advice = "";
	return true;
}
