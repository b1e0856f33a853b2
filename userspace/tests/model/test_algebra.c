// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Where arithmetics agree and by how much they part, through the model's own functions.
 *
 * VNPU_ALGEBRA_CASES is the number of cases of the comparison with TOSA, which is what
 * takes long; the default is a share that keeps the test short.
 */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conv_case.h"
#include "npum_divisor.h"
#include "npum_isa.h"
#include "npum_personality.h"
#include "npum_requant.h"
#include "op_case.h"

#define SEED 0x5eed00000a1ull

/* TOSA 1.0 specification, apply_scale_32() with double_round; @shift 2..62 */
static inline s32 apply_scale_32(s32 value, s32 multiplier, s32 shift)
{
	s64 round = (s64)1 << (shift - 1);

	if (shift > 31)
		round += value >= 0 ? 1 << 30 : -(1 << 30);
	return (s32)(((s64)value * multiplier + round) >> shift);
}

#define BATCH 4096u

/**
 * struct comparison - a thread's share
 * @cases: to compare
 * @random: seed
 * @differ: cases in which the two are not equal
 */
struct comparison {
	u64 cases;
	u64 random;
	u64 differ;
};

/* A multiplier and its exponent for each batch; sums of any size, and near ties of the result. */
static u64 compare_batch(u64 *random, s32 *values)
{
	s32 right = (s32)(conv_random(random) % 32), mult = op_between(random, 1 << 30, S32_MAX);
	double factor = ldexp(mult, -right - 31);
	u32 differ = 0;
	u64 state;

	/* a batch is one generator of 32 bits each, simple enough for vectors */
	state = conv_random(random);
	for (u32 i = 0; i < BATCH / 2; i++) {
		state = state * 0x5851f42d4c957f2dull + 0x14057b7ef767814full;
		values[i] = (s32)(u32)(state >> 32) >> (i % 24);
	}
	for (u32 i = BATCH / 2; i < BATCH; i++) {
		double tie;

		state = state * 0x5851f42d4c957f2dull + 0x14057b7ef767814full;
		tie = ((double)(s32)(u32)(state >> 55) - 256 + 0.5) / factor;
		tie = fabs(tie) < 2e9 ? tie : 0;
		values[i] = (s32)tie + (s32)(state >> 52 & 7) - 3;
	}
	for (u32 i = 0; i < BATCH; i++)
		differ += npum_requant_double(values[i], mult, -right, false) !=
			  apply_scale_32(values[i], mult, 31 + right);
	return differ;
}

static void *compare_share(void *arg)
{
	struct comparison *c = arg;
	s32 values[BATCH];

	for (u64 done = 0; done < c->cases; done += BATCH)
		c->differ += compare_batch(&c->random, values);
	return NULL;
}

