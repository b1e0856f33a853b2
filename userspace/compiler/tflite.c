// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Reads .tflite files: field numbers and defaults are those of TFLite's schema.fbs. */
#include "tflite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "flatbuffer.h"
#include "tflite_options.h"

#define TFLITE_OP(name) #name,

static const char *const op_names[] = {
#include "tflite_ops.def"
	[TFLITE_ERF] = "ERF",
	[TFLITE_RECIPROCAL] = "RECIPROCAL",
	[TFLITE_SOFTPLUS] = "SOFTPLUS",
};

const char *npuc_builtin_name(uint32_t builtin)
{
	return op_names[builtin];
}

/* Field numbers of the tables we read. */
enum { MODEL_VERSION, MODEL_OPCODES, MODEL_SUBGRAPHS, MODEL_BUFFERS = 4 };
enum { SUBGRAPH_TENSORS, SUBGRAPH_INPUTS, SUBGRAPH_OUTPUTS, SUBGRAPH_OPERATORS };
enum { OPCODE_DEPRECATED, OPCODE_CUSTOM, OPCODE_VERSION, OPCODE_BUILTIN };
enum { BUFFER_DATA, BUFFER_OFFSET, BUFFER_SIZE };
enum {
	TENSOR_SHAPE,
	TENSOR_TYPE,
	TENSOR_BUFFER,
	TENSOR_NAME,
	TENSOR_QUANT,
	TENSOR_VARIABLE,
	TENSOR_SPARSITY,
	TENSOR_HAS_RANK = 8,
};
enum { QUANT_SCALE = 2, QUANT_ZERO_POINT, QUANT_DETAILS_TYPE, QUANT_AXIS = 6 };
enum {
	OPERATOR_OPCODE,
	OPERATOR_INPUTS,
	OPERATOR_OUTPUTS,
	OPERATOR_OPTIONS_TYPE,
	OPERATOR_OPTIONS,
	OPERATOR_CUSTOM,
	OPERATOR_INTERMEDIATES = 8,
	OPERATOR_LARGE_CUSTOM,
	OPERATOR_OPTIONS_2 = 11,
};

#define SCHEMA_VERSION 3

/**
 * struct reader - a file being read
 * @file: name for errors
 * @fb: the flatbuffer
 * @opcodes: vector of operator codes
 * @buffers: vector of constant buffers
 * @g: the graph under construction
 * @next_ref: free entries of the graph's refs begin here
 * @error: where failures are explained
 */
struct reader {
	const char *file;
	struct npuc_fb fb;
	struct npuc_fb_vector opcodes;
	struct npuc_fb_vector buffers;
	struct npuc_graph *g;
	uint32_t *next_ref;
	struct npuc_error *error;
};

static int broken(struct reader *r)
{
	return npuc_fail(r->error, -EINVAL,
			 "%s: broken file, at byte %zu: %s is outside or malformed", r->file,
			 r->fb.where, r->fb.broken);
}

static int read_shape(struct reader *r, const struct npuc_fb_table *t, uint32_t index,
		      struct npuc_tensor *tensor)
{
	struct npuc_fb_vector v = npuc_fb_vector(&r->fb, t, TENSOR_SHAPE, 4);

	if (v.count > NPUC_MAX_RANK)
		return npuc_fail(r->error, -EOPNOTSUPP,
				 "%s: tensor %u '%s' has %u dimensions, at most %u are supported",
				 r->file, index, tensor->name, v.count, NPUC_MAX_RANK);
	tensor->shape.rank = v.count;
	tensor->dimensioned = v.count != 0;
	tensor->ranked = v.count || npuc_fb_u8(&r->fb, t, TENSOR_HAS_RANK, 0);
	for (uint32_t i = 0; i < v.count; i++) {
		tensor->shape.dim[i] = npuc_le32(r->fb.data + v.pos + 4 * (size_t)i);
		if (tensor->shape.dim[i] > INT32_MAX)
			return npuc_fail(r->error, -EINVAL,
					 "%s: tensor %u '%s': dimension %u is negative (%d)",
					 r->file, index, tensor->name, i,
					 (int32_t)tensor->shape.dim[i]);
	}
	tensor->elements = npuc_shape_elements(&tensor->shape);
	return 0;
}

