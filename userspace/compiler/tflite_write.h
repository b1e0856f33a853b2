/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_TFLITE_WRITE_H
#define NPUC_TFLITE_WRITE_H

#include "bytes.h"
#include "graph.h"
#include "npuc.h"

/**
 * npuc_tflite_write() - write a graph as a TensorFlow Lite flatbuffer
 * @name: name of the model for error texts
 * @g: the graph
 * @file: empty, with the most bytes that may be written as its limit (0: what the format
 *	allows); the caller frees it whatever the outcome
 * @error: filled on failure
 *
 * Tensors and ops keep their numbers.  Constants that the compiler folded are left to
 * be folded again: their ops are written.  Constants that it unpacked (int4) are
 * written unpacked.  What ops of a .tflite file have and the compiler does not read
 * (versions, options, intermediate tensors) is kept; metadata and signatures are not.
 *
 * Return: 0; -EOPNOTSUPP for what the format cannot say: ops that TFLite does not have,
 * explicit padding, sparse constants, foreign quantisation; -EFBIG beyond the limit; -ENOMEM.
 */
int npuc_tflite_write(const char *name, const struct npuc_graph *g, struct npuc_bytes *file,
		      struct npuc_error *error);

#endif /* NPUC_TFLITE_WRITE_H */
