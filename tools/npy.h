/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* NumPy's .npy: a text header, then a plain array. */
#ifndef NPY_H
#define NPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** NPY_MAX_RANK - most dimensions taken */
#define NPY_MAX_RANK 8

/**
 * struct npy - a .npy file, read
 * @dtype: &enum vnpu_dtype
 * @rank: dimensions used in @shape
 * @shape: outermost first
 * @data: the elements in C order, inside the file's bytes, maybe unaligned
 * @bytes: size of @data, exactly shape times element size
 */
struct npy {
	uint32_t dtype;
	uint32_t rank;
	uint32_t shape[NPY_MAX_RANK];
	const unsigned char *data;
	size_t bytes;
};

/** npy_is() - do these bytes begin as a .npy file does? */
bool npy_is(const void *data, size_t size);

/**
 * npy_parse() - read format versions 1 to 3, C order, little-endian
 * @data: the whole file
 * @size: its bytes
 * @npy: filled on success
 *
 * Return: NULL, or what is wrong with the file.
 */
const char *npy_parse(const void *data, size_t size, struct npy *npy);

#endif /* NPY_H */
