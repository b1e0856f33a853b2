// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * GATES, LSTM_CELL and LSTM_HIDDEN against their formulas, one element at a time.
 * Logistic and tanh are written here as fractions of 2^15 with quotients rounded by
 * their definition and constants computed from the real exponential.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conv_case.h"
#include "npum_check.h"
#include "npum_fixed16.h"

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

/**
 * struct lstm_case - an op with memory of its own for each operand
 * @op: the record
 * @slot: memory of inputs and output
 * @random: state of the generator
 */
struct lstm_case {
	struct vnpu_op op;
	struct guarded slot[4];
	u64 *random;
};

static void begin(struct lstm_case *c, u32 opcode, u64 *random)
{
	*c = (struct lstm_case){ .op = { .opcode = opcode }, .random = random };
}

static void fill(struct lstm_case *c, u32 k, u32 bytes)
{
	c->slot[k] = guarded_alloc(round_up(bytes, 64u));
	for (u32 i = 0; i < round_up(bytes, 64u); i++)
		c->slot[k].data[i] = (u8)(conv_random(c->random) >> 24);
}

static void operand(struct lstm_case *c, u32 k, u32 dtype, u32 rows, u32 columns)
{
	struct vnpu_tensor *t = k == 3 ? &c->op.out : &c->op.in[k];
	u32 size = npum_dtype_size(dtype);

	*t = (struct vnpu_tensor){
		.slot = k,
		.dtype = (u8)dtype,
		.shape = { 1, 1, rows, columns },
		.stride = { rows * columns * size, rows * columns * size, columns * size, size },
	};
	fill(c, k, rows * columns * size);
}

static void run(struct lstm_case *c)
{
	struct {
		struct vnpu_program_header h;
		struct vnpu_slot_desc slot[4];
		struct vnpu_op op;
	} program = {
		.h = { .magic = VNPU_PROGRAM_MAGIC,
		       .major = VNPU_PROGRAM_MAJOR,
		       .minor = VNPU_PROGRAM_MINOR,
		       .size = sizeof(program),
		       .personality = VNPU_PERSONALITY_TFLITE_REF,
		       .slot_offset = sizeof(struct vnpu_program_header),
		       .slot_count = 4,
		       .slot_size = sizeof(struct vnpu_slot_desc),
		       .op_offset = sizeof(struct vnpu_program_header) + sizeof(program.slot),
		       .op_count = 1,
		       .op_size = sizeof(struct vnpu_op) },
		.op = c->op,
	};
	struct npum_exec x = { .isa = &npum_isa_generic };
	struct npum_program prog;
	struct npum_refusal why;
	struct npum_op_plan plan;

	for (u32 k = 0; k < 4; k++) {
		program.slot[k] = (struct vnpu_slot_desc){ VNPU_SLOT_TEMP, (u32)c->slot[k].bytes };
		x.slot[k] = c->slot[k].data;
	}
	if (npum_program_validate(&program, sizeof(program), npum_builtin_set(), &prog, &why))
		fail_msg("refused: %s, field %d", npum_refusal_text(why.reason), (int)why.field);
	x.personality = prog.personality;
	npum_op_plan(x.isa, x.personality, prog.ops, &plan);
	assert_int_equal(plan.scratch_bytes, 0);
	for (u32 tile = plan.tiles; tile-- > 0;)
		npum_op_run(&x, prog.ops, tile, NULL);
}

static void end(struct lstm_case *c)
{
	for (u32 k = 0; k < 4; k++)
		if (c->slot[k].data)
			guarded_free(&c->slot[k]);
}

static s16 word(const struct lstm_case *c, u32 k, u32 i)
{
	s16 v;

	memcpy(&v, c->slot[k].data + 2 * i, sizeof(v));
	return v;
}

static s64 rescale(s64 v, s32 mult, s32 shift)
{
	v = floor_div(v * (1ll << max(shift, 0)) * mult + (1 << 30), 1ll << 31);
	return away(v, (u32)max(-shift, 0));
}

