/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Models of one op, run on numbers. */
#ifndef TEST_ONE_OP_H
#define TEST_ONE_OP_H

#include "model.h"

#define ONE_OP_INPUTS 26
#define ONE_OP_NUMBERS 4096

/**
 * struct one_tensor - an input or the output
 * @type: &enum npuc_type; float32, int32, int64, bool, int8, uint8
 * @rank: dimensions
 * @dim: their sizes
 * @constant: part of the model
 * @absent: left out
 * @variable: a state
 * @scale: of int8
 * @values: its numbers
 */
struct one_tensor {
	uint32_t type;
	uint32_t rank;
	int32_t dim[6];
	bool constant;
	bool absent;
	bool variable;
	float scale;
	double values[ONE_OP_NUMBERS];
};

/**
 * struct one_op - an op, its inputs and its output
 * @builtin: &enum tflite_builtin
 * @options_type: as in &struct model_op
 * @options: likewise
 * @inputs: entries of @in
 * @in: inputs
 * @out: output; values are filled by one_op_run()
 */
struct one_op {
	uint32_t builtin;
	uint8_t options_type;
	struct fb_field options[FB_FIELDS];
	uint32_t inputs;
	struct one_tensor in[ONE_OP_INPUTS];
	struct one_tensor out;
};

/** one_op_elements() - number of elements */
uint32_t one_op_elements(const struct one_tensor *t);

/** one_op_random() - fill a tensor with numbers from @low to @high that its type has */
void one_op_random(struct one_tensor *t, double low, double high, uint32_t *seed);

/** one_op_ints() - let input @i be a constant vector of int32 */
void one_op_ints(struct one_op *o, uint32_t i, uint32_t count, const int32_t *values);

/** one_op_run() - compile and run it; fails the test when that fails */
void one_op_run(struct one_op *o);

#endif /* TEST_ONE_OP_H */
