// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "layer_select.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "lower.h"
#include "tflite.h"

/* How much an entry counts: tensors, type, name. */
enum { BY_TENSORS = 1, BY_TYPE, BY_NAME };

/**
 * struct selection - layer_configs being applied
 * @r: the adaptation
 * @g: the newest graph
 * @choices: of each op
 * @weight: how much the entry counts that chose it
 * @marks: room for a mark of each tensor and, behind them, of each op
 */
struct selection {
	struct npuc_adapt *r;
	const struct npuc_graph *g;
	struct npuc_choice *choices;
	uint8_t *weight;
	uint8_t *marks;
};

static uint32_t real_type(uint32_t layer_type)
{
	return layer_type == NPUC_LAYER_FP16 ? NPUC_TYPE_FLOAT16 :
	       layer_type == NPUC_LAYER_FP32 ? NPUC_TYPE_FLOAT32 :
					       NPUC_NONE;
}

static const struct npuc_layer_config *config_at(const struct selection *s, uint32_t i)
{
	return &s->r->config->layer_configs[i];
}

static void choose(struct selection *s, uint32_t op, uint32_t config, uint8_t weight)
{
	if (weight < s->weight[op])
		return;
	s->weight[op] = weight;
	s->choices[op] = (struct npuc_choice){ real_type(config_at(s, config)->data_type), config };
}

static int no_such(struct selection *s, uint32_t config, const char *member, const char *what,
		   const char *name)
{
	char key[64];

	snprintf(key, sizeof(key), "layer_configs[%u].%s", config, member);
	return npuc_unfit(s->r, key, "the model has no %s '%.80s'", what, name);
}

static int by_name(struct selection *s, uint32_t config, const char *member, const char *name)
{
	for (uint32_t i = 0; i < s->g->op_count; i++) {
		if (strcmp(npuc_output(s->g, &s->g->ops[i])->name, name))
			continue;
		choose(s, i, config, BY_NAME);
		return 0;
	}
	return no_such(s, config, member, "op that writes", name);
}

static int by_type(struct selection *s, uint32_t config, const char *member, const char *type)
{
	bool found = false;

	for (uint32_t i = 0; i < s->g->op_count; i++) {
		if (strcmp(s->g->ops[i].type, type))
			continue;
		choose(s, i, config, BY_TYPE);
		found = true;
	}
	return found ? 0 : no_such(s, config, member, "op of type", type);
}

static int mark_names(struct selection *s, uint32_t config, const char *member,
		      const struct npuc_texts *names, const uint32_t *all, uint32_t count)
{
	memset(s->marks, 0, (size_t)s->g->tensor_count + s->g->op_count);
	for (size_t i = 0; i < names->count; i++) {
		bool found = false;

		if (!strcmp(names->at[i], NPUC_DEFAULT_NAME)) {
			for (uint32_t k = 0; k < count; k++)
				s->marks[all[k]] = 1;
			continue;
		}
		for (uint32_t t = 0; t < s->g->tensor_count; t++) {
			bool is = !strcmp(s->g->tensors[t].name, names->at[i]);

			found |= is;
			s->marks[t] |= is;
		}
		if (!found)
			return no_such(s, config, member, "tensor", names->at[i]);
	}
	return 0;
}

/* Does the op read, or write, a marked tensor? */
static bool touches(const struct selection *s, const uint32_t *list, uint32_t count)
{
	for (uint32_t k = 0; k < count; k++)
		if (list[k] != NPUC_NONE && s->marks[list[k]])
			return true;
	return false;
}

/* Ops behind the first tensors and ahead of the last ones. */
static int between(struct selection *s, uint32_t config)
{
	const struct npuc_layer_config *l = config_at(s, config);
	const struct npuc_graph *g = s->g;
	uint8_t *behind = calloc((size_t)g->op_count + 1, 1);
	int err;

	if (!behind)
		return npuc_fail(s->r->error, -ENOMEM, "%s: out of memory", s->r->model->name);
	err = mark_names(s, config, "start_tensor_names", &l->start_tensor_names, g->inputs,
			 g->input_count);
	for (uint32_t i = 0; i < g->op_count && !err; i++) {
		const struct npuc_op *op = &g->ops[i];

		behind[i] = touches(s, op->inputs, op->input_count);
		for (uint32_t k = 0; k < op->output_count && behind[i]; k++)
			s->marks[op->outputs[k]] = 1;
	}
	if (!err)
		err = mark_names(s, config, "end_tensor_names", &l->end_tensor_names, g->outputs,
				 g->output_count);
	for (uint32_t i = g->op_count; i-- > 0 && !err;) {
		const struct npuc_op *op = &g->ops[i];

		if (!touches(s, op->outputs, op->output_count))
			continue;
		for (uint32_t k = 0; k < op->input_count; k++)
			if (op->inputs[k] != NPUC_NONE)
				s->marks[op->inputs[k]] = 1;
		if (behind[i])
			choose(s, i, config, BY_TENSORS);
	}
	free(behind);
	return err;
}

static int apply(struct selection *s, uint32_t config)
{
	const struct npuc_layer_config *l = config_at(s, config);
	int err = 0;

	if (l->layer_name)
		return by_name(s, config, "layer_name", l->layer_name);
	if (l->op_type)
		return by_type(s, config, "op_type", l->op_type);
	for (size_t i = 0; i < l->layer_names.count && !err; i++)
		err = by_name(s, config, "layer_names", l->layer_names.at[i]);
	for (size_t i = 0; i < l->op_types.count && !err; i++)
		err = by_type(s, config, "op_types", l->op_types.at[i]);
	if (!err && l->start_tensor_names.count)
		err = between(s, config);
	return err;
}

static void by_flags(const struct npuc_adapt *r, const struct npuc_graph *g,
		     struct npuc_choice *choices)
{
	bool accurate = npuc_accuracy_step(r->config, NPUC_ACCURACY_REAL);

	for (uint32_t i = 0; i < g->op_count; i++) {
		const struct npuc_operator *o = npuc_operator(g->ops[i].builtin);
		const struct npuc_tensor *in = o ? npuc_input(g, &g->ops[i], o->first) : NULL;

		choices[i] = (struct npuc_choice){ NPUC_NONE, NPUC_NONE };
		if (in && ((r->config->relax_fp32 && in->type == NPUC_TYPE_FLOAT32) ||
			   (accurate && in->type == NPUC_TYPE_INT16)))
			choices[i].type = NPUC_TYPE_FLOAT16;
	}
}

int npuc_choose_layers(struct npuc_adapt *r, struct npuc_choice *choices)
{
	struct selection s = { .r = r, .g = npuc_adapted(r), .choices = choices };
	int err = 0;

	s.weight = calloc((size_t)s.g->op_count + 1, 1);
	s.marks = calloc((size_t)s.g->tensor_count + s.g->op_count + 1, 1);
	if (s.weight && s.marks)
		by_flags(r, s.g, choices);
	else
		err = npuc_fail(r->error, -ENOMEM, "%s: out of memory", r->model->name);
	for (uint32_t i = 0; i < r->config->layer_config_count && !err; i++)
		err = apply(&s, i);
	free(s.weight);
	free(s.marks);
	return err;
}
