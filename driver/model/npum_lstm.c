// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A long short-term memory with 8-bit activations and 16-bit state: products of
 * the gates, then the new cell state, then what the cell gives away.
 */
#include "npum_counters.h"
#include "npum_fixed16.h"
#include "npum_kernels.h"
#include "npum_walk.h"

/* Gates of a cell, in the order in which they lie along the channels. */
enum { GATE_INPUT, GATE_FORGET, GATE_CELL, GATE_OUTPUT };

/* Cells of a tile, and what one costs: some exponentials and reciprocals. */
#define CELLS 64u
#define CELL_COST 256u

/* Integer bits of what goes into the gates' functions. */
#define GATE_BITS 3u

static const s32 fixed16_range[2] = { -NPUM_FIXED16_ONE - 1, NPUM_FIXED16_ONE };

static void cut_gates(struct npum_grid *g, const struct vnpu_op *op)
{
	npum_grid_cut(g, &op->out, VNPU_CHANNEL_BLOCK,
		      (u64)VNPU_CHANNEL_BLOCK * (op->in[0].shape[3] + 1));
}

void npum_gates_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut_gates(&g, op);
	plan->tiles = npum_grid_tiles(&g);
}

/* Sums of a block of outputs over one row of the input. */
static __always_inline void sum_gates(const u8 *row, s32 flip, u32 terms, const u8 *weights,
				      s32 zero, s32 acc[VNPU_CHANNEL_BLOCK], u32 count,
				      struct npum_counters *n)
{
	for (u32 o = 0; n && o < count; o++)
		npum_count_acc(n, acc[o], 32);
	for (u32 k = 0; k < terms; k++) {
		const u8 *w = weights + k / VNPU_DOT_BLOCK * VNPU_CHANNEL_BLOCK * VNPU_DOT_BLOCK +
			      k % VNPU_DOT_BLOCK;
		s32 v = npum_code(row[k], flip);

		for (u32 o = 0; o < VNPU_CHANNEL_BLOCK; o++) {
			s32 product = v * (w[o * VNPU_DOT_BLOCK] - zero);

			if (n && o < count)
				npum_count_acc(n, (s64)acc[o] + product, 32);
			acc[o] = npum_wrap_add(acc[o], product);
		}
	}
}

static __always_inline void gates(const struct npum_exec *x, const struct npum_personality *p,
				  const struct vnpu_op *op, u32 tile, void *scratch,
				  struct npum_counters *n)
{
	const struct vnpu_tensor *in = &op->in[0], *out = &op->out;
	const struct vnpu_requant_block *tables = (const void *)npum_address(x, &op->in[2]);
	const u32 terms = in->shape[3];
	const size_t block_bytes =
		(size_t)DIV_ROUND_UP(terms, VNPU_DOT_BLOCK) * VNPU_DOT_BLOCK * VNPU_CHANNEL_BLOCK;
	struct npum_grid g;

	cut_gates(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		u32 number = b.c / VNPU_CHANNEL_BLOCK;
		const struct vnpu_requant_block *t = &tables[number];
		s16 *to = (void *)(npum_address(x, out) + npum_offset(out, b.n, b.h, b.w, b.c));
		s32 acc[VNPU_CHANNEL_BLOCK];

		memcpy(acc, t->bias, sizeof(acc));
		sum_gates(npum_address(x, in) + npum_offset(in, b.n, b.h, b.w, 0), npum_flip(in),
			  terms, npum_address(x, &op->in[1]) + number * block_bytes,
			  op->in[1].zero_point, acc, b.count, n);
		for (u32 i = 0; i < b.count; i++) {
			s32 mult = t->mult[i], shift = t->shift[i];
			s32 v = npum_requant(p->requant, acc[i], mult, shift);

			npum_count_requant(n, p->requant, acc[i], mult, shift);
			if (op->p.mode & VNPU_GATES_ACCUMULATE)
				v = npum_wrap_add(v, to[i]);
			npum_count_clamp(n, v, fixed16_range);
			to[i] = (s16)npum_fixed16_saturate(v);
		}
	}
}

