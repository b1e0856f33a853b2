// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The model's elementary functions against the 64-bit significands of the host's
 * long double libm: every exponent of both signs, the neighbourhood of every
 * power of two, and the range where a function is neither 0 nor 1.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conv_case.h"
#include "npum_math.h"

#define SEED 0x5eed0000011ull
/* random significands for each sign and exponent, and numbers of the range of interest */
#define PER_EXPONENT 120u
#define PER_RANGE 60000u

typedef long double wide;

static wide ref_logistic(wide x)
{
	return 1 / (1 + expl(-x));
}

static wide ref_swish(wide x)
{
	return isinf(x) && x < 0 ? -0.0L : x / (1 + expl(-x));
}

static wide ref_softplus(wide x)
{
	return x > 100 ? x : log1pl(expl(x));
}

static wide ref_elu(wide x)
{
	return x > 0 ? x : expm1l(x);
}

static wide ref_gelu(wide x)
{
	return isinf(x) && x < 0 ? -0.0L : x * erfcl(-x * sqrtl(0.5L)) / 2;
}

/* x * (1 + tanh(u)) / 2 would lose everything below -1 */
static wide ref_gelu_tanh(wide x)
{
	wide u = sqrtl(2 / acosl(-1)) * (x + 0.044715L * x * x * x);

	return isinf(x) && x < 0 ? -0.0L : x / (1 + expl(-2 * u));
}

static wide ref_rsqrt(wide x)
{
	return 1 / sqrtl(x);
}

static float elu(float x)
{
	return npum_elu(x, 1.0f);
}

static float sqrt_digits(float x)
{
	return (float)npum_math_sqrt_digits((double)x);
}

static const struct function {
	const char *name;
	float (*value)(float x);
	wide (*exact)(wide x);
	/* range of interest */
	float low;
	float high;
	/* worst error in ulp that npum_math.h states */
	double bound;
} functions[] = {
	{ "exp", npum_exp, expl, -104, 89, 0.50001 },
	{ "expm1", npum_expm1, expm1l, -20, 89, 0.50001 },
	{ "log", npum_log, logl, 0, 3, 0.50001 },
	{ "logistic", npum_logistic, ref_logistic, -104, 20, 0.50001 },
	{ "tanh", npum_tanh, tanhl, -10, 10, 0.50001 },
	{ "swish", npum_swish, ref_swish, -104, 20, 0.50001 },
	{ "softplus", npum_softplus, ref_softplus, -104, 45, 0.50001 },
	{ "elu", elu, ref_elu, -20, 1, 0.50001 },
	{ "erf", npum_erf, erfl, -4, 4, 0.50001 },
	{ "gelu", npum_gelu, ref_gelu, -15, 6, 0.50001 },
	{ "gelu_tanh", npum_gelu_tanh, ref_gelu_tanh, -12, 6, 0.50001 },
	{ "sqrt", npum_sqrt, sqrtl, 0, 4, 0.5 },
	{ "sqrt by digits", sqrt_digits, sqrtl, 0, 4, 0.5 },
	{ "rsqrt", npum_rsqrt, ref_rsqrt, 0, 4, 0.50001 },
	{ "sin", npum_sin, sinl, -1000, 1000, 0.50001 },
	{ "cos", npum_cos, cosl, -1000, 1000, 0.50001 },
	{ "tan", npum_tan, tanl, -10, 10, 0.50001 },
	{ "asin", npum_asin, asinl, -1, 1, 0.50001 },
	{ "acos", npum_acos, acosl, -1, 1, 0.50001 },
	{ "atan", npum_atan, atanl, -10, 10, 0.50001 },
	{ "sinh", npum_sinh, sinhl, -89, 89, 0.50001 },
	{ "cosh", npum_cosh, coshl, -89, 89, 0.50001 },
	{ "asinh", npum_asinh, asinhl, -10, 10, 0.50001 },
	{ "acosh", npum_acosh, acoshl, 1, 4, 0.50001 },
	{ "atanh", npum_atanh, atanhl, -1, 1, 0.50001 },
	{ "round_even", npum_round_even, rintl, -10, 10, 0 },
	{ "round_away", npum_round_away, roundl, -10, 10, 0 },
	{ "floor", npum_floor, floorl, -10, 10, 0 },
	{ "ceil", npum_ceil, ceill, -10, 10, 0 },
	{ "trunc", npum_trunc, truncl, -10, 10, 0 },
};

/* Distance of @y from the exact value in units of the last place of binary32 there. */
static double ulps(float y, wide exact)
{
	wide unit = 0x1p-149L;
	int e;

	if (isnan(exact) || isnan(y))
		return isnan(exact) && isnan(y) ? 0 : INFINITY;
	if (isinf(exact))
		return (wide)y == exact ? 0 : INFINITY;
	/* beyond the greatest number and half a unit lies infinity */
	if (isinf(y))
		return fabsl(exact) >= 0x1.ffffffp127L && (y > 0) == (exact > 0) ? 0 : INFINITY;
	/* a sign must be right in zeros, too */
	if (!signbit(y) != !signbit(exact))
		return INFINITY;
	if (fabsl(exact) >= 0x1p-126L) {
		frexpl(exact, &e);
		unit = ldexpl(1, e - 24);
	}
	return (double)(fabsl((wide)y - exact) / unit);
}

struct worst {
	double error;
	float at;
};

static void look(const struct function *f, float x, struct worst *worst)
{
	double error = ulps(f->value(x), f->exact((wide)x));

	if (error > worst->error)
		*worst = (struct worst){ .error = error, .at = x };
}

