/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Ops that can compute on tensors whose axes are in another order, and how they do. */
#ifndef NPUC_TRANSPOSE_CARRY_H
#define NPUC_TRANSPOSE_CARRY_H

#include "edit.h"
#include "graph.h"

/**
 * struct npuc_carried - an op on inputs that are stored with their axes in another order
 * @order: axis of what it gives as it is stored then that each axis of its output is
 * @reshape: it becomes a RESHAPE to the output as it is stored
 * @attributes: its parameters
 * @parameter: input that becomes a constant of @list, NPUC_NONE: there is none
 * @list: numbers of that constant
 * @list_shape: its shape
 */
struct npuc_carried {
	uint32_t order[NPUC_MAX_RANK];
	bool reshape;
	struct npuc_attributes attributes;
	uint32_t parameter;
	int32_t list[2 * NPUC_MAX_RANK];
	struct npuc_shape list_shape;
};

/** npuc_by_element() - does an op compute each element from one of each input? */
bool npuc_by_element(const struct npuc_op *op);

/** npuc_any_order() - can an op compute with its axes in any order, whatever it is? */
bool npuc_any_order(const struct npuc_op *op);

/**
 * npuc_carried_inputs() - values that an op computes with, if their axes may be in another order
 * @op: the op
 *
 * Return: their number, from input 0 on; 0: it needs its axes as they are.
 */
uint32_t npuc_carried_inputs(const struct npuc_op *op);

/**
 * npuc_carry() - find out what an op is on inputs in another order
 * @g: the graph
 * @op: the op; npuc_carried_inputs() is not 0
 * @order: axis of the stored values that each axis of its inputs is, the same for all
 * @how: filled
 *
 * Return: false when it needs its axes as they are.
 */
bool npuc_carry(const struct npuc_graph *g, const struct npuc_op *op, const uint32_t *order,
		struct npuc_carried *how);

/** npuc_stored_shape() - shape of what a tensor of shape @shape is stored as */
struct npuc_shape npuc_stored_shape(const struct npuc_shape *shape, const uint32_t *order);

/** npuc_keeps_bytes() - does a tensor of @shape whose axes were in @order have its bytes as before? */
bool npuc_keeps_bytes(const struct npuc_shape *shape, const uint32_t *order);

/** npuc_can_turn() - can a constant be stored as a tensor of @rank axes in any order? */
bool npuc_can_turn(const struct npuc_tensor *t, uint32_t rank);

/**
 * npuc_turned_constant() - a constant in another order: the same bytes in another shape, or turned
 * @e: the edit
 * @number: the constant, which npuc_can_turn()
 * @rank: axes that it is seen with, ones in front
 * @order: axis of the stored constant that each of them is
 *
 * Return: a tensor of the new graph, NPUC_NONE on failure.
 */
uint32_t npuc_turned_constant(struct npuc_edit *e, uint32_t number, uint32_t rank,
			      const uint32_t *order);

#endif /* NPUC_TRANSPOSE_CARRY_H */
