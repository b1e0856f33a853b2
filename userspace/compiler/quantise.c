// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "quantise.h"

#include <math.h>
#include <string.h>

#include "tflite.h"

struct npuc_multiplier npuc_quantise_multiplier(enum npum_rounding rounding, double factor)
{
	struct npuc_multiplier m = { 0 };
	int64_t fixed;
	int shift;

	if (factor == 0)
		return m;
	fixed = (int64_t)round(frexp(factor, &shift) * (double)(1ll << 31));
	if (fixed == 1ll << 31) {
		fixed /= 2;
		shift++;
	}
	if (shift < -31)
		return m;
	if (rounding != NPUM_ROUND_DOUBLE && shift > 30) {
		shift = 30;
		fixed = (1ll << 31) - 1;
	}
	m.mult = (int32_t)fixed;
	m.shift = shift;
	return m;
}

void npuc_type_range(uint32_t type, int32_t range[2])
{
	range[0] = type == NPUC_TYPE_UINT8 ? 0 : INT8_MIN;
	range[1] = type == NPUC_TYPE_UINT8 ? UINT8_MAX : INT8_MAX;
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

double npuc_conv_factor(const struct npuc_op *op, const struct npuc_tensor *in,
			const struct npuc_tensor *weights, const struct npuc_tensor *out,
			uint32_t c)
{
	float s_in = npuc_scale(in, 0), s_w = npuc_scale(weights, c), s_out = npuc_scale(out, 0);

	if (in->type == NPUC_TYPE_UINT8 && op->builtin != TFLITE_FULLY_CONNECTED)
		return (double)(s_in * s_w) / (double)s_out;
	return (double)s_in * (double)s_w / (double)s_out;
}

double npuc_mul_factor(const struct npuc_tensor *a, const struct npuc_tensor *b,
		       const struct npuc_tensor *out)
{
	return (double)(npuc_scale(a, 0) * npuc_scale(b, 0) / npuc_scale(out, 0));
}

void npuc_add_factors(const struct npuc_tensor *a, const struct npuc_tensor *b,
		      const struct npuc_tensor *out, double factors[3])
{
	double s_a = (double)npuc_scale(a, 0), s_b = (double)npuc_scale(b, 0);
	double twice_max = 2 * (s_a > s_b ? s_a : s_b);

	factors[0] = s_a / twice_max;
	factors[1] = s_b / twice_max;
	factors[2] = twice_max / ((1 << NPUC_ADD_LEFT_SHIFT) * (double)npuc_scale(out, 0));
}

double npuc_softmax_factor(enum npum_rounding rounding, const struct npuc_op *op,
			   const struct npuc_tensor *in)
{
	double most = (double)(1ll << (rounding == NPUM_ROUND_DOUBLE ? 31 : 30)) - 1.0;
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

static uint8_t clamp_code(uint32_t type, float code)
{
	int32_t range[2];

	npuc_type_range(type, range);
	if (!(code > (float)range[0]))
		return (uint8_t)range[0];
	if (code > (float)range[1])
		return (uint8_t)range[1];
	return (uint8_t)(int32_t)code;
}

void npuc_lut_function(const struct npuc_tensor *in, const struct npuc_tensor *out,
		       float (*f)(float), uint8_t lut[256])
{
	float scale = npuc_scale(in, 0), inverse = 1 / npuc_scale(out, 0);
	int32_t zero = (int32_t)npuc_zero_point(in, 0);
	int32_t range[2];

	npuc_type_range(in->type, range);
	for (int32_t code = range[0]; code <= range[1]; code++) {
		float value = scale * (float)(code - zero);
		float steps = roundf(f(value) * inverse);

		lut[(uint8_t)code] = clamp_code(out->type, steps + (float)npuc_zero_point(out, 0));
	}
}

void npuc_lut_rescale(const struct npuc_tensor *in, const struct npuc_tensor *out, uint8_t lut[256])
{
	float inverse = 1.f / npuc_scale(out, 0);
	float scale = npuc_scale(in, 0) * inverse;
	float bias = (float)-npuc_zero_point(in, 0) * scale;

	for (int32_t code = 0; code < 256; code++) {
		float steps = roundf((float)code * scale + bias);

		lut[code] = clamp_code(out->type, steps + (float)npuc_zero_point(out, 0));
	}
}
