/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How the parts of a model are shown. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>

#include "npu.h"
#include "report.h"

/** DESCRIBE_TENSOR_BYTES - room that describe_tensor() needs for every tensor */
#define DESCRIBE_TENSOR_BYTES (16 + 12 * NPU_MAX_RANK)

/** describe_tensor() - "int8[1,28,28,1]" into @text of DESCRIBE_TENSOR_BYTES bytes; Return: @text */
const char *describe_tensor(const struct npu_tensor_info *tensor, char *text);

/** describe_is_scores() - is it a vector, so most likely one score for each class? */
bool describe_is_scores(const struct npu_tensor_info *tensor);

/** describe_role() - "input", "output" or "internal" */
const char *describe_role(const struct npu_tensor_info *tensor);

/** describe_tensor_json() - name, role, dtype, shape and quantisation as a JSON object */
json_t *describe_tensor_json(const struct npu_tensor_info *tensor);

/** describe_layer_json() - type, name, place in the program and work as a JSON object */
json_t *describe_layer_json(const struct npu_layer_info *layer);

#endif /* DESCRIBE_H */
