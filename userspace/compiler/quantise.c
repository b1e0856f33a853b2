// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "quantise.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "npum_requant.h"
#include "tflite.h"

struct npuc_multiplier npuc_quantise_multiplier(enum npum_rounding rounding, double factor)
{
	struct npuc_multiplier m = { 0 };
	int64_t fixed;
	int shift;

	if (factor == 0)
		return m;
	if (rounding == NPUM_ROUND_FLOAT) {
		float narrow = (float)factor;

		memcpy(&m.mult, &narrow, sizeof(narrow));
		return m;
	}
	fixed = (int64_t)round(frexp(factor, &shift) * (double)(1ll << 31));
	if (fixed == 1ll << 31) {
		fixed /= 2;
		shift++;
	}
	if (shift < -31)
		return m;
	if ((rounding == NPUM_ROUND_SINGLE || rounding == NPUM_ROUND_AWAY) && shift > 30) {
		shift = 30;
		fixed = (1ll << 31) - 1;
	}
	m.mult = (int32_t)fixed;
	m.shift = shift;
	return m;
}

/* A significand in [2^30, 2^31) with its last bits gone, as &enum npum_mult_round says. */
static int64_t narrow_significand(enum npum_mult_round form, int64_t fixed, uint32_t drop)
{
	int64_t last = (int64_t)1 << drop, kept;

	if (form == NPUM_MULT_NEAREST)
		fixed += last / 2;
	kept = fixed & -last;
	return form == NPUM_MULT_UP ? kept + last : kept;
}

struct npuc_multiplier npuc_multiplier(const struct npum_personality *p,
				       enum npum_rounding rounding, double factor)
{
	struct npuc_multiplier m;
	int64_t fixed;

	if (p->factors == NPUM_FACTORS_BINARY32)
		factor = (double)(float)factor;
	m = npuc_quantise_multiplier(rounding, factor);
	if (rounding == NPUM_ROUND_FLOAT || p->mult_bits == 31 || !m.mult)
		return m;
	fixed = narrow_significand(p->mult_round, m.mult, 31 - p->mult_bits);
	if (fixed == 1ll << 31) {
		/* beyond the greatest exponent that devices take, the one below it must do */
		if (m.shift == NPUM_SHIFT_MAX)
			return m;
		fixed /= 2;
		m.shift++;
	}
	m.mult = (int32_t)fixed;
	return m;
}

void npuc_type_range(uint32_t type, int32_t range[2])
{
	static const int32_t ranges[][2] = {
		[NPUC_TYPE_INT32] = { INT32_MIN, INT32_MAX },
		[NPUC_TYPE_UINT8] = { 0, UINT8_MAX },
		[NPUC_TYPE_INT16] = { INT16_MIN, INT16_MAX },
		[NPUC_TYPE_INT8] = { INT8_MIN, INT8_MAX },
	};

	memcpy(range, ranges[type], sizeof(ranges[type]));
}

bool npuc_activation_range(const struct npuc_tensor *t, uint32_t activation, int32_t range[2])
{
	static const float bounds[][2] = {
		[NPUC_ACTIVATION_NONE] = { -INFINITY, INFINITY },
		[NPUC_ACTIVATION_RELU] = { 0, INFINITY },
		[NPUC_ACTIVATION_RELU_N1_TO_1] = { -1, 1 },
		[NPUC_ACTIVATION_RELU6] = { 0, 6 },
	};
	int64_t zero = npuc_zero_point(t, 0);

	npuc_type_range(t->type, range);
	for (int i = 0; i < 2; i++) {
		float bound = bounds[activation][i], steps;
		int64_t code;

		if (isinf(bound))
			continue;
		steps = roundf(bound / npuc_scale(t, 0));
		if (!(fabsf(steps) <= (float)INT32_MAX))
			return false;
		code = zero + (int64_t)steps;
		if (i == 0 && code > range[0])
			range[0] = (int32_t)(code < INT32_MAX ? code : INT32_MAX);
		if (i == 1 && code < range[1])
			range[1] = (int32_t)(code > INT32_MIN ? code : INT32_MIN);
	}
	return range[0] <= range[1];
}

double npuc_conv_factor(enum npum_rounding rounding, enum npum_factors factors,
			const struct npuc_op *op, const struct npuc_tensor *in,
			const struct npuc_tensor *weights, const struct npuc_tensor *out,
			uint32_t c)
{
	float s_in = npuc_scale(in, 0), s_w = npuc_scale(weights, c), s_out = npuc_scale(out, 0);
	bool dense = op->builtin == TFLITE_FULLY_CONNECTED;
	bool narrow = dense ? rounding != NPUM_ROUND_AWAY && weights->quant.count == 1 :
			      in->type == NPUC_TYPE_UINT8;

	if (rounding == NPUM_ROUND_FLOAT || factors == NPUM_FACTORS_BINARY32)
		return (double)(s_in * s_w / s_out);
	if (narrow)
		return (double)(s_in * s_w) / (double)s_out;
	return (double)s_in * (double)s_w / (double)s_out;
}

