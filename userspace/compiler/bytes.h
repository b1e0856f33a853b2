/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_BYTES_H
#define NPUC_BYTES_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct npuc_bytes - a growing array of bytes; zero-initialised it is empty
 * @data: its bytes, owned; free() them, or npuc_bytes_free()
 * @size: bytes in use
 * @capacity: bytes allocated
 * @limit: most bytes it may grow to; 0: no limit
 */
struct npuc_bytes {
	uint8_t *data;
	size_t size;
	size_t capacity;
	size_t limit;
};

/**
 * npuc_bytes_reserve() - append zeroed bytes at an aligned offset
 * @bytes: array to grow
 * @size: number of bytes
 * @align: power of two; the gap before them is zero
 * @offset: where they begin
 *
 * Return: the bytes, valid until the next call; NULL when memory is short or the limit
 * reached.
 */
void *npuc_bytes_reserve(struct npuc_bytes *bytes, size_t size, size_t align, size_t *offset);

/** npuc_bytes_free() - release the memory; the array is empty again */
void npuc_bytes_free(struct npuc_bytes *bytes);

#endif /* NPUC_BYTES_H */
