// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* What the walk from the last tensors to the first knows of each tensor. */
enum {
	NEEDED = 1, /* an op of the part reads it, or it is a last one */
	FIRST = 2, /* given from outside */
	WRITTEN = 4, /* by an op of the part */
};

/**
 * struct part - a graph being cut
 * @file: name for error texts
 * @g: the graph
 * @error: filled on failure
 * @marks: of each tensor
 * @inputs: of the part, in memory that the graph owns
 * @input_count: entries of @inputs
 * @outputs: likewise
 * @output_count: entries of @outputs
 */
struct part {
	const char *file;
	struct npuc_graph *g;
	struct npuc_error *error;
	uint8_t *marks;
	uint32_t *inputs;
	uint32_t input_count;
	uint32_t *outputs;
	uint32_t output_count;
};

/* Files have tensors of one name; one that is computed is meant. */
static uint32_t tensor_named(const struct npuc_graph *g, const char *name)
{
	uint32_t found = NPUC_NONE;

	for (uint32_t i = 0; i < g->tensor_count; i++) {
		if (strcmp(g->tensors[i].name, name))
			continue;
		if (!g->tensors[i].data)
			return i;
		found = i;
	}
	return found;
}

static int find(const struct part *p, const char *option, const char *name, uint32_t *tensor)
{
	const struct npuc_tensor *t;

	*tensor = tensor_named(p->g, name);
	if (*tensor == NPUC_NONE)
		return npuc_fail(p->error, -EINVAL,
				 "%s: %s '%.80s': there is no such tensor; 'npu check' lists them "
				 "as outputs of ops",
				 p->file, option, name);
	t = &p->g->tensors[*tensor];
	if (t->data || (t->producer == NPUC_NONE && t->input == NPUC_NONE))
		return npuc_fail(p->error, -EINVAL,
				 "%s: %s '%.80s': it is a constant, nothing to begin or end with",
				 p->file, option, name);
	return 0;
}

static int mark_first(struct part *p, const struct npuc_scope *scope)
{
	for (size_t i = 0; i < scope->start_count; i++) {
		uint32_t t;
		int err = find(p, "--start-tensor", scope->starts[i], &t);

		if (err)
			return err;
		if (!(p->marks[t] & FIRST))
			p->inputs[p->input_count++] = t;
		p->marks[t] |= FIRST;
	}
	return 0;
}

static int add_output(struct part *p, uint32_t t)
{
	if (p->marks[t] & FIRST || p->g->tensors[t].producer == NPUC_NONE)
		return npuc_fail(p->error, -EINVAL,
				 "%s: the part begins with '%.80s' and ends with it, no op lies "
				 "between",
				 p->file, p->g->tensors[t].name);
	p->outputs[p->output_count++] = t;
	p->marks[t] |= NEEDED;
	return 0;
}

static int mark_last(struct part *p, const struct npuc_scope *scope)
{
	int err = 0;

	for (uint32_t i = 0; i < p->g->output_count && !scope->end_count && !err; i++)
		err = add_output(p, p->g->outputs[i]);
	for (size_t i = 0; i < scope->end_count && !err; i++) {
		uint32_t t;

		err = find(p, "--end-tensor", scope->ends[i], &t);
		if (!err)
			err = add_output(p, t);
	}
	return err;
}

static bool writes_needed(const struct part *p, const struct npuc_op *op)
{
	for (uint32_t k = 0; k < op->output_count; k++)
		if ((p->marks[op->outputs[k]] & (NEEDED | FIRST)) == NEEDED)
			return true;
	return false;
}

