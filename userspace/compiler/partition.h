/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which side each op runs on, and in what order, so that sides change as seldom as can be.
 *
 * The host runs what the program format can say and the device does not take, with the
 * very records that the device would get, and host operators.
 */
#ifndef NPUC_PARTITION_H
#define NPUC_PARTITION_H

#include "compile.h"
#include "constraints.h"

/**
 * npuc_place_of() - the verdict on an op
 * @g: the model
 * @can: the device
 * @options: what the user denies; NULL: nothing
 * @number: the op
 * @why: filled: why not on the NPU, or with ""
 *
 * Return: where it can run; npuc_partition() may still move what the NPU takes.
 */
enum npuc_placement npuc_place_of(const struct npuc_graph *g, const struct npuc_capabilities *can,
				  const struct npuc_options *options, uint32_t number,
				  struct npuc_refusal *why);

/**
 * npuc_partition_options() - do the options name what the model has?
 * @model: its name
 * @g: the model
 * @options: NULL: nothing is asked for
 * @error: filled on failure
 *
 * Return: 0 or -EINVAL.
 */
int npuc_partition_options(const char *model, const struct npuc_graph *g,
			   const struct npuc_options *options, struct npuc_error *error);

/** npuc_on_host() - does an op run on the host?  Without verdicts none does */
static inline bool npuc_on_host(const struct npuc_compilation *c, uint32_t number)
{
	return c->places && c->places[number] == NPUC_ON_CPU;
}

/** npuc_segments() - fill the segments from the layers, which have been lowered */
int npuc_segments(struct npuc_compilation *c);

#endif /* NPUC_PARTITION_H */
