// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Fusion of functions of one code: what reads the output of a table becomes part of it. */
#include "lower.h"
#include "partition.h"
#include "table.h"

int npuc_fuse_tables(struct npuc_compilation *c)
{
	const struct npuc_graph *g = c->graph;

	for (uint32_t i = 0; i < g->op_count; i++) {
		const struct npuc_op *op = &g->ops[i];
		const struct npuc_tensor *in = op->input_count ? npuc_input(g, op, 0) : NULL;
		struct npuc_fold *before;

		if (c->folds[i].gone || !in || in->producer == NPUC_NONE || in->consumers != 1 ||
		    in->output != NPUC_NONE || !npuc_makes_table(g, op) ||
		    !npuc_makes_table(g, &g->ops[in->producer]) ||
		    npuc_on_host(c, i) != npuc_on_host(c, in->producer))
			continue;
		before = &c->folds[in->producer];
		/* Another pass may have given its work to somebody else already. */
		if (before->gone || before->output != op->inputs[0] ||
		    c->folds[i].input != op->inputs[0])
			continue;
		c->folds[i].input = before->input;
		c->folds[i].through = in->producer;
		before->gone = true;
	}
	return 0;
}
