/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Ops whose result does not depend on the model's inputs are computed by the compiler. */
#ifndef NPUC_CONSTANT_H
#define NPUC_CONSTANT_H

#include "graph.h"

/**
 * npuc_constants() - infer shapes the file leaves out and fold constants, op by op
 * @g: the model
 * @budget: bytes that all folded constants together may have
 *
 * Shape arithmetic (SHAPE, PACK, SLICE, ... of integers), DEQUANTIZE of float16
 * weights, CAST, and whatever only moves constants: such ops are marked constant
 * and their outputs get data.  What the budget does not allow stays an op.
 */
void npuc_constants(struct npuc_graph *g, uint64_t budget);

/**
 * npuc_constant() - the same for one op whose outputs have shapes
 * @g: the model
 * @number: the op's
 * @budget: reduced by the bytes of what is folded
 */
void npuc_constant(struct npuc_graph *g, uint32_t number, uint64_t *budget);

#endif /* NPUC_CONSTANT_H */
