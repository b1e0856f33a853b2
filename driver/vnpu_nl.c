// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "vnpu": what the devices are and how they do.  Its
 * specification is Documentation/netlink/specs/vnpu.yaml, from which policies and tables
 * in vnpu_nl_gen.c are made.
 */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <drm/drm_file.h>

#include "vnpu_drv.h"
#include "vnpu_firmware.h"
#include "vnpu_health.h"
#include "vnpu_nl.h"
#include "vnpu_nl_gen.h"

#define VNPU_NL_STATS_PERIOD	HZ

/* Registered devices by number. */
DEFINE_XARRAY(vnpu_nl_devices);
/* Whoever looks at one of them holds it. */
DEFINE_MUTEX(vnpu_nl_lock);

static int vnpu_nl_put_dev(struct sk_buff *skb, struct vnpu_device *vdev)
{
	const struct vnpu_backend_caps *caps = &vdev->backend->caps;
	struct vnpu_firmware *firmware = vnpu_fw_get(vdev);
	int ret = -EMSGSIZE;

	if (!nla_put_u32(skb, VNPU_A_DEV_INDEX, vdev->drm.accel->index) &&
	    !nla_put_string(skb, VNPU_A_DEV_NAME, dev_name(vdev->drm.dev)) &&
	    !nla_put_string(skb, VNPU_A_DEV_VERSION, VNPU_VERSION) &&
	    !nla_put_u32(skb, VNPU_A_DEV_CORES, caps->cores) &&
	    !nla_put_u32(skb, VNPU_A_DEV_WORKERS, caps->workers) &&
	    !nla_put_u32(skb, VNPU_A_DEV_ISA, caps->isa) &&
	    !nla_put_string(skb, VNPU_A_DEV_FIRMWARE, firmware->version.text) &&
	    !nla_put_u32(skb, VNPU_A_DEV_FIRMWARE_GENERATION, firmware->generation))
		ret = 0;
	vnpu_fw_put(firmware);
	return ret;
}

static int vnpu_nl_put_health(struct sk_buff *skb, struct vnpu_device *vdev)
{
	static const struct {
		u32 attribute;
		enum vnpu_health_counter counter;
	} counters[] = {
		{ VNPU_A_HEALTH_COMPLETED, VNPU_HEALTH_completed },
		{ VNPU_A_HEALTH_FAILED, VNPU_HEALTH_failed },
		{ VNPU_A_HEALTH_CANCELLED, VNPU_HEALTH_cancelled },
		{ VNPU_A_HEALTH_HANGS, VNPU_HEALTH_hangs },
		{ VNPU_A_HEALTH_DEATHS, VNPU_HEALTH_deaths },
		{ VNPU_A_HEALTH_CORRUPTIONS, VNPU_HEALTH_corruptions },
		{ VNPU_A_HEALTH_ERRORS, VNPU_HEALTH_errors },
		{ VNPU_A_HEALTH_RESETS, VNPU_HEALTH_resets },
		{ VNPU_A_HEALTH_DUMPS, VNPU_HEALTH_dumps },
	};
	struct vnpu_health *health = &vdev->health;

	static_assert(ARRAY_SIZE(counters) == VNPU_HEALTH_COUNTERS);
	for (u32 i = 0; i < ARRAY_SIZE(counters); i++)
		if (nla_put_u64_64bit(skb, counters[i].attribute,
				      atomic64_read(&health->counter[counters[i].counter]),
				      VNPU_A_HEALTH_PAD))
			return -EMSGSIZE;
	if (nla_put_u32(skb, VNPU_A_HEALTH_INDEX, vdev->drm.accel->index) ||
	    nla_put_u32(skb, VNPU_A_HEALTH_WEDGED, READ_ONCE(vdev->wedged)) ||
	    nla_put_u64_64bit(skb, VNPU_A_HEALTH_BUSY_NS, vnpu_health_busy_ns(health),
			      VNPU_A_HEALTH_PAD) ||
	    nla_put_u32(skb, VNPU_A_HEALTH_QUEUED, atomic_read(&vdev->jobs)))
		return -EMSGSIZE;
	return 0;
}

typedef int vnpu_nl_put_fn(struct sk_buff *skb, struct vnpu_device *vdev);

/* One message about @vdev. */
static int vnpu_nl_message(struct sk_buff *skb, u32 portid, u32 seq, int flags, u8 cmd,
			   vnpu_nl_put_fn *put, struct vnpu_device *vdev)
{
	void *header = genlmsg_put(skb, portid, seq, &vnpu_nl_family, flags, cmd);
	int ret;

	if (!header)
		return -EMSGSIZE;
	ret = put(skb, vdev);
	if (ret) {
		genlmsg_cancel(skb, header);
		return ret;
	}
	genlmsg_end(skb, header);
	return 0;
}

