// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

void *npuc_bytes_reserve(struct npuc_bytes *bytes, size_t size, size_t align, size_t *offset)
{
	size_t start = (bytes->size + align - 1) & ~(align - 1);
	size_t end, capacity;
	uint8_t *data;

	if (start < bytes->size || __builtin_add_overflow(start, size, &end))
		return NULL;
	if (bytes->limit && end > bytes->limit)
		return NULL;
	if (end > bytes->capacity) {
		capacity = end + end / 2 + 256;
		data = realloc(bytes->data, capacity);
		if (!data)
			return NULL;
		bytes->data = data;
		bytes->capacity = capacity;
	}
	memset(bytes->data + bytes->size, 0, end - bytes->size);
	bytes->size = end;
	*offset = start;
	return bytes->data + start;
}

void npuc_bytes_free(struct npuc_bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct npuc_bytes){ .limit = bytes->limit };
}
