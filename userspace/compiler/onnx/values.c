// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Values and how they lie in the graph. */
#include <stdlib.h>
#include <string.h>

#include "flatbuffer.h"
#include "import.h"

static const struct {
	uint32_t onnx;
	uint32_t type;
} types[] = {
	{ ONNX_FLOAT, NPUC_TYPE_FLOAT32 }, { ONNX_UINT8, NPUC_TYPE_UINT8 },
	{ ONNX_INT8, NPUC_TYPE_INT8 },	   { ONNX_INT16, NPUC_TYPE_INT16 },
	{ ONNX_INT32, NPUC_TYPE_INT32 },   { ONNX_INT64, NPUC_TYPE_INT64 },
	{ ONNX_BOOL, NPUC_TYPE_BOOL },	   { ONNX_FLOAT16, NPUC_TYPE_FLOAT16 },
};

/* From the file's order of dimensions to channels last, and back. */
static const uint32_t orders[2][4] = {
	[ONNX_CHANNELS_LAST] = { 0, 2, 3, 1 },
	[ONNX_PLAIN] = { 0, 3, 1, 2 },
};

uint32_t onnx_type(uint32_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].onnx == type)
			return types[i].type;
	return NPUC_NONE;
}

static const struct npuc_shape *shape_in(const struct onnx_import *im, uint32_t value,
					 enum onnx_layout layout)
{
	uint32_t t = im->values[value].stored[layout];

	return t == NPUC_NONE ? NULL : &im->b.g.tensors[t].shape;
}

struct npuc_shape onnx_shape(const struct onnx_import *im, uint32_t value)
{
	const struct onnx_constant *c = im->values[value].constant;
	const struct npuc_shape *plain = shape_in(im, value, ONNX_PLAIN);
	const struct npuc_shape *last = shape_in(im, value, ONNX_CHANNELS_LAST);
	struct npuc_shape shape = { 0 };

	if (!plain && !last && im->values[value].codes != NPUC_NONE)
		return onnx_shape(im, onnx_codes(im, value));

	if (c) {
		shape.rank = c->rank;
		memcpy(shape.dim, c->dim, sizeof(c->dim));
	} else if (plain) {
		shape = *plain;
	} else if (last) {
		shape = *last;
		for (uint32_t i = 0; i < 4 && last->rank == 4; i++)
			shape.dim[i] = last->dim[orders[ONNX_PLAIN][i]];
	}
	return shape;
}

uint32_t onnx_rank(const struct onnx_import *im, uint32_t value)
{
	return onnx_shape(im, value).rank;
}

uint32_t onnx_axis(const struct onnx_import *im, uint32_t value, int64_t axis)
{
	int64_t rank = onnx_rank(im, value);

	axis += axis < 0 ? rank : 0;
	return axis >= 0 && axis < rank ? (uint32_t)axis : NPUC_NONE;
}

uint32_t onnx_axis_in(uint32_t axis, enum onnx_layout layout)
{
	/* where it comes to lie, not where it comes from */
	return layout == ONNX_CHANNELS_LAST ? orders[ONNX_PLAIN][axis] : axis;
}

/* What the compiler computed on the way is constant too. */
static const struct npuc_tensor *computed(const struct onnx_import *im, uint32_t value)
{
	uint32_t t = im->values[value].stored[ONNX_PLAIN];

	return t != NPUC_NONE && im->b.g.tensors[t].data &&
			       im->b.g.tensors[t].data_size ==
				       (size_t)im->b.g.tensors[t].elements *
					       npuc_type_size(im->b.g.tensors[t].type) ?
		       &im->b.g.tensors[t] :
		       NULL;
}

