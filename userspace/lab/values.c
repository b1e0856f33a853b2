// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "values.h"

#include <math.h>
#include <string.h>

#include "npum_half.h"
#include "vnpu_program.h"

#define READER(name, type)                              \
	static double name(const void *data, size_t i)  \
	{                                               \
		return (double)((const type *)data)[i]; \
	}

READER(read_int8, int8_t)
READER(read_uint8, uint8_t)
READER(read_int16, int16_t)
READER(read_int32, int32_t)
READER(read_int64, int64_t)
READER(read_float32, float)

static double read_float16(const void *data, size_t i)
{
	uint32_t bits = npum_half_widen(((const uint16_t *)data)[i]);
	float value;

	memcpy(&value, &bits, sizeof(value));
	return (double)value;
}

/* By &enum vnpu_dtype. */
static const struct {
	size_t size;
	bool real;
	double (*read)(const void *data, size_t i);
} dtypes[] = {
	[VNPU_DTYPE_INT8] = { 1, false, read_int8 },
	[VNPU_DTYPE_UINT8] = { 1, false, read_uint8 },
	[VNPU_DTYPE_INT16] = { 2, false, read_int16 },
	[VNPU_DTYPE_INT32] = { 4, false, read_int32 },
	[VNPU_DTYPE_INT64] = { 8, false, read_int64 },
	[VNPU_DTYPE_FLOAT16] = { 2, true, read_float16 },
	[VNPU_DTYPE_FLOAT32] = { 4, true, read_float32 },
};

static bool known(uint32_t dtype)
{
	return dtype < sizeof(dtypes) / sizeof(dtypes[0]) && dtypes[dtype].read;
}

size_t lab_element_size(uint32_t dtype)
{
	return known(dtype) ? dtypes[dtype].size : 0;
}

bool lab_is_real(uint32_t dtype)
{
	return known(dtype) && dtypes[dtype].real;
}

double lab_code(const struct lab_values *values, size_t i)
{
	return known(values->dtype) ? dtypes[values->dtype].read(values->data, i) : NAN;
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
