// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Reshape, Flatten, Transpose, Concat, DepthToSpace: nodes that compute nothing. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "import.h"

/*
 * A node that only moves takes codes as well as numbers.  Where its input is
 * dequantised from computed codes it moves these, and the result is dequantised
 * from the moved ones, which no name in the file stands for.
 */
static uint32_t begin(struct onnx_import *im, uint32_t value, enum onnx_layout layout)
{
	uint32_t codes = onnx_codes(im, value);

	if (codes != NPUC_NONE && !im->values[codes].constant)
		return onnx_codes_stored(im, value, layout);
	return onnx_stored(im, value, layout);
}

static int emit_move(struct onnx_import *im, const struct onnx_node *n, uint32_t builtin,
		     const struct npuc_attributes *a, const uint32_t *inputs, uint32_t count,
		     enum onnx_layout layout)
{
	uint32_t from = onnx_input(im, n, 0), to = onnx_value(im, n->outputs[0]);
	struct onnx_target t = { .value = to };
	uint32_t codes = onnx_codes(im, from);

	if (inputs[0] == NPUC_NONE)
		return -EOPNOTSUPP;
	t.type = im->b.g.tensors[inputs[0]].type;
	t.quant = im->b.g.tensors[inputs[0]].quant;
	if (codes != NPUC_NONE && !im->values[codes].constant) {
		t.value = onnx_hidden(im);
		im->values[to].codes = t.value;
		im->values[to].scale = im->values[from].scale;
		im->values[to].zero = im->values[from].zero;
	}
	return onnx_emit(im, &t, builtin, a, inputs, count, layout);
}

void onnx_alias(struct onnx_import *im, uint32_t from, uint32_t to)
{
	struct onnx_value *v = &im->values[to];

	v->constant = im->values[from].constant;
	v->codes = im->values[from].codes;
	v->scale = im->values[from].scale;
	v->zero = im->values[from].zero;
	v->axis = im->values[from].axis;
	memcpy(v->stored, im->values[from].stored, sizeof(v->stored));
}

