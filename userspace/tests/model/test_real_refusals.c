// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What the validator refuses of ops that the valid program lacks: vectors, and what spoils them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../driver/tests/model_cases.h"
#include "../../../driver/tests/refusal_program.h"

#define F_OUT 3u
#define F_PARAMS 4u
#define SET(member, value) \
	offsetof(struct vnpu_op, member), sizeof(((struct vnpu_op *)0)->member), (u32)(value)

static const struct refusal {
	const char *what;
	/* the vector whose op is spoilt */
	const char *name;
	u32 reason;
	u32 field;
	size_t offset;
	size_t bytes;
	u32 value;
} refusals[] = {
	{ "weights of integers", "conv in binary32", VNPU_REFUSAL_DTYPE, 1,
	  SET(in[1].dtype, VNPU_DTYPE_INT8) },
	{ "packed as for codes", "conv in binary32", VNPU_REFUSAL_TENSOR_LAYOUT, 1,
	  SET(in[1].layout, VNPU_LAYOUT_WEIGHTS) },
	{ "weights of another depth", "conv in binary32", VNPU_REFUSAL_SHAPE, 1,
	  SET(in[1].shape[3], 23) },
	{ "too few biases", "conv in binary32", VNPU_REFUSAL_SHAPE, 2, SET(in[2].shape[3], 39) },
	{ "biases of binary16", "conv in binary32", VNPU_REFUSAL_DTYPE, 2,
	  SET(in[2].dtype, VNPU_DTYPE_FLOAT16) },
	{ "a clamp that is not a number", "conv in binary32", VNPU_REFUSAL_CLAMP, F_PARAMS,
	  SET(p.real_clamp[0], 0x7fc00000) },
	{ "a clamp reversed", "conv in binary32", VNPU_REFUSAL_CLAMP, F_PARAMS,
	  SET(p.real_clamp[1], 0xff800001) },
	{ "a lowest result above the highest", "quotients", VNPU_REFUSAL_CLAMP, F_PARAMS,
	  SET(p.real_clamp[1], 0xffc00000) },
	{ "a window of nothing", "conv in binary32", VNPU_REFUSAL_WINDOW, F_PARAMS,
	  SET(p.kernel[0], 0) },
	{ "channels that do not divide", "depthwise in binary16, two per channel",
	  VNPU_REFUSAL_SHAPE, F_OUT, SET(out.shape[3], 19) },
	{ "a window of a matrix product", "fully connected in binary32", VNPU_REFUSAL_PARAM_UNUSED,
	  F_PARAMS, SET(p.kernel[0], 1) },
	{ "a scale of 0", "fully connected, hybrid", VNPU_REFUSAL_SCALE, F_PARAMS,
	  SET(p.scale, 0) },
	{ "a negative scale", "fully connected, hybrid", VNPU_REFUSAL_SCALE, F_PARAMS,
	  SET(p.scale, 0xbf800000) },
	{ "an unknown mode of matrices", "matrices", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS,
	  SET(p.mode, 2) },
	{ "matrices that do not fit when turned", "matrices", VNPU_REFUSAL_SHAPE, 1,
	  SET(p.mode, VNPU_MATMUL_TRANSPOSED) },
	{ "no function", "exponentials", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS, SET(p.mode, 0) },
	{ "a function of two", "exponentials", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS,
	  SET(p.mode, VNPU_FN_ADD) },
	{ "a function far away", "exponentials", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS,
	  SET(p.mode, 0xffffffff) },
	{ "a parameter of a function without", "exponentials", VNPU_REFUSAL_PARAM_UNUSED, F_PARAMS,
	  SET(p.alpha, 0x3f800000) },
	{ "an exponential of integers", "magnitudes of int8", VNPU_REFUSAL_DTYPE, 0,
	  SET(p.mode, VNPU_FN_EXP) },
	{ "the mean of two", "quotients", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS,
	  SET(p.mode, VNPU_FN_MEAN) },
	{ "a comparison that is a number", "quotients", VNPU_REFUSAL_DTYPE, F_OUT,
	  SET(p.mode, VNPU_FN_LESS) },
	{ "a truth of floats", "comparison", VNPU_REFUSAL_DTYPE, 0, SET(p.mode, VNPU_FN_AND) },
	{ "a clamp of integers", "remainders of int32", VNPU_REFUSAL_PARAM_UNUSED, F_PARAMS,
	  SET(p.real_clamp[1], 0x7f800000) },
	{ "inputs of two dtypes", "remainders of int32", VNPU_REFUSAL_DTYPE, 1,
	  SET(in[1].dtype, VNPU_DTYPE_FLOAT32) },
	{ "a choice by numbers", "select", VNPU_REFUSAL_DTYPE, 0,
	  SET(in[0].dtype, VNPU_DTYPE_INT8) },
	{ "a truth with a zero point", "select", VNPU_REFUSAL_ZERO_POINT, 0,
	  SET(in[0].zero_point, 1) },
	{ "a choice among two dtypes", "select", VNPU_REFUSAL_DTYPE, 2,
	  SET(in[2].dtype, VNPU_DTYPE_INT32) },
	{ "no axes", "sums of images", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS, SET(p.axes, 0) },
	{ "a wrong count", "sums of images", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS, SET(p.count, 1) },
	{ "a sum of differences", "sums of images", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS,
	  SET(p.mode, VNPU_FN_SUB) },
	{ "an unknown mode of arg", "least", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS, SET(p.mode, 4) },
	{ "an index that is a number", "least", VNPU_REFUSAL_DTYPE, F_OUT,
	  SET(out.dtype, VNPU_DTYPE_FLOAT32) },
	{ "gaps in a pool", "average pool in binary32", VNPU_REFUSAL_WINDOW, F_PARAMS,
	  SET(p.dilation[0], 2) },
	{ "a mode of max pool", "max pool in binary16", VNPU_REFUSAL_PARAM_UNUSED, F_PARAMS,
	  SET(p.mode, 1) },
	{ "a scale that is not finite", "softmax in binary32", VNPU_REFUSAL_SCALE, F_PARAMS,
	  SET(p.scale, 0x7f800000) },
	{ "weights in binary32 of integers", "bilinear of floats", VNPU_REFUSAL_PARAM_RANGE,
	  F_PARAMS, SET(p.mode, VNPU_RESIZE_FLOAT) },
	{ "indices that are numbers", "gather", VNPU_REFUSAL_DTYPE, 1,
	  SET(in[1].dtype, VNPU_DTYPE_FLOAT32) },
	{ "indices of another width", "gather", VNPU_REFUSAL_SHAPE, 1, SET(in[1].shape[2], 69) },
	{ "a row of another height", "gather", VNPU_REFUSAL_SHAPE, F_OUT, SET(out.shape[1], 29) },
	{ "a cast to another shape", "cast to int8", VNPU_REFUSAL_SHAPE, 0,
	  SET(in[0].shape[1], 29) },
	{ "a parameter of a cast", "cast to int8", VNPU_REFUSAL_PARAM_UNUSED, F_PARAMS,
	  SET(p.mode, 1) },
	{ "an unknown mode of gates", "gates", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS, SET(p.mode, 2) },
	{ "gates to codes of 8 bits", "gates", VNPU_REFUSAL_DTYPE, F_OUT,
	  SET(out.dtype, VNPU_DTYPE_INT8) },
	{ "gates of another depth", "gates", VNPU_REFUSAL_SHAPE, 1, SET(in[1].shape[3], 59) },
	{ "too few entries for gates", "gates", VNPU_REFUSAL_SHAPE, 2, SET(in[2].shape[3], 199) },
	{ "more gates than sums", "gates", VNPU_REFUSAL_SHAPE, F_OUT, SET(out.shape[2], 39) },
	{ "a state of few bits", "cells", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS, SET(p.mode, 8) },
	{ "three gates", "cells", VNPU_REFUSAL_SHAPE, 0, SET(in[0].shape[3], 150) },
	{ "a state of codes of 8 bits", "cells", VNPU_REFUSAL_DTYPE, 1,
	  SET(in[1].dtype, VNPU_DTYPE_INT8) },
	{ "a state of many bits", "hidden state", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS,
	  SET(p.mode, 16) },
	{ "cells of another number", "hidden state", VNPU_REFUSAL_SHAPE, 1,
	  SET(in[1].shape[3], 49) },
	{ "memories of a batch too few", "memories of 16 bits", VNPU_REFUSAL_SHAPE, 0,
	  SET(in[0].shape[1], 39) },
	{ "weights of fewer steps", "memories of 16 bits", VNPU_REFUSAL_SHAPE, 1,
	  SET(in[1].shape[3], 59) },
	{ "too few entries for units", "memories of 16 bits", VNPU_REFUSAL_SHAPE, 2,
	  SET(in[2].shape[3], 49) },
	{ "a memory that is one step again and again", "memories of 8 bits", VNPU_REFUSAL_STRIDE, 0,
	  SET(in[0].stride[3], 0) },
	{ "memories in binary32", "memories of 8 bits", VNPU_REFUSAL_DTYPE, 0,
	  SET(in[0].dtype, VNPU_DTYPE_FLOAT32) },
	{ "a mode of memories", "memories of 8 bits", VNPU_REFUSAL_PARAM_UNUSED, F_PARAMS,
	  SET(p.mode, 1) },
	{ "an unknown mode of matrices", "matrices of codes", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS,
	  SET(p.mode, 2) },
	{ "a factor below 0", "matrices of codes", VNPU_REFUSAL_PARAM_RANGE, F_PARAMS,
	  SET(p.mult[2], 1u << 31) },
	{ "a factor of one matrix", "matrices of codes", VNPU_REFUSAL_PARAM_UNUSED, F_PARAMS,
	  SET(p.mult[0], 1) },
	{ "rows fewer than the left ones", "matrices of codes", VNPU_REFUSAL_SHAPE, F_OUT,
	  SET(out.shape[2], 19) },
	{ "matrices that do not fit", "matrices of codes", VNPU_REFUSAL_SHAPE, 1,
	  SET(in[1].shape[2], 29) },
	{ "columns fewer than the right ones", "matrices of codes", VNPU_REFUSAL_SHAPE, 1,
	  SET(in[1].shape[3], 24) },
	{ "codes of two types", "matrices of codes", VNPU_REFUSAL_DTYPE, 1,
	  SET(in[1].dtype, VNPU_DTYPE_UINT8) },
	{ "a table of one variable", "look-up of pairs", VNPU_REFUSAL_TENSOR_LAYOUT, 2,
	  SET(in[2].layout, VNPU_LAYOUT_LUT) },
	{ "a pair missing", "look-up of pairs", VNPU_REFUSAL_SHAPE, 2, SET(in[2].shape[3], 65535) },
	{ "pairs of int16", "look-up of pairs", VNPU_REFUSAL_DTYPE, 1,
	  SET(in[1].dtype, VNPU_DTYPE_INT16) },
};

