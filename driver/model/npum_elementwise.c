// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Element-wise arithmetic on codes.  A function of one 8-bit code is tabulated
 * for each tile: 256 evaluations instead of one for each element, same bits.
 */
#include "npum_elementwise.h"

#include "npum_counters.h"
#include "npum_float.h"
#include "npum_requant.h"
#include "npum_walk.h"

#define CODES 256u

/**
 * struct add_tables - scratch of ADD and SUB
 * @term: rescaled value of each input, by raw byte
 * @ties: npum_requant_ties() of that, where somebody counts
 */
struct add_tables {
	s32 term[2][CODES];
	u8 ties[2][CODES];
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

/* Their sums in integers know of roundings to the nearest only. */
bool npum_sum_handles(const struct npum_personality *p, const struct vnpu_op *op)
{
	return p->add != NPUM_ROUND_TRUNCATE && p->add != NPUM_ROUND_FLOOR &&
	       npum_walk_is_dense(op);
}

/* One input's share of a sum: (q - zero_point) << left_shift, on the common scale. */
static __always_inline void tabulate_term(const struct npum_personality *p,
					  const struct vnpu_op *op, u32 i,
					  struct add_tables *tables, bool count)
{
	const struct vnpu_tensor *in = &op->in[i];
	bool negate = i == 1 && op->opcode == VNPU_OP_SUB;
	s32 flip = npum_flip(in);

	for (u32 byte = 0; byte < CODES; byte++) {
		s32 v = npum_code((u8)byte, flip) - in->zero_point;

		v = npum_shift_left(v, op->p.left_shift);
		if (count)
			tables->ties[i][byte] =
				(u8)npum_requant_ties(p->add, v, op->p.mult[i], op->p.shift[i]);
		v = npum_requant(p->add, v, op->p.mult[i], op->p.shift[i]);
		tables->term[i][byte] = negate ? (s32)(0u - (u32)v) : v;
	}
}

/* NPUM_ADD_FLOAT */
static __always_inline void add_float(const struct npum_exec *x, const struct npum_personality *p,
				      const struct vnpu_op *op, u32 tile, void *scratch,
				      struct npum_counters *n)
{
	s32 zero = npum_folds_zero_point(p, op) ? 0 : op->out.zero_point;
	u32(*term)[CODES] = scratch;
	u32 offset = npum_float_terms(p, op, term);
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *a = w.at[NPUM_WALK_IN0], *b = w.at[NPUM_WALK_IN1];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s32 v = npum_float_sum(offset, term[0][*a], term[1][*b]) + zero;