NPUM_COUNTED(npum_gates, npum_gates_counting, gates)

static void cut_cells(struct npum_grid *g, const struct vnpu_op *op)
{
	npum_grid_cut(g, &op->out, CELLS, CELLS * CELL_COST);
}

void npum_lstm_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut_cells(&g, op);
	plan->tiles = npum_grid_tiles(&g);
}

/* A gate's sums for a block of cells. */
static const s16 *gate_of(const struct npum_exec *x, const struct vnpu_op *op,
			  const struct npum_block *b, u32 gate)
{
	const struct vnpu_tensor *t = &op->in[0];

	return (const void *)(npum_address(x, t) +
			      npum_offset(t, b->n, b->h, b->w, gate * op->out.shape[3] + b->c));
}

static const s16 *state_of(const struct npum_exec *x, const struct vnpu_op *op,
			   const struct npum_block *b)
{
	const struct vnpu_tensor *t = &op->in[1];

	return (const void *)(npum_address(x, t) + npum_offset(t, b->n, b->h, b->w, b->c));
}

/* v / 2^bits to the nearest */
static __always_inline s32 halves_away(s32 v, u32 bits, struct npum_counters *n)
{
	npum_count_tie(n, npum_is_half(v, bits));
	return npum_rdbp(v, bits);
}

static __always_inline void lstm_cell(const struct npum_exec *x, const struct npum_personality *p,
				      const struct vnpu_op *op, u32 tile, void *scratch,
				      struct npum_counters *n)
{
	struct npum_grid g;

	cut_cells(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		const s16 *input = gate_of(x, op, &b, GATE_INPUT);
		const s16 *forget = gate_of(x, op, &b, GATE_FORGET);
		const s16 *cell = gate_of(x, op, &b, GATE_CELL);
		const s16 *state = state_of(x, op, &b);
		s16 *to = (void *)(npum_address(x, &op->out) +
				   npum_offset(&op->out, b.n, b.h, b.w, b.c));

		for (u32 i = 0; i < b.count; i++) {
			s32 keep = npum_fixed16_logistic(forget[i]) * state[i];
			s32 take = npum_fixed16_logistic(input[i]) *
				   npum_fixed16_tanh(cell[i], GATE_BITS);

			/* neither leaves 16 bits: gates are below 1 */
			keep = halves_away(keep, 15, n) + halves_away(take, 30 - op->p.mode, n);
			npum_count_clamp(n, keep, op->p.clamp);
			to[i] = (s16)npum_saturate(keep, op->p.clamp);
		}
	}
}

NPUM_COUNTED(npum_lstm_cell, npum_lstm_cell_counting, lstm_cell)

static __always_inline void lstm_hidden(const struct npum_exec *x, const struct npum_personality *p,
					const struct vnpu_op *op, u32 tile, void *scratch,
					struct npum_counters *n)
{
	s32 offset = npum_wrap_add(op->out.zero_point, op->p.offset);
	struct npum_grid g;

	cut_cells(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		const s16 *output = gate_of(x, op, &b, GATE_OUTPUT);
		const s16 *state = state_of(x, op, &b);
		u8 *to = npum_address(x, &op->out) + npum_offset(&op->out, b.n, b.h, b.w, b.c);

		for (u32 i = 0; i < b.count; i++) {
			s32 v = npum_fixed16_logistic(output[i]) *
				npum_fixed16_tanh(state[i], 15 - op->p.mode);

			npum_count_requant(n, p->requant, v, op->p.mult[2], op->p.shift[2]);
			v = npum_requant(p->requant, v, op->p.mult[2], op->p.shift[2]);
			v = npum_wrap_add(v, offset);
			npum_count_clamp(n, v, op->p.clamp);
			to[i] = (u8)npum_saturate(v, op->p.clamp);
		}
	}
}

NPUM_COUNTED(npum_lstm_hidden, npum_lstm_hidden_counting, lstm_hidden)
