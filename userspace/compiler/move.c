// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Moves become records: loops that run on are joined, what a record cannot hold is unrolled. */
#include "move.h"

#include <errno.h>
#include <stdlib.h>

#include "lower.h"
#include "npum_check.h"
#include "tflite.h"

static const struct {
	uint32_t builtin;
	npuc_moves_fn *moves;
} movers[] = {
	{ TFLITE_TRANSPOSE, npuc_move_transpose },
	{ TFLITE_REVERSE_V2, npuc_move_reverse },
	{ TFLITE_TILE, npuc_move_tile },
	{ TFLITE_BROADCAST_TO, npuc_move_broadcast },
	{ TFLITE_SLICE, npuc_move_slice },
	{ TFLITE_STRIDED_SLICE, npuc_move_strided_slice },
	{ TFLITE_SPLIT, npuc_move_split },
	{ TFLITE_SPLIT_V, npuc_move_split },
	{ TFLITE_UNPACK, npuc_move_split },
	{ TFLITE_PACK, npuc_move_pack },
	{ TFLITE_GATHER, npuc_move_gather },
	{ TFLITE_GATHER_ND, npuc_move_gather_nd },
	{ TFLITE_PADV2, npuc_move_pad },
	{ TFLITE_MIRROR_PAD, npuc_move_mirror_pad },
	{ TFLITE_RESIZE_NEAREST_NEIGHBOR, npuc_move_resize },
	{ TFLITE_DEPTH_TO_SPACE, npuc_move_depth_to_space },
	{ TFLITE_SPACE_TO_DEPTH, npuc_move_space_to_depth },
	{ TFLITE_BATCH_TO_SPACE_ND, npuc_move_batch_to_space },
	{ TFLITE_SPACE_TO_BATCH_ND, npuc_move_space_to_batch },
};

void npuc_moves_free(struct npuc_moves *m)
{
	free(m->list);
	*m = (struct npuc_moves){ 0 };
}

struct npuc_move *npuc_move_add(struct npuc_moves *m, uint32_t input, uint32_t output)
{
	struct npuc_move *list;
	uint32_t capacity;

	/* More is refused, so that the list need not be complete. */
	if (m->count > NPUC_MAX_COPIES)
		return &m->spare;
	if (m->count == m->capacity && !m->failed) {
		capacity = m->capacity ? 2 * m->capacity : 4;
		list = realloc(m->list, capacity * sizeof(*list));
		m->failed = !list;
		if (list) {
			m->list = list;
			m->capacity = capacity;
		}
	}
	if (m->failed)
		return &m->spare;
	list = &m->list[m->count++];
	*list = (struct npuc_move){ .input = input, .output = output };
	return list;
}

void npuc_move_loop(struct npuc_move *move, uint32_t dim, int64_t in_step, int64_t out_step)
{
	if (move->rank == NPUC_MOVE_RANK)
		return;
	move->dim[move->rank] = dim;
	move->in_step[move->rank] = in_step;
	move->out_step[move->rank] = out_step;
	move->rank++;
}

void npuc_dense_steps(const struct npuc_shape *s, int64_t step[NPUC_MAX_RANK])
{
	int64_t elements = 1;

	for (uint32_t i = s->rank; i-- > 0;) {
		step[i] = elements;
		elements *= s->dim[i];
	}
}

static void drop_loop(struct npuc_move *move, uint32_t axis)
{
	move->rank--;
	for (uint32_t i = axis; i < move->rank; i++) {
		move->dim[i] = move->dim[i + 1];
		move->in_step[i] = move->in_step[i + 1];
		move->out_step[i] = move->out_step[i + 1];
	}
}

/* Loops that run once say nothing; two that run on in both tensors are one. */
static void join(struct npuc_move *move)
{
	for (uint32_t i = move->rank; i-- > 0;)
		if (move->dim[i] == 1)
			drop_loop(move, i);
	for (uint32_t i = move->rank; i-- > 1;) {
		uint64_t dim = (uint64_t)move->dim[i - 1] * move->dim[i];

		if (move->in_step[i - 1] != move->in_step[i] * move->dim[i] ||
		    move->out_step[i - 1] != move->out_step[i] * move->dim[i] || dim > NPUM_MAX_DIM)
			continue;
		move->dim[i] = (uint32_t)dim;
		drop_loop(move, i - 1);
		/* What was dropped had the outer steps; those of the inner loop stay. */
	}
}

/* The innermost axis of a record steps by one element, or repeats it in the input. */
static bool dense_inside(const struct npuc_move *move)
{
	uint32_t last = move->rank - 1;

	return !move->rank ||
	       (move->out_step[last] == 1 && move->in_step[last] >= 0 && move->in_step[last] <= 1);
}

/* The loop to unroll next, NPUC_NONE when a record can hold the rest. */
static uint32_t loop_to_unroll(const struct npuc_move *move)
{
	uint32_t room = dense_inside(move) ? VNPU_MAX_RANK : VNPU_MAX_RANK - 1;
	uint32_t shortest = 0;

	for (uint32_t i = 0; i < move->rank; i++) {
		if (move->in_step[i] < 0)
			return i;
		if (move->dim[i] < move->dim[shortest])
			shortest = i;
	}
	return move->rank > room ? shortest : NPUC_NONE;
}

