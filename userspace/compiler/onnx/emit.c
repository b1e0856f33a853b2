// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Ops that nodes become. */
#include <errno.h>
#include <string.h>

#include "../constant.h"
#include "import.h"

int onnx_emit(struct onnx_import *im, const struct onnx_target *t, uint32_t builtin,
	      const struct npuc_attributes *a, const uint32_t *inputs, uint32_t count,
	      enum onnx_layout layout)
{
	struct npuc_attributes attributes = *a;
	struct onnx_value *v = &im->values[t->value];
	uint32_t out;

	for (uint32_t i = 0; i < count; i++)
		if (inputs[i] == NPUC_NONE)
			return im->error->text[0] ? -EOPNOTSUPP : onnx_broken(im);
	out = npuc_build_tensor(&im->b, npuc_build_name(&im->b, v->name.at, v->name.size),
				t->type == NPUC_NONE ? im->b.g.tensors[inputs[0]].type : t->type,
				NULL);
	if (out == NPUC_NONE)
		return onnx_broken(im);
	im->b.g.tensors[out].quant = t->quant;
	attributes.activation = (uint8_t)t->activation;
	if (!npuc_build_op(&im->b, builtin, npuc_builtin_name(builtin), &attributes, inputs, count,
			   &out, 1))
		return onnx_broken(im);
	npuc_constant(&im->b.g, im->b.g.op_count - 1, &im->fold_budget);
	v->stored[layout] = out;
	/* of less than rank 4 there is but one order */
	if (im->b.g.tensors[out].shape.rank != 4)
		v->stored[ONNX_PLAIN] = out;
	return 0;
}

int onnx_give(struct onnx_import *im, uint32_t value, uint32_t tensor, enum onnx_layout layout)
{
	struct onnx_value *v = &im->values[value];

	if (tensor == NPUC_NONE)
		return im->error->text[0] ? -EOPNOTSUPP : onnx_broken(im);
	if (!im->b.g.tensors[tensor].name[0])
		im->b.g.tensors[tensor].name = npuc_build_name(&im->b, v->name.at, v->name.size);
	v->stored[layout] = tensor;
	if (im->b.g.tensors[tensor].shape.rank != 4)
		v->stored[ONNX_PLAIN] = tensor;
	return 0;
}

uint32_t onnx_step(struct onnx_import *im, uint32_t builtin, const struct npuc_attributes *a,
		   const uint32_t *inputs, uint32_t count, uint32_t type)
{
	uint32_t out;

	for (uint32_t i = 0; i < count; i++) {
		if (inputs[i] == NPUC_NONE) {
			if (!im->error->text[0])
				onnx_broken(im);
			return NPUC_NONE;
		}
	}
	out = npuc_build_tensor(&im->b, "",
				type == NPUC_NONE ? im->b.g.tensors[inputs[0]].type : type, NULL);
	if (npuc_build_op(&im->b, builtin, npuc_builtin_name(builtin), a, inputs, count, &out, 1)) {
		npuc_constant(&im->b.g, im->b.g.op_count - 1, &im->fold_budget);
		return out;
	}
	onnx_broken(im);
	return NPUC_NONE;
}

static const struct npuc_attributes plain;

uint32_t onnx_unary(struct onnx_import *im, uint32_t builtin, uint32_t x)
{
	return onnx_step(im, builtin, &plain, &x, 1, NPUC_NONE);
}

uint32_t onnx_binary(struct onnx_import *im, uint32_t builtin, uint32_t x, uint32_t y)
{
	const uint32_t pair[] = { x, y };

	return onnx_step(im, builtin, &plain, pair, 2, NPUC_NONE);
}

uint32_t onnx_compare(struct onnx_import *im, uint32_t builtin, uint32_t x, uint32_t y)
{
	const uint32_t pair[] = { x, y };

	return onnx_step(im, builtin, &plain, pair, 2, NPUC_TYPE_BOOL);
}

uint32_t onnx_select(struct onnx_import *im, uint32_t condition, uint32_t x, uint32_t y)
{
	const uint32_t inputs[] = { condition, x, y };

	if (x == NPUC_NONE)
		return NPUC_NONE;
	return onnx_step(im, TFLITE_SELECT_V2, &plain, inputs, 3, im->b.g.tensors[x].type);
}

uint32_t onnx_convert(struct onnx_import *im, uint32_t x, uint32_t type)
{
	if (x != NPUC_NONE && im->b.g.tensors[x].type == type)
		return x;
	return onnx_step(im, TFLITE_CAST, &plain, &x, 1, type);
}

uint32_t onnx_as(struct onnx_import *im, uint32_t x, const int32_t *shape, uint32_t rank)
{
	return onnx_binary(im, TFLITE_RESHAPE, x, npuc_build_list(&im->b, shape, rank));
}

uint32_t onnx_turned(struct onnx_import *im, uint32_t x, const int32_t *order, uint32_t rank)
{
	return onnx_binary(im, TFLITE_TRANSPOSE, x, npuc_build_list(&im->b, order, rank));
}

uint32_t onnx_reduced(struct onnx_import *im, uint32_t builtin, uint32_t x, int32_t axis, bool keep)
{
	const struct npuc_attributes a = { .keep_dims = keep };
	const uint32_t inputs[] = { x, npuc_build_list(&im->b, &axis, 1) };

	return onnx_step(im, builtin, &a, inputs, 2, NPUC_NONE);
}

uint32_t onnx_count(struct onnx_import *im, uint32_t type, uint32_t count)
{
	const struct npuc_shape shape = { .rank = 1, .dim = { count } };
	uint32_t size = npuc_type_size(type);
	uint8_t *data = npuc_build_memory(&im->b, (size_t)size * count);

	for (uint32_t i = 0; data && i < count; i++)
		for (uint32_t k = 0; k < 4; k++)
			data[(size_t)i * size + k] = (uint8_t)(i >> 8 * k);
	return npuc_build_constant(&im->b, "", type, &shape, data);
}

uint32_t onnx_like(struct onnx_import *im, uint32_t x, float number)
{
	const struct npuc_shape scalar = { 0 };
	uint32_t type = x == NPUC_NONE ? NPUC_NONE : im->b.g.tensors[x].type;
	int64_t whole = number >= 0x1p63f  ? INT64_MAX :
			number <= -0x1p63f ? INT64_MIN :
					     (int64_t)number;
	uint8_t *data;

	if (type == NPUC_TYPE_FLOAT16)
		return onnx_convert(im, onnx_real(im, number), type);
	if (type != NPUC_TYPE_INT32 && type != NPUC_TYPE_INT64)
		return onnx_real(im, number);
	data = npuc_build_memory(&im->b, 8);
	for (uint32_t i = 0; data && i < 8; i++)
		data[i] = (uint8_t)((uint64_t)whole >> 8 * i);
	return npuc_build_constant(&im->b, "", type, &scalar, data);
}

uint32_t onnx_real(struct onnx_import *im, float number)
{
	const struct npuc_shape scalar = { 0 };
	float *data = npuc_build_memory(&im->b, sizeof(*data));

	if (data)
		*data = number;
	return npuc_build_constant(&im->b, "", NPUC_TYPE_FLOAT32, &scalar, data);
}
