// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints on functions of one code. */
#include <math.h>

#include "npum_check.h"
#include "pair.h"
#include "predicates.h"
#include "transpose_conv.h"
#include "unary.h"

bool npuc_holds_signed_codes(struct npuc_query *q)
{
	return q->in->type != NPUC_TYPE_UINT8 ||
	       npuc_no(q, "input 0 is %s", npuc_type_name(q->in->type));
}

bool npuc_holds_transpose_bias(struct npuc_query *q)
{
	const struct npuc_tensor *bias = npuc_input(q->g, q->op, 3);

	if (!bias)
		return true;
	if (!npuc_bias_fits(q, bias))
		return npuc_no(q, "it is %s %s", bias->data ? "constant" : "computed",
			       npuc_type_name(bias->type));
	return bias->elements == q->out->shape.dim[3] ||
	       npuc_no(q, "%u for %u channels", bias->elements, q->out->shape.dim[3]);
}

/* What npuc_phase() may make of it: windows lengthened by what lies beyond the input. */
bool npuc_holds_phases(struct npuc_query *q)
{
	const struct npuc_attributes *a = &q->op->attributes;
	const struct npuc_tensor *w = npuc_input(q->g, q->op, 1);

	for (uint32_t i = 0; i < 2; i++) {
		uint32_t kernel = w->shape.dim[1 + i], step = a->stride[i];
		uint64_t in = q->in->shape.dim[1 + i], out = q->out->shape.dim[1 + i];

		if (!step || step > NPUC_MAX_PHASE_STEP || kernel > npuc_limit(q, max_kernel))
			return npuc_no(q, "%s %u, step %u", i ? "width" : "height", kernel, step);
		if (out > in * step + kernel)
			return npuc_no(q, "%s %llu from %llu with step %u", i ? "width" : "height",
				       (unsigned long long)out, (unsigned long long)in, step);
	}
	return true;
}

bool npuc_holds_difference_factors(struct npuc_query *q)
{
	double factors[3];

	npuc_difference_factors(q->in, npuc_input(q->g, q->op, 1), q->out, factors);
	return factors[2] < 1 || npuc_no(q, "the factor is %g, must be below 1", factors[2]);
}

bool npuc_holds_prelu_factors(struct npuc_query *q)
{
	double factors[2];

	npuc_prelu_factors(q->in, npuc_input(q->g, q->op, 1), q->out, factors);
	return npuc_factor_fits(q, factors[0]) && npuc_factor_fits(q, factors[1]);
}

/* Beyond it the last shift of LiteRT's kernel would go to the left. */
bool npuc_holds_quotient_factor(struct npuc_query *q)
{
	double factor = npuc_quotient_factor(q->in, npuc_input(q->g, q->op, 1), q->out);

	return (isfinite(factor) && factor < 0x1p22) || npuc_no(q, "%g", factor);
}

bool npuc_holds_comparison(struct npuc_query *q)
{
	for (uint32_t i = 0; i < 2; i++) {
		const struct npuc_tensor *t = npuc_input(q->g, q->op, i);

		if (t->type != q->in->type || !(npuc_scale(t, 0) < 1))
			return npuc_no(q, "input %u is %s with scale %g", i,
				       npuc_type_name(t->type), (double)npuc_scale(t, 0));
	}
	return q->out->type == NPUC_TYPE_BOOL ||
	       npuc_no(q, "the output is %s", npuc_type_name(q->out->type));
}

bool npuc_holds_leaky_factors(struct npuc_query *q)
{
	float factors[2];

	npuc_leaky_factors(q->op, q->in, q->out, factors);
	return npuc_factor_fits(q, (double)factors[0]) &&
	       npuc_factor_fits(q, fabs((double)factors[1]));
}

bool npuc_holds_rsqrt_factor(struct npuc_query *q)
{
	return npuc_factor_fits(q, npuc_rsqrt_factor(q->in, q->out));
}

/* LiteRT fails above; far below, its 16-bit shifts pass their word. */
bool npuc_holds_swish_factors(struct npuc_query *q)
{
	float factor = npuc_hard_swish_factor(q->in, q->out);

	return (factor < 1.0f && factor >= 0x1p-14f && npuc_scale(q->in, 0) >= 0x1p-20f &&
		npuc_scale(q->in, 0) < 0x1p12f) ||
	       npuc_no(q, "%g and %g", (double)npuc_scale(q->in, 0), (double)npuc_scale(q->out, 0));
}
