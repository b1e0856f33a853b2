// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Where two arithmetics or two devices part on one model, layer by layer. */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "describe.h"
#include "device.h"
#include "input.h"
#include "model.h"
#include "options.h"
#include "report.h"
#include "source.h"
#include "table.h"
#include "term.h"

struct compare_args {
	struct source_args source;
	const char *device;
	const char *firmware;
	struct cli_list inputs;
	uint32_t threads;
	uint32_t seed;
	bool resize;
};

/**
 * struct side - one of the two runs
 * @personality: NULL for the default
 * @spec: argument of --device
 * @dev: where it runs
 * @model: what runs
 * @session: with inputs filled
 */
struct side {
	char *personality;
	char *spec;
	struct npu_device *dev;
	struct npu_model *model;
	struct npu_session *session;
};

/* Split "A,B" into both sides' fields; "A" alone is for both. */
static int split(const struct cli *cli, const char *option, const char *text, char **a, char **b)
{
	const char *comma = strchr(text, ',');

	if (comma && (comma == text || !comma[1] || strchr(comma + 1, ',')))
		return cli_error(cli, CLI_USAGE, option, "%s is neither A nor A,B", text);
	*a = comma ? strndup(text, (size_t)(comma - text)) : strdup(text);
	*b = strdup(comma ? comma + 1 : text);
	if (!*a || !*b)
		return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	return CLI_OK;
}

static int parse_sides(const struct cli *cli, const struct compare_args *args, struct side side[2])
{
	int rc = split(cli, "--device", args->device, &side[0].spec, &side[1].spec);

	if (!rc && args->source.personality)
		rc = split(cli, "--personality", args->source.personality, &side[0].personality,
			   &side[1].personality);
	if (rc)
		return rc;
	if (strcmp(side[0].spec, side[1].spec) ||
	    (args->source.personality && strcmp(side[0].personality, side[1].personality)))
		return CLI_OK;
	return cli_error(cli, CLI_USAGE, NULL,
			 "both sides are the same; give --personality A,B or --device A,B");
}

static int open_side(const struct cli *cli, const struct compare_args *args, struct side *side)
{
	struct npuc_options options = source_options(&args->source);
	const struct input_source source = {
		.files = &args->inputs,
		.seed = args->seed,
		.resize = args->resize,
	};
	struct npu_error error = { 0 };
	int rc = device_open(cli, side->spec, args->firmware, args->threads, &side->dev);

	if (rc)
		return rc;
	options.personality = side->personality;
	options.keep_all = true;
	options.personalities = npu_device_personalities(side->dev);
	options.target = npu_device_target(side->dev);
	rc = model_load(cli, cli->operands[0], &options, &side->model);
	if (rc)
		return rc;
	if (npu_session_create(side->dev, side->model, NULL, &side->session, &error))
		return device_error(cli, side->dev, &error);
	return input_fill(cli, &source, side->model, side->session);
}

static void close_side(struct side *side)
{
	npu_session_free(side->session);
	npu_model_free(side->model);
	npu_device_close(side->dev);
	free(side->personality);
	free(side->spec);
}

static void difference_cells(struct table *table, const struct lab_difference *d, bool measured)
{
	if (!measured) {
		for (int i = 0; i < 3; i++)
			table_cell(table, "-");
		return;
	}
	table_cell(table, "%" PRIu64, d->differing);
	table_cell(table, "%.6g", d->max_abs);
	table_cell(table, "%.4g", d->mean_abs);
}

static int print_layers(const struct lab_comparison *c)
{
	static const struct table_column columns[] = {
		{ .title = "layer", .right = true },
		{ .title = "type" },
		{ .title = "values", .right = true },
		{ .title = "local", .right = true },
		{ .title = "max |d|", .right = true },
		{ .title = "mean |d|", .right = true },
		{ .title = "accum.", .right = true },
		{ .title = "max |d|", .right = true },
		{ .title = "mean |d|", .right = true },
		{ .title = "output", .max_width = 48 },
		{ NULL },
	};
	struct table *table = table_new(columns);
	int rc;

	for (size_t i = 0; i < c->layer_count; i++) {
		const struct lab_layer *layer = &c->layers[i];

		table_cell(table, "%zu", i);
		table_cell(table, "%s", layer->info->type);
		if (layer->output)
			table_cell(table, "%" PRIu64, layer->accumulated.values);
		else
			table_cell(table, "-");
		difference_cells(table, &layer->local, layer->ran);
		difference_cells(table, &layer->accumulated, layer->output != NULL);
		table_cell(table, "%s", layer->info->name);
	}
	rc = table_print(table, stdout);
	table_free(table);
	return rc;
}

