/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Rewriting a graph: a new one is built beside it, op by op, in which tensors keep their
 * numbers.  Constants, names and attributes stay where they are, so that the old graph must
 * outlive the new one.
 */
#ifndef NPUC_EDIT_H
#define NPUC_EDIT_H

#include "graph_build.h"

/**
 * struct npuc_edit - a graph being rewritten
 * @from: the old graph
 * @b: the new one, with all tensors of the old one
 * @inputs: tensor of the new graph that each model input is
 * @outputs: likewise of model outputs
 * @number: &npuc_op.number of the ops that npuc_edit_op() adds
 */
struct npuc_edit {
	const struct npuc_graph *from;
	struct npuc_builder b;
	uint32_t *inputs;
	uint32_t *outputs;
	uint32_t number;
};

/**
 * npuc_edit_begin() - start with all tensors and none of the ops
 * @e: the edit; end it with npuc_edit_end()
 * @from: the old graph
 * @limit: most bytes that constants and names of the new graph may take beside the old ones
 *
 * Return: false when memory is short.
 */
bool npuc_edit_begin(struct npuc_edit *e, const struct npuc_graph *from, size_t limit);

/** npuc_edit_keep() - add op @number of the old graph as it is; Return: the new op, NULL on failure */
struct npuc_op *npuc_edit_keep(struct npuc_edit *e, uint32_t number);

/** npuc_edit_replace() - let an op of the new graph read @now[k] wherever it reads @old[k], k < @count */
void npuc_edit_replace(struct npuc_op *op, const uint32_t *old, const uint32_t *now,
		       uint32_t count);

/** npuc_edit_write() - let an op of the new graph write another tensor as output 0 */
void npuc_edit_write(struct npuc_op *op, uint32_t tensor);

/**
 * npuc_edit_op() - add an op
 * @e: the edit
 * @builtin: &enum tflite_builtin
 * @attributes: NULL: all zero
 * @inputs: tensor numbers
 * @count: entries of @inputs
 * @output: tensor that it writes
 *
 * Return: @output, whose shape is inferred if it has none; NPUC_NONE on failure.
 */
uint32_t npuc_edit_op(struct npuc_edit *e, uint32_t builtin,
		      const struct npuc_attributes *attributes, const uint32_t *inputs,
		      uint32_t count, uint32_t output);

/** npuc_edit_tensor() - add a tensor named "NAME:SUFFIX" without shape; NPUC_NONE on failure */
uint32_t npuc_edit_tensor(struct npuc_edit *e, const char *name, const char *suffix, uint32_t type);

/** npuc_edit_shape() - give a tensor a shape */
void npuc_edit_shape(struct npuc_edit *e, uint32_t tensor, const struct npuc_shape *shape);

/** npuc_edit_quant() - give a tensor one scale and zero point */
void npuc_edit_quant(struct npuc_edit *e, uint32_t tensor, float scale, int64_t zero_point);

/** npuc_edit_reals() - add a float32 constant; @values are copied */
uint32_t npuc_edit_reals(struct npuc_edit *e, const struct npuc_shape *shape, const float *values);

/**
 * npuc_edit_retype() - an op with one input and one output of the same shape
 * @e: the edit
 * @builtin: CAST, QUANTIZE or DEQUANTIZE
 * @tensor: its input
 * @type: &enum npuc_type of its output
 * @suffix: for the output's name
 *
 * Return: the output, NPUC_NONE on failure.
 */
uint32_t npuc_edit_retype(struct npuc_edit *e, uint32_t builtin, uint32_t tensor, uint32_t type,
			  const char *suffix);

/**
 * npuc_edit_end() - finish the new graph
 * @e: the edit; released whatever the outcome
 * @g: the new graph, release with npuc_graph_free(); empty on failure
 *
 * Return: false when memory was short or an op's shapes did not follow.
 */
bool npuc_edit_end(struct npuc_edit *e, struct npuc_graph *g);

/** npuc_edit_drop() - give an edit up */
void npuc_edit_drop(struct npuc_edit *e);

#endif /* NPUC_EDIT_H */
