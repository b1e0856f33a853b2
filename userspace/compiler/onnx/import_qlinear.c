// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * com.microsoft's operators on codes that are not products or sums: each input has its
 * scale and zero point behind it, and the output's come last, or first in QLinearConcat.
 */
#include <errno.h>
#include <string.h>

#include "import.h"

/* Where the input lies, of images channels last. */
static enum onnx_layout layout_of(const struct onnx_import *im, uint32_t value)
{
	return value != NPUC_NONE && onnx_rank(im, value) == 4 &&
			       im->values[value].stored[ONNX_CHANNELS_LAST] != NPUC_NONE ?
		       ONNX_CHANNELS_LAST :
		       ONNX_PLAIN;
}

static int emit_one(struct onnx_import *im, const struct onnx_node *n, uint32_t builtin,
		    const struct npuc_attributes *a, enum onnx_layout layout)
{
	uint32_t x = onnx_qlinear(im, n, 0, layout);
	struct onnx_target t;

	if (x == NPUC_NONE || !onnx_qlinear_target(im, n, 3, &t))
		return onnx_refuse(im, "scales and zero points must be constant");
	return onnx_emit(im, &t, builtin, a, &x, 1, layout);
}

int onnx_import_qlinear_unary(struct onnx_import *im, const struct onnx_node *n)
{
	const float alpha = onnx_float(n, "alpha", 0.01f);
	struct npuc_attributes a = { 0 };

	if (onnx_is(n->op, "QLinearLeakyRelu"))
		memcpy(&a.alpha, &alpha, sizeof(a.alpha));
	return emit_one(im, n,
			onnx_is(n->op, "QLinearSigmoid") ? TFLITE_LOGISTIC : TFLITE_LEAKY_RELU, &a,
			layout_of(im, onnx_input(im, n, 0)));
}

/* Along one axis if "opset", whose Softmax it was, is 13 or newer. */
int onnx_import_qlinear_softmax(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), axis, rank;
	bool old = onnx_int(n, "opset", 13) < 13;
	struct npuc_attributes a = { 0 };
	const float beta = 1;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	rank = onnx_rank(im, value);
	axis = onnx_axis(im, value, onnx_int(n, "axis", old ? 1 : -1));
	if (axis == NPUC_NONE || axis != rank - 1)
		return onnx_refuse(im, "only the last axis is supported");
	memcpy(&a.beta, &beta, sizeof(a.beta));
	return emit_one(im, n, TFLITE_SOFTMAX, &a, ONNX_PLAIN);
}

/* y's scale and zero point, then three inputs for each tensor */
int onnx_import_qlinear_concat(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t count = n->input_count / 3, *inputs, axis;
	struct npuc_attributes a = { 0 };
	struct onnx_target t;

	if (n->input_count % 3 != 2 || !onnx_qlinear_target(im, n, 0, &t))
		return onnx_refuse(im, "scales and zero points must be constant, one of each "
				       "for each input");
	inputs = npuc_build_memory(&im->b, count * sizeof(*inputs));
	if (!inputs)
		return onnx_broken(im);
	for (uint32_t i = 0; i < count; i++) {
		inputs[i] = onnx_qlinear(im, n, 2 + 3 * i, ONNX_PLAIN);
		if (inputs[i] == NPUC_NONE)
			return -EOPNOTSUPP;
	}
	axis = onnx_axis(im, onnx_input(im, n, 2), onnx_int(n, "axis", 0));
	if (axis == NPUC_NONE)
		return onnx_refuse(im, "axis is out of range");
	a.axis = axis;
	return onnx_emit(im, &t, TFLITE_CONCATENATION, &a, inputs, count, ONNX_PLAIN);
}
