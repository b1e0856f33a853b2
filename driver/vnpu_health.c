// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>

#include "vnpu_core.h"
#include "vnpu_drv.h"
#include "vnpu_health.h"

void vnpu_health_init(struct vnpu_health *health)
{
	spin_lock_init(&health->lock);
}

void vnpu_health_job(struct vnpu_health *health, u32 fault, int error)
{
	static const enum vnpu_health_counter counter[] = {
		[DRM_VNPU_FAULT_NONE] = VNPU_HEALTH_cancelled,
		[DRM_VNPU_FAULT_HANG] = VNPU_HEALTH_hangs,
		[DRM_VNPU_FAULT_DEAD_CORE] = VNPU_HEALTH_deaths,
		[DRM_VNPU_FAULT_CONSTANTS] = VNPU_HEALTH_corruptions,
		[DRM_VNPU_FAULT_MACHINE] = VNPU_HEALTH_errors,
	};
	unsigned long flags;

	if (!error) {
		vnpu_health_count(health, VNPU_HEALTH_completed);
		return;
	}
	vnpu_health_count(health, VNPU_HEALTH_failed);
	vnpu_health_count(health, counter[fault]);
	if (!fault)
		return;
	spin_lock_irqsave(&health->lock, flags);
	health->last_fault_ns = ktime_get_ns();
	health->last_fault = fault;
	spin_unlock_irqrestore(&health->lock, flags);
}

void vnpu_health_busy(struct vnpu_health *health, bool busy)
{
	unsigned long flags;

	spin_lock_irqsave(&health->lock, flags);
	if (busy && !health->busy_cores++)
		health->busy_since_ns = ktime_get_ns();
	else if (!busy && !--health->busy_cores)
		health->busy_ns += ktime_get_ns() - health->busy_since_ns;
	spin_unlock_irqrestore(&health->lock, flags);
}

u64 vnpu_health_busy_ns(struct vnpu_health *health)
{
	u64 ns;

	spin_lock_irq(&health->lock);
	ns = health->busy_ns;
	if (health->busy_cores)
		ns += ktime_get_ns() - health->busy_since_ns;
	spin_unlock_irq(&health->lock);
	return ns;
}

void vnpu_health_tell(struct vnpu_device *vdev, struct drm_vnpu_health_info *info)
{
	struct vnpu_health *health = &vdev->health;

	*info = (struct drm_vnpu_health_info){
		.state = READ_ONCE(vdev->wedged) ? DRM_VNPU_HEALTH_WEDGED : DRM_VNPU_HEALTH_OK,
#define VNPU_COUNTER(name) .name = atomic64_read(&health->counter[VNPU_HEALTH_##name]),
#include "vnpu_health.def"
	};
	for (u32 i = 0; i < vdev->backend->caps.cores; i++)
		info->dead_cores += READ_ONCE(vdev->cores[i].dead);
	spin_lock_irq(&health->lock);
	info->last_fault_ns = health->last_fault_ns;
	info->last_fault = health->last_fault;
	spin_unlock_irq(&health->lock);
}
