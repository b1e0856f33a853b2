// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints on SVDF. */
#include <math.h>

#include "predicates.h"
#include "svdf.h"

/* Most terms of GATES and SVDF_TIME, and most elements that REDUCE makes one of. */
#define MOST_TERMS 4096u

static const struct npuc_tensor *input(const struct npuc_query *q, uint32_t i)
{
	return npuc_input(q->g, q->op, i);
}

/* What the product of scales needs: one, and no zero point. */
static bool symmetric(const struct npuc_tensor *t)
{
	return t->quant.count == 1 && isnormal(npuc_scale(t, 0)) && npuc_scale(t, 0) > 0 &&
	       npuc_zero_point(t, 0) == 0;
}

static bool constant(struct npuc_query *q, uint32_t i, uint32_t type)
{
	const struct npuc_tensor *t = input(q, i);

	return (t->data && t->type == type) ||
	       npuc_no(q, "input %u is %s %s", i, t->data ? "constant" : "computed",
		       npuc_type_name(t->type));
}

bool npuc_holds_svdf_size(struct npuc_query *q)
{
	struct npuc_svdf s;

	npuc_svdf(q->g, q->op, &s);
	return (s.terms <= MOST_TERMS && (uint64_t)s.rank * s.memory <= MOST_TERMS) ||
	       npuc_no(q, "%u inputs, rank %u, memory %u", s.terms, s.rank, s.memory);
}

static bool state_fits(struct npuc_query *q)
{
	const struct npuc_tensor *state = input(q, NPUC_SVDF_STATE);
	struct npuc_svdf s;

	npuc_svdf(q->g, q->op, &s);
	return (state && state->variable &&
		state->elements == (uint64_t)s.batch * s.filters * s.memory) ||
	       npuc_no(q, "it is not");
}

static bool bias_fits(struct npuc_query *q, uint32_t type)
{
	const struct npuc_tensor *bias = input(q, NPUC_SVDF_BIAS);
	struct npuc_svdf s;

	npuc_svdf(q->g, q->op, &s);
	if (!bias)
		return true;
	return constant(q, NPUC_SVDF_BIAS, type) &&
	       (bias->elements == s.units ||
		npuc_no(q, "%u biases for %u units", bias->elements, s.units));
}

bool npuc_holds_svdf_state(struct npuc_query *q)
{
	const struct npuc_tensor *state = input(q, NPUC_SVDF_STATE);

	if (!state_fits(q))
		return false;
	if (state->type == NPUC_TYPE_INT16)
		return symmetric(state) || npuc_no(q, "it is not");
	return (state->type == NPUC_TYPE_INT8 && npuc_scale(state, 0) > 0 &&
		isnormal(npuc_scale(state, 0)) && npuc_zero_point(state, 0) >= INT8_MIN &&
		npuc_zero_point(state, 0) <= INT8_MAX) ||
	       npuc_no(q, "it is %s", npuc_type_name(state->type));
}

bool npuc_holds_svdf_weights(struct npuc_query *q)
{
	const struct npuc_tensor *state = input(q, NPUC_SVDF_STATE);

	if (!constant(q, NPUC_SVDF_FEATURES, NPUC_TYPE_INT8) ||
	    !constant(q, NPUC_SVDF_TIME, state->type))
		return false;
	if (!symmetric(input(q, NPUC_SVDF_FEATURES)) || !symmetric(input(q, NPUC_SVDF_TIME)))
		return npuc_no(q, "they are not");
	return bias_fits(q, NPUC_TYPE_INT32);
}

bool npuc_holds_svdf_factors(struct npuc_query *q)
{
	double factors[2];

	npuc_svdf_factors(q->g, q->op, factors);
	return npuc_factor_fits(q, factors[0]) && npuc_factor_fits(q, factors[1]);
}

bool npuc_holds_svdf_relu(struct npuc_query *q)
{
	return q->op->attributes.activation == NPUC_ACTIVATION_RELU ||
	       npuc_no(q, "it has %u", q->op->attributes.activation);
}

bool npuc_holds_real_svdf_state(struct npuc_query *q)
{
	return state_fits(q) &&
	       (input(q, NPUC_SVDF_STATE)->type == NPUC_TYPE_FLOAT32 || npuc_no(q, "it is not"));
}

bool npuc_holds_real_svdf_weights(struct npuc_query *q)
{
	const struct npuc_tensor *features = input(q, NPUC_SVDF_FEATURES);
	bool hybrid = features->type == NPUC_TYPE_INT8;
	uint32_t type = hybrid ? NPUC_TYPE_INT8 : NPUC_TYPE_FLOAT32;

	if (q->in->type != NPUC_TYPE_FLOAT32)
		return npuc_no(q, "the input is %s", npuc_type_name(q->in->type));
	if (!constant(q, NPUC_SVDF_FEATURES, type) || !constant(q, NPUC_SVDF_TIME, type))
		return false;
	if (hybrid && (!symmetric(features) || !symmetric(input(q, NPUC_SVDF_TIME))))
		return npuc_no(q, "int8 without one scale and zero point 0");
	if (hybrid && q->op->attributes.asymmetric)
		return npuc_no(q, "inputs are to be quantised asymmetrically");
	return bias_fits(q, NPUC_TYPE_FLOAT32);
}
