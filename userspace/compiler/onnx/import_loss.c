// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* GatherElements, NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss: picks by computed numbers. */
#include <errno.h>
#include <string.h>

#include "import.h"

/* Most comparisons of a pick: it compares each wanted number with each there is. */
#define MOST_COMPARED (1u << 24)

/**
 * picked() - out[o, k, i] = x[o, which[o, k, i], i]
 * @im: the import
 * @x: tensor number, @outer x @size x @inner elements
 * @which: tensor number, int32 or int64, @outer x @count x @inner elements
 *
 * The sum over x[o, s, i] where s equals which[o, k, i], of which all but one are 0.
 *
 * Return: tensor number of @outer x @count x @inner, NPUC_NONE with the error filled.
 */
static uint32_t picked(struct onnx_import *im, uint32_t x, uint32_t which, const int32_t sizes[4])
{
	int32_t outer = sizes[0], size = sizes[1], count = sizes[2], inner = sizes[3];
	uint32_t type, same;

	if (which == NPUC_NONE || x == NPUC_NONE)
		return NPUC_NONE;
	type = im->b.g.tensors[which].type;
	if ((type != NPUC_TYPE_INT32 && type != NPUC_TYPE_INT64) ||
	    (uint64_t)outer * (uint64_t)size * (uint64_t)count * (uint64_t)inner > MOST_COMPARED) {
		onnx_refuse(im, "indices must be int32 or int64, and compared at most %u times",
			    MOST_COMPARED);
		return NPUC_NONE;
	}
	which = onnx_as(im, which, (int32_t[]){ outer, count, 1, inner }, 4);
	same = onnx_compare(im, TFLITE_EQUAL, which,
			    onnx_as(im, onnx_count(im, type, (uint32_t)size),
				    (int32_t[]){ 1, 1, size, 1 }, 4));
	x = onnx_as(im, x, (int32_t[]){ outer, 1, size, inner }, 4);
	x = onnx_select(im, same, x, onnx_like(im, x, 0));
	return onnx_reduced(im, TFLITE_SUM, x, 2, false);
}

/* Indices below 0 count from the end. */
static uint32_t wrapped(struct onnx_import *im, uint32_t which, uint32_t size)
{
	if (which == NPUC_NONE)
		return NPUC_NONE;
	return onnx_binary(im, TFLITE_FLOOR_MOD, which, onnx_like(im, which, (float)size));
}

int onnx_import_gather_elements(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), which = onnx_input(im, n, 1), axis, x;
	int32_t sizes[4] = { 1, 1, 1, 1 }, whole[NPUC_MAX_RANK];
	struct npuc_shape shape, wanted;

	if (value == NPUC_NONE || which == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	axis = onnx_axis(im, value, onnx_int(n, "axis", 0));
	shape = onnx_shape(im, value);
	wanted = onnx_shape(im, which);
	x = onnx_stored(im, value, ONNX_PLAIN);
	which = onnx_stored(im, which, ONNX_PLAIN);
	if (x == NPUC_NONE || which == NPUC_NONE)
		return -EOPNOTSUPP;
	if (axis == NPUC_NONE || shape.rank != wanted.rank || shape.dim[axis] > 1u << 20)
		return onnx_refuse(im, "axis is out of range, or ranks differ");
	for (uint32_t i = 0; i < shape.rank; i++) {
		whole[i] = (int32_t)wanted.dim[i];
		if (i != axis && shape.dim[i] != wanted.dim[i])
			return onnx_refuse(im, "dimension %u of input and indices differs", i);
		if (i != axis)
			sizes[i < axis ? 0 : 3] *= whole[i];
	}
	sizes[1] = (int32_t)shape.dim[axis];
	sizes[2] = whole[axis];
	if (im->b.g.tensors[x].type != NPUC_TYPE_FLOAT32 &&
	    im->b.g.tensors[x].type != NPUC_TYPE_INT32 &&
	    im->b.g.tensors[x].type != NPUC_TYPE_INT64)
		return onnx_refuse(im, "only float32, int32 and int64 are supported");
	x = picked(im, x, wrapped(im, which, shape.dim[axis]), sizes);
	return onnx_give(im, onnx_value(im, n->outputs[0]), onnx_as(im, x, whole, wanted.rank),
			 ONNX_PLAIN);
}

