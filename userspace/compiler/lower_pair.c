// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Functions of two codes: a table of all pairs. */
#include <errno.h>

#include "delegate.h"
#include "lower.h"
#include "merge.h"
#include "pair.h"

int npuc_lower_pair(struct npuc_compilation *c, uint32_t number)
{
	const struct npuc_graph *g = c->graph;
	const struct npuc_op *op = &g->ops[number];
	struct npuc_record *r;
	uint8_t *lut;
	int err;

	err = npuc_plain_record(c, number, VNPU_OP_LUT_PAIR, &r);
	if (err)
		return err;
	npuc_broadcast_inputs(c, r, number, false);
	lut = npuc_operand_packed(c, r, 2, VNPU_LAYOUT_LUT_PAIR, r->op.out.dtype,
				  (uint32_t[4]){ 1, 1, 1, VNPU_LUT_PAIR_ENTRIES },
				  VNPU_LUT_PAIR_ENTRIES);
	if (!lut)
		return -ENOMEM;
	npuc_pair_lut(npuc_personality(c, number), g, op, lut);
	return 0;
}
