/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The sections CONFIG and DEBUG of a .npu artefact, checked. */
#ifndef NPU_DEBUG_H
#define NPU_DEBUG_H

#include "model.h"

/**
 * npu_debug_check() - check both sections against program, strings and tensors
 * @name: file name for error texts
 * @model: with all other sections read
 * @error: filled on failure
 *
 * Return: 0 or -EINVAL.
 */
int npu_debug_check(const char *name, const struct npu_model *model, struct npu_error *error);

/** npu_model_knob() - the i-th entry of CONFIG, NULL behind the last */
const struct npu_file_knob *npu_model_knob(const struct npu_model *model, size_t i);

/** npu_model_debug_op() - the i-th op of DEBUG, NULL behind the last or without the section */
const struct npu_file_debug_op *npu_model_debug_op(const struct npu_model *model, size_t i);

/** npu_model_debug_tensor() - the i-th tensor of an op of DEBUG, NULL behind the last */
const struct npu_file_debug_tensor *
npu_model_debug_tensor(const struct npu_model *model, const struct npu_file_debug_op *op, size_t i);

#endif /* NPU_DEBUG_H */
