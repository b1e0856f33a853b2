// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "constraints.h"

#include <stdio.h>

#include "predicates.h"
#include "tflite.h"

/* Rows for every op. */
#define TFLITE_ANY NPUC_NONE
#define NPUC_CONSTRAINT(op, predicate, sentence, advice) \
	{ TFLITE_##op, NPUC_CODES, npuc_holds_##predicate, sentence, advice },
#define NPUC_CONSTRAINT_IN(families, op, predicate, sentence, advice) \
	{ TFLITE_##op, families, npuc_holds_##predicate, sentence, advice },

static const struct {
	uint32_t builtin;
	uint32_t families;
	bool (*holds)(struct npuc_query *q);
	const char *sentence;
	const char *advice;
} constraints[] = {
#include "constraints.def"
};

/* Does a row with this operator and these families speak of the op? */
static bool concerns(const struct npuc_query *q, uint32_t builtin, uint32_t families)
{
	if (builtin == TFLITE_ANY)
		return true;
	return builtin == q->op->builtin && (npuc_family(q->in->type) & families);
}

bool npuc_constraints_hold(const struct npuc_graph *g, uint32_t number, char *reason, size_t size,
			   const char **advice)
{
	const struct npuc_op *op = &g->ops[number];
	struct npuc_query q = {
		.g = g,
		.op = op,
		.o = npuc_operator(op->builtin),
		.l = npuc_lowering(g, op),
		.out = npuc_output(g, op),
	};

	*reason = '\0';
	*advice = "";
	if (op->constant)
		return true;
	q.in = npuc_input(g, op, q.o ? q.o->first : 0);
	for (size_t i = 0; i < sizeof(constraints) / sizeof(constraints[0]); i++) {
		if (!concerns(&q, constraints[i].builtin, constraints[i].families))
			continue;
		if (constraints[i].holds(&q))
			continue;
		snprintf(reason, size, "%s: %s", constraints[i].sentence, q.value);
		*advice = constraints[i].advice;
		return false;
	}
	return true;
}
