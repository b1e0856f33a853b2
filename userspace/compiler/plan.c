// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The memory plan: one tensor after the other into the smallest gap that is free
 * for its lifetime, in several orders of which the best one counts.  Time counts
 * in records.
 */
#include <errno.h>
#include <stdlib.h>

#include "compile.h"
#include "error.h"

#define PLAN_ALIGN 64u

/**
 * struct area - memory wanted by one root tensor or scratch buffer
 * @tensor: the root
 * @first: first record that touches it
 * @last: last record that touches it
 * @size: bytes, a multiple of PLAN_ALIGN
 * @offset: place in TEMP
 */
struct area {
	uint32_t tensor;
	uint32_t first;
	uint32_t last;
	uint64_t size;
	uint64_t offset;
};

uint64_t npuc_tensor_bytes(const struct npuc_tensor *t)
{
	return (uint64_t)t->elements * npuc_type_size(t->type);
}

static bool in_temp(const struct npuc_tensor *t)
{
	return t->input == NPUC_NONE && t->output == NPUC_NONE;
}

static bool is_tensor(const struct npuc_compilation *c, uint32_t root)
{
	return root < c->graph->tensor_count;
}

/* Tensors, then scratch buffers. */
static uint32_t root_count(const struct npuc_compilation *c)
{
	return c->graph->tensor_count + c->scratch_count;
}

static uint64_t root_bytes(const struct npuc_compilation *c, uint32_t root)
{
	return is_tensor(c, root) ? npuc_tensor_bytes(&c->graph->tensors[root]) :
				    c->scratch[root - c->graph->tensor_count];
}

/* One area for each root in TEMP that some record touches. */
static uint32_t find_areas(const struct npuc_compilation *c, struct area *areas, uint32_t *of)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < root_count(c); i++)
		of[i] = NPUC_NONE;
	for (uint32_t i = 0; i < c->record_count; i++) {
		for (uint32_t k = 0; k < NPUC_OPERANDS; k++) {
			uint32_t root = c->records[i].root[k];

			if (root >= root_count(c) ||
			    (is_tensor(c, root) && !in_temp(&c->graph->tensors[root])))
				continue;
			if (of[root] == NPUC_NONE) {
				of[root] = count;
				areas[count++] = (struct area){
					.tensor = root,
					.first = i,
					.size = (root_bytes(c, root) + PLAN_ALIGN - 1) &
						~(uint64_t)(PLAN_ALIGN - 1),
				};
			}
			areas[of[root]].last = i;
		}
	}
	return count;
}

static uint64_t live_bound(const struct area *areas, uint32_t count, uint32_t records,
			   int64_t *change)
{
	int64_t live = 0, most = 0;

	for (uint32_t i = 0; i < count; i++) {
		change[areas[i].first] += (int64_t)areas[i].size;
		change[areas[i].last + 1] -= (int64_t)areas[i].size;
	}
	for (uint32_t i = 0; i < records; i++) {
		live += change[i];
		most = live > most ? live : most;
	}
	return (uint64_t)most;
}

static int compare(uint64_t x, uint64_t y)
{
	return (x > y) - (x < y);
}

/* Ties are broken by tensor number, so that plans do not depend on the C library's sort. */
static int larger_first(const void *a, const void *b)
{
	const struct area *x = a, *y = b;
	int order = compare(y->size, x->size);

	return order ? order : compare(x->tensor, y->tensor);
}

static int earlier_first(const void *a, const void *b)
{
	const struct area *x = a, *y = b;
	int order = compare(x->first, y->first);

	return order ? order : compare(x->tensor, y->tensor);
}

static int longer_first(const void *a, const void *b)
{
	const struct area *x = a, *y = b;
	int order = compare(y->last - y->first, x->last - x->first);

	return order ? order : larger_first(a, b);
}

static int heavier_first(const void *a, const void *b)
{
	const struct area *x = a, *y = b;
	int order = compare(y->size * (y->last - y->first + 1), x->size * (x->last - x->first + 1));

	return order ? order : compare(x->tensor, y->tensor);
}

/*
 * Offset for @area among those placed already, which are sorted by offset.
 * Without reuse each lies behind all others.
 */
static uint64_t find_gap(const struct area *area, struct area *const *placed, uint32_t count,
			 bool reuse)
{
	uint64_t end = 0, best = 0, best_size = UINT64_MAX;

	for (uint32_t i = 0; i < count; i++) {
		const struct area *p = placed[i];

		if (reuse && (p->last < area->first || area->last < p->first))
			continue;
		if (p->offset >= end + area->size && p->offset - end < best_size && reuse) {
			best = end;
			best_size = p->offset - end;
		}
		if (p->offset + p->size > end)
			end = p->offset + p->size;
	}
	return best_size == UINT64_MAX ? end : best;
}

static uint64_t place_areas(struct area *areas, uint32_t count, struct area **placed, bool reuse)
{
	uint64_t top = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct area *a = &areas[i];
		uint32_t at = i;

		a->offset = find_gap(a, placed, i, reuse);
		for (; at && placed[at - 1]->offset > a->offset; at--)
			placed[at] = placed[at - 1];
		placed[at] = a;
		if (a->offset + a->size > top)
			top = a->offset + a->size;
	}
	return top;
}

