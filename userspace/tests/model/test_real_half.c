// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What accumulators do to sums of binary16 products, through the model's own kernels:
 * random inputs behind a ReLU, weights as they are initialised after He et al. 2015.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "npum_half.h"
#include "npum_isa.h"
#include "real_case.h"

#define SEED 0x5eed0000031ull
#define ROWS 96u
#define CHANNELS 96u
#define OUTPUTS (ROWS * CHANNELS)

static double gauss(u64 *random)
{
	double u = (conv_random(random) + 0.5) * 0x1p-32, v = conv_random(random) * 0x1p-32;

	return sqrt(-2 * log(u)) * cos(2 * acos(-1) * v);
}

static double value_of(u16 h)
{
	u32 bits = npum_half_widen(h);
	float f;

	memcpy(&f, &bits, sizeof(f));
	return (double)f;
}

static u16 half_of(double v)
{
	return npum_half_narrow(real_bits(v));
}

/**
 * struct product - a matrix product
 * @terms: of each output
 * @in: [ROWS][terms]
 * @weights: ROWS layout
 * @bias: zeros
 * @exact: sums in double
 */
struct product {
	u32 terms;
	u16 *in;
	u16 *weights;
	float *bias;
	double *exact;
};

static void *room(size_t count, size_t size)
{
	void *p = aligned_alloc(64, round_up(count * size, (size_t)64));

	assert_non_null(p);
	memset(p, 0, count * size);
	return p;
}

static void make(struct product *m, u32 terms, u64 *random)
{
	*m = (struct product){
		.terms = terms,
		.in = room(ROWS * (size_t)terms, sizeof(u16)),
		.weights = room(CHANNELS * (size_t)terms, sizeof(u16)),
		.bias = room(CHANNELS, sizeof(float)),
		.exact = room(OUTPUTS, sizeof(double)),
	};
	for (u32 i = 0; i < ROWS * terms; i++)
		m->in[i] = half_of(fmax(gauss(random), 0));
	for (u32 i = 0; i < CHANNELS * terms; i++)
		m->weights[i] = half_of(gauss(random) * sqrt(2.0 / terms));
	for (u32 i = 0; i < OUTPUTS; i++) {
		u32 o = i % CHANNELS;
		const u16 *w = m->weights + (size_t)(o / 16) * terms * 16 + o % 16;

		for (u32 k = 0; k < terms; k++)
			m->exact[i] += value_of(m->in[(size_t)(i / CHANNELS) * terms + k]) *
				       value_of(w[(size_t)k * 16]);
	}
}

static void drop(struct product *m)
{
	free(m->in);
	free(m->weights);
	free(m->bias);
	free(m->exact);
}

static void run(const struct product *m, u32 acc, u32 width, u32 order, u16 *out)
{
	struct real_case c;
	u64 random = 1;
	struct npum_op_plan plan;
	struct npum_exec x = { .isa = npum_isa_select(npum_cpu_features()) };
	void *scratch;

	real_begin(&c, VNPU_OP_FULLY_CONNECTED_F, &random);
	c.set.at[0].real_acc = acc;
	c.set.at[0].real_width = width;
	c.set.at[0].real_order = order;
	c.op.in[0] = (struct vnpu_tensor){
		.dtype = VNPU_DTYPE_FLOAT16,
		.shape = { 1, 1, ROWS, m->terms },
		.stride = { 2 * ROWS * m->terms, 2 * ROWS * m->terms, 2 * m->terms, 2 },
	};
	c.op.in[1] = (struct vnpu_tensor){
		.slot = 1,
		.dtype = VNPU_DTYPE_FLOAT16,
		.layout = VNPU_LAYOUT_ROWS,
		.shape = { CHANNELS, 1, 1, m->terms },
	};
	c.op.in[2] = (struct vnpu_tensor){
		.slot = 2,
		.dtype = VNPU_DTYPE_FLOAT32,
		.layout = VNPU_LAYOUT_VECTOR,
		.shape = { 1, 1, 1, CHANNELS },
	};
	c.op.out = (struct vnpu_tensor){
		.slot = 3,
		.dtype = VNPU_DTYPE_FLOAT16,
		.shape = { 1, 1, ROWS, CHANNELS },
		.stride = { 2 * OUTPUTS, 2 * OUTPUTS, 2 * CHANNELS, 2 },
	};
	c.op.p.real_clamp[0] = real_bits(-(double)INFINITY);
	c.op.p.real_clamp[1] = real_bits((double)INFINITY);
	x.personality = &c.set.at[0];
	x.slot[0] = (u8 *)m->in;
	x.slot[1] = (u8 *)m->weights;
	x.slot[2] = (u8 *)m->bias;
	x.slot[3] = (u8 *)out;
	npum_op_plan(x.isa, x.personality, &c.op, &plan);
	scratch = room(plan.scratch_bytes, 1);
	for (u32 tile = 0; tile < plan.tiles; tile++)
		npum_op_run(&x, &c.op, tile, scratch);
	free(scratch);
}

