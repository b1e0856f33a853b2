// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* ARG_MAX and ARG_MIN that give int32 where they gave int64. */
#include <stdlib.h>

#include "lower.h"
#include "rewrite.h"
#include "tflite.h"

/* Does the op only hand on what it reads? */
static bool hands_on(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_lowering *l = npuc_lowering(g, op);

	return l && ((l->traits & NPUC_MOVES) || l->lower == npuc_lower_reshape);
}

/* Does it read numbers of either type, at input @i? */
static bool takes_either(const struct npuc_op *op, uint32_t i)
{
	return op->builtin == TFLITE_CAST ||
	       (i == 1 && (op->builtin == TFLITE_GATHER || op->builtin == TFLITE_GATHER_ND));
}

/* Everything that the indices reach unchanged becomes int32, too. */
static bool reach(const struct npuc_graph *g, uint32_t number, bool *narrow)
{
	for (uint32_t i = number + 1; i < g->op_count; i++) {
		const struct npuc_op *op = &g->ops[i];

		for (uint32_t k = 0; k < op->input_count; k++) {
			if (op->inputs[k] == NPUC_NONE || !narrow[op->inputs[k]] ||
			    takes_either(op, k))
				continue;
			if (k || !hands_on(g, op))
				return false;
			for (uint32_t n = 0; n < op->output_count; n++)
				narrow[op->outputs[n]] = true;
		}
	}
	return true;
}

static const char *first_output(const struct npuc_graph *g, const bool *narrow)
{
	for (uint32_t i = 0; i < g->output_count; i++)
		if (narrow[g->outputs[i]])
			return g->tensors[g->outputs[i]].name;
	return NULL;
}

bool npuc_rewrite_index(struct npuc_rewriting *r)
{
	static const char cause[] = "an index that fits int32 is the same number in both types";
	const struct npuc_op *op = npuc_rewrite_op(r);
	bool *narrow = calloc(r->from->tensor_count, sizeof(*narrow));
	const char *output = NULL;
	bool done = narrow && npuc_output(r->from, op)->type == NPUC_TYPE_INT64;

	if (done) {
		narrow[op->outputs[0]] = true;
		done = reach(r->from, r->number, narrow) &&
		       npuc_rewrite_copy(r, &op->attributes, op->inputs);
	}
	for (uint32_t i = 0; i < r->from->tensor_count && done; i++)
		if (narrow[i])
			r->b.g.tensors[i].type = NPUC_TYPE_INT32;
	if (done)
		output = first_output(r->from, narrow);
	if (done && output)
		npuc_rewrite_done(r, cause,
				  "indices are int32, and so is the model's output '%.60s': who "
				  "needs int64 widens it outside",
				  output);
	else if (done)
		npuc_rewrite_done(r, cause, "indices are int32");
	free(narrow);
	return done;
}