static void check(const struct function *f)
{
	struct worst worst = { 0 };
	u64 random = SEED;

	for (u32 top = 0; top < 512; top++) {
		for (u32 i = 0; i < PER_EXPONENT; i++)
			look(f, npum_real(top << 23 | conv_random(&random) >> 9), &worst);
		for (u32 i = 0; i < 4; i++) {
			look(f, npum_real(top << 23 | i), &worst);
			look(f, npum_real(top << 23 | (0x7fffff - i)), &worst);
		}
	}
	for (u32 i = 0; i < PER_RANGE; i++) {
		float part = (float)(conv_random(&random) >> 8) * 0x1p-24f;

		look(f, f->low + (f->high - f->low) * part, &worst);
	}
	print_message("# %-14s worst error %.6f ulp at %a\n", f->name, worst.error,
		      (double)worst.at);
	if (!(worst.error <= f->bound))
		fail_msg("%s(%a) = %a is %g ulp off, not %g at the most", f->name, (double)worst.at,
			 (double)f->value(worst.at), worst.error, f->bound);
}

static void test_functions(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		check(&functions[i]);
}

static const float specials[] = {
	0,
	-0.0f,
	1,
	-1,
	2,
	-2,
	3,
	-3,
	0.5f,
	-0.5f,
	1.5f,
	-1.5f,
	2.5f,
	-2.5f,
	INFINITY,
	-INFINITY,
	NAN,
	FLT_MAX,
	-FLT_MAX,
	FLT_MIN,
	-FLT_MIN,
	0x1p-149f,
	8388607,
	8388608,
	16777215,
	16777216,
	-16777215,
	-16777216,
	33554436,
	0.3f,
	1e10f,
	-1e10f,
	0x1p-149f,
	-0x1p-149f,
	0x1.fffffep-1f,
	0x1.000002p0f,
	-0x1.000002p0f,
	127,
	-126,
	-150,
};

static void test_pow(void **state)
{
	const size_t n = ARRAY_SIZE(specials);
	double worst = 0, error;
	u64 random = SEED;

	for (size_t i = 0; i < n * n; i++) {
		float x = specials[i / n], y = specials[i % n];

		/* the long double function raises its own NaN sign; only values count */
		error = ulps(npum_pow(x, y), powl((wide)x, (wide)y));
		if (!(error <= 0.50001))
			fail_msg("pow(%a, %a) = %a", (double)x, (double)y, (double)npum_pow(x, y));
	}
	for (u32 i = 0; i < 300000; i++) {
		float x = npum_real(conv_random(&random) & 0x7fffffff), y;

		/* where most results are numbers */
		y = (float)conv_random(&random) * 0x1p-32f * 180 - 90;
		y /= logf(x);
		if (isnan(x) || isnan(y))
			continue;
		if (i % 4 == 0) {
			x = -x;
			y = rintf(y);
		}
		error = ulps(npum_pow(x, y), powl((wide)x, (wide)y));
		if (!(error <= 0.50001))
			fail_msg("pow(%a, %a) = %a is %g ulp off", (double)x, (double)y,
				 (double)npum_pow(x, y), error);
		worst = fmax(worst, error);
	}
	print_message("# pow worst error %.6f ulp\n", worst);
}

static void check_fmod(float x, float y)
{
	float is = npum_fmod(x, y), should = fmodf(x, y);

	if (isnan(is) && isnan(should))
		return;
	if (npum_real_bits(is) != npum_real_bits(should))
		fail_msg("fmod(%a, %a) = %a, not %a", (double)x, (double)y, (double)is,
			 (double)should);
}

static void test_fmod(void **state)
{
	const size_t n = ARRAY_SIZE(specials);
	u64 random = SEED;

	for (size_t i = 0; i < n * n; i++)
		check_fmod(specials[i / n], specials[i % n]);
	for (u32 i = 0; i < 500000; i++)
		check_fmod(npum_real(conv_random(&random)), npum_real(conv_random(&random)));
}

/* In binary64, where every digit of the root counts. */
static void test_sqrt(void **state)
{
	u64 random = SEED;

	for (u32 i = 0; i < 300000; i++) {
		u64 bits = (u64)conv_random(&random) << 32 | conv_random(&random);
		double x = npum_math_real(bits & ~(1ull << 63));

		if (i % 2)
			x = npum_math_real((bits & 0xfffffffffffff) | 0x3ffull << 52);
		/* squares of 53 bits, and their neighbours */
		if (i % 8 == 3)
			x = floor(x * (1 << 26)) * floor(x * (1 << 26)) + (i & 16 ? 0 : 1);
		if (isnan(x))
			continue;
		if (npum_math_bits(npum_math_sqrt_digits(x)) != npum_math_bits(sqrt(x)))
			fail_msg("sqrt(%a) = %a", x, npum_math_sqrt_digits(x));
		assert_true(npum_math_bits(npum_math_sqrt(x)) == npum_math_bits(sqrt(x)));
	}
	for (size_t i = 0; i < ARRAY_SIZE(specials); i++) {
		double is = npum_math_sqrt_digits((double)specials[i]);
		double should = sqrt((double)specials[i]);

		assert_true(npum_math_bits(is) == npum_math_bits(should) ||
			    (isnan(is) && isnan(should)));
	}
}

/* The steps of the formula, in the order in which LiteRT has them. */
static void test_hard_swish(void **state)
{
	u64 random = SEED;

	for (u32 i = 0; i < 100000; i++) {
		float x = (float)(s32)conv_random(&random) * 0x1p-28f;
		float gate = fminf(6, fmaxf(0, x + 3));

		assert_true(npum_hard_swish(x) == x * gate / 6);
	}
	assert_true(isnan(npum_hard_swish(NAN)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_functions),  cmocka_unit_test(test_pow),
		cmocka_unit_test(test_fmod),	   cmocka_unit_test(test_sqrt),
		cmocka_unit_test(test_hard_swish),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-math", tests, NULL, NULL);
}
