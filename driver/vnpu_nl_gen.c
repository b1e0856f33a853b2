// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vnpu.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "vnpu_nl_gen.h"

#include <uapi/linux/vnpu_nl.h>

/* VNPU_CMD_DEV_GET - do */
static const struct nla_policy vnpu_dev_get_nl_policy[VNPU_A_DEV_INDEX + 1] = {
	[VNPU_A_DEV_INDEX] = { .type = NLA_U32, },
};

/* VNPU_CMD_HEALTH_GET - do */
static const struct nla_policy vnpu_health_get_nl_policy[VNPU_A_HEALTH_INDEX + 1] = {
	[VNPU_A_HEALTH_INDEX] = { .type = NLA_U32, },
};

/* Ops table for vnpu */
static const struct genl_split_ops vnpu_nl_ops[] = {
	{
		.cmd		= VNPU_CMD_DEV_GET,
		.doit		= vnpu_nl_dev_get_doit,
		.policy		= vnpu_dev_get_nl_policy,
		.maxattr	= VNPU_A_DEV_INDEX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= VNPU_CMD_DEV_GET,
		.dumpit	= vnpu_nl_dev_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= VNPU_CMD_HEALTH_GET,
		.doit		= vnpu_nl_health_get_doit,
		.policy		= vnpu_health_get_nl_policy,
		.maxattr	= VNPU_A_HEALTH_INDEX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= VNPU_CMD_HEALTH_GET,
		.dumpit	= vnpu_nl_health_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= VNPU_CMD_CLIENT_GET,
		.dumpit	= vnpu_nl_client_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= VNPU_CMD_CTX_GET,
		.dumpit	= vnpu_nl_ctx_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group vnpu_nl_mcgrps[] = {
	[VNPU_NLGRP_EVENTS] = { "events", },
	[VNPU_NLGRP_STATS] = { "stats", },
};

struct genl_family vnpu_nl_family __ro_after_init = {
	.name		= VNPU_FAMILY_NAME,
	.version	= VNPU_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= vnpu_nl_ops,
	.n_split_ops	= ARRAY_SIZE(vnpu_nl_ops),
	.mcgrps		= vnpu_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(vnpu_nl_mcgrps),
};
