/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* TRANSPOSEs that are left when a model is compiled, and who needs them. */
#ifndef TRANSPOSES_H
#define TRANSPOSES_H

#include "model.h"
#include "report.h"

/** struct transposes - what npuc_transposes() lists */
struct transposes {
	struct npuc_transpose *at;
	size_t count;
};

/**
 * transposes_list() - list them
 * @cli: the command line, for error texts
 * @source: the model
 * @options: what it is compiled for
 * @left: release with transposes_free()
 *
 * Return: &enum cli_exit.
 */
int transposes_list(const struct cli *cli, const struct model_source *source,
		    const struct npuc_options *options, struct transposes *left);

/** transposes_print() - a line for each */
void transposes_print(const struct transposes *left);

/** transposes_report() - the same as a JSON array */
json_t *transposes_report(const struct transposes *left);

/** transposes_free() - release */
void transposes_free(struct transposes *left);

#endif /* TRANSPOSES_H */
