// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * BATCH_MATMUL: products of two matrices that are both computed, in 8-bit codes.  Nothing of
 * them can be packed or summed ahead, so their zero points are taken off here.
 */
#include "npum_acc.h"
#include "npum_counters.h"
#include "npum_kernels.h"
#include "npum_requant.h"
#include "npum_walk.h"

/* Columns of a tile's units, and what one of them costs beside its terms. */
#define COLUMNS 16u
#define COLUMN_COST 16u

static void cut(struct npum_grid *g, const struct vnpu_op *op)
{
	npum_grid_cut(g, &op->out, COLUMNS, (u64)COLUMNS * (op->in[0].shape[3] + COLUMN_COST));
}

void npum_matmul_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut(&g, op);
	plan->tiles = npum_grid_tiles(&g);
}

/**
 * struct factors - the two sides of some elements of a row
 * @row: first code of the left matrix
 * @step: bytes from it to the next of the row
 * @column: first code of the right one
 * @along: bytes from a code of the right one to the next of the same column
 * @across: bytes from a column to the next
 * @flip: of both, see npum_flip()
 * @zero: zero points of both
 * @terms: products of an element
 */
struct factors {
	const u8 *row;
	size_t step;
	const u8 *column;
	size_t along;
	size_t across;
	s32 flip[2];
	s32 zero[2];
	u32 terms;
};

static struct factors factors_of(const struct npum_exec *x, const struct vnpu_op *op,
				 const struct npum_block *b)
{
	const struct vnpu_tensor *left = &op->in[0], *right = &op->in[1];
	bool turned = op->p.mode & VNPU_MATMUL_TRANSPOSED;

	return (struct factors){
		.row = npum_address(x, left) + npum_offset(left, b->n, b->h, b->w, 0),
		.step = left->stride[3],
		.column = npum_address(x, right) +
			  npum_offset(right, b->n, b->h, turned ? b->c : 0, turned ? 0 : b->c),
		.along = right->stride[turned ? 3 : 2],
		.across = right->stride[turned ? 2 : 3],
		.flip = { npum_flip(left), npum_flip(right) },
		.zero = { left->zero_point, right->zero_point },
		.terms = left->shape[3],
	};
}

static __always_inline s32 term(const struct factors *f, u32 k, u32 i)
{
	return (npum_code(f->row[k * f->step], f->flip[0]) - f->zero[0]) *
	       (npum_code(f->column[k * f->along + i * f->across], f->flip[1]) - f->zero[1]);
}

/* Sums that wrap in 32 bits; columns that lie side by side are summed side by side. */
static void sum_plain(const struct factors *f, u32 count, s32 sum[COLUMNS])
{
	u32 acc[COLUMNS] = { 0 };

	if (f->across == 1 && count == COLUMNS) {
		for (u32 k = 0; k < f->terms; k++) {
			s32 v = npum_code(f->row[k * f->step], f->flip[0]) - f->zero[0];
			const u8 *column = f->column + k * f->along;

			for (u32 i = 0; i < COLUMNS; i++)
				acc[i] +=
					(u32)(v * (npum_code(column[i], f->flip[1]) - f->zero[1]));
		}
	} else {
		for (u32 i = 0; i < count; i++)
			for (u32 k = 0; k < f->terms; k++)
				acc[i] += (u32)term(f, k, i);
	}
	for (u32 i = 0; i < count; i++)
		sum[i] = (s32)acc[i];
}

/* The accumulator of the personality, or counted. */
static __always_inline s32 sum_one(const struct npum_personality *p, const struct factors *f, u32 i,
				   struct npum_counters *n)
{
	s64 acc = 0;

	npum_count_acc(n, 0, p->acc_bits);
	for (u32 k = 0; k < f->terms; k++) {
		npum_count_acc(n, acc + term(f, k, i), p->acc_bits);
		acc = npum_acc_add(p, acc, term(f, k, i));
		if (npum_acc_is_plain(p))
			acc = (s32)acc;
	}
	return npum_acc_end(p, acc);
}

static __always_inline void matmul(const struct npum_exec *x, const struct npum_personality *p,
				   const struct vnpu_op *op, u32 tile, void *scratch,
				   struct npum_counters *n)
{
	const s32 mult = op->p.mult[2], shift = op->p.shift[2];
	enum npum_rounding rounding = npum_op_rounding(p, op);
	struct npum_grid g;

	cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		u8 *to = npum_address(x, &op->out) + npum_offset(&op->out, b.n, b.h, b.w, b.c);
		const struct factors f = factors_of(x, op, &b);
		s32 sum[COLUMNS];

		if (!n && npum_acc_is_plain(p))
			sum_plain(&f, b.count, sum);
		else
			for (u32 i = 0; i < b.count; i++)
				sum[i] = sum_one(p, &f, i, n);
		for (u32 i = 0; i < b.count; i++) {
			s32 v = npum_requant(rounding, sum[i], mult, shift);

			npum_count_requant(n, rounding, sum[i], mult, shift);
			v = npum_wrap_add(v, op->out.zero_point);
			npum_count_clamp(n, v, op->p.clamp);
			to[i] = (u8)npum_saturate(v, op->p.clamp);
		}
	}
}

NPUM_COUNTED(npum_matmul, npum_matmul_counting, matmul)
