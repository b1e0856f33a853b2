// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "effect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "term.h"
#include "values.h"

/* Of ratios without noise: what users see is "exact". */
#define EXACT INFINITY

/** struct numbers - all outputs of one run, one after the other */
struct numbers {
	double *at;
	size_t count;
};

/**
 * struct measuring - figures of one model
 * @cli: the command line
 * @source: the model
 * @inputs: files for its inputs; none: a pattern
 * @options: as it was compiled
 * @reference: its outputs in float32
 * @before: ratio without any of the steps
 * @rc: &enum cli_exit of filling the inputs
 */
struct measuring {
	const struct cli *cli;
	const struct model_source *source;
	const struct cli_list *inputs;
	const struct npuc_options *options;
	struct numbers reference;
	double before;
	int rc;
};

static bool append(struct numbers *n, const struct npu_tensor_info *t, const void *data)
{
	const struct lab_values values = {
		.dtype = t->dtype,
		.count = t->bytes / lab_element_size(t->dtype),
		.data = data,
		.scale = t->scale,
		.zero_point = t->zero_point,
	};
	double *at = realloc(n->at, (n->count + values.count) * sizeof(*at));

	if (!at)
		return false;
	n->at = at;
	for (size_t i = 0; i < values.count; i++)
		at[n->count++] = lab_value(&values, i);
	return true;
}

static bool run(struct measuring *m, struct npu_device *dev, const struct npu_model *model,
		struct numbers *n)
{
	const struct input_source source = { .files = m->inputs, .seed = 1 };
	struct npu_error error = { 0 };
	struct npu_session *session;
	bool done;

	if (npu_session_create(dev, model, NULL, &session, &error))
		return false;
	m->rc = input_fill(m->cli, &source, model, session);
	done = !m->rc && !npu_session_run(session, &error);
	for (uint32_t i = 0; done && i < npu_model_info(model)->output_count; i++)
		done = append(n, npu_model_output(model, i), npu_session_output(session, i));
	npu_session_free(session);
	return done;
}

/* The outputs of the model compiled so; false when it cannot be compiled or run so. */
static bool outputs(struct measuring *m, const struct npuc_options *options, struct numbers *n)
{
	const struct npu_device_options one = { 0 };
	struct npuc_error why = { 0 };
	struct npu_error error = { 0 };
	struct npu_device *dev = NULL;
	struct npu_model *model = NULL;
	void *artefact = NULL;
	size_t size;
	bool done;

	done = !npuc_compile(m->source->model, options, &artefact, &size, &why) &&
	       !npu_model_load("effect", artefact, size, &model, &error) &&
	       !npu_device_open("sim", &one, &dev, &error) && run(m, dev, model, n);
	if (dev)
		npu_device_close(dev);
	if (model)
		npu_model_free(model);
	free(artefact);
	return done;
}

/* 10 log10 of signal over noise, in dB. */
static double ratio(const struct numbers *reference, const struct numbers *n)
{
	double signal = 0, noise = 0;

	for (size_t i = 0; i < n->count && i < reference->count; i++) {
		double d = n->at[i] - reference->at[i];

		signal += reference->at[i] * reference->at[i];
		noise += d * d;
	}
	return noise > 0 ? 10 * log10(signal / noise) : EXACT;
}

static const char *decibel(double value, char text[24])
{
	if (isinf(value))
		return "exact";
	snprintf(text, 24, "%.2f dB", value);
	return text;
}

static bool measure(struct measuring *m, const struct npuc_config *config, double *value)
{
	struct npuc_options options = *m->options;
	struct numbers n = { 0 };
	bool done;

	options.config = config;
	options.answers = NULL;
	options.dump = NULL;
	done = outputs(m, &options, &n) && n.count == m->reference.count;
	if (done)
		*value = ratio(&m->reference, &n);
	free(n.at);
	return done;
}

/* The whole model in float32, by the default personality. */
static bool find_reference(struct measuring *m, struct npuc_config config)
{
	static const char *const all[] = { NPUC_DEFAULT_NAME };
	const struct npuc_layer_config real = {
		.start_tensor_names = { all, 1 },
		.end_tensor_names = { all, 1 },
		.data_type = NPUC_LAYER_FP32,
	};
	const struct npuc_options options = { .config = &config };

	config.layer_configs = &real;
	config.layer_config_count = 1;
	return outputs(m, &options, &m->reference);
}

static void step(struct measuring *m, struct knobs *knobs, struct npuc_config config,
		 const char *key)
{
	char with[24], without[24];
	double value;

	for (size_t i = 0; i < knobs->answers.count; i++) {
		struct npuc_answer *a = &knobs->answers.at[i];
		size_t length = strlen(a->text);

		if (strcmp(a->key, key) || a->applied != NPUC_APPLIED ||
		    !measure(m, &config, &value))
			continue;
		snprintf(a->text + length, sizeof(a->text) - length,
			 "; outputs against float32: %s, without it %s", decibel(value, with),
			 decibel(m->before, without));
	}
}

int effect_measure(const struct cli *cli, const struct model_source *source,
		   const struct npuc_options *options, const struct cli_list *inputs,
		   struct knobs *knobs)
{
	struct measuring m = {
		.cli = cli,
		.source = source,
		.inputs = inputs,
		.options = options,
	};
	struct npuc_config config = knobs->config;

	if (!config.relax_fp32 && !config.opt_accuracy)
		return CLI_OK;
	config.relax_fp32 = config.opt_accuracy = false;
	if (find_reference(&m, config) && measure(&m, &config, &m.before)) {
		config.relax_fp32 = knobs->config.relax_fp32;
		step(&m, knobs, config, "relax_fp32");
		config.opt_accuracy = knobs->config.opt_accuracy;
		config.accuracy_steps = NPUC_ACCURACY_REAL;
		config.relax_fp32 = false;
		step(&m, knobs, config, "opt_accuracy.int16");
		/* The other steps are of floating point, be it that of the first. */
		config.relax_fp32 = knobs->config.relax_fp32;
		if (measure(&m, &config, &m.before)) {
			config.accuracy_steps = NPUC_ACCURACY_REAL | NPUC_ACCURACY_BIAS;
			step(&m, knobs, config, "opt_accuracy.bias");
			config.accuracy_steps = NPUC_ACCURACY_REAL | NPUC_ACCURACY_POOL;
			step(&m, knobs, config, "opt_accuracy.pool");
		}
	}
	free(m.reference.at);
	if (m.rc)
		return m.rc;
	for (size_t i = 0; i < knobs->answers.count && !cli->json && !knobs->args->show; i++) {
		const struct npuc_answer *a = &knobs->answers.at[i];

		if (!strcmp(a->key, "relax_fp32") || !strncmp(a->key, "opt_accuracy.", 13))
			term_printf("%s: %s: %s\n", a->key,
				    a->applied == NPUC_APPLIED ? "applied" : "not applied",
				    a->text);
	}
	return CLI_OK;
}
