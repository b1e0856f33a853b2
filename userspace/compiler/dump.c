// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "dump.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "lower.h"

/* Text of JSON and dot is quoted alike: what either cannot hold becomes '?'. */
static void put_quoted(FILE *to, const char *text)
{
	putc('"', to);
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			putc('\\', to);
		putc(*c < ' ' || *c > '~' ? '?' : *c, to);
	}
	putc('"', to);
}

static void put_numbers(FILE *to, const uint32_t *list, uint32_t count)
{
	putc('[', to);
	for (uint32_t i = 0; i < count; i++)
		fprintf(to, list[i] == NPUC_NONE ? "%snull" : "%s%u", i ? ", " : "", list[i]);
	putc(']', to);
}

static void put_tensor(FILE *to, const struct npuc_compilation *c, const struct npuc_graph *g,
		       uint32_t i)
{
	const struct npuc_tensor *t = &g->tensors[i];
	const char *role = t->data		  ? "constant" :
			   t->input != NPUC_NONE  ? "input" :
			   t->output != NPUC_NONE ? "output" :
						    "internal";

	fprintf(to, "%s\n    {\"tensor\": %u, \"name\": ", i ? "," : "", i);
	put_quoted(to, t->name);
	fprintf(to, ", \"role\": \"%s\", \"type\": \"%s\", \"shape\": ", role,
		npuc_type_name(t->type));
	put_numbers(to, t->shape.dim, t->shape.rank);
	if (t->quant.count)
		fprintf(to, ", \"scales\": %u, \"scale\": %.9g, \"zero_point\": %lld",
			t->quant.count, (double)npuc_scale(t, 0), (long long)npuc_zero_point(t, 0));
	if (c->homes && !t->data)
		fprintf(to, ", \"lies_in\": %u, \"at\": %u", c->homes[i].root, c->homes[i].offset);
	putc('}', to);
}

/* What passes have made of op @i so far. */
static void put_made(FILE *to, const struct npuc_compilation *c, uint32_t i)
{
	if (c->folds) {
		const struct npuc_fold *f = &c->folds[i];

		fprintf(to, ", \"gone\": %s", f->gone ? "true" : "false");
		if (f->input != NPUC_NONE)
			fprintf(to, ", \"reads\": %u", f->input);
		fprintf(to, ", \"writes\": %u", f->output);
	}
	if (c->layers && i < c->layer_count)
		fprintf(to, ", \"first_record\": %u, \"records\": %u", c->layers[i].first,
			c->layers[i].count);
}

static void put_json(FILE *to, const struct npuc_compilation *c, const struct npuc_graph *g,
		     const char *step)
{
	fputs("{\n  \"model\": ", to);
	put_quoted(to, c->model->name);
	fputs(",\n  \"step\": ", to);
	put_quoted(to, step);
	fputs(",\n  \"inputs\": ", to);
	put_numbers(to, g->inputs, g->input_count);
	fputs(",\n  \"outputs\": ", to);
	put_numbers(to, g->outputs, g->output_count);
	fputs(",\n  \"tensors\": [", to);
	for (uint32_t i = 0; i < g->tensor_count; i++)
		put_tensor(to, c, g, i);
	fputs("\n  ],\n  \"ops\": [", to);
	for (uint32_t i = 0; i < g->op_count; i++) {
		const struct npuc_op *op = &g->ops[i];

		fprintf(to, "%s\n    {\"op\": %u, \"type\": ", i ? "," : "", i);
		put_quoted(to, op->type);
		fprintf(to, op->number == NPUC_NONE ? ", \"source\": null" : ", \"source\": %u",
			op->number);
		fprintf(to, ", \"constant\": %s, \"inputs\": ", op->constant ? "true" : "false");
		put_numbers(to, op->inputs, op->input_count);
		fputs(", \"outputs\": ", to);
		put_numbers(to, op->outputs, op->output_count);
		put_made(to, c, i);
		putc('}', to);
	}
	fputs("\n  ]\n}\n", to);
}

static void put_edge(FILE *to, const struct npuc_graph *g, uint32_t t, uint32_t reader)
{
	const struct npuc_tensor *tensor = &g->tensors[t];
	char shape[NPUC_SHAPE_TEXT];

	if (tensor->producer != NPUC_NONE)
		fprintf(to, "\top%u -> ", tensor->producer);
	else if (tensor->input != NPUC_NONE)
		fprintf(to, "\tinput%u -> ", tensor->input);
	else
		return;
	if (reader == NPUC_NONE)
		fprintf(to, "output%u", tensor->output);
	else
		fprintf(to, "op%u", reader);
	fprintf(to, " [label=\"%s%s\"];\n", npuc_type_name(tensor->type),
		npuc_shape_text(&tensor->shape, shape));
}

static void put_dot(FILE *to, const struct npuc_compilation *c, const struct npuc_graph *g)
{
	fputs("digraph model {\n\tnode [shape=box];\n", to);
	for (uint32_t i = 0; i < g->input_count; i++) {
		fprintf(to, "\tinput%u [shape=ellipse, label=", i);
		put_quoted(to, g->tensors[g->inputs[i]].name);
		fputs("];\n", to);
	}
	for (uint32_t i = 0; i < g->output_count; i++) {
		fprintf(to, "\toutput%u [shape=ellipse, label=", g->tensors[g->outputs[i]].output);
		put_quoted(to, g->tensors[g->outputs[i]].name);
		fputs("];\n", to);
	}
	for (uint32_t i = 0; i < g->op_count; i++) {
		const struct npuc_op *op = &g->ops[i];
		bool gone = op->constant || (c->folds && c->folds[i].gone);

		fprintf(to, "\top%u [label=", i);
		put_quoted(to, op->type);
		fprintf(to, "%s];\n", gone ? ", style=dotted" : "");
		for (uint32_t k = 0; k < op->input_count; k++)
			if (op->inputs[k] != NPUC_NONE && !g->tensors[op->inputs[k]].data)
				put_edge(to, g, op->inputs[k], i);
	}
	for (uint32_t i = 0; i < g->output_count; i++)
		put_edge(to, g, g->outputs[i], NPUC_NONE);
	fputs("}\n", to);
}

static int hand_out(struct npuc_compilation *c, const struct npuc_graph *g, uint32_t number,
		    const char *step, bool json)
{
	char name[64], *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	int err;

	if (!to)
		return npuc_no_memory(c);
	if (json)
		put_json(to, c, g, step);
	else
		put_dot(to, c, g);
	snprintf(name, sizeof(name), "%02u-%.40s.%s", number, step, json ? "json" : "dot");
	err = fclose(to) ? npuc_no_memory(c) : 0;
	if (!err) {
		err = c->options->dump(c->options->dump_arg, name, text, size);
		if (err)
			npuc_fail(c->error, err, "%s: %s cannot be written", c->model->name, name);
	}
	free(text);
	return err;
}

int npuc_dump(struct npuc_compilation *c, const struct npuc_graph *g, uint32_t number,
	      const char *step)
{
	int err;

	if (!c->options || !c->options->dump)
		return 0;
	err = hand_out(c, g, number, step, true);
	return err ? err : hand_out(c, g, number, step, false);
}
