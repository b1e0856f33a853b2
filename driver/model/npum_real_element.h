/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* UNARY and BINARY of floating point, for variants that bring their own rows. */
#ifndef NPUM_REAL_ELEMENT_H
#define NPUM_REAL_ELEMENT_H

#include "npum.h"
#include "npum_real_rows.h"

/** npum_real_element() - a tile of UNARY or BINARY whose inputs are floating point */
void npum_real_element(const struct npum_exec *x, const struct npum_personality *p,
		       const struct vnpu_op *op, u32 tile, void *scratch, npum_real_row_fn *row);

#endif /* NPUM_REAL_ELEMENT_H */
