/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Functions of rows of binary32 numbers, for UNARY and BINARY.  Each variant
 * compiles this file with its own instruction set: the loops become vector code
 * and keep their bits, see npum_math.h.
 */
#ifndef NPUM_REAL_ROWS_H
#define NPUM_REAL_ROWS_H

#include "npum_real_value.h"

/**
 * struct npum_real_row - operands of one call
 * @x: first input
 * @y: second input, of BINARY
 * @to: result; overlaps neither
 * @count: numbers of each
 * @alpha: first parameter of the function
 * @beta: second parameter
 */
struct npum_real_row {
	const float *x;
	const float *y;
	float *to;
	u32 count;
	float alpha;
	float beta;
};

/** typedef npum_real_row_fn - computes a row */
typedef void npum_real_row_fn(const struct npum_real_row *r);

static inline float npum_real_sign(float x)
{
	float one = npum_math_sign_of(1.0f, x);

	return x < 0.0f || x > 0.0f ? one : x;
}

static inline float npum_real_floor_mod(float x, float y)
{
	float rest = npum_fmod(x, y);

	return rest != 0.0f && (rest < 0.0f) != (y < 0.0f) ? rest + y : rest;
}

#define NPUM_REAL_ROW(name, value)                                        \
	static void npum_real_row_##name(const struct npum_real_row *r)   \
	{                                                                 \
		const float *__restrict rx = r->x, *__restrict ry = r->y; \
		const float alpha = r->alpha, beta = r->beta;             \
		const u32 count = r->count;                               \
		float *__restrict to = r->to;                             \
		(void)alpha;                                              \
		(void)beta;                                               \
		(void)ry;                                                 \
		for (u32 i = 0; i < count; i++) {                         \
			const float x = rx[i];                            \
			to[i] = (value);                                  \
		}                                                         \
	}

NPUM_REAL_ROW(abs, npum_real(npum_real_bits(x) & 0x7fffffff))
NPUM_REAL_ROW(neg, npum_real(npum_real_bits(x) ^ 0x80000000))
NPUM_REAL_ROW(sign, npum_real_sign(x))
NPUM_REAL_ROW(square, x *x)
NPUM_REAL_ROW(floor, npum_floor(x))
NPUM_REAL_ROW(ceil, npum_ceil(x))
NPUM_REAL_ROW(round, npum_round_even(x))
NPUM_REAL_ROW(sqrt, npum_sqrt(x))
NPUM_REAL_ROW(rsqrt, npum_rsqrt(x))
NPUM_REAL_ROW(reciprocal, 1.0f / x)
NPUM_REAL_ROW(exp, npum_exp(x))
NPUM_REAL_ROW(log, npum_log(x))
NPUM_REAL_ROW(sin, npum_sin(x))
NPUM_REAL_ROW(cos, npum_cos(x))
NPUM_REAL_ROW(tanh, npum_tanh(x))
NPUM_REAL_ROW(logistic, npum_logistic(x))
NPUM_REAL_ROW(erf, npum_erf(x))
NPUM_REAL_ROW(gelu, npum_gelu(x))
NPUM_REAL_ROW(gelu_tanh, npum_gelu_tanh(x))
NPUM_REAL_ROW(elu, npum_elu(x, alpha))
NPUM_REAL_ROW(leaky_relu, x >= 0.0f ? x : alpha * x)
NPUM_REAL_ROW(hard_swish, npum_hard_swish(x))
NPUM_REAL_ROW(hard_sigmoid, npum_real_between(alpha *x + beta, 0.0f, 1.0f))
NPUM_REAL_ROW(softplus, npum_softplus(x))
NPUM_REAL_ROW(clamp, npum_real_between(x, alpha, beta))
NPUM_REAL_ROW(add, x + ry[i])
NPUM_REAL_ROW(sub, x - ry[i])
NPUM_REAL_ROW(mul, x *ry[i])
NPUM_REAL_ROW(div, x / ry[i])
NPUM_REAL_ROW(floor_div, npum_floor(x / ry[i]))
NPUM_REAL_ROW(floor_mod, npum_real_floor_mod(x, ry[i]))
NPUM_REAL_ROW(pow, npum_pow(x, ry[i]))
NPUM_REAL_ROW(maximum, npum_real_maximum(x, ry[i]))
NPUM_REAL_ROW(minimum, npum_real_minimum(x, ry[i]))
NPUM_REAL_ROW(squared_difference, (x - ry[i]) * (x - ry[i]))
NPUM_REAL_ROW(prelu, x >= 0.0f ? x : x * ry[i])
NPUM_REAL_ROW(equal, x == ry[i] ? 1.0f : 0.0f)
NPUM_REAL_ROW(not_equal, x == ry[i] ? 0.0f : 1.0f)
NPUM_REAL_ROW(less, x < ry[i] ? 1.0f : 0.0f)
NPUM_REAL_ROW(less_equal, x <= ry[i] ? 1.0f : 0.0f)