static void check_gates(u64 *random)
{
	u32 rows = 1 + conv_random(random) % 9, terms = 1 + conv_random(random) % 70;
	u32 outputs = 1 + conv_random(random) % 50, blocks = DIV_ROUND_UP(outputs, 16u);
	u32 groups = DIV_ROUND_UP(terms, 4u);
	struct vnpu_requant_block *table;
	struct lstm_case c;
	s16 *before;

	begin(&c, VNPU_OP_GATES, random);
	operand(&c, 0, conv_random(random) % 2 ? VNPU_DTYPE_INT8 : VNPU_DTYPE_UINT8, rows, terms);
	operand(&c, 3, VNPU_DTYPE_INT16, rows, outputs);
	c.op.p.mode = conv_random(random) % 2;
	c.op.in[1] = (struct vnpu_tensor){ .slot = 1,
					   .dtype = VNPU_DTYPE_UINT8,
					   .layout = VNPU_LAYOUT_WEIGHTS,
					   .zero_point = (s32)(conv_random(random) % 256),
					   .shape = { outputs, 1, 1, terms } };
	c.op.in[2] = (struct vnpu_tensor){ .slot = 2,
					   .dtype = VNPU_DTYPE_INT32,
					   .layout = VNPU_LAYOUT_REQUANT,
					   .shape = { 1, 1, 1, outputs } };
	fill(&c, 1, blocks * groups * 64);
	fill(&c, 2, blocks * (u32)sizeof(*table));
	table = (void *)c.slot[2].data;
	for (u32 o = 0; o < blocks * 16; o++) {
		table[o / 16].bias[o % 16] = (s32)(conv_random(random) % 200000) - 100000;
		table[o / 16].mult[o % 16] = (s32)((1u << 30) + conv_random(random) % (1u << 30));
		table[o / 16].shift[o % 16] = (s32)(conv_random(random) % 10) - 8;
	}
	before = malloc(c.slot[3].bytes);
	memcpy(before, c.slot[3].data, c.slot[3].bytes);
	run(&c);
	for (u32 i = 0; i < rows * outputs; i++) {
		u32 o = i % outputs;
		s64 v = table[o / 16].bias[o % 16];

		for (u32 k = 0; k < terms; k++) {
			u8 byte = c.slot[0].data[i / outputs * terms + k];
			u8 w = c.slot[1].data[((o / 16 * groups + k / 4) * 16 + o % 16) * 4 + k % 4];

			v += (c.op.in[0].dtype == VNPU_DTYPE_INT8 ? (s8)byte : byte) *
			     ((s64)w - c.op.in[1].zero_point);
		}
		v = rescale(v, table[o / 16].mult[o % 16], table[o / 16].shift[o % 16]);
		v += c.op.p.mode ? before[i] : 0;
		assert_int_equal(word(&c, 3, i), limit16(v));
	}
	free(before);
	end(&c);
}

static void test_gates(void **state)
{
	u64 random = SEED;

	for (u32 round = 0; round < ROUNDS; round++)
		check_gates(&random);
}

/* Rows of gates, of state, and of what comes out. */
static void begin_cells(struct lstm_case *c, u32 opcode, u64 *random, u32 dtype, u32 *cells)
{
	u32 rows = 1 + conv_random(random) % 5;

	*cells = 1 + conv_random(random) % 150;
	begin(c, opcode, random);
	operand(c, 0, VNPU_DTYPE_INT16, rows, 4 * *cells);
	operand(c, 1, VNPU_DTYPE_INT16, rows, *cells);
	operand(c, 3, dtype, rows, *cells);
	c->op.p.mode = 9 + (u32)(conv_random(random) % 7);
}

static s16 gate(const struct lstm_case *c, u32 i, u32 cells, u32 number)
{
	return word(c, 0, i / cells * 4 * cells + number * cells + i % cells);
}

static void check_cell(u64 *random, bool in_place)
{
	struct lstm_case c;
	s16 *before;
	u32 cells;
	s32 most;

	begin_cells(&c, VNPU_OP_LSTM_CELL, random, VNPU_DTYPE_INT16, &cells);
	most = conv_random(random) % 2 ? 32767 : (s32)(conv_random(random) % 30000);
	c.op.p.clamp[0] = most == 32767 ? -32768 : -most;
	c.op.p.clamp[1] = most;
	if (in_place)
		c.op.out = c.op.in[1];
	before = malloc(c.slot[1].bytes);
	memcpy(before, c.slot[1].data, c.slot[1].bytes);
	run(&c);
	for (u32 i = 0; i < c.op.out.shape[2] * cells; i++) {
		s64 keep = away(logistic(gate(&c, i, cells, 1)) * before[i], 15);
		s64 take = away(logistic(gate(&c, i, cells, 0)) * tanh_of(gate(&c, i, cells, 2), 3),
				30 - c.op.p.mode);
		s64 v = limit16(keep + take);

		v = v < c.op.p.clamp[0] ? c.op.p.clamp[0] : v > most ? most : v;
		assert_int_equal(word(&c, in_place ? 1 : 3, i), v);
	}
	free(before);
	end(&c);
}