static int read_quant(struct reader *r, const struct npuc_fb_table *t, uint32_t index,
		      struct npuc_tensor *tensor)
{
	struct npuc_fb_table q = npuc_fb_child(&r->fb, t, TENSOR_QUANT);
	struct npuc_fb_vector scales = npuc_fb_vector(&r->fb, &q, QUANT_SCALE, 4);
	struct npuc_fb_vector zeros = npuc_fb_vector(&r->fb, &q, QUANT_ZERO_POINT, 8);
	struct npuc_quant *quant = &tensor->quant;

	quant->scales = r->fb.data + scales.pos;
	quant->count = scales.count;
	quant->zero_points = r->fb.data + zeros.pos;
	quant->zero_point_count = zeros.count;
	quant->axis = npuc_fb_u32(&r->fb, &q, QUANT_AXIS, 0);
	quant->foreign = npuc_fb_u8(&r->fb, &q, QUANT_DETAILS_TYPE, 0);
	if (quant->count > 1 &&
	    (quant->axis >= tensor->shape.rank || tensor->shape.dim[quant->axis] != quant->count))
		return npuc_fail(
			r->error, -EINVAL,
			"%s: tensor %u '%s' has %u scales, but not as many channels along dimension %d",
			r->file, index, tensor->name, quant->count, (int32_t)quant->axis);
	if (quant->count && quant->zero_point_count > 1 && quant->zero_point_count != quant->count)
		return npuc_fail(r->error, -EINVAL,
				 "%s: tensor %u '%s' has %u scales, but %u zero points", r->file,
				 index, tensor->name, quant->count, quant->zero_point_count);
	return 0;
}

/* Contents that lie behind the flatbuffer in the same file: of models over 2 GiB. */
static int read_behind(struct reader *r, uint32_t index, struct npuc_tensor *tensor,
		       uint64_t offset, uint64_t size)
{
	if (offset > r->fb.size || size > r->fb.size - offset || size > UINT32_MAX)
		return npuc_fail(r->error, -EINVAL,
				 "%s: tensor %u '%s' has %llu bytes of data at byte %llu, but the "
				 "file ends at %zu",
				 r->file, index, tensor->name, (unsigned long long)size,
				 (unsigned long long)offset, r->fb.size);
	/* Nothing there is what an empty buffer is: no contents. */
	if (size) {
		tensor->data = r->fb.data + offset;
		tensor->data_size = (uint32_t)size;
	}
	return 0;
}

static int read_data(struct reader *r, const struct npuc_fb_table *t, uint32_t index,
		     struct npuc_tensor *tensor)
{
	uint32_t number = npuc_fb_u32(&r->fb, t, TENSOR_BUFFER, 0);
	struct npuc_fb_table buffer;
	struct npuc_fb_vector data;
	uint64_t offset;

	if (!number)
		return 0;
	if (number >= r->buffers.count)
		return npuc_fail(r->error, -EINVAL,
				 "%s: tensor %u '%s' names buffer %u, but there are %u", r->file,
				 index, tensor->name, number, r->buffers.count);
	buffer = npuc_fb_element(&r->fb, &r->buffers, number);
	offset = npuc_fb_u64(&r->fb, &buffer, BUFFER_OFFSET, 0);
	if (offset > 1)
		return read_behind(r, index, tensor, offset,
				   npuc_fb_u64(&r->fb, &buffer, BUFFER_SIZE, 0));
	data = npuc_fb_vector(&r->fb, &buffer, BUFFER_DATA, 1);
	if (data.count) {
		tensor->data = r->fb.data + data.pos;
		tensor->data_size = data.count;
	}
	return 0;
}

static int read_tensors(struct reader *r, const struct npuc_fb_vector *tensors)
{
	struct npuc_graph *g = r->g;
	int err;

	if (tensors->count > NPUC_MAX_MODEL_TENSORS)
		return npuc_fail(r->error, -EOPNOTSUPP, "%s: %u tensors, at most %u are supported",
				 r->file, tensors->count, NPUC_MAX_MODEL_TENSORS);
	g->tensors = calloc(tensors->count ? tensors->count : 1, sizeof(*g->tensors));
	if (!g->tensors)
		return -ENOMEM;
	g->tensor_count = tensors->count;

	for (uint32_t i = 0; i < g->tensor_count; i++) {
		struct npuc_fb_table t = npuc_fb_element(&r->fb, tensors, i);
		struct npuc_tensor *tensor = &g->tensors[i];
		const char *name = npuc_fb_string(&r->fb, &t, TENSOR_NAME);

		tensor->name = name ? name : "";
		tensor->type = npuc_fb_u8(&r->fb, &t, TENSOR_TYPE, 0);
		tensor->variable = npuc_fb_u8(&r->fb, &t, TENSOR_VARIABLE, 0);
		tensor->sparse = npuc_fb_child(&r->fb, &t, TENSOR_SPARSITY).pos;
		tensor->producer = NPUC_NONE;
		tensor->input = NPUC_NONE;
		tensor->output = NPUC_NONE;
		err = read_shape(r, &t, i, tensor);
		if (!err)
			err = read_quant(r, &t, i, tensor);
		if (!err)
			err = read_data(r, &t, i, tensor);
		if (err)
			return err;
		if (r->fb.broken)
			return broken(r);
	}
	return 0;
}

