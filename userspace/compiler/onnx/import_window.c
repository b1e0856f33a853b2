// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Conv, MaxPool, AveragePool: windows that slide over images. */
#include <errno.h>
#include <string.h>

#include "import.h"

/**
 * struct window - a sliding window as ONNX describes it
 * @kernel: taps, height and width
 * @a: stride, dilation, filter and paddings
 */
struct window {
	uint32_t kernel[2];
	struct npuc_attributes a;
};

/* One number for each dimension of the image; an image of one dimension is one column. */
static bool pair(const struct onnx_node *n, const char *name, uint32_t dims, uint32_t out[2],
		 uint32_t usual)
{
	int64_t list[2] = { usual, usual };
	uint32_t count = onnx_ints(n, name, list, 2);

	if (dims == 1 && count == 1) {
		list[1] = 1;
		count = 2;
	} else if (dims == 1 && count) {
		return false;
	}

	out[0] = (uint32_t)list[0];
	out[1] = (uint32_t)list[1];
	if (!count)
		return true;
	return count == 2 && list[0] > 0 && list[1] > 0 && list[0] <= INT32_MAX &&
	       list[1] <= INT32_MAX;
}

/* auto_pad counts paddings from the output's size; an odd one goes behind, or in front. */
static bool auto_pads(const struct onnx_node *n, const struct npuc_shape *in, struct window *w)
{
	struct onnx_text how = onnx_string(n, "auto_pad");
	bool upper = how.at && onnx_is(how, "SAME_UPPER"),
	     lower = how.at && onnx_is(how, "SAME_LOWER");

	if (!upper && !lower)
		return !how.at || onnx_is(how, "VALID") || onnx_is(how, "NOTSET");
	for (uint32_t i = 0; i < 2; i++) {
		uint64_t size = in->dim[2 + i], step = w->a.stride[i];
		uint64_t covered = ((size + step - 1) / step - 1) * step +
				   (uint64_t)(w->kernel[i] - 1) * w->a.dilation[i] + 1;
		uint64_t missing = covered > size ? covered - size : 0;

		if (missing > INT32_MAX)
			return false;
		w->a.pads[i] = (uint32_t)((missing + lower) / 2);
		w->a.pads[2 + i] = (uint32_t)missing - w->a.pads[i];
	}
	return true;
}

/* The image of a value; one of a single dimension is a column: height, and a width of 1. */
static struct npuc_shape image_of(const struct onnx_import *im, uint32_t value, uint32_t *dims)
{
	struct npuc_shape in = onnx_shape(im, value);

	*dims = in.rank == 3 ? 1 : 2;
	if (in.rank == 3) {
		in.rank = 4;
		in.dim[3] = 1;
	}
	return in;
}

/* Channels last, of an image of a single dimension too. */
static uint32_t image_stored(struct onnx_import *im, uint32_t value, bool codes)
{
	static const int32_t last[] = { 0, 2, 1 };
	struct npuc_shape in = onnx_shape(im, value);
	uint32_t x;

	if (in.rank != 3)
		return codes ? onnx_codes_stored(im, value, ONNX_CHANNELS_LAST) :
			       onnx_stored(im, value, ONNX_CHANNELS_LAST);
	x = onnx_stored(im, value, ONNX_PLAIN);
	x = onnx_turned(im, x, last, 3);
	return onnx_as(im, x,
		       (int32_t[]){ (int32_t)in.dim[0], (int32_t)in.dim[2], 1, (int32_t)in.dim[1] },
		       4);
}

/* The result of a window over images of @dims dimensions. */
static int emit_window(struct onnx_import *im, const struct onnx_target *t, uint32_t builtin,
		       const struct npuc_attributes *a, const uint32_t *inputs, uint32_t count,
		       uint32_t dims)
{
	static const int32_t first[] = { 0, 2, 1 };
	struct npuc_attributes with = *a;
	struct npuc_shape shape;
	uint32_t x;

	if (dims == 2)
		return onnx_emit(im, t, builtin, a, inputs, count, ONNX_CHANNELS_LAST);
	with.activation = (uint8_t)t->activation;
	x = onnx_step(im, builtin, &with, inputs, count, NPUC_NONE);
	if (x == NPUC_NONE)
		return -EOPNOTSUPP;
	shape = im->b.g.tensors[x].shape;
	x = onnx_as(im, x,
		    (int32_t[]){ (int32_t)shape.dim[0], (int32_t)shape.dim[1],
				 (int32_t)shape.dim[3] },
		    3);
	return onnx_give(im, t->value, onnx_turned(im, x, first, 3), ONNX_PLAIN);
}

