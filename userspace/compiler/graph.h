/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A model as the compiler sees it: tensors and ops in execution order.
 *
 * Built by a reader, completed with inferred shapes and folded constants, and
 * read-only from then on.  Constant data, names and quantisation arrays stay in
 * the model file, which outlives the graph.
 */
#ifndef NPUC_GRAPH_H
#define NPUC_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** NPUC_NONE - "no such tensor, op or number" */
#define NPUC_NONE 0xffffffffu
/** NPUC_MAX_RANK - most dimensions of a tensor */
#define NPUC_MAX_RANK 8u
/** NPUC_MAX_OUTPUTS - most outputs of an op that is lowered */
#define NPUC_MAX_OUTPUTS 64u
/** NPUC_MAX_ELEMENTS - most elements of a tensor; keeps byte counts of it in 34 bits */
#define NPUC_MAX_ELEMENTS 0x7fffffffu

/**
 * enum npuc_type - element types, numbered as in TFLite's schema
 * @NPUC_TYPE_FLOAT32: IEEE 754 binary32; the NPU converts it from and to 8 bit
 * @NPUC_TYPE_INT32: biases, indices and parameters
 * @NPUC_TYPE_UINT8: activations and weights
 * @NPUC_TYPE_INT8: activations and weights
 * @NPUC_TYPE_FLOAT16: IEEE 754 binary16
 * @NPUC_TYPE_INT64: indices
 * @NPUC_TYPE_BOOL: conditions, a byte of 0 or 1
 * @NPUC_TYPE_INT16: activations
 * @NPUC_TYPE_INT4: weights, two in a byte; unpack.h makes them int8
 *
 * The schema has more; npuc_type_name() knows them all.
 */
enum npuc_type {
	NPUC_TYPE_FLOAT32 = 0,
	NPUC_TYPE_FLOAT16 = 1,
	NPUC_TYPE_INT32 = 2,
	NPUC_TYPE_UINT8 = 3,
	NPUC_TYPE_INT8 = 9,
	NPUC_TYPE_INT64 = 4,
	NPUC_TYPE_BOOL = 6,
	NPUC_TYPE_INT16 = 7,
	NPUC_TYPE_INT4 = 17,
};

/**
 * struct npuc_shape - dimensions, outermost first
 * @rank: number of dimensions
 * @dim: their sizes in elements, each at least 1
 */
struct npuc_shape {
	uint32_t rank;
	uint32_t dim[NPUC_MAX_RANK];
};

/**
 * struct npuc_quant - affine quantisation of a tensor, value = scale * (q - zero_point)
 * @scales: @count little-endian binary32 numbers in the model file
 * @zero_points: @zero_point_count little-endian 64-bit numbers in the model file
 * @count: number of scales; 0: not quantised, 1: per tensor, else per channel
 * @zero_point_count: number of zero points
 * @axis: dimension that the channels run along
 * @foreign: parameters are of a kind other than affine
 */
struct npuc_quant {
	const uint8_t *scales;
	const uint8_t *zero_points;
	uint32_t count;
	uint32_t zero_point_count;
	uint32_t axis;
	bool foreign;
};

/**
 * struct npuc_tensor - a value of the model
 * @name: never NULL
 * @type: &enum npuc_type
 * @shape: dimensions; completed by shape inference where the file has none
 * @ranked: the file has a shape, or says that the tensor is a scalar
 * @dimensioned: the file has dimensions; not changed by shape inference
 * @elements: product of the dimensions
 * @data: constant contents in the model file, NULL for an activation
 * @data_size: bytes of @data
 * @folded: owned memory of @data when the compiler computed it, else NULL
 * @quant: quantisation
 * @variable: keeps its value from run to run
 * @sparse: constant in a compressed form
 * @producer: op that writes it, NPUC_NONE
 * @consumers: number of op inputs that read it
 * @input: number among the model inputs, NPUC_NONE
 * @output: (first) number among the model outputs, NPUC_NONE
 */
struct npuc_tensor {
	const char *name;
	uint32_t type;
	struct npuc_shape shape;
	bool ranked;
	bool dimensioned;
	uint32_t elements;
	const uint8_t *data;
	size_t data_size;
	uint8_t *folded;
	struct npuc_quant quant;
	bool variable;
	bool sparse;
	uint32_t producer;
	uint32_t consumers;
	uint32_t input;
	uint32_t output;
};

/** enum npuc_padding - how windows meet the border */
enum npuc_padding {
	NPUC_PADDING_SAME = 0,
	NPUC_PADDING_VALID = 1,
	NPUC_PADDING_EXPLICIT = 2,
};

