/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Models of one op, run on numbers. */
#ifndef TEST_ONE_OP_H
#define TEST_ONE_OP_H

#include "model.h"

/* Most that a result with roundings may be off, against the largest one. */
#define TOLERANCE 1e-6

#define F32 NPUC_TYPE_FLOAT32
#define I32 NPUC_TYPE_INT32
#define I64 NPUC_TYPE_INT64
#define BOOL NPUC_TYPE_BOOL

/* Fields of an op's options. */
#define WORD(v)                  \
	{                        \
		4, (uint32_t)(v) \
	}
#define BYTE(v)      \
	{            \
		1, v \
	}

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

/** op - the op under test */
extern struct one_op op;
/** want - its result by definition */
extern double want[ONE_OP_NUMBERS];

/** one_begin() - clear the op under test */
void one_begin(uint32_t builtin, uint32_t inputs);

/** one_shape() - set type and shape of a tensor */
void one_shape(struct one_tensor *t, uint32_t type, uint32_t rank, const int32_t *dim);

/* The same by a list of sizes. */
#define SHAPE(t, type, ...)                                                      \
	one_shape(t, type, sizeof((int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t), \
		  (int32_t[]){ __VA_ARGS__ })

/** one_constant() - let a tensor be constant random float32 from -1 to 1 */
void one_constant(struct one_tensor *t, uint32_t rank, const int32_t *dim, uint32_t *seed);

/** one_at() - a number of a tensor of four dimensions */
double one_at(const double *values, const int32_t *dim, int n, int y, int x, int c);

/** one_check() - run the op; fail where it is off by more than @tolerance of the largest number */
void one_check(const char *name, uint32_t number, double tolerance);

/** one_op_elements() - number of elements */
uint32_t one_op_elements(const struct one_tensor *t);

/** one_op_random() - fill a tensor with numbers from @low to @high that its type has */
void one_op_random(struct one_tensor *t, double low, double high, uint32_t *seed);

/** one_op_ints() - let input @i be a constant vector of int32 */
void one_op_ints(struct one_op *o, uint32_t i, uint32_t count, const int32_t *values);

/** one_op_run() - compile and run it; fails the test when that fails */
void one_op_run(struct one_op *o);

#endif /* TEST_ONE_OP_H */
