// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Attributes of nodes, looked up in the node's bytes: a node has few. */
#include <string.h>

#include "onnx_model.h"

/* Field numbers of NodeProto and AttributeProto. */
enum { NODE_ATTRIBUTE = 5 };
enum { NAME = 1, FLOAT, INT, STRING, TENSOR, GRAPH, INTS = 8, STRINGS };

/* The last field @number of the attribute called @name: protobuf lets later ones win. */
static bool find(const struct onnx_node *n, const char *name, uint32_t number,
		 struct npuc_pb_field *found)
{
	struct npuc_pb node = n->message;
	struct npuc_pb_field f;
	bool any = false;

	while (npuc_pb_next(&node, &f)) {
		struct npuc_pb attribute = npuc_pb_message(f.data, f.size);
		struct npuc_pb_field inner, value = { 0 };
		bool matches = false;

		if (f.number != NODE_ATTRIBUTE || f.wire != NPUC_PB_BYTES)
			continue;
		while (npuc_pb_next(&attribute, &inner)) {
			if (inner.number == NAME && inner.wire == NPUC_PB_BYTES)
				matches = onnx_is((struct onnx_text){ (const char *)inner.data,
								      inner.size },
						  name);
			else if (inner.number == number)
				value = inner;
		}
		if (matches && !attribute.broken && value.number) {
			*found = value;
			any = true;
		}
	}
	return any;
}

int64_t onnx_int(const struct onnx_node *n, const char *name, int64_t absent)
{
	struct npuc_pb_field f;

	if (!find(n, name, INT, &f) || f.wire != NPUC_PB_VARINT)
		return absent;
	return (int64_t)f.value;
}

float onnx_float(const struct onnx_node *n, const char *name, float absent)
{
	struct npuc_pb_field f;
	uint32_t bits;
	float value;

	if (!find(n, name, FLOAT, &f) || f.wire != NPUC_PB_FIXED32)
		return absent;
	bits = (uint32_t)f.value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

struct onnx_text onnx_string(const struct onnx_node *n, const char *name)
{
	struct npuc_pb_field f;

	if (!find(n, name, STRING, &f) || f.wire != NPUC_PB_BYTES)
		return (struct onnx_text){ 0 };
	return (struct onnx_text){ (const char *)f.data, f.size };
}

bool onnx_tensor(const struct onnx_node *n, const char *name, struct onnx_constant *c)
{
	struct npuc_pb_field f;

	return find(n, name, TENSOR, &f) && f.wire == NPUC_PB_BYTES &&
	       onnx_constant_view(npuc_pb_message(f.data, f.size), c);
}

bool onnx_graph(const struct onnx_node *n, const char *name, struct npuc_pb *graph)
{
	struct npuc_pb_field f;

	if (!find(n, name, GRAPH, &f) || f.wire != NPUC_PB_BYTES)
		return false;
	*graph = npuc_pb_message(f.data, f.size);
	return true;
}

/* The next attribute of a node that is called @name. */
static bool next_attribute(struct npuc_pb *node, const char *name, struct npuc_pb *attribute)
{
	struct npuc_pb_field f, inner;

	while (npuc_pb_next(node, &f)) {
		struct npuc_pb view = npuc_pb_message(f.data, f.size);
		bool matches = false;

		if (f.number != NODE_ATTRIBUTE || f.wire != NPUC_PB_BYTES)
			continue;
		*attribute = view;
		while (npuc_pb_next(&view, &inner))
			if (inner.number == NAME && inner.wire == NPUC_PB_BYTES)
				matches = onnx_is((struct onnx_text){ (const char *)inner.data,
								      inner.size },
						  name);
		if (matches && !view.broken)
			return true;
	}
	return false;
}

/* Lists may be packed into one field or be a field for each number. */
uint32_t onnx_ints(const struct onnx_node *n, const char *name, int64_t *list, uint32_t most)
{
	struct npuc_pb node = n->message, attribute;
	struct npuc_pb_field inner;
	uint32_t total = 0;
	uint64_t value;

	while (next_attribute(&node, name, &attribute))
		while (npuc_pb_next(&attribute, &inner))
			while (inner.number == INTS &&
			       npuc_pb_number(&inner, NPUC_PB_VARINT, &value)) {
				if (total < most)
					list[total] = (int64_t)value;
				total++;
			}
	return total;
}

uint32_t onnx_strings(const struct onnx_node *n, const char *name, struct onnx_text *list,
		      uint32_t most)
{
	struct npuc_pb node = n->message, attribute;
	struct npuc_pb_field inner;
	uint32_t total = 0;

	while (next_attribute(&node, name, &attribute))
		while (npuc_pb_next(&attribute, &inner)) {
			if (inner.number != STRINGS || inner.wire != NPUC_PB_BYTES)
				continue;
			if (total < most)
				list[total] =
					(struct onnx_text){ (const char *)inner.data, inner.size };
			total++;
		}
	return total;
}
