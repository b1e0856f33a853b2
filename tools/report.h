/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* JSON that the tool prints: one object per command, with a common header. */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>
#include <stdint.h>

#include "cli.h"

/** REPORT_SCHEMA_VERSION - raised when a key changes its meaning or goes away */
#define REPORT_SCHEMA_VERSION 1

/**
 * report_new() - an object that says what it is
 * @type: e.g. "npu-bench"; becomes "artifact_type"
 */
json_t *report_new(const char *type);

/**
 * report_print() - print an object on stdout and drop the reference
 * @cli: the command line, for error texts
 * @report: the object; NULL: memory ran out while it was built
 * @code: what to return when all went well
 *
 * Return: @code, or CLI_DEVICE when the object could not be printed.
 */
int report_print(const struct cli *cli, json_t *report, int code);

/** report_text() - an object as text ending in a newline; release with free(); NULL: no memory */
char *report_text(const json_t *report);

/** report_string() - a JSON string; what is no UTF-8 has '?' for its bytes above 127 */
json_t *report_string(const char *text);

/** report_real() - a JSON number; null for what JSON has no number for */
json_t *report_real(double value);

/** report_shape() - a JSON array of @rank numbers */
json_t *report_shape(const uint32_t *shape, uint32_t rank);

#endif /* REPORT_H */
