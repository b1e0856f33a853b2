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
#include "stress/acts.h"

#define PROCESSES	8
#define THREADS		4
#define DRIVER		"/sys/bus/platform/drivers/vnpu/"
/* For processes that may not be killed to end by themselves. */
#define STOP_MS		5000

static void *actor_main(void *arg)
{
	struct actor *a = arg;

	while (!a->shared->stop)
		act(a);
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
		int i = (int)draw_below(&chance, PROCESSES);

		device_sleep(100 + draw_below(&chance, 400));
		if (kills && draw_below(&chance, 2))
			kill(pid[i], SIGKILL);
		if (!draw_below(&chance, 8))
			rebind();
		if (!draw_below(&chance, 40))
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