/* -sum(weight * x[label]) over images n and places d, divided by the sum of the weights if mean. */
static int emit_loss(struct onnx_import *im, const struct onnx_node *n, uint32_t x,
		     const struct npuc_shape *shape)
{
	struct onnx_text how = onnx_string(n, "reduction");
	uint32_t labels = onnx_input(im, n, 1), weights = onnx_input(im, n, 2), loss, w = NPUC_NONE;
	int64_t ignored = onnx_int(n, "ignore_index", INT64_MIN);
	int32_t sizes[4] = { (int32_t)shape->dim[0], (int32_t)shape->dim[1], 1, 1 };
	int32_t whole[NPUC_MAX_RANK], flat[] = { -1 };

	whole[0] = sizes[0];
	for (uint32_t i = 2; i < shape->rank; i++) {
		whole[i - 1] = (int32_t)shape->dim[i];
		sizes[3] *= whole[i - 1];
	}
	if (ignored != INT64_MIN && (ignored < -(1 << 24) || ignored > 1 << 24))
		return onnx_refuse(im, "ignore_index is out of range");
	labels = labels == NPUC_NONE ? labels : onnx_stored(im, labels, ONNX_PLAIN);
	if (labels == NPUC_NONE)
		return -EOPNOTSUPP;
	loss = onnx_unary(im, TFLITE_NEG, picked(im, x, labels, sizes));
	labels = onnx_as(im, labels, (int32_t[]){ sizes[0], 1, sizes[3] }, 3);
	if (weights != NPUC_NONE) {
		const int32_t classes[4] = { 1, sizes[1], sizes[0] * sizes[3], 1 };

		w = picked(im, onnx_stored(im, weights, ONNX_PLAIN), labels, classes);
		w = onnx_as(im, w, (int32_t[]){ sizes[0], 1, sizes[3] }, 3);
	}
	if (ignored != INT64_MIN) {
		uint32_t skip = onnx_compare(im, TFLITE_EQUAL, labels,
					     onnx_like(im, labels, (float)ignored));
		uint32_t zero = onnx_real(im, 0);

		w = onnx_select(im, skip, zero, w == NPUC_NONE ? onnx_real(im, 1) : w);
	}
	if (w != NPUC_NONE)
		loss = onnx_binary(im, TFLITE_MUL, loss, w);
	if (how.at && onnx_is(how, "none"))
		return onnx_give(im, onnx_value(im, n->outputs[0]),
				 onnx_as(im, loss, whole, shape->rank - 1), ONNX_PLAIN);
	loss = onnx_as(im, loss, flat, 1);
	if (how.at && onnx_is(how, "sum"))
		return onnx_give(im, onnx_value(im, n->outputs[0]),
				 onnx_reduced(im, TFLITE_SUM, loss, 0, false), ONNX_PLAIN);
	if (w == NPUC_NONE)
		return onnx_give(im, onnx_value(im, n->outputs[0]),
				 onnx_reduced(im, TFLITE_MEAN, loss, 0, false), ONNX_PLAIN);
	w = onnx_reduced(im, TFLITE_SUM, onnx_as(im, w, flat, 1), 0, false);
	return onnx_give(im, onnx_value(im, n->outputs[0]),
			 onnx_binary(im, TFLITE_DIV, onnx_reduced(im, TFLITE_SUM, loss, 0, false),
				     w),
			 ONNX_PLAIN);
}

/* Classes run along dimension 1; of cross entropy the input's logarithm of softmax is output 1. */
int onnx_import_loss(struct onnx_import *im, const struct onnx_node *n)
{
	bool softmax = onnx_is(n->op, "SoftmaxCrossEntropyLoss");
	uint32_t value = onnx_input(im, n, 0), x, labels = onnx_input(im, n, 1);
	int32_t sizes[3] = { 1, 1, 1 }, whole[NPUC_MAX_RANK], back[] = { 0, 2, 1 };
	struct npuc_shape shape, wanted;
	uint64_t inner = 1;
	int err;

	if (value == NPUC_NONE || labels == NPUC_NONE || onnx_rank(im, value) < 2)
		return onnx_refuse(im, "an input is missing, or of less than two dimensions");
	shape = onnx_shape(im, value);
	wanted = onnx_shape(im, labels);
	for (uint32_t i = 0; i < shape.rank; i++) {
		whole[i] = (int32_t)shape.dim[i];
		inner *= i > 1 ? shape.dim[i] : 1;
		if (i != 1 &&
		    (wanted.rank + 1 != shape.rank || wanted.dim[i ? i - 1 : 0] != shape.dim[i]))
			return onnx_refuse(im, "the labels do not fit the input");
	}
	sizes[0] = whole[0];
	sizes[1] = whole[1];
	sizes[2] = (int32_t)inner;
	x = onnx_stored(im, value, ONNX_PLAIN);
	if (x == NPUC_NONE)
		return -EOPNOTSUPP;
	if (im->b.g.tensors[x].type != NPUC_TYPE_FLOAT32)
		return onnx_refuse(im, "only float32 is supported");
	if (softmax) {
		x = onnx_turned(im, onnx_as(im, x, sizes, 3), back, 3);
		x = onnx_turned(im, onnx_unary(im, TFLITE_LOG_SOFTMAX, x), back, 3);
		x = onnx_as(im, x, whole, shape.rank);
	}
	err = emit_loss(im, n, x, &shape);
	if (!err && softmax && n->output_count > 1 && onnx_value(im, n->outputs[1]) != NPUC_NONE)
		err = onnx_give(im, onnx_value(im, n->outputs[1]), x, ONNX_PLAIN);
	return err;
}
