// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Made of firmware/vnpu.yaml by `make firmware`: edit the descriptions, not this. */
#include "npum_target.h"

/* clang-format off */
static const struct npum_personality_set builtin = {
	.count = 14,
	.at = {
		{
			.set = &builtin,
			.digest = 0x04504bd1c8e209b0,
			.id = 1,
			.name = "tflite-ref",
			.summary = "LiteRT reference kernels: two roundings, one in FULLY_CONNECTED",
			.fully_connected = 2, /* away */
			.wide = 1, /* single */
			.mult_bits = 31,
			.wide_bits = 15,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.resize_float = 1, /* yes */
			.real_width = 1,
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0x71915245afda4e05,
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
			.wide = 1, /* single */
			.mult_bits = 31,
			.wide_bits = 15,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.resize = 1, /* up */
			.resize_float = 1, /* yes */
			.real_width = 1,
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0xabc8eb2e8df02012,
			.id = 3,
			.name = "tflite-opt",
			.summary = "LiteRT optimised kernels on x86: int8 products rounded half up twice",
			.conv_signed = 3, /* double-up */
			.fully_connected = 3, /* double-up */
			.wide = 1, /* single */
			.mult_bits = 31,
			.wide_bits = 15,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.mean_form = 1, /* raw */
			.softmax = 1, /* table */
			.resize_float = 1, /* yes */
			.real_width = 1,
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0x66d67b84cc456f21,
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
			.wide = 1, /* single */
			.mult_bits = 31,
			.wide_bits = 15,
			.requant_bits = 8,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.add_form = 1, /* whole */
			.softmax = 1, /* table */
			.resize = 2, /* fine */
			.quantize = 1, /* multiply */
			.real_width = 1,
			.hybrid = 1, /* asymmetric */
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0x2c552391636c2c6c,
			.id = 5,
			.name = "ort",
			.summary = "ONNX Runtime on x86-64: products and sums in binary32, halves to even",
			.conv_signed = 4, /* float */
			.conv_unsigned = 4, /* float */
			.depthwise = 4, /* float */
			.fully_connected = 4, /* float */
			.add = 4, /* float */
			.mul = 4, /* float */
			.mean = 4, /* float */
			.requant = 4, /* float */
			.mult_bits = 31,
			.wide_bits = 15,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.zero_point = 1, /* folded */
			.avg_pool = 4, /* dequantised */
			.avg_pool_bits = 31,
			.add_form = 4, /* fused */
			.softmax = 3, /* quotient */
			.resize_float = 1, /* yes */
			.quantize = 2, /* even */
			.real_width = 1,
			.factors = 1, /* binary32 */
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0x577f51a7fbed0411,
			.id = 6,
			.name = "tosa",
			.summary = "TOSA specification: RESCALE with double rounding, pools by a reciprocal",
			.evidence = 1, /* documented */
			.wide = 1, /* single */
			.mult_bits = 31,
			.wide_bits = 15,
			.acc_bits = 32,
			.wide_acc_bits = 48,
			.avg_pool = 1, /* reciprocal */
			.avg_pool_bits = 31,
			.resize = 1, /* up */
			.quantize = 2, /* even */
			.real_width = 1,
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0x9c903914736f8b37,
			.id = 7,
			.name = "vip8",
			.summary = "VeriSilicon VIPNano-SI+ (i.MX 8M Plus): one rounding, 24-bit multipliers",
			.evidence = 2, /* open-driver */
			.conv_signed = 5, /* even */
			.conv_unsigned = 5, /* even */
			.depthwise = 5, /* even */
			.fully_connected = 5, /* even */
			.add = 5, /* even */
			.mul = 5, /* even */
			.mean = 5, /* even */
			.requant = 5, /* even */
			.mult_bits = 24,
			.wide_bits = 15,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.add_form = 3, /* weights */
			.resize = 1, /* up */
			.quantize = 2, /* even */
			.real_type = 1, /* binary16 */
			.real_width = 1,
			.factors = 1, /* binary32 */
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0xc5d3b29e01b04822,
			.id = 8,
			.name = "vip7",
			.summary = "VeriSilicon VIPNano-QI (A311D): one rounding, 16-bit truncated multipliers",
			.evidence = 2, /* open-driver */
			.conv_signed = 5, /* even */
			.conv_unsigned = 5, /* even */
			.depthwise = 5, /* even */
			.fully_connected = 5, /* even */
			.add = 5, /* even */
			.mul = 5, /* even */
			.mean = 5, /* even */
			.requant = 5, /* even */
			.mult_bits = 16,
			.wide_bits = 15,
			.mult_round = 1, /* truncate */
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.add_form = 3, /* weights */
			.resize = 1, /* up */
			.quantize = 2, /* even */
			.real_type = 1, /* binary16 */
			.real_width = 1,
			.factors = 1, /* binary32 */
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0xb675370611186e15,
			.id = 9,
			.name = "rknpu",
			.summary = "Rockchip RKNPU2 (RK3588): one rounding, 15-bit multipliers rounded up",
			.evidence = 2, /* open-driver */
			.conv_signed = 2, /* away */
			.conv_unsigned = 2, /* away */
			.depthwise = 2, /* away */
			.fully_connected = 2, /* away */
			.add = 2, /* away */
			.mul = 2, /* away */
			.mean = 2, /* away */
			.requant = 2, /* away */
			.mult_bits = 15,
			.wide_bits = 15,
			.mult_round = 2, /* up */
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool = 2, /* two-stage */
			.avg_pool_bits = 16,
			.lut = 1, /* interpolated */
			.real_type = 1, /* binary16 */
			.real_width = 1,
			.factors = 1, /* binary32 */
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0x39a2891bbe3f6444,
			.id = 10,
			.name = "ethosu",
			.summary = "Arm Ethos-U as Vela programs it: TFL and natural rounding op by op",
			.evidence = 2, /* open-driver */
			.wide = 1, /* single */
			.mult_bits = 31,
			.wide_bits = 15,
			.acc_bits = 32,
			.wide_acc_bits = 40,
			.avg_pool = 1, /* reciprocal */
			.avg_pool_bits = 32,
			.resize = 1, /* up */
			.real_width = 1,
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0x71ce038522035271,
			.id = 11,
			.name = "mdla",
			.summary = "MediaTek MDLA: binary16 without binary32, integers with one rounding",
			.evidence = 3, /* guess */
			.conv_signed = 1, /* single */
			.conv_unsigned = 1, /* single */
			.depthwise = 1, /* single */
			.fully_connected = 1, /* single */
			.add = 1, /* single */
			.mul = 1, /* single */
			.mean = 1, /* single */
			.requant = 1, /* single */
			.mult_bits = 31,
			.wide_bits = 15,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.avg_pool_bits = 31,
			.resize = 1, /* up */
			.quantize = 2, /* even */
			.real_type = 1, /* binary16 */
			.real_width = 1,
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0xaeff735701fb1307,
			.id = 12,
			.name = "axera",
			.summary = "Axera AX650: products and bias in binary32, one rounding to even",
			.evidence = 3, /* guess */
			.conv_signed = 4, /* float */
			.conv_unsigned = 4, /* float */
			.depthwise = 4, /* float */
			.fully_connected = 4, /* float */
			.add = 4, /* float */
			.mul = 4, /* float */
			.mean = 4, /* float */
			.requant = 4, /* float */
			.mult_bits = 31,
			.wide_bits = 15,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.bias = 1, /* float */
			.zero_point = 1, /* folded */
			.avg_pool = 3, /* float */
			.avg_pool_bits = 31,
			.add_form = 2, /* float */
			.softmax = 2, /* real */
			.quantize = 2, /* even */
			.real_width = 1,
			.factors = 1, /* binary32 */
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0x939314543d4f61fc,
			.id = 13,
			.name = "nvdla",
			.summary = "NVDLA: one rounding away from zero, 15-bit multipliers, pools in two stages",
			.evidence = 1, /* documented */
			.conv_signed = 2, /* away */
			.conv_unsigned = 2, /* away */
			.depthwise = 2, /* away */
			.fully_connected = 2, /* away */
			.add = 2, /* away */
			.mul = 2, /* away */
			.mean = 2, /* away */
			.requant = 2, /* away */
			.wide = 2, /* away */
			.mult_bits = 15,
			.wide_bits = 15,
			.acc_bits = 34,
			.wide_acc_bits = 48,
			.acc_overflow = 2, /* saturate-each */
			.avg_pool = 2, /* two-stage */
			.avg_pool_bits = 16,
			.lut = 1, /* interpolated */
			.real_type = 1, /* binary16 */
			.real_acc = 2, /* binary64 */
			.real_width = 1,
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
		},
		{
			.set = &builtin,
			.digest = 0x8e74c283966f67eb,
			.id = 14,
			.name = "ort-o0",
			.summary = "ONNX Runtime on x86-64 with its graph optimisations off: QDQ models in binary32",
			.conv_signed = 4, /* float */
			.conv_unsigned = 4, /* float */
			.depthwise = 4, /* float */
			.fully_connected = 4, /* float */
			.add = 4, /* float */
			.mul = 4, /* float */
			.mean = 4, /* float */
			.requant = 4, /* float */
			.mult_bits = 31,
			.wide_bits = 15,
			.acc_bits = 32,
			.wide_acc_bits = 64,
			.zero_point = 1, /* folded */
			.avg_pool = 4, /* dequantised */
			.avg_pool_bits = 31,
			.add_form = 4, /* fused */
			.softmax = 3, /* quotient */
			.resize_float = 1, /* yes */
			.quantize = 2, /* even */
			.real_width = 1,
			.real_order = 2, /* planes */
			.factors = 1, /* binary32 */
			.qdq = 1, /* apart */
			.lut_points = 257,
			.lut_bits = 16,
			.softmax_exp_bits = 31,
			.softmax_sum_bits = 12,
			.softmax_newton = 3,
			.real_fused = 1, /* yes */
			.real_block = 128,
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
	.max_rank = 8,
	.align_corners = 1,
	.half_pixel = 1,
	.per_channel = 1,
	.asymmetric_weights = 1,
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
