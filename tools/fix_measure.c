// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "fix_measure.h"

#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "term.h"

/**
 * struct run - a model that has run
 * @source: read from a file in memory, NULL for the one that the user gave
 * @model: compiled to keep all tensors
 * @session: its memory
 */
struct run {
	struct npuc_model *source;
	struct npu_model *model;
	struct npu_session *session;
};

/**
 * struct measuring - what all runs share
 * @cli: the command line
 * @args: inputs
 * @dev: sim with the target's arithmetics, but without its limits
 * @options: how to compile for that
 */
struct measuring {
	const struct cli *cli;
	const struct fix_args *args;
	struct npu_device *dev;
	struct npuc_options options;
};

bool fix_accepts(void *args, const char *rewrite)
{
	const struct cli_list *without = ((const struct fix_args *)args)->without;

	for (size_t i = 0; i < without->count; i++)
		if (!strcmp(without->items[i], rewrite))
			return false;
	return true;
}

/* Sim with the image that the target would be, had it no limits. */
static int open_sim(struct measuring *m, const struct npuc_options *options)
{
	struct npu_device_options device = { .firmware_name = "target" };
	struct firmware *fw = firmware_new();
	struct npu_error error = { 0 };
	void *image = NULL;
	int rc = CLI_OK;

	if (fw && options->personalities)
		fw->set = *options->personalities;
	if (fw)
		image = firmware_image(fw, &device.firmware_size);
	device.firmware = image;
	if (!image)
		rc = cli_error(m->cli, CLI_DEVICE, NULL, "out of memory");
	else if (npu_device_open("sim", &device, &m->dev, &error))
		rc = cli_error(m->cli, CLI_DEVICE, NULL, "%s", error.text);
	firmware_free(fw);
	free(image);
	if (rc)
		return rc;
	m->options = (struct npuc_options){
		.personality = options->personality,
		.personalities = npu_device_personalities(m->dev),
		.target = npu_device_target(m->dev),
		.keep_all = true,
	};
	return CLI_OK;
}

static void run_free(struct run *run)
{
	npu_session_free(run->session);
	npu_model_free(run->model);
	npuc_model_free(run->source);
}

static int run_compiled(struct measuring *m, struct npuc_model *source, struct run *run)
{
	struct npuc_error why = { 0 };
	struct npu_error error = { 0 };
	void *artefact = NULL;
	size_t size;
	int rc = CLI_OK;

	if (npuc_compile(source, &m->options, &artefact, &size, &why))
		return cli_error(m->cli, CLI_NO, NULL, "%s", why.text);
	if (npu_model_load("model", artefact, size, &run->model, &error) ||
	    npu_session_create(m->dev, run->model, NULL, &run->session, &error))
		rc = cli_error(m->cli, CLI_DEVICE, NULL, "%s", error.text);
	free(artefact);
	if (!rc)
		rc = input_fill(m->cli, &m->args->inputs, run->model, run->session);
	if (!rc && npu_session_run(run->session, &error))
		rc = device_error(m->cli, m->dev, &error);
	return rc;
}

static int run_file(struct measuring *m, const void *file, size_t size, struct run *run)
{
	struct npuc_error why = { 0 };

	if (npuc_model_read("rewritten model", file, size, &run->source, &why))
		return cli_error(m->cli, CLI_DEVICE, NULL, "%s", why.text);
	return run_compiled(m, run->source, run);
}

static struct lab_values values_of(const struct run *run, const struct npu_tensor_info *tensor)
{
	struct lab_values values = {
		.dtype = tensor->dtype,
		.count = tensor->bytes / lab_element_size(tensor->dtype),
		.scale = tensor->scale,
		.zero_point = tensor->zero_point,
	};
	void *data = NULL;

	npu_session_tensor(run->session, tensor->id, &data, NULL);
	values.data = data;
	return values;
}

