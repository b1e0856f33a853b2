/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Integers of any dtype without scales: brought into 64 bits, computed there
 * wrapping, cut to their dtype.  No floating point.
 */
#ifndef NPUM_WHOLE_H
#define NPUM_WHOLE_H

#include "npum.h"

/**
 * npum_whole_range() - lowest and highest number of an integer dtype
 * @dtype: the dtype
 * @low: set
 * @high: set
 */
void npum_whole_range(u32 dtype, s64 *low, s64 *high);

/**
 * npum_whole_load() - bring elements into 64 bits
 * @dtype: any integer dtype
 * @from: first element
 * @step: bytes between elements; 0 repeats the first
 * @to: @count numbers
 * @count: how many
 */
void npum_whole_load(u32 dtype, const u8 *from, u32 step, s64 *to, u32 count);

/**
 * npum_whole_store() - cut numbers to a dtype, wrapping, and write them
 * @dtype: any integer dtype
 * @v: @count numbers
 * @to: first element
 * @step: bytes between elements
 * @count: how many
 */
void npum_whole_store(u32 dtype, const s64 *v, u8 *to, u32 step, u32 count);

/**
 * npum_whole_apply() - a = function(a, b)
 * @function: a &enum vnpu_function of integers
 * @a: left operands and results
 * @b: right operands; not read by unary functions
 * @count: how many
 */
void npum_whole_apply(u32 function, s64 *a, const s64 *b, u32 count);

#endif /* NPUM_WHOLE_H */
