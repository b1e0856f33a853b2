/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Ops of more than four dimensions on records of four axes.
 *
 * Neighbouring axes that an op treats alike are one axis to it: those along which inputs
 * are broadcast in the same way, that are all reduced or all kept, that nothing is padded or
 * joined along.  Tensors of more than four dimensions are dense, so that the merged axes are
 * but another view of the same bytes.
 */
#ifndef NPUC_MERGE_H
#define NPUC_MERGE_H

#include "compile.h"
#include "lower.h"

/**
 * struct npuc_merge - which axes of an op's tensors are one
 * @rank: dimensions of the tensor that has most
 * @begins: a bit for each of them: it begins a merged axis
 * @count: merged axes
 */
struct npuc_merge {
	uint32_t rank;
	uint32_t begins;
	uint32_t count;
};

/**
 * npuc_merge() - as few axes as an op's tensors can have
 * @g: the model
 * @op: an op that broadcasts, reduces, pads, joins or multiplies matrices, whose parameters
 *	are known
 *
 * Up to four dimensions stay as they are.
 */
struct npuc_merge npuc_merge(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_merge_of() - axes of a tensor of @rank dimensions that begin where @begins has a bit */
struct npuc_merge npuc_merge_of(uint32_t rank, uint32_t begins);

/** npuc_merge_group() - which of the merged axes, counted from the outermost, dimension @i is in */
uint32_t npuc_merge_group(const struct npuc_merge *m, uint32_t i);

/** npuc_merge_most() - the same of any number of dimensions above 0 */
struct npuc_merge npuc_merge_most(const struct npuc_graph *g, const struct npuc_op *op);

/**
 * npuc_merge_shape() - a shape on four axes
 * @m: the op's axes, at most four
 * @shape: of one of its tensors
 * @to: the sizes, ones in front
 */
void npuc_merge_shape(const struct npuc_merge *m, const struct npuc_shape *shape, uint32_t to[4]);

/** npuc_merge_axes() - a set of dimensions of the op, one bit each, as a set of the four axes */
uint32_t npuc_merge_axes(const struct npuc_merge *m, uint32_t axes);

/**
 * npuc_merge_operand() - view an operand that npuc_operand() has set on the merged axes
 * @c: the compilation
 * @r: the record
 * @number: the op
 * @k: the operand
 * @tensor: of the graph, as the op has it
 */
void npuc_merge_operand(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
			uint32_t k, const struct npuc_tensor *tensor);

/**
 * npuc_broadcast_inputs() - let the inputs of an element-wise op repeat where they are smaller
 * @c: the compilation
 * @r: its record; all operands are set
 * @number: the op
 * @swapped: operand 0 is input 1 and the other way round
 */
void npuc_broadcast_inputs(const struct npuc_compilation *c, struct npuc_record *r, uint32_t number,
			   bool swapped);

#endif /* NPUC_MERGE_H */
