// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "supported.h"

#include <stdio.h>
#include <string.h>

#include "lower.h"
#include "tflite.h"

#define NPUC_OPERATOR(name, least, most, first, activations, infer) { #name, TFLITE_##name, 0 },
static const struct npuc_supported operators[] = {
#include "lowerings.def"
};

#define NPUC_LOWERING(name, families, lower, traits) { TFLITE_##name, families },
static const struct {
	uint32_t builtin;
	uint32_t families;
} lowerings[] = {
#include "lowerings.def"
};

/* As the sentences of constraints.def call them. */
static const struct {
	uint32_t family;
	const char *names;
} families_names[] = {
	{ NPUC_Q8, "int8, uint8" },   { NPUC_Q16, "int16" }, { NPUC_REAL, "float32, float16" },
	{ NPUC_INT, "int32, int64" }, { NPUC_BOOL, "bool" },
};

bool npuc_supported_at(uint32_t i, struct npuc_supported *op)
{
	if (i >= sizeof(operators) / sizeof(operators[0]))
		return false;
	*op = operators[i];
	for (size_t k = 0; k < sizeof(lowerings) / sizeof(lowerings[0]); k++)
		if (lowerings[k].builtin == op->builtin)
			op->families |= lowerings[k].families;
	return true;
}

const char *npuc_families_text(uint32_t families, char text[NPUC_FAMILIES_TEXT])
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(families_names) / sizeof(families_names[0]); i++)
		if (families & families_names[i].family)
			at += (size_t)snprintf(text + at, NPUC_FAMILIES_TEXT - at, "%s%s",
					       at ? ", " : "", families_names[i].names);
	return text;
}
