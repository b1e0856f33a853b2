/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The predicates behind the rows of constraints.def. */
#ifndef NPUC_PREDICATES_H
#define NPUC_PREDICATES_H

#include <stdbool.h>
#include <stdint.h>

#include "constraints.h"
#include "graph.h"
#include "lower.h"

/** NPUC_VALUE_TEXT - bytes of an offending value as text */
#define NPUC_VALUE_TEXT 160

/**
 * struct npuc_query - an op being asked about
 * @g: the model
 * @op: the op
 * @o: its operator, NULL if there is none
 * @l: how it is lowered, NULL if the NPU does not compute in the type of input 0
 * @in: its first activation, NULL if there is none
 * @out: output 0
 * @can: what it is to run on
 * @value: the offending value, as text
 */
struct npuc_query {
	const struct npuc_graph *g;
	const struct npuc_op *op;
	const struct npuc_operator *o;
	const struct npuc_lowering *l;
	const struct npuc_tensor *in;
	const struct npuc_tensor *out;
	const struct npuc_capabilities *can;
	char value[NPUC_VALUE_TEXT];
};

/** npuc_no() - note the offending value; returns false */
bool npuc_no(struct npuc_query *q, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * npuc_limit() - a number of the device
 * @q: the query
 * @member: row of npum_target.def
 */
#define npuc_limit(q, member) \
	((q)->can->target ? (q)->can->target->member : npuc_format_limits.member)

/** npuc_format_limits - the greatest number of each row of npum_target.def */
extern const struct npum_target npuc_format_limits;

/** npuc_activation() - activations of the op in turn, then its output; NULL behind the last */
const struct npuc_tensor *npuc_activation(const struct npuc_query *q, uint32_t i);

/** npuc_bias_fits() - is a bias constant, and of a type that goes with the input? */
bool npuc_bias_fits(const struct npuc_query *q, const struct npuc_tensor *bias);

/** npuc_codes() - is it int8, uint8 or int16? */
bool npuc_codes(const struct npuc_tensor *t);

/** npuc_eight_bit() - int8 or uint8? */
bool npuc_eight_bit(const struct npuc_tensor *t);

/** npuc_factor_fits() - can the device multiply by it? */
bool npuc_factor_fits(struct npuc_query *q, double factor);

#define NPUC_CONSTRAINT(op, predicate, sentence, advice) \
	bool npuc_holds_##predicate(struct npuc_query *q);
#define NPUC_CONSTRAINT_IN(families, op, predicate, sentence, advice) \
	NPUC_CONSTRAINT(op, predicate, sentence, advice)
#include "constraints.def"

#endif /* NPUC_PREDICATES_H */
