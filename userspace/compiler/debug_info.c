// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The sections of an artefact that tell how it came to be: CONFIG and DEBUG. */
#include "debug_info.h"

#include <string.h>

#include "lower.h"
#include "npu_file.h"
#include "tflite.h"

static void *reserve(struct npuc_debug_writer *w, size_t size)
{
	size_t offset;
	void *to = npuc_bytes_reserve(&w->bytes, size, 1, &offset);

	w->failed |= !to;
	return to;
}

/* What does the work of a fused op: the op that writes its output now, or reads its input. */
static uint32_t doer(const struct npuc_compilation *c, uint32_t op)
{
	const struct npuc_op *gone = &c->graph->ops[op];

	for (uint32_t i = 0; i < c->graph->op_count; i++)
		if (i != op && !c->folds[i].gone &&
		    (c->folds[i].output == gone->outputs[0] ||
		     (gone->input_count && c->folds[i].input == gone->inputs[0] &&
		      c->graph->ops[i].input_count &&
		      c->graph->ops[i].inputs[0] == gone->outputs[0])))
			return i;
	return NPU_FILE_NONE;
}

/* Layers are in the order that ops run in. */
static const struct npuc_layer *layer_of(const struct npuc_compilation *c, uint32_t op)
{
	const struct npuc_layer *layer = c->layers;

	while (layer->op != op)
		layer++;
	return layer;
}

static uint32_t type_string(struct npuc_debug_writer *w, const struct npuc_op *op)
{
	bool custom = op->builtin >= NPUC_DEBUG_TYPES || op->builtin == TFLITE_CUSTOM;

	if (custom)
		return w->string(w->arg, op->type);
	if (!w->types[op->builtin])
		w->types[op->builtin] = w->string(w->arg, op->type);
	return w->types[op->builtin];
}

static void add_op(struct npuc_debug_writer *w, uint32_t number, uint32_t first_tensor)
{
	const struct npuc_compilation *c = w->c;
	const struct npuc_op *op = &c->graph->ops[number];
	const struct npuc_layer *layer = layer_of(c, number);
	struct npu_file_debug_op row = {
		.type = type_string(w, op),
		.source = op->number,
		.fate = op->constant	      ? NPU_DEBUG_CONSTANT :
			c->folds[number].gone ? NPU_DEBUG_FOLDED :
			layer->count	      ? NPU_DEBUG_RECORDS :
						NPU_DEBUG_NOTHING,
		.into = NPU_FILE_NONE,
		.first_record = layer->first,
		.record_count = layer->count,
		.first_tensor = first_tensor,
		.tensor_count = op->output_count,
	};
	void *to;

	for (uint32_t k = 0; k < op->input_count; k++)
		row.tensor_count += op->inputs[k] != NPUC_NONE;
	if (row.fate == NPU_DEBUG_FOLDED)
		row.into = doer(c, number);
	to = reserve(w, sizeof(row));
	if (to)
		memcpy(to, &row, sizeof(row));
}

static void add_tensor(struct npuc_debug_writer *w, uint32_t number, uint32_t use)
{
	const struct npuc_tensor *t = &w->c->graph->tensors[number];
	struct npu_file_debug_tensor row = {
		.name = w->names[number],
		.source = number,
		.use = t->data ? NPU_DEBUG_PARAMETER : use,
		.entry = w->rows[number],
	};
	void *to = reserve(w, sizeof(row));

	if (!row.name)
		row.name = w->names[number] = w->string(w->arg, t->name);
	if (to)
		memcpy(to, &row, sizeof(row));
}

void npuc_debug_info(struct npuc_debug_writer *w)
{
	const struct npuc_graph *g = w->c->graph;
	struct npu_file_debug head = { .op_count = g->op_count };

	reserve(w, sizeof(head));
	for (uint32_t i = 0; i < g->op_count && !w->failed; i++) {
		const struct npuc_op *op = &g->ops[i];

		add_op(w, i, head.tensor_count);
		for (uint32_t k = 0; k < op->input_count; k++)
			head.tensor_count += op->inputs[k] != NPUC_NONE;
		head.tensor_count += op->output_count;
	}
	for (uint32_t i = 0; i < g->op_count && !w->failed; i++) {
		const struct npuc_op *op = &g->ops[i];

		for (uint32_t k = 0; k < op->input_count; k++)
			if (op->inputs[k] != NPUC_NONE)
				add_tensor(w, op->inputs[k], NPU_DEBUG_READS);
		for (uint32_t k = 0; k < op->output_count; k++)
			add_tensor(w, op->outputs[k], NPU_DEBUG_WRITES);
	}
	if (!w->failed)
		memcpy(w->bytes.data, &head, sizeof(head));
}

static void add_knob(struct npuc_debug_writer *w, const char *key, const char *value,
		     const char *because, uint32_t applied)
{
	const struct npu_file_knob row = {
		.key = w->string(w->arg, key),
		.value = w->string(w->arg, value),
		.because = w->string(w->arg, because),
		.applied = applied,
	};
	void *to = reserve(w, sizeof(row));

	if (to)
		memcpy(to, &row, sizeof(row));
}

void npuc_config_info(struct npuc_debug_writer *w)
{
	const struct npuc_options *options = w->c->options;
	const struct npuc_answers *answers = options ? options->answers : NULL;

	if (!options || !options->config || !npuc_config_given(options->config))
		return;
	for (size_t i = 0; answers && i < answers->count; i++)
		add_knob(w, answers->at[i].key, "", answers->at[i].text,
			 answers->at[i].applied == NPUC_APPLIED);
}
