// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Programs of the `sim` device. */
#include <stdlib.h>

#include "backend_sim.h"
#include "describe.h"
#include "npum_isa.h"

void npu_sim_program_free(struct npu_program *base)
{
	struct sim_program *program = container_of(base, struct sim_program, base);

	npu_sim_wait_idle(base->dev, &program->jobs, INT64_MAX);
	free(program->plans);
	free(program->counting);
	free(program->data);
	free(program);
}

static void summarise(const struct npum_program *program, struct npu_program_info *info)
{
	info->op_count = program->op_count;
	info->slot_count = program->slot_count;
	info->macs = program->macs;
	for (uint32_t i = 0; i < program->slot_count; i++) {
		const struct npum_slot *slot = &program->slot[i];

		info->slots[i] = (struct npu_slot_info){
			.kind = slot->kind,
			.used = slot->access != 0,
			.written = (slot->access & NPUM_SLOT_WRITE) != 0,
			.bytes = slot->bytes,
		};
	}
}

static int plan_ops(struct sim_device *sim, struct sim_program *program)
{
	size_t scratch = 0;

	program->plans = calloc(program->program.op_count, sizeof(*program->plans));
	program->counting = calloc(program->program.op_count, sizeof(*program->counting));
	if (!program->plans || !program->counting)
		return -ENOMEM;
	for (uint32_t i = 0; i < program->program.op_count; i++) {
		npum_op_plan(sim->isa, program->program.personality, &program->program.ops[i],
			     &program->plans[i]);
		npum_op_plan(&npum_isa_counting, program->program.personality,
			     &program->program.ops[i], &program->counting[i]);
		scratch = max(scratch, (size_t)program->plans[i].scratch_bytes);
	}
	return sim_pool_reserve(sim->pool, scratch);
}

/* The format's rules first, then what the firmware takes. */
static int check_program(const struct npu_device *dev, struct sim_program *program, size_t size,
			 struct npum_refusal *why)
{
	int rc = npum_program_validate(program->data, size, dev->personalities, &program->program,
				       why);

	return rc ? rc : npum_target_check_program(dev->target, &program->program, why);
}

int npu_sim_program_create(struct npu_device *dev, const void *data, size_t size,
			   struct npu_program **out, struct npu_error *error)
{
	struct sim_program *program = calloc(1, sizeof(*program));
	struct npum_refusal why;
	int rc = -ENOMEM;

	if (!program)
		return npu_sim_no_memory(dev, "program", error);
	program->base.dev = dev;
	program->data = malloc(size);
	if (!program->data)
		goto no_memory;
	memcpy(program->data, data, size);
	rc = check_program(dev, program, size, &why);
	if (rc) {
		npu_fail_program(dev, program->data, &why, error);
		goto fail;
	}
	summarise(&program->program, &program->base.info);
	rc = plan_ops(npu_sim_device(dev), program);
	if (rc)
		goto no_memory;
	*out = &program->base;
	return 0;
no_memory:
	npu_sim_no_memory(dev, "program", error);
fail:
	npu_sim_program_free(&program->base);
	return rc;
}
