// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Parameters of operators, by a table of where each one is and where it goes. */
#include "tflite_options.h"

#include <string.h>

#include "tflite.h"

/* Fields of the schema's Operator. */
enum { OPERATOR_OPTIONS_TYPE = 3, OPERATOR_OPTIONS = 4 };

/* Members of the schema's union BuiltinOptions that we read. */
enum {
	OPTIONS_CONV_2D = 1,
	OPTIONS_DEPTHWISE_CONV_2D = 2,
	OPTIONS_POOL_2D = 5,
	OPTIONS_SVDF = 6,
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
	OPTIONS_TRANSPOSE_CONV = 49,
	OPTIONS_PACK = 59,
	OPTIONS_UNPACK = 64,
	OPTIONS_UNIDIRECTIONAL_SEQUENCE_LSTM = 71,
	OPTIONS_RESIZE_NEAREST_NEIGHBOR = 74,
	OPTIONS_LEAKY_RELU = 75,
	OPTIONS_MIRROR_PAD = 77,
	OPTIONS_DEPTH_TO_SPACE = 94,
	OPTIONS_BATCH_MATMUL = 101,
	OPTIONS_GELU = 116,
};

/* Members that only ops of ours need, or that hold more than numbers. */
enum {
	OPTIONS_CONCAT_EMBEDDINGS = 3,
	OPTIONS_SPLIT = 35,
	OPTIONS_CAST = 37,
	OPTIONS_ARG_MAX = 40,
	OPTIONS_SHAPE = 55,
	OPTIONS_ARG_MIN = 57,
	OPTIONS_SPLIT_V = 79,
	OPTIONS_VAR_HANDLE = 111,
	OPTIONS_BUCKETIZE = 115,
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
	OPTION(SVDF, 0, 0, rank),
	OPTION(SVDF, 1, 0, activation),
	OPTION(SVDF, 2, 0, asymmetric),
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

/* Which options an op has that does not come from a file. */
static const struct {
	uint32_t builtin;
	uint32_t options;
} options_of[] = {
	{ TFLITE_ADD, OPTIONS_ADD },
	{ TFLITE_ARG_MAX, OPTIONS_ARG_MAX },
	{ TFLITE_ARG_MIN, OPTIONS_ARG_MIN },
	{ TFLITE_AVERAGE_POOL_2D, OPTIONS_POOL_2D },
	{ TFLITE_BATCH_MATMUL, OPTIONS_BATCH_MATMUL },
	{ TFLITE_CAST, OPTIONS_CAST },
	{ TFLITE_CONCATENATION, OPTIONS_CONCATENATION },
	{ TFLITE_CONV_2D, OPTIONS_CONV_2D },
	{ TFLITE_DEPTHWISE_CONV_2D, OPTIONS_DEPTHWISE_CONV_2D },
	{ TFLITE_DEPTH_TO_SPACE, OPTIONS_DEPTH_TO_SPACE },
	{ TFLITE_DIV, OPTIONS_DIV },
	{ TFLITE_FULLY_CONNECTED, OPTIONS_FULLY_CONNECTED },
	{ TFLITE_GATHER, OPTIONS_GATHER },
	{ TFLITE_GELU, OPTIONS_GELU },
	{ TFLITE_L2_NORMALIZATION, OPTIONS_L2_NORM },
	{ TFLITE_LEAKY_RELU, OPTIONS_LEAKY_RELU },
	{ TFLITE_MAX_POOL_2D, OPTIONS_POOL_2D },
	{ TFLITE_MEAN, OPTIONS_REDUCER },
	{ TFLITE_MIRROR_PAD, OPTIONS_MIRROR_PAD },
	{ TFLITE_MUL, OPTIONS_MUL },
	{ TFLITE_PACK, OPTIONS_PACK },
	{ TFLITE_REDUCE_ALL, OPTIONS_REDUCER },
	{ TFLITE_REDUCE_ANY, OPTIONS_REDUCER },
	{ TFLITE_REDUCE_MAX, OPTIONS_REDUCER },
	{ TFLITE_REDUCE_MIN, OPTIONS_REDUCER },
	{ TFLITE_REDUCE_PROD, OPTIONS_REDUCER },
	{ TFLITE_RESHAPE, OPTIONS_RESHAPE },
	{ TFLITE_RESIZE_BILINEAR, OPTIONS_RESIZE_BILINEAR },
	{ TFLITE_RESIZE_NEAREST_NEIGHBOR, OPTIONS_RESIZE_NEAREST_NEIGHBOR },
	{ TFLITE_SHAPE, OPTIONS_SHAPE },
	{ TFLITE_SOFTMAX, OPTIONS_SOFTMAX },
	{ TFLITE_SPACE_TO_DEPTH, OPTIONS_SPACE_TO_DEPTH },
	{ TFLITE_SPLIT, OPTIONS_SPLIT },
	{ TFLITE_SPLIT_V, OPTIONS_SPLIT_V },
	{ TFLITE_SQUEEZE, OPTIONS_SQUEEZE },
	{ TFLITE_STRIDED_SLICE, OPTIONS_STRIDED_SLICE },
	{ TFLITE_SUB, OPTIONS_SUB },
	{ TFLITE_SUM, OPTIONS_REDUCER },
	{ TFLITE_TRANSPOSE_CONV, OPTIONS_TRANSPOSE_CONV },
	{ TFLITE_UNIDIRECTIONAL_SEQUENCE_LSTM, OPTIONS_UNIDIRECTIONAL_SEQUENCE_LSTM },
	{ TFLITE_UNPACK, OPTIONS_UNPACK },
};

/* Fields that say again what the tensors say. */
enum derived { INPUT_TYPE, OUTPUT_TYPE, INPUT_COUNT, OUTPUT_COUNT };

static const struct {
	uint32_t options;
	uint32_t field;
	enum derived from;
} derived_fields[] = {
	{ OPTIONS_ARG_MAX, 0, OUTPUT_TYPE },  { OPTIONS_ARG_MIN, 0, OUTPUT_TYPE },
	{ OPTIONS_CAST, 0, INPUT_TYPE },      { OPTIONS_CAST, 1, OUTPUT_TYPE },
	{ OPTIONS_SHAPE, 0, OUTPUT_TYPE },    { OPTIONS_PACK, 0, INPUT_COUNT },
	{ OPTIONS_UNPACK, 0, OUTPUT_COUNT },  { OPTIONS_SPLIT, 0, OUTPUT_COUNT },
	{ OPTIONS_SPLIT_V, 0, OUTPUT_COUNT },
};

static struct npuc_fb_field derive(const struct npuc_graph *g, const struct npuc_op *op,
				   enum derived from)
{
	const struct npuc_tensor *input = npuc_input(g, op, 0);

