// SPDX-License-Identifier: GPL-2.0-only
/* Every op of the model on the device: the same bytes as in this process. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "model_cases.h"

#include "npum_counters.h"
#include "npum_isa.h"
#include "npum_personality.h"

#include "fixture.h"

/* behind the profile of the only op */
#define COUNTERS_OFFSET	64

/**
 * struct model_run - a case on the device
 * @handle: program handle
 * @program: the program
 * @bo: buffer of each operand, 0 where there is none
 * @mem: its memory
 */
struct model_run {
	__u32 handle;
	struct model_program program;
	__u32 bo[MODEL_SLOTS];
	__u8 *mem[MODEL_SLOTS];
};

/* Makes program and buffers; 0 or -errno. */
static int prepare(struct model_run *r, int fd, const struct model_case *c, __u32 personality,
		   __u32 round)
{
	struct drm_vnpu_program_create args = {
		.data = (uintptr_t)&r->program,
		.size = sizeof(r->program),
	};
	int ret;

	model_build(c, personality, round, &r->program);
	ret = device_call(fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, &args);
	r->handle = args.handle;
	for (__u32 i = 0; i < MODEL_SLOTS && !ret; i++) {
		__u32 bytes = r->program.slot[i].bytes;

		r->bo[i] = bytes ? bo_create(fd, bytes) : 0;
		r->mem[i] = r->bo[i] ? bo_map(fd, r->bo[i], bytes) : NULL;
		if (bytes && !r->mem[i])
			ret = -ENOMEM;
		else if (i != MODEL_OUT)
			model_fill(c, personality, i, round, r->mem[i], bytes);
	}
	return ret;
}

/* @counters: buffer for the counters of the op; 0: nobody wants them */
static int start_counting(const struct model_run *r, int fd, __u32 ctx, __u32 counters)
{
	struct drm_vnpu_binding binding[MODEL_SLOTS] = {};
	struct drm_vnpu_job job = {
		.program = r->handle,
		.bindings = { sizeof(*binding), MODEL_SLOTS, (uintptr_t)binding },
		.flags = counters ? DRM_VNPU_JOB_COUNTERS : 0,
		.profile = counters,
		.counters_offset = counters ? COUNTERS_OFFSET : 0,
		.counters_stride = counters ? sizeof(struct drm_vnpu_op_counters) : 0,
	};
	struct drm_vnpu_submit submit = {
		.ctx = ctx,
		.jobs = { sizeof(job), 1, (uintptr_t)&job },
	};

	for (__u32 i = 0; i < MODEL_SLOTS; i++) {
		binding[i].handle = r->bo[i];
		binding[i].size = r->program.slot[i].bytes;
	}
	return device_call(fd, DRM_IOCTL_VNPU_SUBMIT, &submit);
}

static int start(const struct model_run *r, int fd, __u32 ctx)
{
	return start_counting(r, fd, ctx, 0);
}

static int wait_end(const struct model_run *r, int fd)
{
	return bo_wait(fd, r->bo[MODEL_OUT], DEVICE_SOON_MS);
}

static void finish(struct model_run *r, int fd)
{
	for (__u32 i = 0; i < MODEL_SLOTS; i++) {
		if (r->mem[i])
			munmap(r->mem[i], r->program.slot[i].bytes);
		if (r->bo[i])
			bo_close(fd, r->bo[i]);
	}
	program_destroy(fd, r->handle);
}

static u64 digest_of(const struct model_run *r)
{
	return model_digest(r->mem[MODEL_OUT], r->program.slot[MODEL_OUT].bytes);
}

TEST_F_TIMEOUT(npu, every_op_has_its_digest, 300)
{
	for (__u32 i = 0; i < MODEL_PERSONALITIES * ARRAY_SIZE(model_cases); i++) {
		const struct model_case *c = &model_cases[i / MODEL_PERSONALITIES];
		__u32 p = i % MODEL_PERSONALITIES;
		struct model_run r = {};

		ASSERT_EQ(0, prepare(&r, self->fd, c, model_personalities[p], 0));
		ASSERT_EQ(0, start(&r, self->fd, self->rig.ctx));
		ASSERT_EQ(0, wait_end(&r, self->fd));
		EXPECT_EQ(c->digest[p], digest_of(&r))
		{
			TH_LOG("%s, personality %u", c->name, model_personalities[p]);
		}
		finish(&r, self->fd);
	}
}

/*
 * Computes the run's output in this process, in plain C, and compares; -1 or a byte's
 * place.  Fills @counters, if there are any.
 */
