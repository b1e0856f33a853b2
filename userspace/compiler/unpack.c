// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "unpack.h"

#include <stdlib.h>

/* The low or high half of a byte as a signed number. */
static uint8_t nibble(uint8_t byte, bool high)
{
	uint8_t half = high ? byte >> 4 : byte & 0xf;

	return (uint8_t)((half ^ 8) - 8);
}

void npuc_unpack(struct npuc_graph *g, uint64_t *budget)
{
	for (uint32_t i = 0; i < g->tensor_count; i++) {
		struct npuc_tensor *t = &g->tensors[i];
		uint8_t *codes;

		if (t->type != NPUC_TYPE_INT4 || !t->data || !t->elements ||
		    t->data_size != ((size_t)t->elements + 1) / 2 || t->elements > *budget)
			continue;
		codes = malloc(t->elements);
		if (!codes)
			continue;
		for (uint32_t k = 0; k < t->elements; k++)
			codes[k] = nibble(t->data[k / 2], k & 1);
		*budget -= t->elements;
		t->type = NPUC_TYPE_INT8;
		t->data = t->folded = codes;
		t->data_size = t->elements;
	}
}
