/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* MODEL arguments: a source model, compiled on the way, or a .npu artefact. */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "cli.h"
#include "file.h"
#include "model_files.h"
#include "npu.h"
#include "npuc.h"

/**
 * struct model_source - a source model, read
 * @file: its bytes, which @model points into
 * @files: others that constants of it lie in, likewise
 * @model: the compiler's view of it
 */
struct model_source {
	struct file file;
	struct model_files files;
	struct npuc_model *model;
};

/** model_source_read() - read a source model to compile so; &enum cli_exit, errors are printed */
int model_source_read(const struct cli *cli, const char *path, const struct npuc_options *options,
		      struct model_source *source);

/** model_source_free() - release */
void model_source_free(struct model_source *source);

/** model_is_artefact() - do these bytes begin as a .npu file does? */
bool model_is_artefact(const struct file *file);

/**
 * model_check_personality() - is it a personality we have?
 * @cli: the command line, for error texts
 * @set: personalities to choose from; NULL: the built-in ones
 * @name: as typed; NULL stands for the default
 *
 * Return: &enum cli_exit; unknown names get the nearest known one suggested.
 */
int model_check_personality(const struct cli *cli, const struct npum_personality_set *set,
			    const char *name);

/** model_compile_error() - tell why the compiler failed with @rc; Return: &enum cli_exit */
int model_compile_error(const struct cli *cli, const struct model_source *source,
			const struct npuc_options *options, int rc, const struct npuc_error *error);

/**
 * model_compile() - compile a source model
 * @cli: the command line, for error texts
 * @source: the model
 * @options: how
 * @artefact: bytes of the .npu file, release with free()
 * @size: their number
 *
 * Return: CLI_OK; CLI_NO when the NPU refuses an op; else as the reason is.
 */
int model_compile(const struct cli *cli, const struct model_source *source,
		  const struct npuc_options *options, void **artefact, size_t *size);

/**
 * model_load() - get a model ready to run from either kind of file
 * @cli: the command line, for error texts
 * @path: source model or .npu
 * @options: how to compile; an artefact must already be what they ask for
 * @model: the model; release with npu_model_free()
 */
int model_load(const struct cli *cli, const char *path, const struct npuc_options *options,
	       struct npu_model **model);

#endif /* MODEL_H */
