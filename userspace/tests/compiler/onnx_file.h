/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Small .onnx files for tests, described by tables. */
#ifndef TEST_ONNX_FILE_H
#define TEST_ONNX_FILE_H

#include <stdint.h>

#include "onnx/onnx_model.h"
#include "pb_writer.h"

/** ONNX_FILE_NAMES - most inputs or outputs of a node */
#define ONNX_FILE_NAMES 10

/**
 * struct onnx_file_node - a node
 * @op: operator; NULL ends a list
 * @inputs: names
 * @outputs: names
 * @attributes: integers and lists, or a text, or a graph; NULL name ends them
 */
struct onnx_file_node {
	const char *op;
	const char *inputs[ONNX_FILE_NAMES];
	const char *outputs[3];
	struct {
		const char *name;
		uint32_t count;
		int64_t list[4];
		const char *text;
		const struct onnx_file_branch *graph;
	} attributes[4];
};

/**
 * struct onnx_file_branch - a graph in an attribute
 * @nodes: its nodes
 * @output: its output
 */
struct onnx_file_branch {
	struct onnx_file_node nodes[4];
	const char *output;
};

/**
 * struct onnx_file_tensor - an input, output or constant
 * @name: NULL ends a list
 * @type: &enum onnx_type
 * @rank: dimensions
 * @dim: their sizes
 * @data: contents of a constant
 */
struct onnx_file_tensor {
	const char *name;
	uint32_t type;
	uint32_t rank;
	uint32_t dim[5];
	const void *data;
};

/**
 * struct onnx_file - a model
 * @name: of the test case; NULL ends a list
 * @opset: version of the operators
 * @nodes: its nodes
 * @constants: its initialisers
 * @inputs: its inputs
 * @outputs: its outputs
 */
struct onnx_file {
	const char *name;
	uint32_t opset;
	struct onnx_file_node nodes[8];
	struct onnx_file_tensor constants[12];
	struct onnx_file_tensor inputs[3];
	struct onnx_file_tensor outputs[4];
};

/** onnx_files - the models, ended by one without a name */
extern const struct onnx_file onnx_files[];

/** onnx_file_write() - the bytes of a model; valid until the next call */
const struct pb_writer *onnx_file_write(const struct onnx_file *f);

/** onnx_file_named() - the model of that name; fails the test when there is none */
const struct onnx_file *onnx_file_named(const char *name);

#endif /* TEST_ONNX_FILE_H */