/* Copy a vector of tensor numbers; NPUC_NONE passes only where @optional. */
static int read_refs(struct reader *r, const struct npuc_fb_vector *v, const char *whose,
		     bool optional, const uint32_t **refs, uint32_t *count)
{
	for (uint32_t i = 0; i < v->count; i++) {
		uint32_t ref = npuc_le32(r->fb.data + v->pos + 4 * (size_t)i);

		if (ref >= r->g->tensor_count && !(optional && ref == NPUC_NONE))
			return npuc_fail(r->error, -EINVAL,
					 "%s: %s names tensor %d, but there are %u", r->file, whose,
					 (int32_t)ref, r->g->tensor_count);
		r->next_ref[i] = ref;
	}
	*refs = r->next_ref;
	*count = v->count;
	r->next_ref += v->count;
	return 0;
}

static int read_type(struct reader *r, const struct npuc_fb_table *t, uint32_t index,
		     struct npuc_op *op)
{
	uint32_t number = npuc_fb_u32(&r->fb, t, OPERATOR_OPCODE, 0);
	struct npuc_fb_table code;
	uint32_t old;

	if (number >= r->opcodes.count)
		return npuc_fail(r->error, -EINVAL, "%s: op %u names op code %u, but there are %u",
				 r->file, index, number, r->opcodes.count);
	code = npuc_fb_element(&r->fb, &r->opcodes, number);
	/* The schema's rule: the larger of the old 8-bit and the new 32-bit field counts. */
	old = npuc_fb_u8(&r->fb, &code, OPCODE_DEPRECATED, 0);
	op->builtin = npuc_fb_u32(&r->fb, &code, OPCODE_BUILTIN, 0);
	if (old <= INT8_MAX && (int32_t)op->builtin < (int32_t)old)
		op->builtin = old;
	op->source.version = npuc_fb_u32(&r->fb, &code, OPCODE_VERSION, 1);
	/* numbers behind TFLite's are ops of ours, which files cannot name */
	if (op->builtin >= TFLITE_BUILTINS)
		op->builtin = NPUC_NONE;
	op->type = op->builtin < TFLITE_BUILTINS ? op_names[op->builtin] : "UNKNOWN";
	if (op->builtin == TFLITE_CUSTOM) {
		op->type = npuc_fb_string(&r->fb, &code, OPCODE_CUSTOM);
		if (!op->type)
			op->type = op_names[TFLITE_CUSTOM];
	}
	return 0;
}

/* The last of the LSTM's intermediate tensors: no value, but a quantisation. */
static uint32_t read_hidden(struct reader *r, const struct npuc_fb_table *t)
{
	struct npuc_fb_vector v = npuc_fb_vector(&r->fb, t, OPERATOR_INTERMEDIATES, 4);
	uint32_t ref = v.count == 5 ? npuc_le32(r->fb.data + v.pos + 4 * 4) : NPUC_NONE;

	return ref < r->g->tensor_count ? ref : NPUC_NONE;
}

/* What is handed on as it is. */
static void read_source(struct reader *r, const struct npuc_fb_table *t,
			struct npuc_op_source *source)
{
	struct npuc_fb_table options = npuc_fb_child(&r->fb, t, OPERATOR_OPTIONS);
	struct npuc_fb_vector custom = npuc_fb_vector(&r->fb, t, OPERATOR_CUSTOM, 1);
	struct npuc_fb_vector v = npuc_fb_vector(&r->fb, t, OPERATOR_INTERMEDIATES, 4);