/* In units of the last place of binary16, of numbers below 1/16 that of 1/16. */
static double mean_error(const struct product *m, const u16 *out)
{
	double sum = 0;

	for (u32 i = 0; i < OUTPUTS; i++) {
		int e;

		frexp(fmax(fabs(m->exact[i]), 0.0625), &e);
		sum += fabs(value_of(out[i]) - m->exact[i]) / ldexp(1, e - 11);
	}
	return sum / OUTPUTS;
}

static double differing(const u16 *a, const u16 *b)
{
	u32 n = 0;

	for (u32 i = 0; i < OUTPUTS; i++)
		n += a[i] != b[i];
	return (double)n / OUTPUTS;
}

static void test_accumulators(void **state)
{
	static const u32 terms[] = { 27, 144, 576, 1152 };
	static u16 forward[OUTPUTS], backward[OUTPUTS], wide[OUTPUTS], tree[OUTPUTS];
	u64 random = SEED;

	for (size_t i = 0; i < ARRAY_SIZE(terms); i++) {
		double changed, error;
		struct product m;

		make(&m, terms[i], &random);
		run(&m, NPUM_REAL_ACC_BINARY16, 1, NPUM_REAL_FORWARD, forward);
		run(&m, NPUM_REAL_ACC_BINARY16, 1, NPUM_REAL_BACKWARD, backward);
		run(&m, NPUM_REAL_ACC_BINARY32, 1, NPUM_REAL_FORWARD, wide);
		run(&m, NPUM_REAL_ACC_BINARY16, 16, NPUM_REAL_FORWARD, tree);
		changed = differing(forward, backward);
		error = mean_error(&m, wide);
		print_message(
			"# %4u terms: order changes %.1f %% of binary16 sums; mean error in ulp: "
			"binary16 %.2f, 16 exactly %.2f, binary32 %.3f\n",
			terms[i], 100 * changed, mean_error(&m, forward), mean_error(&m, tree),
			error);
		assert_true(changed >= 0.70);
		/* rounded once, errors are even over half an ulp; sums below 1/16 have less */
		assert_true(fabs(error - 0.24) < 0.01);
		/* each step towards fewer roundings is a step towards the exact sum */
		assert_true(mean_error(&m, tree) < mean_error(&m, forward));
		assert_true(error < mean_error(&m, tree));
		drop(&m);
	}
}

/* Order does not matter where nothing is rounded on the way. */
static void test_exact_order(void **state)
{
	static u16 forward[OUTPUTS], backward[OUTPUTS];
	u64 random = SEED;
	struct product m;

	make(&m, 144, &random);
	run(&m, NPUM_REAL_ACC_BINARY64, 1, NPUM_REAL_FORWARD, forward);
	run(&m, NPUM_REAL_ACC_BINARY64, 1, NPUM_REAL_BACKWARD, backward);
	assert_true(differing(forward, backward) == 0);
	assert_true(mean_error(&m, forward) < 0.25);
	drop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accumulators),
		cmocka_unit_test(test_exact_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-real-half", tests, NULL, NULL);
}
