// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* input_processors: which of them is whose, and the model reads what they make. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "process.h"

/* The entry that names input @number, else the one for all. */
static const struct npuc_input_processor *processor_of(const struct npuc_adapt *r, const char *name)
{
	const struct npuc_config *c = r->config;
	const struct npuc_input_processor *all = NULL;

	for (size_t i = 0; i < c->input_processor_count; i++) {
		const struct npuc_input_processor *p = &c->input_processors[i];

		if (!strcmp(p->tensor_name, name))
			return p;
		if (!strcmp(p->tensor_name, NPUC_DEFAULT_NAME))
			all = p;
	}
	return all;
}

static int check_names(struct npuc_adapt *r)
{
	const struct npuc_graph *g = npuc_adapted(r);
	int err = 0;

	for (size_t i = 0; i < r->config->input_processor_count && !err; i++)
		err = npuc_processor_fits(r, "input", i, r->config->input_processors[i].tensor_name,
					  g->inputs, g->input_count);
	return err;
}

/* Put the processed tensors in the place of the model's own, wherever those are read. */
static void keep_ops(struct npuc_adapt *r, struct npuc_edit *e, const uint32_t *now)
{
	const struct npuc_graph *g = npuc_adapted(r);

	for (uint32_t i = 0; i < g->op_count; i++) {
		struct npuc_op *op = npuc_edit_keep(e, i);

		if (op)
			npuc_edit_replace(op, g->inputs, now, g->input_count);
	}
	for (uint32_t i = 0; i < g->output_count; i++)
		for (uint32_t k = 0; k < g->input_count; k++)
			if (g->outputs[i] == g->inputs[k])
				e->outputs[i] = now[k];
}

static int process_all(struct npuc_adapt *r, struct npuc_edit *e, uint32_t *now)
{
	const struct npuc_graph *g = npuc_adapted(r);
	int err = 0;

	for (uint32_t i = 0; i < g->input_count && !err; i++) {
		struct processing s = {
			.r = r,
			.e = e,
			.p = processor_of(r, g->tensors[g->inputs[i]].name),
			.number = i,
			.tensor = g->inputs[i],
			.at = g->inputs[i],
		};

		if (s.p) {
			s.index = (size_t)(s.p - r->config->input_processors);
			err = npuc_process_input(&s);
		}
		now[i] = s.at;
	}
	if (!err)
		keep_ops(r, e, now);
	return err;
}

int npuc_process_inputs(struct npuc_adapt *r)
{
	const struct npuc_graph *g = npuc_adapted(r);
	struct npuc_edit e;
	uint32_t *now;
	int err;

	if (!r->config->input_processor_count)
		return 0;
	err = check_names(r);
	if (!err)
		err = npuc_adapt_begin(r, &e);
	if (err)
		return err;
	now = calloc((size_t)g->input_count + 1, sizeof(*now));
	err = now ? process_all(r, &e, now) : -ENOMEM;
	free(now);
	if (err) {
		npuc_edit_drop(&e);
		return err;
	}
	return npuc_adapt_end(r, &e, "input-processors");
}
