// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Elementary functions that are seldom needed in bulk; see npum_math.h. */
#include "npum_math.h"

/*
 * The first 256 bits behind the point of 2 / pi.  In front of them stand three
 * words of zeros, so that every window of 4 words lies inside.
 */
static const u32 two_over_pi[] = {
	0,	    0,		0,	    0xa2f9836e, 0x4e441529, 0xfc2757d1,
	0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561,
};

#define HALF_PI 1.5707963267948966

/**
 * struct angle - an angle reduced to +-pi / 4
 * @quadrant: how many right angles were taken off, modulo 4
 * @rest: what is left, good to 2^-40 of itself
 */
struct angle {
	u32 quadrant;
	double rest;
};

/*
 * Payne and Hanek's reduction, in integers.  |x| = m * 2^e with m of 24 bits.  Of
 * the product m * 2^e * 2 / pi only what is not a multiple of 4 matters: 96 bits
 * of 2 / pi, from the one that has weight 2 in it.  What lies behind them is worth
 * less than 2^-70.  No binary32 comes nearer to a multiple of pi / 2 than 2^-30
 * or so, which leaves 40 good bits.
 */
static struct angle reduce(float x)
{
	u32 bits = npum_real_bits(x) & 0x7fffffff;
	u32 exponent = bits >> 23, m = (bits & 0x7fffff) | 0x800000;
	/* x = m * 2^(exponent - 150); the window begins bit @first behind the point */
	s32 first = (s32)exponent - 150 + 96 - 2;
	u32 word, shift, w[3];
	struct angle a;
	u64 high, low;

	/* |x| < pi / 4, and what has no angle */
	if (bits < 0x3f490fdb || exponent == 255)
		return (struct angle){ .rest = exponent == 255 ? (double)(x - x) : (double)x };

	/* |x| >= pi / 4: exponent >= 126, first >= 70 */
	word = (u32)first / 32;
	shift = (u32)first % 32;
	for (u32 i = 0; i < 3; i++) {
		u64 pair = (u64)two_over_pi[word + i] << 32 | two_over_pi[word + i + 1];

		w[i] = (u32)(pair << shift >> 32);
	}
	/* The product modulo 2^96, in 64 and 32 bits; its top two bits are the quadrant. */
	low = (u64)m * w[2];
	high = ((u64)(m * w[0]) << 32) + (u64)m * w[1] + (low >> 32);
	low = (u32)low;

	/* to the nearest quadrant: what lies below it, as a signed fraction of 94 bits */
	a.quadrant = (u32)((high + (1ull << 61)) >> 62);
	a.rest = (double)(s64)(high << 2 | low >> 30) * 0x1p-64 +
		 (double)(s64)(low & 0x3fffffff) * 0x1p-94;
	a.rest *= HALF_PI;
	if (x < 0.0f) {
		a.quadrant = 0u - a.quadrant;
		a.rest = -a.rest;
	}
	a.quadrant &= 3;
	return a;
}

/* of |r| <= pi / 4, to 2^-50 */
static double sine(double r)
{
	double w = r * r, q;

	q = 1.59181152632659752e-10;
	q = q * w + -2.50511316502351815e-8;
	q = q * w + 2.75573161016178744e-6;
	q = q * w + -0.000198412698367567725;
	q = q * w + 0.00833333333333094729;
	q = q * w + -0.166666666666666646;
	return r + r * w * q;
}

/* of |r| <= pi / 4, to 2^-48 */
static double cosine(double r)
{
	double w = r * r, q;

	q = 2.07005829412713034e-9;
	q = q * w + -2.75563695061806115e-7;
	q = q * w + 0.0000248015852103645504;
	q = q * w + -0.00138888888872766992;
	q = q * w + 0.0416666666666646776;
	return 1.0 - 0.5 * w + w * w * q;
}

static double sine_of(struct angle a)
{
	double v = a.quadrant & 1 ? cosine(a.rest) : sine(a.rest);

	return a.quadrant & 2 ? -v : v;
}

static double cosine_of(struct angle a)
{
	a.quadrant = (a.quadrant + 1) & 3;
	return sine_of(a);
}

float npum_sin(float x)
{
	return x == 0.0f ? x : (float)sine_of(reduce(x));
}

float npum_cos(float x)
{
	return (float)cosine_of(reduce(x));
}

float npum_tan(float x)
{
	struct angle a = reduce(x);

	return x == 0.0f ? x : (float)(sine_of(a) / cosine_of(a));
}

/* of z >= 0, infinity too, to 2^-49 */
static double arc_tangent(double z)
{
	/* tan(pi / 12) and sqrt(3) */
	const double limit = 0.26794919243112271, root3 = 1.7320508075688773;
	bool inverse = z > 1.0;
	double base = 0.0, w, q;

	if (inverse)
		z = 1.0 / z;
	if (z > limit) {
		z = (z * root3 - 1.0) / (z + root3);
		base = 0.52359877559829887; /* pi / 6 */
	}
	w = z * z;
	q = -0.0395679351010608277;
	q = q * w + 0.0571603324989559461;
	q = q * w + -0.0665491269633167707;
	q = q * w + 0.0769181780940184587;
	q = q * w + -0.0909089702465781027;
	q = q * w + 0.111111109435608188;
	q = q * w + -0.142857142845459909;
	q = q * w + 0.199999999999968578;
	q = q * w + -0.333333333333333319;
	z = base + (z + z * w * q);
	return inverse ? HALF_PI - z : z;
}

