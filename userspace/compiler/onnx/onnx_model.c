// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Finds nodes, constants, inputs and outputs in an .onnx file. */
#include "onnx_model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "tflite.h"

/* Field numbers of onnx.proto's messages. */
enum { MODEL_GRAPH = 7, MODEL_OPSET = 8 };
enum { OPSET_DOMAIN = 1, OPSET_VERSION };
enum { GRAPH_NODE = 1, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT, GRAPH_VALUE_INFO };
enum { NODE_INPUT = 1, NODE_OUTPUT, NODE_NAME, NODE_OP_TYPE, NODE_ATTRIBUTE, NODE_DOMAIN = 7 };
enum { ATTRIBUTE_GRAPH = 6 };
enum { INFO_NAME = 1, INFO_TYPE };
enum { TYPE_TENSOR = 1 };
enum { TENSOR_ELEM_TYPE = 1, TENSOR_SHAPE };
enum { SHAPE_DIM = 1 };
enum { DIM_VALUE = 1 };

/* The oldest and newest version of ONNX's operators; ops.def says more of each. */
#define OPSET_LEAST 1
#define OPSET_MOST 23

bool onnx_is(struct onnx_text t, const char *word)
{
	return t.at && t.size == strlen(word) && !memcmp(t.at, word, t.size);
}

bool onnx_same(struct onnx_text a, struct onnx_text b)
{
	return a.size == b.size && (!a.size || !memcmp(a.at, b.at, a.size));
}

static struct onnx_text text_of(const struct npuc_pb_field *f)
{
	if (f->wire != NPUC_PB_BYTES)
		return (struct onnx_text){ "", 0 };
	return (struct onnx_text){ (const char *)f->data, f->size };
}

static struct npuc_pb message_of(const struct npuc_pb_field *f)
{
	return npuc_pb_message(f->data, f->size);
}

/* Last field @number of a message that is itself a message; broken when @m is. */
static struct npuc_pb child(struct npuc_pb m, uint32_t number)
{
	struct npuc_pb found = { 0 };
	struct npuc_pb_field f;

	while (npuc_pb_next(&m, &f))
		if (f.number == number && f.wire == NPUC_PB_BYTES)
			found = message_of(&f);
	found.broken |= m.broken;
	return found;
}

static bool read_shape(struct npuc_pb shape, struct onnx_value_info *info)
{
	struct npuc_pb_field f, inner;

	info->ranked = true;
	while (npuc_pb_next(&shape, &f)) {
		struct npuc_pb dim = message_of(&f);

		if (f.number != SHAPE_DIM || f.wire != NPUC_PB_BYTES)
			continue;
		if (info->rank == NPUC_MAX_RANK)
			return false;
		info->dim[info->rank] = 0;
		while (npuc_pb_next(&dim, &inner))
			if (inner.number == DIM_VALUE && inner.value <= NPUC_MAX_ELEMENTS)
				info->dim[info->rank] = (uint32_t)inner.value;
		info->rank++;
	}
	return !shape.broken;
}

static bool read_info(struct npuc_pb m, struct onnx_value_info *info)
{
	struct npuc_pb tensor = child(child(m, INFO_TYPE), TYPE_TENSOR);
	struct npuc_pb_field f;
	bool ok = true;

	*info = (struct onnx_value_info){ 0 };
	while (npuc_pb_next(&m, &f))
		if (f.number == INFO_NAME)
			info->name = text_of(&f);
	while (npuc_pb_next(&tensor, &f)) {
		if (f.number == TENSOR_ELEM_TYPE)
			info->type = (uint32_t)f.value;
		else if (f.number == TENSOR_SHAPE && f.wire == NPUC_PB_BYTES)
			ok = read_shape(message_of(&f), info);
	}
	return ok && !m.broken && !tensor.broken;
}

static bool count_graph(struct npuc_pb graph, struct onnx_totals *c, uint32_t depth);

/* Graphs in the attributes of a node are nodes, too, for whoever follows them. */
static bool count_attribute(struct npuc_pb attribute, struct onnx_totals *c, uint32_t depth)
{
	struct npuc_pb_field f;

	while (npuc_pb_next(&attribute, &f))
		if (f.number == ATTRIBUTE_GRAPH && f.wire == NPUC_PB_BYTES &&
		    (depth == ONNX_MAX_DEPTH || !count_graph(message_of(&f), c, depth + 1)))
			return false;
	return !attribute.broken;
}

static bool count_node(struct npuc_pb node, struct onnx_totals *c, uint32_t depth)
{
	struct npuc_pb_field f;

	while (npuc_pb_next(&node, &f)) {
		c->texts += f.number == NODE_INPUT || f.number == NODE_OUTPUT;
		if (f.number == NODE_ATTRIBUTE && !count_attribute(message_of(&f), c, depth))
			return false;
	}
	return !node.broken;
}

