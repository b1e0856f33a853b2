// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The arithmetics that the model knows, as data. */
#include "npum_personality.h"

static const struct npum_personality personalities[] = {
	{
		.id = VNPU_PERSONALITY_TFLITE_REF,
		.name = "tflite-ref",
		.summary = "LiteRT reference kernels: two roundings, one in FULLY_CONNECTED",
		.evidence = NPUM_EVIDENCE_EXACT,
		.requant = NPUM_ROUND_DOUBLE,
		.fully_connected = NPUM_ROUND_AWAY,
		.resize = NPUM_ROUND_DOUBLE,
	},
	{
		.id = VNPU_PERSONALITY_TFLITE_SINGLE,
		.name = "tflite-single",
		.summary = "the same built with TFLITE_SINGLE_ROUNDING: one rounding",
		.evidence = NPUM_EVIDENCE_DOCUMENTED,
		.requant = NPUM_ROUND_SINGLE,
		.fully_connected = NPUM_ROUND_AWAY,
		.resize = NPUM_ROUND_SINGLE,
	},
};

const struct npum_personality *npum_personality_at(u32 i)
{
	return i < ARRAY_SIZE(personalities) ? &personalities[i] : NULL;
}

const struct npum_personality *npum_personality_by_id(u32 id)
{
	for (size_t i = 0; i < ARRAY_SIZE(personalities); i++)
		if (personalities[i].id == id)
			return &personalities[i];
	return NULL;
}

const struct npum_personality *npum_personality_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(personalities); i++)
		if (!strcmp(personalities[i].name, name))
			return &personalities[i];
	return NULL;
}
