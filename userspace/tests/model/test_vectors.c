// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The vectors that KUnit and the device are tested with, on every instruction set.
 * With --write DIR it writes their programs instead, as seeds for the fuzzer of programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../driver/tests/model_cases.h"

#include "conv_case.h"
#include "npum_conv_counting.h"
#include "npum_counters.h"
#include "npum_personality.h"

static const char *const isas[] = { "generic", "avx2", "avx512vnni", "counting" };

static const struct npum_isa *isa_of(const char *name)
{
	/* not among those to select */
	if (!strcmp(name, npum_isa_counting.name))
		return &npum_isa_counting;
	return npum_isa_by_name(name, npum_cpu_features());
}

/* behind the last opcode there will be for a while */
#define OPCODES 256u

/* Runs a case and returns how many tiles it was cut into. */
static u32 run(const struct model_case *c, const struct npum_isa *isa, u32 p, u64 *digest)
{
	struct guarded slot[MODEL_SLOTS], scratch;
	struct model_program program;
	struct npum_counters counters = { 0 };
	struct npum_exec x = { .isa = isa, .counters = &counters };
	struct npum_op_plan plan;
	struct npum_program prog;
	struct npum_refusal why;

	model_build(c, model_personalities[p], 0, &program);
	if (npum_program_validate(&program, sizeof(program), npum_builtin_set(), &prog, &why))
		fail_msg("%s refused: %s, field %d", c->name, npum_refusal_text(why.reason),
			 (int)why.field);
	x.personality = prog.personality;
	for (u32 i = 0; i < MODEL_SLOTS; i++) {
		slot[i] = guarded_alloc(program.slot[i].bytes);
		x.slot[i] = slot[i].data;
		if (i != MODEL_OUT)
			model_fill(c, model_personalities[p], i, 0, slot[i].data,
				   program.slot[i].bytes);
	}
	npum_op_plan(isa, prog.personality, prog.ops, &plan);
	scratch = guarded_alloc(round_up(plan.scratch_bytes, NPUM_SCRATCH_ALIGN));
	for (u32 tile = 0; tile < plan.tiles; tile++)
		npum_op_run(&x, prog.ops, tile, scratch.data);
	*digest = model_digest(slot[MODEL_OUT].data, slot[MODEL_OUT].bytes);

	guarded_free(&scratch);
	for (u32 i = 0; i < MODEL_SLOTS; i++)
		guarded_free(&slot[i]);
	return plan.tiles;
}

static void test_digests(void **state)
{
	u32 wrong = 0;

	for (size_t k = 0; k < ARRAY_SIZE(isas) * ARRAY_SIZE(model_cases); k++) {
		const struct model_case *c = &model_cases[k % ARRAY_SIZE(model_cases)];
		const char *name = isas[k / ARRAY_SIZE(model_cases)];
		const struct npum_isa *isa = isa_of(name);

		for (u32 p = 0; isa && p < MODEL_PERSONALITIES; p++) {
			u64 digest;

			run(c, isa, p, &digest);
			if (digest == c->digest[p])
				continue;
			wrong++;
			print_error("%s on %s, personality %u: digest %#llx\n", c->name, name,
				    model_personalities[p], (unsigned long long)digest);
		}
	}
	assert_int_equal(wrong, 0);
}

/* The most tiles that a case of the opcode is cut into. */
static u32 most_tiles(u32 opcode)
{
	u32 most = 0;

	for (size_t i = 0; i < ARRAY_SIZE(model_cases); i++) {
		u64 digest;
		u32 tiles;

		if (model_cases[i].opcode != opcode)
			continue;
		tiles = run(&model_cases[i], &npum_isa_generic, 0, &digest);
		most = max(most, tiles);
	}
	return most;
}

static void test_every_op_has_tiles(void **state)
{
	/* One tile each would not show what goes wrong between tiles. */
	for (u32 opcode = 1; opcode < OPCODES; opcode++)
		if (npum_op_info(opcode) && most_tiles(opcode) < 2)
			fail_msg("%s has no case of several tiles", npum_op_info(opcode)->name);
}

/* What an FPU section may hold of products that are counted, see npum_conv_counting.h. */
static void test_counting_tiles(void **state)
{
	u32 cut = 0;

	for (size_t i = 0; i < ARRAY_SIZE(model_cases); i++) {
		struct npum_op_plan plain, counting;
		struct model_program program;
		u64 outputs = 1, macs, block;
		const struct vnpu_op *op = &program.op;

		model_build(&model_cases[i], model_personalities[0], 0, &program);
		npum_op_plan(&npum_isa_generic, npum_personality_at(npum_builtin_set(), 0), op,
			     &plain);
		npum_op_plan(&npum_isa_counting, npum_personality_at(npum_builtin_set(), 0), op,
			     &counting);
		if (plain.tiles == counting.tiles)
			continue;
		for (u32 d = 0; d < 4; d++)
			outputs *= op->out.shape[d];
		macs = npum_op_macs(op);
		block = macs / outputs * VNPU_CHANNEL_BLOCK;
		assert_true(macs / counting.tiles <= max(block, (u64)NPUM_COUNTING_PRODUCTS));
		assert_true(counting.tiles > plain.tiles);
		cut++;
	}
	assert_true(cut > 6);
}

/* One program for each opcode and type of its first input. */
static int write_seeds(const char *folder)
{
	for (size_t i = 0; i < ARRAY_SIZE(model_cases); i++) {
		struct model_program program;
		char path[512];
		FILE *file;

		model_build(&model_cases[i], model_personalities[0], 0, &program);
		snprintf(path, sizeof(path), "%s/%s-%s", folder,
			 npum_op_info(program.op.opcode)->name,
			 npum_dtype_name(program.op.in[0].dtype));
		file = fopen(path, "wb");
		if (!file || fwrite(&program, sizeof(program), 1, file) != 1 || fclose(file))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digests),
		cmocka_unit_test(test_every_op_has_tiles),
		cmocka_unit_test(test_counting_tiles),
	};

	if (argc == 3 && !strcmp(argv[1], "--write"))
		return write_seeds(argv[2]);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-vectors", tests, NULL, NULL);
}
