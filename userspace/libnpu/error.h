/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPU_ERROR_H
#define NPU_ERROR_H

#include "npu.h"
#include "npum.h"

/**
 * npu_fail() - write an error text
 * @error: where to; NULL: nowhere
 * @code: negative errno
 * @format: as printf(); control characters that come out of it (names from
 *	files are hostile) are replaced, so that the text stays one line
 *
 * Return: @code, so that failing is one statement.
 */
int npu_fail(struct npu_error *error, int code, const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));

/**
 * npu_fail_refused() - write why a program was refused
 * @error: filled on failure
 * @what: whose program, e.g. a file name
 * @why: the validator's verdict
 *
 * Return: -ENOEXEC.
 */
int npu_fail_refused(struct npu_error *error, const char *what, const struct npum_refusal *why);

#endif /* NPU_ERROR_H */
