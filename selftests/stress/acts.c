// SPDX-License-Identifier: GPL-2.0-only
/* Each act is a call or a few; which, and with what, is drawn. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acts.h"

struct tally *tally;

/* xorshift; the same numbers for the same seed */
static __u32 draw(struct actor *a)
{
	a->random ^= a->random << 13;
	a->random ^= a->random >> 17;
	a->random ^= a->random << 5;
	return a->random;
}

__u32 draw_below(struct actor *a, __u32 limit)
{
	return draw(a) % limit;
}

static int count(int ret)
{
	tally->calls++;
	tally->refused += ret != 0;
	return ret;
}

static int request(int fd, unsigned long number, void *arg)
{
	return count(ioctl(fd, number, arg) ? -errno : 0);
}

/* A handle that is, was or never was one. */
static __u32 some(struct actor *a, atomic_uint *handles)
{
	return draw_below(a, 16) ? handles[draw_below(a, SHARED)] : draw_below(a, 100);
}

static void act_bo_create(struct actor *a)
{
	struct drm_vnpu_bo_create args = {
		.size = draw_below(a, 8) ? 1 + draw_below(a, 1 << 16) :
					   (__u64)draw(a) << draw_below(a, 40),
		.flags = !draw_below(a, 16),
	};

	/* Not even here all of the memory at once. */
	if (args.size > PRESSURE_BYTES && args.size < 1ull << 32)
		args.size = PRESSURE_BYTES;
	if (!request(a->shared->fd, DRM_IOCTL_VNPU_BO_CREATE, &args))
		a->shared->bo[draw_below(a, SHARED)] = args.handle;
}

static void act_bo_close(struct actor *a)
{
	struct drm_gem_close args = { .handle = some(a, a->shared->bo) };

	request(a->shared->fd, DRM_IOCTL_GEM_CLOSE, &args);
}

static void act_bo_map(struct actor *a)
{
	__u32 bytes = 4096 * (1 + draw_below(a, 16));
	__u8 *map = bo_map(a->shared->fd, some(a, a->shared->bo), bytes);

	count(map ? 0 : -errno);
	if (!map)
		return;
	/* Behind the buffer's end there is no page, and a mapping of it is refused. */
	for (__u32 i = 0; i < bytes; i += 4096)
		__atomic_store_n(&map[i], (__u8)i, __ATOMIC_RELAXED);
	munmap(map, bytes);
}

static void act_bo_wait(struct actor *a)
{
	struct drm_vnpu_bo_wait args = {
		.handle = some(a, a->shared->bo),
		.flags = draw_below(a, 3),
		.timeout_ns = draw_below(a, 2) ? 0 : device_deadline((int)draw_below(a, 20)),
	};

	request(a->shared->fd, DRM_IOCTL_VNPU_BO_WAIT, &args);
}

static void act_share(struct actor *a)
{
	int dmabuf = bo_export(a->shared->fd, some(a, a->shared->bo));
	__u32 handle;

	count(dmabuf < 0 ? dmabuf : 0);
	if (dmabuf < 0)
		return;
	handle = a->have_rig ? bo_import(a->rig.fd, dmabuf) : 0;
	if (handle && draw_below(a, 2))
		bo_close(a->rig.fd, handle);
	close(dmabuf);
}

static void act_ctx_create(struct actor *a)
{
	struct drm_vnpu_ctx_create args = {
		.priority = draw_below(a, 4),
		.timeout_ms = draw_below(a, 4) ? 0 : draw(a) % 20000,
		.flags = !draw_below(a, 16),
	};

	if (!request(a->shared->fd, DRM_IOCTL_VNPU_CTX_CREATE, &args))
		a->shared->ctx[draw_below(a, SHARED)] = args.handle;
}

static void act_ctx_destroy(struct actor *a)
{
	struct drm_vnpu_ctx_destroy args = { .handle = some(a, a->shared->ctx) };

	request(a->shared->fd, DRM_IOCTL_VNPU_CTX_DESTROY, &args);
}

