// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The public face: reading, checking and compiling models. */
#include "compile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "constant.h"
#include "constraints.h"
#include "error.h"
#include "passes.h"
#include "rewrite.h"
#include "onnx/onnx.h"
#include "shape.h"
#include "tflite.h"
#include "unpack.h"

/*
 * Constants may grow against the file by padding to blocks and by tables, and by
 * weights that several ops share; not without bound, as ops can share for ever.
 */
#define CONSTANTS_PER_FILE_BYTE 16
#define CONSTANTS_AT_LEAST (1u << 20)

static size_t constants_limit(size_t file)
{
	uint64_t limit = CONSTANTS_AT_LEAST + (uint64_t)CONSTANTS_PER_FILE_BYTE * file;

	return limit < VNPU_MAX_SLOT_BYTES ? (size_t)limit : VNPU_MAX_SLOT_BYTES;
}

int npuc_no_memory(const struct npuc_compilation *c)
{
	return npuc_fail(c->error, -ENOMEM, "%s: out of memory", c->model->name);
}

/* A flatbuffer has its identifier behind the root offset; what else there is must be ONNX. */
static int read_graph(struct npuc_model *m, struct npuc_error *error)
{
	bool is_tflite = m->size < 8 || !memcmp((const uint8_t *)m->data + 4, "TFL", 3);
	const char *suffix = strrchr(m->name, '.');

	if (!is_tflite && suffix && !strcmp(suffix, ".onnx"))
		return npuc_onnx_read(m->name, m->data, m->size, &m->graph, error);
	return npuc_tflite_read(m->name, m->data, m->size, &m->graph, error);
}

int npuc_model_read(const char *name, const void *data, size_t size, struct npuc_model **model,
		    struct npuc_error *error)
{
	struct npuc_model *m = calloc(1, sizeof(*m));
	char *copy = strdup(name);
	uint64_t budget;
	int err;

	*model = NULL;
	if (!m || !copy) {
		free(m);
		free(copy);
		return npuc_fail(error, -ENOMEM, "%s: out of memory", name);
	}
	m->name = copy;
	m->data = data;
	m->size = size;
	err = read_graph(m, error);
	if (err) {
		npuc_model_free(m);
		return err;
	}
	budget = constants_limit(size);
	npuc_unpack(&m->graph, &budget);
	npuc_constants(&m->graph, budget);
	*model = m;
	return 0;
}

void npuc_model_free(struct npuc_model *model)
{
	if (!model)
		return;
	npuc_graph_free(&model->graph);
	free(model->name);
	free(model);
}

static const struct npum_personality *find_personality(const struct npuc_model *model,
						       const struct npuc_options *options,
						       struct npuc_error *error)
{
	const struct npum_personality_set *set =
		options && options->personalities ? options->personalities : npum_builtin_set();
	const char *name = options && options->personality ? options->personality : set->at[0].name;
	const struct npum_personality *p = npum_personality_named(set, name);

	if (!p)
		npuc_fail(error, -EINVAL, "%s: unknown personality '%s'", model->name, name);
	return p;
}

static const struct npum_target *find_target(const struct npuc_options *options)
{
	return options && options->target ? options->target : npum_builtin_target();
}

int npuc_capabilities(const struct npuc_model *model, const struct npuc_options *options,
		      struct npuc_capabilities *can, struct npuc_error *error)
{
	can->target = find_target(options);
	can->personality = find_personality(model, options, error);
	return can->personality ? 0 : -EINVAL;
}

int npuc_check(const struct npuc_model *model, const struct npuc_options *options,
	       struct npuc_verdict **verdicts, size_t *count, struct npuc_error *error)
{
	const struct npuc_graph *g = &model->graph;
	struct npuc_capabilities can;
	struct npuc_verdict *list;
	int refused = 0;

