/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPU_HOST_OPS_H
#define NPU_HOST_OPS_H

#include <stddef.h>

#include "error.h"
#include "npu_file.h"

/**
 * struct npu_host_call - one run of a host operator
 * @op: what to compute; its @problem is NULL
 * @data: where each operand begins, npu_host_operand_bytes() of it; contents may be
 *	anything and change meanwhile
 * @scratch: as many bytes as @scratch_bytes() said, aligned to 64
 */
struct npu_host_call {
	const struct npu_file_host_op *op;
	uint8_t *data[NPU_HOST_OPERANDS];
	void *scratch;
};

/**
 * struct npu_host_kind - an operator of host_ops.def
 * @inputs: operands that are read
 * @outputs: operands behind them that are written
 * @problem: why this one cannot be computed, or NULL; shapes of all operands are sound
 * @scratch_bytes: what it needs beside its operands; allocated once
 * @run: compute; allocates nothing, touches operands and scratch only; 0 or a negative
 *	errno with @error filled
 */
struct npu_host_kind {
	uint32_t inputs;
	uint32_t outputs;
	const char *(*problem)(const struct npu_file_host_op *op);
	size_t (*scratch_bytes)(const struct npu_file_host_op *op);
	int (*run)(const struct npu_host_call *call, struct npu_error *error);
};

/** npu_host_kind() - what a kind of &enum npu_host_op_kind is; NULL when unknown */
const struct npu_host_kind *npu_host_kind(uint32_t kind);

/** npu_host_operand_bytes() - of a dense tensor; 0 when dtype, rank or size are none */
uint32_t npu_host_operand_bytes(const struct npu_file_operand *operand);

#define NPU_HOST_OP(id, inputs, outputs, name)                                     \
	const char *npu_host_##name##_problem(const struct npu_file_host_op *op);  \
	size_t npu_host_##name##_scratch_bytes(const struct npu_file_host_op *op); \
	int npu_host_##name##_run(const struct npu_host_call *call, struct npu_error *error);
#include "host_ops.def"

#endif /* NPU_HOST_OPS_H */
