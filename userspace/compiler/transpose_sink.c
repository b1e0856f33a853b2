// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * TRANSPOSEs sink through ops that can compute in another order of axes, meet others, and cancel.
 *
 * A TRANSPOSE is not carried out where it stands: its output is noted as a view, which tensor
 * it is in which order of axes.  What works element by element then computes in the order that
 * its inputs lie in, and its output is a view, too; so do ops that know their axes by number
 * (transpose_carry.c).  Only where somebody needs the axes in
 * their order is a view made real: by one TRANSPOSE for all that were met on the way, by a
 * RESHAPE if no element changes its place, by nothing if the axes are back in order.
 *
 * That pays off where TRANSPOSEs meet, and costs where a view has to be made real more than
 * once.  So the walk is done without building anything at first: all sink, then each one, last
 * to first, stays where it stands unless that moves more elements.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lower.h"
#include "passes.h"
#include "regraph.h"
#include "shape.h"
#include "tflite.h"
#include "transpose_carry.h"
#include "transpose_sink.h"

/* Walks times ops up to which each TRANSPOSE is tried by itself. */
#define MOST_WORK 20000000u
/* What new tensors and lists may take beside the constants that are turned. */
#define ADDED_AT_LEAST (1u << 20)

/**
 * struct view - a tensor as another one with its axes in another order
 * @source: that one, in the order that it is stored in
 * @order: axis of the stored one that each axis of the tensor is
 * @from: the last TRANSPOSE on the way, NPUC_NONE
 */
struct view {
	uint32_t source;
	uint32_t order[NPUC_MAX_RANK];
	uint32_t from;
};

/**
 * struct sink - a walk over a graph
 * @g: the graph
 * @views: per tensor
 * @here: per tensor: it exists as the graph has it
 * @now: per tensor that is a source: the tensor of the new graph that stores it
 * @stays: per op: a TRANSPOSE that is carried out where it stands
 * @moved: elements that TRANSPOSEs move
 * @count: TRANSPOSEs
 * @e: the new graph, NULL: only reckon
 */
struct sink {
	const struct npuc_graph *g;
	struct view *views;
	bool *here;
	uint32_t *now;
	bool *stays;
	uint64_t moved;
	uint32_t count;
	struct npuc_edit *e;
};

static const struct npuc_shape *shape_of(const struct sink *s, uint32_t t)
{
	return &s->g->tensors[t].shape;
}

static bool in_order(const struct sink *s, uint32_t t)
{
	for (uint32_t i = 0; i < shape_of(s, t)->rank; i++)
		if (s->views[t].order[i] != i)
			return false;
	return true;
}

static struct view itself(uint32_t t)
{
	struct view v = { .source = t, .from = NPUC_NONE };

	for (uint32_t i = 0; i < NPUC_MAX_RANK; i++)
		v.order[i] = i;
	return v;
}

static bool same_codes(const struct npuc_tensor *a, const struct npuc_tensor *b)
{
	return a->type == b->type && a->quant.count <= 1 && b->quant.count <= 1 &&
	       a->quant.count == b->quant.count && npuc_scale(a, 0) == npuc_scale(b, 0) &&
	       npuc_zero_point(a, 0) == npuc_zero_point(b, 0);
}

bool npuc_is_transpose(const struct npuc_graph *g, const struct npuc_op *op,
		       uint32_t order[NPUC_MAX_RANK])
{
	return op->builtin == TFLITE_TRANSPOSE && !op->constant && op->input_count == 2 &&
	       op->output_count == 1 && op->inputs[0] != NPUC_NONE && op->inputs[1] != NPUC_NONE &&
	       !npuc_input(g, op, 0)->data && npuc_permutation(g, op, order) &&
	       same_codes(npuc_input(g, op, 0), npuc_output(g, op));
}

/* Make tensor @t of its view. */
static void make(struct sink *s, uint32_t t)
{
	const struct view *v = &s->views[t];
	const struct npuc_shape *shape = shape_of(s, t);
	bool still = npuc_keeps_bytes(shape, v->order);
	uint32_t inputs[2] = { s->now[v->source] };
	int32_t list[NPUC_MAX_RANK];

	s->here[t] = true;
	if (!still) {
		s->moved += s->g->tensors[t].elements;
		s->count++;
	}
	if (!s->e)
		return;
	for (uint32_t i = 0; i < shape->rank; i++)
		list[i] = (int32_t)(still ? shape->dim[i] : v->order[i]);
	inputs[1] = npuc_build_list(&s->e->b, list, shape->rank);
	s->e->number = v->from == NPUC_NONE ? NPUC_NONE : s->g->ops[v->from].number;
	npuc_edit_op(s->e, still ? TFLITE_RESHAPE : TFLITE_TRANSPOSE, NULL, inputs, 2, t);
}

