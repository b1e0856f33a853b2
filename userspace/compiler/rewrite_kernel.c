// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Convolutions whose windows are larger, or whose steps are longer, than the device's.
 *
 * Rows and columns at the edge of a kernel that are zero for every channel are left out.
 * What is still too large is cut into parts.  Each part sees its own piece of the input; the
 * pieces are laid one behind another along the channels, so that one convolution with a small
 * window and as many times the channels has all the products of the large one in one sum:
 * nothing is rounded in between, as it would be if parts were convolved and added.
 *
 * Channels of a depthwise convolution have nothing to do with each other.  They go in groups,
 * each of which is a convolution whose weights from other channels are zero.
 */
#include <stdlib.h>
#include <string.h>

#include "predicates.h"
#include "rewrite.h"
#include "shape.h"
#include "tflite.h"

/* Pieces of the input, which together have that many times its bytes. */
#define MOST_PARTS 64u
/* Groups of channels, each some ops, and channels that one of several has at least. */
#define MOST_GROUPS 16u
#define GROUP_AT_LEAST 8u

/**
 * struct kernel - a large convolution, and how it is made of a small one
 * @op: the large one
 * @weights: its weights
 * @bytes: of a weight
 * @depthwise: each channel has kernels of its own
 * @inputs: channels of the input
 * @per_input: DEPTHWISE_CONV_2D: channels of the output for each of them
 * @w: its window
 * @first: the first row and column that is not zero
 * @count: rows and columns from there
 * @size: rows and columns of the small window
 * @parts: how often that is put below each other and beside each other
 * @step: rows and columns of the input that a piece goes on by
 * @stride: steps of the small window
 * @dilation: distance of its taps
 * @before: zeros above and left of the input
 * @whole: rows and columns of the input with all zeros around
 * @group: input channels of a group
 * @padded: tensor of the input with zeros around
 */
struct kernel {
	const struct npuc_op *op;
	const struct npuc_tensor *weights;
	uint32_t bytes;
	bool depthwise;
	uint32_t inputs;
	uint32_t per_input;
	struct npuc_window w;
	uint32_t first[2];
	uint32_t count[2];
	uint32_t size[2];
	uint32_t parts[2];
	uint32_t step[2];
	uint32_t stride[2];
	uint32_t dilation[2];
	uint32_t before[2];
	uint32_t whole[2];
	uint32_t group;
	uint32_t padded;
};

static uint32_t output_channels(const struct kernel *k)
{
	return k->depthwise ? k->inputs * k->per_input : k->weights->shape.dim[0];
}

/* The weight of one output channel for one input channel; of a depthwise one it has one only. */
static const uint8_t *weight_at(const struct kernel *k, uint32_t out, uint32_t row, uint32_t column,
				uint32_t in)
{
	size_t tap = (size_t)row * k->w.size[1] + column;
	size_t taps = (size_t)k->w.size[0] * k->w.size[1];

	if (k->depthwise)
		return k->weights->data + (tap * output_channels(k) + out) * k->bytes;
	return k->weights->data + ((out * taps + tap) * k->inputs + in) * k->bytes;
}

/* The code of zero; that of a real number is all bits 0. */
static void put_zero(const struct kernel *k, uint32_t out, uint8_t *to)
{
	uint64_t zero = npuc_codes(k->weights) ? (uint64_t)npuc_zero_point(k->weights, out) : 0;

	for (uint32_t i = 0; i < k->bytes; i++)
		to[i] = (uint8_t)(zero >> 8 * i);
}

static bool tap_is_zero(const struct kernel *k, uint32_t row, uint32_t column)
{
	uint32_t inputs = k->depthwise ? 1 : k->inputs;
	uint8_t zero[8];

	for (uint32_t out = 0; out < output_channels(k); out++) {
		put_zero(k, out, zero);
		for (uint32_t in = 0; in < inputs; in++)
			if (memcmp(weight_at(k, out, row, column, in), zero, k->bytes))
				return false;
	}
	return true;
}

/* Is row @at of the kernel zero, or (@axis 1) column @at? */
static bool line_is_zero(const struct kernel *k, uint32_t axis, uint32_t at)
{
	for (uint32_t i = 0; i < k->w.size[1 - axis]; i++)
		if (!tap_is_zero(k, axis ? i : at, axis ? at : i))
			return false;
	return true;
}