float npum_atan(float x)
{
	return npum_math_sign_of((float)arc_tangent(npum_math_abs((double)x)), x);
}

float npum_asin(float x)
{
	double z = npum_math_abs((double)x);

	/* 1 - z and 1 + z are exact; beyond 1 the root is not a number */
	z = z / npum_math_sqrt((1.0 - z) * (1.0 + z));
	return npum_math_sign_of((float)arc_tangent(z), x);
}

float npum_acos(float x)
{
	double z = (double)x;

	return (float)(2.0 * arc_tangent(npum_math_sqrt((1.0 - z) / (1.0 + z))));
}

float npum_sinh(float x)
{
	/* with u = e^|x| - 1: (u + u / (1 + u)) / 2 */
	double u = npum_math_expm1(npum_math_abs((double)x));

	return npum_math_sign_of((float)(0.5 * (u + u / (1.0 + u))), x);
}

float npum_cosh(float x)
{
	double e = npum_math_exp((double)x);

	return (float)(0.5 * (e + 1.0 / e));
}

float npum_asinh(float x)
{
	double z = npum_math_abs((double)x), w = z * z;
	/* sqrt(1 + z^2) - 1 without loss */
	double more = w / (1.0 + npum_math_sqrt(1.0 + w));
	double y = npum_math_log1p(z + more);

	return x - x == 0.0f ? npum_math_sign_of((float)y, x) : x;
}

float npum_acosh(float x)
{
	double t = (double)x - 1.0;
	double y = npum_math_log1p(t + npum_math_sqrt(t * (t + 2.0)));

	return x < 1.0f ? NPUM_MATH_NAN : x - x == 0.0f ? (float)y : x;
}

float npum_atanh(float x)
{
	double z = npum_math_abs((double)x);
	double y = 0.5 * npum_math_log1p((z + z) / (1.0 - z));

	if (!(z < 1.0))
		y = z == 1.0 ? (double)NPUM_MATH_INFINITY : (double)NPUM_MATH_NAN;
	return npum_math_sign_of((float)y, x);
}

/* Magnitude as m * 2^(e - 150), e >= 1. */
static u32 significand_of(u32 bits, u32 *e)
{
	u32 exponent = bits >> 23, m = bits & 0x7fffff;

	*e = exponent ? exponent : 1;
	return exponent ? m | 0x800000 : m;
}

float npum_fmod(float x, float y)
{
	u32 a = npum_real_bits(x) & 0x7fffffff, b = npum_real_bits(y) & 0x7fffffff;
	u32 ea, eb, ma = significand_of(a, &ea), mb = significand_of(b, &eb);

	if (a >= 0x7f800000 || b > 0x7f800000 || !b)
		return NPUM_MATH_NAN;
	if (a < b)
		return x;
	/* long division, as many bits at a time as 64 hold; at most 7 rounds */
	while (ea > eb) {
		u32 step = min(ea - eb, 40u);

		ma = (u32)(((u64)ma << step) % mb);
		ea -= step;
	}
	ma %= mb;
	/* the remainder has the scale of y; one that is a multiple of it is 0 */
	return npum_math_sign_of((float)((double)ma * npum_math_real((u64)(eb + 1023 - 150) << 52)),
				 x);
}

double npum_math_sqrt_digits(double x)
{
	u64 bits = npum_math_bits(x), m = bits & ((1ull << 52) - 1), root = 0, rest = 0;
	s32 e = (s32)(bits >> 52) - 1075;

	if (x == 0.0 || x - x != 0.0 || bits >> 63)
		return x == 0.0 || x > 0.0 ? x : (double)NPUM_MATH_NAN;
	if (e == -1075) {
		e++;
		while (!(m >> 52)) {
			m <<= 1;
			e--;
		}
	}
	m |= 1ull << 52;
	if (e & 1) {
		m <<= 1;
		e--;
	}
	/* x = m * 2^e, e even, m of 53 or 54 bits; 54 digits of sqrt(m * 2^54) */
	for (u32 i = 0; i < 54; i++) {
		u32 pair = i < 27 ? (u32)(m >> (52 - 2 * i)) & 3 : 0;

		rest = rest << 2 | pair;
		root <<= 1;
		if (rest > 2 * root) {
			rest -= 2 * root + 1;
			root++;
		}
	}
	/* the last digit tells the way; it is never a tie, as a root of 54 digits has a rest */
	root = (root + (root & 1)) >> 1;
	/* root of 53 bits: 2^(e / 2) times it, less the 26 bits that m was raised by */
	return (double)(s64)root * npum_math_real((u64)(e / 2 - 26 + 1023) << 52);
}