static bool read_window(const struct onnx_node *n, const struct npuc_shape *in, uint32_t dims,
			struct window *w)
{
	int64_t pads[4] = { 0 };
	uint32_t count = onnx_ints(n, "pads", pads, 4);

	if (dims == 1 && count == 2) {
		pads[2] = pads[1];
		pads[1] = 0;
		count = 4;
	} else if (dims == 1 && count) {
		return false;
	}

	w->a.padding = NPUC_PADDING_EXPLICIT;
	if (in->rank != 4 || !pair(n, "strides", dims, w->a.stride, 1) ||
	    !pair(n, "dilations", dims, w->a.dilation, 1) || (count && count != 4))
		return false;
	for (uint32_t i = 0; i < 4; i++) {
		if (pads[i] < 0 || pads[i] > UINT16_MAX)
			return false;
		w->a.pads[i] = (uint32_t)pads[i];
	}
	memcpy(w->a.filter, w->kernel, sizeof(w->kernel));
	return auto_pads(n, in, w);
}

/**
 * struct product - operands of a convolution
 * @x: value number of the input, or of its codes
 * @w: value number of the weights, or of numbers dequantised from them
 * @bias: value number, NPUC_NONE
 * @quant: of the weights, along axis 0 of the file; count 0 when not quantised
 */
struct product {
	uint32_t x;
	uint32_t w;
	uint32_t bias;
	struct npuc_quant quant;
};

/* Weights in TFLite's order: O,H,W,I, or 1,H,W,O where every group has one channel. */
static uint32_t conv_weights(struct onnx_import *im, const struct product *p, bool depthwise)
{
	static const uint32_t orders[2][4] = { { 0, 2, 3, 1 }, { 1, 2, 3, 0 } };
	/* where there is no width, which is 1 then, any other dimension is as good */
	static const uint32_t columns[2][4] = { { 0, 2, 2, 1 }, { 1, 2, 2, 0 } };
	const struct npuc_shape was = onnx_shape(im, p->w);
	struct npuc_shape shape = { .rank = 4 };
	struct npuc_quant q = p->quant;

	if (was.rank == 3) {
		for (uint32_t i = 0; i < 4; i++)
			shape.dim[i] = i == 2 ? 1 : was.dim[columns[depthwise][i]];
		q.axis = depthwise ? 3 : 0;
		return onnx_permuted(im, p->w, &shape, columns[depthwise], &q);
	}

	for (uint32_t i = 0; i < 4; i++)
		shape.dim[i] = was.dim[orders[depthwise][i]];
	q.axis = depthwise ? 3 : 0;
	return onnx_permuted(im, p->w, &shape, orders[depthwise], &q);
}

static int emit_conv(struct onnx_import *im, const struct onnx_node *n, const struct product *p,
		     const struct onnx_target *t, uint32_t x)
{
	const struct npuc_shape weights = onnx_shape(im, p->w);
	int64_t groups = onnx_int(n, "group", 1);
	struct window w = { 0 };
	uint32_t inputs[3] = { x };
	uint32_t count = 2, dims, said[2];
	const struct npuc_shape in = image_of(im, p->x, &dims);
	bool depthwise;

	if (weights.rank != dims + 2)
		return onnx_refuse(im, "weights are of rank %u, only images are convolved",
				   weights.rank);
	w.kernel[0] = weights.dim[2];
	w.kernel[1] = dims == 2 ? weights.dim[3] : 1;
	if (!read_window(n, &in, dims, &w))
		return onnx_refuse(im, "strides, dilations, pads or auto_pad are out of range");
	if (!pair(n, "kernel_shape", dims, said, 0) ||
	    (said[0] && (said[0] != w.kernel[0] || said[1] != w.kernel[1])))
		return onnx_refuse(im, "kernel_shape is not that of the weights, %u x %u",
				   w.kernel[0], w.kernel[1]);
	if (groups < 1 || groups > UINT32_MAX || in.dim[1] % groups ||
	    weights.dim[1] != in.dim[1] / groups)
		return onnx_refuse(im,
				   "weights of %u channels, an input of %u and %lld groups "
				   "do not fit each other",
				   weights.dim[1], in.dim[1], (long long)groups);
	depthwise = groups > 1 && groups == in.dim[1] && weights.dim[1] == 1;
	if (groups != 1 && !depthwise)
		return onnx_refuse(im, "%lld groups of several channels are not supported",
				   (long long)groups);
	inputs[1] = conv_weights(im, p, depthwise);
	if (inputs[1] == NPUC_NONE)
		return -EOPNOTSUPP;
	if (p->bias != NPUC_NONE) {
		uint32_t codes = onnx_codes(im, p->bias);

		inputs[2] = onnx_stored(im, p->quant.count && codes != NPUC_NONE ? codes : p->bias,
					ONNX_PLAIN);
		count = 3;
	}
	return emit_window(im, t, depthwise ? TFLITE_DEPTHWISE_CONV_2D : TFLITE_CONV_2D, &w.a,
			   inputs, count, dims);
}

