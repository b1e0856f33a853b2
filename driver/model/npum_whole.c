// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Integers without scales; see npum_whole.h. */
#include "npum_whole.h"

#define BITS(type, least, most)                                  \
	{                                                        \
		.low = least, .high = most, .size = sizeof(type) \
	}

static const struct {
	s64 low;
	s64 high;
	u32 size;
} dtypes[] = {
	[VNPU_DTYPE_INT8] = BITS(s8, -128, 127),
	[VNPU_DTYPE_UINT8] = BITS(u8, 0, 255),
	[VNPU_DTYPE_INT16] = BITS(s16, -32768, 32767),
	[VNPU_DTYPE_INT32] = BITS(s32, S32_MIN, S32_MAX),
	[VNPU_DTYPE_INT64] = BITS(s64, -0x7fffffffffffffff - 1, 0x7fffffffffffffff),
};

#undef BITS

void npum_whole_range(u32 dtype, s64 *low, s64 *high)
{
	*low = dtypes[dtype].low;
	*high = dtypes[dtype].high;
}

#define LOAD(type)                                                      \
	do {                                                            \
		for (u32 i = 0; i < count; i++) {                       \
			type v;                                         \
			memcpy(&v, from + (size_t)i * step, sizeof(v)); \
			to[i] = v;                                      \
		}                                                       \
	} while (0)

void npum_whole_load(u32 dtype, const u8 *from, u32 step, s64 *to, u32 count)
{
	switch (dtype) {
	case VNPU_DTYPE_INT8:
		LOAD(s8);
		break;
	case VNPU_DTYPE_UINT8:
		LOAD(u8);
		break;
	case VNPU_DTYPE_INT16:
		LOAD(s16);
		break;
	case VNPU_DTYPE_INT32:
		LOAD(s32);
		break;
	default:
		LOAD(s64);
		break;
	}
}

#undef LOAD

#define STORE(type)                                                   \
	do {                                                          \
		for (u32 i = 0; i < count; i++) {                     \
			type n = (type)(u64)v[i];                     \
			memcpy(to + (size_t)i * step, &n, sizeof(n)); \
		}                                                     \
	} while (0)

void npum_whole_store(u32 dtype, const s64 *v, u8 *to, u32 step, u32 count)
{
	switch (dtypes[dtype].size) {
	case 1:
		STORE(u8);
		break;
	case 2:
		STORE(u16);
		break;
	case 4:
		STORE(u32);
		break;
	default:
		STORE(u64);
		break;
	}
}

#undef STORE

static s64 negative(s64 v)
{
	return (s64)(0 - (u64)v);
}

static s64 product(s64 x, s64 y)
{
	return (s64)((u64)x * (u64)y);
}

/* Towards zero; the one quotient that does not fit wraps. */
static s64 quotient(s64 x, s64 y)
{
	if (!y)
		return 0;
	return y == -1 ? negative(x) : x / y;
}

static s64 floor_quotient(s64 x, s64 y)
{
	s64 q = quotient(x, y);

	if (!y || y == -1)
		return q;
	return x % y && (x < 0) != (y < 0) ? q - 1 : q;
}

/* x - floor(x / y) * y; by a divisor of 0 what FLOOR_DIV leaves is all. */
static s64 floor_rest(s64 x, s64 y)
{
	return (s64)((u64)x - (u64)product(floor_quotient(x, y), y));
}

/* Wrapping; negative powers are quotients of 1. */
static s64 power(s64 x, s64 y)
{
	s64 v = 1;

	if (y < 0)
		return x == 1 ? 1 : x == -1 ? (y & 1 ? -1 : 1) : 0;
	for (; y; y >>= 1) {
		if (y & 1)
			v = product(v, x);
		x = product(x, x);
	}
	return v;
}

static s64 difference(s64 x, s64 y)
{
	return (s64)((u64)x - (u64)y);
}

/* name, value of x and y */
#define FUNCTIONS(F)                                                       \
	F(ABS, x < 0 ? negative(x) : x)                                    \
	F(NEG, negative(x))                                                \
	F(SIGN, (x > 0) - (x < 0))                                         \
	F(SQUARE, product(x, x))                                           \
	F(NOT, !x)                                                         \
	F(ADD, (s64)((u64)x + (u64)y))                                     \
	F(SUB, difference(x, y))                                           \
	F(MUL, product(x, y))                                              \
	F(DIV, quotient(x, y))                                             \
	F(FLOOR_DIV, floor_quotient(x, y))                                 \
	F(FLOOR_MOD, floor_rest(x, y))                                     \
	F(POW, power(x, y))                                                \
	F(MAXIMUM, max(x, y))                                              \
	F(MINIMUM, min(x, y))                                              \
	F(SQUARED_DIFFERENCE, product(difference(x, y), difference(x, y))) \
	F(PRELU, x >= 0 ? x : product(x, y))                               \
	F(EQUAL, x == y)                                                   \
	F(NOT_EQUAL, x != y)                                               \
	F(LESS, x < y)                                                     \
	F(LESS_EQUAL, x <= y)                                              \
	F(AND, x &&y)                                                      \
	F(OR, x || y)

#define ROW(name, value)                                        \
	static void row_##name(s64 *a, const s64 *b, u32 count) \
	{                                                       \
		for (u32 i = 0; i < count; i++) {               \
			const s64 x = a[i], y = b ? b[i] : 0;   \
			(void)y;                                \
			a[i] = (value);                         \
		}                                               \
	}
FUNCTIONS(ROW)
#undef ROW

#define ROW(name, value) { VNPU_FN_##name, row_##name },
static const struct {
	u32 function;
	void (*row)(s64 *a, const s64 *b, u32 count);
} rows[] = { FUNCTIONS(ROW) };
#undef ROW
#undef FUNCTIONS

void npum_whole_apply(u32 function, s64 *a, const s64 *b, u32 count)
{
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].function == function)
			rows[i].row(a, b, count);
}