static void trim(struct kernel *k)
{
	for (uint32_t axis = 0; axis < 2; axis++) {
		uint32_t first = 0, end = k->w.size[axis];

		while (end > 1 && line_is_zero(k, axis, end - 1))
			end--;
		while (first + 1 < end && line_is_zero(k, axis, first))
			first++;
		k->first[axis] = first;
		k->count[axis] = end - first;
	}
}

/* Rows (columns) of a piece as it is laid out. */
static uint64_t piece(const struct kernel *k, const struct npuc_shape *out, uint32_t axis)
{
	return (uint64_t)(out->dim[1 + axis] - 1) * k->stride[axis] +
	       (uint64_t)(k->size[axis] - 1) * k->dilation[axis] + 1;
}

/* Where in the input, zeros included, piece @number begins. */
static uint64_t piece_at(const struct kernel *k, uint32_t axis, uint32_t number)
{
	uint64_t tap = (uint64_t)k->first[axis] + (uint64_t)number * k->size[axis];

	return tap * k->w.dilation[axis] + k->before[axis] - k->w.pad[axis];
}

/* How the large window is made of small ones that the device takes. */
static bool plan(const struct npuc_rewriting *r, struct kernel *k)
{
	uint32_t most = npuc_rewrite_limit(r, max_kernel), step = npuc_rewrite_limit(r, max_step);
	const struct npuc_shape *in = &npuc_input(r->from, k->op, 0)->shape;
	const struct npuc_shape *out = &npuc_output(r->from, k->op)->shape;

	for (uint32_t i = 0; i < 2; i++) {
		/* Taps that are too far apart, or steps that are too long: each tap is a part. */
		bool far = k->w.stride[i] > step || (k->w.dilation[i] > step && k->count[i] > 1);
		uint64_t shift = (uint64_t)k->first[i] * k->w.dilation[i], end;

		k->parts[i] = far ? k->count[i] : 1 + (k->count[i] - 1) / most;
		k->size[i] = 1 + (k->count[i] - 1) / k->parts[i];
		k->step[i] = far ? k->w.stride[i] : 1;
		k->stride[i] = far ? 1 : k->w.stride[i];
		k->dilation[i] = k->size[i] == 1 ? 1 : k->w.dilation[i];
		k->before[i] = k->w.pad[i] > shift ? (uint32_t)(k->w.pad[i] - shift) : 0;
		end = piece_at(k, i, k->parts[i] - 1) + (piece(k, out, i) - 1) * k->step[i] + 1;
		if (end < (uint64_t)in->dim[1 + i] + k->before[i])
			end = (uint64_t)in->dim[1 + i] + k->before[i];
		if (end > npuc_rewrite_limit(r, max_dim))
			return false;
		k->whole[i] = (uint32_t)end;
	}
	return k->parts[0] <= MOST_PARTS && k->parts[1] <= MOST_PARTS &&
	       k->parts[0] * k->parts[1] <= MOST_PARTS;
}

static bool describe(struct npuc_rewriting *r, struct kernel *k)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	const struct npuc_tensor *t = npuc_input(r->from, op, 1);

	*k = (struct kernel){
		.op = op,
		.weights = t,
		.bytes = npuc_type_size(t->type),
		.depthwise = op->builtin == TFLITE_DEPTHWISE_CONV_2D,
		.inputs = npuc_input(r->from, op, 0)->shape.dim[3],
	};
	if (!t->data || t->data_size != (size_t)t->elements * k->bytes ||
	    (t->quant.count > 1 && t->quant.count != t->shape.dim[k->depthwise ? 3 : 0]))
		return false;
	if (k->depthwise && t->shape.dim[3] % k->inputs)
		return false;
	k->per_input = k->depthwise ? t->shape.dim[3] / k->inputs : 1;
	k->group = k->inputs;
	npuc_window(r->from, op, &npuc_output(r->from, op)->shape, &k->w);
	trim(k);
	return plan(r, k);
}

