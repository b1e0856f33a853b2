/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An .onnx file as views of its bytes: nodes, constants, inputs and outputs, with
 * nothing interpreted yet.  Field numbers are those of onnx.proto.
 */
#ifndef NPUC_ONNX_MODEL_H
#define NPUC_ONNX_MODEL_H

#include "graph.h"
#include "npuc.h"
#include "protobuf.h"

/**
 * struct onnx_text - a string in the file
 * @at: first byte, not ended by a zero; NULL: absent
 * @size: bytes
 */
struct onnx_text {
	const char *at;
	size_t size;
};

/** enum onnx_type - TensorProto.DataType, those that we know */
enum onnx_type {
	ONNX_FLOAT = 1,
	ONNX_UINT8 = 2,
	ONNX_INT8 = 3,
	ONNX_UINT16 = 4,
	ONNX_INT16 = 5,
	ONNX_INT32 = 6,
	ONNX_INT64 = 7,
	ONNX_BOOL = 9,
	ONNX_FLOAT16 = 10,
	ONNX_DOUBLE = 11,
};

/**
 * struct onnx_constant - a TensorProto
 * @name: initialisers have one
 * @type: &enum onnx_type
 * @rank: dimensions
 * @dim: their sizes
 * @raw: contents as little-endian elements; NULL: in @list
 * @raw_size: bytes of @raw
 * @list: the TensorProto itself where the contents are a list of numbers, for
 *	onnx_constant_copy()
 * @external: the contents are in another file
 */
struct onnx_constant {
	struct onnx_text name;
	uint32_t type;
	uint32_t rank;
	uint32_t dim[NPUC_MAX_RANK];
	const uint8_t *raw;
	size_t raw_size;
	struct npuc_pb list;
	bool external;
};

/**
 * struct onnx_value_info - name and type of an input, output or intermediate
 * @name: of the value
 * @type: &enum onnx_type, 0: not said
 * @ranked: it has a shape
 * @rank: dimensions
 * @dim: their sizes; 0: not a number in the file
 */
struct onnx_value_info {
	struct onnx_text name;
	uint32_t type;
	bool ranked;
	uint32_t rank;
	uint32_t dim[NPUC_MAX_RANK];
};

/**
 * struct onnx_node - an operation
 * @op: its type, "Conv"
 * @domain: "" or "ai.onnx" is ONNX's own
 * @name: may be absent
 * @inputs: names; an empty one is left out
 * @input_count: entries of @inputs
 * @outputs: names
 * @output_count: entries of @outputs
 * @message: its bytes, where attributes are looked up
 */
struct onnx_node {
	struct onnx_text op;
	struct onnx_text domain;
	struct onnx_text name;
	struct onnx_text *inputs;
	uint32_t input_count;
	struct onnx_text *outputs;
	uint32_t output_count;
	struct npuc_pb message;
};

/** ONNX_MAX_DEPTH - deepest nesting of graphs in attributes of nodes */
#define ONNX_MAX_DEPTH 16u

/**
 * struct onnx_totals - how much there is of everything, graphs in attributes included
 * @nodes: nodes
 * @texts: names of nodes' inputs and outputs
 * @constants: initialisers
 * @inputs: graph inputs
 * @outputs: graph outputs
 * @infos: intermediate values
 */
struct onnx_totals {
	size_t nodes;
	size_t texts;
	size_t constants;
	size_t inputs;
	size_t outputs;
	size_t infos;
};

/** ONNX_MAX_FILES - most other files that constants of one model lie in */
#define ONNX_MAX_FILES 1024u

/**
 * struct onnx_outside - another file that constants lie in
 * @location: as the model names it
 * @data: its bytes
 * @size: their number
 */
struct onnx_outside {
	char location[256];
	const uint8_t *data;
	size_t size;
};

/**
 * struct onnx_model - a file that was read; release with onnx_model_free()
 * @opset: version of ONNX's own operators
 * @nodes: in the file's order
 * @node_count: entries of @nodes
 * @constants: initialisers
 * @constant_count: entries of @constants
 * @inputs: graph inputs; older files list initialisers among them
 * @input_count: entries of @inputs
 * @outputs: graph outputs
 * @output_count: entries of @outputs
 * @infos: what is known of intermediate values
 * @info_count: entries of @infos
 * @texts: memory of the nodes' names, with room for those of all graphs in attributes
 * @text_count: names in @texts
 * @totals: of the whole file; @nodes has room for as many
 * @files: other files
 * @file_count: entries of @files
 * @file_bytes: their bytes, each file once
 */
struct onnx_model {
	uint32_t opset;
	struct onnx_node *nodes;
	uint32_t node_count;
	struct onnx_constant *constants;
	uint32_t constant_count;
	struct onnx_value_info *inputs;
	uint32_t input_count;
	struct onnx_value_info *outputs;
	uint32_t output_count;
	struct onnx_value_info *infos;
	uint32_t info_count;
	struct onnx_text *texts;
	uint32_t text_count;
	struct onnx_totals totals;
	struct onnx_outside *files;
	uint32_t file_count;
	size_t file_bytes;
};

