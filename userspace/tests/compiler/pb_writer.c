// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "pb_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { VARINT = 0, BYTES = 2, FIXED32 = 5 };

static void put(struct pb_writer *w, const void *data, size_t size)
{
	assert_true(size <= sizeof(w->data) - w->size);
	if (size)
		memcpy(w->data + w->size, data, size);
	w->size += size;
}

static void put_number(struct pb_writer *w, uint64_t value)
{
	do {
		uint8_t byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);

		put(w, &byte, 1);
		value >>= 7;
	} while (value);
}

void pb_varint(struct pb_writer *w, uint32_t field, uint64_t value)
{
	put_number(w, field << 3 | VARINT);
	put_number(w, value);
}

void pb_float(struct pb_writer *w, uint32_t field, float value)
{
	put_number(w, field << 3 | FIXED32);
	put(w, &value, sizeof(value));
}

void pb_bytes(struct pb_writer *w, uint32_t field, const void *data, size_t size)
{
	put_number(w, field << 3 | BYTES);
	put_number(w, size);
	put(w, data, size);
}

void pb_text(struct pb_writer *w, uint32_t field, const char *text)
{
	pb_bytes(w, field, text, strlen(text));
}

void pb_message(struct pb_writer *w, uint32_t field, const struct pb_writer *m)
{
	pb_bytes(w, field, m->data, m->size);
}
