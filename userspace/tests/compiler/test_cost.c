// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Costs of records: every op has a formula, and the formulas by hand. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cost.h"
#include "npum.h"

/* Numbers that are easy to reckon with. */
static struct npum_target make_target(void)
{
	struct npum_target t = *npum_builtin_target();

	t.macs_int8 = 100;
	t.macs_int16 = 10;
	t.macs_float32 = 0;
	t.lanes = 8;
	t.dma_bytes = 4;
	t.dma_cycles = 50;
	t.op_cycles = 1000;
	t.l1_banks = 2;
	return t;
}

static void test_every_op_has_a_formula(void **state)
{
	for (uint32_t i = 0; i < NPUM_TARGET_OPCODES; i++)
		if (npum_op_info(i) && !npuc_cost_known(i))
			fail_msg("%s has no row in costs.def", npum_op_info(i)->name);
}

static struct vnpu_tensor dense(uint32_t slot, uint32_t dtype, uint32_t h, uint32_t w, uint32_t c)
{
	uint32_t size = npum_dtype_size(dtype);

	return (struct vnpu_tensor){
		.slot = slot,
		.dtype = (uint8_t)dtype,
		.shape = { 1, h, w, c },
		.stride = { h * w * c * size, w * c * size, c * size, size },
	};
}

static void test_compute(void **state)
{
	struct npum_target t = make_target();
	struct vnpu_op op = {
		.opcode = VNPU_OP_FULLY_CONNECTED,
		.in = { dense(0, VNPU_DTYPE_INT8, 1, 1, 30), { .shape = { 7, 1, 1, 30 } } },
		.out = dense(0, VNPU_DTYPE_INT8, 1, 1, 7),
	};

	/* 210 products: 2.1 cycles of 100, 21 of 10; without multipliers 100 cycles each */
	assert_int_equal(npuc_cost_compute(&t, &op), 3);
	op.opcode = VNPU_OP_FULLY_CONNECTED_I16;
	op.in[0].dtype = VNPU_DTYPE_INT16;
	assert_int_equal(npuc_cost_compute(&t, &op), 21);
	op.opcode = VNPU_OP_FULLY_CONNECTED_F;
	op.in[0].dtype = VNPU_DTYPE_FLOAT32;
	assert_int_equal(npuc_cost_compute(&t, &op), 21000);
	op.opcode = VNPU_OP_FULLY_CONNECTED_HYBRID;
	assert_int_equal(npuc_cost_compute(&t, &op), 3);

	/* 24 outputs of 9 elements, and 3 passes over 60, by 8 lanes */
	op = (struct vnpu_op){
		.opcode = VNPU_OP_MAX_POOL,
		.in = { dense(0, VNPU_DTYPE_INT8, 4, 5, 3) },
		.out = dense(0, VNPU_DTYPE_INT8, 2, 4, 3),
		.p.kernel = { 3, 3 },
	};
	assert_int_equal(npuc_cost_compute(&t, &op), 27);
	op.opcode = VNPU_OP_SOFTMAX;
	assert_int_equal(npuc_cost_compute(&t, &op), 23);
	op.opcode = VNPU_OP_COPY;
	assert_int_equal(npuc_cost_compute(&t, &op), 0);
}

static void test_bytes(void **state)
{
	struct npum_target t = make_target();
	struct vnpu_tensor in = dense(0, VNPU_DTYPE_INT16, 4, 5, 3);

	assert_int_equal(npuc_cost_operand(&in), 120);
	in.stride[1] = 0;
	assert_int_equal(npuc_cost_operand(&in), 30);
	/* 20 outputs are two blocks of 16, 27 terms seven of 4 */
	in = (struct vnpu_tensor){
		.dtype = VNPU_DTYPE_UINT8,
		.layout = VNPU_LAYOUT_WEIGHTS,
		.shape = { 20, 3, 3, 3 },
	};
	assert_int_equal(npuc_cost_operand(&in), 32 * 28);
	in.dtype = VNPU_DTYPE_NONE;
	assert_int_equal(npuc_cost_operand(&in), 0);
	assert_int_equal(npuc_cost_move(&t, 0), 0);
	assert_int_equal(npuc_cost_move(&t, 401), 151);
}

enum { IN_CONST, IN_L1, IN_INPUT, IN_OUTPUT, SLOTS };
enum { FETCH, EARLIER, READER, OPS };