static void test_tosa_rescale_is_double(void **state)
{
	const char *wanted = getenv("VNPU_ALGEBRA_CASES");
	u64 cases = wanted ? strtoull(wanted, NULL, 0) : 100000000;
	struct comparison share[2];
	pthread_t thread[2];

	for (u32 i = 0; i < 2; i++) {
		share[i] = (struct comparison){ .cases = cases / 2, .random = SEED + i };
		assert_int_equal(pthread_create(&thread[i], NULL, compare_share, &share[i]), 0);
	}
	for (u32 i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	print_message("# TOSA double_round and two roundings: %llu cases, half of them near ties, "
		      "%llu differ\n",
		      (unsigned long long)cases,
		      (unsigned long long)(share[0].differ + share[1].differ));
	assert_int_equal(share[0].differ + share[1].differ, 0);
}

static void divisor_of(struct npum_divisor *d, enum npum_avg_pool form, u32 bits, u32 height,
		       u32 width)
{
	struct npum_personality p = { .avg_pool = form, .avg_pool_bits = bits };

	npum_divisor_init(d, &p, (u32[2]){ height, width }, 0);
}

/* Every sum that codes of int8 or uint8 have in every window up to 16 x 16. */
static void test_reciprocal_is_division(void **state)
{
	u64 sums = 0;

	for (u32 h = 1; h <= 16; h++) {
		for (u32 w = 1; w <= 16; w++) {
			struct npum_divisor exact, tosa, vela;
			s32 n = (s32)(h * w);

			divisor_of(&exact, NPUM_AVG_POOL_DIVIDE, 31, h, w);
			divisor_of(&tosa, NPUM_AVG_POOL_RECIPROCAL, 31, h, w);
			divisor_of(&vela, NPUM_AVG_POOL_RECIPROCAL, 32, h, w);
			for (s32 sum = -128 * n; sum <= 255 * n; sum++, sums++) {
				assert_int_equal(npum_divide(&tosa, sum), npum_divide(&exact, sum));
				assert_int_equal(npum_divide(&vela, sum), npum_divide(&exact, sum));
			}
		}
	}
	print_message("# pools by TOSA's and Vela's reciprocals: all %llu sums equal division\n",
		      (unsigned long long)sums);
}

/* Even windows meet ties in the first stage that the second one rounds again. */
static void test_two_stages(void **state)
{
	static const struct {
		u32 size;
		double expected;
	} windows[] = {
		{ 2, 0.25 }, { 3, 0 },	    { 4, 0.125 },    { 5, 0 },
		{ 7, 0 },    { 8, 0.0625 }, { 16, 0.03125 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(windows); i++) {
		u32 size = windows[i].size, differ = 0, sums = 0;
		struct npum_divisor exact, stages;
		s32 n = (s32)(size * size);
		double share;

		divisor_of(&exact, NPUM_AVG_POOL_DIVIDE, 31, size, size);
		divisor_of(&stages, NPUM_AVG_POOL_TWO_STAGE, 16, size, size);
		for (s32 sum = -127 * n; sum < 127 * n; sum++, sums++)
			differ += npum_divide(&stages, sum) != npum_divide(&exact, sum);
		share = (double)differ / sums;
		print_message("# pool %ux%u in two stages: %.2f %% of all sums differ\n", size,
			      size, 100 * share);
		assert_true(fabs(share - windows[i].expected) <= windows[i].expected / 50);
	}
}

/* Two roundings part from one in 2^-(right + 1) of smooth sums, within five deviations. */
static void test_mismatch_law(void **state)
{
	const u32 samples = 2000000;
	u64 random = SEED;

	for (s32 right = 1; right <= 12; right++) {
		double share = ldexp(1, -right - 1), mean = samples * share;
		double deviation = sqrt(mean * (1 - share));
		u32 differ = 0;

		for (u32 i = 0; i < samples; i++) {
			s32 mult = op_between(&random, 1 << 30, S32_MAX);
			s32 x = op_between(&random, -(1 << 24), 1 << 24);

			differ += npum_requant(NPUM_ROUND_DOUBLE, x, mult, -right) !=
				  npum_requant(NPUM_ROUND_SINGLE, x, mult, -right);
		}
		print_message("# right shift %2d: %.4f %% differ, law %.4f %% +- %.4f\n", right,
			      100.0 * differ / samples, 100 * share, 100 * deviation / samples);
		assert_true(fabs(differ - mean) <= 5 * deviation);
	}
}

#define PAIRS 65536u

/**
 * struct sum_program - one ADD of every pair of codes
 * @op: its record
 * @slot: inputs and output
 */
struct sum_program {
	struct vnpu_op op;
	u8 slot[3][PAIRS];
};

static void fill_operand(struct vnpu_tensor *t, u32 slot)
{
	*t = (struct vnpu_tensor){
		.slot = slot,
		.dtype = VNPU_DTYPE_INT8,
		.shape = { 1, 1, 256, 256 },
		.stride = { PAIRS, PAIRS, 256, 1 },
	};
}

static void run_sum(struct sum_program *s, u32 personality)
{
	struct npum_exec x = {
		.isa = &npum_isa_generic,
		.personality = npum_personality_find(npum_builtin_set(), personality),
		.slot = { s->slot[0], s->slot[1], s->slot[2] },
	};
	struct npum_op_plan plan;
	_Alignas(64) u8 scratch[8192];

	fill_operand(&s->op.in[0], 0);
	fill_operand(&s->op.in[1], 1);
	fill_operand(&s->op.out, 2);
	s->op.opcode = VNPU_OP_ADD;
	s->op.p.clamp[0] = -128;
	s->op.p.clamp[1] = 127;
	npum_op_plan(x.isa, x.personality, &s->op, &plan);
	assert_true(plan.scratch_bytes <= sizeof(scratch));
	for (u32 tile = 0; tile < plan.tiles; tile++)
		npum_op_run(&x, &s->op, tile, scratch);
}

/* Equal scales s and an output of 2 s: half of the sums are ties, and half of those negative. */
static void test_dyadic_sums(void **state)
{
	static struct sum_program raised, whole;
	u32 differ = 0;
	double share;

	for (u32 i = 0; i < PAIRS; i++) {
		raised.slot[0][i] = whole.slot[0][i] = (u8)(i >> 8);
		raised.slot[1][i] = whole.slot[1][i] = (u8)i;
	}
	/* LiteRT: both inputs times s / 2s, their sum times 2s / (2^20 * 2s) */
	raised.op.p.left_shift = 20;
	for (u32 i = 0; i < 3; i++)
		raised.op.p.mult[i] = 1 << 30;
	raised.op.p.shift[2] = -19;
	/* XNNPACK: both inputs times 2^20, their sum divided by 2^21 */
	whole.op.p.left_shift = 22;
	whole.op.p.mult[0] = whole.op.p.mult[1] = 1 << 29;
	whole.op.p.mult[2] = 1 << 30;
	whole.op.p.shift[2] = -20;
	run_sum(&raised, VNPU_PERSONALITY_TFLITE_REF);
	run_sum(&whole, VNPU_PERSONALITY_XNNPACK);
	for (u32 i = 0; i < PAIRS; i++)
		differ += raised.slot[2][i] != whole.slot[2][i];
	share = (double)differ / PAIRS;
	print_message("# ADD with an output of twice the inputs' scale: %.2f %% differ between "
		      "tflite-ref and xnnpack\n",
		      100 * share);
	assert_true(fabs(share - 0.25) < 0.002);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tosa_rescale_is_double),
		cmocka_unit_test(test_reciprocal_is_division),
		cmocka_unit_test(test_two_stages),
		cmocka_unit_test(test_mismatch_law),
		cmocka_unit_test(test_dyadic_sums),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-algebra", tests, NULL, NULL);
}
