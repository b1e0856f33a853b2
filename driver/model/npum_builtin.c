// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The personalities that model and tools are built with. */
#include "npum_check.h"
#include "npum_target.h"

/* Of every personality here, and the numbers that are not 0 where nothing else is said. */
#define USUAL                                                                                   \
	.set = &builtin, .mult_bits = 31, .wide_bits = 16, .acc_bits = 32, .wide_acc_bits = 64, \
	.avg_pool_bits = 31, .real_width = 1

static const struct npum_personality_set builtin = {
	.count = 4,
	.at = {
		{
			USUAL,
			.id = VNPU_PERSONALITY_TFLITE_REF,
			.digest = 0x40413e9864a21708,
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
			.resize_float = 1,
		},
		{
			USUAL,
			.id = VNPU_PERSONALITY_TFLITE_SINGLE,
			.digest = 0xe1c1831a27bb7d7d,
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
			.resize_float = 1,
		},
		{
			USUAL,
			.id = VNPU_PERSONALITY_TFLITE_OPT,
			.digest = 0x0439664b275512ea,
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
			.resize_float = 1,
		},
		{
			USUAL,
			.id = VNPU_PERSONALITY_XNNPACK,
			.digest = 0x8170c1a8097bc064,
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
	},
};

const struct npum_personality_set *npum_builtin_set(void)
{
	return &builtin;
}

/* clang-format off */
static const struct npum_target target = {
	.name = "vnpu",
	.dtypes = 0xfe,
	.runs = {
#define NPUM_OP(name, ...) | (VNPU_OP_##name / 64 == 0 ? 1ull << VNPU_OP_##name % 64 : 0)
		0
#include "npum_ops.def"
		,
#define NPUM_OP(name, ...) | (VNPU_OP_##name / 64 == 1 ? 1ull << VNPU_OP_##name % 64 : 0)
		0
#include "npum_ops.def"
	},
#define NPUM_NUMBER(member, least, most, usual, meaning) .member = usual,
#include "npum_target.def"
};

/* clang-format on */
const struct npum_target *npum_builtin_target(void)
{
	return &target;
}