/* Tries the orders until one meets the bound, then repeats the best. */
static uint64_t place_best(struct area *areas, uint32_t count, struct area **placed, uint64_t bound)
{
	static int (*const orders[])(const void *a, const void *b) = {
		larger_first,
		heavier_first,
		longer_first,
		earlier_first,
	};
	uint64_t best = UINT64_MAX;
	size_t chosen = 0;

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]) && best > bound; i++) {
		uint64_t top;

		qsort(areas, count, sizeof(*areas), orders[i]);
		top = place_areas(areas, count, placed, true);
		if (top < best) {
			best = top;
			chosen = i;
		}
	}
	qsort(areas, count, sizeof(*areas), orders[chosen]);
	return place_areas(areas, count, placed, true);
}

static int plan_temp(struct npuc_compilation *c)
{
	size_t roots = (size_t)root_count(c) + 1;
	struct area *areas = calloc(roots, sizeof(*areas));
	struct area **placed = calloc(roots, sizeof(struct area *));
	int64_t *change = calloc((size_t)c->record_count + 1, sizeof(*change));
	struct npuc_plan *plan = &c->plan;
	uint32_t count;

	plan->temp_offset = calloc(roots, sizeof(*plan->temp_offset));
	if (!areas || !placed || !change || !plan->temp_offset) {
		free(areas);
		free(placed);
		free(change);
		return npuc_no_memory(c);
	}
	count = find_areas(c, areas, plan->temp_offset);
	plan->temp_bound = live_bound(areas, count, c->record_count, change);
	plan->temp_bytes = c->keep_all ? place_areas(areas, count, placed, false) :
					 place_best(areas, count, placed, plan->temp_bound);
	for (uint32_t i = 0; i < count; i++)
		plan->temp_offset[areas[i].tensor] = (uint32_t)areas[i].offset;
	free(areas);
	free(placed);
	free(change);
	if (plan->temp_bytes > VNPU_MAX_SLOT_BYTES)
		return npuc_fail(c->error, -EOPNOTSUPP,
				 "%s: needs %llu bytes of working memory, at most %u are supported",
				 c->model->name, (unsigned long long)plan->temp_bytes,
				 VNPU_MAX_SLOT_BYTES);
	return 0;
}

static uint32_t add_slot(struct npuc_plan *plan, uint32_t kind, uint64_t bytes)
{
	plan->slots[plan->slot_count] = (struct vnpu_slot_desc){ kind, (uint32_t)bytes };
	return plan->slot_count++;
}

static int make_slots(struct npuc_compilation *c)
{
	const struct npuc_graph *g = c->graph;
	struct npuc_plan *plan = &c->plan;
	uint64_t io = (uint64_t)g->input_count + g->output_count;

	if (io + 2 > VNPU_MAX_SLOTS)
		return npuc_fail(c->error, -EOPNOTSUPP,
				 "%s: %u inputs and %u outputs, together at most %u are supported",
				 c->model->name, g->input_count, g->output_count,
				 VNPU_MAX_SLOTS - 2);
	plan->const_slot = NPUC_NONE;
	plan->temp_slot = NPUC_NONE;
	if (c->constants.size)
		plan->const_slot = add_slot(plan, VNPU_SLOT_CONST, c->constants.size);
	if (plan->temp_bytes)
		plan->temp_slot = add_slot(plan, VNPU_SLOT_TEMP, plan->temp_bytes);
	plan->input_slot = plan->slot_count;
	for (uint32_t i = 0; i < g->input_count; i++)
		plan->io_bytes +=
			plan->slots[add_slot(plan, VNPU_SLOT_INPUT,
					     npuc_tensor_bytes(&g->tensors[g->inputs[i]]))]
				.bytes;
	plan->output_slot = plan->slot_count;
	for (uint32_t i = 0; i < g->output_count; i++)
		plan->io_bytes +=
			plan->slots[add_slot(plan, VNPU_SLOT_OUTPUT,
					     npuc_tensor_bytes(&g->tensors[g->outputs[i]]))]
				.bytes;
	return 0;
}

void npuc_locate(const struct npuc_compilation *c, uint32_t root, uint32_t *slot, uint32_t *offset)
{
	const struct npuc_plan *plan = &c->plan;
	const struct npuc_tensor *t;

	*offset = 0;
	if (root == NPUC_IN_CONST) {
		*slot = plan->const_slot;
	} else if (root >= c->graph->tensor_count && root < root_count(c)) {
		*slot = plan->temp_slot;
		*offset = plan->temp_offset[root];
	} else if (!is_tensor(c, root)) {
		*slot = plan->output_slot + (root & ~npuc_output_root(0));
	} else {
		t = &c->graph->tensors[root];
		if (t->input != NPUC_NONE) {
			*slot = plan->input_slot + t->input;
		} else if (t->output != NPUC_NONE) {
			*slot = plan->output_slot + t->output;
		} else {
			*slot = plan->temp_slot;
			*offset = plan->temp_offset[root];
		}
	}
}

int npuc_plan(struct npuc_compilation *c)
{
	int err = plan_temp(c);

	if (!err)
		err = make_slots(c);
	if (err)
		return err;
	for (uint32_t i = 0; i < c->record_count; i++) {
		struct npuc_record *r = &c->records[i];

		for (uint32_t k = 0; k < NPUC_OPERANDS; k++) {
			struct vnpu_tensor *t = k == VNPU_OP_INPUTS ? &r->op.out : &r->op.in[k];
			uint32_t offset;

			if (r->root[k] == NPUC_NONE)
				continue;
			npuc_locate(c, r->root[k], &t->slot, &offset);
			t->offset += offset;
		}
	}
	return 0;
}
