// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* TRANSPOSEs that a model has after all passes, and who needs them. */
#include <stdio.h>
#include <stdlib.h>

#include "tflite.h"
#include "transpose_carry.h"
#include "transpose_sink.h"

static const char *output_name(const struct npuc_graph *g, const struct npuc_op *op)
{
	return op->output_count ? g->tensors[op->outputs[0]].name : "";
}

static bool reads(const struct npuc_op *op, uint32_t tensor)
{
	for (uint32_t i = 0; i < op->input_count; i++)
		if (op->inputs[i] == tensor)
			return true;
	return false;
}

static const struct npuc_op *reader(const struct npuc_graph *g, uint32_t tensor)
{
	for (uint32_t i = 0; i < g->op_count; i++)
		if (!g->ops[i].constant && reads(&g->ops[i], tensor))
			return &g->ops[i];
	return NULL;
}

/* Could a TRANSPOSE in front of an op stand behind it as well? */
static bool lets_through(const struct npuc_graph *g, const struct npuc_op *op, uint32_t tensor)
{
	if (!npuc_any_order(op))
		return false;
	for (uint32_t i = 0; i < op->input_count; i++)
		if (op->inputs[i] != tensor && op->inputs[i] != NPUC_NONE &&
		    !npuc_input(g, op, i)->data)
			return false;
	return true;
}

/*
 * Who needs the axes of a TRANSPOSE's output in their order: the first reader, or if that
 * treats each element alike, who reads its output, and so on.  NULL: the model's output
 * @tensor, or nobody.
 */
static const struct npuc_op *forcing(const struct npuc_graph *g, uint32_t *tensor)
{
	const struct npuc_op *op = NULL;

	while (g->tensors[*tensor].output == NPUC_NONE) {
		op = reader(g, *tensor);
		if (!op || !lets_through(g, op, *tensor))
			return op;
		*tensor = op->outputs[0];
	}
	return NULL;
}

static void describe(const struct npuc_graph *g, const struct npuc_op *op,
		     struct npuc_transpose *to)
{
	uint32_t tensor = op->outputs[0];
	const struct npuc_op *by = forcing(g, &tensor);

	*to = (struct npuc_transpose){
		.op = op->number,
		.bytes = npuc_tensor_bytes(npuc_output(g, op)),
	};
	snprintf(to->name, sizeof(to->name), "%s", npuc_output(g, op)->name);
	if (by) {
		snprintf(to->by_type, sizeof(to->by_type), "%s", by->type);
		snprintf(to->by_name, sizeof(to->by_name), "%s", output_name(g, by));
		snprintf(to->why, sizeof(to->why),
			 npuc_any_order(by) ? "its inputs have their axes in different orders" :
					      "it needs its axes in this order");
	} else {
		snprintf(to->by_type, sizeof(to->by_type), "output");
		snprintf(to->by_name, sizeof(to->by_name), "%s", g->tensors[tensor].name);
		snprintf(to->why, sizeof(to->why), "the model gives it in this order");
	}
}

/* Does anybody read what the op writes? */
static bool is_used(const struct npuc_graph *g, const struct npuc_op *op)
{
	return npuc_output(g, op)->output != NPUC_NONE || reader(g, op->outputs[0]);
}

int npuc_list_transposes(const struct npuc_compilation *c, struct npuc_transpose **list,
			 size_t *count)
{
	const struct npuc_graph *g = c->graph;
	struct npuc_transpose *at = calloc((size_t)g->op_count + 1, sizeof(*at));

	*count = 0;
	*list = at;
	if (!at)
		return npuc_no_memory(c);
	for (uint32_t i = 0; i < g->op_count; i++) {
		const struct npuc_op *op = &g->ops[i];

		if (op->builtin == TFLITE_TRANSPOSE && !op->constant && op->output_count &&
		    is_used(g, op))
			describe(g, op, &at[(*count)++]);
	}
	return 0;
}