static void print_verdict(const struct lab_comparison *c)
{
	const struct lab_layer *first = &c->layers[c->first_local];

	putchar('\n');
	if (c->first_local == c->layer_count)
		puts("no layer makes anything else of equal inputs");
	else
		term_printf("first divergence: layer %zu, %s %s: on equal inputs %" PRIu64
			    " of %" PRIu64 " values differ, by %g at most; %zu layers differ so\n",
			    c->first_local, first->info->type, first->info->name,
			    first->local.differing, first->local.values, first->local.max_abs,
			    c->differing_layers);
	for (size_t i = 0; i < c->answer_count; i++) {
		const struct lab_answer *answer = &c->answers[i];
		const struct lab_difference *d = &answer->difference;

		term_printf("output %zu, %s: ", i, answer->tensor->name);
		if (!d->differing)
			puts("equal");
		else
			printf("%" PRIu64 " of %" PRIu64 " values differ, by %g at most\n",
			       d->differing, d->values, d->max_abs);
		if (!describe_is_scores(answer->tensor))
			continue;
		if (answer->top_a == answer->top_b)
			printf("  the answer stays: greatest value at index %zu\n", answer->top_a);
		else
			printf("  the answer changes: greatest value at index %zu in A, %zu in B\n",
			       answer->top_a, answer->top_b);
	}
}

static int print_text(const struct cli *cli, const struct side side[2],
		      const struct lab_comparison *c)
{
	term_printf("model        %s\n", npu_model_info(side[0].model)->name);
	for (int i = 0; i < 2; i++)
		term_printf("%c            %s on %s\n", 'A' + i,
			    npu_model_info(side[i].model)->personality,
			    npu_device_info(side[i].dev)->name);
	puts("local        values that differ when B's layer gets A's inputs\n"
	     "accum.       values that differ in B's own run\n"
	     "|d|          |B - A| in codes of quantised tensors, in values of float ones\n");
	if (print_layers(c))
		return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
	print_verdict(c);
	return c->equal ? CLI_OK : CLI_NO;
}

static json_t *difference_report(const struct lab_difference *d)
{
	json_t *first = d->differing ? json_integer((json_int_t)d->first) : json_null();

	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o}", "values", (json_int_t)d->values,
			 "differing", (json_int_t)d->differing, "first_index", first, "max_abs",
			 report_real(d->max_abs), "mean_abs", report_real(d->mean_abs), "mean",
			 report_real(d->mean));
}

