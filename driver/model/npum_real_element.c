// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* UNARY, BINARY and CAST, on floating point and on integers. */
#include "npum_kernels.h"
#include "npum_real_rows.h"
#include "npum_walk.h"
#include "npum_whole.h"

#define STEP NPUM_REAL_STEP

/**
 * struct operands - scratch: some elements of each operand
 * @real: in binary32
 * @whole: in 64 bits
 */
struct operands {
	union {
		float real[3][STEP];
		s64 whole[3][STEP];
	};
};

#ifndef NPUM_VARIANT
void npum_element_plan(const struct vnpu_op *op, struct npum_op_plan *plan)
{
	npum_walk_plan(op, plan);
	plan->scratch_bytes = round_up((u32)sizeof(struct operands), NPUM_SCRATCH_ALIGN);
	plan->fpu = true;
}
#endif

/* The element number @i of the walk's run in an operand. */
static u8 *element(const struct npum_walk *w, enum npum_walk_operand operand, u32 i)
{
	return w->at[operand] + (size_t)i * w->step[operand];
}

static void store_truth(const float *v, u8 *to, u32 step, u32 count)
{
	for (u32 i = 0; i < count; i++)
		to[(size_t)i * step] = v[i] != 0.0f;
}

static void limit(float *v, u32 count, float low, float high)
{
	for (u32 i = 0; i < count; i++)
		v[i] = npum_real_between(v[i], low, high);
}

static void real_element(const struct npum_exec *x, const struct npum_personality *p,
			 const struct vnpu_op *op, u32 tile, void *scratch, npum_real_row_fn *row)
{
	bool binary = op->opcode == VNPU_OP_BINARY, truth = !npum_real_dtype(op->out.dtype);
	struct operands *rows = scratch;
	struct npum_real_row r = {
		.x = rows->real[0],
		.y = rows->real[1],
		.to = rows->real[2],
		.alpha = npum_real(op->p.alpha),
		.beta = npum_real(op->p.beta),
	};
	float low = npum_real(op->p.real_clamp[0]), high = npum_real(op->p.real_clamp[1]);
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		for (u32 i = 0; i < w.run; i += r.count) {
			u8 *out = element(&w, NPUM_WALK_OUT, i);

			r.count = min(w.run - i, STEP);
			npum_real_load(p, op->in[0].dtype, element(&w, NPUM_WALK_IN0, i),
				       w.step[NPUM_WALK_IN0], rows->real[0], r.count);
			if (binary)
				npum_real_load(p, op->in[1].dtype, element(&w, NPUM_WALK_IN1, i),
					       w.step[NPUM_WALK_IN1], rows->real[1], r.count);
			row(&r);
			if (truth) {
				store_truth(r.to, out, w.step[NPUM_WALK_OUT], r.count);
				continue;
			}
			if (binary) {
				npum_real_count(x->counters, p, op->out.dtype, r.to, r.count, low,
						high);
				limit(r.to, r.count, low, high);
			} else {
				npum_real_count_free(x->counters, p, op->out.dtype, r.to, r.count);
			}
			npum_real_store(p, op->out.dtype, r.to, out, w.step[NPUM_WALK_OUT],
					r.count);
		}
	} while (npum_walk_next(&w));
}

static void whole_element(const struct npum_exec *x, const struct vnpu_op *op, u32 tile,
			  struct operands *rows)
{
	bool binary = op->opcode == VNPU_OP_BINARY;
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		u32 count;

		for (u32 i = 0; i < w.run; i += count) {
			s64 *a = rows->whole[0], *b = rows->whole[1];

			count = min(w.run - i, STEP);
			npum_whole_load(op->in[0].dtype, element(&w, NPUM_WALK_IN0, i),
					w.step[NPUM_WALK_IN0], a, count);
			if (binary)
				npum_whole_load(op->in[1].dtype, element(&w, NPUM_WALK_IN1, i),
						w.step[NPUM_WALK_IN1], b, count);
			npum_whole_apply(op->p.mode, a, binary ? b : NULL, count);
			npum_whole_store(op->out.dtype, a, element(&w, NPUM_WALK_OUT, i),
					 w.step[NPUM_WALK_OUT], count);
		}
	} while (npum_walk_next(&w));
}

void npum_element(const struct npum_exec *x, const struct npum_personality *p,
		  const struct vnpu_op *op, u32 tile, void *scratch)
{
	if (npum_real_dtype(op->in[0].dtype))
		real_element(x, p, op, tile, scratch, npum_real_rows[op->p.mode]);
	else
		whole_element(x, op, tile, scratch);
}

/* Towards zero, saturating at the range of @dtype; what is not a number becomes 0. */
static s64 to_whole(u32 dtype, float v)
{
	s64 low, high;

	npum_whole_range(dtype, &low, &high);
	if (v != v)
		return 0;
	/* All bounds are powers of two, less one: as binary32 the upper ones lie beyond. */
	if (v <= (float)low)
		return low;
	return v >= (float)high ? high : (s64)v;
}

static void cast_row(const struct npum_personality *p, const struct vnpu_op *op, const u8 *in,
		     u32 in_step, u8 *out, u32 out_step, u32 count, struct operands *rows,
		     struct npum_counters *n)
{
	bool from = npum_real_dtype(op->in[0].dtype), to = npum_real_dtype(op->out.dtype);
	float *real = rows->real[0];
	/* behind them */
	s64 *whole = rows->whole[1];

	if (from)
		npum_real_load(p, op->in[0].dtype, in, in_step, real, count);
	else
		npum_whole_load(op->in[0].dtype, in, in_step, whole, count);
	for (u32 i = 0; i < count && from && !to; i++)
		whole[i] = to_whole(op->out.dtype, real[i]);
	for (u32 i = 0; i < count && to && !from; i++)
		real[i] = (float)whole[i];
	if (to) {
		npum_real_count_free(n, p, op->out.dtype, real, count);
		npum_real_store(p, op->out.dtype, real, out, out_step, count);
	} else {
		npum_whole_store(op->out.dtype, whole, out, out_step, count);
	}
}

void npum_cast(const struct npum_exec *x, const struct npum_personality *p,
	       const struct vnpu_op *op, u32 tile, void *scratch)
{
	struct npum_walk w;

	npum_walk_begin(&w, x, op, tile);
	do {
		u32 count;

		for (u32 i = 0; i < w.run; i += count) {
			count = min(w.run - i, STEP);
			cast_row(p, op, element(&w, NPUM_WALK_IN0, i), w.step[NPUM_WALK_IN0],
				 element(&w, NPUM_WALK_OUT, i), w.step[NPUM_WALK_OUT], count,
				 scratch, x->counters);
		}
	} while (npum_walk_next(&w));
}

#undef STEP
