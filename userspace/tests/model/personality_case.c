// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "personality_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conv_case.h"
#include "npum_fields.h"

#define SEED 0x5eed00000a7ull

static void draw_words(struct npum_personality *p, u64 *random)
{
	const struct npum_field *f;

	for (u32 i = 0; (f = npum_field_at(i)); i++) {
		u32 value = f->least + conv_random(random) % (f->most - f->least + 1);

		npum_field_set(f, p, conv_random(random) % 3 ? value : f->usual);
	}
}

/* Designs of what a personality does not have are refused: mostly leave them out. */
static void draw_designs(struct npum_personality *p, u64 *random)
{
	const struct npum_field *f;

	for (u32 i = 0; (f = npum_field_at(i)); i++) {
		bool table = !strncmp(f->name, "lut_", 4) && p->lut == NPUM_LUT_DIRECT;
		bool steps = !strncmp(f->name, "softmax_", 8) && p->softmax != NPUM_SOFTMAX_FIXED;

		if ((table || steps) && conv_random(random) % 64)
			npum_field_set(f, p, f->usual);
	}
}

/* One rounding for most of the ops: what depends on several being alike is rare otherwise. */
static void draw_roundings(struct npum_personality *p, u64 *random)
{
	u32 common = conv_random(random) % (NPUM_ROUND_FLOOR + 1);
	u32 *field[] = { &p->conv_signed, &p->conv_unsigned, &p->depthwise, &p->fully_connected,
			 &p->add,	  &p->mul,	     &p->mean,	    &p->requant };

	if (conv_random(random) % 3 == 0)
		common = NPUM_ROUND_FLOAT;
	for (u32 i = 0; i < ARRAY_SIZE(field); i++)
		if (conv_random(random) % 4)
			*field[i] = common;
	if (conv_random(random) % 2)
		p->conv_unsigned = p->depthwise = p->fully_connected = p->conv_signed;
	/* an accumulator is narrow or wide, not in between */
	p->acc_bits = (u32[]){ 32, 32, 34, 40, 48, 64 }[conv_random(random) % 6];
	p->wide = p->id % (NPUM_ROUND_FLOOR + 1);
	/* by number, so that each is met whatever fields are drawn before */
	p->wide_acc_bits = (u32[]){ 32, 64, 40, 34, 64 }[p->id % 5];
	if (p->add == NPUM_ROUND_FLOAT)
		p->add_form = p->zero_point == NPUM_ZERO_POINT_FOLDED && p->id % 2 ?
				      NPUM_ADD_FUSED :
				      NPUM_ADD_FLOAT;
}

static void draw(struct npum_personality_set *set)
{
	u64 random = SEED;
	const char *why;
	u32 which;

	*set = *npum_builtin_set();
	while (set->count < NPUM_MAX_PERSONALITIES) {
		struct npum_personality *p = &set->at[set->count];

		*p = (struct npum_personality){
			.id = PERSONALITY_CASE_FIRST + set->count,
			.evidence = NPUM_EVIDENCE_GUESS,
		};
		snprintf(p->name, sizeof(p->name), "drawn-%u", p->id);
		draw_words(p, &random);
		draw_designs(p, &random);
		draw_roundings(p, &random);
		set->count++;
		why = npum_set_complete(set, &which);
		if (why && which != set->count - 1)
			abort();
		set->count -= why != NULL;
	}
	if (npum_set_complete(set, &which))
		abort();
}

const struct npum_personality_set *personality_cases(void)
{
	static struct npum_personality_set set;

	if (!set.count)
		draw(&set);
	return &set;
}

u32 personality_case(u64 *random)
{
	const struct npum_personality_set *set = personality_cases();

	return set->at[conv_random(random) % set->count].id;
}

const struct npum_personality *personality_case_find(u32 id)
{
	return npum_personality_find(personality_cases(), id);
}