static void act_query(struct actor *a)
{
	__u64 room[256];
	struct drm_vnpu_ctx_query ctx = { .handle = some(a, a->shared->ctx) };
	struct drm_vnpu_dev_query dev = {
		.type = draw_below(a, 8),
		.size = draw_below(a, sizeof(room)),
		.pointer = draw_below(a, 8) ? (uintptr_t)room : draw(a),
		.stride = draw_below(a, 2) ? 0 : draw_below(a, 5000),
	};

	request(a->shared->fd, DRM_IOCTL_VNPU_CTX_QUERY, &ctx);
	request(a->shared->fd, DRM_IOCTL_VNPU_DEV_QUERY, &dev);
}

static void write_program(struct actor *a, struct program *p)
{
	program_begin(p);
	for (__u32 ops = 1 + draw_below(a, 8); ops; ops--)
		switch (draw_below(a, 3)) {
		case 0:
			program_fill(p, (int)draw_below(a, 127));
			break;
		case 1:
			program_copy(p);
			break;
		default:
			program_add(p);
		}
}

/* Some with bytes that are not what they should be. */
static void act_program_create(struct actor *a)
{
	struct drm_vnpu_program_create args = {};
	struct program p;

	write_program(a, &p);
	args.data = (uintptr_t)&p;
	args.size = p.header.size;
	for (__u32 changes = draw_below(a, 2) ? 0 : draw_below(a, 6); changes; changes--)
		((__u8 *)&p)[draw_below(a, args.size)] = (__u8)draw(a);
	if (!request(a->shared->fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, &args))
		a->shared->program[draw_below(a, SHARED)] = args.handle;
}

static void act_program_destroy(struct actor *a)
{
	struct drm_vnpu_program_destroy args = { .handle = some(a, a->shared->program) };

	request(a->shared->fd, DRM_IOCTL_VNPU_PROGRAM_DESTROY, &args);
}

/* A batch over buffers of everybody, some of them with a word that is wrong. */
static void act_submit(struct actor *a)
{
	struct shared *s = a->shared;
	struct drm_vnpu_job jobs[8];
	struct rig rig = { .fd = s->fd, .ctx = some(a, s->ctx) };
	struct run run;

	for (int i = 0; i < PROGRAM_SLOTS; i++) {
		rig.bo[i] = some(a, s->bo);
		rig.bytes[i] = PROGRAM_BYTES;
	}
	run_init(&run, &rig, some(a, s->program));
	if (!draw_below(a, 4))
		run.binding[draw_below(a, PROGRAM_SLOTS)].flags = DRM_VNPU_BIND_NO_IMPLICIT;
	if (!draw_below(a, 8))
		((__u32 *)&run.job)[draw_below(a, sizeof(run.job) / 4)] = draw(a) % 4096;
	if (!draw_below(a, 8))
		((__u32 *)run.binding)[draw_below(a, sizeof(run.binding) / 4)] = draw(a);
	for (int i = 0; i < COUNT(jobs); i++)
		jobs[i] = run.job;
	run.submit.jobs.count = 1 + draw_below(a, COUNT(jobs));
	run.submit.jobs.array = (uintptr_t)jobs;
	if (!draw_below(a, 16))
		((__u32 *)&run.submit)[draw_below(a, sizeof(run.submit) / 4)] = draw(a);
	request(s->fd, DRM_IOCTL_VNPU_SUBMIT, &run.submit);
}

/*
 * DRM allocates the arrays of these as long as the caller says, and the kernel warns of what
 * is more than a few megabytes: whatever the driver, and nothing that this one could mend.
 */
static bool has_drm_array(unsigned int number)
{
	static const unsigned long requests[] = {
		DRM_IOCTL_SYNCOBJ_WAIT,		 DRM_IOCTL_SYNCOBJ_RESET,
		DRM_IOCTL_SYNCOBJ_SIGNAL,	 DRM_IOCTL_SYNCOBJ_QUERY,
		DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL,
	};

	for (int i = 0; i < COUNT(requests); i++)
		if (_IOC_NR(requests[i]) == number)
			return true;
	return false;
}

