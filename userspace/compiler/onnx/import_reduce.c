// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* ReduceSum and its like, ArgMax, ArgMin. */
#include <errno.h>
#include <string.h>

#include "import.h"

/* What is done to each element, the reduction, and what is done to its results; 0: nothing. */
static const struct {
	const char *name;
	uint32_t before;
	uint32_t reduce;
	uint32_t behind;
} reductions[] = {
	{ "ReduceL1", TFLITE_ABS, TFLITE_SUM, 0 },
	{ "ReduceL2", TFLITE_SQUARE, TFLITE_SUM, TFLITE_SQRT },
	{ "ReduceLogSum", 0, TFLITE_SUM, TFLITE_LOG },
	{ "ReduceLogSumExp", TFLITE_EXP, TFLITE_SUM, TFLITE_LOG },
	{ "ReduceMax", 0, TFLITE_REDUCE_MAX, 0 },
	{ "ReduceMean", 0, TFLITE_MEAN, 0 },
	{ "ReduceMin", 0, TFLITE_REDUCE_MIN, 0 },
	{ "ReduceProd", 0, TFLITE_REDUCE_PROD, 0 },
	{ "ReduceSum", 0, TFLITE_SUM, 0 },
	{ "ReduceSumSquare", TFLITE_SQUARE, TFLITE_SUM, 0 },
};

/* Axes are an attribute, or an input in newer files; without any all are reduced. */
static uint32_t read_axes(struct onnx_import *im, const struct onnx_node *n, uint32_t value,
			  int32_t *list)
{
	uint32_t input = onnx_input(im, n, 1), count, rank = onnx_rank(im, value);
	int64_t axes[2 * NPUC_MAX_RANK];

	count = input == NPUC_NONE ? onnx_ints(n, "axes", axes, NPUC_MAX_RANK) :
				     onnx_integers(im, input, axes, NPUC_MAX_RANK);
	/* an empty list is a constant without elements */
	if (input != NPUC_NONE && count == NPUC_NONE && im->values[input].constant &&
	    im->values[input].constant->rank == 1 && !im->values[input].constant->dim[0])
		count = 0;
	if (count > NPUC_MAX_RANK)
		return NPUC_NONE;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t axis = onnx_axis(im, value, axes[i]);

		if (axis == NPUC_NONE)
			return NPUC_NONE;
		list[i] = (int32_t)axis;
	}
	for (uint32_t i = 0; i < rank && !count; i++)
		list[i] = (int32_t)i;
	return count ? count : rank;
}

int onnx_import_reduce(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), count, x, row = 0;
	struct npuc_attributes a = { .keep_dims = onnx_int(n, "keepdims", 1) != 0 };
	const struct npuc_attributes none = { 0 };
	enum onnx_layout layout = ONNX_PLAIN;
	int32_t axes[NPUC_MAX_RANK];
	struct onnx_target t;
	uint32_t inputs[2];

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	while (!onnx_is(n->op, reductions[row].name))
		row++;
	count = read_axes(im, n, value, axes);
	if (count == NPUC_NONE)
		return onnx_refuse(im, "axes must be constant and within the input");
	if (!count || (onnx_int(n, "noop_with_empty_axes", 0) &&
		       onnx_input(im, n, 1) == NPUC_NONE && !onnx_ints(n, "axes", NULL, 0)))
		return onnx_refuse(im, "nothing is reduced");
	if (a.keep_dims)
		layout = onnx_natural(im, n, 1);
	for (uint32_t i = 0; i < count && layout == ONNX_CHANNELS_LAST; i++)
		axes[i] = (int32_t)onnx_axis_in((uint32_t)axes[i], layout);
	onnx_target(im, n, false, false, &t);
	x = onnx_stored(im, value, layout);
	if (x != NPUC_NONE && reductions[row].before)
		x = onnx_step(im, reductions[row].before, &none, &x, 1, NPUC_NONE);
	inputs[0] = x;
	inputs[1] = npuc_build_list(&im->b, axes, count);
	if (x == NPUC_NONE || inputs[1] == NPUC_NONE)
		return -EOPNOTSUPP;
	if (!reductions[row].behind)
		return onnx_emit(im, &t, reductions[row].reduce, &a, inputs, 2, layout);
	x = onnx_step(im, reductions[row].reduce, &a, inputs, 2, NPUC_NONE);
	return x == NPUC_NONE ? -EOPNOTSUPP :
				onnx_emit(im, &t, reductions[row].behind, &none, &x, 1, layout);
}

/* TFLite drops the axis that ONNX may keep. */
int onnx_import_arg(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), axis, x, inputs[2];
	uint32_t builtin = onnx_is(n->op, "ArgMax") ? TFLITE_ARG_MAX : TFLITE_ARG_MIN;
	const struct npuc_attributes a = { .mode = onnx_int(n, "select_last_index", 0) != 0 };
	struct onnx_target t;
	int32_t list[NPUC_MAX_RANK];
	struct npuc_shape shape;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	shape = onnx_shape(im, value);
	axis = onnx_axis(im, value, onnx_int(n, "axis", 0));
	if (axis == NPUC_NONE)
		return onnx_refuse(im, "axis is out of range");
	list[0] = (int32_t)axis;
	onnx_target(im, n, false, false, &t);
	t.type = NPUC_TYPE_INT64;
	inputs[0] = onnx_stored(im, value, ONNX_PLAIN);
	inputs[1] = npuc_build_list(&im->b, list, 1);
	if (inputs[0] == NPUC_NONE)
		return -EOPNOTSUPP;
	if (!onnx_int(n, "keepdims", 1))
		return onnx_emit(im, &t, builtin, &a, inputs, 2, ONNX_PLAIN);
	x = onnx_step(im, builtin, &a, inputs, 2, NPUC_TYPE_INT64);
	for (uint32_t i = 0; i < shape.rank; i++)
		list[i] = i == axis ? 1 : (int32_t)shape.dim[i];
	inputs[0] = x;
	inputs[1] = npuc_build_list(&im->b, list, shape.rank);
	return x == NPUC_NONE ? -EOPNOTSUPP :
				onnx_emit(im, &t, TFLITE_RESHAPE, &a, inputs, 2, ONNX_PLAIN);
}
