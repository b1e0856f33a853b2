// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Which tensors share memory:
 *
 *  - input and output of RESHAPE, SQUEEZE, EXPAND_DIMS, unless both are inputs
 *    or outputs of the model: then lowering copies;
 *  - an input of CONCATENATION and its slice of the output: the producer then
 *    writes in place.
 *
 * Ops are visited last to first.  A tensor is linked to the one whose memory it
 * lies in; links form trees, whose roots get memory of their own.
 */
#include <stdlib.h>
#include <string.h>

#include "lower.h"
#include "merge.h"
#include "passes.h"
#include "tflite.h"

/* Instead of an axis: the tensor is the same bytes as its parent in another shape. */
#define SAME_BYTES 4u

/**
 * struct link - where a tensor lies
 * @parent: tensor it lies in, NPUC_NONE for a root
 * @axis: axis of N, H, W, C that it is a slice along, or SAME_BYTES
 * @start: first index of the slice
 * @strided: not contiguous
 * @shared: other tensors lie in it
 */
struct link {
	uint32_t parent;
	uint32_t axis;
	uint32_t start;
	bool strided;
	bool shared;
};

static bool fixed(const struct npuc_tensor *t)
{
	return t->data || t->input != NPUC_NONE || t->output != NPUC_NONE;
}

static uint32_t root_of(const struct link *links, uint32_t t)
{
	while (links[t].parent != NPUC_NONE)
		t = links[t].parent;
	return t;
}

static void attach(struct link *links, uint32_t child, uint32_t parent, uint32_t axis,
		   uint32_t start, bool strided)
{
	links[child] = (struct link){ parent, axis, start, strided, links[child].shared };
	links[parent].shared = true;
}

static void link_reshape(struct npuc_compilation *c, struct link *links, uint32_t number)
{
	uint32_t in = npuc_in(c, number, 0), out = npuc_out(c, number);
	const struct npuc_tensor *a = &c->graph->tensors[in], *b = &c->graph->tensors[out];

	if (a->data || root_of(links, in) == root_of(links, out))
		return;
	if (!fixed(a) && links[in].parent == NPUC_NONE && !links[out].strided)
		attach(links, in, out, SAME_BYTES, 0, false);
	else if (!fixed(b) && links[out].parent == NPUC_NONE && !links[in].strided)
		attach(links, out, in, SAME_BYTES, 0, false);
}

/* Do the op's records write their output with whatever strides it has? */
static bool writes_strided(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_lowering *l = npuc_lowering(g, op);

	return l && l->traits & NPUC_STRIDED;
}

static bool sliceable(const struct npuc_compilation *c, const struct link *links, uint32_t t,
		      uint32_t out, bool strided)
{
	const struct npuc_tensor *a = &c->graph->tensors[t], *b = &c->graph->tensors[out];

	if (fixed(a) || links[t].parent != NPUC_NONE || root_of(links, out) == t)
		return false;
	if (npuc_scale(a, 0) != npuc_scale(b, 0) || npuc_zero_point(a, 0) != npuc_zero_point(b, 0))
		return false;
	/* A slice with gaps is written by its producer and read by nobody. */
	return !strided || (a->consumers == 1 && !links[t].shared &&
			    writes_strided(c->graph, &c->graph->ops[a->producer]));
}

static void link_concatenation(struct npuc_compilation *c, struct link *links, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	const struct npuc_merge m = npuc_merge(c->graph, op);
	uint32_t axis = npuc_concat_axis(c->graph, op), out = npuc_out(c, number);
	uint32_t shape[4], start = 0, outer = 1;
	bool strided;

	npuc_merge_shape(&m, &npuc_output(c->graph, op)->shape, shape);
	for (uint32_t i = 0; i < axis; i++)
		outer *= shape[i];
	strided = outer > 1 || links[out].strided;
	/* Views of more than four dimensions need dense bytes. */
	if (strided && m.rank > 4)
		return;

	for (uint32_t i = 0; i < op->input_count; i++) {
		uint32_t in = npuc_in(c, number, i);

		if (sliceable(c, links, in, out, strided))
			attach(links, in, out, axis, start, strided);
		npuc_merge_shape(&m, &c->graph->tensors[in].shape, shape);
		start += shape[axis];
	}
}

static void settle(const struct npuc_compilation *c, const struct link *link, uint32_t t)
{
	const struct npuc_tensor *tensor = &c->graph->tensors[t];
	struct npuc_home *home = &c->homes[t];
	const struct npuc_home *parent;
	uint32_t shape[4], step = npuc_type_size(tensor->type);

	npuc_shape_nhwc(&tensor->shape, shape);
	for (int i = 3; i >= 0; i--) {
		home->stride[i] = step;
		step *= shape[i];
	}
	home->root = t;
	if (link->parent == NPUC_NONE)
		return;
	parent = &c->homes[link->parent];
	home->root = parent->root;
	home->offset = parent->offset;
	if (link->axis == SAME_BYTES)
		return;
	home->offset += link->start * parent->stride[link->axis];
	memcpy(home->stride, parent->stride, sizeof(home->stride));
}

/* Parents before children: climb to what is settled, then come down again. */
static void settle_all(const struct npuc_compilation *c, const struct link *links, uint32_t *path)
{
	for (uint32_t t = 0; t < c->graph->tensor_count; t++) {
		uint32_t depth = 0;

		for (uint32_t up = t; up != NPUC_NONE && c->homes[up].root == NPUC_NONE;
		     up = links[up].parent)
			path[depth++] = up;
		while (depth--)
			settle(c, &links[path[depth]], path[depth]);
	}
}

int npuc_place(struct npuc_compilation *c)
{
	const struct npuc_graph *g = c->graph;
	size_t count = g->tensor_count ? g->tensor_count : 1;
	struct link *links = calloc(count, sizeof(*links));
	uint32_t *path = calloc(count, sizeof(*path));

	c->homes = calloc(count, sizeof(*c->homes));
	if (!links || !path || !c->homes) {
		free(links);
		free(path);
		return npuc_no_memory(c);
	}
	for (uint32_t t = 0; t < g->tensor_count; t++) {
		links[t].parent = NPUC_NONE;
		c->homes[t].root = NPUC_NONE;
	}
	for (uint32_t i = g->op_count; i-- > 0;) {
		const struct npuc_lowering *l = npuc_lowering(g, &g->ops[i]);

		if (c->folds[i].gone || !l)
			continue;
		if (l->lower == npuc_lower_reshape && npuc_pass_on(c, NPUC_PASS_RESHAPE_IN_PLACE))
			link_reshape(c, links, i);
		if (l->lower == npuc_lower_concatenation &&
		    npuc_pass_on(c, NPUC_PASS_CONCAT_IN_PLACE))
			link_concatenation(c, links, i);
	}
	settle_all(c, links, path);
	free(links);
	free(path);
	return 0;
}
