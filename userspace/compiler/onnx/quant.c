// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* QuantizeLinear and DequantizeLinear, and what stands between them. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "flatbuffer.h"
#include "import.h"

/* Zero points as graphs have them: little-endian, 64 bit. */
static bool zero_points(struct onnx_import *im, const struct onnx_constant *c, struct npuc_quant *q)
{
	uint32_t count = onnx_constant_elements(c), size = onnx_type_size(c->type);
	uint8_t *codes = npuc_build_memory(&im->b, (size_t)count * size);
	uint8_t *wide = npuc_build_memory(&im->b, (size_t)count * 8);
	bool is_signed = c->type != ONNX_UINT8 && c->type != ONNX_UINT16;

	if (!codes || !wide || !count || c->type == ONNX_FLOAT || !onnx_constant_copy(c, codes))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint8_t top = codes[(i + 1) * size - 1];

		memset(wide + 8 * i, is_signed && top >> 7 ? 0xff : 0, 8);
		memcpy(wide + 8 * i, codes + i * size, size);
	}
	q->zero_points = wide;
	q->zero_point_count = count;
	return true;
}

bool onnx_quant(struct onnx_import *im, uint32_t scale, uint32_t zero, uint32_t axis,
		struct npuc_quant *q)
{
	const struct onnx_constant *s = scale == NPUC_NONE ? NULL : im->values[scale].constant;
	uint8_t *data;

	*q = (struct npuc_quant){ .axis = axis };
	if (!s || s->type != ONNX_FLOAT)
		return false;
	q->count = onnx_constant_elements(s);
	data = npuc_build_memory(&im->b, 4 * (size_t)q->count);
	if (!q->count || !data || !onnx_constant_copy(s, data))
		return false;
	q->scales = data;
	if (zero == NPUC_NONE)
		return true;
	return im->values[zero].constant && zero_points(im, im->values[zero].constant, q) &&
	       q->zero_point_count == q->count;
}

uint32_t onnx_codes(const struct onnx_import *im, uint32_t value)
{
	return im->values[value].codes;
}

bool onnx_all_codes(const struct onnx_import *im, const struct onnx_node *n, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t v = onnx_input(im, n, i);

		if (v == NPUC_NONE || onnx_codes(im, v) == NPUC_NONE)
			return false;
	}
	return true;
}

bool onnx_codes_quant(struct onnx_import *im, uint32_t value, uint32_t axis, struct npuc_quant *q)
{
	const struct onnx_value *v = &im->values[value];

	return onnx_quant(im, v->scale, v->zero, axis, q);
}

/* As onnx_stored(), with a quantisation for it and for what it is brought there from. */
static uint32_t quantised(struct onnx_import *im, uint32_t value, const struct npuc_quant *q,
			  enum onnx_layout layout)
{
	const uint32_t *stored = im->values[value].stored;

	if (im->values[value].constant && stored[ONNX_PLAIN] == NPUC_NONE &&
	    onnx_stored(im, value, ONNX_PLAIN) == NPUC_NONE)
		return NPUC_NONE;
	for (uint32_t i = 0; i < 2; i++)
		if (stored[i] != NPUC_NONE && !im->b.g.tensors[stored[i]].quant.count)
			im->b.g.tensors[stored[i]].quant = *q;
	return onnx_stored(im, value, layout);
}

uint32_t onnx_codes_stored(struct onnx_import *im, uint32_t value, enum onnx_layout layout)
{
	uint32_t codes = onnx_codes(im, value);
	struct npuc_quant q;

	if (onnx_codes_quant(im, value, 0, &q))
		return quantised(im, codes, &q, layout);
	onnx_refuse(im, "scale and zero point of '%.*s' must be constant and of one size",
		    (int)(im->values[codes].name.size & 0x7f), im->values[codes].name.at);
	return NPUC_NONE;
}

/* The node that alone reads a value, NULL if there are several or it is an output. */
static const struct onnx_node *only_reader(const struct onnx_import *im, uint32_t value)
{
	const struct onnx_value *v = &im->values[value];

	if (v->is_output || v->uses != 1 || v->reader == NPUC_NONE || v->reader <= im->at)
		return NULL;
	return &im->m.nodes[v->reader];
}

