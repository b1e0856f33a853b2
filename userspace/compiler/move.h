/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Ops that only move data, as loops over elements: TRANSPOSE, SLICE, SPLIT, TILE, ...
 *
 * A move is a nest of loops that steps through an input and an output.  What its
 * steps cannot say (an axis read backwards, more axes than a record has) is
 * unrolled, so that it becomes several COPY records.
 */
#ifndef NPUC_MOVE_H
#define NPUC_MOVE_H

#include <stdbool.h>
#include <stdint.h>

#include "compile.h"

/** NPUC_MOVE_RANK - most loops of a move: an axis may be split into block and rest */
#define NPUC_MOVE_RANK (NPUC_MAX_RANK + 4)
/** NPUC_MAX_COPIES - most records that one op of the model is turned into by moves */
#define NPUC_MAX_COPIES 4096u

/**
 * struct npuc_move - a nest of loops, outermost first, in the output's order
 * @input: number of the op's input that is read
 * @output: number of the op's output that is written
 * @rank: loops in use
 * @dim: how often each one runs
 * @in_step: elements of the input that each one goes forward, negative back, 0 to repeat
 * @out_step: elements of the output that each one goes forward
 * @in_start: first element read
 * @out_start: first element written
 */
struct npuc_move {
	uint32_t input;
	uint32_t output;
	uint32_t rank;
	uint32_t dim[NPUC_MOVE_RANK];
	int64_t in_step[NPUC_MOVE_RANK];
	int64_t out_step[NPUC_MOVE_RANK];
	int64_t in_start;
	int64_t out_start;
};

/**
 * struct npuc_moves - all moves of an op
 * @list: the moves, owned
 * @count: entries of @list
 * @capacity: entries allocated
 * @fill: the output is filled with @value first
 * @value: what it is filled with, as &struct vnpu_params says
 * @failed: memory ran short
 * @spare: written instead of an entry then
 */
struct npuc_moves {
	struct npuc_move *list;
	uint32_t count;
	uint32_t capacity;
	bool fill;
	int32_t value;
	bool failed;
	struct npuc_move spare;
};

/**
 * typedef npuc_moves_fn - what an op moves
 * @g: the model
 * @op: the op; its shapes are as npuc_infer_fn computed them
 * @m: empty; filled
 *
 * Return: false when the op's parameters lead outside its input.
 */
typedef bool npuc_moves_fn(const struct npuc_graph *g, const struct npuc_op *op,
			   struct npuc_moves *m);

npuc_moves_fn npuc_move_transpose;
npuc_moves_fn npuc_move_reverse;
npuc_moves_fn npuc_move_tile;
npuc_moves_fn npuc_move_broadcast;
npuc_moves_fn npuc_move_slice;
npuc_moves_fn npuc_move_strided_slice;
npuc_moves_fn npuc_move_split;
npuc_moves_fn npuc_move_pack;
npuc_moves_fn npuc_move_gather;
npuc_moves_fn npuc_move_gather_nd;
npuc_moves_fn npuc_move_pad;
npuc_moves_fn npuc_move_mirror_pad;
npuc_moves_fn npuc_move_resize;
npuc_moves_fn npuc_move_depth_to_space;
npuc_moves_fn npuc_move_space_to_depth;
npuc_moves_fn npuc_move_batch_to_space;
npuc_moves_fn npuc_move_space_to_batch;

/**
 * npuc_moves() - the moves of an op
 * @g: the model
 * @op: an op of shapes that follow
 * @m: filled; release with npuc_moves_free() whatever the outcome
 *
 * Return: the number of records they need, 0 when the op is none that moves, its
 * parameters lead outside the input, or memory is short.
 */
uint64_t npuc_moves(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m);

/**
 * npuc_move_part() - is an output a part of the input, as its bytes lie there?
 * @g: the model
 * @op: the op
 * @m: its moves
 * @output: number of the output
 * @input: set to the number of the input
 * @start: set to the first element of the part
 */
bool npuc_move_part(const struct npuc_graph *g, const struct npuc_op *op,
		    const struct npuc_moves *m, uint32_t output, uint32_t *input, uint32_t *start);

/** npuc_gathers_by_copies() - are the indices of GATHER or GATHER_ND constant, and few? */
bool npuc_gathers_by_copies(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_moves_free() - release the list */
void npuc_moves_free(struct npuc_moves *m);

/**
 * npuc_move_add() - append a move without loops
 *
 * Return: the move; a spare one when memory is short, or there are more than
 * NPUC_MAX_COPIES: the list is not complete then.
 */
struct npuc_move *npuc_move_add(struct npuc_moves *m, uint32_t input, uint32_t output);

/** npuc_move_loop() - put a loop inside the innermost one */
void npuc_move_loop(struct npuc_move *move, uint32_t dim, int64_t in_step, int64_t out_step);

/** npuc_dense_steps() - elements between neighbours along each dimension of a dense tensor */
void npuc_dense_steps(const struct npuc_shape *s, int64_t step[NPUC_MAX_RANK]);

#endif /* NPUC_MOVE_H */
