// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "partition.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapt.h"
#include "error.h"
#include "host_op.h"
#include "lower.h"
#include "tflite.h"

/* An op that goes with whatever is next to it. */
#define ANY_SIDE 0xff

/* Is @word one of the comma-separated words of @list? */
static bool listed(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, word, length) && (!at[length] || at[length] == ','))
			return true;
	}
	return false;
}

static const struct npuc_config *config_of(const struct npuc_options *options)
{
	static const struct npuc_config none;

	return options && options->config ? options->config : &none;
}

static bool denied(const struct npuc_graph *g, const struct npuc_op *op,
		   const struct npuc_config *config, struct npuc_refusal *why)
{
	bool found = false;

	for (size_t i = 0; i < config->deny_nodes.count; i++)
		found |= !strcmp(config->deny_nodes.at[i], npuc_output(g, op)->name);
	for (size_t i = 0; i < config->deny.count; i++)
		found |= listed(config->deny.at[i], op->type);
	if (!found)
		return false;
	why->constraint = NPUC_NONE;
	why->advice = "";
	why->sentence = sizeof("Denied to the NPU") - 1;
	snprintf(why->reason, sizeof(why->reason), "Denied to the NPU: %s", op->type);
	return true;
}

enum npuc_placement npuc_place_of(const struct npuc_graph *g, const struct npuc_capabilities *can,
				  const struct npuc_options *options, uint32_t number,
				  struct npuc_refusal *why)
{
	const struct npuc_capabilities format = { NULL, can->personality };
	const struct npuc_op *op = &g->ops[number];
	struct npuc_refusal other;

	if (npuc_constraints_hold(g, can, number, why) &&
	    (op->constant || !denied(g, op, config_of(options), why)))
		return NPUC_ON_NPU;
	if ((options && options->no_fallback) || config_of(options)->no_fallback)
		return NPUC_NOWHERE;
	if (npuc_host_operator(g, op)) {
		const char *problem = npuc_host_op_problem(g, op);

		if (!problem)
			return NPUC_ON_CPU;
		why->constraint = NPUC_NONE;
		why->advice = "";
		why->sentence = sizeof("The fallback must take it") - 1;
		snprintf(why->reason, sizeof(why->reason), "The fallback must take it: %s",
			 problem);
		return NPUC_NOWHERE;
	}
	return npuc_constraints_hold(g, &format, number, &other) ? NPUC_ON_CPU : NPUC_NOWHERE;
}

static bool has_type(const struct npuc_graph *g, const char *word, size_t length)
{
	for (uint32_t i = 0; i < g->op_count; i++)
		if (strlen(g->ops[i].type) == length && !strncmp(g->ops[i].type, word, length))
			return true;
	return false;
}

static bool has_output(const struct npuc_graph *g, const char *name)
{
	for (uint32_t i = 0; i < g->op_count; i++)
		if (!strcmp(npuc_output(g, &g->ops[i])->name, name))
			return true;
	return false;
}

static int has_types(const char *model, const struct npuc_graph *g, const char *list,
		     struct npuc_error *error)
{
	while (*list) {
		size_t length = strcspn(list, ",");

		if (!has_type(g, list, length))
			return npuc_fail(error, -EINVAL,
					 "%s: denied op '%.*s': the model has none of this type",
					 model, (int)length, list);
		list += length + (list[length] == ',');
	}
	return 0;
}

int npuc_partition_options(const char *model, const struct npuc_graph *g,
			   const struct npuc_options *options, struct npuc_error *error)
{
	const struct npuc_config *config = config_of(options);
	int err = 0;

	for (size_t i = 0; i < config->deny.count && !err; i++)
		err = has_types(model, g, config->deny.at[i], error);
	for (size_t i = 0; i < config->deny_nodes.count && !err; i++)
		if (!has_output(g, config->deny_nodes.at[i]))
			err = npuc_fail(error, -EINVAL,
					"%s: denied node '%.80s': no op has an output of this name",
					model, config->deny_nodes.at[i]);
	return err;
}

int npuc_assign(struct npuc_compilation *c)
{
	const struct npuc_capabilities can = { c->target, c->personality };
	const struct npuc_graph *g = c->graph;
	struct npuc_refusal why;
	int err = npuc_partition_options(c->model->name, g, c->options, c->error);

	if (err)
		return err;
	c->places = calloc(g->op_count ? g->op_count : 1, sizeof(*c->places));
	if (!c->places)
		return npuc_no_memory(c);
	for (uint32_t i = 0; i < g->op_count; i++) {
		c->places[i] = (uint8_t)npuc_place_of(g, &can, c->options, i, &why);
		if (c->places[i] == NPUC_NOWHERE)
			return npuc_fail(c->error, -EOPNOTSUPP, "%s: op %u %s '%.80s': %s%s%s",
					 c->model->name, g->ops[i].number, g->ops[i].type,
					 npuc_output(g, &g->ops[i])->name, why.reason,
					 *why.advice ? "; " : "", why.advice);
	}
	return 0;
}

