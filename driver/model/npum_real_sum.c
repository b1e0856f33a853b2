// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Sums of products in floating point; see npum_real_sum.h. */
#include "npum_real_sum.h"

#define LANES NPUM_REAL_LANES

/* npum_real_sum_round() of all lanes: one loop for each decision, for vector code. */
static __always_inline void round_lanes(const struct npum_personality *p, double v[LANES])
{
	float f[LANES];

	if (p->real_acc == NPUM_REAL_ACC_BINARY64)
		return;
	if (p->real_acc == NPUM_REAL_ACC_BINARY32) {
		for (u32 i = 0; i < LANES; i++)
			f[i] = (float)v[i];
		for (u32 i = 0; i < LANES && p->real_subnormals == NPUM_REAL_FLUSH; i++)
			f[i] = npum_real_flush(f[i]);
	} else {
		for (u32 i = 0; i < LANES; i++)
			f[i] = npum_real_odd(v[i]);
		if (p->real_round == NPUM_REAL_TRUNCATE)
			for (u32 i = 0; i < LANES; i++)
				f[i] = npum_real_round_half(f[i], true);
		else
			for (u32 i = 0; i < LANES; i++)
				f[i] = npum_real_round_half(f[i], false);
		if (p->real_overflow == NPUM_REAL_SATURATE)
			for (u32 i = 0; i < LANES; i++)
				f[i] = npum_real_saturate(f[i]);
		if (p->real_subnormals == NPUM_REAL_FLUSH)
			for (u32 i = 0; i < LANES; i++)
				f[i] = npum_real_flush_half(f[i]);
	}
	for (u32 i = 0; i < LANES; i++)
		v[i] = (double)f[i];
}

void npum_real_sum_add(const struct npum_personality *p, struct npum_real_sum *s, const float *x,
		       u32 step, const float *w)
{
	double v[LANES], acc[LANES];

	if (step)
		for (u32 i = 0; i < LANES; i++)
			v[i] = (double)x[i] * (double)w[i];
	else
		for (u32 i = 0; i < LANES; i++)
			v[i] = (double)x[0] * (double)w[i];
	if (p->real_width > 1) {
		for (u32 i = 0; i < LANES; i++)
			s->part[i] += v[i];
		if (++s->filled < p->real_width)
			return;
		memcpy(v, s->part, sizeof(v));
		memset(s->part, 0, sizeof(s->part));
		s->filled = 0;
	} else {
		round_lanes(p, v);
	}
	for (u32 i = 0; i < LANES; i++)
		acc[i] = s->acc[i] + v[i];
	round_lanes(p, acc);
	memcpy(s->acc, acc, sizeof(acc));
}

void npum_real_sum_fuse(const struct npum_personality *p, struct npum_real_sum *s, const float *x,
			u32 step, const float *w)
{
	double v[LANES];

	for (u32 i = 0; i < LANES; i++) {
		double product = (double)x[step ? i : 0] * (double)w[i];

		/* a wide accumulator rounds once anyway */
		v[i] = p->real_acc == NPUM_REAL_ACC_BINARY64 ? s->acc[i] + product :
							       npum_real_exact(s->acc[i], product);
	}
	round_lanes(p, v);
	memcpy(s->acc, v, sizeof(v));
}

#undef LANES
