/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the layers of a model cost on a target, before they run. */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include "cli.h"
#include "npu.h"
#include "npuc.h"
#include "report.h"

struct npum_target;
struct profile;

/**
 * struct estimate - costs of a model
 * @layers: sums over the records of each layer
 * @layer_count: their number
 * @total: sum over the layers
 * @clock_mhz: of the target
 * @target: its name
 */
struct estimate {
	struct npuc_cost *layers;
	size_t layer_count;
	struct npuc_cost total;
	uint32_t clock_mhz;
	const char *target;
};

/**
 * estimate_make() - reckon
 * @cli: the command line, for error texts
 * @model: the model
 * @target: where it is to run; must outlive the estimate; NULL: the built-in one
 * @estimate: release with estimate_free()
 *
 * Return: &enum cli_exit.
 */
int estimate_make(const struct cli *cli, const struct npu_model *model,
		  const struct npum_target *target, struct estimate *estimate);

/** estimate_free() - release */
void estimate_free(struct estimate *estimate);

/** estimate_us() - microseconds that cycles take */
double estimate_us(const struct estimate *estimate, uint64_t cycles);

/** estimate_utilisation() - share of the multiply-accumulates that were possible, 0 to 1 */
double estimate_utilisation(const struct npuc_cost *cost);

/**
 * estimate_show() - reckon and print a table, a row for each layer with records
 * @cli: the command line, for error texts
 * @model: the model
 * @target: NULL: the built-in one
 * @measured: runs of it, to stand beside; NULL: none
 *
 * Return: &enum cli_exit.
 */
int estimate_show(const struct cli *cli, const struct npu_model *model,
		  const struct npum_target *target, const struct profile *measured);

/** estimate_report() - the same as a JSON object */
json_t *estimate_report(const struct estimate *estimate, const struct npu_model *model,
			const struct profile *measured);

/** estimate_cost_report() - one cost as a JSON object */
json_t *estimate_cost_report(const struct estimate *estimate, const struct npuc_cost *cost);

#endif /* ESTIMATE_H */
