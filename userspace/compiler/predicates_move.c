// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints on ops that only move data. */
#include "move.h"
#include "predicates.h"
#include "tflite.h"

static bool moves(const struct npuc_query *q)
{
	return q->l->traits & NPUC_MOVES;
}

/* By copies; GATHER can also look up indices that are computed. */
static bool copies(const struct npuc_query *q)
{
	return q->l->lower == npuc_lower_move;
}

static bool same(struct npuc_query *q, const struct npuc_tensor *t)
{
	if (npuc_scale(t, 0) == npuc_scale(q->in, 0) &&
	    npuc_zero_point(t, 0) == npuc_zero_point(q->in, 0))
		return true;
	return npuc_no(q, "'%.60s' has %.9g and %lld, '%.60s' %.9g and %lld", t->name,
		       (double)npuc_scale(t, 0), (long long)npuc_zero_point(t, 0), q->in->name,
		       (double)npuc_scale(q->in, 0), (long long)npuc_zero_point(q->in, 0));
}

bool npuc_holds_same_numbers(struct npuc_query *q)
{
	const struct npuc_tensor *t;

	for (uint32_t i = 0; moves(q) && (t = npuc_activation(q, i)); i++)
		if (!same(q, t))
			return false;
	for (uint32_t k = 1; moves(q) && k < q->op->output_count; k++) {
		t = npuc_output_at(q->g, q->op, k);
		if (t->type != q->in->type)
			return npuc_no(q, "'%.100s' is %s", t->name, npuc_type_name(t->type));
		if (!same(q, t))
			return false;
	}
	return true;
}

bool npuc_holds_constant_parameters(struct npuc_query *q)
{
	for (uint32_t i = 0; copies(q) && i < q->op->input_count; i++) {
		const struct npuc_tensor *t = npuc_input(q->g, q->op, i);

		if (i >= q->o->first && i - q->o->first < q->o->activations)
			continue;
		if (t && !t->data)
			return npuc_no(q, "'%.100s' is computed", t->name);
	}
	return true;
}

bool npuc_holds_pad_value(struct npuc_query *q)
{
	const struct npuc_tensor *value = npuc_input(q->g, q->op, 2);

	return (value->type == q->in->type && value->elements == 1) ||
	       npuc_no(q, "%u of %s", value->elements, npuc_type_name(value->type));
}

/* Of constant indices only those inside are taken, whoever looks them up. */
static bool lookup(const struct npuc_query *q)
{
	return q->op->builtin == TFLITE_GATHER || q->op->builtin == TFLITE_GATHER_ND;
}

bool npuc_holds_copies(struct npuc_query *q)
{
	struct npuc_moves m;
	uint64_t count;

	if (!copies(q) && !(lookup(q) && npuc_input(q->g, q->op, 1)->data))
		return true;
	count = npuc_moves(q->g, q->op, &m);
	npuc_moves_free(&m);
	if (!count)
		return npuc_no(q, "the parameters lead outside");
	return count <= NPUC_MAX_COPIES || lookup(q) ||
	       npuc_no(q, "%llu or more", (unsigned long long)count);
}
