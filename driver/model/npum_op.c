// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The op and dtype tables, as listings and checks see them. */
#include "npum.h"

#define NPUM_HAS(operand) (NPUM_OPERAND_##operand != NPUM_OPERAND_NONE)

#define NPUM_OP(op_name, op_params, in0, in1, in2, op_out, op_traits, check, plan, run)  \
	{                                                                                \
		.opcode = VNPU_OP_##op_name,                                             \
		.name = #op_name,                                                        \
		.inputs = NPUM_HAS(in0) + NPUM_HAS(in1) + NPUM_HAS(in2),                 \
		.params = op_params,                                                     \
		.traits = op_traits,                                                     \
		.operand = { NPUM_OPERAND_##in0, NPUM_OPERAND_##in1, NPUM_OPERAND_##in2, \
			     NPUM_OPERAND_##op_out },                                    \
	},

static const struct npum_op_info ops[] = {
#include "npum_ops.def"
};

static const struct {
	const char *name;
	u32 size;
} dtypes[] = {
	/* clang-format off */
	[VNPU_DTYPE_NONE] = { "none", 0 },
	[VNPU_DTYPE_INT8] = { "int8", 1 },
	[VNPU_DTYPE_UINT8] = { "uint8", 1 },
	[VNPU_DTYPE_INT32] = { "int32", 4 },
	[VNPU_DTYPE_FLOAT32] = { "float32", 4 },
	[VNPU_DTYPE_INT16] = { "int16", 2 },
	[VNPU_DTYPE_FLOAT16] = { "float16", 2 },
	[VNPU_DTYPE_INT64] = { "int64", 8 },
	/* clang-format on */
};

const struct npum_op_info *npum_op_info(u32 opcode)
{
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (ops[i].opcode == opcode)
			return &ops[i];
	return NULL;
}

u32 npum_dtype_size(u32 dtype)
{
	return dtype < ARRAY_SIZE(dtypes) ? dtypes[dtype].size : 0;
}

const char *npum_dtype_name(u32 dtype)
{
	return dtype < ARRAY_SIZE(dtypes) ? dtypes[dtype].name : "?";
}

/* Terms of the inner product that one output element of the op is made of. */
static u64 op_terms(const struct vnpu_op *op)
{
	const u32 *w = op->in[1].shape;

	switch (op->opcode) {
	case VNPU_OP_CONV2D:
	case VNPU_OP_FULLY_CONNECTED:
	case VNPU_OP_CONV2D_F:
	case VNPU_OP_FULLY_CONNECTED_F:
	case VNPU_OP_FULLY_CONNECTED_HYBRID:
	case VNPU_OP_GATES:
	case VNPU_OP_CONV2D_I16:
	case VNPU_OP_FULLY_CONNECTED_I16:
		return (u64)w[1] * w[2] * w[3];
	case VNPU_OP_DEPTHWISE:
	case VNPU_OP_DEPTHWISE_F:
	case VNPU_OP_DEPTHWISE_I16:
		return (u64)w[1] * w[2];
	case VNPU_OP_BATCH_MATMUL:
	case VNPU_OP_BATCH_MATMUL_F:
	case VNPU_OP_SVDF_TIME:
		return op->in[0].shape[3];
	default:
		return 0;
	}
}

u64 npum_op_macs(const struct vnpu_op *op)
{
	const u32 *out = op->out.shape;

	return (u64)out[0] * out[1] * out[2] * out[3] * op_terms(op);
}