/* Zeros around the input, as codes of its zero point. */
static bool pad(struct npuc_rewriting *r, struct kernel *k)
{
	static const struct npuc_attributes none;
	const struct npuc_tensor *in = npuc_input(r->from, k->op, 0);
	struct npuc_shape shape = in->shape;
	uint32_t inputs[2] = { k->op->inputs[0] };
	int32_t amounts[8] = { 0 };

	k->padded = inputs[0];
	if (k->whole[0] == in->shape.dim[1] && k->whole[1] == in->shape.dim[2])
		return true;
	for (int i = 0; i < 2; i++) {
		shape.dim[1 + i] = k->whole[i];
		amounts[2 + 2 * i] = (int32_t)k->before[i];
		amounts[3 + 2 * i] = (int32_t)(k->whole[i] - in->shape.dim[1 + i] - k->before[i]);
	}
	inputs[1] = npuc_build_list(&r->b, amounts, 8);
	if (inputs[1] == NPUC_NONE)
		return false;
	r->b.g.tensors[inputs[1]].shape = (struct npuc_shape){ 2, { 4, 2 } };
	k->padded = npuc_rewrite_tensor(r, in, "padded", &shape);
	return npuc_rewrite_emit(r, TFLITE_PAD, "PAD", &none, inputs, 2, k->padded);
}

/* The piece of the input that a part of the window slides over, of some channels. */
static uint32_t take_piece(struct npuc_rewriting *r, const struct kernel *k, uint32_t part,
			   uint32_t channel, uint32_t channels)
{
	static const struct npuc_attributes none;
	const struct npuc_tensor *in = npuc_input(r->from, k->op, 0);
	const struct npuc_shape *out = &npuc_output(r->from, k->op)->shape;
	const uint32_t at[2] = { part / k->parts[1], part % k->parts[1] };
	int32_t begin[4] = { 0, 0, 0, (int32_t)channel }, size[4], end[4], steps[4];
	bool strided = k->step[0] > 1 || k->step[1] > 1, all = !strided;
	struct npuc_shape shape = in->shape;
	uint32_t inputs[4] = { k->padded }, to;

	shape.dim[3] = channels;
	for (uint32_t i = 0; i < 2; i++) {
		shape.dim[1 + i] = (uint32_t)piece(k, out, i);
		begin[1 + i] = (int32_t)piece_at(k, i, at[i]);
		all = all && shape.dim[1 + i] == k->whole[i];
	}
	if (all && channels == k->inputs)
		return k->padded;
	for (uint32_t i = 0; i < 4; i++) {
		steps[i] = i == 1 || i == 2 ? (int32_t)k->step[i - 1] : 1;
		size[i] = (int32_t)shape.dim[i];
		end[i] = begin[i] + (size[i] - 1) * steps[i] + 1;
	}
	inputs[1] = npuc_build_list(&r->b, begin, 4);
	inputs[2] = npuc_build_list(&r->b, strided ? end : size, 4);
	inputs[3] = strided ? npuc_build_list(&r->b, steps, 4) : NPUC_NONE;
	to = npuc_rewrite_tensor(r, in, "piece", &shape);
	if (!npuc_rewrite_emit(r, strided ? TFLITE_STRIDED_SLICE : TFLITE_SLICE,
			       strided ? "STRIDED_SLICE" : "SLICE", &none, inputs, strided ? 4 : 3,
			       to))
		return NPUC_NONE;
	return to;
}

/* All pieces one behind another along the channels. */
static uint32_t stack(struct npuc_rewriting *r, const struct kernel *k, uint32_t channel,
		      uint32_t channels)
{
	static const struct npuc_attributes along = { .axis = 3 };
	uint32_t parts = k->parts[0] * k->parts[1], pieces[MOST_PARTS], to;
	struct npuc_shape shape;

	for (uint32_t i = 0; i < parts; i++) {
		pieces[i] = take_piece(r, k, i, channel, channels);
		if (pieces[i] == NPUC_NONE)
			return NPUC_NONE;
	}
	if (parts == 1)
		return pieces[0];
	shape = r->b.g.tensors[pieces[0]].shape;
	shape.dim[3] *= parts;
	to = npuc_rewrite_tensor(r, npuc_input(r->from, k->op, 0), "stacked", &shape);
	return npuc_rewrite_emit(r, TFLITE_CONCATENATION, "CONCATENATION", &along, pieces, parts,
				 to) ?
		       to :
		       NPUC_NONE;
}

