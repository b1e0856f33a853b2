// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Weights through on-chip memory: a COPY in front of the record before brings those of
 * the next one, so that they are moved while it computes.  Two sets of weights are there
 * at a time, the one in use and the one on its way, in at most half of L1: the other half
 * is for the values between ops.
 *
 * Whether that pays is reckoned pair by pair from the left, with the costs of cost.h; of
 * values between ops those that fit the other half count as lying there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "error.h"
#include "lower.h"
#include "npum.h"
#include "npum_check.h"

/* Operand that weights are. */
#define WEIGHTS 1u
/* Rows of a copy, so that no axis is longer than targets take; layouts are multiples of it. */
#define ROW 64u

/** struct load - what a record costs as things stand, and the weights it would stream */
struct load {
	uint64_t compute;
	uint64_t bytes;
	uint64_t weights;
};

static bool is_weights(const struct vnpu_tensor *t)
{
	return t->layout == VNPU_LAYOUT_WEIGHTS || t->layout == VNPU_LAYOUT_DEPTHWISE ||
	       t->layout == VNPU_LAYOUT_ROWS || t->layout == VNPU_LAYOUT_ROWS_DEPTHWISE;
}

/* The copy is an op like others: does the target take it? */
static bool copies(const struct npum_target *target, uint64_t bytes)
{
	return npum_target_runs(target, VNPU_OP_COPY) && (target->dtypes >> VNPU_DTYPE_UINT8 & 1) &&
	       !(bytes % ROW) && target->max_dim >= ROW && bytes / ROW <= target->max_dim;
}

static struct load load_of(const struct npuc_compilation *c, const struct npuc_record *r)
{
	struct load load = { .compute = npuc_cost_compute(c->target, &r->op) };

	for (uint32_t k = 0; k < NPUC_OPERANDS; k++) {
		const struct vnpu_tensor *t = k == VNPU_OP_INPUTS ? &r->op.out : &r->op.in[k];
		uint64_t bytes = npuc_cost_operand(t);

		if (r->root[k] == NPUC_IN_CONST || bytes > c->l1_bytes / 2)
			load.bytes += bytes;
	}
	if (r->root[WEIGHTS] == NPUC_IN_CONST && is_weights(&r->op.in[WEIGHTS]))
		load.weights = npum_operand_extent(&r->op.in[WEIGHTS]);
	if (!copies(c->target, load.weights))
		load.weights = 0;
	return load;
}

static uint64_t cycles(const struct npum_target *target, const struct load *load, uint64_t ahead)
{
	uint64_t moved = npuc_cost_move(target, load->bytes) + npuc_cost_move(target, ahead);

	return load->compute > moved ? load->compute : moved;
}

/* Choose, in @streamed, the records whose weights are streamed; returns their number. */
static uint32_t choose(const struct npuc_compilation *c, bool *streamed)
{
	struct load before = load_of(c, &c->records[0]);
	uint64_t room = c->l1_bytes / 2, there = 0;
	uint32_t count = 0;

	for (uint32_t i = 1; i < c->record_count; i++) {
		struct load load = load_of(c, &c->records[i]), less = load;

		less.bytes -= load.weights;
		if (load.weights && there + load.weights <= room &&
		    cycles(c->target, &before, load.weights) + cycles(c->target, &less, 0) <
			    cycles(c->target, &before, 0) + cycles(c->target, &load, 0)) {
			streamed[i] = true;
			count++;
			load = less;
			there = less.weights;
		} else {
			there = 0;
		}
		before = load;
	}
	return count;
}

/* From CONST to a buffer of its own, which the record then reads. */
static struct npuc_record make_copy(struct npuc_record *reader, uint32_t root)
{
	uint32_t bytes = (uint32_t)npum_operand_extent(&reader->op.in[WEIGHTS]);
	struct npuc_record copy = {
		.op = { .opcode = VNPU_OP_COPY, .source = reader->op.source },
	};
	const uint32_t shape[4] = { 1, 1, bytes / ROW, ROW };

	for (uint32_t k = 0; k < NPUC_OPERANDS; k++)
		copy.root[k] = NPUC_NONE;
	npuc_operand_root(&copy, 0, NPUC_IN_CONST, VNPU_DTYPE_UINT8, shape);
	npuc_operand_root(&copy, NPUC_OUT, root, VNPU_DTYPE_UINT8, shape);
	copy.op.in[0].offset = reader->op.in[WEIGHTS].offset;
	reader->op.in[WEIGHTS].offset = 0;
	reader->root[WEIGHTS] = root;
	return copy;
}

/* Copies become part of the layer in front of whose record they stand. */
static int insert_copies(struct npuc_compilation *c, const bool *streamed, uint32_t count)
{
	uint32_t total = c->record_count + count, at = 0;
	struct npuc_record *records = calloc(total, sizeof(*records));
	uint32_t *moved = calloc((size_t)c->record_count + 1, sizeof(*moved));

	if (!records || !moved) {
		free(records);
		free(moved);
		return npuc_no_memory(c);
	}
	for (uint32_t i = 0; i < c->record_count; i++) {
		moved[i] = at;
		if (i + 1 < c->record_count && streamed[i + 1]) {
			struct npuc_record *reader = &c->records[i + 1];
			uint64_t bytes = npum_operand_extent(&reader->op.in[WEIGHTS]);
			uint32_t root = npuc_scratch(c, bytes);

			if (root == NPUC_NONE) {
				free(records);
				free(moved);
				return -ENOMEM;
			}
			c->streams++;
			records[at++] = make_copy(reader, root);
		}
		records[at++] = c->records[i];
	}
	moved[c->record_count] = at;
	for (uint32_t i = 0; i < c->layer_count; i++) {
		struct npuc_layer *l = &c->layers[i];
		uint32_t end = moved[l->first + l->count];

		l->first = moved[l->first];
		l->count = end - l->first;
	}
	free(moved);
	free(c->records);
	c->records = records;
	c->record_count = total;
	c->record_capacity = total;
	return 0;
}

int npuc_stream(struct npuc_compilation *c)
{
	bool *streamed;
	uint32_t count;
	int err = 0;

	if (!c->l1_bytes || c->record_count < 2)
		return 0;
	streamed = calloc(c->record_count, sizeof(*streamed));
	if (!streamed)
		return npuc_no_memory(c);
	count = choose(c, streamed);
	if (count && count <= VNPU_MAX_OPS - c->record_count)
		err = insert_copies(c, streamed, count);
	free(streamed);
	return err;
}
