// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "names.h"

#include <stdlib.h>

#include <xxhash.h>

bool npuc_names_open(struct npuc_names *names, uint32_t count)
{
	names->room = 16;
	while (names->room / 2 < count)
		names->room *= 2;
	names->entry = calloc(names->room, sizeof(*names->entry));
	return names->entry;
}

/* The entry of a name, or the free one where it would go. */
static struct npuc_name *entry_of(const struct npuc_names *names, struct onnx_text text)
{
	uint32_t at = (uint32_t)XXH3_64bits(text.at, text.size);

	for (;; at++) {
		struct npuc_name *e = &names->entry[at & (names->room - 1)];

		if (!e->text.at || onnx_same(e->text, text))
			return e;
	}
}

uint32_t npuc_names_find(const struct npuc_names *names, struct onnx_text text)
{
	const struct npuc_name *e;

	if (!text.size)
		return NPUC_NONE;
	e = entry_of(names, text);
	return e->text.at ? e->number : NPUC_NONE;
}

uint32_t npuc_names_add(struct npuc_names *names, struct onnx_text text, uint32_t number)
{
	struct npuc_name *e = entry_of(names, text);

	if (!e->text.at)
		*e = (struct npuc_name){ text, number };
	return e->number;
}

void npuc_names_free(struct npuc_names *names)
{
	free(names->entry);
	*names = (struct npuc_names){ 0 };
}
