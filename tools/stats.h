/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>

#include "report.h"

/** struct samples - measured times in the order they were taken; zero-initialise */
struct samples {
	double *us;
	size_t count;
	size_t capacity;
};

/** samples_add() - note one more; 0, -ENOMEM */
int samples_add(struct samples *samples, double us);

/** samples_free() - release */
void samples_free(struct samples *samples);

/**
 * struct stats - what a series of times says, in microseconds
 * @count: number of samples; without any all else is 0
 * @first: the first one
 * @last: the last one
 * @min: the shortest
 * @avg: arithmetic mean
 * @p50: nearest-rank percentiles: the time that so many per cent of the
 *	samples do not exceed
 * @p90: see @p50
 * @p99: see @p50
 * @max: the longest
 * @std: standard deviation of the population
 */
struct stats {
	size_t count;
	double first;
	double last;
	double min;
	double avg;
	double p50;
	double p90;
	double p99;
	double max;
	double std;
};

/** stats_of() - compute them; sorts @samples, which keep no order afterwards */
struct stats stats_of(struct samples *samples);

/** stats_report() - as a JSON object, keys with unit */
json_t *stats_report(const struct stats *stats);

#endif /* STATS_H */