/**
 * struct schedule - an order of ops in phases of one side each
 * @side: of each op: &enum npuc_placement, or ANY_SIDE
 * @order: ops by time
 * @phase: of each op
 * @phases: their number
 * @before: of each op: another one that it must not overtake, or NPUC_NONE
 */
struct schedule {
	uint8_t *side;
	uint32_t *order;
	uint32_t *phase;
	uint32_t phases;
	uint32_t *before;
};

/* Ops that read or write state stay in the order of the file. */
static void keep_state_order(const struct npuc_graph *g, struct schedule *s)
{
	uint32_t last = NPUC_NONE;

	for (uint32_t i = 0; i < g->op_count; i++) {
		const struct npuc_op *op = &g->ops[i];
		bool state = op->builtin == TFLITE_VAR_HANDLE ||
			     op->builtin == TFLITE_READ_VARIABLE ||
			     op->builtin == TFLITE_ASSIGN_VARIABLE;

		for (uint32_t k = 0; k < op->input_count; k++)
			state |= op->inputs[k] != NPUC_NONE && g->tensors[op->inputs[k]].variable;
		s->before[i] = state ? last : NPUC_NONE;
		if (state)
			last = i;
	}
}

/* Are all ops done that op @i waits for? */
static bool ready(const struct npuc_graph *g, const struct schedule *s, uint32_t i)
{
	const struct npuc_op *op = &g->ops[i];

	if (s->before[i] != NPUC_NONE && s->phase[s->before[i]] == NPUC_NONE)
		return false;
	for (uint32_t k = 0; k < op->input_count; k++) {
		uint32_t producer = op->inputs[k] == NPUC_NONE ? NPUC_NONE :
								 g->tensors[op->inputs[k]].producer;

		if (producer != NPUC_NONE && s->phase[producer] == NPUC_NONE)
			return false;
	}
	return true;
}

/*
 * Each phase runs all that its side can before the other's turn comes.  No order that begins
 * with the same side has fewer phases: by induction, what any such order has done after
 * n phases is done here too.  Ops come behind those they depend on, so one look at
 * each is enough for a phase.
 */
static void run_phases(const struct npuc_graph *g, struct schedule *s, uint8_t first)
{
	uint32_t done = 0, from = 0;
	uint8_t side = first;

	memset(s->phase, 0xff, g->op_count * sizeof(*s->phase));
	for (s->phases = 0; done < g->op_count; s->phases++) {
		for (uint32_t i = from; i < g->op_count; i++) {
			if (s->phase[i] != NPUC_NONE ||
			    (s->side[i] != side && s->side[i] != ANY_SIDE) || !ready(g, s, i))
				continue;
			s->phase[i] = s->phases;
			s->order[done++] = i;
		}
		while (from < g->op_count && s->phase[from] != NPUC_NONE)
			from++;
		side = side == NPUC_ON_NPU ? NPUC_ON_CPU : NPUC_ON_NPU;
	}
}

/* The side that it is better to begin with; with all on one side the order is the file's. */
static void make_schedule(const struct npuc_graph *g, struct schedule *s)
{
	uint32_t device_first;

	run_phases(g, s, NPUC_ON_NPU);
	device_first = s->phases;
	run_phases(g, s, NPUC_ON_CPU);
	if (device_first <= s->phases)
		run_phases(g, s, NPUC_ON_NPU);
}

/* struct load - a phase and the ops of it that the device runs */
struct load {
	uint32_t phase;
	uint32_t ops;
};

static int by_ops(const void *x, const void *y)
{
	const struct load *a = x, *b = y;

	if (a->ops != b->ops)
		return a->ops < b->ops ? -1 : 1;
	return (a->phase > b->phase) - (a->phase < b->phase);
}

/*
 * How many of the smallest of @count partitions the device has to give up now: those with
 * fewer ops than asked for, else half of what is too many, as their neighbours
 * become one when they are gone.
 */
static uint32_t excess(const struct load *loads, uint32_t count, const struct npuc_config *config)
{
	uint32_t small = 0;

	while (small < count && loads[small].ops < config->min_nodes)
		small++;
	if (small || !config->max_partitions || count <= config->max_partitions)
		return small;
	return (count - config->max_partitions + 1) / 2;
}

/* Give to the host what the options do not let the device keep; false: nothing is left. */
static bool shrink(const struct npuc_graph *g, struct schedule *s, const struct npuc_config *config,
		   struct load *loads)
{
	uint32_t count = 0, moved;