int onnx_import_identity(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t from = onnx_input(im, n, 0);

	if (from == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	/* the third input of Dropout asks for training */
	if ((n->input_count > 2 && onnx_input(im, n, 2) != NPUC_NONE) ||
	    (im->m.opset < 7 && onnx_is(n->op, "Dropout") && !onnx_int(n, "is_test", 0)))
		return onnx_refuse(im, "training is not supported");
	onnx_alias(im, from, onnx_value(im, n->outputs[0]));
	return 0;
}

/* Since version 12 one or several numbers may stand for a tensor. */
static bool written_constant(struct onnx_import *im, const struct onnx_node *n,
			     struct onnx_constant *c)
{
	int64_t list[2 * NPUC_MAX_RANK] = { onnx_int(n, "value_int", 0) };
	uint32_t count = onnx_ints(n, "value_ints", list, 2 * NPUC_MAX_RANK), size;
	float real = onnx_float(n, "value_float", NAN);
	bool whole = onnx_int(n, "value_int", 0) == onnx_int(n, "value_int", 1);
	uint8_t *data = npuc_build_memory(&im->b, sizeof(list));

	if (!data || count > 2 * NPUC_MAX_RANK || (!count && !whole && isnan(real)))
		return false;
	*c = (struct onnx_constant){ .type = count || whole ? ONNX_INT64 : ONNX_FLOAT };
	size = onnx_type_size(c->type);
	if (count) {
		c->rank = 1;
		c->dim[0] = count;
	}
	if (c->type == ONNX_FLOAT)
		memcpy(data, &real, sizeof(real));
	for (uint32_t i = 0; c->type == ONNX_INT64 && i < 8 * (count + !count); i++)
		data[i] = (uint8_t)((uint64_t)list[i / 8] >> 8 * (i % 8));
	c->raw = data;
	c->raw_size = (size_t)size * (count + !count);
	return true;
}

int onnx_import_constant(struct onnx_import *im, const struct onnx_node *n)
{
	struct onnx_value *v = &im->values[onnx_value(im, n->outputs[0])];
	struct onnx_constant *c = npuc_build_memory(&im->b, sizeof(*c));

	if (!c)
		return onnx_broken(im);
	if (!onnx_tensor(n, "value", c) && !written_constant(im, n, c))
		return onnx_refuse(im, "only tensors and numbers are supported");
	v->constant = c;
	return 0;
}

/* The constant @from with other dimensions, one of which may be -1; NULL if they do not fit. */
static const struct onnx_constant *reshaped(struct onnx_import *im,
					    const struct onnx_constant *from, const int64_t *shape,
					    uint32_t rank)
{
	struct onnx_constant *c = npuc_build_memory(&im->b, sizeof(*c));
	uint64_t elements = onnx_constant_elements(from), known = 1;
	uint32_t open = NPUC_NONE;

	if (!c)
		return NULL;
	*c = *from;
	c->rank = rank;
	for (uint32_t i = 0; i < rank; i++) {
		c->dim[i] = (uint32_t)shape[i];
		if (shape[i] < 0)
			open = i;
		else
			known *= (uint64_t)shape[i];
		if (!known || known > elements)
			return NULL;
	}
	if (open != NPUC_NONE)
		c->dim[open] = (uint32_t)(elements / known);
	return onnx_constant_elements(c) == elements ? c : NULL;
}

/* Constants, and codes that numbers are dequantised from, stay constants in another shape. */
static bool reshape_constant(struct onnx_import *im, const struct onnx_node *n,
			     const int64_t *shape, uint32_t rank)
{
	uint32_t from = onnx_input(im, n, 0), to = onnx_value(im, n->outputs[0]);
	uint32_t codes = onnx_codes(im, from);
	const struct onnx_constant *c = im->values[codes == NPUC_NONE ? from : codes].constant;

	c = c ? reshaped(im, c, shape, rank) : NULL;
	if (!c)
		return false;
	if (codes != NPUC_NONE) {
		/* several scales would run along an axis that is no more */
		if (onnx_constant_elements(im->values[im->values[from].scale].constant) != 1)
			return false;
		im->values[to].codes = onnx_hidden(im);
		im->values[to].scale = im->values[from].scale;
		im->values[to].zero = im->values[from].zero;
		to = im->values[to].codes;
	}
	im->values[to].constant = c;
	return true;
}

/* A number without dimensions, which TFLite has no list for; false for what is not constant. */
static bool reshape_number(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t t = im->values[onnx_input(im, n, 0)].stored[ONNX_PLAIN];
	const struct npuc_shape scalar = { 0 };
	const struct npuc_tensor *was = t == NPUC_NONE ? NULL : &im->b.g.tensors[t];

	if (!was || !was->data || was->elements != 1)
		return false;
	t = npuc_build_constant(&im->b, "", was->type, &scalar, was->data);
	return !onnx_give(im, onnx_value(im, n->outputs[0]), t, ONNX_PLAIN);
}

/* A new shape, with the file's order of elements. */
static int reshape(struct onnx_import *im, const struct onnx_node *n, const int64_t *shape,
		   uint32_t rank)
{
	int32_t list[NPUC_MAX_RANK];
	struct npuc_attributes a = { 0 };
	uint32_t inputs[2];

	if (rank > NPUC_MAX_RANK)
		return onnx_refuse(im, "the new shape has %u dimensions", rank);
	for (uint32_t i = 0; i < rank; i++) {
		if (shape[i] < -1 || shape[i] > INT32_MAX)
			return onnx_refuse(im, "dimension %u is %lld", i, (long long)shape[i]);
		list[i] = (int32_t)shape[i];
	}
	if (reshape_constant(im, n, shape, rank) || (!rank && reshape_number(im, n)))
		return 0;
	if (!rank)
		return onnx_refuse(im, "the new shape has no dimensions");
	inputs[0] = begin(im, onnx_input(im, n, 0), ONNX_PLAIN);
	inputs[1] = npuc_build_list(&im->b, list, rank);
	return emit_move(im, n, TFLITE_RESHAPE, &a, inputs, 2, ONNX_PLAIN);
}

int onnx_import_reshape(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), count;
	int64_t list[NPUC_MAX_RANK];
	struct npuc_shape was;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	count = onnx_integers(im, onnx_input(im, n, 1), list, NPUC_MAX_RANK);
	if (count == NPUC_NONE)
		return onnx_refuse(im, "the new shape must be constant");
	was = onnx_shape(im, value);
	for (uint32_t i = 0; i < count; i++) {
		if (list[i] || onnx_int(n, "allowzero", 0))
			continue;
		if (i >= was.rank)
			return onnx_refuse(im, "dimension %u is to be kept, but there is none", i);
		list[i] = was.dim[i];
	}
	return reshape(im, n, list, count);
}

