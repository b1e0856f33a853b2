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

#include "process.h"
#include "tflite.h"

struct npuc_tensor *npuc_processing_tensor(const struct processing *s, uint32_t t)
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

void npuc_processing_answer(struct processing *s, const char *member, const char *format, ...)
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
uint32_t npuc_processing_op(struct processing *s, uint32_t builtin,
			    const struct npuc_attributes *attributes, const uint32_t *inputs,
			    uint32_t count, uint32_t type)
{
	size_t length = strlen(s->ops);
	uint32_t out = NPUC_NONE;

	if (s->at != NPUC_NONE && !s->e->b.failed)
		out = npuc_edit_tensor(s->e, npuc_processing_tensor(s, s->tensor)->name,
				       npuc_builtin_name(builtin), type);
	/* What moves numbers keeps what they mean. */
	if (out != NPUC_NONE && type == npuc_processing_tensor(s, inputs[0])->type)
		npuc_processing_tensor(s, out)->quant = npuc_processing_tensor(s, inputs[0])->quant;
	snprintf(s->ops + length, sizeof(s->ops) - length, "%s%s", length ? ", " : "",
		 npuc_builtin_name(builtin));
	return npuc_edit_op(s->e, builtin, attributes, inputs, count, out);
}

uint32_t npuc_processing_type(const struct processing *s)
{
	return s->at == NPUC_NONE ? NPUC_NONE : npuc_processing_tensor(s, s->at)->type;
}

uint32_t npuc_processing_list(struct processing *s, const int32_t *values, uint32_t count)
{
	return npuc_build_list(&s->e->b, values, count);
}

void npuc_processing_step(struct processing *s, uint32_t builtin, uint32_t parameter)
{
	const uint32_t inputs[] = { s->at, parameter };

	s->at = npuc_processing_op(s, builtin, NULL, inputs, parameter == NPUC_NONE ? 1 : 2,
				   npuc_processing_type(s));
}

/* To binary32: codes by their scale, plain numbers as they are. */
void npuc_processing_real(struct processing *s)
{
	bool codes;

	if (s->at == NPUC_NONE || npuc_processing_type(s) == NPUC_TYPE_FLOAT32)
		return;
	codes = npuc_processing_tensor(s, s->at)->quant.count > 0;
	s->at = npuc_processing_op(s, codes ? TFLITE_DEQUANTIZE : TFLITE_CAST, NULL, &s->at, 1,
				   NPUC_TYPE_FLOAT32);
}

bool npuc_processing_is_yuv(uint32_t format)
{
	return format >= NPUC_FORMAT_YUYV422 && format <= NPUC_FORMAT_YVU420SP;
}

bool npuc_processing_is_420(uint32_t format)
{
	return format == NPUC_FORMAT_YUV420SP || format == NPUC_FORMAT_YVU420SP;
}

/* Axis @i of N, H, W, C in a layout. */
uint32_t npuc_processing_axis(uint32_t layout, uint32_t i)
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
	const struct npuc_shape *to = &npuc_processing_tensor(s, s->tensor)->shape;
	const struct npuc_integers *pad = &s->p->padding, *cut = &s->p->slicing;

	*shape = *to;
	for (uint32_t i = 0; i < 4 && to->rank == 4; i++)
		shape->dim[npuc_processing_axis(s->layout, i)] =
			to->dim[npuc_processing_axis(s->target, i)];
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
	const struct npuc_tensor *t = npuc_processing_tensor(s, s->tensor);
	uint32_t number = s->p->src_dtype;
	struct npuc_shape shape = *picture;
	uint32_t type;

	if (npuc_processing_is_yuv(s->format)) {
		if (number != NPUC_NUMBER_AUTO && number != NPUC_NUMBER_U8)
			return unfit(s, "src_dtype", "%s, but src_format %s has 8-bit numbers: U8",
				     npuc_dtype_words[number], npuc_format_words[s->format]);
		number = NPUC_NUMBER_U8;
		if (shape.dim[2] % 2 || (npuc_processing_is_420(s->format) && shape.dim[1] % 2))
			return unfit(s, "src_format", "%s needs even sizes, not %u x %u",
				     npuc_format_words[s->format], shape.dim[1], shape.dim[2]);
		if (npuc_processing_is_420(s->format))
			shape.dim[1] += shape.dim[1] / 2;
		shape.dim[3] = npuc_processing_is_420(s->format) ? 1 : 2;
	}
	type = number == NPUC_NUMBER_AUTO ? t->type : types[number];
	s->at = npuc_build_tensor(&s->e->b, t->name, type, &shape);
	if (s->at == NPUC_NONE)
		return 0;
	t = npuc_processing_tensor(s, s->tensor);
	/* 8- and 16-bit codes need a scale to be resized or moved; that of plain numbers is 1. */
	if (number == NPUC_NUMBER_AUTO)
		npuc_processing_tensor(s, s->at)->quant = t->quant;
	else if (type == NPUC_TYPE_UINT8 || type == NPUC_TYPE_INT8 || type == NPUC_TYPE_INT16)
		npuc_edit_quant(s->e, s->at, 1.0f, 0);
	return 0;
}

