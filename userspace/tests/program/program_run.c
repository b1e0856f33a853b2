// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "program_run.h"

#include <stdio.h>
#include <stdlib.h>

#include "npum_isa.h"

/* Bounds of one run, so that a fuzzer gets through many. */
#define MAX_BYTES (8u << 20)
#define MAX_OPS_RUN 16u
#define END_TILES 2u
#define MAX_COUNT (1u << 16)

#define ALIGN 64u

static void *allocate(size_t bytes)
{
	void *p = NULL;

	/* One byte at least: an empty slot has an address too. */
	if (posix_memalign(&p, ALIGN, bytes ? bytes : 1))
		abort();
	return p;
}

/* Codes of all kinds with many extremes among them; the same for the same seed. */
static void fill(u8 *p, size_t bytes, u64 seed)
{
	static const u8 extremes[] = { 0x00, 0x7f, 0x80, 0xff };

	for (size_t i = 0; i < bytes; i++) {
		seed ^= seed >> 12;
		seed ^= seed << 25;
		seed ^= seed >> 27;
		p[i] = seed & 1 ? extremes[seed >> 20 & 3] : (u8)(seed >> 30);
	}
}

static u64 hash(const u8 *p, size_t size)
{
	u64 h = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < size; i++)
		h = (h ^ p[i]) * 0x100000001b3ull;
	return h | 1;
}

static void run_op(const struct npum_exec *x, const struct vnpu_op *op)
{
	struct npum_op_plan plan;
	u32 tail;
	u8 *scratch;

	npum_op_plan(x->isa, x->personality, op, &plan);
	if (!plan.tiles)
		abort();
	scratch = allocate(plan.scratch_bytes);
	fill(scratch, plan.scratch_bytes, 1);
	/* The first tiles and the last ones, where the edges are. */
	tail = plan.tiles > END_TILES ? plan.tiles - END_TILES : 0;
	for (u32 tile = 0; tile < min(plan.tiles, END_TILES); tile++)
		npum_op_run(x, op, tile, scratch);
	for (u32 tile = max(tail, END_TILES); tile < plan.tiles; tile++)
		npum_op_run(x, op, tile, scratch);
	free(scratch);
}

/* Runs the program on fresh slots; returns a hash of what they hold then. */
static u64 run_on(const struct npum_program *prog, const struct npum_isa *isa, u64 seed)
{
	struct npum_exec x = { .isa = isa, .personality = prog->personality };
	u64 h = seed;

	for (u32 i = 0; i < prog->slot_count; i++) {
		if (!prog->slot[i].access)
			continue;
		x.slot[i] = allocate(prog->slot[i].bytes);
		fill(x.slot[i], prog->slot[i].bytes, seed + i * 2);
	}
	for (u32 i = 0; i < min(prog->op_count, MAX_OPS_RUN); i++)
		if (prog->ops[i].p.count <= MAX_COUNT)
			run_op(&x, &prog->ops[i]);
	for (u32 i = 0; i < prog->slot_count; i++) {
		if (x.slot[i])
			h = h * 31 + hash(x.slot[i], prog->slot[i].bytes);
		free(x.slot[i]);
	}
	return h;
}

static void run_everywhere(const struct npum_program *prog, u64 seed)
{
	static const char *const isas[] = { "avx2", "avx512vnni" };
	u64 expected = run_on(prog, &npum_isa_generic, seed);

	for (size_t i = 0; i < ARRAY_SIZE(isas); i++) {
		const struct npum_isa *isa = npum_isa_by_name(isas[i], npum_cpu_features());

		if (isa && run_on(prog, isa, seed) != expected) {
			fprintf(stderr, "%s differs from generic\n", isas[i]);
			abort();
		}
	}
}

bool program_run(const void *data, size_t size)
{
	struct npum_program prog;
	struct npum_refusal why;
	u64 bytes = 0;
	u8 *copy = allocate(size);
	bool accepted;

	if (size)
		memcpy(copy, data, size);
	accepted = !npum_program_validate(copy, size, npum_builtin_set(), &prog, &why);
	if (accepted) {
		for (u32 i = 0; i < prog.slot_count; i++)
			bytes += prog.slot[i].access ? prog.slot[i].bytes : 0;
		if (bytes + prog.scratch_bytes <= MAX_BYTES)
			run_everywhere(&prog, hash(copy, size));
	} else if (why.reason == VNPU_REFUSAL_NONE) {
		abort();
	}
	free(copy);
	return accepted;
}
