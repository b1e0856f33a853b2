/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Passes that make another graph of the one that is compiled. */
#ifndef NPUC_REGRAPH_H
#define NPUC_REGRAPH_H

#include "compile.h"
#include "edit.h"

/**
 * npuc_regraph() - let a new graph take the old one's place, if the device takes its ops as well
 * @c: the compilation, whose ops have their places
 * @e: the new graph, complete; is ended
 * @to: filled with it; belongs to the compilation, whatever comes of it
 *
 * Where more ops would run on the CPU than before, all stays as it was.
 *
 * Return: 0 or -ENOMEM with the error filled.
 */
int npuc_regraph(struct npuc_compilation *c, struct npuc_edit *e, struct npuc_graph *to);

#endif /* NPUC_REGRAPH_H */
