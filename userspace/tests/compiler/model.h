/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Small .tflite files made from a description, so that tests need no model files. */
#ifndef TEST_MODEL_H
#define TEST_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "fb_writer.h"
#include "graph.h"
#include "tflite.h"

#define MODEL_TENSORS 64
#define MODEL_OPS 24
#define MODEL_REFS 28
#define MODEL_END 0xffffffffu
/* An input that is left out. */
#define MODEL_ABSENT 0xfffffffdu

/**
 * struct model_tensor - a tensor
 * @type: &enum npuc_type
 * @rank: dimensions in @dim
 * @dim: shape
 * @scale: scale, 0: not quantised
 * @zero: zero point
 * @scales: number of scales, 0 for one; channel c has @scale * (c + 1)
 * @axis: dimension that scales run along
 * @data_bytes: size of the constant contents, a fixed pattern; 0: an activation
 * @ints: constant contents instead, @data_bytes of them, of any type
 * @variable: keeps its value
 */
struct model_tensor {
	uint32_t type;
	uint32_t rank;
	int32_t dim[6];
	float scale;
	int64_t zero;
	uint32_t scales;
	uint32_t axis;
	uint32_t data_bytes;
	const void *ints;
	uint8_t variable;
};

/**
 * struct model_op - an op
 * @builtin: &enum tflite_builtin
 * @inputs: tensor numbers or MODEL_ABSENT, MODEL_END behind the last
 * @outputs: tensor numbers, MODEL_END behind the last
 * @options_type: member of the schema's BuiltinOptions
 * @options: its fields
 * @intermediates: tensor numbers, MODEL_END behind the last; all 0 for none
 */
struct model_op {
	uint32_t builtin;
	uint32_t inputs[MODEL_REFS];
	uint32_t outputs[MODEL_REFS];
	uint8_t options_type;
	struct fb_field options[FB_FIELDS];
	uint32_t intermediates[MODEL_REFS];
};

/**
 * struct model - a model; tensors end at rank 0, ops at an empty output list
 * @name: for messages and file names
 * @tensors: its tensors
 * @ops: its ops, in order
 * @inputs: tensor numbers, MODEL_END behind the last
 * @outputs: tensor numbers, MODEL_END behind the last
 * @subgraphs: how often the one subgraph is listed; 0 means once
 */
struct model {
	const char *name;
	struct model_tensor tensors[MODEL_TENSORS];
	struct model_op ops[MODEL_OPS];
	uint32_t inputs[MODEL_REFS];
	uint32_t outputs[MODEL_REFS];
	uint32_t subgraphs;
};

/* Of a description: tensor numbers with the end mark behind, and an op without options. */
#define REFS(...)                      \
	{                              \
		__VA_ARGS__, MODEL_END \
	}
#define NO_OPTIONS           \
	0,                   \
	{                    \
		{            \
			0, 0 \
		}            \
	}

/** model_write() - the model as a .tflite file; the result is static, good until the next call */
const struct fb_writer *model_write(const struct model *m);

/** models - the small models, ended by one without name; together they use every lowering */
extern const struct model models[];

/** model_find() - one of them by name; aborts when there is none */
const struct model *model_find(const char *name);

#endif /* TEST_MODEL_H */
