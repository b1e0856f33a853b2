// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What a core dump of a device tells: which op of which layer, why, and what to do. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "coredump_story.h"
#include "model.h"

struct coredump_args {
	const char *model;
};

/* Reads the artefact whose layers give the ops their names. */
static int load_model(const struct cli *cli, const char *path, const struct coredump *dump,
		      struct npu_model **model)
{
	struct npu_error error = { 0 };
	const void *program;
	struct file file;
	size_t size;
	int rc = file_read(cli, path, &file);

	if (rc)
		return rc;
	if (!model_is_artefact(&file))
		rc = cli_error(cli, CLI_INPUT, path,
			       "is no .npu; 'npu compile' makes one from a model");
	else if (npu_model_load(path, file.data, file.size, model, &error))
		rc = cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	file_free(&file);
	if (rc)
		return rc;
	program = npu_model_program(*model, &size);
	if (size >= dump->program_size && size == dump->program_whole &&
	    (!dump->program_size || !memcmp(program, dump->program, dump->program_size)))
		return CLI_OK;
	npu_model_free(*model);
	*model = NULL;
	return cli_error(cli, CLI_INPUT, path,
			 "its program is not the one in the dump; give the artefact that was run");
}

static int explain(const struct cli *cli, const struct file *file, const char *model_path)
{
	struct coredump_story s = { .cli = cli, .file = file };
	struct npu_model *model = NULL;
	const char *problem;
	size_t at;
	int rc;

	problem = coredump_parse(file->data, file->size, &s.dump, &at);
	if (problem)
		return cli_error(cli, CLI_INPUT, file->path,
				 "%s, at byte %zu; copy it whole from "
				 "/sys/class/devcoredump/devcdN/data",
				 problem, at);
	rc = model_path ? load_model(cli, model_path, &s.dump, &model) : CLI_OK;
	if (rc)
		return rc;
	s.model = model;
	s.listing = coredump_list_program(&s.dump);
	rc = cli->json ? coredump_report(&s) : coredump_print(&s);
	free(s.listing);
	npu_model_free(model);
	return rc;
}

static int coredump_run(const struct cli *cli, const void *args)
{
	const struct coredump_args *a = args;
	struct file file;
	int rc = file_read(cli, cli->operands[0], &file);

	if (rc)
		return rc;
	rc = explain(cli, &file, a->model);
	file_free(&file);
	return rc;
}

static const struct cli_option options[] = {
	{ .name = "model",
	  .letter = 'm',
	  .type = CLI_STRING,
	  .offset = offsetof(struct coredump_args, model),
	  .arg = "FILE",
	  .help = "the .npu artefact that was run: names the layer" },
	CLI_END,
};

const struct cli_command cmd_coredump = {
	.name = "coredump",
	.operands = "FILE",
	.summary = "Explain what a device left behind when a job went wrong.",
	.notes =
		"The kernel offers the dump of the last fault for five minutes, to root, as "
		"/sys/class/devcoredump/devcdN/data: copy it to a file. "
		"Writing anything there lets go of it. Memory of buffers is in it only when its first bytes were "
		"asked for, in dump_bytes of the device's debugfs folder.",
	.min_operands = 1,
	.max_operands = 1,
	.options = options,
	.args_size = sizeof(struct coredump_args),
	.run = coredump_run,
};
