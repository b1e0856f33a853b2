// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "graph_build.h"

#include <stdlib.h>
#include <string.h>

#include "lower.h"
#include "tflite.h"

/* Small requests share blocks of this size. */
#define BLOCK_BYTES (64u << 10)

static void *own(struct npuc_builder *b, size_t size)
{
	void **owned = realloc(b->g.owned, (b->g.owned_count + 1) * sizeof(*owned));
	void *block;

	if (!owned)
		return NULL;
	b->g.owned = owned;
	block = calloc(1, size);
	if (block)
		owned[b->g.owned_count++] = block;
	return block;
}

void *npuc_build_memory(struct npuc_builder *b, size_t size)
{
	void *memory;

	size = size ? (size + 7) & ~(size_t)7 : 8;
	if (b->failed || size > b->limit - b->total) {
		b->failed = true;
		return NULL;
	}
	b->total += size;
	if (size <= b->left) {
		memory = b->free;
		b->free += size;
		b->left -= size;
		return memory;
	}
	memory = own(b, size < BLOCK_BYTES / 4 ? BLOCK_BYTES : size);
	if (!memory)
		b->failed = true;
	else if (size < BLOCK_BYTES / 4) {
		b->free = (uint8_t *)memory + size;
		b->left = BLOCK_BYTES - size;
	}
	return memory;
}

const char *npuc_build_name(struct npuc_builder *b, const char *text, size_t size)
{
	char *name = npuc_build_memory(b, size + 1);

	if (!name)
		return "";
	if (size)
		memcpy(name, text, size);
	return name;
}

uint32_t npuc_build_tensor(struct npuc_builder *b, const char *name, uint32_t type,
			   const struct npuc_shape *shape)
{
	struct npuc_tensor *t;

	if (b->failed || b->g.tensor_count == NPUC_MAX_MODEL_TENSORS) {
		b->failed = true;
		return NPUC_NONE;
	}
	if (b->g.tensor_count == b->tensor_room) {
		uint32_t room = b->tensor_room ? 2 * b->tensor_room : 64;

		t = realloc(b->g.tensors, room * sizeof(*t));
		if (!t) {
			b->failed = true;
			return NPUC_NONE;
		}
		b->g.tensors = t;
		b->tensor_room = room;
	}
	t = &b->g.tensors[b->g.tensor_count];
	*t = (struct npuc_tensor){
		.name = name,
		.type = type,
		.producer = NPUC_NONE,
		.input = NPUC_NONE,
		.output = NPUC_NONE,
	};
	if (shape) {
		t->shape = *shape;
		t->ranked = true;
		t->dimensioned = shape->rank > 0;
		t->elements = npuc_shape_elements(shape);
	}
	return b->g.tensor_count++;
}

uint32_t npuc_build_constant(struct npuc_builder *b, const char *name, uint32_t type,
			     const struct npuc_shape *shape, const void *data)
{
	uint32_t number = npuc_build_tensor(b, name, type, shape);

	if (number == NPUC_NONE || !data)
		return NPUC_NONE;
	b->g.tensors[number].data = data;
	b->g.tensors[number].data_size =
		(size_t)b->g.tensors[number].elements * npuc_type_size(type);
	return number;
}

uint32_t npuc_build_list(struct npuc_builder *b, const int32_t *list, uint32_t count)
{
	const struct npuc_shape shape = { .rank = 1, .dim = { count } };
	uint8_t *data = npuc_build_memory(b, 4 * (size_t)count);

	for (uint32_t i = 0; data && i < 4 * count; i++)
		data[i] = (uint8_t)((uint32_t)list[i / 4] >> 8 * (i % 4));
	return npuc_build_constant(b, "", NPUC_TYPE_INT32, &shape, data);
}

static struct npuc_op *new_op(struct npuc_builder *b)
{
	struct npuc_op *ops;

	if (b->failed || b->g.op_count == NPUC_MAX_MODEL_OPS) {
		b->failed = true;
		return NULL;
	}
	if (b->g.op_count == b->op_room) {
		uint32_t room = b->op_room ? 2 * b->op_room : 64;

		ops = realloc(b->g.ops, room * sizeof(*ops));
		if (!ops) {
			b->failed = true;
			return NULL;
		}
		b->g.ops = ops;
		b->op_room = room;
	}
	return &b->g.ops[b->g.op_count++];
}

