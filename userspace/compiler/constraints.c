// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "constraints.h"

#include <stdio.h>
#include <string.h>

#include "npum_fields.h"
#include "predicates.h"
#include "tflite.h"

/* Rows for every op. */
#define TFLITE_ANY NPUC_NONE
#define NPUC_CONSTRAINT(op, predicate, sentence, advice) \
	{ { TFLITE_##op, NPUC_CODES, #predicate, sentence, advice }, npuc_holds_##predicate },
#define NPUC_CONSTRAINT_IN(families, op, predicate, sentence, advice) \
	{ { TFLITE_##op, families, #predicate, sentence, advice }, npuc_holds_##predicate },

static const struct {
	struct npuc_constraint row;
	bool (*holds)(struct npuc_query *q);
} constraints[] = {
#include "constraints.def"
};

#define COUNT (sizeof(constraints) / sizeof(constraints[0]))

const struct npuc_constraint *npuc_constraint_at(uint32_t i)
{
	return i < COUNT ? &constraints[i].row : NULL;
}

/* Does a row speak of the op? */
static bool concerns(const struct npuc_query *q, const struct npuc_constraint *row)
{
	if (row->builtin == TFLITE_ANY)
		return true;
	return row->builtin == q->op->builtin && (npuc_family(q->in->type) & row->families);
}

static const struct npum_field *field_named(const char *name, size_t length)
{
	const struct npum_field *f;

	for (u32 i = 0; (f = npum_target_field_at(i)); i++)
		if (strlen(f->name) == length && !memcmp(f->name, name, length))
			return f;
	return NULL;
}

void npuc_sentence(const char *sentence, const struct npum_target *target, char *text, size_t size)
{
	size_t at = 0;

	while (*sentence && at + 1 < size) {
		const char *end = *sentence == '{' ? strchr(sentence, '}') : NULL;
		const struct npum_field *f =
			end ? field_named(sentence + 1, (size_t)(end - sentence) - 1) : NULL;
		int n;

		if (!f) {
			text[at++] = *sentence++;
			continue;
		}
		n = snprintf(text + at, size - at, "%u",
			     target ? npum_field_get(f, target) : f->most);
		at = at + (size_t)n < size ? at + (size_t)n : size - 1;
		sentence = end + 1;
	}
	text[at] = '\0';
}

bool npuc_constraints_hold(const struct npuc_graph *g, const struct npuc_capabilities *can,
			   uint32_t number, struct npuc_refusal *why)
{
	const struct npuc_op *op = &g->ops[number];
	struct npuc_query q = {
		.g = g,
		.op = op,
		.o = npuc_operator(op->builtin),
		.l = npuc_lowering(g, op),
		.out = npuc_output(g, op),
		.can = can,
	};

	*why = (struct npuc_refusal){ .constraint = NPUC_NONE, .advice = "" };
	if (op->constant)
		return true;
	q.in = npuc_input(g, op, q.o ? q.o->first : 0);
	for (uint32_t i = 0; i < COUNT; i++) {
		const struct npuc_constraint *row = &constraints[i].row;

		if (!concerns(&q, row) || constraints[i].holds(&q))
			continue;
		why->constraint = i;
		why->advice = row->advice;
		npuc_sentence(row->sentence, can->target, why->reason, sizeof(why->reason));
		why->sentence = (uint32_t)strlen(why->reason);
		snprintf(why->reason + why->sentence, sizeof(why->reason) - why->sentence, ": %s",
			 q.value);
		return false;
	}
	return true;
}