static int vnpu_nl_answer(struct genl_info *info, u32 attribute, u8 cmd, vnpu_nl_put_fn *put)
{
	struct vnpu_device *vdev;
	struct sk_buff *skb;
	int ret = -ENODEV;

	if (GENL_REQ_ATTR_CHECK(info, attribute))
		return -EINVAL;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	mutex_lock(&vnpu_nl_lock);
	vdev = xa_load(&vnpu_nl_devices, nla_get_u32(info->attrs[attribute]));
	if (vdev)
		ret = vnpu_nl_message(skb, info->snd_portid, info->snd_seq, 0, cmd, put, vdev);
	mutex_unlock(&vnpu_nl_lock);
	if (!ret)
		return genlmsg_reply(skb, info);
	nlmsg_free(skb);
	if (!vdev)
		NL_SET_ERR_MSG(info->extack, "no vnpu device of this number");
	return ret;
}

static int vnpu_nl_dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
			vnpu_nl_put_fn *put)
{
	struct vnpu_device *vdev;
	unsigned long index;
	int ret = 0;

	mutex_lock(&vnpu_nl_lock);
	xa_for_each_start(&vnpu_nl_devices, index, vdev, cb->args[0]) {
		cb->args[0] = index;
		ret = vnpu_nl_message(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				      NLM_F_MULTI, cmd, put, vdev);
		if (ret)
			break;
		cb->args[0] = index + 1;
	}
	mutex_unlock(&vnpu_nl_lock);
	return ret;
}

int vnpu_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return vnpu_nl_answer(info, VNPU_A_DEV_INDEX, VNPU_CMD_DEV_GET, vnpu_nl_put_dev);
}

int vnpu_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vnpu_nl_dump(skb, cb, VNPU_CMD_DEV_GET, vnpu_nl_put_dev);
}

int vnpu_nl_health_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return vnpu_nl_answer(info, VNPU_A_HEALTH_INDEX, VNPU_CMD_HEALTH_GET, vnpu_nl_put_health);
}

int vnpu_nl_health_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vnpu_nl_dump(skb, cb, VNPU_CMD_HEALTH_GET, vnpu_nl_put_health);
}

static void vnpu_nl_stats_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(vnpu_nl_stats, vnpu_nl_stats_work);

static void vnpu_nl_stats_work(struct work_struct *work)
{
	struct vnpu_device *vdev;
	unsigned long index;

	if (!genl_has_listeners(&vnpu_nl_family, &init_net, VNPU_NLGRP_STATS))
		return;
	mutex_lock(&vnpu_nl_lock);
	xa_for_each(&vnpu_nl_devices, index, vdev) {
		struct sk_buff *skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);

		if (!skb)
			break;
		if (vnpu_nl_message(skb, 0, 0, 0, VNPU_CMD_STATS_NTF, vnpu_nl_put_health, vdev))
			nlmsg_free(skb);
		else
			genlmsg_multicast(&vnpu_nl_family, skb, 0, VNPU_NLGRP_STATS, GFP_KERNEL);
	}
	mutex_unlock(&vnpu_nl_lock);
	schedule_delayed_work(&vnpu_nl_stats, VNPU_NL_STATS_PERIOD);
}

/*
 * The socket is a member of the group only after this; so that it is found to be one, the
 * next look at the group is a whole period away, also when it was nearer.
 */
static int vnpu_nl_bind(int group)
{
	if (group == VNPU_NLGRP_STATS)
		mod_delayed_work(system_wq, &vnpu_nl_stats, VNPU_NL_STATS_PERIOD);
	return 0;
}

int vnpu_nl_add(struct vnpu_device *vdev)
{
	int ret;

	mutex_lock(&vnpu_nl_lock);
	ret = xa_err(xa_store(&vnpu_nl_devices, vdev->drm.accel->index, vdev, GFP_KERNEL));
	mutex_unlock(&vnpu_nl_lock);
	return ret;
}

void vnpu_nl_remove(struct vnpu_device *vdev)
{
	mutex_lock(&vnpu_nl_lock);
	xa_erase(&vnpu_nl_devices, vdev->drm.accel->index);
	mutex_unlock(&vnpu_nl_lock);
}

int vnpu_nl_init(void)
{
	vnpu_nl_family.bind = vnpu_nl_bind;
	return genl_register_family(&vnpu_nl_family);
}

void vnpu_nl_exit(void)
{
	genl_unregister_family(&vnpu_nl_family);
	cancel_delayed_work_sync(&vnpu_nl_stats);
	xa_destroy(&vnpu_nl_devices);
}
