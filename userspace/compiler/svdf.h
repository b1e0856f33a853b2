/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Operands and sizes of SVDF. */
#ifndef NPUC_SVDF_H
#define NPUC_SVDF_H

#include "graph.h"

/* Inputs of the op, by LiteRT's svdf.cc. */
enum npuc_svdf_input {
	NPUC_SVDF_INPUT = 0,
	NPUC_SVDF_FEATURES = 1,
	NPUC_SVDF_TIME = 2,
	NPUC_SVDF_BIAS = 3,
	NPUC_SVDF_STATE = 4,
	NPUC_SVDF_INPUTS = 5,
};

/**
 * struct npuc_svdf - sizes
 * @batch: rows of the input
 * @terms: elements of a row
 * @filters: features of a row, @units times @rank
 * @rank: features that a unit sums
 * @units: elements of an output row
 * @memory: runs that a feature is remembered for, this one included
 */
struct npuc_svdf {
	uint32_t batch;
	uint32_t terms;
	uint32_t filters;
	uint32_t rank;
	uint32_t units;
	uint32_t memory;
};

/** npuc_svdf() - sizes of an op; false when its shapes do not fit each other */
bool npuc_svdf(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_svdf *s);

/** npuc_svdf_factors() - from products to the state, and from there to the output; all in float */
void npuc_svdf_factors(const struct npuc_graph *g, const struct npuc_op *op, double factors[2]);

#endif /* NPUC_SVDF_H */
