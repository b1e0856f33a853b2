/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef NPUC_ONNX_H
#define NPUC_ONNX_H

#include "graph.h"
#include "npuc.h"

/**
 * npuc_onnx_read() - read an ONNX model
 * @name: file name for error texts
 * @data: the file; must outlive the graph
 * @size: its bytes
 * @how: how to read it
 * @g: filled; release with npuc_graph_free() whatever the outcome
 * @bytes: raised by those of other files
 * @error: filled on failure
 *
 * The graph has TFLite's operators, and images with their channels last; inputs and
 * outputs are as the file has them.  Memory taken is bounded by a small multiple of
 * @size and the sizes of the other files.
 *
 * Return: 0, -EINVAL, -EOPNOTSUPP or -ENOMEM.
 */
int npuc_onnx_read(const char *name, const void *data, size_t size, const struct npuc_reading *how,
		   struct npuc_graph *g, size_t *bytes, struct npuc_error *error);

#endif /* NPUC_ONNX_H */