static void cut(struct processing *s)
{
	const struct npuc_shape *shape = &npuc_processing_tensor(s, s->at)->shape;
	int32_t begin[NPUC_MAX_RANK], size[NPUC_MAX_RANK];
	uint32_t inputs[3] = { s->at };
	uint32_t rank = shape->rank;

	for (uint32_t i = 0; i < rank; i++) {
		begin[i] = s->p->slicing.at[2 * i];
		size[i] = (int32_t)shape->dim[i] - begin[i] - s->p->slicing.at[2 * i + 1];
	}
	s->ops[0] = 0;
	inputs[1] = npuc_processing_list(s, begin, rank);
	inputs[2] = npuc_processing_list(s, size, rank);
	s->at = npuc_processing_op(s, TFLITE_SLICE, NULL, inputs, 3, npuc_processing_type(s));
	npuc_processing_answer(s, "slicing", "%s", s->ops);
}

/* The constant of the border in the type of what it borders. */
static int border(struct processing *s, uint32_t *tensor)
{
	const struct npuc_shape one = { .rank = 1, .dim = { 1 } };
	int32_t value = s->p->padding_constant_value;
	uint32_t type = npuc_processing_type(s);
	int32_t least = type == NPUC_TYPE_INT8 ? INT8_MIN : type == NPUC_TYPE_INT16 ? INT16_MIN : 0;
	int32_t most = type == NPUC_TYPE_INT8  ? INT8_MAX :
		       type == NPUC_TYPE_INT16 ? INT16_MAX :
						 UINT8_MAX;
	void *data;

	if (type == NPUC_TYPE_FLOAT16)
		npuc_processing_real(s);
	if (npuc_processing_type(s) == NPUC_TYPE_FLOAT32) {
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
		npuc_processing_tensor(s, *tensor)->quant = npuc_processing_tensor(s, s->at)->quant;
	return 0;
}

static int pad(struct processing *s)
{
	uint32_t rank = npuc_processing_tensor(s, s->at)->shape.rank;
	const struct npuc_shape shape = { .rank = 2, .dim = { rank, 2 } };
	uint32_t inputs[3];
	int err;

	s->ops[0] = 0;
	err = border(s, &inputs[2]);
	if (err)
		return err;
	inputs[0] = s->at;
	inputs[1] = npuc_processing_list(s, s->p->padding.at, 2 * rank);
	npuc_edit_shape(s->e, inputs[1], &shape);
	s->at = npuc_processing_op(s, TFLITE_PADV2, NULL, inputs, 3, npuc_processing_type(s));
	npuc_processing_answer(s, "padding", "%s of %d", s->ops, s->p->padding_constant_value);
	npuc_processing_answer(s, "padding_mode", "constant");
	npuc_processing_answer(s, "padding_constant_value", "%d", s->p->padding_constant_value);
	return 0;
}

/* One number for all, or one for each channel. */
static int by_channel(struct processing *s, const char *member, const struct npuc_reals *values,
		      uint32_t builtin)
{
	const struct npuc_shape *shape = &npuc_processing_tensor(s, s->at)->shape;
	uint32_t axis = shape->rank == 4 ? npuc_processing_axis(s->layout, 3) :
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
	npuc_processing_real(s);
	parameter = npuc_edit_reals(s->e, &constant, values->at);
	npuc_processing_step(s, builtin, parameter);
	npuc_processing_answer(s, member, "%s", s->ops);
	return 0;
}

static void turn(struct processing *s)
{
	static const int32_t to_nchw[] = { 0, 3, 1, 2 }, to_nhwc[] = { 0, 2, 3, 1 };
	bool same = s->layout == s->target;

	s->ops[0] = 0;
	if (!same)
		npuc_processing_step(
			s, TFLITE_TRANSPOSE,
			npuc_processing_list(s, s->target == NPUC_LAYOUT_NCHW ? to_nchw : to_nhwc,
					     4));
	if (s->p->src_layout)
		npuc_processing_answer(s, "src_layout", "%s",
				       same ? "the model has it, nothing to convert" : s->ops);
	if (s->p->tensor_layout)
		npuc_processing_answer(s, "tensor_layout", "the model is read so");
}

/* To the type of the model's input, and its codes. */
static void to_model(struct processing *s)
{
	const struct npuc_tensor *to = npuc_processing_tensor(s, s->tensor), *at;
	uint32_t type = to->type, out;

	s->ops[0] = 0;
	if (s->at == NPUC_NONE)
		return;
	at = npuc_processing_tensor(s, s->at);
	if (at->type == type && npuc_scale(at, 0) == npuc_scale(to, 0) &&
	    npuc_zero_point(at, 0) == npuc_zero_point(to, 0)) {
		if (s->p->src_dtype)
			npuc_processing_answer(s, "src_dtype",
					       "the model has it, nothing to convert");
		return;
	}
	if (!to->quant.count) {
		if (at->quant.count)
			npuc_processing_real(s);
		if (npuc_processing_type(s) != type)
			s->at = npuc_processing_op(s, TFLITE_CAST, NULL, &s->at, 1, type);
	} else {
		npuc_processing_real(s);
		out = npuc_edit_tensor(s->e, npuc_processing_tensor(s, s->tensor)->name, "codes",
				       type);
		if (out == NPUC_NONE)
			return;
		npuc_processing_tensor(s, out)->quant = npuc_processing_tensor(s, s->tensor)->quant;
		s->at = npuc_edit_op(s->e, TFLITE_QUANTIZE, NULL, &s->at, 1, out);
		strncat(s->ops, *s->ops ? ", QUANTIZE" : "QUANTIZE",
			sizeof(s->ops) - strlen(s->ops) - 1);
	}
	if (s->p->src_dtype)
		npuc_processing_answer(s, "src_dtype", "%s", s->ops);
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
	const struct npuc_shape *shape = &npuc_processing_tensor(s, s->tensor)->shape;
	bool picture = shape->rank == 4;
	uint32_t channels = picture ? shape->dim[npuc_processing_axis(s->target, 3)] : 0;
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
		npuc_processing_answer(s, "tensor_format", "the model takes %s",
				       npuc_format_words[s->p->tensor_format]);
	if (s->p->src_format && !swapped && !npuc_processing_is_yuv(s->format))
		npuc_processing_answer(s, "src_format", "%s is given, nothing to convert",
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

int npuc_process_input(struct processing *s)
{
	const struct npuc_input_processor *p = s->p;
	struct npuc_shape picture;
	bool swapped;
	int err;

	s->target = p->tensor_layout  ? p->tensor_layout :
		    s->r->model->nchw ? NPUC_LAYOUT_NCHW :
					NPUC_LAYOUT_NHWC;
	s->format = p->src_format;
	s->layout = npuc_processing_is_yuv(s->format) ? NPUC_LAYOUT_NHWC :
		    p->src_layout		      ? p->src_layout :
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
	if (npuc_processing_is_yuv(s->format))
		npuc_process_yuv(s, &picture);
	if (p->csc_mode)
		npuc_process_csc(s);
	if (swapped)
		npuc_process_swap(s);
	if (s->at == NPUC_NONE)
		return 0;
	err = arithmetic(s);
	if (err || s->at == NPUC_NONE)
		return err;
	turn(s);
	to_model(s);
	return 0;
}
