/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The list of operators and constraints: a page of the manual, or JSON. */
#ifndef SUPPORTED_OPS_H
#define SUPPORTED_OPS_H

#include "cli.h"
#include "npum_target.h"

/**
 * supported_print() - print what a target takes
 * @cli: the command line; with --json it becomes an object, else reStructuredText
 * @target: whose numbers stand in the sentences
 *
 * Return: &enum cli_exit.
 */
int supported_print(const struct cli *cli, const struct npum_target *target);

#endif /* SUPPORTED_OPS_H */
