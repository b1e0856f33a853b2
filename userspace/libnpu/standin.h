/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Programs of personalities that only some device knows. */
#ifndef NPU_STANDIN_H
#define NPU_STANDIN_H

#include "npum.h"
#include "npum_personality.h"

/**
 * npu_standin_validate() - validate a program for whatever device has its personalities
 * @data: the program, as for npum_program_validate()
 * @size: its bytes
 * @set: filled with the built-in personalities and with a stand-in for each other
 *	one that the program names; must live as long as @program is used
 * @program: filled on success
 * @why: filled on refusal
 *
 * Only names and numbers of stand-ins mean anything: whether a device computes as
 * the program wants is for that device to say.
 *
 * Return: as npum_program_validate().
 */
int npu_standin_validate(const void *data, size_t size, struct npum_personality_set *set,
			 struct npum_program *program, struct npum_refusal *why);

/** npu_standin_is() - is a personality of such a set a stand-in? */
bool npu_standin_is(const struct npum_personality *p);

#endif /* NPU_STANDIN_H */
