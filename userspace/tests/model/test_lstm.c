// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * GATES, LSTM_CELL, LSTM_HIDDEN and SVDF_TIME against their formulas, one element at a time.
 * Logistic and tanh are written here as fractions of 2^15 with quotients rounded by
 * their definition and constants computed from the real exponential.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "npum_check.h"
#include "npum_fixed16.h"
#include "op_case.h"

#define SEED 0x5eed000000cull
#define ROUNDS 200u

static s64 floor_div(s64 a, s64 b)
{
	return a / b - (a % b && (a < 0) != (b < 0));
}

static s64 limit16(s64 v)
{
	return v < -32768 ? -32768 : v > 32767 ? 32767 : v;
}

/* v / 2^e to the nearest, halves away from zero */
static s64 away(s64 v, u32 e)
{
	s64 size = floor_div(2 * (v < 0 ? -v : v) + (1ll << e), 2ll << e);

	return v < 0 ? -size : size;
}

/* a * b / 2^15 to the nearest, halves up */
static s64 times(s64 a, s64 b)
{
	return limit16(floor_div(2 * a * b + (1 << 15), 1 << 16));
}

/* A real number of magnitude below 2^n in 16 bits, by way of 32 bits. */
static s64 constant(double v, int n)
{
	return away((s64)round(ldexp(v, 31 - n)), 16);
}

/* exp(-q / 2^f), q >= 0; of 16 bits with f behind the point */
static s64 exp_of(s64 q, int f)
{
	s64 quarter = (s64)1 << (f - 2), whole = floor_div(q, quarter) - (q % quarter == 0);
	s64 rest = quarter * (whole + 1) - q, x, x2, sum;

	if (q == 0)
		return 32767;
	if (f < 10 && q > 32ll << f)
		return 0;
	/* rest in [0, 1/4): exp(rest - 1/4) around -1/8 */
	x = (rest - quarter) * (1ll << (15 - f)) + (1 << 12);
	x2 = times(x, x);
	sum = away(times(x2, x2), 2) + times(x2, x);
	sum = x + away(times(sum, constant(1.0 / 3, 0)) + x2, 1);
	sum = limit16(constant(exp(-0.125), 0) + times(constant(exp(-0.125), 0), sum));
	for (int k = -2; k < 5 && k < 15 - f; k++)
		if (whole >> (k + 2) & 1)
			sum = times(sum, constant(exp(-ldexp(1, k)), 0));
	return sum;
}

/* 2 / (1 + e), with 13 bits behind the point */
static s64 double_inverse(s64 e)
{
	s64 half = floor_div(e + 32767 + 1, 2), x;

	x = constant(48.0 / 17, 2) + times(half, constant(-32.0 / 17, 2));
	for (int i = 0; i < 3; i++)
		x += limit16(4 * times(x, (1 << 13) - times(half, x)));
	return x;
}

static s64 logistic(s64 a)
{
	s64 y = limit16(2 * double_inverse(exp_of(a < 0 ? -a : a, 12)));

	return a == 0 ? 1 << 14 : a > 0 ? y : 32767 - y;
}

static s64 tanh_of(s64 a, int bits)
{
	s64 y = limit16(4 * (double_inverse(exp_of(a < 0 ? -a : a, 14 - bits)) - (1 << 13)));

	return a == 0 ? 0 : a > 0 ? y : -y;
}

static void test_functions(void **state)
{
	for (s32 a = -32768; a < 32768; a++) {
		double x = a / 4096.0, real = 32768 / (1 + exp(-x));

		assert_int_equal(npum_fixed16_logistic(a), logistic(a));
		/* 16-bit arithmetic all along: some units in the last place */
		assert_true(fabs(npum_fixed16_logistic(a) - real) < 6.5);
		for (int bits = 0; bits <= 6; bits++) {
			assert_int_equal(npum_fixed16_tanh(a, (u32)bits), tanh_of(a, bits));
			real = 32768 * tanh(ldexp(a, bits - 15));
			assert_true(fabs(npum_fixed16_tanh(a, (u32)bits) - real) < 12.1);
		}
	}
}

