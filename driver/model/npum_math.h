/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Elementary functions of binary32 without libm, the same bits everywhere.
 *
 * Each computes in binary64 and rounds once at the end, so that its error is half
 * a unit in the last place (ulp) and what the binary64 part adds, which the
 * comment of each function states.  No step depends on the compiler's choice:
 * additions and multiplications as written, no contraction, no tables that depend
 * on data.  What is here has no branches either, so that loops over it become
 * vector code, again with the same bits; the rest is in npum_math.c.
 *
 * Not-a-number in gives not-a-number out; which one is the compiler's choice,
 * callers make it canonical.  Only for objects that are built with floating-point
 * registers, see model.mk.
 *
 * Coefficients are minimax fits of ours (Chebyshev nodes, 60 digits).
 */
#ifndef NPUM_MATH_H
#define NPUM_MATH_H

#include "npum_real.h"

/** npum_math_bits() - the bits of a binary64 */
static inline u64 npum_math_bits(double v)
{
	u64 bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

/** npum_math_real() - the binary64 with these bits */
static inline double npum_math_real(u64 bits)
{
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

/* Infinity and not-a-number of both formats */
#define NPUM_MATH_INFINITY __builtin_inff()
#define NPUM_MATH_NAN __builtin_nanf("")

/** npum_math_abs() - magnitude */
static inline double npum_math_abs(double v)
{
	return npum_math_real(npum_math_bits(v) & ~(1ull << 63));
}

/** npum_math_sign_of() - magnitude of @v with the sign of @sign, of binary32 */
static inline float npum_math_sign_of(float v, float sign)
{
	return npum_real((npum_real_bits(v) & 0x7fffffff) | (npum_real_bits(sign) & 0x80000000));
}

/**
 * struct npum_math_exp - e^x as scale * (1 + rest)
 * @scale: a power of two
 * @rest: e^r - 1 with |r| <= ln(2) / 2; good to 2^-50 of itself, however small
 */
struct npum_math_exp {
	double scale;
	double rest;
};

/** npum_math_exp_parts() - e^x, x limited to +-700 */
static inline struct npum_math_exp npum_math_exp_parts(double x)
{
	/* In the neighbourhood of 1.5 * 2^52 the last place is 1. */
	const double whole = 6755399441055744.0, log2_e = 1.4426950408889634;
	/* 42 bits of ln(2), so that k times it is exact, and what they leave */
	const double ln2_high = 0x1.62e42fefa3800p-1, ln2_low = 0x1.ef35793c76730p-45;
	double t, k, r, q;
	u64 scale;

	x = x > 700.0 ? 700.0 : x;
	x = x < -700.0 ? -700.0 : x;
	t = x * log2_e + whole;
	k = t - whole;
	/* k lies in the low bits of t */
	scale = (npum_math_bits(t) << 52) + (1023ull << 52);
	r = (x - k * ln2_high) - k * ln2_low;

	/* (e^r - 1 - r) / r^2 to 2^-47 */
	q = 2.76138068615382881e-7;
	q = q * r + 2.76251155782876293e-6;
	q = q * r + 0.0000248015363886907678;
	q = q * r + 0.000198412087325363831;
	q = q * r + 0.00138888889058815425;
	q = q * r + 0.00833333335372939715;
	q = q * r + 0.041666666666651355;
	q = q * r + 0.166666666666482881;
	q = q * r + 0.5;
	return (struct npum_math_exp){
		.scale = npum_math_real(scale),
		.rest = r + r * r * q,
	};
}

/** npum_math_exp() - e^x to 2^-49, x limited to +-700 */
static inline double npum_math_exp(double x)
{
	struct npum_math_exp e = npum_math_exp_parts(x);

	return e.scale + e.scale * e.rest;
}

/** npum_math_expm1() - e^x - 1 to 2^-47, x limited to +-700 */
static inline double npum_math_expm1(double x)
{
	struct npum_math_exp e = npum_math_exp_parts(x);

	return e.scale * e.rest + (e.scale - 1.0);
}

/**
 * npum_math_log() - natural logarithm to 2^-49
 * @x: normal and positive; for all others the result is just some number
 */
static inline double npum_math_log(double x)
{
	const u64 root_half = 0x3fe6a09e667f3bcd, fraction = (1ull << 52) - 1;
	const double ln2_high = 0x1.62e42fefa3800p-1, ln2_low = 0x1.ef35793c76730p-45;
	/* x = 2^k * m with m of sqrt(1/2) .. sqrt(2); k + 1023 is in the exponent's place */
	u64 above = npum_math_bits(x) - root_half + (1023ull << 52);
	double k = npum_math_real(0x4330000000000000 | above >> 52) - (4503599627370496.0 + 1023);
	double m = npum_math_real((above & fraction) + root_half);
	double s = (m - 1.0) / (m + 1.0), w = s * s, q;

	/* (atanh(s) / s - 1) / s^2 to 2^-60 */
	q = 0.0654338350497408685;
	q = q * w + 0.0663437983428030634;
	q = q * w + 0.0769312010290673894;
	q = q * w + 0.090908978154423766;
	q = q * w + 0.111111111959002347;
	q = q * w + 0.14285714285401615;
	q = q * w + 0.200000000000004388;
	q = q * w + 0.333333333333333332;
	s = s + s;
	return k * ln2_high + (s + (s * w * q + k * ln2_low));
}

/** npum_math_log1p() - log(1 + u) to 2^-48, for 0 <= u < 2^1000; also of not-a-number */
static inline double npum_math_log1p(double u)
{
	double w = 1.0 + u;

	/* what the sum lost, in first order */
	return npum_math_log(w) + (u - (w - 1.0)) / w;
}

/** npum_math_erfc() - 1 - erf(z) to 2^-41, for z >= 0, limited to 26 */
static inline double npum_math_erfc(double z)
{
	double t, q;

	z = z > 26.0 ? 26.0 : z;
	t = (z - 3.75) / (z + 3.75);
	/* e^(z^2) * erfc(z) * (1 + 2 z), which is smooth in t for all z >= 0, to 2^-43 */
	q = -1.30934085297925252e-7;
	q = q * t + 1.28727940030918024e-8;
	q = q * t + 1.52929111907472451e-6;
	q = q * t + -1.08986618368767899e-6;
	q = q * t + -0.0000112175123518948889;
	q = q * t + 0.0000224995268357156031;
	q = q * t + 0.0000515077383362939272;
	q = q * t + -0.000290224735566095787;
	q = q * t + 0.000293767773678256194;
	q = q * t + 0.0017556525845602467;
	q = q * t + -0.00974659183454083749;
	q = q * t + 0.0283622714010104027;
	q = q * t + -0.0586933970717411583;
	q = q * t + 0.092304321900651297;
	q = q * t + -0.108803930227438939;
	q = q * t + 0.0822767384484807417;
	q = q * t + 0.00358541548688865553;
	q = q * t + -0.140240598584855277;
	q = q * t + 1.23751263083782758;
	return npum_math_exp(-z * z) * q / (1.0 + 2.0 * z);
}

/** npum_exp() - e^x; 0.50001 ulp */
static inline float npum_exp(float x)
{
	return (float)npum_math_exp((double)x);
}

/** npum_expm1() - e^x - 1; 0.50001 ulp */
static inline float npum_expm1(float x)
{
	return npum_math_sign_of((float)npum_math_expm1((double)x), x);
}

/** npum_log() - natural logarithm; 0.50001 ulp */
static inline float npum_log(float x)
{
	double y = npum_math_log((double)x);

	y = x > 0.0f ? y : (double)NPUM_MATH_NAN;
	y = x == 0.0f ? -(double)NPUM_MATH_INFINITY : y;
	return x == NPUM_MATH_INFINITY ? x : (float)y;
}

/** npum_logistic() - 1 / (1 + e^-x); 0.50001 ulp */
static inline float npum_logistic(float x)
{
	return (float)(1.0 / (1.0 + npum_math_exp(-(double)x)));
}

/** npum_tanh() - hyperbolic tangent; 0.50001 ulp */
static inline float npum_tanh(float x)
{
	double e = npum_math_expm1(2.0 * npum_math_abs((double)x));

	return npum_math_sign_of((float)(e / (e + 2.0)), x);
}

/** npum_swish() - x / (1 + e^-x); 0.50001 ulp; -0 at minus infinity */
static inline float npum_swish(float x)
{
	double v = x < -200.0f ? -200.0 : (double)x;

	return (float)(v / (1.0 + npum_math_exp(-v)));
}

/** npum_softplus() - log(1 + e^x); 0.50001 ulp */
static inline float npum_softplus(float x)
{
	double y = npum_math_log1p(npum_math_exp((double)x));

	return x > 40.0f ? x : (float)y;
}

/** npum_elu() - x, or @alpha * (e^x - 1) below 0; 0.50001 ulp */
static inline float npum_elu(float x, float alpha)
{
	float y = (float)((double)alpha * npum_math_expm1((double)x));

	return x > 0.0f || x == 0.0f ? x : y;
}

/** npum_erf() - error function; 0.50001 ulp */
static inline float npum_erf(float x)
{
	double z = npum_math_abs((double)x), w = z * z, q;

	/* erf(z) / z to 2^-50 where z < 1/2 */
	q = -0.0000133726915822221387;
	q = q * w + 0.00011993461301850308;
	q = q * w + -0.000854703053024707393;
	q = q * w + 0.00522396251357159992;
	q = q * w + -0.0268661696865849968;
	q = q * w + 0.112837916679654725;
	q = q * w + -0.376126389031481968;
	q = q * w + 1.12837916709551188;
	return npum_math_sign_of((float)(z < 0.5 ? z * q : 1.0 - npum_math_erfc(z)), x);
}

/** npum_gelu() - x * (1 + erf(x / sqrt(2))) / 2; 0.50001 ulp; -0 at minus infinity */
static inline float npum_gelu(float x)
{
	double v = x < -36.0f ? -36.0 : (double)x;
	double tail = 0.5 * npum_math_erfc(npum_math_abs(v) * 0.70710678118654752);

	return (float)(v * (v < 0.0 ? tail : 1.0 - tail));
}

/**
 * npum_gelu_tanh() - x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2
 * @x: any number
 *
 * 0.50001 ulp, of this formula; -0 at minus infinity.
 */
static inline float npum_gelu_tanh(float x)
{
	double v = x < -36.0f ? -36.0 : (double)x;
	double u = 0.79788456080286536 * (v + 0.044715 * (v * v * v));

	return (float)(v / (1.0 + npum_math_exp(-2.0 * u)));
}

/** npum_hard_swish() - x * min(max(x + 3, 0), 6) / 6, each step rounded to binary32 */
static inline float npum_hard_swish(float x)
{
	float gate = x + 3.0f;

	gate = gate < 0.0f ? 0.0f : gate;
	gate = gate > 6.0f ? 6.0f : gate;
	return x * gate / 6.0f;
}

/** npum_round_even() - nearest integer, halves to even; exact */
static inline float npum_round_even(float x)
{
	/* 2^23, in whose neighbourhood the last place is 1 */
	const float whole = 8388608.0f;
	float magnitude = npum_real(npum_real_bits(x) & 0x7fffffff);
	float y = magnitude < whole ? (magnitude + whole) - whole : magnitude;

	return npum_math_sign_of(y, x);
}

/** npum_round_away() - nearest integer, halves away from zero; exact */
static inline float npum_round_away(float x)
{
	float y = npum_round_even(x), rest = x - y;

	y = x > 0.0f && rest == 0.5f ? y + 1.0f : y;
	return x < 0.0f && rest == -0.5f ? y - 1.0f : y;
}

/** npum_floor() - greatest integer not above x; exact */
static inline float npum_floor(float x)
{
	float y = npum_round_even(x);

	return npum_math_sign_of(y > x ? y - 1.0f : y, x);
}

/** npum_ceil() - least integer not below x; exact */
static inline float npum_ceil(float x)
{
	float y = npum_round_even(x);

	return npum_math_sign_of(y < x ? y + 1.0f : y, x);
}

/** npum_trunc() - x without its fraction; exact */
static inline float npum_trunc(float x)
{
	float magnitude = npum_real(npum_real_bits(x) & 0x7fffffff);

	return npum_math_sign_of(npum_floor(magnitude), x);
}

/*
 * Square roots are instructions where the compiler is told so; elsewhere, and in
 * tests, npum_math_sqrt_digits() gives the same bits.
 */
#if defined(__SSE2__) || defined(__aarch64__)
#define NPUM_HAVE_SQRT 1
#else
#define NPUM_HAVE_SQRT 0
#endif

/** npum_math_sqrt_digits() - square root of a binary64, rounded to nearest, digit by digit */
double npum_math_sqrt_digits(double x);

/** npum_math_sqrt() - square root of a binary64, rounded to nearest */
static inline double npum_math_sqrt(double x)
{
#if NPUM_HAVE_SQRT
	return __builtin_sqrt(x);
#else
	return npum_math_sqrt_digits(x);
#endif
}

/** npum_sqrt() - square root, rounded to nearest */
static inline float npum_sqrt(float x)
{
	/* 53 bits are 2 * 24 + 2 and more, so that the second rounding spoils nothing */
	return (float)npum_math_sqrt((double)x);
}

/** npum_rsqrt() - 1 / sqrt(x); 0.50001 ulp */
static inline float npum_rsqrt(float x)
{
	return (float)(1.0 / npum_math_sqrt((double)x));
}

/** npum_pow() - x^y; 0.50001 ulp; special cases as C's pow() */
static inline float npum_pow(float x, float y)
{
	const double infinity = (double)NPUM_MATH_INFINITY;
	double a = npum_math_abs((double)x), log = npum_math_log(a), v;
	float whole = npum_trunc(y), half = npum_trunc(y * 0.5f);
	/* from 2^24 on all are even; infinities are, too */
	bool odd = whole == y && half + half != y;

	log = a == 0.0 ? -infinity : log;
	log = a == infinity ? infinity : log;
	v = npum_math_exp((double)y * log);
	v = a == 1.0 ? 1.0 : v;
	v = x < 0.0f && whole != y && a != infinity ? (double)NPUM_MATH_NAN : v;
	v = odd ? (double)npum_math_sign_of((float)v, x) : v;
	v = x != x || y != y ? (double)NPUM_MATH_NAN : v;
	return x == 1.0f || y == 0.0f ? 1.0f : (float)v;
}

/** npum_sin() - sine of any number, in radians; 0.50001 ulp */
float npum_sin(float x);

/** npum_cos() - cosine of any number, in radians; 0.50001 ulp */
float npum_cos(float x);

/** npum_tan() - tangent of any number, in radians; 0.50001 ulp */
float npum_tan(float x);

/** npum_asin() - arc sine; 0.50001 ulp */
float npum_asin(float x);

/** npum_acos() - arc cosine; 0.50001 ulp */
float npum_acos(float x);

/** npum_atan() - arc tangent; 0.50001 ulp */
float npum_atan(float x);

/** npum_sinh() - hyperbolic sine; 0.50001 ulp */
float npum_sinh(float x);

/** npum_cosh() - hyperbolic cosine; 0.50001 ulp */
float npum_cosh(float x);

/** npum_asinh() - inverse hyperbolic sine; 0.50001 ulp */
float npum_asinh(float x);

/** npum_acosh() - inverse hyperbolic cosine; 0.50001 ulp */
float npum_acosh(float x);

/** npum_atanh() - inverse hyperbolic tangent; 0.50001 ulp */
float npum_atanh(float x);

/** npum_fmod() - remainder of x / y with the sign of x; exact */
float npum_fmod(float x, float y);

#endif /* NPUM_MATH_H */