static uint32_t activation_of(const struct onnx_import *im, const struct onnx_node *n)
{
	float low, high;

	if (onnx_is(n->op, "Relu"))
		return NPUC_ACTIVATION_RELU;
	if (!onnx_is(n->op, "Clip"))
		return NPUC_ACTIVATION_NONE;
	low = onnx_float(n, "min", -INFINITY);
	high = onnx_float(n, "max", INFINITY);
	onnx_number(im, onnx_input(im, n, 1), &low);
	onnx_number(im, onnx_input(im, n, 2), &high);
	return low == 0 && high == 6 ? NPUC_ACTIVATION_RELU6 : NPUC_ACTIVATION_NONE;
}

bool onnx_target(struct onnx_import *im, const struct onnx_node *n, bool codes, bool clamps,
		 struct onnx_target *t)
{
	const struct onnx_node *reader;
	uint32_t fused = NPUC_NONE, zero;

	*t = (struct onnx_target){ .value = onnx_value(im, n->outputs[0]), .type = NPUC_NONE };
	reader = only_reader(im, t->value);
	if (clamps && reader && activation_of(im, reader) && reader->output_count &&
	    onnx_value(im, reader->outputs[0]) != NPUC_NONE) {
		fused = im->values[t->value].reader;
		t->activation = activation_of(im, reader);
		t->value = onnx_value(im, reader->outputs[0]);
		reader = only_reader(im, t->value);
	}
	if (codes) {
		if (im->apart || !reader || !onnx_is(reader->op, "QuantizeLinear") ||
		    !reader->output_count || onnx_value(im, reader->outputs[0]) == NPUC_NONE ||
		    onnx_input(im, reader, 0) != t->value ||
		    !onnx_quant(im, onnx_input(im, reader, 1), onnx_input(im, reader, 2), 0,
				&t->quant))
			return false;
		zero = onnx_input(im, reader, 2);
		t->type = zero == NPUC_NONE ? NPUC_TYPE_UINT8 :
					      onnx_type(im->values[zero].constant->type);
		im->done[im->values[t->value].reader] = true;
		t->value = onnx_value(im, reader->outputs[0]);
	}
	if (fused != NPUC_NONE)
		im->done[fused] = true;
	return true;
}

/* Constant codes as numbers: (code - zero point) * scale in binary32. */
static uint32_t dequantised_constant(struct onnx_import *im, uint32_t value)
{
	const struct onnx_constant *c = im->values[onnx_codes(im, value)].constant;
	uint32_t elements = onnx_constant_elements(c), size = onnx_type_size(c->type), inner = 1;
	uint32_t axis = onnx_axis(im, onnx_codes(im, value), im->values[value].axis);
	const struct npuc_shape shape = onnx_shape(im, onnx_codes(im, value));
	uint8_t *codes = npuc_build_memory(&im->b, (size_t)elements * size);
	uint8_t *numbers = npuc_build_memory(&im->b, (size_t)elements * 4);
	bool is_signed = c->type != ONNX_UINT8;
	struct npuc_tensor t = { 0 };

	if (c->type != ONNX_UINT8 && c->type != ONNX_INT8 && c->type != ONNX_INT32)
		return NPUC_NONE;
	if (!codes || !numbers || !onnx_constant_copy(c, codes) ||
	    !onnx_codes_quant(im, value, 0, &t.quant))
		return NPUC_NONE;
	if (t.quant.count > 1 && (axis == NPUC_NONE || shape.dim[axis] != t.quant.count))
		return NPUC_NONE;
	for (uint32_t i = axis + 1; axis != NPUC_NONE && i < shape.rank; i++)
		inner *= shape.dim[i];
	for (uint32_t i = 0; i < elements; i++) {
		uint32_t channel = t.quant.count > 1 ? i / inner % t.quant.count : 0;
		int64_t code = is_signed ? (int8_t)codes[i] : codes[i];
		float number;

		if (size == 4)
			code = (int32_t)npuc_le32(codes + 4 * (size_t)i);
		number = (float)(code - npuc_zero_point(&t, channel)) * npuc_scale(&t, channel);
		memcpy(numbers + 4 * (size_t)i, &number, 4);
	}
	return npuc_build_constant(&im->b, "", NPUC_TYPE_FLOAT32, &shape, numbers);
}

