// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Goes through the nodes of a file, and gives the graph its inputs and outputs. */
#include "import.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "../input_shape.h"
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
	return onnx_refuse(im, "shapes or parameters of the inputs do not fit each other%s",
			   im->open ? "; dimensions that the file leaves open are taken for 1, "
				      "input shapes say otherwise" :
				      "");
}

uint32_t onnx_add_value(struct onnx_import *im, struct onnx_text name)
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

/** struct reading - a node whose inner graphs are visited */
struct reading {
	struct onnx_import *im;
	uint32_t node;
	uint32_t from;
};

static void note_inner(void *arg, struct onnx_text name)
{
	const struct reading *r = arg;
	uint32_t v = onnx_value(r->im, name);

	if (v == NPUC_NONE || v < r->from)
		return;
	r->im->values[v].uses++;
	r->im->values[v].reader = r->node;
}

static int note_node(struct onnx_import *im, uint32_t number, uint32_t from)
{
	const struct onnx_node *n = &im->m.nodes[number];

	for (uint32_t k = 0; k < n->input_count + n->output_count; k++) {
		bool read = k < n->input_count;
		uint32_t value;
		struct onnx_value *v;

		/* outputs lie behind the inputs */
		if (!n->inputs[k].size)
			continue;
		value = onnx_add_value(im, n->inputs[k]);
		v = &im->values[value];
		v->uses += read && value >= from;
		if (read)
			v->reader = number;
		else if (v->computed++)
			return npuc_fail(im->error, -EINVAL,
					 "%s: node %u %.*s: '%.*s' is computed twice", im->file,
					 number, (int)(n->op.size & 0x3f), n->op.at ? n->op.at : "",
					 (int)(v->name.size & 0x7f), v->name.at);
	}
	return 0;
}

int onnx_note_nodes(struct onnx_import *im, uint32_t first, uint32_t count, uint32_t from)
{
	int err = 0;

	for (uint32_t i = first; i < first + count && !err; i++)
		err = note_node(im, i, from);
	/* inner graphs are entered later: what they read counts, as whatever they compute does not */
	for (uint32_t i = first; i < first + count && !err; i++) {
		struct reading r = { im, i, from };

		onnx_inner_reads(im->m.nodes[i].message, note_inner, &r);
	}
	return err;
}

/* Names of everything, and who reads it. */
static int note_values(struct onnx_import *im)
{
	const struct onnx_model *m = &im->m;
	size_t most = m->totals.constants + m->totals.inputs + m->totals.outputs + m->totals.texts;
	int err;

	im->values = calloc(most + m->totals.nodes + 1, sizeof(*im->values));
	im->done = calloc(m->totals.nodes + 1, sizeof(*im->done));
	if (!im->values || !im->done || !npuc_names_open(&im->names, (uint32_t)most))
		return npuc_fail(im->error, -ENOMEM, "%s: out of memory", im->file);

	for (uint32_t i = 0; i < m->constant_count; i++)
		if (m->constants[i].name.size)
			im->values[onnx_add_value(im, m->constants[i].name)].constant =
				&m->constants[i];
	for (uint32_t i = 0; i < m->input_count; i++)
		if (m->inputs[i].name.size)
			onnx_add_value(im, m->inputs[i].name);
	err = onnx_note_nodes(im, 0, m->node_count, 0);
	for (uint32_t i = 0; i < m->output_count && !err; i++) {
		uint32_t v = onnx_value(im, m->outputs[i].name);

		if (v == NPUC_NONE)
			return npuc_fail(im->error, -EINVAL,
					 "%s: output %u '%.*s' is computed by no node", im->file, i,
					 (int)(m->outputs[i].name.size & 0xff),
					 m->outputs[i].name.at ? m->outputs[i].name.at : "");
		im->values[v].uses++;
		im->values[v].is_output = true;
	}
	return err;
}

/* Free dimensions are as the user says, else 1: a batch of one. */
static int input_shape(struct onnx_import *im, const struct onnx_value_info *info,
		       const struct npuc_reading *how, struct npuc_shape *shape)
{
	struct npuc_shape given;
	bool any = npuc_input_shape(&how->scope, info->name.at, info->name.size, &given);

	if (any && given.rank != info->rank)
		return npuc_fail(im->error, -EINVAL,
				 "%s: input '%.*s' has %u dimensions, its shape is given with %u",
				 im->file, (int)(info->name.size & 0xff), info->name.at, info->rank,
				 given.rank);
	shape->rank = info->rank;
	for (uint32_t k = 0; k < info->rank; k++) {
		shape->dim[k] = info->dim[k] ? info->dim[k] : any ? given.dim[k] : 1;
		im->open |= k && !info->dim[k] && !any;
	}
	return 0;
}

/* Inputs of the graph. */
static int add_inputs(struct onnx_import *im, const struct npuc_reading *how)
{
	for (uint32_t i = 0; i < im->m.input_count; i++) {
		const struct onnx_value_info *info = &im->m.inputs[i];
		uint32_t v = onnx_value(im, info->name), type = onnx_type(info->type);
		struct npuc_shape shape = { 0 };

		/* lists of files of old name constants among the inputs */
		if (v != NPUC_NONE && im->values[v].constant)
			continue;
		if (v == NPUC_NONE || !info->ranked || type == NPUC_NONE)
			return npuc_fail(im->error, -EOPNOTSUPP,
					 "%s: input %u '%.*s': name, shape or element type %u is "
					 "missing or not supported",
					 im->file, i, (int)(info->name.size & 0xff),
					 info->name.at ? info->name.at : "", info->type);
		if (input_shape(im, info, how, &shape))
			return -EINVAL;
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
	/* of these the sequence may be left out, and the last state wanted */
	bool first_needed = !onnx_is(n->op, "LSTM");

	for (uint32_t i = 0; i < n->output_count; i++) {
		uint32_t value = onnx_value(im, n->outputs[i]);

		if (value == NPUC_NONE ? !i && first_needed : is_defined(im, value))
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

int onnx_import_nodes(struct onnx_import *im, uint32_t first, uint32_t count)
{
	int err = 0;

	for (uint32_t i = first; i < first + count && !err; i++) {
		im->at = i;
		if (!im->done[i])
			err = import_node(im, &im->m.nodes[i]);
	}
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
		err = add_inputs(&im, how);
	if (!err)
		err = onnx_import_nodes(&im, 0, im.m.node_count);
	if (!err)
		err = finish(&im);
	*g = im.b.g;
	npuc_names_free(&im.names);
	free(im.values);
	free(im.done);
	onnx_model_free(&im.m);
	return err;
}