/** enum npuc_activation - function fused into an op */
enum npuc_activation {
	NPUC_ACTIVATION_NONE = 0,
	NPUC_ACTIVATION_RELU = 1,
	NPUC_ACTIVATION_RELU_N1_TO_1 = 2,
	NPUC_ACTIVATION_RELU6 = 3,
};

/**
 * struct npuc_attributes - parameters of an op; those it does not have are zero
 * @padding: &enum npuc_padding
 * @pads: EXPLICIT padding: rows above, columns left, rows below, columns right
 * @stride: window step, height and width
 * @filter: pooling window, height and width
 * @dilation: distance of window taps, height and width
 * @activation: &enum npuc_activation
 * @axis: CONCATENATION, PACK, UNPACK, GATHER: dimension, negative from the end
 * @batch_dims: GATHER: leading dimensions that indices and input share
 * @block: DEPTH_TO_SPACE, SPACE_TO_DEPTH: rows and columns of a block
 * @begin_mask: STRIDED_SLICE: entries that begin at the very first, a bit each
 * @end_mask: STRIDED_SLICE: entries that end at the very last
 * @ellipsis_mask: STRIDED_SLICE: the entry that stands for all dimensions not named
 * @new_axis_mask: STRIDED_SLICE: entries that add a dimension
 * @shrink_mask: STRIDED_SLICE: entries that take one element and drop the dimension
 * @offset_end: STRIDED_SLICE: ends count from the begins
 * @adjoint_x: BATCH_MATMUL: matrices of input 0 lie with rows for columns
 * @adjoint_y: BATCH_MATMUL: likewise of input 1
 * @rank: SVDF: filters of a unit
 * @asymmetric: FULLY_CONNECTED and SVDF with int8 weights: inputs are quantised with a zero point
 * @mode: MIRROR_PAD: 0 leaves out the border's own elements, 1 repeats them; ARG_MAX,
 *	ARG_MIN: 0 finds the first of equals, 1 the last
 * @pot_scale: ADD, SUB: scales of int16 that are powers of two need shifts only
 * @beta: SOFTMAX: factor of the exponent, binary32 bits
 * @alpha: LEAKY_RELU: slope below zero, binary32 bits
 * @weights_format: FULLY_CONNECTED: 0 is the plain layout
 * @keep_dims: MEAN: reduced dimensions stay as 1
 * @align_corners: RESIZE
 * @half_pixel: RESIZE
 * @approximate: GELU: by tanh
 * @cell_activation: LSTM: function of cell gate and state, numbered as @activation
 * @time_major: LSTM: time steps before batches
 * @diagonal: LSTM: recurrent weights are diagonals
 * @cell_clip: LSTM: greatest size of the cell state, binary32 bits; 0: any
 * @hidden: LSTM: tensor with the quantisation of what the cells give away, NPUC_NONE
 * @list: RESHAPE: new shape; SQUEEZE: dimensions to drop
 * @list_count: entries of @list
 */
struct npuc_attributes {
	uint8_t padding;
	uint8_t activation;
	uint8_t weights_format;
	uint8_t keep_dims;
	uint8_t align_corners;
	uint8_t half_pixel;
	uint8_t pot_scale;
	uint8_t approximate;
	uint8_t cell_activation;
	uint8_t time_major;
	uint8_t diagonal;
	uint32_t pads[4];
	uint32_t stride[2];
	uint32_t filter[2];
	uint32_t dilation[2];
	uint8_t offset_end;
	uint8_t mode;
	uint8_t adjoint_x;
	uint8_t adjoint_y;
	uint8_t asymmetric;
	uint32_t axis;
	uint32_t batch_dims;
	uint32_t rank;
	uint32_t block;
	uint32_t begin_mask;
	uint32_t end_mask;
	uint32_t ellipsis_mask;
	uint32_t new_axis_mask;
	uint32_t shrink_mask;
	uint32_t beta;
	uint32_t alpha;
	uint32_t cell_clip;
	uint32_t hidden;
	int32_t list[NPUC_MAX_RANK];
	uint32_t list_count;
};

/**
 * struct npuc_op_source - an operation as a .tflite file has it, for those who write one again
 * @version: of the operator
 * @options_type: member of the schema's union BuiltinOptions, 0: none
 * @options: its table, which lies wholly in the file, as does the vtable; NULL: none
 * @foreign: has parameters of kinds that are not kept here
 * @custom: options of a custom op, in the file; NULL: none
 * @custom_size: bytes of @custom
 * @intermediates: LSTM: little-endian 32-bit tensor numbers in the file
 * @intermediate_count: entries of @intermediates
 *
 * All zero for ops that do not come from such a file.
 */
struct npuc_op_source {
	uint32_t version;
	uint32_t options_type;
	const uint8_t *options;
	bool foreign;
	const uint8_t *custom;
	size_t custom_size;
	const uint8_t *intermediates;
	uint32_t intermediate_count;
};

