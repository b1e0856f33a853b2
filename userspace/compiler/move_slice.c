// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Moves of parts: SLICE, STRIDED_SLICE, SPLIT, UNPACK, PACK, GATHER, GATHER_ND. */
#include "move.h"
#include "lower.h"
#include "tflite.h"

static void move_slice(const struct npuc_shape *in, const struct npuc_slice *s,
		       struct npuc_moves *m)
{
	struct npuc_move *move = npuc_move_add(m, 0, 0);
	struct npuc_shape out = { in->rank, { 0 } };
	int64_t from[NPUC_MAX_RANK], to[NPUC_MAX_RANK];

	for (uint32_t i = 0; i < in->rank; i++)
		out.dim[i] = s->size[i];
	npuc_dense_steps(in, from);
	npuc_dense_steps(&out, to);
	for (uint32_t i = 0; i < in->rank; i++) {
		npuc_move_loop(move, s->size[i], s->step[i] * from[i], to[i]);
		move->in_start += s->begin[i] * from[i];
	}
}

bool npuc_move_slice(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	struct npuc_slice s;

	if (!npuc_slice(g, op, &s))
		return false;
	move_slice(&npuc_input(g, op, 0)->shape, &s, m);
	return true;
}

bool npuc_move_strided_slice(const struct npuc_graph *g, const struct npuc_op *op,
			     struct npuc_moves *m)
{
	struct npuc_slice s;

	if (!npuc_strided_slice(g, op, &s))
		return false;
	move_slice(&npuc_input(g, op, 0)->shape, &s, m);
	return true;
}

/**
 * struct cut - a shape around one axis
 * @outer: elements of the dimensions in front
 * @axis: size of the axis
 * @inner: elements of the dimensions behind
 */
struct cut {
	uint32_t outer;
	uint32_t axis;
	uint32_t inner;
};

static struct cut cut_at(const struct npuc_shape *s, uint32_t axis)
{
	struct cut c = { 1, s->dim[axis], 1 };

	for (uint32_t i = 0; i < axis; i++)
		c.outer *= s->dim[i];
	for (uint32_t i = axis + 1; i < s->rank; i++)
		c.inner *= s->dim[i];
	return c;
}

bool npuc_move_split(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	uint32_t data = npuc_operator(op->builtin)->first, start = 0;
	struct cut c = cut_at(&npuc_input(g, op, data)->shape, npuc_split_axis(g, op));

	for (uint32_t k = 0; k < op->output_count; k++) {
		uint32_t part = npuc_output_at(g, op, k)->elements / c.outer;
		struct npuc_move *move = npuc_move_add(m, data, k);

		npuc_move_loop(move, c.outer, (int64_t)c.axis * c.inner, part);
		npuc_move_loop(move, part, 1, 1);
		move->in_start = start;
		start += part;
	}
	return true;
}

bool npuc_move_pack(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	struct cut c = cut_at(&npuc_output(g, op)->shape, npuc_pack_axis(g, op));

	for (uint32_t i = 0; i < op->input_count; i++) {
		struct npuc_move *move = npuc_move_add(m, i, 0);

		npuc_move_loop(move, c.outer, c.inner, (int64_t)c.axis * c.inner);
		npuc_move_loop(move, c.inner, 1, 1);
		move->out_start = (int64_t)i * c.inner;
	}
	return true;
}

/**
 * struct picker - one picked element after the other
 * @m: where moves go
 * @last: the move before, NULL at first
 * @axis: its loop that picks which follow at equal distance become one more turn of
 * @next_out: where such a pick is written
 */
struct picker {
	struct npuc_moves *m;
	struct npuc_move *last;
	uint32_t axis;
	int64_t next_out;
};

static void pick(struct picker *p, const struct npuc_move *one)
{
	struct npuc_move *last = p->last;
	int64_t distance = last ? one->in_start - last->in_start : 0;
	uint32_t k = p->axis;

	if (last && one->out_start == p->next_out &&
	    (last->dim[k] == 1 || distance == last->in_step[k] * last->dim[k])) {
		last->in_step[k] = last->dim[k] == 1 ? distance : last->in_step[k];
		last->dim[k]++;
	} else {
		p->last = npuc_move_add(p->m, one->input, one->output);
		*p->last = *one;
	}
	p->next_out = one->out_start + one->out_step[k];
}

bool npuc_move_gather(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0), *indices = npuc_input(g, op, 1);
	uint32_t batch = 1, picks, axis = npuc_gather_axis(g, op);
	struct cut c = cut_at(&in->shape, axis);

	for (uint32_t i = 0; i < op->attributes.batch_dims; i++)
		batch *= in->shape.dim[i];
	picks = indices->elements / batch;
	c.outer /= batch;
	for (uint32_t b = 0; b < batch; b++) {
		struct picker p = { m, NULL, 1, 0 };

		for (uint32_t i = 0; i < picks; i++) {
			int64_t index = npuc_constant_int(indices, b * picks + i);
			struct npuc_move one = { 0 };

			if (index < 0 || index >= c.axis)
				return false;
			npuc_move_loop(&one, c.outer, (int64_t)c.axis * c.inner,
				       (int64_t)picks * c.inner);
			npuc_move_loop(&one, 1, 0, c.inner);
			npuc_move_loop(&one, c.inner, 1, 1);
			one.in_start = ((int64_t)b * c.outer * c.axis + index) * c.inner;
			one.out_start = ((int64_t)b * c.outer * picks + i) * c.inner;
			pick(&p, &one);
		}
	}
	return true;
}

bool npuc_move_gather_nd(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	const struct npuc_tensor *in = npuc_input(g, op, 0), *indices = npuc_input(g, op, 1);
	uint32_t depth = indices->shape.dim[indices->shape.rank - 1];
	struct picker p = { m, NULL, 0, 0 };
	int64_t step[NPUC_MAX_RANK];
	struct cut c = cut_at(&in->shape, depth - 1);

	npuc_dense_steps(&in->shape, step);
	for (uint32_t i = 0; i < indices->elements / depth; i++) {
		struct npuc_move one = { 0 };

		for (uint32_t k = 0; k < depth; k++) {
			int64_t index = npuc_constant_int(indices, i * depth + k);

			if (index < 0 || index >= in->shape.dim[k])
				return false;
			one.in_start += index * step[k];
		}
		npuc_move_loop(&one, 1, 0, c.inner);
		npuc_move_loop(&one, c.inner, 1, 1);
		one.out_start = (int64_t)i * c.inner;
		pick(&p, &one);
	}
	return true;
}
