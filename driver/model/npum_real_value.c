// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Elements of floating-point operands; see npum_real_value.h. */
#include "npum_real_value.h"

static inline float load_word(const u8 *from)
{
	float v;

	memcpy(&v, from, sizeof(v));
	return v;
}

static inline u16 load_half(const u8 *from)
{
	u16 h;

	memcpy(&h, from, sizeof(h));
	return h;
}

void npum_real_load(const struct npum_personality *p, u32 dtype, const u8 *__restrict from,
		    u32 step, float *__restrict to, u32 count)
{
	if (dtype == VNPU_DTYPE_FLOAT16) {
		if (step == sizeof(u16))
			for (u32 i = 0; i < count; i++)
				to[i] = npum_real_from_half(load_half(from + i * sizeof(u16)));
		else
			for (u32 i = 0; i < count; i++)
				to[i] = npum_real_from_half(load_half(from + (size_t)i * step));
		return;
	}
	if (step == sizeof(float))
		memcpy(to, from, (size_t)count * sizeof(float));
	else
		for (u32 i = 0; i < count; i++)
			to[i] = load_word(from + (size_t)i * step);
	if (p->real_type == NPUM_REAL_BINARY16)
		for (u32 i = 0; i < count; i++)
			to[i] = npum_real_result(p, true, to[i]);
}

/* Nothing but the nearest number and IEEE 754's own rules. */
static bool is_usual(const struct npum_personality *p)
{
	return p->real_round == NPUM_REAL_EVEN && p->real_overflow == NPUM_REAL_INFINITY &&
	       p->real_subnormals == NPUM_REAL_KEEP;
}

void npum_real_store(const struct npum_personality *p, u32 dtype, const float *__restrict v,
		     u8 *__restrict to, u32 step, u32 count)
{
	bool half = npum_real_narrows(p, dtype);

	if (dtype == VNPU_DTYPE_FLOAT16 && step == sizeof(u16) && is_usual(p)) {
		u16 *halves = (u16 *)(void *)to;

		for (u32 i = 0; i < count; i++)
			halves[i] = npum_half_narrow(npum_real_bits(v[i]));
	} else if (dtype == VNPU_DTYPE_FLOAT16) {
		for (u32 i = 0; i < count; i++)
			*(u16 *)(void *)(to + (size_t)i * step) = npum_real_to_half(p, v[i]);
	} else if (!half && step == sizeof(float) && is_usual(p)) {
		float *words = (float *)(void *)to;

		for (u32 i = 0; i < count; i++)
			words[i] = npum_real_canonical(v[i]);
	} else {
		for (u32 i = 0; i < count; i++)
			*(float *)(void *)(to + (size_t)i * step) = npum_real_result(p, half, v[i]);
	}
}

void npum_real_count_row(struct npum_counters *n, const struct npum_personality *p, u32 dtype,
			 const float *v, u32 count, float low, float high)
{
	bool half = npum_real_narrows(p, dtype);

	n->values += count;
	for (u32 i = 0; i < count; i++) {
		n->clamped_low += v[i] < low;
		n->clamped_high += v[i] > high;
		npum_count_single(n, npum_real_bits(npum_real_result(p, half, v[i])));
	}
}
