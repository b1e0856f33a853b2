// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes of several threads do everything at random, right and wrong, while they are
 * killed, memory runs short and the device is taken away, for STRESS_SECONDS (8).  A job
 * that says it succeeded must have written what it should; calls may fail as they are
 * documented to; the kernel may not: whoever runs this reads its log.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "fixture.h"

#define PROCESSES	8
#define THREADS		4
/* Handles that a process's threads make and use together, and lose to each other. */
#define SHARED		32
#define DRIVER		"/sys/bus/platform/drivers/vnpu/"
/* For processes that may not be killed to end by themselves. */
#define STOP_MS		5000
#define PRESSURE_BYTES	(64u << 20)

/** struct tally - what all processes did and shall do, in memory that they share */
struct tally {
	atomic_bool stop;
	atomic_ulong calls;
	atomic_ulong refused;
	atomic_ulong verified;
	atomic_ulong wrong;
};

/**
 * struct shared - a process
 * @fd: file whose handles all of its threads use
 * @bo: buffers on it; 0: none
 * @ctx: contexts on it
 * @program: programs on it
 * @stop: its threads end at their next act
 */
struct shared {
	int fd;
	atomic_bool stop;
	atomic_uint bo[SHARED];
	atomic_uint ctx[SHARED];
	atomic_uint program[SHARED];
};

/**
 * struct actor - a thread
 * @random: state of its random numbers
 * @shared: its process
 * @rig: on a file of its own, whose jobs are verified
 * @have_rig: @rig is set up
 */
struct actor {
	__u32 random;
	struct shared *shared;
	struct rig rig;
	bool have_rig;
};

static struct tally *tally;

/* xorshift; the same numbers for the same seed */
static __u32 draw(struct actor *a)
{
	a->random ^= a->random << 13;
	a->random ^= a->random >> 17;
	a->random ^= a->random << 5;
	return a->random;
}

static __u32 below(struct actor *a, __u32 limit)
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
	return below(a, 16) ? handles[below(a, SHARED)] : below(a, 100);
}

static void act_bo_create(struct actor *a)
{
	struct drm_vnpu_bo_create args = {
		.size = below(a, 8) ? 1 + below(a, 1 << 16) : (__u64)draw(a) << below(a, 40),
		.flags = !below(a, 16),
	};

	/* Not even here all of the memory at once. */
	if (args.size > PRESSURE_BYTES && args.size < 1ull << 32)
		args.size = PRESSURE_BYTES;
	if (!request(a->shared->fd, DRM_IOCTL_VNPU_BO_CREATE, &args))
		a->shared->bo[below(a, SHARED)] = args.handle;
}

static void act_bo_close(struct actor *a)
{
	struct drm_gem_close args = { .handle = some(a, a->shared->bo) };

	request(a->shared->fd, DRM_IOCTL_GEM_CLOSE, &args);
}

static void act_bo_map(struct actor *a)
{
	__u32 bytes = 4096 * (1 + below(a, 16));
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
		.flags = below(a, 3),
		.timeout_ns = below(a, 2) ? 0 : device_deadline((int)below(a, 20)),
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
	if (handle && below(a, 2))
		bo_close(a->rig.fd, handle);
	close(dmabuf);
}

static void act_ctx_create(struct actor *a)
{
	struct drm_vnpu_ctx_create args = {
		.priority = below(a, 4),
		.timeout_ms = below(a, 4) ? 0 : draw(a) % 20000,
		.flags = !below(a, 16),
	};

	if (!request(a->shared->fd, DRM_IOCTL_VNPU_CTX_CREATE, &args))
		a->shared->ctx[below(a, SHARED)] = args.handle;
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
		.type = below(a, 8),
		.size = below(a, sizeof(room)),
		.pointer = below(a, 8) ? (uintptr_t)room : draw(a),
		.stride = below(a, 2) ? 0 : below(a, 5000),
	};

	request(a->shared->fd, DRM_IOCTL_VNPU_CTX_QUERY, &ctx);
	request(a->shared->fd, DRM_IOCTL_VNPU_DEV_QUERY, &dev);
}