			if (n)
				n->ties += npum_float_sum_tie(offset, term[0][*a], term[1][*b]);
			npum_count_clamp(n, v, op->p.clamp);
			*out = (u8)npum_saturate(v, op->p.clamp);
			a += w.step[NPUM_WALK_IN0];
			b += w.step[NPUM_WALK_IN1];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

/**
 * struct fused_tables - scratch of NPUM_ADD_FUSED
 * @product: of in[0]'s code and factor, bits of binary64, by raw byte
 * @second: offset and share of in[1], bits of binary32
 */
struct fused_tables {
	u64 product[CODES];
	u32 second[CODES];
};

static_assert(sizeof(struct fused_tables) <= NPUM_ELEMENTWISE_BYTES, "scratch is too small");

/* NPUM_ADD_FUSED */
static __always_inline void add_fused(const struct npum_exec *x, const struct vnpu_op *op, u32 tile,
				      void *scratch, struct npum_counters *n)
{
	struct fused_tables *t = scratch;
	struct npum_walk w;

	npum_fused_terms(op, t->product, t->second);
	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *a = w.at[NPUM_WALK_IN0], *b = w.at[NPUM_WALK_IN1];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s32 v = npum_fused_sum(t->product[*a], t->second[*b]);

			if (n)
				n->ties += npum_fused_sum_tie(t->product[*a], t->second[*b]);
			npum_count_clamp(n, v, op->p.clamp);
			*out = (u8)npum_saturate(v, op->p.clamp);
			a += w.step[NPUM_WALK_IN0];
			b += w.step[NPUM_WALK_IN1];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

static __always_inline void add(const struct npum_exec *x, const struct npum_personality *p,
				const struct vnpu_op *op, u32 tile, void *scratch,
				struct npum_counters *n)
{
	enum npum_rounding rounding = p->add;
	s32 mult = op->p.mult[2], shift = op->p.shift[2];
	struct add_tables *tables = scratch;
	struct npum_walk w;

	if (p->add_form == NPUM_ADD_FLOAT) {
		add_float(x, p, op, tile, scratch, n);
		return;
	}
	if (p->add_form == NPUM_ADD_FUSED) {
		add_fused(x, op, tile, scratch, n);
		return;
	}
	tabulate_term(p, op, 0, tables, n);
	tabulate_term(p, op, 1, tables, n);

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *a = w.at[NPUM_WALK_IN0], *b = w.at[NPUM_WALK_IN1];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			s32 terms[2] = { tables->term[0][*a], tables->term[1][*b] };
			s32 v = npum_wrap_add(terms[0], terms[1]);

			if (n)
				n->ties += tables->ties[0][*a] + tables->ties[1][*b];
			npum_count_acc(n, (s64)terms[0] + terms[1], 32);
			npum_count_requant(n, rounding, v, mult, shift);
			v = npum_requant(rounding, v, mult, shift);
			v = npum_wrap_add(v, op->out.zero_point);
			npum_count_clamp(n, v, op->p.clamp);
			*out = (u8)npum_saturate(v, op->p.clamp);
			a += w.step[NPUM_WALK_IN0];
			b += w.step[NPUM_WALK_IN1];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

NPUM_COUNTED(npum_add, npum_add_counting, add)

static __always_inline void mul(const struct npum_exec *x, const struct npum_personality *p,
				const struct vnpu_op *op, u32 tile, void *scratch,
				struct npum_counters *n)
{
	bool folded = npum_folds_zero_point(p, op);
	u32 zero = folded ? npum_float_bits(op->out.zero_point) : 0;
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

			npum_count_acc(n, v, 32);
			if (folded) {
				if (n)
					n->ties += npum_requant_offset_tie(v, (u32)mult, zero);
				v = npum_requant_offset(v, (u32)mult, zero);
			} else {
				npum_count_requant(n, rounding, v, mult, shift);
				v = npum_requant(rounding, v, mult, shift);
				v = npum_wrap_add(v, op->out.zero_point);
			}
			npum_count_clamp(n, v, op->p.clamp);
			*out = (u8)npum_saturate(v, op->p.clamp);
			a += w.step[NPUM_WALK_IN0];
			b += w.step[NPUM_WALK_IN1];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

NPUM_COUNTED(npum_mul, npum_mul_counting, mul)

static_assert(NPUM_WALK_OUTPUTS <= 0xffff, "a tile's elements are counted in 16 bits");

/* @seen: counts elements by their raw bytes; NULL: nobody wants to know */
static __always_inline void look_up(const struct npum_exec *x, const struct vnpu_op *op, u32 tile,
				    const u8 *table, u16 *seen)
{
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *in = w.at[NPUM_WALK_IN0];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			if (seen)
				seen[*in]++;
			*out = table[*in];
			in += w.step[NPUM_WALK_IN0];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

static __always_inline void lut(const struct npum_exec *x, const struct npum_personality *p,
				const struct vnpu_op *op, u32 tile, void *scratch,
				struct npum_counters *n)
{
	/* the lowest code's byte; the highest one's is before it, with a carry from 0 */
	u8 lowest = (u8)npum_flip(&op->in[0]);
	u16 seen[CODES];

	if (n)
		memset(seen, 0, sizeof(seen));
	look_up(x, op, tile, npum_address(x, &op->in[1]), n ? seen : NULL);
	for (u32 byte = 0; n && byte < CODES; byte++)
		n->values += seen[byte];
	if (n) {
		n->lut_low += seen[lowest];
		n->lut_high += seen[(u8)(lowest - 1)];
	}
}

NPUM_COUNTED(npum_lut, npum_lut_counting, lut)

void npum_lut_pair(const struct npum_exec *x, const struct npum_personality *p,
		   const struct vnpu_op *op, u32 tile, void *scratch)
{
	const u8 *table = npum_address(x, &op->in[2]);
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		const u8 *a = w.at[NPUM_WALK_IN0], *b = w.at[NPUM_WALK_IN1];
		u8 *out = w.at[NPUM_WALK_OUT];

		for (u32 i = 0; i < w.run; i++) {
			*out = table[*a * CODES + *b];
			a += w.step[NPUM_WALK_IN0];
			b += w.step[NPUM_WALK_IN1];
			out += w.step[NPUM_WALK_OUT];
		}
	} while (npum_walk_next(&w));
}

static __always_inline void requantize(const struct npum_exec *x, const struct npum_personality *p,
				       const struct vnpu_op *op, u32 tile, void *scratch,
				       struct npum_counters *n)
{
	s32 mult = op->p.mult[2], shift = op->p.shift[2], flip = npum_flip(&op->in[0]);
	u8 *table = scratch;
	u16 seen[CODES];

	for (u32 byte = 0; byte < CODES; byte++) {
		s32 v = npum_code((u8)byte, flip) - op->in[0].zero_point;

		v = npum_requant(p->requant, v, mult, shift);
		v = npum_wrap_add(v, op->out.zero_point);
		table[byte] = (u8)npum_saturate(v, op->p.clamp);
	}
	if (n)
		memset(seen, 0, sizeof(seen));
	look_up(x, op, tile, table, n ? seen : NULL);
	for (u32 byte = 0; n && byte < CODES; byte++) {
		s32 v = npum_code((u8)byte, flip) - op->in[0].zero_point;
		struct npum_counters one = { 0 };

		npum_count_requant(&one, p->requant, v, mult, shift);
		v = npum_requant(p->requant, v, mult, shift);
		npum_count_clamp(&one, npum_wrap_add(v, op->out.zero_point), op->p.clamp);
		n->values += seen[byte];
		n->ties += seen[byte] * one.ties;
		n->clamped_low += seen[byte] * one.clamped_low;
		n->clamped_high += seen[byte] * one.clamped_high;
	}
}

NPUM_COUNTED(npum_requantize, npum_requantize_counting, requantize)
