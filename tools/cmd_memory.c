// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Which memory a model needs when. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "model.h"
#include "options.h"
#include "report.h"
#include "source.h"
#include "table.h"
#include "target.h"
#include "term.h"
#include "vnpu_program.h"

/* Characters of the longest bar. */
#define BAR 40

struct memory_args {
	struct source_args source;
	const char *target;
	const char *firmware;
	const char *device;
	const char *svg;
};

static uint64_t total(const struct memory_layer *layer)
{
	return layer->temp + layer->l1;
}

static int print_timeline(const struct npu_model *model, const struct memory_layer *layers)
{
	static const char bar[BAR + 1] = "########################################";
	static const struct table_column columns[] = {
		{ .title = "op", .right = true },
		{ .title = "type" },
		{ .title = "temporary", .right = true },
		{ .title = "L1", .right = true },
		{ .title = "alive" },
		{ .title = "name", .max_width = 40 },
		{ NULL },
	};
	struct table *table = table_new(columns);
	const struct npu_layer_info *layer;
	uint64_t most = 1;
	int rc;

	for (size_t i = 0; npu_model_layer(model, i); i++)
		most = total(&layers[i]) > most ? total(&layers[i]) : most;
	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++) {
		if (!layer->op_count)
			continue;
		table_cell(table, "%zu", i);
		table_cell(table, "%s", layer->type);
		table_cell(table, "%" PRIu64, layers[i].temp);
		table_cell(table, "%" PRIu64, layers[i].l1);
		table_cell(table, "%.*s", (int)(total(&layers[i]) * BAR / most), bar);
		table_cell(table, "%s", layer->name);
	}
	putchar('\n');
	rc = table_print(table, stdout);
	table_free(table);
	return rc;
}

static json_t *layers_report(const struct npu_model *model, const struct memory_layer *layers)
{
	const struct npu_layer_info *layer;
	json_t *array = json_array();

	for (size_t i = 0; (layer = npu_model_layer(model, i)); i++)
		json_array_append_new(array,
				      json_pack("{s:I, s:o, s:o, s:I, s:I}", "layer", (json_int_t)i,
						"type", report_string(layer->type), "name",
						report_string(layer->name), "temporary_bytes",
						(json_int_t)layers[i].temp, "l1_bytes",
						(json_int_t)layers[i].l1));
	return array;
}

static json_t *areas_report(const struct npu_model *model)
{
	const struct npu_area_info *area;
	json_t *array = json_array();

	for (size_t i = 0; (area = npu_model_area(model, i)); i++)
		json_array_append_new(
			array,
			json_pack("{s:o, s:s, s:I, s:I, s:I, s:I}", "name",
				  report_string(area->name), "memory",
				  memory_slot_kind(model, area->slot) == VNPU_SLOT_L1 ? "l1" :
											"temporary",
				  "offset", (json_int_t)area->offset, "bytes",
				  (json_int_t)area->bytes, "first_op", (json_int_t)area->first_op,
				  "last_op", (json_int_t)area->last_op));
	return array;
}

static int write_svg(const struct cli *cli, const char *path, const struct npu_model *model)
{
	FILE *stream = fopen(path, "we");

	if (!stream)
		return cli_error(cli, CLI_INPUT, path, "cannot be created: %s", strerror(errno));
	memory_svg(model, stream);
	if (fclose(stream))
		return cli_error(cli, CLI_INPUT, path, "cannot be written: %s", strerror(errno));
	return CLI_OK;
}

static int show(const struct cli *cli, const struct memory_args *args,
		const struct npu_model *model, const struct memory_layer *layers)
{
	const struct npu_model_info *info = npu_model_info(model);
	json_t *report;
	int rc = args->svg ? write_svg(cli, args->svg, model) : CLI_OK;

	if (rc)
		return rc;
	if (!cli->json) {
		term_printf("model        %s, personality %s\n\n", info->name, info->personality);
		if (memory_print(model, 0) || print_timeline(model, layers))
			return cli_error(cli, CLI_DEVICE, NULL, "out of memory");
		return CLI_OK;
	}
	report = report_new("npu-memory");
	json_object_set_new(report, "model", report_string(cli->operands[0]));
	json_object_set_new(report, "memory", memory_report(model, 0));
	json_object_set_new(report, "layers", layers_report(model, layers));
	json_object_set_new(report, "areas", areas_report(model));
	return report_print(cli, report, CLI_OK);
}

static int memory_run(const struct cli *cli, const void *args_)
{
	const struct memory_args *args = args_;
	struct npuc_options options = source_options(&args->source);
	struct memory_layer *layers;
	struct npu_model *model;
	struct target target;
	int rc = target_read(cli, args->target, args->firmware, args->device, &options, &target);

	if (!rc)
		rc = model_load(cli, cli->operands[0], &options, &model);
	if (!rc) {
		layers = memory_layers(model);
		rc = layers ? show(cli, args, model, layers) :
			      cli_error(cli, CLI_DEVICE, NULL, "out of memory");
		free(layers);
		npu_model_free(model);
	}
	target_free(&target);
	return rc;
}

static const struct cli_option options[] = {
	{ .name = "svg",
	  .type = CLI_STRING,
	  .offset = offsetof(struct memory_args, svg),
	  .arg = "FILE",
	  .help = "draw where each value lies and how long" },
	OPTION_L1(memory_args, source.l1_kb),
	OPTIONS_SOURCE(memory_args, source),
	OPTION_FIRMWARE(memory_args, firmware),
	OPTION_TARGET(memory_args, target),
	OPTION_TARGET_DEVICE(memory_args, device),
	CLI_END,
};

const struct cli_command cmd_memory = {
	.name = "memory",
	.operands = "MODEL|X.npu",
	.summary = "Show how much memory a model needs, for what, and op by op.",
	.notes =
		"'alive' is what the values that an op needs, or that later ops need, take together.",
	.min_operands = 1,
	.max_operands = 1,
	.options = options,
	.args_size = sizeof(struct memory_args),
	.run = memory_run,
};
