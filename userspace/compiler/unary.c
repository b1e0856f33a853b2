// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "unary.h"

#include <math.h>
#include <string.h>

#include "lut.h"
#include "npum_fixed.h"
#include "quantise.h"
#include "tflite.h"

/* Bits that the input of HARD_SWISH is raised by. */
#define SWISH_BITS 7
/* 3.0, where the ramp of HARD_SWISH ends, in units of which 2^15 make it. */
#define SWISH_UNIT (3.0f / 32768.0f)
/* Bits that the reciprocal square root is raised by, to be an integer. */
#define RSQRT_BITS 20

/**
 * struct unary - one operator of one tensor
 * @p: personality
 * @op: the op
 * @in: its input
 * @out: its output
 */
struct unary {
	const struct npum_personality *p;
	const struct npuc_op *op;
	const struct npuc_tensor *in;
	const struct npuc_tensor *out;
};

typedef void fill_fn(const struct unary *u, uint8_t lut[256]);

/* Codes of the output as entries for input code @code. */
static void set(const struct unary *u, uint8_t lut[256], int32_t code, int64_t value)
{
	int32_t range[2];

	npuc_type_range(u->out->type, range);
	value += npuc_zero_point(u->out, 0);
	if (value < range[0])
		value = range[0];
	if (value > range[1])
		value = range[1];
	lut[(uint8_t)code] = (uint8_t)value;
}

typedef int64_t step_fn(const struct unary *u, int32_t q, const void *state);

/* Entries of a function of the code's distance from the zero point. */
static void fill_steps(const struct unary *u, uint8_t lut[256], step_fn *step, const void *state)
{
	int32_t zero = (int32_t)npuc_zero_point(u->in, 0), range[2];

	npuc_type_range(u->in->type, range);
	for (int32_t code = range[0]; code <= range[1]; code++)
		set(u, lut, code, step(u, code - zero, state));
}

