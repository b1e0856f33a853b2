// SPDX-License-Identifier: GPL-2.0-only
/*
 * Surprise removal, for tests: who orders it sits in a file that goes away with the device,
 * so the driver is unbound by somebody else.
 */
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "vnpu_device.h"
#include "vnpu_drv.h"
#include "vnpu_unplug.h"

/**
 * struct vnpu_unplugging - a device being pulled out
 * @work: unbinds it
 * @dev: the device, with a reference
 */
struct vnpu_unplugging {
	struct work_struct work;
	struct device *dev;
};

static struct workqueue_struct *vnpu_unplug_wq;

static void vnpu_unplug_work(struct work_struct *work)
{
	struct vnpu_unplugging *u = container_of(work, struct vnpu_unplugging, work);

	device_release_driver(u->dev);
	put_device(u->dev);
	kfree(u);
}

int vnpu_unplug_init(void)
{
	vnpu_unplug_wq = alloc_ordered_workqueue("vnpu-unplug", 0);
	return vnpu_unplug_wq ? 0 : -ENOMEM;
}

void vnpu_unplug_exit(void)
{
	destroy_workqueue(vnpu_unplug_wq);
}

int vnpu_unplug(struct vnpu_device *vdev)
{
	struct vnpu_unplugging *u;

	if (READ_ONCE(vdev->gone))
		return -ENODEV;
	u = kzalloc(sizeof(*u), GFP_KERNEL);
	if (!u)
		return -ENOMEM;
	u->dev = get_device(vdev->drm.dev);
	INIT_WORK(&u->work, vnpu_unplug_work);
	vnpu_device_stop(vdev);
	queue_work(vnpu_unplug_wq, &u->work);
	return 0;
}