/* Any ioctl with any bytes. */
static void act_noise(struct actor *a)
{
	__u32 args[64];
	unsigned int number = draw_below(a, 2) ? DRM_COMMAND_BASE + draw_below(a, 16) :
						 draw_below(a, 0xd0);
	unsigned int size = draw_below(a, sizeof(args));

	for (int i = 0; i < COUNT(args); i++)
		args[i] = draw_below(a, 2) ? 0 : draw(a) >> draw_below(a, 32);
	for (int i = 0; has_drm_array(number) && i < COUNT(args); i++)
		args[i] &= 0xffff;
	request(a->shared->fd, _IOC(_IOC_READ | _IOC_WRITE, DRM_IOCTL_BASE, number, size), args);
}

static void drop_rig(struct actor *a)
{
	if (a->have_rig)
		rig_close(&a->rig);
	a->have_rig = false;
}

/* Also when the device is back under another name. */
static bool want_rig(struct actor *a)
{
	int fd;

	if (a->have_rig)
		return true;
	fd = device_open();
	if (fd < 0)
		return false;
	memset(&a->rig, 0, sizeof(a->rig));
	a->have_rig = !count(rig_open(&a->rig, fd, 0));
	if (!a->have_rig)
		close(fd);
	return a->have_rig;
}

/* The file is closed while its jobs run. */
static void act_leave(struct actor *a)
{
	if (want_rig(a))
		rig_start(&a->rig, program_load_fill(a->rig.fd, 1 + draw_below(a, 16), 1), 0);
	drop_rig(a);
}

/* Random A and B on buffers that nobody else has; result = A + B, saturated. */
static void act_verify(struct actor *a)
{
	struct program p;
	__u32 program;
	int ret;

	if (!want_rig(a))
		return;
	for (unsigned int i = 0; i < PROGRAM_BYTES; i++) {
		a->rig.mem[SLOT_A][i] = (__s8)draw(a);
		a->rig.mem[SLOT_B][i] = (__s8)draw(a);
	}
	program_begin(&p);
	program_fill(&p, 0x55);
	program_add(&p);
	program = program_load(a->rig.fd, &p);
	ret = program ? count(rig_run(&a->rig, program)) : -errno;
	program_destroy(a->rig.fd, program);
	if (ret) {
		/* It went away, or memory is short: once more with another. */
		drop_rig(a);
		return;
	}
	for (unsigned int i = 0; i < PROGRAM_BYTES; i++) {
		int sum = a->rig.mem[SLOT_A][i] + a->rig.mem[SLOT_B][i];

		sum = sum < -128 ? -128 : sum > 127 ? 127 : sum;
		if (a->rig.mem[SLOT_RESULT][i] != sum) {
			tally->wrong++;
			return;
		}
	}
	tally->verified++;
}

/* A child that has all handles of its parent and does not know. */
static void act_fork(struct actor *a)
{
	pid_t parent = getpid(), child = fork();

	if (!child) {
		/* Not to wait for ever when nobody waits for it any more. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		act_submit(a);
		act_bo_close(a);
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

static void act_pressure(struct actor *a)
{
	void *map = mmap(NULL, PRESSURE_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		return;
	memset(map, (int)draw_below(a, 256), PRESSURE_BYTES);
	munmap(map, PRESSURE_BYTES);
}

static const struct {
	void (*act)(struct actor *a);
	__u32 weight;
} acts[] = {
	{ act_bo_create, 10 },
	{ act_bo_close, 10 },
	{ act_bo_map, 5 },
	{ act_bo_wait, 10 },
	{ act_share, 5 },
	{ act_ctx_create, 5 },
	{ act_ctx_destroy, 5 },
	{ act_query, 5 },
	{ act_program_create, 10 },
	{ act_program_destroy, 10 },
	{ act_submit, 40 },
	{ act_noise, 10 },
	{ act_leave, 2 },
	{ act_verify, 20 },
	{ act_fork, 1 },
	{ act_pressure, 1 },
};

void act(struct actor *a)
{
	__u32 weights = 0, at;
	int i = 0;

	for (int k = 0; k < COUNT(acts); k++)
		weights += acts[k].weight;
	at = draw_below(a, weights);
	while (at >= acts[i].weight)
		at -= acts[i++].weight;
	acts[i].act(a);
}
