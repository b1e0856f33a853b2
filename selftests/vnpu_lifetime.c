// SPDX-License-Identifier: GPL-2.0-only
/* What goes away while jobs are in flight: contexts, files, processes. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>

#include "fixture.h"

#define SLOW_TILE_MS	30
#define QUEUED		4

/* Starts QUEUED jobs of some length; @fence gets what each one signals. */
static int start_jobs(const struct rig *rig, int fence[QUEUED])
{
	__u32 program = program_load_fill(rig->fd, 6, 4);
	int ret = device_inject("slow_tile_ms", SLOW_TILE_MS);

	for (int i = 0; i < QUEUED && !ret; i++) {
		__u32 done = syncobj_create(rig->fd);

		ret = rig_start(rig, program, done);
		if (!ret)
			fence[i] = syncobj_fence(rig->fd, done);
	}
	return ret;
}

/* A running job ends as it likes; those that wait behind it never start. */
static bool ended(int fence[QUEUED])
{
	bool as_should = true;

	for (int i = 0; i < QUEUED; i++) {
		int ret = fence_wait(fence[i], DEVICE_SOON_MS);

		as_should = as_should && (ret == -ECANCELED || (i < 2 && !ret));
	}
	return as_should;
}

TEST_F(npu, context_destroyed)
{
	int fence[QUEUED];

	ASSERT_EQ(0, start_jobs(&self->rig, fence));
	device_sleep(SLOW_TILE_MS);
	EXPECT_EQ(0, ctx_destroy(self->fd, self->rig.ctx));
	EXPECT_TRUE(ended(fence));
}

TEST_F(npu, file_closed)
{
	int fence[QUEUED];
	struct rig rig;

	ASSERT_EQ(0, rig_open(&rig, device_open(), 0));
	ASSERT_EQ(0, start_jobs(&rig, fence));
	device_sleep(SLOW_TILE_MS);
	rig_close(&rig);
	EXPECT_TRUE(ended(fence));
	EXPECT_EQ(0, rig_run(&self->rig, program_load_fill(self->fd, 1, 1)));
}

TEST_F(npu, file_closed_while_a_job_hangs)
{
	int fence[QUEUED];
	struct rig rig;

	ASSERT_EQ(0, rig_open(&rig, device_open(), 200));
	ASSERT_EQ(0, device_inject("hang_op", 5));
	ASSERT_EQ(0, start_jobs(&rig, fence));
	device_sleep(100);
	rig_close(&rig);
	EXPECT_EQ(-ETIME, fence_wait(fence[0], DEVICE_SOON_MS));
	for (int i = 1; i < QUEUED; i++)
		EXPECT_EQ(-ECANCELED, fence_wait(fence[i], DEVICE_SOON_MS));
	EXPECT_EQ(0, rig_run(&self->rig, program_load_fill(self->fd, 1, 1)));
}

/*
 * Queues jobs that write the buffer @dmabuf, says so, and waits to be killed.  The
 * buffer's fences tell the parent when the jobs are over.
 */
static void submit_and_wait(int dmabuf, int ready)
{
	int fence[QUEUED];
	struct rig rig;
	int fd = device_open();

	if (fd < 0 || rig_open(&rig, fd, 200))
		_exit(1);
	rig.bo[SLOT_RESULT] = bo_import(fd, dmabuf);
	if (start_jobs(&rig, fence) || write(ready, "", 1) != 1)
		_exit(2);
	for (;;)
		pause();
}

/* Kills a process @after_ms behind its submit; 0 when it had submitted and died of it. */
static int kill_submitter(int dmabuf, unsigned int after_ms)
{
	int ready[2], status;
	ssize_t said;
	pid_t child;
	char byte;

	if (pipe(ready))
		return -errno;
	child = fork();
	if (!child)
		submit_and_wait(dmabuf, ready[1]);
	close(ready[1]);
	said = read(ready[0], &byte, 1);
	close(ready[0]);
	device_sleep(after_ms);
	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child)
		return -errno;
	return said == 1 && WIFSIGNALED(status) ? 0 : -EINVAL;
}

