// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Shape, Size, ConstantOfShape, EyeLike, Trilu: contents that follow from shapes. */
#include <errno.h>
#include <string.h>

#include "import.h"

/* An int64 constant of one dimension, or of none for @count NPUC_NONE. */
static int give_integers(struct onnx_import *im, const struct onnx_node *n, const int64_t *list,
			 uint32_t count)
{
	struct onnx_constant *c = npuc_build_memory(&im->b, sizeof(*c));
	uint32_t elements = count == NPUC_NONE ? 1 : count;
	uint8_t *data = npuc_build_memory(&im->b, 8 * (size_t)elements + 1);

	if (!c || !data)
		return onnx_broken(im);
	for (uint32_t i = 0; i < 8 * elements; i++)
		data[i] = (uint8_t)((uint64_t)list[i / 8] >> 8 * (i % 8));
	*c = (struct onnx_constant){ .type = ONNX_INT64, .raw = data, .raw_size = 8 * elements };
	if (count != NPUC_NONE) {
		c->rank = 1;
		c->dim[0] = count;
	}
	im->values[onnx_value(im, n->outputs[0])].constant = c;
	return 0;
}

/* Opset 15 gives it a first and a last dimension. */
int onnx_import_shape(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0);
	int64_t list[NPUC_MAX_RANK], start, end;
	struct npuc_shape shape;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	shape = onnx_shape(im, value);
	start = onnx_int(n, "start", 0);
	end = onnx_int(n, "end", shape.rank);
	start += start < 0 ? shape.rank : 0;
	end += end < 0 ? shape.rank : 0;
	start = start < 0 ? 0 : start;
	end = end > shape.rank ? shape.rank : end;
	for (int64_t i = start; i < end; i++)
		list[i - start] = shape.dim[i];
	return give_integers(im, n, list, end > start ? (uint32_t)(end - start) : 0);
}

int onnx_import_size(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0);
	struct npuc_shape shape;
	int64_t size;

	if (value == NPUC_NONE)
		return onnx_refuse(im, "an input is missing");
	shape = onnx_shape(im, value);
	size = npuc_shape_elements(&shape);
	return size ? give_integers(im, n, &size, NPUC_NONE) :
		      onnx_refuse(im, "the input is empty");
}

/* A constant of a shape, its elements not written yet; NULL with the error filled. */
static struct onnx_constant *filled(struct onnx_import *im, const struct onnx_node *n,
				    uint32_t type, const int64_t *shape, uint32_t rank,
				    uint8_t **data)
{
	struct onnx_constant *c = npuc_build_memory(&im->b, sizeof(*c));
	uint32_t elements;

	if (!c) {
		onnx_broken(im);
		return NULL;
	}
	*c = (struct onnx_constant){ .type = type, .rank = rank };
	for (uint32_t i = 0; i < rank; i++) {
		if (shape[i] < 1 || shape[i] > INT32_MAX) {
			onnx_refuse(im, "dimension %u is %lld", i, (long long)shape[i]);
			return NULL;
		}
		c->dim[i] = (uint32_t)shape[i];
	}
	elements = onnx_constant_elements(c);
	c->raw_size = (size_t)elements * onnx_type_size(type);
	*data = elements ? npuc_build_memory(&im->b, c->raw_size) : NULL;
	c->raw = *data;
	if (!c->raw_size || !c->raw) {
		onnx_refuse(im, "the constant is too large, or of an unknown type");
		return NULL;
	}
	im->values[onnx_value(im, n->outputs[0])].constant = c;
	return c;
}