	source->options_type = npuc_fb_u8(&r->fb, t, OPERATOR_OPTIONS_TYPE, 0);
	source->options = options.pos ? r->fb.data + options.pos : NULL;
	source->custom = custom.count ? r->fb.data + custom.pos : NULL;
	source->custom_size = custom.count;
	source->intermediates = v.count ? r->fb.data + v.pos : NULL;
	source->intermediate_count = v.count;
	source->foreign = npuc_fb_u64(&r->fb, t, OPERATOR_LARGE_CUSTOM, 0) > 1 ||
			  npuc_fb_u8(&r->fb, t, OPERATOR_OPTIONS_2, 0);
}

static int read_op(struct reader *r, const struct npuc_fb_table *t, uint32_t index,
		   struct npuc_op *op)
{
	struct npuc_fb_vector in = npuc_fb_vector(&r->fb, t, OPERATOR_INPUTS, 4);
	struct npuc_fb_vector out = npuc_fb_vector(&r->fb, t, OPERATOR_OUTPUTS, 4);
	int err;

	err = read_type(r, t, index, op);
	if (!err)
		err = read_refs(r, &in, op->type, true, &op->inputs, &op->input_count);
	if (!err)
		err = read_refs(r, &out, op->type, false, &op->outputs, &op->output_count);
	if (err)
		return err;
	if (!op->output_count)
		return npuc_fail(r->error, -EINVAL, "%s: op %u %s has no output", r->file, index,
				 op->type);
	npuc_tflite_options(&r->fb, t, &op->attributes);
	op->attributes.hidden = read_hidden(r, t);
	read_source(r, t, &op->source);
	op->number = index;
	return r->fb.broken ? broken(r) : 0;
}

/*
 * Tensor numbers of ops may lie in shared vectors, so that a small file can name
 * very many.  An honest file spends four bytes on each.
 */
static int allocate_refs(struct reader *r, const struct npuc_fb_vector *ops,
			 const struct npuc_fb_vector *inputs, const struct npuc_fb_vector *outputs)
{
	uint64_t refs = (uint64_t)inputs->count + outputs->count;

	for (uint32_t i = 0; i < ops->count; i++) {
		struct npuc_fb_table t = npuc_fb_element(&r->fb, ops, i);

		refs += npuc_fb_vector(&r->fb, &t, OPERATOR_INPUTS, 4).count;
		refs += npuc_fb_vector(&r->fb, &t, OPERATOR_OUTPUTS, 4).count;
	}
	if (r->fb.broken)
		return broken(r);
	if (refs > r->fb.size)
		return npuc_fail(r->error, -EINVAL,
				 "%s: ops name more tensors than the file can hold", r->file);
	r->g->refs = calloc(refs ? (size_t)refs : 1, sizeof(*r->g->refs));
	if (!r->g->refs)
		return -ENOMEM;
	r->next_ref = r->g->refs;
	return 0;
}

static int read_ops(struct reader *r, const struct npuc_fb_vector *ops)
{
	struct npuc_graph *g = r->g;
	int err;

	g->ops = calloc(ops->count ? ops->count : 1, sizeof(*g->ops));
	if (!g->ops)
		return -ENOMEM;
	g->op_count = ops->count;
	for (uint32_t i = 0; i < g->op_count; i++) {
		struct npuc_fb_table t = npuc_fb_element(&r->fb, ops, i);

		err = read_op(r, &t, i, &g->ops[i]);
		if (err)
			return err;
	}
	return 0;
}

static int link_io(struct reader *r)
{
	struct npuc_graph *g = r->g;

	for (uint32_t i = 0; i < g->input_count; i++) {
		struct npuc_tensor *t = &g->tensors[g->inputs[i]];

		if (t->data || t->input != NPUC_NONE)
			return npuc_fail(r->error, -EINVAL, "%s: model input %u '%s' is %s",
					 r->file, i, t->name,
					 t->data ? "a constant" : "listed twice");
		t->input = i;
	}
	for (uint32_t i = g->output_count; i-- > 0;)
		g->tensors[g->outputs[i]].output = i;
	return 0;
}

static bool available(const struct npuc_tensor *t)
{
	return t->data || t->input != NPUC_NONE || t->producer != NPUC_NONE || t->variable ||
	       (t->shape.rank && !t->elements);
}

