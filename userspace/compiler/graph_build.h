/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Building a graph op by op, for readers whose files are not graphs of TFLite's
 * operators already.  What is built lives in memory that the graph owns.
 */
#ifndef NPUC_GRAPH_BUILD_H
#define NPUC_GRAPH_BUILD_H

#include "graph.h"

/**
 * struct npuc_builder - a graph under construction
 * @g: the graph; complete after npuc_build_finish()
 * @tensor_room: tensors allocated
 * @op_room: ops allocated
 * @free: next free byte of the newest block of memory
 * @left: bytes behind it
 * @total: bytes handed out
 * @limit: most bytes that may be
 * @failed: memory ran short or the limit was met; everything since is ineffective
 */
struct npuc_builder {
	struct npuc_graph g;
	uint32_t tensor_room;
	uint32_t op_room;
	uint8_t *free;
	size_t left;
	size_t total;
	size_t limit;
	bool failed;
};

/** npuc_build_memory() - zeroed memory that the graph owns, aligned to 8; NULL when it fails */
void *npuc_build_memory(struct npuc_builder *b, size_t size);

/** npuc_build_name() - a NUL-ended copy of @size characters; never NULL */
const char *npuc_build_name(struct npuc_builder *b, const char *text, size_t size);

/**
 * npuc_build_tensor() - add a tensor
 * @b: the builder
 * @name: lives as long as the graph
 * @type: &enum npuc_type
 * @shape: NULL: to be inferred when the op that writes it is added
 *
 * Return: its number; NPUC_NONE when it fails.
 */
uint32_t npuc_build_tensor(struct npuc_builder *b, const char *name, uint32_t type,
			   const struct npuc_shape *shape);

/**
 * npuc_build_constant() - add a constant
 * @b: the builder
 * @name: lives as long as the graph
 * @type: &enum npuc_type
 * @shape: not empty
 * @data: little-endian elements that live as long as the graph
 *
 * Return: its number; NPUC_NONE when it fails.
 */
uint32_t npuc_build_constant(struct npuc_builder *b, const char *name, uint32_t type,
			     const struct npuc_shape *shape, const void *data);

/** npuc_build_list() - add an int32 constant of one dimension */
uint32_t npuc_build_list(struct npuc_builder *b, const int32_t *list, uint32_t count);

/**
 * npuc_build_op() - add an op behind all others
 * @b: the builder
 * @builtin: &enum tflite_builtin
 * @type: its name in listings
 * @attributes: its parameters
 * @inputs: tensor numbers
 * @input_count: entries of @inputs
 * @outputs: tensors that it writes; each gets its shape if it has none
 * @output_count: entries of @outputs, 1..NPUC_MAX_OUTPUTS
 *
 * Return: false when the outputs' shapes do not follow from the inputs, or it fails.
 */
bool npuc_build_op(struct npuc_builder *b, uint32_t builtin, const char *type,
		   const struct npuc_attributes *attributes, const uint32_t *inputs,
		   uint32_t input_count, const uint32_t *outputs, uint32_t output_count);

/**
 * npuc_build_copy() - add an op of another graph whose tensors have the same numbers here
 * @b: the builder
 * @from: the op; unlike with npuc_build_op() its outputs may stay without shape
 *
 * Return: the new op, valid until the next one is added; NULL when it fails.
 */
struct npuc_op *npuc_build_copy(struct npuc_builder *b, const struct npuc_op *from);

/**
 * npuc_build_finish() - note who reads and writes what, and the model's inputs and outputs
 * @b: the builder
 * @inputs: tensor numbers
 * @input_count: entries of @inputs
 * @outputs: tensor numbers
 * @output_count: entries of @outputs
 *
 * Return: false when it fails.
 */
bool npuc_build_finish(struct npuc_builder *b, const uint32_t *inputs, uint32_t input_count,
		       const uint32_t *outputs, uint32_t output_count);

#endif /* NPUC_GRAPH_BUILD_H */
