/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Programs and changes to them that a blind fuzzer would take ages to find:
 * seeds with every op, and mutations that know where the fields are.
 */
#ifndef PROGRAM_MUTATE_H
#define PROGRAM_MUTATE_H

#include "npum.h"

/** PROGRAM_SEEDS - number of seeds: one for each opcode and one with all of them */
#define PROGRAM_SEEDS (VNPU_OP_SOFTMAX_TABLE + 1)

/**
 * program_seed() - write a valid program
 * @i: 0 .. PROGRAM_SEEDS - 1
 * @out: room for it, 8-byte aligned
 * @room: bytes of @out
 *
 * Return: bytes of the program, 0 when @room is too small.
 */
size_t program_seed(u32 i, void *out, size_t room);

/**
 * program_mutate() - change some fields of a program, in place
 * @data: the program; shorter than a header: left alone
 * @size: its bytes, which do not change
 * @random: state of the generator, not 0
 */
void program_mutate(void *data, size_t size, u64 *random);

#endif /* PROGRAM_MUTATE_H */
