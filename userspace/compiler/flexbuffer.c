// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * FlexBuffers are written back to front: the root's bytes, its packed type and its width
 * are the last things in the buffer, and offsets lead towards the front.
 */
#include "flexbuffer.h"

#include <string.h>

/* Types, the upper six bits of a packed type; the lower two are the width's logarithm. */
enum {
	FLEX_INT = 1,
	FLEX_UINT = 2,
	FLEX_FLOAT = 3,
	FLEX_INDIRECT_INT = 6,
	FLEX_INDIRECT_UINT = 7,
	FLEX_INDIRECT_FLOAT = 8,
	FLEX_MAP = 9,
	FLEX_BOOL = 26,
};

struct flex {
	const uint8_t *data;
	size_t size;
};

static bool inside(const struct flex *f, size_t at, size_t bytes)
{
	return at <= f->size && bytes <= f->size - at;
}

/* The unsigned number of 1, 2, 4 or 8 bytes at @at. */
static bool read_uint(const struct flex *f, size_t at, size_t width, uint64_t *value)
{
	if (width > 8 || !inside(f, at, width))
		return false;
	*value = 0;
	for (size_t i = 0; i < width; i++)
		*value |= (uint64_t)f->data[at + i] << (8 * i);
	return true;
}

/* Where the offset at @at leads to, which is in front of it. */
static bool follow(const struct flex *f, size_t at, size_t width, size_t *to)
{
	uint64_t offset;

	if (!read_uint(f, at, width, &offset) || offset > at)
		return false;
	*to = at - (size_t)offset;
	return true;
}

static double signed_number(uint64_t bits, size_t width)
{
	uint32_t unused = 64 - 8 * (uint32_t)width;

	return (double)((int64_t)(bits << unused) >> unused);
}

static bool real_number(uint64_t bits, size_t width, double *value)
{
	uint32_t word = (uint32_t)bits;
	float single;

	if (width == 8) {
		memcpy(value, &bits, sizeof(*value));
	} else if (width == 4) {
		memcpy(&single, &word, sizeof(single));
		*value = (double)single;
	}
	return width >= 4;
}

static bool read_number(const struct flex *f, size_t at, size_t width, uint8_t packed,
			double *value)
{
	uint32_t type = packed >> 2;
	uint64_t bits;

	if (type >= FLEX_INDIRECT_INT && type <= FLEX_INDIRECT_FLOAT) {
		if (!follow(f, at, width, &at))
			return false;
		width = (size_t)1 << (packed & 3);
		type -= FLEX_INDIRECT_INT - FLEX_INT;
	}
	if (!read_uint(f, at, width, &bits))
		return false;
	switch (type) {
	case FLEX_INT:
		*value = signed_number(bits, width);
		return true;
	case FLEX_UINT:
	case FLEX_BOOL:
		*value = (double)bits;
		return true;
	case FLEX_FLOAT:
		return real_number(bits, width, value);
	default:
		return false;
	}
}

/* Is the NUL-ended string at @at @key? */
static bool is_key(const struct flex *f, size_t at, const char *key)
{
	size_t bytes = strlen(key) + 1;

	return inside(f, at, bytes) && !memcmp(f->data + at, key, bytes);
}

bool npuc_flex_number(const uint8_t *data, size_t size, const char *key, double *value)
{
	const struct flex f = { data, size };
	size_t width, map, keys;
	uint64_t count, key_width;

	if (size < 3 || data[size - 2] >> 2 != FLEX_MAP || data[size - 1] > 8 ||
	    size - 2 < data[size - 1])
		return false;
	width = data[size - 1];
	if (!follow(&f, size - 2 - width, width, &map))
		return false;
	/* In front of the values lie their count, the width of keys and the way to them. */
	width = (size_t)1 << (data[size - 2] & 3);
	if (map < 3 * width || !read_uint(&f, map - width, width, &count) ||
	    !read_uint(&f, map - 2 * width, width, &key_width) ||
	    !follow(&f, map - 3 * width, width, &keys) || count > size / width)
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t name, types = map + (size_t)count * width;

		if (key_width > 8 ||
		    !follow(&f, keys + i * (size_t)key_width, (size_t)key_width, &name) ||
		    !is_key(&f, name, key))
			continue;
		return inside(&f, types + i, 1) &&
		       read_number(&f, map + i * width, width, data[types + i], value);
	}
	return false;
}
