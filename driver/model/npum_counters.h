/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What an op's arithmetic met on its way: clamped outputs, ties, the reach of its
 * accumulators.  Kernels are written once, always inlined, with a pointer to
 * counters; NPUM_COUNTED() makes two of each, one of which knows at compile
 * time that nobody counts and is what it was without any of this.
 *
 * Counts are sums over elements and one maximum: they depend neither on how an
 * op is cut into tiles nor on who computes them.
 */
#ifndef NPUM_COUNTERS_H
#define NPUM_COUNTERS_H

#include "npum.h"
#include "npum_requant.h"

/**
 * struct npum_counters - counts of one op, or of some tiles of it
 * @values: output elements that were counted over; 0: the op has nothing to count
 * @clamped_low: outputs that the op's clamp raised
 * @clamped_high: outputs that it lowered
 * @ties: roundings of a requantisation that had exactly one half to decide
 * @overflows: additions whose sum the accumulator could not hold
 * @infs: infinities among floating-point values
 * @nans: values among these that are not numbers
 * @lut_low: look-ups of a table's first entry, or before it
 * @lut_high: look-ups of its last entry, or behind it
 * @acc_sizes: all sums' sizes, or-ed: of s >= 0 the bits of s, else those of ~s
 */
struct npum_counters {
	u64 values;
	u64 clamped_low;
	u64 clamped_high;
	u64 ties;
	u64 overflows;
	u64 infs;
	u64 nans;
	u64 lut_low;
	u64 lut_high;
	u64 acc_sizes;
};

/** npum_counters_add() - add the counts of @part to @sum */
void npum_counters_add(struct npum_counters *sum, const struct npum_counters *part);

/**
 * struct npum_op_counters - the counts of an op as its user gets them
 * @values: as in &struct npum_counters
 * @clamped_low: likewise
 * @clamped_high: likewise
 * @ties: likewise
 * @overflows: likewise
 * @infs: likewise
 * @nans: likewise
 * @lut_low: likewise
 * @lut_high: likewise
 * @acc_bits: bits of the narrowest two's complement accumulator that would hold every
 *	sum; 0: nothing was accumulated
 * @pad: zero
 *
 * The layout of &struct drm_vnpu_op_counters and &struct npu_op_counters.
 */
struct npum_op_counters {
	u64 values;
	u64 clamped_low;
	u64 clamped_high;
	u64 ties;
	u64 overflows;
	u64 infs;
	u64 nans;
	u64 lut_low;
	u64 lut_high;
	u32 acc_bits;
	u32 pad;
};

/** npum_counters_tell() - fill @told from the counts of all tiles of an op */
void npum_counters_tell(const struct npum_counters *n, struct npum_op_counters *told);

/* In all of these @n may be NULL: then they do nothing. */

/** npum_count_clamp() - an output element, @v before its clamp */
static __always_inline void npum_count_clamp(struct npum_counters *n, s64 v, const s32 limit[2])
{
	if (!n)
		return;
	n->values++;
	n->clamped_low += v < limit[0];
	n->clamped_high += v > limit[1];
}

/** npum_count_tie() - a rounding; @tie: had it exactly one half to decide? */
static __always_inline void npum_count_tie(struct npum_counters *n, bool tie)
{
	if (n)
		n->ties += tie;
}

/**
 * npum_count_acc() - a sum on its way into an accumulator
 * @n: counters
 * @sum: its exact value
 * @width: bits of the accumulator, 1..64
 *
 * Call it for the first value, too.  The lowest bit of acc_sizes tells that
 * there was any, hence the shift.
 */
static __always_inline void npum_count_acc(struct npum_counters *n, s64 sum, u32 width)
{
	u64 size = (u64)(sum < 0 ? ~sum : sum);

	if (!n)
		return;
	n->acc_sizes |= size << 1 | 1;
	n->overflows += size >> (width - 1) != 0;
}

/* A floating-point value by its bits: magnitude against that of infinity. */
static __always_inline void npum_count_real(struct npum_counters *n, u32 magnitude, u32 inf)
{
	if (!n)
		return;
	n->infs += magnitude == inf;
	n->nans += magnitude > inf;
}

/** npum_count_single() - a binary32 value, by its bits */
static __always_inline void npum_count_single(struct npum_counters *n, u32 bits)
{
	npum_count_real(n, bits & 0x7fffffff, 0x7f800000);
}

/** npum_count_half() - a binary16 value, by its bits */
static __always_inline void npum_count_half(struct npum_counters *n, u32 bits)
{
	npum_count_real(n, bits & 0x7fff, 0x7c00);
}

/** npum_is_half() - are the last @bits bits of @v, 0..63 of them, exactly half of their unit? */
static inline bool npum_is_half(s64 v, u32 bits)
{
	return bits && ((u64)v & ((1ull << bits) - 1)) == 1ull << (bits - 1);
}

/** npum_requant_ties() - roundings of npum_requant() that have exactly one half to decide */
u32 npum_requant_ties(enum npum_rounding rounding, s32 x, s32 mult, s32 shift);

/** npum_count_requant() - npum_requant() of these arguments */
static __always_inline void npum_count_requant(struct npum_counters *n, enum npum_rounding rounding,
					       s32 x, s32 mult, s32 shift)
{
	if (n)
		n->ties += npum_requant_ties(rounding, x, mult, shift);
}

/**
 * NPUM_COUNTED() - the two kernels of an op, as npum_tile_fn
 * @plain: name of the one that does not count
 * @counting: name of the one that adds to the caller's npum_exec.counters
 * @body: always inlined; an npum_tile_fn with &struct npum_counters behind, which
 *	is NULL in @plain
 */
#define NPUM_COUNTED(plain, counting, body)                                        \
	void plain(const struct npum_exec *x, const struct npum_personality *p,    \
		   const struct vnpu_op *op, u32 tile, void *scratch)              \
	{                                                                          \
		body(x, p, op, tile, scratch, NULL);                               \
	}                                                                          \
	void counting(const struct npum_exec *x, const struct npum_personality *p, \
		      const struct vnpu_op *op, u32 tile, void *scratch)           \
	{                                                                          \
		struct npum_counters n = { 0 };                                    \
		body(x, p, op, tile, scratch, &n);                                 \
		npum_counters_add(x->counters, &n);                                \
	}

#endif /* NPUM_COUNTERS_H */
