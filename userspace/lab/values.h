/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Elements of tensors as numbers. */
#ifndef LAB_VALUES_H
#define LAB_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct lab_values - the elements of a tensor
 * @dtype: &enum vnpu_dtype
 * @count: number of elements
 * @data: the elements, contiguous, aligned to their size
 * @scale: value = scale * (code - zero_point); 0: the code is the value
 * @zero_point: see @scale
 */
struct lab_values {
	uint32_t dtype;
	size_t count;
	const void *data;
	float scale;
	int32_t zero_point;
};

/** lab_element_size() - bytes of an element, 0 for an unknown dtype */
size_t lab_element_size(uint32_t dtype);

/** lab_is_real() - is it a floating-point type? */
bool lab_is_real(uint32_t dtype);

/** lab_code() - element @i as it is stored; exact for every dtype */
double lab_code(const struct lab_values *values, size_t i);

/** lab_value() - element @i as the number it stands for */
double lab_value(const struct lab_values *values, size_t i);

/**
 * lab_top() - the greatest elements, greatest first, equal ones by index
 * @values: the tensor
 * @indices: room for @n of them
 * @n: how many
 *
 * NaN is smaller than every number.
 *
 * Return: how many were found: @n or the number of elements.
 */
size_t lab_top(const struct lab_values *values, size_t *indices, size_t n);

#endif /* LAB_VALUES_H */
