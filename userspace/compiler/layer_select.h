/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_LAYER_SELECT_H
#define NPUC_LAYER_SELECT_H

#include "adapt.h"

/**
 * struct npuc_choice - in which type an op is to compute
 * @type: NPUC_TYPE_FLOAT16 or NPUC_TYPE_FLOAT32; NPUC_NONE: as the model has it
 * @config: entry of layer_configs that says so, NPUC_NONE: a flag does
 */
struct npuc_choice {
	uint32_t type;
	uint32_t config;
};

/**
 * npuc_choose_layers() - what layer_configs, relax_fp32 and opt_accuracy say of each op
 * @r: the adaptation
 * @choices: room for one of each op of the newest graph
 *
 * Of layer_configs a name counts more than a type of op, and that more than tensors that ops
 * lie between; among equals the last. They all count more than the flags.
 *
 * Return: 0, -EINVAL when a name or a type is not in the model, -ENOMEM.
 */
int npuc_choose_layers(struct npuc_adapt *r, struct npuc_choice *choices);

#endif /* NPUC_LAYER_SELECT_H */
