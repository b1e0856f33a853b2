// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "values.h"

#include <math.h>

#include "vnpu_program.h"

size_t lab_element_size(uint32_t dtype)
{
	switch (dtype) {
	case VNPU_DTYPE_INT8:
	case VNPU_DTYPE_UINT8:
		return 1;
	case VNPU_DTYPE_INT32:
	case VNPU_DTYPE_FLOAT32:
		return 4;
	default:
		return 0;
	}
}

double lab_code(const struct lab_values *values, size_t i)
{
	switch (values->dtype) {
	case VNPU_DTYPE_INT8:
		return ((const int8_t *)values->data)[i];
	case VNPU_DTYPE_UINT8:
		return ((const uint8_t *)values->data)[i];
	case VNPU_DTYPE_INT32:
		return ((const int32_t *)values->data)[i];
	case VNPU_DTYPE_FLOAT32:
		return (double)((const float *)values->data)[i];
	default:
		return NAN;
	}
}

double lab_value(const struct lab_values *values, size_t i)
{
	double code = lab_code(values, i);

	if (values->scale == 0.0f)
		return code;
	return (double)values->scale * (code - values->zero_point);
}

/* Is element @a before element @b in the order of lab_top()? */
static int before(const struct lab_values *values, size_t a, size_t b)
{
	double va = lab_value(values, a);
	double vb = lab_value(values, b);

	if (isnan(va) || isnan(vb))
		return !isnan(va);
	return va > vb;
}

size_t lab_top(const struct lab_values *values, size_t *indices, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < values->count; i++) {
		size_t at = found;

		while (at > 0 && before(values, i, indices[at - 1]))
			at--;
		if (at == n)
			continue;
		if (found < n)
			found++;
		for (size_t j = found - 1; j > at; j--)
			indices[j] = indices[j - 1];
		indices[at] = i;
	}
	return found;
}
