// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "standin.h"

#include <stdio.h>

static void add(struct npum_personality_set *set, uint32_t id)
{
	struct npum_personality *p = &set->at[set->count++];

	*p = set->at[0];
	p->id = id;
	p->digest = 0;
	p->rest = VNPU_PERSONALITY_INHERIT;
	p->evidence = NPUM_EVIDENCE_GUESS;
	snprintf(p->name, sizeof(p->name), "personality-%u", id);
	snprintf(p->summary, sizeof(p->summary), "known to another device");
}

/* Which personality was missing; 0: that was not the reason. */
static uint32_t missing(const struct vnpu_program_header *h, const struct npum_refusal *why)
{
	const struct vnpu_op *ops;

	if (why->reason != VNPU_REFUSAL_PERSONALITY)
		return VNPU_PERSONALITY_INHERIT;
	if (why->op == NPUM_NO_INDEX)
		return h->personality;
	/* The validator looked into the record, so it is there. */
	ops = (const void *)((const u8 *)h + h->op_offset);
	return ops[why->op].personality;
}

/* Puts what was missing into the set; false when it cannot help. */
static bool stand_in(const struct vnpu_program_header *h, struct npum_personality_set *set,
		     const struct npum_refusal *why)
{
	uint32_t id = missing(h, why);

	if (why->reason == VNPU_REFUSAL_DIGEST) {
		for (uint32_t i = 0; i < set->count; i++)
			if (set->at[i].id == h->personality)
				set->at[i].digest = h->personality_digest;
		return true;
	}
	if (id == VNPU_PERSONALITY_INHERIT || set->count == NPUM_MAX_PERSONALITIES)
		return false;
	add(set, id);
	return true;
}

/* Each turn puts in one personality or the one digest: there are not many turns. */
int npu_standin_validate(const void *data, size_t size, struct npum_personality_set *set,
			 struct npum_program *program, struct npum_refusal *why)
{
	*set = *npum_builtin_set();
	for (uint32_t i = 0; i < set->count; i++)
		set->at[i].set = set;
	for (;;) {
		int rc = npum_program_validate(data, size, set, program, why);

		if (!rc || !stand_in(data, set, why))
			return rc;
	}
}

bool npu_standin_is(const struct npum_personality *p)
{
	const struct npum_personality *own = npum_personality_find(npum_builtin_set(), p->id);

	return !own || own->digest != p->digest;
}
