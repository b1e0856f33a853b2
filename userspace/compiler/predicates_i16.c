// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints on ops of int16 codes. */
#include <math.h>

#include "npum_requant.h"
#include "predicates.h"
#include "unary.h"
#include "wide.h"

bool npuc_holds_sigmoid_scale(struct npuc_query *q)
{
	float scale = npuc_scale(q->in, 0);

	return (scale >= 0x1p-40f && scale < 0x1p16f) || npuc_no(q, "%g", (double)scale);
}

bool npuc_holds_rising(struct npuc_query *q)
{
	float factors[2];

	npuc_leaky_factors(q->op, q->in, q->out, factors);
	return factors[1] >= 0 || npuc_no(q, "%g", (double)factors[1]);
}

bool npuc_holds_add_shifts(struct npuc_query *q)
{
	struct npuc_sum sum;

	if (!npuc_add_shifts(q->g, q->op, &sum))
		return true;
	/* The runtime refuses others, too. */
	return (sum.m[0].shift <= 0 && sum.m[1].shift <= 0 &&
		(sum.m[0].shift == 0 || sum.m[1].shift == 0) &&
		sum.m[0].shift + sum.m[1].shift >= NPUM_SHIFT_MIN) ||
	       npuc_no(q, "2^%d and 2^%d of it", sum.m[0].shift, sum.m[1].shift);
}

bool npuc_holds_softmax_points(struct npuc_query *q)
{
	double factor = npuc_softmax_points_factor(q->op, q->in);

	return (factor > 0 && npuc_factor_fits(q, factor)) || npuc_no(q, "%g", factor);
}
