// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "fb_writer.h"

#include <stdlib.h>
#include <string.h>

static size_t append(struct fb_writer *w, const void *data, size_t bytes, size_t align)
{
	size_t at = (w->size + align - 1) & ~(align - 1);

	if (bytes > FB_ROOM - 16 || at > FB_ROOM - bytes)
		abort();
	memset(w->data + w->size, 0, at - w->size);
	if (data)
		memcpy(w->data + at, data, bytes);
	else
		memset(w->data + at, 0, bytes);
	w->size = at + bytes;
	return at;
}

size_t fb_table(struct fb_writer *w, const struct fb_field fields[FB_FIELDS])
{
	uint16_t vtable[2 + FB_FIELDS] = { sizeof(vtable), 8 };
	uint8_t inline_data[8 + 8 * FB_FIELDS] = { 0 };
	size_t at, table;
	int32_t back;

	/* Everything is eight bytes wide: wasteful and simple. */
	for (int i = 0; i < FB_FIELDS; i++) {
		if (!fields[i].bytes)
			continue;
		vtable[2 + i] = vtable[1];
		memcpy(inline_data + vtable[1], &fields[i].value, 8);
		vtable[1] = (uint16_t)(vtable[1] + 8);
	}
	at = append(w, vtable, sizeof(vtable), 8);
	table = append(w, inline_data, vtable[1], 8);
	back = (int32_t)(table - at);
	memcpy(w->data + table, &back, sizeof(back));
	return table;
}

size_t fb_vector(struct fb_writer *w, const void *data, uint32_t count, size_t element)
{
	size_t at;

	/* Elements of eight bytes begin at a multiple of eight. */
	append(w, NULL, 4, 8);
	at = append(w, &count, sizeof(count), 4);
	append(w, data, count * element, 4);
	return at;
}

size_t fb_string(struct fb_writer *w, const char *text)
{
	size_t at = fb_vector(w, text, (uint32_t)strlen(text), 1);

	append(w, "", 1, 1);
	return at;
}

void fb_point(struct fb_writer *w, size_t from, size_t to)
{
	uint32_t offset = (uint32_t)(to - from);

	memcpy(w->data + from, &offset, sizeof(offset));
}

size_t fb_field_at(const struct fb_writer *w, size_t table, uint32_t id)
{
	uint16_t offset;
	int32_t back;

	memcpy(&back, w->data + table, sizeof(back));
	memcpy(&offset, w->data + table - (size_t)back + 4 + 2 * id, sizeof(offset));
	if (!offset)
		abort();
	return table + offset;
}

size_t fb_element_at(size_t vector, uint32_t i, size_t element)
{
	return vector + 4 + i * element;
}
