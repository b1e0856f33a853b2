// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "knobs.h"
#include "npu_file.h"
#include "npum_personality.h"
#include "source.h"
#include "suggest.h"

bool model_is_artefact(const struct file *file)
{
	uint32_t magic;

	if (file->size < sizeof(magic))
		return false;
	memcpy(&magic, file->data, sizeof(magic));
	return magic == NPU_FILE_MAGIC;
}

int model_check_personality(const struct cli *cli, const struct npum_personality_set *set,
			    const char *name)
{
	struct suggest s = { .word = name };
	const struct npum_personality *p;

	if (!set)
		set = npum_builtin_set();
	if (!name || npum_personality_named(set, name))
		return CLI_OK;
	for (uint32_t i = 0; (p = npum_personality_at(set, i)); i++)
		suggest_offer(&s, p->name);
	if (s.best)
		return cli_error(cli, CLI_USAGE, name, "unknown personality, did you mean %s?",
				 s.best);
	return cli_error(cli, CLI_USAGE, name, "unknown personality; 'npu info' lists them");
}

static const struct npum_personality *personality_of(const struct npuc_options *options)
{
	const struct npum_personality_set *set = options->personalities;

	if (!options->personality)
		return NULL;
	return npum_personality_named(set ? set : npum_builtin_set(), options->personality);
}

static int source_parse(const struct cli *cli, const struct npuc_options *options,
			struct model_source *source)
{
	const struct npuc_reading how = { .open_file = model_files_open,
					  .arg = &source->files,
					  .personality = personality_of(options),
					  .scope = options->scope };
	struct npuc_error error = { 0 };

	source->files.model = source->file.path;
	if (model_is_artefact(&source->file))
		return cli_error(cli, CLI_INPUT, source->file.path,
				 "is compiled already; give the source model");
	switch (npuc_model_read_as(source->file.path, source->file.data, source->file.size, &how,
				   &source->model, &error)) {
	case 0:
		return CLI_OK;
	case -ENOMEM:
		return cli_error(cli, CLI_DEVICE, source->file.path, "out of memory");
	default:
		return cli_error(cli, CLI_INPUT, NULL, "%s", error.text);
	}
}

int model_source_read(const struct cli *cli, const char *path, const struct npuc_options *options,
		      struct model_source *source)
{
	int rc;

	*source = (struct model_source){ 0 };
	rc = file_read(cli, path, &source->file);
	if (!rc)
		rc = source_parse(cli, options, source);
	if (rc)
		model_source_free(source);
	return rc;
}

void model_source_free(struct model_source *source)
{
	npuc_model_free(source->model);
	model_files_free(&source->files);
	file_free(&source->file);
}

int model_compile_error(const struct cli *cli, const struct model_source *source,
			const struct npuc_options *options, int rc, const struct npuc_error *error)
{
	switch (rc) {
	case -EOPNOTSUPP:
		return cli_error(cli, CLI_NO, NULL, "%s", error->text);
	case -ENOMEM:
		return cli_error(cli, CLI_DEVICE, source->file.path, "out of memory");
	default:
		return options->config ? knobs_error(knobs_of(options), error) :
					 cli_error(cli, CLI_INPUT, NULL, "%s", error->text);
	}
}

int model_compile(const struct cli *cli, const struct model_source *source,
		  const struct npuc_options *options, void **artefact, size_t *size)
{
	struct npuc_error error = { 0 };
	int rc = model_check_personality(cli, options->personalities, options->personality);

	if (rc)
		return rc;
	rc = npuc_compile(source->model, options, artefact, size, &error);
	return rc ? model_compile_error(cli, source, options, rc, &error) : CLI_OK;
}

static int load_bytes(const struct cli *cli, const char *path, const void *data, size_t size,
		      struct npu_model **model)
{
	struct npu_error error = { 0 };
	int rc = npu_model_load(path, data, size, model, &error);

	if (rc)
		return cli_error(cli, rc == -ENOMEM ? CLI_DEVICE : CLI_INPUT, NULL, "%s",
				 error.text);
	return CLI_OK;
}

/* The first knob that would have to be known when compiling; NULL */
static const char *knob_given(const struct npuc_config *config)
{
	struct npuc_config others;

	if (!config)
		return NULL;
	others = *config;
	others.no_fallback = false;
	return npuc_config_given(&others);
}

/* An artefact cannot be turned into what other options would have made. */
static int check_artefact(const struct cli *cli, const char *path,
			  const struct npuc_options *options, const struct npu_model *model)
{
	const struct npu_model_info *info = npu_model_info(model);
	int rc = model_check_personality(cli, options->personalities, options->personality);
	const char *given;

	if (rc)
		return rc;
	if (options->personality && strcmp(options->personality, info->personality))
		return cli_error(cli, CLI_INPUT, path,
				 "is compiled for %s; give the source model to use %s",
				 info->personality, options->personality);
	given = knob_given(options->config);
	if (!given)
		given = source_given(&options->scope);
	if (given)
		return cli_error(cli, CLI_INPUT, path,
				 "is compiled already, without %s; give the source model", given);
	if (options->l1_bytes)
		return cli_error(
			cli, CLI_INPUT, path,
			"is compiled already; give the source model to choose on-chip memory");
	if (options->config && options->config->no_fallback &&
	    info->device_partition_count != info->partition_count)
		return cli_error(cli, CLI_INPUT, path,
				 "has partitions for the CPU, which --no-fallback rules out");
	if (options->keep_all && !info->keep_all)
		return cli_error(cli, CLI_INPUT, path,
				 "has tensors that share memory; give the source model");
	return CLI_OK;
}

static int load_artefact(const struct cli *cli, const struct file *file,
			 const struct npuc_options *options, struct npu_model **model)
{
	int rc = load_bytes(cli, file->path, file->data, file->size, model);

	if (rc)
		return rc;
	rc = check_artefact(cli, file->path, options, *model);
	if (rc)
		npu_model_free(*model);
	return rc;
}

static int load_source(const struct cli *cli, struct model_source *source,
		       const struct npuc_options *options, struct npu_model **model)
{
	void *artefact = NULL;
	size_t size = 0;
	int rc = source_parse(cli, options, source);

	if (!rc)
		rc = model_compile(cli, source, options, &artefact, &size);
	if (!rc)
		rc = load_bytes(cli, source->file.path, artefact, size, model);
	free(artefact);
	return rc;
}

int model_load(const struct cli *cli, const char *path, const struct npuc_options *options,
	       struct npu_model **model)
{
	struct model_source source = { 0 };
	int rc;

	*model = NULL;
	rc = file_read(cli, path, &source.file);
	if (rc)
		return rc;
	if (model_is_artefact(&source.file))
		rc = load_artefact(cli, &source.file, options, model);
	else
		rc = load_source(cli, &source, options, model);
	if (rc)
		*model = NULL;
	model_source_free(&source);
	return rc;
}
