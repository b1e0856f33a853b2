/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the NPU asks of an op.  A constraint is a predicate and a sentence; the
 * sentence is the error text, the reason in listings and the documentation.
 */
#ifndef NPUC_CONSTRAINTS_H
#define NPUC_CONSTRAINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph.h"

/**
 * npuc_constraints_hold() - ask all constraints that concern an op
 * @g: the model
 * @number: the op
 * @reason: on refusal "SENTENCE: OFFENDING VALUE" of the first broken one, else ""
 * @size: bytes of @reason
 * @advice: on refusal what would repair it, "" if nothing is known
 *
 * Return: the NPU takes the op.  Lowering it cannot fail then but for memory and
 * limits of the program as a whole.
 */
bool npuc_constraints_hold(const struct npuc_graph *g, uint32_t number, char *reason, size_t size,
			   const char **advice);

#endif /* NPUC_CONSTRAINTS_H */
