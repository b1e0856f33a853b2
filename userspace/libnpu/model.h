/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPU_MODEL_H
#define NPU_MODEL_H

#include "file.h"
#include "npu.h"
#include "npum.h"
#include "npum_personality.h"

/**
 * struct npu_model - a .npu artefact, read and checked
 * @data: the library's own copy of the file; everything below points into it
 * @file: its sections
 * @program: its validated program
 * @personalities: what @program points into; those of a device may differ
 * @info: facts
 * @tensors: info.tensor_count entries
 * @layers: info.layer_count entries
 * @areas: info.area_count entries
 * @inputs: info.input_count ids of tensors, in order
 * @outputs: info.output_count ids of tensors, in order
 * @host_ops: host operators, in the file
 * @host_op_count: entries of @host_ops
 * @segments: what runs where, in execution order
 * @segment_count: entries of @segments, at least 1
 */
struct npu_model {
	void *data;
	struct npu_file file;
	struct npum_program program;
	struct npum_personality_set personalities;
	struct npu_model_info info;
	struct npu_tensor_info *tensors;
	struct npu_layer_info *layers;
	struct npu_area_info *areas;
	uint32_t *inputs;
	uint32_t *outputs;
	const struct npu_file_host_op *host_ops;
	uint32_t host_op_count;
	struct npu_segment_info *segments;
	uint32_t segment_count;
};

/** npu_model_string() - the string at @offset of STRINGS; NULL when it lies outside */
const char *npu_model_string(const struct npu_model *model, uint32_t offset);

#endif /* NPU_MODEL_H */
