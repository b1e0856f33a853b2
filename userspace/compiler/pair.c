// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "pair.h"

#include <math.h>
#include <string.h>

#include "npum_fixed.h"
#include "npum_requant.h"
#include "quantise.h"
#include "tflite.h"

/* Bits that SQUARED_DIFFERENCE and the comparisons raise their inputs by. */
#define DIFFERENCE_BITS 7
#define COMPARE_BITS 8

/**
 * struct pair - one operator of two tensors
 * @rounding: of its rescaling
 * @builtin: which
 * @zero: zero points of the inputs and the output
 * @m: multipliers, what for depends on the operator
 */
struct pair {
	enum npum_rounding rounding;
	uint32_t builtin;
	int32_t zero[3];
	struct npuc_multiplier m[3];
};

typedef int32_t pair_fn(const struct pair *t, int32_t a, int32_t b);
typedef void prepare_fn(struct pair *t, const struct npuc_tensor *const in[2],
			const struct npuc_tensor *out);

static int32_t rescale(const struct pair *t, int32_t v, int i)
{
	return npum_requant(t->rounding, v, t->m[i].mult, t->m[i].shift);
}

static void set_factors(struct pair *t, const double *factors, int count)
{
	for (int i = 0; i < count; i++)
		t->m[i] = npuc_quantise_multiplier(t->rounding, factors[i]);
}

void npuc_difference_factors(const struct npuc_tensor *a, const struct npuc_tensor *b,
			     const struct npuc_tensor *out, double factors[3])
{
	double s_a = (double)npuc_scale(a, 0), s_b = (double)npuc_scale(b, 0);
	double twice_max = 2 * (s_a > s_b ? s_a : s_b);

	factors[0] = s_a / twice_max;
	factors[1] = s_b / twice_max;
	factors[2] =
		twice_max * twice_max / ((1 << 2 * DIFFERENCE_BITS) * (double)npuc_scale(out, 0));
}

/* Prepare() and SquaredDifference() of LiteRT's squared_difference.cc */
static void prepare_difference(struct pair *t, const struct npuc_tensor *const in[2],
			       const struct npuc_tensor *out)
{
	double factors[3];

	npuc_difference_factors(in[0], in[1], out, factors);
	set_factors(t, factors, 3);
}

static int32_t squared_difference(const struct pair *t, int32_t a, int32_t b)
{
	int32_t d = rescale(t, (a - t->zero[0]) * (1 << DIFFERENCE_BITS), 0) -
		    rescale(t, (b - t->zero[1]) * (1 << DIFFERENCE_BITS), 1);

	return rescale(t, d * d, 2) + t->zero[2];
}

void npuc_prelu_factors(const struct npuc_tensor *in, const struct npuc_tensor *slope,
			const struct npuc_tensor *out, double factors[2])
{
	factors[0] = (double)(npuc_scale(in, 0) / npuc_scale(out, 0));
	factors[1] = (double)(npuc_scale(in, 0) * npuc_scale(slope, 0) / npuc_scale(out, 0));
}

/* PreluPrepare() of LiteRT's activations.cc, reference/prelu.h */
static void prepare_prelu(struct pair *t, const struct npuc_tensor *const in[2],
			  const struct npuc_tensor *out)
{
	double factors[2];

	npuc_prelu_factors(in[0], in[1], out, factors);
	set_factors(t, factors, 2);
}

static int32_t prelu(const struct pair *t, int32_t a, int32_t b)
{
	int32_t v = a - t->zero[0];

	v = v >= 0 ? rescale(t, v, 0) : rescale(t, v * (b - t->zero[1]), 1);
	return v + t->zero[2];
}

double npuc_quotient_factor(const struct npuc_tensor *a, const struct npuc_tensor *b,
			    const struct npuc_tensor *out)
{
	return (double)(npuc_scale(a, 0) / (npuc_scale(b, 0) * npuc_scale(out, 0)));
}

static void prepare_quotient(struct pair *t, const struct npuc_tensor *const in[2],
			     const struct npuc_tensor *out)
{
	double factor = npuc_quotient_factor(in[0], in[1], out);

	set_factors(t, &factor, 1);
}

/* a / 2^e, halves away from zero; beyond 31 bits nothing of a 32-bit number is left */
static int32_t quotient_shift(const struct pair *t, int32_t a, int32_t shift)
{
	return shift < -31 ? 0 : npum_requant(t->rounding, a, t->m[0].mult, shift);
}

/*
 * DivElementwise() of LiteRT's div.h, of the divisor's reciprocal with 31 bits, or a
 * quotient in binary32.  A divisor of 0, which LiteRT forbids, gives the greatest quotient.
 */