	switch (from) {
	case INPUT_TYPE:
		/* An op that lacks its input stays refused; its type is of no matter. */
		return (struct npuc_fb_field){ 1, input ? input->type : 0 };
	case OUTPUT_TYPE:
		return (struct npuc_fb_field){ 1, npuc_output(g, op)->type };
	case INPUT_COUNT:
		return (struct npuc_fb_field){ 4, op->input_count };
	default:
		return (struct npuc_fb_field){ 4, op->output_count };
	}
}

/* Where field @i of a table with this vtable begins; 0: absent. */
static uint32_t place_of(const uint8_t *vtable, uint32_t i)
{
	return (uint32_t)(vtable[4 + 2 * i] | vtable[5 + 2 * i] << 8);
}

/*
 * The fields of the file's own table.  A vtable does not tell widths: a field ends where
 * the next one begins at the latest, and is a number, so that bytes of padding behind it
 * do no harm.  Fields beyond those that the schema has today are left out.
 */
static void copy_fields(const uint8_t *table, struct npuc_fb_field fields[NPUC_FB_FIELDS])
{
	const uint8_t *vtable = table - (int32_t)npuc_le32(table);
	uint32_t slots = ((uint32_t)(vtable[0] | vtable[1] << 8) - 4) / 2;
	uint32_t bytes = (uint32_t)(vtable[2] | vtable[3] << 8);

	for (uint32_t i = 0; i < slots && i < NPUC_FB_FIELDS; i++) {
		uint32_t at = place_of(vtable, i), end = bytes;

		if (at < 4 || at >= bytes)
			continue;
		for (uint32_t k = 0; k < slots; k++)
			if (place_of(vtable, k) > at && place_of(vtable, k) < end)
				end = place_of(vtable, k);
		/* Numbers are 1, 2, 4 or 8 wide, and aligned. */
		for (uint32_t width = 8; width; width /= 2) {
			if (width > end - at || at % (width < 4 ? width : 4))
				continue;
			fields[i].bytes = width;
			memcpy(&fields[i].value, table + at, width);
			break;
		}
	}
}

bool npuc_tflite_options_type(const struct npuc_op *op, uint32_t *type)
{
	*type = op->source.options_type;
	for (size_t i = 0; i < sizeof(options_of) / sizeof(options_of[0]) && !*type; i++)
		if (options_of[i].builtin == op->builtin)
			*type = options_of[i].options;
	return *type != OPTIONS_CONCAT_EMBEDDINGS && *type != OPTIONS_VAR_HANDLE &&
	       *type != OPTIONS_BUCKETIZE && op->attributes.padding != NPUC_PADDING_EXPLICIT;
}

static void put_attributes(const struct npuc_graph *g, const struct npuc_op *op, uint32_t options,
			   struct npuc_fb_field fields[NPUC_FB_FIELDS])
{
	for (size_t i = 0; i < sizeof(option_fields) / sizeof(option_fields[0]); i++) {
		const uint8_t *from = (const uint8_t *)&op->attributes + option_fields[i].offset;
		struct npuc_fb_field *to = &fields[option_fields[i].field];

		if (option_fields[i].options != options)
			continue;
		*to = (struct npuc_fb_field){ (uint32_t)option_fields[i].bytes, 0 };
		memcpy(&to->value, from, option_fields[i].bytes);
	}
	for (size_t i = 0; i < sizeof(derived_fields) / sizeof(derived_fields[0]); i++)
		if (derived_fields[i].options == options)
			fields[derived_fields[i].field] = derive(g, op, derived_fields[i].from);
}

size_t npuc_tflite_put_options(struct npuc_fb_writer *w, const struct npuc_graph *g,
			       const struct npuc_op *op, uint32_t type)
{
	struct npuc_fb_field fields[NPUC_FB_FIELDS] = { 0 };
	bool list = type == OPTIONS_RESHAPE || type == OPTIONS_SQUEEZE;
	size_t at;

	if (list)
		fields[0] = NPUC_FB_OFFSET;
	else if (op->source.options)
		copy_fields(op->source.options, fields);
	put_attributes(g, op, type, fields);
	at = npuc_fb_table(w, fields, NPUC_FB_FIELDS);
	if (list)
		npuc_fb_point(w, npuc_fb_field_at(w, at, 0),
			      npuc_fb_put_vector(w, op->attributes.list, op->attributes.list_count,
						 4, 4));
	return at;
}
