/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What ops cost on a target, by its numbers (npum_target.def) and the formulas of
 * costs.def:
 *
 *	compute  = ceil(work / rate)
 *	transfer = max(dma_cycles + ceil(bytes / dma_bytes), ceil(l1_bytes / (dma_bytes * l1_banks)))
 *	cycles   = op_cycles + the opcode's own cycles + max(compute, transfer)
 *
 * rate is macs_int8, macs_int16, macs_float16 or macs_float32 by what is multiplied, for
 * everything else lanes.  Where a target has no such multipliers, each product takes a
 * hundred cycles.  Every operand is moved once; what is repeated by a stride of 0 counts
 * once.  Constants that are copied to on-chip memory ahead of use are moved while the op
 * behind the copy computes: their copy costs only what is left over then.
 */
#ifndef NPUC_COST_H
#define NPUC_COST_H

#include <stdint.h>

#include "npuc.h"
#include "npum_target.h"
#include "vnpu_program.h"

/** npuc_cost_compute() - cycles of computing an op */
uint64_t npuc_cost_compute(const struct npum_target *target, const struct vnpu_op *op);

/** npuc_cost_operand() - bytes of an operand that are moved, 0 if it is absent */
uint64_t npuc_cost_operand(const struct vnpu_tensor *t);

/** npuc_cost_move() - cycles of moving bytes from or to memory */
uint64_t npuc_cost_move(const struct npum_target *target, uint64_t bytes);

/** npuc_cost_known() - has an opcode a row in costs.def? */
bool npuc_cost_known(uint32_t opcode);

#endif /* NPUC_COST_H */
