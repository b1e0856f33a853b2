/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the NPU asks of an op.  A constraint is a predicate and a sentence; the
 * sentence is the error text, the reason in listings and the documentation.
 */
#ifndef NPUC_CONSTRAINTS_H
#define NPUC_CONSTRAINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph.h"
#include "npum_personality.h"
#include "npum_target.h"

/**
 * struct npuc_capabilities - what ops are to run on
 * @target: the device; NULL: one that takes whatever the program format can say
 * @personality: its arithmetic, which decides on the instructions that ops become;
 *	NULL: the built-in default
 */
struct npuc_capabilities {
	const struct npum_target *target;
	const struct npum_personality *personality;
};

struct npuc_model;
struct npuc_options;
struct npuc_error;

/** npuc_capabilities() - what options ask for; -EINVAL with the error filled for an unknown personality */
int npuc_capabilities(const struct npuc_model *model, const struct npuc_options *options,
		      struct npuc_capabilities *can, struct npuc_error *error);

/** NPUC_REASON_TEXT - bytes of a reason as text */
#define NPUC_REASON_TEXT 256

/**
 * struct npuc_refusal - why the NPU does not take an op
 * @constraint: row of the constraint that is broken, for npuc_constraint_at()
 * @reason: "SENTENCE: OFFENDING VALUE"
 * @sentence: bytes of @reason that are the sentence
 * @advice: what would repair it, "" if nothing is known
 */
struct npuc_refusal {
	uint32_t constraint;
	char reason[NPUC_REASON_TEXT];
	uint32_t sentence;
	const char *advice;
};

/**
 * npuc_constraints_hold() - the verdict on an op: ask all constraints that concern it
 * @g: the model
 * @can: what the op is to run on
 * @number: the op
 * @why: filled: on refusal with the first constraint that is broken, else with ""
 *
 * Listings, placement and the compiler's own check all ask here.
 *
 * Return: the NPU takes the op.  Lowering it cannot fail then but for memory and
 * limits of the program as a whole, and the device takes the instructions.
 */
bool npuc_constraints_hold(const struct npuc_graph *g, const struct npuc_capabilities *can,
			   uint32_t number, struct npuc_refusal *why);

/**
 * struct npuc_constraint - a row of constraints.def
 * @builtin: &enum tflite_builtin, NPUC_NONE for every op
 * @families: &enum npuc_family bits of the types of input 0 that it is about
 * @predicate: its name
 * @sentence: what must be; {NAME} stands for that number of the target
 * @advice: what would repair it, "" if nothing is known
 */
struct npuc_constraint {
	uint32_t builtin;
	uint32_t families;
	const char *predicate;
	const char *sentence;
	const char *advice;
};

/** npuc_constraint_at() - the i-th row, NULL behind the last */
const struct npuc_constraint *npuc_constraint_at(uint32_t i);

/**
 * npuc_sentence() - a constraint's sentence with the numbers of a target
 * @sentence: of a row
 * @target: NULL: the limits of the program format
 * @text: filled
 * @size: bytes of @text
 */
void npuc_sentence(const char *sentence, const struct npum_target *target, char *text, size_t size);

#endif /* NPUC_CONSTRAINTS_H */
