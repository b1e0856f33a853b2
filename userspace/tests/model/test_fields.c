// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Personalities as rows of fields: digests, ranges, what does not go together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "npum_fields.h"

static struct npum_personality_set set;

static int copy_builtin(void **state)
{
	(void)state;
	set = *npum_builtin_set();
	return 0;
}

static void test_builtin_digests(void **state)
{
	const struct npum_personality_set *builtin = npum_builtin_set();
	u32 which;

	(void)state;
	assert_null(npum_set_complete(&set, &which));
	for (u32 i = 0; i < set.count; i++) {
		assert_int_equal(set.at[i].digest, builtin->at[i].digest);
		assert_ptr_equal(builtin->at[i].set, builtin);
		assert_ptr_equal(set.at[i].set, &set);
	}
}

static void test_digest_tells_each_field(void **state)
{
	const struct npum_field *f;
	u32 which;

	(void)state;
	set.count = 1;
	for (u32 i = 0; (f = npum_field_at(i)); i++) {
		struct npum_personality *p = &set.at[0];
		u32 value = npum_field_get(f, p);
		u64 before;

		assert_null(npum_set_complete(&set, &which));
		before = p->digest;
		for (u32 v = f->least; v <= f->most; v++) {
			npum_field_set(f, p, v);
			if (v != value && !npum_set_complete(&set, &which))
				assert_int_not_equal(p->digest, before);
		}
		npum_field_set(f, p, f->most + 1);
		assert_string_equal(npum_set_complete(&set, &which),
				    "every field must have one of its values");
		npum_field_set(f, p, value);
	}
}

static void test_digest_includes_the_rest(void **state)
{
	u32 which;
	u64 before;

	(void)state;
	assert_null(npum_set_complete(&set, &which));
	assert_int_equal(set.at[3].rest, VNPU_PERSONALITY_TFLITE_OPT);
	before = set.at[3].digest;
	set.at[2].mul = NPUM_ROUND_AWAY;
	assert_null(npum_set_complete(&set, &which));
	assert_int_not_equal(set.at[3].digest, before);
}

/* What was done to the set is refused with this sentence; then it is whole again. */
static void expect(const char *sentence)
{
	const char *why;
	u32 which;

	why = npum_set_complete(&set, &which);
	assert_non_null(why);
	assert_string_equal(why, sentence);
	set = *npum_builtin_set();
}

static void test_nonsense(void **state)
{
	struct npum_personality *p = &set.at[0];

	(void)state;
	p->bias = NPUM_BIAS_FLOAT;
	expect("a float bias needs the rounding float for all convolutions and products");
	p->add = NPUM_ROUND_FLOAT;
	expect("the rounding float and add in float or fused form need each other");
	p->add_form = NPUM_ADD_FLOAT;
	expect("the rounding float and add in float or fused form need each other");
	p->add_form = NPUM_ADD_WEIGHTS;
	p->add = NPUM_ROUND_AWAY;
	expect("add in the form of weights is a convolution and rounds as conv_signed");
	p->zero_point = NPUM_ZERO_POINT_FOLDED;
	expect("a folded zero point needs the rounding float for add and mul");
	p->add = NPUM_ROUND_FLOAT;
	p->add_form = NPUM_ADD_FUSED;
	expect("the form fused of add needs a folded zero point");
	p->requant = NPUM_ROUND_FLOAT;
	expect("softmax in fixed point needs a requant that rounds integers");
	p->avg_pool_bits = 16;
	expect("avg_pool_bits needs an avg_pool that multiplies by reciprocals");
	p->lut_points = 65;
	expect("what lut_* fields say of points needs an interpolated lut");
	p->softmax = NPUM_SOFTMAX_TABLE;
	p->softmax_newton = 2;
	expect("what softmax_* fields say needs a softmax in fixed point");
	p->real_acc = NPUM_REAL_ACC_BINARY16;
	expect("a binary16 accumulator needs results of binary16");
	p->acc_overflow = NPUM_ACC_SATURATE_EACH;
	expect("an int16 accumulator that saturates at each product has at most 62 bits");
	p->id = VNPU_PERSONALITY_INHERIT;
	expect("an id must not be 0");
	p->id = VNPU_PERSONALITY_XNNPACK;
	expect("two personalities must not have one id");
	memcpy(p->name, "xnnpack", 8);
	expect("two personalities must not have one name");
	p->name[0] = 'T';
	expect("a name must be 1 to 31 small letters, digits, dashes and underscores");
	memset(p->name, 'a', sizeof(p->name));
	expect("a name must be 1 to 31 small letters, digits, dashes and underscores");
	memset(p->summary, 'a', sizeof(p->summary));
	expect("a summary must end within its field");
	p->evidence = NPUM_EVIDENCE_GUESS + 1;
	expect("the evidence must be one of exact, documented, open-driver, guess");
	p->rest = 999;
	expect("the rest must name a personality of the same set");
	p->rest = VNPU_PERSONALITY_XNNPACK;
	expect("the rest must name a personality that leaves nothing to another");
	set.count = 0;
	expect("there must be 1 to 32 personalities");
	set.count = NPUM_MAX_PERSONALITIES + 1;
	expect("there must be 1 to 32 personalities");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_builtin_digests, copy_builtin),
		cmocka_unit_test_setup(test_digest_tells_each_field, copy_builtin),
		cmocka_unit_test_setup(test_digest_includes_the_rest, copy_builtin),
		cmocka_unit_test_setup(test_nonsense, copy_builtin),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("model-fields", tests, NULL, NULL);
}