double npuc_mul_factor(const struct npuc_tensor *a, const struct npuc_tensor *b,
		       const struct npuc_tensor *out)
{
	return (double)(npuc_scale(a, 0) * npuc_scale(b, 0) / npuc_scale(out, 0));
}

double npuc_matmul_factor(const struct npum_personality *p, const struct npuc_tensor *a,
			  const struct npuc_tensor *b, const struct npuc_tensor *out)
{
	float product = npuc_scale(a, 0) * npuc_scale(b, 0);

	return p->factors == NPUM_FACTORS_BINARY32 ? (double)(product / npuc_scale(out, 0)) :
						     (double)product / (double)npuc_scale(out, 0);
}

uint32_t npuc_add_left_shift(const struct npuc_tensor *out)
{
	return out->type == NPUC_TYPE_INT16 ? 15 : 20;
}

void npuc_add_factors(const struct npuc_tensor *a, const struct npuc_tensor *b,
		      const struct npuc_tensor *out, double factors[3])
{
	double s_a = (double)npuc_scale(a, 0), s_b = (double)npuc_scale(b, 0);
	double twice_max = 2 * (s_a > s_b ? s_a : s_b);

	factors[0] = s_a / twice_max;
	factors[1] = s_b / twice_max;
	factors[2] = twice_max / ((1 << npuc_add_left_shift(out)) * (double)npuc_scale(out, 0));
}

/* Both ratios as integers of 2^21 at the most: the larger one has 21 bits. */
static void whole_multipliers(const struct npuc_tensor *a, const struct npuc_tensor *b,
			      const struct npuc_tensor *out, struct npuc_sum *sum)
{
	float s_out = npuc_scale(out, 0);
	float ratio[2] = { npuc_scale(a, 0) / s_out, npuc_scale(b, 0) / s_out };
	int shift = 20 - ilogbf(fmaxf(ratio[0], ratio[1]));

	/* x * 2^22 * ratio * 2^9 * 2^-31: no bit is lost before the sum. */
	sum->left_shift = 22;
	for (int i = 0; i < 2; i++) {
		sum->m[i].mult = (int32_t)nearbyint(ldexp((double)ratio[i], shift)) << 9;
		sum->m[i].shift = 0;
	}
	/* the sum times 2^-shift */
	sum->m[2].mult = 1 << 30;
	sum->m[2].shift = 1 - shift;
}

/* Both factors in binary32. */
static void float_multipliers(const struct npuc_tensor *a, const struct npuc_tensor *b,
			      const struct npuc_tensor *out, struct npuc_sum *sum)
{
	float s_out = npuc_scale(out, 0);

	*sum = (struct npuc_sum){ 0 };
	sum->m[0] = npuc_quantise_multiplier(NPUM_ROUND_FLOAT, (double)(npuc_scale(a, 0) / s_out));
	sum->m[1] = npuc_quantise_multiplier(NPUM_ROUND_FLOAT, (double)(npuc_scale(b, 0) / s_out));
}

/*
 * The larger scale is weight 255 of a convolution over both inputs, the other one what is
 * nearest to it in such units; the sum is rescaled as a convolution's.
 */
static void weight_multipliers(const struct npum_personality *p, const struct npuc_tensor *a,
			       const struct npuc_tensor *b, const struct npuc_tensor *out,
			       struct npuc_sum *sum)
{
	float s_out = npuc_scale(out, 0), s_a = npuc_scale(a, 0), s_b = npuc_scale(b, 0);
	float ratio = s_a / s_b, unit = fmaxf(ratio, 1) / 255;
	float weight[2] = { nearbyintf(ratio / unit), nearbyintf(1 / unit) };

	/* x * 2^22 * weight * 2^9 * 2^-31: no bit is lost before the sum. */
	sum->left_shift = 22;
	for (int i = 0; i < 2; i++) {
		sum->m[i].mult = (int32_t)weight[i] << 9;
		sum->m[i].shift = 0;
	}
	sum->m[2] = npuc_multiplier(p, p->add, (double)(s_b * unit / s_out));
}