uint32_t onnx_integers(const struct onnx_import *im, uint32_t value, int64_t *list, uint32_t most)
{
	const struct npuc_tensor *t;
	const struct onnx_constant *c;
	uint8_t data[8 * 2 * NPUC_MAX_RANK];
	uint32_t count;

	if (value == NPUC_NONE)
		return NPUC_NONE;
	c = im->values[value].constant;
	t = computed(im, value);
	if (!c && t && (t->type == NPUC_TYPE_INT32 || t->type == NPUC_TYPE_INT64)) {
		for (uint32_t i = 0; i < t->elements && i < most; i++)
			list[i] = npuc_constant_int(t, i);
		return t->elements <= most ? t->elements : NPUC_NONE;
	}
	if (!c || (c->type != ONNX_INT64 && c->type != ONNX_INT32))
		return NPUC_NONE;
	count = onnx_constant_elements(c);
	if (!count || count > most || count > 2 * NPUC_MAX_RANK || !onnx_constant_copy(c, data))
		return NPUC_NONE;
	for (uint32_t i = 0; i < count; i++)
		list[i] = c->type == ONNX_INT64 ? (int64_t)npuc_le64(data + 8 * i) :
						  (int32_t)npuc_le32(data + 4 * i);
	return count;
}

bool onnx_number(const struct onnx_import *im, uint32_t value, float *number)
{
	const struct onnx_constant *c = value == NPUC_NONE ? NULL : im->values[value].constant;
	const struct npuc_tensor *t = value == NPUC_NONE ? NULL : computed(im, value);
	uint8_t data[4];
	uint32_t bits;

	if (!c && t && t->type == NPUC_TYPE_FLOAT32 && t->elements == 1)
		memcpy(data, t->data, sizeof(data));
	else if (!c || c->type != ONNX_FLOAT || onnx_constant_elements(c) != 1 ||
		 !onnx_constant_copy(c, data))
		return false;
	bits = npuc_le32(data);
	memcpy(number, &bits, sizeof(*number));
	return true;
}

static const char *name_of(struct onnx_import *im, uint32_t value)
{
	const struct onnx_text *name = &im->values[value].name;

	return npuc_build_name(&im->b, name->at, name->size);
}

static uint32_t add_constant(struct onnx_import *im, uint32_t value)
{
	const struct onnx_constant *c = im->values[value].constant;
	uint32_t elements = onnx_constant_elements(c), type = onnx_type(c->type);
	const struct npuc_shape shape = onnx_shape(im, value);
	void *data;

	if (c->external) {
		onnx_refuse(im, "the constant '%.*s' is in another file, which is not read",
			    (int)(c->name.size & 0x7f), c->name.at ? c->name.at : "");
		return NPUC_NONE;
	}
	if (!elements || type == NPUC_NONE) {
		onnx_refuse(im,
			    "the constant '%.*s' is empty or of type %u, which is not supported",
			    (int)(c->name.size & 0x7f), c->name.at ? c->name.at : "", c->type);
		return NPUC_NONE;
	}
	data = npuc_build_memory(&im->b, (size_t)elements * onnx_type_size(c->type));
	if (!data || !onnx_constant_copy(c, data)) {
		onnx_broken(im);
		return NPUC_NONE;
	}
	return npuc_build_constant(&im->b, name_of(im, value), type, &shape, data);
}

/* An op of its own that reads tensor @from: TRANSPOSE or RESHAPE. */
static uint32_t reorder(struct onnx_import *im, uint32_t from, const char *name, uint32_t builtin,
			uint32_t list, const struct npuc_shape *shape)
{
	const uint32_t inputs[] = { from, list };
	struct npuc_attributes a = { 0 };
	struct npuc_tensor was = im->b.g.tensors[from];
	uint32_t to = npuc_build_tensor(&im->b, name, was.type, shape);

	if (to == NPUC_NONE || list == NPUC_NONE)
		return NPUC_NONE;
	im->b.g.tensors[to].quant = was.quant;
	if (!npuc_build_op(&im->b, builtin, builtin == TFLITE_RESHAPE ? "RESHAPE" : "TRANSPOSE", &a,
			   inputs, 2, &to, 1))
		return NPUC_NONE;
	return to;
}

/* Dimensions of rank 4 in the other order; without moving data where only ones change places. */
static uint32_t turn(struct onnx_import *im, uint32_t from, const char *name,
		     enum onnx_layout layout)
{
	const struct npuc_shape was = im->b.g.tensors[from].shape;
	const uint32_t *order = orders[layout];
	struct npuc_shape shape = { .rank = 4 };
	int32_t list[4];
	bool moves;

