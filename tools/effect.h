/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What options that change numbers do to a model's outputs, measured. */
#ifndef EFFECT_H
#define EFFECT_H

#include "knobs.h"
#include "model.h"

/**
 * effect_measure() - measure relax_fp32 and the steps of opt_accuracy that were applied
 * @cli: the command line
 * @source: the model
 * @options: as it was compiled, with @knobs
 * @inputs: files for the model's inputs; none: the pattern of 'npu run'
 * @knobs: the answers of those steps get the signal-to-noise ratio of the outputs with the
 *	step and without it, both against the model computed in float32
 *
 * Runs the model on sim.
 *
 * Return: &enum cli_exit: what is wrong with the inputs; a model that cannot be run so gets no figures, which is no error.
 */
int effect_measure(const struct cli *cli, const struct model_source *source,
		   const struct npuc_options *options, const struct cli_list *inputs,
		   struct knobs *knobs);

#endif /* EFFECT_H */
