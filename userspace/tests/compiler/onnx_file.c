// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "onnx_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const float half = 0.5f, quarter = 0.25f, one = 1.0f;
static const uint8_t zero, ten = 10;
/* Two channels change places. */
static const int8_t swap[] = { 0, 1, 1, 0 }, keep[] = { 1, 0, 0, 1 };
static const int8_t signed_zero;
static const int32_t no_bias[2];
static const int64_t rows[] = { 2, -1 }, shape[] = { 1, 2, 2, 3 };
static const int64_t last_first[] = { -1, 0 };
static const float kernel[] = { 1, 0, 0, 0, 0, 0, 0, 0, 0 };

#define SCALAR(n, t, d)           \
	{                         \
		n, t, 0, { 0 }, d \
	}

static const int64_t two = 2;
static const struct onnx_file_branch negative = { { { "Neg", { "a" }, { "n" } } }, "n" };
static const struct onnx_file_branch whole = { { { "Identity", { "a" }, { "w" } } }, "w" };
/* The condition and what the inner branches read are names of the outer graphs. */
static const struct onnx_file_branch then_branch = {
	{ { "Abs", { "x" }, { "a" } },
	  { "If",
	    { "e" },
	    { "i" },
	    { { .name = "then_branch", .graph = &negative },
	      { .name = "else_branch", .graph = &whole } } } },
	"i",
};
/* No operator that anybody knows: it must not be looked at. */
static const struct onnx_file_branch else_branch = { { { "Nothing", { "x" }, { "o" } } }, "o" };
static const struct onnx_file_branch taken = { { { "Abs", { "x" }, { "s" } } }, "s" };
static const struct onnx_file_branch missing = { { { "Abs", { "x" }, { "a" } } }, "b" };

#define CHOICE(id, chosen)                                                     \
	.name = id, .opset = 13,                                               \
	.nodes = { { "Shape", { "x" }, { "s" } },                              \
		   { "Equal", { "s", "two" }, { "e" } },                       \
		   { "If",                                                     \
		     { "e" },                                                  \
		     { "y" },                                                  \
		     { { .name = "then_branch", .graph = chosen },             \
		       { .name = "else_branch", .graph = &else_branch } } } }, \
	.constants = { { "two", ONNX_INT64, 1, { 1 }, &two } },                \
	.inputs = { { "x", ONNX_FLOAT, 1, { 0 } } }, .outputs = { { "y", ONNX_FLOAT, 1, { 0 } } }