static bool give_shapes(struct npuc_builder *b, const struct npuc_op *op)
{
	const struct npuc_operator *known = npuc_operator(op->builtin);
	struct npuc_shape shapes[NPUC_MAX_OUTPUTS] = { { 0 } };
	bool all = true;

	for (uint32_t i = 0; i < op->output_count; i++)
		all &= b->g.tensors[op->outputs[i]].ranked;
	if (all)
		return true;
	if (!known || !known->infer(&b->g, op, shapes))
		return false;
	for (uint32_t i = 0; i < op->output_count; i++) {
		struct npuc_tensor *out = &b->g.tensors[op->outputs[i]];

		out->shape = shapes[i];
		out->ranked = true;
		out->dimensioned = shapes[i].rank > 0;
		out->elements = npuc_shape_elements(&shapes[i]);
		all = i ? all && out->elements : out->elements > 0;
	}
	return all;
}

/* An op with room for its tensor numbers, filled; outputs are looked at by the caller. */
static struct npuc_op *add_op(struct npuc_builder *b, const struct npuc_op *from)
{
	size_t count = (size_t)from->input_count + from->output_count;
	uint32_t *refs = npuc_build_memory(b, count * sizeof(*refs));
	struct npuc_op *op = new_op(b);

	if (!refs || !op)
		return NULL;
	if (from->input_count)
		memcpy(refs, from->inputs, from->input_count * sizeof(*refs));
	if (from->output_count)
		memcpy(refs + from->input_count, from->outputs, from->output_count * sizeof(*refs));
	*op = *from;
	op->inputs = refs;
	op->outputs = refs + from->input_count;
	return op;
}

bool npuc_build_op(struct npuc_builder *b, uint32_t builtin, const char *type,
		   const struct npuc_attributes *attributes, const uint32_t *inputs,
		   uint32_t input_count, const uint32_t *outputs, uint32_t output_count)
{
	const struct npuc_op from = {
		.builtin = builtin,
		.type = type,
		.inputs = inputs,
		.outputs = outputs,
		.input_count = input_count,
		.output_count = output_count,
		.attributes = *attributes,
		.number = b->g.op_count,
	};
	struct npuc_op *op;

	if (!output_count || output_count > NPUC_MAX_OUTPUTS)
		return false;
	op = add_op(b, &from);
	if (!op)
		return false;
	for (uint32_t i = 0; i < output_count; i++)
		if (outputs[i] == NPUC_NONE)
			return false;
	return give_shapes(b, op);
}

struct npuc_op *npuc_build_copy(struct npuc_builder *b, const struct npuc_op *from)
{
	return add_op(b, from);
}

static const uint32_t *keep(struct npuc_builder *b, const uint32_t *list, uint32_t count)
{
	uint32_t *copy = npuc_build_memory(b, (count + 1) * sizeof(*copy));

	if (copy && count)
		memcpy(copy, list, count * sizeof(*copy));
	return copy;
}

bool npuc_build_finish(struct npuc_builder *b, const uint32_t *inputs, uint32_t input_count,
		       const uint32_t *outputs, uint32_t output_count)
{
	struct npuc_graph *g = &b->g;

	g->inputs = keep(b, inputs, input_count);
	g->outputs = keep(b, outputs, output_count);
	if (b->failed)
		return false;
	g->input_count = input_count;
	g->output_count = output_count;
	for (uint32_t i = 0; i < input_count; i++)
		g->tensors[inputs[i]].input = i;
	for (uint32_t i = output_count; i-- > 0;)
		g->tensors[outputs[i]].output = i;
	for (uint32_t i = 0; i < g->op_count; i++) {
		const struct npuc_op *op = &g->ops[i];

		for (uint32_t k = 0; k < op->output_count && !op->constant; k++)
			g->tensors[op->outputs[k]].producer = i;
		for (uint32_t k = 0; k < op->input_count; k++)
			if (op->inputs[k] != NPUC_NONE)
				g->tensors[op->inputs[k]].consumers++;
	}
	return true;
}
