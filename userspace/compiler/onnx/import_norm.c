// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* BatchNormalization, InstanceNormalization, LayerNormalization, as ops of elements and sums. */
#include <errno.h>
#include <string.h>

#include "import.h"

static const struct npuc_attributes none;

/* A value of one number for each channel, where channels are axis @axis of rank @rank. */
static uint32_t per_channel(struct onnx_import *im, uint32_t value, uint32_t axis, uint32_t rank)
{
	uint32_t x = value == NPUC_NONE ? NPUC_NONE : onnx_stored(im, value, ONNX_PLAIN);
	int32_t list[NPUC_MAX_RANK];

	if (x == NPUC_NONE || axis >= rank)
		return NPUC_NONE;
	for (uint32_t i = 0; i < rank; i++)
		list[i] = i == axis ? -1 : 1;
	return onnx_binary(im, TFLITE_RESHAPE, x, npuc_build_list(&im->b, list, rank));
}

/* 1 / sqrt(variance + epsilon) */
static uint32_t inverse(struct onnx_import *im, const struct onnx_node *n, uint32_t variance)
{
	uint32_t sum = onnx_binary(im, TFLITE_ADD, variance,
				   onnx_real(im, onnx_float(n, "epsilon", 1e-5f)));

	return onnx_step(im, TFLITE_RSQRT, &none, &sum, 1, NPUC_NONE);
}

/* (x - mean) * factor * scale + bias under the node's name */
static int emit(struct onnx_import *im, const struct onnx_node *n, uint32_t centred,
		uint32_t factor, uint32_t scale, uint32_t bias, enum onnx_layout layout)
{
	struct onnx_target t;
	uint32_t pair[2];

	onnx_target(im, n, false, true, &t);
	pair[0] = onnx_binary(im, TFLITE_MUL, centred, factor);
	pair[1] = scale;
	if (bias == NPUC_NONE)
		return onnx_emit(im, &t, TFLITE_MUL, &none, pair, 2, layout);
	pair[0] = onnx_binary(im, TFLITE_MUL, pair[0], scale);
	pair[1] = bias;
	return onnx_emit(im, &t, TFLITE_ADD, &none, pair, 2, layout);
}

/* x, scale, bias, mean, variance; all but x one number for each channel */
int onnx_import_batch_norm(struct onnx_import *im, const struct onnx_node *n)
{
	enum onnx_layout layout = onnx_natural(im, n, 1);
	uint32_t value = onnx_input(im, n, 0), x, p[4], axis, rank;

	/* before version 7 training was what was not called a test */
	if (value == NPUC_NONE || onnx_int(n, "training_mode", 0) || n->output_count != 1 ||
	    (im->m.opset < 7 && !onnx_int(n, "is_test", 0)) || !onnx_int(n, "spatial", 1))
		return onnx_refuse(im, "training is not supported");
	rank = onnx_rank(im, value);
	axis = layout == ONNX_CHANNELS_LAST ? 3 : 1;
	x = onnx_stored(im, value, layout);
	for (uint32_t i = 0; i < 4; i++)
		p[i] = per_channel(im, onnx_input(im, n, 1 + i), axis, rank);
	if (rank < 2)
		return onnx_refuse(im, "the input has no channels");
	return emit(im, n, onnx_binary(im, TFLITE_SUB, x, p[2]), inverse(im, n, p[3]), p[0], p[1],
		    layout);
}

/**
 * struct normal - what a normalisation gives besides its result
 * @mean: tensor number of the mean
 * @inverse: of 1 / sqrt(variance + epsilon)
 */
struct normal {
	uint32_t mean;
	uint32_t inverse;
};

/* Mean and variance over axes from @first on. */
static int normalise(struct onnx_import *im, const struct onnx_node *n, uint32_t value,
		     uint32_t first, uint32_t scale, uint32_t bias, struct normal *found)
{
	const struct npuc_attributes keep = { .keep_dims = 1 };
	uint32_t rank = onnx_rank(im, value), x = onnx_stored(im, value, ONNX_PLAIN);
	uint32_t mean[2], variance[2], centred;
	int32_t axes[NPUC_MAX_RANK];

	for (uint32_t i = first; i < rank; i++)
		axes[i - first] = (int32_t)i;
	mean[0] = x;
	mean[1] = npuc_build_list(&im->b, axes, rank - first);
	mean[0] = onnx_step(im, TFLITE_MEAN, &keep, mean, 2, NPUC_NONE);
	centred = onnx_binary(im, TFLITE_SUB, x, mean[0]);
	variance[0] = onnx_binary(im, TFLITE_MUL, centred, centred);
	variance[1] = mean[1];
	variance[0] = onnx_step(im, TFLITE_MEAN, &keep, variance, 2, NPUC_NONE);
	found->mean = mean[0];
	found->inverse = inverse(im, n, variance[0]);
	return emit(im, n, centred, found->inverse, scale, bias, ONNX_PLAIN);
}

int onnx_import_instance_norm(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), rank;
	struct normal found;

	if (value == NPUC_NONE || onnx_rank(im, value) < 3)
		return onnx_refuse(im, "the input has no images");
	rank = onnx_rank(im, value);
	return normalise(im, n, value, 2, per_channel(im, onnx_input(im, n, 1), 1, rank),
			 per_channel(im, onnx_input(im, n, 2), 1, rank), &found);
}

/* Mean and inverse deviation may be outputs 1 and 2. */
int onnx_import_layer_norm(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), first, scale = onnx_input(im, n, 1);
	uint32_t bias = onnx_input(im, n, 2);
	struct normal found;
	int err;

	if (value == NPUC_NONE || scale == NPUC_NONE || n->output_count > 3)
		return onnx_refuse(im, "an input is missing, or there are more than 3 outputs");
	first = onnx_axis(im, value, onnx_int(n, "axis", -1));
	if (first == NPUC_NONE)
		return onnx_refuse(im, "axis is out of range");
	err = normalise(im, n, value, first, onnx_stored(im, scale, ONNX_PLAIN),
			bias == NPUC_NONE ? bias : onnx_stored(im, bias, ONNX_PLAIN), &found);
	for (uint32_t i = 1; i < n->output_count && !err; i++) {
		uint32_t to = onnx_value(im, n->outputs[i]);

		if (to != NPUC_NONE)
			err = onnx_give(im, to, i == 1 ? found.mean : found.inverse, ONNX_PLAIN);
	}
	return err;
}
