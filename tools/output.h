/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What a run made: shown, and written to files. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "cli.h"
#include "npu.h"
#include "report.h"

/** output_print() - a table of the first or greatest values of each model output; &enum cli_exit */
int output_print(const struct cli *cli, const struct npu_model *model, struct npu_session *session);

/** output_report() - the same as a JSON array, one object for each model output */
json_t *output_report(const struct npu_model *model, struct npu_session *session);

/** output_write() - write 0.bin, 1.bin, ... and outputs.json into a directory; &enum cli_exit */
int output_write(const struct cli *cli, const char *dir, const struct npu_model *model,
		 struct npu_session *session);

/**
 * output_write_tensors() - write every tensor as ID.bin, and tensors.json, into a directory
 * @cli: the command line, for error texts
 * @dir: made if it is not there
 * @model: compiled to keep all
 * @session: after a run of @model
 *
 * Return: &enum cli_exit; errors are printed.
 */
int output_write_tensors(const struct cli *cli, const char *dir, const struct npu_model *model,
			 struct npu_session *session);

#endif /* OUTPUT_H */
