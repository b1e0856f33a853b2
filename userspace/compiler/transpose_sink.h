/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* TRANSPOSEs of a graph: which they are, what stops them, which of them move nothing. */
#ifndef NPUC_TRANSPOSE_SINK_H
#define NPUC_TRANSPOSE_SINK_H

#include "compile.h"

/**
 * npuc_is_transpose() - is an op a TRANSPOSE of a value, in an order that is known?
 * @g: the graph
 * @op: the op
 * @order: filled with the axis of the input that each axis of the output is
 */
bool npuc_is_transpose(const struct npuc_graph *g, const struct npuc_op *op,
		       uint32_t order[NPUC_MAX_RANK]);

#endif /* NPUC_TRANSPOSE_SINK_H */
