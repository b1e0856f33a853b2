/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Writes FlatBuffers front to back: parents first, their offsets patched later. */
#ifndef TEST_FB_WRITER_H
#define TEST_FB_WRITER_H

#include <stddef.h>
#include <stdint.h>

#define FB_ROOM (128u << 10)
#define FB_FIELDS 10

/**
 * struct fb_writer - a buffer being written
 * @data: its bytes
 * @size: bytes in use; writing beyond the room aborts
 */
struct fb_writer {
	uint8_t data[FB_ROOM];
	size_t size;
};

/**
 * struct fb_field - a field of a table
 * @bytes: 1, 4 or 8; 0: absent
 * @value: contents; 0 for offsets, fb_point() sets them
 */
struct fb_field {
	uint32_t bytes;
	uint64_t value;
};

/** fb_table() - append vtable and table; @fields by field number; returns the table's position */
size_t fb_table(struct fb_writer *w, const struct fb_field fields[FB_FIELDS]);

/** fb_vector() - append a vector; @data may be NULL for zeroes; returns its position */
size_t fb_vector(struct fb_writer *w, const void *data, uint32_t count, size_t element);

/** fb_string() - append a string; returns its position */
size_t fb_string(struct fb_writer *w, const char *text);

/** fb_point() - let the offset at @from lead to @to */
void fb_point(struct fb_writer *w, size_t from, size_t to);

/** fb_field_at() - position of a field that the table has */
size_t fb_field_at(const struct fb_writer *w, size_t table, uint32_t id);

/** fb_element_at() - position of an element of a vector */
size_t fb_element_at(size_t vector, uint32_t i, size_t element);

#endif /* TEST_FB_WRITER_H */