/* A requantisation table for the rounding that the case's personality has for its op. */
static void table(struct op_case *c, u32 outputs)
{
	const bool real = op_personality(c)->requant == NPUM_ROUND_FLOAT;
	const u32 blocks = DIV_ROUND_UP(outputs, VNPU_CHANNEL_BLOCK);
	struct vnpu_requant_block *b;

	op_packed(c, 2, VNPU_DTYPE_INT32, VNPU_LAYOUT_REQUANT, (u32[4]){ 1, 1, 1, outputs },
		  blocks * (u32)sizeof(*b));
	b = (void *)(c->slot[2].data + c->op.in[2].offset);
	for (u32 o = 0; o < blocks * VNPU_CHANNEL_BLOCK; o++) {
		u32 i = o % VNPU_CHANNEL_BLOCK;
		float factor = (float)ldexp(op_between(c->random, 1 << 20, 1 << 21),
					    op_between(c->random, -30, -20));

		b[o / VNPU_CHANNEL_BLOCK].bias[i] = op_between(c->random, -100000, 100000);
		b[o / VNPU_CHANNEL_BLOCK].mult[i] = op_between(c->random, 1 << 30, S32_MAX);
		b[o / VNPU_CHANNEL_BLOCK].shift[i] = op_between(c->random, -8, 1);
		if (real) {
			memcpy(&b[o / VNPU_CHANNEL_BLOCK].mult[i], &factor, sizeof(factor));
			b[o / VNPU_CHANNEL_BLOCK].shift[i] = 0;
		}
	}
}

/* Row @o of the table as it was. */
static s32 row_of(const struct op_case *c, u32 o, s32 *mult, s32 *shift)
{
	const struct vnpu_requant_block *b = (const void *)(c->before[2] + c->op.in[2].offset);

	b += o / VNPU_CHANNEL_BLOCK;
	*mult = b->mult[o % VNPU_CHANNEL_BLOCK];
	*shift = b->shift[o % VNPU_CHANNEL_BLOCK];
	return b->bias[o % VNPU_CHANNEL_BLOCK];
}

/* A sum that wraps, rescaled. */
static s64 rescaled(const struct op_case *c, s64 sum, u32 o)
{
	s32 mult, shift;

	row_of(c, o, &mult, &shift);
	return op_requant(c, (s32)(u32)(u64)sum, mult, shift);
}

static s64 begin_sum(const struct op_case *c, u32 o)
{
	s32 mult, shift, bias = row_of(c, o, &mult, &shift);

	op_count_acc(c, bias, 32);
	return bias;
}

static s64 add(const struct op_case *c, s64 sum, s64 product)
{
	op_count_acc(c, sum + product, 32);
	return (s32)(u32)(u64)(sum + product);
}

static s64 gates_reference(const struct op_case *c, const u32 at[4])
{
	u32 terms = c->op.in[0].shape[3], groups = DIV_ROUND_UP(terms, 4u), o = at[3];
	const u8 *weights = c->before[1] + c->op.in[1].offset;
	s64 v = begin_sum(c, o);

	for (u32 k = 0; k < terms; k++) {
		u8 w = weights[((o / 16 * groups + k / 4) * 16 + o % 16) * 4 + k % 4];

		v = add(c, v,
			op_read(c, 0, at[0], at[1], at[2], k) * ((s64)w - c->op.in[1].zero_point));
	}
	v = rescaled(c, v, o);
	if (c->op.p.mode)
		v = (s32)(u32)(u64)(v + op_read(c, OP_OUT, at[0], at[1], at[2], o));
	return op_count_value(c, v, -32768, 32767);
}

static void check_gates(u64 *random)
{
	const u32 terms = 1 + conv_random(random) % 70, outputs = 1 + conv_random(random) % 50;
	const u32 in[4] = { 1, 1 + conv_random(random) % 2, 1 + conv_random(random) % 9, terms };
	const u32 out[4] = { 1, in[1], in[2], outputs };
	struct op_case c;

	op_begin(&c, VNPU_OP_GATES, random);
	op_tensor(&c, 0, conv_random(random) % 2 ? VNPU_DTYPE_INT8 : VNPU_DTYPE_UINT8, in, false);
	op_packed(&c, 1, VNPU_DTYPE_UINT8, VNPU_LAYOUT_WEIGHTS, (u32[4]){ outputs, 1, 1, terms },
		  DIV_ROUND_UP(outputs, 16u) * DIV_ROUND_UP(terms, 4u) * 64);
	c.op.in[1].zero_point = op_between(random, 0, 255);
	table(&c, outputs);
	op_tensor(&c, OP_OUT, VNPU_DTYPE_INT16, out, false);
	c.op.p.mode = conv_random(random) % 2;
	op_check(&c, gates_reference);
}

static void test_gates(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++)
		check_gates(&random);
}

