// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The memory plan: which slots there are and where in them each root lies.  Time counts in records. */
#include <errno.h>
#include <stdlib.h>

#include "compile.h"
#include "error.h"

/* Slots beside inputs and outputs: CONST, TEMP, STATE, L1. */
#define MEMORY_SLOTS 4u

uint64_t npuc_tensor_bytes(const struct npuc_tensor *t)
{
	return (uint64_t)t->elements * npuc_type_size(t->type);
}

static bool in_temp(const struct npuc_tensor *t)
{
	return t->input == NPUC_NONE && t->output == NPUC_NONE && !t->variable;
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

/* struct search - areas found so far; @of has the area of each root */
struct search {
	const struct npuc_compilation *c;
	struct npuc_area *areas;
	uint32_t *of;
	uint32_t count;
};

/* Something touches a root at a time. */
static void touch(struct search *s, uint32_t root, uint32_t time)
{
	const struct npuc_compilation *c = s->c;

	if (root >= root_count(c) || (is_tensor(c, root) && !in_temp(&c->graph->tensors[root])))
		return;
	if (s->of[root] == NPUC_NONE) {
		s->of[root] = s->count;
		s->areas[s->count++] = (struct npuc_area){
			.id = root,
			.first = time,
			.size = (root_bytes(c, root) + NPUC_ARENA_ALIGN - 1) &
				~(uint64_t)(NPUC_ARENA_ALIGN - 1),
		};
	}
	s->areas[s->of[root]].last = time;
}

static void touch_host_op(struct search *s, const struct npuc_host_op *h)
{
	uint32_t last = s->c->record_count ? s->c->record_count - 1 : 0;

	for (uint32_t k = 0; k < h->op.input_count + h->op.output_count; k++)
		touch(s, h->root[k], h->before < last ? h->before : last);
}

/*
 * One area for each root in TEMP that some record touches.  A host operator counts as part of
 * the record behind it, the last ones as part of the last record, so that all of its
 * operands lie apart.
 */
static uint32_t find_areas(const struct npuc_compilation *c, struct npuc_area *areas, uint32_t *of)
{
	struct search s = { c, areas, of, 0 };
	uint32_t h = 0;

	for (uint32_t i = 0; i < root_count(c); i++)
		of[i] = NPUC_NONE;
	for (uint32_t i = 0; i < c->record_count; i++) {
		for (; h < c->host_op_count && c->host_ops[h].before <= i; h++)
			touch_host_op(&s, &c->host_ops[h]);
		for (uint32_t k = 0; k < NPUC_OPERANDS; k++)
			touch(&s, c->records[i].root[k], i);
	}
	for (; h < c->host_op_count; h++)
		touch_host_op(&s, &c->host_ops[h]);
	return s.count;
}

/* Weights on their way are of use in L1 only. */
static bool is_stream(const struct npuc_compilation *c, uint32_t root)
{
	return root >= root_count(c) - c->streams;
}

/* Records that touch each area, by id. */
static void count_uses(const struct npuc_compilation *c, uint32_t *uses)
{
	for (uint32_t i = 0; i < c->record_count; i++)
		for (uint32_t k = 0; k < NPUC_OPERANDS; k++)
			if (c->records[i].root[k] < root_count(c))
				uses[c->records[i].root[k]]++;
}

/**
 * struct chip - areas on their way into L1
 * @c: the compilation
 * @uses: records that touch each root
 * @live: bytes wanted at each record
 * @chosen: areas that lie there
 * @count: entries of @chosen
 */
struct chip {
	const struct npuc_compilation *c;
	uint32_t *uses;
	uint64_t *live;
	struct npuc_area *chosen;
	uint32_t count;
};

/*
 * Traffic that a byte of L1 saves for each record that it is taken: how often the area is
 * touched over how long it lives.  Compared by cross-multiplication.
 */
static bool better(const struct chip *chip, const struct npuc_area *a, const struct npuc_area *b)
{
	uint64_t x = (uint64_t)chip->uses[a->id] * (b->last - b->first + 1);
	uint64_t y = (uint64_t)chip->uses[b->id] * (a->last - a->first + 1);

	if (is_stream(chip->c, a->id) != is_stream(chip->c, b->id))
		return is_stream(chip->c, a->id);
	if (x != y)
		return x > y;
	return a->size != b->size ? a->size > b->size : a->id < b->id;
}

static bool fits(const struct chip *chip, const struct npuc_area *area)
{
	for (uint32_t i = area->first; i <= area->last; i++)
		if (chip->live[i] + area->size > chip->c->l1_bytes)
			return false;
	return true;
}

/* The best of those not looked at, which comes to the front; insertion by selection. */
static void take_best(struct chip *chip, struct npuc_area *areas, uint32_t count)
{
	uint32_t best = 0;
	struct npuc_area area;

	for (uint32_t i = 1; i < count; i++)
		if (better(chip, &areas[i], &areas[best]))
			best = i;
	area = areas[best];
	areas[best] = areas[0];
	areas[0] = area;
	if (!fits(chip, &area))
		return;
	for (uint32_t i = area.first; i <= area.last; i++)
		chip->live[i] += area.size;
	chip->chosen[chip->count++] = area;
}

/* What is chosen last goes first when the rest cannot be arranged. */
static uint64_t arrange(struct chip *chip, uint64_t room)
{
	struct npuc_area *areas = calloc(chip->count + 1u, sizeof(*areas));
	uint64_t bytes = UINT64_MAX;

	while (areas) {
		for (uint32_t i = 0; i < chip->count; i++)
			areas[i] = chip->chosen[i];
		bytes = npuc_arena_place(areas, chip->count, room);
		if (bytes <= room || bytes == UINT64_MAX)
			break;
		chip->count -= 1 + chip->count / 8;
	}
	for (uint32_t i = 0; areas && i < chip->count; i++)
		chip->chosen[i] = areas[i];
	free(areas);
	return bytes;
}

static int place_on_chip(struct npuc_compilation *c, struct chip *chip, struct npuc_area *areas,
			 uint32_t count)
{
	struct npuc_plan *plan = &c->plan;

	count_uses(c, chip->uses);
	for (uint32_t i = 0; i < count; i++)
		take_best(chip, areas + i, count - i);
	plan->l1_bytes = arrange(chip, c->l1_bytes);
	if (plan->l1_bytes == UINT64_MAX)
		return npuc_no_memory(c);
	for (uint32_t i = 0; i < chip->count; i++) {
		plan->on_chip[chip->chosen[i].id] = true;
		plan->temp_offset[chip->chosen[i].id] = (uint32_t)chip->chosen[i].offset;
	}
	return 0;
}

static int plan_l1(struct npuc_compilation *c)
{
	struct npuc_plan *plan = &c->plan;
	size_t roots = (size_t)root_count(c) + 1;
	struct chip chip = {
		.c = c,
		.uses = calloc(roots, sizeof(*chip.uses)),
		.live = calloc((size_t)c->record_count + 1, sizeof(*chip.live)),
		.chosen = calloc(roots, sizeof(*chip.chosen)),
	};
	uint32_t rest = 0;
	int err = -ENOMEM;

	if (chip.uses && chip.live && chip.chosen)
		err = place_on_chip(c, &chip, plan->areas, plan->area_count);
	else
		npuc_no_memory(c);
	/* Those in L1 stand behind the others, whose places are still to be found. */
	for (uint32_t i = 0; !err && i < plan->area_count; i++)
		if (!plan->on_chip[plan->areas[i].id])
			plan->areas[rest++] = plan->areas[i];
	for (uint32_t i = 0; !err && i < chip.count; i++)
		plan->areas[rest + i] = chip.chosen[i];
	free(chip.uses);
	free(chip.live);
	free(chip.chosen);
	return err;
}

/* Places in TEMP for the first @count areas. */
static int plan_temp(struct npuc_compilation *c, uint32_t count)
{
	struct npuc_plan *plan = &c->plan;
	uint64_t *live = calloc((size_t)c->record_count + 1, sizeof(*live));
	uint32_t peak;

	if (!live)
		return npuc_no_memory(c);
	plan->temp_bound = npuc_arena_live(plan->areas, count, c->record_count, live, &peak);
	free(live);
	plan->temp_bytes = c->keep_all ? npuc_arena_stack(plan->areas, count) :
					 npuc_arena_place(plan->areas, count, plan->temp_bound);
	if (plan->temp_bytes == UINT64_MAX)
		return npuc_no_memory(c);
	if (plan->temp_bytes > VNPU_MAX_SLOT_BYTES)
		return npuc_fail(c->error, -EOPNOTSUPP,
				 "%s: needs %llu bytes of working memory, at most %u are supported",
				 c->model->name, (unsigned long long)plan->temp_bytes,
				 VNPU_MAX_SLOT_BYTES);
	for (uint32_t i = 0; i < count; i++)
		plan->temp_offset[plan->areas[i].id] = (uint32_t)plan->areas[i].offset;
	return 0;
}

static int plan_memory(struct npuc_compilation *c)
{
	size_t roots = (size_t)root_count(c) + 1;
	struct npuc_plan *plan = &c->plan;
	uint32_t in_temp = 0;
	int err = 0;

	plan->areas = calloc(roots, sizeof(*plan->areas));
	plan->temp_offset = calloc(roots, sizeof(*plan->temp_offset));
	plan->on_chip = calloc(roots, sizeof(*plan->on_chip));
	if (!plan->areas || !plan->temp_offset || !plan->on_chip)
		return npuc_no_memory(c);
	plan->area_count = find_areas(c, plan->areas, plan->temp_offset);
	if (c->l1_bytes && !c->keep_all)
		err = plan_l1(c);
	for (uint32_t i = 0; !err && i < plan->area_count; i++)
		in_temp += !plan->on_chip[plan->areas[i].id];
	return err ? err : plan_temp(c, in_temp);
}

/* Variable tensors that some record touches lie behind each other, each for ever. */
static int plan_state(struct npuc_compilation *c)
{
	struct npuc_plan *plan = &c->plan;

	for (uint32_t i = 0; i < c->graph->tensor_count; i++) {
		const struct npuc_tensor *t = &c->graph->tensors[i];

		if (!t->variable || !c->homes[i].used)
			continue;
		plan->temp_offset[i] = (uint32_t)plan->state_bytes;
		plan->state_bytes += (npuc_tensor_bytes(t) + NPUC_ARENA_ALIGN - 1) &
				     ~(uint64_t)(NPUC_ARENA_ALIGN - 1);
		if (plan->state_bytes > VNPU_MAX_SLOT_BYTES)
			return npuc_fail(c->error, -EOPNOTSUPP,
					 "%s: keeps more than %u bytes from run to run",
					 c->model->name, VNPU_MAX_SLOT_BYTES);
	}
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

	if (io + MEMORY_SLOTS > VNPU_MAX_SLOTS)
		return npuc_fail(c->error, -EOPNOTSUPP,
				 "%s: %u inputs and %u outputs, together at most %u are supported",
				 c->model->name, g->input_count, g->output_count,
				 VNPU_MAX_SLOTS - MEMORY_SLOTS);
	plan->const_slot = NPUC_NONE;
	plan->temp_slot = NPUC_NONE;
	plan->state_slot = NPUC_NONE;
	plan->l1_slot = NPUC_NONE;
	if (c->constants.size)
		plan->const_slot = add_slot(plan, VNPU_SLOT_CONST, c->constants.size);
	if (plan->temp_bytes)
		plan->temp_slot = add_slot(plan, VNPU_SLOT_TEMP, plan->temp_bytes);
	if (plan->state_bytes)
		plan->state_slot = add_slot(plan, VNPU_SLOT_STATE, plan->state_bytes);
	if (plan->l1_bytes)
		plan->l1_slot = add_slot(plan, VNPU_SLOT_L1, plan->l1_bytes);
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

static void locate_working(const struct npuc_plan *plan, uint32_t root, uint32_t *slot,
			   uint32_t *offset)
{
	*slot = plan->on_chip[root] ? plan->l1_slot : plan->temp_slot;
	*offset = plan->temp_offset[root];
}

void npuc_locate(const struct npuc_compilation *c, uint32_t root, uint32_t *slot, uint32_t *offset)
{
	const struct npuc_plan *plan = &c->plan;
	const struct npuc_tensor *t;

	*offset = 0;
	if (root == NPUC_IN_CONST) {
		*slot = plan->const_slot;
	} else if (root >= c->graph->tensor_count && root < root_count(c)) {
		locate_working(plan, root, slot, offset);
	} else if (!is_tensor(c, root)) {
		*slot = plan->output_slot + (root & ~npuc_output_root(0));
	} else {
		t = &c->graph->tensors[root];
		if (t->variable) {
			*slot = plan->state_slot;
			*offset = plan->temp_offset[root];
		} else if (t->input != NPUC_NONE) {
			*slot = plan->input_slot + t->input;
		} else if (t->output != NPUC_NONE) {
			*slot = plan->output_slot + t->output;
		} else {
			locate_working(plan, root, slot, offset);
		}
	}
}

int npuc_plan(struct npuc_compilation *c)
{
	int err = plan_memory(c);

	if (!err)
		err = plan_state(c);
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
	for (uint32_t i = 0; i < c->host_op_count; i++) {
		struct npuc_host_op *h = &c->host_ops[i];

		for (uint32_t k = 0; k < h->op.input_count + h->op.output_count; k++) {
			uint32_t offset;

			npuc_locate(c, h->root[k], &h->op.operand[k].slot, &offset);
			h->op.operand[k].offset += offset;
		}
	}
	return 0;
}
