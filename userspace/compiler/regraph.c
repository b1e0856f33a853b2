// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "regraph.h"

#include <stdlib.h>

static uint32_t on_host(const struct npuc_compilation *c)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < c->graph->op_count; i++)
		count += c->places[i] != NPUC_ON_NPU;
	return count;
}

int npuc_regraph(struct npuc_compilation *c, struct npuc_edit *e, struct npuc_graph *to)
{
	const struct npuc_graph *before = c->graph;
	struct npuc_error *error = c->error, spare = { 0 };
	uint32_t hosted = on_host(c);
	uint8_t *places = c->places;

	if (!npuc_edit_end(e, to))
		return npuc_no_memory(c);
	c->graph = to;
	c->error = &spare;
	c->places = NULL;
	if (npuc_check_model(c) || on_host(c) > hosted) {
		c->graph = before;
		free(c->places);
		c->places = places;
	} else {
		free(places);
	}
	c->error = error;
	return 0;
}
