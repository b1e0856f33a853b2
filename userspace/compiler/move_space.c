// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Moves between borders, batches, rows and channels: the PADs, DEPTH_TO_SPACE and its kin. */
#include <math.h>
#include <string.h>

#include "flatbuffer.h"
#include "move.h"
#include "shape.h"
#include "tflite.h"

/* What a border holds: PADV2's third input, else what stands for 0. */
static int32_t border(const struct npuc_graph *g, const struct npuc_op *op)
{
	const struct npuc_tensor *out = npuc_output(g, op), *value = npuc_input(g, op, 2);
	uint32_t size = npuc_type_size(out->type);

	if (op->builtin != TFLITE_PADV2 || !value)
		return size == 1 ? (int32_t)npuc_zero_point(out, 0) : 0;
	switch (size) {
	case 1:
		return npuc_dtype(out->type) == VNPU_DTYPE_INT8 ? (int8_t)value->data[0] :
								  value->data[0];
	case 2:
		return (int16_t)(value->data[0] | value->data[1] << 8);
	default:
		return (int32_t)npuc_le32(value->data);
	}
}

bool npuc_move_pad(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_shape *out = &npuc_output(g, op)->shape;
	int64_t from[NPUC_MAX_RANK], to[NPUC_MAX_RANK];
	struct npuc_move *move = npuc_move_add(m, 0, 0);
	int32_t amounts[2 * NPUC_MAX_RANK];

	if (!npuc_paddings(g, op, amounts))
		return false;
	m->fill = !npuc_shape_equal(in, out);
	m->value = border(g, op);
	npuc_dense_steps(in, from);
	npuc_dense_steps(out, to);
	for (uint32_t i = 0; i < in->rank; i++) {
		npuc_move_loop(move, in->dim[i], from[i], to[i]);
		move->out_start += amounts[2 * i] * to[i];
	}
	return true;
}

/* Part 0 of an axis is the border in front, 1 the input, 2 the border behind. */
static bool mirror_loop(struct npuc_move *move, uint32_t part, const uint32_t amount[2],
			uint32_t dim, bool reflect, int64_t from, int64_t to)
{
	uint32_t size = part == 1 ? dim : amount[part / 2];

	if (!size)
		return false;
	if (part == 1) {
		npuc_move_loop(move, size, from, to);
		move->out_start += amount[0] * to;
		return true;
	}
	/* Backwards from the element that the border's first one repeats. */
	npuc_move_loop(move, size, -from, to);
	move->in_start += part ? (int64_t)(dim - 1 - reflect) * from :
				 (int64_t)(size - 1 + reflect) * from;
	move->out_start += part ? (int64_t)(amount[0] + dim) * to : 0;
	return true;
}

bool npuc_move_mirror_pad(const struct npuc_graph *g, const struct npuc_op *op,
			  struct npuc_moves *m)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	int64_t from[NPUC_MAX_RANK], to[NPUC_MAX_RANK];
	int32_t amounts[2 * NPUC_MAX_RANK];
	bool reflect = !op->attributes.mode;
	uint32_t parts = 1;

	if (!npuc_paddings(g, op, amounts))
		return false;
	npuc_dense_steps(in, from);
	npuc_dense_steps(&npuc_output(g, op)->shape, to);
	for (uint32_t i = 0; i < in->rank; i++) {
		if ((uint32_t)amounts[2 * i] + reflect > in->dim[i] ||
		    (uint32_t)amounts[2 * i + 1] + reflect > in->dim[i])
			return false;
		parts *= 3;
	}
	for (uint32_t part = 0; part < parts; part++) {
		struct npuc_move one = { 0 };
		uint32_t rest = part;
		bool there = true;

		for (uint32_t i = 0; i < in->rank && there; i++, rest /= 3) {
			uint32_t amount[2] = { (uint32_t)amounts[2 * i],
					       (uint32_t)amounts[2 * i + 1] };

			there = mirror_loop(&one, rest % 3, amount, in->dim[i], reflect, from[i],
					    to[i]);
		}
		if (there)
			*npuc_move_add(m, 0, 0) = one;
	}
	return true;
}

/**
 * struct span - output rows that one nest of two loops reads
 * @to: first of them
 * @from: input row it reads
 * @steps: turns of the outer loop, which goes on by @step input rows
 * @step: likewise
 * @repeats: output rows that each turn writes
 */
