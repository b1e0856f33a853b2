// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Made of firmware/vnpu.yaml by `make firmware`: edit the descriptions, not this. */
#include "npum_target.h"

/* clang-format off */
static const struct npum_personality_set builtin = {
	.count = 4,
	.at = {
		{
			.set = &builtin,
			.digest = 0x40413e9864a21708,
			.id = 1,
			.name = "tflite-ref",
			.summary = "LiteRT reference kernels: two roundings, one in FULLY_CONNECTED",
			.fully_connected = 2, /* away */
			.mult_bits = 31,
			.wide_bits = 16,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.resize_float = 1, /* yes */
			.real_width = 1,
		},
		{
			.set = &builtin,
			.digest = 0xe1c1831a27bb7d7d,
			.id = 2,
			.name = "tflite-single",
			.summary = "the same built with TFLITE_SINGLE_ROUNDING: one rounding",
			.evidence = 1, /* documented */
			.conv_signed = 1, /* single */
			.conv_unsigned = 1, /* single */
			.depthwise = 1, /* single */
			.fully_connected = 2, /* away */
			.add = 1, /* single */
			.mul = 1, /* single */
			.mean = 1, /* single */
			.requant = 1, /* single */
			.mult_bits = 31,
			.wide_bits = 16,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.resize = 1, /* up */
			.resize_float = 1, /* yes */
			.real_width = 1,
		},
		{
			.set = &builtin,
			.digest = 0x0439664b275512ea,
			.id = 3,
			.name = "tflite-opt",
			.summary = "LiteRT optimised kernels on x86: int8 products rounded half up twice",
			.conv_signed = 3, /* double-up */
			.fully_connected = 3, /* double-up */
			.mult_bits = 31,
			.wide_bits = 16,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.mean_form = 1, /* raw */
			.softmax = 1, /* table */
			.resize_float = 1, /* yes */
			.real_width = 1,
		},
		{
			.set = &builtin,
			.digest = 0x8170c1a8097bc064,
			.id = 4,
			.name = "xnnpack",
			.summary = "LiteRT with its XNNPACK delegate: products in binary32",
			.rest = 3, /* tflite-opt */
			.conv_signed = 4, /* float */
			.conv_unsigned = 4, /* float */
			.depthwise = 4, /* float */
			.fully_connected = 4, /* float */
			.add = 1, /* single */
			.mul = 4, /* float */
			.mean = 4, /* float */
			.requant = 1, /* single */
			.mult_bits = 31,
			.wide_bits = 16,
			.requant_bits = 8,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.add_form = 1, /* whole */
			.softmax = 1, /* table */
			.resize = 2, /* fine */
			.quantize = 1, /* multiply */
			.real_width = 1,
		},
	},
};

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
		,
	},
	.max_dim = 268435456,
	.max_kernel = 4096,
	.max_step = 65536,
	.max_window = 65536,
	.max_reduce = 1048576,
	.max_resize = 65536,
	.max_row = 65536,
	.l1_bytes = 524288,
	.l1_banks = 8,
	.clock_mhz = 800,
	.macs_int8 = 1024,
	.macs_int16 = 256,
	.macs_float16 = 256,
	.macs_float32 = 64,
	.lanes = 64,
	.dma_bytes = 16,
	.op_cycles = 400,
	.dma_cycles = 100,
};

/* clang-format on */
const struct npum_personality_set *npum_builtin_set(void)
{
	return &builtin;
}

const struct npum_target *npum_builtin_target(void)
{
	return &target;
}
