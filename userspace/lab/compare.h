/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Where do two runs of one model part?
 *
 * Each layer of run B is looked at twice: what it makes of A's inputs (the
 * difference it causes itself: local) and what it made in B's own run (what it
 * caused and what it was handed: accumulated).
 */
#ifndef LAB_COMPARE_H
#define LAB_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "npu.h"
#include "values.h"

/**
 * struct lab_difference - statistics over the elements of two tensors
 * @values: elements compared
 * @differing: elements whose bits differ
 * @first: index of the first differing one; @values if there is none
 * @max_abs: greatest |b - a|, in codes for integers, in values for float32;
 *	infinite when a NaN or infinity meets another number
 * @mean_abs: mean of |b - a| over all elements
 * @mean: mean of b - a over all elements: what does not average out
 */
struct lab_difference {
	uint64_t values;
	uint64_t differing;
	uint64_t first;
	double max_abs;
	double mean_abs;
	double mean;
};

/**
 * lab_difference() - compare two tensors of the same count
 * @a: what differences are measured against
 * @b: of another dtype its elements are compared as numbers, not as bits
 */
struct lab_difference lab_difference(const struct lab_values *a, const struct lab_values *b);

/**
 * struct lab_layer - one layer in both runs
 * @info: the layer, of run A
 * @output: the tensor it makes, NULL when it is not in memory; of run A
 * @ran: @local was measured; false for layers that are part of another one
 * @local: layer of B on the inputs that A had, against A's output
 * @accumulated: B's own output against A's
 */
struct lab_layer {
	const struct npu_layer_info *info;
	const struct npu_tensor_info *output;
	bool ran;
	struct lab_difference local;
	struct lab_difference accumulated;
};

/**
 * struct lab_answer - what becomes of a model output
 * @tensor: the output, of run A
 * @difference: B's own output against A's
 * @top_a: index of A's greatest element
 * @top_b: index of B's
 */
struct lab_answer {
	const struct npu_tensor_info *tensor;
	struct lab_difference difference;
	size_t top_a;
	size_t top_b;
};

/**
 * struct lab_comparison - all there is to say about two runs
 * @layers: in execution order
 * @layer_count: their number
 * @answers: one for each model output
 * @answer_count: their number
 * @first_local: first layer that makes something else of equal inputs,
 *	@layer_count if none does
 * @first_accumulated: first layer whose output differs in B's own run
 * @differing_layers: layers with a local difference
 * @equal: no value differs anywhere
 */
struct lab_comparison {
	struct lab_layer *layers;
	size_t layer_count;
	struct lab_answer *answers;
	size_t answer_count;
	size_t first_local;
	size_t first_accumulated;
	size_t differing_layers;
	bool equal;
};

/**
 * struct lab_side - one of the two runs
 * @model: compiled to keep all tensors; must outlive the comparison
 * @session: a session with it, its inputs filled
 */
struct lab_side {
	const struct npu_model *model;
	struct npu_session *session;
};

/**
 * lab_compare() - run both sides and compare them layer by layer
 * @a: the side that differences are measured against; runs first
 * @b: the other side; must come from the same source model
 * @progress: called after each layer with its number; may be NULL
 * @arg: for @progress
 * @comparison: filled on success; release with lab_comparison_free()
 * @error: filled on failure
 *
 * Return: 0; -EINVAL when the sides cannot be compared; -ENOMEM; else as
 * npu_session_run().
 */
int lab_compare(const struct lab_side *a, const struct lab_side *b,
		void (*progress)(void *arg, size_t layer), void *arg,
		struct lab_comparison *comparison, struct npu_error *error);

/** lab_comparison_free() - release what lab_compare() allocated */
void lab_comparison_free(struct lab_comparison *comparison);

#endif /* LAB_COMPARE_H */