static const struct npu_tensor_info *tensor_from(const struct run *run, uint32_t source)
{
	const struct npu_tensor_info *tensor;

	for (size_t id = 0; (tensor = npu_model_tensor(run->model, id)); id++)
		if (tensor->source == source)
			return tensor;
	return NULL;
}

static struct lab_difference difference(const struct run *a, const struct npu_tensor_info *in_a,
					const struct run *b, const struct npu_tensor_info *in_b)
{
	struct lab_values va, vb;

	if (!in_a || !in_b)
		return (struct lab_difference){ 0 };
	va = values_of(a, in_a);
	vb = values_of(b, in_b);
	if (va.count != vb.count)
		return (struct lab_difference){ 0 };
	return lab_difference(&va, &vb);
}

static struct lab_difference all_outputs(const struct run *a, const struct run *b)
{
	struct lab_difference sum = { 0 };
	const struct npu_tensor_info *out;

	for (size_t i = 0; (out = npu_model_output(a->model, i)); i++) {
		struct lab_difference d = difference(a, out, b, npu_model_output(b->model, i));

		sum.values += d.values;
		sum.differing += d.differing;
		sum.max_abs = d.max_abs > sum.max_abs ? d.max_abs : sum.max_abs;
		sum.mean_abs += d.mean_abs * (double)d.values;
	}
	if (sum.values)
		sum.mean_abs /= (double)sum.values;
	return sum;
}

/* The model with the rewrites of one op only. */
static int measure_op(struct measuring *m, const struct model_source *source,
		      const struct npuc_options *options, const struct run *before,
		      const struct npuc_fix_entry *fix, struct fix_effect *effect)
{
	const struct npuc_fix_options only = {
		.op = fix->op,
		.accepts = fix_accepts,
		.arg = (void *)(uintptr_t)m->args,
	};
	struct npuc_error why = { 0 };
	struct npuc_fixes fixes;
	struct run after = { 0 };
	void *file;
	size_t size;
	int rc;

	if (npuc_fix(source->model, options, &only, &fixes, &file, &size, &why))
		return cli_error(m->cli, CLI_DEVICE, NULL, "%s", why.text);
	rc = run_file(m, file, size, &after);
	if (!rc) {
		effect->local = difference(before, tensor_from(before, fix->tensor), &after,
					   tensor_from(&after, fix->tensor));
		effect->outputs = all_outputs(before, &after);
	}
	run_free(&after);
	npuc_fixes_free(&fixes);
	free(file);
	return rc;
}

static int measure_all(struct measuring *m, const struct run *before, const void *file, size_t size,
		       struct fix_effect *effect)
{
	struct run after = { 0 };
	int rc = run_file(m, file, size, &after);

	if (!rc)
		effect->outputs = all_outputs(before, &after);
	run_free(&after);
	return rc;
}

/* An op that was rewritten twice has been measured already. */
static const struct fix_effect *measured(const struct npuc_fixes *fixes, size_t i,
					 const struct fix_effect *effects)
{
	for (size_t k = 0; k < i; k++)
		if (fixes->list[k].op == fixes->list[i].op)
			return &effects[k];
	return NULL;
}

int fix_measure(const struct cli *cli, const struct fix_args *args,
		const struct model_source *source, const struct npuc_options *options,
		const struct npuc_fixes *fixes, const void *file, size_t size,
		struct fix_effect *effects)
{
	struct measuring m = { .cli = cli, .args = args };
	struct run before = { 0 };
	int rc = open_sim(&m, options);

	if (rc)
		return rc;
	rc = run_compiled(&m, source->model, &before);
	for (size_t i = 0; i < fixes->count && !rc; i++) {
		const struct fix_effect *same = measured(fixes, i, effects);

		term_progress(cli, "rewrite", i + 1, fixes->count);
		if (same)
			effects[i] = *same;
		else
			rc = measure_op(&m, source, options, &before, &fixes->list[i], &effects[i]);
	}
	if (!rc)
		rc = measure_all(&m, &before, file, size, &effects[fixes->count]);
	run_free(&before);
	npu_device_close(m.dev);
	return rc;
}