static bool count_graph(struct npuc_pb graph, struct onnx_totals *c, uint32_t depth)
{
	struct npuc_pb_field f;

	while (npuc_pb_next(&graph, &f)) {
		c->nodes += f.number == GRAPH_NODE;
		c->constants += f.number == GRAPH_INITIALIZER;
		c->inputs += f.number == GRAPH_INPUT;
		c->outputs += f.number == GRAPH_OUTPUT;
		c->infos += f.number == GRAPH_VALUE_INFO;
		if (f.number == GRAPH_NODE && !count_node(message_of(&f), c, depth))
			return false;
	}
	return !graph.broken;
}

/* There is room for every node and name of the file, see count_graph(). */
static void read_node(struct npuc_pb m, struct onnx_model *model)
{
	struct onnx_node *n = &model->nodes[model->node_count++];
	struct npuc_pb_field f;
	struct npuc_pb again = m;

	*n = (struct onnx_node){ .message = m, .inputs = model->texts + model->text_count };
	while (npuc_pb_next(&m, &f)) {
		if (f.number == NODE_INPUT)
			n->inputs[n->input_count++] = text_of(&f);
		else if (f.number == NODE_NAME)
			n->name = text_of(&f);
		else if (f.number == NODE_OP_TYPE)
			n->op = text_of(&f);
		else if (f.number == NODE_DOMAIN)
			n->domain = text_of(&f);
	}
	n->outputs = n->inputs + n->input_count;
	while (npuc_pb_next(&again, &f))
		if (f.number == NODE_OUTPUT)
			n->outputs[n->output_count++] = text_of(&f);
	model->text_count += n->input_count + n->output_count;
}

static bool read_graph(struct npuc_pb graph, struct onnx_model *m)
{
	struct npuc_pb_field f;
	bool ok = true;

	while (ok && npuc_pb_next(&graph, &f)) {
		struct npuc_pb inner = message_of(&f);

		switch (f.number) {
		case GRAPH_NODE:
			read_node(inner, m);
			break;
		case GRAPH_INITIALIZER:
			ok = onnx_constant_view(inner, &m->constants[m->constant_count++]);
			break;
		case GRAPH_INPUT:
			ok = read_info(inner, &m->inputs[m->input_count++]);
			break;
		case GRAPH_OUTPUT:
			ok = read_info(inner, &m->outputs[m->output_count++]);
			break;
		case GRAPH_VALUE_INFO:
			ok = read_info(inner, &m->infos[m->info_count++]);
			break;
		}
	}
	return ok;
}

static uint32_t read_opset(struct npuc_pb model)
{
	struct npuc_pb_field f, inner;
	uint32_t opset = 0;

	while (npuc_pb_next(&model, &f)) {
		struct npuc_pb m = message_of(&f);
		struct onnx_text domain = { 0 };
		uint64_t version = 0;

		if (f.number != MODEL_OPSET)
			continue;
		while (npuc_pb_next(&m, &inner)) {
			if (inner.number == OPSET_DOMAIN)
				domain = text_of(&inner);
			else if (inner.number == OPSET_VERSION)
				version = inner.value;
		}
		if ((!domain.size || onnx_is(domain, "ai.onnx")) && version < UINT32_MAX)
			opset = (uint32_t)version;
	}
	return opset;
}

static int allocate(struct onnx_model *m, const struct onnx_totals *c)
{
	m->totals = *c;
	m->nodes = calloc(c->nodes + 1, sizeof(*m->nodes));
	m->texts = calloc(c->texts + 1, sizeof(*m->texts));
	m->constants = calloc(c->constants + 1, sizeof(*m->constants));
	m->inputs = calloc(c->inputs + 1, sizeof(*m->inputs));
	m->outputs = calloc(c->outputs + 1, sizeof(*m->outputs));
	m->infos = calloc(c->infos + 1, sizeof(*m->infos));
	return m->nodes && m->texts && m->constants && m->inputs && m->outputs && m->infos ?
		       0 :
		       -ENOMEM;
}

static int read_files(const char *file, const struct npuc_reading *how, struct onnx_model *m,
		      struct npuc_error *error)
{
	int err = 0;

	for (uint32_t i = 0; i < m->constant_count && !err; i++)
		if (m->constants[i].external)
			err = onnx_external(file, m, how, &m->constants[i], error);
	return err;
}

int onnx_model_read(const char *file, const void *data, size_t size, const struct npuc_reading *how,
		    struct onnx_model *m, struct npuc_error *error)
{
	struct npuc_pb model = npuc_pb_message(data, size), whole = model, graph;
	struct npuc_pb_field f;
	struct onnx_totals c = { 0 };

