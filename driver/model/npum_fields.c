// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The fields of a personality as rows, what goes together, and the digest. */
#include "npum_fields.h"

static const char *const npum_rounding_words[] = { "double", "single", "away",	   "double-up",
						   "float",  "even",   "truncate", "floor" };
static const char *const npum_mult_round_words[] = { "nearest", "truncate", "up" };
static const char *const npum_acc_overflow_words[] = { "wrap", "saturate-end", "saturate-each" };
static const char *const npum_bias_words[] = { "integer", "float" };
static const char *const npum_zero_point_words[] = { "after", "folded" };
static const char *const npum_avg_pool_words[] = { "divide", "reciprocal", "two-stage", "float",
						   "dequantised" };
static const char *const npum_add_words[] = { "raised", "whole", "float", "weights", "fused" };
static const char *const npum_mean_words[] = { "centred", "raw" };
static const char *const npum_softmax_words[] = { "fixed", "table", "real", "quotient" };
static const char *const npum_lut_words[] = { "direct", "interpolated" };
static const char *const npum_resize_words[] = { "away", "up", "fine" };
static const char *const npum_boolean_words[] = { "no", "yes" };
static const char *const npum_quantize_words[] = { "divide", "multiply", "even" };
static const char *const npum_real_type_words[] = { "binary32", "binary16" };
static const char *const npum_real_acc_words[] = { "binary32", "binary16", "binary64" };
static const char *const npum_real_order_words[] = { "forward", "backward", "planes" };
static const char *const npum_real_subnormals_words[] = { "keep", "flush" };
static const char *const npum_real_round_words[] = { "even", "truncate" };
static const char *const npum_real_overflow_words[] = { "infinity", "saturate" };
static const char *const npum_factors_words[] = { "tflite", "binary32" };
static const char *const npum_hybrid_words[] = { "symmetric", "asymmetric" };
static const char *const npum_qdq_words[] = { "fused", "apart" };
static const char *const npum_lut_index_words[] = { "linear", "exponent" };
static const char *const npum_lut_round_words[] = { "even", "away", "up", "floor" };
static const char *const npum_lut_correction_words[] = { "wide", "none", "all" };
static const char *const npum_wide_lut_round_words[] = { "up", "floor" };
static const char *const npum_evidence_words[] = { "exact", "documented", "open-driver", "guess" };

