/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Ops that no program record expresses and libnpu's fallback computes. */
#ifndef NPUC_HOST_OP_H
#define NPUC_HOST_OP_H

#include "compile.h"

/** npuc_host_operator() - does the library have an operator for the op? */
bool npuc_host_operator(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_host_op_problem() - why the library's operator does not take the op, or NULL */
const char *npuc_host_op_problem(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_host_op_shapes() - complete the shapes of what a host operator writes */
void npuc_host_op_shapes(struct npuc_graph *g, const struct npuc_op *op);

/** npuc_lower_host_op() - add the op, which has no problem, to the host operators */
int npuc_lower_host_op(struct npuc_compilation *c, uint32_t number);

#endif /* NPUC_HOST_OP_H */
