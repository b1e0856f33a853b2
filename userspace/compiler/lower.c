// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "lower.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "delegate.h"
#include "error.h"
#include "flatbuffer.h"
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

const struct npuc_lowering *npuc_lowering(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_operator *o = npuc_operator(op->builtin);
	const struct npuc_tensor *in = o ? npuc_input(g, op, o->first) : NULL;
	uint32_t family = in ? npuc_family(in->type) : 0;

	for (size_t i = 0; i < sizeof(lowerings) / sizeof(lowerings[0]); i++)
		if (lowerings[i].builtin == op->builtin && (lowerings[i].families & family))
			return &lowerings[i];
	return NULL;
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

struct vnpu_tensor *npuc_tensor_of(struct npuc_record *r, uint32_t k)
{
	return k == NPUC_OUT ? &r->op.out : &r->op.in[k];
}

struct npuc_record *npuc_record(struct npuc_compilation *c, uint32_t source, uint32_t opcode)
{
	struct npuc_record *r;
	uint32_t capacity;

	if (c->record_count == VNPU_MAX_OPS) {
		npuc_fail(c->error, -EOPNOTSUPP, "%s: needs more than %u program records",
			  c->model->name, VNPU_MAX_OPS);
		return NULL;
	}
	if (c->record_count == c->record_capacity) {
		capacity = c->record_capacity ? 2 * c->record_capacity : 64;
		r = realloc(c->records, capacity * sizeof(*r));
		if (!r) {
			npuc_no_memory(c);
			return NULL;
		}
		c->records = r;
		c->record_capacity = capacity;
	}
	r = &c->records[c->record_count++];
	memset(r, 0, sizeof(*r));
	r->op.opcode = opcode;
	r->op.source = source;
	if (source != NPUC_NONE && npuc_personality(c, source) != c->personality)
		r->op.personality = c->personality->rest;
	for (uint32_t k = 0; k < NPUC_OPERANDS; k++)
		r->root[k] = NPUC_NONE;
	return r;
}

static void dense_strides(struct vnpu_tensor *t, uint32_t element)
{
	for (int i = 3; i >= 0; i--) {
		t->stride[i] = element;
		element *= t->shape[i];
	}
}

static void *reserve_const(struct npuc_compilation *c, size_t bytes, size_t *offset)
{
	void *to = npuc_bytes_reserve(&c->constants, bytes, 64, offset);

	if (!to)
		npuc_fail(c->error, -ENOMEM,
			  "%s: out of memory for constants, %zu bytes behind %zu (limit %zu)",
			  c->model->name, bytes, c->constants.size, c->constants.limit);
	return to;
}

int npuc_operand(struct npuc_compilation *c, struct npuc_record *r, uint32_t k, uint32_t tensor)
{
	const struct npuc_tensor *t = &c->graph->tensors[tensor];
	struct npuc_home *home = &c->homes[tensor];
	struct vnpu_tensor *v = npuc_tensor_of(r, k);
	size_t offset;
	void *to;

	v->dtype = (uint8_t)npuc_dtype(t->type);
	v->layout = VNPU_LAYOUT_NHWC;
	v->zero_point = npuc_type_size(t->type) == 1 ? (int32_t)npuc_zero_point(t, 0) : 0;
	npuc_shape_nhwc(&t->shape, v->shape);
	if (t->data && home->root != NPUC_IN_CONST) {
		to = reserve_const(c, t->data_size, &offset);
		if (!to)
			return -ENOMEM;
		memcpy(to, t->data, t->data_size);
		home->root = NPUC_IN_CONST;
		home->offset = (uint32_t)offset;
	}
	memcpy(v->stride, home->stride, sizeof(v->stride));
	v->offset = home->offset;
	r->root[k] = home->root;
	home->used = !t->data;
	return 0;
}

void npuc_operand_shape(struct npuc_record *r, uint32_t k, const uint32_t shape[4])
{
	struct vnpu_tensor *v = npuc_tensor_of(r, k);
	uint32_t element = v->stride[3];

	memcpy(v->shape, shape, sizeof(v->shape));
	dense_strides(v, element);
}

void *npuc_operand_packed(struct npuc_compilation *c, struct npuc_record *r, uint32_t k,
			  uint32_t layout, uint32_t dtype, const uint32_t shape[4], size_t bytes)
{
	struct vnpu_tensor *v = npuc_tensor_of(r, k);
	size_t offset;
	void *to = reserve_const(c, bytes, &offset);

	if (!to)
		return NULL;
	v->offset = (uint32_t)offset;
	v->dtype = (uint8_t)dtype;
	v->layout = (uint8_t)layout;
	memcpy(v->shape, shape, sizeof(v->shape));
	r->root[k] = NPUC_IN_CONST;
	return to;
}

uint8_t *npuc_operand_lut(struct npuc_compilation *c, struct npuc_record *r, uint32_t type)
{
	return npuc_operand_packed(c, r, 1, VNPU_LAYOUT_LUT, npuc_dtype(type),
				   (uint32_t[4]){ 1, 1, 1, VNPU_LUT_ENTRIES }, VNPU_LUT_ENTRIES);
}

void npuc_rescale(struct npuc_record *r, uint32_t k, struct npuc_multiplier m)
{
	r->op.p.mult[k] = m.mult;
	r->op.p.shift[k] = m.shift;
}

void npuc_clamp(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
		uint32_t activation)
{
	const struct npuc_fold *fold = &c->folds[number];
	int32_t range[2];

	npuc_activation_range(npuc_output(c->graph, &c->graph->ops[number]), activation, range);
	r->op.p.clamp[0] = range[0] > fold->range[0] ? range[0] : fold->range[0];
	r->op.p.clamp[1] = range[1] < fold->range[1] ? range[1] : fold->range[1];
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
	int32_t axis = (int32_t)op->attributes.axis;
	int32_t rank = (int32_t)npuc_output(g, op)->shape.rank;

	return (uint32_t)(axis + (axis < 0 ? rank : 0) + 4 - rank);
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
	if (!c->folds[number].gone)
		err = npuc_lowering(c->graph, op)->lower(c, number);
	layer->count = c->record_count - layer->first;
	return err;
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
		err = lower_op(c, i, &c->layers[c->layer_count++]);
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
	return 0;
}