#define NPUM_WORD(member, word_list, text)                           \
	{                                                            \
		.name = #member,                                     \
		.meaning = text,                                     \
		.words = npum_##word_list##_words,                   \
		.most = ARRAY_SIZE(npum_##word_list##_words) - 1,    \
		.offset = offsetof(struct npum_personality, member), \
	},
#define NPUM_NUMBER(member, low, high, normal, text)                 \
	{                                                            \
		.name = #member,                                     \
		.meaning = text,                                     \
		.least = low,                                        \
		.most = high,                                        \
		.usual = normal,                                     \
		.offset = offsetof(struct npum_personality, member), \
	},

static const struct npum_field fields[] = {
#include "npum_personality.def"
};

const struct npum_field *npum_field_at(u32 i)
{
	return i < ARRAY_SIZE(fields) ? &fields[i] : NULL;
}

u32 npum_field_get(const struct npum_field *f, const void *of)
{
	u32 value;

	memcpy(&value, (const u8 *)of + f->offset, sizeof(value));
	return value;
}

void npum_field_set(const struct npum_field *f, void *of, u32 value)
{
	memcpy((u8 *)of + f->offset, &value, sizeof(value));
}

const char *npum_evidence_name(u32 evidence)
{
	return evidence < ARRAY_SIZE(npum_evidence_words) ? npum_evidence_words[evidence] : NULL;
}

static bool all_products(const struct npum_personality *p, enum npum_rounding rounding)
{
	return p->conv_signed == rounding && p->conv_unsigned == rounding &&
	       p->depthwise == rounding && p->fully_connected == rounding;
}

/*
 * Fields that do not go together.  Each sentence is what the person who wrote the
 * description reads.
 */
static const char *check_fields(const struct npum_personality *p)
{
	bool add_is_float = p->add == NPUM_ROUND_FLOAT;
	bool sum_is_float = npum_adds_in_float(p);

	for (u32 i = 0; i < ARRAY_SIZE(fields); i++) {
		u32 value = npum_field_get(&fields[i], p);

		if (value < fields[i].least || value > fields[i].most)
			return "every field must have one of its values";
	}
	if (p->bias == NPUM_BIAS_FLOAT && !all_products(p, NPUM_ROUND_FLOAT))
		return "a float bias needs the rounding float for all convolutions and products";
	if (add_is_float != sum_is_float)
		return "the rounding float and add in float or fused form need each other";
	if (p->add_form == NPUM_ADD_WEIGHTS && p->add != p->conv_signed)
		return "add in the form of weights is a convolution and rounds as conv_signed";
	if (p->zero_point == NPUM_ZERO_POINT_FOLDED &&
	    (p->add != NPUM_ROUND_FLOAT || p->mul != NPUM_ROUND_FLOAT))
		return "a folded zero point needs the rounding float for add and mul";
	if (p->add_form == NPUM_ADD_FUSED && p->zero_point != NPUM_ZERO_POINT_FOLDED)
		return "the form fused of add needs a folded zero point";
	if (p->requant == NPUM_ROUND_FLOAT && p->softmax == NPUM_SOFTMAX_FIXED)
		return "softmax in fixed point needs a requant that rounds integers";
	if (p->lut == NPUM_LUT_DIRECT &&
	    (p->lut_points != 257 || p->lut_bits != 16 || p->lut_index || p->lut_round ||
	     p->lut_correction == NPUM_LUT_CORRECT_ALL))
		return "what lut_* fields say of points needs an interpolated lut";
	if (p->softmax != NPUM_SOFTMAX_FIXED &&
	    (p->softmax_exp_bits != 31 || p->softmax_sum_bits != 12 || p->softmax_newton != 3))
		return "what softmax_* fields say needs a softmax in fixed point";
	if (p->avg_pool_bits != 31 && p->avg_pool != NPUM_AVG_POOL_RECIPROCAL &&
	    p->avg_pool != NPUM_AVG_POOL_TWO_STAGE)
		return "avg_pool_bits needs an avg_pool that multiplies by reciprocals";
	if (p->real_acc == NPUM_REAL_ACC_BINARY16 && p->real_type != NPUM_REAL_BINARY16)
		return "a binary16 accumulator needs results of binary16";
	if (p->acc_overflow == NPUM_ACC_SATURATE_EACH && p->wide_acc_bits > 62)
		return "an int16 accumulator that saturates at each product has at most 62 bits";
	return NULL;
}

/* As users type it: letters, digits and dashes, ended by a zero. */
static bool is_name(const char *name)
{
	u32 i;

	for (i = 0; i < NPUM_NAME_BYTES && name[i]; i++) {
		char c = name[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return i && i < NPUM_NAME_BYTES;
}

static const char *check_one(const struct npum_personality_set *set, u32 which)
{
	const struct npum_personality *p = &set->at[which];

	if (p->id == VNPU_PERSONALITY_INHERIT)
		return "an id must not be 0";
	if (!is_name(p->name))
		return "a name must be 1 to 31 small letters, digits, dashes and underscores";
	if (!memchr(p->summary, 0, sizeof(p->summary)))
		return "a summary must end within its field";
	if (!npum_evidence_name(p->evidence))
		return "the evidence must be one of exact, documented, open-driver, guess";
	for (u32 i = 0; i < which; i++) {
		if (set->at[i].id == p->id)
			return "two personalities must not have one id";
		if (!strcmp(set->at[i].name, p->name))
			return "two personalities must not have one name";
	}
	return check_fields(p);
}

static const char *check_rest(const struct npum_personality_set *set,
			      const struct npum_personality *p)
{
	const struct npum_personality *rest;

	if (p->rest == VNPU_PERSONALITY_INHERIT)
		return NULL;
	rest = npum_personality_find(set, p->rest);
	if (!rest)
		return "the rest must name a personality of the same set";
	if (rest->rest != VNPU_PERSONALITY_INHERIT)
		return "the rest must name a personality that leaves nothing to another";
	return NULL;
}

/* FNV-1a in 64 bits. */
static u64 hash(u64 state, u32 value)
{
	for (u32 i = 0; i < 4; i++)
		state = (state ^ (value >> 8 * i & 0xff)) * 0x100000001b3ull;
	return state;
}

/*
 * Only what is not usual goes in, with its number: a field that a later version
 * adds leaves the digest of those that do not use it as it was.
 */
static u64 hash_fields(u64 state, const struct npum_personality *p)
{
	for (u32 i = 0; i < ARRAY_SIZE(fields); i++) {
		u32 value = npum_field_get(&fields[i], p);

		if (value != fields[i].usual)
			state = hash(hash(state, i + 1), value);
	}
	return state;
}

const char *npum_set_complete(struct npum_personality_set *set, u32 *which)
{
	const char *why = NULL;

	*which = 0;
	if (!set->count || set->count > NPUM_MAX_PERSONALITIES)
		return "there must be 1 to 32 personalities";
	for (u32 i = 0; i < set->count && !why; i++) {
		*which = i;
		why = check_one(set, i);
	}
	for (u32 i = 0; i < set->count && !why; i++) {
		*which = i;
		why = check_rest(set, &set->at[i]);
	}
	if (why)
		return why;

	for (u32 i = 0; i < set->count; i++) {
		struct npum_personality *p = &set->at[i];

		p->set = set;
		p->digest = hash_fields(0xcbf29ce484222325ull, p);
		if (p->rest != VNPU_PERSONALITY_INHERIT)
			p->digest = hash_fields(hash(p->digest, 0),
						npum_personality_find(set, p->rest));
	}
	return NULL;
}