/* Codes go in and out when everything around the node is quantised. */
int onnx_import_conv(struct onnx_import *im, const struct onnx_node *n)
{
	struct product p = { .x = onnx_input(im, n, 0),
			     .w = onnx_input(im, n, 1),
			     .bias = onnx_input(im, n, 2) };
	struct onnx_target t;
	uint32_t x;

	if (p.x == NPUC_NONE || p.w == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	if (onnx_rank(im, p.x) == 4 && onnx_codes(im, p.x) != NPUC_NONE &&
	    onnx_codes(im, p.w) != NPUC_NONE &&
	    (p.bias == NPUC_NONE || onnx_codes(im, p.bias) != NPUC_NONE) &&
	    onnx_target(im, n, true, true, &t)) {
		if (!onnx_codes_quant(im, p.w, 0, &p.quant))
			return onnx_refuse(im, "scales of the weights do not fit");
		x = onnx_codes_stored(im, p.x, ONNX_CHANNELS_LAST);
		return x == NPUC_NONE ? -EOPNOTSUPP : emit_conv(im, n, &p, &t, x);
	}
	onnx_target(im, n, false, true, &t);
	x = image_stored(im, p.x, false);
	return x == NPUC_NONE ? -EOPNOTSUPP : emit_conv(im, n, &p, &t, x);
}

/* x, its scale and zero point, w, its scale and zero point, y's scale and zero point, bias */
int onnx_import_qlinear_conv(struct onnx_import *im, const struct onnx_node *n)
{
	struct product p = { .x = onnx_input(im, n, 0),
			     .w = onnx_input(im, n, 3),
			     .bias = onnx_input(im, n, 8) };
	struct onnx_target t;
	uint32_t x = onnx_qlinear(im, n, 0, ONNX_CHANNELS_LAST);

	if (x != NPUC_NONE && onnx_rank(im, p.x) != 4)
		return onnx_refuse(im, "only images are supported");
	if (x == NPUC_NONE || p.w == NPUC_NONE || !onnx_qlinear_target(im, n, 6, &t) ||
	    !onnx_quant(im, onnx_input(im, n, 4), onnx_input(im, n, 5), 0, &p.quant))
		return onnx_refuse(im, "scales and zero points must be constant");
	return emit_conv(im, n, &p, &t, x);
}

/*
 * With ceil_mode windows may begin inside and end behind the paddings: as many more
 * as make the last one whole.
 */
static bool pad_to_whole(const struct npuc_shape *in, struct window *w)
{
	for (uint32_t i = 0; i < 2; i++) {
		uint64_t size = (uint64_t)in->dim[2 + i] + w->a.pads[i] + w->a.pads[2 + i];
		uint64_t rest = size < w->kernel[i] ? 0 : (size - w->kernel[i]) % w->a.stride[i];
		uint64_t more = rest ? w->a.stride[i] - rest : 0;

		/* a window that would see nothing but what is added */
		if (size < w->kernel[i] || more >= w->kernel[i] ||
		    size + more - w->kernel[i] >= (uint64_t)in->dim[2 + i] + w->a.pads[i])
			return false;
		w->a.pads[2 + i] += (uint32_t)more;
	}
	return true;
}

/* Padding that counts as elements is only there where there is none. */
static int pool_window(struct onnx_import *im, const struct onnx_node *n,
		       const struct npuc_shape *in, uint32_t dims, struct window *w)
{
	bool average = !onnx_is(n->op, "MaxPool");

	if (!pair(n, "kernel_shape", dims, w->kernel, 0) || !w->kernel[0] ||
	    !read_window(n, in, dims, w) || w->a.dilation[0] != 1 || w->a.dilation[1] != 1 ||
	    (average && onnx_int(n, "count_include_pad", 0) &&
	     (w->a.pads[0] || w->a.pads[1] || w->a.pads[2] || w->a.pads[3])) ||
	    (onnx_int(n, "ceil_mode", 0) && !pad_to_whole(in, w)))
		return onnx_refuse(im, "window, strides, dilations, pads, ceil_mode or "
				       "count_include_pad are not supported");
	return 0;
}

int onnx_import_pool(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), x, builtin, dims;
	bool average = onnx_is(n->op, "AveragePool"), codes;
	struct window w = { 0 };
	struct npuc_shape in;
	struct onnx_target t;
	int err;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	if (n->output_count > 1 && onnx_value(im, n->outputs[1]) != NPUC_NONE)
		return onnx_refuse(im, "indices of the greatest are not supported");
	in = image_of(im, value, &dims);
	err = pool_window(im, n, &in, dims, &w);
	if (err)
		return err;
	builtin = average ? TFLITE_AVERAGE_POOL_2D : TFLITE_MAX_POOL_2D;
	codes = dims == 2 && onnx_codes(im, value) != NPUC_NONE &&
		onnx_target(im, n, true, true, &t);
	if (!codes)
		onnx_target(im, n, false, true, &t);
	x = image_stored(im, value, codes);
	return x == NPUC_NONE ? -EOPNOTSUPP : emit_window(im, &t, builtin, &w.a, &x, 1, dims);
}

