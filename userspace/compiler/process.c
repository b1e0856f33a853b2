// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * input_processors: what comes from a camera or a decoder becomes what the model takes, by
 * ops in front of it:
 *
 *	YUV apart		SLICE, RESHAPE, RESIZE_NEAREST_NEIGHBOR, CONCATENATION
 *	csc_mode		CAST, CONV_2D, QUANTIZE to 8-bit pixels
 *	BGR and RGB		REVERSE_V2
 *	slicing, padding	SLICE, PADV2
 *	mean, std		CAST or DEQUANTIZE, SUB, DIV
 *	layout			TRANSPOSE
 *	the model's type	QUANTIZE or CAST
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapt.h"
#include "tflite.h"

/**
 * struct processing - one input on its way
 * @r: the adaptation
 * @e: the edit
 * @p: what is asked for
 * @index: number of the processor, for its keys
 * @number: of the model input
 * @tensor: what the model takes
 * @at: the newest tensor
 * @layout: order of its axes, &enum npuc_layout
 * @target: order of the model's
 * @format: colours that are given
 * @ops: names of the ops added for the key being served, for its answer
 */
struct processing {
	struct npuc_adapt *r;
	struct npuc_edit *e;
	const struct npuc_input_processor *p;
	size_t index;
	uint32_t number;
	uint32_t tensor;
	uint32_t at;
	uint32_t layout;
	uint32_t target;
	uint32_t format;
	char ops[128];
};

/* BT.601, rows R, G, B of factors of Y, U, V and a constant. */
static const float full_range[12] = {
	1.0f, 0.0f,	  1.402f,     -179.456f, /* R */
	1.0f, -0.344136f, -0.714136f, 135.458816f, /* G */
	1.0f, 1.772f,	  0.0f,	      -226.816f, /* B */
};
static const float limited_range[12] = {
	1.164384f, 0.0f,       1.596027f,  -222.921600f, /* R */
	1.164384f, -0.391762f, -0.812968f, 135.575296f, /* G */
	1.164384f, 2.017232f,  0.0f,	   -276.835840f, /* B */
};

static struct npuc_tensor *tensor_at(const struct processing *s, uint32_t t)
{
	return &s->e->b.g.tensors[t];
}

static void key_of(const struct processing *s, const char *member, char key[64])
{
	snprintf(key, 64, "input_processors[%zu]%s%s", s->index, *member ? "." : "", member);
}

