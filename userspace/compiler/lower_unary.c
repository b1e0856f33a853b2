// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Functions of one code: a table each. */
#include <errno.h>

#include "lower.h"
#include "table.h"

int npuc_lower_unary(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	struct npuc_record *r = npuc_record(c, number, VNPU_OP_LUT);
	uint8_t *lut;
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, npuc_in(c, number, 0));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
	if (err)
		return err;
	lut = npuc_operand_lut(c, r, npuc_output(g, op)->type);
	if (!lut)
		return -ENOMEM;
	npuc_op_table(c, number, lut);
	return 0;
}
