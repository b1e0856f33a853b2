/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Repair: ops that a device refuses become others that it takes.
 *
 * The graph is built anew, op by op.  Tensors keep their numbers, so that what is put
 * in the place of an op reads the same inputs and writes the same outputs.
 */
#ifndef NPUC_REWRITE_H
#define NPUC_REWRITE_H

#include "constraints.h"
#include "graph_build.h"
#include "npuc.h"

/**
 * struct npuc_rewriting - a graph on its way into another one
 * @from: the graph
 * @can: the device
 * @b: the graph under construction; holds all of @from's tensors
 * @number: op of @from that is being replaced
 * @fix: what is done about it: its texts are filled by the rewrite
 */
struct npuc_rewriting {
	const struct npuc_graph *from;
	const struct npuc_capabilities *can;
	struct npuc_builder b;
	uint32_t number;
	struct npuc_fix_entry *fix;
};

/**
 * typedef npuc_rewrite_fn - puts ops in the place of one
 * @r: the op, which is refused for the reason that the row in rewrites.def names
 *
 * Return: false when it knows no way; whatever it built is taken back then.
 */
typedef bool npuc_rewrite_fn(struct npuc_rewriting *r);

#define NPUC_REWRITE(op, predicate, name, function, text) npuc_rewrite_fn npuc_rewrite_##function;
#include "rewrites.def"

/** npuc_rewrite_op() - the op being replaced */
const struct npuc_op *npuc_rewrite_op(const struct npuc_rewriting *r);

/** npuc_rewrite_limit() - a number of the device, as npuc_limit() */
#define npuc_rewrite_limit(r, member) \
	((r)->can->target ? (r)->can->target->member : npuc_format_limits.member)

/**
 * npuc_rewrite_tensor() - a new activation
 * @r: the rewriting
 * @like: tensor of @r->from whose type and quantisation it has
 * @what: put behind the name of the op's output
 * @shape: its shape
 *
 * Return: its number, NPUC_NONE when memory is short.
 */
uint32_t npuc_rewrite_tensor(struct npuc_rewriting *r, const struct npuc_tensor *like,
			     const char *what, const struct npuc_shape *shape);

/**
 * npuc_rewrite_emit() - add an op
 * @r: the rewriting
 * @builtin: &enum tflite_builtin
 * @type: its name
 * @attributes: its parameters
 * @inputs: tensors, NPUC_NONE where an optional one is left out
 * @count: entries of @inputs
 * @output: tensor that it writes
 */
bool npuc_rewrite_emit(struct npuc_rewriting *r, uint32_t builtin, const char *type,
		       const struct npuc_attributes *attributes, const uint32_t *inputs,
		       uint32_t count, uint32_t output);

/**
 * npuc_rewrite_scales() - quantisation of some channels out of all
 * @all: one scale, or one for each channel
 * @first: channel
 * @count: channels from there
 * @axis: dimension that they run along
 */
struct npuc_quant npuc_rewrite_scales(const struct npuc_quant *all, uint32_t first, uint32_t count,
				      uint32_t axis);

/**
 * npuc_rewrite_rows() - some of a constant, along its first dimension, which is its channels
 * @r: the rewriting
 * @t: the constant, complete
 * @first: row
 * @count: rows from there
 *
 * Return: a constant of the new graph, NPUC_NONE when memory is short.
 */
uint32_t npuc_rewrite_rows(struct npuc_rewriting *r, const struct npuc_tensor *t, uint32_t first,
			   uint32_t count);

/** npuc_rewrite_copy() - add the op again with other inputs and parameters, from the same source */
bool npuc_rewrite_copy(struct npuc_rewriting *r, const struct npuc_attributes *attributes,
		       const uint32_t *inputs);

/** npuc_rewrite_done() - fill the report: what was done, and why numbers may differ */
bool npuc_rewrite_done(struct npuc_rewriting *r, const char *cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** npuc_rewrite_for() - the first rewrite that answers a broken constraint, NULL: there is none */
const struct npuc_rewrite_info *npuc_rewrite_for(uint32_t builtin, uint32_t constraint);

#endif /* NPUC_REWRITE_H */