static long differs_at(const struct model_run *r, struct npum_counters *counters)
{
	__u32 bytes = r->program.slot[MODEL_OUT].bytes;
	struct npum_exec x = {
		.isa = counters ? &npum_isa_counting : &npum_isa_generic,
		.counters = counters,
	};
	struct npum_op_plan plan;
	struct npum_program prog;
	struct npum_refusal why;
	__u8 *out, *scratch;
	long at = -1;

	if (npum_program_validate(&r->program, sizeof(r->program), npum_builtin_set(), &prog,
				  &why))
		return 0;
	x.personality = prog.personality;
	npum_op_plan(x.isa, x.personality, prog.ops, &plan);
	out = aligned_alloc(NPUM_SCRATCH_ALIGN, bytes);
	scratch = aligned_alloc(NPUM_SCRATCH_ALIGN,
				round_up(plan.scratch_bytes + 1, NPUM_SCRATCH_ALIGN));
	memset(out, 0, bytes);
	for (__u32 i = 0; i < MODEL_SLOTS; i++)
		x.slot[i] = i == MODEL_OUT ? out : r->mem[i];
	for (__u32 tile = 0; tile < plan.tiles; tile++)
		npum_op_run(&x, prog.ops, tile, scratch);
	for (__u32 i = 0; i < bytes && at < 0; i++)
		if (out[i] != r->mem[MODEL_OUT][i])
			at = i;
	free(scratch);
	free(out);
	return at;
}

TEST_F_TIMEOUT(npu, other_data, 300)
{
	for (__u32 i = 0; i < ARRAY_SIZE(model_cases); i++) {
		const struct model_case *c = &model_cases[i];
		struct model_run r = {};

		ASSERT_EQ(0, prepare(&r, self->fd, c, model_personalities[i % MODEL_PERSONALITIES],
				     1));
		ASSERT_EQ(0, start(&r, self->fd, self->rig.ctx));
		ASSERT_EQ(0, wait_end(&r, self->fd));
		EXPECT_EQ(-1, differs_at(&r, NULL))
		{
			TH_LOG("%s, personality %u", c->name,
			       model_personalities[i % MODEL_PERSONALITIES]);
		}
		finish(&r, self->fd);
	}
}

/* Counting changes no output, and the device counts what this process counts. */
TEST_F_TIMEOUT(npu, counters, 300)
{
	__u32 bo = bo_create(self->fd, 4096);
	__u8 *mem = bo_map(self->fd, bo, 4096);
	__u32 counted = 0;

	ASSERT_NE(NULL, mem);
	for (__u32 i = 0; i < MODEL_PERSONALITIES * ARRAY_SIZE(model_cases); i++) {
		const struct model_case *c = &model_cases[i / MODEL_PERSONALITIES];
		__u32 p = i % MODEL_PERSONALITIES;
		struct npum_counters counters = {};
		struct npum_op_counters want;
		struct model_run r = {};

		memset(mem, 0xcc, 4096);
		ASSERT_EQ(0, prepare(&r, self->fd, c, model_personalities[p], 0));
		ASSERT_EQ(0, start_counting(&r, self->fd, self->rig.ctx, bo));
		ASSERT_EQ(0, wait_end(&r, self->fd));
		EXPECT_EQ(c->digest[p], digest_of(&r));
		EXPECT_EQ(-1, differs_at(&r, &counters));
		npum_counters_tell(&counters, &want);
		EXPECT_EQ(0, memcmp(&want, mem + COUNTERS_OFFSET, sizeof(want)))
		{
			TH_LOG("%s, personality %u", c->name, model_personalities[p]);
		}
		counted += want.values != 0;
		finish(&r, self->fd);
	}
	EXPECT_LT(0, counted);
}

/* All ops in flight at once, from several contexts, so that all cores and workers have some. */
TEST_F(npu, all_at_once)
{
	enum { CONTEXTS = 4 };
	static struct model_run run[ARRAY_SIZE(model_cases)];
	__u32 ctx[CONTEXTS];

	for (__u32 i = 0; i < CONTEXTS; i++)
		ctx[i] = ctx_create(self->fd, 0);
	for (__u32 i = 0; i < ARRAY_SIZE(model_cases); i++)
		ASSERT_EQ(0,
			  prepare(&run[i], self->fd, &model_cases[i], model_personalities[0], 0));
	for (__u32 i = 0; i < ARRAY_SIZE(model_cases); i++)
		ASSERT_EQ(0, start(&run[i], self->fd, ctx[i % CONTEXTS]));
	for (__u32 i = 0; i < ARRAY_SIZE(model_cases); i++) {
		ASSERT_EQ(0, wait_end(&run[i], self->fd));
		EXPECT_EQ(model_cases[i].digest[0], digest_of(&run[i]))
		{
			TH_LOG("%s", model_cases[i].name);
		}
	}
}

TEST_HARNESS_MAIN
