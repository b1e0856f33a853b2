// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * SVDF_TIME: the second half of a singular value decomposition filter.  Each unit has a
 * memory of its own of what its features were, and weights of its own for it.
 */
#include "npum_counters.h"
#include "npum_kernels.h"
#include "npum_walk.h"

/* What a unit costs beside its terms. */
#define UNIT_COST 16u

static void cut(struct npum_grid *g, const struct vnpu_op *op)
{
	npum_grid_cut(g, &op->out, VNPU_CHANNEL_BLOCK,
		      (u64)VNPU_CHANNEL_BLOCK * (op->in[0].shape[3] + UNIT_COST));
}

void npum_svdf_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut(&g, op);
	plan->tiles = npum_grid_tiles(&g);
}

/* Element @i of a dense row of int8, uint8 or int16 codes, less its zero point. */
static inline s32 term(const struct vnpu_tensor *t, const u8 *row, u32 i)
{
	s16 wide;

	if (t->dtype == VNPU_DTYPE_INT8)
		return (s8)row[i] - t->zero_point;
	if (t->dtype == VNPU_DTYPE_UINT8)
		return row[i] - t->zero_point;
	memcpy(&wide, row + 2 * (size_t)i, sizeof(wide));
	return wide;
}

static __always_inline void svdf_time(const struct npum_exec *x, const struct npum_personality *p,
				      const struct vnpu_op *op, u32 tile, void *scratch,
				      struct npum_counters *n)
{
	const struct vnpu_tensor *memory = &op->in[0], *weights = &op->in[1];
	const struct vnpu_requant_block *tables = (const void *)npum_address(x, &op->in[2]);
	struct npum_grid g;

	cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		const struct vnpu_requant_block *t = &tables[b.c / VNPU_CHANNEL_BLOCK];
		u8 *to = npum_address(x, &op->out) + npum_offset(&op->out, b.n, b.h, b.w, b.c);

		for (u32 i = 0; i < b.count; i++) {
			const u8 *row =
				npum_address(x, memory) + npum_offset(memory, 0, b.w, b.c + i, 0);
			const u8 *by =
				npum_address(x, weights) + npum_offset(weights, 0, 0, b.c + i, 0);
			s32 acc = t->bias[i], mult = t->mult[i], shift = t->shift[i];

			npum_count_acc(n, acc, 32);
			for (u32 k = 0; k < memory->shape[3]; k++) {
				/* 16 bits each: 2^30 at the most */
				s32 product = term(memory, row, k) * term(weights, by, k);

				npum_count_acc(n, (s64)acc + product, 32);
				acc = npum_wrap_add(acc, product);
			}
			npum_count_requant(n, p->requant, acc, mult, shift);
			acc = npum_wrap_add(npum_requant(p->requant, acc, mult, shift),
					    op->out.zero_point);
			npum_count_clamp(n, acc, op->p.clamp);
			to[i] = (u8)npum_saturate(acc, op->p.clamp);
		}
	}
}

NPUM_COUNTED(npum_svdf_time, npum_svdf_time_counting, svdf_time)
