/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to a device, in order: the one place that everything which wants to
 * know of it listens to (uevents, dumps, multicast).
 */
#ifndef VNPU_EVENT_H
#define VNPU_EVENT_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "vnpu_coredump.h"

struct vnpu_device;

/** VNPU_EVENTS - how many events a device remembers */
#define VNPU_EVENTS	64u

/**
 * enum vnpu_event_type - what happened
 * @VNPU_EVENT_FAULT: something was wrong with a job, see &vnpu_event.fault
 * @VNPU_EVENT_WEDGED: a core is dead: the device takes no jobs any more
 * @VNPU_EVENT_RESET: the device was reset; &vnpu_event.error is 0, or -EBUSY when a
 *	core still does not answer
 * @VNPU_EVENT_FIRMWARE: a firmware was asked for; &vnpu_event.error says if it came
 * @VNPU_EVENT_ADDED: the device is there
 * @VNPU_EVENT_REMOVED: the device goes away
 */
enum vnpu_event_type {
	VNPU_EVENT_FAULT = VNPU_COREDUMP_EVENT_FAULT,
	VNPU_EVENT_WEDGED = VNPU_COREDUMP_EVENT_WEDGED,
	VNPU_EVENT_RESET = VNPU_COREDUMP_EVENT_RESET,
	VNPU_EVENT_FIRMWARE = VNPU_COREDUMP_EVENT_FIRMWARE,
	VNPU_EVENT_ADDED = VNPU_COREDUMP_EVENT_ADDED,
	VNPU_EVENT_REMOVED = VNPU_COREDUMP_EVENT_REMOVED,
};

/**
 * struct vnpu_event - something that happened; laid out as &struct vnpu_coredump_event
 * @time_ns: CLOCK_MONOTONIC; filled by vnpu_event_notify()
 * @type: &enum vnpu_event_type
 * @fault: FAULT: &enum drm_vnpu_fault
 * @error: what the job's fence got, or how the action ended
 * @core: which core; ~0: none in particular
 * @op: FAULT: index of the op record; ~0: none
 * @ctx: FAULT: handle of the context
 * @client: FAULT: the DRM client's id; 0: none
 * @job: FAULT: number of the job, unique for the device
 */
struct vnpu_event {
	u64 time_ns;
	u32 type;
	u32 fault;
	s32 error;
	u32 core;
	u32 op;
	u32 ctx;
	u64 client;
	u64 job;
};

/**
 * struct vnpu_events - the last events of a device
 * @lock: protects the rest
 * @ring: event n is at n % VNPU_EVENTS
 * @next: number of the next event
 * @told: number of the next event to tell about; at most VNPU_EVENTS behind @next
 * @lost: events that went by before anybody could be told
 * @work: tells
 */
struct vnpu_events {
	spinlock_t lock; /* see above */
	struct vnpu_event ring[VNPU_EVENTS];
	u64 next;
	u64 told;
	u64 lost;
	struct work_struct work;
};

/** vnpu_event_init() - no event yet */
void vnpu_event_init(struct vnpu_device *vdev);

/**
 * vnpu_event_notify() - something happened
 * @vdev: to this device
 * @event: what; copied
 *
 * Any context, also on the way to a fence: neither sleeps nor allocates.  Listeners are
 * called later, from a work item.
 */
void vnpu_event_notify(struct vnpu_device *vdev, const struct vnpu_event *event);

/**
 * vnpu_event_device() - something happened that is not about one core or job
 * @vdev: to this device
 * @type: &enum vnpu_event_type
 * @error: how it ended
 *
 * Any context.
 */
void vnpu_event_device(struct vnpu_device *vdev, u32 type, int error);

/**
 * vnpu_event_last() - the newest events
 * @vdev: of this device
 * @out: filled, oldest first
 * @max: room in @out
 *
 * Return: how many there are in @out.
 */
u32 vnpu_event_last(struct vnpu_device *vdev, struct vnpu_event *out, u32 max);

/** vnpu_event_name() - a word for a &enum vnpu_event_type; never NULL */
const char *vnpu_event_name(u32 type);

#endif /* VNPU_EVENT_H */