static json_t *layers_report(const struct lab_comparison *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->layer_count; i++) {
		const struct lab_layer *layer = &c->layers[i];
		json_t *object = describe_layer_json(layer->info);

		json_object_set_new(object, "local",
				    layer->ran ? difference_report(&layer->local) : json_null());
		json_object_set_new(object, "accumulated",
				    layer->output ? difference_report(&layer->accumulated) :
						    json_null());
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *answers_report(const struct lab_comparison *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->answer_count; i++) {
		const struct lab_answer *answer = &c->answers[i];
		json_t *object = describe_tensor_json(answer->tensor);

		json_object_set_new(object, "difference", difference_report(&answer->difference));
		if (describe_is_scores(answer->tensor)) {
			json_object_set_new(object, "argmax_a",
					    json_integer((json_int_t)answer->top_a));
			json_object_set_new(object, "argmax_b",
					    json_integer((json_int_t)answer->top_b));
		}
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *layer_index(const struct lab_comparison *c, size_t layer)
{
	return layer < c->layer_count ? json_integer((json_int_t)layer) : json_null();
}

static int print_json(const struct cli *cli, const struct side side[2],
		      const struct lab_comparison *c)
{
	static const char *const names[] = { "a", "b" };
	json_t *report = report_new("npu-compare");

	json_object_set_new(report, "model", report_string(cli->operands[0]));
	for (int i = 0; i < 2; i++)
		json_object_set_new(report, names[i],
				    json_pack("{s:s, s:o}", "personality",
					      npu_model_info(side[i].model)->personality, "device",
					      device_report(side[i].dev)));
	json_object_set_new(report, "equal", json_boolean(c->equal));
	json_object_set_new(report, "first_local", layer_index(c, c->first_local));
	json_object_set_new(report, "first_accumulated", layer_index(c, c->first_accumulated));
	json_object_set_new(report, "differing_layers",
			    json_integer((json_int_t)c->differing_layers));
	json_object_set_new(report, "layers", layers_report(c));
	json_object_set_new(report, "outputs", answers_report(c));
	return report_print(cli, report, c->equal ? CLI_OK : CLI_NO);
}

/** struct progress - what the laboratory's callback needs */
struct progress {
	const struct cli *cli;
	size_t layers;
};

static void show_progress(void *arg, size_t layer)
{
	const struct progress *p = arg;

	term_progress(p->cli, "layer", layer + 1, p->layers);
}

static int compare_sides(const struct cli *cli, const struct side side[2])
{
	const struct lab_side a = { .model = side[0].model, .session = side[0].session };
	const struct lab_side b = { .model = side[1].model, .session = side[1].session };
	struct progress progress = {
		.cli = cli,
		.layers = npu_model_info(side[0].model)->layer_count,
	};
	struct lab_comparison c;
	struct npu_error error = { 0 };
	int rc = lab_compare(&a, &b, show_progress, &progress, &c, &error);

	if (rc)
		return cli_error(cli, CLI_DEVICE, NULL, "%s", error.text);
	rc = cli->json ? print_json(cli, side, &c) : print_text(cli, side, &c);
	lab_comparison_free(&c);
	return rc;
}

static int compare_run(const struct cli *cli, const void *args_)
{
	const struct compare_args *args = args_;
	struct side side[2] = { 0 };
	int rc = parse_sides(cli, args, side);

	for (int i = 0; !rc && i < 2; i++)
		rc = open_side(cli, args, &side[i]);
	if (!rc)
		device_note_threads(cli, side[0].dev, args->threads);
	if (!rc && strcmp(side[0].spec, side[1].spec))
		device_note_threads(cli, side[1].dev, args->threads);
	if (!rc)
		rc = compare_sides(cli, side);
	for (int i = 0; i < 2; i++)
		close_side(&side[i]);
	return rc;
}

static const struct cli_option options[] = {
	{ .name = "personality",
	  .letter = 'p',
	  .type = CLI_STRING,
	  .offset = offsetof(struct compare_args, source.personality),
	  .arg = "A,B",
	  .help = "the arithmetics to compare, or the one of both" },
	{ .name = "device",
	  .letter = 'd',
	  .type = CLI_STRING,
	  .offset = offsetof(struct compare_args, device),
	  .arg = "A,B",
	  .help = "the devices to compare, or the one of both",
	  .value = "auto" },
	OPTION_FIRMWARE(compare_args, firmware),
	OPTIONS_SCOPE(compare_args, source),
	OPTION_INPUTS(compare_args, inputs),
	OPTION_RESIZE(compare_args, resize),
	OPTION_SEED(compare_args, seed),
	OPTION_THREADS(compare_args, threads),
	CLI_END,
};

const struct cli_command cmd_compare = {
	.name = "compare",
	.operands = "MODEL",
	.summary = "Show layer by layer where two arithmetics or devices differ on a model.",
	.notes =
		"Local is what a layer of B makes of the inputs that A had: the difference it "
		"causes itself. Accumulated is B's own run against A's. Differences are in codes "
		"of quantised tensors and in values of float ones.\n"
		"Exit code 0 when all values of all layers are equal, 1 when some differ.\n" INPUT_NOTES,
	.min_operands = 1,
	.max_operands = 1,
	.options = options,
	.args_size = sizeof(struct compare_args),
	.run = compare_run,
};
