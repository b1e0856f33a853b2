// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A model as a .tflite file in which each partition of the NPU is one custom op.  Its options
 * are a .npu of the partition: what the partition reads of others are inputs, what
 * others read of it are outputs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "adapt.h"
#include "compile.h"
#include "edit.h"
#include "error.h"
#include "partition.h"
#include "passes.h"
#include "tflite.h"
#include "tflite_write.h"

/* Most bytes that names and lists of a new graph take. */
#define ROOM (64u << 20)

/* What is known of a tensor while a partition is looked at. */
enum { WANTED = 1, READ = 2, MADE = 4 };

/**
 * struct part - a partition of the NPU
 * @inputs: tensors that others write
 * @outputs: tensors that others read
 * @input_count: entries of @inputs
 * @output_count: entries of @outputs; 0: nobody needs the partition
 * @artefact: its .npu
 */
struct part {
	uint32_t *inputs;
	uint32_t *outputs;
	uint32_t input_count;
	uint32_t output_count;
	struct npuc_bytes artefact;
};

/**
 * struct emission - a model being cut
 * @c: the whole of it, with places and order
 * @options: for the parts: nothing of them is for the CPU
 * @config: of @options
 * @can: the device
 * @part: of each op: its entry in @parts, NPUC_NONE on the CPU
 * @parts: in execution order
 * @part_count: entries of @parts
 * @marks: of each tensor
 */
struct emission {
	struct npuc_compilation *c;
	struct npuc_options options;
	struct npuc_config config;
	struct npuc_capabilities can;
	uint32_t *part;
	struct part *parts;
	uint32_t part_count;
	uint8_t *marks;
};

static void number_parts(struct emission *e)
{
	const struct npuc_compilation *c = e->c;

	for (uint32_t k = 0; k < c->graph->op_count; k++) {
		uint32_t op = c->order[k];

		e->part[op] = NPUC_NONE;
		if (npuc_on_host(c, op))
			continue;
		if (!k || npuc_on_host(c, c->order[k - 1]))
			e->part_count++;
		e->part[op] = e->part_count - 1;
	}
}

static void mark_wanted(struct emission *e, uint32_t part)
{
	const struct npuc_graph *g = e->c->graph;

	memset(e->marks, 0, g->tensor_count);
	for (uint32_t i = 0; i < g->op_count; i++)
		for (uint32_t k = 0; k < g->ops[i].input_count && e->part[i] != part; k++)
			if (g->ops[i].inputs[k] != NPUC_NONE)
				e->marks[g->ops[i].inputs[k]] |= WANTED;
	for (uint32_t i = 0; i < g->output_count; i++)
		e->marks[g->outputs[i]] |= WANTED;
}

static int note_input(struct emission *e, struct part *p, uint32_t tensor)
{
	const struct npuc_tensor *t = tensor == NPUC_NONE ? NULL : &e->c->graph->tensors[tensor];

	if (!t || t->data || e->marks[tensor] & (READ | MADE))
		return 0;
	if (t->variable && e->marks[tensor] & WANTED)
		return npuc_fail(e->c->error, -EOPNOTSUPP,
				 "%s: tensor '%.80s' keeps its value from run to run, and two "
				 "partitions use it: a .tflite file cannot hold them",
				 e->c->model->name, t->name);
	e->marks[tensor] |= READ;
	if (!t->variable)
		p->inputs[p->input_count++] = tensor;
	return 0;
}

static void note_output(struct emission *e, struct part *p, uint32_t tensor)
{
	bool known = e->marks[tensor] & MADE;

	e->marks[tensor] |= MADE;
	if (!known && e->marks[tensor] & WANTED && !e->c->graph->tensors[tensor].data)
		p->outputs[p->output_count++] = tensor;
}

/* What crosses the partition's border. */
static int find_border(struct emission *e, uint32_t number)
{
	const struct npuc_graph *g = e->c->graph;
	struct part *p = &e->parts[number];
	int err = 0;

	p->inputs = calloc((size_t)g->tensor_count + 1, sizeof(*p->inputs));
	p->outputs = calloc((size_t)g->tensor_count + 1, sizeof(*p->outputs));
	if (!p->inputs || !p->outputs)
		return npuc_no_memory(e->c);
	mark_wanted(e, number);
	for (uint32_t k = 0; k < g->op_count; k++) {
		const struct npuc_op *op = &g->ops[e->c->order[k]];

		if (e->part[e->c->order[k]] != number)
			continue;
		for (uint32_t i = 0; i < op->input_count && !err; i++)
			err = note_input(e, p, op->inputs[i]);
		for (uint32_t i = 0; i < op->output_count; i++)
			note_output(e, p, op->outputs[i]);
	}
	return err;
}

static int compile_graph(const struct emission *e, const struct npuc_graph *g,
			 struct npuc_bytes *artefact)
{
	struct npuc_compilation c =
		npuc_compilation_of(e->c->model, &e->options, &e->can, e->c->error);
	int err = npuc_prepare(&c);

	c.graph = g;
	if (!err)
		err = npuc_passes_run(&c);
	if (!err)
		err = npuc_artefact(&c, artefact);
	npuc_compilation_free(&c);
	return err;
}

