/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A reader for FlatBuffers that trusts nothing.
 *
 * Every access is checked against the end of the buffer.  The first broken one
 * is remembered in the buffer and reads as absent; so callers read a whole
 * table and look at @broken once.  Positions are bytes from the start, 0 means
 * absent: no table or vector can begin where the root offset is.
 */
#ifndef NPUC_FLATBUFFER_H
#define NPUC_FLATBUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct npuc_fb - a buffer being read
 * @data: its bytes, owned by the caller
 * @size: their number
 * @broken: what was wrong first, NULL while all is well
 * @where: position of what was wrong
 */
struct npuc_fb {
	const uint8_t *data;
	size_t size;
	const char *broken;
	size_t where;
};

/**
 * struct npuc_fb_table - a table of the buffer
 * @pos: where it begins, 0: absent; all its fields then read as absent
 * @vtable: where its vtable begins
 * @slots: number of fields the vtable knows
 * @bytes: size of its inline data
 */
struct npuc_fb_table {
	size_t pos;
	size_t vtable;
	uint32_t slots;
	uint32_t bytes;
};

/**
 * struct npuc_fb_vector - a vector of the buffer, wholly inside it
 * @pos: where its first element begins, 0: absent
 * @count: number of elements
 */
struct npuc_fb_vector {
	size_t pos;
	uint32_t count;
};

/** npuc_fb_root() - the root table, when bytes 4..7 are @identifier */
struct npuc_fb_table npuc_fb_root(struct npuc_fb *fb, const char *identifier);

/** npuc_fb_u8() - scalar field @id of table @t, @absent when it is not there */
uint8_t npuc_fb_u8(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id, uint8_t absent);
/** npuc_fb_u32() - as npuc_fb_u8(), 32 bit */
uint32_t npuc_fb_u32(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id,
		     uint32_t absent);
/** npuc_fb_u64() - as npuc_fb_u8(), 64 bit */
uint64_t npuc_fb_u64(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id,
		     uint64_t absent);

/** npuc_fb_child() - table that field @id points to */
struct npuc_fb_table npuc_fb_child(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id);

/** npuc_fb_vector() - vector that field @id points to, elements of @size bytes */
struct npuc_fb_vector npuc_fb_vector(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id,
				     size_t size);

/** npuc_fb_string() - NUL-ended string that field @id points to, NULL when absent */
const char *npuc_fb_string(struct npuc_fb *fb, const struct npuc_fb_table *t, uint32_t id);

/** npuc_fb_element() - table number @i of a vector of tables (element size 4) */
struct npuc_fb_table npuc_fb_element(struct npuc_fb *fb, const struct npuc_fb_vector *v,
				     uint32_t i);

/** npuc_le32() - little-endian word at any address */
static inline uint32_t npuc_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/** npuc_le64() - little-endian double word at any address */
static inline uint64_t npuc_le64(const uint8_t *p)
{
	return npuc_le32(p) | (uint64_t)npuc_le32(p + 4) << 32;
}

#endif /* NPUC_FLATBUFFER_H */
