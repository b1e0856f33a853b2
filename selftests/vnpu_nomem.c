// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that cannot be had: each allocation of each ioctl fails once.  The call
 * must say -ENOMEM and change nothing.  Needs a kernel with fault injection.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

#include "fixture.h"

/* More allocations than any call makes. */
#define MAX_NTH		500

/* Also lets allocations fail that may wait, which hardly ever do so by themselves. */
static int prepare_faults(void)
{
	static const char * const setting[][2] = {
		{ "/sys/kernel/debug/failslab/ignore-gfp-wait", "N" },
		{ "/sys/kernel/debug/failslab/verbose", "0" },
		{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N" },
		{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "/sys/kernel/debug/fail_page_alloc/min-order", "0" },
		{ "/sys/kernel/debug/fail_page_alloc/verbose", "0" },
	};
	int ret = 0;

	for (int i = 0; i < COUNT(setting) && !ret; i++)
		ret = file_write(setting[i][0], setting[i][1]);
	return ret;
}

/**
 * typedef call_fn - an ioctl that allocates
 * @rig: on what
 * @program: a program handle
 *
 * Return: 0 or the ioctl's -errno
 */
typedef int call_fn(struct rig *rig, __u32 program);

/*
 * Calls with the first allocation failing, then with the second, until none was
 * left to fail.  Returns how often one failed, or the first error that is no
 * lack of memory.
 */
static int fail_each(call_fn *call, struct rig *rig, __u32 program)
{
	int control = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	int failed = 0;

	for (int nth = 1; nth <= MAX_NTH; nth++) {
		char text[16];
		ssize_t got;
		int ret;

		snprintf(text, sizeof(text), "%d", nth);
		if (pwrite(control, text, strlen(text), 0) < 0)
			return -errno;
		ret = call(rig, program);
		got = pread(control, text, sizeof(text) - 1, 0);
		if (got < 0)
			return -errno;
		text[got] = 0;
		/* What is left of the count says whether an allocation was made to fail. */
		if (atoi(text)) {
			pwrite(control, "0", 1, 0);
			close(control);
			return ret ? ret : failed;
		}
		if (ret && ret != -ENOMEM)
			return ret;
		failed += ret == -ENOMEM;
	}
	return -E2BIG;
}

static int call_bo_create(struct rig *rig, __u32 program)
{
	struct drm_vnpu_bo_create args = { .size = 3 * 4096 };
	int ret = device_call(rig->fd, DRM_IOCTL_VNPU_BO_CREATE, &args);

	/* What shmem says when there is no memory for an inode. */
	if (ret == -ENOSPC)
		ret = -ENOMEM;
	if (ret)
		return args.handle ? -EPROTO : ret;
	return bo_close(rig->fd, args.handle);
}

static int call_program_create(struct rig *rig, __u32 program)
{
	struct drm_vnpu_program_create args;
	struct program p;
	int ret;

	program_begin(&p);
	program_add(&p);
	args = (struct drm_vnpu_program_create){ .data = (uintptr_t)&p, .size = p.header.size };
	ret = device_call(rig->fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, &args);
	if (ret)
		return args.handle ? -EPROTO : ret;
	return program_destroy(rig->fd, args.handle);
}

static int call_ctx_create(struct rig *rig, __u32 program)
{
	struct drm_vnpu_ctx_create args = { .priority = DRM_VNPU_PRIORITY_NORMAL };
	int ret = device_call(rig->fd, DRM_IOCTL_VNPU_CTX_CREATE, &args);

	if (ret)
		return args.handle ? -EPROTO : ret;
	return ctx_destroy(rig->fd, args.handle);
}

static int call_query(struct rig *rig, __u32 program)
{
	struct drm_vnpu_firmware_info info;
	struct drm_vnpu_dev_query args = {
		.type = DRM_VNPU_QUERY_FIRMWARE,
		.size = sizeof(info),
		.pointer = (uintptr_t)&info,
	};

	return device_call(rig->fd, DRM_IOCTL_VNPU_DEV_QUERY, &args);
}

static int submitted(struct rig *rig)
{
	struct drm_vnpu_ctx_query q;

	return ctx_query(rig->fd, rig->ctx, &q) ? -1 : (int)q.submitted;
}

/* A batch of two with all that a job can have. */
static int call_submit(struct rig *rig, __u32 program)
{
	__u32 binary = syncobj_create(rig->fd);
	__u32 timeline = syncobj_create(rig->fd);
	struct drm_syncobj_destroy destroy[2] = { { binary }, { timeline } };
	int before = submitted(rig);
	struct drm_vnpu_job jobs[2];
	struct run run;
	int ret;

	run_init(&run, rig, program);
	run_sync(&run, binary, DRM_VNPU_SYNC_SIGNAL, 0);
	run_sync(&run, timeline, DRM_VNPU_SYNC_SIGNAL, 5);
	run.job.profile = rig->bo[SLOT_B];
	jobs[0] = run.job;
	jobs[1] = run.job;
	run.submit.jobs.count = 2;
	run.submit.jobs.array = (uintptr_t)jobs;
	ret = binary && timeline ? run_submit(&run, rig->fd) : -ENOMEM;
	if (!ret)
		ret = bo_wait(rig->fd, rig->bo[SLOT_RESULT], DEVICE_SOON_MS);
	else if (submitted(rig) != before || bo_wait(rig->fd, rig->bo[SLOT_RESULT], -1))
		ret = -EPROTO;
	device_call(rig->fd, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy[0]);
	device_call(rig->fd, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy[1]);
	return ret;
}

static int call_open(struct rig *rig, __u32 program)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", rig->fd);
	fd = open(path, O_RDWR | O_CLOEXEC);
	/* ENOENT is what procfs says when there is no memory for the entry of a path. */
	if (fd < 0)
		return errno == ENOENT ? -ENOMEM : -errno;
	return close(fd);
}

static const struct {
	const char *name;
	call_fn *call;
} calls[] = {
	{ "open", call_open },
	{ "BO_CREATE", call_bo_create },
	{ "PROGRAM_CREATE", call_program_create },
	{ "CTX_CREATE", call_ctx_create },
	{ "DEV_QUERY", call_query },
	{ "SUBMIT", call_submit },
};

TEST_F_TIMEOUT(npu, every_allocation_fails_once, 300)
{
	__u32 program = program_load_copy(self->fd);

	if (prepare_faults())
		SKIP(return, "this kernel has no fault injection");
	for (int i = 0; i < COUNT(calls); i++) {
		int failed = fail_each(calls[i].call, &self->rig, program);

		EXPECT_LT(0, failed)
		{
			TH_LOG("%s: %s", calls[i].name, strerror(-failed));
		}
	}
	rig_fill(&self->rig, SLOT_A, 11);
	EXPECT_EQ(0, rig_run(&self->rig, program));
	EXPECT_TRUE(rig_is(&self->rig, 11));
}

TEST_HARNESS_MAIN
