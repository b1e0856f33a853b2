// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * suppress_input, suppress_output: where all that the model does with an input at first, or to
 * an output at last, is to turn its axes, the other layout is given or taken instead.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "adapt.h"
#include "tflite.h"

/* The only op that reads tensor @t, NPUC_NONE if there are others or none. */
static uint32_t only_reader(const struct npuc_graph *g, uint32_t t)
{
	if (g->tensors[t].consumers != 1 || g->tensors[t].output != NPUC_NONE)
		return NPUC_NONE;
	for (uint32_t i = 0; i < g->op_count; i++)
		if (g->ops[i].input_count && g->ops[i].inputs[0] == t)
			return i;
	return NPUC_NONE;
}

static bool turns(const struct npuc_graph *g, uint32_t op)
{
	return op != NPUC_NONE && g->ops[op].builtin == TFLITE_TRANSPOSE && !g->ops[op].constant;
}

/* Ops that treat each element alike: axes may be turned behind them as well as before. */
static bool by_element(const struct npuc_graph *g, uint32_t op)
{
	if (op == NPUC_NONE || g->ops[op].constant)
		return false;
	return g->ops[op].builtin == TFLITE_QUANTIZE || g->ops[op].builtin == TFLITE_DEQUANTIZE ||
	       g->ops[op].builtin == TFLITE_CAST;
}

static bool is_output(const struct npuc_graph *g, uint32_t t)
{
	return g->tensors[t].output != NPUC_NONE;
}

/*
 * The TRANSPOSE that an input meets first, conversions of type aside, goes: what is in front
 * of it has its output's shape from now on.
 */
static bool open_input(struct npuc_edit *e, uint32_t i, bool *gone, uint32_t *writes)
{
	const struct npuc_graph *g = e->from;
	uint32_t t = g->inputs[i], op = only_reader(g, t), last = NPUC_NONE, inner;

	while (by_element(g, op) && g->tensors[g->ops[op].outputs[0]].quant.count <= 1) {
		last = op;
		t = g->ops[op].outputs[0];
		op = only_reader(g, t);
	}
	if (!turns(g, op) || is_output(g, g->ops[op].outputs[0]))
		return false;
	inner = g->ops[op].outputs[0];
	gone[op] = true;
	if (last == NPUC_NONE) {
		e->inputs[i] = inner;
		e->b.g.tensors[inner].name = g->tensors[t].name;
		return true;
	}
	writes[last] = inner;
	for (t = g->inputs[i]; t != g->ops[op].inputs[0]; t = g->ops[only_reader(g, t)].outputs[0])
		npuc_edit_shape(e, t, &g->tensors[inner].shape);
	return true;
}

/* The same for the TRANSPOSE that an output comes from. */
static bool open_output(struct npuc_edit *e, uint32_t i, bool *gone, uint32_t *reads)
{
	const struct npuc_graph *g = e->from;
	uint32_t t = g->outputs[i], op = g->tensors[t].producer, first = NPUC_NONE, inner;

	while (by_element(g, op) && g->tensors[t].consumers <= (t != g->outputs[i])) {
		first = op;
		t = g->ops[op].inputs[0];
		op = g->tensors[t].producer;
	}
	if (!turns(g, op) || gone[op] || g->tensors[t].consumers > (t != g->outputs[i]) ||
	    (is_output(g, t) && t != g->outputs[i]))
		return false;
	inner = g->ops[op].inputs[0];
	if (g->tensors[inner].producer == NPUC_NONE)
		return false;
	gone[op] = true;
	if (first == NPUC_NONE) {
		e->outputs[i] = inner;
		e->b.g.tensors[inner].name = g->tensors[t].name;
		return true;
	}
	reads[first] = inner;
	for (t = g->outputs[i]; t != g->ops[op].outputs[0];
	     t = g->ops[g->tensors[t].producer].inputs[0])
		npuc_edit_shape(e, t, &g->tensors[inner].shape);
	return true;
}

static void keep_ops(struct npuc_edit *e, const bool *gone, const uint32_t *reads,
		     const uint32_t *writes)
{
	for (uint32_t i = 0; i < e->from->op_count; i++) {
		struct npuc_op *op = gone[i] ? NULL : npuc_edit_keep(e, i);

		if (op && reads[i] != NPUC_NONE)
			npuc_edit_replace(op, &e->from->ops[i].inputs[0], &reads[i], 1);
		if (op && writes[i] != NPUC_NONE)
			npuc_edit_write(op, writes[i]);
	}
}

static void answer(struct npuc_adapt *r, const char *key, bool asked, uint32_t found,
		   uint32_t count, const char *what)
{
	if (asked)
		npuc_answer(r->answers, key, found ? NPUC_APPLIED : NPUC_NOT_APPLIED,
			    found ? "%u of %u %s: a TRANSPOSE is gone" :
				    "%u of %u %s have a conversion of layout",
			    found, count, what);
}

/* @number: room for two numbers per op */
static uint32_t suppress(struct npuc_adapt *r, struct npuc_edit *e, bool *gone, uint32_t *number)
{
	const struct npuc_graph *g = npuc_adapted(r);
	uint32_t *reads = number, *writes = number + g->op_count;
	uint32_t inputs = 0, outputs = 0;

	memset(number, 0xff, 2 * (size_t)g->op_count * sizeof(*number));
	for (uint32_t i = 0; i < g->input_count && r->config->suppress_input; i++)
		inputs += open_input(e, i, gone, writes);
	for (uint32_t i = 0; i < g->output_count && r->config->suppress_output; i++)
		outputs += open_output(e, i, gone, reads);
	keep_ops(e, gone, reads, writes);
	answer(r, "suppress_input", r->config->suppress_input, inputs, g->input_count, "inputs");
	answer(r, "suppress_output", r->config->suppress_output, outputs, g->output_count,
	       "outputs");
	return inputs + outputs;
}

int npuc_suppress(struct npuc_adapt *r)
{
	const struct npuc_graph *g = npuc_adapted(r);
	struct npuc_edit e;
	uint32_t found = 0, *numbers;
	bool *gone;
	int err;

	if (!r->config->suppress_input && !r->config->suppress_output)
		return 0;
	err = npuc_adapt_begin(r, &e);
	if (err)
		return err;
	gone = calloc((size_t)g->op_count + 1, sizeof(*gone));
	numbers = calloc(2 * (size_t)g->op_count + 1, sizeof(*numbers));
	if (gone && numbers)
		found = suppress(r, &e, gone, numbers);
	else
		e.b.failed = true;
	free(gone);
	free(numbers);
	if (!found && !e.b.failed) {
		npuc_edit_drop(&e);
		return 0;
	}
	return npuc_adapt_end(r, &e, "suppress");
}
