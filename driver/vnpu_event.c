// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kobject.h>
#include <linux/ktime.h>

#include <drm/drm_accel.h>
#include <drm/drm_file.h>
#include <drm/drm_print.h>

#include "vnpu_drv.h"
#include "vnpu_event.h"
#include "vnpu_nl.h"

/* Called for every event in order, from a work item: may sleep. */
typedef void vnpu_event_listener(struct vnpu_device *vdev, const struct vnpu_event *event);

static void vnpu_event_uevent(struct vnpu_device *vdev, char *text)
{
	char *env[2] = { text, NULL };

	/* A device that nobody can open yet has no node. */
	if (vdev->drm.registered)
		kobject_uevent_env(&vdev->drm.accel->kdev->kobj, KOBJ_CHANGE, env);
}

/*
 * The words are those of Documentation/gpu/drm-uapi.rst.  drm_dev_wedged_event() itself
 * wants a primary node, which accel devices do not have.
 */
static void vnpu_event_tell_udev(struct vnpu_device *vdev, const struct vnpu_event *event)
{
	if (event->type == VNPU_EVENT_WEDGED) {
		drm_err(&vdev->drm, "core %u does not answer: reset the device\n", event->core);
		vnpu_event_uevent(vdev, "WEDGED=vendor-specific,rebind");
	} else if (event->type == VNPU_EVENT_RESET && !event->error) {
		vnpu_event_uevent(vdev, "WEDGED=none");
	}
}

static vnpu_event_listener *const vnpu_event_listeners[] = {
	vnpu_event_tell_udev,
	vnpu_nl_tell,
};

/* The oldest event that nobody was told of. */
static bool vnpu_event_pop(struct vnpu_events *events, struct vnpu_event *event)
{
	bool found;

	spin_lock_irq(&events->lock);
	found = events->told != events->next;
	if (found)
		*event = events->ring[events->told++ % VNPU_EVENTS];
	spin_unlock_irq(&events->lock);
	return found;
}

static void vnpu_event_work(struct work_struct *work)
{
	struct vnpu_events *events = container_of(work, struct vnpu_events, work);
	struct vnpu_device *vdev = container_of(events, struct vnpu_device, events);
	struct vnpu_event event;

	while (vnpu_event_pop(events, &event))
		for (u32 i = 0; i < ARRAY_SIZE(vnpu_event_listeners); i++)
			vnpu_event_listeners[i](vdev, &event);
}

void vnpu_event_init(struct vnpu_device *vdev)
{
	spin_lock_init(&vdev->events.lock);
	INIT_WORK(&vdev->events.work, vnpu_event_work);
}

void vnpu_event_notify(struct vnpu_device *vdev, const struct vnpu_event *event)
{
	struct vnpu_events *events = &vdev->events;
	struct vnpu_event *slot;
	unsigned long flags;

	spin_lock_irqsave(&events->lock, flags);
	slot = &events->ring[events->next++ % VNPU_EVENTS];
	*slot = *event;
	slot->time_ns = ktime_get_ns();
	if (events->next - events->told > VNPU_EVENTS) {
		events->told++;
		events->lost++;
	}
	spin_unlock_irqrestore(&events->lock, flags);
	queue_work(vdev->event_wq, &events->work);
}

void vnpu_event_device(struct vnpu_device *vdev, u32 type, int error)
{
	vnpu_event_notify(vdev, &(struct vnpu_event){
		.type = type,
		.error = error,
		.core = ~0u,
		.op = ~0u,
	});
}

u32 vnpu_event_last(struct vnpu_device *vdev, struct vnpu_event *out, u32 max)
{
	struct vnpu_events *events = &vdev->events;
	u32 count;

	spin_lock_irq(&events->lock);
	count = min_t(u64, min(max, VNPU_EVENTS), events->next);
	for (u32 i = 0; i < count; i++)
		out[i] = events->ring[(events->next - count + i) % VNPU_EVENTS];
	spin_unlock_irq(&events->lock);
	return count;
}

const char *vnpu_event_name(u32 type)
{
	static const char *const names[] = {
		[VNPU_EVENT_FAULT] = "fault",
		[VNPU_EVENT_WEDGED] = "wedged",
		[VNPU_EVENT_RESET] = "reset",
		[VNPU_EVENT_FIRMWARE] = "firmware",
		[VNPU_EVENT_ADDED] = "added",
		[VNPU_EVENT_REMOVED] = "removed",
	};

	return type < ARRAY_SIZE(names) && names[type] ? names[type] : "?";
}
