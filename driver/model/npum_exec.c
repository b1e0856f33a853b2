// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Planning and running of ops: finds the kernel and calls it. */
#include "npum.h"
#include "npum_isa.h"
#include "npum_kernels.h"
#include "npum_personality.h"

#define NPUM_OP(name, params, in0, in1, in2, out, traits, check, plan_fn, run) \
	{ .opcode = VNPU_OP_##name, .plan = plan_fn },

static const struct {
	u32 opcode;
	npum_plan_fn *plan;
} plans[] = {
#include "npum_ops.def"
};

/* The variant's kernel for an op; NULL: it has none that takes the op. */
static npum_tile_fn *isa_kernel(const struct npum_isa *isa, const struct vnpu_op *op)
{
	for (const struct npum_isa_kernel *k = isa->kernels; k->opcode; k++)
		if (k->opcode == op->opcode && (!k->handles || k->handles(op)))
			return k->run;
	return NULL;
}

void npum_op_plan(const struct npum_isa *isa, const struct vnpu_op *op, struct npum_op_plan *plan)
{
	*plan = (struct npum_op_plan){ .tiles = 1 };

	for (size_t i = 0; i < ARRAY_SIZE(plans); i++)
		if (plans[i].opcode == op->opcode)
			plans[i].plan(op, plan);

	if (isa != &npum_isa_generic && isa_kernel(isa, op))
		plan->fpu = true;
}

void npum_op_run(const struct npum_exec *x, const struct vnpu_op *op, u32 tile, void *scratch)
{
	const struct npum_personality *p = x->personality;
	npum_tile_fn *run = isa_kernel(x->isa, op);

	if (!run)
		run = isa_kernel(&npum_isa_generic, op);
	if (op->personality != VNPU_PERSONALITY_INHERIT)
		p = npum_personality_by_id(op->personality);

	run(x, p, op, tile, scratch);
}
