// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The small models. */
#include "model.h"

#define I8 NPUC_TYPE_INT8
#define U8 NPUC_TYPE_UINT8
#define I32 NPUC_TYPE_INT32
#define F32 NPUC_TYPE_FLOAT32

/* A tensor of 4, 2 or 1 dimensions with its quantisation. */
#define T4(t, s, z, ...)                                                            \
	{                                                                           \
		.type = t, .rank = 4, .dim = { __VA_ARGS__ }, .scale = s, .zero = z \
	}
#define T2(t, s, z, ...)                                                            \
	{                                                                           \
		.type = t, .rank = 2, .dim = { __VA_ARGS__ }, .scale = s, .zero = z \
	}
/* Constants: int8 weights with a scale for each channel, and a bias. */
#define WEIGHTS(channels, along, n, ...)                                                      \
	{                                                                                     \
		.type = I8, .rank = 4, .dim = { __VA_ARGS__ }, .scale = 0.01f, .axis = along, \
		.scales = channels, .data_bytes = n                                           \
	}
#define BIAS(n)                                                             \
	{                                                                   \
		.type = I32, .rank = 1, .dim = { n }, .data_bytes = 4 * (n) \
	}
#define INTS(name, n)                                                                     \
	{                                                                                 \
		.type = I32, .rank = 1, .dim = { n }, .data_bytes = 4 * (n), .ints = name \
	}

#define WORD(v)                  \
	{                        \
		4, (uint32_t)(v) \
	}
#define BYTE(v)      \
	{            \
		1, v \
	}

/* Options tables by the schema: padding, strides (w, h), activation, dilation (w, h). */
#define CONV_OPTIONS(pad, s, act)                                        \
	1,                                                               \
	{                                                                \
		BYTE(pad), WORD(s), WORD(s), BYTE(act), WORD(1), WORD(1) \
	}
#define DEPTHWISE_OPTIONS(pad, s, act)                                            \
	2,                                                                        \
	{                                                                         \
		BYTE(pad), WORD(s), WORD(s), WORD(1), BYTE(act), WORD(1), WORD(1) \
	}
#define POOL_OPTIONS(pad, s, f)                                        \
	5,                                                             \
	{                                                              \
		BYTE(pad), WORD(s), WORD(s), WORD(f), WORD(f), BYTE(0) \
	}
#define FC_OPTIONS                        \
	8,                                \
	{                                 \
		BYTE(0), BYTE(0), BYTE(0) \
	}
#define SOFTMAX_OPTIONS          \
	9,                       \
	{                        \
		WORD(0x3f800000) \
	}
#define CONCAT_OPTIONS(axis)        \
	10,                         \
	{                           \
		WORD(axis), BYTE(0) \
	}
#define ADD_OPTIONS(act)  \
	11,               \
	{                 \
		BYTE(act) \
	}
#define BILINEAR_OPTIONS(align, half)                       \
	15,                                                 \
	{                                                   \
		{ 0, 0 }, { 0, 0 }, BYTE(align), BYTE(half) \
	}
#define RESHAPE_OPTIONS      \
	17,                  \
	{                    \
		{            \
			0, 0 \
		}            \
	}
#define MUL_OPTIONS     \
	21,             \
	{               \
		BYTE(0) \
	}
#define MEAN_OPTIONS(keep) \
	27,                \
	{                  \
		BYTE(keep) \
	}
#define SUB_OPTIONS     \
	28,             \
	{               \
		BYTE(0) \
	}
#define NEAREST_OPTIONS          \
	74,                      \
	{                        \
		BYTE(0), BYTE(0) \
	}

static const int32_t spatial_pads[] = { 0, 0, 1, 1, 1, 1, 0, 0 };
static const int32_t channel_pads[] = { 0, 0, 0, 0, 0, 0, 1, 2 };
static const int32_t rows_and_columns[] = { 1, 2 };
static const int32_t last[] = { -1 };
static const int32_t size_9_7[] = { 9, 7 };
static const int32_t flat[] = { 1, -1 };

