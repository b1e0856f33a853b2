// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "host_ops.h"

#include "npum.h"

#define NPU_HOST_OP(id, inputs, outputs, name)                          \
	[NPU_HOST_##id] = { inputs, outputs, npu_host_##name##_problem, \
			    npu_host_##name##_scratch_bytes, npu_host_##name##_run },

static const struct npu_host_kind kinds[] = {
#include "host_ops.def"
};

const struct npu_host_kind *npu_host_kind(uint32_t kind)
{
	return kind < ARRAY_SIZE(kinds) && kinds[kind].run ? &kinds[kind] : NULL;
}

uint32_t npu_host_operand_bytes(const struct npu_file_operand *operand)
{
	uint32_t bytes = npum_dtype_size(operand->dtype);

	if (operand->rank > NPU_HOST_MAX_RANK)
		return 0;
	for (uint32_t i = 0; i < operand->rank; i++)
		if (check_mul_overflow(bytes, operand->shape[i], &bytes))
			return 0;
	return bytes;
}
