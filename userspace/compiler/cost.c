// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "cost.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "npum.h"
#include "npum_check.h"
#include "standin.h"

/* Cycles of a product where the target has no multipliers for it, see npum_target.def. */
#define CYCLES_PER_LONE_MAC 100u

enum count {
	NPUC_COUNT_NONE,
	NPUC_COUNT_MACS,
	NPUC_COUNT_OUT,
	NPUC_COUNT_IN,
	NPUC_COUNT_WINDOW,
};

#define NPUC_COST(name, count_, passes_) [VNPU_OP_##name] = { true, NPUC_COUNT_##count_, passes_ },

static const struct {
	bool known;
	enum count count;
	uint32_t passes;
} formulas[] = {
#include "costs.def"
};

bool npuc_cost_known(uint32_t opcode)
{
	return opcode < sizeof(formulas) / sizeof(formulas[0]) && formulas[opcode].known;
}

static uint64_t divide(uint64_t work, uint64_t rate)
{
	return work / rate + (work % rate != 0);
}

static uint64_t elements(const struct vnpu_tensor *t)
{
	return (uint64_t)t->shape[0] * t->shape[1] * t->shape[2] * t->shape[3];
}

/* The kinds of the floating-point ops multiply in the dtype of input 0, the hybrid in int8. */
static uint64_t macs_per_cycle(const struct npum_target *target, const struct vnpu_op *op)
{
	if (op->opcode == VNPU_OP_FULLY_CONNECTED_HYBRID)
		return target->macs_int8;
	switch (op->in[0].dtype) {
	case VNPU_DTYPE_INT16:
		return target->macs_int16;
	case VNPU_DTYPE_FLOAT16:
		return target->macs_float16;
	case VNPU_DTYPE_FLOAT32:
		return target->macs_float32;
	default:
		return target->macs_int8;
	}
}

/* Validated shapes and windows keep all of these within 64 bits. */
static uint64_t work_of(const struct vnpu_op *op)
{
	uint64_t passes = formulas[op->opcode].passes;

	switch (formulas[op->opcode].count) {
	case NPUC_COUNT_MACS:
		return npum_op_macs(op);
	case NPUC_COUNT_OUT:
		return passes * elements(&op->out);
	case NPUC_COUNT_IN:
		return passes * elements(&op->in[0]);
	case NPUC_COUNT_WINDOW:
		return passes * elements(&op->out) * op->p.kernel[0] * op->p.kernel[1];
	default:
		return 0;
	}
}

/* An opcode without a row passes each output element once through the lanes. */
uint64_t npuc_cost_compute(const struct npum_target *target, const struct vnpu_op *op)
{
	uint64_t rate = target->lanes;

	if (!npuc_cost_known(op->opcode))
		return divide(elements(&op->out), rate);
	if (formulas[op->opcode].count == NPUC_COUNT_MACS)
		rate = macs_per_cycle(target, op);
	return rate ? divide(work_of(op), rate) : work_of(op) * CYCLES_PER_LONE_MAC;
}

uint64_t npuc_cost_operand(const struct vnpu_tensor *t)
{
	uint64_t bytes = npum_dtype_size(t->dtype);

	if (t->dtype == VNPU_DTYPE_NONE)
		return 0;
	if (t->layout != VNPU_LAYOUT_NHWC)
		return npum_operand_extent(t);
	for (uint32_t i = 0; i < VNPU_MAX_RANK; i++)
		bytes *= t->stride[i] ? t->shape[i] : 1;
	return bytes;
}

uint64_t npuc_cost_move(const struct npum_target *target, uint64_t bytes)
{
	return bytes ? target->dma_cycles + divide(bytes, target->dma_bytes) : 0;
}

/* Bytes and cycles of one record for itself. */
static void cost_alone(const struct npum_target *target, const struct npum_program *program,
		       const struct vnpu_op *op, struct npuc_cost *cost)
{
	uint64_t on_chip;

	for (uint32_t i = 0; i <= VNPU_OP_INPUTS; i++) {
		const struct vnpu_tensor *t = i < VNPU_OP_INPUTS ? &op->in[i] : &op->out;

		if (t->dtype == VNPU_DTYPE_NONE)
			continue;
		if (program->slot[t->slot].kind == VNPU_SLOT_L1)
			cost->l1_bytes += npuc_cost_operand(t);
		else
			cost->bytes += npuc_cost_operand(t);
	}
	on_chip = divide(cost->l1_bytes, (uint64_t)target->dma_bytes * target->l1_banks);
	cost->macs = npum_op_macs(op);
	cost->compute = npuc_cost_compute(target, op);
	cost->transfer = npuc_cost_move(target, cost->bytes);
	if (on_chip > cost->transfer)
		cost->transfer = on_chip;
	cost->overhead = target->op_cycles;
	if (op->opcode < NPUM_TARGET_OPCODES)
		cost->overhead += target->cycles[op->opcode];
	if (cost->macs)
		cost->peak = macs_per_cycle(target, op);
}

static bool is_prefetch(const struct npum_program *program, const struct vnpu_op *op)
{
	return op->opcode == VNPU_OP_COPY &&
	       program->slot[op->in[0].slot].kind == VNPU_SLOT_CONST &&
	       program->slot[op->out.slot].kind == VNPU_SLOT_L1;
}

static bool reads(const struct vnpu_op *op, const struct vnpu_tensor *what)
{
	uint64_t end = what->offset + npum_operand_extent(what);

	for (uint32_t i = 0; i < VNPU_OP_INPUTS; i++) {
		const struct vnpu_tensor *t = &op->in[i];

		if (t->dtype != VNPU_DTYPE_NONE && t->slot == what->slot && t->offset < end &&
		    what->offset < t->offset + npum_operand_extent(t))
			return true;
	}
	return false;
}

/*
 * Copies [first, op) move their bytes while @op computes, unless it needs them itself:
 * then they are waited for.
 */
static void settle(const struct npum_program *program, struct npuc_cost *costs, uint32_t first,
		   uint32_t op)
{
	struct npuc_cost *cost = &costs[op];
	uint64_t ahead = 0, transfer;

	for (uint32_t i = first; i < op; i++) {
		if (reads(&program->ops[op], &program->ops[i].out))
			costs[i].cycles = costs[i].transfer;
		else
			ahead += costs[i].transfer;
	}
	transfer = cost->transfer + ahead;
	cost->cycles = cost->overhead + (cost->compute > transfer ? cost->compute : transfer);
}

int npuc_estimate(const void *data, size_t size, const struct npum_target *target,
		  struct npuc_cost **costs, size_t *count)
{
	struct npum_personality_set *set = malloc(sizeof(*set));
	void *aligned = malloc(size ? size : 1);
	struct npum_program program;
	struct npum_refusal why;
	uint32_t first = 0;
	int err = -ENOMEM;

	*costs = NULL;
	if (set && aligned) {
		memcpy(aligned, data, size);
		err = npu_standin_validate(aligned, size, set, &program, &why) ? -EINVAL : 0;
	}
	if (!err) {
		*count = program.op_count;
		*costs = calloc(program.op_count, sizeof(**costs));
		err = *costs ? 0 : -ENOMEM;
	}
	for (uint32_t i = 0; !err && i < program.op_count; i++) {
		cost_alone(target, &program, &program.ops[i], &(*costs)[i]);
		if (is_prefetch(&program, &program.ops[i]))
			continue;
		settle(&program, *costs, first, i);
		first = i + 1;
	}
	free(set);
	free(aligned);
	return err;
}
