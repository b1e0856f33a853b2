// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Which tensors share memory:
 *
 *  - input and output of RESHAPE, SQUEEZE, EXPAND_DIMS, unless both are inputs
 *    or outputs of the model: then lowering copies;
 *  - an input of CONCATENATION and its slice of the output: the producer then
 *    writes in place;
 *  - a part of a tensor that SLICE, SPLIT, UNPACK, ... take as its bytes lie there, and
 *    that tensor.
 *
 * Ops are visited last to first.  A tensor is linked to the one whose memory it
 * lies in; links form trees, whose roots get memory of their own.
 */
#include <stdlib.h>
#include <string.h>

#include "lower.h"
#include "merge.h"
#include "move.h"
#include "passes.h"
#include "tflite.h"

/* Instead of an axis: the tensor is the same bytes as its parent in another shape. */
#define SAME_BYTES 4u
/* The tensor is a run of bytes of its parent, in whatever shape. */
#define PART 5u

/**
 * struct link - where a tensor lies
 * @parent: tensor it lies in, NPUC_NONE for a root
 * @axis: axis of N, H, W, C that it is a slice along, or SAME_BYTES, or PART
 * @start: first index of the slice, or first byte of the part
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

/* The tensor that has all bytes of @t and lies in nothing larger; NPUC_NONE when @t does. */
static uint32_t same_bytes_root(const struct link *links, uint32_t t)
{
	for (; links[t].parent != NPUC_NONE; t = links[t].parent)
		if (links[t].axis != SAME_BYTES)
			return NPUC_NONE;
	return t;
}

/* Can output @k of an op be left inside its input?  What that is, and where, is set then. */
static bool is_part(const struct npuc_compilation *c, const struct link *links, uint32_t number,
		    const struct npuc_moves *m, uint32_t k, uint32_t *in, uint32_t *start)
{
	const struct npuc_op *op = &c->graph->ops[number];
	const struct npuc_tensor *whole;
	uint32_t input, root;

	if (!npuc_move_part(c->graph, op, m, k, &input, start))
		return false;
	*in = npuc_in(c, number, input);
	whole = &c->graph->tensors[*in];
	root = same_bytes_root(links, k ? op->outputs[k] : npuc_out(c, number));
	*start *= npuc_type_size(whole->type);
	return root != NPUC_NONE && !whole->data && !whole->variable && !links[*in].strided &&
	       !fixed(&c->graph->tensors[root]) && !c->graph->tensors[root].variable &&
	       root_of(links, *in) != root;
}

/* Of what would have to live longer for a small part, the part is copied. */
static bool worth_it(const struct npuc_compilation *c, const struct link *links, uint32_t number,
		     const struct npuc_moves *m)
{
	uint32_t parts = 0, in = NPUC_NONE, start;

	for (uint32_t k = 0; k < c->graph->ops[number].output_count; k++)
		if (is_part(c, links, number, m, k, &in, &start))
			parts += npuc_output_at(c->graph, &c->graph->ops[number], k)->elements;
	if (!parts)
		return false;
	return fixed(&c->graph->tensors[root_of(links, in)]) ||
	       parts >= c->graph->tensors[in].elements / 2;
}

static void link_parts(struct npuc_compilation *c, struct link *links, uint32_t number)
{
	const struct npuc_op *op = &c->graph->ops[number];
	struct npuc_moves m;
	uint32_t in, start;

	if (npuc_moves(c->graph, op, &m) && worth_it(c, links, number, &m))
		for (uint32_t k = 0; k < op->output_count; k++)
			if (is_part(c, links, number, &m, k, &in, &start))
				attach(links,
				       same_bytes_root(links,
						       k ? op->outputs[k] : npuc_out(c, number)),
				       in, PART, start, false);
	npuc_moves_free(&m);
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
	if (link->axis == PART)
		home->offset += link->start;
	if (link->axis == SAME_BYTES || link->axis == PART)
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
		if (l->lower == npuc_lower_move && npuc_pass_on(c, NPUC_PASS_PART_IN_PLACE))
			link_parts(c, links, i);
	}
	settle_all(c, links, path);
	free(links);
	free(path);
	return 0;
}
