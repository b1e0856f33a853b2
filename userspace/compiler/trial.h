/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Does a device take the instructions that an op becomes?  Lower it alone and ask. */
#ifndef NPUC_TRIAL_H
#define NPUC_TRIAL_H

#include "predicates.h"

/**
 * npuc_trial() - lower one op and let the target check the instructions
 * @q: an op that holds all constraints but those of the device
 * @op: on refusal the instruction
 * @field: on refusal what of it, as in &struct npum_refusal
 *
 * Return: 0, or &enum vnpu_refusal.  Short memory refuses nothing: compiling says so.
 */
uint32_t npuc_trial(const struct npuc_query *q, struct vnpu_op *op, uint32_t *field);

#endif /* NPUC_TRIAL_H */
