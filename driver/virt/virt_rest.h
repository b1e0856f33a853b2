/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cap on the host's CPU time: threads rest between tiles, where they hold neither
 * vector registers nor locks.
 */
#ifndef VIRT_REST_H
#define VIRT_REST_H

#include <linux/types.h>

/** VIRT_MIN_SHARE - smallest share that can be asked for, in percent */
#define VIRT_MIN_SHARE	1u
/** VIRT_MAX_SHARE - no cap */
#define VIRT_MAX_SHARE	100u
/** VIRT_MAX_REST_NS - longest rest in one piece: a job must be seen to make progress */
#define VIRT_MAX_REST_NS	(100 * 1000000ull)

/**
 * struct virt_rest - what a thread owes the host
 * @debt_ns: time to rest
 * @wall_ns: CLOCK_MONOTONIC when that was reckoned
 * @cpu_ns: the thread's CPU time then
 */
struct virt_rest {
	u64 debt_ns;
	u64 wall_ns;
	u64 cpu_ns;
};

/**
 * virt_rest_due() - how long a thread must rest after a tile
 * @rest: what it owes; zeroed before the first call
 * @wall_ns: CLOCK_MONOTONIC
 * @cpu_ns: the thread's CPU time, which may lag behind by a tick of the scheduler
 * @share: percent of the time that it may compute, 1 to 100
 *
 * CPU time C is paid for when C * 100 / share of the wall's time has passed since it was
 * begun.  Time in which the thread waits for work pays, too, but cannot be saved up: a
 * thread that was idle for an hour does not compute without pause in the next.  Debts
 * below a millisecond are put off, as short sleeps are inexact, and what is beyond
 * VIRT_MAX_REST_NS is paid after the next tile.
 *
 * Return: ns to sleep, 0: go on.
 */
u64 virt_rest_due(struct virt_rest *rest, u64 wall_ns, u64 cpu_ns, u32 share);

#endif /* VIRT_REST_H */
