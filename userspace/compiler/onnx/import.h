/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From ONNX nodes to a graph of TFLite's operators.
 *
 * Images lie channels last in the graph: convolutions and pools want them so, and
 * what comes behind takes them as they are.  A tensor is brought to the other order
 * only where an op asks for it, which is where the model's own inputs and outputs
 * meet the first and the last of them.
 *
 * A node between DequantizeLinear and QuantizeLinear becomes one op on codes.
 */
#ifndef NPUC_ONNX_IMPORT_H
#define NPUC_ONNX_IMPORT_H

#include "graph_build.h"
#include "names.h"
#include "onnx_model.h"
#include "tflite.h"

/**
 * enum onnx_layout - how a tensor lies in the graph
 * @ONNX_PLAIN: in the order of the file
 * @ONNX_CHANNELS_LAST: of rank 4, channels moved from axis 1 behind height and width
 */
enum onnx_layout {
	ONNX_PLAIN = 0,
	ONNX_CHANNELS_LAST = 1,
};

/**
 * struct onnx_value - a named value of the file
 * @name: its name
 * @constant: NULL for what is computed
 * @uses: node inputs and graph outputs that read it
 * @computed: node outputs that it is, 0 or 1
 * @reader: a node that reads it, NPUC_NONE
 * @is_output: of the graph
 * @stored: graph tensor that holds it, by &enum onnx_layout; NPUC_NONE: none yet
 * @codes: value that it is dequantised from, NPUC_NONE
 * @scale: value of the scale it is dequantised with
 * @zero: value of the zero point likewise, NPUC_NONE for 0
 * @axis: dimension that several of them run along
 */
struct onnx_value {
	struct onnx_text name;
	const struct onnx_constant *constant;
	uint32_t uses;
	uint32_t computed;
	uint32_t reader;
	bool is_output;
	uint32_t stored[2];
	uint32_t codes;
	uint32_t scale;
	uint32_t zero;
	int64_t axis;
};

/**
 * struct onnx_import - a file on its way
 * @file: name for error texts
 * @m: what was found in the file
 * @b: the graph so far
 * @names: value numbers by name
 * @values: all values
 * @value_count: entries of @values
 * @done: nodes whose work an earlier one does
 * @at: number of the node at hand
 * @open: a dimension besides the first of an input is 1 only because the file says nothing
 * @apart: nothing is fused with DequantizeLinear and QuantizeLinear
 * @fold_budget: bytes that constants computed on the way may still have
 * @error: where failures are explained
 */
struct onnx_import {
	const char *file;
	struct onnx_model m;
	struct npuc_builder b;
	struct npuc_names names;
	struct onnx_value *values;
	uint32_t value_count;
	bool *done;
	uint32_t at;
	bool open;
	bool apart;
	uint64_t fold_budget;
	struct npuc_error *error;
};

/**
 * typedef onnx_import_fn - adds the ops of a node
 * @im: the import; @at is the node's number
 * @n: the node
 *
 * Return: 0, -EOPNOTSUPP or -ENOMEM with the error filled.
 */
typedef int onnx_import_fn(struct onnx_import *im, const struct onnx_node *n);

#define ONNX_OP(name, since, least, most, import) onnx_import_fn onnx_import_##import;
#include "ops.def"

