// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Ops whose outputs nobody reads make no instructions. */
#include <stdlib.h>

#include "lower.h"

/* What an op writes beside its outputs, the next run reads. */
static bool keeps_state(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_lowering *l = npuc_lowering(g, op);

	return l && (l->traits & NPUC_STATEFUL);
}

static bool is_read(const struct npuc_op *op, const bool *read)
{
	for (uint32_t k = 0; k < op->output_count; k++)
		if (read[op->outputs[k]])
			return true;
	return false;
}

int npuc_drop_dead(struct npuc_compilation *c)
{
	const struct npuc_graph *g = c->graph;
	bool *read = calloc((size_t)g->tensor_count + 1, sizeof(*read));

	if (!read)
		return npuc_no_memory(c);
	for (uint32_t i = 0; i < g->output_count; i++)
		read[g->outputs[i]] = true;
	for (uint32_t i = g->op_count; i-- > 0;) {
		const struct npuc_op *op = &g->ops[i];

		if (!is_read(op, read) && !keeps_state(g, op)) {
			c->folds[i].gone = true;
			continue;
		}
		for (uint32_t k = 0; k < op->input_count; k++)
			if (op->inputs[k] != NPUC_NONE)
				read[op->inputs[k]] = true;
	}
	free(read);
	return 0;
}
