// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Which fields of a personality each op reads, watched: the record lies on a page that
 * must not be touched, a signal handler notes what was, and lets one instruction pass.
 * What was seen under all named and drawn personalities is the table npum_reads.def, which
 * the manual prints.  With --write it is printed instead.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../driver/tests/model_cases.h"

#include "conv_case.h"
#include "npum_counters.h"
#include "npum_fields.h"
#include "personality_case.h"

/* Reads of one tile after which nothing new is expected. */
#define PATIENCE 64u
#define FIELDS 64u
#define OPCODES 128u

/* x86's flag to trap behind the next instruction */
#define TRAP_FLAG 0x100

static struct npum_personality *watched;
static size_t page;
static volatile u32 patience;
static volatile u8 touched[sizeof(struct npum_personality)];

static u8 seen[OPCODES][FIELDS];

#define NPUM_READS(field, op) { #field, VNPU_OP_##op },
static const struct {
	const char *field;
	u32 opcode;
} stated[] = {
#include "npum_reads.def"
};

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define CAN_WATCH 1

static void guard(int protection)
{
	mprotect(watched, page, protection);
}

static void on_touch(int signal, siginfo_t *info, void *context)
{
	size_t offset = (size_t)((char *)info->si_addr - (char *)watched);
	ucontext_t *c = context;

	if (offset >= page)
		abort();
	if (offset < sizeof(touched) && !touched[offset]) {
		touched[offset] = 1;
		patience = PATIENCE;
	}
	guard(PROT_READ | PROT_WRITE);
	if (patience) {
		patience--;
		c->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
	}
}

static void on_step(int signal, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	c->uc_mcontext.gregs[REG_EFL] &= ~(long long)TRAP_FLAG;
	guard(PROT_NONE);
}

static void watch(bool on)
{
	struct sigaction touch = { .sa_sigaction = on_touch, .sa_flags = SA_SIGINFO };
	struct sigaction step = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };

	if (!on) {
		touch.sa_handler = step.sa_handler = SIG_DFL;
		touch.sa_flags = step.sa_flags = 0;
	}
	sigaction(SIGSEGV, &touch, NULL);
	sigaction(SIGTRAP, &step, NULL);
}
#else
#define CAN_WATCH 0
static void guard(int protection)
{
}
static void watch(bool on)
{
}
#endif

static void note(u32 opcode)
{
	const struct npum_field *f;

	for (u32 i = 0; (f = npum_field_at(i)); i++)
		seen[opcode][i] |= touched[f->offset];
}

/* The first tile of a case under a personality. */
static void run(const struct model_case *c, const struct npum_personality *p,
		const struct npum_isa *isa)
{
	struct npum_counters counters = { 0 };
	struct npum_exec x = { .isa = isa, .personality = watched, .counters = &counters };
	struct guarded slot[MODEL_SLOTS], scratch;
	struct model_program bytes;
	struct npum_op_plan plan;

	model_build(c, VNPU_PERSONALITY_TFLITE_REF, 0, &bytes);
	for (u32 i = 0; i < MODEL_SLOTS; i++) {
		slot[i] = guarded_alloc(bytes.slot[i].bytes);
		x.slot[i] = slot[i].data;
		model_fill(c, VNPU_PERSONALITY_TFLITE_REF, i, 0, slot[i].data, bytes.slot[i].bytes);
	}
	*watched = *p;
	npum_op_plan(isa, watched, &bytes.op, &plan);
	scratch = guarded_alloc(round_up(plan.scratch_bytes, NPUM_SCRATCH_ALIGN));
	for (size_t i = 0; i < sizeof(touched); i++)
		touched[i] = 0;
	patience = PATIENCE;
	guard(PROT_NONE);
	npum_op_run(&x, &bytes.op, 0, scratch.data);
	guard(PROT_READ | PROT_WRITE);
	note(c->opcode);
	guarded_free(&scratch);
	for (u32 i = 0; i < MODEL_SLOTS; i++)
		guarded_free(&slot[i]);
}

/* Each case under a third of the personalities: every op has several, or few fields. */
static void observe(void)
{
	const struct npum_personality_set *set = personality_cases();

	page = (size_t)sysconf(_SC_PAGESIZE);
	watched = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (watched == MAP_FAILED)
		abort();
	watch(true);
	for (size_t i = 0; i < ARRAY_SIZE(model_cases); i++)
		for (u32 k = (u32)i % 3; k < set->count; k += 3)
			run(&model_cases[i], &set->at[k],
			    k % 2 ? &npum_isa_generic : &npum_isa_counting);
	watch(false);
}

static bool is_stated(const char *field, u32 opcode)
{
	for (size_t i = 0; i < ARRAY_SIZE(stated); i++)
		if (!strcmp(stated[i].field, field) && stated[i].opcode == opcode)
			return true;
	return false;
}

static void test_reads(void **state)
{
	const struct npum_field *f;
	u32 wrong = 0;

	if (!CAN_WATCH)
		skip();
	observe();
	for (u32 i = 0; (f = npum_field_at(i)); i++) {
		for (u32 opcode = 1; opcode < OPCODES; opcode++) {
			if (!npum_op_info(opcode) || seen[opcode][i] == is_stated(f->name, opcode))
				continue;
			print_error("%s %s %s\n", npum_op_info(opcode)->name,
				    seen[opcode][i] ? "reads" : "does not read", f->name);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static int write_rows(void)
{
	const struct npum_field *f;

	observe();
	for (u32 i = 0; (f = npum_field_at(i)); i++)
		for (u32 opcode = 1; opcode < OPCODES; opcode++)
			if (npum_op_info(opcode) && seen[opcode][i])
				printf("NPUM_READS(%s, %s)\n", f->name, npum_op_info(opcode)->name);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_reads) };

	if (argc == 2 && !strcmp(argv[1], "--write"))
		return write_rows();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-reads", tests, NULL, NULL);
}