const struct onnx_file onnx_files[] = {
	{
		.name = "swap",
		.opset = 13,
		.nodes = { { "QLinearConv",
			     { "x", "s", "z", "w", "s1", "zw", "s", "z" },
			     { "y" } } },
		.constants = { SCALAR("s", ONNX_FLOAT, &half),
			       SCALAR("z", ONNX_UINT8, &ten),
			       SCALAR("s1", ONNX_FLOAT, &one),
			       SCALAR("zw", ONNX_INT8, &signed_zero),
			       { "w", ONNX_INT8, 4, { 2, 2, 1, 1 }, swap } },
		.inputs = { { "x", ONNX_UINT8, 4, { 1, 2, 2, 3 } } },
		.outputs = { { "y", ONNX_UINT8, 4, { 1, 2, 2, 3 } } },
	},
	{
		.name = "qdq",
		.opset = 13,
		.nodes = { { "QuantizeLinear", { "x", "s", "z" }, { "xq" } },
			   { "DequantizeLinear", { "xq", "s", "z" }, { "xf" } },
			   { "DequantizeLinear", { "w", "s1", "zw" }, { "wf" } },
			   { "DequantizeLinear", { "b", "s" }, { "bf" } },
			   { "Conv", { "xf", "wf", "bf" }, { "c" } },
			   { "Relu", { "c" }, { "r" } },
			   { "QuantizeLinear", { "r", "q", "z0" }, { "yq" } },
			   { "DequantizeLinear", { "yq", "q", "z0" }, { "y" } } },
		.constants = { SCALAR("s", ONNX_FLOAT, &half),
			       SCALAR("z", ONNX_UINT8, &ten),
			       SCALAR("q", ONNX_FLOAT, &quarter),
			       SCALAR("z0", ONNX_UINT8, &zero),
			       SCALAR("s1", ONNX_FLOAT, &one),
			       SCALAR("zw", ONNX_INT8, &signed_zero),
			       { "w", ONNX_INT8, 4, { 2, 2, 1, 1 }, swap },
			       { "b", ONNX_INT32, 1, { 2 }, no_bias } },
		.inputs = { { "x", ONNX_FLOAT, 4, { 0, 2, 2, 3 } } },
		.outputs = { { "y", ONNX_FLOAT, 4, { 0, 2, 2, 3 } } },
	},
	{
		.name = "moves",
		.opset = 12,
		.nodes = { { "QLinearConv", { "x", "s", "z", "w", "s1", "zw", "s", "z" }, { "p" } },
			   { "Transpose", { "p" }, { "t" }, { { "perm", 4, { 0, 2, 3, 1 } } } },
			   { "Flatten", { "t" }, { "f" }, { { "axis", 1, { 3 } } } },
			   { "Reshape", { "p", "rows" }, { "r" } },
			   { "Concat", { "x", "p" }, { "k" }, { { "axis", 1, { 1 } } } } },
		.constants = { { "rows", ONNX_INT64, 1, { 2 }, rows },
			       SCALAR("s", ONNX_FLOAT, &half),
			       SCALAR("z", ONNX_UINT8, &ten),
			       SCALAR("s1", ONNX_FLOAT, &one),
			       SCALAR("zw", ONNX_INT8, &signed_zero),
			       { "w", ONNX_INT8, 4, { 2, 2, 1, 1 }, keep } },
		.inputs = { { "x", ONNX_UINT8, 4, { 1, 2, 2, 3 } } },
		.outputs = { { "f", ONNX_UINT8, 2, { 6, 2 } },
			     { "r", ONNX_UINT8, 2, { 2, 6 } },
			     { "k", ONNX_UINT8, 4, { 1, 4, 2, 3 } } },
	},
	{
		.name = "pick",
		.opset = 13,
		.nodes = { { "Shape", { "x" }, { "s" } },
			   { "Softsign", { "x" }, { "q" } },
			   { "Reshape", { "q", "s" }, { "r" } },
			   { "GatherElements", { "r", "i" }, { "y" }, { { "axis", 1, { 1 } } } } },
		.constants = { { "i", ONNX_INT64, 2, { 2, 1 }, last_first } },
		.inputs = { { "x", ONNX_FLOAT, 2, { 2, 3 } } },
		.outputs = { { "y", ONNX_FLOAT, 2, { 2, 1 } } },
	},
	{
		.name = "empty-part",
		.opset = 12,
		.nodes = { { "Split", { "x" }, { "y", "z" } } },
		.inputs = { { "x", ONNX_FLOAT, 2, { 1, 3 } } },
		.outputs = { { "y", ONNX_FLOAT, 2, { 1, 3 } } },
	},
	{
		.name = "computed-k",
		.opset = 14,
		.nodes = { { "Trilu", { "x", "k" }, { "y" } } },
		.inputs = { { "x", ONNX_FLOAT, 2, { 2, 3 } }, { "k", ONNX_INT64, 0, { 0 } } },
		.outputs = { { "y", ONNX_FLOAT, 2, { 2, 3 } } },
	},
	{
		.name = "training",
		.opset = 6,
		.nodes = { { "Dropout", { "x" }, { "y" } } },
		.inputs = { { "x", ONNX_FLOAT, 1, { 4 } } },
		.outputs = { { "y", ONNX_FLOAT, 1, { 4 } } },
	},
	{
		.name = "unknown",
		.opset = 13,
		.nodes = { { "Einsum", { "x" }, { "y" } } },
		.inputs = { { "x", ONNX_FLOAT, 1, { 4 } } },
		.outputs = { { "y", ONNX_FLOAT, 1, { 4 } } },
	},
	{
		.name = "old",
		.opset = 3,
		.nodes = { { "Concat", { "x", "x" }, { "y" } } },
		.inputs = { { "x", ONNX_FLOAT, 2, { 4, 4 } } },
		.outputs = { { "y", ONNX_FLOAT, 2, { 4, 8 } } },
	},
	{
		.name = "early",
		.opset = 13,
		.nodes = { { "Relu", { "b" }, { "y" } }, { "Relu", { "x" }, { "b" } } },
		.inputs = { { "x", ONNX_FLOAT, 1, { 4 } } },
		.outputs = { { "y", ONNX_FLOAT, 1, { 4 } } },
	},
	{
		.name = "groups",
		.opset = 13,
		.nodes = { { "Conv", { "x", "w" }, { "y" }, { { "group", 1, { 2 } } } } },
		.constants = { { "w", ONNX_FLOAT, 4, { 1, 2, 2, 2 }, kernel } },
		.inputs = { { "x", ONNX_FLOAT, 4, { 1, 4, 2, 3 } } },
		.outputs = { { "y", ONNX_FLOAT, 4, { 1, 1, 1, 2 } } },
	},
	{
		/* the constant has fewer bytes than as many floats */
		.name = "codes-again",
		.opset = 13,
		.nodes = { { "QuantizeLinear", { "w", "s", "z" }, { "q" } } },
		.constants = { SCALAR("s", ONNX_FLOAT, &half),
			       SCALAR("z", ONNX_UINT8, &ten),
			       { "w", ONNX_INT8, 4, { 2, 2, 1, 1 }, swap } },
		.inputs = { { "x", ONNX_FLOAT, 1, { 4 } } },
		.outputs = { { "q", ONNX_UINT8, 4, { 2, 2, 1, 1 } } },
	},
	{
		.name = "bad-reshape",
		.opset = 13,
		.nodes = { { "Reshape", { "x", "shape" }, { "y" } } },
		.constants = { { "shape", ONNX_INT64, 1, { 4 }, shape } },
		.inputs = { { "x", ONNX_UINT8, 1, { 5 } } },
		.outputs = { { "y", ONNX_UINT8, 4, { 1, 2, 2, 3 } } },
	},
	{ CHOICE("branches", &then_branch) },
	{ CHOICE("taken", &taken) },
	{ CHOICE("missing", &missing) },
	{ CHOICE("no-branch", NULL) },
	{
		.name = "computed-if",
		.opset = 13,
		.nodes = { { "If",
			     { "c" },
			     { "y" },
			     { { .name = "then_branch", .graph = &taken },
			       { .name = "else_branch", .graph = &missing } } } },
		.inputs = { { "x", ONNX_FLOAT, 1, { 2 } }, { "c", ONNX_BOOL, 0, { 0 } } },
		.outputs = { { "y", ONNX_FLOAT, 1, { 2 } } },
	},
	{ NULL },
};