bool onnx_dequantise(struct onnx_import *im, uint32_t value, enum onnx_layout layout)
{
	uint32_t codes = onnx_codes(im, value), in;
	struct onnx_target t = { .value = value, .type = NPUC_TYPE_FLOAT32 };
	struct npuc_attributes a = { 0 };

	if (codes == NPUC_NONE)
		return false;
	if (im->values[codes].constant) {
		in = dequantised_constant(im, value);
		im->values[value].stored[ONNX_PLAIN] = in;
		return in != NPUC_NONE || onnx_broken(im) == 0;
	}
	if (im->values[codes].stored[layout] == NPUC_NONE)
		layout = !layout;
	in = onnx_codes_stored(im, value, layout);
	return in != NPUC_NONE && !onnx_emit(im, &t, TFLITE_DEQUANTIZE, &a, &in, 1, layout);
}

/* A value that constant codes are dequantised to, as a constant of numbers; NULL: it is not. */
static const struct onnx_constant *dequantised(struct onnx_import *im, uint32_t value)
{
	struct onnx_constant *c = npuc_build_memory(&im->b, sizeof(*c));
	uint32_t number = onnx_stored(im, value, ONNX_PLAIN);
	const struct npuc_tensor *t;

	if (!c || number == NPUC_NONE)
		return NULL;
	t = &im->b.g.tensors[number];
	if (!t->data || t->type != NPUC_TYPE_FLOAT32)
		return NULL;
	*c = (struct onnx_constant){ .type = ONNX_FLOAT, .raw = t->data, .raw_size = t->data_size };
	c->rank = t->shape.rank;
	memcpy(c->dim, t->shape.dim, sizeof(c->dim));
	return c;
}

uint32_t onnx_permuted(struct onnx_import *im, uint32_t value, const struct npuc_shape *shape,
		       const uint32_t *order, const struct npuc_quant *q)
{
	uint32_t source = im->values[value].constant ? value : onnx_codes(im, value);
	/* codes without a quantisation are wanted as the numbers that they stand for */
	const struct onnx_constant *c = source == NPUC_NONE	     ? NULL :
					source != value && !q->count ? dequantised(im, value) :
								       im->values[source].constant;
	uint32_t elements = c ? onnx_constant_elements(c) : 0, size, at[NPUC_MAX_RANK] = { 0 };
	size_t step[NPUC_MAX_RANK] = { 0 }, from = 0;
	uint8_t *in, *out;
	uint32_t number;

	if (!elements || onnx_type(c->type) == NPUC_NONE || c->external) {
		onnx_refuse(im, "weights must be constant, in the file and of a known type");
		return NPUC_NONE;
	}
	size = onnx_type_size(c->type);
	in = npuc_build_memory(&im->b, (size_t)elements * size);
	out = npuc_build_memory(&im->b, (size_t)elements * size);
	if (!in || !out || !onnx_constant_copy(c, in)) {
		onnx_broken(im);
		return NPUC_NONE;
	}
	for (uint32_t i = 0; i < shape->rank; i++) {
		step[i] = size;
		for (uint32_t k = order[i] + 1; k < c->rank; k++)
			step[i] *= c->dim[k];
	}
	for (uint32_t i = 0; i < elements; i++) {
		memcpy(out + (size_t)i * size, in + from, size);
		for (uint32_t k = shape->rank; k-- > 0;) {
			from += step[k];
			if (++at[k] < shape->dim[k])
				break;
			from -= step[k] * shape->dim[k];
			at[k] = 0;
		}
	}
	number = npuc_build_constant(&im->b,
				     npuc_build_name(&im->b, im->values[value].name.at,
						     im->values[value].name.size),
				     onnx_type(c->type), shape, out);
	if (number != NPUC_NONE)
		im->b.g.tensors[number].quant = *q;
	return number;
}

/* Taken up by those who read it; see onnx_codes(). */
int onnx_import_dequantize(struct onnx_import *im, const struct onnx_node *n)
{
	struct onnx_value *v = &im->values[onnx_value(im, n->outputs[0])];

	v->codes = onnx_input(im, n, 0);
	v->scale = onnx_input(im, n, 1);
	v->zero = onnx_input(im, n, 2);
	v->axis = onnx_int(n, "axis", 1);
	if (v->codes == NPUC_NONE ||
	    (!im->values[v->codes].constant && im->values[v->codes].stored[0] == NPUC_NONE &&
	     im->values[v->codes].stored[1] == NPUC_NONE))
		return onnx_refuse(im, "its input is missing or not computed yet");
	return 0;
}