int onnx_import_constant_of_shape(struct onnx_import *im, const struct onnx_node *n)
{
	struct onnx_constant number = { .type = ONNX_FLOAT };
	uint32_t value = onnx_input(im, n, 0), count, size = 4;
	int64_t shape[2 * NPUC_MAX_RANK];
	uint8_t element[8] = { 0 }, *data;
	struct onnx_constant *c;

	count = onnx_integers(im, value, shape, NPUC_MAX_RANK);
	if (count == NPUC_NONE)
		return onnx_refuse(im, "the shape must be constant and not empty");
	if (onnx_tensor(n, "value", &number)) {
		size = onnx_type_size(number.type);
		if (onnx_constant_elements(&number) != 1 || !size || size > sizeof(element) ||
		    !onnx_constant_copy(&number, element))
			return onnx_refuse(im, "the value must be one number");
	}
	c = filled(im, n, number.type, shape, count, &data);
	if (!c)
		return -EOPNOTSUPP;
	for (size_t i = 0; i < c->raw_size; i++)
		data[i] = element[i % size];
	return 0;
}

/* One in each type, little-endian. */
static void one(uint32_t type, uint8_t element[8])
{
	memset(element, 0, 8);
	if (type == ONNX_FLOAT)
		memcpy(element, (uint8_t[]){ 0, 0, 0x80, 0x3f }, 4);
	else if (type == ONNX_FLOAT16)
		element[1] = 0x3c;
	else
		element[0] = 1;
}

int onnx_import_eye(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), type;
	int64_t k = onnx_int(n, "k", 0), shape[2], wanted = onnx_int(n, "dtype", 0);
	uint8_t element[8], *data;
	struct npuc_shape in;

	if (value == NPUC_NONE || onnx_rank(im, value) != 2)
		return onnx_refuse(im, "the input must be a matrix");
	in = onnx_shape(im, value);
	type = wanted ? (uint32_t)wanted : ONNX_FLOAT;
	if (wanted < 0 || wanted > ONNX_FLOAT16 || onnx_type(type) == NPUC_NONE || !wanted)
		return onnx_refuse(im, "the element type %lld is not supported", (long long)wanted);
	shape[0] = in.dim[0];
	shape[1] = in.dim[1];
	if (!filled(im, n, type, shape, 2, &data))
		return -EOPNOTSUPP;
	one(type, element);
	for (int64_t i = 0; i < shape[0]; i++)
		if (k > -shape[0] && k < shape[1] && i + k >= 0 && i + k < shape[1])
			memcpy(data + (size_t)(i * shape[1] + i + k) * onnx_type_size(type),
			       element, onnx_type_size(type));
	return 0;
}

/* What lies beyond diagonal k is chosen from the input, the rest is 0. */
int onnx_import_trilu(struct onnx_import *im, const struct onnx_node *n)
{
	uint32_t value = onnx_input(im, n, 0), which = onnx_input(im, n, 1), x;
	bool upper = onnx_int(n, "upper", 1);
	struct npuc_shape shape, mask = { .rank = 2 };
	uint8_t *data;
	int64_t k = 0;

	if (value == NPUC_NONE || onnx_rank(im, value) < 2)
		return onnx_refuse(im, "the input must be a matrix");
	if (which != NPUC_NONE && onnx_integers(im, which, &k, 1) != 1)
		return onnx_refuse(im, "k must be constant");
	shape = onnx_shape(im, value);
	mask.dim[0] = shape.dim[shape.rank - 2];
	mask.dim[1] = shape.dim[shape.rank - 1];
	x = onnx_stored(im, value, ONNX_PLAIN);
	data = npuc_build_memory(&im->b, (size_t)mask.dim[0] * mask.dim[1]);
	if (x == NPUC_NONE || !data)
		return x == NPUC_NONE ? -EOPNOTSUPP : onnx_broken(im);
	k = k < -INT32_MAX ? -INT32_MAX : k > INT32_MAX ? INT32_MAX : k;
	for (int64_t i = 0; i < mask.dim[0]; i++)
		for (int64_t j = 0; j < mask.dim[1]; j++)
			data[i * mask.dim[1] + j] = upper ? j - i >= k : j - i <= k;
	x = onnx_select(im, npuc_build_constant(&im->b, "", NPUC_TYPE_BOOL, &mask, data), x,
			onnx_like(im, x, 0));
	return onnx_give(im, onnx_value(im, n->outputs[0]), x, ONNX_PLAIN);
}
