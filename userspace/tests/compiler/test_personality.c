// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What each personality makes of ops: which record, whose arithmetic, which multipliers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model.h"
#include "npum_personality.h"
#include "run.h"

static void open_as(struct run *r, const struct model *m, const char *personality)
{
	const struct fb_writer *w = model_write(m);

	run_open(r, w->data, w->size, personality, false);
}

/* The only record of an opcode. */
static const struct vnpu_op *find(const struct run *r, uint32_t opcode)
{
	const struct vnpu_op *found = NULL;

	for (uint32_t i = 0; i < r->program.op_count; i++) {
		if (r->program.ops[i].opcode != opcode)
			continue;
		assert_null(found);
		found = &r->program.ops[i];
	}
	if (!found)
		fail_msg("no record of opcode %u", opcode);
	return found;
}

static int32_t bits_of(float factor)
{
	int32_t bits;

	memcpy(&bits, &factor, sizeof(bits));
	return bits;
}

static void test_every_model_under_each(void **state)
{
	const struct npum_personality *p;

	for (const struct model *m = models; m->name; m++) {
		for (uint32_t i = 0; (p = npum_personality_at(npum_builtin_set(), i)); i++) {
			struct run r;

			open_as(&r, m, p->name);
			assert_ptr_equal(r.program.personality, p);
			assert_string_equal(run_string(&r, r.info->personality), p->name);
			run_go(&r);
			run_close(&r);
		}
	}
}

/* A delegate has no kernels for pools of means and for softmax. */
static void test_delegate_leaves_the_rest(void **state)
{
	struct run r;

	open_as(&r, model_find("classifier"), "xnnpack");
	assert_int_equal(find(&r, VNPU_OP_CONV2D)->personality, VNPU_PERSONALITY_INHERIT);
	assert_int_equal(find(&r, VNPU_OP_FULLY_CONNECTED)->personality, VNPU_PERSONALITY_INHERIT);
	assert_int_equal(find(&r, VNPU_OP_AVG_POOL)->personality, VNPU_PERSONALITY_TFLITE_OPT);
	assert_int_equal(find(&r, VNPU_OP_SOFTMAX_TABLE)->personality, VNPU_PERSONALITY_TFLITE_OPT);
	run_close(&r);
	/* The others compute all ops themselves. */
	open_as(&r, model_find("classifier"), "tflite-opt");
	for (uint32_t i = 0; i < r.program.op_count; i++)
		assert_int_equal(r.program.ops[i].personality, VNPU_PERSONALITY_INHERIT);
	run_close(&r);
}

static void test_delegate_has_conditions(void **state)
{
	struct model m = *model_find("nested");
	const struct vnpu_op *op;
	struct run r;

	/* 0.5 to 1/256 is the greatest ratio: 128, in units of 1/256 */
	open_as(&r, &m, "xnnpack");
	op = find(&r, VNPU_OP_REQUANTIZE);
	assert_int_equal(op->personality, VNPU_PERSONALITY_INHERIT);
	assert_int_equal(op->p.mult[2], 128 * 256);
	assert_int_equal(op->p.shift[2], 31 - 8);
	run_close(&r);
	m.tensors[0].scale = 0.51f;
	open_as(&r, &m, "xnnpack");
	op = find(&r, VNPU_OP_REQUANTIZE);
	assert_int_equal(op->personality, VNPU_PERSONALITY_TFLITE_OPT);
	assert_true(op->p.mult[2] >= 1 << 30);
	run_close(&r);

	/* Sums only where no input is 2^8 times as coarse as the output, or more. */
	m = *model_find("branches");
	open_as(&r, &m, "xnnpack");
	op = find(&r, VNPU_OP_SUB);
	assert_int_equal(op->personality, VNPU_PERSONALITY_INHERIT);
	run_close(&r);
	m.tensors[5].scale = 128;
	open_as(&r, &m, "xnnpack");
	assert_int_equal(find(&r, VNPU_OP_SUB)->personality, VNPU_PERSONALITY_TFLITE_OPT);
	assert_int_equal(find(&r, VNPU_OP_ADD)->personality, VNPU_PERSONALITY_INHERIT);
	run_close(&r);
}

static void test_whole_sum(void **state)
{
	const struct vnpu_op *op;
	struct run r;

	/* 0.75 and 0.5 to 0.5: 1.5 in 21 bits is 1.5 * 2^20, so that the sum's shift is 20 */
	open_as(&r, model_find("branches"), "xnnpack");
	op = find(&r, VNPU_OP_SUB);
	assert_int_equal(op->p.mult[0], 3 << 19 << 9);
	assert_int_equal(op->p.mult[1], 1 << 20 << 9);
	/* which with 9 more bits of the multipliers is 31 */
	assert_int_equal(op->p.left_shift, 22);
	assert_int_equal(op->p.shift[0], 0);
	assert_int_equal(op->p.shift[1], 0);
	assert_int_equal(op->p.mult[2], 1 << 30);
	assert_int_equal(op->p.shift[2], 1 - 20);
	run_close(&r);
}

static void test_means(void **state)
{
	struct model m = *model_find("branches");
	const struct vnpu_op *op;
	struct run r;

	m.tensors[6].zero = 12;
	m.tensors[7].zero = -5;
	open_as(&r, &m, "tflite-ref");
	op = find(&r, VNPU_OP_MEAN);
	assert_int_equal(op->in[0].zero_point, 12);
	assert_int_equal(op->p.offset, 0);
	run_close(&r);
	/* 12 * 0.5 / 0.3 is 20 */
	open_as(&r, &m, "tflite-opt");
	op = find(&r, VNPU_OP_MEAN);
	assert_int_equal(op->in[0].zero_point, 0);
	assert_int_equal(op->p.offset, -20);
	assert_int_equal(op->out.zero_point, -5);
	run_close(&r);
	open_as(&r, &m, "xnnpack");
	op = find(&r, VNPU_OP_MEAN);
	assert_int_equal(op->in[0].zero_point, 12);
	assert_int_equal(op->p.mult[2], bits_of(0.5f / 0.3f / 16));
	assert_int_equal(op->p.shift[2], 0);
	run_close(&r);
}

static void test_resize_of_uint8(void **state)
{
	struct run r;

	open_as(&r, model_find("segmenter"), "tflite-opt");
	assert_true(find(&r, VNPU_OP_RESIZE_BILINEAR)->p.mode & VNPU_RESIZE_FLOAT);
	run_close(&r);
	open_as(&r, model_find("segmenter"), "xnnpack");
	assert_false(find(&r, VNPU_OP_RESIZE_BILINEAR)->p.mode & VNPU_RESIZE_FLOAT);
	run_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_model_under_each),
		cmocka_unit_test(test_delegate_leaves_the_rest),
		cmocka_unit_test(test_delegate_has_conditions),
		cmocka_unit_test(test_whole_sum),
		cmocka_unit_test(test_means),
		cmocka_unit_test(test_resize_of_uint8),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("compiler-personality", tests, NULL, NULL);
}
