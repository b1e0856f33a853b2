/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SOFTMAX_F, for variants that bring their own exponentials. */
#ifndef NPUM_REAL_REDUCE_H
#define NPUM_REAL_REDUCE_H

#include "npum.h"
#include "npum_real_rows.h"
#include "npum_real_sum.h"

/** npum_real_softmax() - a tile of SOFTMAX_F, with @exp for e^x */
void npum_real_softmax(const struct npum_exec *x, const struct npum_personality *p,
		       const struct vnpu_op *op, u32 tile, void *scratch, npum_real_row_fn *exp);

#endif /* NPUM_REAL_REDUCE_H */
