// SPDX-License-Identifier: GPL-2.0-only
/* Jobs that hang, ordered by debugfs: who pays for it and who does not notice. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

#include "fixture.h"

#define TIMEOUT_MS	300

/* A second context over buffers of its own. */
static int make_hanger(struct rig *hanger, int fd)
{
	return rig_open(hanger, fd, TIMEOUT_MS);
}

TEST_F(npu, hung_job_fails_alone)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	struct drm_vnpu_ctx_query q;
	struct rig hanger;
	__u64 start;

	ASSERT_EQ(0, make_hanger(&hanger, self->fd));
	ASSERT_EQ(0, device_inject("hang_op", 0));
	start = device_ms();
	EXPECT_EQ(-ETIME, rig_run(&hanger, program));
	EXPECT_LE(TIMEOUT_MS, device_ms() - start);

	ASSERT_EQ(0, ctx_query(self->fd, hanger.ctx, &q));
	EXPECT_EQ(DRM_VNPU_CTX_GUILTY, q.state);
	EXPECT_EQ(0, q.fault_op);
	EXPECT_EQ(1, q.submitted);
	EXPECT_EQ(0, q.completed);
	EXPECT_EQ(1, q.failed);

	ASSERT_EQ(0, rig_run(&self->rig, program));
	EXPECT_TRUE(rig_is(&self->rig, 5));
	ASSERT_EQ(0, ctx_query(self->fd, self->rig.ctx, &q));
	EXPECT_EQ(DRM_VNPU_CTX_OK, q.state);
	EXPECT_EQ(~0u, q.fault_op);
}

TEST_F(npu, fault_names_the_op)
{
	struct drm_vnpu_ctx_query q;
	struct rig hanger;

	ASSERT_EQ(0, make_hanger(&hanger, self->fd));
	ASSERT_EQ(0, device_inject("hang_op", 2));
	EXPECT_EQ(-ETIME, rig_run(&hanger, program_load_fill(self->fd, 4, 1)));
	ASSERT_EQ(0, ctx_query(self->fd, hanger.ctx, &q));
	EXPECT_EQ(2, q.fault_op);
}

TEST_F(npu, guilty_context_takes_nothing)
{
	__u32 program = program_load_fill(self->fd, 1, 1);
	struct rig hanger;

	ASSERT_EQ(0, make_hanger(&hanger, self->fd));
	ASSERT_EQ(0, device_inject("hang_op", 0));
	ASSERT_EQ(-ETIME, rig_run(&hanger, program));
	EXPECT_EQ(-EIO, rig_start(&hanger, program, 0));
	EXPECT_EQ(-EIO, rig_start(&hanger, program, 0));
	EXPECT_EQ(0, ctx_destroy(self->fd, hanger.ctx));
	EXPECT_EQ(-ENOENT, rig_start(&hanger, program, 0));
	hanger.ctx = ctx_create(self->fd, 0);
	EXPECT_EQ(0, rig_run(&hanger, program));
}

TEST_F(npu, queued_jobs_are_cancelled)
{
	enum { QUEUED = 5 };
	__u32 program = program_load_fill(self->fd, 1, 1);
	struct drm_vnpu_ctx_query q;
	__u32 done[QUEUED];
	struct rig hanger;

	ASSERT_EQ(0, make_hanger(&hanger, self->fd));
	ASSERT_EQ(0, device_inject("hang_op", 0));
	for (int i = 0; i < QUEUED; i++) {
		done[i] = syncobj_create(self->fd);
		ASSERT_EQ(0, rig_start(&hanger, program, done[i]));
	}
	for (int i = 0; i < QUEUED; i++) {
		ASSERT_EQ(0, syncobj_wait(self->fd, done[i], 0, DEVICE_SOON_MS));
		EXPECT_EQ(i ? -ECANCELED : -ETIME, syncobj_error(self->fd, done[i]));
	}
	EXPECT_TRUE(rig_is(&hanger, 0));
	ASSERT_EQ(0, ctx_query(self->fd, hanger.ctx, &q));
	EXPECT_EQ(QUEUED, q.submitted);
	EXPECT_EQ(QUEUED, q.failed);
	EXPECT_EQ(0, q.completed);
}

/* More contexts than cores, so that some of them queue behind the hung job. */
TEST_F(npu, innocent_contexts_go_on)
{
	enum { INNOCENT = 6 };
	__u32 program = program_load_fill(self->fd, 2, 9);
	struct rig hanger, innocent[INNOCENT];
	__u32 done[INNOCENT];
	__u32 hung = syncobj_create(self->fd);

	ASSERT_EQ(0, make_hanger(&hanger, self->fd));
	ASSERT_EQ(0, device_inject("hang_op", 1));
	ASSERT_EQ(0, rig_start(&hanger, program, hung));
	/* Nobody else may take the hang. */
	device_sleep(100);
	for (int i = 0; i < INNOCENT; i++) {
		ASSERT_EQ(0, rig_open(&innocent[i], self->fd, 0));
		done[i] = syncobj_create(self->fd);
		ASSERT_EQ(0, rig_start(&innocent[i], program, done[i]));
	}
	for (int i = 0; i < INNOCENT; i++) {
		ASSERT_EQ(0, syncobj_wait(self->fd, done[i], 0, DEVICE_SOON_MS));
		EXPECT_EQ(1, syncobj_error(self->fd, done[i]));
		EXPECT_TRUE(rig_is(&innocent[i], 9));
	}
	EXPECT_EQ(0, syncobj_wait(self->fd, hung, 0, DEVICE_SOON_MS));
	EXPECT_EQ(-ETIME, syncobj_error(self->fd, hung));
}

