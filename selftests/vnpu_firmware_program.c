// SPDX-License-Identifier: GPL-2.0-only
/* What programs and jobs notice of the firmware: which are refused, and that they keep theirs. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>

#include "firmware_fixture.h"

/* Takes a quarter of the sum of result and A, so often that the job lasts. */
static void quarters(struct program *p, __u32 personality, __u64 digest)
{
	program_begin(p);
	p->header.personality = personality;
	p->header.personality_digest = digest;
	while (p->header.op_count < PROGRAM_MAX_OPS)
		program_accumulate(p);
	for (__u32 i = 0; i < PROGRAM_MAX_OPS; i++)
		p->op[i].p.shift[2] = -1;
}

static int create(int fd, const struct program *p, struct drm_vnpu_program_create *args)
{
	*args = (struct drm_vnpu_program_create){
		.data = (uintptr_t)p,
		.size = p->header.size,
	};
	return device_call(fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, args);
}

TEST_F(firmware, programs_of_unknown_personalities_are_refused)
{
	struct drm_vnpu_program_create args;
	struct program p;

	quarters(&p, 1000, 0);
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_PERSONALITY, args.refusal);
	EXPECT_EQ(NPUM_NO_INDEX, args.refused_op);

	/* one op's own */
	quarters(&p, VNPU_PERSONALITY_TFLITE_REF, 0);
	p.op[5].personality = 1000;
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_PERSONALITY, args.refusal);
	EXPECT_EQ(5, args.refused_op);

	ASSERT_EQ(0, firmware_load_rounding(NPUM_ROUND_DOUBLE));
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_PERSONALITY, args.refusal);
	EXPECT_EQ(NPUM_NO_INDEX, args.refused_op);
	quarters(&p, 1000, 0);
	EXPECT_EQ(0, create(self->fd, &p, &args));
}

TEST_F(firmware, programs_of_another_digest_are_refused)
{
	struct drm_vnpu_personality_info one;
	struct drm_vnpu_program_create args;
	struct program p;

	ASSERT_EQ(0, firmware_load_rounding(NPUM_ROUND_DOUBLE));
	ASSERT_LE(1, firmware_query_first(self->fd, &one));
	quarters(&p, 1000, one.digest);
	EXPECT_EQ(0, create(self->fd, &p, &args));
	quarters(&p, 1000, one.digest + 1);
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_DIGEST, args.refusal);
	EXPECT_EQ(NPUM_NO_INDEX, args.refused_op);

	/* the same id, another arithmetic */
	ASSERT_EQ(0, firmware_load_rounding(NPUM_ROUND_SINGLE));
	quarters(&p, 1000, one.digest);
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_DIGEST, args.refusal);
	quarters(&p, 1000, 0);
	EXPECT_EQ(0, create(self->fd, &p, &args));
}

TEST_F(firmware, ops_beyond_the_target_are_refused)
{
	struct drm_vnpu_program_create args;
	struct program p;

	ASSERT_EQ(0, firmware_load_rounding(NPUM_ROUND_DOUBLE));
	program_begin(&p);
	p.header.personality = 1000;
	program_add(&p);
	EXPECT_EQ(0, create(self->fd, &p, &args));
	program_fill(&p, 1);
	EXPECT_EQ(-ENOEXEC, create(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_OPCODE, args.refusal);
	EXPECT_EQ(1, args.refused_op);
	EXPECT_EQ(NPUM_NO_INDEX, args.refused_field);
}

/* Runs @program on 0 and A = -128; the code that comes out everywhere, or 1000. */
static int outcome(struct rig *rig, __u32 program)
{
	rig_fill(rig, SLOT_A, -128);
	rig_fill(rig, SLOT_RESULT, 0);
	if (rig_run(rig, program) || !rig_is(rig, rig->mem[SLOT_RESULT][0]))
		return 1000;
	return rig->mem[SLOT_RESULT][0];
}

static __u32 load_quarters(int fd)
{
	struct program p;

	quarters(&p, 1000, 0);
	return program_load(fd, &p);
}

/* A quarter of -42 - 128 is -42.5: where halves go away from zero -43, where they go up -42. */
TEST_F(firmware, programs_keep_theirs)
{
	__u32 away, up, built_in;

	built_in = program_load_copy(self->fd);
	ASSERT_EQ(0, firmware_load_rounding(NPUM_ROUND_DOUBLE));
	away = load_quarters(self->fd);
	EXPECT_EQ(-43, outcome(&self->rig, away));
	ASSERT_EQ(0, firmware_load_rounding(NPUM_ROUND_SINGLE));
	up = load_quarters(self->fd);
	EXPECT_EQ(-42, outcome(&self->rig, up));
	EXPECT_EQ(-43, outcome(&self->rig, away));
	EXPECT_EQ(-128, outcome(&self->rig, built_in));
	ASSERT_EQ(0, firmware_load(FIRMWARE_BUILT_IN));
	EXPECT_EQ(-42, outcome(&self->rig, up));
	EXPECT_EQ(-43, outcome(&self->rig, away));
	EXPECT_EQ(0, load_quarters(self->fd));
}

TEST_F(firmware, running_jobs_keep_theirs)
{
	__u32 program, syncobj = syncobj_create(self->fd);

	ASSERT_EQ(0, firmware_load_rounding(NPUM_ROUND_DOUBLE));
	program = load_quarters(self->fd);
	rig_fill(&self->rig, SLOT_A, -128);
	rig_fill(&self->rig, SLOT_RESULT, 0);
	ASSERT_EQ(0, device_inject("slow_tile_ms", 10));
	ASSERT_EQ(0, rig_start(&self->rig, program, syncobj));
	ASSERT_EQ(0, program_destroy(self->fd, program));
	device_sleep(50);
	ASSERT_EQ(0, firmware_load_rounding(NPUM_ROUND_SINGLE));
	ASSERT_EQ(0, firmware_load(FIRMWARE_BUILT_IN));
	/* It was not done before the reload. */
	EXPECT_NE(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], -1));
	ASSERT_EQ(0, syncobj_wait(self->fd, syncobj, 0, DEVICE_SOON_MS));
	EXPECT_EQ(1, syncobj_error(self->fd, syncobj));
	EXPECT_TRUE(rig_is(&self->rig, -43));
}

#define RELOADS	100

static void *reload(void *failures)
{
	for (int i = 0; i < RELOADS; i++)
		if (firmware_load(i % 2 ? FIRMWARE_BUILT_IN : FIRMWARE_FILE))
			(*(int *)failures)++;
	return NULL;
}

TEST_F_TIMEOUT(firmware, reloads_amid_everything, 300)
{
	struct drm_vnpu_firmware_info info;
	pthread_t thread;
	int failures = 0, wrong = 0, taken = 0;
	__u32 old;

	ASSERT_EQ(0, firmware_load_rounding(NPUM_ROUND_DOUBLE));
	old = load_quarters(self->fd);
	ASSERT_EQ(0, firmware_query(self->fd, &self->info));
	ASSERT_EQ(0, pthread_create(&thread, NULL, reload, &failures));
	do {
		__u32 program = load_quarters(self->fd);

		if (outcome(&self->rig, program ? program : old) != -43)
			wrong++;
		if (program && ++taken)
			program_destroy(self->fd, program);
		ASSERT_EQ(0, firmware_query(self->fd, &info));
	} while (info.generation < self->info.generation + RELOADS);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, failures);
	EXPECT_EQ(0, wrong);
	TH_LOG("%d programs were taken", taken);
}

TEST_HARNESS_MAIN