/* Field numbers of onnx.proto. */
static struct pb_writer tensor_type(const struct onnx_file_tensor *t)
{
	struct pb_writer shape_w = { .size = 0 }, tensor = { .size = 0 }, type = { .size = 0 };

	for (uint32_t i = 0; i < t->rank; i++) {
		struct pb_writer dim = { .size = 0 };

		/* a dimension of 0 has a name in real files */
		if (t->dim[i])
			pb_varint(&dim, 1, t->dim[i]);
		else
			pb_text(&dim, 2, "batch");
		pb_message(&shape_w, 1, &dim);
	}
	pb_varint(&tensor, 1, t->type);
	pb_message(&tensor, 2, &shape_w);
	pb_message(&type, 1, &tensor);
	return type;
}

static void put_value(struct pb_writer *graph, uint32_t field, const struct onnx_file_tensor *t)
{
	const struct pb_writer type = tensor_type(t);
	struct pb_writer value = { .size = 0 };

	pb_text(&value, 1, t->name);
	pb_message(&value, 2, &type);
	pb_message(graph, field, &value);
}

static void put_constant(struct pb_writer *graph, const struct onnx_file_tensor *t)
{
	struct pb_writer tensor = { .size = 0 };
	uint32_t bytes = onnx_type_size(t->type);

	for (uint32_t i = 0; i < t->rank; i++) {
		pb_varint(&tensor, 1, t->dim[i]);
		bytes *= t->dim[i];
	}
	pb_varint(&tensor, 2, t->type);
	pb_text(&tensor, 8, t->name);
	pb_bytes(&tensor, 9, t->data, bytes);
	pb_message(graph, 5, &tensor);
}

