// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tflite.h"

static uint32_t *copy_list(const uint32_t *list, uint32_t count)
{
	uint32_t *copy = calloc((size_t)count + 1, sizeof(*copy));

	if (copy && count)
		memcpy(copy, list, count * sizeof(*copy));
	return copy;
}

static void copy_tensor(struct npuc_edit *e, const struct npuc_tensor *from)
{
	uint32_t number = npuc_build_tensor(&e->b, from->name, from->type, NULL);
	struct npuc_tensor *to;

	if (number == NPUC_NONE)
		return;
	to = &e->b.g.tensors[number];
	*to = *from;
	/* What the old graph computed stays its own; who reads and writes is noted at the end. */
	to->folded = NULL;
	to->producer = NPUC_NONE;
	to->consumers = 0;
	to->input = NPUC_NONE;
	to->output = NPUC_NONE;
}

bool npuc_edit_begin(struct npuc_edit *e, const struct npuc_graph *from, size_t limit)
{
	*e = (struct npuc_edit){
		.from = from,
		.b.limit = limit,
		.inputs = copy_list(from->inputs, from->input_count),
		.outputs = copy_list(from->outputs, from->output_count),
		.number = NPUC_NONE,
	};
	for (uint32_t i = 0; i < from->tensor_count; i++)
		copy_tensor(e, &from->tensors[i]);
	e->b.failed |= !e->inputs || !e->outputs;
	return !e->b.failed;
}

static struct npuc_op *add(struct npuc_edit *e, uint32_t builtin, const char *type,
			   const struct npuc_attributes *attributes, const uint32_t *inputs,
			   uint32_t input_count, const uint32_t *outputs, uint32_t output_count)
{
	if (!npuc_build_op(&e->b, builtin, type, attributes, inputs, input_count, outputs,
			   output_count)) {
		e->b.failed = true;
		return NULL;
	}
	return &e->b.g.ops[e->b.g.op_count - 1];
}

struct npuc_op *npuc_edit_keep(struct npuc_edit *e, uint32_t number)
{
	const struct npuc_op *from = &e->from->ops[number];
	/* The op says nothing of outputs whose shape is not known; constraints do. */
	struct npuc_op *op = npuc_build_copy(&e->b, from);

	if (!op)
		e->b.failed = true;
	return op;
}

/* The lists lie in memory of the new graph's builder. */
static uint32_t *writable(const uint32_t *list)
{
	return (uint32_t *)(uintptr_t)list;
}

void npuc_edit_replace(struct npuc_op *op, const uint32_t *old, const uint32_t *now, uint32_t count)
{
	for (uint32_t i = 0; i < op->input_count; i++) {
		uint32_t k = 0;

		while (k < count && op->inputs[i] != old[k])
			k++;
		if (k < count)
			writable(op->inputs)[i] = now[k];
	}
}

void npuc_edit_write(struct npuc_op *op, uint32_t tensor)
{
	writable(op->outputs)[0] = tensor;
}

uint32_t npuc_edit_op(struct npuc_edit *e, uint32_t builtin,
		      const struct npuc_attributes *attributes, const uint32_t *inputs,
		      uint32_t count, uint32_t output)
{
	static const struct npuc_attributes none;
	struct npuc_op *op;

	for (uint32_t i = 0; i < count; i++)
		e->b.failed |= inputs[i] == NPUC_NONE;
	if (output == NPUC_NONE || e->b.failed)
		return NPUC_NONE;
	op = add(e, builtin, npuc_builtin_name(builtin), attributes ? attributes : &none, inputs,
		 count, &output, 1);
	if (!op)
		return NPUC_NONE;
	op->number = e->number;
	return output;
}

uint32_t npuc_edit_tensor(struct npuc_edit *e, const char *name, const char *suffix, uint32_t type)
{
	size_t size = strlen(name) + 1 + strlen(suffix);
	char *text = malloc(size + 1);
	uint32_t tensor;

	if (!text) {
		e->b.failed = true;
		return NPUC_NONE;
	}
	snprintf(text, size + 1, "%s:%s", name, suffix);
	tensor = npuc_build_tensor(&e->b, npuc_build_name(&e->b, text, size), type, NULL);
	free(text);
	return tensor;
}

void npuc_edit_shape(struct npuc_edit *e, uint32_t tensor, const struct npuc_shape *shape)
{
	struct npuc_tensor *t;

	if (tensor == NPUC_NONE)
		return;
	t = &e->b.g.tensors[tensor];
	t->shape = *shape;
	t->ranked = true;
	t->dimensioned = shape->rank > 0;
	t->elements = npuc_shape_elements(shape);
}

void npuc_edit_quant(struct npuc_edit *e, uint32_t tensor, float scale, int64_t zero_point)
{
	uint8_t *data = npuc_build_memory(&e->b, sizeof(zero_point) + sizeof(scale));

	if (!data || tensor == NPUC_NONE)
		return;
	memcpy(data, &zero_point, sizeof(zero_point));
	memcpy(data + sizeof(zero_point), &scale, sizeof(scale));
	e->b.g.tensors[tensor].quant = (struct npuc_quant){
		.scales = data + sizeof(zero_point),
		.zero_points = data,
		.count = 1,
		.zero_point_count = 1,
	};
}

uint32_t npuc_edit_reals(struct npuc_edit *e, const struct npuc_shape *shape, const float *values)
{
	size_t bytes = npuc_shape_elements(shape) * sizeof(*values);
	void *data = npuc_build_memory(&e->b, bytes);

	if (data)
		memcpy(data, values, bytes);
	return npuc_build_constant(&e->b, "", NPUC_TYPE_FLOAT32, shape, data);
}

uint32_t npuc_edit_retype(struct npuc_edit *e, uint32_t builtin, uint32_t tensor, uint32_t type,
			  const char *suffix)
{
	uint32_t out;

	if (tensor == NPUC_NONE)
		return NPUC_NONE;
	out = npuc_edit_tensor(e, e->b.g.tensors[tensor].name, suffix, type);
	return npuc_edit_op(e, builtin, NULL, &tensor, 1, out);
}

bool npuc_edit_end(struct npuc_edit *e, struct npuc_graph *g)
{
	bool done = !e->b.failed && npuc_build_finish(&e->b, e->inputs, e->from->input_count,
						      e->outputs, e->from->output_count);

	*g = (struct npuc_graph){ 0 };
	if (!done) {
		npuc_edit_drop(e);
		return false;
	}
	free(e->inputs);
	free(e->outputs);
	*g = e->b.g;
	return true;
}

void npuc_edit_drop(struct npuc_edit *e)
{
	free(e->inputs);
	free(e->outputs);
	npuc_graph_free(&e->b.g);
}
