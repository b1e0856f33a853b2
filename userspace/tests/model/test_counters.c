// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Counters of floating-point results, on numbers of which many overflow.  Those of
 * the integer ops are compared wherever op_check() is called.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "npum_half.h"
#include "op_case.h"

#define SEED 0x5eed000000cull
#define ROUNDS 200u

static float to_float(u32 bits)
{
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static u32 to_bits(float v)
{
	u32 bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

static float read_real(const struct op_case *c, u32 operand, const u32 at[4])
{
	const struct vnpu_tensor *t = &c->op.in[operand];
	const u8 *p = c->before[t->slot] + t->offset;
	u16 half;
	u32 word;

	for (u32 i = 0; i < 4; i++)
		p += (size_t)at[i] * t->stride[i];
	if (t->dtype == VNPU_DTYPE_FLOAT16) {
		memcpy(&half, p, sizeof(half));
		return to_float(npum_half_widen(half));
	}
	memcpy(&word, p, sizeof(word));
	return to_float(word);
}

static s64 product_reference(const struct op_case *c, const u32 at[4])
{
	float low = to_float(c->op.p.real_clamp[0]), high = to_float(c->op.p.real_clamp[1]);
	bool half = c->op.out.dtype == VNPU_DTYPE_FLOAT16;
	/* of binary16 exact; of binary32 rounded as it should be */
	float v = read_real(c, 0, at) * read_real(c, 1, at);

	if (c->counts) {
		/* halfway to what would be the next number, the nearest is beyond */
		c->counts->infs += half ? fabsf(v) >= 65520.0f : isinf(v) != 0;
		c->counts->nans += isnan(v) != 0;
		c->counts->values++;
		c->counts->clamped_low += v < low;
		c->counts->clamped_high += v > high;
	}
	if (isnan(v))
		return half ? 0x7e00 : 0x7fc00000;
	/* -0 is not below 0 */
	v = v < low ? low : v > high ? high : v;
	return half ? npum_half_narrow(to_bits(v)) : to_bits(v);
}

/* Small and huge numbers, infinities, and what is not a number. */
static void fill_reals(struct op_case *c, u32 operand)
{
	static const float special[] = { INFINITY, -INFINITY, NAN, 0.0f };
	struct guarded *slot = &c->slot[operand];
	bool half = c->op.in[operand].dtype == VNPU_DTYPE_FLOAT16;
	size_t size = half ? sizeof(u16) : sizeof(float);

	for (size_t i = 0; i + size <= slot->bytes; i += size) {
		float v = ldexpf((float)op_between(c->random, -4096, 4096),
				 op_between(c->random, -20, half ? -1 : 70));
		u32 bits;
		u16 narrow;

		if (conv_random(c->random) % 16 == 0)
			v = special[conv_random(c->random) % ARRAY_SIZE(special)];
		bits = to_bits(v);
		narrow = npum_half_narrow(bits);
		memcpy(slot->data + i, half ? (void *)&narrow : (void *)&bits, size);
	}
}

static void check_products(u32 dtype)
{
	u64 random = SEED + dtype;

	for (u32 round = 0; round < ROUNDS; round++) {
		const u32 shape[4] = { 1, 2, 1 + conv_random(&random) % 5,
				       1 + conv_random(&random) % (round % 16 ? 40 : 4000) };
		struct op_case c;

		op_begin(&c, VNPU_OP_BINARY, &random);
		c.personality = VNPU_PERSONALITY_TFLITE_REF;
		c.op.p.mode = VNPU_FN_MUL;
		for (u32 i = 0; i < 2; i++) {
			op_tensor(&c, i, dtype, shape, true);
			fill_reals(&c, i);
		}
		op_tensor(&c, OP_OUT, dtype, shape, false);
		c.op.p.real_clamp[0] = to_bits(round % 2 ? -INFINITY : 0.0f);
		c.op.p.real_clamp[1] = to_bits(round % 4 < 2 ? INFINITY : 6.0f);
		c.counted = true;
		op_check(&c, product_reference);
	}
}

static void test_single(void **state)
{
	check_products(VNPU_DTYPE_FLOAT32);
}

static void test_half(void **state)
{
	check_products(VNPU_DTYPE_FLOAT16);
}

static void test_widths(void **state)
{
	static const struct {
		s64 sum;
		u32 bits;
	} sums[] = {
		{ 0, 1 },	 { -1, 1 },	    { 1, 2 },	       { -2, 2 },
		{ 127, 8 },	 { -128, 8 },	    { 128, 9 },	       { S32_MAX, 32 },
		{ S32_MIN, 32 }, { 1ll << 31, 33 }, { INT64_MAX, 64 }, { INT64_MIN, 64 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
		struct npum_counters n = { 0 }, part = { 0 };
		struct npum_op_counters told;

		npum_counters_tell(&n, &told);
		assert_int_equal(told.acc_bits, 0);
		npum_count_acc(&part, sums[i].sum, sums[i].bits);
		assert_int_equal(part.overflows, 0);
		if (sums[i].bits > 1)
			npum_count_acc(&part, sums[i].sum, sums[i].bits - 1);
		npum_counters_add(&n, &part);
		npum_counters_tell(&n, &told);
		assert_int_equal(told.acc_bits, sums[i].bits);
		assert_int_equal(told.overflows, sums[i].bits > 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_half),
		cmocka_unit_test(test_widths),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-counters", tests, NULL, NULL);
}
