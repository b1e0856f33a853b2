// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "flatbuffer_write.h"

#include <string.h>

static size_t append(struct npuc_fb_writer *w, const void *data, size_t size, size_t align)
{
	size_t offset = 0;
	void *to = w->failed ? NULL : npuc_bytes_reserve(&w->bytes, size, align, &offset);

	if (!to) {
		w->full |= !w->failed && w->bytes.limit && size > w->bytes.limit - w->bytes.size;
		w->failed = true;
	} else if (data && size) {
		memcpy(to, data, size);
	}
	return offset;
}

size_t npuc_fb_begin(struct npuc_fb_writer *w, const char *identifier)
{
	size_t root = append(w, NULL, 4, 4);

	append(w, identifier, 4, 4);
	return root;
}

size_t npuc_fb_table(struct npuc_fb_writer *w, const struct npuc_fb_field *fields, uint32_t count)
{
	uint16_t vtable[2 + NPUC_FB_FIELDS] = { 0 };
	uint8_t data[8 + 8 * NPUC_FB_FIELDS] = { 0 };
	size_t at, table, align = 4;
	uint16_t end = 4;
	int32_t back;

	/* Wide ones first, so that there are gaps before the first of them alone. */
	for (uint32_t width = 8; width; width /= 2) {
		for (uint32_t i = 0; i < count; i++) {
			if (fields[i].bytes != width)
				continue;
			end = (uint16_t)((end + width - 1) & ~(width - 1));
			vtable[2 + i] = end;
			memcpy(data + end, &fields[i].value, width);
			end = (uint16_t)(end + width);
			if (width > align)
				align = width;
		}
	}
	vtable[0] = (uint16_t)((2 + count) * sizeof(vtable[0]));
	vtable[1] = end;
	at = append(w, vtable, vtable[0], 2);
	table = append(w, data, end, align);
	if (w->failed)
		return 0;
	back = (int32_t)(table - at);
	memcpy(w->bytes.data + table, &back, sizeof(back));
	return table;
}

size_t npuc_fb_put_vector(struct npuc_fb_writer *w, const void *data, size_t count, size_t element,
			  size_t align)
{
	uint32_t number = (uint32_t)count;
	size_t size, at;

	if (count > UINT32_MAX || __builtin_mul_overflow(count, element, &size)) {
		w->failed = true;
		return 0;
	}
	/* The count lies right before elements that are aligned wider than it. */
	while (!w->failed && (w->bytes.size + 4) % align)
		append(w, NULL, 1, 1);
	at = append(w, &number, sizeof(number), 4);
	append(w, data, size, 1);
	return at;
}

size_t npuc_fb_put_string(struct npuc_fb_writer *w, const char *text)
{
	size_t at = npuc_fb_put_vector(w, text, strlen(text), 1, 4);

	append(w, "", 1, 1);
	return at;
}

void npuc_fb_point(struct npuc_fb_writer *w, size_t from, size_t to)
{
	uint32_t offset = (uint32_t)(to - from);

	if (!w->failed)
		memcpy(w->bytes.data + from, &offset, sizeof(offset));
}

size_t npuc_fb_field_at(const struct npuc_fb_writer *w, size_t table, uint32_t id)
{
	uint16_t offset;
	int32_t back;

	if (w->failed)
		return 0;
	memcpy(&back, w->bytes.data + table, sizeof(back));
	memcpy(&offset, w->bytes.data + table - (size_t)back + 4 + 2 * (size_t)id, sizeof(offset));
	return table + offset;
}
