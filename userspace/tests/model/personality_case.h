/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Personalities to test under: the built-in ones, and records whose fields are drawn at random. */
#ifndef PERSONALITY_CASE_H
#define PERSONALITY_CASE_H

#include "npum_personality.h"

/** PERSONALITY_CASE_FIRST - id of the first one that is drawn */
#define PERSONALITY_CASE_FIRST 1000u

/**
 * personality_cases() - the set; the same in every run
 *
 * Behind the built-in ones as many as the set has room for, each as npum_set_complete()
 * lets it through: combinations that nobody has thought of.
 */
const struct npum_personality_set *personality_cases(void);

/** personality_case() - the id of one of them; @random is a conv_random() generator */
u32 personality_case(u64 *random);

/** personality_case_find() - the record with an id */
const struct npum_personality *personality_case_find(u32 id);

#endif /* PERSONALITY_CASE_H */