int onnx_import_flatten(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0);
	int64_t axis = onnx_int(n, "axis", 1), list[2] = { 1, -1 };
	struct npuc_shape was;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	was = onnx_shape(im, value);
	axis += axis < 0 ? was.rank : 0;
	if (axis < 0 || axis > was.rank)
		return onnx_refuse(im, "axis is out of range");
	for (uint32_t i = 0; i < axis; i++)
		list[0] *= was.dim[i];
	return reshape(im, n, list, 2);
}

/* Squeeze and Unsqueeze; axes are an attribute before opset 13, and an input since. */
int onnx_import_squeeze(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), count, rank, bits = 0, from = 0, to = 0;
	bool adds = onnx_is(n->op, "Unsqueeze");
	int64_t axes[NPUC_MAX_RANK], list[2 * NPUC_MAX_RANK];
	struct npuc_shape was;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	was = onnx_shape(im, value);
	count = n->input_count > 1 ? onnx_integers(im, onnx_input(im, n, 1), axes, NPUC_MAX_RANK) :
				     onnx_ints(n, "axes", axes, NPUC_MAX_RANK);
	if (count > NPUC_MAX_RANK)
		return onnx_refuse(im, "axes must be constant");
	rank = was.rank + (adds ? count : 0);
	for (uint32_t i = 0; i < count; i++) {
		axes[i] += axes[i] < 0 ? rank : 0;
		if (axes[i] < 0 || axes[i] >= rank)
			return onnx_refuse(im, "axis %u is out of range", i);
		bits |= 1u << axes[i];
	}
	for (uint32_t i = 0; i < rank; i++) {
		bool listed = bits >> i & 1;

		if (adds)
			list[to++] = listed || from >= was.rank ? 1 : was.dim[from++];
		else if (listed ? was.dim[i] != 1 : count || was.dim[i] != 1)
			list[to++] = was.dim[i];
	}
	return reshape(im, n, list, to);
}

int onnx_import_transpose(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), count, seen = 0, inputs[2];
	int64_t order[NPUC_MAX_RANK];
	int32_t list[NPUC_MAX_RANK];
	struct npuc_attributes a = { 0 };
	struct npuc_shape was;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	was = onnx_shape(im, value);
	count = onnx_ints(n, "perm", order, NPUC_MAX_RANK);
	for (uint32_t i = 0; i < was.rank; i++) {
		int64_t axis = count ? order[i] : was.rank - 1 - i;

		if ((count && count != was.rank) || axis < 0 || axis >= was.rank)
			return onnx_refuse(im, "perm does not fit the input");
		seen |= 1u << axis;
		list[i] = (int32_t)axis;
	}
	if (seen != (1u << was.rank) - 1)
		return onnx_refuse(im, "perm names a dimension twice");
	/* To channels last is how an image lies already. */
	if (was.rank == 4 && list[1] == 2 && list[2] == 3 && list[3] == 1 && !list[0]) {
		int32_t shape[4] = { (int32_t)was.dim[0], (int32_t)was.dim[2], (int32_t)was.dim[3],
				     (int32_t)was.dim[1] };

		inputs[0] = begin(im, value, ONNX_CHANNELS_LAST);
		inputs[1] = npuc_build_list(&im->b, shape, 4);
		return emit_move(im, n, TFLITE_RESHAPE, &a, inputs, 2, ONNX_PLAIN);
	}
	inputs[0] = begin(im, value, ONNX_PLAIN);
	inputs[1] = npuc_build_list(&im->b, list, was.rank);
	return emit_move(im, n, TFLITE_TRANSPOSE, &a, inputs, 2, ONNX_PLAIN);
}