static void write_program(struct actor *a, struct program *p)
{
	program_begin(p);
	for (__u32 ops = 1 + below(a, 8); ops; ops--)
		switch (below(a, 3)) {
		case 0:
			program_fill(p, (int)below(a, 127));
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
	for (__u32 changes = below(a, 2) ? 0 : below(a, 6); changes; changes--)
		((__u8 *)&p)[below(a, args.size)] = (__u8)draw(a);
	if (!request(a->shared->fd, DRM_IOCTL_VNPU_PROGRAM_CREATE, &args))
		a->shared->program[below(a, SHARED)] = args.handle;
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
	if (!below(a, 4))
		run.binding[below(a, PROGRAM_SLOTS)].flags = DRM_VNPU_BIND_NO_IMPLICIT;
	if (!below(a, 8))
		((__u32 *)&run.job)[below(a, sizeof(run.job) / 4)] = draw(a) % 4096;
	if (!below(a, 8))
		((__u32 *)run.binding)[below(a, sizeof(run.binding) / 4)] = draw(a);
	for (int i = 0; i < COUNT(jobs); i++)
		jobs[i] = run.job;
	run.submit.jobs.count = 1 + below(a, COUNT(jobs));
	run.submit.jobs.array = (uintptr_t)jobs;
	if (!below(a, 16))
		((__u32 *)&run.submit)[below(a, sizeof(run.submit) / 4)] = draw(a);
	request(s->fd, DRM_IOCTL_VNPU_SUBMIT, &run.submit);
}

/* Any ioctl with any bytes. */
static void act_noise(struct actor *a)
{
	__u32 args[64];
	unsigned int number = below(a, 2) ? DRM_COMMAND_BASE + below(a, 16) : below(a, 0xd0);
	unsigned int size = below(a, sizeof(args));

	for (int i = 0; i < COUNT(args); i++)
		args[i] = below(a, 2) ? 0 : draw(a) >> below(a, 32);
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
		rig_start(&a->rig, program_load_fill(a->rig.fd, 1 + below(a, 16), 1), 0);
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
	memset(map, (int)below(a, 256), PRESSURE_BYTES);
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

static void *actor_main(void *arg)
{
	struct actor *a = arg;
	__u32 weights = 0;

	for (int i = 0; i < COUNT(acts); i++)
		weights += acts[i].weight;
	while (!a->shared->stop) {
		__u32 at = below(a, weights);
		int i = 0;

		while (at >= acts[i].weight)
			at -= acts[i++].weight;
		acts[i].act(a);
	}
	return NULL;
}

/*
 * A process plays until it is killed, told to stop, or its file is of a device that is
 * gone.  Then its threads are waited for, as User Mode Linux dies of ends in the middle of fork().
 */
static void play(__u32 seed)
{
	struct actor actors[THREADS] = {};
	struct shared shared = {};
	struct drm_get_cap cap;
	pthread_t thread[THREADS];

	while ((shared.fd = device_open()) < 0)
		device_sleep(20);
	for (__u32 i = 0; i < THREADS; i++) {
		actors[i].random = (seed * THREADS + i) * 2654435761u + 1;
		actors[i].shared = &shared;
		if (pthread_create(&thread[i], NULL, actor_main, &actors[i]))
			_exit(1);
	}
	do {
		device_sleep(100);
		cap = (struct drm_get_cap){ .capability = DRM_CAP_PRIME };
	} while (!tally->stop &&
		 (!ioctl(shared.fd, DRM_IOCTL_GET_CAP, &cap) || errno != ENODEV));
	shared.stop = true;
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	_exit(0);
}

static pid_t start(__u32 seed)
{
	pid_t pid = fork();

	if (!pid) {
		/* Who runs out of memory is one of these, and nobody prints a trace of it. */
		file_write("/proc/self/oom_score_adj", "1000");
		play(seed);
	}
	return pid;
}

static void rebind(void)
{
	char name[32] = "vnpu";

	file_write(DRIVER "unbind", name);
	device_sleep(50);
	file_write(DRIVER "bind", name);
}

/*
 * All that suspending does but to switch off, where the kernel can be asked for that.  The
 * emulated machine's disk does not survive the sleep of its devices: there only tasks freeze.
 */
static void fall_asleep(void)
{
	const char *level = device_is_uml() ? "devices" : "freezer";

	file_write("/sys/module/suspend/parameters/pm_test_delay", "1");
	if (!file_write("/sys/power/pm_test", level))
		file_write("/sys/power/state", "freeze");
	file_write("/sys/power/pm_test", "none");
}

/* Waits @ms until there are no more of them, theirs included; false: some are left. */
static bool reap(int ms)
{
	__u64 end = device_ms() + (__u64)ms;

	while (device_ms() < end) {
		pid_t gone = waitpid(-1, NULL, WNOHANG);

		if (gone < 0)
			return true;
		if (!gone)
			device_sleep(10);
	}
	return false;
}

/* Whom nothing ends waits in the kernel: say where. */
static void show_stuck(void)
{
	char line[4096];
	ssize_t got;
	int fd;

	snprintf(line, sizeof(line), "/proc/self/task/%d/children", getpid());
	fd = open(line, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? 0 : read(fd, line, sizeof(line) - 1);
	close(fd);
	line[got > 0 ? got : 0] = 0;
	for (char *pid = strtok(line, " "); pid; pid = strtok(NULL, " ")) {
		char path[64], stack[2048];

		snprintf(path, sizeof(path), "/proc/%s/stack", pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		got = fd < 0 ? 0 : read(fd, stack, sizeof(stack));
		close(fd);
		fprintf(stderr, "# stuck: process %s\n%.*s", pid, got > 0 ? (int)got : 0, stack);
	}
}

/*
 * Whether all go, at the latest when they are killed.  Random calls may wait for ever, so
 * that who is asked to stop need not; but by then nobody forks any more.
 */
static bool stop_all(const pid_t *pid, bool kills)
{
	tally->stop = true;
	if (!kills)
		reap(STOP_MS);
	for (int i = 0; i < PROCESSES; i++)
		kill(pid[i], SIGKILL);
	if (reap(DEVICE_SOON_MS))
		return true;
	show_stuck();
	return false;
}

static void stress(unsigned int seconds)
{
	__u64 end = device_ms() + seconds * 1000ull;
	/* User Mode Linux dies when a process is killed in the middle of fork(). */
	bool kills = !device_is_uml();
	struct actor chance = { .random = 20261129 };
	pid_t pid[PROCESSES];
	__u32 seed = 0;

	/* Children of those that were killed become its own. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < PROCESSES; i++)
		pid[i] = start(seed++);
	while (device_ms() < end) {
		int i = (int)below(&chance, PROCESSES);

		device_sleep(100 + below(&chance, 400));
		if (kills && below(&chance, 2))
			kill(pid[i], SIGKILL);
		if (!below(&chance, 8))
			rebind();
		if (!below(&chance, 40))
			fall_asleep();
		for (i = 0; i < PROCESSES; i++)
			if (waitpid(pid[i], NULL, WNOHANG) == pid[i])
				pid[i] = start(seed++);
	}
	exit(!stop_all(pid, kills));
}

FIXTURE(stress)
{
};

FIXTURE_SETUP(stress)
{
}

FIXTURE_TEARDOWN(stress)
{
}

TEST_F_TIMEOUT(stress, everything_at_once, 4000)
{
	const char *wanted = getenv("STRESS_SECONDS");
	int seconds = wanted ? atoi(wanted) : 8;
	int status = -1, fd;
	struct rig rig;
	pid_t pid;

	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	ASSERT_NE(MAP_FAILED, tally);
	pid = fork();
	if (!pid)
		stress((unsigned int)seconds);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	/* Nobody is stuck, not even with the device gone. */
	EXPECT_EQ(0, status);
	TH_LOG("%lu calls, %lu of them refused, %lu jobs verified", tally->calls, tally->refused,
	       tally->verified);
	EXPECT_EQ(0, atomic_load(&tally->wrong));
	EXPECT_LT(0, atomic_load(&tally->verified));

	/* What is left is a device that works, and owes nobody anything. */
	fd = device_open();
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, rig_open(&rig, fd, 0));
	rig_fill(&rig, SLOT_A, 3);
	EXPECT_EQ(0, rig_run(&rig, program_load_copy(fd)));
	EXPECT_TRUE(rig_is(&rig, 3));
}

TEST_HARNESS_MAIN