static int unfit(struct processing *s, const char *member, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int unfit(struct processing *s, const char *member, const char *format, ...)
{
	char key[64], text[192];
	va_list args;

	key_of(s, member, key);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return npuc_unfit(s->r, key, "%s", text);
}

static void answer(struct processing *s, const char *member, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void answer(struct processing *s, const char *member, const char *format, ...)
{
	char key[64], text[192];
	va_list args;

	key_of(s, member, key);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	npuc_answer(s->r->answers, key, NPUC_APPLIED, "%s", text);
}

/* An op from the newest tensor and constants; its output is the newest then. */
static uint32_t op(struct processing *s, uint32_t builtin, const struct npuc_attributes *attributes,
		   const uint32_t *inputs, uint32_t count, uint32_t type)
{
	size_t length = strlen(s->ops);
	uint32_t out = NPUC_NONE;

	if (s->at != NPUC_NONE && !s->e->b.failed)
		out = npuc_edit_tensor(s->e, tensor_at(s, s->tensor)->name,
				       npuc_builtin_name(builtin), type);
	/* What moves numbers keeps what they mean. */
	if (out != NPUC_NONE && type == tensor_at(s, inputs[0])->type)
		tensor_at(s, out)->quant = tensor_at(s, inputs[0])->quant;
	snprintf(s->ops + length, sizeof(s->ops) - length, "%s%s", length ? ", " : "",
		 npuc_builtin_name(builtin));
	return npuc_edit_op(s->e, builtin, attributes, inputs, count, out);
}

static uint32_t type_of(const struct processing *s)
{
	return s->at == NPUC_NONE ? NPUC_NONE : tensor_at(s, s->at)->type;
}

static uint32_t list(struct processing *s, const int32_t *values, uint32_t count)
{
	return npuc_build_list(&s->e->b, values, count);
}

static void step(struct processing *s, uint32_t builtin, uint32_t parameter)
{
	const uint32_t inputs[] = { s->at, parameter };

	s->at = op(s, builtin, NULL, inputs, parameter == NPUC_NONE ? 1 : 2, type_of(s));
}

/* To binary32: codes by their scale, plain numbers as they are. */
static void to_real(struct processing *s)
{
	bool codes;

	if (s->at == NPUC_NONE || type_of(s) == NPUC_TYPE_FLOAT32)
		return;
	codes = tensor_at(s, s->at)->quant.count > 0;
	s->at = op(s, codes ? TFLITE_DEQUANTIZE : TFLITE_CAST, NULL, &s->at, 1, NPUC_TYPE_FLOAT32);
}

static uint32_t slice(struct processing *s, uint32_t from, const int32_t begin[4],
		      const int32_t size[4])
{
	const uint32_t inputs[] = { from, list(s, begin, 4), list(s, size, 4) };

	return op(s, TFLITE_SLICE, NULL, inputs, 3, tensor_at(s, from)->type);
}

static bool is_yuv(uint32_t format)
{
	return format >= NPUC_FORMAT_YUYV422 && format <= NPUC_FORMAT_YVU420SP;
}

static bool is_420(uint32_t format)
{
	return format == NPUC_FORMAT_YUV420SP || format == NPUC_FORMAT_YVU420SP;
}

/* Axis @i of N, H, W, C in a layout. */
static uint32_t axis_of(uint32_t layout, uint32_t i)
{
	static const uint32_t nchw[] = { 0, 2, 3, 1 };

	return layout == NPUC_LAYOUT_NCHW ? nchw[i] : i;
}

/*
 * The tensor's shape in the source's layout, with padding taken off and what slicing cuts put
 * on: the picture that is given.
 */
static int source_shape(struct processing *s, struct npuc_shape *shape)
{
	const struct npuc_shape *to = &tensor_at(s, s->tensor)->shape;
	const struct npuc_integers *pad = &s->p->padding, *cut = &s->p->slicing;

	*shape = *to;
	for (uint32_t i = 0; i < 4 && to->rank == 4; i++)
		shape->dim[axis_of(s->layout, i)] = to->dim[axis_of(s->target, i)];
	if (pad->count && pad->count != 2 * to->rank)
		return unfit(s, "padding", "%u numbers, but the tensor has %u axes: two for each",
			     pad->count, to->rank);
	if (cut->count && cut->count != 2 * to->rank)
		return unfit(s, "slicing", "%u numbers, but the tensor has %u axes: two for each",
			     cut->count, to->rank);
	for (uint32_t i = 0; i < to->rank; i++) {
		int64_t size = shape->dim[i];

		if (pad->count)
			size -= (int64_t)pad->at[2 * i] + pad->at[2 * i + 1];
		if (size < 1)
			return unfit(s, "padding", "nothing is left of the %u elements of axis %u",
				     shape->dim[i], i);
		if (cut->count)
			size += (int64_t)cut->at[2 * i] + cut->at[2 * i + 1];
		if (size > INT32_MAX)
			return unfit(s, "slicing", "axis %u would have %lld elements", i,
				     (long long)size);
		shape->dim[i] = (uint32_t)size;
	}
	return 0;
}

/* What is given: type and shape of the model's input from now on. */
static int make_source(struct processing *s, const struct npuc_shape *picture)
{
	static const uint32_t types[] = {
		[NPUC_NUMBER_U8] = NPUC_TYPE_UINT8,	[NPUC_NUMBER_S8] = NPUC_TYPE_INT8,
		[NPUC_NUMBER_S16] = NPUC_TYPE_INT16,	[NPUC_NUMBER_S32] = NPUC_TYPE_INT32,
		[NPUC_NUMBER_FP16] = NPUC_TYPE_FLOAT16, [NPUC_NUMBER_FP32] = NPUC_TYPE_FLOAT32,
	};
	const struct npuc_tensor *t = tensor_at(s, s->tensor);
	uint32_t number = s->p->src_dtype;
	struct npuc_shape shape = *picture;
	uint32_t type;

	if (is_yuv(s->format)) {
		if (number != NPUC_NUMBER_AUTO && number != NPUC_NUMBER_U8)
			return unfit(s, "src_dtype", "%s, but src_format %s has 8-bit numbers: U8",
				     npuc_dtype_words[number], npuc_format_words[s->format]);
		number = NPUC_NUMBER_U8;
		if (shape.dim[2] % 2 || (is_420(s->format) && shape.dim[1] % 2))
			return unfit(s, "src_format", "%s needs even sizes, not %u x %u",
				     npuc_format_words[s->format], shape.dim[1], shape.dim[2]);
		if (is_420(s->format))
			shape.dim[1] += shape.dim[1] / 2;
		shape.dim[3] = is_420(s->format) ? 1 : 2;
	}
	type = number == NPUC_NUMBER_AUTO ? t->type : types[number];
	s->at = npuc_build_tensor(&s->e->b, t->name, type, &shape);
	if (s->at == NPUC_NONE)
		return 0;
	t = tensor_at(s, s->tensor);
	/* 8- and 16-bit codes need a scale to be resized or moved; that of plain numbers is 1. */
	if (number == NPUC_NUMBER_AUTO)
		tensor_at(s, s->at)->quant = t->quant;
	else if (type == NPUC_TYPE_UINT8 || type == NPUC_TYPE_INT8 || type == NPUC_TYPE_INT16)
		npuc_edit_quant(s->e, s->at, 1.0f, 0);
	return 0;
}

/* Planes and pairs apart, U and V spread over the pixels that share them: N, H, W, (Y, U, V). */
static void to_yuv444(struct processing *s, const struct npuc_shape *picture)
{
	const int32_t n = (int32_t)picture->dim[0], h = (int32_t)picture->dim[1],
		      w = (int32_t)picture->dim[2];
	bool nv = is_420(s->format);
	bool chroma_first = s->format == NPUC_FORMAT_UYVY422;
	const int32_t y_begin[] = { 0, 0, 0, !nv && chroma_first }, y_size[] = { n, h, w, 1 };
	const int32_t c_begin[] = { 0, nv ? h : 0, 0, !nv && !chroma_first };
	const int32_t c_size[] = { n, nv ? h / 2 : h, w, 1 };
	const int32_t pairs[] = { n, nv ? h / 2 : h, w / 2, 2 }, size[] = { h, w }, last[] = { 3 };
	const struct npuc_attributes concat = { .axis = 3 };
	uint32_t planes[2];

	planes[0] = slice(s, s->at, y_begin, y_size);
	s->at = slice(s, s->at, c_begin, c_size);
	step(s, TFLITE_RESHAPE, list(s, pairs, 4));
	if (s->format == NPUC_FORMAT_YVU420SP)
		step(s, TFLITE_REVERSE_V2, list(s, last, 1));
	step(s, TFLITE_RESIZE_NEAREST_NEIGHBOR, list(s, size, 2));
	planes[1] = s->at;
	s->at = op(s, TFLITE_CONCATENATION, &concat, planes, 2, NPUC_TYPE_UINT8);
	answer(s, "src_format", "%s is given, taken apart by %s", npuc_format_words[s->format],
	       s->ops);
}

static void convert_colours(struct processing *s)
{
	static const uint32_t order[2][3] = { { 0, 1, 2 }, { 2, 1, 0 } };
	const struct npuc_shape weights_shape = { .rank = 4, .dim = { 3, 1, 1, 3 } };
	const struct npuc_shape bias_shape = { .rank = 1, .dim = { 3 } };
	const struct npuc_attributes conv = {
		.padding = NPUC_PADDING_VALID,
		.stride = { 1, 1 },
		.dilation = { 1, 1 },
	};
	bool user = s->p->csc_mode == NPUC_CSC_MATRIX;
	const float *matrix = user			      ? s->p->csc_mat.at :
			      s->p->csc_mode == NPUC_CSC_FULL ? full_range :
								limited_range;
	bool swapped = !user && s->p->tensor_format == NPUC_FORMAT_BGR;
	float weights[9], bias[3];
	uint32_t inputs[3];

	s->ops[0] = 0;
	for (uint32_t i = 0; i < 3; i++) {
		const float *row = matrix + 4 * order[swapped][i];

		memcpy(weights + 3 * i, row, 3 * sizeof(*row));
		bias[i] = row[3];
	}
	to_real(s);
	inputs[0] = s->at;
	inputs[1] = npuc_edit_reals(s->e, &weights_shape, weights);
	inputs[2] = npuc_edit_reals(s->e, &bias_shape, bias);
	s->at = op(s, TFLITE_CONV_2D, &conv, inputs, 3, NPUC_TYPE_FLOAT32);
	/* The known conversions give pixels; what a matrix gives is its own affair. */
	if (!user) {
		uint32_t pixels = npuc_edit_tensor(s->e, tensor_at(s, s->tensor)->name, "pixels",
						   NPUC_TYPE_UINT8);

		npuc_edit_quant(s->e, pixels, 1.0f, 0);
		s->at = npuc_edit_op(s->e, TFLITE_QUANTIZE, NULL, &s->at, 1, pixels);
		strncat(s->ops, ", QUANTIZE", sizeof(s->ops) - strlen(s->ops) - 1);
	}
	answer(s, "csc_mode", "%s", s->ops);
	if (user)
		answer(s, "csc_mat", "weights and bias of the CONV_2D");
}

static void swap_colours(struct processing *s)
{
	const int32_t axis[] = { (int32_t)axis_of(s->layout, 3) };

	s->ops[0] = 0;
	step(s, TFLITE_REVERSE_V2, list(s, axis, 1));
	answer(s, "src_format", "%s becomes %s by %s", npuc_format_words[s->format],
	       npuc_format_words[s->p->tensor_format], s->ops);
}

static void cut(struct processing *s)
{
	const struct npuc_shape *shape = &tensor_at(s, s->at)->shape;
	int32_t begin[NPUC_MAX_RANK], size[NPUC_MAX_RANK];
	uint32_t inputs[3] = { s->at };
	uint32_t rank = shape->rank;

	for (uint32_t i = 0; i < rank; i++) {
		begin[i] = s->p->slicing.at[2 * i];
		size[i] = (int32_t)shape->dim[i] - begin[i] - s->p->slicing.at[2 * i + 1];
	}
	s->ops[0] = 0;
	inputs[1] = list(s, begin, rank);
	inputs[2] = list(s, size, rank);
	s->at = op(s, TFLITE_SLICE, NULL, inputs, 3, type_of(s));
	answer(s, "slicing", "%s", s->ops);
}

/* The constant of the border in the type of what it borders. */
static int border(struct processing *s, uint32_t *tensor)
{
	const struct npuc_shape one = { .rank = 1, .dim = { 1 } };
	int32_t value = s->p->padding_constant_value;
	uint32_t type = type_of(s);
	int32_t least = type == NPUC_TYPE_INT8 ? INT8_MIN : type == NPUC_TYPE_INT16 ? INT16_MIN : 0;
	int32_t most = type == NPUC_TYPE_INT8  ? INT8_MAX :
		       type == NPUC_TYPE_INT16 ? INT16_MAX :
						 UINT8_MAX;
	void *data;

	if (type == NPUC_TYPE_FLOAT16)
		to_real(s);
	if (type_of(s) == NPUC_TYPE_FLOAT32) {
		const float real = (float)value;

		*tensor = npuc_edit_reals(s->e, &one, &real);
		return 0;
	}
	if (type != NPUC_TYPE_INT32 && (value < least || value > most))
		return unfit(s, "padding_constant_value", "%d, but %s holds %d to %d", value,
			     npuc_type_name(type), least, most);
	data = npuc_build_memory(&s->e->b, sizeof(value));
	if (data)
		memcpy(data, &value, sizeof(value));
	*tensor = npuc_build_constant(&s->e->b, "", type, &one, data);
	if (*tensor != NPUC_NONE)
		tensor_at(s, *tensor)->quant = tensor_at(s, s->at)->quant;
	return 0;
}

static int pad(struct processing *s)
{
	uint32_t rank = tensor_at(s, s->at)->shape.rank;
	const struct npuc_shape shape = { .rank = 2, .dim = { rank, 2 } };
	uint32_t inputs[3];
	int err;

	s->ops[0] = 0;
	err = border(s, &inputs[2]);
	if (err)
		return err;
	inputs[0] = s->at;
	inputs[1] = list(s, s->p->padding.at, 2 * rank);
	npuc_edit_shape(s->e, inputs[1], &shape);
	s->at = op(s, TFLITE_PADV2, NULL, inputs, 3, type_of(s));
	answer(s, "padding", "%s of %d", s->ops, s->p->padding_constant_value);
	answer(s, "padding_mode", "constant");
	answer(s, "padding_constant_value", "%d", s->p->padding_constant_value);
	return 0;
}

/* One number for all, or one for each channel. */
static int by_channel(struct processing *s, const char *member, const struct npuc_reals *values,
		      uint32_t builtin)
{
	const struct npuc_shape *shape = &tensor_at(s, s->at)->shape;
	uint32_t axis = shape->rank == 4 ? axis_of(s->layout, 3) :
			shape->rank	 ? shape->rank - 1 :
					   0;
	uint32_t channels = shape->rank ? shape->dim[axis] : 1;
	struct npuc_shape constant = { .rank = 1, .dim = { 1 } };
	uint32_t parameter;

	if (values->count != 1 && values->count != channels)
		return unfit(s, member, "%u numbers, but the tensor has %u channels: one or %u",
			     values->count, channels, channels);
	if (values->count > 1) {
		constant.rank = shape->rank;
		for (uint32_t i = 0; i < shape->rank; i++)
			constant.dim[i] = i == axis ? channels : 1;
	}
	s->ops[0] = 0;
	to_real(s);
	parameter = npuc_edit_reals(s->e, &constant, values->at);
	step(s, builtin, parameter);
	answer(s, member, "%s", s->ops);
	return 0;
}

static void turn(struct processing *s)
{
	static const int32_t to_nchw[] = { 0, 3, 1, 2 }, to_nhwc[] = { 0, 2, 3, 1 };
	bool same = s->layout == s->target;

	s->ops[0] = 0;
	if (!same)
		step(s, TFLITE_TRANSPOSE,
		     list(s, s->target == NPUC_LAYOUT_NCHW ? to_nchw : to_nhwc, 4));
	if (s->p->src_layout)
		answer(s, "src_layout", "%s",
		       same ? "the model has it, nothing to convert" : s->ops);
	if (s->p->tensor_layout)
		answer(s, "tensor_layout", "the model is read so");
}

/* To the type of the model's input, and its codes. */
static void to_model(struct processing *s)
{
	const struct npuc_tensor *to = tensor_at(s, s->tensor), *at;
	uint32_t type = to->type, out;

	s->ops[0] = 0;
	if (s->at == NPUC_NONE)
		return;
	at = tensor_at(s, s->at);
	if (at->type == type && npuc_scale(at, 0) == npuc_scale(to, 0) &&
	    npuc_zero_point(at, 0) == npuc_zero_point(to, 0)) {
		if (s->p->src_dtype)
			answer(s, "src_dtype", "the model has it, nothing to convert");
		return;
	}
	if (!to->quant.count) {
		if (at->quant.count)
			to_real(s);
		if (type_of(s) != type)
			s->at = op(s, TFLITE_CAST, NULL, &s->at, 1, type);
	} else {
		to_real(s);
		out = npuc_edit_tensor(s->e, tensor_at(s, s->tensor)->name, "codes", type);
		if (out == NPUC_NONE)
			return;
		tensor_at(s, out)->quant = tensor_at(s, s->tensor)->quant;
		s->at = npuc_edit_op(s->e, TFLITE_QUANTIZE, NULL, &s->at, 1, out);
		strncat(s->ops, *s->ops ? ", QUANTIZE" : "QUANTIZE",
			sizeof(s->ops) - strlen(s->ops) - 1);
	}
	if (s->p->src_dtype)
		answer(s, "src_dtype", "%s", s->ops);
}

/* Channels that a format has; 0: any. */
static uint32_t channels_of(uint32_t format)
{
	if (format == NPUC_FORMAT_GRAY)
		return 1;
	return format == NPUC_FORMAT_AUTO || format == NPUC_FORMAT_RAW ? 0 : 3;
}

static int check_formats(struct processing *s)
{
	const struct npuc_input_processor *p = s->p;
	const struct npuc_shape *shape = &tensor_at(s, s->tensor)->shape;
	bool picture = shape->rank == 4;
	uint32_t channels = picture ? shape->dim[axis_of(s->target, 3)] : 0;
	uint32_t needed = channels_of(p->tensor_format);

	if (!picture && (p->src_layout || p->tensor_layout))
		return unfit(s, p->src_layout ? "src_layout" : "tensor_layout",
			     "%u axes, but layouts are of tensors with 4", shape->rank);
	if (!picture && (needed || channels_of(p->src_format)))
		return unfit(s, needed ? "tensor_format" : "src_format",
			     "%u axes, but colours are of tensors with 4", shape->rank);
	if (needed && needed != channels)
		return unfit(s, "tensor_format", "%s, but the tensor has %u channels as %s",
			     npuc_format_words[p->tensor_format], channels,
			     npuc_layout_words[s->target]);
	needed = channels_of(p->src_format);
	if (needed && needed != channels)
		return unfit(s, "src_format", "%s, but the tensor has %u channels as %s",
			     npuc_format_words[p->src_format], channels,
			     npuc_layout_words[s->target]);
	return 0;
}

static void answer_formats(struct processing *s, bool swapped)
{
	if (s->p->tensor_format)
		answer(s, "tensor_format", "the model takes %s",
		       npuc_format_words[s->p->tensor_format]);
	if (s->p->src_format && !swapped && !is_yuv(s->format))
		answer(s, "src_format", "%s is given, nothing to convert",
		       npuc_format_words[s->format]);
}

static int arithmetic(struct processing *s)
{
	int err = 0;

	if (s->p->slicing.count)
		cut(s);
	if (s->p->padding.count)
		err = pad(s);
	if (!err && s->p->mean.count)
		err = by_channel(s, "mean", &s->p->mean, TFLITE_SUB);
	if (!err && s->p->std.count)
		err = by_channel(s, "std", &s->p->std, TFLITE_DIV);
	return err;
}

static int process(struct processing *s)
{
	const struct npuc_input_processor *p = s->p;
	struct npuc_shape picture;
	bool swapped;
	int err;

	s->target = p->tensor_layout  ? p->tensor_layout :
		    s->r->model->nchw ? NPUC_LAYOUT_NCHW :
					NPUC_LAYOUT_NHWC;
	s->format = p->src_format;
	s->layout = is_yuv(s->format) ? NPUC_LAYOUT_NHWC :
		    p->src_layout     ? p->src_layout :
					s->target;
	err = check_formats(s);
	if (!err)
		err = source_shape(s, &picture);
	if (!err)
		err = make_source(s, &picture);
	if (err || s->at == NPUC_NONE)
		return err;
	s->e->inputs[s->number] = s->at;
	swapped = (s->format == NPUC_FORMAT_BGR && p->tensor_format == NPUC_FORMAT_RGB) ||
		  (s->format == NPUC_FORMAT_RGB && p->tensor_format == NPUC_FORMAT_BGR);
	answer_formats(s, swapped);
	if (is_yuv(s->format))
		to_yuv444(s, &picture);
	if (p->csc_mode)
		convert_colours(s);
	if (swapped)
		swap_colours(s);
	if (s->at == NPUC_NONE)
		return 0;
	err = arithmetic(s);
	if (err || s->at == NPUC_NONE)
		return err;
	turn(s);
	to_model(s);
	return 0;
}

/* The entry that names input @number, else the one for all. */
static const struct npuc_input_processor *processor_of(const struct npuc_adapt *r, const char *name)
{
	const struct npuc_config *c = r->config;
	const struct npuc_input_processor *all = NULL;

	for (size_t i = 0; i < c->input_processor_count; i++) {
		const struct npuc_input_processor *p = &c->input_processors[i];

		if (!strcmp(p->tensor_name, name))
			return p;
		if (!strcmp(p->tensor_name, NPUC_DEFAULT_NAME))
			all = p;
	}
	return all;
}

static int check_names(struct npuc_adapt *r)
{
	const struct npuc_graph *g = npuc_adapted(r);

	for (size_t i = 0; i < r->config->input_processor_count; i++) {
		const char *name = r->config->input_processors[i].tensor_name;
		char key[64];

		if (!strcmp(name, NPUC_DEFAULT_NAME) ||
		    npuc_io_number(g, g->inputs, g->input_count, name) != NPUC_NONE)
			continue;
		snprintf(key, sizeof(key), "input_processors[%zu].tensor_name", i);
		return npuc_unfit(r, key, "the model has no input '%.60s'; its first is '%.60s'",
				  name, g->input_count ? g->tensors[g->inputs[0]].name : "");
	}
	return 0;
}

/* Put the processed tensors in the place of the model's own, wherever those are read. */
static void keep_ops(struct npuc_adapt *r, struct npuc_edit *e, const uint32_t *now)
{
	const struct npuc_graph *g = npuc_adapted(r);

	for (uint32_t i = 0; i < g->op_count; i++) {
		struct npuc_op *op = npuc_edit_keep(e, i);

		if (op)
			npuc_edit_replace(op, g->inputs, now, g->input_count);
	}
	for (uint32_t i = 0; i < g->output_count; i++)
		for (uint32_t k = 0; k < g->input_count; k++)
			if (g->outputs[i] == g->inputs[k])
				e->outputs[i] = now[k];
}

static int process_all(struct npuc_adapt *r, struct npuc_edit *e, uint32_t *now)
{
	const struct npuc_graph *g = npuc_adapted(r);
	int err = 0;

	for (uint32_t i = 0; i < g->input_count && !err; i++) {
		struct processing s = {
			.r = r,
			.e = e,
			.p = processor_of(r, g->tensors[g->inputs[i]].name),
			.number = i,
			.tensor = g->inputs[i],
			.at = g->inputs[i],
		};

		if (s.p) {
			s.index = (size_t)(s.p - r->config->input_processors);
			err = process(&s);
		}
		now[i] = s.at;
	}
	if (!err)
		keep_ops(r, e, now);
	return err;
}

int npuc_process_inputs(struct npuc_adapt *r)
{
	const struct npuc_graph *g = npuc_adapted(r);
	struct npuc_edit e;
	uint32_t *now;
	int err;

	if (!r->config->input_processor_count)
		return 0;
	err = check_names(r);
	if (!err)
		err = npuc_adapt_begin(r, &e);
	if (err)
		return err;
	now = calloc((size_t)g->input_count + 1, sizeof(*now));
	err = now ? process_all(r, &e, now) : -ENOMEM;
	free(now);
	if (err) {
		npuc_edit_drop(&e);
		return err;
	}
	return npuc_adapt_end(r, &e, "input-processors");
}