/* Tensor of the new graph that holds @t as the old one has it. */
static uint32_t as_it_was(struct sink *s, uint32_t t)
{
	if (s->here[t])
		return t;
	if (in_order(s, t))
		return s->now[s->views[t].source];
	make(s, t);
	return t;
}

static void keep(struct sink *s, uint32_t number)
{
	const struct npuc_op *op = &s->g->ops[number];
	struct npuc_op *copy;

	for (uint32_t i = 0; i < op->input_count; i++)
		if (op->inputs[i] != NPUC_NONE)
			as_it_was(s, op->inputs[i]);
	for (uint32_t i = 0; i < op->output_count; i++)
		s->here[op->outputs[i]] = true;
	copy = s->e ? npuc_edit_keep(s->e, number) : NULL;
	for (uint32_t i = 0; copy && i < op->input_count; i++) {
		uint32_t now = op->inputs[i] == NPUC_NONE ? NPUC_NONE : as_it_was(s, op->inputs[i]);

		npuc_edit_replace(copy, &op->inputs[i], &now, 1);
	}
}

static void turn(struct sink *s, uint32_t number, const uint32_t *order)
{
	const struct npuc_op *op = &s->g->ops[number];
	uint32_t in = op->inputs[0], out = op->outputs[0];
	const struct view *v = &s->views[in];
	struct view *to = &s->views[out];
	/* What keeps its value from run to run may have another one later. */
	bool varies = s->g->tensors[v->source].variable;

	to->source = v->source;
	to->from = number;
	for (uint32_t i = 0; i < shape_of(s, out)->rank; i++)
		to->order[i] = v->order[order[i]];
	if (!varies && (!s->stays[number] || in_order(s, out)))
		return;
	make(s, out);
	*to = itself(out);
}

/* Dimensions of the values that an op computes with: of the first that is no constant. */
static uint32_t common_rank(const struct sink *s, const struct npuc_op *op, uint32_t inputs)
{
	for (uint32_t i = 0; i < inputs; i++) {
		const struct npuc_tensor *t = npuc_input(s->g, op, i);

		if (t && !t->data)
			return t->shape.rank;
	}
	return 0;
}

/* Can an op compute in another order of axes, the one that all its inputs are stored in? */
static bool other_order(const struct sink *s, const struct npuc_op *op, struct npuc_carried *how)
{
	uint32_t inputs = npuc_carried_inputs(op), rank;
	const uint32_t *order = NULL;
	const struct npuc_tensor *t;

	if (!inputs || op->output_count != 1 || s->g->tensors[op->outputs[0]].quant.count > 1)
		return false;
	rank = common_rank(s, op, inputs);
	for (uint32_t i = 0; i < inputs; i++) {
		t = npuc_input(s->g, op, i);
		if (!t || (t->data && !npuc_can_turn(t, rank)))
			return false;
		if (t->data)
			continue;
		if (t->shape.rank != rank || t->quant.count > 1 || in_order(s, op->inputs[i]))
			return false;
		if (order && memcmp(order, s->views[op->inputs[i]].order, rank * sizeof(*order)))
			return false;
		order = s->views[op->inputs[i]].order;
	}
	return order && npuc_carry(s->g, op, order, how);
}

/* The op again, on what its inputs are stored as; Return: what has become of it. */
static void rebuild(struct sink *s, uint32_t number, const struct npuc_carried *how)
{
	const struct npuc_op *op = &s->g->ops[number];
	uint32_t inputs = npuc_carried_inputs(op), rank = common_rank(s, op, inputs), now,
		 order = 0;
	struct npuc_op *copy = npuc_edit_keep(s->e, number);

	if (!copy)
		return;
	copy->attributes = how->attributes;
	npuc_edit_write(copy, s->now[op->outputs[0]]);
	while (s->g->tensors[op->inputs[order]].data)
		order++;
	order = op->inputs[order];
	for (uint32_t i = 0; i < inputs; i++) {
		uint32_t in = op->inputs[i];

		now = s->g->tensors[in].data ?
			      npuc_turned_constant(s->e, in, rank, s->views[order].order) :
			      s->now[s->views[in].source];
		if (now == NPUC_NONE)
			return;
		npuc_edit_replace(copy, &in, &now, 1);
	}
	if (how->parameter == NPUC_NONE)
		return;
	now = npuc_build_list(&s->e->b, how->list, npuc_shape_elements(&how->list_shape));
	if (now == NPUC_NONE)
		return;
	s->e->b.g.tensors[now].shape = how->list_shape;
	npuc_edit_replace(copy, &op->inputs[how->parameter], &now, 1);
}

