/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the kernels of ADD, SUB, MUL and REQUANTIZE share, whatever the instruction set. */
#ifndef NPUM_ELEMENTWISE_H
#define NPUM_ELEMENTWISE_H

#include "npum_kernels.h"
#include "npum_walk.h"

/** NPUM_ELEMENTWISE_BYTES - scratch of a tile: tables of the C kernels or state of the others */
#define NPUM_ELEMENTWISE_BYTES 3072u

/**
 * struct npum_rescale - a rescale of an op as the requantisation table of a convolution
 * @table: the same multiplier and exponent for all channels, no bias
 * @lift: bits to shift values left before they go through @table
 * @terms: products that a value stands for; more than tame if values may be large
 */
struct npum_rescale {
	struct vnpu_requant_block table;
	u32 lift;
	u32 terms;
};

/**
 * npum_rescale_init() - rescale number @i of @op
 * @r: filled
 * @op: a validated op
 * @i: 0..2
 * @size: no value is larger; U32_MAX: it may be anything
 * @single: one rounding
 * @is_float: product in binary32, which reads no exponent
 *
 * An exponent that shifts left makes no tame table (npum_tame.h).  Values that
 * are small enough take it over instead: (x << k) * mult * 2^(shift - k - 31).
 */
static inline void npum_rescale_init(struct npum_rescale *r, const struct vnpu_op *op, u32 i,
				     u32 size, bool single, bool is_float)
{
	s32 shift = op->p.shift[i], most = single ? -1 : 0;
	u32 lift = shift > most && !is_float ? (u32)(shift - most) : 0;
	bool small = (u64)size << lift < 1u << 30;

	r->lift = small ? lift : 0;
	r->terms = small ? 1 : U32_MAX;
	for (u32 c = 0; c < VNPU_CHANNEL_BLOCK; c++) {
		r->table.bias[c] = 0;
		r->table.mult[c] = op->p.mult[i];
		r->table.shift[c] = shift - (s32)r->lift;
	}
}

/* npum_elementwise.c: what the vector kernels of MUL and REQUANTIZE take, and of ADD and SUB */
npum_handles_fn npum_elementwise_handles;
npum_handles_fn npum_sum_handles;

/** npum_signed_flip() - what makes a byte of an 8-bit operand a signed number, by exclusive or */
static inline s32 npum_signed_flip(const struct vnpu_tensor *t)
{
	return npum_flip(t) ^ 0x80;
}

/** npum_signed_zero() - the zero point among these signed numbers */
static inline s32 npum_signed_zero(const struct vnpu_tensor *t)
{
	return t->zero_point - npum_signed_flip(t);
}

/**
 * typedef npum_codes_fn - computes codes for the vector kernels
 * @state: of the tile
 * @a: elements of in[0]; as many bytes as a vector has may be read
 * @b: elements of in[1], likewise
 * @out: where the codes go
 * @count: how many there are, 1..a vector
 */
typedef void npum_codes_fn(const void *state, const u8 *a, const u8 *b, u8 *out, u32 count);

/* One run of a walk; @operand has room for a vector of @step bytes for each input. */
static __always_inline void npum_run_vectors(const struct npum_walk *w, npum_codes_fn *codes,
					     const void *state, u8 *operand, u32 step)
{
	const u8 *in[2] = { operand, operand + step };
	u8 *out = w->at[NPUM_WALK_OUT];
	size_t move[2] = { 0, 0 };
	u32 left = w->run;

	for (u32 i = 0; i < 2; i++) {
		const u8 *at = w->at[NPUM_WALK_IN0 + i];

		if (!at)
			continue;
		if (w->step[NPUM_WALK_IN0 + i]) {
			in[i] = at;
			move[i] = step;
		} else {
			memset(operand + i * step, *at, step);
		}
	}
	for (; left >= step; left -= step) {
		codes(state, in[0], in[1], out, step);
		in[0] += move[0];
		in[1] += move[1];
		out += step;
	}
	if (!left)
		return;
	for (u32 i = 0; i < 2; i++)
		if (move[i])
			memcpy(operand + i * step, in[i], left);
	codes(state, operand, operand + step, out, left);
}

/**
 * npum_walk_vectors() - compute a tile of an op that npum_walk_is_dense(), vector by vector
 * @x: where data lies
 * @op: the op
 * @tile: number of the tile
 * @codes: computes one vector
 * @state: given to @codes
 * @operand: room for two vectors, for elements that repeat and for the last ones
 * @step: elements of a vector
 */
static __always_inline void npum_walk_vectors(const struct npum_exec *x, const struct vnpu_op *op,
					      u32 tile, npum_codes_fn *codes, const void *state,
					      u8 *operand, u32 step)
{
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		npum_run_vectors(&w, codes, state, operand, step);
	} while (npum_walk_next(&w));
}

#endif /* NPUM_ELEMENTWISE_H */