/* A weight of the small window, which lies at a tap of the large one or beyond its end. */
static void put_weight(const struct kernel *k, uint32_t out, const uint32_t at[2], uint32_t in,
		       uint8_t *to)
{
	bool mine = !k->depthwise || out / k->per_input == in;

	if (mine && at[0] < k->count[0] && at[1] < k->count[1])
		memcpy(to, weight_at(k, out, k->first[0] + at[0], k->first[1] + at[1], in),
		       k->bytes);
	else
		put_zero(k, out, to);
}

/* Weights of a CONV_2D over stacked pieces, for some channels of the output. */
static uint32_t stacked_weights(struct npuc_rewriting *r, const struct kernel *k, uint32_t channel,
				uint32_t channels, uint32_t first, uint32_t outputs)
{
	uint32_t parts = k->parts[0] * k->parts[1], t;
	const struct npuc_shape shape = { 4,
					  { outputs, k->size[0], k->size[1], parts * channels } };
	uint32_t elements = npuc_shape_elements(&shape);
	uint8_t *data = elements ? npuc_build_memory(&r->b, (size_t)elements * k->bytes) : NULL;

	for (uint32_t i = 0; data && i < elements; i++) {
		uint32_t deep = i % shape.dim[3], column = i / shape.dim[3] % k->size[1];
		uint32_t row = i / shape.dim[3] / k->size[1] % k->size[0];
		uint32_t out = i / shape.dim[3] / k->size[1] / k->size[0];
		uint32_t part = deep / channels;
		const uint32_t at[2] = { part / k->parts[1] * k->size[0] + row,
					 part % k->parts[1] * k->size[1] + column };

		put_weight(k, first + out, at, channel + deep % channels,
			   data + (size_t)i * k->bytes);
	}
	if (!data)
		return NPUC_NONE;
	t = npuc_build_constant(&r->b, k->weights->name, k->weights->type, &shape, data);
	if (t != NPUC_NONE)
		r->b.g.tensors[t].quant =
			npuc_rewrite_scales(&k->weights->quant, first, outputs, 0);
	return t;
}

/* Weights of the same op without the lines that are zero. */
static uint32_t trimmed_weights(struct npuc_rewriting *r, const struct kernel *k)
{
	struct npuc_shape shape = k->weights->shape;
	uint32_t inner, t;
	uint8_t *data;

	shape.dim[1] = k->count[0];
	shape.dim[2] = k->count[1];
	inner = shape.dim[3] * k->bytes;
	data = npuc_build_memory(&r->b, (size_t)npuc_shape_elements(&shape) * k->bytes);
	for (uint32_t i = 0; data && i < shape.dim[0] * shape.dim[1] * shape.dim[2]; i++)
		memcpy(data + (size_t)i * inner,
		       weight_at(k, k->depthwise ? 0 : i / shape.dim[2] / shape.dim[1],
				 k->first[0] + i / shape.dim[2] % shape.dim[1],
				 k->first[1] + i % shape.dim[2], 0),
		       inner);
	t = data ? npuc_build_constant(&r->b, k->weights->name, k->weights->type, &shape, data) :
		   NPUC_NONE;
	if (t != NPUC_NONE)
		r->b.g.tensors[t].quant = k->weights->quant;
	return t;
}

static struct npuc_attributes small_window(const struct kernel *k)
{
	struct npuc_attributes a = k->op->attributes;

	a.padding = NPUC_PADDING_VALID;
	memcpy(a.stride, k->stride, sizeof(a.stride));
	memcpy(a.dilation, k->dilation, sizeof(a.dilation));
	return a;
}

static bool is_real(const struct npuc_rewriting *r)
{
	return npuc_family(npuc_input(r->from, npuc_rewrite_op(r), 0)->type) == NPUC_REAL;
}

