// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int samples_add(struct samples *samples, double us)
{
	if (samples->count == samples->capacity) {
		size_t capacity = samples->capacity ? 2 * samples->capacity : 256;
		double *grown = realloc(samples->us, capacity * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		samples->us = grown;
		samples->capacity = capacity;
	}
	samples->us[samples->count++] = us;
	return 0;
}

void samples_free(struct samples *samples)
{
	free(samples->us);
	*samples = (struct samples){ 0 };
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double percentile(const struct samples *sorted, unsigned int percent)
{
	size_t rank = (sorted->count * percent + 99) / 100;

	return sorted->us[rank - 1];
}

struct stats stats_of(struct samples *samples)
{
	struct stats s = { .count = samples->count };
	double squares = 0;
	double sum = 0;

	if (!s.count)
		return s;
	s.first = samples->us[0];
	s.last = samples->us[s.count - 1];
	for (size_t i = 0; i < s.count; i++)
		sum += samples->us[i];
	s.avg = sum / (double)s.count;
	for (size_t i = 0; i < s.count; i++)
		squares += (samples->us[i] - s.avg) * (samples->us[i] - s.avg);
	s.std = sqrt(squares / (double)s.count);
	qsort(samples->us, s.count, sizeof(*samples->us), by_size);
	s.min = samples->us[0];
	s.max = samples->us[s.count - 1];
	s.p50 = percentile(samples, 50);
	s.p90 = percentile(samples, 90);
	s.p99 = percentile(samples, 99);
	return s;
}

json_t *stats_report(const struct stats *stats)
{
	return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "count",
			 (json_int_t)stats->count, "first_us", stats->first, "last_us", stats->last,
			 "min_us", stats->min, "avg_us", stats->avg, "p50_us", stats->p50, "p90_us",
			 stats->p90, "p99_us", stats->p99, "max_us", stats->max, "std_us",
			 stats->std);
}