	for (uint32_t i = 0; i < 4; i++)
		shape.dim[i] = was.dim[order[i]];
	if (layout == ONNX_CHANNELS_LAST)
		moves = was.dim[1] > 1 && (was.dim[2] > 1 || was.dim[3] > 1);
	else
		moves = was.dim[3] > 1 && (was.dim[1] > 1 || was.dim[2] > 1);
	for (uint32_t i = 0; i < 4; i++)
		list[i] = moves ? (int32_t)order[i] : (int32_t)shape.dim[i];
	return reorder(im, from, name, moves ? TFLITE_TRANSPOSE : TFLITE_RESHAPE,
		       npuc_build_list(&im->b, list, 4), &shape);
}

/* A constant of lower rank, with ones in front: numpy's rule for broadcasting. */
static uint32_t widen(struct onnx_import *im, uint32_t from, const char *name)
{
	const struct npuc_shape was = im->b.g.tensors[from].shape;
	struct npuc_shape shape = { .rank = 4, .dim = { 1, 1, 1, 1 } };
	int32_t list[4];

	for (uint32_t i = 0; i < was.rank; i++)
		shape.dim[4 - was.rank + i] = was.dim[i];
	for (uint32_t i = 0; i < 4; i++)
		list[i] = (int32_t)shape.dim[i];
	return reorder(im, from, name, TFLITE_RESHAPE, npuc_build_list(&im->b, list, 4), &shape);
}

/* A constant, or what constant codes are dequantised to. */
static bool is_fixed(const struct onnx_import *im, const struct onnx_value *v)
{
	return v->constant || (v->codes != NPUC_NONE && im->values[v->codes].constant);
}

uint32_t onnx_stored(struct onnx_import *im, uint32_t value, enum onnx_layout layout)
{
	struct onnx_value *v = &im->values[value];
	uint32_t rank = onnx_rank(im, value), from;

	if (v->stored[layout] != NPUC_NONE)
		return v->stored[layout];
	if (v->constant && v->stored[ONNX_PLAIN] == NPUC_NONE) {
		v->stored[ONNX_PLAIN] = add_constant(im, value);
		if (layout == ONNX_PLAIN || v->stored[ONNX_PLAIN] == NPUC_NONE)
			return v->stored[ONNX_PLAIN];
	}
	if (v->codes != NPUC_NONE && v->stored[!layout] == NPUC_NONE) {
		if (!onnx_dequantise(im, value, layout))
			return NPUC_NONE;
		if (v->stored[layout] != NPUC_NONE)
			return v->stored[layout];
	}
	from = v->stored[!layout];
	if (from == NPUC_NONE) {
		onnx_refuse(im, "'%.*s' is read before it is computed", (int)(v->name.size & 0x7f),
			    v->name.at ? v->name.at : "");
		return NPUC_NONE;
	}
	if (rank < 4 && is_fixed(im, v)) {
		from = widen(im, from, name_of(im, value));
		rank = 4;
	}
	if (from != NPUC_NONE && rank == 4)
		from = turn(im, from, name_of(im, value), layout);
	if (from == NPUC_NONE)
		onnx_broken(im);
	v->stored[layout] = from;
	return from;
}

enum onnx_layout onnx_natural(const struct onnx_import *im, const struct onnx_node *n,
			      uint32_t count)
{
	enum onnx_layout layout = ONNX_PLAIN;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t value = onnx_input(im, n, i), codes;
		const struct onnx_value *v;

		if (value == NPUC_NONE)
			continue;
		codes = onnx_codes(im, value);
		value = codes == NPUC_NONE ? value : codes;
		v = &im->values[value];
		if (v->constant)
			continue;
		if (onnx_rank(im, value) != 4)
			return ONNX_PLAIN;
		if (v->stored[ONNX_CHANNELS_LAST] != NPUC_NONE)
			layout = ONNX_CHANNELS_LAST;
	}
	return layout;
}
