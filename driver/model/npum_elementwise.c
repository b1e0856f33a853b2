// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Element-wise arithmetic on codes.  A function of one 8-bit code is tabulated
 * for each tile: 256 evaluations instead of one for each element, same bits.
 */
#include "npum_elementwise.h"

#include "npum_requant.h"
#include "npum_walk.h"

#define CODES 256u

/**
 * struct add_tables - scratch of ADD and SUB
 * @term: rescaled value of each input, by raw byte
 */
struct add_tables {
	s32 term[2][CODES];
};

static_assert(sizeof(struct add_tables) <= NPUM_ELEMENTWISE_BYTES, "scratch is too small");

void npum_elementwise_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	npum_walk_plan(op, plan);
	plan->scratch_bytes = NPUM_ELEMENTWISE_BYTES;
}

bool npum_elementwise_handles(const struct npum_personality *p, const struct vnpu_op *op)
{
	return npum_walk_is_dense(op);
}

/* Their sums know of integer roundings only. */
bool npum_sum_handles(const struct npum_personality *p, const struct vnpu_op *op)
{
	return npum_op_rounding(p, op) != NPUM_ROUND_FLOAT && npum_walk_is_dense(op);
}

/* One input's share of a sum: (q - zero_point) << left_shift, on the common scale. */
static void tabulate_term(const struct npum_personality *p, const struct vnpu_op *op, u32 i,
			  s32 term[CODES])
{
	const struct vnpu_tensor *in = &op->in[i];
	bool negate = i == 1 && op->opcode == VNPU_OP_SUB;
	s32 flip = npum_flip(in);

	for (u32 byte = 0; byte < CODES; byte++) {
		s32 v = npum_code((u8)byte, flip) - in->zero_point;

		v = npum_shift_left(v, op->p.left_shift);
		v = npum_requant(p->add, v, op->p.mult[i], op->p.shift[i]);
		term[byte] = negate ? (s32)(0u - (u32)v) : v;
	}
}

void npum_add(const struct npum_exec *x, const struct npum_personality *p, const struct vnpu_op *op,
	      u32 tile, void *scratch)
{
	enum npum_rounding rounding = p->add;
	s32 mult = op->p.mult[2], shift = op->p.shift[2];
	struct add_tables *tables = scratch;
	struct npum_walk w;

	tabulate_term(p, op, 0, tables->term[0]);
	tabulate_term(p, op, 1, tables->term[1]);

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *a = w.at[NPUM_WALK_IN0], *b = w.at[NPUM_WALK_IN1];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s32 v = npum_wrap_add(tables->term[0][*a], tables->term[1][*b]);

			v = npum_requant(rounding, v, mult, shift);
			v = npum_wrap_add(v, op->out.zero_point);
			*out = (u8)npum_saturate(v, op->p.clamp);
			a += w.step[NPUM_WALK_IN0];
			b += w.step[NPUM_WALK_IN1];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

void npum_mul(const struct npum_exec *x, const struct npum_personality *p, const struct vnpu_op *op,
	      u32 tile, void *scratch)
{
	enum npum_rounding rounding = p->mul;
	s32 mult = op->p.mult[2], shift = op->p.shift[2];
	s32 zp0 = op->in[0].zero_point, zp1 = op->in[1].zero_point;
	s32 flip0 = npum_flip(&op->in[0]), flip1 = npum_flip(&op->in[1]);
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *a = w.at[NPUM_WALK_IN0], *b = w.at[NPUM_WALK_IN1];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s32 v = (npum_code(*a, flip0) - zp0) * (npum_code(*b, flip1) - zp1);

			v = npum_requant(rounding, v, mult, shift);
			v = npum_wrap_add(v, op->out.zero_point);
			*out = (u8)npum_saturate(v, op->p.clamp);
			a += w.step[NPUM_WALK_IN0];
			b += w.step[NPUM_WALK_IN1];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

static void look_up(const struct npum_exec *x, const struct vnpu_op *op, u32 tile, const u8 *table)
{
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *in = w.at[NPUM_WALK_IN0];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			*out = table[*in];
			in += w.step[NPUM_WALK_IN0];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

void npum_lut(const struct npum_exec *x, const struct npum_personality *p, const struct vnpu_op *op,
	      u32 tile, void *scratch)
{
	look_up(x, op, tile, npum_address(x, &op->in[1]));
}

void npum_requantize(const struct npum_exec *x, const struct npum_personality *p,
		     const struct vnpu_op *op, u32 tile, void *scratch)
{
	s32 flip = npum_flip(&op->in[0]);
	u8 *table = scratch;

	for (u32 byte = 0; byte < CODES; byte++) {
		s32 v = npum_code((u8)byte, flip) - op->in[0].zero_point;

		v = npum_requant(p->requant, v, op->p.mult[2], op->p.shift[2]);
		v = npum_wrap_add(v, op->out.zero_point);
		table[byte] = (u8)npum_saturate(v, op->p.clamp);
	}
	look_up(x, op, tile, table);
}