TEST_F(npu, process_killed)
{
	__u32 bo = self->rig.bo[SLOT_RESULT];
	int dmabuf = bo_export(self->fd, bo);

	ASSERT_LE(0, dmabuf);
	for (unsigned int round = 0; round < 5; round++) {
		ASSERT_EQ(0, kill_submitter(dmabuf, round * SLOW_TILE_MS));
		ASSERT_EQ(0, bo_wait(self->fd, bo, DEVICE_SOON_MS));
	}
	ASSERT_EQ(0, device_inject("slow_tile_ms", 0));
	EXPECT_EQ(0, rig_run(&self->rig, program_load_fill(self->fd, 1, 1)));
	EXPECT_TRUE(rig_is(&self->rig, 1));
}

TEST_F(npu, process_killed_while_its_job_hangs)
{
	__u32 bo = self->rig.bo[SLOT_RESULT];
	int dmabuf = bo_export(self->fd, bo);

	ASSERT_LE(0, dmabuf);
	ASSERT_EQ(0, device_inject("hang_op", 0));
	ASSERT_EQ(0, kill_submitter(dmabuf, 50));
	ASSERT_EQ(0, bo_wait(self->fd, bo, DEVICE_SOON_MS));
	ASSERT_EQ(0, device_inject("slow_tile_ms", 0));
	EXPECT_EQ(0, rig_run(&self->rig, program_load_fill(self->fd, 1, 1)));
	EXPECT_TRUE(rig_is(&self->rig, 1));
}

/* Runs jobs with results of its own; 0 when all were right. */
static int check_jobs(int fd, int code, int jobs)
{
	__u32 program = program_load_fill(fd, 3, code);
	struct rig rig;

	if (fd < 0 || rig_open(&rig, fd, 0))
		return 1;
	while (jobs--) {
		rig_fill(&rig, SLOT_RESULT, 0);
		if (rig_run(&rig, program))
			return 2;
		if (!rig_is(&rig, code))
			return 3;
	}
	return 0;
}

TEST_F(npu, two_processes_at_once)
{
	pid_t child[2];
	int status;

	for (int i = 0; i < COUNT(child); i++) {
		child[i] = fork();
		if (!child[i])
			_exit(check_jobs(device_open(), 10 + i, 50));
	}
	EXPECT_EQ(0, check_jobs(self->fd, 1, 50));
	for (int i = 0; i < COUNT(child); i++) {
		ASSERT_EQ(child[i], waitpid(child[i], &status, 0));
		EXPECT_EQ(0, status);
	}
}

/**
 * struct worker - a thread that runs jobs on a shared file
 * @thread: the thread
 * @fd: the file
 * @code: what its jobs write
 * @result: of check_jobs()
 */
struct worker {
	pthread_t thread;
	int fd;
	int code;
	int result;
};

static void *work(void *arg)
{
	struct worker *w = arg;

	w->result = check_jobs(w->fd, w->code, 30);
	return NULL;
}

TEST_F(npu, threads_share_a_file)
{
	struct worker worker[4];

	for (int i = 0; i < COUNT(worker); i++) {
		worker[i] = (struct worker){ .fd = self->fd, .code = 20 + i };
		ASSERT_EQ(0, pthread_create(&worker[i].thread, NULL, work, &worker[i]));
	}
	for (int i = 0; i < COUNT(worker); i++) {
		ASSERT_EQ(0, pthread_join(worker[i].thread, NULL));
		EXPECT_EQ(0, worker[i].result);
	}
}

/* Everything of the file goes while it is used: calls may fail, nothing else. */
static void *destroy_all(void *arg)
{
	const int *fd = arg;

	for (int round = 0; round < 300; round++) {
		for (__u32 handle = 1; handle < 8; handle++) {
			ctx_destroy(*fd, handle);
			program_destroy(*fd, handle);
			bo_close(*fd, handle);
		}
	}
	return NULL;
}

TEST_F(npu, handles_destroyed_by_another_thread)
{
	pthread_t vandal;
	int fd = device_open();

	ASSERT_EQ(0, pthread_create(&vandal, NULL, destroy_all, &fd));
	for (int i = 0; i < 100; i++)
		check_jobs(fd, 1, 1);
	ASSERT_EQ(0, pthread_join(vandal, NULL));
	close(fd);
	EXPECT_EQ(0, check_jobs(self->fd, 2, 1));
}

TEST_F(npu, opened_and_closed_again_and_again)
{
	for (int i = 0; i < 30; i++) {
		struct rig rig;

		ASSERT_EQ(0, rig_open(&rig, device_open(), 0));
		ASSERT_EQ(0, rig_start(&rig, program_load_fill(rig.fd, 1, 1), 0));
		rig_close(&rig);
	}
}

TEST_HARNESS_MAIN
