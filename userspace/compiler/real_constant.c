// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "real_constant.h"

#include <string.h>

#include "flatbuffer.h"
#include "npum_half.h"

bool npuc_real_known(const struct npuc_tensor *t)
{
	uint32_t size = npuc_type_size(t->type);

	if (!t->data || !size || t->data_size != (size_t)t->elements * size || t->sparse ||
	    t->quant.foreign)
		return false;
	switch (t->type) {
	case NPUC_TYPE_FLOAT32:
	case NPUC_TYPE_FLOAT16:
		return true;
	case NPUC_TYPE_INT8:
	case NPUC_TYPE_UINT8:
	case NPUC_TYPE_INT16:
	case NPUC_TYPE_INT32:
	case NPUC_TYPE_INT64:
		return true;
	default:
		return false;
	}
}

static int64_t code_at(const struct npuc_tensor *t, uint32_t i)
{
	uint16_t wide;

	switch (t->type) {
	case NPUC_TYPE_INT8:
		return (int8_t)t->data[i];
	case NPUC_TYPE_UINT8:
		return t->data[i];
	case NPUC_TYPE_INT16:
		memcpy(&wide, t->data + 2 * (size_t)i, sizeof(wide));
		return (int16_t)wide;
	case NPUC_TYPE_INT32:
		return (int32_t)npuc_le32(t->data + 4 * (size_t)i);
	default:
		return (int64_t)npuc_le64(t->data + 8 * (size_t)i);
	}
}

/**
 * struct codes - how codes become numbers
 * @scales: NULL: the tensor's own
 * @count: of @scales
 * @step: elements between neighbours along the channels
 * @channels: of them
 */
struct codes {
	const float *scales;
	uint32_t count;
	uint32_t step;
	uint32_t channels;
};

static float number_at(const struct npuc_tensor *t, uint32_t i, const struct codes *c)
{
	uint32_t channel = i / c->step % c->channels, bits;
	float value;
	uint16_t half;

	if (t->type == NPUC_TYPE_FLOAT32) {
		bits = npuc_le32(t->data + 4 * (size_t)i);
		memcpy(&value, &bits, sizeof(value));
		return value;
	}
	if (t->type == NPUC_TYPE_FLOAT16) {
		memcpy(&half, t->data + 2 * (size_t)i, sizeof(half));
		bits = npum_half_widen(half);
		memcpy(&value, &bits, sizeof(value));
		return value;
	}
	if (c->scales)
		return (float)((double)c->scales[c->count > 1 ? channel : 0] *
			       (double)code_at(t, i));
	return (float)((double)npuc_scale(t, channel) *
		       (double)(code_at(t, i) - npuc_zero_point(t, channel)));
}

/* The axis that scales run along is the tensor's own, or the last for those given. */
static struct codes codes_of(const struct npuc_tensor *t, const float *scales, uint32_t count)
{
	struct codes c = { .scales = scales, .count = count, .step = 1, .channels = 1 };
	uint32_t axis = scales ? t->shape.rank - 1 : t->quant.axis;

	if (!t->shape.rank || axis >= t->shape.rank)
		return c;
	for (uint32_t i = axis + 1; i < t->shape.rank; i++)
		c.step *= t->shape.dim[i];
	c.channels = t->shape.dim[axis];
	return c;
}

uint32_t npuc_real_constant(struct npuc_edit *e, uint32_t tensor, uint32_t type,
			    const float *scales, uint32_t scale_count)
{
	/* The tensor table may move, what it points to does not. */
	const struct npuc_tensor t = e->b.g.tensors[tensor];
	const struct codes codes = codes_of(&t, scales, scale_count);
	size_t size = npuc_type_size(type);
	uint8_t *data = npuc_build_memory(&e->b, (size_t)t.elements * size);

	for (uint32_t i = 0; data && i < t.elements; i++) {
		float value = number_at(&t, i, &codes);
		uint32_t bits;
		uint16_t half;

		memcpy(&bits, &value, sizeof(bits));
		half = npum_half_narrow(bits);
		memcpy(data + i * size, type == NPUC_TYPE_FLOAT32 ? (void *)&bits : (void *)&half,
		       size);
	}
	return npuc_build_constant(&e->b, t.name, type, &t.shape, data);
}