#define PADS(name)                                                                      \
	{                                                                               \
		.type = I32, .rank = 2, .dim = { 4, 2 }, .data_bytes = 32, .ints = name \
	}

const struct model models[] = {
	{
		.name = "classifier",
		.tensors = { T4(I8, 0.5f, 3, 1, 8, 8, 3),
			     WEIGHTS(6, 0, 162, 6, 3, 3, 3),
			     BIAS(6),
			     T4(I8, 0.25f, -128, 1, 4, 4, 6),
			     T4(I8, 0.25f, -128, 1, 1, 1, 6),
			     INTS(flat, 2),
			     T2(I8, 0.25f, -128, 1, 6),
			     { .type = I8,
			       .rank = 2,
			       .dim = { 5, 6 },
			       .scale = 0.02f,
			       .zero = 1,
			       .data_bytes = 30 },
			     BIAS(5),
			     T2(I8, 0.125f, 7, 1, 5),
			     T2(I8, 1.0f / 256, -128, 1, 5) },
		.ops = { { TFLITE_CONV_2D, REFS(0, 1, 2), REFS(3), CONV_OPTIONS(0, 2, 1) },
			 { TFLITE_AVERAGE_POOL_2D, REFS(3), REFS(4), POOL_OPTIONS(1, 1, 4) },
			 { TFLITE_RESHAPE, REFS(4, 5), REFS(6), RESHAPE_OPTIONS },
			 { TFLITE_FULLY_CONNECTED, REFS(6, 7, 8), REFS(9), FC_OPTIONS },
			 { TFLITE_SOFTMAX, REFS(9), REFS(10), SOFTMAX_OPTIONS } },
		.inputs = REFS(0),
		.outputs = REFS(10),
	},
	{
		.name = "pad-depthwise",
		.tensors = { T4(I8, 0.5f, -7, 1, 6, 6, 4), PADS(spatial_pads),
			     T4(I8, 0.5f, -7, 1, 8, 8, 4), WEIGHTS(4, 3, 36, 1, 3, 3, 4), BIAS(4),
			     T4(I8, 0.25f, 2, 1, 6, 6, 4), T4(I8, 0.25f, 2, 1, 6, 6, 4),
			     PADS(channel_pads), T4(I8, 0.25f, 2, 1, 6, 6, 7) },
		.ops = { { TFLITE_PAD, REFS(0, 1), REFS(2), 0, { { 0, 0 } } },
			 { TFLITE_DEPTHWISE_CONV_2D, REFS(2, 3, 4), REFS(5),
			   DEPTHWISE_OPTIONS(1, 1, 0) },
			 { TFLITE_RELU6, REFS(5), REFS(6), 0, { { 0, 0 } } },
			 { TFLITE_PAD, REFS(6, 7), REFS(8), 0, { { 0, 0 } } } },
		.inputs = REFS(0),
		.outputs = REFS(8),
	},
	{
		.name = "branches",
		.tensors = { T4(I8, 0.5f, 1, 1, 4, 4, 3),
			     T4(I8, 0.5f, 1, 1, 4, 4, 3),
			     T4(I8, 0.5f, 1, 1, 4, 4, 3),
			     T4(I8, 0.5f, 1, 1, 4, 4, 6),
			     { .type = I8,
			       .rank = 1,
			       .dim = { 6 },
			       .scale = 0.125f,
			       .zero = -1,
			       .data_bytes = 6 },
			     T4(I8, 0.75f, 9, 1, 4, 4, 6),
			     T4(I8, 0.5f, 0, 1, 4, 4, 6),
			     T4(I8, 0.3f, 0, 1, 1, 1, 6),
			     INTS(rows_and_columns, 2),
			     T4(I8, 1.0f / 256, -128, 1, 1, 1, 6),
			     T4(F32, 0, 0, 1, 1, 1, 6) },
		.ops = { { TFLITE_MAX_POOL_2D, REFS(0), REFS(1), POOL_OPTIONS(0, 1, 3) },
			 { TFLITE_ADD, REFS(0, 1), REFS(2), ADD_OPTIONS(3) },
			 { TFLITE_CONCATENATION, REFS(1, 2), REFS(3), CONCAT_OPTIONS(-1) },
			 { TFLITE_MUL, REFS(3, 4), REFS(5), MUL_OPTIONS },
			 { TFLITE_SUB, REFS(5, 3), REFS(6), SUB_OPTIONS },
			 { TFLITE_MEAN, REFS(6, 8), REFS(7), MEAN_OPTIONS(1) },
			 { TFLITE_LOGISTIC, REFS(7), REFS(9), 0, { { 0, 0 } } },
			 { TFLITE_DEQUANTIZE, REFS(9), REFS(10), 0, { { 0, 0 } } } },
		.inputs = REFS(0),
		.outputs = REFS(10, 3),
	},
	{
		.name = "segmenter",
		.tensors = { T4(F32, 0, 0, 1, 4, 4, 3),
			     T4(U8, 0.5f, 100, 1, 4, 4, 3),
			     INTS(size_9_7, 2),
			     T4(U8, 0.5f, 100, 1, 9, 7, 3),
			     T4(U8, 0.5f, 100, 1, 9, 7, 3),
			     T4(U8, 0.25f, 90, 1, 9, 7, 6),
			     INTS(last, 1),
			     { .type = I32, .rank = 3, .dim = { 1, 9, 7 } } },
		.ops = { { TFLITE_QUANTIZE, REFS(0), REFS(1), 0, { { 0, 0 } } },
			 { TFLITE_RESIZE_BILINEAR, REFS(1, 2), REFS(3), BILINEAR_OPTIONS(1, 0) },
			 { TFLITE_RESIZE_NEAREST_NEIGHBOR, REFS(1, 2), REFS(4), NEAREST_OPTIONS },
			 { TFLITE_CONCATENATION, REFS(3, 4), REFS(5), CONCAT_OPTIONS(3) },
			 { TFLITE_ARG_MAX, REFS(5, 6), REFS(7), 0, { { 0, 0 } } } },
		.inputs = REFS(0),
		.outputs = REFS(7),
	},
	{
		.name = "nested",
		.tensors = { T4(I8, 0.5f, 3, 1, 4, 4, 2), T4(I8, 1.0f / 256, -128, 1, 4, 4, 2),
			     T4(I8, 1.0f / 256, -128, 1, 4, 4, 2),
			     T4(I8, 1.0f / 256, -128, 1, 4, 4, 4),
			     T4(I8, 1.0f / 256, -128, 1, 4, 4, 2),
			     T4(I8, 1.0f / 256, -128, 1, 4, 4, 6) },
		.ops = { { TFLITE_LOGISTIC, REFS(0), REFS(1), 0, { { 0, 0 } } },
			 { TFLITE_QUANTIZE, REFS(0), REFS(2), 0, { { 0, 0 } } },
			 { TFLITE_CONCATENATION, REFS(1, 2), REFS(3), CONCAT_OPTIONS(3) },
			 { TFLITE_SOFTMAX, REFS(0), REFS(4), SOFTMAX_OPTIONS },
			 { TFLITE_CONCATENATION, REFS(3, 4), REFS(5), CONCAT_OPTIONS(3) } },
		.inputs = REFS(0),
		.outputs = REFS(5),
	},
	{
		.name = "reshape-only",
		.tensors = { T4(U8, 0.5f, 0, 1, 2, 2, 3), INTS(flat, 2), T2(U8, 0.5f, 0, 1, 12) },
		.ops = { { TFLITE_RESHAPE, REFS(0, 1), REFS(2), RESHAPE_OPTIONS } },
		.inputs = REFS(0),
		.outputs = REFS(2, 2, 0),
	},
	{ .name = NULL },
};
