// SPDX-License-Identifier: GPL-2.0-only
/* The math model in the kernel: the vectors of user space, on every instruction set. */
#include <kunit/test.h>
#include <linux/fpu.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "../virt/virt.h"
#include "model/npum_isa.h"
#include "model/npum_personality.h"
#include "model_cases.h"

KUNIT_ARRAY_PARAM_DESC(model, model_cases, name);

KUNIT_DEFINE_ACTION_WRAPPER(model_vfree, vfree, const void *);

static void *model_alloc(struct kunit *test, size_t bytes)
{
	void *memory = vzalloc(max_t(size_t, bytes, 1));

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, model_vfree, memory), 0);
	return memory;
}

static void model_run_tile(const struct npum_exec *x, const struct vnpu_op *op,
			   const struct npum_op_plan *plan, u32 tile, void *scratch)
{
	if (plan->fpu)
		kernel_fpu_begin();
	npum_op_run(x, op, tile, scratch);
	if (plan->fpu)
		kernel_fpu_end();
	cond_resched();
}

/* Runs the case backwards: tiles must not lean on each other's order. */
static u64 model_run(struct kunit *test, const struct model_case *c, u32 personality,
		     const struct npum_isa *isa)
{
	struct npum_program *prog = kunit_kzalloc(test, sizeof(*prog), GFP_KERNEL);
	struct npum_exec *x = kunit_kzalloc(test, sizeof(*x), GFP_KERNEL);
	struct model_program *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct npum_op_plan plan;
	struct npum_refusal why;
	void *scratch;
	int err;

	KUNIT_ASSERT_TRUE(test, prog && x && p);
	model_build(c, personality, 0, p);
	err = npum_program_validate(p, sizeof(*p), npum_builtin_set(), prog, &why);
	KUNIT_ASSERT_EQ_MSG(test, err, 0, "%s", npum_refusal_text(why.reason));
	x->isa = isa;
	x->personality = prog->personality;
	for (u32 i = 0; i < MODEL_SLOTS; i++) {
		x->slot[i] = model_alloc(test, p->slot[i].bytes);
		if (i != MODEL_OUT)
			model_fill(c, personality, i, 0, x->slot[i], p->slot[i].bytes);
	}
	npum_op_plan(isa, prog->personality, prog->ops, &plan);
	scratch = model_alloc(test, plan.scratch_bytes);
	for (u32 tile = plan.tiles; tile-- > 0;)
		model_run_tile(x, prog->ops, &plan, tile, scratch);
	return model_digest(x->slot[MODEL_OUT], p->slot[MODEL_OUT].bytes);
}

static void model_test(struct kunit *test, const char *name)
{
	const struct npum_isa *isa = npum_isa_by_name(name, virt_cpu_features());
	const struct model_case *c = test->param_value;

	if (!isa)
		kunit_skip(test, "this CPU does not have %s", name);
	for (u32 p = 0; p < MODEL_PERSONALITIES; p++)
		KUNIT_EXPECT_EQ_MSG(test, model_run(test, c, model_personalities[p], isa),
				    c->digest[p],
				    "personality %u", model_personalities[p]);
}

static void model_test_generic(struct kunit *test)
{
	model_test(test, "generic");
}

static void model_test_avx2(struct kunit *test)
{
	model_test(test, "avx2");
}

static void model_test_avx512vnni(struct kunit *test)
{
	model_test(test, "avx512vnni");
}

static struct kunit_case model_test_cases[] = {
	KUNIT_CASE_PARAM(model_test_generic, model_gen_params),
	KUNIT_CASE_PARAM(model_test_avx2, model_gen_params),
	KUNIT_CASE_PARAM(model_test_avx512vnni, model_gen_params),
	{}
};

static struct kunit_suite model_test_suite = {
	.name = "vnpu_model",
	.test_cases = model_test_cases,
};

kunit_test_suite(model_test_suite);
