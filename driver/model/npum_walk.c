// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Going through tensors: runs of element-wise ops, blocks of the others. */
#include "npum_walk.h"

#include "npum_kernels.h"

/* Budget of a tile of a grid; a single block may pass it. */
#define GRID_COST (64u << 10)

/* Functions cost up to 15 ns for each element, all other walks one or less. */
static u32 tile_outputs(const struct vnpu_op *op)
{
	bool costly = op->opcode == VNPU_OP_UNARY || op->opcode == VNPU_OP_BINARY;

	return costly ? NPUM_WALK_OUTPUTS / 4 : NPUM_WALK_OUTPUTS;
}

void npum_walk_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	plan->tiles = (u32)DIV_ROUND_UP(npum_elements(&op->out), tile_outputs(op));
}

/* Can axis @d of the operands be counted on from the walk's innermost axis? */
static bool joins(const struct npum_walk *w, const struct vnpu_tensor *const t[], u32 d)
{
	if (!w->rank)
		return false;
	for (u32 i = 0; i < NPUM_WALK_OPERANDS; i++)
		if (t[i] && w->stride[i][w->rank - 1] != (u64)t[i]->shape[d] * t[i]->stride[d])
			return false;
	return true;
}

static void add_axis(struct npum_walk *w, const struct vnpu_tensor *const t[], u32 d)
{
	u32 size = t[NPUM_WALK_OUT]->shape[d];

	if (joins(w, t, d)) {
		w->shape[w->rank - 1] *= size;
	} else {
		w->shape[w->rank] = size;
		w->rank++;
	}
	for (u32 i = 0; i < NPUM_WALK_OPERANDS; i++)
		if (t[i])
			w->stride[i][w->rank - 1] = t[i]->stride[d];
}

/* Sets pointers and length of the run that begins at the walk's coordinates. */
static void stand(struct npum_walk *w)
{
	u32 inner = w->rank - 1;

	w->run = min(w->shape[inner] - w->pos[inner], w->left);
	w->left -= w->run;
	for (u32 i = 0; i < NPUM_WALK_OPERANDS; i++) {
		size_t offset = 0;

		if (!w->base[i])
			continue;
		for (u32 d = 0; d < w->rank; d++)
			offset += (size_t)w->pos[d] * w->stride[i][d];
		w->at[i] = w->base[i] + offset;
	}
}

void npum_walk_begin(struct npum_walk *w, const struct npum_exec *x, const struct vnpu_op *op,
		     u32 tile)
{
	const struct vnpu_tensor *t[NPUM_WALK_OPERANDS] = { &op->out };
	u64 total = npum_elements(&op->out);
	u32 outputs = tile_outputs(op);
	u64 first = (u64)tile * outputs;

	memset(w, 0, sizeof(*w));
	for (u32 i = 0; i < NPUM_WALK_OPERANDS - 1; i++)
		if (op->in[i].dtype != VNPU_DTYPE_NONE && op->in[i].layout == VNPU_LAYOUT_NHWC)
			t[NPUM_WALK_IN0 + i] = &op->in[i];

	for (u32 d = 0; d < VNPU_MAX_RANK; d++)
		if (op->out.shape[d] > 1)
			add_axis(w, t, d);
	if (!w->rank)
		add_axis(w, t, VNPU_MAX_RANK - 1);

	for (u32 i = 0; i < NPUM_WALK_OPERANDS; i++) {
		if (!t[i])
			continue;
		w->base[i] = npum_address(x, t[i]);
		w->step[i] = w->stride[i][w->rank - 1];
	}
	w->left = (u32)min(total - first, (u64)outputs);
	for (u32 d = w->rank; d-- > 0;) {
		w->pos[d] = (u32)(first % w->shape[d]);
		first /= w->shape[d];
	}
	stand(w);
}

bool npum_walk_is_dense(const struct vnpu_op *op)
{
	u32 d = VNPU_MAX_RANK - 1;

	/* the axis that runs go along; one of a single element has no neighbours */
	while (d && op->out.shape[d] == 1)
		d--;
	if (op->out.shape[d] == 1)
		return true;
	for (u32 i = 0; i < VNPU_OP_INPUTS; i++)
		if (op->in[i].dtype != VNPU_DTYPE_NONE && op->in[i].stride[d] > 1)
			return false;
	return op->out.stride[d] == 1;
}

bool npum_walk_next(struct npum_walk *w)
{
	u32 d = w->rank - 1;

	if (!w->left)
		return false;

	/* The run ended an innermost axis, or the tile would be over. */
	w->pos[d] = 0;
	while (d-- > 0) {
		if (++w->pos[d] < w->shape[d])
			break;
		w->pos[d] = 0;
	}
	stand(w);
	return true;
}

void npum_grid_cut(struct npum_grid *g, const struct vnpu_tensor *out, u32 width, u64 cost)
{
	const u32 *shape = out->shape;

	g->shape = shape;
	g->width = min(width, shape[3]);
	g->blocks = DIV_ROUND_UP(shape[3], g->width);
	g->units = shape[0] * shape[1] * shape[2] * g->blocks;
	g->per_tile = (u32)max(GRID_COST / cost, (u64)1);
}

u32 npum_grid_tiles(const struct npum_grid *g)
{
	return DIV_ROUND_UP(g->units, g->per_tile);
}

u32 npum_grid_end(const struct npum_grid *g, u32 tile)
{
	u32 first = tile * g->per_tile;

	return first + min(g->units - first, g->per_tile);
}

struct npum_block npum_grid_block(const struct npum_grid *g, u32 unit)
{
	u32 pixel = unit / g->blocks;
	u32 row = pixel / g->shape[2];
	struct npum_block b = {
		.n = row / g->shape[1],
		.h = row % g->shape[1],
		.w = pixel % g->shape[2],
		.c = unit % g->blocks * g->width,
	};

	b.count = min(g->width, g->shape[3] - b.c);
	return b;
}