static void put_node(struct pb_writer *graph, const struct onnx_file_node *n);

static void put_branch(struct pb_writer *attribute, const struct onnx_file_branch *b)
{
	struct pb_writer graph = { .size = 0 }, output = { .size = 0 };

	for (size_t i = 0; i < 4 && b->nodes[i].op; i++)
		put_node(&graph, &b->nodes[i]);
	pb_text(&output, 1, b->output);
	pb_message(&graph, 12, &output);
	pb_message(attribute, 6, &graph);
}

static void put_node(struct pb_writer *graph, const struct onnx_file_node *n)
{
	struct pb_writer node = { .size = 0 };

	for (size_t i = 0; i < ONNX_FILE_NAMES && n->inputs[i]; i++)
		pb_text(&node, 1, n->inputs[i]);
	for (size_t i = 0; i < 3 && n->outputs[i]; i++)
		pb_text(&node, 2, n->outputs[i]);
	pb_text(&node, 4, n->op);
	for (size_t i = 0; i < 4 && n->attributes[i].name; i++) {
		struct pb_writer a = { .size = 0 };

		pb_text(&a, 1, n->attributes[i].name);
		if (n->attributes[i].count == 1)
			pb_varint(&a, 3, (uint64_t)n->attributes[i].list[0]);
		for (uint32_t k = 0; k < n->attributes[i].count && n->attributes[i].count > 1; k++)
			pb_varint(&a, 8, (uint64_t)n->attributes[i].list[k]);
		if (n->attributes[i].text)
			pb_text(&a, 4, n->attributes[i].text);
		if (n->attributes[i].graph)
			put_branch(&a, n->attributes[i].graph);
		pb_message(&node, 5, &a);
	}
	pb_message(graph, 1, &node);
}

const struct pb_writer *onnx_file_write(const struct onnx_file *f)
{
	static struct pb_writer file;
	struct pb_writer graph = { .size = 0 }, opset = { .size = 0 };

	for (size_t i = 0; i < 8 && f->nodes[i].op; i++)
		put_node(&graph, &f->nodes[i]);
	for (size_t i = 0; i < 12 && f->constants[i].name; i++)
		put_constant(&graph, &f->constants[i]);
	for (size_t i = 0; i < 3 && f->inputs[i].name; i++)
		put_value(&graph, 11, &f->inputs[i]);
	for (size_t i = 0; i < 4 && f->outputs[i].name; i++)
		put_value(&graph, 12, &f->outputs[i]);
	pb_varint(&opset, 2, f->opset);
	file.size = 0;
	pb_varint(&file, 1, 8);
	pb_message(&file, 7, &graph);
	pb_message(&file, 8, &opset);
	return &file;
}

const struct onnx_file *onnx_file_named(const char *name)
{
	for (const struct onnx_file *f = onnx_files; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	fail_msg("no model %s", name);
	return NULL;
}