/* x, its scale and zero point, y's scale and zero point */
int onnx_import_qlinear_pool(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t x = onnx_qlinear(im, n, 0, ONNX_CHANNELS_LAST), dims;
	struct window w = { 0 };
	struct npuc_shape in;
	struct onnx_target t;
	int err;

	if (x == NPUC_NONE || !onnx_qlinear_target(im, n, 3, &t))
		return onnx_refuse(im, "scales and zero points must be constant");
	in = image_of(im, onnx_input(im, n, 0), &dims);
	if (dims != 2 || onnx_int(n, "channels_last", 0))
		return onnx_refuse(im, "only images with their channels first are supported");
	err = pool_window(im, n, &in, dims, &w);
	return err ? err : emit_window(im, &t, TFLITE_AVERAGE_POOL_2D, &w.a, &x, 1, dims);
}

static int emit_global_pool(struct onnx_import *im, const struct onnx_target *t, uint32_t builtin,
			    uint32_t x)
{
	static const int32_t image[] = { 1, 2 };
	const struct npuc_attributes a = { .keep_dims = 1 };
	const uint32_t inputs[] = { x, npuc_build_list(&im->b, image, 2) };

	if (x == NPUC_NONE)
		return -EOPNOTSUPP;
	return onnx_emit(im, t, builtin, &a, inputs, 2, ONNX_CHANNELS_LAST);
}

int onnx_import_global_pool(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0);
	bool most = onnx_is(n->op, "GlobalMaxPool");
	uint32_t builtin = most ? TFLITE_REDUCE_MAX : TFLITE_MEAN;
	struct onnx_target t;

	if (value == NPUC_NONE || onnx_rank(im, value) != 4)
		return onnx_refuse(im, "only images are supported");
	if (!most && onnx_codes(im, value) != NPUC_NONE && onnx_target(im, n, true, false, &t))
		return emit_global_pool(im, &t, builtin,
					onnx_codes_stored(im, value, ONNX_CHANNELS_LAST));
	onnx_target(im, n, false, false, &t);
	return emit_global_pool(im, &t, builtin, onnx_stored(im, value, ONNX_CHANNELS_LAST));
}

int onnx_import_qlinear_global_pool(struct onnx_import *im, const struct onnx_node *n)
{
	struct onnx_target t;
	uint32_t x;

	if (onnx_int(n, "channels_last", 0))
		return onnx_refuse(im, "channels_last is not supported");
	x = onnx_qlinear(im, n, 0, ONNX_CHANNELS_LAST);
	if (x == NPUC_NONE || !onnx_qlinear_target(im, n, 3, &t))
		return onnx_refuse(im, "scales and zero points must be constant");
	return emit_global_pool(im, &t, TFLITE_MEAN, x);
}