struct span {
	uint32_t to;
	uint32_t from;
	uint32_t steps;
	uint32_t step;
	uint32_t repeats;
};

/* Input row of an output row, as GetNearestNeighbor() of LiteRT's resize_nearest_neighbor.h. */
static uint32_t nearest(const struct npuc_attributes *a, uint32_t y, uint32_t in, uint32_t out)
{
	float scale = a->align_corners && out > 1 ? (float)(in - 1) / (float)(out - 1) :
						    (float)in / (float)out;
	float offset = a->half_pixel ? 0.5f : 0.0f;
	float at = ((float)y + offset) * scale;
	int64_t row = (int64_t)(a->align_corners ? roundf(at) : floorf(at));

	row = row < (int64_t)in - 1 ? row : (int64_t)in - 1;
	return row > 0 ? (uint32_t)row : 0;
}

/* The longest span from output row @y on: equal turns that go on by equal steps. */
static struct span next_span(const struct npuc_attributes *a, uint32_t y, uint32_t in, uint32_t out)
{
	struct span s = { y, nearest(a, y, in, out), 1, 0, 1 };
	uint32_t end;

	while (y + s.repeats < out && nearest(a, y + s.repeats, in, out) == s.from)
		s.repeats++;
	end = y + s.repeats;
	if (end < out)
		s.step = nearest(a, end, in, out) - s.from;
	while (end + s.repeats <= out) {
		for (uint32_t i = 0; i < s.repeats; i++)
			if (nearest(a, end + i, in, out) != s.from + s.steps * s.step)
				return s;
		s.steps++;
		end += s.repeats;
	}
	return s;
}

bool npuc_move_resize(const struct npuc_graph *g, const struct npuc_op *op, struct npuc_moves *m)
{
	const struct npuc_shape *in = &npuc_input(g, op, 0)->shape;
	const struct npuc_shape *out = &npuc_output(g, op)->shape;
	const struct npuc_attributes *a = &op->attributes;
	int64_t from[NPUC_MAX_RANK], to[NPUC_MAX_RANK];
	struct span h, w;

	npuc_dense_steps(in, from);
	npuc_dense_steps(out, to);
	for (uint32_t y = 0; y < out->dim[1]; y += h.steps * h.repeats) {
		h = next_span(a, y, in->dim[1], out->dim[1]);
		for (uint32_t x = 0; x < out->dim[2]; x += w.steps * w.repeats) {
			struct npuc_move *move = npuc_move_add(m, 0, 0);

			w = next_span(a, x, in->dim[2], out->dim[2]);
			npuc_move_loop(move, in->dim[0], from[0], to[0]);
			npuc_move_loop(move, h.steps, h.step * from[1], h.repeats * to[1]);
			npuc_move_loop(move, h.repeats, 0, to[1]);
			npuc_move_loop(move, w.steps, w.step * from[2], w.repeats * to[2]);
			npuc_move_loop(move, w.repeats, 0, to[2]);
			npuc_move_loop(move, in->dim[3], 1, 1);
			move->in_start = h.from * from[1] + w.from * from[2];
			move->out_start = y * to[1] + x * to[2];
			if (m->count > NPUC_MAX_COPIES)
				return true;
		}
	}
	return true;
}

/* Channels of @depth are block x block pixels of @space; both rank 4. */
static void move_blocks(const struct npuc_shape *depth, const struct npuc_shape *space,
			uint32_t block, bool to_space, struct npuc_moves *m)
{
	int64_t d[NPUC_MAX_RANK], s[NPUC_MAX_RANK], channels = space->dim[3];
	struct npuc_move *move = npuc_move_add(m, 0, 0);

	npuc_dense_steps(depth, d);
	npuc_dense_steps(space, s);
	const struct {
		uint32_t dim;
		int64_t depth;
		int64_t space;
	} loops[] = {
		{ depth->dim[0], d[0], s[0] },	   { depth->dim[1], d[1], s[1] * block },
		{ block, channels * block, s[1] }, { depth->dim[2], d[2], s[2] * block },
		{ block, channels, s[2] },	   { space->dim[3], 1, 1 },
	};
	/* The output's order: rows of a block lie behind the columns of blocks in depth. */
	static const uint32_t orders[2][6] = { { 0, 1, 3, 2, 4, 5 }, { 0, 1, 2, 3, 4, 5 } };

	for (uint32_t i = 0; i < 6; i++) {
		uint32_t k = orders[to_space][i];

		npuc_move_loop(move, loops[k].dim, to_space ? loops[k].depth : loops[k].space,
			       to_space ? loops[k].space : loops[k].depth);
	}
}

