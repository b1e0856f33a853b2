/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Functions of one 8-bit code as look-up tables, each entry computed as the kernel
 * of LiteRT (or XNNPACK) computes it from the code.
 */
#ifndef NPUC_UNARY_H
#define NPUC_UNARY_H

#include "graph.h"
#include "npum_personality.h"

/**
 * npuc_unary_lut() - tabulate an operator of one 8-bit tensor
 * @p: personality
 * @g: the model
 * @op: a row of the table in unary.c, which holds all its constraints
 * @lut: filled, by raw byte of the input
 */
void npuc_unary_lut(const struct npum_personality *p, const struct npuc_graph *g,
		    const struct npuc_op *op, uint8_t lut[256]);

/** npuc_hard_swish_factor() - factor of HARD_SWISH's inputs, raised by 7 bits, to the output */
float npuc_hard_swish_factor(const struct npuc_tensor *in, const struct npuc_tensor *out);

/** npuc_leaky_factors() - factors of LEAKY_RELU above and below zero, LeakyReluPrepare() */
void npuc_leaky_factors(const struct npuc_op *op, const struct npuc_tensor *in,
			const struct npuc_tensor *out, float factors[2]);

/** npuc_rsqrt_factor() - factor of RSQRT, SetRsqrtOutputMultiplier() of LiteRT's elementwise.cc */
double npuc_rsqrt_factor(const struct npuc_tensor *in, const struct npuc_tensor *out);

#endif /* NPUC_UNARY_H */
