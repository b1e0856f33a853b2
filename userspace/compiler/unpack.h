/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Constants in packed types become what the NPU multiplies with. */
#ifndef NPUC_UNPACK_H
#define NPUC_UNPACK_H

#include "graph.h"

/**
 * npuc_unpack() - let int4 constants be int8 ones of the same values
 * @g: the model
 * @budget: bytes that they may take; reduced by what they do
 *
 * TFLite's files hold two of them in a byte, the first in the low half.  LiteRT's
 * kernels unpack them to int8 before they multiply, so the bits are the same.  What is
 * not complete, or beyond the budget, stays int4 and is refused by the constraints.
 */
void npuc_unpack(struct npuc_graph *g, uint64_t *budget);

#endif /* NPUC_UNPACK_H */