static uint64_t count_records(struct npuc_move move)
{
	uint64_t count = 1;
	uint32_t axis;

	for (;;) {
		join(&move);
		axis = loop_to_unroll(&move);
		if (axis == NPUC_NONE)
			return count;
		count *= move.dim[axis];
		if (count > NPUC_MAX_COPIES)
			return count;
		drop_loop(&move, axis);
	}
}

uint64_t npuc_moves(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	uint64_t count = 0;

	*m = (struct npuc_moves){ 0 };
	for (size_t i = 0; i < sizeof(movers) / sizeof(movers[0]); i++)
		if (movers[i].builtin == op->builtin && !movers[i].moves(g, op, m))
			return 0;
	for (uint32_t i = 0; i < m->count; i++)
		count += count_records(m->list[i]);
	return m->failed ? 0 : count + m->fill;
}

bool npuc_move_part(const struct npuc_graph *g, const struct npuc_op *op,
		    const struct npuc_moves *m, uint32_t output, uint32_t *input, uint32_t *start)
{
	const struct npuc_move *only = NULL;
	struct npuc_move move;

	for (uint32_t i = 0; i < m->count; i++) {
		if (m->list[i].output != output)
			continue;
		if (only)
			return false;
		only = &m->list[i];
	}
	if (!only || m->fill || only->out_start || only->in_start < 0)
		return false;
	move = *only;
	join(&move);
	if (move.rank > 1 || (move.rank && (move.in_step[0] != 1 || move.out_step[0] != 1)))
		return false;
	*input = move.input;
	*start = (uint32_t)move.in_start;
	return npuc_output_at(g, op, output)->elements == (move.rank ? move.dim[0] : 1);
}

static void set_axis(struct npuc_record *r, uint32_t axis, const struct npuc_move *move, uint32_t i)
{
	uint32_t size = npum_dtype_size(r->op.out.dtype);

	r->op.in[0].shape[axis] = move->dim[i];
	r->op.out.shape[axis] = move->dim[i];
	r->op.in[0].stride[axis] = (uint32_t)move->in_step[i] * size;
	r->op.out.stride[axis] = (uint32_t)move->out_step[i] * size;
}

/* The operands are set to the whole tensors; the loops take the axes from the inside. */
static void set_loops(struct npuc_record *r, const struct npuc_move *move)
{
	uint32_t size = npum_dtype_size(r->op.out.dtype), axis = VNPU_MAX_RANK;

	npuc_operand_shape(r, 0, (uint32_t[4]){ 1, 1, 1, 1 });
	npuc_operand_shape(r, NPUC_OUT, (uint32_t[4]){ 1, 1, 1, 1 });
	r->op.in[0].offset += (uint32_t)move->in_start * size;
	r->op.out.offset += (uint32_t)move->out_start * size;
	if (!dense_inside(move))
		axis--;
	for (uint32_t i = move->rank; i-- > 0;)
		set_axis(r, --axis, move, i);
}

static uint32_t tensor_of(const struct npuc_compilation *c, uint32_t number,
			  const struct npuc_move *move, bool output)
{
	const struct npuc_op *op = &c->graph->ops[number];

	if (!output)
		return npuc_in(c, number, move->input);
	return move->output ? op->outputs[move->output] : npuc_out(c, number);
}

static int emit_copy(struct npuc_compilation *c, uint32_t number, const struct npuc_move *move)
{
	struct npuc_record *r = npuc_record(c, number, VNPU_OP_COPY);
	int err;

	if (!r)
		return -ENOMEM;
	err = npuc_operand(c, r, 0, tensor_of(c, number, move, false));
	if (!err)
		err = npuc_operand(c, r, NPUC_OUT, tensor_of(c, number, move, true));
	if (err)
		return err;
	set_loops(r, move);
	/* What lies in the input already stays there. */
	if (r->root[0] == r->root[NPUC_OUT] && r->op.in[0].offset == r->op.out.offset)
		c->record_count--;
	return 0;
}

/* Loops to unroll are at most as many as a move has: the recursion ends there. */
static int emit_move(struct npuc_compilation *c, uint32_t number, struct npuc_move move)
{
	struct npuc_move rest;
	uint32_t axis;
	int err = 0;

	join(&move);
	axis = loop_to_unroll(&move);
	if (axis == NPUC_NONE)
		return emit_copy(c, number, &move);
	for (uint32_t i = 0; i < move.dim[axis] && !err; i++) {
		rest = move;
		rest.in_start += (int64_t)i * move.in_step[axis];
		rest.out_start += (int64_t)i * move.out_step[axis];
		drop_loop(&rest, axis);
		err = emit_move(c, number, rest);
	}
	return err;
}

static int emit_fill(struct npuc_compilation *c, uint32_t number, int32_t value)
{
	struct npuc_record *r = npuc_record(c, number, VNPU_OP_FILL);

	if (!r)
		return -ENOMEM;
	r->op.p.fill = value;
	return npuc_operand(c, r, NPUC_OUT, npuc_out(c, number));
}

int npuc_lower_move(struct npuc_compilation *c, uint32_t number)
{
	struct npuc_moves m;
	int err = 0;

	npuc_moves(c->graph, &c->graph->ops[number], &m);
	if (m.failed)
		err = npuc_no_memory(c);
	if (m.fill && !err)
		err = emit_fill(c, number, m.value);
	for (uint32_t i = 0; i < m.count && !err; i++)
		err = emit_move(c, number, m.list[i]);
	npuc_moves_free(&m);
	return err;
}