/* An op computes in the order that its inputs are stored in. */
static void carry(struct sink *s, uint32_t number, const struct npuc_carried *how)
{
	const struct npuc_op *op = &s->g->ops[number];
	uint32_t out = op->outputs[0];
	const struct npuc_tensor *t = &s->g->tensors[out];
	struct view *v = &s->views[out];
	struct npuc_shape shape;
	int32_t list[NPUC_MAX_RANK];
	uint32_t inputs[2];

	v->source = out;
	memcpy(v->order, how->order, sizeof(v->order));
	for (uint32_t i = 0; i < npuc_carried_inputs(op); i++)
		if (!s->g->tensors[op->inputs[i]].data)
			v->from = s->views[op->inputs[i]].from;
	if (!s->e)
		return;
	s->now[out] = npuc_edit_tensor(s->e, t->name, "turned", t->type);
	shape = npuc_stored_shape(&t->shape, v->order);
	npuc_edit_shape(s->e, s->now[out], &shape);
	if (s->now[out] == NPUC_NONE)
		return;
	s->e->b.g.tensors[s->now[out]].quant = t->quant;
	if (!how->reshape) {
		rebuild(s, number, how);
		return;
	}
	for (uint32_t i = 0; i < shape.rank; i++)
		list[i] = (int32_t)shape.dim[i];
	inputs[0] = s->now[s->views[op->inputs[0]].source];
	inputs[1] = npuc_build_list(&s->e->b, list, shape.rank);
	s->e->number = op->number;
	npuc_edit_op(s->e, TFLITE_RESHAPE, NULL, inputs, 2, s->now[out]);
}

static void walk(struct sink *s, struct npuc_edit *e)
{
	uint32_t order[NPUC_MAX_RANK];
	struct npuc_carried how;

	s->e = e;
	s->moved = 0;
	s->count = 0;
	for (uint32_t t = 0; t < s->g->tensor_count; t++) {
		s->views[t] = itself(t);
		s->now[t] = t;
		s->here[t] = s->g->tensors[t].producer == NPUC_NONE || s->g->tensors[t].data;
	}
	for (uint32_t i = 0; i < s->g->op_count; i++) {
		if (npuc_is_transpose(s->g, &s->g->ops[i], order)) {
			turn(s, i, order);
			continue;
		}
		if (other_order(s, &s->g->ops[i], &how))
			carry(s, i, &how);
		else
			keep(s, i);
	}
	for (uint32_t i = 0; i < s->g->output_count; i++)
		if (!s->here[s->g->outputs[i]])
			make(s, s->g->outputs[i]);
}

static bool less(const struct sink *s, uint64_t moved, uint32_t count)
{
	return s->moved < moved || (s->moved == moved && s->count < count);
}

/* Decide which TRANSPOSEs sink; Return: does that move less than the model does? */
static bool decide(struct sink *s)
{
	uint32_t order[NPUC_MAX_RANK], count = 0, best_count;
	uint64_t moved = 0, best;

	for (uint32_t i = 0; i < s->g->op_count; i++) {
		if (!npuc_is_transpose(s->g, &s->g->ops[i], order))
			continue;
		moved += npuc_output(s->g, &s->g->ops[i])->elements;
		count++;
	}
	if (!count)
		return false;
	walk(s, NULL);
	best = s->moved;
	best_count = s->count;
	for (uint32_t i = s->g->op_count; i-- > 0;) {
		if ((uint64_t)count * s->g->op_count > MOST_WORK ||
		    !npuc_is_transpose(s->g, &s->g->ops[i], order))
			continue;
		s->stays[i] = true;
		walk(s, NULL);
		s->stays[i] = !less(&(struct sink){ .moved = best, .count = best_count }, s->moved,
				    s->count);
		if (!s->stays[i])
			continue;
		best = s->moved;
		best_count = s->count;
	}
	walk(s, NULL);
	return less(s, moved, count);
}

static int replace(struct npuc_compilation *c, struct sink *s)
{
	struct npuc_edit e;

	if (!npuc_edit_begin(&e, c->graph, ADDED_AT_LEAST + 2 * c->model->size)) {
		npuc_edit_drop(&e);
		return npuc_no_memory(c);
	}
	walk(s, &e);
	return npuc_regraph(c, &e, &c->sunk);
}

int npuc_transpose_sink(struct npuc_compilation *c)
{
	size_t tensors = (size_t)c->graph->tensor_count + 1;
	struct sink s = {
		.g = c->graph,
		.views = calloc(tensors, sizeof(*s.views)),
		.here = calloc(tensors, sizeof(*s.here)),
		.now = calloc(tensors, sizeof(*s.now)),
		.stays = calloc((size_t)c->graph->op_count + 1, sizeof(*s.stays)),
	};
	int err = 0;

	if (!s.views || !s.here || !s.now || !s.stays)
		err = npuc_no_memory(c);
	else if (decide(&s))
		err = replace(c, &s);
	free(s.views);
	free(s.here);
	free(s.now);
	free(s.stays);
	return err;
}
