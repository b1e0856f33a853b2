/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What tests and fuzzers do with a model file, and promises they hold the compiler to. */
#ifndef TEST_TARGET_H
#define TEST_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * target_try() - read, check, compile in both modes and disassemble
 * @name: of the file; its end says what it is
 * @data: whatever bytes there are
 * @size: their number
 *
 * Aborts when a promise is broken: a failure without a one-line explanation, a
 * verdict without a reason, an op that passes the check but does not compile, a
 * program that the device refuses, a rewritten model that cannot be read.
 *
 * Return: the file was read, and compiled in both modes.
 */
bool target_try(const char *name, const uint8_t *data, size_t size);

/** target_damage() - overwrite a few places of a file; @state is the random state, not 0 */
void target_damage(uint8_t *data, size_t size, uint64_t *state);

#endif /* TEST_TARGET_H */
