/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the fuzzer of the .npu reader and its regression test share. */
#ifndef READER_TARGET_H
#define READER_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * reader_try() - load a file and touch everything that the model then tells
 * @data: its bytes
 * @size: their number
 *
 * Aborts when the reader broke a promise.
 *
 * Return: was it accepted?
 */
bool reader_try(const uint8_t *data, size_t size);

/**
 * reader_seal() - make the file's size and digests fit its contents
 * @data: its bytes
 * @size: their number
 *
 * Without it every mutation would end at the same check.
 */
void reader_seal(uint8_t *data, size_t size);

#endif /* READER_TARGET_H */