static float attribute(uint32_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static float lowest_value(const struct npuc_tensor *t)
{
	int32_t range[2];

	npuc_type_range(t->type, range);
	return (float)(range[0] - (int32_t)npuc_zero_point(t, 0)) * npuc_scale(t, 0);
}

/* Real functions, in binary32 as LUTPopulate() calls them. */

static float elu(float x)
{
	return x < 0 ? expm1f(x) : x;
}

static float gelu(float x)
{
	return 0.5f * x * erfcf(x * (float)-M_SQRT1_2);
}

static float gelu_tanh(float x)
{
	return 0.5f * x *
	       (1 + tanhf((float)(M_2_SQRTPI * M_SQRT1_2) * (x + 0.044715f * x * x * x)));
}

static void fill_exp(const struct unary *u, uint8_t lut[256])
{
	npuc_lut_function(u->p, u->in, u->out, expf, lut);
}

static void fill_elu(const struct unary *u, uint8_t lut[256])
{
	npuc_lut_function(u->p, u->in, u->out, elu, lut);
}

static void fill_gelu(const struct unary *u, uint8_t lut[256])
{
	npuc_lut_function(u->p, u->in, u->out, u->op->attributes.approximate ? gelu_tanh : gelu,
			  lut);
}

/* What has no logarithm gets the lowest value of the output. */
static void fill_log(const struct unary *u, uint8_t lut[256])
{
	int32_t zero = (int32_t)npuc_zero_point(u->in, 0), range[2];
	float inverse = 1 / npuc_scale(u->out, 0);

	npuc_type_range(u->in->type, range);
	for (int32_t code = range[0]; code <= range[1]; code++) {
		float x = npuc_scale(u->in, 0) * (float)(code - zero);
		float y = x <= 0 ? lowest_value(u->out) : logf(x);

		y = fminf(fmaxf(roundf(y * inverse), -0x1p20f), 0x1p20f);
		set(u, lut, code, (int64_t)y);
	}
}

/* ABS: elementwise.cc; no multiplication between equal scales. */
static int64_t step_abs(const struct unary *u, int32_t q, const void *state)
{
	const struct npuc_multiplier *m = state;
	int32_t v = q < 0 ? -q : q;

	return m ? npum_requant(u->p->requant, v, m->mult, m->shift) : v;
}

static void fill_abs(const struct unary *u, uint8_t lut[256])
{
	float s_in = npuc_scale(u->in, 0), s_out = npuc_scale(u->out, 0);
	struct npuc_multiplier m = npuc_multiplier(u->p, u->p->requant, (double)(s_in / s_out));

	fill_steps(u, lut, step_abs, s_in == s_out ? NULL : &m);
}

void npuc_leaky_factors(const struct npuc_op *op, const struct npuc_tensor *in,
			const struct npuc_tensor *out, float factors[2])
{
	factors[0] = npuc_scale(in, 0) / npuc_scale(out, 0);
	factors[1] = npuc_scale(in, 0) * attribute(op->attributes.alpha) / npuc_scale(out, 0);
}

static int64_t step_leaky(const struct unary *u, int32_t q, const void *state)
{
	const struct npuc_multiplier *m = state;

	m += q < 0;
	return npum_requant(u->p->requant, q, m->mult, m->shift);
}

/* XNNPACK: multipliers in units of 2^-bits, halves up. */
static int64_t step_leaky_whole(const struct unary *u, int32_t q, const void *state)
{
	const struct npuc_multiplier *m = state;
	uint32_t bits = u->p->requant_bits;

	m += q < 0;
	return ((int64_t)q * m->mult + (1ll << (bits - 1))) >> bits;
}

static void fill_leaky(const struct unary *u, uint8_t lut[256])
{
	struct npuc_multiplier m[2];
	float factors[2];

	npuc_leaky_factors(u->op, u->in, u->out, factors);
	for (int i = 0; i < 2; i++) {
		m[i] = npuc_multiplier(u->p, u->p->requant, (double)factors[i]);
		if (u->p->requant_bits)
			m[i].mult =
				(int32_t)nearbyintf(ldexpf(factors[i], (int)u->p->requant_bits));
	}
	fill_steps(u, lut, u->p->requant_bits ? step_leaky_whole : step_leaky, m);
}

/* 16-bit arithmetic of gemmlowp. */

static int32_t saturate16(int32_t v)
{
	return v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v;
}

/* DownScaleInt32ToInt16Multiplier() of LiteRT's common.h */
static int32_t narrow(int32_t mult)
{
	return mult >= INT32_MAX - (1 << 15) ? INT16_MAX : (mult + (1 << 15)) >> 16;
}

/* Product of two Q0.15 numbers, halves up: in C, half away and the tie of -1 * -1. */
static int32_t high_mul(int32_t a, int32_t b)
{
	int32_t ab = a * b;

	return a == INT16_MIN && b == INT16_MIN ?
		       INT16_MAX :
		       (ab + (ab >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15);
}

/* The same, truncated. */
static int32_t high_mul_truncating(int32_t a, int32_t b)
{
	return a == INT16_MIN && b == INT16_MIN ? INT16_MAX : a * b / (1 << 15);
}

/**
 * struct swish - HARD_SWISH's factors: significands of 16 bits and exponents
 * @out: from the raised input to the output
 * @ramp: from the raised input to the unit of the ramp
 */
struct swish {
	struct npuc_multiplier out;
	struct npuc_multiplier ramp;
};

float npuc_hard_swish_factor(const struct npuc_tensor *in, const struct npuc_tensor *out)
{
	return (1.0f / (1 << SWISH_BITS)) * npuc_scale(in, 0) / npuc_scale(out, 0);
}

/* x * clamp(x + 3, 0, 6) / 6: x times a ramp from 0 to 1 as Q0.15. */
static int64_t step_swish(const struct unary *u, int32_t q, const void *state)
{
	const struct swish *s = state;
	int32_t raised = q * (1 << SWISH_BITS), ramp = raised;
	int32_t exponent = s->ramp.shift, left = exponent < 16 ? exponent : 16;

	if (exponent > 0)
		ramp = saturate16(ramp * (1 << (left - 1)));
	ramp = high_mul(ramp, s->ramp.mult);
	if (exponent > 0)
		ramp = saturate16(2 * ramp);
	if (exponent < 0)
		ramp = npum_rdbp(ramp, (uint32_t)-exponent);
	ramp = (ramp + (1 << 15)) >> 1;
	return npum_rdbp(high_mul_truncating(ramp, high_mul(raised, s->out.mult)),
			 (uint32_t)-s->out.shift);
}

/* HardSwish() of LiteRT's reference/hard_swish.h, HardSwishPrepare() */
static void fill_hard_swish(const struct unary *u, uint8_t lut[256])
{
	float raised = (1.0f / (1 << SWISH_BITS)) * npuc_scale(u->in, 0);
	struct swish s = {
		.out = npuc_quantise_multiplier(NPUM_ROUND_DOUBLE,
						(double)npuc_hard_swish_factor(u->in, u->out)),
		.ramp = npuc_quantise_multiplier(NPUM_ROUND_DOUBLE, (double)(raised / SWISH_UNIT)),
	};

	s.out.mult = narrow(s.out.mult);
	s.ramp.mult = narrow(s.ramp.mult);
	fill_steps(u, lut, step_swish, &s);
}

double npuc_rsqrt_factor(const struct npuc_tensor *in, const struct npuc_tensor *out)
{
	return 1.0 / (double)(sqrtf(npuc_scale(in, 0)) * npuc_scale(out, 0));
}

/*
 * 1 / sqrt(v) for v = 1 .. 255: five Newton steps x = x * (3 - v * x^2) / 2 on v scaled
 * into [1/4, 1) by an even power of two, with 3 integer bits; then times sqrt(1/2).
 * GetInvSqrtQuantizedMultiplierExp() of LiteRT's common.h.
 */
static struct npuc_multiplier inverse_root(int32_t v)
{
	const int32_t three_halves = (1 << 28) + (1 << 27), half_root_2 = 1518500250;
	int32_t pairs, x = 1 << 28, half;

	if (v <= 1)
		return (struct npuc_multiplier){ .mult = INT32_MAX };
	pairs = (__builtin_clz((uint32_t)v) - 1) / 2 - 1;
	v = (v << 2 * pairs) >> 1;
	half = npum_rdbp(v, 1);
	for (int i = 0; i < 5; i++) {
		int32_t cube = npum_fixed_raise(npum_srdhm(npum_srdhm(x, x), x), 6);

		x = npum_fixed_raise(npum_srdhm(three_halves, x) - npum_srdhm(half, cube), 3);
	}
	x = npum_srdhm(x, half_root_2);
	/* the shift right; below 0 it is one to the left of the significand */
	if (11 - pairs < 0)
		return (struct npuc_multiplier){ .mult = x << (pairs - 11) };
	return (struct npuc_multiplier){ .mult = x, .shift = pairs - 11 };
}

/* Below 0 the runtime refuses to run; at 0 it gives the highest code. */
static int64_t step_rsqrt(const struct unary *u, int32_t q, const void *state)
{
	const struct npuc_multiplier *m = state;
	struct npuc_multiplier r = inverse_root(q);

	if (q <= 0)
		return INT32_MAX;
	return npum_requant(u->p->requant,
			    npum_requant(u->p->requant, 1, r.mult, r.shift + RSQRT_BITS), m->mult,
			    m->shift - RSQRT_BITS);
}

static void fill_rsqrt(const struct unary *u, uint8_t lut[256])
{
	struct npuc_multiplier m =
		npuc_multiplier(u->p, u->p->requant, npuc_rsqrt_factor(u->in, u->out));

	fill_steps(u, lut, step_rsqrt, &m);
}

static const struct {
	uint32_t builtin;
	fill_fn *fill;
} functions[] = {
	{ TFLITE_ABS, fill_abs },
	{ TFLITE_ELU, fill_elu },
	{ TFLITE_EXP, fill_exp },
	{ TFLITE_GELU, fill_gelu },
	{ TFLITE_HARD_SWISH, fill_hard_swish },
	{ TFLITE_LEAKY_RELU, fill_leaky },
	{ TFLITE_LOG, fill_log },
	{ TFLITE_RSQRT, fill_rsqrt },
};

void npuc_unary_lut(const struct npum_personality *p, const struct npuc_graph *g,
		    const struct npuc_op *op, uint8_t lut[256])
{
	const struct unary u = {
		.p = p,
		.op = op,
		.in = npuc_input(g, op, 0),
		.out = npuc_output(g, op),
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (functions[i].builtin == op->builtin)
			functions[i].fill(&u, lut);
}
