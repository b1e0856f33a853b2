// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "constraints.h"

#include <stdio.h>

#include "predicates.h"
#include "tflite.h"

/* Rows for every op. */
#define TFLITE_ANY NPUC_NONE
#define NPUC_CONSTRAINT(op, predicate, sentence, advice) \
	{ TFLITE_##op, npuc_holds_##predicate, sentence, advice },

static const struct {
	uint32_t builtin;
	bool (*holds)(struct npuc_query *q);
	const char *sentence;
	const char *advice;
} constraints[] = {
#include "constraints.def"
};

bool npuc_constraints_hold(const struct npuc_graph *g, uint32_t number, char *reason, size_t size,
			   const char **advice)
{
	const struct npuc_op *op = &g->ops[number];
	struct npuc_query q = {
		.g = g,
		.op = op,
		.l = npuc_lowering(op->builtin),
		.in = npuc_input(g, op, 0),
		.out = npuc_output(g, op),
	};

	for (size_t i = 0; i < sizeof(constraints) / sizeof(constraints[0]); i++) {
		if (constraints[i].builtin != TFLITE_ANY && constraints[i].builtin != op->builtin)
			continue;
		if (constraints[i].holds(&q))
			continue;
		snprintf(reason, size, "%s: %s", constraints[i].sentence, q.value);
		*advice = constraints[i].advice;
		return false;
	}
	*reason = '\0';
	*advice = "";
	return true;
}
