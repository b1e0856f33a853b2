// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Planning and running of ops: finds the kernel and calls it. */
#include "npum.h"
#include "npum_conv_counting.h"
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
static npum_tile_fn *isa_kernel(const struct npum_isa *isa, const struct npum_personality *p,
				const struct vnpu_op *op)
{
	for (const struct npum_isa_kernel *k = isa->kernels; k->opcode; k++)
		if (k->opcode == op->opcode && (!k->handles || k->handles(p, op)))
			return k->run;
	return NULL;
}

/* Do the generic kernels call into npum_float.c because the personality wants so? */
static bool computes_in_float(const struct npum_personality *p, const struct vnpu_op *op)
{
	if (op->opcode == VNPU_OP_RESIZE_BILINEAR)
		return p->resize == NPUM_RESIZE_FINE;
	if (op->opcode == VNPU_OP_AVG_POOL || op->opcode == VNPU_OP_AVG_POOL_I16)
		return p->avg_pool == NPUM_AVG_POOL_FLOAT ||
		       p->avg_pool == NPUM_AVG_POOL_DEQUANTISED;
	return npum_op_rounding(p, op) == NPUM_ROUND_FLOAT;
}

void npum_op_plan(const struct npum_isa *isa, const struct npum_personality *program,
		  const struct vnpu_op *op, struct npum_op_plan *plan)
{
	const struct npum_personality *p = npum_personality_of(program, op);

	*plan = (struct npum_op_plan){ .tiles = 1 };

	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		if (plans[i].opcode != op->opcode)
			continue;
		plans[i].plan(op, plan);
		if (isa == &npum_isa_counting && plans[i].plan == npum_conv_plan)
			plan->tiles = npum_conv_counting_tiles(op);
	}

	if (isa->features && isa_kernel(isa, p, op))
		plan->fpu = true;
	if (computes_in_float(p, op))
		plan->fpu = true;
}

void npum_op_run(const struct npum_exec *x, const struct vnpu_op *op, u32 tile, void *scratch)
{
	const struct npum_personality *p = npum_personality_of(x->personality, op);
	npum_tile_fn *run = isa_kernel(x->isa, p, op);

	if (!run)
		run = isa_kernel(&npum_isa_generic, p, op);
	run(x, p, op, tile, scratch);
}
