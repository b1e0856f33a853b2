/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Functions of two 8-bit codes as look-up tables, each entry computed as the kernel of
 * LiteRT computes it from the codes.
 */
#ifndef NPUC_PAIR_H
#define NPUC_PAIR_H

#include "graph.h"
#include "npum_personality.h"
#include "vnpu_program.h"

/**
 * npuc_pair_lut() - tabulate an operator of two 8-bit tensors
 * @p: personality
 * @g: the model
 * @op: a row of the table in pair.c, which holds all its constraints
 * @lut: filled, by 256 times the raw byte of input 0 plus that of input 1
 */
void npuc_pair_lut(const struct npum_personality *p, const struct npuc_graph *g,
		   const struct npuc_op *op, uint8_t lut[VNPU_LUT_PAIR_ENTRIES]);

/** npuc_difference_factors() - SQUARED_DIFFERENCE: factors of both inputs and of the square */
void npuc_difference_factors(const struct npuc_tensor *a, const struct npuc_tensor *b,
			     const struct npuc_tensor *out, double factors[3]);

/** npuc_prelu_factors() - PRELU: factors of the input, and of its product with the slope */
void npuc_prelu_factors(const struct npuc_tensor *in, const struct npuc_tensor *slope,
			const struct npuc_tensor *out, double factors[2]);

/** npuc_quotient_factor() - DIV: factor of the quotient of the codes less their zero points */
double npuc_quotient_factor(const struct npuc_tensor *a, const struct npuc_tensor *b,
			    const struct npuc_tensor *out);

#endif /* NPUC_PAIR_H */
