// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* BATCH_MATMUL against its formula, one element at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "npum_check.h"
#include "npum_conv.h"
#include "op_case.h"
#include "personality_case.h"
#include "rounding.h"

#define SEED 0x5eed00000b7ull
#define ROUNDS 160u

static __int128 limit(__int128 v, u32 bits)
{
	const __int128 most = ((__int128)1 << (bits - 1)) - 1;

	return v > most ? most : v < -most - 1 ? -most - 1 : v;
}

static __int128 wrap(__int128 v, u32 bits)
{
	const __int128 unit = (__int128)1 << bits;

	v = (v % unit + unit) % unit;
	return v >= unit / 2 ? v - unit : v;
}

/* A 32-bit accumulator wraps as it goes, wider ones at their end: nobody sees the difference. */
static s64 matmul_reference(const struct op_case *c, const u32 at[4])
{
	const struct npum_personality *p = op_personality(c);
	bool turned = c->op.p.mode & VNPU_MATMUL_TRANSPOSED;
	enum npum_rounding rounding = c->op.in[0].dtype == VNPU_DTYPE_INT8 ? p->conv_signed :
									     p->conv_unsigned;
	__int128 acc = 0;
	s64 v;

	op_count_acc(c, 0, p->acc_bits);
	for (u32 k = 0; k < c->op.in[0].shape[3]; k++) {
		s64 left = op_read(c, 0, at[0], at[1], at[2], k) - c->op.in[0].zero_point;
		s64 right = op_read(c, 1, at[0], at[1], turned ? at[3] : k, turned ? k : at[3]) -
			    c->op.in[1].zero_point;

		acc += left * right;
		op_count_acc(c, acc, p->acc_bits);
		if (p->acc_overflow == NPUM_ACC_SATURATE_EACH)
			acc = limit(acc, p->acc_bits);
		else if (p->acc_overflow == NPUM_ACC_WRAP && p->acc_bits == 32)
			acc = wrap(acc, 32);
	}
	acc = p->acc_overflow == NPUM_ACC_WRAP ? wrap(acc, p->acc_bits) : limit(acc, p->acc_bits);
	v = (s64)limit(acc, 32);
	op_count_ties(c, rounding, v, c->op.p.mult[2], c->op.p.shift[2]);
	v = rounding_requant(rounding, v, c->op.p.mult[2], c->op.p.shift[2]);
	return op_limit(c, v);
}

/* @terms products; 0: some */
static void any_matmul(struct op_case *c, u64 *random, u32 round, u32 terms)
{
	u32 dtype = 1 + round % 2, a[4], b[4], out[4];

	op_begin(c, VNPU_OP_BATCH_MATMUL, random);
	c->op.p.mode = conv_random(random) % 2 ? VNPU_MATMUL_TRANSPOSED : 0;
	for (u32 i = 0; i < 2; i++)
		a[i] = b[i] = out[i] = 1 + conv_random(random) % 3;
	a[2] = out[2] = 1 + conv_random(random) % 7;
	a[3] = terms ? terms : 1 + conv_random(random) % 70;
	out[3] = 1 + conv_random(random) % 40;
	b[2] = c->op.p.mode ? out[3] : a[3];
	b[3] = c->op.p.mode ? a[3] : out[3];
	op_tensor(c, 0, dtype, a, true);
	op_tensor(c, 1, dtype, b, true);
	op_tensor(c, OP_OUT, dtype, out, false);
	op_clamp(c);
	op_rescale(c, 2);
}

static void test_matmul(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++) {
		struct op_case c;

		any_matmul(&c, &random, round, 0);
		if (round % 5 == 0)
			op_extreme(&c, round / 5 % 2);
		op_check(&c, matmul_reference);
	}
}

/* As many products as leave 31 bits when all are the greatest. */
static void test_long_sums(void **state)
{
	u64 random = SEED + 1;

	for (u32 round = 0; round < 12; round++) {
		struct op_case c;

		any_matmul(&c, &random, round, NPUM_MATMUL_MAX_TERMS);
		op_extreme(&c, 0);
		op_extreme(&c, 1);
		op_check(&c, matmul_reference);
	}
}

/* One product more than a tile may have; other refusals are rows of test_real_refusals.c. */
static void test_too_many_products(void **state)
{
	const struct npum_op_info *info = npum_op_info(VNPU_OP_BATCH_MATMUL);
	struct vnpu_op op = {
		.opcode = VNPU_OP_BATCH_MATMUL,
		.in[0].shape = { 1, 1, 1, NPUM_MATMUL_MAX_TERMS },
		.in[1].shape = { 1, 1, NPUM_MATMUL_MAX_TERMS, 1 },
		.out.shape = { 1, 1, 1, 1 },
	};
	u32 field;

	assert_int_equal(npum_check_op(info, &op, &field), VNPU_REFUSAL_NONE);
	op.in[0].shape[3]++;
	op.in[1].shape[2]++;
	assert_int_equal(npum_check_op(info, &op, &field), VNPU_REFUSAL_COST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matmul),
		cmocka_unit_test(test_long_sums),
		cmocka_unit_test(test_too_many_products),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-matmul", tests, NULL, NULL);
}