#undef NPUM_REAL_ROW

/* By enum vnpu_function; NULL: not of floating-point numbers. */
static npum_real_row_fn *const npum_real_rows[] = {
	[VNPU_FN_ABS] = npum_real_row_abs,
	[VNPU_FN_NEG] = npum_real_row_neg,
	[VNPU_FN_SIGN] = npum_real_row_sign,
	[VNPU_FN_SQUARE] = npum_real_row_square,
	[VNPU_FN_FLOOR] = npum_real_row_floor,
	[VNPU_FN_CEIL] = npum_real_row_ceil,
	[VNPU_FN_ROUND] = npum_real_row_round,
	[VNPU_FN_SQRT] = npum_real_row_sqrt,
	[VNPU_FN_RSQRT] = npum_real_row_rsqrt,
	[VNPU_FN_RECIPROCAL] = npum_real_row_reciprocal,
	[VNPU_FN_EXP] = npum_real_row_exp,
	[VNPU_FN_LOG] = npum_real_row_log,
	[VNPU_FN_SIN] = npum_real_row_sin,
	[VNPU_FN_COS] = npum_real_row_cos,
	[VNPU_FN_TANH] = npum_real_row_tanh,
	[VNPU_FN_LOGISTIC] = npum_real_row_logistic,
	[VNPU_FN_ERF] = npum_real_row_erf,
	[VNPU_FN_GELU] = npum_real_row_gelu,
	[VNPU_FN_GELU_TANH] = npum_real_row_gelu_tanh,
	[VNPU_FN_ELU] = npum_real_row_elu,
	[VNPU_FN_LEAKY_RELU] = npum_real_row_leaky_relu,
	[VNPU_FN_HARD_SWISH] = npum_real_row_hard_swish,
	[VNPU_FN_HARD_SIGMOID] = npum_real_row_hard_sigmoid,
	[VNPU_FN_SOFTPLUS] = npum_real_row_softplus,
	[VNPU_FN_CLAMP] = npum_real_row_clamp,
	[VNPU_FN_ADD] = npum_real_row_add,
	[VNPU_FN_SUB] = npum_real_row_sub,
	[VNPU_FN_MUL] = npum_real_row_mul,
	[VNPU_FN_DIV] = npum_real_row_div,
	[VNPU_FN_FLOOR_DIV] = npum_real_row_floor_div,
	[VNPU_FN_FLOOR_MOD] = npum_real_row_floor_mod,
	[VNPU_FN_POW] = npum_real_row_pow,
	[VNPU_FN_MAXIMUM] = npum_real_row_maximum,
	[VNPU_FN_MINIMUM] = npum_real_row_minimum,
	[VNPU_FN_SQUARED_DIFFERENCE] = npum_real_row_squared_difference,
	[VNPU_FN_PRELU] = npum_real_row_prelu,
	[VNPU_FN_EQUAL] = npum_real_row_equal,
	[VNPU_FN_NOT_EQUAL] = npum_real_row_not_equal,
	[VNPU_FN_LESS] = npum_real_row_less,
	[VNPU_FN_LESS_EQUAL] = npum_real_row_less_equal,
};

#endif /* NPUM_REAL_ROWS_H */