/* Rows of gates and of state; what comes out is the caller's. */
static void begin_cells(struct op_case *c, u32 opcode, u64 *random, u32 out[4])
{
	const u32 rows = 1 + conv_random(random) % 5, cells = 1 + conv_random(random) % 150;

	op_begin(c, opcode, random);
	memcpy(out, (u32[4]){ 1, 1 + conv_random(random) % 2, rows, cells }, 4 * sizeof(*out));
	op_tensor(c, 0, VNPU_DTYPE_INT16, (u32[4]){ 1, out[1], rows, 4 * cells }, false);
	op_tensor(c, 1, VNPU_DTYPE_INT16, out, false);
	if (conv_random(random) % 4 == 0)
		op_extreme(c, conv_random(random) % 2);
	c->op.p.mode = 9 + (u32)(conv_random(random) % 7);
}

static s64 gate(const struct op_case *c, const u32 at[4], u32 number)
{
	return op_read(c, 0, at[0], at[1], at[2], number * c->op.out.shape[3] + at[3]);
}

static s64 state_of(const struct op_case *c, const u32 at[4])
{
	return op_read(c, 1, at[0], at[1], at[2], at[3]);
}

/* away(), counted */
static s64 halved(const struct op_case *c, s64 v, u32 bits)
{
	op_count_tie(c, v, (__int128)1 << bits);
	return away(v, bits);
}

static s64 cell_reference(const struct op_case *c, const u32 at[4])
{
	s64 keep = halved(c, logistic(gate(c, at, 1)) * state_of(c, at), 15);
	s64 take =
		halved(c, logistic(gate(c, at, 0)) * tanh_of(gate(c, at, 2), 3), 30 - c->op.p.mode);

	return op_count_value(c, keep + take, c->op.p.clamp[0], c->op.p.clamp[1]);
}

static void check_cell(u64 *random, bool in_place)
{
	struct op_case c;
	u32 out[4];
	s32 most;

	begin_cells(&c, VNPU_OP_LSTM_CELL, random, out);
	if (in_place)
		c.op.out = c.op.in[1];
	else
		op_tensor(&c, OP_OUT, VNPU_DTYPE_INT16, out, false);
	most = conv_random(random) % 2 ? 32767 : op_between(random, 0, 30000);
	c.op.p.clamp[0] = most == 32767 ? -32768 : -most;
	c.op.p.clamp[1] = most;
	op_check(&c, cell_reference);
}

static void test_cell(void **state)
{
	u64 random = SEED + 1;

	for (u32 round = 0; round < ROUNDS; round++)
		check_cell(&random, round % 2);
}

static s64 hidden_reference(const struct op_case *c, const u32 at[4])
{
	s64 v = logistic(gate(c, at, 3)) * tanh_of(state_of(c, at), 15 - (int)c->op.p.mode);

	v = op_requant(c, v, c->op.p.mult[2], c->op.p.shift[2]);
	return op_limit(c, v + c->op.p.offset);
}

static void check_hidden(u64 *random)
{
	struct op_case c;
	u32 out[4];

	begin_cells(&c, VNPU_OP_LSTM_HIDDEN, random, out);
	op_tensor(&c, OP_OUT, conv_random(random) % 2 ? VNPU_DTYPE_INT8 : VNPU_DTYPE_UINT8, out,
		  false);
	c.op.p.offset = op_between(random, -150, 150);
	op_rescale_by(&c, 2,
		      ldexp(op_between(random, 1 << 20, 1 << 21), op_between(random, -46, -40)));
	op_clamp(&c);
	op_check(&c, hidden_reference);
}

static void test_hidden(void **state)
{
	u64 random = SEED + 2;

	for (u32 round = 0; round < ROUNDS; round++)
		check_hidden(&random);
}

static s64 svdf_reference(const struct op_case *c, const u32 at[4])
{
	s64 v = begin_sum(c, at[3]);

	for (u32 k = 0; k < c->op.in[0].shape[3]; k++)
		v = add(c, v,
			(op_read(c, 0, 0, at[2], at[3], k) - c->op.in[0].zero_point) *
				(op_read(c, 1, 0, 0, at[3], k) - c->op.in[1].zero_point));
	return op_limit(c, rescaled(c, v, at[3]));
}

static void check_svdf(u64 *random)
{
	static const u32 dtypes[] = { VNPU_DTYPE_INT8, VNPU_DTYPE_UINT8, VNPU_DTYPE_INT16 };
	const u32 terms = 1 + conv_random(random) % 70, units = 1 + conv_random(random) % 50;
	const u32 batches = 1 + conv_random(random) % 5;
	struct op_case c;

	op_begin(&c, VNPU_OP_SVDF_TIME, random);
	op_tensor(&c, 0, dtypes[conv_random(random) % 3], (u32[4]){ 1, batches, units, terms },
		  false);
	op_tensor(&c, 1, dtypes[conv_random(random) % 3], (u32[4]){ 1, 1, units, terms }, false);
	if (conv_random(random) % 4 == 0)
		op_extreme(&c, conv_random(random) % 2);
	table(&c, units);
	op_tensor(&c, OP_OUT, dtypes[conv_random(random) % 2], (u32[4]){ 1, 1, batches, units },
		  false);
	op_clamp(&c);
	op_check(&c, svdf_reference);
}

