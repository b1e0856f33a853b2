// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The arithmetics that the model knows, as data. */
#include "npum_personality.h"

static const struct npum_personality personalities[] = {
	{
		.id = VNPU_PERSONALITY_TFLITE_REF,
		.name = "tflite-ref",
		.summary = "LiteRT reference kernels: two roundings, one in FULLY_CONNECTED",
		.evidence = NPUM_EVIDENCE_EXACT,
		.conv_signed = NPUM_ROUND_DOUBLE,
		.conv_unsigned = NPUM_ROUND_DOUBLE,
		.depthwise = NPUM_ROUND_DOUBLE,
		.fully_connected = NPUM_ROUND_AWAY,
		.add = NPUM_ROUND_DOUBLE,
		.mul = NPUM_ROUND_DOUBLE,
		.mean = NPUM_ROUND_DOUBLE,
		.requant = NPUM_ROUND_DOUBLE,
		.resize = NPUM_RESIZE_AWAY,
		.resize_float = true,
	},
	{
		.id = VNPU_PERSONALITY_TFLITE_SINGLE,
		.name = "tflite-single",
		.summary = "the same built with TFLITE_SINGLE_ROUNDING: one rounding",
		.evidence = NPUM_EVIDENCE_DOCUMENTED,
		.conv_signed = NPUM_ROUND_SINGLE,
		.conv_unsigned = NPUM_ROUND_SINGLE,
		.depthwise = NPUM_ROUND_SINGLE,
		.fully_connected = NPUM_ROUND_AWAY,
		.add = NPUM_ROUND_SINGLE,
		.mul = NPUM_ROUND_SINGLE,
		.mean = NPUM_ROUND_SINGLE,
		.requant = NPUM_ROUND_SINGLE,
		.resize = NPUM_RESIZE_UP,
		.resize_float = true,
	},
	{
		.id = VNPU_PERSONALITY_TFLITE_OPT,
		.name = "tflite-opt",
		.summary = "LiteRT optimised kernels on x86: int8 products rounded half up twice",
		.evidence = NPUM_EVIDENCE_EXACT,
		.conv_signed = NPUM_ROUND_DOUBLE_UP,
		.conv_unsigned = NPUM_ROUND_DOUBLE,
		.depthwise = NPUM_ROUND_DOUBLE,
		.fully_connected = NPUM_ROUND_DOUBLE_UP,
		.add = NPUM_ROUND_DOUBLE,
		.mul = NPUM_ROUND_DOUBLE,
		.mean = NPUM_ROUND_DOUBLE,
		.requant = NPUM_ROUND_DOUBLE,
		.mean_form = NPUM_MEAN_RAW,
		.softmax = NPUM_SOFTMAX_TABLE,
		.resize = NPUM_RESIZE_AWAY,
		.resize_float = true,
	},
	{
		.id = VNPU_PERSONALITY_XNNPACK,
		.name = "xnnpack",
		.summary = "LiteRT with its XNNPACK delegate: products in binary32",
		.evidence = NPUM_EVIDENCE_EXACT,
		.rest = VNPU_PERSONALITY_TFLITE_OPT,
		.conv_signed = NPUM_ROUND_FLOAT,
		.conv_unsigned = NPUM_ROUND_FLOAT,
		.depthwise = NPUM_ROUND_FLOAT,
		.fully_connected = NPUM_ROUND_FLOAT,
		.add = NPUM_ROUND_SINGLE,
		.mul = NPUM_ROUND_FLOAT,
		.mean = NPUM_ROUND_FLOAT,
		.requant = NPUM_ROUND_SINGLE,
		.add_form = NPUM_ADD_WHOLE,
		.requant_bits = 8,
		.softmax = NPUM_SOFTMAX_TABLE,
		.resize = NPUM_RESIZE_FINE,
		.quantize = NPUM_QUANTIZE_MULTIPLY,
	},
};

const struct npum_personality *npum_personality_of(const struct npum_personality *program,
						   const struct vnpu_op *op)
{
	if (op->personality == VNPU_PERSONALITY_INHERIT)
		return program;
	return npum_personality_by_id(op->personality);
}

enum npum_rounding npum_op_rounding(const struct npum_personality *p, const struct vnpu_op *op)
{
	switch (op->opcode) {
	case VNPU_OP_CONV2D:
		return op->in[0].dtype == VNPU_DTYPE_INT8 ? p->conv_signed : p->conv_unsigned;
	case VNPU_OP_DEPTHWISE:
		return p->depthwise;
	case VNPU_OP_FULLY_CONNECTED:
		return p->fully_connected;
	case VNPU_OP_ADD:
	case VNPU_OP_SUB:
		return p->add;
	case VNPU_OP_MUL:
		return p->mul;
	case VNPU_OP_MEAN:
		return p->mean;
	default:
		return p->requant;
	}
}

const struct npum_personality *npum_personality_at(u32 i)
{
	return i < ARRAY_SIZE(personalities) ? &personalities[i] : NULL;
}

const struct npum_personality *npum_personality_by_id(u32 id)
{
	for (size_t i = 0; i < ARRAY_SIZE(personalities); i++)
		if (personalities[i].id == id)
			return &personalities[i];
	return NULL;
}

const struct npum_personality *npum_personality_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(personalities); i++)
		if (!strcmp(personalities[i].name, name))
			return &personalities[i];
	return NULL;
}
