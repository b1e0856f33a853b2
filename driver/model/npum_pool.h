/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Windows of pools. */
#ifndef NPUM_POOL_H
#define NPUM_POOL_H

#include "npum.h"

/**
 * struct npum_pool_taps - rows or columns of a window that lie on the input
 * @first: the first of them
 * @end: behind the last
 */
struct npum_pool_taps {
	u32 first;
	u32 end;
};

/** npum_pool_taps() - those of output row (@axis 0) or column (1) number @at */
static inline struct npum_pool_taps npum_pool_taps(const struct vnpu_op *op, u32 axis, u32 at)
{
	/* Window rows count from the first row of padding, input rows from behind it. */
	u32 begin = at * op->p.stride[axis], end = begin + op->p.kernel[axis];
	u32 pad = op->p.pad[axis], size = op->in[0].shape[axis + 1];

	return (struct npum_pool_taps){
		.first = max(begin, pad) - pad,
		.end = min(end, size + pad) - pad,
	};
}

#endif /* NPUM_POOL_H */
