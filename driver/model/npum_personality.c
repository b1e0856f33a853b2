// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Sets of personalities, and which field of one an op obeys. */
#include "npum_personality.h"

const struct npum_personality *npum_personality_of(const struct npum_personality *program,
						   const struct vnpu_op *op)
{
	if (op->personality == VNPU_PERSONALITY_INHERIT)
		return program;
	return npum_personality_find(program->set, op->personality);
}

enum npum_rounding npum_op_rounding(const struct npum_personality *p, const struct vnpu_op *op)
{
	switch (op->opcode) {
	case VNPU_OP_CONV2D:
	case VNPU_OP_BATCH_MATMUL:
		return op->in[0].dtype == VNPU_DTYPE_INT8 ? p->conv_signed : p->conv_unsigned;
	case VNPU_OP_DEPTHWISE:
		return p->depthwise;
	case VNPU_OP_FULLY_CONNECTED:
		return p->fully_connected;
	case VNPU_OP_CONV2D_I16:
		return op->p.mode & VNPU_PRODUCT_NARROW ? p->conv_signed : p->wide;
	case VNPU_OP_DEPTHWISE_I16:
		return op->p.mode & VNPU_PRODUCT_NARROW ? p->depthwise : p->wide;
	case VNPU_OP_FULLY_CONNECTED_I16:
		return op->p.mode & VNPU_PRODUCT_NARROW ? p->fully_connected : p->wide;
	case VNPU_OP_ADD:
	case VNPU_OP_SUB:
	case VNPU_OP_ADD_I16:
	case VNPU_OP_SUB_I16:
		return p->add;
	case VNPU_OP_MUL:
	case VNPU_OP_MUL_I16:
		return p->mul;
	case VNPU_OP_MEAN:
	case VNPU_OP_MEAN_I16:
		return p->mean;
	default:
		return p->requant;
	}
}

bool npum_has_float_bias(const struct npum_personality *p, const struct vnpu_op *op)
{
	return p->bias == NPUM_BIAS_FLOAT &&
	       (op->opcode == VNPU_OP_CONV2D || op->opcode == VNPU_OP_DEPTHWISE ||
		op->opcode == VNPU_OP_FULLY_CONNECTED);
}

bool npum_folds_zero_point(const struct npum_personality *p, const struct vnpu_op *op)
{
	return p->zero_point == NPUM_ZERO_POINT_FOLDED &&
	       (op->opcode == VNPU_OP_ADD || op->opcode == VNPU_OP_SUB ||
		op->opcode == VNPU_OP_MUL);
}

const struct npum_personality *npum_personality_find(const struct npum_personality_set *set, u32 id)
{
	for (u32 i = 0; i < set->count; i++)
		if (set->at[i].id == id)
			return &set->at[i];
	return NULL;
}

const struct npum_personality *npum_personality_named(const struct npum_personality_set *set,
						      const char *name)
{
	for (u32 i = 0; i < set->count; i++)
		if (!strcmp(set->at[i].name, name))
			return &set->at[i];
	return NULL;
}

const struct npum_personality *npum_personality_at(const struct npum_personality_set *set, u32 i)
{
	return i < set->count ? &set->at[i] : NULL;
}