static void test_svdf(void **state)
{
	u64 random = SEED + 4;

	for (u32 round = 0; round < ROUNDS; round++)
		check_svdf(&random);
}

/* What the validator says of a record that was all right. */
static u32 refusal(struct op_case *c)
{
	const struct npum_op_info *info = npum_op_info(c->op.opcode);
	u32 field, reason = npum_check_params(info, &c->op);

	return reason ? reason : npum_check_op(info, &c->op, &field);
}

/* A field that is one more makes it a refusal, and is put back. */
static void refuses(struct op_case *c, u32 *field, u32 reason)
{
	(*field)++;
	assert_int_equal(refusal(c), reason);
	(*field)--;
	assert_int_equal(refusal(c), VNPU_REFUSAL_NONE);
}

static void drop(struct op_case *c)
{
	for (u32 i = 0; i < OP_SLOTS; i++)
		if (c->slot[i].map)
			guarded_free(&c->slot[i]);
}

static void test_refusals(void **state)
{
	u64 random = SEED + 3;
	struct op_case c;
	u32 out[4];

	do {
		begin_cells(&c, VNPU_OP_LSTM_CELL, &random, out);
		c.op.out = c.op.in[1];
		c.op.p.clamp[1] = 32767;
		if (out[3] == 1)
			drop(&c);
	} while (out[3] == 1);
	c.op.p.mode = 8;
	assert_int_equal(refusal(&c), VNPU_REFUSAL_PARAM_RANGE);
	c.op.p.mode = 15;
	refuses(&c, &c.op.p.mode, VNPU_REFUSAL_PARAM_RANGE);
	refuses(&c, (u32 *)&c.op.p.clamp[1], VNPU_REFUSAL_CLAMP);
	refuses(&c, &c.op.in[0].shape[3], VNPU_REFUSAL_SHAPE);
	refuses(&c, &c.op.in[1].shape[2], VNPU_REFUSAL_SHAPE);
	c.op.in[1].stride[3] = 0;
	assert_int_equal(refusal(&c), VNPU_REFUSAL_STRIDE);
	drop(&c);
}

static void test_svdf_refusals(void **state)
{
	u64 random = SEED + 5;
	struct op_case c;

	op_begin(&c, VNPU_OP_SVDF_TIME, &random);
	op_tensor(&c, 0, VNPU_DTYPE_INT16, (u32[4]){ 1, 2, 20, 30 }, false);
	op_tensor(&c, 1, VNPU_DTYPE_INT16, (u32[4]){ 1, 1, 20, 30 }, false);
	table(&c, 20);
	op_tensor(&c, OP_OUT, VNPU_DTYPE_INT8, (u32[4]){ 1, 1, 2, 20 }, false);
	c.op.p.clamp[0] = -128;
	c.op.p.clamp[1] = 127;
	refuses(&c, &c.op.out.shape[0], VNPU_REFUSAL_SHAPE);
	refuses(&c, &c.op.out.shape[1], VNPU_REFUSAL_SHAPE);
	refuses(&c, &c.op.out.shape[3], VNPU_REFUSAL_SHAPE);
	refuses(&c, &c.op.in[0].shape[0], VNPU_REFUSAL_SHAPE);
	refuses(&c, &c.op.in[0].shape[3], VNPU_REFUSAL_SHAPE);
	refuses(&c, &c.op.in[1].shape[1], VNPU_REFUSAL_SHAPE);
	refuses(&c, &c.op.in[1].shape[2], VNPU_REFUSAL_SHAPE);
	refuses(&c, &c.op.in[2].shape[3], VNPU_REFUSAL_SHAPE);
	c.op.in[0].shape[3] = c.op.in[1].shape[3] = 4097;
	assert_int_equal(refusal(&c), VNPU_REFUSAL_COST);
	c.op.in[0].shape[3] = c.op.in[1].shape[3] = 4096;
	assert_int_equal(refusal(&c), VNPU_REFUSAL_NONE);
	c.op.in[1].stride[2] = 0;
	assert_int_equal(refusal(&c), VNPU_REFUSAL_STRIDE);
	drop(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_functions),     cmocka_unit_test(test_gates),
		cmocka_unit_test(test_cell),	      cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_svdf),	      cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_svdf_refusals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-lstm", tests, NULL, NULL);
}