/* The partition as a model of its own. */
static int compile_part(struct emission *e, uint32_t number)
{
	const struct npuc_graph *g = e->c->graph;
	struct part *p = &e->parts[number];
	struct npuc_edit edit;
	bool good = npuc_edit_begin(&edit, g, ROOM);
	int err;

	for (uint32_t k = 0; k < g->op_count && good; k++)
		if (e->part[e->c->order[k]] == number)
			good = npuc_edit_keep(&edit, e->c->order[k]);
	good = good &&
	       npuc_build_finish(&edit.b, p->inputs, p->input_count, p->outputs, p->output_count);
	err = good ? compile_graph(e, &edit.b.g, &p->artefact) : npuc_no_memory(e->c);
	npuc_edit_drop(&edit);
	return err;
}

static bool put_part(struct npuc_edit *edit, const struct part *p)
{
	const struct npuc_op op = {
		.builtin = TFLITE_CUSTOM,
		.type = NPUC_EMITTED_OP,
		.inputs = p->inputs,
		.outputs = p->outputs,
		.input_count = p->input_count,
		.output_count = p->output_count,
		.source = { .version = 1,
			    .custom = p->artefact.data,
			    .custom_size = p->artefact.size },
	};

	return !p->output_count || npuc_build_copy(&edit->b, &op);
}

/* Weights that only partitions read are in these. */
static void drop_weights(struct npuc_graph *g)
{
	for (uint32_t i = 0; i < g->tensor_count; i++) {
		struct npuc_tensor *t = &g->tensors[i];

		if (t->consumers || t->output != NPUC_NONE)
			continue;
		t->data = NULL;
		t->data_size = 0;
	}
}

static int write_rest(const struct emission *e, struct npuc_bytes *file)
{
	const struct npuc_graph *g = e->c->graph;
	struct npuc_graph rest;
	struct npuc_edit edit;
	uint32_t next = 0;
	bool good = npuc_edit_begin(&edit, g, ROOM);
	int err;

	for (uint32_t k = 0; k < g->op_count && good; k++) {
		uint32_t part = e->part[e->c->order[k]];

		if (part == NPUC_NONE)
			good = npuc_edit_keep(&edit, e->c->order[k]);
		else if (part == next)
			good = put_part(&edit, &e->parts[next++]);
	}
	edit.b.failed |= !good;
	if (!npuc_edit_end(&edit, &rest))
		return npuc_no_memory(e->c);
	drop_weights(&rest);
	err = npuc_tflite_write(e->c->model->name, &rest, file, e->c->error);
	npuc_graph_free(&rest);
	return err;
}

static int emit(struct emission *e, struct npuc_bytes *file)
{
	const struct npuc_graph *g = e->c->graph;
	int err = 0;

	e->part = calloc((size_t)g->op_count + 1, sizeof(*e->part));
	e->marks = calloc((size_t)g->tensor_count + 1, sizeof(*e->marks));
	if (!e->part || !e->marks)
		return npuc_no_memory(e->c);
	number_parts(e);
	e->parts = calloc((size_t)e->part_count + 1, sizeof(*e->parts));
	if (!e->parts)
		return npuc_no_memory(e->c);
	for (uint32_t i = 0; i < e->part_count && !err; i++) {
		err = find_border(e, i);
		if (!err && e->parts[i].output_count)
			err = compile_part(e, i);
	}
	return err ? err : write_rest(e, file);
}

static void free_emission(struct emission *e)
{
	for (uint32_t i = 0; i < e->part_count && e->parts; i++) {
		free(e->parts[i].inputs);
		free(e->parts[i].outputs);
		npuc_bytes_free(&e->parts[i].artefact);
	}
	free(e->parts);
	free(e->part);
	free(e->marks);
}

/* Nothing of a part is for the CPU, and its names are those of the whole model. */
static void part_options(struct emission *e, const struct npuc_options *options)
{
	if (options)
		e->options = *options;
	if (e->options.config) {
		e->config = *e->options.config;
		e->config.deny.count = 0;
		e->config.deny_nodes.count = 0;
		e->config.max_partitions = 0;
		e->config.min_nodes = 0;
		e->options.config = &e->config;
	}
	e->options.no_fallback = true;
	e->options.answers = NULL;
	e->options.dump = NULL;
}

int npuc_emit_tflite(const struct npuc_model *model, const struct npuc_options *options,
		     uint32_t *parts, void **file, size_t *size, struct npuc_error *error)
{
	struct npuc_compilation c;
	struct emission e = { .c = &c };
	struct npuc_bytes bytes = { 0 };
	struct npuc_adapt r;
	int err;

	part_options(&e, options);
	if (npuc_capabilities(model, options, &e.can, error))
		return -EINVAL;
	c = npuc_compilation_of(model, options, &e.can, error);
	r = npuc_adaptation(model, options, &e.can, error);
	err = npuc_prepare(&c);
	if (!err)
		err = npuc_adapt(&r);
	c.graph = npuc_adapted(&r);
	if (!err)
		err = npuc_check_model(&c);
	if (!err)
		err = npuc_partition(&c);
	if (!err)
		err = emit(&e, &bytes);
	*parts = 0;
	for (uint32_t i = 0; i < e.part_count && e.parts; i++)
		*parts += e.parts[i].output_count > 0;
	free_emission(&e);
	npuc_compilation_free(&c);
	npuc_adapt_free(&r);
	if (err) {
		npuc_bytes_free(&bytes);
		return err;
	}
	*file = bytes.data;
	*size = bytes.size;
	return 0;
}
