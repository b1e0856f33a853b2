// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flatbuffer.h"

static const struct {
	const char *name;
	uint32_t size;
} types[] = {
	[0] = { "float32", 4 }, [1] = { "float16", 2 },	  [2] = { "int32", 4 },
	[3] = { "uint8", 1 },	[4] = { "int64", 8 },	  [5] = { "string", 0 },
	[6] = { "bool", 1 },	[7] = { "int16", 2 },	  [8] = { "complex64", 0 },
	[9] = { "int8", 1 },	[10] = { "float64", 0 },  [11] = { "complex128", 0 },
	[12] = { "uint64", 0 }, [13] = { "resource", 0 }, [14] = { "variant", 0 },
	[15] = { "uint32", 0 }, [16] = { "uint16", 0 },	  [17] = { "int4", 0 },
};

void npuc_graph_free(struct npuc_graph *g)
{
	for (uint32_t i = 0; i < g->tensor_count; i++)
		free(g->tensors[i].folded);
	free(g->tensors);
	free(g->ops);
	free(g->refs);
	for (uint32_t i = 0; i < g->owned_count; i++)
		free(g->owned[i]);
	free(g->owned);
	*g = (struct npuc_graph){ 0 };
}

const struct npuc_tensor *npuc_input(const struct npuc_graph *g, const struct npuc_op *op,
				     uint32_t i)
{
	if (i >= op->input_count || op->inputs[i] == NPUC_NONE)
		return NULL;
	return &g->tensors[op->inputs[i]];
}

const struct npuc_tensor *npuc_output(const struct npuc_graph *g, const struct npuc_op *op)
{
	return npuc_output_at(g, op, 0);
}

const struct npuc_tensor *npuc_output_at(const struct npuc_graph *g, const struct npuc_op *op,
					 uint32_t k)
{
	return &g->tensors[op->outputs[k]];
}

float npuc_scale(const struct npuc_tensor *t, uint32_t c)
{
	uint32_t bits;
	float scale;

	if (!t->quant.count)
		return 0;
	bits = npuc_le32(t->quant.scales + 4 * (size_t)(t->quant.count > 1 ? c : 0));
	memcpy(&scale, &bits, sizeof(scale));
	return scale;
}

int64_t npuc_zero_point(const struct npuc_tensor *t, uint32_t c)
{
	if (!t->quant.zero_point_count)
		return 0;
	return (int64_t)npuc_le64(t->quant.zero_points +
				  8 * (size_t)(t->quant.zero_point_count > 1 ? c : 0));
}

const char *npuc_type_name(uint32_t type)
{
	return type < sizeof(types) / sizeof(types[0]) ? types[type].name : "an unknown type";
}

uint32_t npuc_type_size(uint32_t type)
{
	return type < sizeof(types) / sizeof(types[0]) ? types[type].size : 0;
}

bool npuc_shape_equal(const struct npuc_shape *a, const struct npuc_shape *b)
{
	return a->rank == b->rank && !memcmp(a->dim, b->dim, a->rank * sizeof(a->dim[0]));
}

uint32_t npuc_shape_elements(const struct npuc_shape *s)
{
	uint64_t n = 1;

	for (uint32_t i = 0; i < s->rank; i++) {
		n *= s->dim[i];
		if (!n || n > NPUC_MAX_ELEMENTS)
			return 0;
	}
	return (uint32_t)n;
}

void npuc_shape_nhwc(const struct npuc_shape *s, uint32_t nhwc[4])
{
	uint32_t at = 4;

	for (uint32_t i = 0; i < 4; i++)
		nhwc[i] = 1;
	for (uint32_t i = s->rank; i-- > 0;) {
		if (at)
			at--;
		nhwc[at] *= s->dim[i];
	}
}

const char *npuc_shape_text(const struct npuc_shape *s, char text[NPUC_SHAPE_TEXT])
{
	int at = snprintf(text, NPUC_SHAPE_TEXT, "[");

	for (uint32_t i = 0; i < s->rank; i++)
		at += snprintf(text + at, (size_t)(NPUC_SHAPE_TEXT - at), "%s%u", i ? "," : "",
			       s->dim[i]);
	snprintf(text + at, (size_t)(NPUC_SHAPE_TEXT - at), "]");
	return text;
}

int64_t npuc_constant_int(const struct npuc_tensor *t, uint32_t i)
{
	if (t->type == NPUC_TYPE_INT64)
		return (int64_t)npuc_le64(t->data + 8 * (size_t)i);
	return (int32_t)npuc_le32(t->data + 4 * (size_t)i);
}

bool npuc_constant_ints(const struct npuc_tensor *t, int32_t *values, uint32_t max, uint32_t *count)
{
	if (!t || (t->type != NPUC_TYPE_INT32 && t->type != NPUC_TYPE_INT64) || !t->data ||
	    t->elements > max || t->data_size != (size_t)npuc_type_size(t->type) * t->elements)
		return false;
	for (uint32_t i = 0; i < t->elements; i++) {
		int64_t value = npuc_constant_int(t, i);

		if (value != (int32_t)value)
			return false;
		values[i] = (int32_t)value;
	}
	*count = t->elements;
	return true;
}
