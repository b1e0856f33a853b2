/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_DUMP_H
#define NPUC_DUMP_H

#include "compile.h"

/**
 * npuc_dump() - hand the state of a compilation to options.dump, as NN-STEP.dot and NN-STEP.json
 * @c: the compilation; what passes have not made yet may be missing
 * @g: the graph as the step leaves it
 * @number: of the step, from 0
 * @step: its name
 *
 * The .json has tensors and ops, fused ops, places and instructions as far as they are known;
 * the .dot has ops and what flows between them.
 *
 * Return: 0, -ENOMEM, or what options.dump returned; the error is filled.
 */
int npuc_dump(struct npuc_compilation *c, const struct npuc_graph *g, uint32_t number,
	      const char *step);

#endif /* NPUC_DUMP_H */
