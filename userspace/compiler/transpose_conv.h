/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * TRANSPOSE_CONV as convolutions.
 *
 * Input row i adds its products with kernel row k to output row o = i * stride + k - pad.
 * The output rows with o + pad = q * stride + r, for one residue r, are reached by the
 * kernel rows k = r + stride * j alone, from input rows i = q - j: a convolution of step 1
 * with every stride-th kernel row, in reverse.  The same holds for columns, so that
 * stride[0] * stride[1] convolutions, one for each pair of residues (a phase), each into
 * a view of the output, give each sum with the very terms it has.
 */
#ifndef NPUC_TRANSPOSE_CONV_H
#define NPUC_TRANSPOSE_CONV_H

#include "compile.h"

/** NPUC_MAX_PHASE_STEP - largest stride that is taken apart */
#define NPUC_MAX_PHASE_STEP 64u

/**
 * struct npuc_phase - one phase along one axis
 * @residue: r
 * @first: first output row
 * @count: output rows, @stride apart; 0: there are none
 * @stride: of the TRANSPOSE_CONV
 * @taps: kernel rows of the convolution, at least 1
 * @pad: rows of padding in front of the input
 * @skip: rows in front of the input that no window touches; @pad is then 0
 * @rows: kernel rows that are the weights'; the other taps are zero
 */
struct npuc_phase {
	uint32_t residue;
	uint32_t first;
	uint32_t count;
	uint32_t stride;
	uint32_t taps;
	uint32_t pad;
	uint32_t skip;
	uint32_t rows;
};

/**
 * npuc_phase() - geometry of a phase along an axis
 * @g: the model
 * @op: TRANSPOSE_CONV whose constraints hold
 * @axis: 0 height, 1 width
 * @residue: 0 .. stride - 1
 * @p: filled
 *
 * Return: false when no output row is of this phase.
 */
bool npuc_phase(const struct npuc_graph *g, const struct npuc_op *op, uint32_t axis,
		uint32_t residue, struct npuc_phase *p);

/** npuc_phase_tap() - kernel row of the weights that tap @t is, NPUC_NONE where it is zero */
uint32_t npuc_phase_tap(const struct npuc_phase *p, uint32_t t);

/**
 * npuc_phase_weights() - the weights of a convolution, O, kh, kw, I
 * @g: the model
 * @op: TRANSPOSE_CONV
 * @p: phases of height and width
 * @element: bytes of a weight
 * @zero: bytes of a weight that is zero
 * @to: filled: outputs * taps of height * taps of width * inputs weights
 */
void npuc_phase_weights(const struct npuc_graph *g, const struct npuc_op *op,
			const struct npuc_phase p[2], uint32_t element, const void *zero, void *to);

/** typedef npuc_phase_fn - makes the records of one pair of phases; 0 or a negative error */
typedef int npuc_phase_fn(struct npuc_compilation *c, uint32_t number,
			  const struct npuc_phase p[2]);

/** npuc_lower_phases() - call @lower for all pairs of phases that have output elements */
int npuc_lower_phases(struct npuc_compilation *c, uint32_t number, npuc_phase_fn *lower);

/** npuc_phase_view() - every stride-th row and column of a convolution's output, and its window */
void npuc_phase_view(struct npuc_record *r, const struct npuc_phase p[2]);

#endif /* NPUC_TRANSPOSE_CONV_H */
