/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Reads numbers out of a FlexBuffer that is a map, as custom ops have their options. */
#ifndef NPUC_FLEXBUFFER_H
#define NPUC_FLEXBUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * npuc_flex_number() - a number or truth value of the map
 * @data: the buffer
 * @size: its bytes
 * @key: its name
 * @value: out, unchanged when it is not there
 *
 * Every access is checked against the end of the buffer.
 *
 * Return: the map has a number of this name.
 */
bool npuc_flex_number(const uint8_t *data, size_t size, const char *key, double *value);

#endif /* NPUC_FLEXBUFFER_H */
