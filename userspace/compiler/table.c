// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "table.h"

#include <math.h>
#include <string.h>

#include "delegate.h"
#include "lower.h"
#include "lut.h"
#include "tflite.h"
#include "unary.h"

static float logistic(float x)
{
	return 1.0f / (1.0f + expf(-x));
}

bool npuc_makes_table(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_lowering *l = npuc_lowering(g, op);

	return l && (l->lower == npuc_lower_unary || l->lower == npuc_lower_function);
}

static void own_table(const struct npuc_compilation *c, uint32_t number, uint8_t table[256])
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	const struct npum_personality *p = npuc_personality(c, number);

	if (npuc_lowering(g, op)->lower == npuc_lower_unary)
		npuc_unary_lut(p, g, op, table);
	else
		npuc_lut_function(p, npuc_input(g, op, 0), npuc_output(g, op),
				  op->builtin == TFLITE_TANH ? tanhf : logistic, table);
}

/* A table of a table is a table: what the first gives is a code that the second takes. */
void npuc_op_table(const struct npuc_compilation *c, uint32_t number, uint8_t table[256])
{
	uint32_t before = c->folds[number].through;
	uint8_t first[256];

	own_table(c, number, table);
	while (before != NPUC_NONE) {
		uint8_t second[256];

		memcpy(second, table, sizeof(second));
		own_table(c, before, first);
		for (uint32_t i = 0; i < 256; i++)
			table[i] = second[first[i]];
		before = c->folds[before].through;
	}
}
