// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Goes through the nodes of a file, and gives the graph its inputs and outputs. */
#include "import.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "npum_personality.h"
#include "onnx.h"

/* Copies of constants in another order, and numbers of quantisation, per byte of the file. */
#define MEMORY_PER_FILE_BYTE 16
#define MEMORY_AT_LEAST (1u << 20)

#define ONNX_OP(name, since, least, most, import) \
	{ #name, since, least, most, onnx_import_##import },

static const struct {
	const char *name;
	uint32_t since;
	uint32_t least;
	uint32_t most;
	onnx_import_fn *import;
} ops[] = {
#include "ops.def"
};

int onnx_refuse(struct onnx_import *im, const char *format, ...)
{
	const struct onnx_node *n = &im->m.nodes[im->at];
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return npuc_fail(im->error, -EOPNOTSUPP, "%s: node %u %.*s '%.*s': %s", im->file, im->at,
			 (int)(n->op.size < 40 ? n->op.size : 40), n->op.at ? n->op.at : "",
			 (int)(n->name.size < 80 ? n->name.size : 80), n->name.at ? n->name.at : "",
			 text);
}

int onnx_broken(struct onnx_import *im)
{
	if (im->b.failed)
		return npuc_fail(
			im->error, -ENOMEM,
			"%s: out of memory, or more tensors than %u or constants than %zu bytes",
			im->file, NPUC_MAX_MODEL_TENSORS, im->b.limit);
	return onnx_refuse(im, "shapes or parameters of the inputs do not fit each other");
}

static uint32_t add_value(struct onnx_import *im, struct onnx_text name)
{
	uint32_t number = npuc_names_add(&im->names, name, im->value_count);

	if (number == im->value_count)
		im->values[im->value_count++] = (struct onnx_value){
			.name = name,
			.reader = NPUC_NONE,
			.stored = { NPUC_NONE, NPUC_NONE },
			.codes = NPUC_NONE,
		};
	return number;
}

uint32_t onnx_hidden(struct onnx_import *im)
{
	im->values[im->value_count] = (struct onnx_value){
		.name = { "", 0 },
		.reader = NPUC_NONE,
		.stored = { NPUC_NONE, NPUC_NONE },
		.codes = NPUC_NONE,
	};
	return im->value_count++;
}

uint32_t onnx_value(const struct onnx_import *im, struct onnx_text name)
{
	return npuc_names_find(&im->names, name);
}

uint32_t onnx_input(const struct onnx_import *im, const struct onnx_node *n, uint32_t i)
{
	return i < n->input_count ? onnx_value(im, n->inputs[i]) : NPUC_NONE;
}

/* Names of everything, and who reads it. */
static int note_values(struct onnx_import *im)
{
	const struct onnx_model *m = &im->m;
	uint32_t most = m->constant_count + m->input_count + m->output_count;

	for (uint32_t i = 0; i < m->node_count; i++)
		most += m->nodes[i].input_count + m->nodes[i].output_count;
	im->values = calloc(most + m->node_count + 1, sizeof(*im->values));
	im->done = calloc(m->node_count + 1, sizeof(*im->done));
	if (!im->values || !im->done || !npuc_names_open(&im->names, most))
		return npuc_fail(im->error, -ENOMEM, "%s: out of memory", im->file);

	for (uint32_t i = 0; i < m->constant_count; i++)
		if (m->constants[i].name.size)
			im->values[add_value(im, m->constants[i].name)].constant = &m->constants[i];
	for (uint32_t i = 0; i < m->input_count; i++)
		if (m->inputs[i].name.size)
			add_value(im, m->inputs[i].name);
	for (uint32_t i = 0; i < m->node_count; i++) {
		const struct onnx_node *n = &m->nodes[i];

		for (uint32_t k = 0; k < n->input_count + n->output_count; k++) {
			bool read = k < n->input_count;
			struct onnx_value *v;

			/* outputs lie behind the inputs */
			if (!n->inputs[k].size)
				continue;
			v = &im->values[add_value(im, n->inputs[k])];
			v->uses += read;
			if (read)
				v->reader = i;
			else if (v->computed++)
				return npuc_fail(im->error, -EINVAL,
						 "%s: node %u %.*s: '%.*s' is computed twice",
						 im->file, i, (int)(n->op.size & 0x3f),
						 n->op.at ? n->op.at : "",
						 (int)(v->name.size & 0x7f), v->name.at);
		}
	}
	for (uint32_t i = 0; i < m->output_count; i++) {
		uint32_t v = onnx_value(im, m->outputs[i].name);

		if (v == NPUC_NONE)
			return npuc_fail(im->error, -EINVAL,
					 "%s: output %u '%.*s' is computed by no node", im->file, i,
					 (int)(m->outputs[i].name.size & 0xff),
					 m->outputs[i].name.at ? m->outputs[i].name.at : "");
		im->values[v].uses++;
		im->values[v].is_output = true;
	}
	return 0;
}

/* Inputs of the graph; free dimensions are taken for 1, a batch of one. */
static int add_inputs(struct onnx_import *im)
{
	for (uint32_t i = 0; i < im->m.input_count; i++) {
		const struct onnx_value_info *info = &im->m.inputs[i];
		uint32_t v = onnx_value(im, info->name), type = onnx_type(info->type);
		struct npuc_shape shape = { .rank = info->rank };

		/* lists of files of old name constants among the inputs */
		if (v != NPUC_NONE && im->values[v].constant)
			continue;
		if (v == NPUC_NONE || !info->ranked || type == NPUC_NONE)
			return npuc_fail(im->error, -EOPNOTSUPP,
					 "%s: input %u '%.*s': name, shape or element type %u is "
					 "missing or not supported",
					 im->file, i, (int)(info->name.size & 0xff),
					 info->name.at ? info->name.at : "", info->type);
		for (uint32_t k = 0; k < info->rank; k++)
			shape.dim[k] = info->dim[k] ? info->dim[k] : 1;
		if (!npuc_shape_elements(&shape))
			return npuc_fail(im->error, -EOPNOTSUPP,
					 "%s: input %u '%.*s' has more than %u elements", im->file,
					 i, (int)(info->name.size & 0xff), info->name.at,
					 NPUC_MAX_ELEMENTS);
		im->values[v].stored[ONNX_PLAIN] = npuc_build_tensor(
			&im->b, npuc_build_name(&im->b, info->name.at, info->name.size), type,
			&shape);
	}
	return im->b.failed ? npuc_fail(im->error, -ENOMEM, "%s: out of memory", im->file) : 0;
}

static bool known_domain(struct onnx_text domain)
{
	return !domain.size || onnx_is(domain, "ai.onnx") || onnx_is(domain, "com.microsoft");
}

static bool is_defined(const struct onnx_import *im, uint32_t value)
{
	const struct onnx_value *v = &im->values[value];

	return v->constant || v->codes != NPUC_NONE || v->stored[ONNX_PLAIN] != NPUC_NONE ||
	       v->stored[ONNX_CHANNELS_LAST] != NPUC_NONE;
}

/* Every value is computed once, which also keeps values from leading back to themselves. */
static int import_node(struct onnx_import *im, const struct onnx_node *n)
{
	for (uint32_t i = 0; i < n->output_count; i++) {
		uint32_t value = onnx_value(im, n->outputs[i]);

		if (value == NPUC_NONE ? !i : is_defined(im, value))
			return onnx_refuse(im, "output %u has no name, or one that is taken", i);
	}
	if (!known_domain(n->domain))
		return onnx_refuse(im, "the domain %.*s is not known", (int)(n->domain.size & 0x3f),
				   n->domain.at);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (!onnx_is(n->op, ops[i].name))
			continue;
		if (im->m.opset < ops[i].since)
			return onnx_refuse(im, "opset %u is too old, it is known since %u",
					   im->m.opset, ops[i].since);
		if (n->input_count < ops[i].least || n->input_count > ops[i].most ||
		    !n->output_count)
			return onnx_refuse(im, "has %u inputs and %u outputs", n->input_count,
					   n->output_count);
		return ops[i].import(im, n);
	}
	return onnx_refuse(im, "the operator is not supported");
}