	if (npuc_capabilities(model, options, &can, error))
		return -EINVAL;
	list = calloc(g->op_count ? g->op_count : 1, sizeof(*list));
	if (!list)
		return npuc_fail(error, -ENOMEM, "%s: out of memory", model->name);
	for (uint32_t i = 0; i < g->op_count; i++) {
		struct npuc_verdict *v = &list[i];
		const struct npuc_rewrite_info *rewrite;
		struct npuc_refusal why;

		v->op = i;
		v->type = g->ops[i].type;
		v->name = npuc_output(g, &g->ops[i])->name;
		if (npuc_constraints_hold(g, &can, i, &why))
			continue;
		snprintf(v->reason, sizeof(v->reason), "%s", why.reason);
		snprintf(v->advice, sizeof(v->advice), "%s", why.advice);
		v->sentence = why.sentence;
		rewrite = npuc_rewrite_for(g->ops[i].builtin, why.constraint);
		v->rewrite = rewrite ? rewrite->name : NULL;
		v->placement = NPUC_ON_CPU;
		refused++;
	}
	*verdicts = list;
	*count = g->op_count;
	return refused;
}

static int check_ops(const struct npuc_compilation *c)
{
	const struct npuc_capabilities can = { c->target, c->personality };
	const struct npuc_graph *g = c->graph;
	struct npuc_refusal why;

	for (uint32_t i = 0; i < g->op_count; i++) {
		if (npuc_constraints_hold(g, &can, i, &why))
			continue;
		return npuc_fail(c->error, -EOPNOTSUPP, "%s: op %u %s '%.80s': %s%s%s",
				 c->model->name, i, g->ops[i].type,
				 npuc_output(g, &g->ops[i])->name, why.reason,
				 *why.advice ? "; " : "", why.advice);
	}
	return 0;
}

static int check_io(const struct npuc_compilation *c, const char *what, uint32_t number,
		    uint32_t tensor)
{
	const struct npuc_tensor *t = &c->graph->tensors[tensor];

	if (t->elements && npuc_dtype(t->type) && npuc_tensor_bytes(t) <= VNPU_MAX_SLOT_BYTES)
		return 0;
	return npuc_fail(c->error, -EOPNOTSUPP,
			 "%s: model %s %u '%.80s' is %s of %u elements, which no memory slot takes",
			 c->model->name, what, number, t->name, npuc_type_name(t->type),
			 t->elements);
}

int npuc_check_model(struct npuc_compilation *c)
{
	const struct npuc_graph *g = c->graph;
	int err = check_ops(c);

	for (uint32_t i = 0; i < g->input_count && !err; i++)
		err = check_io(c, "input", i, g->inputs[i]);
	for (uint32_t i = 0; i < g->output_count && !err; i++)
		err = check_io(c, "output", i, g->outputs[i]);
	return err;
}

void npuc_compilation_free(struct npuc_compilation *c)
{
	free(c->folds);
	free(c->homes);
	free(c->records);
	free(c->scratch);
	free(c->layers);
	free(c->plan.temp_offset);
	npuc_bytes_free(&c->constants);
	npuc_bytes_free(&c->program);
}

int npuc_compile(struct npuc_model *model, const struct npuc_options *options, void **artefact,
		 size_t *size, struct npuc_error *error)
{
	struct npuc_compilation c = {
		.model = model,
		.graph = &model->graph,
		.personality = find_personality(model, options, error),
		.target = find_target(options),
		.disabled = options ? options->disabled : 0,
		.keep_all = options && options->keep_all,
		.constants.limit = constants_limit(model->size),
		.error = error,
	};
	struct npuc_bytes bytes = { 0 };
	int err;

	if (!c.personality)
		return -EINVAL;
	err = npuc_passes_run(&c);
	if (!err)
		err = npuc_artefact(&c, &bytes);
	npuc_compilation_free(&c);
	if (err)
		return err;
	*artefact = bytes.data;
	*size = bytes.size;
	return 0;
}
