// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "trial.h"

#include <stdlib.h>
#include <string.h>

#include "npum.h"

/* Does the target take all that there is, as most do?  Then no op need be tried. */
static bool takes_all(const struct npum_target *t)
{
	const struct npum_field *f;

	for (u32 opcode = 0; opcode < NPUM_TARGET_OPCODES; opcode++)
		if (npum_op_info(opcode) && !npum_target_runs(t, opcode))
			return false;
	for (u32 dtype = 1; npum_dtype_size(dtype); dtype++)
		if (!(t->dtypes >> dtype & 1))
			return false;
	/* Limits come first; of what is behind them, costs and L1, nothing refuses an op. */
	for (u32 i = 0; (f = npum_target_field_at(i)) && strcmp(f->name, "l1_bytes"); i++)
		if (npum_field_get(f, t) < f->most)
			return false;
	return t->align_corners && t->half_pixel;
}

/**
 * struct cutting - an op cut out of its model
 * @g: a graph of nothing but it
 * @op: @g's op
 * @refs: its tensor numbers
 */
struct cutting {
	struct npuc_graph g;
	struct npuc_op op;
	uint32_t *refs;
};

/* A tensor that the op names twice becomes two of the same contents: the target cannot tell. */
static uint32_t take(struct cutting *cut, const struct npuc_graph *from, uint32_t number)
{
	struct npuc_tensor *t = &cut->g.tensors[cut->g.tensor_count];

	if (number == NPUC_NONE)
		return NPUC_NONE;
	*t = from->tensors[number];
	t->producer = NPUC_NONE;
	t->input = NPUC_NONE;
	t->output = NPUC_NONE;
	return cut->g.tensor_count++;
}

static bool cut_out(struct cutting *cut, const struct npuc_graph *from, const struct npuc_op *op)
{
	size_t count = (size_t)op->input_count + op->output_count + 1;

	cut->op = *op;
	cut->g.ops = &cut->op;
	cut->g.op_count = 1;
	cut->g.tensors = calloc(count, sizeof(*cut->g.tensors));
	cut->refs = calloc(count, sizeof(*cut->refs));
	if (!cut->g.tensors || !cut->refs)
		return false;
	cut->op.inputs = cut->refs;
	cut->op.outputs = cut->refs + op->input_count;
	for (uint32_t i = 0; i < op->input_count; i++)
		cut->refs[i] = take(cut, from, op->inputs[i]);
	for (uint32_t i = 0; i < op->output_count; i++) {
		uint32_t t = take(cut, from, op->outputs[i]);

		cut->refs[op->input_count + i] = t;
		cut->g.tensors[t].producer = 0;
	}
	if (op->attributes.hidden < from->tensor_count)
		cut->op.attributes.hidden = take(cut, from, op->attributes.hidden);
	return true;
}

uint32_t npuc_trial(const struct npuc_query *q, struct vnpu_op *op, uint32_t *field)
{
	const struct npum_target *target = q->can->target;
	static char name[] = "";
	const struct npuc_model model = { .name = name };
	struct npuc_error error;
	struct npuc_compilation c = {
		.model = &model,
		.personality = q->can->personality ? q->can->personality :
						     &npum_builtin_set()->at[0],
		.keep_all = true,
		.constants.limit = VNPU_MAX_SLOT_BYTES,
		.error = &error,
	};
	struct cutting cut = { 0 };
	uint32_t reason = 0;

	if (!target || takes_all(target))
		return 0;
	c.graph = &cut.g;
	if (cut_out(&cut, q->g, q->op) && !npuc_no_folds(&c) && !npuc_place(&c))
		npuc_lower(&c);
	for (uint32_t i = 0; i < c.record_count && !reason; i++) {
		*op = c.records[i].op;
		reason = npum_target_check(target, op, field);
	}
	npuc_compilation_free(&c);
	free(cut.g.tensors);
	free(cut.refs);
	return reason;
}