	for (uint32_t p = 0; p < s->phases; p++)
		loads[p] = (struct load){ p, 0 };
	for (uint32_t i = 0; i < g->op_count; i++)
		loads[s->phase[i]].ops += s->side[i] == NPUC_ON_NPU;
	for (uint32_t p = 0; p < s->phases; p++)
		if (loads[p].ops)
			loads[count++] = loads[p];
	qsort(loads, count, sizeof(*loads), by_ops);
	moved = excess(loads, count, config);
	for (uint32_t i = 0; i < g->op_count && moved; i++)
		for (uint32_t k = 0; k < moved; k++)
			if (s->phase[i] == loads[k].phase && s->side[i] == NPUC_ON_NPU)
				s->side[i] = NPUC_ON_CPU;
	return moved;
}

/* Schedules until the device's partitions are as many and as large as the user wants. */
static int settle(struct npuc_compilation *c, struct schedule *s)
{
	/* An empty phase may come first. */
	struct load *loads = calloc((size_t)c->graph->op_count + 2, sizeof(*loads));

	if (!loads)
		return npuc_no_memory(c);
	do {
		make_schedule(c->graph, s);
	} while (shrink(c->graph, s, config_of(c->options), loads));
	free(loads);
	return 0;
}

/* Ops that make no records unless inputs and outputs of the model meet in them. */
static bool is_free(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_lowering *l = npuc_lowering(g, op);

	return op->constant || (l && l->lower == npuc_lower_reshape);
}

static int allocate(struct npuc_compilation *c, struct schedule *s)
{
	size_t count = c->graph->op_count ? c->graph->op_count : 1;

	s->side = calloc(count, sizeof(*s->side));
	s->order = calloc(count, sizeof(*s->order));
	s->phase = calloc(count, sizeof(*s->phase));
	s->before = calloc(count, sizeof(*s->before));
	return s->side && s->order && s->phase && s->before ? 0 : npuc_no_memory(c);
}

int npuc_partition(struct npuc_compilation *c)
{
	const struct npuc_graph *g = c->graph;
	struct schedule s = { 0 };
	int err = allocate(c, &s);

	if (!err)
		keep_state_order(g, &s);
	for (uint32_t i = 0; i < g->op_count && !err; i++)
		s.side[i] = is_free(g, &g->ops[i]) && c->places[i] == NPUC_ON_NPU ?
				    ANY_SIDE :
				    (uint8_t)c->places[i];
	if (!err)
		err = settle(c, &s);
	/* On-chip memory is the device's alone, and keeps nothing from one job to the next. */
	for (uint32_t i = 0; i < g->op_count && !err; i++)
		if (s.side[i] == NPUC_ON_CPU)
			c->l1_bytes = 0;
	/* What goes with its neighbours gets their side. */
	for (uint32_t k = 0; k < g->op_count && !err; k++) {
		uint32_t i = s.order[k];

		c->places[i] = s.side[i];
		if (s.side[i] == ANY_SIDE)
			c->places[i] = k ? c->places[s.order[k - 1]] : NPUC_ON_NPU;
	}
	c->order = s.order;
	free(s.side);
	free(s.phase);
	free(s.before);
	return err;
}

/* What became of the wishes for partitions. */
static void answer(const struct npuc_compilation *c)
{
	const struct npuc_config *config = config_of(c->options);
	struct npuc_answers *answers = c->options ? c->options->answers : NULL;
	uint32_t partitions = 0, last = NPUC_NONE;

	for (uint32_t i = 0; i < c->segment_count; i++) {
		const struct npu_file_segment *s = &c->segments[i];

		partitions += s->place == NPU_FILE_DEVICE && s->partition != last;
		last = s->partition;
	}
	if (config->max_partitions)
		npuc_answer(answers, "max_partitions", NPUC_APPLIED, "%u on the NPU", partitions);
	if (config->min_nodes)
		npuc_answer(answers, "min_nodes", NPUC_APPLIED, "%u partitions on the NPU",
			    partitions);
}

int npuc_segments(struct npuc_compilation *c)
{
	uint32_t host_ops = 0;

	c->segments = calloc((size_t)c->layer_count + 1, sizeof(*c->segments));
	if (!c->segments)
		return npuc_no_memory(c);
	for (uint32_t i = 0; i < c->layer_count; i++) {
		struct npuc_layer *l = &c->layers[i];
		struct npu_file_segment *last =
			c->segment_count ? &c->segments[c->segment_count - 1] : NULL;
		bool same;

		l->partition = last ? last->partition : 0;
		if (!l->count)
			continue;
		if (l->host_op)
			l->first = c->record_count + host_ops++;
		same = last && last->place == l->place;
		l->partition += last && !same;
		if (same && last->first_op + last->op_count == l->first) {
			last->op_count += l->count;
			continue;
		}
		c->segments[c->segment_count++] = (struct npu_file_segment){
			.partition = l->partition,
			.place = l->place,
			.first_op = l->first,
			.op_count = l->count,
		};
	}
	answer(c);
	return 0;
}