static void test_cell(void **state)
{
	u64 random = SEED + 1;

	for (u32 round = 0; round < ROUNDS; round++)
		check_cell(&random, round % 2);
}

static void check_hidden(u64 *random)
{
	bool is_signed = conv_random(random) % 2;
	s32 lowest = is_signed ? -128 : 0;
	struct lstm_case c;
	u32 cells;

	begin_cells(&c, VNPU_OP_LSTM_HIDDEN, random, is_signed ? VNPU_DTYPE_INT8 : VNPU_DTYPE_UINT8,
		    &cells);
	c.op.out.zero_point = lowest + (s32)(conv_random(random) % 256);
	c.op.p.offset = (s32)(conv_random(random) % 300) - 150;
	c.op.p.mult[2] = (s32)((1u << 30) + conv_random(random) % (1u << 30));
	c.op.p.shift[2] = -20 - (s32)(conv_random(random) % 5);
	c.op.p.clamp[0] = lowest;
	c.op.p.clamp[1] = lowest + 255;
	run(&c);
	for (u32 i = 0; i < c.op.out.shape[2] * cells; i++) {
		s64 v = logistic(gate(&c, i, cells, 3)) *
			tanh_of(word(&c, 1, i), 15 - (int)c.op.p.mode);
		u8 byte = c.slot[3].data[i];

		v = rescale(v, c.op.p.mult[2], c.op.p.shift[2]) + c.op.out.zero_point +
		    c.op.p.offset;
		v = v < lowest ? lowest : v > lowest + 255 ? lowest + 255 : v;
		assert_int_equal(is_signed ? (s8)byte : byte, v);
	}
	end(&c);
}

static void test_hidden(void **state)
{
	u64 random = SEED + 2;

	for (u32 round = 0; round < ROUNDS; round++)
		check_hidden(&random);
}

/* What the validator says of a record that was all right. */
static u32 refusal(struct lstm_case *c)
{
	const struct npum_op_info *info = npum_op_info(c->op.opcode);
	u32 field, reason = npum_check_params(info, &c->op);

	return reason ? reason : npum_check_op(info, &c->op, &field);
}

static void test_refusals(void **state)
{
	u64 random = SEED + 3;
	struct lstm_case c;
	u32 cells;

	begin_cells(&c, VNPU_OP_LSTM_CELL, &random, VNPU_DTYPE_INT16, &cells);
	assert_int_equal(refusal(&c), VNPU_REFUSAL_NONE);
	c.op.p.mode = 8;
	assert_int_equal(refusal(&c), VNPU_REFUSAL_PARAM_RANGE);
	c.op.p.mode = 16;
	assert_int_equal(refusal(&c), VNPU_REFUSAL_PARAM_RANGE);
	c.op.p.mode = 9;
	c.op.p.clamp[1] = 32768;
	assert_int_equal(refusal(&c), VNPU_REFUSAL_CLAMP);
	c.op.p.clamp[1] = 32767;
	c.op.in[0].shape[3]++;
	assert_int_equal(refusal(&c), VNPU_REFUSAL_SHAPE);
	c.op.in[0].shape[3]--;
	c.op.in[1].shape[2]++;
	assert_int_equal(refusal(&c), VNPU_REFUSAL_SHAPE);
	c.op.in[1].shape[2]--;
	if (cells > 1) {
		c.op.in[1].stride[3] = 0;
		assert_int_equal(refusal(&c), VNPU_REFUSAL_STRIDE);
	}
	end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_functions), cmocka_unit_test(test_gates),
		cmocka_unit_test(test_cell),	  cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_refusals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-lstm", tests, NULL, NULL);
}
