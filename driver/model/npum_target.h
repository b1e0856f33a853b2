/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a device takes and what it costs: the part of its firmware that is not arithmetic. */
#ifndef NPUM_TARGET_H
#define NPUM_TARGET_H

#include "npum.h"
#include "npum_fields.h"

/** NPUM_TARGET_OPCODES - opcodes that a target has a place for */
#define NPUM_TARGET_OPCODES 128u

/**
 * struct npum_target - a device's capabilities, memory and costs
 * @name: what people call it
 * @dtypes: bit n: it takes operands of &enum vnpu_dtype n
 * @runs: bit n % 64 of word n / 64: it runs &enum vnpu_opcode n
 * @cycles: what each opcode costs besides op_cycles
 *
 * The other members are the rows of npum_target.def, which say what they mean.
 */
struct npum_target {
	char name[NPUM_NAME_BYTES];
	u32 dtypes;
	u64 runs[NPUM_TARGET_OPCODES / 64];
	u32 cycles[NPUM_TARGET_OPCODES];
#define NPUM_NUMBER(member, least, most, usual, meaning) u32 member;
#include "npum_target.def"
};

/** npum_target_field_at() - the i-th row of npum_target.def, NULL behind the last */
const struct npum_field *npum_target_field_at(u32 i);

/** npum_target_runs() - does it run ops of this opcode? */
static inline bool npum_target_runs(const struct npum_target *t, u32 opcode)
{
	return opcode < NPUM_TARGET_OPCODES && (t->runs[opcode / 64] >> (opcode % 64) & 1);
}

/** npum_builtin_target() - the target that model and tools are built with */
const struct npum_target *npum_builtin_target(void);

/**
 * npum_target_check() - does a device take an op?
 * @target: the device
 * @op: a record of a validated program
 * @field: on refusal what is wrong, as in &struct npum_refusal
 *
 * Return: 0, or &enum vnpu_refusal.
 */
u32 npum_target_check(const struct npum_target *target, const struct vnpu_op *op, u32 *field);

/**
 * npum_target_check_program() - does a device take a program?
 * @target: the device
 * @program: a validated program
 * @why: on refusal reason and place
 *
 * Return: 0, or -ENOEXEC with @why set.
 */
int npum_target_check_program(const struct npum_target *target, const struct npum_program *program,
			      struct npum_refusal *why);

#endif /* NPUM_TARGET_H */
