/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Writes FlatBuffers front to back: parents first, the offsets in them set when
 * what they lead to has been written.  All numbers are aligned to their size from
 * the start of the buffer, as FlatBuffers' own verifier wants them.
 *
 * What fails (memory, the limit of @bytes) is remembered; everything since is
 * ineffective, so callers look once at the end.
 */
#ifndef NPUC_FLATBUFFER_WRITE_H
#define NPUC_FLATBUFFER_WRITE_H

#include <stdbool.h>

#include "bytes.h"

/** NPUC_FB_FIELDS - most fields of a table that is written */
#define NPUC_FB_FIELDS 16u

/**
 * struct npuc_fb_writer - a buffer being written
 * @bytes: what is written; the caller frees it
 * @failed: memory was short or the limit met
 * @full: it was the limit
 */
struct npuc_fb_writer {
	struct npuc_bytes bytes;
	bool failed;
	bool full;
};

/**
 * struct npuc_fb_field - a field of a table
 * @bytes: its width: 1, 2, 4 or 8; 0: absent
 * @value: contents, little-endian; 0 for offsets, npuc_fb_point() sets them
 */
struct npuc_fb_field {
	uint32_t bytes;
	uint64_t value;
};

/** NPUC_FB_OFFSET - a field that leads to a table, vector or string */
#define NPUC_FB_OFFSET ((struct npuc_fb_field){ 4, 0 })

/** npuc_fb_begin() - write the root offset and @identifier, four characters; Return: the former's position */
size_t npuc_fb_begin(struct npuc_fb_writer *w, const char *identifier);

/**
 * npuc_fb_table() - write vtable and table
 * @w: the buffer
 * @fields: by field number
 * @count: entries of @fields, at most NPUC_FB_FIELDS
 *
 * Return: the table's position.
 */
size_t npuc_fb_table(struct npuc_fb_writer *w, const struct npuc_fb_field *fields, uint32_t count);

/**
 * npuc_fb_put_vector() - write a vector
 * @w: the buffer
 * @data: its elements; NULL for zeroes, which offsets are until they are set
 * @count: number of elements
 * @element: bytes of one
 * @align: of the first one, a power of two, at least 4
 *
 * Return: the vector's position.
 */
size_t npuc_fb_put_vector(struct npuc_fb_writer *w, const void *data, size_t count, size_t element,
			  size_t align);

/** npuc_fb_put_string() - write a NUL-ended string; Return: its position */
size_t npuc_fb_put_string(struct npuc_fb_writer *w, const char *text);

/** npuc_fb_point() - let the offset at @from lead to @to, which lies behind it */
void npuc_fb_point(struct npuc_fb_writer *w, size_t from, size_t to);

/** npuc_fb_field_at() - position of field @id, which the table has */
size_t npuc_fb_field_at(const struct npuc_fb_writer *w, size_t table, uint32_t id);

/** npuc_fb_element_at() - position of element @i of a vector of offsets */
static inline size_t npuc_fb_element_at(size_t vector, size_t i)
{
	return vector + 4 + 4 * i;
}

#endif /* NPUC_FLATBUFFER_WRITE_H */
