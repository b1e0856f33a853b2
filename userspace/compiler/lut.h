/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Look-up tables of functions of one code, in the design of the personality: what a table's
 * points are, where they lie, and what happens between them.
 */
#ifndef NPUC_LUT_H
#define NPUC_LUT_H

#include <stdint.h>

#include "graph.h"
#include "npum_personality.h"
#include "vnpu_program.h"

/**
 * npuc_lut_function() - table of round(f(value)) over all input codes, LUTPopulate()
 * @p: personality: the design of the table, its lut_* fields.  Of a DIRECT one ties are
 *	rounded as QUANTIZE does; with QUANTIZE_EVEN values are divided by the scale, else
 *	multiplied by its reciprocal
 * @in: input
 * @out: output
 * @f: the function
 * @lut: filled, by the input's byte
 */
void npuc_lut_function(const struct npum_personality *p, const struct npuc_tensor *in,
		       const struct npuc_tensor *out, float (*f)(float), uint8_t lut[256]);

/** npuc_lut_rescale() - table that CONCATENATION of codes converts an input with */
void npuc_lut_rescale(const struct npum_personality *p, const struct npuc_tensor *in,
		      const struct npuc_tensor *out, uint8_t lut[256]);

/**
 * npuc_points() - a function as the VNPU_LUT_POINTS points that LUT_I16 interpolates between
 * @p: personality, of which lut_correction counts
 * @f: the function
 * @low: what code -32768 stands for
 * @high: what code 32767 stands for
 * @step: what one code of the result stands for
 * @points: filled
 *
 * Corrected each point is moved by half of what its chord misses the curve by in the middle:
 * LUTPopulateInt16<double>() of LiteRT's common.h.
 */
void npuc_points(const struct npum_personality *p, double (*f)(double), double low, double high,
		 double step, int16_t points[VNPU_LUT_POINTS]);

#endif /* NPUC_LUT_H */
