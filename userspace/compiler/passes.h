/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The passes of the compiler, one row of passes.def each. */
#ifndef NPUC_PASSES_H
#define NPUC_PASSES_H

#include "compile.h"

/** enum npuc_pass_id - rows of passes.def */
enum npuc_pass_id {
#define NPUC_PASS(id, name, run, level, text) NPUC_PASS_##id,
#include "passes.def"
};

/** npuc_pass_counts() - are outputs other numbers with this pass, in their last bits? */
static inline bool npuc_pass_counts(enum npuc_pass_id id)
{
	return id == NPUC_PASS_FUSE_NORM;
}

/**
 * npuc_pass_on() - is a pass to be run?
 * @c: the compilation
 * @id: the pass
 *
 * With tensors kept apart no optional pass is, as they make tensors disappear; but for what
 * decides about the numbers.
 */
static inline bool npuc_pass_on(const struct npuc_compilation *c, enum npuc_pass_id id)
{
	return (!c->keep_all || npuc_pass_counts(id)) && !(c->disabled >> id & 1);
}

/** npuc_passes_run() - run all passes in turn; 0 or what the first that failed returned */
int npuc_passes_run(struct npuc_compilation *c);

#endif /* NPUC_PASSES_H */
