// SPDX-License-Identifier: GPL-2.0-only
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "virt_rest.h"

u64 virt_rest_due(struct virt_rest *rest, u64 wall_ns, u64 cpu_ns, u32 share)
{
	u64 used_ns = cpu_ns - rest->cpu_ns;
	u64 passed_ns = wall_ns - rest->wall_ns;

	/* Not reckoned anew by the scheduler: what has passed counts when it is. */
	if (!used_ns)
		return 0;
	/* Before the first call there was no cap: what was used then is not owed. */
	if (rest->wall_ns)
		rest->debt_ns += div_u64(used_ns * VIRT_MAX_SHARE, share);
	rest->debt_ns -= min(rest->debt_ns, passed_ns);
	rest->wall_ns = wall_ns;
	rest->cpu_ns = cpu_ns;
	if (rest->debt_ns < NSEC_PER_MSEC)
		return 0;
	/* Sleeping pays when the next call finds that time has passed. */
	return min(rest->debt_ns, VIRT_MAX_REST_NS);
}
