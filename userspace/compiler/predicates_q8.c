// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Constraints on functions of one code. */
#include <math.h>

#include "predicates.h"
#include "unary.h"

bool npuc_holds_signed_codes(struct npuc_query *q)
{
	return q->in->type != NPUC_TYPE_UINT8 ||
	       npuc_no(q, "input 0 is %s", npuc_type_name(q->in->type));
}

bool npuc_holds_leaky_factors(struct npuc_query *q)
{
	float factors[2];

	npuc_leaky_factors(q->op, q->in, q->out, factors);
	return npuc_factor_fits(q, (double)factors[0]) &&
	       npuc_factor_fits(q, fabs((double)factors[1]));
}

bool npuc_holds_rsqrt_factor(struct npuc_query *q)
{
	return npuc_factor_fits(q, npuc_rsqrt_factor(q->in, q->out));
}

/* LiteRT fails above; far below, its 16-bit shifts pass their word. */
bool npuc_holds_swish_factors(struct npuc_query *q)
{
	float factor = npuc_hard_swish_factor(q->in, q->out);

	return (factor < 1.0f && factor >= 0x1p-14f && npuc_scale(q->in, 0) >= 0x1p-20f &&
		npuc_scale(q->in, 0) < 0x1p12f) ||
	       npuc_no(q, "%g and %g", (double)npuc_scale(q->in, 0), (double)npuc_scale(q->out, 0));
}
