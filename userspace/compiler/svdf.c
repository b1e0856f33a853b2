// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Prepare() of LiteRT's svdf.cc */
#include "svdf.h"

#include "shape.h"

bool npuc_svdf(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_svdf *s)
{
	const struct npuc_shape *in = &npuc_input(g, op, NPUC_SVDF_INPUT)->shape;
	const struct npuc_shape *features = &npuc_input(g, op, NPUC_SVDF_FEATURES)->shape;
	const struct npuc_shape *time = &npuc_input(g, op, NPUC_SVDF_TIME)->shape;
	uint32_t rank = op->attributes.rank;

	if (in->rank != 2 || features->rank != 2 || time->rank != 2 || !rank ||
	    features->dim[0] % rank || features->dim[0] != time->dim[0] ||
	    features->dim[1] != in->dim[1])
		return false;
	*s = (struct npuc_svdf){
		.batch = in->dim[0],
		.terms = in->dim[1],
		.filters = features->dim[0],
		.rank = rank,
		.units = features->dim[0] / rank,
		.memory = time->dim[1],
	};
	return true;
}

void npuc_svdf_factors(const struct npuc_graph *g, const struct npuc_op *op, double factors[2])
{
	float state = npuc_scale(npuc_input(g, op, NPUC_SVDF_STATE), 0);

	factors[0] = (double)(npuc_scale(npuc_input(g, op, NPUC_SVDF_INPUT), 0) *
			      npuc_scale(npuc_input(g, op, NPUC_SVDF_FEATURES), 0) / state);
	factors[1] = (double)(state * npuc_scale(npuc_input(g, op, NPUC_SVDF_TIME), 0) /
			      npuc_scale(npuc_output(g, op), 0));
}

bool npuc_infer_svdf(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_shape *shape)
{
	struct npuc_svdf s;

	if (!npuc_svdf(g, op, &s))
		return false;
	*shape = (struct npuc_shape){ .rank = 2, .dim = { s.batch, s.units } };
	return true;
}
