/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_REAL_CONSTANT_H
#define NPUC_REAL_CONSTANT_H

#include "edit.h"

/**
 * npuc_real_constant() - a constant's numbers in floating point, as a new constant
 * @e: the edit
 * @tensor: a complete constant of a type that npuc_real_known() takes
 * @type: NPUC_TYPE_FLOAT32, or NPUC_TYPE_FLOAT16: rounded to nearest even
 * @scales: NULL: the tensor's own scales; else those that codes of it have, one per channel
 *	of its last axis, or one
 * @scale_count: entries of @scales
 *
 * Codes are scale * (code - zero point), the product rounded to binary32.
 *
 * Return: its number, NPUC_NONE on failure.
 */
uint32_t npuc_real_constant(struct npuc_edit *e, uint32_t tensor, uint32_t type,
			    const float *scales, uint32_t scale_count);

/** npuc_real_known() - is it a constant of floats, or of integers with their scales? */
bool npuc_real_known(const struct npuc_tensor *t);

#endif /* NPUC_REAL_CONSTANT_H */
