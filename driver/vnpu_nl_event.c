// SPDX-License-Identifier: GPL-2.0-only
/* What happens to the devices, for whoever listens and may know. */
#include <linux/pid.h>
#include <linux/rcupdate.h>

#include <drm/drm_file.h>
#include <net/sock.h>

#include "vnpu_drv.h"
#include "vnpu_event.h"
#include "vnpu_limit.h"
#include "vnpu_nl.h"
#include "vnpu_nl_gen.h"

/**
 * struct vnpu_nl_owner - whose event it is
 * @known: the file is still open
 * @uid: who opened it
 * @pid: process that did, in the initial namespace; 0: it has ended
 */
struct vnpu_nl_owner {
	bool known;
	kuid_t uid;
	u32 pid;
};

static struct vnpu_nl_owner vnpu_nl_find_owner(struct vnpu_device *vdev, u64 client)
{
	struct vnpu_nl_owner owner = {};
	struct drm_file *file;

	mutex_lock(&vdev->drm.filelist_mutex);
	list_for_each_entry(file, &vdev->drm.filelist, lhead) {
		struct vnpu_file *vfile = file->driver_priv;

		if (file->client_id != client)
			continue;
		owner.known = true;
		owner.uid = vfile->user->uid;
		rcu_read_lock();
		owner.pid = pid_nr(rcu_dereference(file->pid));
		rcu_read_unlock();
		break;
	}
	mutex_unlock(&vdev->drm.filelist_mutex);
	return owner;
}

/* &netlink_filter_fn: 1 keeps the event of a client from the socket of another user. */
static int vnpu_nl_hide(struct sock *sk, struct sk_buff *skb, void *data)
{
	const struct vnpu_nl_owner *owner = data;
	kuid_t uid = sk->sk_uid;

	if (uid_eq(uid, GLOBAL_ROOT_UID))
		return 0;
	return !owner->known || !uid_eq(uid, owner->uid);
}

static int vnpu_nl_put_job(struct sk_buff *skb, const struct vnpu_event *event,
			   const struct vnpu_nl_owner *owner)
{
	if (nla_put_u64_64bit(skb, VNPU_A_EVENT_CLIENT, event->client, VNPU_A_EVENT_PAD) ||
	    nla_put_u64_64bit(skb, VNPU_A_EVENT_JOB, event->job, VNPU_A_EVENT_PAD) ||
	    nla_put_u32(skb, VNPU_A_EVENT_CTX, event->ctx) ||
	    (owner->pid && nla_put_u32(skb, VNPU_A_EVENT_PID, owner->pid)))
		return -EMSGSIZE;
	return 0;
}

static int vnpu_nl_put_event(struct sk_buff *skb, struct vnpu_device *vdev,
			     const struct vnpu_event *event, const struct vnpu_nl_owner *owner)
{
	static const u32 types[] = {
		[VNPU_EVENT_FAULT] = VNPU_NL_EVENT_FAULT,
		[VNPU_EVENT_WEDGED] = VNPU_NL_EVENT_WEDGED,
		[VNPU_EVENT_RESET] = VNPU_NL_EVENT_RESET,
		[VNPU_EVENT_FIRMWARE] = VNPU_NL_EVENT_FIRMWARE,
		[VNPU_EVENT_ADDED] = VNPU_NL_EVENT_ADDED,
		[VNPU_EVENT_REMOVED] = VNPU_NL_EVENT_REMOVED,
	};

	if (nla_put_u32(skb, VNPU_A_EVENT_INDEX, vdev->drm.accel->index) ||
	    nla_put_u32(skb, VNPU_A_EVENT_TYPE, types[event->type]) ||
	    nla_put_u64_64bit(skb, VNPU_A_EVENT_TIME_NS, event->time_ns, VNPU_A_EVENT_PAD) ||
	    nla_put_s32(skb, VNPU_A_EVENT_ERROR, event->error) ||
	    (event->core != ~0u && nla_put_u32(skb, VNPU_A_EVENT_CORE, event->core)) ||
	    (event->fault && nla_put_u32(skb, VNPU_A_EVENT_FAULT, event->fault)) ||
	    (event->op != ~0u && nla_put_u32(skb, VNPU_A_EVENT_OP, event->op)))
		return -EMSGSIZE;
	return event->client ? vnpu_nl_put_job(skb, event, owner) : 0;
}

void vnpu_nl_tell(struct vnpu_device *vdev, const struct vnpu_event *event)
{
	struct vnpu_nl_owner owner = {};
	struct sk_buff *skb;
	void *header;

	if (!genl_has_listeners(&vnpu_nl_family, &init_net, VNPU_NLGRP_EVENTS))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	header = skb ? genlmsg_put(skb, 0, 0, &vnpu_nl_family, 0, VNPU_CMD_EVENT_NTF) : NULL;
	if (event->client)
		owner = vnpu_nl_find_owner(vdev, event->client);
	if (!header || vnpu_nl_put_event(skb, vdev, event, &owner)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast_netns_filtered(&vnpu_nl_family, &init_net, skb, 0, VNPU_NLGRP_EVENTS,
					 GFP_KERNEL, event->client ? vnpu_nl_hide : NULL, &owner);
}