/**
 * struct npuc_op - an operation of the model
 * @builtin: TFLite's BuiltinOperator number
 * @type: its name, "CONV_2D"; for custom ops the name in the file
 * @inputs: tensor numbers, NPUC_NONE where an optional one is left out
 * @outputs: tensor numbers
 * @input_count: entries of @inputs
 * @output_count: entries of @outputs
 * @attributes: parameters
 * @constant: the compiler has computed its outputs, which are constants then
 * @source: what the file says of it beside that
 * @number: its number in the model file; of an op that the compiler adds, the number of the
 *	op it serves, or NPUC_NONE
 */
struct npuc_op {
	uint32_t builtin;
	const char *type;
	const uint32_t *inputs;
	const uint32_t *outputs;
	uint32_t input_count;
	uint32_t output_count;
	struct npuc_attributes attributes;
	bool constant;
	struct npuc_op_source source;
	uint32_t number;
};

/**
 * struct npuc_graph - a model
 * @tensors: all tensors
 * @tensor_count: entries of @tensors
 * @ops: all ops, each behind those it depends on
 * @op_count: entries of @ops
 * @inputs: tensor numbers of the model inputs
 * @input_count: entries of @inputs
 * @outputs: tensor numbers of the model outputs
 * @output_count: entries of @outputs
 * @refs: memory that the ops' and the model's tensor numbers live in
 * @owned: blocks of memory that constants, names and numbers live in which are not
 *	in the model file
 * @owned_count: entries of @owned
 */
struct npuc_graph {
	struct npuc_tensor *tensors;
	uint32_t tensor_count;
	struct npuc_op *ops;
	uint32_t op_count;
	const uint32_t *inputs;
	uint32_t input_count;
	const uint32_t *outputs;
	uint32_t output_count;
	uint32_t *refs;
	void **owned;
	uint32_t owned_count;
};

/** npuc_graph_free() - release what the graph owns */
void npuc_graph_free(struct npuc_graph *g);

/** npuc_input() - input @i of an op, NULL when the op leaves it out */
const struct npuc_tensor *npuc_input(const struct npuc_graph *g, const struct npuc_op *op,
				     uint32_t i);

/** npuc_output() - output 0 of an op; it has at least one */
const struct npuc_tensor *npuc_output(const struct npuc_graph *g, const struct npuc_op *op);

/** npuc_output_at() - output @k of an op, which has more than @k */
const struct npuc_tensor *npuc_output_at(const struct npuc_graph *g, const struct npuc_op *op,
					 uint32_t k);

/** npuc_scale() - scale of channel @c; per-tensor ones repeat; 0 when not quantised */
float npuc_scale(const struct npuc_tensor *t, uint32_t c);

/** npuc_zero_point() - zero point of channel @c, 0 when there is none; per-tensor ones repeat */
int64_t npuc_zero_point(const struct npuc_tensor *t, uint32_t c);

/** npuc_type_name() - the schema's name in lower case, or "an unknown type" */
const char *npuc_type_name(uint32_t type);

/** npuc_type_size() - bytes of an element of a type that operands may have, else 0 */
uint32_t npuc_type_size(uint32_t type);

/** npuc_shape_equal() - same rank and dimensions? */
bool npuc_shape_equal(const struct npuc_shape *a, const struct npuc_shape *b);

/** npuc_shape_elements() - product of the dimensions; 0 when one is 0 or beyond NPUC_MAX_ELEMENTS */
uint32_t npuc_shape_elements(const struct npuc_shape *s);

/** npuc_shape_nhwc() - the shape as N, H, W, C: ones in front, leading dimensions merged */
void npuc_shape_nhwc(const struct npuc_shape *s, uint32_t nhwc[4]);

/** NPUC_SHAPE_TEXT - bytes that the longest shape needs as text */
#define NPUC_SHAPE_TEXT 96

/** npuc_shape_text() - "[1,96,96,3]" into @text; returns @text */
const char *npuc_shape_text(const struct npuc_shape *s, char text[NPUC_SHAPE_TEXT]);

/**
 * npuc_constant_ints() - read a constant int32 or int64 tensor
 * @t: the tensor, or NULL
 * @values: room for @max numbers
 * @max: most elements it may have
 * @count: how many it has
 *
 * Return: false when it is not a constant tensor of at most @max integers that fit 32 bits.
 */
bool npuc_constant_ints(const struct npuc_tensor *t, int32_t *values, uint32_t max,
			uint32_t *count);

/** npuc_constant_int() - element @i of a complete constant int32 or int64 tensor */
int64_t npuc_constant_int(const struct npuc_tensor *t, uint32_t i);

#endif /* NPUC_GRAPH_H */
