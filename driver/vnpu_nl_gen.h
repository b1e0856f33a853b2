/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vnpu.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_VNPU_GEN_H
#define _LINUX_VNPU_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/vnpu_nl.h>

int vnpu_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info);
int vnpu_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vnpu_nl_health_get_doit(struct sk_buff *skb, struct genl_info *info);
int vnpu_nl_health_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vnpu_nl_client_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vnpu_nl_ctx_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

enum {
	VNPU_NLGRP_EVENTS,
	VNPU_NLGRP_STATS,
};

extern struct genl_family vnpu_nl_family;

#endif /* _LINUX_VNPU_GEN_H */
