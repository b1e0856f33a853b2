// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "placement.h"

void placement_options(const struct placement_args *args, struct npuc_options *options)
{
	options->deny = args->deny;
	options->deny_nodes = args->deny_nodes.items;
	options->deny_node_count = args->deny_nodes.count;
	options->max_partitions = args->max_partitions;
	options->min_nodes = args->min_nodes;
	options->no_fallback = args->no_fallback;
}

const char *placement_given(const struct npuc_options *options)
{
	return options->deny		? "--deny" :
	       options->deny_node_count ? "--deny-node" :
	       options->max_partitions	? "--max-partitions" :
	       options->min_nodes	? "--min-nodes" :
					  NULL;
}
