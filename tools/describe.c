// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "describe.h"

#include <stdio.h>

#include "values.h"

const char *describe_tensor(const struct npu_tensor_info *tensor, char *text)
{
	int at = snprintf(text, DESCRIBE_TENSOR_BYTES, "%s[", tensor->dtype_name);

	for (uint32_t i = 0; i < tensor->rank; i++)
		at += snprintf(text + at, (size_t)(DESCRIBE_TENSOR_BYTES - at), i ? ",%u" : "%u",
			       tensor->shape[i]);
	snprintf(text + at, (size_t)(DESCRIBE_TENSOR_BYTES - at), "]");
	return text;
}

bool describe_is_scores(const struct npu_tensor_info *tensor)
{
	const size_t count = tensor->bytes / lab_element_size(tensor->dtype);

	return tensor->rank && count > 1 && tensor->shape[tensor->rank - 1] == count;
}

const char *describe_role(const struct npu_tensor_info *tensor)
{
	static const char *const names[] = {
		[NPU_ROLE_INPUT] = "input",
		[NPU_ROLE_OUTPUT] = "output",
		[NPU_ROLE_INTERNAL] = "internal",
		[NPU_ROLE_STATE] = "state",
	};

	return names[tensor->role];
}

json_t *describe_tensor_json(const struct npu_tensor_info *tensor)
{
	return json_pack("{s:I, s:o, s:s, s:I, s:s, s:o, s:o, s:i, s:I, s:I}", "id",
			 (json_int_t)tensor->id, "name", report_string(tensor->name), "role",
			 describe_role(tensor), "index", (json_int_t)tensor->index, "dtype",
			 tensor->dtype_name, "shape", report_shape(tensor->shape, tensor->rank),
			 "scale", report_real((double)tensor->scale), "zero_point",
			 tensor->zero_point, "bytes", (json_int_t)tensor->bytes, "source",
			 (json_int_t)tensor->source);
}

json_t *describe_layer_json(const struct npu_layer_info *layer)
{
	json_t *output = layer->output == NPU_NO_TENSOR ? json_null() : json_integer(layer->output);

	return json_pack("{s:o, s:o, s:I, s:I, s:I, s:o, s:I, s:s, s:I}", "type",
			 report_string(layer->type), "name", report_string(layer->name), "source",
			 (json_int_t)layer->source, "first_op", (json_int_t)layer->first_op,
			 "op_count", (json_int_t)layer->op_count, "output", output, "macs",
			 (json_int_t)layer->macs, "place",
			 layer->place == NPU_PLACE_HOST ? "cpu" : "npu", "partition",
			 (json_int_t)layer->partition);
}