/* Note producers and consumers; refuse what reads a value before it is there, so also cycles. */
static int link_ops(struct reader *r)
{
	struct npuc_graph *g = r->g;

	for (uint32_t i = 0; i < g->op_count; i++) {
		const struct npuc_op *op = &g->ops[i];

		for (uint32_t k = 0; k < op->input_count; k++) {
			struct npuc_tensor *t;

			if (op->inputs[k] == NPUC_NONE)
				continue;
			t = &g->tensors[op->inputs[k]];
			if (!available(t))
				return npuc_fail(
					r->error, -EINVAL,
					"%s: op %u %s reads tensor %u '%s' before any op writes it",
					r->file, i, op->type, op->inputs[k], t->name);
			t->consumers++;
		}
		for (uint32_t k = 0; k < op->output_count; k++) {
			struct npuc_tensor *t = &g->tensors[op->outputs[k]];

			if (t->data || t->input != NPUC_NONE || t->producer != NPUC_NONE)
				return npuc_fail(
					r->error, -EINVAL,
					"%s: op %u %s writes tensor %u '%s', which already has a value",
					r->file, i, op->type, op->outputs[k], t->name);
			t->producer = i;
		}
	}
	for (uint32_t i = 0; i < g->output_count; i++) {
		const struct npuc_tensor *t = &g->tensors[g->outputs[i]];

		if (!available(t))
			return npuc_fail(r->error, -EINVAL,
					 "%s: model output %u '%s' is written by no op", r->file, i,
					 t->name);
	}
	return 0;
}

static int read_subgraph(struct reader *r, const struct npuc_fb_table *t)
{
	struct npuc_fb_vector tensors = npuc_fb_vector(&r->fb, t, SUBGRAPH_TENSORS, 4);
	struct npuc_fb_vector ops = npuc_fb_vector(&r->fb, t, SUBGRAPH_OPERATORS, 4);
	struct npuc_fb_vector inputs = npuc_fb_vector(&r->fb, t, SUBGRAPH_INPUTS, 4);
	struct npuc_fb_vector outputs = npuc_fb_vector(&r->fb, t, SUBGRAPH_OUTPUTS, 4);
	struct npuc_graph *g = r->g;
	int err;

	if (r->fb.broken)
		return broken(r);
	if (ops.count > NPUC_MAX_MODEL_OPS)
		return npuc_fail(r->error, -EOPNOTSUPP, "%s: %u ops, at most %u are supported",
				 r->file, ops.count, NPUC_MAX_MODEL_OPS);
	err = read_tensors(r, &tensors);
	if (!err)
		err = allocate_refs(r, &ops, &inputs, &outputs);
	if (!err)
		err = read_refs(r, &inputs, "the input list", false, &g->inputs, &g->input_count);
	if (!err)
		err = read_refs(r, &outputs, "the output list", false, &g->outputs,
				&g->output_count);
	if (!err)
		err = read_ops(r, &ops);
	if (!err)
		err = link_io(r);
	if (!err)
		err = link_ops(r);
	return err;
}

int npuc_tflite_read(const char *name, const void *data, size_t size, struct npuc_graph *g,
		     struct npuc_error *error)
{
	struct reader r = {
		.file = name,
		.fb = { .data = data, .size = size },
		.g = g,
		.error = error,
	};
	struct npuc_fb_table model = npuc_fb_root(&r.fb, "TFL3");
	uint32_t version = npuc_fb_u32(&r.fb, &model, MODEL_VERSION, 0);
	struct npuc_fb_vector subgraphs = npuc_fb_vector(&r.fb, &model, MODEL_SUBGRAPHS, 4);
	struct npuc_fb_table subgraph;
	int err;

	*g = (struct npuc_graph){ 0 };
	r.opcodes = npuc_fb_vector(&r.fb, &model, MODEL_OPCODES, 4);
	r.buffers = npuc_fb_vector(&r.fb, &model, MODEL_BUFFERS, 4);
	if (r.fb.broken)
		return broken(&r);
	if (version != SCHEMA_VERSION)
		return npuc_fail(error, -EOPNOTSUPP, "%s: schema version %u, only %u is supported",
				 name, version, SCHEMA_VERSION);
	if (subgraphs.count != 1)
		return npuc_fail(error, -EOPNOTSUPP,
				 "%s: %u subgraphs, only models of one are supported", name,
				 subgraphs.count);
	subgraph = npuc_fb_element(&r.fb, &subgraphs, 0);
	err = read_subgraph(&r, &subgraph);
	if (err == -ENOMEM)
		npuc_fail(error, err, "%s: out of memory", name);
	return err;
}