static const struct model_case *named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(model_cases); i++)
		if (!strcmp(model_cases[i].name, name))
			return &model_cases[i];
	fail_msg("no vector is named %s", name);
	return NULL;
}

static void test_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct refusal *r = &refusals[i];
		struct model_program program;
		struct npum_program prog;
		struct npum_refusal why;

		model_build(named(r->name), VNPU_PERSONALITY_TFLITE_REF, 0, &program);
		if (npum_program_validate(&program, sizeof(program), npum_builtin_set(), &prog,
					  &why))
			fail_msg("%s is refused", r->name);
		memcpy((u8 *)&program.op + r->offset, &r->value, r->bytes);
		if (!npum_program_validate(&program, sizeof(program), npum_builtin_set(), &prog,
					   &why))
			fail_msg("%s: taken", r->what);
		if (why.reason != r->reason || why.field != r->field || why.op)
			fail_msg("%s: reason %u (%s), field %u", r->what, why.reason,
				 npum_refusal_text(why.reason), why.field);
	}
}

/* behind the last opcode there will be for a while */
#define OPCODES 256u

static bool has_refusals(u32 opcode)
{
	for (u32 i = 0; i < REFUSAL_OPS; i++)
		if (refusal_valid.op[i].opcode == opcode)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (named(refusals[i].name)->opcode == opcode)
			return true;
	return false;
}

/* In the valid program, whose every field refusal_cases.h spoils, or among the rows here. */
static void test_every_op_has_refusals(void **state)
{
	u32 without = 0;

	for (u32 opcode = 1; opcode < OPCODES; opcode++) {
		if (!npum_op_info(opcode) || has_refusals(opcode))
			continue;
		print_error("nothing of %s is refused\n", npum_op_info(opcode)->name);
		without++;
	}
	assert_int_equal(without, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_every_op_has_refusals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-real-refusals", tests, NULL, NULL);
}