/* In a process of its own: runs jobs until told to stop; 0 when each was right. */
static int run_jobs_until(int stop, int ready)
{
	struct rig rig;
	int fd = device_open();
	__u32 program;
	int jobs = 0;
	char byte;

	if (fd < 0 || rig_open(&rig, fd, 0))
		return 1;
	program = program_load_fill(fd, 1, 6);
	do {
		rig_fill(&rig, SLOT_RESULT, 0);
		if (rig_run(&rig, program) || !rig_is(&rig, 6))
			return 2;
		if (!jobs++ && write(ready, "", 1) != 1)
			return 4;
	} while (jobs < 2 || read(stop, &byte, 1) < 0);
	return 0;
}

TEST_F(npu, other_process_does_not_notice)
{
	__u32 program = program_load_fill(self->fd, 2, 9);
	struct rig hanger;
	int stop[2], ready[2], status;
	pid_t other;
	char byte;

	ASSERT_EQ(0, make_hanger(&hanger, self->fd));
	ASSERT_EQ(0, pipe2(stop, O_NONBLOCK));
	ASSERT_EQ(0, pipe(ready));
	/* The other one's program has no op 1 to hang in. */
	ASSERT_EQ(0, device_inject("hang_op", 1));
	other = fork();
	if (!other) {
		close(stop[1]);
		_exit(run_jobs_until(stop[0], ready[1]));
	}
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	EXPECT_EQ(-ETIME, rig_run(&hanger, program));
	close(stop[1]);
	ASSERT_EQ(other, waitpid(other, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(npu, waiter_for_a_hung_job_goes_on)
{
	struct rig hanger, reader;

	ASSERT_EQ(0, make_hanger(&hanger, self->fd));
	reader = self->rig;
	reader.bo[SLOT_A] = hanger.bo[SLOT_RESULT];
	ASSERT_EQ(0, device_inject("hang_op", 1));
	ASSERT_EQ(0, rig_start(&hanger, program_load_fill(self->fd, 2, 9), 0));
	rig_fill(&reader, SLOT_RESULT, 1);
	EXPECT_EQ(0, rig_run(&reader, program_load_copy(self->fd)));
	/* The hang came behind the first op. */
	EXPECT_TRUE(rig_is(&reader, 9));
	EXPECT_EQ(0, bo_wait(self->fd, hanger.bo[SLOT_RESULT], -1));
}

TEST_F(npu, slow_job_lives)
{
	struct drm_vnpu_ctx_query q;
	struct rig slow;
	__u64 start;

	/* Much longer than a tile: an emulator on a loaded host may stand still for a while. */
	ASSERT_EQ(0, rig_open(&slow, self->fd, 2000));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 200));
	start = device_ms();
	EXPECT_EQ(0, rig_run(&slow, program_load_fill(self->fd, 13, 2)));
	EXPECT_LE(2600, device_ms() - start);
	EXPECT_TRUE(rig_is(&slow, 2));
	ASSERT_EQ(0, ctx_query(self->fd, slow.ctx, &q));
	EXPECT_EQ(DRM_VNPU_CTX_OK, q.state);
	EXPECT_LE(2600000000, q.busy_ns);
}

/* Takes long to answer its cancellation, but does. */
TEST_F(npu, late_answer_is_an_answer)
{
	__u32 program = program_load_fill(self->fd, 1, 5);
	struct rig hanger;

	ASSERT_EQ(0, make_hanger(&hanger, self->fd));
	ASSERT_EQ(0, device_inject("deaf_ms", 1000));
	ASSERT_EQ(0, device_inject("hang_op", 0));
	EXPECT_EQ(-ETIME, rig_run(&hanger, program));
	EXPECT_EQ(0, rig_run(&self->rig, program));
}

TEST_F(npu, hang_after_hang)
{
	__u32 program = program_load_fill(self->fd, 1, 5);

	for (int i = 0; i < 4; i++) {
		struct rig hanger;

		ASSERT_EQ(0, rig_open(&hanger, self->fd, 100));
		ASSERT_EQ(0, device_inject("hang_op", 0));
		EXPECT_EQ(-ETIME, rig_run(&hanger, program));
	}
	EXPECT_EQ(0, rig_run(&self->rig, program));
	EXPECT_TRUE(rig_is(&self->rig, 5));
}

TEST_HARNESS_MAIN