static int32_t quotient(const struct pair *t, int32_t a, int32_t b)
{
	uint32_t size, over_one, headroom;
	float factor;

	a -= t->zero[0];
	b -= t->zero[1];
	if (b < 0) {
		a = -a;
		b = -b;
	}
	if (!b)
		return a < 0 ? INT16_MIN : a > 0 ? INT16_MAX : t->zero[2];
	if (t->rounding == NPUM_ROUND_FLOAT) {
		memcpy(&factor, &t->m[0].mult, sizeof(factor));
		return (int32_t)fmaxf(fminf(rintf((float)a / (float)b * factor), INT16_MAX),
				      INT16_MIN) +
		       t->zero[2];
	}
	over_one = 31 - (uint32_t)__builtin_clz((uint32_t)b);
	size = (uint32_t)(a < 0 ? -a : a);
	headroom = !a ? 31 : (uint32_t)__builtin_clz(a < 0 ? 2 * size - 1 : size) - (a > 0);
	b = npum_fixed_reciprocal((int32_t)(((uint32_t)b << (31 - over_one)) - (1u << 31)),
				  NPUM_FIXED_NEWTON);
	a = npum_srdhm((int32_t)((uint32_t)a << headroom), b);
	return quotient_shift(t, a, t->m[0].shift - (int32_t)(over_one + headroom)) + t->zero[2];
}

/* ComparisonQuantized() of LiteRT's comparisons.cc: both inputs in units of 2^-8 */
static void prepare_comparison(struct pair *t, const struct npuc_tensor *const in[2],
			       const struct npuc_tensor *out)
{
	for (int i = 0; i < 2; i++)
		t->m[i] = npuc_quantise_multiplier(t->rounding, (double)npuc_scale(in[i], 0));
	t->zero[2] = 0;
}

static int32_t comparison(const struct pair *t, int32_t a, int32_t b)
{
	int32_t x = rescale(t, (a - t->zero[0]) * (1 << COMPARE_BITS), 0);
	int32_t y = rescale(t, (b - t->zero[1]) * (1 << COMPARE_BITS), 1);

	switch (t->builtin) {
	case TFLITE_EQUAL:
		return x == y;
	case TFLITE_NOT_EQUAL:
		return x != y;
	case TFLITE_GREATER:
		return x > y;
	case TFLITE_GREATER_EQUAL:
		return x >= y;
	case TFLITE_LESS:
		return x < y;
	default:
		return x <= y;
	}
}

static const struct {
	uint32_t builtin;
	prepare_fn *prepare;
	pair_fn *f;
} functions[] = {
	{ TFLITE_SQUARED_DIFFERENCE, prepare_difference, squared_difference },
	{ TFLITE_PRELU, prepare_prelu, prelu },
	{ TFLITE_DIV, prepare_quotient, quotient },
	{ TFLITE_EQUAL, prepare_comparison, comparison },
	{ TFLITE_NOT_EQUAL, prepare_comparison, comparison },
	{ TFLITE_GREATER, prepare_comparison, comparison },
	{ TFLITE_GREATER_EQUAL, prepare_comparison, comparison },
	{ TFLITE_LESS, prepare_comparison, comparison },
	{ TFLITE_LESS_EQUAL, prepare_comparison, comparison },
};

/* @range: of the result's codes */
static void tabulate(const struct pair *t, pair_fn *f, const struct npuc_tensor *const in[2],
		     const int32_t range[2], uint8_t lut[VNPU_LUT_PAIR_ENTRIES])
{
	int32_t ranges[2][2];

	npuc_type_range(in[0]->type, ranges[0]);
	npuc_type_range(in[1]->type, ranges[1]);
	for (int32_t a = ranges[0][0]; a <= ranges[0][1]; a++)
		for (int32_t b = ranges[1][0]; b <= ranges[1][1]; b++)
			lut[256 * (uint8_t)a + (uint8_t)b] =
				(uint8_t)npum_saturate(f(t, a, b), range);
}

void npuc_pair_lut(const struct npum_personality *p, const struct npuc_graph *g,
		   const struct npuc_op *op, uint8_t lut[VNPU_LUT_PAIR_ENTRIES])
{
	const struct npuc_tensor *const in[2] = { npuc_input(g, op, 0), npuc_input(g, op, 1) };
	const struct npuc_tensor *out = npuc_output(g, op);
	struct pair t = {
		.rounding = p->requant,
		.builtin = op->builtin,
		.zero = { (int32_t)npuc_zero_point(in[0], 0), (int32_t)npuc_zero_point(in[1], 0),
			  (int32_t)npuc_zero_point(out, 0) },
	};
	int32_t range[2];

	npuc_type_range(out->type == NPUC_TYPE_BOOL ? NPUC_TYPE_UINT8 : out->type, range);
	if (op->attributes.activation)
		npuc_activation_range(out, op->attributes.activation, range);

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (functions[i].builtin != op->builtin)
			continue;
		functions[i].prepare(&t, in, out);
		tabulate(&t, functions[i].f, in, range, lut);
	}
}
