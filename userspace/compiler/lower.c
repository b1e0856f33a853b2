// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "lower.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "host_op.h"
#include "merge.h"
#include "partition.h"
#include "tflite.h"

#define NPUC_OPERATOR(name, least, most, first, activations, infer) \
	{ TFLITE_##name, least, most, first, activations, npuc_infer_##infer },

static const struct npuc_operator operators[] = {
#include "lowerings.def"
};

#define NPUC_LOWERING(name, families, lower, traits) \
	{ TFLITE_##name, families, npuc_lower_##lower, traits },

static const struct npuc_lowering lowerings[] = {
#include "lowerings.def"
};

static const struct {
	uint32_t type;
	uint32_t dtype;
	uint32_t family;
} types[] = {
	{ NPUC_TYPE_INT8, VNPU_DTYPE_INT8, NPUC_Q8 },
	{ NPUC_TYPE_UINT8, VNPU_DTYPE_UINT8, NPUC_Q8 },
	{ NPUC_TYPE_INT32, VNPU_DTYPE_INT32, NPUC_INT },
	{ NPUC_TYPE_FLOAT32, VNPU_DTYPE_FLOAT32, NPUC_REAL },
	{ NPUC_TYPE_INT16, VNPU_DTYPE_INT16, NPUC_Q16 },
	{ NPUC_TYPE_FLOAT16, VNPU_DTYPE_FLOAT16, NPUC_REAL },
	{ NPUC_TYPE_INT64, VNPU_DTYPE_INT64, NPUC_INT },
	{ NPUC_TYPE_BOOL, VNPU_DTYPE_UINT8, NPUC_BOOL },
};

uint32_t npuc_dtype(uint32_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].dtype;
	return VNPU_DTYPE_NONE;
}

uint32_t npuc_family(uint32_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].family;
	return 0;
}

const struct npuc_operator *npuc_operator(uint32_t builtin)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (operators[i].builtin == builtin)
			return &operators[i];
	return NULL;
}

const struct npuc_lowering *npuc_lowering_in(uint32_t builtin, uint32_t family)
{
	for (size_t i = 0; i < sizeof(lowerings) / sizeof(lowerings[0]); i++)
		if (lowerings[i].builtin == builtin && (lowerings[i].families & family))
			return &lowerings[i];
	return NULL;
}

const struct npuc_lowering *npuc_lowering(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_operator *o = npuc_operator(op->builtin);
	const struct npuc_tensor *in = o ? npuc_input(g, op, o->first) : NULL;

	return in ? npuc_lowering_in(op->builtin, npuc_family(in->type)) : NULL;
}

static bool known_shape(const struct npuc_tensor *t)
{
	return t && t->elements && (t->ranked || t->data);
}

bool npuc_operands_present(const struct npuc_graph *g, const struct npuc_op *op,
			   const struct npuc_operator *o)
{
	if (op->input_count < o->least || op->input_count > o->most)
		return false;
	for (uint32_t i = 0; i < op->input_count; i++) {
		bool optional = i >= o->least && (i < o->first || i - o->first >= o->activations);

		if (!known_shape(npuc_input(g, op, i)) && !(optional && op->inputs[i] == NPUC_NONE))
			return false;
	}
	return true;
}

uint32_t npuc_in(const struct npuc_compilation *c, uint32_t number, uint32_t i)
{
	return i ? c->graph->ops[number].inputs[i] : c->folds[number].input;
}

uint32_t npuc_out(const struct npuc_compilation *c, uint32_t number)
{
	return c->folds[number].output;
}

uint32_t npuc_relu_activation(uint32_t builtin)
{
	switch (builtin) {
	case TFLITE_RELU:
		return NPUC_ACTIVATION_RELU;
	case TFLITE_RELU6:
		return NPUC_ACTIVATION_RELU6;
	case TFLITE_RELU_N1_TO_1:
		return NPUC_ACTIVATION_RELU_N1_TO_1;
	default:
		return NPUC_ACTIVATION_NONE;
	}
}

uint32_t npuc_concat_axis(const struct npuc_graph *g, const struct npuc_op *op)
{
	uint32_t axis = npuc_axis((int32_t)op->attributes.axis, npuc_output(g, op)->shape.rank);
	struct npuc_merge m = npuc_merge(g, op);

	return (uint32_t)__builtin_ctz(npuc_merge_axes(&m, 1u << axis));
}

int npuc_copy(struct npuc_compilation *c, uint32_t source, uint32_t from, uint32_t to)
{
	struct npuc_record *r = npuc_record(c, source, VNPU_OP_COPY);
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, from);
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, to);
	if (!err)
		npuc_operand_shape(r, NPUC_OUT, r->op.in[0].shape);
	return err;
}

static int lower_op(struct npuc_compilation *c, uint32_t number, struct npuc_layer *layer)
{
	const struct npuc_op *op = &c->graph->ops[number];
	int err = 0;

	*layer = (struct npuc_layer){
		.op = number,
		.output = npuc_out(c, number),
		.first = c->record_count,
	};
	layer->place = npuc_on_host(c, number) ? NPU_FILE_HOST : NPU_FILE_DEVICE;
	layer->host_op = layer->place == NPU_FILE_HOST && !c->folds[number].gone &&
			 npuc_host_operator(c->graph, op);
	if (layer->host_op)
		err = npuc_lower_host_op(c, number);
	else if (!c->folds[number].gone)
		err = npuc_lowering(c->graph, op)->lower(c, number);
	layer->count = layer->host_op ? 1 : c->record_count - layer->first;
	return err;
}

/* The side of the last layer that does something: no new partition for a copy. */
static uint32_t last_place(const struct npuc_compilation *c)
{
	/* The layer that is being made is counted already. */
	for (uint32_t i = c->layer_count - 1; i-- > 0;)
		if (c->layers[i].count)
			return c->layers[i].place;
	return NPU_FILE_DEVICE;
}

/* Outputs that no op writes in their place: inputs, constants, and those listed before. */
static int copy_output(struct npuc_compilation *c, uint32_t i, struct npuc_layer *layer)
{
	uint32_t tensor = c->graph->outputs[i];
	struct npuc_record *r;
	int err;

	*layer = (struct npuc_layer){
		.op = NPUC_NONE,
		.output = tensor,
		.first = c->record_count,
		.count = 1,
		.place = last_place(c),
	};
	r = npuc_record(c, NPUC_NONE, VNPU_OP_COPY);
	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, tensor);
	if (err)
		return err;
	r->op.out = r->op.in[0];
	r->op.out.offset = 0;
	npuc_operand_shape(r, NPUC_OUT, r->op.in[0].shape);
	/* Not the tensor's home, but the memory of this output: see npuc_output_root(). */
	r->root[NPUC_OUT] = npuc_output_root(i);
	return 0;
}

int npuc_lower(struct npuc_compilation *c)
{
	const struct npuc_graph *g = c->graph;
	int err;

	c->layers = calloc((size_t)g->op_count + g->output_count + 1, sizeof(*c->layers));
	if (!c->layers)
		return npuc_no_memory(c);
	for (uint32_t i = 0; i < g->op_count; i++) {
		err = lower_op(c, c->order ? c->order[i] : i, &c->layers[c->layer_count++]);
		if (err)
			return err;
	}
	for (uint32_t i = 0; i < g->output_count; i++) {
		const struct npuc_tensor *t = &g->tensors[g->outputs[i]];

		if (t->output == i && t->producer != NPUC_NONE)
			continue;
		err = copy_output(c, i, &c->layers[c->layer_count++]);
		if (err)
			return err;
	}
	return npuc_segments(c);
}
