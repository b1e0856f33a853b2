/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Which arithmetic each op of a model gets, where a runtime shares the work with another. */
#ifndef NPUC_DELEGATE_H
#define NPUC_DELEGATE_H

#include "compile.h"

/**
 * npuc_personality() - whose arithmetic an op of the model gets
 * @c: the compilation
 * @number: the op, which holds all its constraints
 *
 * A delegate computes what its library has kernels for and leaves the rest to
 * the runtime's own kernels, op by op.
 *
 * Return: the compilation's personality, or the one that it leaves the op to.
 */
const struct npum_personality *npuc_personality(const struct npuc_compilation *c, uint32_t number);

#endif /* NPUC_DELEGATE_H */
