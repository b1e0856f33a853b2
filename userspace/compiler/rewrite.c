// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "rewrite.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "error.h"
#include "tflite.h"
#include "tflite_write.h"

/* What replaces an op may need a rewrite itself, but not for ever. */
#define MAX_ROUNDS 8
/* Memory that new tensors and constants of a graph may take beside those of the file. */
#define ROOM_AT_LEAST (64u << 20)

#define TFLITE_ANY NPUC_NONE
#define NPUC_REWRITE(op, predicate, name, function, text) \
	{ TFLITE_##op, #predicate, { name, text }, npuc_rewrite_##function },

static const struct {
	uint32_t builtin;
	const char *predicate;
	struct npuc_rewrite_info info;
	npuc_rewrite_fn *rewrite;
} rewrites[] = {
#include "rewrites.def"
};

#define COUNT (sizeof(rewrites) / sizeof(rewrites[0]))

const struct npuc_rewrite_info *npuc_rewrite_at(uint32_t i)
{
	uint32_t found = 0;

	for (size_t k = 0; k < COUNT; k++) {
		bool again = false;

		for (size_t before = 0; before < k && !again; before++)
			again = !strcmp(rewrites[before].info.name, rewrites[k].info.name);
		if (!again && found++ == i)
			return &rewrites[k].info;
	}
	return NULL;
}

static bool answers(size_t row, uint32_t builtin, uint32_t constraint)
{
	const struct npuc_constraint *broken = npuc_constraint_at(constraint);

	return broken && !strcmp(rewrites[row].predicate, broken->predicate) &&
	       (rewrites[row].builtin == TFLITE_ANY || rewrites[row].builtin == builtin);
}

const struct npuc_rewrite_info *npuc_rewrite_for(uint32_t builtin, uint32_t constraint)
{
	for (size_t i = 0; i < COUNT; i++)
		if (answers(i, builtin, constraint))
			return &rewrites[i].info;
	return NULL;
}

const struct npuc_op *npuc_rewrite_op(const struct npuc_rewriting *r)
{
	return &r->from->ops[r->number];
}

uint32_t npuc_rewrite_tensor(struct npuc_rewriting *r, const struct npuc_tensor *like,
			     const char *what, const struct npuc_shape *shape)
{
	const char *base = npuc_output(r->from, npuc_rewrite_op(r))->name;
	size_t size = strlen(base) + strlen(what) + 2;
	char *name = npuc_build_memory(&r->b, size);
	uint32_t t;

	if (!name)
		return NPUC_NONE;
	snprintf(name, size, "%s/%s", base, what);
	t = npuc_build_tensor(&r->b, name, like->type, shape);
	if (t != NPUC_NONE)
		r->b.g.tensors[t].quant = like->quant;
	return t;
}

struct npuc_quant npuc_rewrite_scales(const struct npuc_quant *all, uint32_t first, uint32_t count,
				      uint32_t axis)
{
	struct npuc_quant q = *all;

	q.axis = axis;
	if (q.count > 1) {
		q.scales += 4 * (size_t)first;
		q.count = count;
	}
	if (q.zero_point_count > 1) {
		q.zero_points += 8 * (size_t)first;
		q.zero_point_count = count;
	}
	return q;
}

uint32_t npuc_rewrite_rows(struct npuc_rewriting *r, const struct npuc_tensor *t, uint32_t first,
			   uint32_t count)
{
	size_t row = t->data_size / t->shape.dim[0];
	struct npuc_shape shape = t->shape;
	uint32_t to;

	shape.dim[0] = count;
	to = npuc_build_constant(&r->b, t->name, t->type, &shape, t->data + first * row);
	if (to != NPUC_NONE)
		r->b.g.tensors[to].quant = npuc_rewrite_scales(&t->quant, first, count, 0);
	return to;
}

bool npuc_rewrite_emit(struct npuc_rewriting *r, uint32_t builtin, const char *type,
		       const struct npuc_attributes *attributes, const uint32_t *inputs,
		       uint32_t count, uint32_t output)
{
	return output != NPUC_NONE &&
	       npuc_build_op(&r->b, builtin, type, attributes, inputs, count, &output, 1);
}

static bool copy_op(struct npuc_rewriting *r, const struct npuc_op *op,
		    const struct npuc_attributes *attributes, const uint32_t *inputs)
{
	struct npuc_op from = *op;

	/* It may be one that we do not know: what it writes has a shape or never will. */
	from.attributes = *attributes;
	from.inputs = inputs;
	from.number = r->b.g.op_count;
	return npuc_build_copy(&r->b, &from) != NULL;
}

bool npuc_rewrite_copy(struct npuc_rewriting *r, const struct npuc_attributes *attributes,
		       const uint32_t *inputs)
{
	return copy_op(r, npuc_rewrite_op(r), attributes, inputs);
}

bool npuc_rewrite_done(struct npuc_rewriting *r, const char *cause, const char *format, ...)
{
	va_list args;

	r->fix->cause = cause;
	va_start(args, format);
	vsnprintf(r->fix->what, sizeof(r->fix->what), format, args);
	va_end(args);
	return true;
}

/**
 * struct round - a graph, and which op of the model each of its ops comes from
 * @g: the graph; what the compiler folded belongs to the model
 * @origin: for each op the number in the model
 */
struct round {
	struct npuc_graph g;
	uint32_t *origin;
};

static void round_free(struct round *round)
{
	for (uint32_t i = 0; i < round->g.tensor_count; i++)
		round->g.tensors[i].folded = NULL;
	npuc_graph_free(&round->g);
	free(round->origin);
}

static bool copy_tensors(struct npuc_rewriting *r)
{
	for (uint32_t i = 0; i < r->from->tensor_count; i++) {
		const struct npuc_tensor *t = &r->from->tensors[i];

		if (npuc_build_tensor(&r->b, t->name, t->type, &t->shape) != i)
			return false;
		r->b.g.tensors[i] = *t;
		r->b.g.tensors[i].producer = NPUC_NONE;
		r->b.g.tensors[i].consumers = 0;
	}
	return true;
}

/* All rows that answer what is broken, until one knows a way. */
static bool replace(struct npuc_rewriting *r, const struct npuc_refusal *why,
		    const struct npuc_fix_options *options)
{
	const uint32_t ops = r->b.g.op_count, tensors = r->b.g.tensor_count;
	const struct npuc_op *op = npuc_rewrite_op(r);

	for (size_t i = 0; i < COUNT && !r->b.failed; i++) {
		const char *name = rewrites[i].info.name;

		if (!answers(i, op->builtin, why->constraint) ||
		    (options->accepts && !options->accepts(options->arg, name)))
			continue;
		*r->fix = (struct npuc_fix_entry){ .rewrite = name };
		if (rewrites[i].rewrite(r) && !r->b.failed)
			return true;
		r->b.g.op_count = ops;
		r->b.g.tensor_count = tensors;
	}
	return false;
}

static bool note(struct npuc_fixes *fixes, const struct npuc_fix_entry *fix)
{
	struct npuc_fix_entry *list = realloc(fixes->list, (fixes->count + 1) * sizeof(*list));

	if (!list)
		return false;
	fixes->list = list;
	list[fixes->count++] = *fix;
	return true;
}

static bool note_origin(struct round *to, uint32_t *room, uint32_t count, uint32_t origin)
{
	if (count > *room) {
		uint32_t *list = realloc(to->origin, 2 * (size_t)count * sizeof(*list));

		if (!list)
			return false;
		to->origin = list;
		*room = 2 * count;
	}
	to->origin[count - 1] = origin;
	return true;
}

/* One round over all ops; *changed tells whether any was replaced. */
static bool rewrite_round(const struct round *from, const struct npuc_capabilities *can,
			  const struct npuc_fix_options *options, size_t limit, struct round *to,
			  struct npuc_fixes *fixes, bool *changed)
{
	struct npuc_fix_entry fix;
	struct npuc_rewriting r = {
		.from = &from->g,
		.can = can,
		.b.limit = limit,
		.fix = &fix,
	};
	struct npuc_refusal why;
	uint32_t room = 0, done = 0;
	bool good = copy_tensors(&r);

	*changed = false;
	for (uint32_t i = 0; i < from->g.op_count && good; i++) {
		uint32_t origin = from->origin ? from->origin[i] : i;
		const struct npuc_op *op = &from->g.ops[i];
		bool asked = options->op == NPUC_EVERY_OP || options->op == origin;

		r.number = i;
		if (asked && !npuc_constraints_hold(&from->g, can, i, &why) &&
		    replace(&r, &why, options)) {
			*changed = true;
			fix.op = origin;
			snprintf(fix.reason, sizeof(fix.reason), "%s", why.reason);
			good = note(fixes, &fix);
		} else {
			good = copy_op(&r, op, &op->attributes, op->inputs);
		}
		while (done < r.b.g.op_count && good)
			good = note_origin(to, &room, ++done, origin);
	}
	good = good && npuc_build_finish(&r.b, from->g.inputs, from->g.input_count, from->g.outputs,
					 from->g.output_count);
	to->g = r.b.g;
	return good;
}

/* Names and types of what was replaced, as the model has them. */
static void describe(const struct npuc_graph *g, struct npuc_fixes *fixes)
{
	for (size_t i = 0; i < fixes->count; i++) {
		const struct npuc_op *op = &g->ops[fixes->list[i].op];

		fixes->list[i].type = op->type;
		fixes->list[i].name = npuc_output(g, op)->name;
		fixes->list[i].tensor = op->outputs[0];
	}
}

int npuc_fix(const struct npuc_model *model, const struct npuc_options *options,
	     const struct npuc_fix_options *fix_options, struct npuc_fixes *fixes, void **file,
	     size_t *size, struct npuc_error *error)
{
	static const struct npuc_fix_options everything = { .op = NPUC_EVERY_OP };
	struct round rounds[MAX_ROUNDS + 1] = { { .g = model->graph } };
	struct npuc_bytes bytes = { 0 };
	struct npuc_capabilities can;
	uint32_t last = 0;
	bool good = true, changed = true;
	int err = npuc_capabilities(model, options, &can, error);

	*fixes = (struct npuc_fixes){ 0 };
	if (err)
		return err;
	if (!fix_options)
		fix_options = &everything;
	while (last < MAX_ROUNDS && good && changed) {
		good = rewrite_round(&rounds[last], &can, fix_options, ROOM_AT_LEAST + model->size,
				     &rounds[last + 1], fixes, &changed);
		last++;
	}
	describe(&model->graph, fixes);
	err = good ? npuc_tflite_write(model->name, &rounds[last].g, &bytes, error) :
		     npuc_fail(error, -ENOMEM, "%s: out of memory", model->name);
	while (last)
		round_free(&rounds[last--]);
	if (err) {
		npuc_bytes_free(&bytes);
		npuc_fixes_free(fixes);
		return err;
	}
	*file = bytes.data;
	*size = bytes.size;
	return 0;
}

void npuc_fixes_free(struct npuc_fixes *fixes)
{
	free(fixes->list);
	*fixes = (struct npuc_fixes){ 0 };
}