void npuc_add_multipliers(const struct npum_personality *p, const struct npuc_tensor *a,
			  const struct npuc_tensor *b, const struct npuc_tensor *out,
			  struct npuc_sum *sum)
{
	double factors[3];

	if (p->add_form == NPUM_ADD_WHOLE && out->type != NPUC_TYPE_INT16) {
		whole_multipliers(a, b, out, sum);
		return;
	}
	if (npum_adds_in_float(p)) {
		float_multipliers(a, b, out, sum);
		return;
	}
	if (p->add_form == NPUM_ADD_WEIGHTS && out->type != NPUC_TYPE_INT16) {
		weight_multipliers(p, a, b, out, sum);
		return;
	}
	npuc_add_factors(a, b, out, factors);
	for (int i = 0; i < 3; i++)
		sum->m[i] = npuc_multiplier(p, p->add, factors[i]);
	sum->left_shift = npuc_add_left_shift(out);
}

struct npuc_multiplier npuc_requantise_multiplier(const struct npum_personality *p,
						  const struct npuc_tensor *in,
						  const struct npuc_tensor *out)
{
	float s_in = npuc_scale(in, 0), s_out = npuc_scale(out, 0);

	if (!p->requant_bits || in->type == NPUC_TYPE_INT16 || out->type == NPUC_TYPE_INT16)
		return npuc_multiplier(p, p->requant, (double)s_in / (double)s_out);
	return (struct npuc_multiplier){
		.mult = (int32_t)nearbyintf(ldexpf(s_in / s_out, (int)p->requant_bits)),
		.shift = 31 - (int32_t)p->requant_bits,
	};
}

double npuc_softmax_factor(enum npum_rounding rounding, const struct npuc_op *op,
			   const struct npuc_tensor *in)
{
	double most = (double)(1ll << (rounding == NPUM_ROUND_SINGLE ? 30 : 31)) - 1.0;
	double factor;
	float beta;

	memcpy(&beta, &op->attributes.beta, sizeof(beta));
	factor = (double)beta * (double)npuc_scale(in, 0) * (1 << (31 - NPUC_SOFTMAX_BITS));
	return factor < most ? factor : most;
}

int32_t npuc_softmax_diff_min(int32_t shift)
{
	double radius = 1.0 * ((1 << NPUC_SOFTMAX_BITS) - 1) *
			(double)(1ll << (31 - NPUC_SOFTMAX_BITS)) / (double)(1ll << shift);

	return (int32_t)-floor(radius);
}

struct npuc_multiplier npuc_mean_multiplier(enum npum_rounding rounding, double factor,
					    uint32_t count)
{
	struct npuc_multiplier m = npuc_quantise_multiplier(rounding, factor);
	int shift = 63 - __builtin_clzll(count);

	if (shift > 32)
		shift = 32;
	if (shift > 31 + m.shift)
		shift = 31 + m.shift;
	m.mult = (int32_t)(((int64_t)m.mult << shift) / count);
	m.shift -= shift;
	return m;
}

double npuc_mean_float(const struct npuc_tensor *in, const struct npuc_tensor *out, uint32_t count)
{
	return (double)(npuc_scale(in, 0) / npuc_scale(out, 0) / (float)count);
}

struct npuc_raw_mean npuc_raw_mean(enum npum_rounding rounding, const struct npuc_tensor *in,
				   const struct npuc_tensor *out, uint32_t count)
{
	/* Beyond it the output saturates whatever the sum is. */
	const float most = 0x1p30f;
	float s_in = npuc_scale(in, 0), s_out = npuc_scale(out, 0);
	float zero = (float)npuc_zero_point(in, 0) * s_in / s_out;

	zero += zero > 0 ? 0.5f : -0.5f;
	zero = fminf(fmaxf(zero, -most), most);
	return (struct npuc_raw_mean){
		.m = npuc_quantise_multiplier(rounding, (double)(s_in / ((float)count * s_out))),
		.offset = -(int32_t)zero,
	};
}

void npuc_softmax_table(const struct npuc_op *op, const struct npuc_tensor *in, float table[256])
{
	float beta;

	memcpy(&beta, &op->attributes.beta, sizeof(beta));
	for (int d = 0; d < 256; d++)
		table[d] = expf(-npuc_scale(in, 0) * beta * (float)d);
}

void npuc_softmax_quotient(const struct npuc_tensor *in, uint32_t count, float table[256])
{
	double scale = (double)npuc_scale(in, 0);
	double room = (double)logf(FLT_MAX / (float)count) - 5;
	double shift = fmax(0, room) / scale;

	for (int d = 0; d < 256; d++)
		table[d] = (float)exp(((double)-d + shift) * scale);
}
