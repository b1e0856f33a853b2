// SPDX-License-Identifier: GPL-2.0-only
/* Bits that flip: in constants they are found when asked for, elsewhere they are not. */
#include <errno.h>
#include <stdint.h>

#include <xxhash.h>

#include "fixture.h"

/* A program whose input A is a constant. */
static __u32 load_constant(int fd)
{
	struct program p;

	program_begin(&p);
	p.slot[SLOT_A].kind = VNPU_SLOT_CONST;
	program_copy(&p);
	return program_load(fd, &p);
}

static void set_verify(struct run *run, __u64 digest)
{
	run->job.flags = DRM_VNPU_JOB_VERIFY;
	run->job.const_digest = digest;
}

/* Runs to the end: 0, -errno of SUBMIT, or the job's error. */
static int run_to_end(struct run *run, int fd)
{
	__u32 done = syncobj_create(fd);
	int ret;

	run_sync(run, done, DRM_VNPU_SYNC_SIGNAL, 0);
	ret = run_submit(run, fd);
	if (ret)
		return ret;
	ret = syncobj_wait(fd, done, 0, DEVICE_SOON_MS);
	if (ret)
		return ret;
	ret = syncobj_error(fd, done);
	return ret == 1 ? 0 : ret;
}

TEST_F(npu, right_constants)
{
	__u32 program = load_constant(self->fd);
	struct run run;

	rig_fill(&self->rig, SLOT_A, 7);
	run_init(&run, &self->rig, program);
	set_verify(&run, XXH64(self->rig.mem[SLOT_A], PROGRAM_BYTES, 0));
	EXPECT_EQ(0, run_to_end(&run, self->fd));
	EXPECT_TRUE(rig_is(&self->rig, 7));
}

TEST_F(npu, a_flipped_bit_is_found)
{
	__u32 program = load_constant(self->fd);
	long long corruptions = device_number("health/corruptions");
	struct drm_vnpu_ctx_query q;
	struct run run;
	__u64 digest;

	rig_fill(&self->rig, SLOT_A, 7);
	rig_fill(&self->rig, SLOT_RESULT, 1);
	digest = XXH64(self->rig.mem[SLOT_A], PROGRAM_BYTES, 0);
	ASSERT_EQ(0, device_inject("flip_bit", 8 * 1234 + 3));
	ASSERT_EQ(0, device_inject("flip_op", 0));
	run_init(&run, &self->rig, program);
	set_verify(&run, digest);
	EXPECT_EQ(-EBADMSG, run_to_end(&run, self->fd));
	/* Nothing was computed with it. */
	EXPECT_TRUE(rig_is(&self->rig, 1));
	EXPECT_EQ(7 ^ 8, self->rig.mem[SLOT_A][1234]);
	EXPECT_EQ(corruptions + 1, device_number("health/corruptions"));
	/* No fault of the context's: mended, it goes on. */
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(DRM_VNPU_CTX_OK, q.state);
	rig_fill(&self->rig, SLOT_A, 7);
	run_init(&run, &self->rig, program);
	set_verify(&run, digest);
	EXPECT_EQ(0, run_to_end(&run, self->fd));
}

TEST_F(npu, who_does_not_ask_is_not_told)
{
	__u32 program = load_constant(self->fd);

	rig_fill(&self->rig, SLOT_A, 7);
	ASSERT_EQ(0, device_inject("flip_bit", 8 * 99));
	ASSERT_EQ(0, device_inject("flip_op", 0));
	EXPECT_EQ(0, rig_run(&self->rig, program));
	EXPECT_EQ(6, self->rig.mem[SLOT_RESULT][99]);
	EXPECT_EQ(7, self->rig.mem[SLOT_RESULT][98]);
}

TEST_F(npu, output_loses_a_bit_at_the_end)
{
	__u32 program = program_load_fill(self->fd, 2, 5);

	ASSERT_EQ(0, device_inject("flip_kind", VNPU_SLOT_OUTPUT));
	ASSERT_EQ(0, device_inject("flip_bit", 8 * 10 + 1));
	ASSERT_EQ(0, device_inject("flip_op", 2));
	EXPECT_EQ(0, rig_run(&self->rig, program));
	EXPECT_EQ(5 ^ 2, self->rig.mem[SLOT_RESULT][10]);
	EXPECT_EQ(5, self->rig.mem[SLOT_RESULT][11]);
	/* Once. */
	EXPECT_EQ(0, rig_run(&self->rig, program));
	EXPECT_TRUE(rig_is(&self->rig, 5));
	ASSERT_EQ(0, device_inject("flip_kind", VNPU_SLOT_CONST));
}

/* Between the op that writes it and the one that reads it. */
TEST_F(npu, on_chip_memory_loses_a_bit)
{
	struct program p;
	struct run run;

	program_begin(&p);
	p.slot[SLOT_B].kind = VNPU_SLOT_L1;
	program_copy(&p);
	p.op[0].out.slot = SLOT_B;
	program_copy(&p);
	p.op[1].in[0].slot = SLOT_B;
	rig_fill(&self->rig, SLOT_A, 33);
	run_init(&run, &self->rig, program_load(self->fd, &p));
	run.binding[SLOT_B] = (struct drm_vnpu_binding){};
	ASSERT_EQ(0, device_inject("flip_kind", VNPU_SLOT_L1));
	ASSERT_EQ(0, device_inject("flip_bit", 8 * 20 + 2));
	ASSERT_EQ(0, device_inject("flip_op", 1));
	EXPECT_EQ(0, run_to_end(&run, self->fd));
	EXPECT_EQ(33 ^ 4, self->rig.mem[SLOT_RESULT][20]);
	EXPECT_EQ(33, self->rig.mem[SLOT_RESULT][21]);
	EXPECT_EQ(33, self->rig.mem[SLOT_A][20]);
	ASSERT_EQ(0, device_inject("flip_kind", VNPU_SLOT_CONST));
}

TEST_F(npu, a_program_without_constants)
{
	struct run run;

	run_init(&run, &self->rig, program_load_fill(self->fd, 1, 5));
	set_verify(&run, XXH64(NULL, 0, 0));
	EXPECT_EQ(0, run_to_end(&run, self->fd));
}

TEST_F(npu, refusals)
{
	struct run run;

	run_init(&run, &self->rig, program_load_fill(self->fd, 1, 5));
	run.job.const_digest = 1;
	EXPECT_EQ(-EINVAL, run_submit(&run, self->fd));
	/* A wrong digest is no error of the call. */
	set_verify(&run, 1);
	EXPECT_EQ(-EBADMSG, run_to_end(&run, self->fd));
}

TEST_HARNESS_MAIN
