// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints on ops in floating point and on integers without scales. */
#include <math.h>

#include "npum_check.h"
#include "npum_conv.h"
#include "predicates.h"
#include "tflite.h"

/* int8 weights of FULLY_CONNECTED: one scale, and inputs that are quantised symmetrically. */
static bool hybrid(struct npuc_query *q, const struct npuc_tensor *w)
{
	float scale = npuc_scale(w, 0);

	if (q->in->type != NPUC_TYPE_FLOAT32)
		return npuc_no(q, "int8 weights with %s", npuc_type_name(q->in->type));
	if (w->quant.count != 1 || !isnormal(scale) || scale < 0 || npuc_zero_point(w, 0))
		return npuc_no(q, "'%.60s' has %u scales, the first %g, and zero point %lld",
			       w->name, w->quant.count, (double)scale,
			       (long long)npuc_zero_point(w, 0));
	return !q->op->attributes.asymmetric ||
	       npuc_no(q, "inputs are to be quantised asymmetrically");
}

bool npuc_holds_real_weights(struct npuc_query *q)
{
	const struct npuc_tensor *w = npuc_input(q->g, q->op, 1);

	if (!w->data)
		return npuc_no(q, "'%.100s' is computed", w->name);
	if (w->type == NPUC_TYPE_INT8 && q->op->builtin == TFLITE_FULLY_CONNECTED)
		return hybrid(q, w);
	return w->type == q->in->type || npuc_no(q, "%s weights with %s", npuc_type_name(w->type),
						 npuc_type_name(q->in->type));
}

bool npuc_holds_real_bias(struct npuc_query *q)
{
	bool transposed = q->op->builtin == TFLITE_TRANSPOSE_CONV;
	const struct npuc_tensor *bias = npuc_input(q->g, q->op, transposed ? 3 : 2);
	uint32_t channels = q->out->shape.rank ? q->out->shape.dim[q->out->shape.rank - 1] : 1;

	if (!bias)
		return true;
	if (!bias->data || bias->type != NPUC_TYPE_FLOAT32)
		return npuc_no(q, "it is %s %s", bias->data ? "constant" : "computed",
			       npuc_type_name(bias->type));
	return bias->elements == channels ||
	       npuc_no(q, "%u for %u channels", bias->elements, channels);
}

static bool fits(struct npuc_query *q, uint64_t most)
{
	uint32_t rank = q->in->shape.rank;
	uint64_t terms = q->in->shape.dim[rank - 1 - (q->op->attributes.adjoint_x != 0)];

	return (terms <= most && terms * q->out->elements <= NPUM_MAX_MACS) ||
	       npuc_no(q, "%llu for each of %u outputs", (unsigned long long)terms,
		       q->out->elements);
}

bool npuc_holds_matmul_size(struct npuc_query *q)
{
	return fits(q, NPUM_CONV_MAX_TERMS);
}

bool npuc_holds_matmul_terms(struct npuc_query *q)
{
	return fits(q, NPUM_MATMUL_MAX_TERMS);
}

bool npuc_holds_truth_output(struct npuc_query *q)
{
	return q->out->type == NPUC_TYPE_BOOL ||
	       npuc_no(q, "the output is %s", npuc_type_name(q->out->type));
}

bool npuc_holds_known_output(struct npuc_query *q)
{
	return npuc_dtype(q->out->type) ||
	       npuc_no(q, "the output is %s", npuc_type_name(q->out->type));
}

bool npuc_holds_real_input(struct npuc_query *q)
{
	return q->in->type == NPUC_TYPE_FLOAT32 ||
	       npuc_no(q, "the input is %s", npuc_type_name(q->in->type));
}

bool npuc_holds_condition(struct npuc_query *q)
{
	const struct npuc_tensor *condition = npuc_input(q->g, q->op, 0);

	return condition->type == NPUC_TYPE_BOOL ||
	       npuc_no(q, "'%.100s' is %s", condition->name, npuc_type_name(condition->type));
}

bool npuc_holds_arg_axis(struct npuc_query *q)
{
	const struct npuc_tensor *t = npuc_input(q->g, q->op, 1);
	uint32_t axis = npuc_constant_axis(t, q->in->shape.rank);

	if (axis == NPUC_NONE)
		return npuc_no(q, "it is %s %s", t->data ? "constant" : "computed",
			       npuc_type_name(t->type));
	return q->in->shape.dim[axis] <= npuc_limit(q, max_row) ||
	       npuc_no(q, "%u elements", q->in->shape.dim[axis]);
}

bool npuc_holds_real_beta(struct npuc_query *q)
{
	uint32_t exponent = q->op->attributes.beta >> 23;

	return (exponent >= 1 && exponent <= 254) ||
	       npuc_no(q, "its bits are 0x%08x", q->op->attributes.beta);
}

bool npuc_holds_indices(struct npuc_query *q)
{
	const struct npuc_tensor *t = npuc_input(q->g, q->op, 1);

	return npuc_family(t->type) == NPUC_INT ||
	       npuc_no(q, "'%.100s' is %s", t->name, npuc_type_name(t->type));
}
