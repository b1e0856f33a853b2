// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "adapt.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* What a step may add beside the model: float16 weights and a few constants. */
#define ADDED_AT_LEAST (4u << 20)

const struct npuc_graph *npuc_adapted(const struct npuc_adapt *r)
{
	return r->count ? &r->graphs[r->count - 1] : &r->model->graph;
}

int npuc_adapt_begin(struct npuc_adapt *r, struct npuc_edit *e)
{
	if (npuc_edit_begin(e, npuc_adapted(r), ADDED_AT_LEAST + 2 * r->model->size))
		return 0;
	npuc_edit_drop(e);
	return npuc_fail(r->error, -ENOMEM, "%s: out of memory", r->model->name);
}

int npuc_adapt_end(struct npuc_adapt *r, struct npuc_edit *e, const char *name)
{
	struct npuc_graph g;

	if (!npuc_edit_end(e, &g))
		return npuc_fail(r->error, -ENOMEM, "%s: %s: out of memory", r->model->name, name);
	r->names[r->count] = name;
	r->graphs[r->count++] = g;
	return 0;
}

void npuc_answer(struct npuc_answers *answers, const char *key, enum npuc_applied applied,
		 const char *format, ...)
{
	struct npuc_answer *at;
	va_list args;

	if (!answers)
		return;
	at = realloc(answers->at, (answers->count + 1) * sizeof(*at));
	if (!at)
		return;
	answers->at = at;
	at += answers->count++;
	at->applied = applied;
	snprintf(at->key, sizeof(at->key), "%s", key);
	va_start(args, format);
	vsnprintf(at->text, sizeof(at->text), format, args);
	va_end(args);
}

int npuc_unfit(struct npuc_adapt *r, const char *key, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (r->error)
		snprintf(r->error->key, sizeof(r->error->key), "%s", key);
	return npuc_fail(r->error, -EINVAL, "%s: %s: %s", r->model->name, key, text);
}

uint32_t npuc_io_number(const struct npuc_graph *g, const uint32_t *list, uint32_t count,
			const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (!strcmp(g->tensors[list[i]].name, name))
			return i;
	return NPUC_NONE;
}

int npuc_processor_fits(struct npuc_adapt *r, const char *kind, size_t index, const char *name,
			const uint32_t *list, uint32_t count)
{
	const struct npuc_graph *g = npuc_adapted(r);
	char key[64];

	if (!strcmp(name, NPUC_DEFAULT_NAME) || npuc_io_number(g, list, count, name) != NPUC_NONE)
		return 0;
	snprintf(key, sizeof(key), "%s_processors[%zu].tensor_name", kind, index);
	return npuc_unfit(r, key, "the model has no %s '%.60s'; its first is '%.60s'", kind, name,
			  count ? g->tensors[list[0]].name : "");
}

int npuc_adapt(struct npuc_adapt *r)
{
	static int (*const steps[])(struct npuc_adapt * r) = {
		npuc_suppress,	     npuc_retype,	   npuc_accuracy,
		npuc_process_inputs, npuc_process_outputs,
	};
	struct npuc_error error = { 0 };
	int err = 0;

	if (r->config && npuc_config_check(r->config, &error)) {
		if (r->error)
			memcpy(r->error->key, error.key, sizeof(error.key));
		return npuc_fail(r->error, -EINVAL, "%s: %s", r->model->name, error.text);
	}
	for (size_t i = 0; r->config && i < sizeof(steps) / sizeof(steps[0]) && !err; i++)
		err = steps[i](r);
	return err;
}

void npuc_adapt_free(struct npuc_adapt *r)
{
	while (r->count)
		npuc_graph_free(&r->graphs[--r->count]);
}
