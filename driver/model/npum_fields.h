/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The fields of a personality for those who read, write, compare and list them
 * without knowing them: firmware images, descriptions, the manual.
 */
#ifndef NPUM_FIELDS_H
#define NPUM_FIELDS_H

#include "npum_personality.h"

/**
 * struct npum_field - a row of npum_personality.def or npum_target.def
 * @name: the key in a description
 * @meaning: one line
 * @words: names of the values from 0 to @most; NULL: it is a number
 * @least: lowest value
 * @most: highest value
 * @usual: value where an image has no such field
 * @offset: bytes from the start of the struct that has it to its u32
 */
struct npum_field {
	const char *name;
	const char *meaning;
	const char *const *words;
	u32 least;
	u32 most;
	u32 usual;
	u32 offset;
};

/** npum_field_at() - the i-th row, NULL behind the last */
const struct npum_field *npum_field_at(u32 i);

/** npum_field_get() - value that a personality (or target) has */
u32 npum_field_get(const struct npum_field *f, const void *of);

/** npum_field_set() - give it a value, whatever it is */
void npum_field_set(const struct npum_field *f, void *of, u32 value);

/** npum_evidence_name() - "exact", "documented", "open-driver", "guess"; NULL beyond */
const char *npum_evidence_name(u32 evidence);

/**
 * npum_set_complete() - check what was put into a set and make it ready for use
 * @set: @count, and all of its personalities but @set and @digest, are filled
 * @which: on refusal the index of the offending personality
 *
 * Return: NULL when all is well, else a sentence that says what must be.
 */
const char *npum_set_complete(struct npum_personality_set *set, u32 *which);

#endif /* NPUM_FIELDS_H */