bool npuc_move_depth_to_space(const struct npuc_graph *g, const struct npuc_op *op,
			      struct npuc_moves *m)
{
	move_blocks(&npuc_input(g, op, 0)->shape, &npuc_output(g, op)->shape, op->attributes.block,
		    true, m);
	return true;
}

bool npuc_move_space_to_depth(const struct npuc_graph *g, const struct npuc_op *op,
			      struct npuc_moves *m)
{
	move_blocks(&npuc_output(g, op)->shape, &npuc_input(g, op, 0)->shape, op->attributes.block,
		    false, m);
	return true;
}

/*
 * Batch number b * batches + n holds every block-th pixel of image n, from the
 * pixel that b names on; @skip pixels in front are cut off or padding.  @small is
 * the tensor of many batches, @large the one of large images.
 */
static void move_batches(const struct npuc_shape *small, const struct npuc_shape *large,
			 const struct npuc_blocks *b, bool to_space, struct npuc_moves *m)
{
	int64_t s[NPUC_MAX_RANK], l[NPUC_MAX_RANK];
	uint32_t offsets = small->dim[0] / large->dim[0];

	npuc_dense_steps(small, s);
	npuc_dense_steps(large, l);
	for (uint32_t offset = 0; offset < offsets && m->count <= NPUC_MAX_COPIES; offset++) {
		struct npuc_move one = { 0 };
		int64_t small_start = offset * (int64_t)large->dim[0] * s[0], large_start = 0;
		uint32_t rest = offset;
		uint32_t at[NPUC_MAX_RANK] = { 0 };
		bool there = true;

		for (uint32_t k = b->count; k-- > 0; rest /= b->block[k])
			at[k] = rest % b->block[k];
		npuc_move_loop(&one, large->dim[0], to_space ? s[0] : l[0], to_space ? l[0] : s[0]);
		for (uint32_t k = 0; k < b->count && there; k++) {
			uint32_t axis = k + 1, block = b->block[k], skip = b->before[k];
			/* Pixel i of the small image is pixel i * block + at - skip of the large. */
			uint32_t first = skip > at[k] ? (skip - at[k] + block - 1) / block : 0;
			uint64_t end =
				((uint64_t)large->dim[axis] + skip - at[k] + block - 1) / block;

			if ((uint64_t)large->dim[axis] + skip <= at[k])
				end = 0;
			end = end < small->dim[axis] ? end : small->dim[axis];
			there = end > first;
			small_start += first * s[axis];
			large_start += ((int64_t)first * block + at[k] - skip) * l[axis];
			npuc_move_loop(&one, (uint32_t)(end - first),
				       to_space ? s[axis] : block * l[axis],
				       to_space ? block * l[axis] : s[axis]);
		}
		for (uint32_t axis = b->count + 1; axis < small->rank; axis++)
			npuc_move_loop(&one, small->dim[axis], to_space ? s[axis] : l[axis],
				       to_space ? l[axis] : s[axis]);
		one.in_start = to_space ? small_start : large_start;
		one.out_start = to_space ? large_start : small_start;
		if (there)
			*npuc_move_add(m, 0, 0) = one;
	}
}

bool npuc_move_batch_to_space(const struct npuc_graph *g, const struct npuc_op *op,
			      struct npuc_moves *m)
{
	struct npuc_blocks b;

	if (!npuc_blocks(g, op, &b))
		return false;
	move_batches(&npuc_input(g, op, 0)->shape, &npuc_output(g, op)->shape, &b, true, m);
	return true;
}

bool npuc_move_space_to_batch(const struct npuc_graph *g, const struct npuc_op *op,
			      struct npuc_moves *m)
{
	struct npuc_blocks b;

	if (!npuc_blocks(g, op, &b))
		return false;
	for (uint32_t k = 0; k < b.count; k++)
		m->fill |= b.before[k] || b.behind[k];
	m->value = border(g, op);
	move_batches(&npuc_output(g, op)->shape, &npuc_input(g, op, 0)->shape, &b, false, m);
	return true;
}