/* Codes are joined as they are when all inputs have one quantisation. */
static bool joins_codes(struct onnx_import *im, const struct onnx_node *n)
{
	struct npuc_tensor first = { 0 }, other = { 0 };

	for (uint32_t i = 0; i < n->input_count; i++) {
		uint32_t v = onnx_input(im, n, i), codes;

		if (v == NPUC_NONE)
			return false;
		codes = onnx_codes(im, v);
		if (codes == NPUC_NONE || im->values[codes].constant ||
		    !onnx_codes_quant(im, v, 0, &other.quant))
			return false;
		if (!i)
			first = other;
		if (npuc_scale(&first, 0) != npuc_scale(&other, 0) ||
		    npuc_zero_point(&first, 0) != npuc_zero_point(&other, 0))
			return false;
	}
	return true;
}

int onnx_import_concat(struct onnx_import *im, const struct onnx_node *n)
{
	enum onnx_layout layout = onnx_natural(im, n, n->input_count);
	uint32_t *inputs = npuc_build_memory(&im->b, n->input_count * sizeof(*inputs)), axis;
	bool codes = joins_codes(im, n);
	struct npuc_attributes a = { 0 };
	struct onnx_target t = { .value = onnx_value(im, n->outputs[0]),
				 .type = NPUC_TYPE_FLOAT32 };

	if (!inputs)
		return onnx_broken(im);
	for (uint32_t i = 0; i < n->input_count; i++) {
		uint32_t v = onnx_input(im, n, i);

		if (v == NPUC_NONE)
			return onnx_refuse(im, "an input is missing");
		inputs[i] = codes ? onnx_codes_stored(im, v, layout) : onnx_stored(im, v, layout);
		if (inputs[i] == NPUC_NONE)
			return -EOPNOTSUPP;
	}
	axis = onnx_axis(im, onnx_input(im, n, 0), onnx_int(n, "axis", 0));
	if (axis == NPUC_NONE)
		return onnx_refuse(im, "axis is out of range");
	a.axis = onnx_axis_in(axis, layout);
	if (codes)
		return emit_move(im, n, TFLITE_CONCATENATION, &a, inputs, n->input_count, layout);
	t.type = im->b.g.tensors[inputs[0]].type;
	t.quant = im->b.g.tensors[inputs[0]].quant;
	return onnx_emit(im, &t, TFLITE_CONCATENATION, &a, inputs, n->input_count, layout);
}

/* In CRD the channels that are left stand before the block's, in DCR and TFLite behind. */
static int depth_crd(struct onnx_import *im, const struct onnx_node *n, uint32_t value, int32_t b)
{
	const struct npuc_shape was = onnx_shape(im, value);
	int32_t h = (int32_t)was.dim[2], w = (int32_t)was.dim[3], c = (int32_t)was.dim[1] / b / b;
	int32_t count = (int32_t)was.dim[0];
	uint32_t x = onnx_stored(im, value, ONNX_PLAIN);

	x = onnx_as(im, x, (int32_t[]){ count * c, b, b, h, w }, 5);
	x = onnx_turned(im, x, (int32_t[]){ 0, 3, 1, 4, 2 }, 5);
	x = onnx_as(im, x, (int32_t[]){ count, c, h * b, w * b }, 4);
	return onnx_give(im, onnx_value(im, n->outputs[0]), x, ONNX_PLAIN);
}

/* TFLite orders the channels as DCR does; CRD is the same where one is left of each block. */
int onnx_import_depth_to_space(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), x;
	int64_t block = onnx_int(n, "blocksize", 0);
	struct onnx_text mode = onnx_string(n, "mode");
	bool back = onnx_is(n->op, "SpaceToDepth");
	struct npuc_attributes a = { 0 };
	struct npuc_shape was;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	was = onnx_shape(im, value);
	if (was.rank != 4 || block < 1 || block > UINT16_MAX ||
	    (!back && was.dim[1] % (uint64_t)(block * block)))
		return onnx_refuse(im, "rank or blocksize are not supported");
	if (!back && mode.at && onnx_is(mode, "CRD") && was.dim[1] != block * block)
		return depth_crd(im, n, value, (int32_t)block);
	a.block = (uint32_t)block;
	x = begin(im, value, ONNX_CHANNELS_LAST);
	return emit_move(im, n, back ? TFLITE_SPACE_TO_DEPTH : TFLITE_DEPTH_TO_SPACE, &a, &x, 1,
			 ONNX_CHANNELS_LAST);
}
