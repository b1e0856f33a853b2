/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Which operators there are and what each asks, for listings and the manual. */
#ifndef NPUC_SUPPORTED_H
#define NPUC_SUPPORTED_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct npuc_supported - an operator
 * @name: as TFLite has it, "CONV_2D"
 * @builtin: &enum tflite_builtin
 * @families: &enum npuc_family bits of types that it is computed in; 0: only where its
 *	result is constant
 */
struct npuc_supported {
	const char *name;
	uint32_t builtin;
	uint32_t families;
};

/** npuc_supported_at() - the i-th operator of lowerings.def, false behind the last */
_Bool npuc_supported_at(uint32_t i, struct npuc_supported *op);

/** NPUC_FAMILIES_TEXT - bytes that the names of all types need */
#define NPUC_FAMILIES_TEXT 96

/** npuc_families_text() - "int8, uint8, int16" into @text; returns @text */
const char *npuc_families_text(uint32_t families, char text[NPUC_FAMILIES_TEXT]);

#endif /* NPUC_SUPPORTED_H */
