// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Moves that reorder or repeat whole axes: TRANSPOSE, REVERSE_V2, TILE, BROADCAST_TO. */
#include "move.h"
#include "shape.h"

bool npuc_move_transpose(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_shape *out = &npuc_output(g, op)->shape;
	int64_t from[NPUC_MAX_RANK], to[NPUC_MAX_RANK];
	uint32_t order[NPUC_MAX_RANK];
	struct npuc_move *move = npuc_move_add(m, 0, 0);

	if (!npuc_permutation(g, op, order))
		return false;
	npuc_dense_steps(in, from);
	npuc_dense_steps(out, to);
	for (uint32_t i = 0; i < out->rank; i++)
		npuc_move_loop(move, out->dim[i], from[order[i]], to[i]);
	return true;
}

bool npuc_move_reverse(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	uint32_t axes = npuc_axes(g, op, 1);
	struct npuc_move *move = npuc_move_add(m, 0, 0);
	int64_t step[NPUC_MAX_RANK];

	npuc_dense_steps(in, step);
	for (uint32_t i = 0; i < in->rank; i++) {
		bool backwards = axes >> i & 1;

		npuc_move_loop(move, in->dim[i], backwards ? -step[i] : step[i], step[i]);
		move->in_start += backwards ? (int64_t)(in->dim[i] - 1) * step[i] : 0;
	}
	return true;
}

/* Each axis is repeats of the whole, then the axis. */
bool npuc_move_tile(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_shape *out = &npuc_output(g, op)->shape;
	int64_t from[NPUC_MAX_RANK], to[NPUC_MAX_RANK];
	struct npuc_move *move = npuc_move_add(m, 0, 0);
	uint32_t split = 0;

	npuc_dense_steps(in, from);
	npuc_dense_steps(out, to);
	for (uint32_t i = 0; i < in->rank; i++) {
		uint32_t repeats = out->dim[i] / in->dim[i];

		split += repeats > 1 && in->dim[i] > 1;
		if (repeats > 1)
			npuc_move_loop(move, repeats, 0, to[i] * in->dim[i]);
		if (in->dim[i] > 1)
			npuc_move_loop(move, in->dim[i], from[i], to[i]);
	}
	return in->rank + split <= NPUC_MOVE_RANK;
}

bool npuc_move_broadcast(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_shape *out = &npuc_output(g, op)->shape;
	int64_t from[NPUC_MAX_RANK], to[NPUC_MAX_RANK];
	struct npuc_move *move = npuc_move_add(m, 0, 0);
	uint32_t lead = out->rank - in->rank;

	npuc_dense_steps(in, from);
	npuc_dense_steps(out, to);
	for (uint32_t i = 0; i < out->rank; i++) {
		bool repeats = i < lead || in->dim[i - lead] == 1;

		npuc_move_loop(move, out->dim[i], repeats ? 0 : from[i - lead], to[i]);
	}
	return true;
}