/* Back from the last tensors; ops that are left out get no outputs. */
static int walk(struct part *p)
{
	struct npuc_graph *g = p->g;

	for (uint32_t i = g->op_count; i-- > 0;) {
		struct npuc_op *op = &g->ops[i];

		if (!writes_needed(p, op)) {
			op->output_count = 0;
			continue;
		}
		for (uint32_t k = 0; k < op->output_count; k++) {
			if (p->marks[op->outputs[k]] & FIRST)
				return npuc_fail(
					p->error, -EINVAL,
					"%s: --start-tensor '%.80s': the op that writes it "
					"is needed for another output",
					p->file, g->tensors[op->outputs[k]].name);
			p->marks[op->outputs[k]] |= WRITTEN;
		}
		for (uint32_t k = 0; k < op->input_count; k++)
			if (op->inputs[k] != NPUC_NONE)
				p->marks[op->inputs[k]] |= NEEDED;
	}
	return 0;
}

/* The model's inputs that are needed come behind the tensors that were named. */
static int gather_inputs(struct part *p)
{
	const struct npuc_graph *g = p->g;

	for (uint32_t i = 0; i < p->input_count; i++)
		if (!(p->marks[p->inputs[i]] & NEEDED))
			return npuc_fail(
				p->error, -EINVAL,
				"%s: --start-tensor '%.80s': nothing up to the end reads it",
				p->file, g->tensors[p->inputs[i]].name);
	for (uint32_t i = 0; i < g->input_count; i++)
		if ((p->marks[g->inputs[i]] & (NEEDED | FIRST)) == NEEDED)
			p->inputs[p->input_count++] = g->inputs[i];
	return 0;
}

/* Who writes and reads what, anew. */
static void link(struct part *p)
{
	struct npuc_graph *g = p->g;
	uint32_t count = 0;

	for (uint32_t i = 0; i < g->tensor_count; i++) {
		struct npuc_tensor *t = &g->tensors[i];

		t->producer = NPUC_NONE;
		t->input = NPUC_NONE;
		t->output = NPUC_NONE;
		t->consumers = 0;
	}
	for (uint32_t i = 0; i < g->op_count; i++) {
		const struct npuc_op op = g->ops[i];

		if (!op.output_count)
			continue;
		for (uint32_t k = 0; k < op.output_count; k++)
			g->tensors[op.outputs[k]].producer = count;
		for (uint32_t k = 0; k < op.input_count; k++)
			if (op.inputs[k] != NPUC_NONE)
				g->tensors[op.inputs[k]].consumers++;
		g->ops[count++] = op;
	}
	g->op_count = count;
	for (uint32_t i = 0; i < p->input_count; i++)
		g->tensors[p->inputs[i]].input = i;
	for (uint32_t i = p->output_count; i-- > 0;)
		g->tensors[p->outputs[i]].output = i;
	g->inputs = p->inputs;
	g->input_count = p->input_count;
	g->outputs = p->outputs;
	g->output_count = p->output_count;
}

/* Room for both lists, in one block that the graph owns. */
static bool make_room(struct part *p, const struct npuc_scope *scope)
{
	struct npuc_graph *g = p->g;
	size_t inputs = g->input_count + scope->start_count;
	size_t outputs = g->output_count + scope->end_count;
	void **owned = realloc(g->owned, (g->owned_count + 1) * sizeof(*owned));

	if (!owned)
		return false;
	g->owned = owned;
	p->inputs = calloc(inputs + outputs, sizeof(*p->inputs));
	p->marks = calloc((size_t)g->tensor_count + 1, 1);
	if (p->inputs) {
		owned[g->owned_count++] = p->inputs;
		p->outputs = p->inputs + inputs;
	}
	return p->inputs && p->marks;
}

int npuc_part(const struct npuc_scope *scope, const char *file, struct npuc_graph *g,
	      struct npuc_error *error)
{
	struct part p = { .file = file, .g = g, .error = error };
	int err = 0;

	if (!scope->start_count && !scope->end_count)
		return 0;
	if (!make_room(&p, scope))
		err = npuc_fail(error, -ENOMEM, "%s: out of memory", file);
	if (!err)
		err = mark_first(&p, scope);
	if (!err)
		err = mark_last(&p, scope);
	if (!err)
		err = walk(&p);
	if (!err)
		err = gather_inputs(&p);
	if (!err)
		link(&p);
	free(p.marks);
	return err;
}
