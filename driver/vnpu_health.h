/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VNPU_HEALTH_H
#define VNPU_HEALTH_H

#include <linux/atomic.h>
#include <linux/spinlock.h>

#include "drm/vnpu_accel.h"

struct vnpu_device;

#define VNPU_COUNTER(name) VNPU_HEALTH_##name,
/** enum vnpu_health_counter - the rows of vnpu_health.def, see &struct drm_vnpu_health_info */
enum vnpu_health_counter {
#include "vnpu_health.def"
	VNPU_HEALTH_COUNTERS
};

/**
 * struct vnpu_health - how a device has fared
 * @counter: by &enum vnpu_health_counter
 * @lock: protects the rest
 * @last_fault_ns: when the last fault was
 * @last_fault: which one
 * @busy_cores: cores that run a job
 * @busy_since_ns: since when there are any
 * @busy_ns: how long there were any before that
 */
struct vnpu_health {
	atomic64_t counter[VNPU_HEALTH_COUNTERS];
	spinlock_t lock; /* see above */
	u64 last_fault_ns;
	u32 last_fault;
	u32 busy_cores;
	u64 busy_since_ns;
	u64 busy_ns;
};

/** vnpu_health_init() - nothing happened yet */
void vnpu_health_init(struct vnpu_health *health);

/** vnpu_health_count() - one more; any context */
static inline void vnpu_health_count(struct vnpu_health *health, enum vnpu_health_counter which)
{
	atomic64_inc(&health->counter[which]);
}

/**
 * vnpu_health_job() - a job ended
 * @health: counts it
 * @fault: &enum drm_vnpu_fault
 * @error: of its fence
 *
 * Any context.
 */
void vnpu_health_job(struct vnpu_health *health, u32 fault, int error);

/** vnpu_health_busy() - a core begins with a job, or stops having one; any context */
void vnpu_health_busy(struct vnpu_health *health, bool busy);

/** vnpu_health_busy_ns() - for how long at least one core has had a job, until now */
u64 vnpu_health_busy_ns(struct vnpu_health *health);

/** vnpu_health_tell() - all of it, for user space */
void vnpu_health_tell(struct vnpu_device *vdev, struct drm_vnpu_health_info *info);

#endif /* VNPU_HEALTH_H */