/**
 * onnx_model_read() - find everything in a file
 * @file: name for error texts
 * @data: its bytes; outlive the model
 * @size: their number
 * @how: how to read it
 * @m: filled; release whatever the outcome
 * @error: filled on failure
 *
 * Memory taken is a small multiple of @size at most.
 *
 * Return: 0, -EINVAL, -EOPNOTSUPP or -ENOMEM.
 */
int onnx_model_read(const char *file, const void *data, size_t size, const struct npuc_reading *how,
		    struct onnx_model *m, struct npuc_error *error);

/**
 * onnx_external() - find the contents of a constant in another file
 * @file: name for error texts
 * @m: the model, whose files it becomes one of
 * @how: finds files
 * @c: an external constant; filled with a view of its contents
 * @error: filled on failure
 *
 * Return: 0 or -EINVAL.
 */
int onnx_external(const char *file, struct onnx_model *m, const struct npuc_reading *how,
		  struct onnx_constant *c, struct npuc_error *error);

/**
 * struct onnx_branch - a graph that is an attribute of a node
 * @first: its first node in the model's list
 * @node_count: its nodes
 * @constants: initialisers
 * @constant_count: entries of @constants
 * @outputs: graph outputs
 * @output_count: entries of @outputs
 * @input_count: graph inputs
 */
struct onnx_branch {
	uint32_t first;
	uint32_t node_count;
	struct onnx_constant *constants;
	uint32_t constant_count;
	struct onnx_value_info *outputs;
	uint32_t output_count;
	uint32_t input_count;
};

/** onnx_graph() - the graph that is attribute @name of a node; false when there is none */
bool onnx_graph(const struct onnx_node *n, const char *name, struct npuc_pb *graph);

/**
 * onnx_branch_read() - add the nodes of a graph in an attribute behind all others
 * @m: the model
 * @graph: from onnx_graph(), each once
 * @branch: filled; its lists are the caller's to free() whatever the outcome
 *
 * Return: 0, -EINVAL for a malformed one or one that was read before, or -ENOMEM.
 */
int onnx_branch_read(struct onnx_model *m, struct npuc_pb graph, struct onnx_branch *branch);

/** typedef onnx_visit_fn - is told of a name */
typedef void onnx_visit_fn(void *arg, struct onnx_text name);

/**
 * onnx_inner_reads() - visit the names that graphs in a node's attributes read
 * @node: the node's bytes
 * @visit: called with each, those of graphs inside of them and of outputs too
 * @arg: passed on
 */
void onnx_inner_reads(struct npuc_pb node, onnx_visit_fn *visit, void *arg);

/** onnx_model_free() - release what onnx_model_read() allocated */
void onnx_model_free(struct onnx_model *m);

/** onnx_is() - is a text this word? */
bool onnx_is(struct onnx_text t, const char *word);

/** onnx_same() - are two texts equal? */
bool onnx_same(struct onnx_text a, struct onnx_text b);

/** onnx_type_size() - bytes of an element, 0 for an unknown type */
uint32_t onnx_type_size(uint32_t type);

/** onnx_constant_elements() - product of the dimensions, 1 for a scalar; 0 beyond the limit */
uint32_t onnx_constant_elements(const struct onnx_constant *c);

/**
 * onnx_constant_copy() - contents of a constant as little-endian elements
 * @c: not external
 * @to: room for all its elements
 *
 * Return: false when there are not as many elements as its shape says.
 */
bool onnx_constant_copy(const struct onnx_constant *c, void *to);

/** onnx_constant_view() - interpret a TensorProto; false when it is malformed */
bool onnx_constant_view(struct npuc_pb message, struct onnx_constant *c);

/** onnx_int() - integer attribute of a node, @absent when it has none of that name */
int64_t onnx_int(const struct onnx_node *n, const char *name, int64_t absent);

/** onnx_float() - likewise, binary32 */
float onnx_float(const struct onnx_node *n, const char *name, float absent);

/** onnx_string() - likewise, a string; at is NULL when absent */
struct onnx_text onnx_string(const struct onnx_node *n, const char *name);

/**
 * onnx_ints() - list attribute of a node
 * @n: the node
 * @name: of the attribute
 * @list: filled with its first numbers
 * @most: room in @list
 *
 * Return: numbers that the attribute has; 0 when absent.
 */
uint32_t onnx_ints(const struct onnx_node *n, const char *name, int64_t *list, uint32_t most);

/** onnx_strings() - strings of a list attribute; as onnx_ints() */
uint32_t onnx_strings(const struct onnx_node *n, const char *name, struct onnx_text *list,
		      uint32_t most);

/** onnx_tensor() - tensor attribute of a node; false when absent or malformed */
bool onnx_tensor(const struct onnx_node *n, const char *name, struct onnx_constant *c);

#endif /* NPUC_ONNX_MODEL_H */