	*m = (struct onnx_model){ 0 };
	while (npuc_pb_next(&whole, &f))
		;
	if (whole.broken)
		return npuc_fail(error, -EINVAL, "%s: broken file, at byte %zu: not a protobuf",
				 file, (size_t)(whole.at - model.at));
	graph = child(model, MODEL_GRAPH);
	if (!graph.at || !count_graph(graph, &c, 0))
		return npuc_fail(error, -EINVAL, "%s: broken file: graph is missing or malformed",
				 file);
	if (!c.outputs)
		return npuc_fail(error, -EINVAL, "%s: broken file: the graph has no output", file);
	if (c.nodes > NPUC_MAX_MODEL_OPS ||
	    c.texts + c.constants + c.inputs + c.outputs + c.infos > 4 * NPUC_MAX_MODEL_TENSORS)
		return npuc_fail(
			error, -EOPNOTSUPP,
			"%s: %zu nodes and %zu names are too many, at most %u nodes are read", file,
			c.nodes, c.texts, NPUC_MAX_MODEL_OPS);
	m->opset = read_opset(model);
	if (m->opset < OPSET_LEAST || m->opset > OPSET_MOST)
		return npuc_fail(error, -EOPNOTSUPP,
				 "%s: opset %u is not known, %u to %u are; convert the model", file,
				 m->opset, OPSET_LEAST, OPSET_MOST);
	if (allocate(m, &c))
		return npuc_fail(error, -ENOMEM, "%s: out of memory", file);
	if (!read_graph(graph, m))
		return npuc_fail(
			error, -EINVAL,
			"%s: broken file: a tensor or a value is malformed or of rank over %u",
			file, NPUC_MAX_RANK);
	return read_files(file, how, m, error);
}

static void graph_reads(struct npuc_pb graph, onnx_visit_fn *visit, void *arg);

void onnx_inner_reads(struct npuc_pb node, onnx_visit_fn *visit, void *arg)
{
	struct npuc_pb_field f, inner;

	while (npuc_pb_next(&node, &f)) {
		struct npuc_pb attribute = message_of(&f);

		while (f.number == NODE_ATTRIBUTE && npuc_pb_next(&attribute, &inner))
			if (inner.number == ATTRIBUTE_GRAPH && inner.wire == NPUC_PB_BYTES)
				graph_reads(message_of(&inner), visit, arg);
	}
}

/* How deep graphs lie in each other was bounded when they were counted. */
static void graph_reads(struct npuc_pb graph, onnx_visit_fn *visit, void *arg)
{
	struct npuc_pb_field f, inner;

	while (npuc_pb_next(&graph, &f)) {
		struct npuc_pb m = message_of(&f);

		if (f.number == GRAPH_NODE)
			onnx_inner_reads(m, visit, arg);
		if (f.number != GRAPH_NODE && f.number != GRAPH_OUTPUT)
			continue;
		/* an output's name has the number that an input of a node has */
		while (npuc_pb_next(&m, &inner))
			if (inner.number == NODE_INPUT)
				visit(arg, text_of(&inner));
	}
}

/* Does a list of nodes and names have room for a graph that was counted with the file? */
static bool has_room(const struct onnx_model *m, const struct onnx_totals *c)
{
	return c->nodes <= m->totals.nodes - m->node_count &&
	       c->texts <= m->totals.texts - m->text_count;
}

int onnx_branch_read(struct onnx_model *m, struct npuc_pb graph, struct onnx_branch *branch)
{
	struct onnx_totals c = { 0 };
	struct npuc_pb_field f;
	bool ok;

	*branch = (struct onnx_branch){ .first = m->node_count };
	if (!count_graph(graph, &c, 0) || !has_room(m, &c))
		return -EINVAL;
	branch->constants = calloc(c.constants + 1, sizeof(*branch->constants));
	branch->outputs = calloc(c.outputs + 1, sizeof(*branch->outputs));
	ok = branch->constants && branch->outputs;
	if (!ok)
		return -ENOMEM;
	while (ok && npuc_pb_next(&graph, &f)) {
		struct npuc_pb inner = message_of(&f);

		if (f.number == GRAPH_NODE)
			read_node(inner, m);
		else if (f.number == GRAPH_INITIALIZER)
			ok = onnx_constant_view(inner,
						&branch->constants[branch->constant_count++]);
		else if (f.number == GRAPH_OUTPUT)
			ok = read_info(inner, &branch->outputs[branch->output_count++]);
		else if (f.number == GRAPH_INPUT)
			branch->input_count++;
	}
	branch->node_count = m->node_count - branch->first;
	return ok ? 0 : -EINVAL;
}

void onnx_model_free(struct onnx_model *m)
{
	free(m->nodes);
	free(m->texts);
	free(m->constants);
	free(m->inputs);
	free(m->outputs);
	free(m->infos);
	free(m->files);
	*m = (struct onnx_model){ 0 };
}