static int import_nodes(struct onnx_import *im)
{
	int err = 0;

	for (im->at = 0; im->at < im->m.node_count && !err; im->at++)
		if (!im->done[im->at])
			err = import_node(im, &im->m.nodes[im->at]);
	im->at -= im->at > 0;
	return err;
}

static int finish(struct onnx_import *im)
{
	uint32_t *inputs = calloc(im->m.input_count + 1, sizeof(*inputs));
	uint32_t *outputs = calloc(im->m.output_count + 1, sizeof(*outputs));
	uint32_t input_count = 0;
	int err = 0;

	if (!inputs || !outputs)
		err = npuc_fail(im->error, -ENOMEM, "%s: out of memory", im->file);
	for (uint32_t i = 0; i < im->m.input_count && !err; i++) {
		const struct onnx_value *v = &im->values[onnx_value(im, im->m.inputs[i].name)];

		if (!v->constant)
			inputs[input_count++] = v->stored[ONNX_PLAIN];
	}
	for (uint32_t i = 0; i < im->m.output_count && !err; i++) {
		outputs[i] = onnx_stored(im, onnx_value(im, im->m.outputs[i].name), ONNX_PLAIN);
		if (outputs[i] == NPUC_NONE)
			err = -EOPNOTSUPP;
	}
	if (!err && !npuc_build_finish(&im->b, inputs, input_count, outputs, im->m.output_count))
		err = onnx_broken(im);
	free(inputs);
	free(outputs);
	return err;
}

int npuc_onnx_read(const char *name, const void *data, size_t size, const struct npuc_reading *how,
		   struct npuc_graph *g, size_t *bytes, struct npuc_error *error)
{
	struct onnx_import im = { .file = name, .error = error };
	int err = onnx_model_read(name, data, size, how, &im.m, error);

	im.apart = how->personality && how->personality->qdq == NPUM_QDQ_APART;
	*bytes += im.m.file_bytes;
	im.b.limit = MEMORY_AT_LEAST + MEMORY_PER_FILE_BYTE * *bytes;
	im.fold_budget = im.b.limit;
	if (!err)
		err = note_values(&im);
	if (!err)
		err = add_inputs(&im);
	if (!err)
		err = import_nodes(&im);
	if (!err)
		err = finish(&im);
	*g = im.b.g;
	npuc_names_free(&im.names);
	free(im.values);
	free(im.done);
	onnx_model_free(&im.m);
	return err;
}
