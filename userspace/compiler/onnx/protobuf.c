// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "protobuf.h"

#include "flatbuffer.h"

/* Most bytes of a 64-bit number in groups of 7 bits. */
#define VARINT_BYTES 10

/* Take a number at @at, which moves behind it; false when the bytes end before. */
static bool varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
	const uint8_t *p = *at;

	*value = 0;
	for (uint32_t i = 0; i < VARINT_BYTES && p < end; i++) {
		uint8_t byte = *p++;

		/* of the tenth byte one bit is left: more would not fit 64 */
		if (i == VARINT_BYTES - 1 && byte > 1)
			return false;
		*value |= (uint64_t)(byte & 0x7f) << 7 * i;
		if (!(byte & 0x80)) {
			*at = p;
			return true;
		}
	}
	return false;
}

static bool fixed(const uint8_t **at, const uint8_t *end, uint32_t wire, uint64_t *value)
{
	size_t size = wire == NPUC_PB_FIXED64 ? 8 : 4;

	if ((size_t)(end - *at) < size)
		return false;
	*value = size == 8 ? npuc_le64(*at) : npuc_le32(*at);
	*at += size;
	return true;
}

struct npuc_pb npuc_pb_message(const void *data, size_t size)
{
	const uint8_t *at = data;

	return (struct npuc_pb){ .at = at, .end = at ? at + size : at };
}

static bool value_of(struct npuc_pb *m, struct npuc_pb_field *f)
{
	switch (f->wire) {
	case NPUC_PB_VARINT:
		return varint(&m->at, m->end, &f->value);
	case NPUC_PB_FIXED32:
	case NPUC_PB_FIXED64:
		return fixed(&m->at, m->end, f->wire, &f->value);
	case NPUC_PB_BYTES:
		if (!varint(&m->at, m->end, &f->value) || f->value > (size_t)(m->end - m->at))
			return false;
		f->data = m->at;
		f->size = (size_t)f->value;
		m->at += f->size;
		return true;
	default:
		/* groups are older than ONNX */
		return false;
	}
}

bool npuc_pb_next(struct npuc_pb *m, struct npuc_pb_field *f)
{
	uint64_t key;

	*f = (struct npuc_pb_field){ .data = m->at };
	if (m->broken || m->at == m->end)
		return false;
	if (!varint(&m->at, m->end, &key) || !key || key >> 3 > UINT32_MAX) {
		m->broken = true;
		return false;
	}
	f->number = (uint32_t)(key >> 3);
	f->wire = key & 7;
	m->broken = !f->number || !value_of(m, f);
	return !m->broken;
}

bool npuc_pb_number(struct npuc_pb_field *f, uint32_t wire, uint64_t *value)
{
	const uint8_t *at = f->data, *end = f->data + f->size;
	bool ok;

	if (f->wire != NPUC_PB_BYTES) {
		ok = f->wire == wire;
		*value = f->value;
		/* a single number: nothing is left behind it */
		f->wire = NPUC_PB_BYTES;
		return ok;
	}
	if (!f->size)
		return false;
	ok = wire == NPUC_PB_VARINT ? varint(&at, end, value) : fixed(&at, end, wire, value);
	if (ok) {
		f->data = at;
		f->size = (size_t)(end - at);
	}
	return ok;
}
