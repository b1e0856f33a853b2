// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Sums of products in floating point; see npum_real_sum.h. */
#include "npum_real_sum.h"

void npum_real_sum_add(const struct npum_personality *p, struct npum_real_sum *s, const float *x,
		       u32 step, const float *w)
{
	double v[NPUM_REAL_LANES];

	for (u32 i = 0; i < NPUM_REAL_LANES; i++)
		v[i] = (double)x[step ? i : 0] * (double)w[i];
	if (p->real_width > 1) {
		for (u32 i = 0; i < NPUM_REAL_LANES; i++)
			s->part[i] += v[i];
		if (++s->filled < p->real_width)
			return;
		memcpy(v, s->part, sizeof(v));
		memset(s->part, 0, sizeof(s->part));
		s->filled = 0;
	} else {
		for (u32 i = 0; i < NPUM_REAL_LANES; i++)
			v[i] = npum_real_sum_round(p, v[i]);
	}
	for (u32 i = 0; i < NPUM_REAL_LANES; i++)
		s->acc[i] = npum_real_sum_round(p, s->acc[i] + v[i]);
}
