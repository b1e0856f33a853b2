// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Parameters of operators, by a table of where each one is and where it goes. */
#include "tflite_options.h"

#include <string.h>

/* Fields of the schema's Operator. */
enum { OPERATOR_OPTIONS_TYPE = 3, OPERATOR_OPTIONS = 4 };

/* Members of the schema's union BuiltinOptions that we read. */
enum {
	OPTIONS_CONV_2D = 1,
	OPTIONS_DEPTHWISE_CONV_2D = 2,
	OPTIONS_POOL_2D = 5,
	OPTIONS_FULLY_CONNECTED = 8,
	OPTIONS_SOFTMAX = 9,
	OPTIONS_CONCATENATION = 10,
	OPTIONS_ADD = 11,
	OPTIONS_L2_NORM = 12,
	OPTIONS_RESIZE_BILINEAR = 15,
	OPTIONS_RESHAPE = 17,
	OPTIONS_SPACE_TO_DEPTH = 19,
	OPTIONS_MUL = 21,
	OPTIONS_GATHER = 23,
	OPTIONS_REDUCER = 27,
	OPTIONS_SUB = 28,
	OPTIONS_DIV = 29,
	OPTIONS_SQUEEZE = 30,
	OPTIONS_STRIDED_SLICE = 32,
	OPTIONS_PACK = 59,
	OPTIONS_UNPACK = 64,
	OPTIONS_UNIDIRECTIONAL_SEQUENCE_LSTM = 71,
	OPTIONS_RESIZE_NEAREST_NEIGHBOR = 74,
	OPTIONS_TRANSPOSE_CONV = 49,
	OPTIONS_LEAKY_RELU = 75,
	OPTIONS_GELU = 116,
	OPTIONS_MIRROR_PAD = 77,
	OPTIONS_DEPTH_TO_SPACE = 94,
	OPTIONS_BATCH_MATMUL = 101,
};

/* Where each option goes: options table, field, default, width and place in the attributes. */
#define OPTION(options, id, preset, member)                                                   \
	{                                                                                     \
		OPTIONS_##options, id, preset, sizeof(((struct npuc_attributes *)0)->member), \
			offsetof(struct npuc_attributes, member)                              \
	}

