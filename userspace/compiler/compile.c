// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The public face: checking and compiling models. */
#include "compile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapt.h"
#include "constraints.h"
#include "dump.h"
#include "error.h"
#include "partition.h"
#include "passes.h"
#include "rewrite.h"

int npuc_no_memory(const struct npuc_compilation *c)
{
	return npuc_fail(c->error, -ENOMEM, "%s: out of memory", c->model->name);
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

/* Names are copied behind the verdicts, as those of added ops live no longer than the graph. */
static struct npuc_verdict *make_verdicts(const struct npuc_graph *g)
{
	struct npuc_verdict *list;
	size_t bytes = 1;
	char *names;

	for (uint32_t i = 0; i < g->op_count; i++)
		bytes += strlen(npuc_output(g, &g->ops[i])->name) + 1;
	list = calloc(1, g->op_count * sizeof(*list) + bytes);
	if (!list)
		return NULL;
	names = (char *)(list + g->op_count);
	for (uint32_t i = 0; i < g->op_count; i++) {
		list[i].op = g->ops[i].number;
		list[i].type = g->ops[i].type;
		list[i].partition = NPUC_NO_PARTITION;
		list[i].name = strcpy(names, npuc_output(g, &g->ops[i])->name);
		names += strlen(names) + 1;
	}
	return list;
}

static int ask(const struct npuc_graph *g, const struct npuc_capabilities *can,
	       const struct npuc_options *options, struct npuc_verdict *list)
{
	int refused = 0;

	for (uint32_t i = 0; i < g->op_count; i++) {
		struct npuc_verdict *v = &list[i];
		const struct npuc_rewrite_info *rewrite;
		struct npuc_refusal why;

		v->placement = npuc_place_of(g, can, options, i, &why);
		if (v->placement == NPUC_ON_NPU)
			continue;
		snprintf(v->reason, sizeof(v->reason), "%s", why.reason);
		snprintf(v->advice, sizeof(v->advice), "%s", why.advice);
		v->sentence = why.sentence;
		rewrite = why.constraint == NPUC_NONE ?
				  NULL :
				  npuc_rewrite_for(g->ops[i].builtin, why.constraint);
		v->rewrite = rewrite ? rewrite->name : NULL;
		refused += v->placement == NPUC_NOWHERE;
	}
	return refused;
}

struct npuc_adapt npuc_adaptation(const struct npuc_model *model,
				  const struct npuc_options *options,
				  const struct npuc_capabilities *can, struct npuc_error *error)
{
	return (struct npuc_adapt){
		.model = model,
		.config = options ? options->config : NULL,
		.can = *can,
		.answers = options ? options->answers : NULL,
		.error = error,
	};
}

static uint64_t l1_bytes(const struct npuc_options *options)
{
	if (options && options->config && options->config->l1_size_kb)
		return (uint64_t)options->config->l1_size_kb << 10;
	return options ? options->l1_bytes : 0;
}

struct npuc_compilation npuc_compilation_of(const struct npuc_model *model,
					    const struct npuc_options *options,
					    const struct npuc_capabilities *can,
					    struct npuc_error *error)
{
	const struct npuc_config *config = options ? options->config : NULL;

	return (struct npuc_compilation){
		.model = model,
		.personality = can->personality,
		.target = can->target,
		.options = options,
		.disabled = options ? options->disabled : 0,
		.l1_bytes = l1_bytes(options),
		.keep_all = (options && options->keep_all) || (config && config->keep_all),
		.debug_info = config && config->gen_debug_info,
		.constants.limit = npuc_constants_limit(model->bytes),
		.error = error,
	};
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
	int err = npuc_assign(c);

	for (uint32_t i = 0; i < g->input_count && !err; i++)
		err = check_io(c, "input", i, g->inputs[i]);
	for (uint32_t i = 0; i < g->output_count && !err; i++)
		err = check_io(c, "output", i, g->outputs[i]);
	return err;
}

void npuc_compilation_free(struct npuc_compilation *c)
{
	free(c->places);
	free(c->order);
	free(c->host_ops);
	free(c->segments);
	free(c->folds);
	free(c->homes);
	free(c->records);
	free(c->scratch);
	free(c->layers);
	free(c->plan.temp_offset);
	free(c->plan.areas);
	free(c->plan.on_chip);
	npuc_graph_free(&c->fused);
	npuc_graph_free(&c->sunk);
	npuc_bytes_free(&c->constants);
	npuc_bytes_free(&c->program);
}

static bool named(const struct npuc_config *config, const char *pass)
{
	for (size_t i = 0; i < config->disable_pass.count; i++)
		if (!strcmp(config->disable_pass.at[i], pass))
			return true;
	return false;
}

static int check_pass_names(const struct npuc_compilation *c, const struct npuc_config *config)
{
	for (size_t i = 0; i < config->disable_pass.count; i++) {
		const char *name = config->disable_pass.at[i];
		const struct npuc_pass_info *pass;
		uint32_t k = 0;

		while ((pass = npuc_pass_at(k)) && strcmp(name, pass->name))
			k++;
		if (pass && pass->level)
			continue;
		if (c->error)
			snprintf(c->error->key, sizeof(c->error->key), "disable_pass");
		return npuc_fail(c->error, -EINVAL, "%s: disable_pass: %s '%.40s'", c->model->name,
				 pass ? "nothing works without" : "there is no pass", name);
	}
	return 0;
}

/* keep_all leaves out what makes tensors disappear, whatever else is asked for. */
static void answer_pass(const struct npuc_compilation *c, uint32_t i, const char *name,
			bool off_already)
{
	struct npuc_answers *answers = c->options->answers;
	bool kept = c->keep_all && !npuc_pass_counts(i);

	if (off_already || kept)
		npuc_answer(answers, "disable_pass", NPUC_NOT_APPLIED,
			    "%s is left out already, by %s", name, kept ? "keep_all" : "opt_level");
	else
		npuc_answer(answers, "disable_pass", NPUC_APPLIED, "%s is left out", name);
}

static int choose_passes(struct npuc_compilation *c)
{
	const struct npuc_config *config = c->options ? c->options->config : NULL;
	const struct npuc_pass_info *pass;
	uint32_t runs = 0, count = 0;
	int err;

	if (!config)
		return 0;
	err = check_pass_names(c, config);
	if (err)
		return err;
	for (uint32_t i = 0; (pass = npuc_pass_at(i)); i++) {
		bool off = pass->level > config->opt_level;

		if (!pass->level)
			continue;
		if (named(config, pass->name))
			answer_pass(c, i, pass->name, off);
		if (off || named(config, pass->name))
			c->disabled |= UINT64_C(1) << i;
		runs += npuc_pass_on(c, i);
		count++;
	}
	npuc_answer(c->options->answers, "opt_level", c->keep_all ? NPUC_NOT_APPLIED : NPUC_APPLIED,
		    c->keep_all ? "keep_all leaves out all that could be chosen" :
				  "%u of %u optional passes run",
		    runs, count);
	if (config->gen_debug_info)
		npuc_answer(c->options->answers, "gen_debug_info", NPUC_APPLIED,
			    "section DEBUG is written");
	if (config->keep_all)
		npuc_answer(c->options->answers, "keep_all", NPUC_APPLIED,
			    "every tensor can be read back");
	return 0;
}

/* The model as it was read, then as each step of the configuration left it. */
static int dump_adaptation(struct npuc_compilation *c, const struct npuc_adapt *r)
{
	int err = npuc_dump(c, &c->model->graph, c->dumped++, "read");

	for (uint32_t i = 0; i < r->count && !err; i++)
		err = npuc_dump(c, &r->graphs[i], c->dumped++, r->names[i]);
	return err;
}

static int check_l1(const struct npuc_compilation *c)
{
	if (c->l1_bytes <= c->target->l1_bytes)
		return 0;
	return npuc_fail(c->error, -EINVAL,
			 "%s: %llu bytes of on-chip memory wanted, target %s has %u",
			 c->model->name, (unsigned long long)c->l1_bytes, c->target->name,
			 c->target->l1_bytes);
}

int npuc_prepare(struct npuc_compilation *c)
{
	int err = choose_passes(c);

	return err ? err : check_l1(c);
}

static void answer_l1(const struct npuc_compilation *c)
{
	const struct npuc_config *config = c->options ? c->options->config : NULL;

	if (!config || !config->l1_size_kb)
		return;
	if (c->keep_all)
		npuc_answer(c->options->answers, "l1_size_kb", NPUC_NOT_APPLIED,
			    "keep_all has every tensor in memory");
	else if (c->l1_bytes < l1_bytes(c->options))
		npuc_answer(c->options->answers, "l1_size_kb", NPUC_NOT_APPLIED,
			    "what the CPU computes with has to lie in memory");
	else
		npuc_answer(c->options->answers, "l1_size_kb", NPUC_APPLIED, "%llu bytes are used",
			    (unsigned long long)c->plan.l1_bytes);
}

/* Up to the first pass. */
static int begin(struct npuc_compilation *c, struct npuc_adapt *r)
{
	int err = npuc_prepare(c);

	if (!err)
		err = npuc_adapt(r);
	c->graph = npuc_adapted(r);
	return err;
}

/* What only a look at the whole model can tell. */
static void fill_partitions(const struct npuc_compilation *c, struct npuc_verdict *list)
{
	static const char sentence[] = "Partitions must be as few and as large as asked for";

	for (uint32_t i = 0; i < c->layer_count; i++) {
		const struct npuc_layer *l = &c->layers[i];
		struct npuc_verdict *v;

		if (l->op == NPUC_NONE)
			continue;
		v = &list[l->op];
		v->partition = l->partition;
		if (v->placement != NPUC_ON_NPU || l->place == NPU_FILE_DEVICE || !l->count)
			continue;
		v->placement = NPUC_ON_CPU;
		v->sentence = sizeof(sentence) - 1;
		snprintf(v->reason, sizeof(v->reason), "%s: it is in too small a one", sentence);
	}
}

/* Compiles to see which partition each op is in; no matter when something else is in the way. */
static void find_partitions(const struct npuc_adapt *r, const struct npuc_options *options,
			    struct npuc_verdict *list)
{
	struct npuc_options quiet = options ? *options : (struct npuc_options){ 0 };
	struct npuc_compilation c;

	quiet.answers = NULL;
	quiet.dump = NULL;
	c = npuc_compilation_of(r->model, &quiet, &r->can, NULL);
	c.graph = npuc_adapted(r);
	/* The verdicts are about the ops that the model has. */
	if (choose_passes(&c) == 0) {
		c.disabled |= UINT64_C(1) << NPUC_PASS_FUSE_NORM |
			      UINT64_C(1) << NPUC_PASS_TRANSPOSE_SINK;
		if (!npuc_passes_run(&c))
			fill_partitions(&c, list);
	}
	npuc_compilation_free(&c);
}

int npuc_check(const struct npuc_model *model, const struct npuc_options *options,
	       struct npuc_verdict **verdicts, size_t *count, struct npuc_error *error)
{
	struct npuc_capabilities can;
	const struct npuc_graph *g;
	struct npuc_adapt r;
	int err;

	if (npuc_capabilities(model, options, &can, error))
		return -EINVAL;
	r = npuc_adaptation(model, options, &can, error);
	err = npuc_adapt(&r);
	g = npuc_adapted(&r);
	if (!err)
		err = npuc_partition_options(model->name, g, options, error);
	if (!err) {
		*verdicts = make_verdicts(g);
		*count = g->op_count;
		err = *verdicts ? ask(g, &can, options, *verdicts) :
				  npuc_fail(error, -ENOMEM, "%s: out of memory", model->name);
		if (!err)
			find_partitions(&r, options, *verdicts);
	}
	npuc_adapt_free(&r);
	return err;
}

int npuc_compile(struct npuc_model *model, const struct npuc_options *options, void **artefact,
		 size_t *size, struct npuc_error *error)
{
	struct npuc_capabilities can;
	struct npuc_compilation c;
	struct npuc_adapt r;
	struct npuc_bytes bytes = { 0 };
	int err;

	if (npuc_capabilities(model, options, &can, error))
		return -EINVAL;
	c = npuc_compilation_of(model, options, &can, error);
	r = npuc_adaptation(model, options, &can, error);
	err = begin(&c, &r);
	if (!err)
		err = dump_adaptation(&c, &r);
	if (!err)
		err = npuc_passes_run(&c);
	if (!err)
		answer_l1(&c);
	if (!err)
		err = npuc_artefact(&c, &bytes);
	npuc_compilation_free(&c);
	npuc_adapt_free(&r);
	if (err)
		return err;
	*artefact = bytes.data;
	*size = bytes.size;
	return 0;
}

int npuc_transposes(struct npuc_model *model, const struct npuc_options *options,
		    struct npuc_transpose **list, size_t *count, struct npuc_error *error)
{
	struct npuc_options quiet = options ? *options : (struct npuc_options){ 0 };
	struct npuc_capabilities can;
	struct npuc_compilation c;
	struct npuc_error refusal;
	struct npuc_adapt r;
	bool fits;
	int err;

	*list = NULL;
	*count = 0;
	/* What becomes of the knobs is told by who compiles. */
	quiet.answers = NULL;
	if (npuc_capabilities(model, &quiet, &can, error))
		return -EINVAL;
	c = npuc_compilation_of(model, &quiet, &can, error);
	r = npuc_adaptation(model, &quiet, &can, error);
	err = begin(&c, &r);
	c.error = &refusal;
	fits = !err && !npuc_check_model(&c);
	c.error = error;
	if (fits && npuc_pass_on(&c, NPUC_PASS_TRANSPOSE_SINK))
		err = npuc_transpose_sink(&c);
	if (!err)
		err = npuc_list_transposes(&c, list, count);
	npuc_compilation_free(&c);
	npuc_adapt_free(&r);
	return err;
}