struct streaming {
	struct vnpu_program_header header;
	struct vnpu_slot_desc slots[SLOTS];
	struct vnpu_op op[OPS];
};

/* 400 bytes on their way to L1, an op that needs them not, and one that does. */
static struct streaming make_streaming(void)
{
	return (struct streaming){
		.header = {
			.magic = VNPU_PROGRAM_MAGIC,
			.major = VNPU_PROGRAM_MAJOR,
			.minor = VNPU_PROGRAM_MINOR,
			.size = sizeof(struct streaming),
			.personality = VNPU_PERSONALITY_TFLITE_REF,
			.slot_offset = offsetof(struct streaming, slots),
			.slot_count = SLOTS,
			.slot_size = sizeof(struct vnpu_slot_desc),
			.op_offset = offsetof(struct streaming, op),
			.op_count = OPS,
			.op_size = sizeof(struct vnpu_op),
		},
		.slots = {
			[IN_CONST] = { VNPU_SLOT_CONST, 4096 },
			[IN_L1] = { VNPU_SLOT_L1, 4096 },
			[IN_INPUT] = { VNPU_SLOT_INPUT, 4096 },
			[IN_OUTPUT] = { VNPU_SLOT_OUTPUT, 4096 },
		},
		.op = {
			[FETCH] = {
				.opcode = VNPU_OP_COPY,
				.in = { dense(IN_CONST, VNPU_DTYPE_INT8, 1, 4, 100) },
				.out = dense(IN_L1, VNPU_DTYPE_INT8, 1, 4, 100),
			},
			[EARLIER] = {
				.opcode = VNPU_OP_SOFTMAX,
				.in = { dense(IN_INPUT, VNPU_DTYPE_INT8, 1, 4, 100) },
				.out = dense(IN_OUTPUT, VNPU_DTYPE_INT8, 1, 4, 100),
			},
			[READER] = {
				.opcode = VNPU_OP_COPY,
				.in = { dense(IN_L1, VNPU_DTYPE_INT8, 1, 4, 100) },
				.out = dense(IN_OUTPUT, VNPU_DTYPE_INT8, 1, 4, 100),
			},
		},
	};
}

static uint64_t total(const struct streaming *p, const struct npum_target *t, uint64_t cycles[OPS])
{
	struct npuc_cost *costs = NULL;
	uint64_t sum = 0;
	size_t count = 0;

	assert_int_equal(npuc_estimate(p, sizeof(*p), t, &costs, &count), 0);
	assert_int_equal(count, OPS);
	for (size_t i = 0; i < count; i++) {
		cycles[i] = costs[i].cycles;
		sum += costs[i].cycles;
	}
	free(costs);
	return sum;
}

static void test_streaming(void **state)
{
	struct npum_target t = make_target();
	struct streaming p = make_streaming();
	uint64_t cycles[OPS];

	/* 150 cycles of fetching behind 250 of 800 bytes; 150 of computing hide nothing */
	total(&p, &t, cycles);
	assert_int_equal(cycles[FETCH], 0);
	assert_int_equal(cycles[EARLIER], 1000 + 250 + 150);
	/* 400 bytes of L1 by 8 are 50 cycles, 400 to memory 150 */
	assert_int_equal(cycles[READER], 1000 + 150);

	/* 1200 lane passes, one at a time: fetching is hidden */
	t.lanes = 1;
	total(&p, &t, cycles);
	assert_int_equal(cycles[EARLIER], 1000 + 1200);

	/* an op that needs the bytes at once waits for them */
	p.op[EARLIER].in[0].slot = IN_L1;
	total(&p, &t, cycles);
	assert_int_equal(cycles[FETCH], 150);
	assert_int_equal(cycles[EARLIER], 1000 + 1200);
}

static void test_broken_program(void **state)
{
	struct npum_target t = make_target();
	struct streaming p = make_streaming();
	struct npuc_cost *costs = NULL;
	size_t count = 0;

	p.op[READER].in[0].slot = SLOTS;
	assert_int_equal(npuc_estimate(&p, sizeof(p), &t, &costs, &count), -EINVAL);
	assert_null(costs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_op_has_a_formula),
		cmocka_unit_test(test_compute),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_streaming),
		cmocka_unit_test(test_broken_program),
	};

	return cmocka_run_group_tests_name("costs", tests, NULL, NULL);
}
