// SPDX-License-Identifier: GPL-2.0-only
/*
 * On-chip memory is the device's: nobody brings it, gets more than there is, or finds
 * others' values.
 */
#include <errno.h>
#include <stdint.h>

#include "fixture.h"

/* Slot B is on-chip memory in these programs. */
#define SLOT_L1 SLOT_B

/* A copies to on-chip memory, or that to the result. */
static void copy_program(struct program *p, bool write)
{
	program_begin(p);
	p->slot[SLOT_L1].kind = VNPU_SLOT_L1;
	program_copy(p);
	if (write)
		p->op[0].out.slot = SLOT_L1;
	else
		p->op[0].in[0].slot = SLOT_L1;
}

static __u32 load_copy(int fd, bool write)
{
	struct program p;

	copy_program(&p, write);
	return program_load(fd, &p);
}

static void run_init_l1(struct run *run, const struct rig *rig, __u32 program)
{
	run_init(run, rig, program);
	run->binding[SLOT_L1] = (struct drm_vnpu_binding){};
}

static int start_l1(const struct rig *rig, bool write)
{
	struct run run;

	run_init_l1(&run, rig, load_copy(rig->fd, write));
	return run_submit(&run, rig->fd);
}

static int copy_l1(const struct rig *rig, bool write)
{
	int ret = start_l1(rig, write);

	return ret ?: bo_wait(rig->fd, rig->bo[write ? SLOT_A : SLOT_RESULT], DEVICE_SOON_MS);
}

/*
 * Writes, and reads in a job of its own.  Only while a context has something to do does it
 * stay on its core: the second is queued at once, and again when the first was quicker.
 */
static bool finds_its_own(struct rig *rig)
{
	for (int tries = 0; tries < 50; tries++) {
		rig_fill(rig, SLOT_RESULT, 1);
		if (start_l1(rig, true) || copy_l1(rig, false))
			return false;
		if (!rig_is(rig, 0))
			return true;
	}
	return false;
}

TEST_F(npu, values_of_other_contexts_are_gone)
{
	struct rig other = self->rig;

	other.ctx = ctx_create(self->fd, 0);
	ASSERT_NE(0, other.ctx);
	rig_fill(&self->rig, SLOT_A, 90);
	/* A core keeps them for the same context, so that what follows can fail. */
	EXPECT_TRUE(finds_its_own(&self->rig));
	EXPECT_TRUE(rig_is(&self->rig, 90));
	for (int i = 0; i < 4; i++) {
		rig_fill(&self->rig, SLOT_RESULT, 1);
		ASSERT_EQ(0, copy_l1(&other, false));
		EXPECT_TRUE(rig_is(&self->rig, 0));
	}
}

TEST_F(npu, values_of_other_files_are_gone)
{
	struct rig other;

	ASSERT_EQ(0, rig_open(&other, device_open(), 0));
	rig_fill(&self->rig, SLOT_A, 77);
	ASSERT_EQ(0, copy_l1(&self->rig, true));
	rig_fill(&other, SLOT_RESULT, 1);
	ASSERT_EQ(0, copy_l1(&other, false));
	EXPECT_TRUE(rig_is(&other, 0));
	rig_close(&other);
}

/* From one op to the next they are there. */
TEST_F(npu, values_stay_inside_a_job)
{
	struct program p;
	struct run run;

	program_begin(&p);
	p.slot[SLOT_L1].kind = VNPU_SLOT_L1;
	program_copy(&p);
	p.op[0].out.slot = SLOT_L1;
	program_copy(&p);
	p.op[1].in[0].slot = SLOT_L1;
	rig_fill(&self->rig, SLOT_A, 33);
	run_init_l1(&run, &self->rig, program_load(self->fd, &p));
	ASSERT_EQ(0, run_submit(&run, self->fd));
	ASSERT_EQ(0, bo_wait(self->fd, self->rig.bo[SLOT_RESULT], DEVICE_SOON_MS));
	EXPECT_TRUE(rig_is(&self->rig, 33));
}

TEST_F(npu, takes_no_buffer)
{
	struct run run;

	run_init(&run, &self->rig, load_copy(self->fd, true));
	EXPECT_EQ(-EINVAL, run_submit(&run, self->fd));
	run_init_l1(&run, &self->rig, load_copy(self->fd, true));
	run.binding[SLOT_L1].size = PROGRAM_BYTES;
	EXPECT_EQ(-EINVAL, run_submit(&run, self->fd));
	run.binding[SLOT_L1].size = 0;
	EXPECT_EQ(0, run_submit(&run, self->fd));
}

static int refusal(int fd, const struct program *p, struct drm_vnpu_program_create *args)
{
	*args = (struct drm_vnpu_program_create){
		.data = (uintptr_t)p,
		.size = p->header.size,
	};
	return device_call(fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, args);
}

TEST_F(npu, no_more_than_there_is)
{
	struct drm_vnpu_program_create args;
	struct program p;

	copy_program(&p, true);
	p.slot[SLOT_L1].bytes = VNPU_MAX_SLOT_BYTES;
	EXPECT_EQ(-ENOEXEC, refusal(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_SLOT_BYTES, args.refusal);
	EXPECT_EQ(SLOT_L1, args.refused_op);

	copy_program(&p, true);
	p.slot[SLOT_A].kind = VNPU_SLOT_L1;
	EXPECT_EQ(-ENOEXEC, refusal(self->fd, &p, &args));
	EXPECT_EQ(VNPU_REFUSAL_COUNT, args.refusal);
	EXPECT_EQ(SLOT_L1, args.refused_op);
}

TEST_HARNESS_MAIN