/** onnx_refuse() - fail for the node at hand: "FILE: node N OP 'NAME': " and the text */
int onnx_refuse(struct onnx_import *im, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** onnx_broken() - fail because memory ran short or the graph could not be built */
int onnx_broken(struct onnx_import *im);

/** onnx_value() - number of the value that an input or output names; NPUC_NONE: left out */
uint32_t onnx_value(const struct onnx_import *im, struct onnx_text name);

/** onnx_import_nodes() - import @count nodes from number @first on; at is that of the last one */
int onnx_import_nodes(struct onnx_import *im, uint32_t first, uint32_t count);

/**
 * onnx_note_nodes() - note which nodes read which values
 * @im: the import
 * @first: number of the first node, whose outputs are new values
 * @count: nodes
 * @from: values before this one have been noted with the node that holds the graph
 *
 * Return: 0, or negative with the error filled.
 */
int onnx_note_nodes(struct onnx_import *im, uint32_t first, uint32_t count, uint32_t from);

/** onnx_add_value() - number of the value of a name, which need not be known yet */
uint32_t onnx_add_value(struct onnx_import *im, struct onnx_text name);

/** onnx_alias() - let value @to be another name of @from */
void onnx_alias(struct onnx_import *im, uint32_t from, uint32_t to);

/** onnx_hidden() - number of a new value without a name; there is room for one for each node */
uint32_t onnx_hidden(struct onnx_import *im);

/** onnx_input() - value number of input @i of a node, NPUC_NONE when it is left out */
uint32_t onnx_input(const struct onnx_import *im, const struct onnx_node *n, uint32_t i);

/** onnx_rank() - dimensions of a value that is constant or stored */
uint32_t onnx_rank(const struct onnx_import *im, uint32_t value);

/** onnx_shape() - shape of a value that is constant or stored, in the order of the file */
struct npuc_shape onnx_shape(const struct onnx_import *im, uint32_t value);

/** onnx_axis() - dimension @axis of a value, negative from the end; NPUC_NONE: there is none */
uint32_t onnx_axis(const struct onnx_import *im, uint32_t value, int64_t axis);

/** onnx_axis_in() - where dimension @axis of a value of rank 4 lies in a layout */
uint32_t onnx_axis_in(uint32_t axis, enum onnx_layout layout);

/**
 * onnx_stored() - tensor that holds a value in a layout; brought there if need be
 * @im: the import
 * @value: its number
 * @layout: CHANNELS_LAST of a value that is not of rank 4 gives ones in front of its
 *	dimensions if it is constant, else the value as it is
 *
 * Return: tensor number, NPUC_NONE with the error filled.
 */
uint32_t onnx_stored(struct onnx_import *im, uint32_t value, enum onnx_layout layout);

/** onnx_natural() - CHANNELS_LAST where one of the node's inputs lies so and nothing forbids */
enum onnx_layout onnx_natural(const struct onnx_import *im, const struct onnx_node *n,
			      uint32_t count);

/**
 * onnx_integers() - contents of a constant of whole numbers
 * @im: the import
 * @value: its number, NPUC_NONE gives none
 * @list: filled
 * @most: room in @list
 *
 * Return: how many it has, NPUC_NONE when it is not constant, not whole or has more.
 */
uint32_t onnx_integers(const struct onnx_import *im, uint32_t value, int64_t *list, uint32_t most);

/** onnx_number() - the only element of a float constant; false when it is something else */
bool onnx_number(const struct onnx_import *im, uint32_t value, float *number);

/** onnx_type() - &enum npuc_type of an &enum onnx_type, NPUC_NONE for others */
uint32_t onnx_type(uint32_t type);

/* quant.c */

/**
 * onnx_quant() - quantisation from the values of scale and zero point
 * @im: the import
 * @scale: value number
 * @zero: value number, NPUC_NONE for 0
 * @axis: dimension that several scales run along, in the graph's order
 * @q: filled; its numbers live in the graph's memory
 *
 * Return: false when they are not constant or do not fit each other.
 */
bool onnx_quant(struct onnx_import *im, uint32_t scale, uint32_t zero, uint32_t axis,
		struct npuc_quant *q);

/** onnx_codes() - value of the codes that a value is dequantised from; NPUC_NONE: it is not */
uint32_t onnx_codes(const struct onnx_import *im, uint32_t value);

/** onnx_all_codes() - are the first @count inputs dequantised from codes, or constants of them? */
bool onnx_all_codes(const struct onnx_import *im, const struct onnx_node *n, uint32_t count);

/** onnx_codes_quant() - quantisation of onnx_codes(); @axis as for onnx_quant() */
bool onnx_codes_quant(struct onnx_import *im, uint32_t value, uint32_t axis, struct npuc_quant *q);

/**
 * onnx_qlinear() - as onnx_stored(), of input @i of a QLinear node, of constants too
 *
 * Scale and zero point are its inputs @i + 1 and @i + 2.
 */
uint32_t onnx_qlinear(struct onnx_import *im, const struct onnx_node *n, uint32_t i,
		      enum onnx_layout layout);

/** onnx_codes_stored() - as onnx_stored(), of the codes of a computed value, with quantisation */
uint32_t onnx_codes_stored(struct onnx_import *im, uint32_t value, enum onnx_layout layout);

/**
 * onnx_dequantise() - store a value that DequantizeLinear makes as numbers
 * @im: the import
 * @value: its number
 * @layout: wanted; where the codes lie otherwise, the numbers lie too
 *
 * Return: false with the error filled.
 */
bool onnx_dequantise(struct onnx_import *im, uint32_t value, enum onnx_layout layout);

/**
 * onnx_permuted() - a constant with its dimensions in another order
 * @im: the import
 * @value: number of a constant, or of one dequantised from constant codes: the codes if @q
 *	is a quantisation, else the numbers
 * @shape: new dimensions
 * @order: the old dimension that each of them is
 * @q: quantisation that the tensor gets
 *
 * Return: tensor number, NPUC_NONE with the error filled.
 */
uint32_t onnx_permuted(struct onnx_import *im, uint32_t value, const struct npuc_shape *shape,
		       const uint32_t *order, const struct npuc_quant *q);

/**
 * struct onnx_target - where the result of a node goes
 * @value: number of the value it becomes; behind a fused activation and QuantizeLinear
 * @type: &enum npuc_type, NPUC_NONE for that of the op's first input
 * @quant: of @value, count 0 when it is not quantised
 * @activation: &enum npuc_activation fused
 */
struct onnx_target {
	uint32_t value;
	uint32_t type;
	struct npuc_quant quant;
	uint32_t activation;
};

/**
 * onnx_target() - find where output 0 of the node at hand goes
 * @im: the import
 * @n: the node
 * @codes: its activations are codes: a QuantizeLinear behind it is fused, if it is
 *	the only reader
 * @clamps: the op can have an activation function
 * @t: filled
 *
 * Nodes that are fused are marked as done.
 *
 * Return: false when @codes are asked for and no QuantizeLinear follows; nothing
 * is marked then.
 */
bool onnx_target(struct onnx_import *im, const struct onnx_node *n, bool codes, bool clamps,
		 struct onnx_target *t);

/** onnx_qlinear_target() - output 0 of a QLinear node whose scale is input @scale */
bool onnx_qlinear_target(struct onnx_import *im, const struct onnx_node *n, uint32_t scale,
			 struct onnx_target *t);

/**
 * onnx_emit() - add an op that computes a target
 * @im: the import
 * @t: the target; with a type and quantisation
 * @builtin: &enum tflite_builtin
 * @a: its parameters; activation is taken from the target
 * @inputs: tensor numbers; NPUC_NONE from onnx_stored() has its error filled
 * @count: entries of @inputs
 * @layout: of the result
 *
 * Return: 0 or negative errno with the error filled.
 */
int onnx_emit(struct onnx_import *im, const struct onnx_target *t, uint32_t builtin,
	      const struct npuc_attributes *a, const uint32_t *inputs, uint32_t count,
	      enum onnx_layout layout);

/**
 * onnx_step() - add an op whose result only the node at hand reads
 * @im: the import
 * @builtin: &enum tflite_builtin
 * @a: its parameters
 * @inputs: tensor numbers
 * @count: entries of @inputs
 * @type: &enum npuc_type of the result, NPUC_NONE for that of the first input
 *
 * Return: tensor number of the result, NPUC_NONE with the error filled.
 */
uint32_t onnx_step(struct onnx_import *im, uint32_t builtin, const struct npuc_attributes *a,
		   const uint32_t *inputs, uint32_t count, uint32_t type);

/** onnx_give() - let value @value be what tensor @tensor holds; 0, or negative with the error */
int onnx_give(struct onnx_import *im, uint32_t value, uint32_t tensor, enum onnx_layout layout);

/** onnx_real() - add a float constant of rank 0 */
uint32_t onnx_real(struct onnx_import *im, float number);

/** onnx_like() - add a constant of rank 0 of a tensor's type, float32 if that has no numbers */
uint32_t onnx_like(struct onnx_import *im, uint32_t x, float number);

/** onnx_count() - add the constant 0, 1, ... @count - 1 of type int32 or int64 */
uint32_t onnx_count(struct onnx_import *im, uint32_t type, uint32_t count);

/** onnx_unary() - onnx_step() with one input and no parameters */
uint32_t onnx_unary(struct onnx_import *im, uint32_t builtin, uint32_t x);

/** onnx_binary() - onnx_step() with two inputs and no parameters */
uint32_t onnx_binary(struct onnx_import *im, uint32_t builtin, uint32_t x, uint32_t y);

/** onnx_compare() - likewise, to truth values */
uint32_t onnx_compare(struct onnx_import *im, uint32_t builtin, uint32_t x, uint32_t y);

/** onnx_select() - add @condition ? @x : @y */
uint32_t onnx_select(struct onnx_import *im, uint32_t condition, uint32_t x, uint32_t y);

/** onnx_convert() - a tensor as another &enum npuc_type; itself if it is of that one */
uint32_t onnx_convert(struct onnx_import *im, uint32_t x, uint32_t type);

/** onnx_as() - a tensor in another shape */
uint32_t onnx_as(struct onnx_import *im, uint32_t x, const int32_t *shape, uint32_t rank);

/** onnx_turned() - a tensor with its dimensions in another order */
uint32_t onnx_turned(struct onnx_import *im, uint32_t x, const int32_t *order, uint32_t rank);

/** onnx_reduced() - a tensor reduced along one dimension */
uint32_t onnx_reduced(struct onnx_import *im, uint32_t builtin, uint32_t x, int32_t axis,
		      bool keep);

#endif /* NPUC_ONNX_IMPORT_H */
