// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* TensorProto: contents as raw bytes, or as a list of numbers of a few types. */
#include <string.h>

#include "onnx_model.h"

/* Field numbers of TensorProto. */
enum {
	DIMS = 1,
	DATA_TYPE = 2,
	FLOAT_DATA = 4,
	INT32_DATA = 5,
	INT64_DATA = 7,
	NAME = 8,
	RAW_DATA = 9,
	DOUBLE_DATA = 10,
	DATA_LOCATION = 14,
};

/* By &enum onnx_type: bytes of an element, and which list holds it. */
static const struct {
	uint32_t size;
	uint32_t field;
	uint32_t wire;
} types[] = {
	[ONNX_FLOAT] = { 4, FLOAT_DATA, NPUC_PB_FIXED32 },
	[ONNX_UINT8] = { 1, INT32_DATA, NPUC_PB_VARINT },
	[ONNX_INT8] = { 1, INT32_DATA, NPUC_PB_VARINT },
	[ONNX_UINT16] = { 2, INT32_DATA, NPUC_PB_VARINT },
	[ONNX_INT16] = { 2, INT32_DATA, NPUC_PB_VARINT },
	[ONNX_INT32] = { 4, INT32_DATA, NPUC_PB_VARINT },
	[ONNX_INT64] = { 8, INT64_DATA, NPUC_PB_VARINT },
	[ONNX_BOOL] = { 1, INT32_DATA, NPUC_PB_VARINT },
	[ONNX_FLOAT16] = { 2, INT32_DATA, NPUC_PB_VARINT },
	[ONNX_DOUBLE] = { 8, DOUBLE_DATA, NPUC_PB_FIXED64 },
};

uint32_t onnx_type_size(uint32_t type)
{
	return type < sizeof(types) / sizeof(types[0]) ? types[type].size : 0;
}

uint32_t onnx_constant_elements(const struct onnx_constant *c)
{
	uint64_t elements = 1;

	for (uint32_t i = 0; i < c->rank; i++) {
		elements *= c->dim[i];
		if (!elements || elements > NPUC_MAX_ELEMENTS)
			return 0;
	}
	return (uint32_t)elements;
}

static bool add_dims(struct onnx_constant *c, struct npuc_pb_field f)
{
	uint64_t value;

	while (npuc_pb_number(&f, NPUC_PB_VARINT, &value)) {
		if (c->rank == NPUC_MAX_RANK || value > NPUC_MAX_ELEMENTS)
			return false;
		c->dim[c->rank++] = (uint32_t)value;
	}
	return !f.size;
}

bool onnx_constant_view(struct npuc_pb message, struct onnx_constant *c)
{
	struct npuc_pb m = message;
	struct npuc_pb_field f;

	*c = (struct onnx_constant){ .list = message };
	while (npuc_pb_next(&m, &f)) {
		switch (f.number) {
		case DIMS:
			if (!add_dims(c, f))
				return false;
			break;
		case DATA_TYPE:
			c->type = f.value < UINT32_MAX ? (uint32_t)f.value : 0;
			break;
		case NAME:
			c->name = (struct onnx_text){ (const char *)f.data, f.size };
			break;
		case RAW_DATA:
			c->raw = f.data;
			c->raw_size = f.size;
			break;
		case DATA_LOCATION:
			c->external = f.value == 1;
			break;
		}
	}
	return !m.broken;
}

bool onnx_constant_copy(const struct onnx_constant *c, void *to)
{
	uint32_t elements = onnx_constant_elements(c), size = onnx_type_size(c->type);
	size_t total = (size_t)elements * size, at = 0;
	struct npuc_pb m = c->list;
	struct npuc_pb_field f;
	uint64_t value;

	if (!total || c->external)
		return false;
	if (c->raw) {
		if (c->raw_size != total)
			return false;
		memcpy(to, c->raw, total);
		return true;
	}
	while (npuc_pb_next(&m, &f))
		while (f.number == types[c->type].field &&
		       npuc_pb_number(&f, types[c->type].wire, &value)) {
			if (at == total)
				return false;
			for (uint32_t i = 0; i < size; i++)
				((uint8_t *)to)[at++] = (uint8_t)(value >> 8 * i);
		}
	return at == total;
}
