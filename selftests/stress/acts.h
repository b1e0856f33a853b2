/* SPDX-License-Identifier: GPL-2.0-only */
/* What a thread of the stress test can do to the device, right and wrong. */
#ifndef ACTS_H
#define ACTS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "program.h"

/* Handles that a process's threads make and use together, and lose to each other. */
#define SHARED		32
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

/** tally - of all processes */
extern struct tally *tally;

/** draw_below() - a random number below @limit; the same ones for the same seed */
__u32 draw_below(struct actor *a, __u32 limit);

/** act() - do one thing at random */
void act(struct actor *a);

#endif /* ACTS_H */