bool npuc_rewrite_kernel_trim(struct npuc_rewriting *r)
{
	const struct npuc_op *op = npuc_rewrite_op(r);
	uint32_t inputs[3] = { NPUC_NONE, NPUC_NONE, NPUC_NONE };
	struct npuc_attributes a;
	struct kernel k;

	if (!describe(r, &k) || k.parts[0] * k.parts[1] > 1 || !pad(r, &k))
		return false;
	a = small_window(&k);
	inputs[0] = take_piece(r, &k, 0, 0, k.inputs);
	inputs[1] = trimmed_weights(r, &k);
	inputs[2] = op->input_count > 2 ? op->inputs[2] : NPUC_NONE;
	return inputs[0] != NPUC_NONE && inputs[1] != NPUC_NONE &&
	       npuc_rewrite_copy(r, &a, inputs) &&
	       npuc_rewrite_done(r, "weights of zero add nothing, and the others stay",
				 "of %u x %u the %u x %u that are not zero are convolved",
				 k.w.size[0], k.w.size[1], k.count[0], k.count[1]);
}

static uint32_t some_biases(struct npuc_rewriting *r, const struct kernel *k, uint32_t first,
			    uint32_t count)
{
	const struct npuc_tensor *bias = npuc_input(r->from, k->op, 2);

	if (!bias || count == output_channels(k))
		return bias ? k->op->inputs[2] : NPUC_NONE;
	return npuc_rewrite_rows(r, bias, first, count);
}

/* One convolution over stacked pieces of some channels; Return: what it writes. */
static uint32_t convolve(struct npuc_rewriting *r, const struct kernel *k, uint32_t channel)
{
	uint32_t left = k->inputs - channel, channels = left < k->group ? left : k->group;
	bool all = channels == k->inputs;
	uint32_t outputs = k->depthwise ? channels * k->per_input : output_channels(k);
	const struct npuc_tensor *out = npuc_output(r->from, k->op);
	const struct npuc_attributes a = small_window(k);
	struct npuc_shape shape = out->shape;
	uint32_t inputs[3], to = k->op->outputs[0];

	shape.dim[3] = outputs;
	inputs[0] = stack(r, k, channel, channels);
	inputs[1] = stacked_weights(r, k, channel, channels, channel * k->per_input, outputs);
	inputs[2] = some_biases(r, k, channel * k->per_input, outputs);
	if (!all)
		to = npuc_rewrite_tensor(r, out, "group", &shape);
	if (inputs[0] == NPUC_NONE || inputs[1] == NPUC_NONE || r->b.failed ||
	    !npuc_rewrite_emit(r, TFLITE_CONV_2D, "CONV_2D", &a, inputs,
			       inputs[2] == NPUC_NONE ? 2 : 3, to))
		return NPUC_NONE;
	r->b.g.ops[r->b.g.op_count - 1].source.version = k->op->source.version;
	return to;
}

static bool convolve_all(struct npuc_rewriting *r, const struct kernel *k)
{
	static const struct npuc_attributes along = { .axis = 3 };
	uint32_t groups[MOST_GROUPS], count = 0;

	for (uint32_t c = 0; c < k->inputs; c += k->group) {
		groups[count] = convolve(r, k, c);
		if (groups[count++] == NPUC_NONE)
			return false;
	}
	return count == 1 || npuc_rewrite_emit(r, TFLITE_CONCATENATION, "CONCATENATION", &along,
					       groups, count, k->op->outputs[0]);
}

bool npuc_rewrite_kernel_stack(struct npuc_rewriting *r)
{
	struct kernel k;

	if (!describe(r, &k))
		return false;
	if (k.depthwise && k.inputs > GROUP_AT_LEAST) {
		k.group = 1 + (k.inputs - 1) / MOST_GROUPS;
		k.group = k.group < GROUP_AT_LEAST ? GROUP_AT_LEAST : k.group;
	}
	if ((uint64_t)k.parts[0] * k.parts[1] * k.group > npuc_rewrite_limit(r, max_dim) ||
	    !pad(r, &k) || !convolve_all(r, &k))
		return false;
	if (k.depthwise)
		npuc_rewrite_done(r, "",
				  "%u x %u is %u x %u over %u pieces of the input, in groups of %u "
				  "channels, which is %u times the products",
				  k.w.size[0], k.w.size[1], k.size[0], k.size[1],
				  k.parts[0] * k.parts[1], k.group, k.group);
	else
		npuc_rewrite_done(r, "", "%u x %u is %u x %u over %u pieces of the input",
				  k.w.size[0], k.w.size[1], k.size[0], k.size[1],
				  k.parts[0] * k.parts[1]);
	r->fix->cause = is_real(r) ? "the same products, summed in another order" :
				     "the same products in one sum";
	return true;
}