/* Constant numbers as codes: nearest even of number / scale, plus zero point, saturated. */
static const struct onnx_constant *quantised_constant(struct onnx_import *im, uint32_t value,
						      uint32_t zero, const struct onnx_target *t)
{
	uint32_t numbers = onnx_stored(im, value, ONNX_PLAIN), type;
	struct onnx_constant *c = npuc_build_memory(&im->b, sizeof(*c));
	struct npuc_tensor to = { .quant = t->quant };
	float scale = npuc_scale(&to, 0), offset = (float)npuc_zero_point(&to, 0);
	const struct npuc_tensor *from;
	uint8_t *codes;

	if (numbers == NPUC_NONE || !c)
		return NULL;
	from = &im->b.g.tensors[numbers];
	codes = npuc_build_memory(&im->b, from->elements);
	type = zero == NPUC_NONE ? ONNX_UINT8 : im->values[zero].constant->type;
	if (!codes || !from->data || from->type != NPUC_TYPE_FLOAT32 ||
	    (type != ONNX_UINT8 && type != ONNX_INT8))
		return NULL;
	for (uint32_t i = 0; i < from->elements; i++) {
		float least = type == ONNX_INT8 ? -128 : 0, number;
		uint32_t bits = npuc_le32(from->data + 4 * (size_t)i);

		memcpy(&number, &bits, sizeof(number));
		number = rintf(number / scale) + offset;
		codes[i] = (uint8_t)(int32_t)fminf(fmaxf(number, least), least + 255);
	}
	*c = (struct onnx_constant){ .type = type, .raw = codes, .raw_size = from->elements };
	c->rank = from->shape.rank;
	memcpy(c->dim, from->shape.dim, sizeof(c->dim));
	return c;
}

static bool is_constant(const struct onnx_import *im, uint32_t value)
{
	uint32_t codes = onnx_codes(im, value);

	return im->values[codes == NPUC_NONE ? value : codes].constant;
}

int onnx_import_quantize(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), zero = onnx_input(im, n, 2), x;
	enum onnx_layout layout = onnx_natural(im, n, 1);
	struct npuc_attributes a = { 0 };
	struct onnx_target t = { .value = onnx_value(im, n->outputs[0]), .type = NPUC_TYPE_UINT8 };

	if (value == NPUC_NONE || !onnx_quant(im, onnx_input(im, n, 1), zero, 0, &t.quant) ||
	    t.quant.count != 1)
		return onnx_refuse(im, "needs one constant scale and zero point");
	if (zero != NPUC_NONE)
		t.type = onnx_type(im->values[zero].constant->type);
	if (is_constant(im, value)) {
		im->values[t.value].constant = quantised_constant(im, value, zero, &t);
		return im->values[t.value].constant ? 0 : onnx_broken(im);
	}
	x = onnx_codes(im, value) == NPUC_NONE ? onnx_stored(im, value, layout) :
						 onnx_codes_stored(im, value, layout);
	return x == NPUC_NONE ? -EOPNOTSUPP : onnx_emit(im, &t, TFLITE_QUANTIZE, &a, &x, 1, layout);
}

uint32_t onnx_qlinear(struct onnx_import *im, const struct onnx_node *n, uint32_t i,
		      enum onnx_layout layout)
{
	uint32_t value = onnx_input(im, n, i);
	struct npuc_quant q;

	if (value == NPUC_NONE)
		onnx_refuse(im, "an input is missing");
	else if (onnx_quant(im, onnx_input(im, n, i + 1), onnx_input(im, n, i + 2), 0, &q))
		return quantised(im, value, &q, layout);
	else
		onnx_refuse(im, "scale and zero point of input %u must be constant", i);
	return NPUC_NONE;
}

bool onnx_qlinear_target(struct onnx_import *im, const struct onnx_node *n, uint32_t scale,
			 struct onnx_target *t)
{
	uint32_t zero = onnx_input(im, n, scale + 1);

	*t = (struct onnx_target){ .value = onnx_value(im, n->outputs[0]),
				   .type = NPUC_TYPE_UINT8 };
	if (zero != NPUC_NONE && im->values[zero].constant)
		t->type = onnx_type(im->values[zero].constant->type);
	return t->type != NPUC_NONE && onnx_quant(im, onnx_input(im, n, scale), zero, 0, &t->quant);
}
