// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints on windows, element-wise ops, reductions and data movement. */
#include <math.h>

#include "merge.h"
#include "npum_check.h"
#include "predicates.h"
#include "tflite.h"

bool npuc_holds_window(struct npuc_query *q)
{
	struct npuc_window w;

	npuc_window(q->g, q->op, &q->out->shape, &w);
	for (int i = 0; i < 2; i++) {
		if (w.size[i] > npuc_limit(q, max_kernel) ||
		    w.stride[i] > npuc_limit(q, max_step) ||
		    w.dilation[i] > npuc_limit(q, max_step))
			return npuc_no(q, "%s %u, step %u, dilation %u", i ? "width" : "height",
				       w.size[i], w.stride[i], w.dilation[i]);
		if (w.pad[i] > (w.size[i] - 1) * w.dilation[i])
			return npuc_no(q, "%u elements of padding before a window of %u", w.pad[i],
				       (w.size[i] - 1) * w.dilation[i] + 1);
		if ((uint64_t)(q->out->shape.dim[1 + i] - 1) * w.stride[i] >=
		    (uint64_t)q->in->shape.dim[1 + i] + w.pad[i])
			return npuc_no(q, "the last window begins behind the %u elements",
				       q->in->shape.dim[1 + i]);
	}
	return true;
}

bool npuc_holds_window_area(struct npuc_query *q)
{
	/* Windows of convolutions are bound by the program format alone. */
	uint32_t most = q->op->builtin == TFLITE_DEPTHWISE_CONV_2D ? NPUM_MAX_WINDOW :
								     npuc_limit(q, max_window);
	struct npuc_window w;

	npuc_window(q->g, q->op, &q->out->shape, &w);
	return w.size[0] * w.size[1] <= most || npuc_no(q, "%u x %u", w.size[0], w.size[1]);
}

bool npuc_holds_same_quantisation(struct npuc_query *q)
{
	const struct npuc_tensor *t;

	const struct npum_personality *p = q->can->personality;
	bool signed_too = p && p->quantize == NPUM_QUANTIZE_EVEN;

	/* CONCATENATION converts its inputs; TFLite has such a kernel for uint8 only. */
	if (q->op->builtin == TFLITE_CONCATENATION &&
	    (q->out->type == NPUC_TYPE_UINT8 || (signed_too && q->out->type == NPUC_TYPE_INT8)))
		return true;
	for (uint32_t i = 0; (t = npuc_activation(q, i)); i++)
		if (npuc_scale(t, 0) != npuc_scale(q->out, 0) ||
		    npuc_zero_point(t, 0) != npuc_zero_point(q->out, 0))
			return npuc_no(q, "input %u has %.9g and %lld, the output %.9g and %lld", i,
				       (double)npuc_scale(t, 0), (long long)npuc_zero_point(t, 0),
				       (double)npuc_scale(q->out, 0),
				       (long long)npuc_zero_point(q->out, 0));
	return true;
}

bool npuc_holds_four_dimensions(struct npuc_query *q)
{
	struct npuc_merge m = npuc_merge(q->g, q->op);

	return m.count <= 4 || npuc_no(q, "%u of %u dimensions", m.count, m.rank);
}

bool npuc_holds_add_factors(struct npuc_query *q)
{
	double factors[3];

	npuc_add_factors(q->in, npuc_input(q->g, q->op, 1), q->out, factors);
	return factors[2] < 1 || npuc_no(q, "the factor is %g, must be below 1", factors[2]);
}

bool npuc_holds_mul_factor(struct npuc_query *q)
{
	return npuc_factor_fits(q, npuc_mul_factor(q->in, npuc_input(q->g, q->op, 1), q->out));
}

bool npuc_holds_matmul_factor(struct npuc_query *q)
{
	return npuc_factor_fits(q, npuc_matmul_factor(q->can->personality, q->in,
						      npuc_input(q->g, q->op, 1), q->out));
}

bool npuc_holds_requantise_factor(struct npuc_query *q)
{
	if (npuc_family(q->in->type) == NPUC_REAL)
		return true;
	return npuc_factor_fits(q, (double)npuc_scale(q->in, 0) / (double)npuc_scale(q->out, 0));
}

bool npuc_holds_relu_range(struct npuc_query *q)
{
	int32_t range[2];

	return npuc_activation_range(q->out, npuc_relu_activation(q->op->builtin), range) ||
	       npuc_no(q, "at scale %g", (double)npuc_scale(q->out, 0));
}

bool npuc_holds_normal_scale(struct npuc_query *q)
{
	const struct npuc_tensor *t = q->op->builtin == TFLITE_QUANTIZE ? q->out : q->in;

	return isnormal(npuc_scale(t, 0)) || npuc_no(q, "%g", (double)npuc_scale(t, 0));
}

bool npuc_holds_mean_size(struct npuc_query *q)
{
	uint32_t count = q->in->elements / q->out->elements;

	return count <= npuc_limit(q, max_reduce) || npuc_no(q, "%u", count);
}

bool npuc_holds_unit_output(struct npuc_query *q)
{
	bool wide = q->out->type == NPUC_TYPE_INT16;
	int32_t range[2];

	/* it computes with any, only not with steps that are no number or none */
	if (q->op->builtin == TFLITE_SOFTMAX && !wide && q->can->personality &&
	    q->can->personality->softmax == NPUM_SOFTMAX_QUOTIENT)
		return npuc_scale(q->out, 0) <= 1 ||
		       npuc_no(q, "%.9g", (double)npuc_scale(q->out, 0));
	npuc_type_range(q->out->type, range);
	return (npuc_scale(q->out, 0) == (wide ? 1.0f / 32768 : 1.0f / 256) &&
		npuc_zero_point(q->out, 0) == (wide ? 0 : range[0])) ||
	       npuc_no(q, "%.9g and %lld", (double)npuc_scale(q->out, 0),
		       (long long)npuc_zero_point(q->out, 0));
}

bool npuc_holds_softmax_factor(struct npuc_query *q)
{
	double factor = npuc_softmax_factor(NPUM_ROUND_DOUBLE, q->op, q->in);

	return (factor > 1 && factor < 0x1p30 - 1) || npuc_no(q, "%g", factor * 0x1p-26);
}

bool npuc_holds_short_rows(struct npuc_query *q)
{
	uint32_t row = q->in->shape.rank ? q->in->shape.dim[q->in->shape.rank - 1] : 1;

	return row <= npuc_limit(q, max_row) || npuc_no(q, "%u", row);
}

bool npuc_holds_resize_mode(struct npuc_query *q)
{
	const struct npuc_attributes *a = &q->op->attributes;

	return !a->align_corners || !a->half_pixel || npuc_no(q, "both are");
}

bool npuc_holds_resize_size(struct npuc_query *q)
{
	uint32_t most = npuc_limit(q, max_resize);

	for (int i = 1; i <= 2; i++)
		if (q->in->shape.dim[i] > most || q->out->shape.dim[i] > most)
			return npuc_no(q, "%u to %u", q->in->shape.dim[i], q->out->shape.dim[i]);
	return true;
}