static const struct {
	uint32_t options;
	uint32_t field;
	uint32_t preset;
	size_t bytes;
	size_t offset;
} option_fields[] = {
	OPTION(CONV_2D, 0, 0, padding),
	OPTION(CONV_2D, 1, 0, stride[1]),
	OPTION(CONV_2D, 2, 0, stride[0]),
	OPTION(CONV_2D, 3, 0, activation),
	OPTION(CONV_2D, 4, 1, dilation[1]),
	OPTION(CONV_2D, 5, 1, dilation[0]),
	OPTION(DEPTHWISE_CONV_2D, 0, 0, padding),
	OPTION(DEPTHWISE_CONV_2D, 1, 0, stride[1]),
	OPTION(DEPTHWISE_CONV_2D, 2, 0, stride[0]),
	OPTION(DEPTHWISE_CONV_2D, 4, 0, activation),
	OPTION(DEPTHWISE_CONV_2D, 5, 1, dilation[1]),
	OPTION(DEPTHWISE_CONV_2D, 6, 1, dilation[0]),
	OPTION(POOL_2D, 0, 0, padding),
	OPTION(POOL_2D, 1, 0, stride[1]),
	OPTION(POOL_2D, 2, 0, stride[0]),
	OPTION(POOL_2D, 3, 0, filter[1]),
	OPTION(POOL_2D, 4, 0, filter[0]),
	OPTION(POOL_2D, 5, 0, activation),
	OPTION(TRANSPOSE_CONV, 0, 0, padding),
	OPTION(TRANSPOSE_CONV, 1, 0, stride[1]),
	OPTION(TRANSPOSE_CONV, 2, 0, stride[0]),
	OPTION(TRANSPOSE_CONV, 3, 0, activation),
	OPTION(FULLY_CONNECTED, 0, 0, activation),
	OPTION(FULLY_CONNECTED, 1, 0, weights_format),
	OPTION(FULLY_CONNECTED, 2, 0, keep_dims),
	OPTION(FULLY_CONNECTED, 3, 0, asymmetric),
	OPTION(SOFTMAX, 0, 0, beta),
	OPTION(CONCATENATION, 0, 0, axis),
	OPTION(CONCATENATION, 1, 0, activation),
	OPTION(ADD, 0, 0, activation),
	OPTION(ADD, 1, 1, pot_scale),
	OPTION(RESIZE_BILINEAR, 2, 0, align_corners),
	OPTION(RESIZE_BILINEAR, 3, 0, half_pixel),
	OPTION(MUL, 0, 0, activation),
	OPTION(REDUCER, 0, 0, keep_dims),
	OPTION(SUB, 0, 0, activation),
	OPTION(SUB, 1, 1, pot_scale),
	OPTION(DIV, 0, 0, activation),
	OPTION(L2_NORM, 0, 0, activation),
	OPTION(BATCH_MATMUL, 0, 0, adjoint_x),
	OPTION(BATCH_MATMUL, 1, 0, adjoint_y),
	OPTION(SPACE_TO_DEPTH, 0, 0, block),
	OPTION(GATHER, 0, 0, axis),
	OPTION(GATHER, 1, 0, batch_dims),
	OPTION(STRIDED_SLICE, 0, 0, begin_mask),
	OPTION(STRIDED_SLICE, 1, 0, end_mask),
	OPTION(STRIDED_SLICE, 2, 0, ellipsis_mask),
	OPTION(STRIDED_SLICE, 3, 0, new_axis_mask),
	OPTION(STRIDED_SLICE, 4, 0, shrink_mask),
	OPTION(STRIDED_SLICE, 5, 0, offset_end),
	OPTION(PACK, 1, 0, axis),
	OPTION(UNPACK, 1, 0, axis),
	OPTION(MIRROR_PAD, 0, 0, mode),
	OPTION(DEPTH_TO_SPACE, 0, 0, block),
	OPTION(UNIDIRECTIONAL_SEQUENCE_LSTM, 0, 0, cell_activation),
	OPTION(UNIDIRECTIONAL_SEQUENCE_LSTM, 1, 0, cell_clip),
	OPTION(UNIDIRECTIONAL_SEQUENCE_LSTM, 3, 0, time_major),
	OPTION(UNIDIRECTIONAL_SEQUENCE_LSTM, 5, 0, diagonal),
	OPTION(RESIZE_NEAREST_NEIGHBOR, 0, 0, align_corners),
	OPTION(RESIZE_NEAREST_NEIGHBOR, 1, 0, half_pixel),
	OPTION(LEAKY_RELU, 0, 0, alpha),
	OPTION(GELU, 0, 0, approximate),
};

/* The list of RESHAPE and SQUEEZE; one that no tensor could have is as good as none. */
static void read_list(struct npuc_fb *fb, const struct npuc_fb_table *options,
		      struct npuc_attributes *a)
{
	struct npuc_fb_vector v = npuc_fb_vector(fb, options, 0, 4);

	if (v.count > NPUC_MAX_RANK)
		return;
	for (a->list_count = 0; a->list_count < v.count; a->list_count++)
		a->list[a->list_count] = (int32_t)npuc_le32(fb->data + v.pos + 4 * a->list_count);
}

void npuc_tflite_options(struct npuc_fb *fb, const struct npuc_fb_table *op,
			 struct npuc_attributes *a)
{
	uint32_t options = npuc_fb_u8(fb, op, OPERATOR_OPTIONS_TYPE, 0);
	struct npuc_fb_table t = npuc_fb_child(fb, op, OPERATOR_OPTIONS);

	if (options == OPTIONS_RESHAPE || options == OPTIONS_SQUEEZE)
		read_list(fb, &t, a);
	for (size_t i = 0; i < sizeof(option_fields) / sizeof(option_fields[0]); i++) {
		void *to = (uint8_t *)a + option_fields[i].offset;
		uint32_t id = option_fields[i].field, preset = option_fields[i].preset;
		uint32_t word;

		if (option_fields[i].options != options)
			continue;
		if (option_fields[i].bytes == 1) {
			*(uint8_t *)to = npuc_fb_u8(fb, &t, id, (uint8_t)preset);
		} else {
			word = npuc_fb_u32(fb, &t, id, preset);
			memcpy(to, &word, sizeof(word));
		}
	}
}
