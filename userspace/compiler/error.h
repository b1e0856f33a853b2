/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_ERROR_H
#define NPUC_ERROR_H

#include "npuc.h"

/**
 * npuc_fail() - fill an error and hand the code back, for `return npuc_fail(...)`
 * @error: filled with the formatted line; NULL is allowed
 * @code: negative errno to return
 * @format: as printf(); "FILE: WHAT, WHERE, WHY" without newline
 *
 * Return: @code.
 */
int npuc_fail(struct npuc_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* NPUC_ERROR_H */
