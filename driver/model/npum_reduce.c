// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Reductions: mean over any axes, index of the greatest along the channels. */
#include "npum_counters.h"
#include "npum_kernels.h"
#include "npum_reduce.h"
#include "npum_requant.h"

#define WIDTH NPUM_REDUCE_WIDTH
/* What a block, and what a row of its input, costs beside the channels. */
#define BLOCK_COST 32u
#define ROW_COST 8u

void npum_mean_cut(struct npum_grid *g, const struct vnpu_op *op)
{
	bool channels = op->p.axes & VNPU_AXIS_C;
	u32 row = channels ? op->in[0].shape[3] : min(op->out.shape[3], WIDTH);
	u32 rows = channels ? op->p.count / row : op->p.count;

	npum_grid_cut(g, &op->out, WIDTH, BLOCK_COST + (u64)rows * (ROW_COST + row));
}

void npum_mean_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	npum_mean_cut(&g, op);
	plan->tiles = npum_grid_tiles(&g);
}

/* Rows of bytes whose sum a 16-bit lane holds: 257 * 255 < 2^16. */
#define LANE_ROWS 257u
#define LANES 0x00ff00ff00ff00ffull

/*
 * Adds @rows rows of bytes, @stride apart, to the sums of their @count columns.  Eight
 * columns at a time: words, which every machine has, hold four 16-bit lanes, one those of
 * columns of even number and one the others.
 */
static void sum_columns(const u8 *row, size_t stride, u32 rows, u32 count, s32 flip, u32 *acc)
{
	const u64 flips = flip ? 0x8080808080808080ull : 0;
	u32 done, c;

	for (; rows; rows -= done, row += done * stride) {
		done = min(rows, LANE_ROWS);
		for (c = 0; c + 8 <= count; c += 8) {
			u64 even = 0, odd = 0, word;

			for (u32 i = 0; i < done; i++) {
				memcpy(&word, row + i * stride + c, sizeof(word));
				word ^= flips;
				even += word & LANES;
				odd += word >> 8 & LANES;
			}
			for (u32 i = 0; i < 8; i += 2) {
				acc[c + i] += (u32)(even >> 8 * i & 0xffff);
				acc[c + i + 1] += (u32)(odd >> 8 * i & 0xffff);
			}
		}
		for (; c < count; c++)
			for (u32 i = 0; i < done; i++)
				acc[c] += (u32)(row[i * stride + c] ^ flip);
		for (c = 0; c < count; c++)
			acc[c] -= (u32)flip * done;
	}
}

/* Sums over any axes but the channels, which are columns; axes that lie in one line are one. */
static void sum_rows(const struct vnpu_tensor *in, const u8 *first, const u32 size[VNPU_MAX_RANK],
		     u32 acc[WIDTH])
{
	u32 length[] = { 1, 1, 1 };
	size_t step[] = { 0, 0, 0 };
	u32 k = ARRAY_SIZE(length);

	for (u32 d = ARRAY_SIZE(length); d-- > 0;) {
		if (size[d] == 1)
			continue;
		if (k < ARRAY_SIZE(length) && in->stride[d] == length[k] * step[k]) {
			length[k] *= size[d];
			continue;
		}
		k--;
		length[k] = size[d];
		step[k] = in->stride[d];
	}
	for (u32 i = 0; i < length[0]; i++)
		for (u32 j = 0; j < length[1]; j++)
			sum_columns(first + i * step[0] + j * step[1], step[2], length[2], size[3],
				    npum_flip(in), acc);
}

/* Sums of one output block; wrapping, as hostile shapes can pass 31 bits. */
static __always_inline void sum_block(const struct npum_exec *x, const struct vnpu_op *op,
				      const struct npum_block *b, u32 acc[WIDTH],
				      struct npum_counters *n)
{
	const struct vnpu_tensor *in = &op->in[0];
	const u8 *base = npum_address(x, in) + npum_offset(in, b->n, b->h, b->w, b->c);
	s32 flip = npum_flip(in);
	u32 size[VNPU_MAX_RANK] = { 1, 1, 1, b->count }, at[VNPU_MAX_RANK - 1];

	for (u32 d = 0; d < VNPU_MAX_RANK; d++)
		if (op->p.axes & (1u << d))
			size[d] = in->shape[d];
	if (!n && !(op->p.axes & VNPU_AXIS_C)) {
		sum_rows(in, base, size, acc);
		return;
	}

	for (at[0] = 0; at[0] < size[0]; at[0]++) {
		for (at[1] = 0; at[1] < size[1]; at[1]++) {
			for (at[2] = 0; at[2] < size[2]; at[2]++) {
				const u8 *row = base + npum_offset(in, at[0], at[1], at[2], 0);

				for (u32 c = 0; c < size[3]; c++) {
					u32 *sum = &acc[op->p.axes & VNPU_AXIS_C ? 0 : c];
					s32 v = npum_code(row[c], flip);

					npum_count_acc(n, (s64)(s32)*sum + v, 32);
					*sum += (u32)v;
				}
			}
		}
	}
}

static __always_inline void mean(const struct npum_exec *x, const struct npum_personality *p,
				 const struct vnpu_op *op, u32 tile, void *scratch,
				 struct npum_counters *n)
{
	u32 centre = (u32)op->in[0].zero_point * op->p.count;
	s32 offset = npum_wrap_add(op->out.zero_point, op->p.offset);
	u8 *out = npum_address(x, &op->out);
	struct npum_grid g;

	npum_mean_cut(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		u8 *to = out + npum_offset(&op->out, b.n, b.h, b.w, b.c);
		u32 acc[WIDTH] = { 0 };

		sum_block(x, op, &b, acc, n);
		for (u32 i = 0; i < b.count; i++) {
			s32 v = (s32)(acc[i] - centre);

			npum_count_acc(n, (s64)(s32)acc[i] - (s32)centre, 32);
			npum_count_requant(n, p->mean, v, op->p.mult[2], op->p.shift[2]);
			v = npum_requant(p->mean, v, op->p.mult[2], op->p.shift[2]);
			v = npum_wrap_add(v, offset);
			npum_count_clamp(n, v, op->p.clamp);
			to[i] = (u8)npum_saturate(v, op->p.clamp);
		}
	}
}

NPUM_COUNTED(npum_mean, npum_mean_counting, mean)

static void cut_arg_max(struct npum_grid *g, const struct vnpu_op *op)
{
	npum_grid_cut(g, &op->out, 1, BLOCK_COST + op->in[0].shape[3]);
}

void npum_arg_max_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	struct npum_grid g;

	cut_arg_max(&g, op);
	plan->tiles = npum_grid_tiles(&g);
}

void npum_arg_max(const struct npum_exec *x, const struct npum_personality *p,
		  const struct vnpu_op *op, u32 tile, void *scratch)
{
	const struct vnpu_tensor *in = &op->in[0];
	s32 flip = npum_flip(in);
	struct npum_grid g;

	cut_arg_max(&g, op);
	for (u32 unit = tile * g.per_tile; unit < npum_grid_end(&g, tile); unit++) {
		struct npum_block b = npum_grid_block(&g, unit);
		const u8 *row = npum_address(x, in) + npum_offset(in, b.n, b.h, b.w, 0);
		u8 *to = npum_address(x, &op->out) + npum_offset(&op->out, b.n, b.h, b.w, 0);
		s32 best = S32_MIN, index = 0;

		for (u32 c = 0; c < in->shape[3]; c++) {
			s32 v = npum_code(row[c], flip);

			if (v > best) {
				best = v;
				index = (s32)c;
			}
		}
		*(s32 *)(void *)to = index;
	}
}
