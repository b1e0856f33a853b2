/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where the time of a model goes: per layer, over many runs. */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "estimate.h"
#include "npu.h"
#include "report.h"

/**
 * struct profile_row - time spent on one layer, or on all layers of one type
 * @type: e.g. "CONV_2D"
 * @name: of the layer's output; "" for a type
 * @start_us: begin after that of the run, mean over the runs
 * @first_us: duration in the first run
 * @total_us: duration, sum over the runs
 * @place: which side computes it; each type has a row for each side
 * @macs: multiply-accumulates of one run
 * @count: layers in it
 * @expected: what it should cost, where profile_expect() was called
 */
struct profile_row {
	const char *type;
	const char *name;
	double start_us;
	double first_us;
	double total_us;
	enum npu_place place;
	uint64_t macs;
	size_t count;
	struct npuc_cost expected;
};

/**
 * struct profile - all layers that have op records
 * @rows: in execution order, as long as the model has layers
 * @row_count: their number
 * @runs: runs added
 * @total_us: time of all layers in all runs
 * @expected: of all layers; without cycles: nobody asked
 * @clock_mhz: clock of the target that @expected is about
 * @mixed: some layers run on the host
 */
struct profile {
	struct profile_row *rows;
	size_t row_count;
	size_t runs;
	double total_us;
	struct npuc_cost expected;
	uint32_t clock_mhz;
	bool mixed;
};

/** profile_init() - prepare for runs of @model, which must outlive it; 0, -ENOMEM */
int profile_init(struct profile *profile, const struct npu_model *model);

/** profile_expect() - have estimates stand beside what is measured; &enum cli_exit */
int profile_expect(struct profile *profile, const struct cli *cli, const struct npu_model *model,
		   const struct npum_target *target);

/** profile_free() - release */
void profile_free(struct profile *profile);

/** profile_add() - add the last run of @session */
void profile_add(struct profile *profile, const struct npu_model *model,
		 const struct npu_session *session);

/** profile_us() - mean time of a row */
double profile_us(const struct profile *profile, size_t row);

/** profile_total_us() - mean time of all rows */
double profile_total_us(const struct profile *profile);

/** profile_print() - the tables of benchmark_model: by run order, by time, by type; 0, -ENOMEM */
int profile_print(const struct profile *profile, FILE *stream);

/** profile_csv() - one line for each layer */
void profile_csv(const struct profile *profile, FILE *stream);

/** profile_report() - a JSON array, one object for each layer */
json_t *profile_report(const struct profile *profile);

#endif /* PROFILE_H */
