/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A part of a model in place of the whole: from some tensors on, up to some. */
#ifndef NPUC_PART_H
#define NPUC_PART_H

#include "graph.h"
#include "npuc.h"

/**
 * npuc_part() - leave what lies between the tensors that were named
 * @scope: names of tensors; without any the graph stays as it is
 * @file: name for error texts
 * @g: just read, constants are folded; changed
 * @error: filled on failure
 *
 * Inputs of the part are the first tensors, in the order of their names, and behind them
 * those inputs of the model that it needs beside.  Ops keep their numbers in the file.
 *
 * Return: 0; -EINVAL when a name fits no tensor or nothing lies between; -ENOMEM.
 */
int npuc_part(const struct npuc_scope *scope, const char *file, struct npuc_graph *g,
	      struct npuc_error *error);

#endif /* NPUC_PART_H */
