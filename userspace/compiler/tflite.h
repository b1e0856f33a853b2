/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_TFLITE_H
#define NPUC_TFLITE_H

#include "graph.h"
#include "npuc.h"

#define TFLITE_OP(name) TFLITE_##name,

/**
 * enum tflite_builtin - TFLite's BuiltinOperator, and behind it what only graphs have
 * @TFLITE_BUILTINS: as many are TFLite's; no number of a .tflite file is this or above
 * @TFLITE_ERF: error function
 * @TFLITE_RECIPROCAL: 1 / x
 * @TFLITE_SOFTPLUS: log(1 + e^x)
 */
enum tflite_builtin {
#include "tflite_ops.def"
	TFLITE_BUILTINS,
	TFLITE_ERF = TFLITE_BUILTINS,
	TFLITE_RECIPROCAL,
	TFLITE_SOFTPLUS,
};

/** npuc_builtin_name() - e.g. "CONV_2D", of any &enum tflite_builtin */
const char *npuc_builtin_name(uint32_t builtin);

/** NPUC_MAX_MODEL_OPS - most ops of a model that is read */
#define NPUC_MAX_MODEL_OPS 16384u
/** NPUC_MAX_MODEL_TENSORS - most tensors of a model that is read */
#define NPUC_MAX_MODEL_TENSORS 65536u

/**
 * npuc_tflite_read() - read a TensorFlow Lite flatbuffer
 * @name: file name for error texts
 * @data: the file; must outlive the graph
 * @size: its bytes
 * @g: filled; release with npuc_graph_free() whatever the outcome
 * @error: filled on failure
 *
 * Everything the graph refers to has been checked to lie inside the file, all
 * tensor numbers are in range, and every op reads only what the model's inputs,
 * constants or earlier ops provide.  Memory taken is bounded by a small multiple
 * of @size.
 *
 * Return: 0, -EINVAL, -EOPNOTSUPP or -ENOMEM.
 */
int npuc_tflite_read(const char *name, const void *data, size_t size, struct npuc_graph *g,
		     struct npuc_error *error);

#endif /* NPUC_TFLITE_H */
